"""Every record of a PDF stands where it says: the words inside its boxes are its quote, and no number is missing.

Checked with PyMuPDF's own characters and nothing of ours, also on pages that are rotated or cropped.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow.dataset as ds
import pymupdf
import pytest

from pipeline.ingest import ingest
from tests.conftest import sample

TEXT_PDFS = ("01", "02", "03", "04", "07")
SHARED = Path(__file__).parent.parent.parent / "shared" / "documents"
Row = dict[str, Any]
Character = tuple[float, float, str, bool]


def rows(outputs: Path, name: str) -> list[Row]:
    return list(ds.dataset(outputs / name, format="parquet").to_table().to_pylist())


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFC", text)).casefold()


def inside(characters: list[Character], box: Row) -> list[Character]:
    """The characters of a page whose centre lies in the box, in the order of the page."""
    return [c for c in characters if box["x0"] - 1 <= c[0] <= box["x1"] + 1 and box["y0"] - 1 <= c[1] <= box["y1"] + 1]


def holds(characters: list[Character], quote: str) -> bool:
    """Whether these are the quote, with or without the raised marks of footnotes between its words."""
    whole = "".join(character for _, _, character, _ in characters)
    unmarked = "".join(character for _, _, character, raised in characters if not raised)
    return squeezed(quote) in squeezed(whole) or squeezed(quote) in squeezed(unmarked)


def displayed_characters(page: pymupdf.Page) -> list[Character]:
    """Characters with their centres as the reader of the page sees them; PyMuPDF gives those of the unrotated page."""
    found: list[Character] = []
    for block in page.get_text("rawdict", flags=pymupdf.TEXT_PRESERVE_LIGATURES)["blocks"]:
        for line in block.get("lines", ()):
            for span in line["spans"]:
                raised = bool(span["flags"] & pymupdf.TEXT_FONT_SUPERSCRIPT)
                for char in span["chars"]:
                    box = (pymupdf.Rect(char["bbox"]) * page.rotation_matrix).normalize()
                    found.append(((box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2, squeezed(char["c"]), raised))
    return found


def misplaced(outputs: Path, files: list[Path]) -> tuple[int, list[str]]:
    """How many records were looked at, and those whose quote is not inside their boxes."""
    pages = {file.name: [displayed_characters(page) for page in pymupdf.open(file)] for file in files}
    names = {row["document_id"]: row["file_name"] for row in rows(outputs, "documents")}
    seen, wrong = 0, []
    for dataset in ("tasks", "metrics", "references", "agencies", "numbers"):
        for row in rows(outputs, dataset):
            seen += 1
            characters = pages[names[row["document_id"]]]
            boxed = [c for box in row["boxes"] for c in inside(characters[box["page"] - 1], box)]
            if not holds(boxed, row["quote"]):
                wrong.append(f"{dataset} {row['quote'][:60]!r} but {''.join(c[2] for c in boxed)[:60]!r}")
    return seen, wrong


def missing_numbers(outputs: Path, files: list[Path]) -> Counter[str]:
    """Digits that stand on a page and in no row of the ledger."""
    ids = {row["file_name"]: row["document_id"] for row in rows(outputs, "documents")}
    ledger = rows(outputs, "numbers")
    missing: Counter[str] = Counter()
    for file in files:
        for number, page in enumerate(pymupdf.open(file), 1):
            mine = (row["raw"] for row in ledger if (row["document_id"], row["page"]) == (ids[file.name], number))
            missing += digits(page.get_text()) - digits("".join(mine))
    return missing


def digits(text: str) -> Counter[str]:
    return Counter(c for c in unicodedata.normalize("NFKC", text) if c.isdigit())


def turned(source: Path, target: Path, rotation: int) -> Path:
    with pymupdf.open(source) as document:
        for page in document:
            page.set_rotation(rotation)
        document.save(target)
    return target


def cropped(source: Path, target: Path) -> Path:
    """The same pages seen through a window that begins 20 points further right and 30 further down."""
    with pymupdf.open(source) as document:
        for page in document:
            window = page.rect
            page.set_cropbox(pymupdf.Rect(window.x0 + 20, window.y0 + 30, window.x1, window.y1))
        document.save(target)
    return target


def in_place(outputs: Path, files: list[Path]) -> None:
    ingest(files, outputs)
    seen, wrong = misplaced(outputs, files)
    assert seen > 0
    assert wrong == []
    assert missing_numbers(outputs, files) == Counter()


@pytest.mark.slow
def test_samples(tmp_path: Path) -> None:
    in_place(tmp_path / "outputs", [sample(number) for number in TEXT_PDFS])


@pytest.mark.slow
@pytest.mark.parametrize("rotation", [90, 180, 270])
def test_rotated_pages(rotation: int, tmp_path: Path) -> None:
    in_place(tmp_path / "outputs", [turned(sample("03"), tmp_path / "turned.pdf", rotation)])


@pytest.mark.slow
def test_cropped_pages(tmp_path: Path) -> None:
    in_place(tmp_path / "outputs", [cropped(sample("04"), tmp_path / "cropped.pdf")])


@pytest.mark.slow
@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared documents are not beside the project")
def test_shared_documents(tmp_path: Path) -> None:
    names = ("000-bao-cao-bo-khcn.pdf", "002-phu-luc-nhiem-vu-cham-muon.pdf")
    in_place(tmp_path / "outputs", [*map(SHARED.joinpath, names), *SHARED.glob("*.born-digital.pdf")])
