"""How long linking takes with 100 000 tasks and 1 000 000 metrics, and then with one document more.

    python -m benchmarks.link_scale FOLDER [--tasks N] [--metrics N]

The records are made from those of the samples: each work and each indicator gets words of its own and is mentioned
in several documents, a word left out here and there. FOLDER is used again if it holds such datasets already.
"""

from __future__ import annotations

import argparse
import random
import resource
import time
from collections.abc import Sequence
from datetime import date, timedelta
from hashlib import sha256
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.ingest import ingest
from pipeline.link import link
from pipeline.store import Batch, Store
from schemas.datasets import DATASETS, PER_DOCUMENT

SAMPLES = Path(__file__).resolve().parent.parent / "samples" / "documents"
TASKS_PER_DOCUMENT, DOCUMENTS_PER_BATCH = 10, 100
# Each work is mentioned so often, each indicator has so many values.
MENTIONS, VALUES = 3, 6
FIRST_DAY = date(2020, 1, 1)


class Maker:
    """Batches of made documents, the same in every run."""

    def __init__(self, outputs: Path, tasks: int, metrics: int) -> None:
        self._tasks, self._metrics = pq.read_table(outputs / "tasks"), pq.read_table(outputs / "metrics")
        self._documents = pq.read_table(outputs / "documents")
        self._works, self._names = max(1, tasks // MENTIONS), max(1, metrics // VALUES)
        self._metrics_per_document = metrics * TASKS_PER_DOCUMENT // tasks
        texts = self._tasks["text"].to_pylist() + self._metrics["indicator"].to_pylist()
        self._words = sorted({word for text in texts for word in text.split() if word.isalpha()})

    def batch(self, number: int, documents: int) -> Batch:
        random.seed(number)
        name = f"20260101T{number:06d}"
        ids = document_ids(number, documents)
        tables = {each: DATASETS[each].schema.empty_table() for each in PER_DOCUMENT}
        tables["documents"] = self._made_documents(ids, name)
        tables["tasks"] = self._made(self._tasks, "tasks", ids, TASKS_PER_DOCUMENT, "text", self._works, 12)
        tables["metrics"] = self._with_values(
            self._made(self._metrics, "metrics", ids, self._metrics_per_document, "indicator", self._names, 5)
        )
        return Batch(name, tuple(ids), tables)

    def _made_documents(self, ids: Sequence[str], batch: str) -> pa.Table:
        table = self._documents.take(pa.array([0] * len(ids)))
        days = [FIRST_DAY + timedelta(days=random.randrange(2000)) for _ in ids]
        numbers = [f"{random.randrange(10**9)}/BC-XYZ" for _ in ids]
        prints = [[random.randrange(2**60) for _ in range(64)] for _ in ids]
        for column, values in (
            ("document_id", ids), ("issued_on", days), ("number", numbers), ("fingerprint", prints),
            ("batch", [batch] * len(ids)),
        ):  # fmt: skip
            table = _with(table, column, values)
        return table

    def _made(
        self, source: pa.Table, name: str, ids: Sequence[str], each: int, column: str, things: int, words: int
    ) -> pa.Table:
        """Mentions of things, each told in a sample's words and a few of its own."""
        chosen = [random.randrange(things) for _ in range(each * len(ids))]
        table = source.take(pa.array([thing % source.num_rows for thing in chosen]))
        texts = [
            self._worded(text, thing, words) for text, thing in zip(table[column].to_pylist(), chosen, strict=True)
        ]
        homes = [document for document in ids for _ in range(each)]
        keys = [sha256(f"{home}|{name}|{n}".encode()).hexdigest()[:20] for n, home in enumerate(homes)]
        for field, values in ((column, texts), ("document_id", homes), (f"{name[:-1]}_id", keys)):
            table = _with(table, field, values)
        return _with(table, "is_primary", [True] * len(keys))

    def _worded(self, text: str, thing: int, words: int) -> str:
        own = random.Random(thing)
        told = [*text.split()[: words * 2], *(own.choice(self._words) for _ in range(words))]
        if len(told) > 6 and random.random() < 0.3:
            del told[random.randrange(len(told))]
        return " ".join(told)

    def _with_values(self, table: pa.Table) -> pa.Table:
        count = table.num_rows
        values = np.round(np.random.default_rng(count).lognormal(6, 2, count), 2)
        printed = [f"{value:.2f}".replace(".", ",") for value in values]
        months = [date(2020 + random.randrange(6), random.randrange(1, 13), 28) for _ in range(count)]
        for column, made in (("value", values), ("value_raw", printed), ("period_end", months)):
            table = _with(table, column, made)
        return _with(table, "period_start", [None] * count)


def _with(table: pa.Table, name: str, values: Sequence[object]) -> pa.Table:
    place = table.schema.get_field_index(name)
    field = table.schema.field(place)
    return table.set_column(place, field, pa.array(values, field.type))


def document_ids(batch: int, documents: int) -> list[str]:
    return [sha256(f"{batch}|{n}".encode()).hexdigest() for n in range(documents)]


def make(folder: Path, tasks: int, metrics: int, more: int | None = None) -> None:
    """Store the made documents that are not there yet; then one `more`, of that number."""
    if not (folder / "samples").exists():
        ingest([SAMPLES], folder / "samples", 1)
    maker, store = Maker(folder / "samples", tasks, metrics), Store(folder / "made")
    with store.writing():
        known = store.known()
        for number in range(tasks // TASKS_PER_DOCUMENT // DOCUMENTS_PER_BATCH):
            if document_ids(number, 1)[0] not in known:
                store.commit(maker.batch(number, DOCUMENTS_PER_BATCH))
        if more is not None:
            store.commit(maker.batch(more, 1))


def apart(*arguments: object) -> None:
    """Make documents in a process of its own, so that memory is what linking needs."""
    worker = get_context("spawn").Process(target=make, args=arguments)
    worker.start()
    worker.join()


def timed(what: str, store: Store) -> None:
    wall, cpu = time.perf_counter(), time.process_time()
    with store.writing():
        link(store)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{what}: {time.perf_counter() - wall:.1f} s, {time.process_time() - cpu:.1f} s of CPU; "
        f"peak memory so far {peak:.0f} MiB", flush=True,
    )  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--tasks", type=int, default=100_000)
    parser.add_argument("--metrics", type=int, default=1_000_000)
    options = parser.parse_args()
    made = (options.folder, options.tasks, options.metrics)
    apart(*made)
    store = Store(options.folder / "made")
    timed("all documents", store)
    timed("nothing new", store)
    apart(*made, random.SystemRandom().randrange(10**5, 10**6))
    timed("one document more", store)


if __name__ == "__main__":
    main()
