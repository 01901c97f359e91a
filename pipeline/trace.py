"""Published rows -> where they stand: a record with its document and its page, a document with all its numbers."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from extractors.ledger import PUNCTUATION, TOKEN
from pipeline.store import Store
from schemas.datasets import DATASETS, RECORD_DATASETS

if TYPE_CHECKING:  # it imports pandas: who reads without it, as the audit application, starts in half the time
    import pyarrow.dataset as ds

EVIDENCE = ("document_id", "page", "boxes", "quote", "rule", "confidence", "read_confidence", "is_primary")
# What becomes of a number, as the contract lists it.
NUMBER_KINDS = ("metric", "date", "reference", "ordinal", "name", "page_number", "contact", "other", "unexplained")
# How much text is shown on each side of a number, in characters.
AROUND = 45
# How many of several fitting documents or records a message names.
_NAMED = 5

Row = dict[str, Any]


class TraceError(Exception):
    """A record or document can't be traced; the message says which and why."""


@dataclass(frozen=True, slots=True)
class Traced:
    """A record with its document's row; `values` are the columns that are not evidence."""

    dataset: str
    record_id: str
    row: Row
    document: Row

    @property
    def values(self) -> Row:
        hidden = {*EVIDENCE, DATASETS[self.dataset].id_column}
        return {name: value for name, value in self.row.items() if name not in hidden}


# records and documents by what a person types


# the record in an address of the audit application: /r/<id>, /d/<document>#p2&r=<id>
_ADDRESS = re.compile(r"(?:/r/|[#&]r=)(\w+)")


def find_record(outputs: Path, prefix: str) -> Traced:
    """The one record whose id begins with the prefix, or that an address of the audit application shows.

    Raises:
        TraceError: no record or several begin so, or there are no datasets.
    """
    address = _ADDRESS.search(prefix)
    prefix = address[1] if address else prefix
    found: list[tuple[str, Row]] = []
    for name in RECORD_DATASETS:
        column = DATASETS[name].id_column
        rows = dataset(outputs, name).to_table(filter=pc.starts_with(pc.field(column), prefix)).to_pylist()
        found += [(name, row) for row in rows]
    if not found:
        raise TraceError(f"không có bản ghi nào có mã bắt đầu bằng {prefix!r}; cần phần đầu của một mã như metric_id")
    if len(found) > 1:
        ids = (f"{name} {row[str(DATASETS[name].id_column)]}" for name, row in found)
        raise TraceError(f"{len(found)} bản ghi có mã bắt đầu bằng {prefix!r}, cần thêm ký tự: {_some(ids)}")
    name, row = found[0]
    documents = dataset(outputs, "documents").to_table(filter=pc.field("document_id") == row["document_id"]).to_pylist()
    if not documents:
        raise TraceError(f"thiếu văn bản {row['document_id']} của bản ghi {prefix!r}")
    return Traced(name, row[str(DATASETS[name].id_column)], row, documents[0])


def example_record(outputs: Path) -> Traced:
    """The first metric of the first document that has one, for who has no id at hand yet.

    Raises:
        TraceError: there is no metric, or there are no datasets.
    """
    rows = dataset(outputs, "metrics").to_table(columns=["metric_id", "document_id"]).to_pylist()
    first = {row["document_id"]: row["metric_id"] for row in reversed(rows)}
    names = dataset(outputs, "documents").to_table(columns=["file_name", "document_id"]).sort_by("file_name")
    for document_id in names["document_id"].to_pylist():
        if document_id in first:
            return find_record(outputs, first[document_id])
    raise TraceError(f"chưa có số liệu nào trong {outputs}")


def find_document(outputs: Path, key: str) -> Row:
    """The one document whose id or file name is the key or begins with it; a whole name comes before a beginning.

    Raises:
        TraceError: no document or several fit, or there are no datasets.
    """
    rows = dataset(outputs, "documents").to_table().to_pylist()
    whole = [row for row in rows if key in (row["document_id"], row["file_name"])]
    begun = [row for row in rows if row["document_id"].startswith(key) or row["file_name"].startswith(key)]
    found = whole or begun
    if not found:
        names = _some(sorted(row["file_name"] for row in rows)) if rows else "(chưa có văn bản nào)"
        raise TraceError(f"không có văn bản nào có mã hay tên tệp bắt đầu bằng {key!r}; trong {outputs} có: {names}")
    if len(found) > 1:
        names = _some(f"{row['file_name']} ({row['document_id'][:12]}…)" for row in found)
        raise TraceError(f"{len(found)} văn bản khớp với {key!r}, cần thêm ký tự của mã hoặc tên tệp: {names}")
    return dict(found[0])


def _some(names: Iterator[str] | Sequence[str]) -> str:
    listed = list(names)
    return ", ".join(listed[:_NAMED]) + (", …" if len(listed) > _NAMED else "")


def dataset_folder(outputs: Path, name: str) -> Path:
    """The folder of a published dataset.

    Raises:
        TraceError: it is not there.
    """
    folder = outputs / name
    if not folder.is_dir():
        raise TraceError(f"không có bộ dữ liệu {folder}; hãy chạy truynguon ingest trước")
    return folder


def dataset(outputs: Path, name: str) -> ds.Dataset:
    """A published dataset.

    Raises:
        TraceError: it is not there.
    """
    import pyarrow.dataset as ds

    return ds.dataset(dataset_folder(outputs, name), format="parquet", schema=DATASETS[name].schema)


def rows_of(outputs: Path, name: str, document_ids: Sequence[str]) -> pa.Table:
    """The published rows of some documents, in the order in which they were written."""
    wanted = pc.field("document_id").isin(pa.array(document_ids, pa.string()))
    return dataset(outputs, name).to_table(filter=wanted)


# pictures


def draw(outputs: Path, found: Traced, file: Path, dpi: int = 110) -> None:
    """Draw the page on which the record starts, with its boxes, as PNG.

    Raises:
        TraceError: the record stands on no page, its source is missing, or its pages can't be shown.
    """
    import pymupdf

    number = found.row["page"]
    source = Store(outputs).source(found.row["document_id"])
    if number is None:
        raise TraceError("bản ghi không nằm trên trang nào: tệp này không có trang hoặc chưa dựng được trang")
    if source is None:
        raise TraceError(f"thiếu tệp gốc của văn bản {found.row['document_id']}")
    with open_pages(source) as pages, sheet(pages, number, dpi) as drawing:
        for box in found.row["boxes"]:
            if box["page"] == number:
                rect = pymupdf.Rect(box["x0"] - 1.5, box["y0"] - 1, box["x1"] + 1.5, box["y1"] + 1)
                drawing[0].draw_rect(rect, color=(0.85, 0.1, 0.1), width=1.2)
        drawing[0].get_pixmap(dpi=dpi).save(file)


def open_pages(source: Path) -> Any:
    """The pages of a file as they are displayed: a PDF, pictures, or the rendering in which Word text has its places.

    Raises:
        TraceError: the file has no pages, or they can't be shown.
    """
    import pymupdf

    from pipeline.read.docx import render
    from pipeline.read.errors import ReadError
    from pipeline.read.office import OfficeError

    try:
        if source.suffix.lower() in (".docx", ".doc"):
            return pymupdf.open("pdf", render(source))
        if source.suffix.lower() in (".txt", ".md", ".html", ".htm"):
            raise TraceError(f"{source.name} không có trang để vẽ")
        return pymupdf.open(source)
    except (ReadError, OfficeError, pymupdf.FileDataError, pymupdf.EmptyFileError, RuntimeError) as error:
        raise TraceError(f"không dựng được trang của {source.name}: {error}") from error


def sheet(pages: Any, number: int, dpi: int, left: float = 0, right: float = 0, below: float = 0) -> Any:
    """A PDF of one page that shows page `number` (from 1), with margins in points for what is written beside it.

    The page is photographed first, so that neither its rotation nor its crop box moves what is drawn: but for the
    margin at its left, places are those that records carry.

    Raises:
        TraceError: there is no such page.
    """
    import pymupdf

    if not 1 <= number <= len(pages):
        raise TraceError(f"không có trang {number}: tệp có các trang 1–{len(pages)}")
    page = pages[number - 1]
    width, height = page.rect.width, page.rect.height
    drawing = pymupdf.open()
    paper = drawing.new_page(width=left + width + right, height=height + below)
    paper.insert_image(pymupdf.Rect(left, 0, left + width, height), pixmap=page.get_pixmap(dpi=dpi))
    return drawing


# the ledger of a document


@dataclass(frozen=True, slots=True)
class Unexplained:
    """A number that nothing explains, with the words around it."""

    page: int | None
    raw: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class LedgerView:
    """The numbers of a document: how many became what, and those that nothing explains."""

    document: Row
    counts: Mapping[str, int]
    unexplained: tuple[Unexplained, ...]

    @property
    def total(self) -> int:
        return sum(self.counts.values())


def ledger(outputs: Path, key: str) -> LedgerView:
    """The ledger of the document whose id or file name is or begins with the key.

    Raises:
        TraceError: no document or several fit, it was quarantined, or there are no datasets.
    """
    document = find_document(outputs, key)
    if document["status"] == "quarantined":
        raise TraceError(f"{document['file_name']} bị cách ly, không có con số nào: {document['reason']}")
    rows = rows_of(outputs, "numbers", [document["document_id"]]).to_pylist()
    found = Counter(row["kind"] for row in rows)
    counts = {kind: found[kind] for kind in dict.fromkeys((*NUMBER_KINDS, *found))}
    if not counts["unexplained"]:
        return LedgerView(document, counts, ())
    by_page: dict[int | None, list[Row]] = defaultdict(list)
    for row in rows:
        by_page[row["page"]].append(row)
    by_page_text = texts(outputs, document["document_id"])
    unexplained = [found for page, held in by_page.items() for found in _unexplained(held, by_page_text.get(page, ""))]
    return LedgerView(document, counts, tuple(unexplained))


def texts(outputs: Path, document_id: str) -> dict[int | None, str]:
    """The text of each page; of a file without pages the whole text, from the archived file, under None."""
    rows = rows_of(outputs, "pages", [document_id]).to_pylist()
    if rows:
        return {row["page"]: row["text"] for row in rows}
    from pipeline.read import read

    source = Store(outputs).source(document_id)
    pieces = read(source, document_id).pieces if source else ()
    lines = [piece.paragraph for piece in pieces if piece.paragraph]
    lines += [line for piece in pieces if piece.grid for cell in piece.grid.cells for line in cell.lines]
    return {None: "\n".join(line.passage.text for line in lines)}


def _unexplained(rows: Sequence[Row], text: str) -> Iterator[Unexplained]:
    """The unexplained ones among a page's numbers, each found again in the text of the page."""
    text = " ".join(text.split())
    tokens = [_token(match.group(), match.start()) for match in TOKEN.finditer(text)]
    for index, row in enumerate(rows):
        if row["kind"] == "unexplained":
            start = _nearest(index, [row["raw"] for row in rows], tokens)
            end = start + len(row["raw"]) if start is not None else 0
            before = text[: start or 0][-AROUND:].lstrip()
            yield Unexplained(row["page"], row["raw"], before, text[end : end + AROUND].rstrip() if end else "")


def _token(printed: str, start: int) -> tuple[str, int]:
    cut = len(printed) - len(printed.lstrip(PUNCTUATION))
    return printed.strip(PUNCTUATION), start + cut


def _nearest(index: int, raws: Sequence[str], tokens: Sequence[tuple[str, int]]) -> int | None:
    """Where the number stands in the text; of several alike the one with the same neighbours, then the nearest in order.

    The text has tables where they stand on the page, the ledger has them after the lines.
    """
    alike = [place for place, (raw, _) in enumerate(tokens) if raw == raws[index]]
    if not alike:
        return None

    def fit(place: int) -> tuple[int, int]:
        beside = [(index + step, place + step) for step in (-2, -1, 1, 2)]
        same = sum(0 <= a < len(raws) and 0 <= b < len(tokens) and raws[a] == tokens[b][0] for a, b in beside)
        return same, -abs(place - index)

    return tokens[max(alike, key=fit)][1]
