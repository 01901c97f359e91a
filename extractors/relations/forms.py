"""Figures whose printed form allows another reading: "19.6 hồ sơ", "0766", "14,540 tỷ USD"; doubtful, with that reading."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from extractors.relations.figures import DOUBTFUL, Figure, Relation, plain
from normalizers.quantities import is_measure, is_noun
from normalizers.text import fold

_ZERO_FIRST = re.compile(r"(?<![\d.,/-])0(?P<rest>\d{3,})(?![\d.,/-])")
_TENTH_OF_A_THING = re.compile(r"(?<![\d.,])\d{1,3}\.\d{1,2}(?!\d)")
_THOUSANDS = re.compile(r"(?<![\d.,])[1-9]\d{0,2},\d\d0\s+(?:nghìn|ngàn|triệu|tỷ|tỉ)(?!\w)")
# an average or a rate may well be a part of a thing
_AVERAGE = re.compile(
    r"bình quân|trung bình|mỗi|/|mật độ|tỷ lệ|tỷ suất|chỉ số|(?<!\w)(?:điểm|lần|giờ|ngày|phút|tháng|năm)(?!\w)"
)


def forms(_: str, figures: Sequence[Figure]) -> Iterator[Relation]:
    """Figures of which a person would ask what is meant."""
    for figure in figures:
        other = _other_reading(figure)
        if other is not None and other != figure.value:
            expression = f"{figure.metric.value_raw}: {plain(figure.value)} hay {plain(other)}"
            yield Relation("format", expression, figure.value, other, 0.0, DOUBTFUL, (figure,))


def _other_reading(figure: Figure) -> float | None:
    raw = fold(figure.metric.value_raw)
    if zero := _ZERO_FIRST.search(raw):
        return float(f"0.{zero['rest']}")
    lost = _THOUSANDS.search(raw) or (_TENTH_OF_A_THING.search(raw) and _counts_things(figure))
    return figure.value * 1000 if lost else None


def _counts_things(figure: Figure) -> bool:
    """Things are whole: of "19.6 hồ sơ" a scale word was left out."""
    broken = figure.metric.denominator is None and not float(figure.value).is_integer()
    named = f"{fold(figure.metric.indicator)} {figure.unit}"
    return broken and is_noun(figure.unit, 0) and not is_measure(figure.unit) and not _AVERAGE.search(named)
