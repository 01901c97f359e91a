"""A frame drawn on a page -> the words that stand in it, as the reader finds them."""

from __future__ import annotations

import tempfile
import threading
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from audit.pictures import WORD
from pipeline.trace import Row
from schemas.document import Line, Page
from schemas.place import Box, Passage, join

# Pages that are kept as read: one after another is framed on the same page.
_HELD = 8


class Frames:
    """Pages of archived files read again, one at a time where the file allows it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: OrderedDict[tuple[str, int], Page] = OrderedDict()

    def words(self, document_id: str, source: Path, frame: Box) -> tuple[str, list[Row]]:
        """The quote and the boxes, one a line, of what stands in a frame; nothing if no character's middle does.

        Raises:
            ReadError: the file can't be read.
        """
        with self._lock:
            page = self._page(document_id, source, frame.page)
        found = join(part for line in _lines(page) for part in _inside(line.passage, frame)) if page else None
        if not found:
            return "", []
        return found.quote, [{**box._asdict(), "page": frame.page} for box in found.boxes]

    def misplaced(self, document_id: str, source: Path, record: Row) -> str | None:
        """What stands in a record's boxes instead of its quote, None if the quote does: what `verify` would find.

        Raises:
            ReadError: the file can't be read.
        """
        from pipeline.verify import misplaced

        numbers = {box["page"] for box in record["boxes"]}
        with self._lock:
            pages = [page for number in numbers if (page := self._page(document_id, source, number))]
        return misplaced(record, pages, word=source.suffix.lower() in WORD)

    def _page(self, document_id: str, source: Path, number: int) -> Page | None:
        key = (document_id, number)
        if key not in self._held:
            for page in _read(document_id, source, number):
                self._held[document_id, page.number] = page
            while len(self._held) > _HELD and next(iter(self._held)) != key:
                self._held.popitem(last=False)
        return self._held.get(key)


def _read(document_id: str, source: Path, number: int) -> Iterator[Page]:
    """The pages of a file; of a PDF only the one that is asked for."""
    from pipeline.read import read

    if source.suffix.lower() != ".pdf":
        yield from read(source, document_id).pages
        return
    import pymupdf

    with tempfile.TemporaryDirectory(prefix="truynguon-frame-") as folder, pymupdf.open(source) as whole:
        single = Path(folder) / "page.pdf"
        with pymupdf.open() as part:
            part.insert_pdf(whole, from_page=number - 1, to_page=number - 1)
            part.save(single)
        yield from (replace(page, number=number) for page in read(single, document_id).pages)


def _lines(page: Page) -> Iterator[Line]:
    yield from page.lines
    for grid in page.grids:
        for cell in grid.cells:
            yield from cell.lines


def _inside(passage: Passage, frame: Box) -> Iterator[Passage]:
    """The part of a line, from the first to the last character whose middle lies in the frame, words whole."""
    places = [
        place
        for place, glyph in enumerate(passage.glyphs)
        if glyph
        and not passage.text[place].isspace()
        and frame.holds((glyph.x0 + glyph.x1) / 2, (glyph.y0 + glyph.y1) / 2)
    ]
    if places:
        start, end, text = places[0], places[-1] + 1, passage.text
        while start > 0 and text[start - 1 : start + 1].isalnum():
            start -= 1
        while end < len(text) and text[end - 1 : end + 1].isalnum():
            end += 1
        yield passage[start:end]
