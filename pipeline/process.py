"""One file through all stages: read -> outline -> extract -> check, as rows of the datasets."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from pipeline.limits import step
from pipeline.read import media_type
from pipeline.read.errors import ReadError
from pipeline.sources import shown_name, source_uri
from pipeline.version import extractor_version
from schemas.datasets import DATASETS
from schemas.records import DocumentRow, Issue


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
    # Here, for whoever only hands documents on to the processes that read them must not wait for all grammars.
    from pipeline.extract import extract
    from pipeline.outline import outline
    from pipeline.read import read
    from pipeline.rows import as_tables

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


def quarantined(arrival: Arrival, reason: str) -> Processed:
    """The rows of a document that can't be read: the document with the reason, and an issue."""
    row = document_row(arrival, status="quarantined", media_type=media_type(arrival.path), reason=reason)
    issue = Issue(arrival.document_id, None, (), "not_read", "error", reason, "documents", arrival.document_id)
    return Processed(row, tables(documents=[row], issues=[issue]))


def document_row(arrival: Arrival, **known: Any) -> DocumentRow:
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


def tables(**rows: Iterable[Any]) -> dict[str, pa.Table]:
    return {name: DATASETS[name].table(rows.get(name, ())) for name in DATASETS}
