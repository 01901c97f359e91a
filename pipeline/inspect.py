"""A page with what the stages made of it drawn over it: words, lines, tables, blocks and records.

For who asks why a record came out as it did: the picture shows the middle results one over the other. Blocks are
named at the left, records at the right, each at the height where it begins.
"""

from __future__ import annotations

import html
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pymupdf

from pipeline.extract import Extraction, extract
from pipeline.outline import outline
from pipeline.read import read
from pipeline.sources import content_hash
from pipeline.trace import TraceError, open_pages, sheet
from schemas.block import Block, BlockKind, Outline
from schemas.document import Line, Page
from schemas.place import Box, Passage, union
from schemas.records import Evidence, Metric, PlacedBox

LAYERS = ("words", "lines", "blocks", "tables", "mentions")

Colour = tuple[float, float, float]

_GREY: Colour = (0.6, 0.6, 0.6)
_LINE: Colour = (0.35, 0.6, 0.95)
_CELL: Colour = (0.95, 0.55, 0.1)
_RED: Colour = (0.9, 0.05, 0.05)
_BLOCKS: dict[BlockKind, tuple[str, Colour]] = {
    BlockKind.HEADING: ("đề mục", (0.75, 0.1, 0.35)),
    BlockKind.PARAGRAPH: ("đoạn", (0.25, 0.35, 0.6)),
    BlockKind.ITEM: ("khoản", (0.1, 0.5, 0.2)),
    BlockKind.ROW: ("hàng", (0.4, 0.2, 0.05)),
    BlockKind.FOOTNOTE: ("chú thích", (0.5, 0.2, 0.7)),
    BlockKind.FURNITURE: ("khung trang", (0.45, 0.45, 0.45)),
    BlockKind.STAMP: ("dấu", (0.8, 0.3, 0.3)),
    BlockKind.NOISE: ("vết bẩn", (0.75, 0.65, 0.3)),
}
_RECORDS: dict[str, tuple[str, Colour]] = {
    "tasks": ("nhiệm vụ", (0.05, 0.25, 0.85)),
    "metrics": ("số liệu", (0.0, 0.65, 0.15)),
    "references": ("dẫn chiếu", (0.6, 0.1, 0.8)),
    "agencies": ("cơ quan", (0.0, 0.65, 0.8)),
    "numbers": ("con số khác", (0.45, 0.45, 0.2)),
    "unexplained": ("chưa giải thích", _RED),
}

# Margins for the names of blocks and of records, and for the legend, in points.
_LEFT, _RIGHT, _BELOW = 96.0, 190.0, 40.0
# Size of tags and the height that one takes.
_TYPE, _STEP = 5.2, 6.6


@dataclass(frozen=True, slots=True)
class _Tag:
    """A name in a margin, at the height of what it names."""

    y: float
    text: str
    colour: Colour


def inspect(path: Path, number: int, png: Path, layers: Collection[str] = LAYERS, dpi: int = 150) -> None:
    """Draw page `number` of a file with what was read, outlined and extracted, as PNG.

    Raises:
        ReadError: the file can't be read.
        TraceError: it has no such page.
    """
    document = read(path, content_hash(path))
    outlined = outline(document)
    with open_pages(path) as pages, sheet(pages, number, dpi, _LEFT, _RIGHT, _BELOW) as drawing:
        page = next((page for page in document.pages if page.number == number), None)
        if page is None:
            raise TraceError(f"trang {number} của {path.name} không đọc được")
        picture = _Picture(drawing[0], page)
        if "words" in layers:
            picture.words()
        if "lines" in layers:
            picture.lines()
        if "tables" in layers:
            picture.tables()
        if "blocks" in layers:
            picture.blocks(outlined)
        if "mentions" in layers:
            picture.records(extract(document, outlined))
        picture.legend(f"{path.name} – trang {number}/{len(document.pages)} – {page.text_source.value}", layers)
        drawing[0].get_pixmap(dpi=dpi).save(png)


class _Picture:
    """A sheet that shows a page, with room beside and below it."""

    def __init__(self, paper: Any, page: Page) -> None:
        self._paper, self._page = paper, page

    def _frame(self, box: Box | PlacedBox, colour: Colour, width: float, fill: float = 0.0, grow: float = 0.0) -> None:
        rect = pymupdf.Rect(box.x0 + _LEFT - grow, box.y0 - grow, box.x1 + _LEFT + grow, box.y1 + grow)
        shade = colour if fill else None
        self._paper.draw_rect(rect, color=colour, fill=shade, width=width, fill_opacity=fill or 1, stroke_opacity=0.8)

    def _stroke(self, x0: float, y0: float, x1: float, y1: float, colour: Colour, width: float) -> None:
        self._paper.draw_line((x0 + _LEFT, y0), (x1 + _LEFT, y1), color=colour, width=width)

    def _write(self, x: float, y: float, text: str, colour: Colour, width: float, size: float = _TYPE) -> None:
        """Text in any language; Base-14 fonts have no Vietnamese letters, HTML brings its own."""
        shade = "#" + "".join(f"{round(255 * part):02x}" for part in colour)
        style = f"font-family:sans-serif;font-size:{size}pt;line-height:1;color:{shade};white-space:nowrap;margin:0"
        rect = pymupdf.Rect(x, y, x + width, y + 1.6 * size)
        self._paper.insert_htmlbox(rect, f'<p style="{style}">{html.escape(text)}</p>', scale_low=0.5)

    def _tags(self, tags: Iterable[_Tag], x: float, width: float) -> None:
        """Names one below the other, each as near to its height as those above it leave room."""
        free = 0.0
        for tag in sorted(tags, key=lambda tag: tag.y):
            y = min(max(tag.y, free), self._page.height - _STEP)
            self._write(x, y, tag.text, tag.colour, width)
            free = y + _STEP

    def words(self) -> None:
        for line in _lines(self._page):
            for word in _words(line.passage):
                for box in word.boxes:
                    self._frame(box, _GREY, 0.25)

    def lines(self) -> None:
        """A rule under each line, its place in the reading order before it; lines of cells are not counted."""
        for line in _lines(self._page):
            for box in line.passage.boxes:
                self._stroke(box.x0, box.y1, box.x1, box.y1, _LINE, 0.5)
        for count, line in enumerate(self._page.lines, 1):
            box = next(iter(line.passage.boxes), line.box)
            self._paper.insert_text((box.x0 + _LEFT - 3, box.y1), str(count), fontsize=3.6, color=_LINE, rotate=90)

    def tables(self) -> None:
        for grid in self._page.grids:
            if grid.box:
                self._frame(grid.box, _CELL, 1.4)
            for cell in grid.cells:
                if cell.box:
                    self._frame(cell.box, _CELL, 0.5, grow=-1)
                    place = (cell.box.x0 + _LEFT + 2, cell.box.y0 + 5.5)
                    self._paper.insert_text(place, f"{cell.row},{cell.column}", fontsize=4.2, color=_CELL)

    def blocks(self, outlined: Outline) -> None:
        tags = []
        for block in outlined:
            boxes = [box for passage in block.passages for box in passage.boxes if box.page == self._page.number]
            if boxes:
                around, (name, colour) = _around(boxes), _BLOCKS[block.kind]
                self._frame(around, colour, 0.9, grow=2)
                tags.append(_Tag(around.y0, f"{block.index} {name} {_standing(block, outlined)}", colour))
        self._tags(tags, 3, _LEFT - 6)

    def records(self, found: Extraction) -> None:
        tags = []
        for name, record, text in _records(found):
            boxes = [box for box in record.boxes if box.page == self._page.number]
            if not boxes:
                continue
            colour = _RECORDS[name][1]
            self._record(name, boxes, colour)
            if text:
                tags.append(_Tag(boxes[0].y0, text, colour))
        self._tags(tags, _LEFT + self._page.width + 4, _RIGHT - 6)

    def _record(self, name: str, boxes: list[PlacedBox], colour: Colour) -> None:
        if name == "tasks":  # long: a bar at its right, so that what stands inside stays legible
            right = max(box.x1 for box in boxes) + 4
            self._stroke(right, boxes[0].y0, right, boxes[-1].y1, colour, 1.6)
            return
        for box in boxes:
            if name == "numbers":
                self._stroke(box.x0, box.y1 - 1, box.x1, box.y1 - 1, colour, 1.0)
            else:
                self._frame(box, colour, 0.9 if name == "unexplained" else 0.3, fill=0.2)

    def legend(self, title: str, layers: Collection[str]) -> None:
        """What is shown, and what its colours mean."""
        y = self._page.height + 5
        self._write(6, y, title, (0, 0, 0), self._page.width + _LEFT, 7)
        shown = [("từ", _GREY)] if "words" in layers else []
        shown += [("dòng (thứ tự đọc)", _LINE)] if "lines" in layers else []
        shown += [("bảng, ô (hàng,cột)", _CELL)] if "tables" in layers else []
        self._swatches("", shown, y + 10)
        if "blocks" in layers:
            self._swatches("khối:", list(_BLOCKS.values()), y + 18)
        if "mentions" in layers:
            self._swatches("bản ghi:", list(_RECORDS.values()), y + 26)

    def _swatches(self, title: str, shown: Iterable[tuple[str, Colour]], y: float) -> None:
        if title:
            self._write(6, y, title, (0, 0, 0), 40, 6)
        for index, (name, colour) in enumerate(shown):
            x = 46 + 95 * index
            self._paper.draw_rect(pymupdf.Rect(x, y + 1.5, x + 9, y + 6.5), color=colour, fill=colour, fill_opacity=0.4)
            self._write(x + 12, y, name, (0, 0, 0), 80, 6)


def _lines(page: Page) -> Iterator[Line]:
    yield from page.lines
    for grid in page.grids:
        for cell in grid.cells:
            yield from cell.lines


def _words(passage: Passage) -> Iterator[Passage]:
    start = 0
    for word in passage.text.split(" "):
        if word:
            yield passage[start : start + len(word)]
        start += len(word) + 1


def _around(boxes: Iterable[Box]) -> Box:
    first, *rest = boxes
    for box in rest:
        first = union(first, box)
    return first


def _standing(block: Block, outlined: Outline) -> str:
    """Its label, and under what it stands: "a) | IV > 2"."""
    above = " > ".join(outlined.section(block))
    return _cut(" ".join(part for part in (block.label.text, above and f"| {above}") if part), 34)


def _records(found: Extraction) -> Iterator[tuple[str, Evidence, str]]:
    """Every record with its colour's name and what the right margin says of it; numbers that are records are left out."""
    for task in found.tasks:
        yield "tasks", task, _cut(f"{', '.join(task.lead) or '?'} | {task.deadline or task.deadline_precision}", 70)
    for agency in found.agencies:
        yield "agencies", agency, ""
    for reference in found.references:
        yield (
            "references",
            reference,
            _cut(f"{reference.type or ''} {reference.number} {reference.issued_on or ''}", 60),
        )
    for metric in found.metrics:
        yield "metrics", metric, _cut(f"{_figure(metric)} {metric.unit} [{metric.role}] {metric.indicator}", 70)
    for number in found.numbers:
        if number.kind == "unexplained":
            yield "unexplained", number, f"? {number.raw}"
        elif number.record_id is None:
            yield "numbers", number, ""


def _figure(metric: Metric) -> str:
    """ ">= 1 259 499", "3–4", "58/76"."""
    parts = [
        f"{value:,.15g}".replace(",", " ") for value in (metric.value, metric.value_high or metric.denominator) if value
    ]
    comparator = "" if metric.comparator == "=" else metric.comparator + " "
    return comparator + ("–" if metric.value_high else "/").join(parts or ["0"])


def _cut(text: str, length: int) -> str:
    text = " ".join(text.split())
    return text if len(text) <= length else text[: length - 1] + "…"
