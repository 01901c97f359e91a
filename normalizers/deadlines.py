"""Deadlines as offices print them: "trước ngày 20/6/2025", "trong Quý III/2025", "hằng tháng", "thường xuyên".

The value is the last acceptable day: a month, quarter or year gives its last day;
"trước ngày D" gives D, because offices date a deadline by the day it names;
"trước tháng 6/2025" gives the day before that month begins.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from itertools import zip_longest

import holidays

from normalizers.dates import FoundDate, Toward, day_before, find_dates
from normalizers.text import fold
from schemas.values import Precision


@dataclass(frozen=True, slots=True)
class Deadline:
    """A deadline in a text: offsets of its words, its last acceptable day, how it was recognised.

    `strength` orders deadlines of one text: an explicit "hoàn thành trước …" beats a
    bare "trong năm 2025". `recurrence` holds the rule of a recurring one as printed.
    """

    start: int
    end: int
    day: date | None
    precision: Precision
    rule: str
    strength: int
    recurrence: str | None = None


# Words before the date, over folded text.
LATEST = r"(?:chậm nhất|muộn nhất|không quá|không(?:\s+để)?\s+(?:chậm|kéo\s+dài)\s+quá|không chậm hơn|không muộn hơn|hạn cuối|hạn chót)(?:\s+là)?(?:\s*:)?"
UNTIL = r"(?:đến\s+hết|cho\s+đến\s+hết|hết|đến|tới|cho đến)"
WITHIN = r"(?:trong|vào|ngay\s+trong|nội\s+trong|trong\s+vòng)"
FINISH = (
    r"(?:hoàn\s+thành|xong|hoàn\s+tất|kết\s+thúc|báo\s+cáo|trình|gửi|ban\s+hành|nộp|thực\s+hiện|triển\s+khai|đưa\s+vào"
    r"|khai\s+trương|công\s+bố|trả\s+lời|thời\s+hạn(?:\s+hoàn\s+thành)?|hạn(?:\s+hoàn\s+thành)?|thời\s+gian(?:\s+hoàn\s+thành)?)"
)
EDGE = r"(?:cuối|đầu|giữa)"
# "trước 17 giờ 00 ngày 15/6/2025"
CLOCK = r"\d{1,2}\s?(?:giờ|h|g)(?:\s?\d{2}(?:\s+phút)?)?,?\s*"
# The session of the Assembly for which a draft is due, with its month in brackets.
SESSION = (
    r"(?:(?:tại|vào|trong)\s+(?:kỳ\s+họp|phiên\s+họp|hội\s+nghị)\s[^.;()]{0,60}\(\s*"
    r"|tại\s+(?:kỳ\s+họp|phiên\s+họp)\s+(?:[^\W\d_]+\s+){0,6})"
)

_LEAD_IN = re.compile(
    rf"(?P<session>{SESSION})?(?P<latest>{LATEST})?\s*(?P<before>trước)?\s*(?P<until>{UNTIL})?\s*(?P<within>{WITHIN})?\s*"
    rf"(?:{CLOCK}|(?:sáng|trưa|chiều|tối)\s+)?(?P<edge>{EDGE})?\s*"
    r"(?:thời\s+điểm\s+|tuần\s+(?:đầu\s+|cuối\s+|thứ\s+\w+\s+)?(?:của\s+)?)?$"
)
_START = re.compile(r"(?:kể\s+)?từ(?:\s+đầu)?\s*$")
# What is brought into use or ended "from" a day is due on that day; of anything else the day is only the beginning.
_FROM_THEN_ON = re.compile(
    r"(?:đưa[^.;,]{1,60}\svào\s+(?:hoạt\s+động|vận\s+hành|sử\s+dụng|khai\s+thác)(?:\s+chính\s+thức)?"
    r"|(?<!\w)(?:bỏ|dừng|ngừng|chấm\s+dứt)\s[^.;,]{1,40})\s+(?:kể\s+)?từ\s*$"
)
_FINISHED = re.compile(rf"{FINISH}(?:\s+(?:việc|công\s+tác|nhiệm\s+vụ|và)(?:\s+[^\W\d_]+){{0,6}})?[\s,:]*$")
# "trả lời bằng văn bản", "hoàn thành việc nhập dữ liệu"
_FINISHED_SO = re.compile(rf"{FINISH}(?:\s+[^\W\d_]+){{0,6}}[\s,:]*$")
_LABEL = re.compile(
    r"(?:(?:hoàn\s+thành|(?<!trung )(?<!dài )(?<!ngắn )hạn|xong)[\s,:]*|(?:thời\s+gian|tiến\s+độ)(?:\s+(?:thực\s+hiện|hoàn\s+thành))?\s*:\s*)$"
)
# "đã hoàn thành trong tháng 4/2025", "nhiệm vụ đã giao trong năm 2025": reported, not due
_REPORTED = re.compile(r"(?<!\w)đã(?:\s+[^\W\d_]+){1,6}\s*$")
# "đến ngày 30/6/2025 phải hoàn thành"
_MUST_FOLLOW = re.compile(r"\s*,?\s*(?:phải|cần)\s+(?:cơ\s+bản\s+)?(?:hoàn\s+thành|hoàn\s+tất|xong)")
# "từ nay đến 31/12/2025"
_FROM_NOW_ON = re.compile(r"từ\s+(?:nay|bây\s+giờ)\s*$")

# "…; quý III/2025 báo cáo Ban Bí thư", "Tháng 6/2025, trình Quốc hội"
_THEN_DUE = re.compile(r"\s*,?\s*(?:phải\s+|cần\s+)?" + FINISH + r"(?!\w)")
# last in brackets: "… trong tình hình mới (tháng 11/2023)."
_CLOSES = re.compile(r"\s*\)\s*[.;,/]*\s*$")

# "…; phấn đấu hết quý II giải ngân trên 45%" dates what is aimed at, a deadline only for want of another
_AIMED = re.compile(r"(?:phấn\s+đấu|mục\s+tiêu)(?:\s+(?:giải\s+ngân|đạt|thu|tiến\s+độ))?\s*$")
_FIGURE_OF_AIM = re.compile(
    r"\s*,?\s*(?:[^\W\d_]+\s+){0,6}?(?:trên\s+|hơn\s+|tối\s+thiểu\s+|ít\s+nhất\s+)?\d[\d.,]*\s?(?:%|tỷ|triệu)"
)
_AIMS = re.compile(r"(?:bảo\s+đảm|đảm\s+bảo|phấn\s+đấu)\s+$")

# "phấn đấu giảm tỷ lệ nợ thuế xuống dưới 8% đến 31/12/2025": for want of another
_REACHED_BY = re.compile(r"phấn\s+đấu\s[^.;]{3,50}?\d\s?%\s+$")

# A span of time that only says what something is about, not when it is due.
_ATTRIBUTE = re.compile(
    r"(?:giai\s+đoạn|nhiệm\s+vụ|kinh\s+phí|ngân\s+sách|dự\s+toán|kế\s+hoạch|chương\s+trình|chỉ\s+tiêu|(?<!hoa )(?<!nhĩ )kỳ|kỳ\s+họp"
    r"|mục\s+tiêu|so\s+với|cùng\s+kỳ|tầm\s+nhìn|định\s+hướng|vốn|báo\s+cáo|hoạt\s+động|đợt|kết\s+quả|công\s+tác"
    r"|tình\s+hình|số\s+liệu|của)\s*(?:trong\s+|đến\s+)?$"
)

RECURRING_UNIT = r"(?:ngày|tuần|tháng|quý|năm|nửa\s+năm|6\s+tháng|sáu\s+tháng|03\s+tháng|3\s+tháng|06\s+tháng)"
EVERY = r"(?:hằng|hàng|mỗi)"
_WEEKDAY = r"(?:ngày\s+)?thứ\s+(?:hai|ba|tư|năm|sáu|bảy)|chủ\s+nhật"
_BY = (
    r"(?:(?:trước|vào|chậm\s+nhất(?:\s+là)?|từ)\s+)?"
    rf"(?:\d{{1,2}}\s?(?:giờ|h|g)\s?(?:\d{{2}})?(?:\s+phút)?,?\s+)?(?:(?:{_WEEKDAY})\s+)?"
)
RECURRING = re.compile(
    "|".join(
        (
            # "hằng năm, trước ngày 30/4", "hằng tháng, chậm nhất ngày 05"
            rf"{EVERY}\s+(?:năm|quý|tháng)\s*,\s*(?:trước|vào|chậm\s+nhất(?:\s+là)?)\s+ngày\s+\d{{1,2}}"
            r"(?:(?:\s?/\s?|\s+tháng\s+)\d{1,2})?(?!\s?/?\d)(?!\s+(?:tháng|năm)\s)",
            # "hằng năm tổng hợp, báo cáo Bộ trước ngày 20 tháng 12"
            rf"{EVERY}\s+(?:năm(?P<y>)|quý|tháng)\s+(?!của|và|cho|theo|được)[^\d.;]{{3,90}}?\s+(?:trước|chậm\s+nhất(?:\s+là)?)\s+ngày\s+\d{{1,2}}"
            r"(?(y)(?:\s?/\s?|\s+tháng\s+)\d{1,2}|(?!\s?/))(?!\s?/?\d)(?!\s+(?:tháng|năm)\s)",
            # "trước ngày 15 tháng 12 hằng năm"
            rf"(?:định\s+kỳ,?\s+)?{_BY}(?:ngày\s+)?(?<![\d/])\d{{1,2}}(?:\s?/\s?|\s+tháng\s+)\d{{1,2}}\s+{EVERY}\s+năm",
            # "trước ngày 25 của tháng cuối quý", "trước ngày 05 tháng sau"
            rf"{_BY}ngày\s+\d{{1,2}}\s+(?:của\s+)?tháng\s+(?:(?:cuối|đầu)(?:\s+(?:cùng|tiên))?(?:\s+của)?(?:\s+{EVERY})?"
            r"\s+quý(?!\s+[\divx])|sau|kế\s+tiếp|tiếp\s+theo|liền\s+kề)",
            rf"(?:định\s+kỳ,?\s+)?{_BY}(?:ngày\s+(?:mùng\s+)?\d{{1,2}}\s+(?:của\s+)?)?(?:định\s+kỳ\s+)?{EVERY}\s+{RECURRING_UNIT}",
            # "06 tháng một lần", "1 tuần/lần"
            r"(?:định\s+kỳ\s+)?(?:\d{1,2}\s+|mỗi\s+|một\s+)?(?:ngày|tuần|tháng|quý|năm)(?:\s+(?:một|0?1)\s+|\s?/\s?(?:0?1\s+)?)lần",
            # "định kỳ báo cáo Chủ tịch hằng năm"
            rf"định\s+kỳ\s+(?:[^\W\d_]+\s+){{1,10}}?{EVERY}\s+{RECURRING_UNIT}",
            rf"định\s+kỳ(?:\s+(?:trước|vào)?\s*(?:ngày\s+\d{{1,2}})?\s*(?:hằng|hàng)?\s*{RECURRING_UNIT})?",
        )
    )
)
ONGOING = re.compile(r"thường\s+xuyên(?:,?\s+liên\s+tục)?|liên\s+tục")
_NEXT = re.compile(r"(?:năm|quý|tháng)\s+sau$")
_ALL_YEAR = re.compile(r"\W*(?:cả|trong|quanh)\s+năm\W*")
# "năm 2025 và các năm tiếp theo", "từ năm 2026 trở đi": no last day
_GOES_ON = re.compile(r"\s*(?:,|và|-)?\s*(?:(?:các|những)\s+năm\s+(?:tiếp\s+theo|tiếp|sau|tới)|trở\s+đi|hằng\s+năm)")

_COUNTED_LEAD = r"trong\s+(?:vòng\s+|thời\s+(?:hạn|gian)\s+)?|chậm\s+nhất\s+(?:là\s+)?|không\s+quá\s+|sau\s+"
_COUNTED_TIME = r"(?P<count>\d{1,3})\s+(?P<unit>ngày\s+làm\s+việc|ngày|tuần|tháng)(?!\w)"
WORKING = re.compile(
    rf"(?:{_COUNTED_LEAD})?(?:tối\s+đa\s+)?{_COUNTED_TIME}"
    r"(?:\s*,?\s*(?:kể\s+)?(?:từ|sau)\s+(?P<from>(?:ngày|khi|thời\s+điểm)[^.;]{0,80}))"
)
# "trong vòng 30 ngày" that names no day to count from, and is no stretch of the past or of a year
_FROM_NOW = re.compile(
    rf"(?:{_COUNTED_LEAD})(?:tối\s+đa\s+)?{_COUNTED_TIME}"
    r"(?!\s*,?\s*(?:kể|từ|sau|qua|vừa|gần|trước|đầu|cuối|năm|liên\s+tục|/))"
)


def find_deadlines(text: str, issued_on: date | None) -> list[Deadline]:
    """The deadlines in running text (unfolded), in order.

    Only dates with a word of time before them count ("trong tháng 6/2025"); a date
    without a year is the next one after `issued_on`.
    """
    return list(_all_found(text, issued_on))


@lru_cache(maxsize=1024)  # several rules look for the deadlines of one task
def _all_found(text: str, issued_on: date | None) -> tuple[Deadline, ...]:
    folded = fold(text)
    found = list(_repeated(folded))
    # the days in brackets behind "định kỳ 6 tháng (trước 15/6 và 15/12)" are of it
    set_apart = [span for d in found if (span := _IN_BRACKETS.match(folded, d.end))]
    dated = [
        d
        for d in _dated(folded, issued_on)
        if not _overlaps(d, found)
        and (
            _HAS_YEAR.search(folded, d.start, d.end)
            or not any(span.start() < d.start < span.end() for span in set_apart)
        )
    ]
    recurs = any(d.strength for d in found)  # "trước ngày 31/12 hằng năm; … trước ngày 31/3 năm sau"
    found += [d for d in dated if not (recurs and _NEXT.search(folded, d.start, d.end))]
    found += [d for d in _relative(folded, issued_on) if not _overlaps(d, found)]
    sure = [d for d in found if d.strength]
    found += [d for d in _lasting(folded, issued_on) if not _overlaps(d, sure)]
    found += [d for d in _to_years_end(folded, issued_on) if not _overlaps(d, found)]
    found += [
        Deadline(match.start("raw"), match.end(), None, Precision.ONGOING, "deadline_phrase", 1)
        for match in _DONE_ALL_THE_TIME.finditer(folded)
    ]
    return tuple(sorted(found, key=lambda deadline: deadline.start))


# "…; thực hiện thường xuyên)": set apart at the end; elsewhere "thường xuyên" only says how something is done
_DONE_ALL_THE_TIME = re.compile(
    r"(?:[,;(]|(?:^|\.\s)việc\s[^.;,]{3,60}?)\s*(?P<raw>(?:thực hiện|triển khai|duy trì|tổ chức)\s+thường xuyên(?:,?\s+liên tục)?)(?=\s*(?:[.;)]|$))"
)
_HAS_YEAR = re.compile(r"20\d{2}")
_IN_BRACKETS = re.compile(r"\s*\([^()]*\)")


def read_cell(text: str, issued_on: date | None) -> Deadline | None:
    """The deadline of a cell or clause that holds nothing else; None if it holds no time."""
    folded = fold(text)
    marked = find_deadlines(text, issued_on)
    repeated = [d for d in marked if d.precision is Precision.RECURRING]
    dates = find_dates(folded, issued_on, Toward.FUTURE)
    if repeated and all(not found.has_year or _START.search(folded, 0, found.start) for found in dates):
        return repeated[0]  # "Hằng năm, bắt đầu từ năm 2025"
    counted = [d for d in marked if d.rule == "deadline_relative" and d.day]
    if counted:
        return counted[-1]
    if dates:
        return _of_cell(dates[-1], folded)
    return _short_day(folded, issued_on) or _undated_cell(folded) or (marked[0] if marked else None)


def all_of_cell(text: str, issued_on: date | None) -> list[Deadline]:
    """Every deadline of a cell that names several ("dự thảo: 15/3/2031; trình: 30/6/2031"), in order."""
    folded = fold(text)
    found = [d for d in find_deadlines(text, issued_on) if d.strength]
    dated = (_of_cell(each, folded) for each in find_dates(folded, issued_on, Toward.FUTURE))
    return sorted([*found, *(d for d in dated if not _overlaps(d, found))], key=lambda deadline: deadline.start)


# "15/7", "xong trước 20/9/25": alone in its cell it is a day
_SHORT_DAY = re.compile(
    r"\s*(?P<raw>(?:(?:hoàn thành|xong|trước|đến|hết|hạn|chậm nhất|muộn nhất|là|vào)\s+)*"
    r"(?P<day>(?:0?[1-9]|[12]\d|3[01])(?:/|[.-](?=\d{1,2}[.-]\d))(?:0?[1-9]|1[0-2]))(?:[/.-](?P<year>\d{2}))?)\s*[.;]?\s*"
)


def _short_day(folded: str, issued_on: date | None) -> Deadline | None:
    """A day without a year, or with the last two digits of one, that is all there is of a cell."""
    match = _SHORT_DAY.fullmatch(folded)
    if not match:
        return None
    written = f"ngày {re.sub('[.-]', '/', match['day'])}" + (f"/20{match['year']}" if match["year"] else "")
    found = find_dates(written, issued_on, Toward.FUTURE)
    if not found:
        return None
    return Deadline(match.start("raw"), match.end("raw"), found[0].span.end, Precision.DAY, "deadline_cell", 5)


def _undated_cell(folded: str) -> Deadline | None:
    """A bare year or an ongoing task."""
    bare = re.fullmatch(r"\s*((?:19|20)\d{2})\s*\.?\s*", folded)
    if bare:
        return Deadline(bare.start(1), bare.end(1), date(int(bare[1]), 12, 31), Precision.YEAR, "deadline_cell", 5)
    ongoing = ONGOING.search(folded) or _ALL_YEAR.fullmatch(folded)
    if ongoing:
        return Deadline(ongoing.start(), ongoing.end(), None, Precision.ONGOING, "deadline_cell", 5)
    return None


def best(deadlines: list[Deadline]) -> Deadline | None:
    """The deadline that holds for a task that names several: the most explicit, of these the first named."""
    dated = [d for d in deadlines if d.strength > 0]
    if not dated:
        return None
    return max(dated, key=lambda d: (d.strength, -d.start))


# These name their end: "từ tháng 7 đến tháng 9/2025".
_FROM_TO = ("day_span", "day_span_words", "day_span_bare", "day_range", "months_pair", "quarter_range")


# "trước mùa mưa năm 2026", "trước Tết Nguyên đán năm 2026": the day is that of an event, not the year's last
_BEFORE_EVENT = re.compile(r"trước\s+[^\d.,;()]*$")


def _of_cell(found: FoundDate, folded: str) -> Deadline:
    lead = _LEAD_IN.search(folded, 0, found.start)
    words = _named(lead)
    start = _words_start(folded, lead.start(), found.start) if lead else found.start
    event = None if found.span.precision is Precision.DAY else _BEFORE_EVENT.search(folded, 0, start)
    if event:
        return Deadline(event.start(), found.end, None, Precision.NONE, "deadline_cell", 5)
    goes_on = _GOES_ON.match(folded, found.end)
    beginning = None if found.rule in _FROM_TO else _START.search(folded, 0, start)
    if goes_on or beginning:
        first, last = beginning.start() if beginning else start, goes_on.end() if goes_on else found.end
        return Deadline(first, last, None, Precision.ONGOING, "deadline_cell", 5)
    return Deadline(start, found.end, _last(found, words), found.span.precision, "deadline_cell", 5)


def _named(lead: re.Match[str] | None) -> dict[str, str]:
    return {name: value for name, value in lead.groupdict().items() if value} if lead else {}


def _last(found: FoundDate, words: dict[str, str]) -> date | None:
    """The last acceptable day of a date with its lead-in; "trước cuối năm 2025" ends with the year."""
    span = found.span
    if "before" in words and words.get("edge") != "cuối" and span.precision is not Precision.DAY and span.start:
        return day_before(span.start)
    return span.end


# what is due at a session
_BROUGHT_BEFORE = re.compile(r"(?<!được )(?:trình|báo cáo|thông qua|xem xét|cho ý kiến)(?!\w)[^.;,]*$")


def _dated(folded: str, issued_on: date | None) -> Iterator[Deadline]:
    for found in find_dates(folded, issued_on, Toward.FUTURE):
        lead = _LEAD_IN.search(folded, max(0, found.start - 100), found.start)
        words = _named(lead)
        start = _words_start(folded, lead.start(), found.start) if lead else found.start
        strength = _strength(words, start, found, folded)
        if "session" in words and issued_on and found.span.end and found.span.end < issued_on:
            continue  # a session that was held: "đã cho ý kiến tại Kỳ họp thứ 8 (tháng 10/2024)"
        if words.get("session", "(")[-1] != "(" and not _BROUGHT_BEFORE.search(folded, 0, start):
            continue  # one that something came from: "kiến nghị của cử tri tại kỳ họp cuối năm"
        if not words and strength < 4 and issued_on and found.span.end and found.span.end < issued_on:
            continue  # what has no word that makes it a deadline is none if it is past
        goes_on = _GOES_ON.match(folded, found.end)
        if strength and goes_on:
            yield Deadline(start, goes_on.end(), None, Precision.ONGOING, "deadline_phrase", strength)
        elif strength:
            beginning = _START.search(folded, max(0, start - 20), start)
            start = beginning.start() if beginning else start
            day = _last(found, words)
            yield Deadline(start, found.end, day, found.span.precision, "deadline_phrase", strength)


def _words_start(folded: str, start: int, end: int) -> int:
    """The start of the lead-in at a word's beginning, without blanks."""
    while start < end and (folded[start] == " " or (start and folded[start - 1].isalnum() and folded[start].isalnum())):
        start += 1
    return start


def _strength(words: dict[str, str], start: int, found: FoundDate, folded: str) -> int:
    """How surely a dated phrase is the deadline: 4 explicit, 3 "trước", 2 "trong", 1 "cuối"/"từ", 0 not at all."""
    ahead = folded[max(0, start - 60) : start]
    finished = bool(_FINISHED.search(ahead))
    if "latest" in words:
        return 4
    if "before" in words:
        return 4 if finished else 3
    if _TERM_OF.search(ahead):
        return 4
    if _BEFORE_THE_END.search(ahead):
        return 3
    if _START.search(ahead):
        return 3 if _FROM_THEN_ON.search(folded[max(0, start - 140) : start]) else 0
    if _REPORTED.search(ahead):
        return 0
    if _UNTIL_THE_END.search(ahead):
        return 3
    return _weaker(words, ahead, finished, found, folded)


def _weaker(words: dict[str, str], ahead: str, finished: bool, found: FoundDate, folded: str) -> int:
    """The strength of a phrase without "chậm nhất" and "trước"."""
    labelled = _LABEL.search(ahead) if finished else None
    stretch = found.rule.startswith("year_range") and not (labelled and ":" in labelled.group())
    strength = 4 if labelled and not stretch else 0  # "dự án hoàn thành giai đoạn 2024 - 2025" says which ones
    if "session" in words:
        strength = 3
    elif "within" in words or "edge" in words:
        strength = 4 if finished else _loose(words, ahead, found)
    elif "until" in words:
        aimed = found.span.precision is not Precision.YEAR and _AIMS.search(ahead)
        surely = words["until"].endswith("hết") or finished or _FROM_NOW_ON.search(ahead)
        due = surely or _MUST_FOLLOW.match(folded, found.end) or aimed
        strength = 3 if due else 0
        if not due and found.span.precision is Precision.DAY and _REACHED_BY.search(ahead):
            strength = 1
        if strength and _AIMED.search(ahead) and _FIGURE_OF_AIM.match(folded, found.end):
            strength = 1
    elif not strength:
        strength = _bare(ahead, found, folded)
    return strength


def _bare(ahead: str, found: FoundDate, folded: str) -> int:
    """The strength of a day, month, quarter or year without any word before it: what opens a clause or stands last in brackets."""
    if _clause_opens(ahead) and _THEN_DUE.match(folded, found.end):
        return 2
    if found.span.precision is Precision.DAY:
        return 0
    return 1 if ahead.endswith("(") and _CLOSES.match(folded, found.end) else 0


# the word itself: "(hạn tháng 6/2025", "thời hạn yêu cầu: tháng 5/2025", "đúng hạn (26/9/2025)"
_TERM_OF = re.compile(
    r"(?<!gia )(?<!kỳ )(?<!giới )(?<!vô )(?<!trung )(?<!dài )(?<!ngắn )(?<!\w)(?:thời\s+)?hạn(?:\s+(?:yêu\s+cầu|hoàn\s+thành|trình|báo\s+cáo|gửi|giao|quy\s+định|chót|cuối))?"
    r"\s*[:(]?\s*(?:là\s+|đến\s+)?$"
)
# the end of a time, or an event with its day: "trước khi kết thúc năm 2025", "trước lễ khai giảng (05/9/2025)"
_BEFORE_THE_END = re.compile(
    r"trước\s+khi\s+(?:kết\s+thúc|hết)\s+$|(?:trước|chậm\s+nhất)\s+(?:ngày\s+|lễ\s+|kỳ\s+)?[^\W\d_][^.;()\d]{2,50}\((?:ngày\s+)?$"
    r"|trước\s+(?:dịp|lễ|tết)\s+(?:[^\W\d_]+\s+){1,6}(?:ngày\s+)?$"
)
# what goes on "cho đến khi kết thúc đợt cao điểm (30/11/2025)" lasts to that day
_UNTIL_THE_END = re.compile(r"đến\s+(?:khi|lúc)\s+(?:kết\s+thúc|hoàn\s+thành|xong|hết)\s[^.;()]{0,40}\(\s*$")

# "các tháng cuối năm 2025" says when, "phát thải ròng bằng 0 vào năm 2050" what for
_NO_END = re.compile(r"\stháng\s+$|(?:phát\s+thải\s+ròng|trung\s+hòa\s+các-?bon|tầm\s+nhìn)[^.;,]{0,40}$")


def _loose(words: dict[str, str], ahead: str, found: FoundDate) -> int:
    """ "trong tháng 6/2025", "cuối năm 2025" without a verb of finishing before them."""
    if _ATTRIBUTE.search(ahead) or _NO_END.search(ahead):
        return 0
    if found.span.precision is Precision.DAY:  # "vào ngày 5/10" is when something takes place
        return 2 if "trong" in words.get("within", "") or _HANDED_IN.search(ahead) else 0
    return 2 if "within" in words or _clause_opens(ahead) else 1


# "báo cáo kết quả Chủ tịch vào ngày 15/11/2025"
_HANDED_IN = re.compile(r"(?:báo\s+cáo|gửi|nộp|trình|hoàn\s+thành|bàn\s+giao|công\s+bố)(?:\s+[^\W\d_]+){0,14}\s*$")


def _clause_opens(ahead: str) -> bool:
    return bool(re.search(r"(?:^|[,;.]\s*|\bđể\s+)$", ahead))


# "hằng năm" alone may belong to a budget; a period of reports is fixed by "định kỳ", a day, or the verb before it.
_PERIODIC = re.compile(r"định kỳ|ngày\s|\d\s?/\s?\d|lần|thứ\s|giờ|chủ nhật")
_REPORTING = (
    r"(?:báo cáo|thông báo|công bố|công khai|cung cấp|tổng hợp|cập nhật|rà soát|kiểm tra|sơ kết|đánh giá|gửi|giao ban)"
)
_REPORTS = re.compile(rf"{_REPORTING}[^.;]{{0,60}}$")
_THEN_REPORTS = re.compile(
    rf"\s*(?:\([^()]{{3,30}}\))?\s*,?\s*(?:(?:tổ chức|tiến hành|thực hiện)\s+)?(?:{_REPORTING}|tham mưu|trình|họp|vào\s+(?:ngày|tháng|quý|cuối|đầu|dịp|tuần|thứ))(?!\w)"
)


# "dự toán ngân sách hằng năm", "kế hoạch đào tạo trung hạn và hằng năm"
_YEARLY_THING = re.compile(
    r"(?:ngân\s+sách|dự\s+toán|kế\s+hoạch|kinh\s+phí|trung\s+hạn(?:\s+và)?|dài\s+hạn(?:\s+và)?|xuất\s+bản)\s*$"
)


# One of these stands in every recurring deadline; looking for it is much faster than the whole grammar.
_MAY_RECUR = re.compile(r"h[ằà]ng\s|mỗi\s|định\s+kỳ|lần(?!\w)|\stháng\s+(?:cuối|đầu|sau|kế|tiếp|liền)")


def _repeated(folded: str) -> Iterator[Deadline]:
    if not _MAY_RECUR.search(folded):
        return
    for match in RECURRING.finditer(folded):
        ahead = folded[max(0, match.start() - 80) : match.start()]
        if match.group() == "định kỳ" and _OF_A_KIND.search(ahead):
            continue
        sure = _PERIODIC.search(match.group()) or (
            not (match.group().endswith("năm") and _YEARLY_THING.search(ahead))
            and (_REPORTS.search(ahead) or _THEN_REPORTS.match(folded, match.end()))
        )
        strength = 2 if sure else 0
        yield Deadline(
            match.start(), match.end(), None, Precision.RECURRING, "deadline_recurring", strength, match.group()
        )


# "khám sức khỏe định kỳ" is a kind of examination
_OF_A_KIND = re.compile(r"(?:sức\s+khỏe|khám|bảo\s+dưỡng|sửa\s+chữa|kiểm\s+định)\s+$")


@lru_cache(maxsize=1)
def _calendar() -> holidays.HolidayBase:
    return holidays.country_holidays("VN")


def add_working_days(start: date, count: int) -> date:
    """The count-th working day after a day, without weekends and public holidays (Labour Code, Art. 112)."""
    day = start
    while count > 0:
        day += timedelta(days=1)
        if day.weekday() < 5 and day not in _calendar():
            count -= 1
    return day


# "từ nay đến hết năm", "trước khi kết thúc năm nay": of the document's year
_YEARS_END = re.compile(
    r"(?:(?:cho\s+)?đến\s+(?:hết|cuối)|trước\s+khi\s+(?:kết\s+thúc|hết))\s+năm(?:\s+nay)?(?!\s*[\d,]*\d|\s+(?:nay|này|sau|tới|học|trước|ngoái|\w*\d))"
)


def _to_years_end(folded: str, issued_on: date | None) -> Iterator[Deadline]:
    for match in _YEARS_END.finditer(folded):
        if issued_on and not _REPORTED.search(folded, max(0, match.start() - 60), match.start()):
            yield Deadline(
                match.start(), match.end(), date(issued_on.year, 12, 31), Precision.YEAR, "deadline_years_end", 3
            )


def _relative(folded: str, issued_on: date | None) -> Iterator[Deadline]:
    """ "trong 05 ngày làm việc kể từ ngày 10/6/2025"; without a day to count from there is no date."""
    for match in WORKING.finditer(folded):
        origin = _origin(match["from"], issued_on)
        day = _after(origin, int(match["count"]), match["unit"]) if origin else None
        end = match.start("from") + len(match["from"].split(",")[0].rstrip())
        precision = Precision.DAY if day else Precision.NONE
        yield Deadline(match.start(), end, day, precision, "deadline_relative", 3 if day else 1)
    yield from _from_now(folded, issued_on)


def _from_now(folded: str, issued_on: date | None) -> Iterator[Deadline]:
    """ "hoàn thành trong vòng 30 ngày", counted from the document's date; elsewhere it may be a standing term."""
    for match in _FROM_NOW.finditer(folded):
        alone = not folded[: match.start()].strip(" :-(") and not folded[match.end() :].strip(" .;)")
        if issued_on and (alone or _FINISHED_SO.search(folded, max(0, match.start() - 60), match.start())):
            day = _after(issued_on, int(match["count"]), match["unit"])
            yield Deadline(match.start(), match.end(), day, Precision.DAY, "deadline_relative", 3)


# "từ ngày 10/7/2025 đến ngày 30/8/2025": the second day of two that are printed whole
_TO_DAY = re.compile(r"\s*(?:,\s*)?(?:cho\s+)?(?:đến|tới)(?:\s+hết)?(?:\s+ngày)?\s+")
_FROM_DAY = re.compile(r"(?<!\w)từ(?:\s+ngày)?\s+$")
# what stretches over these days is not the work: "hồ sơ phát sinh từ ngày … đến ngày …"
_OF_THESE_DAYS = re.compile(
    r"(?:phát\s+sinh|tiếp\s+nhận|hiệu\s+lực|nghỉ|diễn\s+ra|gia\s+hạn|hợp\s+đồng|lịch(?:\s+[^\W\d_]+){1,3})[\s,(]*$|áp\s+dụng(?:\s+[^\W\d_]+){0,4}[\s,(]*$"
)


def _lasting(folded: str, issued_on: date | None) -> Iterator[Deadline]:
    """The last day of work that lasts for a time to come: "mở đợt cao điểm từ ngày 10/7 đến ngày 30/8/2025"."""
    dates = find_dates(folded, issued_on, Toward.FUTURE) if "từ" in folded and issued_on else []
    for first, following in zip_longest(dates, dates[1:]):
        whole = first.rule in _FROM_TO
        last = first if whole else following
        if last is None or not (whole or _TO_DAY.fullmatch(folded, first.end, last.start)):
            continue
        lead = _FROM_DAY.search(folded, 0, first.start)
        ahead = folded[max(0, lead.start() - 60) : lead.start()] if lead else ""
        of_other = _ATTRIBUTE.search(ahead) or _OF_THESE_DAYS.search(ahead) or _REPORTED.search(ahead)
        begins, ends = first.span.start, last.span.end
        if lead and begins and ends and issued_on and issued_on <= begins < ends and not of_other:
            yield Deadline(lead.start(), last.end, ends, last.span.precision, "deadline_lasting", 1)


_THIS = r"(?:văn bản|công văn|công điện|kế hoạch|quyết định|thông báo|chỉ thị|nghị quyết|kết luận)\s+này"
_FROM_ISSUE = re.compile(
    rf"(?:ngày|khi)\s+(?:{_THIS}|(?:ký\s+)?ban\s+hành(?:\s+{_THIS})?\s*(?:[,)]|$)|ký(?:\s+{_THIS})?\s*(?:[,)]|$)"
    rf"|(?:ký|ban\s+hành|ký\s+ban\s+hành)\s+{_THIS})"
)


def _origin(words: str, issued_on: date | None) -> date | None:
    if _FROM_ISSUE.match(words):
        return issued_on
    found = find_dates(words, issued_on)
    return found[0].span.end if found and found[0].start == 0 else None


def _after(origin: date, count: int, unit: str) -> date:
    if "làm" in unit:
        return add_working_days(origin, count)
    if unit == "tháng":
        month = origin.month - 1 + count
        year, month = origin.year + month // 12, month % 12 + 1
        return min(date(year, month, 1) + timedelta(days=origin.day - 1), _month_end(year, month))
    return origin + timedelta(days=count * (7 if unit == "tuần" else 1))


def _month_end(year: int, month: int) -> date:
    return day_before(date(year + month // 12, month % 12 + 1, 1))


def _overlaps(deadline: Deadline, others: list[Deadline]) -> bool:
    return any(deadline.start < other.end and other.start < deadline.end for other in others)
