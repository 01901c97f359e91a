"""Figures in a text, and the relations between them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from normalizers.rounding import Step, is_count, step
from normalizers.text import fold
from schemas.records import Metric

HOLDS, CONFLICTS, DOUBTFUL = "holds", "conflicts", "doubtful"


@dataclass(frozen=True)
class Figure:
    """A metric at its offsets in a text."""

    metric: Metric
    start: int
    end: int

    @property
    def value(self) -> float:
        return self.metric.value

    @cached_property
    def unit(self) -> str:
        return fold(self.metric.unit)

    @cached_property
    def step(self) -> Step:
        return step(self.metric.value_raw, self.value)

    @property
    def is_share(self) -> bool:
        return self.metric.unit == "%"

    @property
    def is_plain(self) -> bool:
        """A value printed as it is: no bound, range or fraction."""
        return self.metric.comparator == "=" and self.metric.value_high is None and self.metric.denominator is None

    @property
    def slack(self) -> float:
        """How far the true value may lie from the printed one."""
        if self.metric.comparator != "=":
            return self.step.rough
        return 0.0 if is_count(self.step, self.value, self.metric.unit) else self.step.printed / 2


@dataclass(frozen=True, slots=True)
class Relation:
    """What a text states of some figures; `tolerance` is what rounding explains between printed and computed."""

    kind: str
    expression: str
    printed: float
    computed: float
    tolerance: float
    verdict: str
    figures: tuple[Figure, ...]


def judged(
    kind: str,
    expression: str,
    printed: float,
    computed: float,
    tolerance: float,
    figures: Sequence[Figure],
    otherwise: str,
) -> Relation:
    """A relation that holds if rounding explains what is between printed and computed, else has the verdict `otherwise`."""
    hair = 1e-9 * max(abs(printed), abs(computed))
    verdict = HOLDS if abs(printed - computed) <= tolerance + hair else otherwise
    return Relation(kind, expression, printed, computed, tolerance, verdict, tuple(figures))


def plain(value: float) -> str:
    """A number for an expression: no exponent, no idle zeros.

    >>> plain(1259499.0), plain(18.72), plain(7.5e6)
    ('1259499', '18.72', '7500000')
    """
    return f"{value:.6f}".rstrip("0").rstrip(".")


# a full stop inside a number or an abbreviation ends nothing
_STOP = re.compile(r"[.!?](?:\s+(?P<next>\S)|\s*$)")


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """The sentences of a text as offsets; the text keeps its capitals, since they tell where one begins.

    >>> [text[a:b].strip() for text in ["Có 3 xã. Đạt 5%. v.v. và 2 ha."] for a, b in sentences(text)]
    ['Có 3 xã.', 'Đạt 5%. v.v. và 2 ha.']
    """
    start = 0
    for stop in _STOP.finditer(text):
        if not (stop["next"] or "").islower():
            yield start, stop.start() + 1
            start = stop.start() + 1
    if text[start:].strip():
        yield start, len(text)


def within(figures: Sequence[Figure], start: int, end: int) -> list[Figure]:
    return [figure for figure in figures if start <= figure.start and figure.end <= end]
