"""Rows over several documents as the linking stage writes them, made of what stands in the samples."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from audit.library import Document
from schemas.datasets import DATASETS


def write_across(outputs: Path, of_it: Document) -> dict[str, dict[str, Any]]:
    """One series, one task line and one check over a document's records."""
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
    made: dict[str, dict[str, Any]] = {
        "indicators": {"indicator_id": "i1", "name": "Tỷ lệ <b>hộ</b> dùng nước sạch", "unit": "%", "scope": None,
                       "points": points, "verdict": "conflict"},
        "task_lines": {"task_line_id": "l1", "label": "Rà soát phương án <i>phòng cháy</i>",
                       "task_ids": [row["task_id"] for row in tasks], "first_assigned": date(2025, 1, 5),
                       "first_document_id": of_it.id, "deadlines": [date(2025, 6, 30), date(2025, 9, 30)],
                       "lead": ["Bộ Y tế"], "status": "overdue", "status_as_of": date(2025, 10, 14)},
        "checks": {"check_id": "c1", "kind": "ratio", "expression": "46 / 50 = 92 %", "printed": 92.0, "computed": 92.0,
                   "tolerance": 0.5, "verdict": "conflicts", "record_ids": [row["metric_id"] for row in metrics[:3]],
                   "document_id": of_it.id},
    }  # fmt: skip
    for name, row in made.items():
        pq.write_table(pa.Table.from_pylist([row], schema=DATASETS[name].schema), outputs / name / "made.parquet")
    return made
