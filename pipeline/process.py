"""One file through all stages: read -> outline -> extract -> check, as rows of the datasets."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from pipeline.arithmetic import checks, conflicts
from pipeline.check import Records, check
from pipeline.extract import Extraction, extract
from pipeline.fingerprint import fingerprint
from pipeline.limits import step
from pipeline.outline import outline
from pipeline.read import media_type, read
from pipeline.read.errors import ReadError
from pipeline.sources import shown_name, source_uri
from pipeline.version import extractor_version
from schemas.datasets import DATASETS
from schemas.document import Document, Page, ReadIssue
from schemas.place import Passage, join
from schemas.records import DocumentRow, Issue, PageRow, PlacedBox


@dataclass(frozen=True, slots=True)
class Arrival:
    """A file as received."""

    path: Path
    document_id: str
    received_at: datetime
    batch: str
    # the archived copy, from which it is read; why there is none; the document that it takes the place of
    source: Path | None = None
    problem: str | None = None
    replaces: str | None = None

    @property
    def document_ids(self) -> tuple[str, ...]:
        """The documents whose rows it brings or takes away."""
        return (self.document_id, self.replaces) if self.replaces else (self.document_id,)


@dataclass(frozen=True, slots=True)
class Processed:
    """What became of a file: its rows by dataset."""

    document: DocumentRow
    tables: dict[str, pa.Table]

    def count(self, dataset: str) -> int:
        return int(self.tables[dataset].num_rows)


def process(arrival: Arrival) -> Processed:
    """Read and extract a file; one that can't be read becomes a quarantined document with its reason."""
    if arrival.problem:
        return quarantined(arrival, arrival.problem)
    try:
        document = read(arrival.source or arrival.path, arrival.document_id)
        step()
        return as_tables(arrival, document, extract(document, outline(document)))
    except ReadError as error:
        return quarantined(arrival, str(error))
    except MemoryError:
        return quarantined(arrival, "cần nhiều bộ nhớ hơn giới hạn")
    except RecursionError:
        return quarantined(arrival, "cấu trúc tệp lồng nhau quá sâu")
    except Exception as error:  # a fault of ours in one document must not cost the others
        logging.getLogger("truynguon").exception("fault", extra={"fields": {"document_id": arrival.document_id}})
        return quarantined(arrival, f"lỗi của chương trình khi xử lý tệp này: {type(error).__name__}: {error}")


def as_tables(arrival: Arrival, document: Document, found: Extraction) -> Processed:
    """The rows of all datasets for a document that was read."""
    header = found.header
    read_confidences = [page.read_confidence for page in document.pages if page.read_confidence is not None]
    row = _document_row(
        arrival,
        status="extracted",
        media_type=document.media_type,
        pages=len(document.pages) or None,
        doc_type=header.doc_type,
        number=header.number,
        issuer=header.issuer.name if header.issuer else None,
        issuer_id=header.issuer.agency_id if header.issuer else None,
        place=header.place,
        issued_on=header.issued_on,
        title=header.title,
        signer=header.signer,
        signer_title=header.signer_title,
        data_as_of=header.data_as_of,
        text_source=document.text_source.value,
        read_confidence=sum(read_confidences) / len(read_confidences) if read_confidences else None,
        fingerprint=fingerprint(found.outline),
    )
    issues = [_read_issue(arrival.document_id, issue) for issue in document.issues]
    checked = checks(arrival.document_id, found)
    return Processed(
        row,
        _tables(
            documents=[row],
            pages=[_page_row(arrival.document_id, page) for page in document.pages],
            tasks=found.tasks,
            metrics=found.metrics,
            references=found.references,
            agencies=found.agencies,
            numbers=found.numbers,
            issues=[*issues, *check(_records(arrival.document_id, found)), *conflicts(found, checked)],
            checks=checked,
        ),
    )


def _records(document_id: str, found: Extraction) -> Records:
    of_pages = (found.tasks, found.metrics, found.agencies, found.numbers, found.references)
    return Records(document_id, found.header, *of_pages, found.outline)


def quarantined(arrival: Arrival, reason: str) -> Processed:
    """The rows of a document that can't be read: the document with the reason, and an issue."""
    row = _document_row(arrival, status="quarantined", media_type=media_type(arrival.path), reason=reason)
    issue = Issue(arrival.document_id, None, (), "not_read", "error", reason, "documents", arrival.document_id)
    return Processed(row, _tables(documents=[row], issues=[issue]))


def _document_row(arrival: Arrival, **known: Any) -> DocumentRow:
    unknown = dict.fromkeys(DATASETS["documents"].schema.names)
    return DocumentRow(
        **{
            **unknown,
            "document_id": arrival.document_id,
            "file_name": shown_name(arrival.path),
            "source_uri": source_uri(arrival.path),
            "bytes": 0 if arrival.problem else (arrival.source or arrival.path).stat().st_size,
            "received_at": arrival.received_at,
            "extractor_version": extractor_version(),
            "batch": arrival.batch,
            "fingerprint": (),
            **known,
        }
    )


def _page_row(document_id: str, page: Page) -> PageRow:
    return PageRow(
        document_id,
        page.number,
        page.width,
        page.height,
        page.rotation,
        page_text(page),
        page.text_source.value,
        page.read_confidence,
    )


def page_text(page: Page) -> str:
    """The text of a page in reading order, tables where they stand, cells parted by tabs."""
    lines = [(line.box.y0, line.passage.text) for line in page.lines]
    for grid in page.grids:
        rows: dict[int, list[Passage]] = {}
        for cell in grid.cells:
            rows.setdefault(cell.row, []).append(join(line.passage for line in cell.lines))
        top = grid.box.y0 if grid.box else 0.0
        table = "\n".join("\t".join(passage.text for passage in row) for _, row in sorted(rows.items()))
        after = next((i for i, (y, _) in enumerate(lines) if y > top), len(lines))
        lines.insert(after, (top, table))
    return "\n".join(text for _, text in lines)


def _read_issue(document_id: str, issue: ReadIssue) -> Issue:
    boxes = tuple(PlacedBox(*box) for box in issue.boxes)
    return Issue(document_id, issue.page, boxes, issue.kind, issue.severity, issue.message, None, None)


def _tables(**rows: Iterable[Any]) -> dict[str, pa.Table]:
    return {name: DATASETS[name].table(rows.get(name, ())) for name in DATASETS}
