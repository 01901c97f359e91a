"""The processes that read documents end with whoever started them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from multiprocessing import Pipe
from pathlib import Path

import pytest

from pipeline.limits import Limits
from pipeline.workers import Done, Workers

ROOT = Path(__file__).resolve().parent.parent
READING = """
from pipeline.workers import Done, Workers
from tests.test_workers import hang
with Workers(1) as workers:
    list(workers.map(hang, ["reading"]))
"""
linux = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere they end with their next answer")


def hang(word: str) -> None:
    """Stay for ever inside a library that lets nothing else run."""
    print(word, flush=True)
    re.match("(a+)+b", "a" * 60)


@linux
def test_a_process_deep_in_a_library_ends_with_whoever_started_it() -> None:
    parent = subprocess.Popen([sys.executable, "-c", READING], cwd=ROOT, stdout=subprocess.PIPE)
    assert parent.stdout
    assert parent.stdout.readline() == b"reading\n"
    parent.kill()
    parent.wait()
    # The process that reads writes to the same pipe: its end comes when both are gone.
    assert parent.communicate(timeout=30)[0] == b""


@linux
def test_a_process_whose_starter_ended_first_reads_nothing() -> None:
    asking, asked = Pipe()
    watched, lifeline = Pipe(duplex=False)
    for message in ((Limits(), False), (print, "read after all")):
        asking.send(message)
    lifeline.close()
    ends = (asked.fileno(), watched.fileno())
    command = [sys.executable, "-m", "pipeline.worker", *map(str, ends)]
    run = subprocess.run(
        command, check=False, cwd=ROOT, pass_fds=ends, capture_output=True, timeout=30, start_new_session=True
    )
    assert (run.returncode, run.stdout) == (0, b""), os.fsdecode(run.stderr)


def test_memory_is_that_of_the_process_alone() -> None:
    """Not of the large one that started it: that would have it ended after each document."""
    large = b"x" * (400 << 20)
    with Workers(1) as workers:
        (done,) = workers.map(len, [large[:10]])
    assert isinstance(done, Done)
    assert done.memory < 300 << 20
