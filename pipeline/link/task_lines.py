"""Tasks -> task lines: the same work over documents, first assigned when, with which deadlines, leads and states."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

import pyarrow as pa

from pipeline.link.decisions import RULE, link
from pipeline.link.groups import kept_ids, linked
from pipeline.link.index import Index, Text, texts
from pipeline.link.lineage import lineage
from pipeline.link.same_work import LEAST, Work, compare
from schemas.records import Link, TaskEvent, TaskLine

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Documents:
    """What lines need of the documents: the day each speaks of, and the order in which they came."""

    days: Mapping[str, date | None]
    arrival: Mapping[str, tuple[str, str]]


class Works:
    """The tasks of an Arrow table, made ready for comparing when they are asked for."""

    def __init__(self, tasks: pa.Table) -> None:
        self._tasks = tasks
        self._place = {key: place for place, key in enumerate(tasks["task_id"].to_pylist())}
        self.get = lru_cache(_WORKS)(self._get)

    def __contains__(self, task_id: object) -> bool:
        return task_id in self._place

    def _get(self, task_id: str) -> Work:
        (row,) = self._tasks.slice(self._place[task_id], 1).to_pylist()
        return Work.of(row)


# Works kept ready at a time.
_WORKS = 5_000


def read_texts(works: Works, task_ids: Iterable[str]) -> pa.Table:
    """The tasks as texts to be looked up."""
    found = map(works.get, task_ids)
    return texts(Text(work.task_id, work.wording.terms, plain=work.plain) for work in found)


def compared(works: Works, known: pa.Table, new: set[str]) -> Iterator[Link]:
    """The rules' decisions on each new task and those that share rare words with it."""
    for found in Index(known).pairs(new, LEAST):
        verdict = compare(works.get(found.left), works.get(found.right), found.likeness)
        if verdict:
            yield link(found.left, found.right, verdict.decision, RULE, verdict.score, verdict.reason)


def task_lines(
    tasks: Sequence[Row], links: Iterable[Link], documents: Documents, published: Mapping[str, str], taken: set[str]
) -> list[TaskLine]:
    """Each task in exactly one line.

    `published` tells in which line a task was; a line keeps its id while it keeps most of its tasks. `taken` are
    the ids of lines that stand as they are.
    """
    rows = {row["task_id"]: row for row in tasks}
    by_arrival = sorted(rows, key=lambda task: (documents.arrival[rows[task]["document_id"]], task))
    joined = list(links)
    found = linked(by_arrival, joined, _products(rows, joined))
    votes = {
        first: Counter(published[task] for task in members if task in published) for first, members in found.items()
    }
    ids = kept_ids(votes, taken, _line_id)
    return [_line(ids[first], [rows[task] for task in members], documents) for first, members in found.items()]


def _products(rows: Mapping[str, Row], links: Iterable[Link]) -> dict[str, frozenset[str]]:
    """What the linked tasks are to make."""
    ends = {end for one in links for end in (one.left_id, one.right_id)}
    return {task: Work.of(rows[task]).wording.products for task in ends if task in rows}


def _line_id(first: str) -> str:
    return hashlib.sha256(f"task_lines|{first}".encode()).hexdigest()[:20]


def _line(line_id: str, rows: Sequence[Row], documents: Documents) -> TaskLine:
    events = sorted((_event(row, documents) for row in rows), key=_when)
    origin = events[0]
    deadlines = list(dict.fromkeys(event.deadline for event in events if event.deadline))
    reported = [event for event in events if event.status]
    return TaskLine(
        task_line_id=line_id,
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


def _event(row: Row, documents: Documents) -> TaskEvent:
    document = row["document_id"]
    return TaskEvent(
        row["task_id"], document, documents.days.get(document), row["deadline"], tuple(row["lead"]), row["status"]
    )


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
