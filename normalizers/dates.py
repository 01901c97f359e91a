"""Dates and periods as Vietnamese documents print them.

Own grammar: dateparser returns nothing for "Quý III/2025" and fills missing
parts from today's clock. A missing year here is taken from an anchor date that the
caller gives (the document's date), never from the clock.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum

from schemas.values import Precision, Span

# A month without a year that lies this many months ahead of the anchor is the past year's.
LAST_YEAR = 4


class Toward(Enum):
    """Where a date without a year lies from the anchor: reports look back, deadlines look ahead."""

    PAST = "past"
    FUTURE = "future"


@dataclass(frozen=True, slots=True)
class FoundDate:
    """A date or period in a text: offsets, and its first and last day."""

    start: int
    end: int
    span: Span
    rule: str
    has_year: bool


# Rules over folded text (`normalizers.text.fold`): lower case, plain dashes and blanks.
D = r"(?P<{0}d>0?[1-9]|[12]\d|3[01])"
M = r"(?P<{0}m>0?[1-9]|1[0-2])"
Y = r"(?P<{0}y>(?:19|20)\d{{2}})"
SEPARATOR = r"\s?[/.-]\s?"
QUARTER_NUMBER = r"(?P<{0}q>iv|i{{1,3}}|[1-4])"
WORD_NUMBERS = {
    "một": 1, "giêng": 1, "hai": 2, "ba": 3, "tư": 4, "bốn": 4, "năm": 5, "sáu": 6, "bảy": 7, "tám": 8, "chín": 9,
    "mười": 10, "mười một": 11, "mười hai": 12, "chạp": 12,
}  # fmt: skip
WORD_MONTH = r"(?P<{0}mw>mười hai|mười một|mười|giêng|chạp|hai|ba|tư|sáu|bảy|tám|chín)"
MONTHS_COUNT = r"(?P<{0}n>\d{{1,2}}|ba|bốn|năm|sáu|bảy|tám|chín|mười một|mười)"
OF_YEAR = rf"(?:\s?[/-]\s?|\s+năm\s+|\s+){Y}"

_RULES: tuple[tuple[str, str], ...] = (
    ("day", rf"(?:ngày\s+)?(?<![\d.,/]){D}{SEPARATOR}{M}{SEPARATOR}{Y}(?![\d/])"),
    ("day_words", rf"(?:ngày\s+|mùng\s+)?(?<!\d){D}\s+tháng\s+{M}\s*(?:,\s*)?năm\s+{Y}(?!\d)"),
    ("day_range", rf"ngày\s+{D}\s?(?:-|đến(?:\s+ngày)?|và)\s?(?P<{{0}}d2>0?[1-9]|[12]\d|3[01]){SEPARATOR}{M}{SEPARATOR}{Y}(?![\d/])"),
    ("month", rf"tháng\s+{M}(?:\s?[/.-]\s?|\s+năm\s+){Y}(?!\d)"),
    ("months_pair", rf"tháng\s+{M}\s?(?:,|và|-)\s?(?:tháng\s+)?(?P<{{0}}m2>0?[1-9]|1[0-2])(?:\s?/\s?|\s+năm\s+){Y}(?!\d)"),
    ("month_bare", rf"(?<![\d/.,]){M}\s?/\s?{Y}(?![\d/])"),
    ("quarter_range", rf"quý\s+{QUARTER_NUMBER}\s?[,-]\s?(?:quý\s+)?(?P<{{0}}q2>iv|i{{{{1,3}}}}|[1-4])(?:{OF_YEAR})?(?![\w])"),
    ("quarter", rf"quý\s+{QUARTER_NUMBER}(?:{OF_YEAR})?(?![\w])"),
    ("months_count", rf"{MONTHS_COUNT}\s+tháng\s+(?P<{{0}}part>đầu|cuối)\s+(?:của\s+)?(?:năm(?:\s+{Y})?|(?=giai))(?!\d)"),
    ("months_so_far", rf"{MONTHS_COUNT}\s+tháng\s+(?:của\s+)?năm\s+{Y}(?!\d)"),
    ("half", rf"nửa\s+(?P<{{0}}part>đầu|cuối)\s+năm(?:\s+{Y})?(?!\d)"),
    ("year_range", rf"(?:giai\s+đoạn|thời\s+kỳ|nhiệm\s+kỳ|các\s+năm|từ\s+năm|năm|kỳ)\s+{Y}\s?(?:-|đến(?:\s+năm)?)\s?(?P<{{0}}y2>20\d{{{{2}}}})(?!\d)"),
    ("year_range_bare", rf"(?<![\d/.,-]){Y}\s?-\s?(?P<{{0}}y2>20\d{{{{2}}}})(?![\d/])"),
    ("years", rf"năm\s+{Y}(?:,|\s+và)\s+(?:năm\s+)?(?P<{{0}}y2>20\d{{{{2}}}})(?!\d)"),
    ("year", rf"năm\s+{Y}(?![\d/])"),
    ("day_month", rf"ngày\s+{D}(?:\s?/\s?|\s+tháng\s+){M}(?![\d/])"),
    ("month_only", rf"tháng\s+{M}(?![\d/.,]*\d)(?!\s*(?:/|năm\s+\d))"),
    ("month_words", rf"tháng\s+{WORD_MONTH}(?:(?:\s?/\s?|\s+năm\s+){Y})?(?![\w])"),
    ("last_year", r"năm\s+(?P<{0}rel>ngoái|trước|nay)(?!\w)"),
)  # fmt: skip

_MASTER = re.compile(
    r"(?<!\w)(?:" + "|".join(f"(?P<{name}>{pattern.format(name + '__')})" for name, pattern in _RULES) + ")"
)


def find_dates(text: str, anchor: date | None = None, toward: Toward = Toward.PAST) -> list[FoundDate]:
    """The dates and periods in folded text, longest rule first at each place.

    >>> [str(found.span.end) for found in find_dates("quý iii/2025, ngày 09 tháng 6 năm 2025")]
    ['2025-09-30', '2025-06-09']
    >>> find_dates("tháng 7")
    []
    """
    return list(_found(text, anchor, toward))


def _found(text: str, anchor: date | None, toward: Toward) -> Iterator[FoundDate]:
    for match in _MASTER.finditer(text):
        rule = str(match.lastgroup)  # the rule's own group closes last
        parts = {part: value for part, name in _PARTS_OF[rule] if (value := match.group(name)) is not None}
        span = _span(rule, parts, anchor, toward)
        if span is not None:
            yield FoundDate(match.start(), match.end(), span, rule, "y" in parts)


# rule -> its parts ("d", "m", "y" …) and the names of their groups
_PARTS_OF = {
    rule: [(name.removeprefix(rule + "__"), name) for name in _MASTER.groupindex if name.startswith(rule + "__")]
    for rule, _ in _RULES
}


def _span(rule: str, parts: dict[str, str], anchor: date | None, toward: Toward) -> Span | None:
    month = int(parts["m"]) if "m" in parts else WORD_NUMBERS.get(parts.get("mw", ""))
    year = int(parts["y"]) if "y" in parts else None
    if rule == "last_year":
        return _relative_year(parts["rel"], anchor)
    if rule in ("year", "years", "year_range", "year_range_bare"):
        assert year is not None
        return _years(year, int(parts.get("y2", year)))
    if year is None:
        year = _missing_year(month, parts, anchor, toward)
    if year is None:
        return None
    if "q" in parts:
        return _quarters(year, _quarter(parts["q"]), _quarter(parts.get("q2", parts["q"])))
    if rule in ("months_count", "months_so_far", "half"):
        return _part_of_year(year, _count(parts.get("n", "6")), parts.get("part", "đầu"))
    assert month is not None
    if "d" in parts:
        return _days(year, month, int(parts["d"]), int(parts.get("d2", parts["d"])))
    return months(year, month, int(parts.get("m2", month)))


def _relative_year(word: str, anchor: date | None) -> Span | None:
    if anchor is None:
        return None
    year = anchor.year if word == "nay" else anchor.year - 1
    return _years(year, year)


def _missing_year(month: int | None, parts: dict[str, str], anchor: date | None, toward: Toward) -> int | None:
    """The year of a date printed without one: the nearest past or coming one, seen from the anchor."""
    if anchor is None:
        return None
    if month is None and "q" in parts:
        month = 3 * _quarter(parts.get("q2", parts["q"]))
        first = month - 2
    else:
        first = month or anchor.month
    if toward is Toward.PAST:
        # "tháng 7" in a text of May is rather the coming July than that of ten months ago: left open
        return anchor.year if first <= anchor.month else anchor.year - 1 if first - anchor.month >= LAST_YEAR else None
    return anchor.year + (month is not None and month < anchor.month)


def _quarter(text: str) -> int:
    return int(text) if text.isdigit() else {"i": 1, "ii": 2, "iii": 3, "iv": 4}[text]


def _count(text: str) -> int:
    return int(text) if text.isdigit() else WORD_NUMBERS[text]


def last_day(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])


def months(year: int, first: int, last: int) -> Span | None:
    if first > last:
        return None
    return Span(date(year, first, 1), last_day(year, last), Precision.MONTH)


def _quarters(year: int, first: int, last: int) -> Span | None:
    if first > last:
        return None
    return Span(date(year, 3 * first - 2, 1), last_day(year, 3 * last), Precision.QUARTER)


def _years(first: int, last: int) -> Span | None:
    return Span(date(first, 1, 1), date(last, 12, 31), Precision.YEAR) if first <= last else None


def _part_of_year(year: int, count: int, part: str) -> Span | None:
    if not 1 <= count <= 11:
        return None
    precision = Precision.QUARTER if count % 3 == 0 else Precision.MONTH
    if part == "đầu":
        return Span(date(year, 1, 1), last_day(year, count), precision)
    return Span(date(year, 13 - count, 1), date(year, 12, 31), precision)


def _days(year: int, month: int, first: int, last: int) -> Span | None:
    try:
        return Span(date(year, month, first), date(year, month, last), Precision.DAY) if first <= last else None
    except ValueError:
        return None


def day_before(day: date) -> date:
    return day - timedelta(days=1)
