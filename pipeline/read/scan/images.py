"""PNG, JPEG and TIFF files (of several pages) -> Document."""

from __future__ import annotations

from pathlib import Path

import pymupdf

from pipeline.limits import check_pages
from pipeline.read.errors import ReadError
from pipeline.read.scan.workers import blank_issues, read_pages
from pipeline.read.signature import is_image, misnamed
from schemas.document import Document, Page, TextSource

_TYPES = {".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".tif": "image/tiff", ".tiff": "image/tiff"}


def read(path: Path, document_id: str) -> Document:
    """Read an image file by character recognition.

    Raises:
        ReadError: the file is damaged or no image, or no page of it can be read.
    """
    blank = _blank_pages(path)
    read = read_pages(path, [page.number for page in blank])
    if len(read.issues) == len(blank):
        raise ReadError(read.issues[0].message)
    pages = tuple(read.pages.get(page.number, page) for page in blank)
    issues = (*read.issues, *blank_issues(pages, read))
    return Document(document_id, _TYPES[path.suffix.lower()], pages, issues=issues)


def _blank_pages(path: Path) -> list[Page]:
    """The pages of an image file before they are read."""
    if not is_image(path):  # anything else would be opened as what it is, with what it refers to
        raise ReadError(misnamed(path))
    try:
        with pymupdf.open(path) as images:
            check_pages(images.page_count)
            return [
                Page(n + 1, page.rect.width, page.rect.height, 0, (), text_source=TextSource.OCR)
                for n, page in enumerate(images)
            ]
    except (pymupdf.mupdf.FzErrorBase, RuntimeError, ValueError) as error:
        raise ReadError("tệp ảnh hỏng hoặc quá lớn, không mở được") from error
