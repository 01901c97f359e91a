"""Path -> Document: one reader a format."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from pipeline.read.errors import ReadError
from schemas.document import Document, Grid, Line
from schemas.place import Glyph, Passage

Reader = Callable[[Path, str], Document]

MEDIA_TYPES = {
    ".pdf": "application/pdf",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".doc": "application/msword",
    ".txt": "text/plain",
    ".md": "text/markdown",
    ".html": "text/html",
    ".htm": "text/html",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".tif": "image/tiff",
    ".tiff": "image/tiff",
}


def suffix(path: Path) -> str:
    """The suffix in small letters, "" if there is none or it is not one of a few letters and digits."""
    found = path.suffix.lower()
    return found if re.fullmatch(r"\.[a-z0-9]{1,10}", found) else ""


def media_type(path: Path) -> str:
    return MEDIA_TYPES.get(suffix(path), "application/octet-stream")


def read(path: Path, document_id: str) -> Document:
    """Read a file with the reader of its format.

    Raises:
        ReadError: the file can't be read at all; the message says why.
    """
    if path.stat().st_size == 0:
        raise ReadError("tệp rỗng (0 byte)")
    return _ordered(_reader(path)(path, document_id))


def _ordered(document: Document) -> Document:
    """The document with an order for the characters that stand on no page, so that none is mistaken for another."""
    count = itertools.count()

    def number(passage: Passage) -> Passage:
        if all(passage.glyphs):
            return passage
        return Passage(
            passage.text, tuple(glyph or Glyph(0, 0, next(count), 0.0, 0.0, 0.0, 0.0) for glyph in passage.glyphs)
        )

    def line(found: Line) -> Line:
        return replace(
            found, passage=number(found.passage), marks=tuple((at, number(mark)) for at, mark in found.marks)
        )

    def grid(found: Grid) -> Grid:
        return replace(found, cells=tuple(replace(cell, lines=tuple(map(line, cell.lines))) for cell in found.cells))

    pieces = tuple(
        replace(
            piece,
            paragraph=piece.paragraph and line(piece.paragraph),
            grid=piece.grid and grid(piece.grid),
            numbering=piece.numbering and number(piece.numbering),
        )
        for piece in document.pieces
    )
    notes = tuple(replace(note, passage=number(note.passage)) for note in document.notes)
    return replace(document, pieces=pieces, notes=notes)


def _reader(path: Path) -> Reader:
    # Readers are imported when needed: each brings heavy libraries.
    ending = suffix(path)
    if ending == ".pdf":
        from pipeline.read import pdf

        return pdf.read
    if ending in (".docx", ".doc"):
        from pipeline.read import docx

        return docx.read
    if ending in (".txt", ".md", ".html", ".htm"):
        from pipeline.read import text

        return text.read
    if ending in (".png", ".jpg", ".jpeg", ".tif", ".tiff"):
        from pipeline.read.scan import images

        return images.read
    raise ReadError(
        f"loại tệp {ending or 'không có phần mở rộng'} chưa đọc được; cần một trong {', '.join(sorted(MEDIA_TYPES))}"
    )
