"""The stage over all documents, in four steps: renditions, task lines, indicators, citations.

Records count as they are published: as reviewers corrected them, with those that they added, without those that they
rejected.
Only what hangs together with changed documents is made anew; what does not stands as it was published.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipeline import uncollected
from pipeline.link.citations import citations_again, link_citations
from pipeline.link.link_metrics import indicators_again, link_metrics
from pipeline.link.link_tasks import lines_again, link_tasks
from pipeline.link.memory import Memory, new_database
from pipeline.link.renditions import candidates, renditions
from pipeline.link.round import LINKED, begin
from pipeline.store import Batch, Store
from schemas.datasets import PER_DOCUMENT, RECORD_DATASETS
from schemas.records import Link

Row = dict[str, Any]

# What tells whether two documents are renditions of one.
_RENDITIONS = (
    "document_id", "number", "issued_on", "issuer_id", "status", "text_source", "media_type", "read_confidence", "batch",
    "fingerprint", "duplicate_of",
)  # fmt: skip


def link(store: Store, afresh: bool = False) -> None:
    """Bring the datasets over all documents up to date; call it while the store is held for writing.

    Does nothing if nothing was stored or decided since it last ran. `afresh` redoes the rules over all pairs;
    persons' decisions stay.
    """
    pa.default_memory_pool().release_unused()  # what the batches left, to the system
    with uncollected():
        _link(store, afresh)


def _link(store: Store, afresh: bool) -> None:
    memory = Memory(store)
    if afresh:
        memory.forget()
    if memory.is_current():
        return
    reviewed = store.reviewed_since(memory.last["reviews"]) if memory.last else ()
    _mark_renditions(store)
    with memory.opened() as (database, is_new):
        current = begin(store, database, is_new, store.published("documents", LINKED), reviewed)
        link_tasks(current)
        link_metrics(current)
        link_citations(current)


# renditions


def _mark_renditions(store: Store) -> None:
    """Point each second rendition to its primary document, and tell its records."""
    documents = store.published("documents", _RENDITIONS)
    documents = documents.filter(pc.is_in(documents["document_id"], candidates(documents))).to_pylist()
    found = renditions(documents)
    now = {row["document_id"]: found.get(row["document_id"]) for row in documents}
    before = {row["document_id"]: row["duplicate_of"] for row in documents}
    changed = {key: primary for key, primary in now.items() if before[key] != primary}
    if changed:
        store.commit(_marked(store, changed))


def _marked(store: Store, primary_of: dict[str, str | None]) -> Batch:
    """The rows of documents with what they are renditions of."""
    tables = {name: store.rows(name, primary_of) for name in PER_DOCUMENT}
    documents = tables["documents"]
    pointers = pa.array([primary_of[key] for key in documents["document_id"].to_pylist()], pa.string())
    tables["documents"] = _with_column(documents, "duplicate_of", pointers)
    first = pa.array([key for key, primary in primary_of.items() if primary is None], pa.string())
    for name in RECORD_DATASETS:
        is_primary = pc.is_in(tables[name]["document_id"], first)
        tables[name] = _with_column(tables[name], "is_primary", is_primary)
    return Batch("relinked", tuple(primary_of), tables)


def _with_column(table: pa.Table, name: str, values: pa.Array) -> pa.Table:
    place = table.schema.get_field_index(name)
    return table.set_column(place, table.schema.field(place), values)


# again


@dataclass(frozen=True, slots=True)
class Again:
    """What follows from the published records and links: datasets over all documents, and the links that persons decided."""

    tables: dict[str, pa.Table]
    decided: dict[str, list[Link]]


def linked_again(store: Store) -> Again:
    """Make the datasets over all documents anew without publishing them, to be compared with what is published.

    The rules' links are taken as they are: what is rare in a text, and so how alike two are, depends on all that had
    come in when they were compared. The documents are those of the lake: one missing among the published is a fault of
    its own, not one of each line that it is part of.
    """
    with tempfile.TemporaryDirectory() as aside, new_database(":memory:", Path(aside)) as database:
        current = begin(store, database, True, store.rows("documents", columns=LINKED), ())
        lines, of_tasks = lines_again(current)
        indicators, of_metrics = indicators_again(current)
        tables = {"task_lines": lines, "indicators": indicators, "citations": citations_again(current)}
    return Again(tables, {"task_links": of_tasks, "indicator_links": of_metrics})
