"""How large and how bold the words of a picture are printed."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from statistics import median

import cv2
import numpy as np

from pipeline.read.scan.ocr import Word
from pipeline.read.scan.photograph import Pixels

# Heights over and under the baseline in font sizes, as in Times and its likes, in which offices must write
# (Decree 30/2020/NĐ-CP, Appendix I, I.1).
_LOW, _TEE, _HIGH, _MARKED_CAPITAL, _STACKED_CAPITAL = 0.46, 0.57, 0.68, 0.87, 0.98
_TWO_MARKS = 0.8
_TAIL = 0.21
_TALL = frozenset("bdđfhklij0123456789()/%\"“”'[]!?&")
_TAILED = frozenset("gpqyj()Q,;")
_UNCLEAR = frozenset(".-–—_:~+=*·•'\"`“”‘’")
_DOT_BELOW = "\u0323"
_HORN = "\u031b"

# Sizes closer than this share are one size, measured twice.
SAME_SIZE = 0.1


def word_size(word: Word) -> float | None:
    """The font size of a word in pixels; None for a word of signs that tell nothing."""
    letters = [c for c in word.text if c not in _UNCLEAR]
    if not letters:
        return None
    top = max(_above(c) for c in letters)
    foot = max(_below(c) for c in letters)
    return (word.y1 - word.y0) / (top + foot)


def _above(character: str) -> float:
    decomposed = unicodedata.normalize("NFD", character)
    base, marks = decomposed[0], decomposed[1:]
    over = [mark for mark in marks if mark not in (_DOT_BELOW, _HORN)]
    if base.isupper():
        return (_HIGH, _MARKED_CAPITAL, _STACKED_CAPITAL)[min(2, len(over))] - 0.02
    if over:
        return _TWO_MARKS if len(over) > 1 else _HIGH
    if base in _TALL:
        return _HIGH
    return _TEE if base == "t" else _LOW


def _below(character: str) -> float:
    decomposed = unicodedata.normalize("NFD", character)
    base, marks = decomposed[0], decomposed[1:]
    return _TAIL if base in _TAILED or _DOT_BELOW in marks else 0.0


def line_size(words: Sequence[Word]) -> float | None:
    """The font size of most words of a line, in pixels.

    Fonts differ in how high they stack two marks: words with such a letter only count if there are no others.
    """
    plain = [word for word in words if not any(_stacked(c) for c in word.text)]
    sizes = [size for word in plain if (size := word_size(word)) for _ in word.text]
    sizes = sizes or [size for word in words if (size := word_size(word)) for _ in word.text]
    return median(sizes) if sizes else None


def _stacked(character: str) -> bool:
    marks = unicodedata.normalize("NFD", character)[1:]
    return sum(mark not in (_DOT_BELOW, _HORN) for mark in marks) > 1


def common_sizes(measured: Sequence[tuple[float, int]]) -> list[float]:
    """The sizes a page is set in, from sizes measured with the number of letters of each; the commonest first."""
    left = list(measured)
    found: list[float] = []
    while left:
        centre = max(left, key=lambda one: sum(n for size, n in left if _alike(size, one[0])))[0]
        near = [(size, n) for size, n in left if _alike(size, centre)]
        found.append(_weighted_median(near))
        left = [one for one in left if not _alike(one[0], centre)]
    return found


def _alike(a: float, b: float) -> bool:
    return abs(a - b) <= SAME_SIZE * max(a, b)


def _weighted_median(measured: Sequence[tuple[float, int]]) -> float:
    ordered = sorted(measured)
    half, total = sum(n for _, n in ordered) / 2, 0
    for size, n in ordered:
        total += n
        if total >= half:
            return size
    return ordered[-1][0]


def stroke_width(ink: Pixels, words: Sequence[Word]) -> float | None:
    """The breadth of the upright strokes of a line's words, in pixels."""
    runs: list[int] = []
    for word in words:
        part = ink[int(word.y0) : int(word.y1) + 1, int(word.x0) : int(word.x1) + 1]
        if part.size:
            runs.extend(_runs(part))
    return float(np.mean(np.sort(runs)[len(runs) // 4 : max(1, 3 * len(runs) // 4)])) if len(runs) > 20 else None


def _runs(part: Pixels) -> list[int]:
    """Lengths of the runs of ink in the rows of a picture."""
    edged = cv2.copyMakeBorder(part, 0, 0, 1, 1, cv2.BORDER_CONSTANT, value=0).astype(np.int16)
    steps = np.diff(edged, axis=1)
    starts, ends = np.nonzero(steps > 0)[1], np.nonzero(steps < 0)[1]
    return list(ends - starts)
