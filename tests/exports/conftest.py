"""Outputs with rows in every dataset, and with texts that break what is careless."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

import pipeline.publish
from schemas.datasets import DATASETS
from tests.test_contract import example

# what a document could say to harm who opens an export, and what forms can't hold
HOSTILE = [
    '=HYPERLINK("http://x","xem")',
    "+84 24 3804 3100",
    "-3",
    "@SUM(A1)",
    "\t=1+1",
    "a;=1+1",
    "a\n=1+1",
    "'=1+1",
    "＝1+1",
    "#N/A",
    'hai "ngoặc", phẩy; chấm phẩy',
    "xuống\r\ndòng",
    "Đặng Ước ỹ 💧",
    "",
    "NULL",
    "\\N",
    "{a,b}",
    "x' || 'y",
]


@dataclass(frozen=True)
class Published:
    """Outputs written by hand: what stands in them, by dataset."""

    outputs: Path
    rows: dict[str, list[dict[str, Any]]]


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Published:
    """A full row, a row of nulls and empty lists, and hostile texts, in each dataset, over two files."""
    outputs = tmp_path_factory.mktemp("published")
    rows = {name: _rows(name) for name in DATASETS}
    publish(outputs, {name: {"a": rows[name][:2], "b": rows[name][2:]} for name in DATASETS})
    return Published(outputs, rows)


def publish(outputs: Path, files: Mapping[str, Mapping[str, list[dict[str, Any]]]]) -> None:
    """Publish rows by dataset and file."""
    for published in (pipeline.publish.Published.across(outputs), pipeline.publish.Published.per_document(outputs)):
        published.switch({name: _made(name, files[name]) for name in published.datasets if name in files})


def _made(name: str, files: Mapping[str, list[dict[str, Any]]]) -> dict[str, pipeline.publish.Rows]:
    schema = DATASETS[name].schema
    return {file: partial(pa.Table.from_pylist, rows, schema=schema) for file, rows in files.items()}


def _rows(name: str) -> list[dict[str, Any]]:
    dataset = DATASETS[name]
    full = dataset.table([example(dataset.row)]).to_pylist()[0]
    bare = {
        field.name: None if field.nullable and not str(field.type).startswith("list") else _least(full[field.name])
        for field in dataset.schema
    }
    texts = [field.name for field in dataset.schema if str(field.type) == "string"]
    lists = [field.name for field in dataset.schema if str(field.type) == "list<item: string>"]
    hostile = [{**full, **dict.fromkeys(texts, text), **{name: [text, "b"] for name in lists}} for text in HOSTILE]
    rows = [full, bare, *hostile]
    for number, row in enumerate(rows):
        row[str(dataset.id_column or "document_id")] = f"{number:020x}"
    return rows


def _least(value: Any) -> Any:
    kinds = {str: "", int: 0, float: -1.5, bool: False, list: [], date: date(1899, 12, 31)}
    return datetime(1969, 7, 20, 20, 17, tzinfo=UTC) if isinstance(value, datetime) else kinds[type(value)]
