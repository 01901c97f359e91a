"""Ruling lines -> tables: which lines make a grid, and which cells of it are merged.

Used for vector rulings of PDF pages (points) and for rulings found in scans
(pixels scaled to points); only the tolerance differs.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple


class Segment(NamedTuple):
    """A straight ruling: `at` is its y (horizontal) or x (vertical), from `start` to `end` along the other axis."""

    at: float
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Frame:
    """A cell of a grid: its place in rows and columns, and its rectangle."""

    row: int
    column: int
    row_span: int
    column_span: int
    x0: float
    y0: float
    x1: float
    y1: float


@dataclass(frozen=True, slots=True)
class Lattice:
    """A table: the x of its column edges, the y of its row edges, its cells in row order; how many rows are its head, where
    that is known."""

    xs: tuple[float, ...]
    ys: tuple[float, ...]
    frames: tuple[Frame, ...]
    heads: int = 0

    @property
    def rectangle(self) -> tuple[float, float, float, float]:
        return self.xs[0], self.ys[0], self.xs[-1], self.ys[-1]


def lattices(horizontal: Iterable[Segment], vertical: Iterable[Segment], tolerance: float = 3.0) -> list[Lattice]:
    """The ruled tables that the rulings form, top down. A lone frame of one cell is no table."""
    rows, columns = _merge(horizontal, tolerance), _merge(vertical, tolerance)
    found = [_lattice(hs, vs, tolerance) for hs, vs in _components(rows, columns, tolerance)]
    kept = [lattice for lattice in found if lattice and len(lattice.frames) > 1]
    return sorted(kept, key=lambda lattice: (lattice.ys[0], lattice.xs[0]))


def _merge(segments: Iterable[Segment], tolerance: float) -> list[Segment]:
    """Collinear segments that touch become one; thick lines drawn twice become one."""
    merged: list[Segment] = []
    for segment in sorted(segments):
        twin = _touching(merged, segment, tolerance)
        if twin is None:
            merged.append(segment)
        else:
            other = merged[twin]
            merged[twin] = Segment(other.at, min(other.start, segment.start), max(other.end, segment.end))
    return merged


def _touching(merged: Sequence[Segment], segment: Segment, tolerance: float) -> int | None:
    for index in range(len(merged) - 1, -1, -1):
        other = merged[index]
        if segment.at - other.at > tolerance:
            return None
        if segment.start <= other.end + tolerance and other.start <= segment.end + tolerance:
            return index
    return None


def _cross(h: Segment, v: Segment, tolerance: float) -> bool:
    return h.start - tolerance <= v.at <= h.end + tolerance and v.start - tolerance <= h.at <= v.end + tolerance


def _components(
    rows: Sequence[Segment], columns: Sequence[Segment], tolerance: float
) -> list[tuple[list[Segment], list[Segment]]]:
    """Rulings that cross each other, directly or through others, belong to one table."""
    group = list(range(len(rows) + len(columns)))

    def root(index: int) -> int:
        while group[index] != index:
            group[index] = group[group[index]]
            index = group[index]
        return index

    for i, h in enumerate(rows):
        for j, v in enumerate(columns):
            if _cross(h, v, tolerance):
                group[root(i)] = root(len(rows) + j)
    tables: dict[int, tuple[list[Segment], list[Segment]]] = {}
    for i, h in enumerate(rows):
        tables.setdefault(root(i), ([], []))[0].append(h)
    for j, v in enumerate(columns):
        tables.setdefault(root(len(rows) + j), ([], []))[1].append(v)
    return [table for table in tables.values() if table[0] and table[1]]


def _edges(positions: Iterable[float], tolerance: float) -> tuple[float, ...]:
    edges: list[float] = []
    for position in sorted(positions):
        if not edges or position - edges[-1] > tolerance:
            edges.append(position)
    return tuple(edges)


def _lattice(hs: list[Segment], vs: list[Segment], tolerance: float) -> Lattice | None:
    # A table may be open at a side, or at a page break: the ends of its rulings close it.
    ys = _edges([h.at for h in hs] + [min(v.start for v in vs), max(v.end for v in vs)], 2 * tolerance)
    xs = _edges([v.at for v in vs] + [min(h.start for h in hs), max(h.end for h in hs)], 2 * tolerance)
    if len(xs) < 2 or len(ys) < 2:
        return None
    return Lattice(xs, ys, tuple(_frames(xs, ys, hs, vs, tolerance)))


def _covers(segments: list[Segment], at: float, start: float, end: float, tolerance: float) -> bool:
    """Whether rulings at `at` cover most of the stretch."""
    length = sum(max(0.0, min(s.end, end) - max(s.start, start)) for s in segments if abs(s.at - at) <= 2 * tolerance)
    return length >= 0.6 * (end - start)


def _frames(
    xs: tuple[float, ...], ys: tuple[float, ...], hs: list[Segment], vs: list[Segment], tolerance: float
) -> Iterable[Frame]:
    """Cells by growing each free grid square right, then down, as far as no ruling stands between."""
    height, width = len(ys) - 1, len(xs) - 1
    taken: set[tuple[int, int]] = set()
    wall = [[_covers(vs, xs[c], y0, y1, tolerance) for c in range(width + 1)] for y0, y1 in pairwise(ys)]
    floor = [[_covers(hs, ys[r], x0, x1, tolerance) for x0, x1 in pairwise(xs)] for r in range(height + 1)]
    for r in range(height):
        for c in range(width):
            if (r, c) in taken:
                continue
            right = c + 1
            while right < width and not wall[r][right] and (r, right) not in taken:
                right += 1
            below = r + 1
            while below < height and not any(floor[below][c:right]) and not any(wall[below][c + 1 : right]):
                below += 1
            taken.update((i, j) for i in range(r, below) for j in range(c, right))
            yield Frame(r, c, below - r, right - c, xs[c], ys[r], xs[right], ys[below])
