"""Printed lines -> words: each line read by itself, its words framed by their own ink."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from statistics import fmean

import cv2
import numpy as np

from pipeline.read.scan.handwriting import doubted
from pipeline.read.scan.lines import Components, Numbers, Strip, picture_of
from pipeline.read.scan.ocr import DIGITS, Engine, Letter, Word
from pipeline.read.scan.photograph import Pixels
from pipeline.read.scan.strokes import PROVEN, part_of, raised_figures, roman_strokes, with_true_strokes, without
from pipeline.read.scan.type_size import line_size, stroke_width

# Words read with less confidence than this are mostly pen strokes, seals and dirt.
NOISE = 0.3
# Words with figures are read a second time below this.
SURE = 0.9
ECHO_GAP = 20
# Sizes at which they are: a letter that is misread at one is often read right at another.
SCALES = (1.0, 0.75, 1.5)
DASHES = ("-", "–", "—")
# Tesseract reads better with some white around the line, in pixels.
MARGIN = 8
# Numbers, dates, symbols of documents, alone or with a sign.
NUMBER = re.compile(r"[\d.,/%-]*\d%?|\d+[a-z]?(?:/\d{4})?[-/][A-ZĐƯ]\w*(?:[-/.]\w+)*")
FOREIGN = re.compile("[^\\W\\d_a-zA-ZÀ-ÃÈ-ÊÌÍÒ-ÕÙÚÝà-ãè-êìíò-õùúýĂăĐđĨĩŨũƠơƯưẠ-ỹ]|[^\\w\\s().,;:/%+\"'“”‘’&–—-]")
# A raised figure is enlarged to this height in pixels; it is believed if it is read with this confidence.
FIGURE_HEIGHT, FIGURE_CONFIDENCE = 32, 0.7


@dataclass(frozen=True, slots=True)
class Fragment:
    """Words printed on one baseline without a wide gap; size and stroke in pixels.

    `marks` are raised figures, each with the index of the word after which it stands.
    """

    words: tuple[Word, ...]
    size: float | None
    stroke: float | None
    marks: tuple[tuple[int, Word], ...] = ()

    @property
    def text(self) -> str:
        return "".join(word.text for word in self.words)

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
        known = self._dash(strip) or roman_strokes(strip, self._parts)
        if known:
            return Fragment((known,), line_size([known]), stroke_width(self._ink, [known]))
        body, figures = self._lifted(strip)
        words = self._words(body)
        if _may_be_number(words):
            words = self._figures(body, words)
        words = [self._surer(word, body) for word in _without_noise(words)]
        words = _apart([with_true_strokes(word, body, self._parts) for word in words])
        if not words or _is_dirt(words):
            return None
        words = doubted(words, body, self._parts)
        leading = [figure for figure in figures if figure.x0 < words[0].x0]
        marks = tuple((_before(words, figure), figure) for figure in figures if figure not in leading)
        return Fragment((*leading, *words), line_size(words), stroke_width(self._ink, words), marks)

    def _dash(self, strip: Strip) -> Word | None:
        """A lone dash, which tesseract overlooks."""
        x0, y0, x1, y1 = (float(edge) for edge in strip.bounds)
        if len(strip.members) > 1 or y1 - y0 > 2 * self._scale or x1 - x0 < 1.8 * (y1 - y0):
            return None
        return Word("-", x0, y0, x1, y1, PROVEN, (Letter("-", x0, y0, x1, y1),))

    def _lifted(self, strip: Strip) -> tuple[Strip, list[Word]]:
        """The line without its raised figures, and the figures; what is raised and no figure stays."""
        figures: list[Word] = []
        for numbers in raised_figures(strip):
            figure = self._figure(part_of(strip, numbers))
            body = without(strip, numbers)
            if figure and len(body.members):
                figures.append(figure)
                strip = body
        return strip, figures

    def _figure(self, strip: Strip) -> Word | None:
        picture, _, _ = picture_of(strip, self._grey, self._parts.labels, self._scale)
        factor = FIGURE_HEIGHT / max(1, strip.bounds[3] - strip.bounds[1])
        picture = cv2.resize(picture, None, fx=factor, fy=factor, interpolation=cv2.INTER_CUBIC)
        picture = np.pad(picture, MARGIN, constant_values=255)
        words = self._engine.read(picture, self._scale, only="0123456789")
        text, confidence = "".join(word.text for word in words), _confidence(words)
        x0, y0, x1, y1 = (float(edge) for edge in strip.bounds)
        if not text and len(strip.members) == 1 and x1 - x0 < 0.45 * (y1 - y0):
            text, confidence = "1", PROVEN  # tesseract overlooks a lone upright stroke
        if not (text.isdigit() and len(text) <= 3 and confidence > FIGURE_CONFIDENCE):
            return None
        width = (x1 - x0) / len(text)
        letters = tuple(Letter(c, x0 + i * width, y0, x0 + (i + 1) * width, y1) for i, c in enumerate(text))
        return Word(text, x0, y0, x1, y1, confidence, letters)

    def _words(self, strip: Strip, only: str = "", factor: float = 1.0) -> list[Word]:
        picture, left, top = picture_of(strip, self._grey, self._parts.labels, self._scale)
        if factor != 1:
            picture = cv2.resize(picture, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
        picture = np.pad(picture, MARGIN, constant_values=255)
        found = self._engine.read(picture, self._scale, only)
        return _framed([_placed(word, left, top, factor) for word in found], strip)

    def _surer(self, word: Word, strip: Strip) -> Word:
        """A number or symbol that is read with doubt, read again by itself; the surest reading of all."""
        if word.confidence >= SURE or not any(c.isdigit() for c in word.text):
            return word
        inside = (strip.boxes[:, 0] >= word.x0) & (strip.boxes[:, 2] <= word.x1)
        if not inside.any():
            return word
        alone = part_of(strip, strip.members[inside])
        readings = [self._echo(alone, factor) for factor in (1.0, 1.5)]
        return max([word, *(one for one in readings if one)], key=_credit)

    def _echo(self, strip: Strip, factor: float) -> Word | None:
        """A lone word shown twice in a row, as it is read the second time: the network needs a start to run well."""
        picture, left, top = picture_of(strip, self._grey, self._parts.labels, self._scale)
        picture = cv2.resize(picture, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
        gap = np.full((picture.shape[0], ECHO_GAP), 255, np.uint8)
        row = np.pad(np.hstack([picture, gap, picture]), MARGIN, constant_values=255)
        second = picture.shape[1] + ECHO_GAP
        found = [word for word in self._engine.read(row, self._scale) if word.x0 > second - ECHO_GAP / 2]
        if len(found) != 1:
            return None
        return _framed([_placed(found[0], round(left - second / factor), top, factor)], strip)[0]

    def _figures(self, strip: Strip, words: list[Word]) -> list[Word]:
        """A short piece read as figures, if that is the surer reading."""
        again = max((self._words(strip, DIGITS, factor) for factor in SCALES), key=_confidence)
        said = any(c.isalnum() for word in words for c in word.text)
        return again if _confidence(again) > (_confidence(words) if said else 0.55) else words


def _before(words: Sequence[Word], figure: Word) -> int:
    """The index of the word after which a raised figure stands."""
    middle = (figure.x0 + figure.x1) / 2
    return max((i for i, word in enumerate(words) if word.x0 < middle), default=0)


def _may_be_number(words: Sequence[Word]) -> bool:
    """Nothing read, or something short that is neither a sure word nor a number: tesseract is weak on lone figures."""
    text = "".join(word.text for word in words)
    if len(text) > 4 or text in DASHES or re.fullmatch("[IVX]+[.)]?", text):
        return False
    return _confidence(words) < 0.8 or (len(text) <= 2 and not text[:1].isdigit())


def _confidence(words: Sequence[Word]) -> float:
    return fmean(word.confidence for word in words) if words else 0.0


def _credit(word: Word) -> float:
    """The confidence in a reading, more for what has the shape of a number, less for letters that are not Vietnamese."""
    credit = word.confidence + (0.6 if NUMBER.fullmatch(word.text.strip("().,;:“”\"'")) else 0.0)
    return credit - (0.3 if FOREIGN.search(word.text) else 0.0)


def _without_noise(words: Sequence[Word]) -> Sequence[Word]:
    """The line from its first to its last word that is no noise; a doubtful word between two good ones is a word."""
    good = _confidence(words) > 0.8
    kept = [index for index, word in enumerate(words) if not _is_noise(word, good)]
    return words[kept[0] : kept[-1] + 1] if kept else ()


def _is_noise(word: Word, in_good_line: bool) -> bool:
    if word.text in DASHES:  # a list's bullet; tesseract is never sure of one
        return word.x1 - word.x0 < 1.2 * (word.y1 - word.y0)
    letters, figures = sum(c.isalpha() for c in word.text), sum(c.isdigit() for c in word.text)
    if in_good_line and letters + figures >= 3:
        return False
    return word.confidence < (0.1 if figures else NOISE) or (letters + figures == 0 and word.confidence < 0.5)


def _is_dirt(words: Sequence[Word]) -> bool:
    """Whether a short piece is read with so much doubt that it is rather a pen stroke or part of a seal."""
    letters = sum(c.isalnum() for word in words for c in word.text)
    return _confidence(words) < 0.5 and letters < 12 and not any(c.isdigit() for w in words for c in w.text)


def _placed(word: Word, left: int, top: int, factor: float) -> Word:
    """A word of a line's picture as a word of the page's."""

    def across(x: float) -> float:
        return (x - MARGIN) / factor + left

    def down(y: float) -> float:
        return (y - MARGIN) / factor + top

    letters = tuple(Letter(c.text, across(c.x0), down(c.y0), across(c.x1), down(c.y1)) for c in word.letters)
    return Word(word.text, across(word.x0), down(word.y0), across(word.x1), down(word.y1), word.confidence, letters)


def _framed(words: Sequence[Word], strip: Strip) -> list[Word]:
    """The words with boxes that frame their ink: each piece of ink belongs to the word it is nearest to.

    Of two words over it that is the narrower: where boxes overlap, the wide one is drawn over its neighbour.
    """
    if not words:
        return []
    edges = np.array([(word.x0, word.x1) for word in words], dtype=np.float64)
    middles = (strip.boxes[:, 0] + strip.boxes[:, 2]) / 2
    apart = np.maximum(edges[:, :1] - middles, middles - edges[:, 1:])
    by_width = (edges[:, 1] - edges[:, 0]).argsort(kind="stable")
    owners = by_width[np.maximum(apart, 0.0)[by_width].argmin(axis=0)]
    return [_fitted(word, strip.boxes[owners == index]) for index, word in enumerate(words)]


def _fitted(word: Word, boxes: Numbers) -> Word:
    if not len(boxes):
        return word
    x0, y0 = boxes[:, :2].min(axis=0)
    x1, y1 = boxes[:, 2:].max(axis=0)
    return replace(word, x0=float(x0), y0=float(y0), x1=float(x1), y1=float(y1))


def _apart(words: Sequence[Word]) -> list[Word]:
    """Words in order whose boxes share no room: what a box frames is then one word, also among strokes of a seal."""
    apart = list(words[:1])
    for word in words[1:]:
        before = apart[-1]
        edge = max(max(before.x0, word.x0) + min(before.x1, word.x1), before.x0 + before.x1) / 2
        overlap = word.x0 < before.x1 and before.x0 < edge < word.x1
        apart[-1:] = [replace(before, x1=edge), replace(word, x0=edge)] if overlap else [before, word]
    return apart


def letter_places(word: Word) -> Iterator[tuple[str, float, float]]:
    """Each character with its left and right edge, in order and inside the word's box; letters drawn over each other
    share their room, for one without width would stand in its neighbour's box as well."""
    begun = {word.x0: 0}
    left = word.x0
    for index, letter in enumerate(word.letters[1:], 1):
        left = max(left, letter.x0)
        if left < word.x1:
            begun.setdefault(left, index)
    count = len(word.letters)
    edges = np.interp(range(count + 1), [*begun.values(), count], [*begun, word.x1]).tolist()
    for letter, x0, x1 in zip(word.letters, edges, edges[1:], strict=False):
        width = (x1 - x0) / len(letter.text)
        for i, c in enumerate(letter.text):
            yield c, x0 + i * width, x0 + (i + 1) * width
