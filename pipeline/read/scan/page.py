"""Photograph -> Page: straighten, find tables and lines, read, put in order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from statistics import fmean

import cv2
import numpy as np

from pipeline.read.layout import cell_lines, reading_order
from pipeline.read.rulings import Frame, Lattice, lattices
from pipeline.read.scan.lines import Components, Wall, find_strips
from pipeline.read.scan.ocr import Engine, Word
from pipeline.read.scan.photograph import Photograph
from pipeline.read.scan.reading import DASHES, Fragment, LineReader, letter_places
from pipeline.read.scan.rulings_image import erased, find_rulings
from pipeline.read.scan.seals import Seal, cut_by, find_seals, outside, unread_ink, unsealed, without_seals
from pipeline.read.scan.slips import mend
from pipeline.read.scan.stamps import Rectangle, is_stamp, is_stamp_frame, parted
from pipeline.read.scan.straighten import Upright, is_sideways, straighten
from pipeline.read.scan.type_size import SAME_SIZE, common_sizes
from schemas.document import Grid, GridCell, Line, Page, TextSource
from schemas.place import Box, Glyph, Passage

# Rulings of a scan meet less exactly than drawn ones, in points.
TOLERANCE = 4.0
# A table is at least this share of the page's breadth; narrower frames are stamps and boxes for notes.
NARROWEST_TABLE = 0.4
# A page is turned over if it is read with less mean confidence than this.
UPSIDE_DOWN = 0.6
# Nothing is printed nearer to the edge than this share of the page.
EDGE = 0.025
# Widest tab after a bullet, in points.
BULLET_GAP = 45.0
# Lines read to tell which way up a page is.
SAMPLE = 5
# Upright strokes broader than those of the page's text by this factor are bold.
BOLD = 1.28
# The size of a piece with fewer letters is measured less exactly.
SHORT, SHORT_TOLERANCE = 25, 0.17


def read_photograph(photo: Photograph, engine: Engine) -> Page:
    """Read one photographed page."""
    upright = straighten(photo)
    if is_sideways(upright.ink, upright.scale):
        upright = max((straighten(photo, turns) for turns in (1, 3)), key=lambda one: _legibility(one, engine))
    page = _read(upright, photo, engine)
    if page.read_confidence is None or page.read_confidence < UPSIDE_DOWN:
        turned = straighten(photo, upright.turns + 2)
        if _legibility(turned, engine) > _legibility(upright, engine) + 0.1:
            page = _read(turned, photo, engine)
    return page


def _legibility(upright: Upright, engine: Engine) -> float:
    """Mean confidence in the words of the picture's longest lines."""
    parts = Components.of(upright.ink)
    reader = LineReader(upright.grey, upright.ink, parts, upright.scale, engine)
    strips = sorted(find_strips(parts, upright.scale), key=lambda strip: -len(strip.members))
    fragments = [fragment for strip in strips[:SAMPLE] if (fragment := reader.read(strip))]
    words = [word for fragment in fragments for word in fragment.words]
    return fmean(word.confidence for word in words) if words else 0.0


def _read(upright: Upright, photo: Photograph, engine: Engine) -> Page:
    scale = upright.scale
    whole = upright.ink
    upright, seals = _unsealed(upright)
    rulings = find_rulings(upright.ink, scale)
    ink = cv2.subtract(upright.ink, cv2.dilate(rulings.mask, np.ones((5, 5), np.uint8)))
    parts = Components.of(ink)
    framed = lattices(rulings.horizontal, rulings.vertical, TOLERANCE)
    tables = [table for table in framed if _is_table(table, parts, upright)]
    broadest = NARROWEST_TABLE * upright.grey.shape[1] / scale
    boxes = [f.rectangle for f in framed if f not in tables and is_stamp_frame(f, rulings, broadest)]
    strips = find_strips(parts, scale, [wall for table in tables for wall in _walls(table, scale)])
    strips = outside(parted(strips, [_scaled(box, scale) for box in boxes]), seals)
    reader = LineReader(erased(upright.grey, rulings.mask), ink, parts, scale, engine)
    read = [(strip, reader.read(strip)) for strip in strips]
    unread = unread_ink(whole, seals, parts, [(strip, f.words if f else ()) for strip, f in read], scale)
    fragments = [replace(f, words=tuple(cut_by(f.words, seals, unread))) for _, f in read if f]
    return _page(fragments, tables, boxes, upright, photo)


def _unsealed(upright: Upright) -> tuple[Upright, list[Seal]]:
    """The picture without the rings and emblems of seals printed in black, and the seals."""
    seals = find_seals(upright.ink, Components.of(upright.ink), upright.scale)
    if not seals:
        return upright, []
    ink = without_seals(upright.ink, seals, upright.scale)
    return replace(upright, ink=ink, grey=unsealed(upright.grey, upright.ink, ink)), seals


def _scaled(box: Rectangle, scale: float) -> Rectangle:
    x0, y0, x1, y1 = box
    return x0 * scale, y0 * scale, x1 * scale, y1 * scale


def _is_table(table: Lattice, parts: Components, upright: Upright) -> bool:
    """Whether a frame is a table: broad, with print in two rows and two columns."""
    x0, _, x1, _ = table.rectangle
    if (x1 - x0) * upright.scale < NARROWEST_TABLE * upright.grey.shape[1]:
        return False
    boxes = parts.boxes / upright.scale
    print_high = boxes[boxes[:, 3] - boxes[:, 1] > 3]
    x, y = (print_high[:, 0] + print_high[:, 2]) / 2, (print_high[:, 1] + print_high[:, 3]) / 2
    filled = [f for f in table.frames if ((x > f.x0) & (x < f.x1) & (y > f.y0) & (y < f.y1)).any()]
    return len({f.row for f in filled}) > 1 and len({f.column for f in filled}) > 1


def _walls(table: Lattice, scale: float) -> Iterator[Wall]:
    """The sides of the cells, as lines of pixels that no printed line crosses."""
    for frame in table.frames:
        x0, y0, x1, y1 = (round(value * scale) for value in (frame.x0, frame.y0, frame.x1, frame.y1))
        yield from (
            (x0 - 1, y0, x0 + 1, y1),
            (x1 - 1, y0, x1 + 1, y1),
            (x0, y0 - 1, x1, y0 + 1),
            (x0, y1 - 1, x1, y1 + 1),
        )


def _page(
    fragments: Sequence[Fragment],
    tables: Sequence[Lattice],
    boxes: Sequence[Rectangle],
    upright: Upright,
    photo: Photograph,
) -> Page:
    writer = _Writer(upright, photo.number, _sizes(fragments), _usual_stroke(fragments))
    held: list[list[list[Fragment]]] = [[[] for _ in table.frames] for table in tables]
    boxed: list[list[Fragment]] = [[] for _ in boxes]
    free: list[Fragment] = []
    for fragment in fragments:
        x, y = (value / upright.scale for value in fragment.middle)
        place, box = _cell_at(tables, x, y), next((n for n, box in enumerate(boxes) if _holds(box, x, y)), None)
        if not _at_edge(fragment, upright):
            (held[place[0]][place[1]] if place else free if box is None else boxed[box]).append(fragment)
    written = [writer.line(fragment) for fragment in _settled(free, upright.scale, in_cell=False)]
    stamps: list[tuple[Line, ...]] = []
    for own in boxed:
        stood = [writer.line(fragment) for fragment in _settled(own, upright.scale, in_cell=False)]
        if is_stamp(stood):
            stamps.append(tuple(replace(line, stamp=True) for line in reading_order(stood)))
        else:
            written += stood
    lines = _with_stamps(reading_order(written), stamps)
    cells = [[[writer.line(f) for f in _settled(cell, upright.scale, in_cell=True)] for cell in c] for c in held]
    grids = tuple(_grid(table, lines_of, writer) for table, lines_of in zip(tables, cells, strict=True))
    confidence = fmean(writer.confidences) if writer.confidences else None
    return Page(photo.number, photo.width, photo.height, photo.rotation, lines, grids, TextSource.OCR, confidence)


def _with_stamps(lines: Sequence[Line], stamps: Iterable[Sequence[Line]]) -> tuple[Line, ...]:
    """The lines of a page with those of its stamps, each stamp before the first line that stands below its top."""
    every = list(lines)
    for stamp in stamps:
        top = min(line.box.y0 for line in stamp)
        at = next((index for index, line in enumerate(every) if line.box.y0 > top), len(every))
        every[at:at] = stamp
    return tuple(every)


CROSSES = frozenset("×✓✔√+")


def _settled(fragments: Sequence[Fragment], scale: float, *, in_cell: bool) -> list[Fragment]:
    """The pieces of a cell, or of the page outside tables, that say something; bullets at the head of their items.

    A dash that stands alone in a cell means "none", a cross "this one"; any other is a bullet or dirt.
    """
    said = [fragment for fragment in fragments if any(c.isalnum() for c in fragment.text)]
    dashes = [fragment for fragment in fragments if fragment.text in DASHES]
    if in_cell and not said:
        crosses = [fragment for fragment in fragments if fragment.text in CROSSES]
        return (crosses or dashes)[:1]
    for dash in dashes:
        beside = [index for index, fragment in enumerate(said) if _heads(dash, fragment, scale)]
        if beside:
            first = min(beside, key=lambda index: said[index].words[0].x0)
            moved = tuple((index + 1, mark) for index, mark in said[first].marks)
            said[first] = replace(said[first], words=(*dash.words, *said[first].words), marks=moved)
    return said


def _heads(dash: Fragment, fragment: Fragment, scale: float) -> bool:
    """Whether a dash stands before a piece of text, on its line."""
    _, y = dash.middle
    first = fragment.words[0]
    return first.y0 - scale <= y <= first.y1 + scale and 0 <= first.x0 - dash.words[-1].x1 <= BULLET_GAP * scale


def _at_edge(fragment: Fragment, upright: Upright) -> bool:
    """Whether a piece of one or two letters stands at the very edge of the paper, as shadows and holes do."""
    x, y = fragment.middle
    height, width = upright.grey.shape
    aside = min(x, width - x) / width, min(y, height - y) / height
    return min(aside) < EDGE and _letters(fragment) <= 2


def _holds(box: Rectangle, x: float, y: float) -> bool:
    x0, y0, x1, y1 = box
    return x0 <= x <= x1 and y0 <= y <= y1


def _cell_at(tables: Sequence[Lattice], x: float, y: float) -> tuple[int, int] | None:
    """The table and the cell at a point; the nearest cell for points on a side."""
    for number, table in enumerate(tables):
        x0, y0, x1, y1 = table.rectangle
        if x0 <= x <= x1 and y0 <= y <= y1:
            return number, min(range(len(table.frames)), key=lambda index: _apart(table.frames[index], x, y))
    return None


def _apart(frame: Frame, x: float, y: float) -> float:
    return max(frame.x0 - x, 0, x - frame.x1) + max(frame.y0 - y, 0, y - frame.y1)


def _sizes(fragments: Sequence[Fragment]) -> list[float]:
    return common_sizes([(f.size, _letters(f)) for f in fragments if f.size])


def _letters(fragment: Fragment) -> int:
    return sum(len(word.text) for word in fragment.words)


def _usual_stroke(fragments: Sequence[Fragment]) -> float | None:
    """The stroke of the page's plain text in font sizes: most text is plain, so a low share of all measures."""
    measured = [f.stroke / f.size for f in fragments if f.stroke and f.size for _ in range(_letters(f))]
    return float(np.percentile(measured, 30)) if measured else None


def _grid(table: Lattice, held: Sequence[Sequence[Line]], writer: _Writer) -> Grid:
    cells = tuple(
        GridCell(f.row, f.column, f.row_span, f.column_span, writer.box(f.x0, f.y0, f.x1, f.y1), cell_lines(lines))
        for f, lines in zip(table.frames, held, strict=True)
    )
    return Grid(writer.box(*table.rectangle), len(table.ys) - 1, len(table.xs) - 1, cells)


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
        text, glyphs, ends = "", list[Glyph](), list[int]()
        for index, word in enumerate(fragment.words):
            if index:
                before = fragment.words[index - 1]
                text += " "
                glyphs.append(self._glyph(before.x1, word.y0, word.x0, word.y1, word.confidence))
            text += word.text
            glyphs += self._glyphs(word)
            ends.append(len(text))
        marks = tuple((ends[index], Passage(mark.text, tuple(self._glyphs(mark)))) for index, mark in fragment.marks)
        passage = mend(Passage(text, tuple(glyphs)))
        size = self._size(fragment)
        return Line(passage, self._straight_box(fragment), size, self._bold(fragment, size), marks=marks)

    def _glyphs(self, word: Word) -> list[Glyph]:
        self.confidences.append(word.confidence)
        return [self._glyph(x0, word.y0, x1, word.y1, word.confidence) for _, x0, x1 in letter_places(word)]

    def box(self, x0: float, y0: float, x1: float, y1: float) -> Box:
        """A box of the straightened page, in points, on the page."""
        scale = self.upright.scale
        return Box(self.page, *self.upright.on_page(x0 * scale, y0 * scale, x1 * scale, y1 * scale))

    def _glyph(self, x0: float, y0: float, x1: float, y1: float, confidence: float) -> Glyph:
        place = self.upright.on_page(x0, y0, max(x0, x1), y1)
        self.order += 1
        return Glyph(self.page, self.lines, self.order - 1, *place, round(confidence, 3))

    def _straight_box(self, fragment: Fragment) -> Box:
        """The line's box on the straightened page: indents and gaps are true there, whatever the skew.

        The glyphs stand where they are printed.
        """
        scale, words = self.upright.scale / self.upright.zoom, fragment.words
        return Box(
            self.page,
            min(w.x0 for w in words) / scale,
            min(w.y0 for w in words) / scale,
            max(w.x1 for w in words) / scale,
            max(w.y1 for w in words) / scale,
        )

    def _size(self, fragment: Fragment) -> float:
        """The size in points: the commonest of the page's sizes that the measure allows."""
        if not self.sizes:
            return 0.0
        size = fragment.size or self.sizes[0]
        allowed = SHORT_TOLERANCE if _letters(fragment) < SHORT else SAME_SIZE
        near = [one for one in self.sizes if abs(one - size) <= allowed * one]
        chosen = near[0] if near else min(self.sizes, key=lambda one: abs(one - size))
        return round(chosen / self.upright.scale * 2) / 2 * self.upright.zoom

    def _bold(self, fragment: Fragment, size: float) -> bool:
        if fragment.stroke is None or not self.stroke or not size:
            return False
        return fragment.stroke * self.upright.zoom / (size * self.upright.scale) > BOLD * self.stroke
