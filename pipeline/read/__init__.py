"""Path -> Document: one reader a format."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from pipeline.read.errors import ReadError
from schemas.document import Document

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


def media_type(path: Path) -> str:
    return MEDIA_TYPES.get(path.suffix.lower(), "application/octet-stream")


def read(path: Path, document_id: str) -> Document:
    """Read a file with the reader of its format.

    Raises:
        ReadError: the file can't be read at all; the message says why.
    """
    if path.stat().st_size == 0:
        raise ReadError("tệp rỗng (0 byte)")
    return _reader(path)(path, document_id)


def _reader(path: Path) -> Reader:
    # Readers are imported when needed: each brings heavy libraries.
    suffix = path.suffix.lower()
    if suffix == ".pdf":
        from pipeline.read import pdf

        return pdf.read
    if suffix in (".docx", ".doc"):
        from pipeline.read import docx

        return docx.read
    if suffix in (".txt", ".md", ".html", ".htm"):
        from pipeline.read import text

        return text.read
    raise ReadError(f"loại tệp {suffix or 'không có phần mở rộng'} chưa đọc được; cần một trong {', '.join(sorted(MEDIA_TYPES))}")
