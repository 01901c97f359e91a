"""Published datasets -> an Excel workbook: a sheet with the meaning of each column, then a sheet a dataset."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import chain, islice
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ERROR_CODES, ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font

from exports.published import Snapshot, as_json
from schemas.datasets import DATASETS

MEANINGS = "ý nghĩa các cột"
# What a sheet and a cell of Excel hold.
SHEET_ROWS = 1_048_576
CELL_CHARACTERS = 32_767
_CUT = " … [cắt bớt, đủ {length} ký tự trong Parquet và CSV]"
_FORMULA = re.compile(r"[=+\-@]")
_EXCEL_BEGINS = date(1900, 3, 1)  # before it Excel counts a day that never was


# (sheet, what was changed) -> in how many cells
Changed = Counter[tuple[str, str]]


def write_xlsx(state: Snapshot, file: Path) -> tuple[dict[str, int], tuple[str, ...]]:
    """Write the workbook; rows by dataset, and a note on each dataset whose cells had to be changed."""
    book, rows, changed = Workbook(write_only=True), {}, Changed()
    _sheet(book, MEANINGS, ["bộ dữ liệu", "cột", "kiểu", "ý nghĩa", "meaning"], _meanings(), changed)
    for name, dataset in DATASETS.items():
        rows[name] = _sheets(book, name, dataset.schema.names, state.rows(name), changed)
    book.save(file)
    return rows, tuple(f"{name}: {count} ô {what}" for (name, what), count in sorted(changed.items()))


def _meanings() -> Iterator[tuple[str, ...]]:
    for name, dataset in DATASETS.items():
        for column in dataset.columns:
            kind = str(dataset.schema.field(column.name).type)
            yield name, column.name, kind, column.metadata["vi"], column.metadata["en"]


def _sheets(book: Workbook, name: str, head: list[str], rows: Iterator[tuple[Any, ...]], changed: Changed) -> int:
    """A sheet, and further ones ("numbers 2") where it is full; the number of rows."""
    count, number = _sheet(book, name, head, islice(rows, SHEET_ROWS - 1), changed), 1
    while (first := next(rows, None)) is not None:
        number += 1
        count += _sheet(book, f"{name} {number}", head, chain([first], islice(rows, SHEET_ROWS - 2)), changed)
    return count


def _sheet(book: Workbook, title: str, head: list[str], rows: Iterator[tuple[Any, ...]], changed: Changed) -> int:
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    heads = [WriteOnlyCell(sheet, name) for name in head]
    for cell in heads:
        cell.font = Font(bold=True)
    sheet.append(heads)
    count = 0
    for row in rows:
        sheet.append([_cell(sheet, value, title, changed) for value in row])
        count += 1
    return count


def _cell(sheet: Any, value: Any, title: str, changed: Changed) -> Any:
    if isinstance(value, (list, dict)):
        value = as_json(value)
    elif isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None)  # Excel knows no time zones
    elif isinstance(value, date) and value < _EXCEL_BEGINS:
        return value.isoformat()
    return _text(sheet, value, title, changed) if isinstance(value, str) else value


def _text(sheet: Any, text: str, title: str, changed: Changed) -> Any:
    """The text as text, whatever it looks like."""
    if ILLEGAL_CHARACTERS_RE.search(text):
        changed[title, "có ký tự điều khiển, thay bằng �"] += 1
        text = ILLEGAL_CHARACTERS_RE.sub("�", text)
    if len(text) > CELL_CHARACTERS:
        changed[title, f"dài hơn {CELL_CHARACTERS} ký tự, bị cắt bớt"] += 1
        mark = _CUT.format(length=len(text))
        text = text[: CELL_CHARACTERS - len(mark)] + mark
    if not _FORMULA.match(text) and text not in ERROR_CODES:
        return text
    cell = WriteOnlyCell(sheet, text)
    cell.data_type = "s"
    cell.quotePrefix = True  # it stays text when it is edited
    return cell
