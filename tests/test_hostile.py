"""Hostile files: each ends as extracted or quarantined with a reason, within limits, and reaches nothing outside."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pandas as pd
import pytest

from pipeline import limits
from pipeline.ingest import Outcome, Report, ingest
from pipeline.limits import Limits
from pipeline.sources import shown_name
from schemas.datasets import RECORD_DATASETS
from tests.hostile import HOSTILE, make_all

pytestmark = pytest.mark.slow
LIMITS = Limits(step_seconds=6, seconds=60)
REASONS = {
    "encrypted.pdf": "mật khẩu",
    "truncated.pdf": "hỏng",
    "page-tree-loop.pdf": "số trang",
    "hundred-thousand-pages.pdf": "100000 trang",
    "huge-picture.pdf": "30000 × 30000",
    "huge.png": "30000 × 30000",
    "huge-in-colour.png": "quá lớn",
    "drawing.png": "nội dung là văn bản",
    "entity.docx": "DTD",
    "bursting.docx": "phình",
    "no-body.docx": "không phải tệp DOCX",
    "link-out.txt": "ra ngoài",
    "link-loop.txt": "xoay vòng",
    "link-nowhere.pdf": "không còn ở đó",
    "pipe.pdf": "không phải tệp thường",
}


class Listener:
    """A server that counts who asks it for something."""

    def __init__(self) -> None:
        self.asked = 0
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while True:
            connection, _ = self._socket.accept()
            self.asked += 1
            with connection:
                connection.recv(1 << 16)
                connection.sendall(b"HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n")


@pytest.fixture(scope="module")
def listener() -> Listener:
    return Listener()


@pytest.fixture(scope="module")
def run(listener: Listener, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Report]]:
    root = tmp_path_factory.mktemp("hostile")
    make_all(root / "inbox", listener.url)
    before = set(root.rglob("*"))
    yield root, ingest([root / "inbox"], root / "outputs", 2, limits=LIMITS)
    outside = {path for path in root.rglob("*") if root / "outputs" not in (path, *path.parents)}
    assert outside == before


def outcome(report: Report, name: str) -> Outcome:
    (found,) = (outcome for outcome in report.outcomes if outcome.path.name == name)
    return found


FILES = [name for name in HOSTILE if name != "folder-loop"]


@pytest.mark.parametrize("name", FILES, ids=[shown_name(Path(name))[:30] for name in FILES])
def test_it_ends_as_extracted_or_quarantined(run: tuple[Path, Report], name: str) -> None:
    found = outcome(run[1], name)
    assert found.status in ("extracted", "quarantined")
    assert (found.status == "quarantined") == bool(found.reason)
    assert "lỗi của chương trình" not in (found.reason or "")


@pytest.mark.parametrize("name", REASONS)
def test_the_reason_is_the_right_one(run: tuple[Path, Report], name: str) -> None:
    assert REASONS[name] in (outcome(run[1], name).reason or "")


def test_all_are_in_the_datasets(run: tuple[Path, Report]) -> None:
    root, report = run
    documents = pd.read_parquet(root / "outputs" / "documents").set_index("document_id")
    assert {o.document_id: o.status for o in report.outcomes} == documents["status"].to_dict()
    assert set(documents["file_name"]) == {shown_name(Path(name)) for name in FILES}
    assert not documents["reason"].str.contains(str(root), regex=False, na=False).any()


def test_nothing_is_asked_of_the_network(run: tuple[Path, Report], listener: Listener) -> None:
    assert run[1].outcomes
    assert listener.asked == 0
    with urlopen(listener.url):
        assert listener.asked == 1


def test_nothing_of_other_files_is_in(run: tuple[Path, Report]) -> None:
    secret = Path("/etc/hostname").read_text().strip()
    pages = pd.read_parquet(run[0] / "outputs" / "pages")
    assert not pages["text"].str.contains(secret, regex=False).any()
    for name in RECORD_DATASETS:
        assert not pd.read_parquet(run[0] / "outputs" / name)["quote"].str.contains(secret, regex=False).any()


def test_the_next_run_finds_all_known(run: tuple[Path, Report]) -> None:
    report = ingest([run[0] / "inbox"], run[0] / "outputs", 1, limits=LIMITS)
    assert {outcome.status for outcome in report.outcomes} == {"known"}


def test_limits_of_pages_and_pixels_hold_without_a_worker_too() -> None:
    with pytest.raises(limits.ReadError, match="quá giới hạn 2000 trang"):
        limits.check_pages(2001)
    with pytest.raises(limits.ReadError, match="20000 × 20000"):
        limits.check_pixels(20_000, 20_000)
