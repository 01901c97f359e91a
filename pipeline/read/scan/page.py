"""Photograph -> Page: straighten, find tables, read, put in order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from statistics import fmean

import cv2
import numpy as np

from pipeline.read.layout import LINE_GAP, cell_lines, reading_order
from pipeline.read.rulings import Frame, Lattice, lattices
from pipeline.read.scan.ocr import Engine, Word
from pipeline.read.scan.photograph import Photograph, Pixels
from pipeline.read.scan.rulings_image import erased, find_rulings
from pipeline.read.scan.slips import mend
from pipeline.read.scan.straighten import Upright, is_sideways, straighten
from pipeline.read.scan.type_size import common_sizes, line_size, stroke_width
from schemas.document import Grid, GridCell, Line, Page, TextSource
from schemas.place import Box, Glyph, Passage

# Rulings of a scan meet less exactly than drawn ones, in points.
TOLERANCE = 4.0
# A table is at least this share of the page's breadth; narrower frames are stamps and boxes for notes.
NARROWEST_TABLE = 0.4
# Words read with less confidence than this are mostly pen strokes, seals and dirt.
NOISE = 0.25
# A page is turned over if it is read with less mean confidence than this.
UPSIDE_DOWN = 0.6
# Upright strokes broader than those of the page's text by this factor are bold.
BOLD = 1.25


@dataclass(frozen=True, slots=True)
class Fragment:
    """Words printed on one baseline without a wide gap, with the pixels' measures."""

    words: tuple[Word, ...]
    size: float | None
    stroke: float | None


@dataclass
class _Writer:
    """Turns fragments into lines: numbers glyphs, gives sizes, moves boxes to the page."""

    upright: Upright
    page: int
    sizes: Sequence[float]
    stroke: float | None
    order: int = 0
    lines: int = 0
    confidences: list[float] = field(default_factory=list)

    def line(self, fragment: Fragment) -> Line:
        self.lines += 1
        characters: list[str] = []
        glyphs: list[Glyph] = []
        for index, word in enumerate(fragment.words):
            if index:
                before = fragment.words[index - 1]
                characters.append(" ")
                glyphs.append(self._glyph(before.x1, word.y0, word.x0, word.y1, word.confidence))
            for text, x0, x1 in letter_places(word):
                characters.append(text)
                glyphs.append(self._glyph(x0, word.y0, x1, word.y1, word.confidence))
            self.confidences.append(word.confidence)
        size = self._size(fragment)
        return Line(
            mend(Passage("".join(characters), tuple(glyphs))),
            self._straight_box(fragment),
            size,
            self._bold(fragment),
        )

    def _glyph(self, x0: float, y0: float, x1: float, y1: float, confidence: float) -> Glyph:
        place = self.upright.on_page(x0, y0, max(x0, x1), y1)
        self.order += 1
        return Glyph(self.page, self.lines, self.order - 1, *place, round(confidence, 3))

    def _straight_box(self, fragment: Fragment) -> Box:
        """The line's box on the straightened page: indents and gaps are true there, whatever the skew."""
        scale, words = self.upright.scale, fragment.words
        return Box(
            self.page,
            min(w.x0 for w in words) / scale,
            min(w.y0 for w in words) / scale,
            max(w.x1 for w in words) / scale,
            max(w.y1 for w in words) / scale,
        )

    def _size(self, fragment: Fragment) -> float:
        if not self.sizes:
            return 0.0
        size = fragment.size or self.sizes[0]
        nearest = min(self.sizes, key=lambda one: abs(one - size))
        return round(nearest / self.upright.scale * 2) / 2

    def _bold(self, fragment: Fragment) -> bool:
        if fragment.stroke is None or not self.stroke or not fragment.size:
            return False
        return fragment.stroke / fragment.size > BOLD * self.stroke


def read_photograph(photo: Photograph, engine: Engine, seconds: float = 60) -> Page:
    """Read one photographed page."""
    upright = straighten(photo)
    if is_sideways(upright.ink, upright.scale):
        upright = max((straighten(photo, turns) for turns in (1, 3)), key=lambda one: _legibility(one, engine))
    page = _read(upright, photo, engine, seconds)
    if page.read_confidence is not None and page.read_confidence < UPSIDE_DOWN:
        turned = straighten(photo, upright.turns + 2)
        if _legibility(turned, engine) > _legibility(upright, engine) + 0.1:
            page = _read(turned, photo, engine, seconds)
    return page


def _legibility(upright: Upright, engine: Engine) -> float:
    """Mean confidence of the words in the part of the picture that holds most ink."""
    height, width = upright.ink.shape
    band = height // 6
    rows = upright.ink.sum(axis=1, dtype=np.float64)
    top = max(range(0, height - band, band // 2), key=lambda y: rows[y : y + band].sum())
    engine.show(upright.grey, upright.scale)
    words = [word for line in engine.read((0, top, width, top + band), Engine.BLOCK) for word in line]
    return fmean(word.confidence for word in words) if words else 0.0


def _read(upright: Upright, photo: Photograph, engine: Engine, seconds: float) -> Page:
    rulings = find_rulings(upright.ink, upright.scale)
    text = erased(upright.grey, rulings.mask)
    ink = cv2.subtract(upright.ink, cv2.dilate(rulings.mask, np.ones((5, 5), np.uint8)))
    tables = [
        table
        for table in lattices(rulings.horizontal, rulings.vertical, TOLERANCE)
        if _is_table(table, ink, upright.scale)
    ]
    free = [f for line in _free_lines(text, tables, upright.scale, engine, seconds) for f in _fragments(line, ink)]
    cells = _CellReader(text, ink, upright.scale, engine).tables(tables)
    every = free + [f for table in cells for cell in table for f in cell]
    writer = _Writer(upright, photo.number, _sizes(every), _usual_stroke(every))
    lines = reading_order([writer.line(fragment) for fragment in free])
    grids = [_grid(table, held, writer) for table, held in zip(tables, cells, strict=True)]
    confidence = fmean(writer.confidences) if writer.confidences else None
    return Page(
        photo.number,
        photo.width,
        photo.height,
        photo.rotation,
        lines,
        tuple(grids),
        TextSource.OCR,
        confidence,
    )


def _is_table(table: Lattice, ink: Pixels, scale: float) -> bool:
    """Whether a frame is a table: broad, with text in two rows and two columns."""
    x0, _, x1, _ = table.rectangle
    if (x1 - x0) * scale < NARROWEST_TABLE * ink.shape[1]:
        return False
    filled = [frame for frame in table.frames if _has_ink(frame, ink, scale)]
    return len({frame.row for frame in filled}) > 1 and len({frame.column for frame in filled}) > 1


def _has_ink(frame: Frame, ink: Pixels, scale: float) -> bool:
    return _ink_box(ink, _pixels(frame, ink, scale), scale) is not None


def _pixels(frame: Frame, ink: Pixels, scale: float) -> tuple[int, int, int, int]:
    height, width = ink.shape
    x0, y0, x1, y1 = (round(value * scale) for value in (frame.x0, frame.y0, frame.x1, frame.y1))
    return max(0, x0), max(0, y0), min(width, x1), min(height, y1)


def _ink_box(ink: Pixels, box: tuple[int, int, int, int], scale: float) -> tuple[int, int, int, int] | None:
    """The bounds of what is printed in a box; None if there are only specks and remains of rulings."""
    x0, y0, x1, y1 = box
    part = ink[y0:y1, x0:x1]
    if part.size == 0:
        return None
    count, _, stats, _ = cv2.connectedComponentsWithStats(part)
    letter = 2.5 * scale
    kept = [s for s in stats[1:count] if s[cv2.CC_STAT_HEIGHT] >= letter or s[cv2.CC_STAT_WIDTH] >= letter]
    kept = [s for s in kept if min(s[2], s[3]) >= 0.4 * scale]
    if not kept:
        return None
    left, top = min(s[0] for s in kept), min(s[1] for s in kept)
    right, foot = max(s[0] + s[2] for s in kept), max(s[1] + s[3] for s in kept)
    return int(x0 + left), int(y0 + top), int(x0 + right), int(y0 + foot)


def _free_lines(
    text: Pixels, tables: Iterable[Lattice], scale: float, engine: Engine, seconds: float
) -> list[list[Word]]:
    """The lines outside the tables."""
    outside = text.copy()
    for table in tables:
        x0, y0, x1, y1 = (round(value * scale) for value in table.rectangle)
        outside[max(0, y0 - 2) : y1 + 3, max(0, x0 - 2) : x1 + 3] = 255
    engine.show(outside, scale)
    return engine.read(mode=Engine.PAGE, seconds=seconds)


def _fragments(words: Sequence[Word], ink: Pixels) -> list[Fragment]:
    """The line parted at wide gaps, its noise left out."""
    words = _without_noise(words)
    if not words:
        return []
    size = line_size(words) or max(word.y1 - word.y0 for word in words)
    parts: list[list[Word]] = []
    for word in words:
        if parts and word.x0 - parts[-1][-1].x1 <= LINE_GAP * size:
            parts[-1].append(word)
        else:
            parts.append([word])
    return [Fragment(tuple(part), line_size(part), stroke_width(ink, part)) for part in parts]


def _without_noise(words: Sequence[Word]) -> Sequence[Word]:
    """The line from its first to its last word that is no noise; a doubtful word between two good ones is a word."""
    kept = [index for index, word in enumerate(words) if not _is_noise(word)]
    return words[kept[0] : kept[-1] + 1] if kept else ()


def _is_noise(word: Word) -> bool:
    letters = sum(c.isalnum() for c in word.text)
    return word.confidence < NOISE or (letters == 0 and word.confidence < 0.5)


class _CellReader:
    """Reads the cells of tables one by one, so that columns never run into each other."""

    def __init__(self, text: Pixels, ink: Pixels, scale: float, engine: Engine) -> None:
        self._text, self._ink, self._scale, self._engine = text, ink, scale, engine

    def tables(self, tables: Sequence[Lattice]) -> list[list[list[Fragment]]]:
        if tables:
            self._engine.show(self._text, self._scale)
        return [[self._cell(frame) for frame in table.frames] for table in tables]

    def _cell(self, frame: Frame) -> list[Fragment]:
        bounds = _pixels(frame, self._ink, self._scale)
        box = _ink_box(self._ink, bounds, self._scale)
        if box is None:
            return []
        around = round(2.5 * self._scale)
        x0, y0, x1, y1 = bounds
        box = max(x0, box[0] - around), max(y0, box[1] - around), min(x1, box[2] + around), min(y1, box[3] + around)
        lines = self._engine.read(box, Engine.LINE if self._is_single(box) else Engine.BLOCK)
        if _looks_bad(lines):
            again = self._engine.read(box, Engine.LINE, digits=True)
            lines = again if _confidence(again) > max(0.5, _confidence(lines)) else lines
        return [
            Fragment(tuple(line), line_size(line), stroke_width(self._ink, line))
            for words in lines
            if (line := _without_noise(words))
        ]

    def _is_single(self, box: tuple[int, int, int, int]) -> bool:
        """Whether the box holds one line of print."""
        x0, y0, x1, y1 = box
        if y1 - y0 > 36 * self._scale:
            return False
        rows = (self._ink[y0:y1, x0:x1] > 0).any(axis=1).astype(np.int8)
        starts = np.nonzero(np.diff(np.concatenate(([0], rows))) > 0)[0]
        return y1 - y0 < 24 * self._scale or len(starts) <= 1


def _looks_bad(lines: Sequence[Sequence[Word]]) -> bool:
    """Nothing read, or a short text that may be a misread number."""
    words = [word for line in lines for word in line]
    if not words:
        return True
    text = "".join(word.text for word in words)
    return len(words) == 1 and len(text) <= 4 and words[0].confidence < 0.8


def _confidence(lines: Sequence[Sequence[Word]]) -> float:
    words = [word for line in lines for word in line]
    return fmean(word.confidence for word in words) if words else 0.0


def letter_places(word: Word) -> list[tuple[str, float, float]]:
    """Each character with its left and right edge, in order and inside the word's box."""
    edges: list[float] = []
    left = word.x0
    for letter in word.letters:
        left = min(max(left, letter.x0), word.x1)
        edges.append(left)
    edges = [word.x0, *edges[1:], word.x1]
    found: list[tuple[str, float, float]] = []
    for letter, x0, x1 in zip(word.letters, edges, edges[1:], strict=False):
        width = (x1 - x0) / len(letter.text)
        found += [(c, x0 + i * width, x0 + (i + 1) * width) for i, c in enumerate(letter.text)]
    return found


def _sizes(fragments: Sequence[Fragment]) -> list[float]:
    return common_sizes([(f.size, sum(len(w.text) for w in f.words)) for f in fragments if f.size])


def _usual_stroke(fragments: Sequence[Fragment]) -> float | None:
    """The stroke of the page's plain text in font sizes: most text is plain, so a low share of all measures."""
    measured = [
        f.stroke / f.size for f in fragments if f.stroke and f.size for _ in range(sum(len(w.text) for w in f.words))
    ]
    return float(np.percentile(measured, 30)) if measured else None


def _grid(table: Lattice, held: Sequence[Sequence[Fragment]], writer: _Writer) -> Grid:
    upright = writer.upright

    def box(x0: float, y0: float, x1: float, y1: float) -> Box:
        return Box(writer.page, *upright.on_page(*(value * upright.scale for value in (x0, y0, x1, y1))))

    cells = tuple(
        GridCell(
            frame.row,
            frame.column,
            frame.row_span,
            frame.column_span,
            box(frame.x0, frame.y0, frame.x1, frame.y1),
            cell_lines([writer.line(fragment) for fragment in fragments]),
        )
        for frame, fragments in zip(table.frames, held, strict=True)
    )
    return Grid(box(*table.rectangle), len(table.ys) - 1, len(table.xs) - 1, cells)
