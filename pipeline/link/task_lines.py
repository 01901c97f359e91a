"""Tasks -> task lines: the same work over documents, first assigned when, with which deadlines, leads and states."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date
from typing import Any

from pipeline.link.lineage import lineage
from schemas.records import TaskEvent, TaskLine

Row = dict[str, Any]


def line_id(first: str) -> str:
    return hashlib.sha256(f"task_lines|{first}".encode()).hexdigest()[:20]


def task_line(name: str, rows: Sequence[Row]) -> TaskLine:
    """The line of this id that some tasks make; `day` is that of which a task's document speaks."""
    events = sorted((_event(row) for row in rows), key=_when)
    origin = events[0]
    deadlines = list(dict.fromkeys(event.deadline for event in events if event.deadline))
    reported = [event for event in events if event.status]
    return TaskLine(
        task_line_id=name,
        label=next(row["text"] for row in rows if row["task_id"] == origin.task_id),
        task_ids=tuple(event.task_id for event in events),
        first_assigned=origin.day,
        first_document_id=origin.document_id,
        deadlines=tuple(deadlines),
        lead=_leads(rows),
        status=reported[-1].status if reported else None,
        status_as_of=reported[-1].day if reported else None,
        deadline_moved=len(deadlines) > 1,
        events=tuple(events),
    )


def _event(row: Row) -> TaskEvent:
    return TaskEvent(row["task_id"], row["document_id"], row["day"], row["deadline"], tuple(row["lead"]), row["status"])


def _when(event: TaskEvent) -> tuple[date, str, str]:
    """Documents without a day come last: what they report can't be put in time."""
    return event.day or date.max, event.document_id, event.task_id


def _leads(rows: Sequence[Row]) -> tuple[str, ...]:
    """The leads over time, each agency once under the first of its names: a party committee is its ministry."""
    named: dict[frozenset[str], str] = {}
    for row in rows:
        for name, agency in zip(row["lead"], row["lead_ids"], strict=True):
            key = lineage(agency)
            if key not in named or len(name) < len(named[key]):
                named[key] = name
    return tuple(named.values())
