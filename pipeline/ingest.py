"""From files and folders to datasets: find, hash, skip the known, read in batches, store.

`ingest` is the whole way in one call. flows.py goes the same steps, `find_files`, `batches`,
`read_batch` and `Store.commit`, under Prefect's eyes.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import pyarrow as pa

from pipeline.limits import Limits
from pipeline.link import link
from pipeline.log import event
from pipeline.process import Arrival, Processed, process, quarantined
from pipeline.read import MEDIA_TYPES, media_type
from pipeline.sources import UnreadableError, placeholder_id, readable_hash, shown_name
from pipeline.store import Batch, Store, new_batch_name
from pipeline.version import extractor_version
from pipeline.workers import Died, Done, Workers
from schemas.datasets import DATASETS

# Documents a batch, and bytes of their files: large enough that commits, of which the lake keeps every one, cost little
# beside reading, small enough to lose little; a scanned page has many bytes and takes long to read.
BATCH_SIZE, BATCH_BYTES = 64, 32 << 20
# A process that had this share of its memory and failed ran out of it.
_NEARLY = 0.9
COUNTED = ("tasks", "metrics", "references", "agencies", "numbers", "issues")

Progress = Callable[["Outcome"], None]
T = TypeVar("T")


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
    """The documents under files and folders, each once, in order of their paths; folders that can't be opened as well.

    Raises:
        FileNotFoundError: a path does not exist; it is named.
    """
    found: dict[Path, None] = {}
    for path in paths:
        if not path.exists():
            raise FileNotFoundError(f"không có tệp hay thư mục {path}")
        found.update(dict.fromkeys(sorted(_below(path)) if path.is_dir() else [path]))
    return list(found)


def _below(root: Path) -> Iterator[Path]:
    """Files that may be documents and folders that can't be opened; links to folders are not followed."""
    closed: list[Path] = []
    for folder, folders, files in os.walk(root, onerror=lambda error: closed.append(Path(error.filename))):
        folders[:] = [name for name in folders if not hidden(name)]
        paths = (Path(folder, name) for name in files if not hidden(name))
        yield from (path for path in paths if path.suffix.lower() in MEDIA_TYPES)
    yield from closed


def hidden(name: str) -> bool:
    """Whether a file or folder of this name is left alone."""
    return name.startswith((".", "~$"))


def ingest(
    paths: Sequence[Path],
    outputs: Path,
    workers: int | Workers | None = None,
    progress: Progress | None = None,
    limits: Limits | None = None,
) -> Report:
    """Ingest files and folders into an outputs folder, by so many processes or by those that are there already.

    Raises:
        FileNotFoundError: a path does not exist.
        BusyError: another process writes to `outputs`.
        OSError: the disk is full or can't be written; what is in is whole.
    """
    files = find_files(paths)
    store = Store(outputs)
    report = Report()

    def tell(outcome: Outcome) -> None:
        report.outcomes.append(outcome)
        if progress:
            progress(outcome)

    processes = workers if isinstance(workers, Workers) else Workers(workers, limits)
    with processes as pool, store.writing():
        for arrivals in batches(files, store, tell):
            store.commit(read_batch(arrivals, pool, tell))
        link(store)
    return report


def batches(files: Iterable[Path], store: Store, tell: Progress) -> Iterator[list[Arrival]]:
    """The files to be read, archived, a batch at a time; the known ones are told and left out."""
    for chosen in together(
        _new(files, store, tell), lambda arrival: arrival.source.stat().st_size if arrival.source else 0
    ):
        name, now = new_batch_name(), datetime.now(UTC)
        event("batch_opened", batch=name, documents=len(chosen))
        yield [replace(arrival, received_at=now, batch=name) for arrival in chosen]


def together(documents: Iterable[T], size: Callable[[T], int]) -> Iterator[list[T]]:
    """What makes a batch, one after the other; `size` gives the bytes of a document's file."""
    chosen: list[T] = []
    held = 0
    for each in documents:
        chosen.append(each)
        held += size(each)
        if len(chosen) >= BATCH_SIZE or held >= BATCH_BYTES:
            yield chosen
            chosen, held = [], 0
    if chosen:
        yield chosen


def read_batch(arrivals: Sequence[Arrival], pool: Workers, tell: Progress) -> Batch:
    """Read, outline, extract and check files; what became of each is told, their rows are one batch to store."""
    done: list[Processed] = []
    for arrival, read in zip(arrivals, pool.map(process, arrivals), strict=True):
        processed = _processed(arrival, read, pool.limits)
        tell(_logged(_outcome(arrival, processed, read), read))
        done.append(processed)
    tables = {name: pa.concat_tables([processed.tables[name] for processed in done]) for name in DATASETS}
    ids = (document_id for arrival in arrivals for document_id in arrival.document_ids)
    return Batch(arrivals[0].batch, tuple(ids), tables)


def _logged(outcome: Outcome, read: Done[Processed] | Died) -> Outcome:
    told: dict[str, Any] = {
        "document_id": outcome.document_id,
        "file_name": shown_name(outcome.path),
        "pages": outcome.pages,
    }
    told |= {"seconds": round(outcome.seconds, 3), "memory": read.memory if isinstance(read, Done) else None}
    if outcome.status == "quarantined":
        event("document_quarantined", **told, reason=outcome.reason)
    else:
        event("document_read", **told, **dict(outcome.counts))
    return outcome


def _processed(arrival: Arrival, read: Done[Processed] | Died, limits: Limits) -> Processed:
    if isinstance(read, Died):
        return quarantined(arrival, read.reason)
    # Who ran out of memory is told so, whatever the library that failed then said.
    if read.result.document.status == "quarantined" and read.memory > _NEARLY * limits.memory:
        return quarantined(arrival, f"cần nhiều bộ nhớ hơn giới hạn {limits.memory >> 20} MiB")
    return read.result


def _new(files: Iterable[Path], store: Store, tell: Progress) -> Iterator[Arrival]:
    """The files to be read, archived; the known ones are told and left out."""
    known, quarantined_as, version = store.known(), store.quarantined(), extractor_version()
    seen: set[str] = set()

    def is_known(document_id: str, path: Path) -> bool:
        kind = media_type(path)
        return known.get(document_id) == version and quarantined_as.get(document_id, kind) == kind

    for path in files:
        placeholder, now = placeholder_id(path), datetime.now(UTC)
        replaces = placeholder if placeholder in known else None
        try:
            document_id, source, problem = readable_hash(path), None, None
            if document_id not in seen and (replaces or not is_known(document_id, path)):
                # What counts from here on is the copy: the file may have changed since.
                document_id, source = store.sources.keep(path)
        except UnreadableError as error:
            document_id, source, problem, replaces = placeholder, None, str(error), None
        if document_id in seen or (is_known(document_id, path) and not replaces):
            tell(Outcome(path, document_id, "known"))
            continue
        seen.add(document_id)
        yield Arrival(path, document_id, now, "", source, problem, replaces)


def _outcome(arrival: Arrival, processed: Processed, read: Done[Processed] | Died) -> Outcome:
    row = processed.document
    counts = tuple((name, processed.count(name)) for name in COUNTED)
    seconds = read.seconds if isinstance(read, Done) else 0.0
    return Outcome(arrival.path, arrival.document_id, row.status, row.reason, row.pages or 0, seconds, counts)
