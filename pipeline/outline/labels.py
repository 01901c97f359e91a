"""Labels of headings and list items: "IV.", "1.2", "a)", "(3)", "-".

Ranks follow the order that Decree 30/2020/NĐ-CP (Appendix I, II.5) gives for
the parts of a text: phần, chương, mục, điều, khoản, điểm; bullets come below.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum

from normalizers.text import LOWER, UPPER


class Rank(IntEnum):
    """How high a label stands; a lower number stands higher."""

    APPENDIX = 0
    PART = 1
    CHAPTER = 2
    SECTION = 3
    ROMAN = 4
    ARTICLE = 5
    NUMBER = 6
    DECIMAL = 7
    LETTER = 8
    BRACKET_NUMBER = 9
    BRACKET_ROMAN = 10
    BRACKET_LETTER = 11
    DASH = 12
    PLUS = 13
    STAR = 14


@dataclass(frozen=True, slots=True)
class Label:
    """`end` is the offset where the text after the label begins; `ordinal` its place in its list, 0 for bullets."""

    rank: Rank
    end: int
    ordinal: int


ROMAN_NUMERAL = r"(?=[IVX])X{0,3}(?:IX|IV|V?I{0,3})"
ROMAN_SMALL = r"(?=[ivx])x{0,3}(?:ix|iv|v?i{0,3})"
_LETTERS = "abcdđeghiklmnopqrstuvxy"

# Each pattern's first group is the ordinal as printed.
_PATTERNS: tuple[tuple[Rank, re.Pattern[str]], ...] = (
    (
        Rank.APPENDIX,
        re.compile(r"(?:PH[ỤU] L[ỤU]C|Ph[ụu] l[ụu]c)(?:\s+(?:số\s+)?([IVX]+|\d{1,2}|[A-Z]))?\b\s*[.:]?\s*"),
    ),
    (Rank.PART, re.compile(rf"(?:PHẦN|Phần)\s+(?:thứ\s+)?([IVX]+|\d{{1,2}}|[A-Z]|[{LOWER}]+(?=\s*$))\b\s*[.:]?\s*")),
    (Rank.CHAPTER, re.compile(r"(?:CHƯƠNG|Chương)\s+([IVX]+|\d{1,2})\b\s*[.:]?\s*")),
    (Rank.SECTION, re.compile(r"(?:MỤC|Mục)\s+(\d{1,2})\s*(?:[.:]\s*|$)")),
    (Rank.ARTICLE, re.compile(r"(?:ĐI[ỀÊE]U|Đi[ềêeèé]u)\s+(\d{1,3})\s*[.:]\s*")),
    (Rank.ROMAN, re.compile(rf"(?!V/v\b)({ROMAN_NUMERAL})(?:\s?[.)/]|\s?[-–](?=\s))\s*(?=\D|$)")),
    (Rank.PART, re.compile(rf"([A-H])\s?[.)]\s+(?=[^{LOWER}])")),
    (Rank.DECIMAL, re.compile(r"(\d{1,2}(?:\.\d{1,2}){1,3})(?:\.(?!\d)|\)|(?=\s+[^\W\d_]))\s*(?=\D|$)")),
    # recognition reads "9." as "9,"
    (
        Rank.NUMBER,
        re.compile(
            rf"(?!0+\D)(\d{{1,3}})(?:\s?[.)](?!\d)|\s?[-–/](?=\s+[^\W\d_])|[-–](?=\s+\d{{1,3}}(?:%|\s[^\W\d_]))|,(?=\s[{UPPER}]))\s*"
        ),
    ),
    # recognition reads "c)" as "©)"
    (Rank.LETTER, re.compile(rf"([{_LETTERS}]|©(?=\)))(?:\)\s*|\.\s+)")),
    (Rank.BRACKET_NUMBER, re.compile(r"\((\d{1,3})\)\s*")),
    (Rank.BRACKET_ROMAN, re.compile(rf"\(({ROMAN_SMALL})\)\s*")),
    (Rank.BRACKET_LETTER, re.compile(rf"\(([{_LETTERS}])\)\s*")),
    (Rank.DASH, re.compile(r"(?:[-–—‐−]{1,2}|[•·●▪■►➢✓❖○o_](?=\s))\s*(?=[^\d\s-]|\d+[^\d\s]|\d+\s)")),
    (Rank.PLUS, re.compile(r"\+\s*(?=\D|\d)")),
    (Rank.STAR, re.compile(r"\*{1,3}\s*(?=\w)")),
)


# How most lines begin: with a word, none of those above and no Roman numeral.
_WORD = re.compile(r"(?![PCMĐIVX])[^\W\d_]{2}")


def read_label(text: str) -> Label | None:
    """The label at the start of a paragraph, None if it has none.

    >>> read_label("IV. NHIỆM VỤ").rank.name, read_label("(3) Bộ Y tế").ordinal
    ('ROMAN', 3)
    >>> read_label("11.591 trạm") is None
    True
    """
    if _WORD.match(text):
        return None
    for rank, pattern in _PATTERNS:
        match = pattern.match(text)
        if match and match.end():
            return Label(rank, match.end(), _ordinal(match.group(1) if match.re.groups else None, rank))
    return None


_ROMAN_VALUES = {"i": 1, "v": 5, "x": 10}


def roman(text: str) -> int:
    """The value of a Roman numeral up to 39.

    >>> roman("XIV"), roman("ix")
    (14, 9)
    """
    values = [_ROMAN_VALUES[c] for c in text.lower()]
    return sum(-v if i + 1 < len(values) and v < values[i + 1] else v for i, v in enumerate(values))


def _ordinal(text: str | None, rank: Rank) -> int:
    if not text:
        return 0
    if text.isdigit():
        return int(text)
    if "." in text:
        return int(text.rsplit(".", 1)[1])
    if set(text.lower()) <= set(_ROMAN_VALUES) and rank is not Rank.LETTER:
        return roman(text)
    return _LETTERS.find(text.lower().replace("©", "c")) + 1 if len(text) == 1 else 0
