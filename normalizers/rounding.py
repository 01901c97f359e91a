"""How exact a printed number is: the interval of true values that would be printed so.

"52,57%" stands for 52,565 to 52,58 (offices round, and some cut), "hơn 60 triệu" for 60 to 70 million,
"13 dự án" for 13 and nothing else.
"""

from __future__ import annotations

import math
import re
from functools import lru_cache
from typing import NamedTuple

from normalizers.numbers import NUMBER, read_number
from normalizers.quantities import is_measure


class Interval(NamedTuple):
    """Values from `low` to `high`, both included; an open end is infinite."""

    low: float
    high: float

    def meets(self, other: Interval) -> bool:
        """Whether one value could be printed both ways; a hair's breadth is no difference."""
        hair = 1e-9 * max(abs(self.low), abs(self.high), abs(other.low), abs(other.high), 1e-9)
        hair = hair if math.isfinite(hair) else 0.0
        return self.low <= other.high + hair and other.low <= self.high + hair


class Step(NamedTuple):
    """The value of the last printed digit, and of the last one that is not a closing zero."""

    printed: float
    rough: float


@lru_cache(maxsize=4096)  # each figure of a series is held against many
def step(raw: str, value: float) -> Step:
    """How fine a number is printed; `value` tells the scale words that were multiplied in.

    >>> step("52,57%", 52.57).printed, step("7,5 triệu", 7.5e6).printed, step("hơn 38.000 shop", 38000).rough
    (0.01, 100000.0, 1000.0)
    """
    found = re.search(NUMBER, raw)
    read = read_number(found[0], "%" in raw) if found else None
    if found is None or read is None:
        return Step(0.0, 0.0)
    digits = re.sub(r"\D", "", found[0])
    decimals = next((n for n in range(len(digits)) if math.isclose(float(digits), read.value * 10**n)), 0)
    scale = abs(value) / read.value if read.value and value else 1.0
    printed = scale / 10**decimals
    zeros = len(digits) - len(digits.rstrip("0"))
    return Step(printed, printed * 10 ** min(zeros, max(len(digits.lstrip("0")) - 1, 0)))


def interval(raw: str, value: float, comparator: str, unit: str, high: float | None = None) -> Interval:
    """The true values for which a quantity would be printed as it is.

    >>> interval("gần 40%", 40, "~", "%"), interval("13 dự án", 13, "=", "dự án")
    (Interval(low=30.0, high=50.0), Interval(low=13, high=13))
    """
    fine = step(raw, value)
    if high is not None:
        return Interval(value, high)
    if comparator == "~":
        return Interval(value - fine.rough, value + fine.rough)
    if comparator == ">":
        return Interval(value, value + fine.rough)
    if comparator == "<":
        return Interval(value - fine.rough, value)
    if comparator == ">=":
        return Interval(value, math.inf)
    if comparator == "<=":
        return Interval(-math.inf, value)
    if is_count(fine, value, unit):
        return Interval(value, value)
    return Interval(value - fine.printed / 2, value + fine.printed)


def is_count(fine: Step, value: float, unit: str) -> bool:
    """Whether things were counted one by one: a whole number without scale words and of no measure."""
    return fine.printed == 1.0 and float(value).is_integer() and not is_measure(unit)
