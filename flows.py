"""The way of a document as a Prefect flow. Read this file first.

    folder ── find ──> batches ── read, outline, extract, check ──> rows ── store ──> datasets
                                          │                                   │
                                     one task a batch                  one task a batch

and at the end, once for all documents: link ──> task lines, indicators, citations, renditions

Prefect adds retries, a record of every run and its report; the work itself is done by the
stages in pipeline/, which know nothing of it. `truynguon ingest` goes the same steps without it:

    python -c "from flows import ingest; ingest(['samples/documents'])"
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

os.environ.setdefault("DO_NOT_TRACK", "1")  # Prefect reports its use to its makers from the moment it is imported

from prefect import flow, task
from prefect.artifacts import create_markdown_artifact
from prefect.cache_policies import NO_CACHE, CacheKeyFnPolicy
from prefect.context import TaskRunContext

from pipeline.ingest import Outcome, Report, batches, find_files, read_batch, worker_pool
from pipeline.link import link
from pipeline.process import Arrival
from pipeline.store import Batch, Store
from pipeline.version import extractor_version


@flow(name="ingest")
def ingest(paths: list[Path], outputs: Path = Path("outputs"), workers: int | None = None) -> Report:
    """Ingest files and folders into the datasets under `outputs`.

    Raises:
        FileNotFoundError: a path does not exist.
        BusyError: another process writes to `outputs`.
    """
    store, report = Store(outputs), Report()
    cache = outputs.resolve() / "_prefect"
    with store.writing():
        for arrivals in batches(find_files(paths), store, report.outcomes.append):
            batch, outcomes = read_documents.with_options(result_storage=cache)(arrivals, workers)
            store_rows(batch, store)
            report.outcomes += outcomes
        link_documents(store)
        shutil.rmtree(cache, ignore_errors=True)  # what is stored is known and never read again
    create_markdown_artifact(markdown(report), key="ingest-report", description=f"ingest into {outputs}")
    return report


def same_content(_context: TaskRunContext, inputs: dict[str, Any]) -> str:
    """The same bytes read by the same version give the same rows."""
    read_by = [extractor_version(), *(arrival.document_id for arrival in inputs["arrivals"])]
    return hashlib.sha256("\n".join(read_by).encode()).hexdigest()


# A batch can take minutes to read and a moment to store. What was read is kept until it is stored,
# so that a run which dies in between, or fails to store, does not read its scans again.
@task(
    name="read",
    retries=1,
    retry_delay_seconds=5,
    cache_policy=CacheKeyFnPolicy(cache_key_fn=same_content),
    persist_result=True,
    cache_result_in_memory=False,
)
def read_documents(arrivals: list[Arrival], workers: int | None) -> tuple[Batch, list[Outcome]]:
    """Read, outline, extract and check a batch of documents."""
    outcomes: list[Outcome] = []
    with worker_pool(workers) as pool:
        return read_batch(arrivals, pool, outcomes.append), outcomes


@task(name="store", retries=3, retry_delay_seconds=[1, 5, 20], cache_policy=NO_CACHE)
def store_rows(batch: Batch, store: Store) -> None:
    """Store a batch whole; one that failed halfway is undone before it is tried again."""
    store.commit(batch)


@task(name="link", retries=3, retry_delay_seconds=[1, 5, 20], cache_policy=NO_CACHE)
def link_documents(store: Store) -> None:
    """Bring the datasets over all documents up to date."""
    link(store)


# the report of a run


def markdown(report: Report) -> str:
    """What came of a run, for the operator: the counts, the quarantined with their reasons, the slowest."""
    return "\n\n".join(["# Kết quả tiếp nhận", *_parts(report)])


def _parts(report: Report) -> Iterator[str]:
    statuses = {"trích xuất": "extracted", "đã có": "known", "cách ly": "quarantined"}
    yield _table(("kết quả", "văn bản"), [(label, report.count(status)) for label, status in statuses.items()])
    found: dict[str, int] = {}
    for outcome in report.outcomes:
        for name, count in outcome.counts:
            found[name] = found.get(name, 0) + count
    if found:
        yield _table(("bộ dữ liệu", "bản ghi mới"), list(found.items()))
    if quarantined := [outcome for outcome in report.outcomes if outcome.status == "quarantined"]:
        yield "## Cách ly"
        yield _table(("văn bản", "lý do"), [(outcome.path.name, outcome.reason) for outcome in quarantined])
    fresh = [outcome for outcome in report.outcomes if outcome.status != "known"]
    if slowest := sorted(fresh, key=lambda outcome: -outcome.seconds)[:10]:
        yield "## Đọc lâu nhất"
        yield _table(("văn bản", "trang", "giây"), [(o.path.name, o.pages, f"{o.seconds:.1f}") for o in slowest])


def _table(head: tuple[str, ...], rows: list[tuple[Any, ...]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(str(cell).replace("|", "\\|") for cell in line) + " |" for line in lines)
