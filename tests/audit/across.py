"""Rows over several documents as the linking stage writes them, made of what stands in the samples."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from audit.library import Document
from pipeline.partitions import FIRST
from schemas.datasets import DATASETS


def write_across(outputs: Path, of_it: Document) -> dict[str, dict[str, Any]]:
    """One series in conflict, one task line with a moved deadline and one check over a document's records."""
    metrics = [row for row in of_it.rows["metrics"] if row["page"]][:4]
    tasks = of_it.rows["tasks"][:2]
    points = [
        {
            "metric_id": row["metric_id"],
            "document_id": of_it.id,
            "period_end": date(2025, month, 28),
            "value": 10.0 * month,
            "role": role,
        }
        for row, month, role in zip(metrics, (3, 6, 9, 12), ("actual", "actual", "actual", "target"), strict=True)
    ]
    keys = [point["metric_id"] for point in points]
    events = [
        {"task_id": task["task_id"], "document_id": of_it.id, "day": date(2025, month, 5), "deadline": due,
         "lead": ["Bộ Y tế"], "status": None}
        for task, month, due in zip(tasks, (1, 7), (date(2025, 6, 30), date(2025, 9, 30)), strict=True)
    ]  # fmt: skip
    made: dict[str, dict[str, Any]] = {
        "indicators": {"indicator_id": "i1", "name": "Tỷ lệ <b>hộ</b> dùng nước sạch", "unit": "%", "scope": None,
                       "points": points, "verdict": "conflict",
                       "disagreements": [{"kind": "conflict", "period_end": None, "metric_ids": keys[:2]},
                                         {"kind": "rounding", "period_end": None, "metric_ids": keys[1:3]}]},
        "task_lines": {"task_line_id": "l1", "label": "Rà soát phương án <i>phòng cháy</i>",
                       "task_ids": [row["task_id"] for row in tasks], "first_assigned": date(2025, 1, 5),
                       "first_document_id": of_it.id, "deadlines": [date(2025, 6, 30), date(2025, 9, 30)],
                       "lead": ["Bộ Y tế"], "status": None, "status_as_of": None, "deadline_moved": True,
                       "events": events},
        "checks": {"check_id": "c1", "kind": "ratio", "expression": "46 / 50 = 92 %", "printed": 92.0, "computed": 92.0,
                   "tolerance": 0.5, "verdict": "conflicts", "record_ids": keys[:3], "document_id": of_it.id},
    }  # fmt: skip
    for name, row in made.items():
        plant(outputs, name, row)
    return made


def plant(outputs: Path, name: str, row: dict[str, Any]) -> None:
    """Add a row to what is published of a dataset."""
    schema = DATASETS[name].schema
    file = outputs / name / (f"{FIRST}.parquet" if DATASETS[name].across else "made.parquet")
    there = pq.read_table(file, schema=schema) if file.exists() else schema.empty_table()
    pq.write_table(pa.concat_tables([there, pa.Table.from_pylist([row], schema=schema)]), file)
