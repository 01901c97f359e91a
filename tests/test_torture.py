"""`make torture` in short: kills, a polling reader and hostile files, a few of each."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.slow
def test_torture_in_short() -> None:
    # In a process of its own: what it forks must not inherit the threads of other tests.
    root = Path(__file__).parent.parent
    command = [sys.executable, "-m", "tests.torture", "--short"]
    run = subprocess.run(command, check=False, cwd=root, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr
    assert "kills at random moments over 8 documents" in run.stdout
    assert "40 files, 2 of them hostile: {'extracted': 38, 'quarantined': 2" in run.stdout
