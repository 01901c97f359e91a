"""Metrics -> indicators: one name, scope and unit over documents and periods, with what disagrees.

Metrics are grouped by their printed name, unit and scope first (DuckDB does that for millions); only the
distinct names are compared. A name that says too little to be recognised elsewhere ("tỷ lệ này", "địa phương")
makes an indicator of each of its metrics.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from normalizers.abbreviations import expand
from normalizers.rounding import Interval, interval, step
from normalizers.text import fold
from pipeline.link.candidates import Index
from pipeline.link.decisions import RULE, Decision, Pair, link, pair
from pipeline.link.groups import groups
from pipeline.link.wording import Corpus, Wording, wording
from schemas.records import Disagreement, Link

Row = dict[str, Any]


# where a target or figure comes from is no part of what it measures
_SOURCE = re.compile(
    r"\s(?:đã |được )*(?:giao |nêu |quy định |đặt ra )(?:tại|theo|trong)\s.*|\stheo (?:Nghị|Quyết|Chỉ).*"
)


@dataclass(frozen=True)
class Name:
    """An indicator as printed: `first` is the metric that brought it in, `tabled` that it heads a table's row or column."""

    first: str
    name: str
    unit: str
    scope: str | None
    tabled: bool
    values: tuple[Row, ...] = ()

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

    @cached_property
    def key(self) -> tuple[str, str, str]:
        return " ".join(self.wording.object), self.measure, self.place


# Names that share so much are one; names that share less are one if their values for a period agree as well.
_ONE_NAME, _WITH_VALUES, _UNDECIDED_FROM = 0.85, 0.5, 0.65
# Values this near one another speak of one quantity, if they are printed finely enough not to agree by chance.
_NEAR, _DIGITS = 0.02, 3


def link_names(names: Sequence[Name], known: Iterable[Link], persons: Mapping[Pair, Link], new: set[str]) -> list[Link]:
    """The links between names, by their first metrics: those known, and those of the `new` names to all."""
    here = {name.first for name in names}
    links = {
        (one.left_id, one.right_id): one
        for one in known
        if one.decided_by == RULE and one.left_id in here and one.right_id in here
    }
    links |= {(one.left_id, one.right_id): one for one in _compared(names, new)}
    return list((links | {key: one for key, one in persons.items() if here.issuperset(key)}).values())


def _compared(names: Sequence[Name], new: set[str]) -> Iterator[Link]:
    specific = [name for name in names if name.specific]
    yield from _spelled_alike(specific, new)
    corpus = Corpus(name.wording for name in specific)
    index = Index(corpus)
    for place, name in enumerate(specific):
        index.add(place, name.wording.terms)
    seen: set[Pair] = set()
    for name in specific:
        if name.first not in new:
            continue
        for other in index.like(name.wording.terms):
            key = pair(name.first, specific[other].first)
            if specific[other] is name or key in seen:
                continue
            seen.add(key)
            found = _alike(name, specific[other], corpus)
            if found:
                yield found


def _spelled_alike(names: Sequence[Name], new: set[str]) -> Iterator[Link]:
    """Names that differ in spelling, abbreviations and phrases alone."""
    first: dict[tuple[str, str, str], str] = {}
    for name in names:
        home = first.setdefault(name.key, name.first)
        if home != name.first and (name.first in new or home in new):
            yield link(home, name.first, Decision.SAME, RULE, 1.0, "cùng tên, đơn vị và phạm vi")


def _alike(left: Name, right: Name, corpus: Corpus) -> Link | None:
    if left.measure != right.measure or left.place != right.place or left.key == right.key:
        return None
    likeness = corpus.likeness(left.wording.terms, right.wording.terms)
    reason = f"tên giống nhau: chung {likeness.shared:.0%}, bao hàm {likeness.contained:.0%}"
    if likeness.score >= _WITH_VALUES and _values_agree(left, right):
        return link(left.first, right.first, Decision.SAME, RULE, likeness.score, f"{reason}; giá trị cùng kỳ gần nhau")
    if likeness.score < _UNDECIDED_FROM:
        return None
    decision = Decision.SAME if likeness.shared >= _ONE_NAME else Decision.UNDECIDED
    return link(left.first, right.first, decision, RULE, likeness.score, reason)


def _values_agree(left: Name, right: Name) -> bool:
    return any(_near(ours, theirs) for ours in left.values for theirs in right.values)


def _near(left: Row, right: Row) -> bool:
    """Whether two values tell of one period and are nearly equal, one of them printed with several digits."""
    if left["period_end"] != right["period_end"]:
        return False
    if left["period_end"] is None and _days(left, right) > _SAME_TIME:
        return False
    digits = max(len(re.sub(r"\D", "", one["value_raw"]).strip("0")) for one in (left, right))
    return digits >= _DIGITS and _close(left, right)


def _close(left: Row, right: Row) -> bool:
    return _gap(left, right) <= _NEAR


def _gap(left: Row, right: Row) -> float:
    """How far two values lie apart, as a share of the larger."""
    return float(abs(left["value"] - right["value"]) / max(abs(left["value"]), abs(right["value"]), 1e-300))


def series(names: Sequence[Name], links: Iterable[Link]) -> dict[str, str]:
    """The first metric of each name -> that of the first name of its indicator; `names` come in order of arrival."""
    joined, apart = [], defaultdict(set)
    for one in links:
        if one.decision == Decision.SAME:
            joined.append(one)
        elif one.decision == Decision.NOT_SAME:
            apart[one.left_id].add(one.right_id)
            apart[one.right_id].add(one.left_id)
    joined.sort(key=lambda one: (one.decided_by == RULE, -(one.score or 1.0), one.link_id))
    found = groups((name.first for name in names), ((one.left_id, one.right_id) for one in joined), apart)
    return {member: first for first, members in found.items() for member in members}


def indicator_id(first: str) -> str:
    return hashlib.sha256(f"indicators|{first}".encode()).hexdigest()[:20]


# Within a document two values this far apart tell of two things that share a name.
_APART = 0.2
# So do two printed side by side: an author who prints both means both. In points, about three lines.
_BESIDE = 45.0


# Documents that name no period and are this near in time, in days, speak of one if their values do.
_SAME_TIME = 45


def disagreement(rows: Sequence[Row]) -> Disagreement | None:
    """What metrics of one indicator and period make of each other: nothing, rounding or conflict."""
    pairs = [(a, b) for a, b in _within_reach(rows) if _value(a) != _value(b) and not _of_two_things(a, b)]
    if not pairs:
        return None
    agree = all(_rounded(a, b) for a, b in pairs)
    ids = tuple(dict.fromkeys(row["metric_id"] for each in pairs for row in each))
    return Disagreement("rounding" if agree else "conflict", rows[0]["period_end"], ids)


def _within_reach(rows: Sequence[Row]) -> Iterator[tuple[Row, Row]]:
    """Pairs of metrics of a named period, else of documents near in time; `rows` come in order of time."""
    for place, row in enumerate(rows):
        for other in rows[place + 1 :]:
            if row["period_end"] is None and _days(row, other) > _SAME_TIME:
                break
            yield row, other


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


def _value(row: Row) -> tuple[float, float | None, float | None]:
    return row["value"], row["value_high"], row["denominator"]


def _interval(row: Row) -> Interval:
    return interval(row["value_raw"], row["value"], row["comparator"], row["unit"], row["value_high"])


def _of_two_things(left: Row, right: Row) -> bool:
    if left["document_id"] != right["document_id"]:
        # both may have moved on: only what one explains by the other's rounding is surely of one time
        return left["period_end"] is None and not (_close(left, right) and _rounded(left, right))
    beside = left["page"] == right["page"] and abs((left["top"] or 0.0) - (right["top"] or 0.0)) < _BESIDE
    return beside or _gap(left, right) > _APART


def verdict(found: Iterable[Disagreement]) -> str:
    kinds = {one.kind for one in found}
    return next((kind for kind in ("conflict", "rounding") if kind in kinds), "consistent")
