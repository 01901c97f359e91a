"""Published datasets -> a folder of CSV files that spreadsheets open without running what documents say.

UTF-8 with a byte order mark (without it Excel breaks Vietnamese), commas, quotes where needed, lists as JSON,
nothing for null. `datapackage.json` beside the files describes each column.
"""

from __future__ import annotations

import csv
import json
import re
import shutil
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from exports.published import Snapshot, as_json
from pipeline.datapackage import datapackage
from schemas.datasets import DATASETS

ENCODING = "utf-8-sig"
# A spreadsheet takes a cell for a formula by its first character, also behind a semicolon, a tab or a line
# break: a list separator of another country (Excel in Vietnam parts cells at semicolons) starts a cell there.
_FORMULA = re.compile(r"(^|[;\t\r\n])(?=['=+\-@\t\r＝＋－＠])")
_GUARDED = re.compile(r"(^|[;\t\r\n])'")


def write_csv(state: Snapshot, folder: Path) -> dict[str, int]:
    """Write one file a dataset and their description; rows by dataset.

    A new folder appears whole; in a folder that is there, each file is replaced whole.
    """
    part = Path(mkdtemp(prefix=f".{folder.name}.", dir=folder.resolve().parent))
    try:
        rows = {name: _write(state, name, part / f"{name}.csv") for name in DATASETS}
        text = json.dumps(_described(), ensure_ascii=False, indent=1)
        (part / "datapackage.json").write_text(text, "utf-8")
        folder.mkdir(exist_ok=True)
        for file in sorted(part.iterdir()):
            file.replace(folder / file.name)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return rows


def _write(state: Snapshot, name: str, file: Path) -> int:
    count = 0
    with file.open("w", encoding=ENCODING, newline="") as out:
        writer = csv.writer(out)
        writer.writerow(DATASETS[name].schema.names)
        for row in state.rows(name):
            writer.writerow([_cell(value) for value in row])
            count += 1
    return count


def _cell(value: Any) -> Any:
    if isinstance(value, str):
        return guarded(value)
    if isinstance(value, (list, dict)):
        return as_json(value).replace(";", "\\u003b")  # the same to JSON, no separator to a spreadsheet
    if isinstance(value, bool):
        return str(value).lower()
    return value.isoformat() if hasattr(value, "isoformat") else value


def guarded(text: str) -> str:
    """The text with an apostrophe wherever a spreadsheet would start a formula; `unguarded` takes it away.

    >>> guarded("=1+1"), guarded("a;@b"), guarded("tăng -3;  5")
    ("'=1+1", "a;'@b", 'tăng -3;  5')
    """
    return _FORMULA.sub(r"\1'", text)


def unguarded(text: str) -> str:
    """Exactly the text that was guarded.

    >>> unguarded("'- Giao Bộ Y tế")
    '- Giao Bộ Y tế'
    """
    return _GUARDED.sub(r"\1", text)


def _described() -> dict[str, Any]:
    """The description of the datasets, of CSV instead of Parquet."""
    package = datapackage()
    for resource in package["resources"]:
        resource |= {"path": f"{resource['name']}.csv", "format": "csv", "mediatype": "text/csv", "encoding": ENCODING}
    return package
