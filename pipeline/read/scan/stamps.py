"""Framed stamps: the boxes that an office prints on a paper that arrives ("ĐẾN", hour, number and day), often beside
or over its title. What stands in them is no part of the text around them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from statistics import fmean

import numpy as np
import numpy.typing as npt

from normalizers.text import bare
from pipeline.read.rulings import Lattice, Segment
from pipeline.read.scan.lines import Strip
from pipeline.read.scan.rulings_image import Rulings
from schemas.document import Line

Rectangle = tuple[float, float, float, float]

# A stamp is at least 25 by 10 mm and at most 40 mm high, in points; its breadth is limited by that of tables.
NARROWEST, LOWEST, HIGHEST = 70.0, 28.0, 115.0
# A side of its frame is drawn over this share: ink is wanting, or print runs over it.
DRAWN = 0.6
# Rulings this near to a side are the side, in points.
NEAR = 6.0
# Words of stamps, over bare text.
_WORDS = re.compile(
    r"\b(?:den|gio|chuyen|cong\s+(?:van|thong)|thong\s+tin|cong\s+bao|sao\s+(?:y|luc)|hoa\s+toc|(?:thuong\s+)?khan|(?:toi\s+|tuyet\s+)?mat)\b"
    r"|\bngay\s*[:.…_]|\bso\s*[:.…_]"
)
# What is written into the blanks of a stamp is read with less confidence than print.
WRITTEN = 0.7


def is_stamp_frame(lattice: Lattice, rulings: Rulings, broadest: float) -> bool:
    """Whether a frame has the size of a stamp and is drawn above and below, or on three sides."""
    x0, y0, x1, y1 = lattice.rectangle
    if not (NARROWEST <= x1 - x0 <= broadest and LOWEST <= y1 - y0 <= HIGHEST):
        return False
    level = sum(_drawn(rulings.horizontal, y, x0, x1) >= DRAWN for y in (y0, y1))
    upright = sum(_drawn(rulings.vertical, x, y0, y1) >= DRAWN for x in (x0, x1))
    return level == 2 or level + upright == 3


def _drawn(rulings: Iterable[Segment], at: float, start: float, end: float) -> float:
    """The share of a side along which there is a ruling."""
    near = [(max(r.start, start), min(r.end, end)) for r in rulings if abs(r.at - at) <= NEAR]
    return sum(max(0.0, b - a) for a, b in near) / (end - start)


def parted(strips: Iterable[Strip], boxes: Sequence[Rectangle]) -> list[Strip]:
    """The printed lines, each that runs into a box as two: a title has the same level as the stamp beside it."""
    parts = list(strips)
    for box in boxes:
        parts = [part for strip in parts for part in _parted(strip, box)]
    return parts


def _parted(strip: Strip, box: Rectangle) -> list[Strip]:
    inside = _inside(strip, box)
    if inside.all() or not inside.any():
        return [strip]
    return [Strip(strip.boxes[own], strip.members[own], strip.baseline, strip.x_line) for own in (inside, ~inside)]


def _inside(strip: Strip, box: Rectangle) -> npt.NDArray[np.bool_]:
    """Which components stand in the box; one that is printed over its side belongs to its nearer neighbour."""
    x0, y0, x1, y1 = box
    left, top, right, bottom = strip.boxes.T
    x, y = (left + right) / 2, (top + bottom) / 2
    inside: npt.NDArray[np.bool_] = (x > x0) & (x < x1) & (y > y0) & (y < y1)
    over = inside & ((left <= x0) | (right >= x1))
    if not over.any() or not (inside & ~over).any() or not (~inside).any():
        return inside
    for index in np.nonzero(over)[0]:
        gaps = np.maximum(left - right[index], left[index] - right)
        inside[index] = gaps[inside & ~over].min() < gaps[~inside].min()
    return inside


def is_stamp(lines: Sequence[Line]) -> bool:
    """Whether what stands in a frame is a stamp's: its words, or handwriting in its blanks."""
    read = [
        glyph.confidence for line in lines for glyph in line.passage.glyphs if glyph and glyph.confidence is not None
    ]
    worded = any(_WORDS.search(bare(line.passage.text)) for line in lines)
    return bool(lines) and (worded or (bool(read) and fmean(read) < WRITTEN))
