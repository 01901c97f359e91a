"""Excel: text stays text, what does not fit is told, each column is explained."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from exports import export, workbook
from exports.workbook import MEANINGS
from schemas.datasets import DATASETS
from tests.exports.conftest import Published, publish


@pytest.fixture(scope="module")
def book(published: Published, tmp_path_factory: pytest.TempPathFactory) -> Any:
    file = tmp_path_factory.mktemp("xlsx") / "out.xlsx"
    export("xlsx", str(file), published.outputs)
    return openpyxl.load_workbook(file)


def as_excel_holds_it(value: Any) -> Any:
    """What comes back from a cell: JSON for lists, no time zone, nothing for an empty text, days as midnights."""
    if isinstance(value, list):
        return json.loads(json.dumps(value, default=str))
    if isinstance(value, datetime):
        return value.replace(tzinfo=None)
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day) if value.year > 1900 else value.isoformat()  # noqa: DTZ001
    return None if value == "" else value


@pytest.mark.parametrize("name", DATASETS)
def test_rows_come_back(name: str, book: Any, published: Published) -> None:
    head, *found = book[name].iter_rows(values_only=True)
    assert list(head) == DATASETS[name].schema.names
    assert len(found) == len(published.rows[name])
    for row, expected in zip(found, published.rows[name], strict=True):
        for column, cell in zip(head, row, strict=True):
            shown = json.loads(cell) if isinstance(expected[column], list) else cell
            assert shown == as_excel_holds_it(expected[column]), (name, column)


def test_no_cell_is_a_formula_or_an_error(book: Any) -> None:
    kinds = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row}
    assert kinds == {"s", "inlineStr", "n", "b", "d"}
    formulas = [
        cell
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type in ("s", "inlineStr") and str(cell.value)[:1] in "=+-@"
    ]
    assert formulas
    assert all(cell.quotePrefix for cell in formulas)


def test_each_column_is_explained(book: Any) -> None:
    assert book.sheetnames == [MEANINGS, *DATASETS]
    _, *rows = book[MEANINGS].iter_rows(values_only=True)
    assert [row[:2] for row in rows] == [(name, col) for name in DATASETS for col in DATASETS[name].schema.names]
    assert all(all(row) for row in rows)


def test_a_sheet_that_is_full_goes_on_in_another(
    published: Published, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook, "SHEET_ROWS", 8)
    monkeypatch.setattr(workbook, "_meanings", lambda: iter(()))
    done = export("xlsx", str(tmp_path / "out.xlsx"), published.outputs)
    book = openpyxl.load_workbook(tmp_path / "out.xlsx")
    sheets = [sheet for sheet in book if sheet.title.split()[0] == "tasks"]
    assert [sheet.title for sheet in sheets] == ["tasks", "tasks 2", "tasks 3"]
    found = [row[0] for sheet in sheets for row in sheet.iter_rows(min_row=2, values_only=True)]
    assert found == [row["task_id"] for row in published.rows["tasks"]]
    assert done.rows["tasks"] == len(found)


def test_what_a_cell_can_not_hold_is_told(published: Published, tmp_path: Path) -> None:
    long = {**published.rows["issues"][0], "message": "x" * 40_000}
    odd = {**long, "message": "chuông \x07"}
    outputs = tmp_path / "outputs"
    publish(outputs, {"issues": {"a": [long, odd]}})
    done = export("xlsx", str(tmp_path / "out.xlsx"), outputs)
    assert done.notes == (
        "issues: 1 ô có ký tự điều khiển, thay bằng �",
        "issues: 1 ô dài hơn 32767 ký tự, bị cắt bớt",
    )
    sheet = openpyxl.load_workbook(tmp_path / "out.xlsx")["issues"]
    (cut, changed) = [row[5].value for row in sheet.iter_rows(min_row=2)]
    assert len(cut) == 32_767
    assert cut.endswith(" … [cắt bớt, đủ 40000 ký tự trong Parquet và CSV]")
    assert changed == "chuông �"
