"""The number ledger: every token with a digit on every page, and what became of it.

Completeness is structural: tokens come from the text of the pages, extractors claim
characters, and what nobody claims is unexplained.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from schemas.block import Outline
from schemas.document import Document, Line
from schemas.place import Passage

# A printed word that holds a digit, without the punctuation around it: "58/76", "71/NQ-CP", "5G", "20,5Tbps".
TOKEN = re.compile(r"[^\s;]*\d[^\s;]*")
PUNCTUATION = ".,:()[]{}\"'“”‘’…-–—*/"

UNEXPLAINED = ("unexplained", "none", None)
Claim = tuple[str, str, str | None]


class Ledger:
    """Claims on characters by kind, rule and record; the first claim on a character holds."""

    def __init__(self) -> None:
        self._claims: dict[tuple[int, int], Claim] = {}

    def claim(self, passage: Passage, kind: str, rule: str, record_id: str | None) -> None:
        claim = (kind, rule, record_id)
        for glyph in passage.glyphs:
            if glyph:
                self._claims.setdefault((glyph.page, glyph.order), claim)

    def is_claimed(self, passage: Passage) -> bool:
        """Whether every printed character of the passage is claimed."""
        return all(
            glyph is None or character.isspace() or (glyph.page, glyph.order) in self._claims
            for character, glyph in zip(passage.text, passage.glyphs, strict=True)
        )

    def tokens(self, document: Document, outline: Outline) -> Iterator[tuple[Passage, str, str, str | None]]:
        """Every token with its kind, rule and record, page by page."""
        for passage in _lines(document, outline):
            for match in TOKEN.finditer(passage.text):
                token = passage[match.start() : match.end()].strip(PUNCTUATION)
                yield (token, *self._kind(token))

    def _kind(self, token: Passage) -> Claim:
        """The claim on the token's first claimed digit."""
        for character, glyph in zip(token.text, token.glyphs, strict=True):
            if glyph and character.isdigit():
                claim = self._claims.get((glyph.page, glyph.order))
                if claim:
                    return claim
        return UNEXPLAINED


def _lines(document: Document, outline: Outline) -> Iterator[Passage]:
    """All printed text: lines, cells and the footnote marks lifted out of them."""
    if document.pieces:
        for block in outline:
            yield from block.passages
            yield from block.marks
        return
    for page in document.pages:
        for line in page.lines:
            yield from _with_marks(line)
        for grid in page.grids:
            for cell in grid.cells:
                for line in cell.lines:
                    yield from _with_marks(line)


def _with_marks(line: Line) -> Iterator[Passage]:
    yield line.passage
    yield from (mark for _, mark in line.marks)
