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
from functools import lru_cache
from operator import itemgetter

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
_DAY, _MONTH, _QUARTER, _YEAR = r"0?[1-9]|[12]\d|3[01]", r"0?[1-9]|1[0-2]", r"iv|i{1,3}|[1-4]", r"(?:19|20)\d{2}"
D, D2 = rf"(?P<d>{_DAY})", rf"(?P<d2>{_DAY})"
M, M2 = rf"(?P<m>{_MONTH})", rf"(?P<m2>{_MONTH})"
Q, Q2 = rf"(?P<q>{_QUARTER})", rf"(?P<q2>{_QUARTER})"
Y, Y2 = rf"(?P<y>{_YEAR})", r"(?P<y2>20\d{2})"
SEPARATOR = r"\s?[/.-]\s?"
WORD_NUMBERS = {
    "một": 1, "giêng": 1, "hai": 2, "ba": 3, "tư": 4, "bốn": 4, "năm": 5, "sáu": 6, "bảy": 7, "tám": 8, "chín": 9,
    "mười": 10, "mười một": 11, "mười hai": 12, "chạp": 12,
}  # fmt: skip
# "tháng năm" is left out: it is May, or what an empty form prints between "tháng" and "năm"
WORD_MONTH = r"(?P<mw>mười hai|mười một|mười|giêng|chạp|hai|ba|tư|sáu|bảy|tám|chín)"
WORD_COUNT = r"hai|ba|bốn|năm|sáu|bảy|tám|chín|mười một|mười"
COUNT = rf"(?P<n>\d{{1,2}}|{WORD_COUNT})"
# "tháng 3 năm ngoái", "ngày 31/3 năm sau"
OF_ANOTHER_YEAR = r"(?:\s+năm\s+(?P<rel>nay|ngoái|trước|sau|tới)(?!\w))?"
# behind "hạn", where it names a term and no state
OF_TERM = "".join(
    f"(?<!{state} hạn )(?<!{state} hạn: )" for state in ("quá", "đúng", "trước", "trễ", "còn", "trong", "đến")
)
HALF = r"(?P<part>đầu|cuối)"
OF_YEAR = rf"(?:\s?[/-]\s?|\s+năm\s+|\s+){Y}"
PERIOD_WORDS = r"giai\s+đoạn|thời\s+kỳ|nhiệm\s+kỳ|các\s+năm|từ\s+năm|năm|kỳ"

# At one place the first rule that fits holds.
_RULES: dict[str, str] = {
    # "ngày 28/5 đến ngày 03/6/2025", "ngày 28 tháng 5 đến ngày 03 tháng 6 năm 2025"
    "day_span": rf"(?:ngày\s+)?(?<![\d.,/]){D}\s?/\s?{M}\s?(?:-|đến(?:\s+hết)?)\s?(?:ngày\s+)?{D2}{SEPARATOR}{M2}"
    rf"{SEPARATOR}{Y}(?![\d/])",
    "day_span_words": rf"(?:ngày\s+)?(?<!\d){D}\s+tháng\s+{M}\s?(?:-|đến(?:\s+hết)?)\s?(?:ngày\s+)?{D2}\s+tháng\s+{M2}"
    rf"\s+năm\s+{Y}(?!\d)",
    # "(từ 10/11 đến 16/11)": two digits, and that nothing follows which they might count, tell them from fractions
    "day_span_bare": rf"(?<=từ )(?<!tăng từ )(?<!giảm từ )(?<!nâng từ )(?=(?:ngày\s+)?\d\d)(?:ngày\s+)?{D}\s?/\s?{M}\s+đến(?:\s+hết)?\s+(?:ngày\s+)?{D2}\s?/\s?{M2}(?=\s*(?:[).;,:]|$))",
    "day": rf"(?:ngày\s+)?(?<![\d.,/]){D}{SEPARATOR}{M}{SEPARATOR}{Y}(?![\d/])",
    "day_words": rf"(?:ngày\s+|mùng\s+)?(?<!\d){D}\s+tháng\s+{M}(?:{SEPARATOR}|\s*(?:,\s*)?năm\s+){Y}(?!\d)",
    "day_iso": rf"{Y}-(?P<m>0[1-9]|1[0-2])-(?P<d>0[1-9]|[12]\d|3[01])(?![\d/-])",
    # "ngày 05 đến ngày 07/9/2025", "các ngày 17, 18 và 19 tháng 4 năm 2026"
    "day_range": rf"ngày\s+{D}(?:\s?,\s?(?:{_DAY}))*\s?(?:-|,|đến(?:\s+hết)?(?:\s+ngày)?|và(?:\s+ngày)?)\s?{D2}"
    rf"(?:{SEPARATOR}|\s+tháng\s+){M}(?:{SEPARATOR}|\s+năm\s+){Y}(?![\d/])",
    # "10 ngày đầu tháng 7/2025", "nửa cuối tháng 7 năm 2025"
    "part_of_month": rf"(?:(?P<days>{_DAY})\s+ngày|(?P<stretch>tuần|nửa))\s+{HALF}\s+(?:của\s+)?tháng\s+{M}"
    rf"(?:(?:{SEPARATOR}|\s+năm\s+){Y})?(?![\d/])",
    "month_short": rf"t\.?\s?{M}\s?[/-]\s?{Y}(?!\d)",
    "month": rf"tháng\s+{M}(?:\s?[/.-]\s?|\s+năm\s+){Y}(?!\d)",
    "months_pair": rf"tháng\s+{M}\s?(?:,|và|-|đến(?:\s+hết)?)\s?(?:tháng\s+)?{M2}(?:\s?/\s?|\s+năm\s+){Y}(?!\d)",
    "month_bare": rf"(?<![\d/.,])(?<!quý ){M}\s?/\s?{Y}(?![\d/])",
    "quarter_range": rf"quý\s+{Q}\s?(?:,|và|-|đến(?:\s+hết)?)\s?(?:quý\s+)?{Q2}(?:{OF_YEAR})?(?![\w])",
    "quarter": rf"quý\s+{Q}(?:{OF_YEAR})?(?![\w])",
    "quarter_short": rf"q\.?\s?{Q}\s?[/-]\s?{Y}(?!\d)",
    "months_count": rf"{COUNT}\s+tháng\s+{HALF}\s+(?:của\s+)?(?:năm(?:\s+{Y})?|(?=giai))(?!\d)",
    "months_so_far": rf"{COUNT}\s+tháng(?:\s+(?:của\s+)?(?:năm\s+)?|\s?/\s?){Y}(?!\d)",
    # "cộng dồn 10 tháng", "6 tháng ước đạt": of the report's year so far
    "months_bare": rf"(?:(?<=lũy kế )|(?<=cộng dồn )|(?<=tính chung )|(?=\d{{1,2}}\s+tháng,?\s+(?:(?:ước|tăng|giảm|đạt)(?!\w)|\d{{1,3}}\.\d{{3}}\s+tỷ\s)))"
    rf"(?<!trong )(?<!còn )(?<!từ )(?<!xuống )(?<!lên )(?<!định kỳ ){COUNT}\s+tháng(?!\s+(?:đầu|cuối|năm|\d(?!\d{{0,2}}\.\d{{3}})))",
    "whole_year": r"(?:cả|cuối)\s+năm(?!\s*\d)(?!\s+(?:trước|ngoái|nay|sau|tới|học|kế hoạch|\w+\s+\d{4}))(?!\w)",
    # a year after another one with its figure: "các năm 2012 (4,93%) và 2013 (4,90%)"
    "year_again": rf"(?:(?<=và )|(?<=, )){Y}(?=\s*\(\s*[+-]?\d)",
    "half": rf"nửa\s+{HALF}\s+năm(?:\s+{Y})?(?!\d)",
    # from the first school day to 31 May (the Ministry of Education's yearly decision on the school calendar)
    "school_year": rf"năm\s+học(?:\s+mới)?\s+{Y}\s?-\s?{Y2}(?!\d)",
    "year_range": rf"(?:{PERIOD_WORDS})\s+{Y}\s?(?:-|đến(?:\s+năm)?)\s?{Y2}(?!\d)",
    "year_range_bare": rf"(?<![\d/.,-]){Y}\s?-\s?{Y2}(?![\d/])",
    "years": rf"năm\s+{Y}(?:,|\s+và)\s+(?:năm\s+)?{Y2}(?!\d)",
    "year": rf"năm\s+{Y}(?![\d/])",
    "day_month": rf"ngày\s+{D}(?:\s?/\s?|\s+tháng\s+){M}(?![\d/]){OF_ANOTHER_YEAR}",
    # "xong trước 30/6", "Quốc khánh 2/9 năm 2025": without "ngày" only where the words before leave no fraction
    "day_month_bare": rf"(?:(?<=trước )|(?<=hết )|(?<=chậm nhất )|(?<=quốc khánh )|(?<=dịp lễ )|(?<=nghỉ lễ )|(?<=ngày lễ )"
    rf"|(?<=đêm )|(?<=sáng )|(?<=chiều )|(?<=tối )"
    rf"|(?<=30/4 và )|(?<=30/4 - )|(?<=30/4-))(?<![\d.,/]){D}\s?/\s?{M}(?!\s?%|[\d/]|[.,]\d)"
    rf"(?!\s+(?:số|tổng|diện|khối|chiều|quãng|thời|dân))(?:\s+năm\s+{Y}(?!\d)|{OF_ANOTHER_YEAR})",
    # a term without "ngày": "(hạn 07/11)", "đến 14/11 phải xong"; but "quá hạn 2/10" are so many of so many
    "day_month_due": rf"(?:(?:(?<=hạn )|(?<=hạn: )){OF_TERM}|(?<=đến )(?=\d\d)){D}\s?/\s?{M}(?=\s*(?:[).;,]|$)|\s+(?:phải|hoàn thành|xong|báo cáo)(?!\w))",
    # "trước 25/12/25", "ngày 25/12/25"
    "day_short": rf"(?:ngày\s+|(?<=trước )|(?<=hết )|(?<=chậm nhất ))(?<![\d.,/]){D}/{M}/(?P<yy>[12]\d)(?![\d/%]|[.,]\d)",
    "month_only": rf"tháng\s+{M}(?![\d/.,]*\d)(?!\s*(?:/|năm\s+\d)){OF_ANOTHER_YEAR}",
    "month_words": rf"tháng\s+{WORD_MONTH}(?:(?:\s?/\s?|\s+năm\s+){Y})?(?![\w])",
    "last_year": r"năm\s+(?P<rel>ngoái|trước|nay)(?!\w)",
}


@dataclass(frozen=True, slots=True)
class _Opening:
    """How some rules may begin: a pattern of one letter and what follows it, and words of which the text holds one.

    Rules are tried only where their opening stands: one pattern of all rules, tried at
    every letter of a text, takes five times as long.
    """

    pattern: re.Pattern[str]
    hints: tuple[str, ...]
    rules: tuple[tuple[str, re.Pattern[str]], ...]


def _opening(pattern: str, hints: str, rules: str) -> _Opening:
    named = tuple((rule, re.compile(rf"(?<!\w)(?:{_RULES[rule]})")) for rule in rules.split())
    return _Opening(re.compile(pattern), tuple(hints.split("|") if hints else ()), named)


def _words(words: str, follow: str) -> str:
    """The first letter of one of some words, the rest looked ahead: "các năm" does not hide the "năm" in it."""
    return "|".join(rf"{word[0]}(?={word[1:]}{follow})" for word in words.split("|"))


_OPENINGS: tuple[_Opening, ...] = (
    _opening(
        r"\d(?<!\d\d)(?=\d{0,3}(?:\s?[/.-]\s?\d|\s+tháng(?!\w)|\s+ngày\s+[đc]))",
        "",
        "part_of_month day_span day_span_words day_span_bare day day_words day_iso month_bare months_count months_so_far months_bare year_range_bare day_short "
        "day_month_bare day_month_due",
    ),
    _opening(
        _words("ngày|mùng", r"\s+\d"),
        "ngày|mùng",
        "day_span day_span_words day_span_bare day day_words day_range day_short day_month",
    ),
    _opening(_words("tháng", r"\s"), "tháng", "month months_pair month_only month_words"),
    _opening(_words("quý", r"\s+[1-4i]"), "quý", "quarter_range quarter"),
    _opening(r"[tq](?<!\w[tq])(?=\.?\s?[\divx]{1,3}\s?[/-]\s?2\d{3})", "/2|-2|/ 2|- 2", "month_short quarter_short"),
    _opening(_words(WORD_COUNT, r"\s+tháng[\s/]"), "tháng", "months_count months_so_far"),
    _opening(_words("cả|cuối", r"\s+năm"), "cả năm|cuối năm", "whole_year"),
    _opening(r"[12](?<=và [12])(?=\d{3}\s*\()|[12](?<=, [12])(?=\d{3}\s*\()", "(", "year_again"),
    _opening(_words("nửa|tuần", r"\s+(?:đầu|cuối)\s"), "nửa|tuần", "part_of_month half"),
    _opening(
        _words(PERIOD_WORDS, r"\s+(?:học\s+(?:mới\s+)?)?(?:\d|ngoái|trước|nay)"),
        "năm|kỳ|đoạn",
        "school_year year_range years year last_year",
    ),
)


def find_dates(text: str, anchor: date | None = None, toward: Toward = Toward.PAST) -> list[FoundDate]:
    """The dates and periods in folded text, longest rule first at each place.

    >>> [str(found.span.end) for found in find_dates("quý iii/2025, ngày 09 tháng 6 năm 2025")]
    ['2025-09-30', '2025-06-09']
    >>> find_dates("tháng 7")
    []
    """
    return list(_all_found(text, anchor, toward))


@lru_cache(maxsize=1024)  # several rules look for the dates of one block
def _all_found(text: str, anchor: date | None, toward: Toward) -> tuple[FoundDate, ...]:
    return tuple(_found(text, anchor, toward))


def _found(text: str, anchor: date | None, toward: Toward) -> Iterator[FoundDate]:
    position = 0
    for start, opening in _openings(text):
        rule, match = _rule_at(text, start, opening) if start >= position else ("", None)
        if match is None:
            continue
        position = match.end()
        parts = {part: value for part, value in match.groupdict().items() if value is not None}
        span = _span(rule, parts, anchor, toward)
        if span is not None:
            yield FoundDate(match.start(), match.end(), span, rule, "y" in parts)


def _openings(text: str) -> list[tuple[int, _Opening]]:
    """Where a date may begin, in order."""
    starts = [
        (match.start(), opening)
        for opening in _OPENINGS
        if not opening.hints or any(hint in text for hint in opening.hints)
        for match in opening.pattern.finditer(text)
    ]
    return sorted(starts, key=itemgetter(0))


def _rule_at(text: str, start: int, opening: _Opening) -> tuple[str, re.Match[str] | None]:
    for rule, pattern in opening.rules:
        if match := pattern.match(text, start):
            return rule, match
    return "", None


def _span(rule: str, parts: dict[str, str], anchor: date | None, toward: Toward) -> Span | None:
    if rule == "last_year":
        return _relative_year(parts["rel"], anchor)
    if rule == "whole_year":  # what is still to be done may be meant for the year that a plan is made for
        return None if toward is Toward.FUTURE else _relative_year("nay", anchor)
    if rule == "months_bare":
        return _so_far(_count(parts["n"]), anchor, toward)
    month = int(parts["m"]) if "m" in parts else WORD_NUMBERS.get(parts.get("mw", ""))
    year = _year(month, parts, anchor, toward)
    if year is None:
        return None
    if month is None:
        return _long_span(rule, parts, year)
    if rule == "part_of_month":
        return _part_of_month(year, month, parts)
    if "d" in parts:
        last = (int(parts.get("m2", month)), int(parts.get("d2", parts["d"])))
        return _days(year, (month, int(parts["d"])), last)
    return months(year, month, int(parts.get("m2", month)))


def _year(month: int | None, parts: dict[str, str], anchor: date | None, toward: Toward) -> int | None:
    if "y" in parts:
        return int(parts["y"])
    if "yy" in parts:
        return 2000 + int(parts["yy"])
    if "rel" in parts:
        return anchor.year + _FROM_THIS_YEAR[parts["rel"]] if anchor else None
    return _missing_year(month, parts, anchor, toward)


def _long_span(rule: str, parts: dict[str, str], year: int) -> Span | None:
    """Quarters, parts of a year and years."""
    if "q" in parts:
        return _quarters(year, _quarter(parts["q"]), _quarter(parts.get("q2", parts["q"])))
    if rule in ("months_count", "months_so_far", "half"):
        return _part_of_year(year, _count(parts.get("n", "6")), parts.get("part", "đầu"))
    last = int(parts.get("y2", year))
    if rule == "school_year" and last == year + 1:
        return Span(date(year, 9, 5), date(last, 5, 31), Precision.MONTH)
    return _years(year, last)


def _so_far(count: int, anchor: date | None, toward: Toward) -> Span | None:
    """The first months of the year of a report; what lies ahead has no such months."""
    if anchor is None or toward is Toward.FUTURE or not 1 <= count <= 12:
        return None
    return months(anchor.year - (count > anchor.month), 1, count)


_FROM_THIS_YEAR = {"nay": 0, "ngoái": -1, "trước": -1, "sau": 1, "tới": 1}


def _relative_year(word: str, anchor: date | None) -> Span | None:
    if anchor is None:
        return None
    year = anchor.year + _FROM_THIS_YEAR[word]
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


def months(year: int, first: int, last: int) -> Span:
    """The span of two months; the year is the last one's: "tháng 11 đến tháng 2/2026" begins in 2025."""
    return Span(date(year - (first > last), first, 1), last_day(year, last), Precision.MONTH)


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


_STRETCHES = {"tuần": 7, "nửa": 15}


def _part_of_month(year: int, month: int, parts: dict[str, str]) -> Span:
    """The first or last days of a month; a half's first part ends with the 15th."""
    precision = Precision.DAY if "days" in parts else Precision.MONTH
    count, last = int(parts.get("days", 0)) or _STRETCHES[parts["stretch"]], last_day(year, month)
    if parts["part"] == "đầu":
        return Span(date(year, month, 1), date(year, month, min(count, last.day)), precision)
    begins = 16 if parts.get("stretch") == "nửa" else max(1, last.day - count + 1)
    return Span(date(year, month, begins), last, precision)


def _days(year: int, first: tuple[int, int], last: tuple[int, int]) -> Span | None:
    """The days from one month and day to another; the year is the last one's."""
    try:
        start, end = date(year - (first[0] > last[0]), *first), date(year, *last)
    except ValueError:
        return None
    return Span(start, end, Precision.DAY) if start <= end else None


def day_before(day: date) -> date:
    return day - timedelta(days=1)
