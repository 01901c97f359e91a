"""Offices and names that were read with doubt, as under a seal: left open, or proved by the rest of the signature."""

from __future__ import annotations

import pytest

from extractors.signature import Signature, read_signature
from schemas.place import Glyph, Passage, join


def lines(*texts: str) -> list[Passage]:
    """Lines of a scan; a word behind "?" was read with doubt, one behind "??" with hardly any confidence."""
    found = []
    for number, text in enumerate(texts):
        shown, glyphs = "", list[Glyph | None]()
        for word in text.split(" "):
            plain = word.lstrip("?")
            confidence = (0.96, 0.5, 0.2)[len(word) - len(plain)]
            shown += " " * bool(shown) + plain
            while len(glyphs) < len(shown):
                x, y = 6.0 * len(glyphs), 20.0 * number
                glyphs.append(Glyph(1, number, 100 * number + len(glyphs), x, y, x + 6, y + 10, confidence))
        found.append(Passage(shown, tuple(glyphs)))
    return found


SIGNED: list[tuple[tuple[str, ...], str | None, str | None]] = [
    (("CHỦ TỊCH", "Lê Thị Thử"), "Lê Thị Thử", "CHỦ TỊCH"),
    (("GIÁM ĐỐC", "BSCKII. Lê Thị Thử"), "Lê Thị Thử", "GIÁM ĐỐC"),
    (("GIÁM ĐỐC", "Trung tá, TS. Lê Thị Thử"), "Lê Thị Thử", "GIÁM ĐỐC"),
    # names of Ê Đê, Mnông and Mông people
    (("CHỦ TỊCH", "Y Thử Niê"), "Y Thử Niê", "CHỦ TỊCH"),
    (("CHỦ TỊCH", "H'Thử Êban"), "H'Thử Êban", "CHỦ TỊCH"),
    # the beginning of an office may lie under the seal
    (("?TRƯỞNG", "Lê Thị Thử"), "Lê Thị Thử", None),
    (("?TỊCH", "Lê Thị Thử"), "Lê Thị Thử", None),
    # who signs for the head is his deputy
    (("KT. GIÁM ĐỐC", "??Ó GIÁM ĐỐC", "Lê Thị Thử"), "Lê Thị Thử", "KT. GIÁM ĐỐC PHÓ GIÁM ĐỐC"),
    (("KT. BỘ TRƯỞNG", "??T TRƯỞNG", "Lê Thị Thử"), "Lê Thị Thử", "KT. BỘ TRƯỞNG THỨ TRƯỞNG"),
    (("KT. BỘ TRƯỞNG, CHỦ NHIỆM", "?Ủ NHIỆM", "Lê Thị Thử"), "Lê Thị Thử", "KT. BỘ TRƯỞNG, CHỦ NHIỆM PHÓ CHỦ NHIỆM"),
    (("KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH THƯỜNG TRỰC", "Lê Thị Thử"), "Lê Thị Thử", "KT. CHỦ TỊCH PHÓ CHỦ TỊCH THƯỜNG TRỰC"),
    (("KT. GIÁM ĐỐC", "?TRƯỞNG PHÒNG", "Lê Thị Thử"), "Lê Thị Thử", None),
    (("?KT. GIÁM ĐỐC", "??Ó GIÁM ĐỐC", "Lê Thị Thử"), "Lê Thị Thử", None),
    # a family name that is one is believed sooner than what is none
    (("CHỦ TỊCH", "?Phạm Văn Thử"), "Phạm Văn Thử", "CHỦ TỊCH"),
    (("CHỦ TỊCH", "?Thạm Văn Thử"), None, "CHỦ TỊCH"),
    (("CHỦ TỊCH", "??Phạm Văn Thử"), None, "CHỦ TỊCH"),
    (("CHỦ TỊCH", "Phạm ?Văn Thử"), None, "CHỦ TỊCH"),
    # the rest of a name is no name
    (("CHỦ TỊCH", "?to Văn Thử"), None, "CHỦ TỊCH"),
    (("CHỦ TỊCH", "?Văn Thử"), None, "CHỦ TỊCH"),
    # strokes of a pen
    (("CHỦ TỊCH", "?w", "- Phạm Văn Thử"), "Phạm Văn Thử", "CHỦ TỊCH"),
]


@pytest.mark.parametrize(("printed", "signer", "title"), SIGNED)
def test_what_is_read_with_doubt_is_left_open_unless_it_is_proved(
    printed: tuple[str, ...], signer: str | None, title: str | None
) -> None:
    found = read_signature(lines(*printed))
    assert (found.signer, found.title) == (signer, title)
    assert bool(found.signer_passage)
    assert bool(found.title_passage)


def test_an_office_of_two_lines_in_one_passage_is_read_line_by_line() -> None:
    head, deputy, name = lines("KT. GIÁM ĐỐC |", "??Ó GIÁM ĐỐC", "Lê Thị Thử")
    assert read_signature([join((head, deputy)), name]).title == "KT. GIÁM ĐỐC PHÓ GIÁM ĐỐC"


def test_a_name_under_an_office_that_was_not_read_is_said_to_be_there() -> None:
    found = read_signature(lines("?Thạm Văn Thử"))
    assert (found.signer, found.signer_passage.text) == (None, "Thạm Văn Thử")


def test_there_may_be_no_signature() -> None:
    assert read_signature(lines("Nơi nhận:", "- Như trên;")) == Signature()
