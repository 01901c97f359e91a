"""Writes docs/datasets.md, the datasets and their columns, from the schemas.

.venv/bin/python scripts/describe_datasets.py
"""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa

from schemas.datasets import DATASETS, RECORD_DATASETS, Dataset

FILE = Path(__file__).resolve().parent.parent / "docs" / "datasets.md"
HEAD = f"""# Datasets

Written from `schemas/records.py` by `make docs`; names and types are a contract, additions are welcome.

Each dataset is a folder of plain Parquet under the outputs folder, described for programs in `datapackage.json`.
{", ".join(RECORD_DATASETS)} hold records: each begins with its id, its place and the rule that made it.
"""


def describe() -> str:
    return "\n".join([HEAD, *map(_dataset, DATASETS.values())])


def _dataset(dataset: Dataset) -> str:
    lines = [f"## {dataset.name}", "", "| column | type | meaning | ý nghĩa |", "|---|---|---|---|"]
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


if __name__ == "__main__":
    FILE.write_text(describe(), "utf-8")
