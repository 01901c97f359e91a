"""PostgreSQL, a real server: types, comments, and readers who never see less than everything."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pyarrow.parquet as pq
import pytest

from exports import ExportError, export
from pipeline.store import Store
from schemas.datasets import DATASETS
from tests.exports.conftest import Published
from tests.postgres import free_port, new_database

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def address(postgres: str, published: Published) -> str:
    address = new_database(postgres, "exported")
    export("postgres", address, published.outputs)
    return address


@pytest.fixture
def nothing(tmp_path: Path) -> Path:
    with Store(tmp_path / "nothing").writing():
        pass
    return tmp_path / "nothing"


@pytest.fixture
def reader(address: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(address) as connection:
        connection.execute("set time zone 'UTC'")
        yield connection


@pytest.mark.parametrize("name", DATASETS)
def test_rows_come_back(name: str, reader: psycopg.Connection[Any], published: Published) -> None:
    found = reader.execute(f'select * from truynguon."{name}"'.encode())
    columns = [column.name for column in found.description or ()]
    assert columns == DATASETS[name].schema.names
    rows = [json.dumps(dict(zip(columns, row, strict=True)), default=str, sort_keys=True) for row in found]
    assert rows == [json.dumps(row, default=str, sort_keys=True) for row in published.rows[name]]


def test_types_and_comments(reader: psycopg.Connection[Any]) -> None:
    rows = reader.execute(
        "select column_name, udt_name, col_description('truynguon.tasks'::regclass, ordinal_position::int)"
        " from information_schema.columns where table_schema = 'truynguon' and table_name = 'tasks'"
    ).fetchall()
    kinds = {name: kind for name, kind, _ in rows}
    assert (kinds["lead"], kinds["boxes"], kinds["deadline"], kinds["page"]) == ("_text", "jsonb", "date", "int4")
    assert {name: comment for name, _, comment in rows} == {
        column.name: column.metadata["vi"] for column in DATASETS["tasks"].columns
    }


def test_another_export_replaces_everything_and_keeps_views(address: str, published: Published, nothing: Path) -> None:
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("create view public.open_tasks as select task_id, deadline from truynguon.tasks")
        export("postgres", address, nothing)
        assert connection.execute("select count(*) from public.open_tasks").fetchone() == (0,)
        export("postgres", address, published.outputs)
        expected = (len(published.rows["tasks"]),)
        assert connection.execute("select count(*) from public.open_tasks").fetchone() == expected
        connection.execute("drop view public.open_tasks")


def test_readers_see_the_old_rows_until_the_new_ones_stand(
    address: str, published: Published, nothing: Path, reader: psycopg.Connection[Any]
) -> None:
    """Neither waits for the other."""
    reader.execute("set transaction isolation level repeatable read")
    count = "select (select count(*) from truynguon.tasks), (select count(*) from truynguon.metrics)"
    before = reader.execute(count).fetchone()
    assert before == (len(published.rows["tasks"]), len(published.rows["metrics"]))
    export("postgres", address, nothing)
    assert reader.execute(count).fetchone() == before
    reader.commit()
    assert reader.execute(count).fetchone() == (0, 0)
    reader.commit()
    export("postgres", address, published.outputs)


def test_a_failure_changes_nothing(address: str, nothing: Path, reader: psycopg.Connection[Any]) -> None:
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(
            "alter table truynguon.checks add constraint full_house check (length(kind) > 100) not valid"
        )
    count = "select (select count(*) from truynguon.tasks), (select count(*) from truynguon.checks)"
    before = reader.execute(count).fetchone()
    reader.commit()
    assert before is not None
    assert before[0] > 0
    outputs = nothing
    table = DATASETS["checks"].schema.empty_table().from_pylist([_check()], schema=DATASETS["checks"].schema)
    pq.write_table(table, outputs / "checks" / "a.parquet")
    with pytest.raises(ExportError, match=r"không có gì thay đổi: .*full_house"):
        export("postgres", address, outputs)
    assert reader.execute(count).fetchone() == before
    reader.commit()
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("alter table truynguon.checks drop constraint full_house")


def _check() -> dict[str, Any]:
    texts = dict.fromkeys(("check_id", "kind", "expression", "verdict", "document_id"), "x")
    return {**texts, "printed": 1.0, "computed": 1.0, "tolerance": 0.0, "record_ids": []}


def test_a_column_of_another_type_makes_a_new_table(address: str, published: Published) -> None:
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("alter table truynguon.pages drop column rotation")
        connection.execute("alter table truynguon.pages add column rotation text")
        export("postgres", address, published.outputs)
        kind = "select pg_typeof(rotation)::text from truynguon.pages limit 1"
        assert connection.execute(kind).fetchone() == ("integer",)


def test_a_column_that_is_new_is_added(address: str, published: Published) -> None:
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("alter table truynguon.issues drop column severity")
        connection.execute("create view public.seen as select kind from truynguon.issues")
        export("postgres", address, published.outputs)
        found = connection.execute("select count(severity) from truynguon.issues").fetchone()
        assert found == (len(published.rows["issues"]),)
        connection.execute("drop view public.seen")


def test_no_server(published: Published) -> None:
    port = free_port()
    with pytest.raises(ExportError) as caught:
        export("postgres", f"postgresql://an:mat-khau@127.0.0.1:{port}/so_lieu", published.outputs)
    assert f"không kết nối được PostgreSQL tại 127.0.0.1:{port}/so_lieu" in str(caught.value)
    assert "mat-khau" not in str(caught.value)


def test_no_address(published: Published) -> None:
    with pytest.raises(ExportError, match="'may-chu' không phải địa chỉ PostgreSQL; cần postgresql://"):
        export("postgres", "may-chu", published.outputs)
