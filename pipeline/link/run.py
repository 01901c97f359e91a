"""The stage over all documents, in four steps: renditions, task lines, indicators, citations.

Records count as they are published: as reviewers corrected them, with those that they added, without those that they
rejected.
Only what hangs together with changed documents is made anew; what does not stands as it was published.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.link.citations import citations
from pipeline.link.link_metrics import indicators_of, link_metrics
from pipeline.link.link_tasks import lines_of, link_tasks
from pipeline.link.memory import AS_LINKED, Memory, as_linked, changed
from pipeline.link.renditions import renditions
from pipeline.link.round import Round, begin
from pipeline.store import PER_DOCUMENT, Batch, Store
from schemas.datasets import DATASETS, RECORD_DATASETS
from schemas.records import Link

Row = dict[str, Any]

_DOCUMENT = (
    "document_id", "number", "issued_on", "issuer_id", "data_as_of", "status", "text_source", "media_type",
    "read_confidence", "batch", "fingerprint", "duplicate_of",
)  # fmt: skip


def link(store: Store, afresh: bool = False) -> None:
    """Bring the datasets over all documents up to date; call it while the store is held for writing.

    Does nothing if nothing was stored or decided since it last ran. `afresh` redoes the rules over all pairs;
    persons' decisions stay.
    """
    memory = Memory(store)
    if afresh:
        memory.forget()
    if memory.is_current():
        return
    documents = store.published("documents", _DOCUMENT).to_pylist()
    _mark_renditions(store, documents)
    now = as_linked(store)
    with begin(store, memory, now, changed(now, memory.table("documents", AS_LINKED))) as current:
        tasks = link_tasks(current)
        names = link_metrics(current)
        current.publish("citations", citations_of(current, documents))
    memory.keep(documents=now, tasks=tasks, names=names)


# renditions


def _mark_renditions(store: Store, documents: list[Row]) -> None:
    """Point each second rendition to its primary document, and tell its records."""
    found = renditions(documents)
    changed = [row for row in documents if row["duplicate_of"] != found.get(row["document_id"])]
    for row in changed:
        row["duplicate_of"] = found.get(row["document_id"])
    if changed:
        store.commit(_marked(store, {row["document_id"]: row["duplicate_of"] for row in changed}))


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


# citations

_REFERENCES = """
select r.number, r.issued_on, r.type, r.reference_id, r.document_id
from {references} r where r.is_primary and r.review_status is distinct from 'rejected'
order by r.number, r.issued_on, r.document_id, r.reference_id
"""


def citations_of(current: Round, documents: list[Row]) -> pa.Table:
    rows = current.table(_REFERENCES.format(references=current.published("references"))).to_pylist()
    found = citations(rows, documents)
    return DATASETS["citations"].table(sorted(found, key=lambda one: one.citation_id))


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
    documents, now = store.rows("documents", columns=_DOCUMENT).to_pylist(), as_linked(store, published=False)
    with begin(store, None, now, now["document_id"].to_pylist()) as current:
        lines, of_tasks = lines_of(current, store.across("task_links"))
        indicators, of_metrics = indicators_of(current, store.across("indicator_links"))
        tables = {"task_lines": lines, "indicators": indicators, "citations": citations_of(current, documents)}
    return Again(tables, {"task_links": of_tasks, "indicator_links": of_metrics})
