"""PDF -> Document: every character with its box, lines in reading order, ruled tables.

Pages without a usable text layer go to the scan reader.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import count, repeat
from operator import itemgetter
from pathlib import Path
from typing import Any, cast

import pymupdf

from pipeline.limits import check_pages, step
from pipeline.read.errors import ReadError
from pipeline.read.fonts import recode
from pipeline.read.layout import cell_lines, reading_order
from pipeline.read.rulings import Lattice, Segment, lattices
from pipeline.read.scan.layer import Verdict, judge
from pipeline.read.scan.workers import blank_issues, read_pages
from pipeline.read.signature import kind, misnamed
from pipeline.read.unruled import unruled
from schemas.document import Document, Grid, GridCell, Line, Page, ReadIssue
from schemas.place import Box, Glyph, Passage, frame

BOLD, ITALIC = 1 << 4, 1 << 1

# A superscript is set this much smaller than its line, with its foot above the line's foot.
MARK_SIZE = 0.8
MARK = re.compile(r"\d{1,3}|[*†]|\(\d{1,2}\)")
# "m²", "km3": a raised 2 or 3 after a unit of length is its power, no footnote mark.
POWER_OF_UNIT = re.compile(r"(?:^|[\s\d./])(?:k|c|d|m|h)?m$")

# A ruling is thinner than this, in points, and longer than MIN_RULING.
MAX_RULING_WIDTH = 3.0
MIN_RULING = 6.0

FLAGS = pymupdf.TEXT_PRESERVE_WHITESPACE | pymupdf.TEXT_MEDIABOX_CLIP | pymupdf.TEXT_CID_FOR_UNKNOWN_UNICODE
# With the text comes where something is drawn: most pages need not be asked for their drawings.
FLAGS |= pymupdf.TEXT_COLLECT_VECTORS | pymupdf.TEXT_LAZY_VECTORS
_VECTOR = 3


def read(path: Path, document_id: str) -> Document:
    """Read a PDF file.

    Raises:
        ReadError: the file is empty, damaged, encrypted or no PDF.
    """
    with open_pdf(path) as pdf:
        check_pages(pdf.page_count)
        read_by_font = [_read_page(page) for page in pdf]
        pages = [page for page, _ in read_by_font]
        verdicts = {page.number: judge(pdf[page.number - 1], _text(page)) for page in pages}
    pictures = [number for number, verdict in verdicts.items() if verdict.as_picture]
    read = read_pages(path, pictures)
    if pages and len(read.issues) == len(pages):
        raise ReadError(read.issues[0].message)
    whole = tuple(read.pages.get(page.number) or _unless(page, page.number in pictures) for page in pages)
    recoded = {font: encoding for _, fonts in read_by_font for font, encoding in fonts.items()}
    issues = (*_discarded(verdicts), *_recoded_issues(recoded), *read.issues, *blank_issues(whole, read))
    return Document(document_id, "application/pdf", whole, issues=issues)


def _text(page: Page) -> str:
    cells = [line for grid in page.grids for cell in grid.cells for line in cell.lines]
    return " ".join(line.passage.text for line in (*page.lines, *cells))


def _unless(page: Page, unread: bool) -> Page:
    """The page, without its worthless text layer if it could not be read as a picture."""
    return replace(page, lines=(), grids=()) if unread else page


def _discarded(verdicts: Mapping[int, Verdict]) -> Iterator[ReadIssue]:
    """The text layers that were thrown away, with the reasons."""
    for number, verdict in verdicts.items():
        if verdict.reason:
            message = f"trang {number}: {verdict.reason}; đã đọc lại bằng nhận dạng chữ"
            yield ReadIssue("text_layer_discarded", "info", message, number)


def open_pdf(path: Path) -> pymupdf.Document:
    """Open a PDF for reading.

    Raises:
        ReadError: the file is empty, damaged, encrypted or no PDF.
    """
    if path.stat().st_size == 0:
        raise ReadError("tệp rỗng (0 byte)")
    try:
        pdf = pymupdf.open(path, filetype="pdf")
    except (pymupdf.FileDataError, pymupdf.EmptyFileError, RuntimeError, ValueError) as error:
        raise ReadError("tệp PDF hỏng, không mở được" if kind(path) == "PDF" else misnamed(path)) from error
    if pdf.needs_pass:
        raise ReadError("tệp PDF được đặt mật khẩu, không mở được")
    if _pages(pdf) == 0:
        raise ReadError("tệp PDF hỏng: không có trang nào")
    return pdf


def _pages(pdf: pymupdf.Document) -> int:
    try:
        return int(pdf.page_count)
    except RuntimeError as error:
        raise ReadError("tệp PDF hỏng: số trang ghi trong tệp không đúng") from error


def read_page(page: pymupdf.Page) -> Page:
    """Lines and ruled tables of one page, in coordinates of the displayed page."""
    return _read_page(page)[0]


def _read_page(page: pymupdf.Page) -> tuple[Page, dict[str, str]]:
    """The page, and the fonts of it that were in an encoding from before Unicode."""
    step()
    matrix = page.rotation_matrix if page.rotation else None
    raw = _characters(page)
    fonts = recode(raw)
    fragments = list(_fragments(raw, page.number + 1, matrix))
    tables = lattices(*_rulings(page, matrix)) if _may_be_ruled(raw, matrix) else []
    grids, free = _filled(tables, fragments, page.number + 1)
    further, free = _filled(unruled(free), free, page.number + 1)
    if further:
        grids = sorted([*grids, *further], key=_top)
    rect = page.rect
    lines = reading_order(free)
    return Page(page.number + 1, rect.width, rect.height, page.rotation, lines, tuple(grids)), fonts


def _characters(page: pymupdf.Page) -> dict[str, Any]:
    try:
        return dict(page.get_text("rawdict", flags=FLAGS))
    except (RuntimeError, SystemError) as error:  # such as characters that do not exist
        raise ReadError(f"trang {page.number + 1} có chữ không đọc được") from error


def _may_be_ruled(raw: dict[str, Any], matrix: Any) -> bool:
    """Whether anything drawn is high enough for the vertical ruling that every table has."""
    drawn = (block["bbox"] for block in raw["blocks"] if block["type"] == _VECTOR)
    return any(matrix is not None or y1 - y0 >= MIN_RULING for _, y0, _, y1 in drawn)


def _recoded_issues(fonts: Mapping[str, str]) -> Iterator[ReadIssue]:
    for font, encoding in sorted(fonts.items()):
        yield ReadIssue("legacy_encoding", "info", f"phông {font}: {encoding} -> Unicode")


def _fragments(raw: dict[str, Any], number: int, matrix: Any) -> Iterator[Line]:
    """Printed runs of characters, footnote marks lifted out."""
    order = line = 0
    for block in raw["blocks"]:
        for printed in block.get("lines", ()):
            spans = printed["spans"]
            fragment = _fragment(spans, number, line, order, matrix)
            order += sum(len(span["chars"]) for span in spans)
            line += 1
            if fragment:
                yield fragment


def _fragment(spans: list[dict[str, Any]], page: int, line: int, order: int, matrix: Any) -> Line | None:
    body = spans[0] if len(spans) == 1 else max(spans, key=lambda span: len(span["chars"]))
    size, foot = body["size"], body["bbox"][3]
    text = ""
    glyphs: list[Glyph] = []
    marks: list[tuple[int, Passage]] = []
    for span in spans:
        chars = span["chars"]
        printed = "".join(map(_CHARACTER, chars))
        places = _glyphs(chars, page, line, order, matrix)
        order += len(chars)
        if text and _raised(span, size, foot):
            mark = printed.strip()
            if MARK.fullmatch(mark) and not (mark in "23" and POWER_OF_UNIT.search(text[-6:])):
                solid = (glyph for c, glyph in zip(printed, places, strict=True) if not c.isspace())
                marks.append((len(text), Passage(mark, tuple(solid))))
                continue
        text += printed
        glyphs += places
    passage = compose(text, glyphs).strip()
    if not passage:
        return None
    shift = len(text) - len(text.lstrip())
    return Line(
        passage,
        frame(page, cast("tuple[Glyph, ...]", passage.glyphs)),  # each was printed
        size,
        bool(body["flags"] & BOLD) or "bold" in body["font"].lower(),
        bool(body["flags"] & ITALIC) or "italic" in body["font"].lower(),
        tuple((max(0, offset - shift), mark) for offset, mark in marks),
    )


def _raised(span: dict[str, Any], size: float, foot: float) -> bool:
    return bool(span["size"] < MARK_SIZE * size and span["bbox"][3] < foot - 0.15 * size)


_NEW = tuple.__new__
_CHARACTER, _BOX = itemgetter("c"), itemgetter("bbox")


def _glyphs(chars: list[dict[str, Any]], page: int, line: int, order: int, matrix: Any) -> list[Glyph]:
    boxes: Iterable[tuple[float, ...]] = map(_BOX, chars)
    if matrix is not None:
        boxes = (tuple(pymupdf.Rect(box) * matrix) for box in boxes)
    # column by column, and as tuples: six times as fast as one by one by name, and there is one for every character
    columns = zip(repeat(page), repeat(line), count(order), *zip(*boxes, strict=True), repeat(None), strict=False)
    return list(map(_NEW, repeat(Glyph), columns))


_BLANK = re.compile(r"[^\S ]")


def compose(text: str, glyphs: list[Glyph]) -> Passage:
    """The text in NFC with every kind of blank as a plain one; a composed character takes the boxes of its parts."""
    text = _BLANK.sub(" ", text)
    if unicodedata.is_normalized("NFC", text):
        return Passage(text, tuple(glyphs))
    characters: list[str] = []
    places: list[Glyph] = []
    for character, glyph in zip(text, glyphs, strict=True):
        joined = unicodedata.normalize("NFC", characters[-1] + character) if characters else character
        if characters and len(joined) == 1:
            characters[-1], places[-1] = joined, _together(places[-1], glyph)
        else:
            single = unicodedata.normalize("NFC", character)
            characters.extend(single)
            places.extend([glyph] * len(single))
    return Passage("".join(characters), tuple(places))


def _together(a: Glyph, b: Glyph) -> Glyph:
    return a._replace(x0=min(a.x0, b.x0), y0=min(a.y0, b.y0), x1=max(a.x1, b.x1), y1=max(a.y1, b.y1))


def _bounds(passage: Passage) -> Box:
    glyphs = [glyph for glyph in passage.glyphs if glyph]
    return frame(glyphs[0].page, glyphs)


def _rulings(page: pymupdf.Page, matrix: Any) -> tuple[list[Segment], list[Segment]]:
    """Horizontal and vertical rulings: stroked lines and rectangles, thin filled rectangles."""
    horizontal: list[Segment] = []
    vertical: list[Segment] = []
    for x0, y0, x1, y1 in _strokes(page, matrix):
        if y1 - y0 <= MAX_RULING_WIDTH and x1 - x0 >= MIN_RULING:
            horizontal.append(Segment((y0 + y1) / 2, x0, x1))
        elif x1 - x0 <= MAX_RULING_WIDTH and y1 - y0 >= MIN_RULING:
            vertical.append(Segment((x0 + x1) / 2, y0, y1))
    return horizontal, vertical


Rectangle = tuple[float, float, float, float]


def _strokes(page: pymupdf.Page, matrix: Any) -> Iterator[Rectangle]:
    """Every drawn line and side of a stroked rectangle as (x0, y0, x1, y1), x0 <= x1, y0 <= y1."""
    for path in page.get_cdrawings():
        stroked = "s" in path["type"]
        for item in path["items"]:
            for rectangle in _drawn(item, stroked):
                yield rectangle if matrix is None else _upright(*(pymupdf.Rect(rectangle) * matrix))


def _drawn(item: tuple[Any, ...], stroked: bool) -> list[Rectangle]:
    if item[0] == "l" and stroked:
        return [_upright(*item[1], *item[2])]
    if item[0] == "qu":
        return [_upright(*pymupdf.Quad(item[1]).rect)]
    if item[0] != "re":
        return []
    x0, y0, x1, y1 = _upright(*item[1])
    if stroked and min(x1 - x0, y1 - y0) > MAX_RULING_WIDTH:
        return [(x0, y0, x1, y0), (x0, y1, x1, y1), (x0, y0, x0, y1), (x1, y0, x1, y1)]
    return [(x0, y0, x1, y1)]


def _upright(x0: float, y0: float, x1: float, y1: float) -> Rectangle:
    return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)


def _top(grid: Grid) -> tuple[float, float]:
    return (grid.box.y0, grid.box.x0) if grid.box else (0.0, 0.0)


def _filled(tables: Iterable[Lattice], fragments: list[Line], page: int) -> tuple[list[Grid], list[Line]]:
    """The tables that hold any text, and the fragments that stand outside them."""
    grids, free = [], fragments
    for table in tables:
        grid, free = _fill(table, free, page)
        if any(cell.lines for cell in grid.cells):
            grids.append(grid)
    return grids, free


def _fill(table: Lattice, fragments: list[Line], page: int) -> tuple[Grid, list[Line]]:
    """The grid with its text, and the fragments that stand outside it."""
    x0, y0, x1, y1 = table.rectangle
    held: list[list[Line]] = [[] for _ in table.frames]
    outside: list[Line] = []
    for fragment in fragments:
        box = fragment.box
        if not (x0 - 1 <= (box.x0 + box.x1) / 2 <= x1 + 1 and y0 - 1 <= (box.y0 + box.y1) / 2 <= y1 + 1):
            outside.append(fragment)
            continue
        for part, cell in _by_cell(fragment, table):
            held[cell].append(part)
    cells = tuple(
        GridCell(
            frame.row,
            frame.column,
            frame.row_span,
            frame.column_span,
            Box(page, frame.x0, frame.y0, frame.x1, frame.y1),
            cell_lines(lines),
        )
        for frame, lines in zip(table.frames, held, strict=True)
    )
    return Grid(Box(page, x0, y0, x1, y1), len(table.ys) - 1, len(table.xs) - 1, cells, table.heads), outside


def _by_cell(fragment: Line, table: Lattice) -> list[tuple[Line, int]]:
    """The fragment in the cells over which it was printed, each part with its cell's index."""
    whole = _cell_at(table, (fragment.box.x0 + fragment.box.x1) / 2, (fragment.box.y0 + fragment.box.y1) / 2)
    frame = table.frames[whole]
    if frame.x0 - 2 <= fragment.box.x0 and fragment.box.x1 <= frame.x1 + 2:
        return [(fragment, whole)]
    parts: list[tuple[Line, int]] = []
    start = 0
    cells = [_cell_at(table, (g.x0 + g.x1) / 2, (g.y0 + g.y1) / 2) if g else whole for g in fragment.passage.glyphs]
    for end in range(1, len(cells) + 1):
        if end == len(cells) or cells[end] != cells[start]:
            part = _slice(fragment, start, end)
            if part:
                parts.append((part, cells[start]))
            start = end
    return parts


def _slice(line: Line, start: int, end: int) -> Line | None:
    passage = line.passage[start:end].strip()
    if not passage:
        return None
    marks = tuple((offset - start, mark) for offset, mark in line.marks if start < offset <= end)
    return Line(passage, _bounds(passage), line.size, line.bold, line.italic, marks)


def _cell_at(table: Lattice, x: float, y: float) -> int:
    """Index of the cell at a point, the nearest one for points on or just outside a ruling."""
    for index, f in enumerate(table.frames):
        if f.x0 < x < f.x1 and f.y0 < y < f.y1:
            return index

    def distance(index: int) -> float:
        f = table.frames[index]
        return max(f.x0 - x, 0, x - f.x1) + max(f.y0 - y, 0, y - f.y1)

    return min(range(len(table.frames)), key=distance)
