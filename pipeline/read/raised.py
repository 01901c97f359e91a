"""Raised figures: a footnote's mark or a power."""

from __future__ import annotations

import re

_POWERS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
# A raised figure is a power after a unit of length ("m2", "km3") and after a lone ten ("10" raised to 6).
_POWER_BASE = re.compile(r"(?:(?:^|[\s\d./(])(?:[kcdmhµ]?m|ft|s)|(?:^|[^\d.,])10)$")
# A footnote mark follows a word, a figure or closing punctuation at once.
_MARKED = re.compile(r"[\w.,;:!?)\]”’\"'%»]$")


def is_note_mark(before: str, figure: str) -> bool:
    """Whether a raised figure is a footnote's mark: after a word, and no power of a unit or of ten.

    >>> is_note_mark("năm 2025", "9"), is_note_mark("diện tích 120 m", "2"), is_note_mark("10", "6")
    (True, False, False)
    """
    return len(figure) <= 3 and _MARKED.search(before) is not None and not _POWER_BASE.search(before)


def as_power(figure: str) -> str:
    """Raised figures as the characters for powers, so that "10" raised to 3 is never 103."""
    return figure.translate(_POWERS)
