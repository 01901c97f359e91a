"""A document as read: pages with lines and ruled tables, every character in its place."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from schemas.place import Box, Passage


class TextSource(StrEnum):
    TEXT = "text"
    OCR = "ocr"
    MIXED = "mixed"


@dataclass(frozen=True, slots=True)
class Line:
    """One printed line (of a page or of a table cell), left to right.

    `size` is the font size in points of most of its characters. `marks` are
    footnote marks lifted out of it: superscript digits, each with the offset in
    `passage` where it stood. `stamp` tells that it stands in a stamp, which
    was put on the paper and is no part of its text.
    """

    passage: Passage
    box: Box
    size: float
    bold: bool = False
    italic: bool = False
    marks: tuple[tuple[int, Passage], ...] = ()
    stamp: bool = False


@dataclass(frozen=True, slots=True)
class GridCell:
    """A cell of a ruled table; row and column count from 0, spans are at least 1."""

    row: int
    column: int
    row_span: int
    column_span: int
    box: Box | None
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """A table (or the part of one that stands on a page), cells in row order."""

    box: Box | None
    rows: int
    columns: int
    cells: tuple[GridCell, ...]
    # rows of the head: what DOCX says by "repeat as header row", what stands over the numbers of an unruled table
    header_rows: int = 0


@dataclass(frozen=True, slots=True)
class Page:
    """A page: lines outside tables in reading order, and its ruled tables top down.

    Width and height are points of the displayed page. `read_confidence` is the mean
    OCR word confidence, None for text.
    """

    number: int
    width: float
    height: float
    rotation: int
    lines: tuple[Line, ...]
    grids: tuple[Grid, ...] = ()
    text_source: TextSource = TextSource.TEXT
    read_confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Piece:
    """A paragraph or a table of a format that carries its own order (DOCX, HTML, Markdown, text).

    Exactly one of `paragraph` (the whole paragraph as one Line, whatever lines it
    was rendered to) and `grid` is set. `numbering` is the label that the word
    processor generated ("1.", "a)") and that stands in no run of the paragraph.
    """

    paragraph: Line | None = None
    grid: Grid | None = None
    numbering: Passage | None = None
    heading_level: int | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """A footnote, endnote or reviewer's comment; `mark` is its printed mark."""

    kind: str
    mark: str
    passage: Passage
    author: str | None = None


@dataclass(frozen=True, slots=True)
class ReadIssue:
    """What could not be read, with its place."""

    kind: str
    severity: str
    message: str
    page: int | None = None
    boxes: tuple[Box, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """What a reader makes of a file.

    `pieces` is empty for paged formats, whose order the outline finds from the
    pages; formats that carry their own order fill it, and `pages` then tells where
    the characters stand (empty if the file could not be rendered).
    """

    document_id: str
    media_type: str
    pages: tuple[Page, ...]
    pieces: tuple[Piece, ...] = ()
    notes: tuple[Note, ...] = ()
    issues: tuple[ReadIssue, ...] = field(default=())

    @property
    def text_source(self) -> TextSource:
        sources = {page.text_source for page in self.pages}
        if len(sources) > 1:
            return TextSource.MIXED
        return sources.pop() if sources else TextSource.TEXT
