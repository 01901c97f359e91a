"""Text that never loses its place: glyphs, boxes and passages.

Coordinates are PDF points with the origin at the top left of the page as it is
displayed (rotated and cropped). Pages count from 1.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

_LINE = itemgetter(0, 1)  # page and line of a glyph


class Box(NamedTuple):
    """A rectangle on a page, x0 <= x1 and y0 <= y1."""

    page: int
    x0: float
    y0: float
    x1: float
    y1: float

    def holds(self, x: float, y: float) -> bool:
        return self.x0 <= x <= self.x1 and self.y0 <= y <= self.y1


class Glyph(NamedTuple):
    """The place of one character.

    `(page, order)` is unique in a document; consecutive orders are neighbours as
    the reader saw them. Page 0 is no page: text of a file that could not be rendered
    keeps its order, but stands nowhere. `confidence` is the OCR engine's word
    confidence (0-1), None for born-digital text.
    """

    page: int
    line: int
    order: int
    x0: float
    y0: float
    x1: float
    y1: float
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of text, each character of which has its place.

    `text` and `glyphs` have the same length; a character that stands on no page
    (the blank between two lines, all text of an unrendered DOCX) has None.
    """

    text: str
    glyphs: tuple[Glyph | None, ...]

    def __post_init__(self) -> None:
        if len(self.text) != len(self.glyphs):
            raise ValueError(f"{len(self.text)} characters but {len(self.glyphs)} places: {self.text[:40]!r}")

    def __len__(self) -> int:
        return len(self.text)

    def __bool__(self) -> bool:
        return bool(self.text)

    def __getitem__(self, part: slice) -> Passage:
        return Passage(self.text[part], self.glyphs[part])

    def __add__(self, other: Passage) -> Passage:
        return Passage(self.text + other.text, self.glyphs + other.glyphs)

    def strip(self, characters: str | None = None) -> Passage:
        start = len(self.text) - len(self.text.lstrip(characters))
        return self[start : start + len(self.text.strip(characters))]

    @property
    def quote(self) -> str:
        """The text with white space folded, as records carry it."""
        return " ".join(self.text.split())

    @property
    def page(self) -> int | None:
        """The page of the first character that stands on one."""
        return next((glyph.page for glyph in self.glyphs if glyph and glyph.page), None)

    @property
    def confidence(self) -> float | None:
        """The lowest OCR confidence of its characters, None if none was read by OCR."""
        read = [glyph.confidence for glyph in self.glyphs if glyph and glyph.confidence is not None]
        return min(read, default=None)

    @property
    def boxes(self) -> tuple[Box, ...]:
        """One box a line, in reading order."""
        places = zip(self.text, self.glyphs, strict=True)
        printed = [glyph for character, glyph in places if glyph and character not in _SPACES]
        return tuple(frame(page, list(glyphs)) for (page, _), glyphs in groupby(printed, _LINE) if page)


# asked of every character: half the time of `str.isspace`
_SPACES = frozenset(filter(str.isspace, map(chr, range(0x3001))))

NOWHERE = Passage("", ())


def union(a: Box, b: Box) -> Box:
    return Box(a.page, min(a.x0, b.x0), min(a.y0, b.y0), max(a.x1, b.x1), max(a.y1, b.y1))


def frame(page: int, glyphs: Sequence[Glyph]) -> Box:
    """The box around some glyphs of a page."""
    # column by column: a third of the time of four passes over attributes
    _, _, _, x0, y0, x1, y1, _ = zip(*glyphs, strict=True)
    return Box(page, min(x0), min(y0), max(x1), max(y1))


def unplaced(text: str) -> Passage:
    """Text that stands on no page."""
    return Passage(text, (None,) * len(text))


# "57-" at a line's end goes on with "NQ/TW", "10-" with "15 năm"; a dash with a blank before it does not.
_RUNS_ON = re.compile(r"[^\W_][-‐/]$|//$|\w[./]\w+/$")


def join(passages: Iterable[Passage]) -> Passage:
    """The passages as running text: one blank between two, none after a hyphen or slash that breaks a word."""
    parts = [part for part in passages if part]
    if len(parts) == 1:
        return parts[0]
    texts: list[str] = []
    glyphs: list[Glyph | None] = []
    for index, part in enumerate(parts):
        if index and not _RUNS_ON.search(texts[-1]) and not texts[-1].endswith(" "):
            texts.append(" ")
            glyphs.append(None)
        texts.append(part.text)
        glyphs.extend(part.glyphs)
    return Passage("".join(texts), tuple(glyphs))


def concatenate(passages: Sequence[Passage]) -> Passage:
    """The passages one after another with nothing between."""
    return Passage("".join(p.text for p in passages), tuple(g for p in passages for g in p.glyphs))
