"""Published datasets -> one DuckDB file: a table a dataset, with the meaning of each column as its comment."""

from __future__ import annotations

from pathlib import Path

import duckdb

from exports.published import ExportError, Snapshot
from schemas.datasets import DATASETS, Dataset


def write_duckdb(state: Snapshot, file: Path) -> dict[str, int]:
    """Write a new file; rows by dataset.

    Raises:
        ExportError: the file can't be written.
    """
    try:
        with duckdb.connect(str(file)) as database:
            return {name: _table(database, state, dataset) for name, dataset in DATASETS.items()}
    except duckdb.IOException as error:
        raise ExportError(f"DuckDB không ghi được {file}: {error}") from error


def _table(database: duckdb.DuckDBPyConnection, state: Snapshot, dataset: Dataset) -> int:
    table = f'"{dataset.name}"'
    database.execute(f"create table {table} as select * from read_parquet(?)", [state.files(dataset.name)])
    database.execute(f"comment on table {table} is {_quoted(dataset.vietnamese)}")
    for column in dataset.columns:
        database.execute(f'comment on column {table}."{column.name}" is {_quoted(column.metadata["vi"])}')
    ((count,),) = database.execute(f"select count(*) from {table}").fetchall()
    return int(count)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
