"""Metrics -> indicators: one name, scope and unit over documents and periods, with what disagrees.

Metrics are grouped by their printed name, unit and scope first (DuckDB does that for millions); only the
distinct names are compared. A name that says too little to be recognised elsewhere ("tỷ lệ này", "địa phương")
makes an indicator of each of its metrics.
"""

from __future__ import annotations

import hashlib
import math
import re
from bisect import bisect_left, bisect_right, insort
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import Any

from normalizers.abbreviations import expand
from normalizers.rounding import Interval, interval, step
from normalizers.text import fold
from pipeline.link.decisions import Decision
from pipeline.link.index import Pair, Text
from pipeline.link.wording import Wording, wording
from schemas.records import Disagreement

Row = dict[str, Any]
Value = tuple[float, float | None, float | None]  # its higher end and its denominator, if it has them


# where a target or figure comes from is no part of what it measures
_SOURCE = re.compile(
    r"\s(?:đã |được )*(?:giao |nêu |quy định |đặt ra )(?:tại|theo|trong)\s.*|\stheo (?:Nghị|Quyết|Chỉ).*"
)


@dataclass(frozen=True)
class Name:
    """An indicator as printed; `key` is name, unit and scope in one, `tabled` if it heads a table's row or column."""

    key: str
    name: str
    unit: str
    scope: str | None
    tabled: bool

    @classmethod
    def of(cls, key: str, tabled: bool) -> Name:
        name, unit, scope = key.split("\x1f")
        return cls(key, name, unit, scope or None, tabled)

    @cached_property
    def wording(self) -> Wording:
        return wording(_SOURCE.sub("", self.name), (self.scope,) if self.scope else ())

    @cached_property
    def measure(self) -> str:
        return fold(expand(self.unit)).strip(" .")

    @cached_property
    def place(self) -> str:
        return "" if self.scope is None else fold(expand(self.scope)).removeprefix("các ").strip(" .")

    @cached_property
    def specific(self) -> bool:
        """Whether the name says enough beside its unit to be known again in another text."""
        own = {word for word in self.wording.object if word.isalpha()} - set(self.measure.split())
        return len(own) >= (2 if self.tabled else 3)

    @property
    def text(self) -> Text:
        """As a text to be looked up, without a term if it says too little; only names of one unit and scope are compared."""
        if not self.specific:
            return Text(self.key, {})
        kind = f"{self.measure}|{self.place}"
        return Text(self.key, self.wording.terms, kind, f"{' '.join(self.wording.object)}|{kind}")


# Names that share so much are one; names that share less are one if their values for a period agree as well.
_ONE_NAME, WITH_VALUES, _UNDECIDED_FROM = 0.85, 0.5, 0.65
# Values this near one another speak of one quantity, if they are printed finely enough not to agree by chance.
NEAR, DIGITS = 0.02, 3


def decision(found: Pair, values_agree: bool) -> tuple[Decision, float, str] | None:
    """What the rules say of two names: decision, score and reason; None if they are not even alike."""
    if found.alike:
        return Decision.SAME, 1.0, "cùng tên, đơn vị và phạm vi"
    likeness = found.likeness
    reason = f"tên giống nhau: chung {likeness.shared:.0%}, bao hàm {likeness.contained:.0%}"
    if values_agree:
        return Decision.SAME, likeness.score, f"{reason}; giá trị cùng kỳ gần nhau"
    if likeness.score < _UNDECIDED_FROM:
        return None
    return Decision.SAME if likeness.shared >= _ONE_NAME else Decision.UNDECIDED, likeness.score, reason


def _gap(left: float, right: float) -> float:
    """How far two values lie apart, as a share of the larger."""
    return float(abs(left - right) / max(abs(left), abs(right), 1e-300))


def indicator_id(first: str) -> str:
    return hashlib.sha256(f"indicators|{first}".encode()).hexdigest()[:20]


# Within a document two values this far apart tell of two things that share a name.
_APART = 0.2
# So do two printed side by side: an author who prints both means both. In points, about three lines.
_BESIDE = 45.0


# Documents that name no period and are this near in time, in days, speak of one if their values do.
SAME_TIME = 45


def disagreement(rows: Sequence[Row]) -> Disagreement | None:
    """What metrics of one indicator and period, in order of time, make of each other: nothing, rounding or conflict."""
    values = [_value(row) for row in rows]
    found: dict[int, None] = {}
    agree = True
    for a, b in _within_reach(rows, values):
        if values[a] == values[b] or (not agree and a in found and b in found) or _of_two_things(rows[a], rows[b]):
            continue
        found |= {a: None, b: None}
        agree = agree and _rounded(rows[a], rows[b])
    if not found:
        return None
    ids = tuple(dict.fromkeys(rows[place]["metric_id"] for place in found))
    return Disagreement("rounding" if agree else "conflict", rows[0]["period_end"], ids)


def _within_reach(rows: Sequence[Row], values: Sequence[Value]) -> Iterable[tuple[int, int]]:
    """The places of metrics that may disagree: all of a named period; else those of one document, and those near in time
    and value. A name that is told of everywhere has thousands, hardly any of them near."""
    if rows[0]["period_end"] is not None:
        return combinations(range(len(rows)), 2)
    of_document: dict[str, list[int]] = defaultdict(list)
    for place, row in enumerate(rows):
        of_document[row["document_id"]].append(place)
    together = (pair for places in of_document.values() for pair in combinations(places, 2))
    return sorted({*together, *_near(rows, values)})


def _near(rows: Sequence[Row], values: Sequence[Value]) -> Iterator[tuple[int, int]]:
    """The places of metrics near in time whose values are other and close."""
    window: list[tuple[float, int]] = []  # those near in time to the one looked at, by value
    start = 0
    for place, row in enumerate(rows):
        if row["day"] is None:  # these come last
            break
        while _days(rows[start], row) > SAME_TIME:
            window.remove((values[start][0], start))
            start += 1
        value = values[place][0]
        reach = abs(value) * NEAR / (1 - NEAR) * 1.001  # a hair more: which are close is asked then
        for other, earlier in window[
            bisect_left(window, (value - reach,)) : bisect_right(window, (value + reach, place))
        ]:
            if values[earlier] != values[place] and _gap(other, value) <= NEAR:
                yield earlier, place
        insort(window, (value, place))


def _days(left: Row, right: Row) -> float:
    if left["document_id"] == right["document_id"]:
        return 0.0
    if left["day"] is None or right["day"] is None:
        return math.inf
    return float(abs((right["day"] - left["day"]).days))


def _rounded(left: Row, right: Row) -> bool:
    """Whether one value may be the other, printed less finely; of two printed alike neither is."""
    if left["comparator"] == right["comparator"] == "=" and math.isclose(_step(left), _step(right)):
        return False
    return _interval(left).meets(_interval(right))


def _step(row: Row) -> float:
    return step(row["value_raw"], row["value"]).printed


def _value(row: Row) -> Value:
    return row["value"], row["value_high"], row["denominator"]


def _interval(row: Row) -> Interval:
    return interval(row["value_raw"], row["value"], row["comparator"], row["unit"], row["value_high"])


def _of_two_things(left: Row, right: Row) -> bool:
    if left["document_id"] != right["document_id"]:
        # both may have moved on: only what one explains by the other's rounding is surely of one time
        return left["period_end"] is None and not (
            _gap(left["value"], right["value"]) <= NEAR and _rounded(left, right)
        )
    beside = left["page"] == right["page"] and abs((left["top"] or 0.0) - (right["top"] or 0.0)) < _BESIDE
    return beside or _gap(left["value"], right["value"]) > _APART


def verdict(found: Iterable[Disagreement]) -> str:
    kinds = {one.kind for one in found}
    return next((kind for kind in ("conflict", "rounding") if kind in kinds), "consistent")
