"""How well and how fast scans are read: each scan of a folder against its born-digital twin.

    python benchmarks/ocr_accuracy.py [FOLDER]        (default: ../shared/documents)

A scan `NAME.pdf` has a twin `NAME.born-digital.pdf`; a text PDF without a twin is its own twin: it is drawn at
200 dpi, askew by half a degree. Printed are, per document, the share of characters read right (Levenshtein, blanks
folded), over all pages and over pages without tables, the share of table cells that hold the right text in the
right row and column, and the time against tesseract alone on the same pictures, as many at once.
"""

from __future__ import annotations

import os
import re
import resource
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import pymupdf
from rapidfuzz.distance import Levenshtein

from pipeline.read.pdf import read_page
from pipeline.read.scan.camera import photograph
from pipeline.read.scan.ocr import LANGUAGE, tessdata
from pipeline.read.scan.workers import default_workers, read_pages
from schemas.document import Grid, Line, Page

SKEW = 0.5
# A cell is right if this share of its characters is.
RIGHT_CELL = 0.8


@dataclass(frozen=True, slots=True)
class Score:
    """Characters and cells, right and all."""

    characters: int
    wrong: int
    cells: int
    right_cells: int

    @property
    def accuracy(self) -> float:
        return 1 - self.wrong / max(1, self.characters)


def folded(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def page_text(page: Page) -> str:
    """The text of a page from the top, cells row by row."""
    parts = [(line.box.y0, line.passage.text) for line in page.lines]
    for grid in page.grids:
        top = grid.box.y0 if grid.box else 0.0
        after = next((i for i, (y, _) in enumerate(parts) if y > top), len(parts))
        parts.insert(after, (top, " ".join(cell_text(cell.lines) for cell in grid.cells)))
    return folded(" ".join(text for _, text in parts))


def cell_text(lines: Sequence[Line]) -> str:
    return folded(" ".join(line.passage.text for line in lines))


def score(read: Page | None, twin: Page) -> Score:
    wanted, got = page_text(twin), page_text(read) if read else ""
    cells = [pair for grid in zip(read.grids if read else (), twin.grids, strict=False) for pair in _cells(*grid)]
    missing = sum(bool(c.lines) for grid in twin.grids[len(read.grids) if read else 0 :] for c in grid.cells)
    right = sum(Levenshtein.normalized_similarity(a, b) >= RIGHT_CELL for a, b in cells)
    return Score(len(wanted), Levenshtein.distance(wanted, got), len(cells) + missing, right)


def _cells(read: Grid, twin: Grid) -> Iterator[tuple[str, str]]:
    """The texts of cells of the same row and column, of those that are not empty in the twin."""
    texts = {(cell.row, cell.column): cell_text(cell.lines) for cell in read.cells}
    for cell in twin.cells:
        if cell.lines:
            yield texts.get((cell.row, cell.column), ""), cell_text(cell.lines)


def draw_askew(source: Path, target: Path) -> None:
    """A copy of a PDF as pictures of 200 dpi, turned a little."""
    with pymupdf.open(source) as pdf, pymupdf.open() as drawn:
        for page in pdf:
            picture = page.get_pixmap(matrix=pymupdf.Matrix(200 / 72, 200 / 72).prerotate(SKEW), colorspace="gray")
            sheet = drawn.new_page(width=page.rect.width, height=page.rect.height)
            left, top = (picture.width * 0.36 - page.rect.width) / 2, (picture.height * 0.36 - page.rect.height) / 2
            frame = pymupdf.Rect(-left, -top, page.rect.width + left, page.rect.height + top)
            sheet.insert_image(frame, stream=picture.tobytes("png"))
        drawn.save(target, deflate=True)


def processor_seconds() -> float:
    """Of this process and of those it started, which other programs on the machine do not slow down."""
    return sum(
        usage.ru_utime + usage.ru_stime
        for usage in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )


def bare_seconds(scan: Path, workers: int) -> tuple[float, float]:
    """The time that tesseract alone takes for the pages, with its own search for lines: of the clock, of processors."""
    with pymupdf.open(scan) as pdf:
        photos = [(photo.pixels, photo.scale) for photo in map(photograph, pdf)]
    start, used = time.perf_counter(), processor_seconds()
    with ProcessPoolExecutor(workers, get_context("spawn")) as pool:
        list(pool.map(_bare, photos))
    return time.perf_counter() - start, processor_seconds() - used


def _bare(photo: tuple[object, float]) -> int:
    import tesserocr  # noqa: PLC0415
    from PIL import Image  # noqa: PLC0415

    with tesserocr.PyTessBaseAPI(path=tessdata(), lang=LANGUAGE) as api:
        api.SetVariable("debug_file", os.devnull)
        api.SetImage(Image.fromarray(photo[0]).convert("L"))  # type: ignore[arg-type]
        return len(api.GetUTF8Text())


def measure(name: str, scan: Path, twin: Path) -> None:
    workers = default_workers()
    with pymupdf.open(twin) as pdf:
        twins = [read_page(page) for page in pdf]
    start, used = time.perf_counter(), processor_seconds()
    read = read_pages(scan, [page.number for page in twins])
    seconds, used = time.perf_counter() - start, processor_seconds() - used
    scores = {page.number: score(read.pages.get(page.number), page) for page in twins}
    text = [scores[page.number] for page in twins if not page.grids]
    bare, bare_used = bare_seconds(scan, workers)
    print(f"{name}: {len(twins)} pages, {len(read.issues)} set aside")
    for number, one in scores.items():
        print(f"  page {number:3}  characters {one.accuracy:.4f}  cells {one.right_cells}/{one.cells}")
    print(
        f"  characters {total(list(scores.values())).accuracy:.4f}, on pages without tables {total(text).accuracy:.4f}"
    )
    whole = total(list(scores.values()))
    if whole.cells:
        print(f"  cells in their row and column {whole.right_cells / whole.cells:.4f} of {whole.cells}")
    print(f"  {seconds:.1f} s, tesseract alone {bare:.1f} s: {seconds / bare:.2f} times, {workers} at once")
    print(f"  processor {used:.1f} s, tesseract alone {bare_used:.1f} s: {used / bare_used:.2f} times")


def total(scores: Sequence[Score]) -> Score:
    return Score(
        sum(one.characters for one in scores),
        sum(one.wrong for one in scores),
        sum(one.cells for one in scores),
        sum(one.right_cells for one in scores),
    )


def main(folder: Path) -> None:
    os.environ["OMP_THREAD_LIMIT"] = "1"
    for twin in sorted(folder.glob("*.born-digital.pdf")):
        name = twin.name.removesuffix(".born-digital.pdf")
        measure(name, folder / f"{name}.pdf", twin)
    with tempfile.TemporaryDirectory() as drawn:
        for source in sorted(folder.glob("*.pdf")):
            if source.name.count(".") == 1 and not (folder / f"{source.stem}.born-digital.pdf").exists():
                scan = Path(drawn) / source.name
                draw_askew(source, scan)
                measure(f"{source.stem} drawn at 200 dpi, {SKEW}° askew", scan, source)


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parent.parent.parent / "shared" / "documents"))
