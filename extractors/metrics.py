"""Figures about the world: which quantities are metrics, what they measure, for whom, when and in what role."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from extractors.indicators import Figure, Measured, in_turn, measured
from extractors.mentions import Reading
from extractors.task_prose import Section
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


# --- period ----------------------------------------------------------------------------------------------------------


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
    figure = Figure(text, folded, quantity, left, right, drafts[-1].end if drafts else 0, in_brackets)
    found = _paired(figure, drafts) or measured(figure, [Measured(d.indicator, d.scope) for d in drafts], around.lead_in)
    return MetricDraft(
        "metric_prose",
        reading.passage,
        _signed(quantity, folded, left),
        quantity.start,
        quantity.end,
        found.indicator,
        _unit(quantity, text, drafts),
        _role(quantity, folded, left, around, in_brackets, period is not None),
        found.scope,
        period_raw,
        period,
    )


def _paired(figure: Figure, drafts: list[MetricDraft]) -> Measured | None:
    """The name that "lần lượt" pairs with this value; what is measured stands after the last value or before the names."""
    series = _series(figure.folded, figure.quantity.start)
    names = in_turn(figure.folded, figure.text, figure.left, series) if series is not None else []
    if len(names) < 2:
        return None
    place = len(re.findall(r"\d[\d.,]*\s*%?(?:\s*,\s+|\s+và\s+)", figure.folded[series : figure.quantity.start]))
    if place >= len(names):
        return None
    rest = re.compile(r"(?:[\d.,]+\s*%?(?:\s*,\s+|\s+và\s+)?)+\s*").match(figure.folded, figure.quantity.start)
    things = re.split(r"[,;.]|\s(?:trong|so với|tại)\s", figure.text[rest.end() : figure.right + 10], maxsplit=1)[0].strip(" ,") if rest else ""
    inherited = drafts[-1].indicator if drafts else ""
    return Measured(things if len(things) > 5 else inherited or things, names[place])


def _series(folded: str, at: int) -> int | None:
    """Where the series of values "a, b và c" begins of which the value at an offset is one."""
    match = re.search(r"(?:\d[\d.,]*\s*%?(?:\s*,\s+|\s+và\s+))*$", folded[:at])
    return match.start() if match else None


def _unit(quantity: FoundQuantity, text: str, drafts: list[MetricDraft]) -> str:
    """The unit in the source's own letters; a bare value beside another takes that one's."""
    unit = quantity.value.unit
    if unit in ("hạng", "%"):
        return unit
    if unit:
        at = text.lower().find(unit.lower(), quantity.number_end)
        return text[at : at + len(unit)] if at >= 0 else text[quantity.number_end : quantity.end].strip()
    return drafts[-1].unit if drafts else ""
