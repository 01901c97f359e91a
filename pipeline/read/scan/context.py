"""Marks over letters that a document proves wrong by its other pages.

Tesseract takes a hook for an acute, and one mark for none, in about one word of two hundred: "chủ trỉ" for
"chủ trì". Where the word next to a doubtful word stands, elsewhere in the document and read with confidence, beside
the same letters with other marks again and again, and never beside the marks as read, those others are meant.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise

from normalizers.text import bare
from schemas.document import Line, Page
from schemas.place import Passage

# Nine words in ten are read with more confidence than this.
DOUBT = 0.93
# So many sure pairs prove a reading.
PROOF = 3

_WORD = re.compile(r"[^\W\d_]+")


@dataclass(slots=True)
class _Usage:
    """The pairs of neighbouring words that were read with confidence, in lower case."""

    pairs: Counter[tuple[str, str]] = field(default_factory=Counter)
    spellings: dict[str, set[str]] = field(default_factory=dict)

    def learn(self, passage: Passage) -> None:
        words = [(found[0].lower(), _is_sure(passage, found)) for found in _WORD.finditer(passage.text)]
        for word, sure in words:
            if sure:
                self.spellings.setdefault(bare(word), set()).add(word)
        self.pairs.update((a, b) for (a, sure), (b, also) in pairwise(words) if sure and also)

    def meant(self, word: str, before: str, after: str) -> str | None:
        """The spelling that the neighbours prove, None if they prove none."""

        def proof(spelling: str) -> int:
            return max(self.pairs[before, spelling], self.pairs[spelling, after])

        if self.pairs[before, word] or self.pairs[word, after]:
            return None
        proven = [other for other in self.spellings.get(bare(word), ()) if other != word and proof(other) >= PROOF]
        return proven[0] if len(proven) == 1 and len(proven[0]) == len(word) else None


def mend_marks(pages: Mapping[int, Page]) -> dict[int, Page]:
    """The pages of a document with doubtful words spelt as the rest of the document spells them; boxes stay."""
    usage = _Usage()
    for page in pages.values():
        for line in _lines(page):
            usage.learn(line.passage)
    return {number: _mended_page(page, usage) for number, page in pages.items()}


def _lines(page: Page) -> Iterator[Line]:
    yield from page.lines
    for grid in page.grids:
        for cell in grid.cells:
            yield from cell.lines


def _mended_page(page: Page, usage: _Usage) -> Page:
    def lines(found: Iterable[Line]) -> tuple[Line, ...]:
        return tuple(replace(line, passage=_mended(line.passage, usage)) for line in found)

    grids = tuple(
        replace(grid, cells=tuple(replace(cell, lines=lines(cell.lines)) for cell in grid.cells)) for grid in page.grids
    )
    return replace(page, lines=lines(page.lines), grids=grids)


def _mended(passage: Passage, usage: _Usage) -> Passage:
    found = list(_WORD.finditer(passage.text))
    text = passage.text
    for index, word in enumerate(found):
        if _is_sure(passage, word):
            continue
        before = found[index - 1][0].lower() if index else ""
        after = found[index + 1][0].lower() if index + 1 < len(found) else ""
        meant = usage.meant(word[0].lower(), before, after)
        if meant:
            text = text[: word.start()] + _in_case_of(word[0], meant) + text[word.end() :]
    return passage if text == passage.text else Passage(text, passage.glyphs)


def _is_sure(passage: Passage, word: re.Match[str]) -> bool:
    glyph = passage.glyphs[word.start()]
    return glyph is not None and (glyph.confidence or 0.0) >= DOUBT


def _in_case_of(model: str, word: str) -> str:
    return "".join(c.upper() if m.isupper() else c for m, c in zip(model, word, strict=True))
