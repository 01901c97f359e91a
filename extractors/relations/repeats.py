"""The same figure told again elsewhere in a document: in the summary and in the part, in the text and in a footnote.

Only what agrees is told, word for word or by rounding ("39,46%" and "gần 40%"): two figures that differ may speak of
two things; the series over documents look at those.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from rapidfuzz import fuzz

from extractors.relations.figures import DOUBTFUL, Figure, Relation, judged, plain
from normalizers.rounding import Interval, interval
from normalizers.text import fold

# Names as alike as this are one; small numbers agree by chance and need more words in common.
_ALIKE, _FEWEST_WORDS = 80, 4
_DIGITS = 3
# "tối thiểu 60%" is told of many things.
_BOUNDS = (">=", "<=")


def repeats(figures: Sequence[tuple[int, Figure]]) -> Iterator[Relation]:
    """The figures of a document, each with the number of the passage in which it stands, in order."""
    told: dict[tuple[str, str | None, str], list[tuple[int, Figure]]] = defaultdict(list)
    for place, figure in figures:
        if figure.metric.role == "change" or figure.metric.comparator in _BOUNDS:
            continue
        earlier = told[figure.unit, figure.metric.scope, figure.metric.role]
        first = next((other for at, other in earlier if at != place and _same(other, figure)), None)
        if first is not None:
            yield _again(first, figure)
        earlier.append((place, figure))


def _same(left: Figure, right: Figure) -> bool:
    periods = {figure.metric.period_end for figure in (left, right)} - {None}
    if len(periods) > 1 or left.metric.denominator != right.metric.denominator or not _agree(left, right):
        return False
    names = [fold(figure.metric.indicator) for figure in (left, right)]
    common = set.intersection(*(set(re.findall(r"\w+", name)) for name in names))
    telling = len(common - set(left.unit.split()))
    return telling >= (_FEWEST_WORDS if _digits(left) < _DIGITS else 2) and fuzz.token_set_ratio(*names) >= _ALIKE


def _agree(left: Figure, right: Figure) -> bool:
    if left.value == right.value and left.metric.value_high == right.metric.value_high:
        return True
    return left.step.printed != right.step.printed and _interval(left).meets(_interval(right))


def _digits(figure: Figure) -> int:
    return len(re.sub(r"\D", "", figure.metric.value_raw).strip("0"))


def _interval(figure: Figure) -> Interval:
    metric = figure.metric
    return interval(metric.value_raw, metric.value, metric.comparator, metric.unit, metric.value_high)


def _again(first: Figure, again: Figure) -> Relation:
    expression = f"{plain(again.value)} = {plain(first.value)}"
    apart = abs(first.value - again.value)
    return judged("repeated_value", expression, again.value, first.value, apart, (again, first), DOUBTFUL)
