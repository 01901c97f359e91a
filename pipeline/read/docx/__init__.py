"""DOCX and DOC -> Document: paragraphs and tables in their order, notes, and where each character stands.

The file is first settled: changes accepted, fields and generated characters made plain
text, hidden text dropped, old fonts turned into Unicode. The settled file is both read
and rendered, so that what is printed is what was read; `pipeline.read.align` then finds
the place of each character.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from pipeline.read import align, office
from pipeline.read.docx.package import open_package
from pipeline.read.docx.places import Placer
from pipeline.read.docx.source import Source
from pipeline.read.errors import ReadError
from schemas.document import Document, ReadIssue

__all__ = ["DOC", "DOCX", "Source", "open_package", "read", "render"]

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
DOC = "application/msword"

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_RTF = b"{\\rtf"  # many an old .doc is RTF inside
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


def read(path: Path, document_id: str) -> Document:
    """Read a DOCX file, or a DOC file by way of LibreOffice.

    Raises:
        ReadError: the file is empty, damaged, encrypted, bursting, or a DOC without LibreOffice at hand.
    """
    media_type, data = _docx_of(path)
    source = Source(open_package(data))
    blocks = list(source.parser.blocks(source.body))
    notes = source.notes()
    rendering, issues = _render(source)
    place = Placer(rendering)
    pieces = tuple(piece for block in blocks for piece in place.pieces(block))
    placed_notes = tuple(place.note(note) for note in notes)
    issues = (*source.issues(), *issues, *place.issues())
    return Document(document_id, media_type, rendering.pages, pieces, placed_notes, issues)


def render(path: Path) -> bytes:
    """The PDF in which the places of this file's characters stand.

    Raises:
        ReadError: the file can't be read.
        OfficeError: the file can't be rendered.
    """
    source = Source(open_package(_docx_of(path)[1]))
    list(source.parser.blocks(source.body))
    source.notes()
    return _to_pdf(source)


def _render(source: Source) -> tuple[align.Rendering, tuple[ReadIssue, ...]]:
    try:
        return align.read_rendering(_to_pdf(source)), ()
    except (office.OfficeError, ReadError) as error:
        message = f"không dựng được trang để định vị: {error}"
        return align.UNRENDERED, (ReadIssue("not_rendered", "warning", message),)


def _to_pdf(source: Source) -> bytes:
    with tempfile.TemporaryDirectory(prefix="truynguon-docx-") as folder:
        settled = Path(folder) / "settled.docx"
        settled.write_bytes(source.package())
        return office.to_pdf(settled)


def _docx_of(path: Path) -> tuple[str, bytes]:
    """The media type of a file and its content as DOCX."""
    data = path.read_bytes()
    if not data:
        raise ReadError("tệp rỗng (0 byte)")
    if not data.startswith((_OLE, _RTF)):
        return DOCX, data
    if _ENCRYPTED in data:
        raise ReadError("tệp Word được đặt mật khẩu, không mở được")
    try:
        return DOC, office.to_docx(path)
    except office.OfficeMissingError as error:
        raise ReadError("cần LibreOffice để đọc tệp .doc (chưa cài trên máy này)") from error
    except office.OfficeError as error:
        raise ReadError(f"tệp DOC hỏng hoặc không chuyển được: {error}") from error
