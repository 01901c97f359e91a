"""A value and the earlier one it is compared with: "15.200 (tháng 4/2025 là 14.700)", "46,5%, tăng 8,3 điểm phần trăm so với quý III (38,2%)"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from extractors.relations.figures import CONFLICTS, DOUBTFUL, HOLDS, Figure, Relation, judged, plain
from normalizers.text import fold

# as in "(tháng 3: 89,6%" or "(cùng kỳ năm 2024: 5.818"
_EARLIER = re.compile(
    r"[^.;()\d]{0,40}\(\s*(?:so với\s)?(?:cùng kỳ|kỳ trước|năm trước|tháng trước|đầu năm|tháng|quý|năm|ngày)[^()%]{0,30}?(?:là|:|đạt)\s*"
)
_RISE, _FALL = re.compile(r"tăng"), re.compile(r"giảm")
_RISES = re.compile(r",?\s*(?:đã\s)?(?:tăng|cao hơn|(?P<down>giảm|thấp hơn))\s+(?:thêm\s|trưởng\s)?(?=\d)")
_SINCE = re.compile(r"\s*(?:so với|so cùng kỳ)[^.;()]{0,80}\(\s*(?:là|đạt)?\s*")
_POINTS = ("điểm phần trăm", "điểm %")
_WORTH = re.compile(r",?\s*(?:tương đương|tương ứng|bằng)\s*(?:với\s)?(?:hơn|khoảng|gần|trên)?\s*")


def changes(text: str, figures: Sequence[Figure]) -> Iterator[Relation]:
    folded = fold(text)
    for now, earlier in pairwise(figures):
        if (
            now.unit == earlier.unit
            and now.is_plain
            and earlier.is_plain
            and _EARLIER.fullmatch(folded, now.end, earlier.start)
        ):
            yield _difference(now, earlier)
    yield from _stated(folded, figures)
    for now, change, amount in zip(figures, figures[1:], figures[2:], strict=False):
        if change.is_share and change.metric.role == "change" and _amounts(folded, now, change, amount):
            yield _change(now, change, amount)


def _stated(folded: str, figures: Sequence[Figure]) -> Iterator[Relation]:
    """A printed change between a value and the earlier one in brackets."""
    for now, change, earlier in zip(figures, figures[1:], figures[2:], strict=False):
        if change.metric.role != "change" or now.unit != earlier.unit or not (now.is_plain and earlier.is_plain):
            continue
        direction = _RISES.match(folded, now.end, change.end)
        if direction is None or not _SINCE.fullmatch(folded, change.end, earlier.start):
            continue
        between = now.value - earlier.value
        points = now.is_share and change.unit in _POINTS
        if points or not now.is_share:
            computed = between if points else 100 * between / earlier.value
            printed = -abs(change.value) if direction["down"] else abs(change.value)
            yield _as_stated(now, change, earlier, printed, computed, points)


def _as_stated(now: Figure, change: Figure, earlier: Figure, printed: float, computed: float, points: bool) -> Relation:
    slack = now.slack + earlier.slack
    if points:
        expression = f"{plain(now.value)} - {plain(earlier.value)} = {plain(printed)}"
        return judged(
            "difference", expression, printed, computed, change.slack + slack, (now, change, earlier), CONFLICTS
        )
    relative = 100 * slack / abs(earlier.value)
    expression = f"({plain(now.value)} - {plain(earlier.value)}) / {plain(earlier.value)} = {plain(printed)}%"
    return judged("change", expression, printed, computed, change.slack + relative, (now, change, earlier), DOUBTFUL)


def _difference(now: Figure, earlier: Figure) -> Relation:
    """What lies between a value and the earlier one; no change is printed that could be wrong."""
    between = now.value - earlier.value
    expression = f"{plain(now.value)} - {plain(earlier.value)} = {plain(between)}"
    return judged("difference", expression, between, between, now.slack + earlier.slack, (now, earlier), HOLDS)


def _amounts(folded: str, now: Figure, change: Figure, amount: Figure) -> bool:
    """ "310,2 nghìn hộ, giảm 4,15%, tương đương hơn 13.000 hộ" """
    direction = folded[now.end : change.start]
    one_way = bool(_RISE.search(direction)) != bool(_FALL.search(direction))
    worth = _WORTH.fullmatch(folded, change.end, amount.start)
    return (
        one_way
        and worth is not None
        and now.unit == amount.unit
        and not now.is_share
        and now.metric.denominator is None
    )


def _change(now: Figure, change: Figure, amount: Figure) -> Relation:
    share = change.value / 100
    computed = abs(now.value * share / (1 + share))
    per_point = now.value / (1 + share) ** 2 / 100
    tolerance = amount.slack + abs(per_point) * change.slack + now.slack * abs(share)
    expression = (
        f"{plain(now.value)} × {plain(change.value)}% / (100% + {plain(change.value)}%) = {plain(amount.value)}"
    )
    return judged("change", expression, amount.value, computed, tolerance, (amount, now, change), DOUBTFUL)
