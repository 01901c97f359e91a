"""Figures that were written by hand into the blanks of a printed line: "Số: … /QĐ-UBND", "ngày … tháng 3 năm 2025".

They are recognised with as much confidence as printed ones, and often wrongly. Their shape gives them away: they are
higher or lower than the figures of the line's type, stand off its line, are drawn with another pen, or hang together.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

import cv2
import numpy as np

from pipeline.read.scan.lines import Components, Strip
from pipeline.read.scan.ocr import Word
from pipeline.read.scan.type_size import line_size

# Lines with blanks that an office fills in: the number, the place and day, what an appendix goes with.
_LINE = re.compile(
    r"^\W*s[ốôóoỗổ]\s*\W*[\d/]|^\W*[^\W\d][^\d,]{1,40},\s*ngày|kèm theo|^\W*ngày\W*\d{1,2}\s+tháng|\d\s*/[A-ZĐ]{2}\S*\s+ngày",
    re.IGNORECASE,
)
_RUN = re.compile(r"\d+|[^\W\d_]+")
# Printed figures are so high, in font sizes, stand so far off the baseline, and are drawn with strokes so broad
# against those of the line's letters.
_HEIGHT, _OFF = (0.59, 0.765), 0.1
_BROADEST = 1.15
# Of printed figures less than half hang together.
_PARTED = 0.6
# What is left of the confidence in a reading of handwriting.
DOUBT = 0.6


def doubted(words: Sequence[Word], strip: Strip, parts: Components) -> list[Word]:
    """The words of a line, those with figures that are not printed with less confidence."""
    if not _LINE.search(" ".join(word.text for word in words)):
        return list(words)
    runs = [(word, text, x0, x1) for word in words for text, x0, x1 in _runs(word)]
    inside = {id(run): _between(strip, run[2], run[3]) for run in runs}
    size = line_size([w for w in words if not any(c.isdigit() for c in w.text)]) or line_size(words)
    letters = [n for run in runs if not run[1].isdigit() for n in inside[id(run)]]
    if not size or len(letters) < 3:
        return list(words)
    usual = float(np.median([_stroke(parts, n) for n in letters]))
    written = {
        id(run[0])
        for run in runs
        if run[1].isdigit() and _is_written(run[1], inside[id(run)], strip, parts, size, usual)
    }
    return [replace(w, confidence=w.confidence * DOUBT) if id(w) in written else w for w in words]


def _runs(word: Word) -> Iterator[tuple[str, float, float]]:
    """The figures and the letters of a word, with their left and right edges."""
    if sum(len(letter.text) for letter in word.letters) != len(word.text):
        return
    letters = [letter for letter in word.letters for _ in letter.text]
    for match in _RUN.finditer(word.text):
        yield match.group(), letters[match.start()].x0, letters[match.end() - 1].x1


def _between(strip: Strip, x0: float, x1: float) -> list[int]:
    """The components of a line between two edges, without its dots and marks."""
    boxes = strip.boxes
    middles, heights = (boxes[:, 0] + boxes[:, 2]) / 2, boxes[:, 3] - boxes[:, 1]
    tall = heights > 0.4 * (strip.baseline - strip.x_line)
    return [int(n) for n in strip.members[(middles >= x0 - 1) & (middles <= x1 + 1) & tall]]


def _is_written(
    figures: str, members: Sequence[int], strip: Strip, parts: Components, size: float, usual: float
) -> bool:
    if not members:
        return False
    boxes = parts.boxes[list(members)]
    height = (boxes[:, 3].max() - boxes[:, 1].min()) / size
    off = (boxes[:, 3].max() - strip.baseline) / size
    broad = float(np.mean([_stroke(parts, n) for n in members])) / usual
    parted = len(members) / len(figures)
    return not _HEIGHT[0] < height < _HEIGHT[1] or abs(off) > _OFF or broad >= _BROADEST or parted < _PARTED


def _stroke(parts: Components, number: int) -> float:
    """The mean breadth of the strokes of a component, in pixels."""
    x0, y0, x1, y1 = (int(edge) for edge in parts.boxes[number])
    own = np.pad((parts.labels[y0:y1, x0:x1] == number).astype(np.uint8), 1)
    away = cv2.distanceTransform(own, cv2.DIST_L2, 3)
    return 4 * float(away[own > 0].mean())
