"""Published datasets -> tables of a PostgreSQL database, in the schema `truynguon`, replaced in one transaction.

Who reads sees the old rows until the new ones are committed. Tables are emptied and filled, not dropped, so that
views and grants on them live on; only a column that changed its type needs a new table.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import psycopg
import pyarrow as pa
from psycopg import sql
from psycopg.types.json import Jsonb

from exports.published import ExportError, Snapshot, as_json
from schemas.datasets import DATASETS, SCHEMA_VERSION, Dataset

SCHEMA = "truynguon"
_PATIENCE_SECONDS = 10
_TYPES = {
    pa.string(): "text",
    pa.int32(): "integer",
    pa.int64(): "bigint",
    pa.float64(): "double precision",
    pa.bool_(): "boolean",
    pa.date32(): "date",
    pa.timestamp("us", tz="UTC"): "timestamp with time zone",
}

Cursor = psycopg.Cursor[Any]


def write_postgres(state: Snapshot, address: str) -> dict[str, int]:
    """Replace all tables by the datasets; rows by dataset.

    Raises:
        ExportError: the address is no address, the server can't be reached or refuses.
    """
    place = _place(address)
    try:
        connection = psycopg.connect(address, connect_timeout=_PATIENCE_SECONDS, application_name="truynguon export")
    except psycopg.Error as error:
        raise ExportError(f"không kết nối được PostgreSQL tại {place}: {_first_line(error)}") from error
    try:
        with connection, connection.cursor() as cursor:
            # two exports at once would wait for each other's tables
            cursor.execute("select pg_advisory_xact_lock(hashtext(%s))", [SCHEMA])
            cursor.execute(f"create schema if not exists {SCHEMA}")
            cursor.execute(f"comment on schema {SCHEMA} is 'Truy nguồn, lược đồ {SCHEMA_VERSION}'")
            return {name: _replace(cursor, dataset, state) for name, dataset in DATASETS.items()}
    except psycopg.Error as error:
        raise ExportError(f"PostgreSQL tại {place} từ chối, không có gì thay đổi: {_first_line(error)}") from error


def _place(address: str) -> str:
    """Host and database of an address, without user and password, for messages."""
    parts = urlsplit(address)
    if parts.scheme not in ("postgres", "postgresql"):
        raise ExportError(
            f"{address!r} không phải địa chỉ PostgreSQL; cần postgresql://người_dùng@máy:cổng/cơ_sở_dữ_liệu"
        )
    return f"{parts.netloc.rpartition('@')[2] or 'máy này'}{parts.path}"


def _first_line(error: psycopg.Error) -> str:
    return next(iter(str(error).splitlines()), type(error).__name__)


def _replace(cursor: Cursor, dataset: Dataset, state: Snapshot) -> int:
    table = sql.Identifier(SCHEMA, dataset.name)
    _prepare(cursor, dataset, table)
    columns = sql.SQL(", ").join(map(sql.Identifier, dataset.schema.names))
    as_jsonb = [_type(field.type) == "jsonb" for field in dataset.schema]
    count = 0
    with cursor.copy(sql.SQL("copy {} ({}) from stdin").format(table, columns)) as copy:
        for row in state.rows(dataset.name):
            values = zip(row, as_jsonb, strict=True)
            copy.write_row([_jsonb(value) if json else _value(value) for value, json in values])
            count += 1
    return count


def _prepare(cursor: Cursor, dataset: Dataset, table: sql.Identifier) -> None:
    """An empty table with the dataset's columns, each with its comment."""
    wanted = {field.name: _type(field.type) for field in dataset.schema}
    found = _columns(cursor, dataset.name)
    if any(wanted.get(name) != kind for name, kind in found.items()):
        cursor.execute(sql.SQL("drop table {}").format(table))
        found = {}
    cursor.execute(sql.SQL("create table if not exists {} ()").format(table))
    for name, kind in wanted.items():
        if name not in found:
            add = sql.SQL("alter table {} add column {} {}").format(table, sql.Identifier(name), sql.SQL(kind))
            cursor.execute(add)
    cursor.execute(sql.SQL("delete from {}").format(table))
    cursor.execute(sql.SQL("comment on table {} is {}").format(table, dataset.vietnamese))
    for column in dataset.columns:
        comment = sql.SQL("comment on column {}.{} is {}")
        cursor.execute(comment.format(table, sql.Identifier(column.name), column.metadata["vi"]))


def _columns(cursor: Cursor, table: str) -> dict[str, str]:
    """The columns of a table as it is, by type; none where there is no table."""
    cursor.execute(
        "select attname, format_type(atttypid, null) from pg_attribute"
        " where attrelid = to_regclass(%s) and attnum > 0 and not attisdropped order by attnum",
        [f'{SCHEMA}."{table}"'],
    )
    return dict(cursor.fetchall())


def _type(kind: pa.DataType) -> str:
    """The PostgreSQL type, as the server spells it: lists of values are arrays, of structs JSON."""
    if pa.types.is_list(kind):
        return "jsonb" if pa.types.is_struct(kind.value_type) else f"{_type(kind.value_type)}[]"
    return _TYPES[kind]


def _value(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("\0", "�")  # the one character that PostgreSQL can't hold
    return [_value(one) for one in value] if isinstance(value, list) else value


def _jsonb(value: Any) -> Any:
    return None if value is None else Jsonb(value, lambda whole: as_json(whole).replace("\\u0000", "�"))
