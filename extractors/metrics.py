"""Figures about the world: which quantities are metrics, what they measure, for whom, when and in what role."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from extractors.indicators import Figure, Measured, in_turn, measured
from extractors.mentions import Reading
from extractors.task_prose import Section
from normalizers.dates import Toward, find_dates, months
from normalizers.numbers import read_number
from normalizers.quantities import FoundQuantity, find_quantities, is_measure, is_unit
from normalizers.text import LOWER, UPPER
from schemas.mention import Mention
from schemas.place import Passage
from schemas.values import Comparator, Precision, Span


class Role(StrEnum):
    ACTUAL = "actual"
    TARGET = "target"
    PLAN = "plan"
    BASELINE = "baseline"
    CHANGE = "change"


@dataclass(frozen=True, slots=True)
class MetricDraft:
    """A metric as found: offsets of the value in its passage, and what was read around it."""

    rule: str
    passage: Passage
    quantity: FoundQuantity
    start: int
    end: int
    indicator: str
    unit: str
    role: Role
    scope: str | None = None
    period_raw: str | None = None
    period: Span | None = None


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the block around a passage says: its section, the line that leads to it, the words over its column."""

    section: Section | None = None
    lead_in: str = ""
    column_head: str = ""
    row_head: str = ""
    in_table: bool = False
    # the time that a heading above is nothing but: "Đến năm 2030"
    period_raw: str | None = None
    period: Span | None = None
    # the day of the document
    today: date | None = None


# --- which quantities are figures -----------------------------------------------------------------------------------

# Time is counted, but "05 năm" says when, not how much, unless a change of it is reported.
TIME_UNITS = frozenset(["năm", "tháng", "ngày", "tuần", "giờ", "phút", "giây", "quý"])
# "không quá 45 phút" is a measure; "17 giờ 30 phút" is a time of day
_SHORT_TIMES = frozenset(["giờ", "phút", "giây"])
_CHANGE_OF_TIME = re.compile(
    r"(?<!\w)(?:giảm|rút ngắn|kéo dài|tăng|nâng|thêm)(?:\s+(?:được|thêm|khoảng|từ|tối thiểu|ít nhất|còn|xuống|lên|bình quân|trung bình))*\s+$"
    r"|(?:thời gian|thời hạn)[^.;]{0,100}\s(?:còn|xuống|lên|trung bình|bình quân)(?:\s+(?:khoảng|còn|chỉ|dưới|trên|mức|từ))*\s+$"
    r"|(?:giảm|rút ngắn|tăng|nâng|kéo dài)[^.;]{0,100}\s(?:còn|xuống|lên)(?:\s+(?:khoảng|còn|chỉ|dưới|trên|mức))*\s+$"
)
# "thời gian kiểm soát chi …, không quá 01 ngày làm việc" says how long something may take
_TERM = re.compile(r"(?<!trong )(?:thời gian|thời hạn)\s+(?!tới|qua|này)[^.;]{3,80}$")
_EVERY_SO_OFTEN = re.compile(r"(?:ngày|tuần|tháng|quý|năm)/(?:0?1 )?lần")  # "định kỳ 06 tháng/01 lần"
_LIFE = re.compile(r"(?:thời gian sống|tuổi thọ)\s[^.;\d]{0,60}$")
_FROM_TIME = re.compile(r"\stừ(?:\s+(?:khoảng|mức))*\s+$")
_TO_TIME = re.compile(r"\s+(?:lên|xuống|còn)\s")


# What a figure measures is said near it. Each one looks over its whole passage, so one without end is read in parts.
_LONGEST = 4000


def find_metrics(reading: Reading, around: Surroundings) -> list[MetricDraft]:
    """The metrics of a passage, in order."""
    return [draft for part in reading.parts(_LONGEST) for draft in _metrics_of(part, around)]


def _metrics_of(reading: Reading, around: Surroundings) -> list[MetricDraft]:
    drafts: list[MetricDraft] = []
    found = _with_shared_units(find_quantities(reading.folded, reading.taken), reading.folded)
    for quantity in _with_units_of_wholes(found, reading.folded):
        if (
            not _is_figure(quantity, reading.folded, drafts)
            or _is_nameless(quantity, reading.folded, around)
            or _is_of_name(quantity, reading.passage.text)
        ):
            continue
        drafts.append(_draft(quantity, reading, around, drafts))
    return drafts


_AND = re.compile(r"\s*[,;]\s+|\s*[,;]?\s+và\s+")


def _with_shared_units(found: list[FoundQuantity], folded: str) -> list[FoundQuantity]:
    """Bare numbers of a series take the unit that stands once behind its last: "0,62; 4,5 và 3,8 điểm phần trăm"."""
    shared = list(found)
    for index in range(len(found) - 2, -1, -1):
        mine, following = shared[index], shared[index + 1]
        bare = not mine.value.unit and mine.form == "plain" and following.value.unit not in ("", "hạng", *TIME_UNITS)
        gap = (folded, mine.end, following.start)
        states = _NEXT_STATE.fullmatch(*gap) and _IN_STATE.search(folded, max(0, mine.start - 50), mine.start)
        counted = not is_measure(following.value.unit) and _says_its_value(following, folded)
        if bare and ((states and counted) or (_AND.fullmatch(*gap) and _is_series(mine, following, folded))):
            shared[index] = replace(mine, value=replace(mine.value, unit=following.value.unit))
    return shared


def _says_its_value(quantity: FoundQuantity, folded: str) -> bool:
    """Whether no scale word stands behind a number: the unit alone is shared, "350 tỷ đồng" is told in another scale."""
    printed = read_number(folded[quantity.number : quantity.number_end])
    return printed is not None and printed.value == quantity.value.value


# a bare number that ends its piece of a list: "bãi bỏ 36, ban hành mới 42)"
_PIECE = re.compile(r"(?:^|[,;:(]|\svà)\s*(?:[^\W\d_]+\s+){1,8}$")
_NO_COUNT = re.compile(
    r"(?<!\w)(?:số|thứ|điều|khoản|điểm|mục|phần|lần|cấp|mức|hạng|loại|tháng|năm|ngày|quý|tuần|kỳ|khóa|phường|quận|tổ|nhóm|đợt)\s+$"
)
_PIECE_ENDS = re.compile(r"\s*(?:[,;)]|\.(?:\s|$)|và\s|$)")
_PARTED = re.compile(r"[^.;()\d]{0,40}(?:[\d.,]+\s?%\s*)?(?:\(|[,;:]?\s*trong đó\s*:?)")


def _with_units_of_wholes(found: list[FoundQuantity], folded: str) -> list[FoundQuantity]:
    """The bare numbers of the parts take the unit of what is parted: "06 hồ sơ (trực tuyến 4, trực tiếp 2)"."""
    shared: list[FoundQuantity] = []
    whole: FoundQuantity | None = None
    end = 0
    for quantity in found:
        if quantity.value.unit not in ("", "%", "hạng", *TIME_UNITS) and quantity.start >= end:
            parted = _PARTED.match(folded, quantity.end)
            whole = quantity if parted else None
            end = _end_of_parts(folded, parted.end()) if parted else 0
        elif whole and quantity.end <= end and _is_part(quantity, folded):
            shared.append(replace(quantity, value=replace(quantity.value, unit=whole.value.unit)))
            continue
        shared.append(quantity)
    return shared


def _end_of_parts(folded: str, begin: int) -> int:
    marks = r"\)" if folded[begin - 1] == "(" else r"[.;](?=\s|$)"
    closing = re.compile(marks).search(folded, begin)
    return closing.start() if closing else len(folded)


def _is_part(quantity: FoundQuantity, folded: str) -> bool:
    if quantity.value.unit or quantity.form != "plain" or not _PIECE_ENDS.match(folded, quantity.end):
        return False
    before = folded[max(0, quantity.start - 80) : quantity.start]
    return bool(_PIECE.search(before)) and not _NO_COUNT.search(before)


# "đã hoàn thành 103, đang thực hiện 20 và quá hạn 03 nhiệm vụ"
_STATE = r"(?:đã|đang|chưa|còn|quá hạn|trong hạn|đúng hạn|trễ hạn|chậm)"
_NEXT_STATE = re.compile(rf"\s*(?:,|;|và|,\s+và)\s+{_STATE}(?:\s+[^\W\d_]+){{0,4}}\s+")
_IN_STATE = re.compile(rf"(?<!\w){_STATE}(?:\s+[^\W\d_]+){{0,4}}\s+$")


def _is_series(mine: FoundQuantity, following: FoundQuantity, folded: str) -> bool:
    """Two numbers of one kind: both with decimals, or both without scale words."""
    digits = [folded[q.number : q.number_end] for q in (mine, following)]
    return all("," in number for number in digits)


def _is_figure(quantity: FoundQuantity, folded: str, before: list[MetricDraft]) -> bool:
    unit = quantity.value.unit
    if unit in _SHORT_TIMES and quantity.value.comparator is not Comparator.EQUAL:
        return True
    if (
        unit in TIME_UNITS
        and quantity.value.comparator is Comparator.AT_MOST
        and _TERM.search(folded, 0, quantity.start)
    ):
        return True
    if unit in TIME_UNITS and _LIFE.search(folded, 0, quantity.start):
        return True
    if _EVERY_SO_OFTEN.fullmatch(unit):
        return False
    if unit in TIME_UNITS:
        ahead = folded[max(0, quantity.start - 160) : quantity.start]
        begins = _FROM_TIME.search(ahead) and _TO_TIME.match(folded, quantity.end)
        return bool(begins or _CHANGE_OF_TIME.search(ahead))
    if unit or quantity.form in ("fraction", "rank", "range"):
        return True
    digits = folded[quantity.number : quantity.number_end]
    if _stands_alone(quantity, folded) or _counts_a_state(quantity, folded):
        return True
    marked = bool(re.search(r"[.,]\d", digits)) or any(c.isalpha() for c in digits)
    return marked or _is_count_of(quantity, folded) or _follows_figure(quantity, folded, before)


# states with bare numbers: "Đang thực hiện trong hạn: 24; chậm tiến độ: 03"
_STATE_LABEL = re.compile(rf"(?:^|[;,.(+-]\s*)(?:{_STATE}|hoàn thành)(?!\w)[^.;:,\d]{{0,50}}:\s*$")
# "số …" that is no number of things
_NO_THINGS = "liệu|hóa|hiệu|dư|ký hiệu|thứ tự|điện thoại|văn bản|quyết định|công văn"
# counts behind their names: "Tổng số kết luận: 124; số đã thực hiện: 97 (chiếm …)"
_COUNT_LABEL = re.compile(
    rf"(?:^|[;,.(+-]\s*)(?:tổng\s+)?số(?:\s+lượng)?\s+(?!(?:{_NO_THINGS}|tài khoản|nhà"
    r"|báo danh|căn cước|cccd|cmnd|định danh|đăng ký|giấy|fax|máy|mã|tờ|tập|quyển|trang|biên bản|phiếu|hợp đồng)(?!\w))[^\W\d_][^.;:\d]{1,70}:\s*$"
)
# "Chưa đạt tiêu chí số: 5, 7, 12", "Đã ban hành Công văn số: 123", "chậm: 2025" name, they do not count
_NAMED_BY_NUMBER = re.compile(
    r"(?:\ssố|(?<!\w)(?:tiêu chí|điều|khoản|điểm|mục|phần|phòng|năm|tháng|quý|ngày|tuần|giai đoạn|đợt|lần|khóa|kỳ|hạng|loại|cấp|nhóm|bước))\s*:\s*$"
)
_MORE_NUMBERS = re.compile(r"\s*,\s*\d+(?=\s*[,;.]|\s+và\s|\s*$)|(?<=(?:19|20)\d\d)(?=\s*[.;,]|\s*$)")
_COUNT_ENDS = re.compile(rf"{_PIECE_ENDS.pattern}|\s\(")
# "số đầu mối trực thuộc còn 30", "số phòng rút từ 226 xuống 148"
_COUNT_OF = re.compile(
    rf"(?:^|[.;,:(]\s*|\s)(?:tổng\s+)?số(?:\s+lượng)?\s+(?!(?:{_NO_THINGS})(?!\w))"
    r"[^\W\d_][^.;:\d]{2,80}?\s(?:là|còn(?:\s+lại)?|đạt|rút\s+từ|giảm\s+(?:từ|còn|xuống)|tăng\s+(?:từ|lên))(?:\s+(?:còn|chỉ|khoảng))*\s+$"
    r"|số(?:\s+lượng)?\s+[^\W\d_][^.;:\d]{2,80}?\s(?:rút|giảm|tăng)\s+từ\s+\d{1,4}\s+(?:xuống|lên|còn)(?:\s+còn)?\s+$"
)
# "260 sinh viên", but also "260 trên 1 vạn dân"; "đưa phát thải ròng về “0”"
_PER_SO_MANY = re.compile(
    r"\s?(?:trên|/)\s?(?:một|0?1|10|100|1\.000|10\.000|100\.000)\s(?:(?:vạn|nghìn|triệu)\s)?(?:người\s)?dân(?!\w)"
)
_TO_NOTHING = re.compile(r"(?:về|bằng|xuống|còn)\s+(?:mức\s+)?[“\"']?$")


def _counts_a_state(quantity: FoundQuantity, folded: str) -> bool:
    before = folded[max(0, quantity.start - 100) : quantity.start]
    label = before.rstrip().endswith(":") and (_STATE_LABEL.search(before) or _COUNT_LABEL.search(before))
    if not label or _NAMED_BY_NUMBER.search(before) or _MORE_NUMBERS.match(folded, quantity.end):
        return False
    return bool(_COUNT_ENDS.match(folded, quantity.end))


def _is_count_of(quantity: FoundQuantity, folded: str) -> bool:
    return bool(_COUNT_OF.search(folded, max(0, quantity.start - 120), quantity.start))


def _has_own_unit(quantity: FoundQuantity, folded: str, indicator: str) -> bool:
    """Whether a value has nothing to do with the unit of the one beside it."""
    if quantity.value.unit:
        return True
    return bool(_SCORE.match(indicator)) or _stands_alone(quantity, folded) or _is_count_of(quantity, folded)


def _stands_alone(quantity: FoundQuantity, folded: str) -> bool:
    """Whether a bare number says all by itself, so many of so many or nothing at all."""
    if quantity.value.unit:
        return False
    zero = folded[quantity.number : quantity.number_end] == "0" and _TO_NOTHING.search(folded, 0, quantity.number)
    return bool(zero or _PER_SO_MANY.match(folded, quantity.number_end))


_NAME = re.compile(rf"\s?[{UPPER}][{LOWER}]*\s[{UPPER}][{LOWER}]+")


def _is_of_name(quantity: FoundQuantity, text: str) -> bool:
    """ "3 Quảng Trạch", "79 Đinh Tiên Hoàng": what follows a bare number is a name, no unit."""
    plain = quantity.form == "plain" and quantity.value.comparator is Comparator.EQUAL
    return plain and not is_unit(quantity.value.unit) and bool(_NAME.match(text, quantity.number_end))


def _is_nameless(quantity: FoundQuantity, folded: str, around: Surroundings) -> bool:
    """Whether a cell is nothing but a value and neither its row nor its column is called anything."""
    return around.in_table and not (around.row_head or around.column_head) and _is_all(quantity, folded)


def _is_all(quantity: FoundQuantity, folded: str) -> bool:
    return not any(map(str.isalnum, folded[: quantity.start] + folded[quantity.end :]))


def _follows_figure(quantity: FoundQuantity, folded: str, before: list[MetricDraft]) -> bool:
    """A bare number that stands beside a figure with a unit: "lần lượt 12 và 15 trạm", "… là 120 (tháng trước 110)"."""
    if not before:
        return False
    gap = folded[before[-1].quantity.end : quantity.start]
    return (
        len(gap) < 60 and bool(re.search(r"(?:là|:|đạt|còn|và|,|tăng|lên)\s*$", gap)) and not re.search(r"[.;]\s", gap)
    )


# --- clauses --------------------------------------------------------------------------------------------------------

# "(GRDP)", "(IIP)": a short name in brackets parts nothing
_ABBREVIATION = re.compile(r"\(([^\W\d_]{2,10})\)")
_BOUNDARY = re.compile(r"[;]|(?<!(?<!\w)tp)\.(?=\s|$)|(?<=[^\d]):(?=\s)|\((?=)|\)")


_SENTENCE_END = re.compile(r"(?<!(?<!\w)tp)[.;](?=\s)")


def _sentence_start(folded: str, at: int) -> int:
    return max((m.end() for m in _SENTENCE_END.finditer(folded, 0, at)), default=0)


def _clause(folded: str, start: int, end: int) -> tuple[int, int]:
    """The stretch around a value between the nearest marks of punctuation that part clauses."""
    open_text = _ABBREVIATION.sub(lambda match: f" {match[1]} ", folded)
    left = max((m.end() for m in _BOUNDARY.finditer(open_text, 0, start)), default=0)
    right = next((m.start() for m in _BOUNDARY.finditer(open_text, end)), len(folded))
    return left, right


# --- value, change, role --------------------------------------------------------------------------------------------

# "giảm khoảng 5%", and the further ones of "giảm 12,7%, 8,0% và 15,1%"
_HOW_MUCH = (
    r"(?:\s+(?:khoảng|chừng|được|từ|trên|hơn|gần|đạt|là|ước|tới|gấp|thêm|nhẹ|mạnh|bình quân|tối thiểu|ít nhất|lần lượt))*"
    r"(?:\s+[\d.,]*\d\s?(?:lần\s+về\s[^\d.,;()]{2,40}\svà|%(?:\s+so với\s+[^\d.,;()]{3,40}?)?(?:\s*[,;]|\s+và)|[^\W\d_]+(?:\s[^\W\d_]+)?\s\((?:[\d.,]+\s?%\)\s*(?:[,;]|và)|$)))*\s*$"
)
# "thấp hơn cùng kỳ 1,8 điểm phần trăm"
_THAN_BEFORE = r"(?:\s+(?:so với\s+)?(?:cùng kỳ|(?:tháng|quý|năm|kỳ) trước)(?:\s+(?:năm\s+)?(?:\d{4}|trước|ngoái))?)?"
_RISE = re.compile(
    r"(?:(?<!gia )(?<!vào )tăng(?!(?<=thu nhập tăng)\s+thêm\s+(?!\d))(?:\s+(?:trưởng|thêm|nhẹ|mạnh|bình quân))*|(?:cao|nhiều|lớn) hơn"
    + _THAN_BEFORE
    + r"|(?:nhích|nhỉnh)(?:\s+(?:lên|nhẹ|hơn))*"
    + _THAN_BEFORE
    + r"|thăng|(?<!đạt và )(?<!đạt hoặc )vượt|gấp)"
    + _HOW_MUCH
)
_FALL = re.compile(
    r"(?:(?<!cắt )(?<!tinh )giảm(?:\s+(?:nhẹ|mạnh|sâu))*|(?:thấp|ít|nhỏ|kém) hơn"
    + _THAN_BEFORE
    + r"|(?:sụt|hụt|tụt)(?:\s+(?:giảm|xuống))*|kém(?=\s+(?:cùng kỳ|\d|năm trước|quý trước|tháng trước))"
    + _THAN_BEFORE
    + ")"
    + _HOW_MUCH
)
_TO = re.compile(r"(?:tăng|giảm|nâng)[^.;,]{0,80}?\s(?:lên|xuống|còn)(?:\s+(?:mức|khoảng|trên|hơn))*\s*$")
_COMPARED = re.compile(
    r"(?:so với(?:\s+con số)?|từ mức|(?:cao|thấp|nhiều|ít) hơn mức|cùng kỳ[^.;,()]{0,30}(?:là|đạt)|trong khi(?!\s+(?:đã|đang|vẫn)\s)(?![^.;]{0,60}(?:yêu cầu|mục tiêu|chỉ tiêu|kế hoạch))[^.;]{0,60}|năm ngoái[^.;]{0,50}|năm trước[^.;]{0,50})(?:\s+(?:mức|là|của))*\s*$"
)
# what was before stands in brackets: "(cùng kỳ năm trước: 83,1%)"
_EARLIER_IN_BRACKETS = re.compile(
    r"\(\s*(?:cùng kỳ|(?:năm|kỳ|tháng|quý|vụ|tuần) (?:trước|ngoái)|đầu (?:năm|kỳ|nhiệm kỳ)(?!\s+(?:giao|xảy|đã)))(?:\s+(?:năm\s+)?\d{4}|[^();\d]{0,30})"
    r"(?:(?::|\s(?:là|đạt|tăng|giảm))?|:[^();:]*,)\s*$"
)
# what was meant stands in brackets behind what came of it: "(kịch bản đề ra 9,0%)"
_PLAN_IN_BRACKETS = re.compile(
    r"\s*(?:theo\s+)?(?:kịch bản|kế hoạch|dự toán|nghị quyết|nq|kh)(?:\s+[^\W\d_]+){0,4}(?:\s+\d{4})?\s*:?\s*$"
)
# "cao hơn cùng kỳ các năm 2012 (4,93%) và 2013 (4,90%)"; "so với cùng kỳ, giảm 87 vụ (7,2%)" tells the change again
_COMPARED_IN_BRACKETS = re.compile(
    r"(?:so với|(?:cao|thấp|nhiều|ít) hơn)\s+(?:(?!tăng|giảm)[^;.()]){3,40}\((?:[\d.,]+\s?%?\)\s*(?:,|và)\s+(?:năm\s+)?\d{4}\s*\()*\s*$"
)
# each end of a rise has its own year: "từ 52% năm 2020 lên 65% năm 2025"
_FROM = re.compile(r"(?:^|\s)từ\s+(?:(?:mức|khoảng|chỉ|gần|trên|hơn)\s+)*$")
# what was before, in brackets behind a value: (tăng từ 0,5% năm 2018)
_UP_FROM = re.compile(r"\(\s*(?:tăng|giảm)\s+từ\s+(?:mức\s+)?$")
_ON_TO = re.compile(
    r"\s*(?:\(?(?:(?:vào|trong|của|cuối)\s+)*(?:năm|tháng|quý)\s+[\d/]+\)?\s*,?\s*)?(?:(?:đầu|cuối)\s+(?:năm|kỳ|quý)\s*,?\s*)?(?:tăng\s+|giảm\s+|nâng\s+|kéo\s+|hạ\s+)?(?:lên|xuống|còn)\s"
)
_RISEN_FROM = re.compile(
    r"từ\s+(?:\w+\s+)?[\d.,]+[^.;\d]{0,30}(?:(?:năm|tháng|quý)\s+[\d/]+\)?\s*,?\s*)?(?:lên|xuống|còn)(?:\s+(?:còn|chỉ|mức|khoảng|đạt|trên|hơn))*\s*$"
)
# the same in other words, nothing to compare with: "tăng trên 12% so với năm 2024 (tương đương khoảng 454 tỷ USD)"
_SAME_AGAIN = re.compile(r"\s*(?:tương đương|tương ứng|tức)(?!\w)")
_EARLIER = re.compile(r"(?:^|\()\s*(?:so với\s+)?(?:cùng kỳ|tháng|quý|năm|kỳ trước|cuối năm|đầu năm)")
_TARGET = re.compile(
    r"(?:(?<!\d )(?<!so với )(?<!so với các )(?:(?<!chương trình )mục tiêu(?!\s+quốc gia)|chỉ tiêu)|phấn đấu|bảo đảm|đảm bảo|(?<!theo )(?<!đáp ứng )(?<!so với )(?<!trước )yêu cầu|(?:tối thiểu|ít nhất)(?!\s+\d)|cần đạt|phải đạt|để\s+(?:cuối\s+)?năm|hướng tới|bố trí ít nhất)(?:[^.;]|\.(?=\d))*$"
)
# a capital that was registered ("vốn đăng ký đạt …") is a fact; what an office registers to do is a plan
_PLAN = re.compile(
    r"(?:(?<!vượt )(?<!so với )kế hoạch|(?<!vượt )dự kiến|(?<!vốn )(?<!vốn đầu tư )(?<!fdi )(?<!đã )(?<!mới )đăng ký(?!\s+mới)|dự toán|quy hoạch|nhu cầu (?:vốn|kinh phí|đầu tư)|tổng nhu cầu|sẽ)(?:[^.;]|\.(?=\d))*$"
)
# "Ban hành kế hoạch" above a figure names a document, "Kế hoạch năm 2026" announces plans.
_PLAN_BELOW = re.compile(r"(?:kế hoạch (?:năm|vốn|giao|đến)|dự kiến|đăng ký|dự toán|quy hoạch|sẽ)(?:[^.;]|\.(?=\d))*$")
# "trồng mới", "xây dựng mới": anew, not only just
_ANEW = "".join(
    rf"(?<!{verb} )"
    for verb in (
        "trồng",
        "xây",
        "xây dựng",
        "thành lập",
        "cấp",
        "tuyển",
        "tuyển dụng",
        "đóng",
        "mở",
        "làm",
        "sửa",
        "thay",
        "kết nạp",
        "phát triển",
        "ban hành",
        "đầu tư",
        "đăng ký",
        "phát hiện",
        "lắp",
        "lắp đặt",
        "mua",
        "sản xuất",
        "đào tạo",
        "tạo",
    )
)
_HAPPENED = re.compile(
    rf"(?:^|\W)(?:đã|đang|(?<!thực )(?<!phát )(?<!thể )(?<!xuất )hiện|hiện nay|đến nay|{_ANEW}mới|vẫn|còn|chỉ đạt|ghi nhận)(?=[\s,])"
)
# an order right before what it is to reach: what its words behind the figure tell has happened marks which are meant
_ASKED = re.compile(
    r"(?:^|[\s,])(?:hoàn thành|xử lý|giải quyết|khắc phục|cấp|kiểm tra|thanh tra|rà soát|bố trí|khôi phục|di dời|chi trả)"
    r"(?:\s+[^\W\d_]+){0,5}\s*$"
)
# "Trong tháng 02, các đơn vị đã hoàn thành 143/158 nhiệm vụ" opens an account
TOLD = re.compile(r"đã(?<!\wđã)\s+[^.;]{0,60}\d")
_AIMED = re.compile(r"(?:phấn đấu|(?<!chương trình )mục tiêu(?!\s+quốc gia))(?:[^.;]|\.(?=\d))*$")
# "Phấn đấu đến năm 2030, … đạt 50%; 100% …": all that the sentence lists is aimed at
_AIMS_LISTED = re.compile(
    r"^\W*(?:\d{1,2}\.\s*)?(?:các\s+)?(?:chỉ tiêu|mục tiêu)\s[^.;:]{0,60}:(?:[^.]|\.(?=\d))*$|"
    r"(?:phấn đấu|mục tiêu)\s+(?:đến|tới|trong)\s+(?:hết\s+|cuối\s+)?(?:năm|quý|tháng)\s(?:[^.]|\.(?=\d))*$"
)
# the figure in brackets is the rise: "Lai Châu có mức tăng cao nhất (45,8%)"
_RATE_OF_CHANGE = re.compile(r"mức (?:tăng|giảm)(?!\s+trưởng chung)[^.;()\d]{0,30}\(\s*$")
# "tỷ lệ chôn lấp giảm dưới 50%": what is left, not what is less
_RATE_FALLS = re.compile(r"tỷ lệ\s[^.;,]{3,120}\sgiảm\s+$")
_UNDER_WAY = re.compile(r"(?:[^\d]*?\svà\s\d+)?[^\d]*?\s(?:đang|chưa|đã)\s")
# "(hiện nay là 3,1 giờ)", "(7 tháng đầu năm 2025 đạt 71,6%)" behind what is aimed at
_SO_FAR = re.compile(
    r"(?:hiện(?:\s+(?:nay|tại))?|tháng đầu năm(?:\s+\d{4})?|năm \d{4}|đến nay)\s+(?:là|đạt|mới đạt|còn|có|chỉ)(?:\s+\w+)?\s*$"
)
_TO_COME = re.compile(r"thời gian tới|giai đoạn tới|các năm tới|năm tiếp theo")


def _role(
    quantity: FoundQuantity, folded: str, clause: tuple[int, int], around: Surroundings, in_brackets: bool, dated: bool
) -> Role:
    left, right = clause
    before = folded[left : quantity.start]
    set_out = _set_out(quantity, around, before)
    if set_out:
        return set_out
    if _AIMED.search(folded[_sentence_start(folded, quantity.start) : quantity.start]) and _is_change(
        quantity, folded, left
    ):
        return Role.TARGET if around.section is not Section.REPORT or "phấn đấu" in before else Role.CHANGE
    earlier = in_brackets and _EARLIER_IN_BRACKETS.search(folded[: quantity.start])  # "(cùng kỳ tăng 8,0%)"
    planned = in_brackets and _PLAN_IN_BRACKETS.match(before)
    if planned or (not earlier and (_is_change(quantity, folded, left) or _SIGNED.search(folded[: quantity.number]))):
        return Role.PLAN if planned else Role.CHANGE
    aims = around.section in (Section.GOALS, Section.TASKS)
    if _is_baseline(quantity, folded, left, in_brackets, dated) or (in_brackets and aims and _SO_FAR.search(before)):
        return Role.BASELINE
    if around.section is not Section.REPORT and _TO.search(before) and not _HAPPENED.search(before):
        return Role.TARGET
    asked = around.section is Section.TASKS and _ASKED.search(before)
    under_way = not asked and _UNDER_WAY.match(folded, quantity.end, min(right, quantity.end + 120))
    happened = bool(_HAPPENED.search(before) or under_way)
    aim = _aim(quantity, folded, left, right, around)
    if (
        aim
        and not (happened and aim is not Role.TARGET)
        and not (happened and around.section is not Section.GOALS and not _TARGET.search(before))
    ):
        return aim
    if around.section is Section.GOALS or (around.section is Section.TASKS and not happened):
        return Role.TARGET
    return Role.ACTUAL


def _set_out(quantity: FoundQuantity, around: Surroundings, before: str) -> Role | None:
    """The role of a value that is the aim itself, or a bound among what is to be done."""
    against = _AGAINST.search(before)
    if against:
        return Role.PLAN if against["plan"] else Role.TARGET
    return Role.TARGET if _is_bound(quantity, around, before) else None


def _is_bound(quantity: FoundQuantity, around: Surroundings, before: str) -> bool:
    """ "tăng tối đa 46 chuyến/giờ" among tasks: what is allowed or asked, not what has changed."""
    bound = quantity.value.comparator in (Comparator.AT_LEAST, Comparator.AT_MOST)
    return bound and around.section in (Section.TASKS, Section.GOALS) and not _HAPPENED.search(before)


# "thấp hơn so với chỉ tiêu 60%": the aim itself
_AGAINST = re.compile(
    r"so với\s+(?:các\s+)?(?:mục tiêu|chỉ tiêu|yêu cầu|(?P<plan>kế hoạch|dự toán))(?:\s+(?:là|đề ra|đặt ra|được giao|giao|năm|cả năm|\d{4}))*\s*$"
)
# what rose or fell by a figure in brackets: (+11,8 %)
_SIGNED = re.compile(r"\(\s*(?:[+−-]|tăng|giảm)\s?$")


def _aim(quantity: FoundQuantity, folded: str, left: int, right: int, around: Surroundings) -> Role | None:
    """What the words before the value say it is meant to be: a target or a plan."""
    sentence = _IN_BRACKETS.sub(" ", folded[_sentence_start(folded, quantity.start) : quantity.start])
    if (
        quantity.value.comparator is Comparator.AT_LEAST
        or _TARGET.search(sentence)
        or _AIMS_LISTED.search(folded[: quantity.start])
        or _TO_COME.search(folded[quantity.end : right])
    ):
        return Role.TARGET
    if _OF_OTHERS.search(folded[left : quantity.start]):
        return None  # "đạt 47,7% kế hoạch (bình quân cả nước là 50,0%)"
    planned = _PLAN.search(sentence) or (
        _PLAN_BELOW.search(around.lead_in.lower()) and not _SPENT.search(folded[left : quantity.start])
    )
    fulfils = _FULFILS.search(folded[left : quantity.start]) or (
        quantity.value.unit == "%" and _OF_PLAN.match(folded, quantity.end)
    )
    if not planned or (fulfils and not _EXPECTED.search(sentence)):
        return None
    return Role.PLAN


_IN_BRACKETS = re.compile(r"\([^()]*\)")
# what was done, told as a share of a plan: "29/41 nhiệm vụ trong Kế hoạch (đạt 70,7%)", "đạt 116,2% dự toán tỉnh giao và 103,7% dự toán huyện giao"
_FULFILS = re.compile(
    r"(?:^|,)\s*(?:mới\s+|đã\s+|ước\s+)?(?:đạt|bằng|thực hiện)(?:\s+(?:được|khoảng))?\s*$|(?:đạt|bằng)\s+[\d.,]+\s?%[^.;%\d]{0,60}\svà\s+(?:đạt\s+|bằng\s+)?$"
)
_OF_PLAN = re.compile(r"\s*(?:so với\s+)?(?:tổng\s+)?(?:kế hoạch|dự toán|kh(?!\w))")
_OF_OTHERS = re.compile(r"^\W*(?:bình quân|trung bình|cả nước|toàn quốc|toàn ngành)(?!\w)")
_EXPECTED = re.compile(r"dự kiến|(?<!\w)sẽ(?!\w)|phấn đấu|mục tiêu")
# under "Về phân bổ kế hoạch vốn" some figures tell what was done
_SPENT = re.compile(
    r"(?<!\w)(?:giải ngân|thanh toán|nghiệm thu|thực hiện|phân bổ chi tiết)(?:\s+(?:được|đạt|là|mới))*\s*$"
)


_COMPARED_WITH_TWO = re.compile(r"so với\s+[\d.,]+\s?%?\s+và\s+$")


def _is_baseline(quantity: FoundQuantity, folded: str, left: int, in_brackets: bool, dated: bool) -> bool:
    before = folded[left : quantity.start]
    if in_brackets and _SAME_AGAIN.match(folded, left):
        return False
    if _COMPARED.search(before) or _EARLIER_IN_BRACKETS.search(folded[: quantity.start]):
        return True
    if in_brackets and dated and _EARLIER.search(before):
        return True
    if _FROM.search(before) and _ON_TO.match(folded, quantity.end):
        return True
    if _is_left_behind(quantity, folded):
        return True
    return bool(_COMPARED_WITH_TWO.search(before)) or (
        in_brackets and bool(_COMPARED_IN_BRACKETS.search(folded[: quantity.start]))
    )


# "có nơi vượt 600 mm": more than that; "vượt 5% kế hoạch", "vượt 20 tỷ đồng so với dự toán" tell by how much
_EXCEEDS = re.compile(r"(?<!đạt và )(?<!đạt hoặc )vượt\s+(?:mốc\s+|ngưỡng\s+|mức\s+)?$")
_BY_HOW_MUCH = re.compile(r"\s*(?:so với|kế hoạch|dự toán|chỉ tiêu|mục tiêu|kh(?!\w))")


def _exceeds(quantity: FoundQuantity, folded: str) -> bool:
    if "vượt " not in folded:
        return False
    amount = quantity.value.unit not in ("", "%", "lần", "hạng", "bậc") and "điểm" not in quantity.value.unit
    return amount and bool(_EXCEEDS.search(folded[: quantity.start])) and not _BY_HOW_MUCH.match(folded, quantity.end)


def _is_left_behind(quantity: FoundQuantity, folded: str) -> bool:
    """ "(giảm từ 87%)": what the figure before the brackets has come from."""
    return quantity.form != "range" and bool(_UP_FROM.search(folded, max(0, quantity.start - 30), quantity.start))


def _is_change(quantity: FoundQuantity, folded: str, left: int) -> bool:
    before = folded[left : quantity.start]
    if (
        _is_left_behind(quantity, folded)
        or _exceeds(quantity, folded)
        or _TO.search(before)
        or (_FROM.search(before) and _ON_TO.match(folded, quantity.end))
    ):
        return False
    if _RATE_OF_CHANGE.search(folded[: quantity.start]):
        return True
    if quantity.value.comparator is Comparator.LESS and _RATE_FALLS.search(before):
        return False
    if quantity.value.unit == "bậc" and _STEPS.search(before):
        return True
    if quantity.value.unit in ("điểm phần trăm", "điểm %") and _THAN_OTHERS.search(before):
        return True
    return bool(_RISE.search(before) or _FALL.search(before))


# than what others have: "thấp hơn bình quân cả nước 2,3 điểm %"
_THAN_OTHERS = re.compile(r"(?:thấp|cao|kém)\s+hơn\s[^.;()\d]{3,60}$")


# "lên 4 bậc"
_STEPS = re.compile(r"(?<!\w)(?:lên|xuống)\s+$")
_MINUS_IN_BRACKETS = re.compile(r"\(\s*[−-]\s?$")


def _signed(quantity: FoundQuantity, folded: str, left: int) -> FoundQuantity:
    """A decrease is negative."""
    minus = bool(_MINUS_IN_BRACKETS.search(folded, 0, quantity.number))
    fell = _FALL.search(folded[left : quantity.start]) and _is_change(quantity, folded, left)
    return _negative(quantity) if minus or fell else quantity


def _is_share_of_last(quantity: FoundQuantity, folded: str, drafts: list[MetricDraft]) -> bool:
    """ "ngân sách địa phương 5.730 tỷ đồng (45,91%)": of what is planned the share is planned as well."""
    if not drafts or drafts[-1].role not in (Role.PLAN, Role.TARGET) or quantity.value.unit != "%":
        return False
    return folded[drafts[-1].end : quantity.start].strip() == "(" and folded.startswith(")", quantity.end)


def _tells_change_again(quantity: FoundQuantity, folded: str, drafts: list[MetricDraft]) -> bool:
    """ "giảm 87 vụ (7,2%)": the change before it once more, as a share."""
    if not drafts or drafts[-1].role is not Role.CHANGE or quantity.value.unit != "%" or drafts[-1].unit == "%":
        return False
    between = folded[drafts[-1].end : quantity.start]
    in_brackets = between.strip() == "(" and folded.startswith(")", quantity.end)
    return in_brackets or bool(_EQUALS.fullmatch(between))


# the change once more, as in "giảm 5 đơn vị, tương đương 20%"
_EQUALS = re.compile(r"\s*[,(]?\s*(?:tương đương|tương ứng|tức)(?:\s+(?:với|là|giảm|tăng))*\s*")


def _negative(quantity: FoundQuantity) -> FoundQuantity:
    value = quantity.value
    return replace(
        quantity, value=replace(value, value=-value.value, value_high=-value.value_high if value.value_high else None)
    )


# --- period ---------------------------------------------------------------------------------------------------------

_NOW = re.compile(r"(?:lũy kế |tính )?đến nay|hiện nay|đến thời điểm hiện tại")
_AFTERWARDS = re.compile(
    r"\s*(?:[^\W\d_]+\s+){0,6}(?:vào|đến|trong|tới|trước|tại thời điểm)\s+(?:cuối\s+|hết\s+|đầu\s+|ngày\s+)?$"
)
# "xếp thứ 12/34 tỉnh, thành phố về Chỉ số chuyển đổi số năm 2024"
_OF_INDEX = re.compile(r"(?:[^.;:\d]*\s(?:về|theo)\s[^.;:\d]*)?\s(?:(?:vào|trong|của)\s+)?")
# nothing but a rate stands between: 8% năm 2025, 11%/năm giai đoạn 2026 - 2030
_AT_ONCE = re.compile(r"(?:/(?:năm|tháng|quý))?\s+$")
_COMPARED_DATE = re.compile(r"(?:so với|cùng kỳ)\s+(?:\w+\s+){0,3}$")


def _period(
    quantity: FoundQuantity, reading: Reading, clause: tuple[int, int], in_brackets: bool, baseline: bool, after: int
) -> tuple[str | None, Span | None]:
    """The time named nearest: in the same brackets or clause, before the value in its sentence, or right behind the value."""
    left, right = clause
    folded = reading.folded
    own = _own_date(quantity, reading, clause, after) or _date_at_once(quantity, reading)
    if own:
        return own.text, own.value
    dates: Sequence[Mention] = reading.dates
    if dates and "từ" in folded and (risen := _RISEN_FROM.search(folded[: quantity.start])):
        dates = [d for d in dates if not risen.start() <= d.start < quantity.start]  # the other end's own
    dates = [d for d in dates if baseline or not _COMPARED_DATE.search(folded, max(0, d.start - 30), d.start)]
    if in_brackets and _SAME_AGAIN.match(folded, left):
        return None, None  # the time of what it says again
    inside = [d for d in dates if left <= d.start < quantity.start]
    begin = _sentence_start(folded, quantity.start)
    same = [d for d in dates if begin <= d.start < quantity.start and not _in_brackets(folded, d.start, begin)]
    chosen = (inside or ([] if in_brackets and not baseline else same))[-1:]
    now = list(_NOW.finditer(folded, begin, quantity.start))[-1:]
    if now and (not chosen or now[0].start() > chosen[0].start):
        return reading.passage.text[now[0].start() : now[0].end()], None
    chosen = (
        chosen
        or [
            d
            for d in dates
            if quantity.end <= d.start < right
            and (_OF_INDEX if quantity.form == "rank" else _AFTERWARDS).fullmatch(folded, quantity.end, d.start)
        ][:1]
    )
    return (chosen[0].text, chosen[0].value) if chosen else (None, None)


def _date_at_once(quantity: FoundQuantity, reading: Reading) -> Mention | None:
    """A year or a stretch of time that follows upon the value itself."""
    behind = next((d for d in reading.dates if d.start >= quantity.end), None)
    if behind is None or not _AT_ONCE.fullmatch(reading.folded, quantity.end, behind.start):
        return None
    return None if behind.value and behind.value.precision is Precision.DAY else behind


# the time stands behind the figure: "65% năm 2025"; "… trong năm 2025 và 100% hồ sơ trong năm 2026"
_RIGHT_BEHIND = re.compile(r"\s*\(?(?:(?:vào|trong|của|đến|cuối|hết)\s+)*")
_BEHIND = re.compile(r"[^.;:()\d,]{0,80}?\s(?:vào|trong|đến|trước)(?:\s+(?:hết|cuối|ngày))*\s+")
_NEXT = re.compile(r"\s*(?:,|;|và|,\s+và)\s")


def _own_date(quantity: FoundQuantity, reading: Reading, clause: tuple[int, int], after: int) -> Mention | None:
    """The date behind a value that is its own, since the one before it is that of the figure before."""
    folded = reading.folded
    behind = next((d for d in reading.dates if quantity.end <= d.start < clause[1]), None)
    if behind is None:
        return None
    if _RISEN_FROM.search(folded[: quantity.start]) or (
        _FROM.search(folded[: quantity.start]) and _ON_TO.match(folded, quantity.end)
    ):
        return behind if _RIGHT_BEHIND.fullmatch(folded, quantity.end, behind.start) else None
    before = [d for d in reading.dates if after <= d.start and d.end <= quantity.start and after]
    if before and _NEXT.match(folded, before[-1].end) and _BEHIND.fullmatch(folded, quantity.end, behind.start):
        return behind
    return None


def _is_event(reading: Reading, raw: str, at: int) -> bool:
    """Whether a day says when something happened, not up to when figures are counted."""
    named = [d for d in reading.dates if d.end <= at and d.text == raw]
    return bool(named) and not re.search(
        r"(?:đến|tới|hết|ngày)\s+(?:\d+\s+giờ\s+)?$", reading.folded[: named[-1].start]
    )


def _inherited_period(
    figure: Figure, reading: Reading, role: Role, drafts: list[MetricDraft], today: date | None
) -> tuple[str | None, Span | None]:
    """The time of the figure before, where this one goes on about the same or stands in a sentence without any time."""
    main = [d for d in drafts if d.role is not Role.BASELINE]
    if role in (Role.ACTUAL, Role.CHANGE) and not any(d.period_raw for d in main):
        return _opening_time(reading, figure.quantity.start, today)
    if not figure.in_brackets and main and _in_brackets(reading.folded, main[-1].start):
        # of another time, mostly: "tăng 7% (cùng kỳ năm 2025 tăng 6%)"
        main = [d for d in main if not _in_brackets(reading.folded, d.start)] or main
    if not main or main[-1].period is None:
        return None, None
    begin = _sentence_start(figure.folded, figure.quantity.start)
    period, aims = main[-1].period, (Role.TARGET, Role.PLAN)
    sentence = figure.folded.rfind(". ", 0, figure.quantity.start)
    ahead = main[-1].role in aims and role not in aims and main[-1].start < sentence
    past = role is Role.TARGET and today is not None and period.end is not None and period.end < today
    event = period.precision is Precision.DAY and main[-1].start < sentence
    if ahead or past or (event and _is_event(reading, main[-1].period_raw or "", figure.quantity.start)):
        return None, None
    if any(begin <= r.start < figure.quantity.start for r in reading.references):
        return None, None
    return main[-1].period_raw, main[-1].period


_OPENS_WITH_TIME = re.compile(r"\W*(?:trong\s+)?$")
_OTHER_TIME = re.compile(
    r"(?<!\w)(?:(?<!xuất )(?<!thực )(?<!phát )(?<!thể )hiện|nay|từ đầu (?:năm|nhiệm kỳ|tháng|quý))(?!\w)"
)


def _opening_time(reading: Reading, at: int, today: date | None) -> tuple[str | None, Span | None]:
    """The time with which a passage opens: "Năm 2025, thiên tai diễn biến phức tạp. Đã xuất hiện 21 cơn bão"."""
    first = next(iter(reading.dates), None)
    if first is None or first.value is None or first.value.precision is Precision.DAY:
        return None, None
    if today and first.value.end and first.value.end.year > today.year:
        return None, None  # of what is still to come
    if _OTHER_TIME.search(reading.folded, _sentence_start(reading.folded, at), at):
        return None, None
    opens = (
        _OPENS_WITH_TIME.fullmatch(reading.folded, 0, first.start) and reading.folded[first.end : first.end + 1] == ","
    )
    return (first.text, first.value) if opens else (None, None)


def _in_brackets(folded: str, at: int, begin: int = 0) -> bool:
    return folded.count("(", begin, at) > folded.count(")", begin, at)


# --- drafts ---------------------------------------------------------------------------------------------------------


def _draft(quantity: FoundQuantity, reading: Reading, around: Surroundings, drafts: list[MetricDraft]) -> MetricDraft:
    folded, text = reading.folded, reading.passage.text
    left, right = clause = _clause(folded, quantity.start, quantity.end)
    in_brackets = _in_brackets(folded, quantity.start)
    baseline = _is_baseline(quantity, folded, left, in_brackets, False)
    baseline = baseline and (in_brackets or not _is_change(quantity, folded, left))
    period_raw, period = _period(quantity, reading, clause, in_brackets, baseline, drafts[-1].end if drafts else 0)
    figure = Figure(text, folded, quantity, left, right, drafts[-1].end if drafts else 0, in_brackets)
    found = (
        _in_cell(quantity, folded, around)
        or _paired(figure, drafts)
        or measured(figure, [Measured(d.indicator, d.scope) for d in drafts], around.lead_in)
    )
    role = _role(quantity, folded, clause, around, in_brackets, period is not None)
    if role is Role.ACTUAL and _is_share_of_last(quantity, folded, drafts):
        role = drafts[-1].role
    told_again = _tells_change_again(quantity, folded, drafts)
    role = Role.CHANGE if told_again else role
    role = _of_whole(quantity, folded, drafts) or role if role is Role.ACTUAL else role
    if role is Role.ACTUAL and _lies_ahead(period, around.today) and not _IS_SO.search(folded, left, right):
        role = Role.TARGET
    if in_brackets and role is not Role.CHANGE and _is_of_earlier_year(period, around.today, drafts):
        role = role if _NO_VALUE_BEFORE.search(folded, left, right) else Role.BASELINE
    if role in (Role.TARGET, Role.PLAN):
        period = _to_come(period_raw, period, around.today)
    elif role is Role.BASELINE or (in_brackets and _is_of_same_time(reading, left, quantity.start)):
        period_raw, period = _same_span(folded, left, quantity.start, period_raw, period, drafts)
    if period_raw is None and role is not Role.BASELINE:
        period_raw, period = _inherited_period(figure, reading, role, drafts, around.today)
    if period_raw is None and role is Role.TARGET:
        period_raw, period = around.period_raw, around.period
    return MetricDraft(
        "metric_prose",
        reading.passage,
        _negative(quantity)
        if told_again and drafts[-1].quantity.value.value < 0
        else _signed(_compared(quantity, folded, left), folded, left),
        quantity.start,
        quantity.end,
        found.indicator,
        _unit(quantity, text, [] if _has_own_unit(quantity, folded, found.indicator) else drafts)
        or _unit_of_column(around)
        or counted_things(found.indicator),
        role,
        found.scope,
        period_raw,
        period,
    )


# an aim, or a part of it: "(trong đó vốn năm 2024 kéo dài đạt 80%)"
_NO_VALUE_BEFORE = re.compile(
    r"kế hoạch|mục tiêu|chỉ tiêu|dự toán|trong đó|gồm|kéo dài|chuyển|phát sinh|khởi công|đã|hoàn thành|thêm|giai đoạn|từ năm"
)


def _is_of_earlier_year(period: Span | None, today: date | None, drafts: list[MetricDraft]) -> bool:
    """Whether what brackets tell behind a figure is of a year before it: "đạt 74% (6 tháng đầu năm 2024 là 52%)"."""
    if not drafts or period is None or period.end is None or today is None or period.end.year >= today.year:
        return False
    main = drafts[-1].period
    return main is None or main.end is None or main.end > period.end


# "tổ chức đã ban hành", "bộ, ngành chưa có kế hoạch năm 2030"
_IS_SO = re.compile(r"(?<!\w)(?:đã|đang|chưa|còn|hiện|được biết)(?!\w)")


def _lies_ahead(period: Span | None, today: date | None) -> bool:
    """ "Đến năm 2030, đạt 35 giường bệnh": nobody can tell yet what a later year than the document's has brought."""
    if period is None or period.end is None or today is None:
        return False
    return period.end.year > today.year and (period.start is None or period.start.year > today.year)


# has no unit, whatever is told beside it
_SCORE = re.compile(r"(?:chỉ số|hệ số)\s", re.IGNORECASE)
_INTO_PARTS = re.compile(r"[,;:(]?\s*(?:trong đó|bao gồm|gồm)(?!\w)")


def _of_whole(quantity: FoundQuantity, folded: str, drafts: list[MetricDraft]) -> Role | None:
    """The role of what is meant to be spent in all, for its parts: "dự kiến 1.250 tỷ đồng, trong đó: ngân sách tỉnh 680 tỷ đồng"."""
    for whole in reversed(drafts):
        between = folded[whole.end : quantity.start]
        if whole.role is not Role.PLAN or _HAPPENED.search(between) or re.search(r"\.\s", between):
            return None
        if whole.quantity.value.unit == quantity.value.unit and _INTO_PARTS.match(between):
            return whole.role
    return None


# "Ước giải ngân đến hết tháng 11 là 8.900 tỷ đồng"
_ESTIMATES = re.compile(r"\W*ước\s+(?!mơ|lệ)[^,;.]{3,120}?\s(?:là|đạt|bằng|khoảng)\s+$")


def _compared(quantity: FoundQuantity, folded: str, left: int) -> FoundQuantity:
    """A value with the comparator that its clause gives it: what "vượt" so much is more, what was "ước" is about it."""
    if _exceeds(quantity, folded):
        return replace(quantity, value=replace(quantity.value, comparator=Comparator.MORE))
    return _estimated(quantity, folded, left) if "ước " in folded else quantity


def _estimated(quantity: FoundQuantity, folded: str, left: int) -> FoundQuantity:
    """What a clause that opens with "ước" tells is about so much."""
    if quantity.value.comparator is not Comparator.EQUAL or not _ESTIMATES.match(folded[left : quantity.start]):
        return quantity
    return replace(quantity, value=replace(quantity.value, comparator=Comparator.ABOUT))


def _to_come(raw: str | None, period: Span | None, today: date | None) -> Span | None:
    """A quarter or month without a year at which something is aimed lies ahead: "phấn đấu hết quý IV"."""
    if (
        raw is None
        or period is None
        or period.end is None
        or today is None
        or period.end >= today
        or _A_YEAR.search(raw)
    ):
        return period
    ahead = find_dates(raw.lower(), today, Toward.FUTURE)
    return ahead[0].span if ahead else period


_A_YEAR = re.compile(r"\d{4}")


def _is_of_same_time(reading: Reading, left: int, at: int) -> bool:
    """Whether a bracket is about the time compared with: it says so, or names no other."""
    return "cùng kỳ" in reading.folded[left:at] or not any(left <= d.start < at for d in reading.dates)


_SAME_TIME = re.compile(r"cùng kỳ(?:\s+(?:năm\s+)?(?:(?P<year>\d{4})|trước|ngoái))?(?!\w)")


def _same_span(
    folded: str, left: int, at: int, raw: str | None, period: Span | None, drafts: list[MetricDraft]
) -> tuple[str | None, Span | None]:
    """ "cùng kỳ năm 2024" is the part of that year which the figure compared with it tells of."""
    main = next((d.period for d in reversed(drafts) if d.role is not Role.BASELINE and d.period), None)
    same = _SAME_TIME.search(folded, max(_sentence_start(folded, at), left - 40), at)
    if main is None or main.start is None or main.end is None or same is None or main.precision is Precision.DAY:
        return raw, period
    year = int(same["year"]) if same["year"] else main.end.year - 1
    if main.end.year != main.start.year or not year < main.end.year:
        return raw, period
    return raw or same.group(), months(year, main.start.month, main.end.month)


_IN_BRACKETS = re.compile(r"\s*\((?P<unit>[^()]{1,30})\)")


def _in_cell(quantity: FoundQuantity, folded: str, around: Surroundings) -> Measured | None:
    """What a value measures that is all its cell says: its column says what, its row of whom."""
    if not around.in_table or not _is_all(quantity, folded):
        return None
    head = _IN_BRACKETS.sub("", around.column_head).strip(" /")
    return Measured(head, around.row_head or None) if head else Measured(around.row_head)


def _unit_of_column(around: Surroundings) -> str:
    unit = _IN_BRACKETS.search(around.column_head)
    return unit["unit"] if unit and is_unit(unit["unit"].lower()) else ""


# "số liệu", "số hóa" count nothing
_COUNTED = re.compile(
    r"(?:tổng\s+)?số(?:\s+lượng)?\s+(?!(?:liệu|hóa|hiệu|dư|vốn|tiền|thu|chi|ký hiệu|thứ tự|từ|đã|còn|này)(?!\w))(?P<things>.+?)(?:\s+(?:có|được|đã|đang|trên|tại|thực hiện|tham gia|chưa|của)(?!\w)|$)",
    re.IGNORECASE,
)


def counted_things(indicator: str) -> str:
    """What an indicator "Số … có …" counts, the unit of a value that stands without one.

    >>> counted_things("Số xã, phường có mạng")
    'xã, phường'
    """
    match = _COUNTED.match(indicator)
    return match["things"] if match and len(match["things"]) < 40 else ""


def _paired(figure: Figure, drafts: list[MetricDraft]) -> Measured | None:
    """The name that "lần lượt" pairs with this value; what is measured stands after the last value or before the names."""
    series = _series(figure.folded, figure.quantity.start)
    names = in_turn(figure.folded, figure.text, figure.left, series) if series is not None else []
    if series is not None and "lần lượt" in figure.folded and _IN_TURN_AGAIN.search(figure.folded, figure.left, series):
        return _paired_with_figures(figure, series, drafts)
    if len(names) < 2:
        return None
    place = len(re.findall(r"\d[\d.,]*\s*%?(?:\s*,\s+|\s+và\s+)", figure.folded[series : figure.quantity.start]))
    if place >= len(names):
        return None
    rest = re.compile(r"(?:[\d.,]+\s*%?(?:\s*,\s+|\s+và\s+)?)+\s*").match(figure.folded, figure.quantity.start)
    things = (
        re.split(
            r"[,;.](?!\d)|\s(?:trong|so với|tại)\s|\svà\s(?=\d)",
            figure.text[rest.end() : figure.right + 10],
            maxsplit=1,
        )[0].strip(" ,")
        if rest
        else ""
    )
    inherited = drafts[-1].indicator if drafts else ""
    return Measured(things if len(things) > 5 else inherited or things, names[place])


# "A đạt 12 tỷ đồng, B đạt 15 tỷ đồng, tăng lần lượt 7% và 4%": in turn with the figures before
_IN_TURN_AGAIN = re.compile(
    r"\d[^.;]{0,40}[,;]\s*(?:và\s+)?(?:(?:tăng|giảm|bằng|đạt|chiếm)\s+)?lần lượt(?:\s+(?:là|đạt|tăng|giảm|bằng|chiếm))?\s+$"
)
_VALUE_IN_SERIES = re.compile(r"\d[\d.,]*\s*%?(?:\s*,\s+|\s+và\s+)?")


def _paired_with_figures(figure: Figure, series: int, drafts: list[MetricDraft]) -> Measured | None:
    """What the figure measures that stands in the place of this value among the figures before the series."""
    place = sum(draft.start >= series for draft in drafts)
    count, at = 0, series
    while value := _VALUE_IN_SERIES.match(figure.folded, at):
        count, at = count + 1, value.end()
    named = [draft for draft in drafts if draft.start < series][-count:]
    if len(named) < count or place >= count or count < 2:
        return None
    return Measured(named[place].indicator, named[place].scope)


_VALUES_BEFORE = re.compile(r"(?:\d[\d.,]*\s*%?(?:\s*,\s+|\s+và\s+))*$")


def _series(folded: str, at: int) -> int | None:
    """Where the series of values "a, b và c" begins of which the value at an offset is one."""
    match = _VALUES_BEFORE.search(folded, 0, at)
    return match.start() if match else None


# a bare number as high as this is no percentage beside another
_NO_SHARE = 1000


def _unit(quantity: FoundQuantity, text: str, drafts: list[MetricDraft]) -> str:
    """The unit in the source's own letters; a bare value beside another takes that one's."""
    unit = quantity.value.unit
    if unit in ("hạng", "%"):
        return unit
    if unit:
        at = text.lower().find(unit.lower(), quantity.number_end)
        at = at if at >= 0 else text.lower().rfind(unit.lower(), 0, quantity.start)
        return text[at : at + len(unit)] if at >= 0 else text[quantity.number_end : quantity.end].strip()
    if text[: quantity.start].rstrip().endswith(":"):  # behind its own name: no share, though one stand before it
        drafts = [draft for draft in drafts if draft.unit != "%"]
    beside = drafts[-1].unit if drafts and drafts[-1].unit not in ("hạng", "bậc") else ""
    apart = drafts and re.search(r"\.\s", text[drafts[-1].end : quantity.start])
    share = quantity.form == "fraction" or apart or quantity.value.value >= _NO_SHARE
    return "" if beside == "%" and share else beside
