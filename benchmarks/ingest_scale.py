"""An archive of 10 000 documents with 100 000 pages ingested: what a page costs, early and late, and how much memory.

    python -m benchmarks.ingest_scale FOLDER [--documents N] [--pages N] [--slices N] [--workers N] [--write]

The documents are made from the samples (made.py) into FOLDER, which is used again: those that are there are not made
again, a slice that was measured is not ingested again. Each slice is a folder given to `ingest`, with its batches,
linking and publishing; then single documents are ingested, as on any day; at the end everything is given once more.
Costs are seconds of the processor, of the parent and of its workers, unless the clock is named.
"""

from __future__ import annotations

import argparse
import json
import logging
import resource
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, field
from multiprocessing import get_context
from pathlib import Path
from statistics import median

from benchmarks import report
from benchmarks.made import make
from benchmarks.report import Told
from pipeline.ingest import ingest

ROOT = Path(__file__).resolve().parent.parent
# Documents ingested singly after each slice.
SMALL = 9
# What is aimed at: growth of a page's cost, MiB, milliseconds a thousand documents, seconds.
GROWTH, MEMORY, PUBLISHING, AGAIN = 0.10, 1024, 1.0, 5.0
# As measured with copies of the lake's tables: 900 commits more make a commit take 2 to 3 ms longer.
WHY_NOT_PUBLISHING = (
    "each commit lists the log of its table twice, about 0.7 ms for the tables and commits of 1 000 documents; the rest "
    "is how far the slices scatter"
)


@dataclass(frozen=True, slots=True)
class Slice:
    """What a part of the archive cost; `stored` documents are in after it."""

    stored: int
    pages: int
    reading: float  # of the workers
    storing: float  # of the parent, until the last batch is in
    linking: float
    clock: float
    small_publishing: float  # a single document's, milliseconds
    small_linking: float  # seconds
    parent_memory: float  # MiB, the most so far
    worker_memory: float

    @property
    def page_cost(self) -> float:
        """Milliseconds a page, of all processes."""
        return (self.reading + self.storing + self.linking) / self.pages * 1000


@dataclass(slots=True)
class Watch(logging.Handler):
    """Hears what the ingestion logs, and when, in processor seconds of this process."""

    pages: int = 0
    memory: int = 0
    read_at: float = 0.0
    committed_at: float = 0.0
    publishing: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        logging.Handler.__init__(self)

    def __hash__(self) -> int:
        return id(self)

    def emit(self, record: logging.LogRecord) -> None:
        fields = getattr(record, "fields", {})
        if record.getMessage() in ("document_read", "document_quarantined"):
            self.read_at = time.process_time()
            self.pages += fields["pages"]
            self.memory = max(self.memory, fields["memory"] or 0)
        if record.getMessage() == "batch_committed" and fields["batch"] != "relinked":
            self.committed_at = time.process_time()
            self.publishing.append(self.committed_at - self.read_at)


def listen() -> Watch:
    logger, watch = logging.getLogger("truynguon"), Watch()
    logger.handlers[:], logger.propagate = [watch], False
    logger.setLevel(logging.INFO)
    return watch


def workers_seconds() -> float:
    """Processor seconds of the processes that this one started and that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def measured(inbox: Path, small: list[Path], outputs: Path, workers: int | None, stored: int) -> Slice:
    """Ingest a slice, then documents one by one."""
    watch, clock = listen(), time.perf_counter()
    parent, reading = time.process_time(), workers_seconds()
    ingest([inbox], outputs, workers)
    clock, reading, end = time.perf_counter() - clock, workers_seconds() - reading, time.process_time()
    publishing, linking = zip(*[_single(path, outputs) for path in small], strict=True)
    return Slice(
        stored, watch.pages, reading, watch.committed_at - parent, end - watch.committed_at, clock,
        median(publishing), median(linking), peak(), watch.memory / 2**20,
    )  # fmt: skip


def _single(path: Path, outputs: Path) -> tuple[float, float]:
    """What publishing one document more takes, in milliseconds, and linking it, in seconds."""
    watch = listen()
    ingest([path], outputs, 1)
    return watch.publishing[-1] * 1000, time.process_time() - watch.committed_at


def peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


# the archive


def page_counts(documents: int, pages: int) -> list[int]:
    """Of each document; half to one and a half times the mean, so many in all."""
    mean = pages // documents
    spread = [mean + (number // 2 % (mean + 1) - mean // 2) * (1 if number % 2 else -1) for number in range(documents)]
    short = pages - sum(spread)
    return [count + (number < short) for number, count in enumerate(spread)]


def make_archive(folder: Path, documents: int, pages: int, slices: int) -> None:
    """Make the documents that are not there yet, in processes of their own, so that memory is the ingestion's."""
    counts = page_counts(documents, pages)
    work = [(folder / f"{n * slices // documents:02}" / f"{n:06}.pdf", n, counts[n], n) for n in range(documents)]
    work += [
        (path, documents + n, 2, (n // SMALL + 1) * documents // slices)
        for n, path in enumerate(_singles(folder, slices))
    ]
    missing = [one for one in work if not one[0].exists()]
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
        for _ in pool.map(_make, missing, chunksize=50):
            pass


def _make(work: tuple[Path, int, int, int]) -> None:
    path, number, pages, place = work
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    make(part, number, pages, place)
    part.rename(path)


def _singles(folder: Path, slices: int) -> list[Path]:
    return [folder / "single" / f"{n:06}.pdf" for n in range(slices * SMALL)]


def measure(folder: Path, documents: int, pages: int, slices: int, workers: int | None) -> Iterator[Slice]:
    """Each slice, from where an earlier run was stopped."""
    place = folder / f"{documents}-{pages}-{slices}"
    archive, outputs, kept = place / "archive", place / "outputs", place / "slices.jsonl"
    make_archive(archive, documents, pages, slices)
    singles = _singles(archive, slices)
    done = [Slice(**json.loads(line)) for line in kept.read_text("utf-8").splitlines()] if kept.exists() else []
    yield from done
    for number in range(len(done), slices):
        small = singles[number * SMALL : (number + 1) * SMALL]
        stored = (number + 1) * documents // slices
        one = measured(archive / f"{number:02}", small, outputs, workers, stored)
        with kept.open("a", encoding="utf-8") as file:
            print(json.dumps(asdict(one)), file=file)
        yield one


def again(folder: Path, documents: int, pages: int, slices: int) -> float:
    """Seconds of the clock in which everything is found to be known."""
    place = folder / f"{documents}-{pages}-{slices}"
    start = time.perf_counter()
    ingest([place / "archive"], place / "outputs")
    return time.perf_counter() - start


# what is told

HEAD = ("documents", "ms a page", "reading", "storing", "linking", "clock (s)", "one more: publishing (ms)",
        "one more: linking (s)", "parent (MiB)", "worker (MiB)")  # fmt: skip


def cells(one: Slice) -> tuple[str, ...]:
    parts = (seconds / one.pages * 1000 for seconds in (one.reading, one.storing, one.linking))
    return (
        str(one.stored), f"{one.page_cost:.1f}", *(f"{part:.2f}" for part in parts), f"{one.clock:.0f}",
        f"{one.small_publishing:.0f}", f"{one.small_linking:.2f}", f"{one.parent_memory:.0f}", f"{one.worker_memory:.0f}",
    )  # fmt: skip


def slope(slices: list[Slice]) -> float:
    """Milliseconds by which publishing grows with a thousand documents, by least squares."""
    xs, ys = [one.stored / 1000 for one in slices], [one.small_publishing for one in slices]
    mean_x, mean_y = sum(xs) / len(xs), sum(ys) / len(ys)
    spread = sum((x - mean_x) ** 2 for x in xs)
    return sum((x - mean_x) * (y - mean_y) for x, y in zip(xs, ys, strict=True)) / spread if spread else 0.0


def verdicts(slices: list[Slice], known: float) -> Iterator[Told]:
    growth = slices[-1].page_cost / slices[0].page_cost - 1
    yield Told("cost of a page, last slice against first", f"≤ +{GROWTH:.0%}", f"{growth:+.1%}", growth <= GROWTH)
    for who, most in (
        ("parent", max(one.parent_memory for one in slices)),
        ("a worker", max(one.worker_memory for one in slices)),
    ):
        yield Told(f"peak memory, {who}", f"< {MEMORY} MiB", f"{most:.0f} MiB", most < MEMORY)
    steep = slope(slices)
    yield Told(
        "publishing after one document, growth with 1 000 documents", f"< {PUBLISHING:g} ms", f"{steep:+.2f} ms",
        steep < PUBLISHING, WHY_NOT_PUBLISHING,
    )  # fmt: skip
    yield Told(
        f"{slices[-1].stored} known documents again", f"≤ {AGAIN:g} s for 10 000", f"{known:.1f} s", known <= AGAIN
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--documents", type=int, default=10_000)
    parser.add_argument("--pages", type=int, default=100_000)
    parser.add_argument("--slices", type=int, default=10)
    parser.add_argument("--workers", type=int, help="processes that read; one a core if not told")
    parser.add_argument("--write", action="store_true", help="renew its part of docs/benchmarks.md")
    options = parser.parse_args()
    size = (options.folder, options.documents, options.pages, options.slices)
    rows: list[tuple[str, ...]] = [HEAD]
    print("  ".join(HEAD))
    slices = []
    for one in measure(*size, options.workers):
        print("  ".join(cells(one)), flush=True)
        slices.append(one)
        rows.append(cells(one))
    told: list[tuple[str, ...]] = [("what", "aim", "measured", "met")]
    told += [one.cells() for one in verdicts(slices, again(*size))]
    about = (
        f"## An archive that grows\n\n{report.machine()}. {slices[-1].stored} made documents, {options.pages} pages."
    )
    text = "\n\n".join((about, report.table(told), report.table(rows, left=0)))
    print(text)
    if options.write:
        report.renew("scale", text)


if __name__ == "__main__":
    main()
