"""Ranks among their number, averages between their parts: what can't be elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from extractors.relations.figures import CONFLICTS, DOUBTFUL, Figure, Relation, judged, plain
from normalizers.text import fold

# as in "cả nước đạt 50,4%. Trong đó, các bộ đạt 43,09%; các địa phương đạt 50,6%"
_PARTS = re.compile(r"[^;\d]{0,10}(?:\([^()]*\))?[.,;]?\s*trong đó[,:]?\s")
_NEXT = re.compile(r"[^.\d]{0,60}")


def ranges(text: str, figures: Sequence[Figure]) -> Iterator[Relation]:
    folded = fold(text)
    yield from (_rank(figure) for figure in figures if figure.unit == "hạng" and figure.metric.denominator)
    for place, figure in enumerate(figures):
        if figure.is_share and figure.is_plain:
            yield from _average(folded, figures[place:])


def _rank(figure: Figure) -> Relation:
    last = figure.metric.denominator or 1.0
    expression = f"1 ≤ {plain(figure.value)} ≤ {plain(last)}"
    inside = min(max(figure.value, 1.0), last)
    return judged("rank_or_range", expression, figure.value, inside, 0.0, (figure,), CONFLICTS)


def _average(folded: str, figures: Sequence[Figure]) -> Iterator[Relation]:
    """The average of two named parts of one share lies between them."""
    whole, rest = figures[0], list(figures[1:])
    if rest and rest[0].metric.role == "baseline":
        rest.pop(0)
    if len(rest) < 2 or not all(part.is_share and part.is_plain for part in rest[:2]):
        return
    first, second = rest[:2]
    lead = _PARTS.search(folded, whole.end, first.start)
    if (
        lead is None
        or not _NEXT.fullmatch(folded, first.end, second.start)
        or "chiếm" in folded[lead.end() : second.start]
    ):
        return
    low, high = sorted((first.value, second.value))
    if whole.metric.role != first.metric.role or first.metric.role != second.metric.role:
        return
    expression = f"{plain(low)} ≤ {plain(whole.value)} ≤ {plain(high)}"
    nearest = min(max(whole.value, low), high)
    yield judged(
        "rank_or_range", expression, whole.value, nearest, whole.slack + first.slack, (whole, first, second), DOUBTFUL
    )
