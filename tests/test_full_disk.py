"""The disk is full, or a file may not grow: the run stops with a message, what is in stays whole, the next run goes on."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pandas as pd
import pytest

from pipeline.ingest import ingest
from schemas.datasets import PER_DOCUMENT

pytestmark = pytest.mark.slow
DOCUMENTS = 4


@pytest.fixture(scope="module")
def inbox(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("inbox")
    for number in range(DOCUMENTS):
        lines = [f"{n}. Xã số {n} đã trồng {number + n} ha rừng, đạt {50 + n}% kế hoạch năm 2025." for n in range(1, 9)]
        (folder / f"{number}.txt").write_text("\n".join(["BÁO CÁO", *lines]), "utf-8")
    return folder


def run(inbox: Path, outputs: Path, before: Callable[[], None] | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "cli", "ingest", str(inbox), "--outputs", str(outputs), "--workers", "1"]
    root = Path(__file__).parent.parent
    return subprocess.run(command, check=False, cwd=root, capture_output=True, text=True, preexec_fn=before)


def largest(size: int) -> None:
    """No file that this process writes may grow beyond: the kernel refuses, as on a full disk, in the middle of a file."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def assert_whole(outputs: Path) -> None:
    """Each document that is in has all its metrics; none is there twice."""
    metrics = pd.read_parquet(outputs / "metrics")
    documents = list(pd.read_parquet(outputs / "documents")["document_id"])
    assert len(documents) == len(set(documents))
    assert metrics.groupby("document_id").size().to_dict() == dict.fromkeys(documents, 16)
    for name in PER_DOCUMENT:
        assert set(pd.read_parquet(outputs / name)["document_id"]) <= set(documents)


@pytest.mark.parametrize("size", [300, 2_000, 6_000, 9_000])
def test_files_that_may_not_grow(inbox: Path, tmp_path: Path, size: int) -> None:
    outputs = tmp_path / "outputs"
    ingest([inbox / "0.txt"], outputs, 1)
    stopped = run(inbox, outputs, partial(largest, size))
    assert_whole(outputs)
    if stopped.returncode:
        assert "không ghi được vào thư mục dữ liệu" in stopped.stderr
        assert "Traceback" not in stopped.stderr
    assert run(inbox, outputs).returncode == 0
    assert_whole(outputs)
    assert len(pd.read_parquet(outputs / "documents")) == DOCUMENTS


@pytest.fixture
def small_disk(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Path]:
    folder = tmp_path / "disk"
    folder.mkdir()
    size = f"size={request.param}"
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", size, "none", folder], check=False, capture_output=True)
    if mounted.returncode:
        pytest.skip("no right to mount a small disk")
    try:
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True)


def free(disk: Path) -> int:
    found = os.statvfs(disk)
    return found.f_bavail * found.f_frsize


def assert_stops(inbox: Path, outputs: Path) -> None:
    """A run ends with a clear message and nothing wrong published."""
    stopped = run(inbox, outputs)
    assert stopped.returncode == 1, stopped.stderr
    assert "không ghi được vào thư mục dữ liệu" in stopped.stderr
    assert "Traceback" not in stopped.stderr
    if (outputs / "documents").exists():
        assert_whole(outputs)


@pytest.mark.parametrize("small_disk", ["16m"], indirect=True)
def test_a_full_disk(inbox: Path, small_disk: Path) -> None:
    outputs, ballast = small_disk / "outputs", small_disk / "ballast"
    ingest([inbox / "0.txt"], outputs, 1)
    left_at_first, used = 16 << 10, set()
    for left in (left_at_first, 64 << 10, 100 << 10, 100 << 10, 100 << 10):
        ballast.write_bytes(bytes(free(small_disk) - left))
        assert_stops(inbox, outputs)
        ballast.unlink()
        used.add(free(small_disk))
    assert len(used) == 1, "each failed run leaves something behind"
    assert run(inbox, outputs).returncode == 0
    assert_whole(outputs)
    assert len(pd.read_parquet(outputs / "documents")) == DOCUMENTS


@pytest.mark.parametrize("small_disk", ["16m"], indirect=True)
def test_a_disk_that_is_full_before_there_is_anything(inbox: Path, small_disk: Path) -> None:
    outputs, ballast = small_disk / "outputs", small_disk / "ballast"
    for left in (0, 20 << 10, 80 << 10):
        ballast.write_bytes(bytes(free(small_disk) - left))
        assert_stops(inbox, outputs)
        ballast.unlink()
    assert run(inbox, outputs).returncode == 0
    assert_whole(outputs)
    assert len(pd.read_parquet(outputs / "documents")) == DOCUMENTS
