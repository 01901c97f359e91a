"""One run of `link`: the store, what is remembered, which documents changed, and a database to ask."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import Any

import duckdb
import pyarrow as pa

from pipeline.link.memory import Memory
from pipeline.partitions import Change
from pipeline.store import Store
from schemas.datasets import DATASETS

# What the database may hold in memory before it puts rows aside on disk.
_MEMORY = "1GB"
_DOCUMENTS = """
create table documents as
select document_id, batch, coalesce(issued_on, data_as_of) as day, duplicate_of, document_id in (select * from changed) as changed
from rows
"""


@dataclass(frozen=True, slots=True)
class Round:
    store: Store
    kept: Memory | None  # none where everything is made anew
    database: duckdb.DuckDBPyConnection

    @property
    def memory(self) -> Memory:
        assert self.kept is not None
        return self.kept

    def table(self, query: str) -> pa.Table:
        return self.database.sql(query).to_arrow_table()

    def register(self, name: str, table: pa.Table) -> None:
        self.database.register(name, table)

    def published(self, name: str) -> str:
        """The published files of a dataset, as SQL reads them."""
        folder = str(self.store.outputs / name).replace("'", "''")
        return f"read_parquet('{folder}/*.parquet')"

    def publish(self, name: str, table: pa.Table) -> None:
        """Replace a dataset over all documents; what is as before is not written."""
        self.store.publish_across({name: Change(table.cast(DATASETS[name].schema))})


def as_table(name: str, rows: Iterable[Any]) -> pa.Table:
    """Rows of a dataset as a table, made in chunks: as Python objects a million rows are large."""
    rows, dataset = iter(rows), DATASETS[name]
    chunks = [dataset.schema.empty_table()]
    while chunk := list(islice(rows, _CHUNK)):
        chunks.append(dataset.table(chunk))
    return pa.concat_tables(chunks)


_CHUNK = 20_000


@contextmanager
def begin(store: Store, memory: Memory | None, documents: pa.Table, changed: list[str]) -> Iterator[Round]:
    """A round over the documents, with the ids of those that changed."""
    aside = str(store.outputs / "_linking")
    with duckdb.connect(config={"memory_limit": _MEMORY, "temp_directory": aside}) as database:
        database.register("rows", documents)
        database.execute("create table changed (document_id varchar)")
        database.register("ids", pa.table({"document_id": pa.array(changed, pa.string())}))
        database.execute("insert into changed select document_id from ids")
        database.execute(_DOCUMENTS)
        yield Round(store, memory, database)
