"""The points of a series -> where they stand in a small chart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar


@dataclass(frozen=True, slots=True)
class Dot:
    """A point of a series; without a period it stands nowhere in the chart."""

    x: float | None
    y: float
    point: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Chart:
    """Dots in order of their period, those without one first, and the line through what was reached."""

    dots: tuple[Dot, ...]
    path: str
    low: float
    high: float
    first: date | None
    last: date | None

    width: ClassVar[int] = 520
    height: ClassVar[int] = 150
    left: ClassVar[int] = 90
    right: ClassVar[int] = 506
    top: ClassVar[int] = 16
    bottom: ClassVar[int] = 120

    @property
    def shows_time(self) -> bool:
        """Whether there is more than one period to show."""
        return self.first != self.last

    @property
    def placed(self) -> list[Dot]:
        return [dot for dot in self.dots if dot.x is not None]


def chart(points: Sequence[Mapping[str, Any]]) -> Chart:
    """The chart of a series, its values from the lowest to the highest."""
    ordered = sorted(points, key=lambda point: (point["period_end"] is not None, str(point["period_end"])))
    known = [point["period_end"] for point in ordered if point["period_end"]]
    first, last = (known[0], known[-1]) if known else (None, None)
    values = [point["value"] for point in ordered if point["period_end"]]
    low, high = (min(values), max(values)) if values else (0.0, 0.0)
    dots = tuple(
        Dot(
            _across(point["period_end"], first, last),
            _between(point["value"], low, high, Chart.bottom - 10, Chart.top),
            point,
        )
        for point in ordered
    )
    reached = (dot for dot in dots if dot.x is not None and dot.point["role"] in ("actual", "baseline"))
    return Chart(dots, " ".join(f"{dot.x:.1f},{dot.y:.1f}" for dot in reached), low, high, first, last)


def _across(day: date | None, first: date | None, last: date | None) -> float | None:
    if day is None or first is None or last is None:
        return None
    return _between(day.toordinal(), first.toordinal(), last.toordinal(), Chart.left + 8, Chart.right - 8)


def _between(value: float, low: float, high: float, start: float, end: float) -> float:
    """Where a value of [low, high] stands between start and end; in the middle if all are equal."""
    return (start + end) / 2 if high == low else start + (value - low) / (high - low) * (end - start)
