"""One run of `link`: the store, a database with what was linked before, and which documents are other since."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import duckdb  # a class of it imported by itself is told as leaked when a run of Prefect ends
import pyarrow as pa

from normalizers.text import fold
from pipeline.partitions import Change
from pipeline.store import Store
from schemas.datasets import DATASETS

# Rows that are Python objects at a time.
TOGETHER = 4_000
# What of a document tells that it, or what was read from it, is another than before.
LINKED = [
    "document_id",
    "received_at",
    "extractor_version",
    "duplicate_of",
    "issued_on",
    "data_as_of",
    "batch",
    "number",
]
# The documents that are new, other than before, gone, or reviewed since.
_CHANGED = """
create temp table changed as
select document_id from (from now except from documents) union select document_id from (from documents except from now)
union select id from reviewed where id in (select document_id from now)
"""


@dataclass(frozen=True, slots=True)
class Round:
    """`afresh` if nothing is known from before: then all is other."""

    store: Store
    database: duckdb.DuckDBPyConnection
    afresh: bool
    _files: dict[str, str] = field(default_factory=dict)

    def table(self, query: str) -> pa.Table:
        return self.database.sql(query).to_arrow_table()

    def rows(self, query: str) -> Iterator[tuple[Any, ...]]:
        """What a query gives; of it some rows at a time are Python objects."""
        for some in self.table(query).to_batches(max_chunksize=TOGETHER):
            yield from zip(*(column.to_pylist() for column in some.columns), strict=True)

    def column(self, query: str) -> list[Any]:
        """The one column that a query gives."""
        return [row[0] for row in self.database.execute(query).fetchall()]

    def keep(self, name: str, table: pa.Table) -> None:
        """Have rows as a temporary table: unlike what is registered they may be put aside on disk."""
        self._take("create or replace temp table {} as from given", name, table)

    def add(self, name: str, table: pa.Table) -> None:
        """Have more rows in a table, by the names of its columns."""
        self._take("insert into {} by name from given", name, table)

    def _take(self, query: str, name: str, table: pa.Table) -> None:
        self.database.register("given", table)
        self.database.execute(query.format(name))
        self.database.unregister("given")

    def collect(self, name: str, dataset: str, rows: Iterable[Any]) -> None:
        """Have rows of a dataset as a temporary table; some at a time are Python objects, of which a million are large."""
        rows, made = iter(rows), DATASETS[dataset]
        self.keep(name, made.schema.empty_table())
        while some := list(islice(rows, TOGETHER)):
            self.add(name, made.table(some))

    def strings(self, name: str, values: Iterable[str]) -> None:
        """Have strings as a temporary table with the column `id`."""
        self.keep(name, pa.table({"id": pa.array(values, pa.string())}))

    def published(self, name: str) -> str:
        """The published files of a dataset that may have rows of changed documents, as SQL reads them."""
        if self.afresh:
            return self.across(name)
        if name not in self._files:
            batches = self.column("select distinct batch from documents where document_id in (from changed)")
            files = sorted({self.store.file_of(name, batch) for batch in batches})
            there = [file for file in files if file.exists()]
            self._files[name] = _parquet([self.store.outputs / name / "0-schema.parquet", *there])
        return self._files[name]

    def across(self, name: str) -> str:
        """All published files of a dataset, as SQL reads them."""
        return _parquet([self.store.outputs / name / "*.parquet"])

    def made(self, name: str, table: str) -> pa.Table:
        """All rows of a table that has those of a dataset."""
        return self.table(f"from {table}").select(DATASETS[name].schema.names).cast(DATASETS[name].schema)

    def changes(self, name: str, table: str, gone: str) -> Change:
        """What publishing replaces of a dataset over all documents: the ids that a query gives by the rows of a table; all
        of it in a round afresh."""
        key = DATASETS[name].id_column

        def rows(wanted: pa.Array) -> pa.Table:
            self.keep("wanted", pa.table({"id": wanted}))
            return self.made(name, f"(from {table} where {key} in (from wanted))")

        return Change(self._ids(f"select {key} from {table}"), None if self.afresh else self._ids(gone), rows)

    def _ids(self, query: str) -> pa.Array:
        return self.table(query)[0].cast(pa.string()).combine_chunks()


def _parquet(files: Iterable[Any]) -> str:
    quoted = ", ".join("'" + str(file).replace("'", "''") + "'" for file in files)
    return f"read_parquet([{quoted}])"


def begin(
    store: Store, database: duckdb.DuckDBPyConnection, afresh: bool, documents: pa.Table, reviewed: Iterable[str]
) -> Round:
    """A round in which `documents`, as they are now, take the place of those that were linked before."""
    current = Round(store, database, afresh)
    database.register("rows", with_keys(documents))
    database.execute(
        f"create temp table now as select {', '.join(LINKED)}, coalesce(issued_on, data_as_of) as day, key from rows"
    )
    database.unregister("rows")
    current.strings("reviewed", reviewed)
    database.execute(_CHANGED)
    database.execute("create temp table replaced_documents as from documents where document_id in (from changed)")
    database.execute("delete from documents where document_id in (from changed)")
    database.execute("insert into documents from now where document_id in (from changed)")
    return current


def with_keys(rows: pa.Table) -> pa.Table:
    """Rows with their numbers of documents as they are compared, `key`."""
    keys = [number and number_key(number) for number in rows["number"].to_pylist()]
    return rows.append_column("key", pa.array(keys, pa.string()))


def number_key(number: str) -> str:
    """A document's number as it is compared: some leave out blanks, or capitals."""
    return fold(number).replace(" ", "")


# what hangs together

_REACH = """
create or replace temp table further as
select distinct id from (
    select e.other as id from frontier f join ({edges}) e on e.one = f.id
) where id not in (from reached)
"""


def reach(current: Round, start: str, edges: str) -> None:
    """Make `reached`, the ids that hang together over any number of edges with those that a query gives, themselves too.

    `edges` is a query of pairs `one`, `other`, each in both directions.
    """
    ask = current.database.execute
    ask(f"create or replace temp table reached as select distinct id from ({start}) as start(id) where id is not null")
    ask("create or replace temp table frontier as from reached")
    while ask("select count(*) from frontier").fetchall() != [(0,)]:
        ask(_REACH.format(edges=edges))
        ask("insert into reached from further")
        ask("create or replace temp table frontier as from further")
