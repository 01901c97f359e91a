"""Figures about the world: which quantities are metrics, what they measure, for whom, when and in what role."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from extractors.mentions import Reading
from extractors.task_prose import Section
from normalizers.agencies import find
from normalizers.quantities import FoundQuantity, find_quantities
from schemas.place import Passage
from schemas.values import Comparator, Span


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
    table_unit: str = ""


# --- which quantities are figures -----------------------------------------------------------------------------------

# Time is counted, but "05 năm" says when, not how much, unless a change of it is reported.
_TIME_UNITS = frozenset(["năm", "tháng", "ngày", "tuần", "giờ", "phút", "giây", "quý"])
_CHANGE_OF_TIME = re.compile(r"(?:giảm|rút ngắn|còn|tăng|kéo dài|trung bình|bình quân)[^.;]{0,40}$")


def find_metrics(reading: Reading, around: Surroundings, data_as_of: date | None = None) -> list[MetricDraft]:
    """The metrics of a passage, in order."""
    drafts: list[MetricDraft] = []
    for quantity in find_quantities(reading.folded, reading.taken):
        if not _is_figure(quantity, reading.folded, drafts):
            continue
        drafts.append(_draft(quantity, reading, around, drafts))
    return drafts


def _is_figure(quantity: FoundQuantity, folded: str, before: list[MetricDraft]) -> bool:
    unit = quantity.value.unit
    if unit in _TIME_UNITS:
        return bool(_CHANGE_OF_TIME.search(folded[: quantity.start]))
    if unit or quantity.form in ("fraction", "rank", "range"):
        return True
    digits = folded[quantity.number : quantity.number_end]
    marked = bool(re.search(r"[.,]\d", digits)) or any(c.isalpha() for c in digits)
    return marked or _follows_figure(quantity, folded, before)


def _follows_figure(quantity: FoundQuantity, folded: str, before: list[MetricDraft]) -> bool:
    """A bare number that stands beside a figure with a unit: "lần lượt 12 và 15 trạm", "… là 120 (tháng trước 110)"."""
    if not before:
        return False
    gap = folded[before[-1].quantity.end : quantity.start]
    return len(gap) < 60 and bool(re.search(r"(?:là|:|đạt|còn|và|,|tăng|lên)\s*$", gap)) and not re.search(r"[.;]\s", gap)


# --- clauses --------------------------------------------------------------------------------------------------------

_BOUNDARY = re.compile(r"[;]|\.(?=\s|$)|(?<=[^\d]):(?=\s)|\((?=)|\)")
_LIST_MARK = re.compile(r"^\s*(?:[-+*•]|\(?[ivx\d]{1,4}\)|[a-zđ]\))\s*")


def _sentence_start(folded: str, at: int) -> int:
    found = [m.end() for m in re.finditer(r"[.;](?=\s)", folded[:at])]
    return found[-1] if found else 0


def _clause(folded: str, start: int, end: int) -> tuple[int, int]:
    """The stretch around a value between the nearest marks of punctuation that part clauses."""
    left = max((m.end() for m in _BOUNDARY.finditer(folded, 0, start)), default=0)
    right = next((m.start() for m in _BOUNDARY.finditer(folded, end)), len(folded))
    return left, right


# --- value, change, role --------------------------------------------------------------------------------------------

_RISE = re.compile(r"(?:tăng(?:\s+(?:trưởng|thêm|nhẹ|mạnh|bình quân))*|cao hơn|nhiều hơn|vượt)(?:\s+(?:khoảng|trên|hơn|gần|đạt|là|ước|tới|gấp))*\s*$")
_FALL = re.compile(r"(?:giảm(?:\s+(?:nhẹ|mạnh|sâu|còn))*|thấp hơn|ít hơn|sụt)(?:\s+(?:khoảng|trên|hơn|gần|là|tới))*\s*$")
_TO = re.compile(r"(?:tăng|giảm|nâng)[^.;,]{0,60}?(?:lên|xuống|còn)(?:\s+(?:mức|khoảng|trên|hơn))*\s*$")
_BASE = re.compile(r"(?:so với|từ mức|cùng kỳ[^.;,()]{0,30}(?:là|đạt)|trong khi[^.;]{0,60}|năm ngoái[^.;]{0,50}|năm trước[^.;]{0,50})(?:\s+(?:mức|là|của))*\s*$")
_TARGET = re.compile(
    r"(?:mục tiêu|chỉ tiêu|phấn đấu|bảo đảm|đảm bảo|yêu cầu|tối thiểu|ít nhất|cần đạt|phải đạt|đạt được mục tiêu|nâng\s[^.;]{0,40}lên|để\s+(?:cuối\s+)?năm|hướng tới|bố trí)[^.;]*$"
)
_PLAN = re.compile(r"(?:kế hoạch|dự kiến|đăng ký|thiết kế|dự toán|quy hoạch|sẽ)[^.;]*$")
_TARGET_YEAR = re.compile(r"(?:đến|tới|vào|trước)\s+(?:hết\s+)?(?:cuối\s+)?năm\s+20\d\d")


def _role(quantity: FoundQuantity, folded: str, left: int, around: Surroundings, in_brackets: bool, dated: bool) -> Role:
    before = folded[left : quantity.start]
    if _is_change(quantity, folded, left):
        return Role.CHANGE
    if _BASE.search(before) or (in_brackets and dated and re.search(r"(?:^|\()\s*(?:so với\s+)?(?:cùng kỳ|tháng|quý|năm|kỳ trước)", before)):
        return Role.BASELINE
    sentence = folded[_sentence_start(folded, quantity.start) : quantity.start]
    if quantity.value.comparator is Comparator.AT_LEAST or _TARGET.search(sentence):
        return Role.TARGET
    if _PLAN.search(sentence) or _PLAN.search(around.lead_in):
        return Role.PLAN
    return Role.TARGET if around.section is Section.TASKS else Role.ACTUAL


def _is_change(quantity: FoundQuantity, folded: str, left: int) -> bool:
    before = folded[left : quantity.start]
    if _TO.search(before):
        return False
    return bool(_RISE.search(before) or _FALL.search(before))


def _signed(quantity: FoundQuantity, folded: str, left: int) -> FoundQuantity:
    """A decrease is negative."""
    if not _FALL.search(folded[left : quantity.start]) or not _is_change(quantity, folded, left):
        return quantity
    value = quantity.value
    return replace(quantity, value=replace(value, value=-value.value, value_high=-value.value_high if value.value_high else None))


# --- what is measured -----------------------------------------------------------------------------------------------

_TIME_PHRASE = (
    r"(?:(?:tính\s+)?(?:đến|từ|trong|vào|riêng|lũy kế|luỹ kế|kể từ|sau)\s+)*(?:đầu\s+|cuối\s+|hết\s+)?"
    r"(?:(?:ngày|tháng|quý|năm|tuần)\s+[\divx/.-]+(?:\s+năm\s+\d{4})?|nay|hiện nay|hiện tại|hiện|\d{1,2}\s+tháng\s+(?:đầu|cuối)\s+năm(?:\s+\d{4})?|\d{1,2}/\d{1,2}/\d{4}|thời điểm này)"
)
_LEADING = re.compile(
    rf"^(?:\s*(?:{_TIME_PHRASE}|trong đó|cụ thể|theo đó|bên cạnh đó|đồng thời|ngoài ra|ước tính|dự kiến|kết quả đến nay|kết quả|lũy kế đến nay|tính đến nay|đến nay|hiện nay|tổng cộng|theo báo cáo[^,:]*|trong khi|nhìn chung|tuy nhiên|tuy vậy|như)\s*[,:]?\s*)+"
)
_TRAILING = re.compile(
    r"(?:[\s,:]+|(?<!\w)(?:là|đạt|được|đã|có|còn|chỉ|mới|ước|trung bình|bình quân|chiếm|khoảng|hơn|trên|dưới|gần|tăng|giảm|tăng trưởng|lên|xuống|tới|đến|mức|với|ở|vào|thuộc|trong|tối thiểu|ít nhất|tổng số|thêm|lần lượt|tương đương|gồm|bao gồm|cho|khi|không|quá|nhẹ|mạnh|vượt|từ|cao hơn|thấp hơn|tất cả|cả|lại|ghi nhận|tháng\s+[\d/]+|năm\s+\d{4}|quý\s+[ivx\d/]+))+$"
)
_NP_END = re.compile(
    r"[,;:.()]|\s(?:đã|đang|được|là|đạt|chiếm|bằng|tăng|giảm|so với|trong đó|nhằm|và\s+\d|với\s+\d|gồm|bao gồm|có(?!\s+(?:nhiệm vụ|phát sinh|kết nối|khả năng|chữ ký|nguy cơ|thẩm quyền))|sẽ|chưa|để|trên\s+\d|tại\s+\d|như|tương đương|hoặc|thì|theo|từ\s+\d)(?!\w)"
)
_AMOUNT_UNITS = frozenset(["%", "đồng", "usd", "mw", "gw", "kwh", "tbps", "gbps", "mbps", "km", "ha", "tấn", "điểm", "lần", "điểm phần trăm", "đô la mỹ", "km2", "m2", "m3", "hạng"])
_VERBS = re.compile(
    r"^(?:\S+\s+){0,12}?(?:đã|đang)\s+(?:\S+\s+){0,3}?(?:cấp|tiếp nhận|xử lý|giải quyết|phục vụ|thay thế|ban hành|công bố|cung cấp|kích hoạt|triển khai|hoàn thành|thực hiện|tổ chức|kết nối|tích hợp|trình|thông qua)\s*$"
)


def _indicator(quantity: FoundQuantity, reading: Reading, left: int, right: int, around: Surroundings, drafts: list[MetricDraft]) -> str:
    """The words that say what is measured: the subject before an amount, the counted things after a count."""
    text, folded = reading.passage.text, reading.folded
    after = _noun_phrase(text, folded, quantity, right)
    subject = _subject(text, folded, left, quantity.start)
    if quantity.form == "fraction" and _predicate(text, folded, quantity, right):
        return _predicate(text, folded, quantity, right)
    if quantity.value.unit in _AMOUNT_UNITS or not quantity.value.unit:
        return subject or _after_amount(text, folded, quantity, right) or _inherited(drafts, around)
    return after or subject or _inherited(drafts, around)


def _subject(text: str, folded: str, left: int, end: int) -> str:
    stretch = folded[left:end]
    opening = _LEADING.match(stretch)
    mark = _LIST_MARK.match(stretch)
    begin = left + max(opening.end() if opening else 0, mark.end() if mark else 0)
    closing = _TRAILING.search(folded[begin:end])
    stop = begin + closing.start() if closing else end
    comma = folded.rfind(", ", begin, stop)
    subject = text[begin:stop].strip(" ,;:-+")
    if comma > begin and len(subject) > 160:
        subject = text[comma + 2 : stop].strip(" ,;:-+")
    return subject if len(subject) > 2 else ""


def _noun_phrase(text: str, folded: str, quantity: FoundQuantity, right: int) -> str:
    begin = quantity.number_end
    stop = _NP_END.search(folded, max(begin, quantity.end), right)
    return text[begin : stop.start() if stop else right].strip(" ,;:")


def _after_amount(text: str, folded: str, quantity: FoundQuantity, right: int) -> str:
    stop = re.compile(r"[,;:()]|\s(?:so với|tăng|giảm|và\s+\d)(?!\w)").search(folded, quantity.end, right)
    return text[quantity.end : stop.start() if stop else right].strip(" ,;:.")


def _predicate(text: str, folded: str, quantity: FoundQuantity, right: int) -> str:
    """What the counted ones did: "33/63 địa phương đã ban hành các chỉ số" measures the issuing."""
    verb = re.compile(r"\s(?:báo cáo\s+)?(?:đã|chưa|đang|có|được)\s+").search(folded, quantity.end, right)
    return text[verb.end() : right].strip(" ,;:.") if verb else ""


def _inherited(drafts: list[MetricDraft], around: Surroundings) -> str:
    if drafts:
        return drafts[-1].indicator
    return around.lead_in.rstrip(" :")


# --- scope and period -----------------------------------------------------------------------------------------------


def _scope(subject: str, indicator: str) -> str | None:
    """For whom it holds: an agency or place that is the whole subject beside an inherited indicator."""
    spans = find(subject)
    if spans and spans[0][0] <= 2 and spans[-1][1] >= len(subject) - 2 and subject != indicator:
        return subject
    return None


_NOW = re.compile(r"(?:lũy kế |luỹ kế |tính )?đến nay|hiện nay|đến thời điểm hiện tại")


def _period(quantity: FoundQuantity, reading: Reading, left: int, right: int, in_brackets: bool) -> tuple[str | None, Span | None]:
    """The time named nearest: in the same brackets, before the value in its clause, then in its sentence."""
    folded, text = reading.folded, reading.passage.text
    dates = [d for d in reading.dates if d.rule != "date_year_range"]
    inside = [d for d in dates if left <= d.start < quantity.start]
    begin = _sentence_start(folded, quantity.start)
    chosen = inside[-1:] if inside else [] if in_brackets else [d for d in dates if begin <= d.start < quantity.start and not _in_brackets(folded, d.start, begin)]
    for mention in reversed(chosen):
        if re.search(r"(?:so với|cùng kỳ)[^,;.]*$", folded[begin : mention.start]) and quantity.start - mention.end > 25:
            continue
        return text[mention.start : mention.end], mention.value
    now = list(_NOW.finditer(folded, begin, quantity.start))
    if now:
        return text[now[-1].start() : now[-1].end()], None
    return None, None


def _in_brackets(folded: str, at: int, begin: int = 0) -> bool:
    return folded.count("(", begin, at) > folded.count(")", begin, at)


# --- drafts ---------------------------------------------------------------------------------------------------------


def _draft(quantity: FoundQuantity, reading: Reading, around: Surroundings, drafts: list[MetricDraft]) -> MetricDraft:
    folded, text = reading.folded, reading.passage.text
    left, right = _clause(folded, quantity.start, quantity.end)
    in_brackets = _in_brackets(folded, quantity.start)
    period_raw, period = _period(quantity, reading, left, right, in_brackets)
    subject = _subject(text, folded, left, quantity.start)
    indicator = _indicator(quantity, reading, left, right, around, drafts)
    scope = None
    if drafts and (in_brackets and len(subject) < 25 or _is_scope(subject)):
        scope = _scope(subject, indicator)
        indicator = drafts[-1].indicator if quantity.value.unit in ("%", "") or in_brackets else indicator
    return MetricDraft(
        "metric_prose",
        reading.passage,
        _signed(quantity, folded, left),
        quantity.start,
        quantity.end,
        indicator,
        _unit(quantity, text, drafts),
        _role(quantity, folded, left, around, in_brackets, period is not None),
        scope,
        period_raw,
        period,
    )


def _is_scope(subject: str) -> bool:
    spans = find(subject)
    return bool(spans) and spans[0][0] <= 2 and sum(end - start for start, end in spans) > 0.7 * len(subject)


def _unit(quantity: FoundQuantity, text: str, drafts: list[MetricDraft]) -> str:
    """The unit in the source's own letters; a bare value beside another takes that one's."""
    if quantity.value.unit == "hạng":
        return "hạng"
    if quantity.value.unit == "%":
        return "%"
    if quantity.value.unit:
        return text[quantity.end - len(quantity.value.unit) : quantity.end]
    return drafts[-1].unit if drafts else ""


