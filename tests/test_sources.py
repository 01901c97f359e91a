"""Files as received: kept under their hash, read whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline import sources as sources_module
from pipeline.sources import Sources, UnreadableError, content_hash, placeholder_id, readable_hash, shown_name


def test_sources_are_kept_under_their_hash(tmp_path: Path) -> None:
    received = tmp_path / "Công văn.PDF"
    received.write_bytes(b"bytes")
    sources = Sources(tmp_path / "outputs")
    document_id, kept = sources.keep(received)
    received.unlink()
    assert kept == sources.find(document_id)
    assert kept.relative_to(sources.folder) == Path(document_id[:2], f"{document_id}.pdf")
    assert content_hash(kept) == document_id
    assert sources.find("ab13") is None


def test_a_document_that_comes_under_another_suffix_has_that(tmp_path: Path) -> None:
    sources = Sources(tmp_path / "outputs")
    for name in ("a.pdf", "a.txt"):
        (tmp_path / name).write_bytes(b"bytes")
        os.utime(sources.keep(tmp_path / name)[1], ns=(0, len(name) if name == "a.pdf" else 10**9))
    found = sources.find(content_hash(tmp_path / "a.txt"))
    assert found is not None
    assert found.suffix == ".txt"


@pytest.mark.parametrize(
    "name", ["a." + "x" * 200, "a.p\ndf", "a.../../x", "b.PDF\x1b[2J"], ids=["long", "lines", "path", "control"]
)
def test_nothing_of_a_name_becomes_part_of_a_path(tmp_path: Path, name: str) -> None:
    received = tmp_path / name.replace("/", "\u2215")
    received.write_bytes(b"bytes")
    kept = Sources(tmp_path / "outputs").keep(received)[1]
    assert kept.name == content_hash(kept)


def changing(received: Path, times: int) -> Callable[..., str]:
    """Copying, while somebody else writes to the file the first few times."""
    pour, left = sources_module._pour, [times]

    def poured(*arguments: object) -> str:
        digest = pour(*arguments)  # type: ignore[arg-type]
        if left[0]:
            left[0] -= 1
            received.write_bytes(b"changed" * (left[0] + 2))
        return digest

    return poured


def test_a_file_that_changes_while_it_is_copied_is_copied_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    received = tmp_path / "a.txt"
    received.write_bytes(b"first")
    monkeypatch.setattr(sources_module, "_pour", changing(received, 1))
    document_id, kept = Sources(tmp_path / "outputs").keep(received)
    assert kept.read_bytes() == received.read_bytes()
    assert document_id == content_hash(received)


def test_a_file_that_never_rests_is_unreadable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    received = tmp_path / "a.txt"
    received.write_bytes(b"first")
    monkeypatch.setattr(sources_module, "_pour", changing(received, 9))
    with pytest.raises(UnreadableError, match="bị thay đổi"):
        Sources(tmp_path / "outputs").keep(received)
    assert [path for path in (tmp_path / "outputs").rglob("*") if path.is_file()] == []


def pipe(path: Path) -> None:
    os.mkfifo(path)


def link_out(path: Path) -> None:
    path.symlink_to("/etc/hostname")


def loop(path: Path) -> None:
    path.symlink_to(path.name)


def huge(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(sources_module.LARGEST + 1)


UNREADABLE = [(pipe, "tệp thường"), (link_out, "ra ngoài"), (loop, "xoay vòng"), (huge, "quá giới hạn"),
              (Path.mkdir, "thư mục"), (lambda path: None, "không còn ở đó")]  # fmt: skip


@pytest.mark.parametrize(("make", "reason"), UNREADABLE)
def test_what_has_no_bytes_says_why(tmp_path: Path, make: Callable[[Path], object], reason: str) -> None:
    received = tmp_path / "a.txt"
    make(received)
    for way in (readable_hash, Sources(tmp_path / "outputs").keep):
        with pytest.raises(UnreadableError, match=reason):
            way(received)
    assert not list((tmp_path / "outputs").rglob("*.part"))


def test_a_link_within_its_folder_is_followed(tmp_path: Path) -> None:
    (tmp_path / "b.txt").write_bytes(b"bytes")
    (tmp_path / "a.txt").symlink_to("b.txt")
    assert readable_hash(tmp_path / "a.txt") == content_hash(tmp_path / "b.txt")


def test_where_a_file_lies_is_its_placeholder(tmp_path: Path) -> None:
    assert placeholder_id(tmp_path / "a.txt") == placeholder_id(tmp_path / "x" / ".." / "a.txt")
    assert placeholder_id(tmp_path / "a.txt") != placeholder_id(tmp_path / "b.txt")


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        (b"C\xc3\xb4ng v\xc4\x83n.pdf", "Công văn.pdf"),
        (b"a\nb\tc\x1b[2J.pdf", "a\ufffdb\ufffdc\ufffd[2J.pdf"),
        (b"fdp.\xe2\x80\xaegpj.pdf", "fdp.\ufffdgpj.pdf"),
        (b"\xff\xfe.pdf", "\ufffd\ufffd.pdf"),
    ],
    ids=["plain", "control", "reversing", "no-utf8"],
)
def test_shown_names_can_do_nothing_to_a_terminal(name: bytes, shown: str) -> None:
    assert shown_name(Path(os.fsdecode(name))) == shown
