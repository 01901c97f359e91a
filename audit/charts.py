"""The points of a series -> where they stand in a small chart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

WIDTH, HEIGHT, MARGIN = 640.0, 160.0, 24.0


@dataclass(frozen=True, slots=True)
class Dot:
    x: float
    y: float
    point: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Chart:
    """Dots in order of their period, and the line through the actual ones; points without a period stand at the left."""

    dots: tuple[Dot, ...]
    path: str
    low: float
    high: float


def chart(points: Sequence[Mapping[str, Any]]) -> Chart:
    ordered = sorted(points, key=lambda point: (point["period_end"] is not None, str(point["period_end"])))
    days = [point["period_end"].toordinal() if point["period_end"] else None for point in ordered]
    known = [day for day in days if day is not None]
    values = [point["value"] for point in ordered]
    first, last = (min(known), max(known)) if known else (0, 0)
    low, high = (min(values), max(values)) if values else (0.0, 0.0)
    dots = tuple(
        Dot(_between(day if day is not None else first, first, last, MARGIN, WIDTH - MARGIN),
            _between(point["value"], low, high, HEIGHT - MARGIN, MARGIN), point)
        for day, point in zip(days, ordered, strict=True)
    )  # fmt: skip
    line = [f"{dot.x:.1f},{dot.y:.1f}" for dot in dots if dot.point["role"] in ("actual", "baseline")]
    return Chart(dots, " ".join(line), low, high)


def _between(value: float, low: float, high: float, start: float, end: float) -> float:
    """Where a value of [low, high] stands between start and end; in the middle if all are equal."""
    return (start + end) / 2 if high == low else start + (value - low) / (high - low) * (end - start)
