"""What was read and extracted of a document, as rows of the datasets."""

from __future__ import annotations

from pipeline.arithmetic import checks, conflicts
from pipeline.check import Records, check
from pipeline.extract import Extraction
from pipeline.fingerprint import fingerprint
from pipeline.process import Arrival, Processed, document_row, tables
from schemas.document import Document, Page, ReadIssue
from schemas.place import Passage, join
from schemas.records import Issue, PageRow, PlacedBox


def as_tables(arrival: Arrival, document: Document, found: Extraction) -> Processed:
    """The rows of all datasets for a document that was read."""
    header = found.header
    read_confidences = [page.read_confidence for page in document.pages if page.read_confidence is not None]
    row = document_row(
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
        tables(
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
