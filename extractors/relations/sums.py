"""Parts and totals: "1.259.499 văn bản (gửi: 227.979, nhận: 1.031.520)", shares of one whole that make a hundred."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from extractors.relations.figures import CONFLICTS, DOUBTFUL, HOLDS, Figure, Relation, judged, plain, sentences, within
from normalizers.text import fold

# words that lead from a total to its parts
_LEADS = re.compile(r"trong đó|bao gồm|gồm|cụ thể|chia ra")
_BRACKET = re.compile(r"[^.;:()\d]{0,60}\(")
# a part named and set apart: "gửi: 5 văn bản, nhận: 6 văn bản"
_LABEL = re.compile(r"[^(),;:\d]{2,80}:\s*$")
# a slip of the pen is small; what differs by more has parts that overlap or are not all
_SLIP = 0.05
_EXACT_DIGITS = 3


def sums(text: str, figures: Sequence[Figure]) -> Iterator[Relation]:
    folded = fold(text)
    for start, end in sentences(text):
        inside = within(figures, start, end)
        found = list(_parts_of_totals(folded, inside, end))
        yield from found
        if not found:
            yield from _parts_then_total(folded, inside)
        yield from _hundred(folded, inside)


def _parts_of_totals(folded: str, figures: Sequence[Figure], end: int) -> Iterator[Relation]:
    for place, total in enumerate(figures):
        if not _countable(total):
            continue
        bracket = _BRACKET.match(folded, total.end, end)
        closing = _closing(folded, bracket.end(), end) if bracket else end
        following = figures[place + 1 :]
        lead = _LEADS.search(folded, total.end, following[0].start) if following else None
        if bracket is None and lead is None:
            continue
        parts = [part for part in following if part.start < closing and _of(part, total)]
        if len(parts) < 2:
            continue
        labelled = bracket is not None and all(_is_labelled(folded, figures, part) for part in parts)
        relation = _sum(total, parts, labelled)
        if relation is not None:
            yield relation
            return


def _countable(figure: Figure) -> bool:
    return (
        figure.is_plain
        and not figure.is_share
        and figure.metric.role not in ("change", "target")
        and figure.unit != "hạng"
    )


def _of(part: Figure, total: Figure) -> bool:
    """Whether a figure can be a part: of the total's unit, or without one."""
    return _countable(part) and (part.unit == total.unit or not part.unit) and part.value <= total.value


def _is_labelled(folded: str, figures: Sequence[Figure], part: Figure) -> bool:
    before = max((figure.end for figure in figures if figure.end <= part.start), default=0)
    return bool(_LABEL.search(folded[before : part.start]))


def _closing(folded: str, start: int, end: int) -> int:
    depth = 1
    for place in range(start, end):
        depth += (folded[place] == "(") - (folded[place] == ")")
        if depth == 0:
            return place
    return end


def _sum(total: Figure, parts: Sequence[Figure], labelled: bool) -> Relation | None:
    computed = sum(part.value for part in parts)
    tolerance = total.slack + sum(part.slack for part in parts)
    relation = judged("sum", _added(parts, total), total.value, computed, tolerance, (total, *parts), DOUBTFUL)
    if relation.verdict == HOLDS:
        return relation
    # the first parts alone may be the whole, figures of another matter following
    for count in range(2, len(parts)):
        fewer = parts[:count]
        shorter = judged(
            "sum", _added(fewer, total), total.value, sum(part.value for part in fewer),
            total.slack + sum(part.slack for part in fewer), (total, *fewer), DOUBTFUL,
        )  # fmt: skip
        if shorter.verdict == HOLDS:
            return shorter
    if not labelled or computed > 2 * total.value:
        return None
    slip = abs(computed - total.value) <= _SLIP * total.value and not tolerance
    return judged(
        "sum", _added(parts, total), total.value, computed, tolerance, (total, *parts), CONFLICTS if slip else DOUBTFUL
    )


def _added(parts: Sequence[Figure], total: Figure) -> str:
    return f"{' + '.join(plain(part.value) for part in parts)} = {plain(total.value)}"


def _parts_then_total(folded: str, figures: Sequence[Figure]) -> Iterator[Relation]:
    """Parts before their total, taken for such only if they make it exactly: "lõi 8,63%, lan tỏa 10,09%, kinh tế số 18,72%"."""
    for first, second, total in zip(figures, figures[1:], figures[2:], strict=False):
        alike = first.unit == second.unit == total.unit and all(each.is_plain for each in (first, second, total))
        digits = min(len(re.sub(r"\D", "", each.metric.value_raw).strip("0")) for each in (first, second, total))
        if not alike or digits < _EXACT_DIGITS or total.metric.role == "change":
            continue
        if abs(first.value + second.value - total.value) < total.step.printed / 2:
            yield judged(
                "sum", _added((first, second), total), total.value, first.value + second.value, 3 * total.slack,
                (total, first, second), DOUBTFUL,
            )  # fmt: skip


def _hundred(folded: str, figures: Sequence[Figure]) -> Iterator[Relation]:
    """Shares of one whole: each behind "chiếm", together a hundred."""
    shares = [
        figure
        for figure in figures
        if figure.is_share and figure.is_plain and figure.metric.role != "change" and figure.value < 100
        and re.search(r"(?:chiếm|còn lại)[^.;()\d]{0,30}$", folded[max(0, figure.start - 40) : figure.start])
    ]  # fmt: skip
    if len(shares) < 2:
        return
    computed = sum(share.value for share in shares)
    tolerance = sum(share.slack for share in shares)
    if abs(computed - 100) <= tolerance:
        expression = " + ".join(plain(share.value) for share in shares) + " = 100"
        yield judged("share_sum", expression, 100.0, computed, tolerance, shares, DOUBTFUL)
