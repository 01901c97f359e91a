"""Settled XML -> paragraphs and tables in their order, each painted in the colour of its number."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from lxml import etree

from pipeline.read import align
from pipeline.read.docx.numbering import Numbering, numeral
from pipeline.read.docx.paint import paint
from pipeline.read.docx.styles import Styles
from pipeline.read.docx.xml import MC, Element, W, is_on, number_of, own_properties, remove, value_of
from pipeline.read.errors import ReadError
from pipeline.read.raised import as_power, is_note_mark

# A table without a drawn line and no larger than this sets a letterhead or a signature block in columns.
_LAYOUT_ROWS, _LAYOUT_COLUMNS = 4, 3


@dataclass(frozen=True)
class Mark:
    """A note's mark: its offset in the paragraph, its text, the number of its colour; the note, if Word made it."""

    offset: int
    text: str
    number: int
    kind: str = ""
    note_id: str | None = None


@dataclass(frozen=True)
class Paragraph:
    """A settled paragraph; `number` and `label_number` are those of its colours.

    `breaks` are the offsets of those line breaks in it that end what a person would read as one unit.
    """

    text: str
    number: int
    label: str
    label_number: int
    size: float
    bold: bool
    italic: bool
    level: int | None
    marks: tuple[Mark, ...]
    breaks: tuple[int, ...] = ()


@dataclass(frozen=True)
class TableCell:
    row: int
    column: int
    row_span: int
    column_span: int
    paragraphs: tuple[Paragraph, ...]


@dataclass(frozen=True)
class Table:
    rows: int
    columns: int
    cells: tuple[TableCell, ...]
    header_rows: int


@dataclass(frozen=True)
class NoteText:
    kind: str
    mark: Mark | None
    paragraphs: tuple[Paragraph, ...]
    author: str | None = None


# After a line break, a new unit begins with a bullet, a number, a letter in brackets, a drawn line or a capital.
_UNIT_START = re.compile(r"[-–—+*•·]\s|\d{1,3}[.)/]\s|[a-zđ]\)\s|[_*=-]{3}")


def ends_unit(text: str, offset: int, *, centred: bool) -> bool:
    """Whether a line break ends a unit: the lines of a letterhead, a list typed into one paragraph.

    In running text it does only after a sentence or before a bullet; a sentence may run over it.
    """
    before, after = text[:offset].rstrip(" "), text[offset:].lstrip()
    if before.endswith("\n") or _UNIT_START.match(after):
        return True
    return (after[:1].isupper() or after[:1] == "(") and (centred or before.endswith((".", ";", ":", "!", "?")))


@dataclass
class _Writing:
    """A paragraph as it is being put together."""

    number: int
    text: str = ""
    marks: list[Mark] = field(default_factory=list)
    weights: Counter[tuple[float, bool, bool]] = field(default_factory=Counter)


class Parser:
    """Settled XML -> paragraphs and tables, each painted in the colour of its number."""

    def __init__(self, styles: Styles, numbering: Numbering) -> None:
        self._styles = styles
        self._numbering = numbering
        self._last = 0
        self._marks: Counter[str] = Counter()
        self.references: list[Mark] = []

    def blocks(self, container: Element) -> Iterator[Paragraph | Table]:
        """Paragraphs and tables in order; text boxes follow the paragraph that they hang on."""
        for child in container:
            if child.tag == W + "p":
                paragraph = self._paragraph(child)
                if paragraph:
                    yield paragraph
                for box in _text_boxes(child):
                    yield from self.blocks(box)
            elif child.tag == W + "tbl":
                yield from self._table_blocks(child)
        if container.tag == W + "body":
            _copy_colours(container)

    def _table_blocks(self, element: Element) -> Iterator[Paragraph | Table]:
        table = self._table(element)
        small = table.rows <= _LAYOUT_ROWS and table.columns <= _LAYOUT_COLUMNS and not table.header_rows
        if small and not self._styles.ruled(element):
            yield from (paragraph for cell in table.cells for paragraph in cell.paragraphs)
        elif table.cells:
            yield table

    def paragraphs(self, container: Element) -> Iterator[Paragraph]:
        """All paragraphs, those of tables inside it too."""
        for block in self.blocks(container):
            if isinstance(block, Paragraph):
                yield block
            else:
                yield from (paragraph for cell in block.cells for paragraph in cell.paragraphs)

    def _paragraph(self, element: Element) -> Paragraph | None:
        label = self._numbering.label(element)
        writing = _Writing(self._next())
        for raised, runs in groupby(element.iterchildren(W + "r"), key=self._is_raised_figure):
            if raised:
                self._write_raised(list(runs), writing)
            else:
                for run in runs:
                    self._write(run, writing)
        if not writing.text.strip() and not label and not writing.marks:
            return None
        return self._finished(element, writing, label)

    def _finished(self, element: Element, writing: _Writing, label: str) -> Paragraph:
        shift = len(writing.text) - len(writing.text.lstrip())
        text = writing.text.strip()
        centred = value_of(self._styles.paragraph_property(element, "jc")) in ("center", "right", "end")
        breaks = tuple(m.start() for m in re.finditer("\n", text) if ends_unit(text, m.start(), centred=centred))
        label_number = self._paint_label(element) if label else 0
        bold = sum(n for (_, is_bold, _), n in writing.weights.items() if is_bold)
        italic = sum(n for (_, _, is_italic), n in writing.weights.items() if is_italic)
        sizes: Counter[float] = Counter()
        for (size, _, _), count in writing.weights.items():
            sizes[size] += count
        half = sum(sizes.values()) / 2
        marks = tuple(
            Mark(min(max(0, m.offset - shift), len(text)), m.text, m.number, m.kind, m.note_id) for m in writing.marks
        )
        return Paragraph(
            text.replace("\n", " "),
            writing.number,
            label,
            label_number,
            sizes.most_common(1)[0][0] if sizes else 0.0,
            bold > half,
            italic > half,
            self._styles.heading_level(element),
            marks,
            breaks,
        )

    def _next(self) -> int:
        self._last += 1
        if self._last > align.LARGEST_NUMBER:
            raise ReadError("tệp DOCX quá dài: quá nhiều đoạn văn")
        return self._last

    def _paint_label(self, paragraph: Element) -> int:
        """Generated labels are printed in the colour of the paragraph's mark."""
        properties = paragraph.find(W + "pPr")
        if properties is None:
            properties = etree.Element(W + "pPr")
            paragraph.insert(0, properties)
        mark = properties.find(W + "rPr")
        if mark is None:
            mark = etree.Element(W + "rPr")
            followers = [e for e in properties if e.tag in (W + "sectPr", W + "pPrChange")]
            properties.insert(properties.index(followers[0]) if followers else len(properties), mark)
        number = self._next()
        paint(mark, number)
        return number

    def _is_raised_figure(self, run: Element) -> bool:
        children = [child for child in run if child.tag != W + "rPr"]
        if not children or any(child.tag != W + "t" for child in children):
            return False
        text = "".join(child.text or "" for child in children).strip()
        return text.isdecimal() and self._styles.raised(run)

    def _write_raised(self, runs: list[Element], writing: _Writing) -> None:
        """Raised figures: a note's mark, or a power, which is written with the characters for powers."""
        figure = "".join(t.text or "" for run in runs for t in run.iterchildren(W + "t")).strip()
        if is_note_mark(writing.text, figure):
            number = self._next()
            for run in runs:
                paint(run, number)
            writing.marks.append(Mark(len(writing.text), figure, number))
            return
        for run in runs:
            for text in run.iterchildren(W + "t"):
                text.text = as_power(text.text or "")
            _stand_on_line(run)
            self._write(run, writing)

    def _write(self, run: Element, writing: _Writing) -> None:
        paint(run, writing.number)
        before = len(writing.text)
        for child in run:
            if child.tag == W + "t":
                writing.text += "".join(" " if c.isspace() else c for c in child.text or "")
            elif child.tag in (W + "br", W + "cr"):
                writing.text += "\n"
            elif child.tag in (W + "tab", W + "ptab"):
                writing.text += " "
            elif child.tag in (W + "footnoteReference", W + "endnoteReference"):
                self._refer(child, run, writing)
                if child.get(W + "customMarkFollows"):
                    break  # the rest of the run is the mark
        look = (self._styles.size(run), self._styles.is_set(run, "b"), self._styles.is_set(run, "i"))
        writing.weights[look] += len("".join(writing.text[before:].split()))

    def _refer(self, reference: Element, run: Element, writing: _Writing) -> None:
        kind = "footnote" if reference.tag == W + "footnoteReference" else "endnote"
        if reference.get(W + "customMarkFollows"):
            text = "".join(t.text or "" for t in run.iterchildren(W + "t")).strip()
        else:
            self._marks[kind] += 1
            text = numeral(self._marks[kind], "decimal" if kind == "footnote" else "lowerRoman")
        number = self._next()
        paint(run, number)
        mark = Mark(len(writing.text), text, number, kind, reference.get(W + "id"))
        writing.marks.append(mark)
        self.references.append(mark)

    def _table(self, element: Element) -> Table:
        grid = _GridBuilder()
        rows = list(element.iterchildren(W + "tr"))
        for index, row in enumerate(rows):
            column = number_of(value_of(row.find(f"{W}trPr/{W}gridBefore")), 0)
            for cell in row.iterchildren(W + "tc"):
                span = max(1, number_of(value_of(cell.find(f"{W}tcPr/{W}gridSpan")), 1))
                if _continues(cell, "hMerge"):
                    grid.widen(index, span)
                elif not (_continues(cell, "vMerge") and grid.lengthen(index, column, span)):
                    grid.add(index, column, span, tuple(self.paragraphs(cell)))
                column += span
        heads = [row.find(f"{W}trPr/{W}tblHeader") for row in rows]
        header_rows = next((i for i, h in enumerate(heads) if h is None or not is_on(h, W + "val")), len(rows))
        return Table(len(rows), grid.columns, grid.cells(), header_rows)


def _continues(cell: Element, merge: str) -> bool:
    found = cell.find(f"{W}tcPr/{W}{merge}")
    return found is not None and found.get(W + "val", "continue") == "continue"


class _GridBuilder:
    """The cells of a table, merged ones growing as their rows and columns come in."""

    def __init__(self) -> None:
        self._cells: list[list[Any]] = []
        self._open: dict[int, list[Any]] = {}  # the cell above each column
        self.columns = 0

    def add(self, row: int, column: int, span: int, paragraphs: tuple[Paragraph, ...]) -> None:
        cell = [row, column, 1, span, paragraphs]
        self._cells.append(cell)
        self._open[column] = cell
        self.columns = max(self.columns, column + span)

    def lengthen(self, row: int, column: int, span: int) -> bool:
        """Let the cell above reach down to a row; False if it does not end just above it."""
        cell = self._open.get(column)
        if cell is None or cell[0] + cell[2] != row or cell[3] != span:
            return False
        cell[2] += 1
        return True

    def widen(self, row: int, span: int) -> None:
        if self._cells and self._cells[-1][0] == row:
            self._cells[-1][3] += span
            self.columns = max(self.columns, self._cells[-1][1] + self._cells[-1][3])

    def cells(self) -> tuple[TableCell, ...]:
        return tuple(TableCell(*cell) for cell in self._cells)


def _stand_on_line(run: Element) -> None:
    properties = own_properties(run)
    remove(properties.findall(W + "vertAlign"))
    baseline = etree.SubElement(properties, W + "vertAlign")
    baseline.set(W + "val", "baseline")


def _text_boxes(element: Element) -> Iterator[Element]:
    """The text boxes that hang on a paragraph; of alternatives the first, which newer programs show."""
    for child in element:
        if child.tag == W + "txbxContent":
            yield child
        elif child.tag == MC + "AlternateContent":
            choice = child.find(MC + "Choice")
            has_text = choice is not None and next(choice.iter(W + "txbxContent"), None) is not None
            yield from _text_boxes(choice if has_text else child)
        elif isinstance(child.tag, str):
            yield from _text_boxes(child)


def _copy_colours(root: Element) -> None:
    """The fallback of a text box in the colours of the text box: which of the two is drawn is not ours to know."""
    for alternative in root.iter(MC + "AlternateContent"):
        choice, fallback = alternative.find(MC + "Choice"), alternative.find(MC + "Fallback")
        if choice is None or fallback is None:
            continue
        for shown, spare in zip(choice.iter(W + "r"), fallback.iter(W + "r"), strict=False):
            colour = shown.find(f"{W}rPr/{W}color")
            if colour is not None and _runs_text(shown) == _runs_text(spare):
                remove(own_properties(spare).findall(W + "color"))
                paint(spare, align.number_of(int(colour.get(W + "val"), 16)) or 0)


def _runs_text(run: Element) -> str:
    return "".join(text.text or "" for text in run.iterchildren(W + "t"))
