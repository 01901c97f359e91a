"""DuckDB: the same rows and types as the Parquet, with comments."""

from __future__ import annotations

import duckdb
import pyarrow.dataset as ds
import pytest

from exports import export
from schemas.datasets import DATASETS
from tests.exports.conftest import Published


@pytest.fixture(scope="module")
def database(published: Published, tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    file = tmp_path_factory.mktemp("duckdb") / "out.duckdb"
    export("duckdb", str(file), published.outputs)
    return duckdb.connect(str(file), read_only=True)


@pytest.mark.parametrize("name", DATASETS)
def test_rows_come_back(name: str, database: duckdb.DuckDBPyConnection, published: Published) -> None:
    key = DATASETS[name].schema.names[0]
    found = database.sql(f'select * from "{name}" order by "{key}"').to_arrow_table()
    expected = ds.dataset(published.outputs / name, schema=DATASETS[name].schema).to_table().sort_by(key)
    assert found.cast(expected.schema).to_pylist() == expected.to_pylist()


def test_tables_and_columns_are_explained(database: duckdb.DuckDBPyConnection) -> None:
    tables = dict(database.execute("select table_name, comment from duckdb_tables()").fetchall())
    assert tables == {name: dataset.vietnamese for name, dataset in DATASETS.items()}
    columns = database.execute("select table_name, column_name, comment from duckdb_columns()").fetchall()
    expected = {(name, c.name, c.metadata["vi"]) for name, dataset in DATASETS.items() for c in dataset.columns}
    assert set(columns) >= expected
