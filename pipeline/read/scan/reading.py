"""Printed lines -> words: each line read by itself, its words framed by their own ink."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from statistics import fmean

import cv2
import numpy as np

from pipeline.read.scan.lines import Components, Numbers, Strip, picture_of
from pipeline.read.scan.ocr import Engine, Letter, Word
from pipeline.read.scan.photograph import Pixels
from pipeline.read.scan.type_size import line_size, stroke_width

# Words read with less confidence than this are mostly pen strokes, seals and dirt.
NOISE = 0.3
# Tesseract reads better with some white around the line, in pixels.
MARGIN = 8
ROMAN = re.compile(r"(?P<before>[VX]*)I+(?P<after>[VX]*)(?P<end>[.)]?)")


@dataclass(frozen=True, slots=True)
class Fragment:
    """Words printed on one baseline without a wide gap; size and stroke in pixels; `mark` is a raised figure."""

    words: tuple[Word, ...]
    size: float | None
    stroke: float | None
    marks: tuple[tuple[int, Word], ...] = ()

    @property
    def middle(self) -> tuple[float, float]:
        x0, x1 = min(w.x0 for w in self.words), max(w.x1 for w in self.words)
        y0, y1 = min(w.y0 for w in self.words), max(w.y1 for w in self.words)
        return (x0 + x1) / 2, (y0 + y1) / 2


class LineReader:
    """Reads the lines of one picture."""

    def __init__(self, grey: Pixels, ink: Pixels, parts: Components, scale: float, engine: Engine) -> None:
        self._grey, self._ink, self._parts, self._scale, self._engine = grey, ink, parts, scale, engine

    def read(self, strip: Strip) -> Fragment | None:
        """The words of a line, None if it holds no print."""
        words = self._words(strip)
        if _may_be_number(words):
            words = self._digits(strip, words)
        words = [_with_lost_stroke(word, strip) for word in _without_noise(words)]
        if not words or _is_dirt(words):
            return None
        return Fragment(tuple(words), line_size(words), stroke_width(self._ink, words))

    def _words(self, strip: Strip, *, digits: bool = False) -> list[Word]:
        picture, left, top = picture_of(strip, self._grey, self._parts.labels, self._scale)
        picture = cv2.copyMakeBorder(picture, MARGIN, MARGIN, MARGIN, MARGIN, cv2.BORDER_CONSTANT, value=255)
        found = self._engine.read(picture, self._scale, digits=digits)
        return _framed([_moved(word, left - MARGIN, top - MARGIN) for word in found], strip)

    def _digits(self, strip: Strip, words: list[Word]) -> list[Word]:
        again = self._words(strip, digits=True)
        return again if _confidence(again) > max(0.5, _confidence(words)) else words


def _may_be_number(words: Sequence[Word]) -> bool:
    """Nothing read, or a short text read with doubt: tesseract is weak on lone figures."""
    text = "".join(word.text for word in words)
    return len(text) <= 4 and _confidence(words) < 0.8


def _confidence(words: Sequence[Word]) -> float:
    return fmean(word.confidence for word in words) if words else 0.0


def _without_noise(words: Sequence[Word]) -> Sequence[Word]:
    """The line from its first to its last word that is no noise; a doubtful word between two good ones is a word."""
    kept = [index for index, word in enumerate(words) if not _is_noise(word)]
    return words[kept[0] : kept[-1] + 1] if kept else ()


def _is_noise(word: Word) -> bool:
    figures = any(c.isdigit() for c in word.text)
    letters = sum(c.isalpha() for c in word.text)
    return word.confidence < (0.1 if figures else NOISE) or (letters == 0 and not figures and word.confidence < 0.5)


def _is_dirt(words: Sequence[Word]) -> bool:
    """Whether a short piece is read with so much doubt that it is rather a pen stroke or part of a seal."""
    letters = sum(c.isalnum() for word in words for c in word.text)
    return _confidence(words) < 0.5 and letters < 12 and not any(c.isdigit() for w in words for c in w.text)


def _moved(word: Word, x: int, y: int) -> Word:
    letters = tuple(Letter(one.text, one.x0 + x, one.y0 + y, one.x1 + x, one.y1 + y) for one in word.letters)
    return replace(word, x0=word.x0 + x, y0=word.y0 + y, x1=word.x1 + x, y1=word.y1 + y, letters=letters)


def _framed(words: Sequence[Word], strip: Strip) -> list[Word]:
    """The words with boxes that frame their ink: each piece of ink belongs to the word it is nearest to."""
    if not words:
        return []
    edges = np.array([(word.x0, word.x1) for word in words], dtype=np.float64)
    middles = (strip.boxes[:, 0] + strip.boxes[:, 2]) / 2
    apart = np.maximum(edges[:, :1] - middles, middles - edges[:, 1:])
    owners = np.maximum(apart, 0.0).argmin(axis=0)
    return [_fitted(word, strip.boxes[owners == index]) for index, word in enumerate(words)]


def _fitted(word: Word, boxes: Numbers) -> Word:
    if not len(boxes):
        return word
    x0, y0 = boxes[:, :2].min(axis=0)
    x1, y1 = boxes[:, 2:].max(axis=0)
    return replace(word, x0=float(x0), y0=float(y0), x1=float(x1), y1=float(y1))


def _with_lost_stroke(word: Word, strip: Strip) -> Word:
    """A Roman numeral with as many strokes as are printed: "II." is often read as "I."."""
    numeral = ROMAN.fullmatch(word.text)
    if not numeral:
        return word
    own = strip.boxes[(strip.boxes[:, 0] >= word.x0) & (strip.boxes[:, 2] <= word.x1)]
    tall = own[own[:, 3] - own[:, 1] > 0.7 * (word.y1 - word.y0)]
    strokes = len(tall) - len(numeral["before"]) - len(numeral["after"])
    if not 1 <= strokes <= 3 or len(tall) == len(word.text.rstrip(".)")):
        return word
    text = numeral["before"] + "I" * strokes + numeral["after"] + numeral["end"]
    width = (word.x1 - word.x0) / len(text)
    letters = (Letter(c, word.x0 + i * width, word.y0, word.x0 + (i + 1) * width, word.y1) for i, c in enumerate(text))
    return replace(word, text=text, letters=tuple(letters))


def letter_places(word: Word) -> Iterator[tuple[str, float, float]]:
    """Each character with its left and right edge, in order and inside the word's box."""
    edges: list[float] = []
    left = word.x0
    for letter in word.letters:
        left = min(max(left, letter.x0), word.x1)
        edges.append(left)
    edges = [word.x0, *edges[1:], word.x1]
    for letter, x0, x1 in zip(word.letters, edges, edges[1:], strict=False):
        width = (x1 - x0) / len(letter.text)
        for i, c in enumerate(letter.text):
            yield c, x0 + i * width, x0 + (i + 1) * width
