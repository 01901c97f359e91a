"""Pages of archived files as pictures, drawn when asked for and kept for the next time."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from pipeline.trace import TraceError, open_pages

# Pictures (about 200 kB each) and open files that are kept.
_PICTURES, _FILES = 200, 8
WORD = (".docx", ".doc")


class Pictures:
    """Page pictures of an outputs folder. PyMuPDF draws one page at a time."""

    def __init__(self, outputs: Path) -> None:
        self._cache = outputs / "_cache"
        self._drawing = threading.Lock()
        self._pictures: OrderedDict[tuple[str, int, int], bytes] = OrderedDict()
        self._files: OrderedDict[str, Any] = OrderedDict()

    def picture(self, document_id: str, source: Path, number: int, dpi: int) -> bytes:
        """Page `number` (from 1) as WebP.

        Raises:
            TraceError: the file has no such page, or its pages can't be shown.
        """
        from audit.drawing import drawn

        key = (document_id, number, dpi)
        with self._drawing:
            if key not in self._pictures:
                self._pictures[key] = drawn(self._pages(document_id, source), number, dpi)
            self._pictures.move_to_end(key)
            while len(self._pictures) > _PICTURES:
                self._pictures.popitem(last=False)
            return self._pictures[key]

    def small(self, document_id: str, source: Path, number: int, dpi: int, quality: int) -> bytes:
        """Page `number` as grey WebP that takes little room; not kept."""
        from audit.drawing import drawn

        with self._drawing:
            return drawn(self._pages(document_id, source), number, dpi, quality, grey=True)

    def words(self, document_id: str, source: Path, number: int) -> list[tuple[str, tuple[float, ...]]]:
        """The printed words of a page with their boxes, as it is shown; none of a page that is only a picture.

        Raises:
            TraceError: the file has no such page, or its pages can't be shown.
        """
        with self._drawing:
            pages = self._pages(document_id, source)
            if not 1 <= number <= len(pages):
                raise TraceError(f"không có trang {number}: tệp có các trang 1–{len(pages)}")
            page = pages[number - 1]
            turned = page.rotation_matrix
            return [(word[4], tuple(_turned(word[:4], turned))) for word in page.get_text("words")]

    def _pages(self, document_id: str, source: Path) -> Any:
        if document_id not in self._files:
            self._files[document_id] = self._opened(document_id, source)
        self._files.move_to_end(document_id)
        while len(self._files) > _FILES:
            self._files.popitem(last=False)[1].close()
        return self._files[document_id]

    def _opened(self, document_id: str, source: Path) -> Any:
        """The open file; a Word file is rendered once and its rendering kept beside the datasets."""
        if source.suffix.lower() not in WORD:
            return open_pages(source)
        rendering = self._cache / f"{document_id}.pdf"
        if not rendering.exists():
            pages = open_pages(source)
            with suppress(OSError):  # a folder that can't be written to costs time, not pictures
                self._cache.mkdir(exist_ok=True)
                part = rendering.with_name(f".{rendering.name}.part")
                part.write_bytes(pages.tobytes())
                part.replace(rendering)
            return pages
        return open_pages(rendering)


def _turned(box: Sequence[float], matrix: Any) -> Iterator[float]:
    """A box on the page as it is displayed, which a scanner may have turned."""
    import pymupdf

    yield from (round(side, 2) for side in pymupdf.Rect(box) * matrix)
