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
LATEST = r"(?:chậm nhất|muộn nhất|không quá|không chậm hơn|không muộn hơn|hạn cuối|hạn chót)(?:\s+là)?(?:\s*:)?"
UNTIL = r"(?:đến\s+hết|cho\s+đến\s+hết|hết|đến|tới|cho đến)"
WITHIN = r"(?:trong|vào|ngay\s+trong|nội\s+trong|trong\s+vòng)"
FINISH = (
    r"(?:hoàn\s+thành|xong|hoàn\s+tất|kết\s+thúc|báo\s+cáo|trình|gửi|ban\s+hành|nộp|thực\s+hiện|triển\s+khai|đưa\s+vào"
    r"|khai\s+trương|công\s+bố|thời\s+hạn(?:\s+hoàn\s+thành)?|hạn(?:\s+hoàn\s+thành)?|thời\s+gian(?:\s+hoàn\s+thành)?)"
)
EDGE = r"(?:cuối|đầu|giữa)"

_LEAD_IN = re.compile(
    rf"(?P<latest>{LATEST})?\s*(?P<before>trước)?\s*(?P<until>{UNTIL})?\s*(?P<within>{WITHIN})?\s*"
    rf"(?P<edge>{EDGE})?\s*(?:thời\s+điểm\s+|tuần\s+(?:đầu\s+|cuối\s+|thứ\s+\w+\s+)?(?:của\s+)?)?$"
)
_START = re.compile(r"(?:kể\s+)?từ(?:\s+đầu)?\s*$")
_FINISHED = re.compile(rf"{FINISH}(?:\s+(?:việc|công\s+tác|nhiệm\s+vụ|và)(?:\s+[^\W\d_]+){{0,6}})?[\s,:]*$")

# A span of time that only says what something is about, not when it is due.
_ATTRIBUTE = re.compile(
    r"(?:giai\s+đoạn|nhiệm\s+vụ|kinh\s+phí|ngân\s+sách|dự\s+toán|kế\s+hoạch|chương\s+trình|chỉ\s+tiêu|kỳ|kỳ\s+họp|mục\s+tiêu|so\s+với"
    r"|cùng\s+kỳ|tầm\s+nhìn|định\s+hướng|vốn|báo\s+cáo|hoạt\s+động|đợt|kết\s+quả|công\s+tác|tình\s+hình|số\s+liệu|của)"
    r"\s*(?:trong\s+|đến\s+)?$"
)

RECURRING_UNIT = r"(?:ngày|tuần|tháng|quý|năm|nửa\s+năm|6\s+tháng|sáu\s+tháng|03\s+tháng|3\s+tháng|06\s+tháng)"
RECURRING = re.compile(
    # "trước ngày 15 tháng 12 hằng năm"
    r"(?:(?:trước|vào|chậm\s+nhất(?:\s+là)?|từ)\s+)?ngày\s+\d{1,2}(?:\s?/\s?|\s+tháng\s+)\d{1,2}\s+(?:hằng|hàng|mỗi)\s+năm|"
    rf"(?:(?:trước|vào|chậm\s+nhất(?:\s+là)?|từ)\s+)?(?:ngày\s+(?:mùng\s+)?\d{{1,2}}\s+(?:của\s+)?)?(?:định\s+kỳ\s+)?(?:hằng|hàng|mỗi)\s+{RECURRING_UNIT}"
    rf"|định\s+kỳ(?:\s+(?:trước|vào)?\s*(?:ngày\s+\d{{1,2}})?\s*(?:hằng|hàng)?\s*{RECURRING_UNIT})?"
)
ONGOING = re.compile(r"thường\s+xuyên(?:,?\s+liên\s+tục)?|liên\s+tục")

WORKING = re.compile(
    r"(?:trong\s+(?:vòng\s+|thời\s+(?:hạn|gian)\s+)?|chậm\s+nhất\s+(?:là\s+)?|không\s+quá\s+|sau\s+)?(?:tối\s+đa\s+)?"
    r"(?P<count>\d{1,3})\s+(?P<unit>ngày\s+làm\s+việc|ngày|tuần|tháng)"
    r"(?:\s*,?\s*(?:kể\s+)?(?:từ|sau)\s+(?P<from>(?:ngày|khi|thời\s+điểm)[^.;]{0,80}))"
)


def find_deadlines(text: str, issued_on: date | None) -> list[Deadline]:
    """The deadlines in running text (unfolded), in order.

    Only dates with a word of time before them count ("trong tháng 6/2025"); a date
    without a year is the next one after `issued_on`.
    """
    folded = fold(text)
    found = list(_repeated(folded))
    found += [d for d in _dated(folded, issued_on) if not _overlaps(d, found)]
    found += [d for d in _relative(folded, issued_on) if not _overlaps(d, found)]
    return sorted(found, key=lambda deadline: deadline.start)


def read_cell(text: str, issued_on: date | None) -> Deadline | None:
    """The deadline of a cell or clause that holds nothing else; None if it holds no time."""
    folded = fold(text)
    marked = find_deadlines(text, issued_on)
    repeated = [d for d in marked if d.precision is Precision.RECURRING]
    dates = find_dates(folded, issued_on, Toward.FUTURE)
    if repeated and not any(found.has_year for found in dates):
        return repeated[0]
    if dates:
        return _of_cell(dates[-1], folded)
    bare = re.fullmatch(r"\s*((?:19|20)\d{2})\s*\.?\s*", text)
    if bare:
        return Deadline(bare.start(1), bare.end(1), date(int(bare[1]), 12, 31), Precision.YEAR, "deadline_cell", 5)
    ongoing = ONGOING.search(folded)
    if ongoing:
        return Deadline(ongoing.start(), ongoing.end(), None, Precision.ONGOING, "deadline_cell", 5)
    return marked[0] if marked else None


def best(deadlines: list[Deadline]) -> Deadline | None:
    """The deadline that holds for a task that names several: the most explicit, then the last named."""
    dated = [d for d in deadlines if d.strength > 0]
    if not dated:
        return None
    return max(dated, key=lambda d: (d.strength, -d.start))


def _of_cell(found: FoundDate, folded: str) -> Deadline:
    lead = _LEAD_IN.search(folded, 0, found.start)
    before = bool(lead and lead["before"])
    start = lead.start() if lead else found.start
    while start < found.start and folded[start] == " ":
        start += 1
    return Deadline(
        start, found.end, _last(found, before, lead["edge"] if lead else None), found.span.precision, "deadline_cell", 5
    )


def _last(found: FoundDate, before: bool, edge: str | None) -> date | None:
    """The last acceptable day of a date with its lead-in."""
    span = found.span
    if before and span.precision is not Precision.DAY and span.start:
        return day_before(span.start)
    return span.end


def _dated(folded: str, issued_on: date | None) -> Iterator[Deadline]:
    for found in find_dates(folded, issued_on, Toward.FUTURE):
        lead = _LEAD_IN.search(folded, max(0, found.start - 60), found.start)
        words = {name: value for name, value in lead.groupdict().items() if value} if lead else {}
        start = _words_start(folded, lead.start(), found.start) if lead else found.start
        ahead = folded[max(0, start - 60) : start]
        strength = _strength(words, ahead, found, folded)
        if strength:
            yield Deadline(
                start,
                found.end,
                _last(found, "before" in words, words.get("edge")),
                found.span.precision,
                "deadline_phrase",
                strength,
            )


def _words_start(folded: str, start: int, end: int) -> int:
    """The start of the lead-in at a word's beginning, without blanks."""
    while start < end and (folded[start] == " " or (start and folded[start - 1].isalnum() and folded[start].isalnum())):
        start += 1
    return start


def _strength(words: dict[str, str], ahead: str, found: FoundDate, folded: str) -> int:
    """How surely a dated phrase is the deadline: 4 explicit, 3 "trước", 2 "trong", 1 "cuối"/"từ", 0 not at all."""
    finished = bool(_FINISHED.search(ahead))
    if words.get("latest"):
        return 4
    if words.get("before"):
        return 4 if finished else 3
    if _START.search(ahead):
        return 0
    if words.get("within") or words.get("edge"):
        if finished:
            return 4
        if _ATTRIBUTE.search(ahead) or found.span.precision is Precision.DAY:
            return 0
        return 2 if words.get("within") or _clause_opens(ahead) else 1 if not _ATTRIBUTE.search(ahead) else 0
    if words.get("until"):
        return 3 if words["until"].endswith("hết") or finished else 0
    return 4 if finished and re.search(r"(?:hoàn\s+thành|hạn|xong)[\s,:]*$", ahead) else 0


def _clause_opens(ahead: str) -> bool:
    return bool(re.search(r"(?:^|[,;.]\s*|\bđể\s+)$", ahead))


# "hằng năm" alone may belong to a budget; a period of reports is fixed by "định kỳ", a day, or the verb before it.
_PERIODIC = re.compile(r"định kỳ|ngày\s")
_REPORTS = re.compile(r"(?:báo cáo|thông báo|công bố|cung cấp|tổng hợp|cập nhật|rà soát|kiểm tra|sơ kết|đánh giá|gửi|giao ban)[^.;]{0,60}$")


def _repeated(folded: str) -> Iterator[Deadline]:
    for match in RECURRING.finditer(folded):
        sure = _PERIODIC.search(match.group()) or _REPORTS.search(folded[max(0, match.start() - 80) : match.start()])
        yield Deadline(match.start(), match.end(), None, Precision.RECURRING, "deadline_recurring", 2 if sure else 0, match.group())


@lru_cache(maxsize=1)
def _calendar() -> holidays.HolidayBase:
    return holidays.country_holidays("VN")


def add_working_days(start: date, count: int) -> date:
    """The count-th working day after a day: Saturdays, Sundays and public holidays (Labour Code, Art. 112) do not count."""
    day = start
    while count > 0:
        day += timedelta(days=1)
        if day.weekday() < 5 and day not in _calendar():
            count -= 1
    return day


def _relative(folded: str, issued_on: date | None) -> Iterator[Deadline]:
    """ "trong 05 ngày làm việc kể từ ngày 10/6/2025"; without a day to count from there is no date."""
    for match in WORKING.finditer(folded):
        origin = _origin(match["from"], issued_on)
        day = _after(origin, int(match["count"]), match["unit"]) if origin else None
        end = match.start("from") + len(match["from"].split(",")[0].rstrip())
        precision = Precision.DAY if day else Precision.NONE
        yield Deadline(match.start(), end, day, precision, "deadline_relative", 3 if day else 1)


def _origin(words: str, issued_on: date | None) -> date | None:
    if re.match(
        r"(?:ngày|khi)\s+(?:ký|ban hành|thông báo|văn bản này|công văn này|kế hoạch này|quyết định này)", words
    ):
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
