"""Questions over all documents, answered from the published datasets: what is overdue, what was never received."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from pipeline.store import Store

Row = dict[str, Any]


class AnswerError(Exception):
    """A question can't be answered; the message says why."""


@dataclass(frozen=True, slots=True)
class Overdue:
    """A piece of work past its deadline: the deadline that held on the day asked for, how late, what was last reported."""

    task_line_id: str
    label: str
    lead: tuple[str, ...]
    deadline: date
    days_late: int
    status: str | None
    last: Row


def overdue(outputs: Path, as_of: date) -> list[Overdue]:
    """The work that was past its deadline on a day and that no document of that day or before reports done.

    The deadline is the one that held on the day: the last one given by then, else the first that a later document
    tells of. A document without a day counts from the day on which it was received. Longest overdue first.

    Raises:
        AnswerError: nothing was linked yet in `outputs`.
    """
    lines = _rows(outputs, "task_lines")
    columns = pq.read_table(outputs / "documents", columns=["document_id", "received_at"]).to_pylist()
    received = {row["document_id"]: row["received_at"].date() for row in columns}
    found = [late for line in lines if (late := _late(line, as_of, received)) is not None]
    return sorted(found, key=lambda late: (late.deadline, late.task_line_id))


def _late(line: Row, as_of: date, received: Mapping[str, date]) -> Overdue | None:
    events = sorted(
        ((event["day"] or received[event["document_id"]], event) for event in line["events"]), key=lambda each: each[0]
    )
    known = [event for day, event in events if day <= as_of]
    deadline = _in_force(events, as_of)
    if deadline is None or deadline >= as_of or any(event["status"] == "done" for event in known):
        return None
    states = [event["status"] for event in known if event["status"]]
    return Overdue(
        line["task_line_id"], line["label"], tuple(line["lead"]), deadline, (as_of - deadline).days,
        states[-1] if states else None, known[-1] if known else events[0][1],
    )  # fmt: skip


def _in_force(events: Sequence[tuple[date, Row]], as_of: date) -> date | None:
    """The deadline that held on a day; of several that documents of one day give, the latest."""
    given = [(day, event["deadline"]) for day, event in events if event["deadline"]]
    by_then = [day for day, _ in given if day <= as_of]
    if not given:
        return None
    told = max(by_then) if by_then else given[0][0]
    deadline: date = max(deadline for day, deadline in given if day == told)
    return deadline


def missing(outputs: Path) -> list[Row]:
    """The cited documents that were never ingested, the most cited first.

    Raises:
        AnswerError: nothing was linked yet in `outputs`.
    """
    rows = [row for row in _rows(outputs, "citations") if row["document_id"] is None]
    return sorted(rows, key=lambda row: (-row["times"], row["number"]))


def _rows(outputs: Path, name: str) -> list[Row]:
    store = Store(outputs)
    if not store.is_published(name):
        raise AnswerError(f"không có {name} trong {outputs}: hãy chạy truynguon ingest trước")
    return list(store.across(name).to_pylist())
