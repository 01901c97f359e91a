"""Paragraphs, tables and notes with the places of their characters on the rendered pages."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from pipeline.read import align
from pipeline.read.docx.blocks import Mark, NoteText, Paragraph, Table
from schemas.document import Grid, GridCell, Line, Note, Piece, ReadIssue
from schemas.place import Box, Passage, join, union, unplaced

# So much of the text should be found on the pages; the rest are characters that print otherwise than they are written.
_PLACED_SHARE = 0.995


class Placer:
    """Paragraphs, tables and notes with the places of their characters."""

    def __init__(self, rendering: align.Rendering) -> None:
        self._rendering = rendering
        self._characters = self._placed = 0

    def pieces(self, block: Paragraph | Table) -> Iterator[Piece]:
        if isinstance(block, Table):
            yield Piece(grid=self._grid(block))
            return
        label = self._place(block.label_number, block.label) if block.label else None
        for line in self._lines(block, self._place(block.number, block.text)):
            yield Piece(paragraph=line, numbering=label, heading_level=block.level)
            label = None

    def note(self, note: NoteText) -> Note:
        mark = self._printed_mark(note.mark) if note.mark else ""
        if note.kind == "comment":
            text = " ".join(paragraph.text for paragraph in note.paragraphs)
            return Note(note.kind, mark, unplaced(text.strip()), note.author)
        passage = join(self._with_label(paragraph) for paragraph in note.paragraphs)
        return Note(note.kind, mark, passage.strip(), note.author)

    def issues(self) -> tuple[ReadIssue, ...]:
        if not self._rendering.pages or self._placed >= _PLACED_SHARE * self._characters:
            return ()
        missing = self._characters - self._placed
        message = f"{missing}/{self._characters} ký tự không tìm thấy chỗ trên trang"
        return (ReadIssue("not_placed", "warning", message),)

    def _place(self, number: int, text: str) -> Passage:
        passage = self._rendering.place(number, text)
        self._characters += sum(not c.isspace() for c in text)
        self._placed += sum(glyph is not None for glyph in passage.glyphs)
        return passage

    def _grid(self, table: Table) -> Grid:
        cells = []
        for cell in table.cells:
            lines = tuple(line for p in cell.paragraphs for line in self._lines(p, self._with_label(p)))
            cells.append(GridCell(cell.row, cell.column, cell.row_span, cell.column_span, None, lines))
        return Grid(None, table.rows, table.columns, tuple(cells), table.header_rows)

    def _lines(self, paragraph: Paragraph, passage: Passage) -> Iterator[Line]:
        """The paragraph as one line, or as several if line breaks set its units apart."""
        shift = len(passage) - len(paragraph.text)
        marks = [(mark.offset + shift, self._mark(mark)) for mark in paragraph.marks]
        ends = [end + shift for end in paragraph.breaks]
        for start, end in pairwise([0, *ends, len(passage)]):
            part = passage[start:end]
            cut = start + len(part) - len(part.text.lstrip())
            part = part.strip()
            own = tuple((min(at - cut, len(part)), mark) for at, mark in marks if start < at <= end or at == start == 0)
            if part or own or not ends:
                yield Line(part, _first_box(part), paragraph.size, paragraph.bold, paragraph.italic, own)

    def _with_label(self, paragraph: Paragraph) -> Passage:
        text = self._place(paragraph.number, paragraph.text)
        if not paragraph.label:
            return text
        label = self._place(paragraph.label_number, paragraph.label)
        return label + unplaced(" ") + text if text else label

    def _mark(self, mark: Mark) -> Passage:
        return self._place(mark.number, self._printed_mark(mark))

    def _printed_mark(self, mark: Mark) -> str:
        """What stands on the page for the mark, as only the rendering knows how notes are counted there."""
        printed = "".join(character for character, _ in self._rendering.streams.get(mark.number, ()))
        return printed if 0 < len(printed) <= 4 else mark.text


def _first_box(passage: Passage) -> Box:
    """The rectangle around a passage on the page where it begins."""
    boxes = passage.boxes
    if not boxes:
        return align.NO_BOX
    box = boxes[0]
    for other in boxes[1:]:
        if other.page == box.page:
            box = union(box, other)
    return box
