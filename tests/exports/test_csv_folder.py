"""CSV: safe to open, exact to read back, described so that frictionless finds no fault."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import frictionless
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exports import export
from exports.csv_folder import guarded, unguarded
from schemas.datasets import DATASETS
from tests.exports.conftest import HOSTILE, Published

# where a cell begins, wherever one might: at a comma, and at what other countries part cells with
CELL_START = re.compile(r"[;\t\r\n]")


@pytest.fixture(scope="module")
def folder(published: Published, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("csv") / "out"
    export("csv", str(folder), published.outputs)
    return folder


def cells(file: Path) -> list[list[str]]:
    with file.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.reader(lines))


@pytest.mark.parametrize("text", HOSTILE)
def test_a_guarded_text_starts_no_formula(text: str) -> None:
    assert [part for part in CELL_START.split(guarded(text)) if part.startswith(("=", "+", "-", "@", "＝"))] == []
    assert unguarded(guarded(text)) == text


@given(st.text(alphabet="=+-@'＝;,\t\r\n ab\""))
def test_every_text_comes_back(text: str) -> None:
    assert unguarded(guarded(text)) == text
    assert not re.search(r"(^|[;\t\r\n])[=+\-@＝]", guarded(text))


@pytest.mark.parametrize("name", DATASETS)
def test_rows_come_back_exactly(name: str, folder: Path, published: Published) -> None:
    head, *found = cells(folder / f"{name}.csv")
    schema = DATASETS[name].schema
    assert head == schema.names
    assert len(found) == len(published.rows[name])
    for row, expected in zip(found, published.rows[name], strict=True):
        for column, cell in zip(head, row, strict=True):
            value = expected[column]
            if isinstance(value, list):
                assert json.loads(cell) == json.loads(json.dumps(value, default=str))
            elif isinstance(value, str):
                assert unguarded(cell) == value
            elif isinstance(value, bool):
                assert cell == str(value).lower()
            elif isinstance(value, (int, float)):
                assert float(cell) == value
            else:
                assert cell == (value.isoformat() if value else "")


@pytest.mark.parametrize("name", DATASETS)
def test_no_cell_is_a_formula(name: str, folder: Path) -> None:
    """Also where the semicolon parts cells."""
    numbers = re.compile(r"-?[\d.]+(e-?\d+)?")
    for row in cells(folder / f"{name}.csv"):
        for cell in row:
            parts = [part for part in CELL_START.split(cell) if part.startswith(("=", "+", "-", "@"))]
            assert [part for part in parts if not numbers.fullmatch(part)] == []


def test_spreadsheets_see_that_it_is_unicode(folder: Path) -> None:
    assert all(file.read_bytes().startswith(b"\xef\xbb\xbf") for file in folder.glob("*.csv"))
    assert list(pd.read_csv(folder / "tasks.csv").columns) == DATASETS["tasks"].schema.names


def test_the_samples_as_a_data_package(ingested: Path, tmp_path: Path) -> None:
    export("csv", str(tmp_path / "out"), ingested)
    report = frictionless.validate(str(tmp_path / "out" / "datapackage.json"))
    assert report.flatten(["type", "rowNumber", "fieldName", "message"]) == []
    assert report.stats["tasks"] == len(DATASETS)


@pytest.mark.parametrize(
    ("name", "column", "value", "fault"),
    [
        ("metrics", "value", "nhiều", "type-error"),
        ("metrics", "document_id", "0" * 64, "foreign-key"),
        ("metrics", "quote", "", "constraint-error"),
        ("tasks", "lead", "Bộ Y tế", "type-error"),
    ],
)
def test_faults_in_the_data_are_found(
    name: str, column: str, value: str, fault: str, ingested: Path, tmp_path: Path
) -> None:
    export("csv", str(tmp_path / "out"), ingested)
    file = tmp_path / "out" / f"{name}.csv"
    frame = pd.read_csv(file, dtype=str, keep_default_na=False)
    frame.loc[0, column] = value
    frame.to_csv(file, index=False, encoding="utf-8-sig")
    report = frictionless.validate(str(tmp_path / "out" / "datapackage.json"))
    assert fault in {kind for (kind,) in report.flatten(["type"])}
