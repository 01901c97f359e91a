"""Record -> where it stands: the record with its document, and a picture of the page with its boxes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pyarrow.dataset as ds

from pipeline.store import Store
from schemas.datasets import DATASETS, RECORD_DATASETS

EVIDENCE = ("document_id", "page", "boxes", "quote", "rule", "confidence", "read_confidence", "is_primary")


class TraceError(Exception):
    """A record can't be traced; the message says which and why."""


@dataclass(frozen=True, slots=True)
class Traced:
    """A record with its document's row; `values` are the columns that are not evidence."""

    dataset: str
    record_id: str
    row: dict[str, Any]
    document: dict[str, Any]

    @property
    def values(self) -> dict[str, Any]:
        hidden = {*EVIDENCE, DATASETS[self.dataset].id_column}
        return {name: value for name, value in self.row.items() if name not in hidden}


def find_record(outputs: Path, prefix: str) -> Traced:
    """The one record whose id begins with the prefix.

    Raises:
        TraceError: no record or several begin so, or there are no datasets.
    """
    found: list[tuple[str, dict[str, Any]]] = []
    for name in RECORD_DATASETS:
        column = DATASETS[name].id_column
        rows = _dataset(outputs, name).to_table(filter=pc.starts_with(pc.field(column), prefix)).to_pylist()
        found += [(name, row) for row in rows]
    if not found:
        raise TraceError(f"không có bản ghi nào có mã bắt đầu bằng {prefix!r}")
    if len(found) > 1:
        raise TraceError(f"{len(found)} bản ghi có mã bắt đầu bằng {prefix!r}; hãy cho thêm ký tự")
    name, row = found[0]
    documents = _dataset(outputs, "documents").to_table(filter=pc.field("document_id") == row["document_id"]).to_pylist()
    if not documents:
        raise TraceError(f"thiếu văn bản {row['document_id']} của bản ghi {prefix!r}")
    return Traced(name, row[str(DATASETS[name].id_column)], row, documents[0])


def example_record(outputs: Path) -> Traced:
    """The first metric of the first document that has one, for who has no id at hand yet.

    Raises:
        TraceError: there is no metric, or there are no datasets.
    """
    rows = _dataset(outputs, "metrics").to_table(columns=["metric_id", "document_id"]).to_pylist()
    first = {row["document_id"]: row["metric_id"] for row in reversed(rows)}
    names = _dataset(outputs, "documents").to_table(columns=["file_name", "document_id"]).sort_by("file_name")
    for document_id in names["document_id"].to_pylist():
        if document_id in first:
            return find_record(outputs, first[document_id])
    raise TraceError(f"chưa có số liệu nào trong {outputs}")


def _dataset(outputs: Path, name: str) -> ds.Dataset:
    folder = outputs / name
    if not folder.is_dir():
        raise TraceError(f"không có bộ dữ liệu {folder}; hãy chạy truynguon ingest trước")
    return ds.dataset(folder, format="parquet", schema=DATASETS[name].schema)


def draw(outputs: Path, found: Traced, file: Path, dpi: int = 110) -> None:
    """Draw the page on which the record starts, with its boxes, as PNG.

    Raises:
        TraceError: the record stands on no page, or its source is missing.
    """
    import pymupdf

    page_number = found.row["page"]
    source = Store(outputs).source(found.row["document_id"])
    if page_number is None:
        raise TraceError("bản ghi không nằm trên trang nào đã dựng được")
    if source is None:
        raise TraceError(f"thiếu tệp gốc của văn bản {found.row['document_id']}")
    with pymupdf.open(source) as pdf:
        page = pdf[page_number - 1]
        for box in found.row["boxes"]:
            if box["page"] == page_number:
                rect = pymupdf.Rect(box["x0"] - 1.5, box["y0"] - 1, box["x1"] + 1.5, box["y1"] + 1)
                page.draw_rect(rect * page.derotation_matrix, color=(0.85, 0.1, 0.1), width=1.2)
        page.get_pixmap(dpi=dpi).save(file)
