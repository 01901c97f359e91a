"""From files and folders to datasets: find, hash, skip the known, read in batches, store.

`ingest` is the whole way in one call. flows.py goes the same steps, `find_files`, `batches`,
`read_batch` and `Store.commit`, under Prefect's eyes.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from time import perf_counter

import pyarrow as pa

from pipeline.link import link
from pipeline.process import Arrival, Processed, content_hash, process
from pipeline.read import MEDIA_TYPES
from pipeline.store import Batch, Store, new_batch_name
from pipeline.version import extractor_version
from schemas.datasets import DATASETS

# Documents a batch: large enough that commits cost little beside reading, small enough to lose little.
BATCH_SIZE = 16
COUNTED = ("tasks", "metrics", "references", "agencies", "numbers", "issues")

Progress = Callable[["Outcome"], None]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file: extracted, known or quarantined, with its counts."""

    path: Path
    document_id: str
    status: str
    reason: str | None = None
    pages: int = 0
    seconds: float = 0.0
    counts: tuple[tuple[str, int], ...] = ()


@dataclass(slots=True)
class Report:
    """The outcomes of a run."""

    outcomes: list[Outcome] = field(default_factory=list)

    def count(self, status: str) -> int:
        return sum(outcome.status == status for outcome in self.outcomes)


def find_files(paths: Sequence[Path]) -> list[Path]:
    """The documents under files and folders, each once, in order of their paths.

    Raises:
        FileNotFoundError: a path does not exist; it is named.
    """
    found: dict[Path, None] = {}
    for path in paths:
        if not path.exists():
            raise FileNotFoundError(f"không có tệp hay thư mục {path}")
        if path.is_dir():
            inside = sorted(p for p in path.rglob("*") if p.is_file() and p.suffix.lower() in MEDIA_TYPES)
            found.update(dict.fromkeys(p for p in inside if not _hidden(p, path)))
        else:
            found[path] = None
    return list(found)


def _hidden(path: Path, root: Path) -> bool:
    return any(part.startswith((".", "~$")) for part in path.relative_to(root).parts)


def ingest(
    paths: Sequence[Path], outputs: Path, workers: int | None = None, progress: Progress | None = None
) -> Report:
    """Ingest files and folders into an outputs folder.

    Raises:
        FileNotFoundError: a path does not exist.
        BusyError: another process writes to `outputs`.
    """
    files = find_files(paths)
    store = Store(outputs)
    report = Report()

    def tell(outcome: Outcome) -> None:
        report.outcomes.append(outcome)
        if progress:
            progress(outcome)

    with store.writing(), worker_pool(workers) as pool:
        for arrivals in batches(files, store, tell):
            store.commit(read_batch(arrivals, pool, tell))
        link(store)
    return report


def batches(files: Iterable[Path], store: Store, tell: Progress) -> Iterator[list[Arrival]]:
    """The files to be read, archived, a batch at a time; the known ones are told and left out."""
    new = _new(files, store, tell)
    while chosen := list(islice(new, BATCH_SIZE)):
        for path, document_id in chosen:
            store.archive(path, document_id)
        name, now = new_batch_name(), datetime.now(UTC)
        yield [Arrival(path, document_id, now, name) for path, document_id in chosen]


def read_batch(arrivals: Sequence[Arrival], pool: Executor | None, tell: Progress) -> Batch:
    """Read, outline, extract and check files; what became of each is told, their rows are one batch to store."""
    done: list[Processed] = []
    each = pool.map if pool and len(arrivals) > 1 else map
    for arrival, (processed, seconds) in zip(arrivals, each(_timed, arrivals), strict=True):
        tell(_outcome(arrival, processed, seconds))
        done.append(processed)
    tables = {name: pa.concat_tables([processed.tables[name] for processed in done]) for name in DATASETS}
    return Batch(arrivals[0].batch, tuple(arrival.document_id for arrival in arrivals), tables)


def _timed(arrival: Arrival) -> tuple[Processed, float]:
    start = perf_counter()
    return process(arrival), perf_counter() - start


def _new(files: Iterable[Path], store: Store, tell: Progress) -> Iterator[tuple[Path, str]]:
    """The files to be read, with their content hash; the known ones are told and left out."""
    known, version = store.known(), extractor_version()
    seen: set[str] = set()
    for path in files:
        document_id = content_hash(path)
        if document_id in seen or known.get(document_id) == version:
            tell(Outcome(path, document_id, "known"))
            continue
        seen.add(document_id)
        yield path, document_id


@contextmanager
def worker_pool(workers: int | None = None) -> Iterator[Executor | None]:
    """Worker processes, started as work comes, by default one a core; none where one is enough."""
    count = workers or os.cpu_count() or 1
    if count == 1:
        yield None
        return
    # fork is unsafe under the threads of Arrow and Delta
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["pipeline.process"])
    with ProcessPoolExecutor(count, mp_context=context) as pool:
        yield pool


def _outcome(arrival: Arrival, processed: Processed, seconds: float) -> Outcome:
    row = processed.document
    counts = tuple((name, processed.count(name)) for name in COUNTED)
    return Outcome(arrival.path, arrival.document_id, row.status, row.reason, row.pages or 0, seconds, counts)
