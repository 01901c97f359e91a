"""Shares and their fractions: "40,25% (1.610/4.000 hồ sơ)", "8,2 triệu thẻ, trong đó … 6,1 triệu …, chiếm 74,4%"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from extractors.relations.figures import CONFLICTS, DOUBTFUL, Figure, Relation, judged, plain, sentences, within
from normalizers.text import fold

# between a share and the fraction in brackets behind it, or the other way round
_OPENS = re.compile(r"\s*\(\s*(?:tương ứng|tương đương|với|là|đạt|bằng|gồm)?\s*:?\s*")
_SHARE_FOLLOWS = re.compile(
    r"[^.;()\d%]{0,30}?[\s,(](?:đạt|chiếm|bằng|tương ứng|tương đương|là)(?: tỷ lệ| khoảng| tới)*\s*:?\s*"
)
_SLASH = re.compile(r"[^.;()\d]{0,60}/\s*")
# a share of another whole than the total before it
_OF_OTHER = re.compile(r"\s+(?:so với|(?:của\s+)?(?:dự toán|kế hoạch|chỉ tiêu|cùng kỳ|mục tiêu))(?!\w)")
_OF_TOTAL = re.compile(
    r"(?:\s+[^\W\d_]+){0,5}\s*[,(]?\s*(?:chiếm|tương ứng|tương đương|bằng|đạt)(?: tỷ lệ| tỷ trọng)?\s*:?\s*"
)
_INSIDE = re.compile(r"trong đó|bao gồm|gồm")


def ratios(text: str, figures: Sequence[Figure]) -> Iterator[Relation]:
    folded = fold(text)
    yield from _with_fraction(folded, figures)
    yield from _of_totals(text, folded, figures)


def _with_fraction(folded: str, figures: Sequence[Figure]) -> Iterator[Relation]:
    """A share beside a fraction, whichever comes first."""
    for place, figure in enumerate(figures):
        for other, parts in _neighbours(folded, figures, place):
            if figure.is_share and figure.metric.role != "change" and _OPENS.fullmatch(folded, figure.end, other.start):
                yield _ratio(figure, parts, CONFLICTS)
            elif not figure.is_share and other.is_share:
                continue
        if figure.metric.denominator and place + 1 < len(figures):
            share = figures[place + 1]
            if (
                share.is_share
                and share.metric.role != "change"
                and _SHARE_FOLLOWS.fullmatch(folded, figure.end, share.start)
            ):
                yield _ratio(share, (figure,), CONFLICTS)


def _neighbours(folded: str, figures: Sequence[Figure], place: int) -> Iterator[tuple[Figure, tuple[Figure, ...]]]:
    """The fraction behind a figure: printed as one ("58/76"), or as two figures with a stroke between."""
    following = figures[place + 1 : place + 3]
    if following and following[0].metric.denominator:
        yield following[0], (following[0],)
    elif len(following) == 2 and _SLASH.fullmatch(folded, following[0].end, following[1].start):
        part, whole = following
        if part.is_plain and whole.is_plain and part.unit == whole.unit and not part.is_share:
            yield part, (part, whole)


def _ratio(share: Figure, parts: Sequence[Figure], otherwise: str) -> Relation:
    part = parts[0]
    whole, slack = (parts[1].value, parts[1].slack) if len(parts) == 2 else (part.metric.denominator or 1.0, 0.0)
    return _share_of(share, part.value, part.slack, whole, slack, (share, *parts), otherwise)


def _share_of(
    share: Figure,
    part: float,
    part_slack: float,
    whole: float,
    whole_slack: float,
    figures: Sequence[Figure],
    otherwise: str,
) -> Relation:
    computed = 100 * part / whole
    widest = 100 * (part + part_slack) / (whole - whole_slack)
    tolerance = share.slack + (widest - computed)
    # cut, not rounded: offices do both
    cut = abs(share.value - computed) <= tolerance + share.step.printed
    expression = f"{plain(part)} / {plain(whole)} = {plain(share.value)}%"
    verdict = DOUBTFUL if cut or not share.is_plain else otherwise
    return judged("ratio", expression, share.value, computed, tolerance, figures, verdict)


def _of_totals(text: str, folded: str, figures: Sequence[Figure]) -> Iterator[Relation]:
    """Parts of a total with their shares: "…, trong đó 5,5 triệu hồ sơ, chiếm 73,3%"."""
    for start, end in sentences(text):
        inside = within(figures, start, end)
        for place, total in enumerate(inside):
            marker = _INSIDE.search(folded, total.end, min(end, total.end + 80))
            if total.is_share or total.metric.denominator or marker is None:
                continue
            for part, share in zip(inside[place + 1 :], inside[place + 2 :], strict=False):
                if part.start < marker.start() or part.unit != total.unit or not share.is_share:
                    continue
                told = _OF_TOTAL.fullmatch(folded, part.end, share.start) and not _OF_OTHER.match(folded, share.end)
                if part.value <= total.value and share.value <= 100 and told:
                    yield _share_of(
                        share, part.value, part.slack, total.value, total.slack, (share, part, total), DOUBTFUL
                    )
            break
