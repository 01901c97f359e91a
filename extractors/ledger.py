"""The number ledger: every token with a digit on every page, and what became of it.

Completeness is structural: tokens come from the text of the pages, extractors claim
characters, and what nobody claims is unexplained. Numbers in words that count something
("hai cấp") and Roman numerals that a rule has claimed ("IV.", "Quý II") are tokens too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from operator import itemgetter

from normalizers.quantities import is_noun
from normalizers.text import fold
from schemas.block import Outline
from schemas.document import Document, Line
from schemas.place import Glyph, Passage, concatenate

# A printed word that holds a digit; the punctuation around it is cut off: "58/76", "71/NQ-CP", "5G", "20,5Tbps".
TOKEN = re.compile(r"(?<![^\s;])[^\s;]*\d[^\s;]*")  # tried at its beginning only: linear also where there is no digit
# "ba tháng", "mười hai tỉnh": a word for a number before what it counts; "một" and "năm" alone mean too much else.
_DIGIT_WORD = "hai|ba|bốn|sáu|bảy|tám|chín"
NUMBER_WORDS = re.compile(
    rf"(?<!\w)(?<!thứ )(?:(?:{_DIGIT_WORD}|mười)(?:\s(?:mươi|mười|trăm|nghìn|một|mốt|tư|năm|lăm|{_DIGIT_WORD}))*)(?=\s)"
)
_COUNTED = re.compile(r"\s(?:tháng|năm|quý|tuần|ngày|cấp|kỳ|đợt|giai đoạn|lần|bên|trụ cột)(?!\w)")
ROMAN = re.compile(r"(?<![\w./-])(?=[IVX])X{0,3}(?:IX|IV|V?I{0,3})(?![\w/])(?![.-]\d)")
_DIGIT = re.compile(r"\d")
_PLACE = itemgetter(0, 2)  # page and order of a glyph
PUNCTUATION = ".,:()[]{}\"'“”‘’…-–—*/"


@dataclass(frozen=True, slots=True)
class Claim:
    """What a rule made of characters: the kind of number, the rule, the record that uses it."""

    kind: str
    rule: str
    record_id: str | None = None


UNEXPLAINED = Claim("unexplained", "none")


@dataclass(frozen=True, slots=True)
class Token:
    """A number in the ledger: its text, the printed words that show it, what became of it."""

    text: str
    evidence: Passage
    claim: Claim


class Ledger:
    """Claims on characters; the first claim on a character holds."""

    def __init__(self) -> None:
        self._claims: dict[tuple[int, int], Claim] = {}

    def claim(self, passage: Passage, claim: Claim) -> None:
        for place in map(_PLACE, filter(None, passage.glyphs)):
            self._claims.setdefault(place, claim)

    def is_claimed(self, passage: Passage) -> bool:
        """Whether every printed character of the passage is claimed."""
        return all(
            glyph is None or character.isspace() or (glyph.page, glyph.order) in self._claims
            for character, glyph in zip(passage.text, passage.glyphs, strict=True)
        )

    def leaves_digits(self, passage: Passage) -> bool:
        """Whether a digit of the passage is claimed by nobody yet."""
        return any((glyph.page, glyph.order) not in self._claims for glyph in _digits(passage))

    def tokens(self, document: Document, outline: Outline) -> Iterator[Token]:
        """Every token of the document with what became of it, page by page."""
        for line in _lines(document, outline):
            for match in TOKEN.finditer(line.passage.text) if _DIGIT.search(line.passage.text) else ():
                token = line.passage[match.start() : match.end()].strip(PUNCTUATION)
                yield Token(token.text, token, self._of_digits(token))
            yield from self._written_out(line.passage)
            for offset, mark in line.marks:
                # a raised mark is read with the word on which it hangs: "ngành¹"
                before = line.passage.text[:offset].rstrip()
                word = line.passage[before.rfind(" ") + 1 : len(before)]
                yield Token(mark.text, concatenate((word, mark)), self._of_digits(mark))

    def _written_out(self, line: Passage) -> Iterator[Token]:
        """Numbers without a digit: words that count, and Roman numerals that something explains."""
        folded = fold(line.text)
        for match in NUMBER_WORDS.finditer(folded):
            if _COUNTED.match(folded, match.end()) or is_noun(folded, match.end()):
                words = line[match.start() : match.end()]
                levels = folded.startswith(" cấp", match.end())  # as "2 cấp", the name of a kind of government
                unclaimed = Claim("name", "levels") if levels else Claim("other", "number_word")
                yield Token(words.text, words, self._of(words) or unclaimed)
        for match in ROMAN.finditer(line.text):
            numeral = line[match.start() : match.end()]
            claim = self._of(numeral)
            if claim:
                yield Token(numeral.text, numeral, claim)

    def _of(self, token: Passage) -> Claim | None:
        """The claim on the first claimed character of a number."""
        for glyph in token.glyphs:
            if glyph and (glyph.page, glyph.order) in self._claims:
                return self._claims[glyph.page, glyph.order]
        return None

    def _of_digits(self, token: Passage) -> Claim:
        """The claim on the token's first claimed digit."""
        for glyph in _digits(token):
            if (glyph.page, glyph.order) in self._claims:
                return self._claims[glyph.page, glyph.order]
        return UNEXPLAINED


def _digits(passage: Passage) -> Iterator[Glyph]:
    """The printed digits of a passage: found by pattern, since most characters of a text are none."""
    for match in _DIGIT.finditer(passage.text):
        if glyph := passage.glyphs[match.start()]:
            yield glyph


@dataclass(frozen=True, slots=True)
class _Text:
    passage: Passage
    marks: tuple[tuple[int, Passage], ...] = ()


def _lines(document: Document, outline: Outline) -> Iterator[Line | _Text]:
    """All printed text: the lines and cells of pages; the blocks of a file without pages."""
    if document.pieces:
        for block in outline:
            yield from (_Text(passage) for passage in (*block.passages, *block.marks))
        return
    for page in document.pages:
        yield from page.lines
        for grid in page.grids:
            for cell in grid.cells:
                yield from cell.lines
