"""What came of a run, for the operator."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pyarrow.dataset as ds

from pipeline.ingest import Report
from pipeline.store import Batch, Store
from schemas.datasets import DATASETS

_LISTED = 50  # of the unexplained numbers and of the new agencies; all are counted


@dataclass(slots=True)
class RunReport(Report):
    """The outcomes of a run and what its documents brought that wants a look."""

    known_agencies: frozenset[str] = frozenset()
    new_agencies: dict[str, str] = field(default_factory=dict)
    unexplained: list[tuple[str, int | None, str]] = field(default_factory=list)
    set_aside: Mapping[Path, str] = field(default_factory=dict)

    def look_at(self, batch: Batch) -> None:
        """Note the agencies that no document named before, and the numbers that nothing explains."""
        for row in batch.tables["agencies"].select(["agency_id", "agency"]).to_pylist():
            if row["agency_id"] not in self.known_agencies:
                self.new_agencies[row["agency_id"]] = row["agency"]
        documents = batch.tables["documents"]
        names = dict(zip(documents["document_id"].to_pylist(), documents["file_name"].to_pylist(), strict=True))
        numbers = batch.tables["numbers"]
        for row in numbers.filter(pc.equal(numbers["kind"], "unexplained")).to_pylist():
            self.unexplained.append((names[row["document_id"]], row["page"], row["raw"]))


def known_agencies(store: Store) -> frozenset[str]:
    """The ids of the agencies that documents of the published datasets name."""
    rows = ds.dataset(store.outputs / "agencies", schema=DATASETS["agencies"].schema, format="parquet")
    return frozenset(rows.to_table(columns=["agency_id"])["agency_id"].unique().to_pylist())


def markdown(report: RunReport) -> str:
    """The counts, what was set aside or quarantined and why, the slowest, the new agencies, the unexplained numbers."""
    return "\n\n".join(["# Kết quả tiếp nhận", *_parts(report)])


def _parts(report: RunReport) -> Iterator[str]:
    statuses = {"trích xuất": "extracted", "đã có": "known", "cách ly": "quarantined"}
    yield _table(("kết quả", "văn bản"), [(label, report.count(status)) for label, status in statuses.items()])
    found: Counter[str] = Counter()
    for outcome in report.outcomes:
        found.update(dict(outcome.counts))
    if found:
        yield _table(("bộ dữ liệu", "bản ghi mới"), list(found.items()))
    if report.set_aside:
        yield "## Để riêng vì lỗi lặp lại"
        yield _table(("tệp", "lỗi"), [(path, error) for path, error in report.set_aside.items()])
    if quarantined := [outcome for outcome in report.outcomes if outcome.status == "quarantined"]:
        yield "## Cách ly"
        yield _table(("văn bản", "lý do"), [(outcome.path.name, outcome.reason) for outcome in quarantined])
    fresh = [outcome for outcome in report.outcomes if outcome.status != "known"]
    if slowest := sorted(fresh, key=lambda outcome: -outcome.seconds)[:10]:
        yield "## Đọc lâu nhất"
        yield _table(("văn bản", "trang", "giây"), [(o.path.name, o.pages, f"{o.seconds:.1f}") for o in slowest])
    if report.new_agencies:
        yield f"## Cơ quan mới gặp ({len(report.new_agencies)})"
        yield _table(("mã", "cơ quan"), sorted(report.new_agencies.items())[:_LISTED])
    if report.unexplained:
        yield f"## Con số chưa giải thích ({len(report.unexplained)})"
        yield _table(
            ("văn bản", "trang", "con số"), [(n, page or "", raw) for n, page, raw in report.unexplained[:_LISTED]]
        )


def _table(head: tuple[str, ...], rows: list[tuple[Any, ...]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(_cell(cell) for cell in line) + " |" for line in lines)


def _cell(value: Any) -> str:
    return " ".join(str(value).replace("|", "\\|").split())
