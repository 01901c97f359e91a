"""Ruling lines in a straight picture: where they are, and the picture without them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.read.rulings import Segment
from pipeline.read.scan.photograph import Pixels

# In points. A ruling is longer than the tallest letter, thinner than a letter is high.
SHORTEST_DOWN, SHORTEST_ACROSS = 15.0, 30.0
THICKEST = 4.0
_AXES = ((SHORTEST_ACROSS, 1), (SHORTEST_DOWN, 0))
# From this length on a line is a ruling wherever it ends; shorter ones must meet others this near.
LONG, NEAR = 72.0, 6.0


@dataclass(frozen=True, slots=True)
class Rulings:
    """Rulings in points of the straight picture, and `mask`, 255 on their pixels."""

    horizontal: tuple[Segment, ...]
    vertical: tuple[Segment, ...]
    mask: Pixels


def find_rulings(ink: Pixels, scale: float) -> Rulings:
    """Every straight horizontal and vertical line of the picture."""
    # Half the resolution shows every ruling, in a quarter of the time.
    full, scale = ink, scale / 2
    ink = cv2.compare(cv2.resize(full, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), 60, cv2.CMP_GT)
    across, down = (_Runs.of(_lines(ink, scale, shortest, axis), scale, axis) for shortest, axis in _AXES)
    rows = [Segment((y0 + y1) / 2 / scale, x0 / scale, x1 / scale) for x0, y0, x1, y1 in across.boxes.values()]
    columns = [Segment((x0 + x1) / 2 / scale, y0 / scale, y1 / scale) for x0, y0, x1, y1 in down.boxes.values()]
    kept_rows, kept_columns = _anchored(rows, columns), _anchored(columns, rows)
    # Across, short runs are underlines. Down, they are letters: the tail of a g that meets an h of the next line.
    upright = [number for number, column in zip(down.boxes, columns, strict=True) if column in kept_columns]
    mask = cv2.resize(cv2.max(across.pixels, down.only(upright)), full.shape[::-1], interpolation=cv2.INTER_NEAREST)
    return Rulings(tuple(kept_rows), tuple(kept_columns), mask)


def _anchored(segments: list[Segment], crossing: list[Segment]) -> list[Segment]:
    """The long segments, and the short ones that run from one crossing line to another.

    The side of a seal or of a large letter is straight over a short way too, but ends nowhere.
    """

    def meets(at: float, end: float) -> bool:
        return any(abs(c.at - end) <= NEAR and c.start - NEAR <= at <= c.end + NEAR for c in crossing)

    return [s for s in segments if s.end - s.start >= LONG or (meets(s.at, s.start) and meets(s.at, s.end))]


def _lines(ink: Pixels, scale: float, shortest: float, axis: int) -> Pixels:
    """The pixels of lines along an axis (1 across, 0 down): long and thin runs of ink."""

    def bar(length: float, thick: int = 1) -> Pixels:
        count = max(1, round(length * scale))
        return np.ones((thick, count) if axis else (count, thick), np.uint8)

    # A line that leans by a pixel or two within its length is one line still. Gaps are not closed here: the
    # feet of neighbouring letters would make lines.
    wide = cv2.dilate(ink, np.ones((3, 1) if axis else (1, 3), np.uint8))
    long = cv2.min(cv2.morphologyEx(wide, cv2.MORPH_OPEN, bar(shortest)), ink)
    if not np.any(long):
        return np.zeros_like(ink)
    long = cv2.morphologyEx(long, cv2.MORPH_OPEN, bar(shortest / 6))
    side = max(2, round(THICKEST * scale))
    thick = cv2.morphologyEx(long, cv2.MORPH_OPEN, np.ones((side, side), np.uint8))
    found: Pixels = cv2.subtract(long, cv2.dilate(thick, np.ones((3, 3), np.uint8)))
    return found


@dataclass(frozen=True, slots=True)
class _Runs:
    """The runs of an axis: their pixels, the run that each pixel is part of, and the box of each run that is a line."""

    pixels: Pixels
    numbers: npt.NDArray[np.int32]
    boxes: dict[int, tuple[int, int, int, int]]

    @classmethod
    def of(cls, lines: Pixels, scale: float, axis: int) -> _Runs:
        joined = cv2.dilate(lines, np.ones((3, round(2 * scale)) if axis else (round(2 * scale), 3), np.uint8))
        _, numbers, stats, _ = cv2.connectedComponentsWithStats(joined)
        shortest = (SHORTEST_ACROSS if axis else SHORTEST_DOWN) * scale
        boxes = {}
        for number, (x, y, w, h, _) in enumerate(stats[1:], 1):
            length, breadth = (w, h) if axis else (h, w)
            if length >= shortest and breadth <= max(3 * THICKEST * scale, 0.03 * length):
                boxes[number] = (int(x), int(y), int(x + w), int(y + h))
        return cls(lines, numbers, boxes)

    def only(self, wanted: Sequence[int]) -> Pixels:
        """The pixels of some of the runs."""
        chosen = np.zeros(int(self.numbers.max()) + 1, np.uint8)
        chosen[list(wanted)] = 255
        only: Pixels = cv2.min(self.pixels, chosen[self.numbers])
        return only


def erased(grey: Pixels, mask: Pixels) -> Pixels:
    """The picture with white where the mask is."""
    around = cv2.dilate(mask, np.ones((5, 5), np.uint8))
    return np.where(around > 0, 255, grey).astype(np.uint8)
