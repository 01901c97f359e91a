"""Who signed and as what: lines in capitals over a name. On scans a seal is printed over both.

A word that the seal runs through, or by which it covers others, comes with little confidence from the reader. An
office or a name with such a word is left open, but where the rest of the signature proves what it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise

from normalizers.document_types import is_stamp
from normalizers.text import LOWER, UPPER
from schemas.place import NOWHERE, Passage, join


@dataclass(frozen=True, slots=True)
class Signature:
    """A part that is None, but has a passage, is printed there and was not read for certain."""

    signer: str | None = None
    title: str | None = None
    signer_passage: Passage = NOWHERE
    title_passage: Passage = NOWHERE


NAME = re.compile(
    rf"(?:(?:GS|PGS|TSKH|TS|ThS|BS(?:\s?CK\s?I{{1,2}})?|CK\s?I{{1,2}}|KS|KTS|LS|DS|CN|TTND|TTƯT|NGND|NGƯT|Đại tướng|Thượng tướng|Trung tướng|Thiếu tướng|Đại tá|Thượng tá|Trung tá|Thiếu tá)[.,]?\s*)*((?:[{UPPER}][{LOWER}]+|[YA](?=\s)|H['’ʼ]?[{UPPER}]?[{LOWER}]+)(?:\s+[{UPPER}][{LOWER}]*){{1,4}})"
)
# A part of a name that the next line or page goes on with.
NAME_BEGUN = re.compile(rf"[{UPPER}][{LOWER}]+(?:\s+[{UPPER}][{LOWER}]*){{0,2}}")
CAPITALISED = re.compile(rf"[{UPPER}][{LOWER}]{{2,}}")
# What recognition makes of pen strokes and of the rests of a seal beside a name.
DEBRIS = " -–—_.,:;|'\"`“”‘’*+~=<>"
# Upright and level strokes beside an office.
STROKES = " |_-–"
# For the head of the office: whoever signs is his deputy (Decree 30/2020/NĐ-CP, Art. 13).
FOR_HEAD = re.compile(r"K\s*T\s*[.,]\s*(?P<head>.+)")
# Words read with less confidence are not believed; a family name is, from the second bound on, if there is such a one.
SURE, NAMED = 0.6, 0.35


def read_signature(lines: Sequence[Passage]) -> Signature:
    """The first name below lines in capitals, with those as its office."""
    titles: list[Passage] = []
    doubtful = NOWHERE
    for index, line in enumerate(lines):
        if _is_office(line):
            titles += _printed_lines(line)
            continue
        name = _name(lines, index) if titles else None
        if name and _is_sure_name(line):
            return Signature(name, _office(titles), line, join(titles))
        if not doubtful and (name or _may_be_name(line)):
            doubtful = line
    return Signature(None, _office(titles), doubtful, join(titles))


def _is_office(line: Passage) -> bool:
    """Whether a line is in capitals, in the words that were read for certain if there are any."""
    sure = " ".join(word for word, confidence in _words(line) if confidence >= SURE) or line.quote
    return sure.isupper() and len(sure) > 2 and not is_stamp(sure)


def _name(lines: Sequence[Passage], index: int) -> str | None:
    """The name that a line carries, with the rest of it from the next line, where a page or a line broke it."""
    text = lines[index].quote.strip(DEBRIS)
    rest = lines[index + 1] if index + 1 < len(lines) else NOWHERE
    words = len(text.split()), len(rest.quote.split())
    broken = 1 in words or lines[index].page != rest.page
    if NAME_BEGUN.fullmatch(text) and broken and NAME_BEGUN.fullmatch(rest.quote) and sum(words) <= 5:
        whole = NAME.fullmatch(f"{text} {rest.quote}")
        if whole:
            return whole.group(1)
    name = NAME.fullmatch(text)
    return name.group(1) if name else None


def _printed_lines(passage: Passage) -> list[Passage]:
    """A passage line by line, as it is printed: offices of a signature stand one below the other."""
    printed = [(at, glyph) for at, glyph in enumerate(passage.glyphs) if glyph and glyph.page]
    starts = [
        at
        for (_, before), (at, here) in pairwise(printed)
        if before.page != here.page or here.y0 + here.y1 > 2 * before.y1
    ]
    return [line for a, b in pairwise((0, *starts, len(passage))) if (line := passage[a:b].strip())]


def _words(passage: Passage) -> Iterator[tuple[str, float]]:
    """The words of a passage with their confidence, 1 for what no recogniser read."""
    for match in re.finditer(r"\S*\w\S*", passage.text):
        glyph = passage.glyphs[match.start()]
        confidence = glyph.confidence if glyph else None
        yield match.group(), 1.0 if confidence is None else confidence


def _is_sure(passage: Passage) -> bool:
    return all(confidence >= SURE for _, confidence in _words(passage))


def _is_sure_name(line: Passage) -> bool:
    words = list(_words(line))
    (first, confidence), rest = words[0], words[1:]
    known = confidence >= NAMED and len(rest) > 1 and first.strip(DEBRIS) in _family_names()
    return (confidence >= SURE or known) and all(sure >= SURE for _, sure in rest)


def _may_be_name(line: Passage) -> bool:
    """Whether a line holds the rest of a name: a word or more with a capital, and one that was read with doubt."""
    words = list(_words(line))
    named = any(confidence >= SURE and CAPITALISED.fullmatch(word) for word, confidence in words)
    return 2 <= len(words) <= 6 and named and not _is_sure(line)


def _office(titles: Sequence[Passage]) -> str | None:
    """The office as printed; None if there is none or a part of it is in doubt and nothing proves it."""
    texts = [title.quote.strip(STROKES) if _is_sure(title) else None for title in titles]
    if len(titles) > 1 and texts[-1] is None and texts[-2]:
        texts[-1] = _deputy_of(texts[-2], titles[-1])
    return " ".join(text for text in texts if text) if texts and all(texts) else None


def _deputy_of(above: str, line: Passage) -> str | None:
    """The office of the deputy who signs for the head named above, if what was read of the line is the end of it."""
    head = FOR_HEAD.fullmatch(above)
    if head is None:
        return None
    deputy = f"PHÓ {head['head'].split(',')[-1].strip()}"
    if deputy == "PHÓ BỘ TRƯỞNG":
        deputy = "THỨ TRƯỞNG"
    read = [word for word, confidence in _words(line) if confidence >= SURE]
    end = " ".join(read[-len(deputy.split()) :])
    return deputy if len(end) > 3 and f" {deputy}".endswith(f" {end}") else None


@cache
def _family_names() -> frozenset[str]:
    lines = files("normalizers.data").joinpath("family_names.txt").read_text("utf-8").splitlines()
    return frozenset(line for line in lines if not line.startswith("#"))
