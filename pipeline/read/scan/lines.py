"""Ink -> printed lines: which letters stand on one baseline, without a wide gap between them.

Tesseract's own search for lines cuts stacked marks off the letters of tightly set lines ("tố" is read as
"tô") and runs columns together; so it is given one line at a time, with nothing else in the picture.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.read.layout import LINE_GAP
from pipeline.read.scan.photograph import Pixels

Numbers = npt.NDArray[np.int32]

# In points: print is neither smaller nor larger than this, letters without their marks.
SMALLEST_LETTER, LARGEST_LETTER = 2.6, 36.0
# An x is this high against the size of its font.
X_HEIGHT = 0.46
# Commas and stacked marks are lower than this share of a usual letter.
LOW = 0.75
# Small letters alone, and the marks of bold type, are no higher than this.
FLAT = 1.1
# A dot covers 0.045 of the square of the height of an x, 0.02 of that of a capital; less is dirt.
DOT = 0.019


@dataclass(frozen=True, slots=True)
class Strip:
    """A printed line: its components' boxes (x0, y0, x1, y1 in rows), and where its small letters stand."""

    boxes: Numbers
    members: Numbers
    baseline: float
    x_line: float

    @property
    def bounds(self) -> tuple[int, int, int, int]:
        return (
            int(self.boxes[:, 0].min()),
            int(self.boxes[:, 1].min()),
            int(self.boxes[:, 2].max()),
            int(self.boxes[:, 3].max()),
        )


@dataclass(frozen=True, slots=True)
class Components:
    """The connected pieces of ink of a picture: `labels` numbers its pixels, `boxes` has a row for each number."""

    labels: Numbers
    boxes: Numbers
    areas: Numbers

    @classmethod
    def of(cls, ink: Pixels) -> Components:
        _, labels, stats, _ = cv2.connectedComponentsWithStats(ink)
        boxes = stats[:, :4].copy()
        boxes[:, 2:] += boxes[:, :2]
        boxes[0] = 0
        return cls(labels, boxes, stats[:, cv2.CC_STAT_AREA])


Wall = tuple[int, int, int, int]


def find_strips(parts: Components, scale: float, walls: Iterable[Wall] = ()) -> list[Strip]:
    """The printed lines, top down; none crosses a wall (x0, y0, x1, y1 in pixels)."""
    x0, y0, x1, y1 = parts.boxes.T
    height, width = y1 - y0, x1 - x0
    letter = (
        (height >= SMALLEST_LETTER * scale) & (height <= LARGEST_LETTER * scale) & (width <= 3 * LARGEST_LETTER * scale)
    )
    if not letter.any():
        return []
    usual = float(np.median(height[letter]))
    body = letter & (height >= 0.5 * usual) & (height <= 4.5 * usual)
    groups = _joined(parts, body, usual, walls)
    every = [
        group
        for number in range(1, int(groups.max()) + 1)
        for group in _levels(parts.boxes, np.nonzero(groups == number)[0], usual)
    ]
    # groups of nothing but commas or of stacked marks are no lines, unless they stand by none
    low = [group for group in every if height[group].max() < LOW * usual]
    flat = [group for group in every if LOW * usual <= height[group].max() < FLAT * usual]
    found = [_strip(parts.boxes, group) for group in every if height[group].max() >= FLAT * usual]
    over = [_over_a_line(parts.boxes[group], found) for group in flat]
    found += [_strip(parts.boxes, group) for group, marks in zip(flat, over, strict=True) if not marks]
    low += [group for group, marks in zip(flat, over, strict=True) if marks]
    small = np.nonzero((groups == 0) & (height <= 1.2 * usual) & (width <= 4 * usual) & (height > 0))[0]
    found, left = _with_marks(found, parts, np.concatenate([small, *low]), usual)
    found += [_strip(parts.boxes, own) for group in low if len(own := np.intersect1d(group, left))]
    # a dash that stands alone says "none"
    found += [_strip(parts.boxes, np.array([n])) for n in left if groups[n] == 0 and _is_dash(parts, n, usual)]
    return sorted(found, key=lambda strip: strip.baseline)


def _over_a_line(boxes: Numbers, lines: Sequence[Strip]) -> bool:
    """Whether components stand close over the small letters of a line, as its marks do."""
    x, y = float((boxes[:, 0] + boxes[:, 2]).mean() / 2), float((boxes[:, 1] + boxes[:, 3]).mean() / 2)
    for line in lines:
        left, _, right, _ = line.bounds
        tall = line.baseline - line.x_line
        if left <= x <= right and -0.1 * tall <= line.x_line - y <= tall:
            return True
    return False


def _joined(parts: Components, body: npt.NDArray[np.bool_], usual: float, walls: Iterable[Wall]) -> Numbers:
    """The number of the line that each component of the body of the text belongs to, 0 for the others."""
    reach = max(2, round(LINE_GAP * usual / X_HEIGHT / 2 * 0.9))
    zone = np.zeros(parts.labels.shape, np.uint8)
    middles = np.zeros((len(body), 2), np.int32)
    for index in np.nonzero(body)[0]:
        x0, y0, x1, y1 = parts.boxes[index]
        inset = (y1 - y0) // 4
        middles[index] = (x0 + x1) // 2, (y0 + y1) // 2
        zone[y0 + inset : max(y0 + inset + 1, y1 - inset), max(0, x0 - reach) : x1 + reach] = 1
    for x0, y0, x1, y1 in walls:
        zone[max(0, y0) : y1, max(0, x0) : x1] = 0
    _, numbers = cv2.connectedComponents(zone, connectivity=4)
    groups = np.where(body, numbers[middles[:, 1], middles[:, 0]], 0)
    compact: Numbers = np.unique(np.append(groups, 0), return_inverse=True)[1][:-1].astype(np.int32)
    return compact


def _is_dash(parts: Components, number: int, usual: float) -> bool:
    x0, y0, x1, y1 = (int(edge) for edge in parts.boxes[number])
    return 0.4 * usual <= x1 - x0 <= 2.5 * usual and x1 - x0 >= 1.8 * (y1 - y0) and y1 - y0 >= 0.08 * usual


def _levels(boxes: Numbers, group: npt.NDArray[np.int_], usual: float) -> list[npt.NDArray[np.int_]]:
    """The lines of a group: more than one where a seal or a pen stroke links neighbouring lines.

    Letters of a line have their feet on one level; the remains of a seal have them anywhere.
    """
    own = boxes[group]
    middles = (own[:, 1] + own[:, 3]) / 2
    if np.ptp(middles) < 1.6 * usual / X_HEIGHT * 0.8:
        return [group]
    feet = own[:, 3]
    low = int(feet.min())
    counts = np.convolve(np.bincount(feet - low), np.ones(5), "same")
    levels: list[int] = []
    while counts.max() >= max(3, 0.15 * len(group)):
        level = int(counts.argmax())
        levels.append(level + low)
        reach = round(0.9 * usual / X_HEIGHT)
        counts[max(0, level - reach) : level + reach + 1] = 0
    if len(levels) < 2:
        return [group]
    # a letter stands on the level that its middle is half its height above
    away = np.abs((middles[:, None] + 0.5 * usual) - np.array(sorted(levels))[None, :])
    nearest = away.argmin(axis=1)
    return [group[nearest == index] for index in range(len(levels)) if (nearest == index).any()]


def _strip(boxes: Numbers, members: npt.NDArray[np.int_] | Numbers) -> Strip:
    own = boxes[members]
    heights = own[:, 3] - own[:, 1]
    feet, tops = own[:, 3], own[:, 1]
    foot = float(np.median(feet))
    # small letters and capitals stand on the baseline, those with a tail or a dot below it
    standing = np.abs(feet - foot) <= 0.3 * np.median(heights)
    baseline = float(np.median(feet[standing])) if standing.any() else foot
    return Strip(own, members.astype(np.int32), baseline, float(np.percentile(tops, 75)))


def _with_marks(
    strips: Sequence[Strip], parts: Components, small: Numbers, usual: float
) -> tuple[list[Strip], Numbers]:
    """The lines with their marks, dots and commas, each at the line it is nearest to; and those near none."""
    if not strips:
        return [], small
    boxes = parts.boxes
    more: list[list[int]] = [[] for _ in strips]
    bounds = np.array([strip.bounds for strip in strips], dtype=np.float64)
    base = np.array([strip.baseline for strip in strips])
    tall = np.array([max(4.0, strip.baseline - strip.x_line) for strip in strips])
    dot = DOT * np.minimum(tall, usual) ** 2
    left: list[int] = []
    for index in small:
        x, y = (boxes[index, 0] + boxes[index, 2]) / 2, (boxes[index, 1] + boxes[index, 3]) / 2
        # over the small letters there is room for two marks, under them for a dot or a tail
        over, under = (base - tall - y) / (1.3 * tall), (y - base) / (0.7 * tall)
        # a dot stands by its word, a dash or a raised figure may stand at the head of an item
        dash = boxes[index, 2] - boxes[index, 0] > 1.6 * (boxes[index, 3] - boxes[index, 1])
        figure = boxes[index, 3] - boxes[index, 1] > 0.6 * usual
        aside = np.maximum(bounds[:, 0] - x, x - bounds[:, 2]) / ((2.5 if dash or figure else 0.6) * tall)
        distance = np.maximum(np.maximum(over, under), np.maximum(aside, 0.0))
        nearest = int(distance.argmin())
        if distance[nearest] > 1:
            left.append(int(index))
        elif parts.areas[index] >= dot[nearest]:
            more[nearest].append(int(index))
    grown = [_grown(strip, boxes, members) for strip, members in zip(strips, more, strict=True)]
    return grown, np.array(left, np.int32)


def _grown(strip: Strip, boxes: Numbers, members: Sequence[int]) -> Strip:
    if not members:
        return strip
    every = np.concatenate((strip.members, np.array(members, np.int32)))
    return Strip(boxes[every], every, strip.baseline, strip.x_line)


def picture_of(strip: Strip, grey: Pixels, labels: Numbers, scale: float) -> tuple[Pixels, int, int]:
    """The line alone on white paper, and where the picture's corner stands in the page's."""
    x0, y0, x1, y1 = strip.bounds
    around = max(4, round(1.5 * scale))
    left, top = max(0, x0 - around), max(0, y0 - around)
    part = np.s_[top : y1 + around, left : x1 + around]
    own = np.isin(labels[part], strip.members).astype(np.uint8)
    shown = cv2.dilate(own, np.ones((3, 3), np.uint8))
    return np.where(shown > 0, grey[part], 255).astype(np.uint8), left, top
