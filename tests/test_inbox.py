"""The inbox: complete files only, each once, and the one that fails again and again set aside and named."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from pipeline import inbox as inbox_module
from pipeline.inbox import ATTEMPTS, MEMORY, Inbox, set_aside
from pipeline.ingest import BATCH_SIZE, ingest


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(inbox_module, "monotonic", clock)
    return clock


@pytest.fixture
def arriving(tmp_path: Path) -> Path:
    (tmp_path / "inbox").mkdir()
    return tmp_path / "inbox"


def put(folder: Path, *names: str) -> list[Path]:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(f"Số: 1/BC-SYT {name}", "utf-8")
    return [folder / name for name in names]


def taken(inbox: Inbox) -> list[list[str]]:
    return [[path.relative_to(inbox.folder).as_posix() for path in run] for run in inbox.take()]


def test_a_file_is_taken_when_it_has_been_the_same_for_some_time(arriving: Path, clock: Clock) -> None:
    inbox = Inbox(arriving, arriving.parent / "outputs", settle=5)
    (file,) = put(arriving, "a.txt")
    assert taken(inbox) == []
    clock.now += 4
    with file.open("a") as more:
        more.write("còn nữa")
    assert taken(inbox) == []
    clock.now += 4
    assert taken(inbox) == []
    clock.now += 1
    assert taken(inbox) == [["a.txt"]]


@pytest.mark.parametrize("name", ["~$a.docx", ".a.pdf", "a.pdf.part", "a.pdf.crdownload", "a.tmp", "a.xlsx", "thư.eml"])
def test_what_is_no_document_yet_is_left_alone(name: str, arriving: Path) -> None:
    put(arriving, name, "sub/b.txt")
    assert taken(Inbox(arriving, arriving.parent / "outputs", settle=0)) == [["sub/b.txt"]]


def test_what_is_done_is_not_taken_again_until_it_changes(arriving: Path) -> None:
    inbox = Inbox(arriving, arriving.parent / "outputs", settle=0)
    files = put(arriving, "a.txt", "b.txt")
    inbox.ended(files, files)
    assert taken(inbox) == []
    files[0].write_text("khác", "utf-8")
    assert taken(inbox) == [["a.txt"]]


def test_what_a_stopped_run_did_not_come_to_is_taken_again(arriving: Path) -> None:
    inbox = Inbox(arriving, arriving.parent / "outputs", settle=0)
    files = put(arriving, "a.txt", "b.txt")
    inbox.ended(files, files[:1])
    assert taken(inbox) == [["b.txt"]]


def test_known_content_is_not_taken_whatever_its_name(arriving: Path) -> None:
    outputs = arriving.parent / "outputs"
    (file,) = put(arriving, "a.txt")
    ingest([file], outputs, workers=1)
    (arriving / "b.txt").write_bytes(file.read_bytes())
    assert taken(Inbox(arriving, outputs, settle=0)) == []


def test_many_files_are_taken_in_batches(arriving: Path) -> None:
    put(arriving, *(f"{number:02}.txt" for number in range(BATCH_SIZE + 1)))
    assert [len(run) for run in Inbox(arriving, arriving.parent / "outputs", settle=0).take()] == [BATCH_SIZE, 1]


def test_a_file_that_fails_is_tried_alone_and_then_set_aside(arriving: Path) -> None:
    outputs = arriving.parent / "outputs"
    inbox = Inbox(arriving, outputs, settle=0)
    bad, _ = put(arriving, "bad.txt", "good.txt")
    rounds = []
    while runs := inbox.take():
        rounds.append([[path.name for path in run] for run in runs])
        for run in runs:
            if bad in run:
                inbox.failed(run, "RecursionError: quá sâu")
            else:
                inbox.ended(run, run)
    assert rounds == [[["bad.txt", "good.txt"]], [["bad.txt"], ["good.txt"]], [["bad.txt"]]]
    assert len(rounds) == ATTEMPTS
    assert inbox.set_aside() == set_aside(outputs) == {bad: "RecursionError: quá sâu"}
    assert taken(Inbox(arriving, outputs, settle=0)) == [["good.txt"]]  # its outputs are not there, so it is not known
    bad.write_text("đã sửa", "utf-8")
    assert inbox.set_aside() == {}
    assert taken(inbox) == [["bad.txt"]]


def test_a_run_that_was_killed_is_not_held_against_its_files(arriving: Path) -> None:
    files = put(arriving, "a.txt", "b.txt")
    for _ in range(2 * ATTEMPTS):
        inbox = Inbox(arriving, arriving.parent / "outputs", settle=0)  # a new start, and then no more is heard
        assert inbox.take() == [files]
    assert inbox.set_aside() == {}


def test_a_file_that_can_not_be_opened_is_set_aside(arriving: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    outputs = arriving.parent / "outputs"
    inbox = Inbox(arriving, outputs, settle=0)
    (file,) = put(arriving, "a.txt")

    def refused(_: Path) -> str:
        raise PermissionError(13, "Permission denied", str(file))

    with monkeypatch.context() as patch:
        patch.setattr(inbox_module, "content_hash", refused)  # root may open everything
        assert [inbox.take() for _ in range(ATTEMPTS)] == [[]] * ATTEMPTS
    assert "Permission denied" in inbox.set_aside()[file]
    os.utime(file)  # someone touched it
    assert taken(inbox) == [["a.txt"]]


def test_a_file_that_is_gone_is_forgotten(arriving: Path) -> None:
    outputs = arriving.parent / "outputs"
    inbox = Inbox(arriving, outputs, settle=0)
    files = put(arriving, "a.txt")
    files[0].unlink()
    inbox.ended(files, files)
    assert inbox.take() == []
    assert json.loads((outputs / MEMORY).read_text()) == {}
