"""Archived sources -> datasets, again: what an older version of the program read is read by this one.

A document's rows are replaced all at once, or not at all. What that changed is a list, one line a change:

    _changes/<batch>.jsonl    {"dataset": "tasks", "record_id": …, "change": "changed", "field": "deadline",
                               "old": null, "new": "2025-12-20", "old_rule": …, "new_rule": …, …}
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from pipeline.ingest import Outcome, read_batch, together
from pipeline.limits import Limits
from pipeline.link import link
from pipeline.process import Arrival
from pipeline.sources import received_as
from pipeline.store import Batch, Store, new_batch_name
from pipeline.trace import Row, find_document
from pipeline.version import extractor_version
from pipeline.workers import Workers
from schemas.datasets import DATASETS, PER_DOCUMENT

# Told once a list, not as a change of each document.
_NOT_CHANGES = frozenset({"extractor_version", "received_at", "batch"})


@dataclass(frozen=True, slots=True)
class Change:
    """What one field of one record was and is; of a record that came or went, the whole row is `new` or `old`."""

    document_id: str
    file_name: str
    dataset: str
    record_id: str | None
    page: int | None
    change: str
    field: str | None
    old: Any
    new: Any
    old_rule: str | None
    new_rule: str | None
    old_version: str
    new_version: str


@dataclass(slots=True)
class Report:
    """The outcomes of a re-extraction, what it changed, and the documents whose archived file is missing."""

    outcomes: list[Outcome] = field(default_factory=list)
    changes: Counter[tuple[str, str]] = field(default_factory=Counter)
    lists: list[Path] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)


def reextract(
    outputs: Path,
    key: str | None = None,
    workers: int | None = None,
    tell: Callable[[Outcome], None] | None = None,
    limits: Limits | None = None,
) -> Report:
    """Read the archived sources of documents that another version read, or of the one document that the key names.

    Raises:
        TraceError: no document or several fit the key, or there are no datasets.
        BusyError: another process writes to `outputs`.
    """
    store, report = Store(outputs), Report()
    only = None if key is None else find_document(outputs, key)["document_id"]

    def told(outcome: Outcome) -> None:
        report.outcomes.append(outcome)
        if tell:
            tell(outcome)

    with Workers(workers, limits) as pool, store.writing():
        for rows in together(_outdated(store, only, report), lambda row: int(row["bytes"] or 0)):
            arrivals = _arrivals(rows, store)
            batch = read_batch(arrivals, pool, told)
            changes = list(_changes(store, rows, batch))
            report.changes.update((change.dataset, change.change) for change in changes)
            lines = "".join(json.dumps(asdict(change), ensure_ascii=False, default=str) + "\n" for change in changes)
            store.commit(batch, lines)
            report.lists += [store.changes(batch.name)] if changes else []
        link(store)
    return report


def _outdated(store: Store, only: str | None, report: Report) -> Iterator[Row]:
    """The documents that another version read and whose source is there; the others are reported."""
    for row in store.rows("documents").to_pylist():
        if only not in (None, row["document_id"]) or row["extractor_version"] == extractor_version():
            continue
        if store.source(row["document_id"]) is None and row["bytes"]:
            report.missing.append(row["file_name"])
        else:
            yield row


def _arrivals(rows: Sequence[Row], store: Store) -> list[Arrival]:
    name = new_batch_name()
    return [
        Arrival(
            received_as(row["source_uri"]),
            row["document_id"],
            row["received_at"],
            name,
            store.source(row["document_id"]),
            row["reason"] if store.source(row["document_id"]) is None else None,
        )
        for row in rows
    ]


# what changed


def _changes(store: Store, documents: Sequence[Row], batch: Batch) -> Iterator[Change]:
    """All changes that a batch makes to documents that are in."""
    named = {row["document_id"]: row for row in documents}
    for name in PER_DOCUMENT:
        old = _keyed(name, store.rows(name, named).to_pylist())
        new = _keyed(name, batch.tables[name].to_pylist())
        for key in dict.fromkeys((*old, *new)):
            yield from _of_record(name, named, old.get(key), new.get(key))


def _keyed(name: str, rows: Iterable[Row]) -> dict[tuple[Any, ...], Row]:
    """Rows by their id; those without one by their place and content, the like ones counted."""
    column, seen = DATASETS[name].id_column, Counter[tuple[Any, ...]]()
    keyed = {}
    for row in rows:
        key = (row[column],) if column else _content(name, row)
        seen[key] += 1
        keyed[*key, seen[key]] = row
    return keyed


def _content(name: str, row: Row) -> tuple[Any, ...]:
    if name == "pages":
        return row["document_id"], row["page"]
    return row["document_id"], json.dumps(row, ensure_ascii=False, sort_keys=True, default=str)


def _of_record(name: str, documents: Mapping[str, Row], old: Row | None, new: Row | None) -> Iterator[Change]:
    row: Row = old or new or {}
    document = documents[row["document_id"]]

    def change(kind: str, column: str | None, before: Any, after: Any) -> Change:
        id_column = DATASETS[name].id_column
        return Change(
            row["document_id"], document["file_name"], name, row[id_column] if id_column else None, row.get("page"),
            kind, column, before, after, (old or {}).get("rule"), (new or {}).get("rule"),
            document["extractor_version"], extractor_version(),
        )  # fmt: skip

    if old is None or new is None:
        yield change("added" if old is None else "removed", None, old, new)
        return
    for column in new:
        if column not in _NOT_CHANGES and old.get(column) != new[column]:
            yield change("changed", column, old.get(column), new[column])
