"""Writes docs/datasets.md, the datasets and their columns, and docs/schema-versions.json, from the schemas.

.venv/bin/python scripts/describe_datasets.py
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa

from schemas.datasets import DATASETS, RECORD_DATASETS, SCHEMA_VERSION, Dataset

FILE = Path(__file__).resolve().parent.parent / "docs" / "datasets.md"
VERSIONS = FILE.with_name("schema-versions.json")
HEAD = f"""# Datasets

Schema version {SCHEMA_VERSION}; [dashboards.md](dashboards.md) says what may change when.
Written from `schemas/records.py` by `make docs`; names and types are a contract, additions are welcome.

Each dataset is a folder of plain Parquet under the outputs folder, described for programs in `datapackage.json`.
{", ".join(RECORD_DATASETS)} hold records: each begins with its id, its place and the rule that made it.
"""


def describe() -> str:
    return "\n".join([HEAD, *map(_dataset, DATASETS.values())])


def _dataset(dataset: Dataset) -> str:
    lines = [
        f"## {dataset.name}",
        "",
        f"One row: {dataset.english}.",
        "",
        "| column | type | meaning | ý nghĩa |",
        "|---|---|---|---|",
    ]
    for column in dataset.columns:
        field = dataset.schema.field(column.name)
        lines.append(
            f"| {field.name} | {_type(field)} | {_cell(column.metadata['en'])} | {_cell(column.metadata['vi'])} |"
        )
    return "\n".join([*lines, ""])


def _type(field: pa.Field) -> str:
    shown = str(field.type).replace("item: ", "").replace("[us, tz=UTC]", ", UTC").replace("[day]", "")
    return shown if not field.nullable or pa.types.is_list(field.type) else f"{shown}, null"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def published_columns() -> dict[str, dict[str, str]]:
    return {name: {field.name: _type(field) for field in dataset.schema} for name, dataset in DATASETS.items()}


def versions() -> dict[str, Any]:
    """The columns of each version of the schema; the current one is brought up to date unless it is released.

    Raises:
        SystemExit: the columns of a released version would change.
    """
    found: dict[str, Any] = json.loads(VERSIONS.read_text("utf-8"))
    columns = published_columns()
    current = found.setdefault(SCHEMA_VERSION, {"released": False, "columns": columns})
    if current["released"] and current["columns"] != columns:
        raise SystemExit(f"schema {SCHEMA_VERSION} is released: raise SCHEMA_VERSION in schemas/datasets.py")
    current["columns"] = columns
    return found


if __name__ == "__main__":
    VERSIONS.write_text(json.dumps(versions(), indent=1) + "\n", "utf-8")
    FILE.write_text(describe(), "utf-8")
