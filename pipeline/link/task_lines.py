"""Tasks -> task lines: the same work over documents, first assigned when, with which deadlines, leads and states."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from pipeline.link.candidates import Index
from pipeline.link.decisions import RULE, Decision, Pair, link, pair
from pipeline.link.groups import groups
from pipeline.link.lineage import lineage
from pipeline.link.same_work import Work, compare
from pipeline.link.wording import Corpus
from schemas.records import Link, TaskEvent, TaskLine

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Documents:
    """What lines need of the documents: the day each speaks of, and the order in which they came."""

    days: Mapping[str, date | None]
    arrival: Mapping[str, tuple[str, str]]


def link_tasks(tasks: Sequence[Row], known: Iterable[Link], persons: Mapping[Pair, Link], new: set[str]) -> list[Link]:
    """The links between tasks: those known, and those of the `new` tasks to all; persons' decisions on top."""
    works = [Work.of(row) for row in tasks]
    here = {work.task_id for work in works}
    links = {
        (one.left_id, one.right_id): one
        for one in known
        if one.decided_by == RULE and one.left_id in here and one.right_id in here
    }
    links |= {(one.left_id, one.right_id): one for one in _compared(works, new)}
    return list((links | {key: one for key, one in persons.items() if here.issuperset(key)}).values())


def _compared(works: Sequence[Work], new: set[str]) -> Iterator[Link]:
    """The rules' decisions on each new work and those that share rare words with it."""
    if not new:
        return
    corpus = Corpus(work.wording for work in works)
    index = Index(corpus)
    for place, work in enumerate(works):
        index.add(place, work.wording.terms)
    seen: set[Pair] = set()
    for place, work in enumerate(works):
        if work.task_id not in new:
            continue
        for other in index.like(work.wording.terms):
            key = pair(work.task_id, works[other].task_id)
            if other == place or key in seen:
                continue
            seen.add(key)
            verdict = compare(work, works[other], corpus)
            if verdict:
                yield link(*key, verdict.decision, RULE, verdict.score, verdict.reason)


def task_lines(tasks: Sequence[Row], links: Iterable[Link], documents: Documents) -> list[TaskLine]:
    """Each task in exactly one line; the line's id is that of the task of it that came in first, so that it stays."""
    rows = {row["task_id"]: row for row in tasks}
    by_arrival = sorted(rows, key=lambda task: (documents.arrival[rows[task]["document_id"]], task))
    joined, apart = [], defaultdict(set)
    for one in links:
        if one.decision == Decision.SAME:
            joined.append(one)
        elif one.decision == Decision.NOT_SAME:
            apart[one.left_id].add(one.right_id)
            apart[one.right_id].add(one.left_id)
    joined.sort(key=lambda one: (one.decided_by == RULE, -(one.score or 1.0), one.link_id))
    found = groups(by_arrival, ((one.left_id, one.right_id) for one in joined), apart)
    return [_line(first, [rows[task] for task in members], documents) for first, members in found.items()]


def _line(first: str, rows: Sequence[Row], documents: Documents) -> TaskLine:
    events = sorted((_event(row, documents) for row in rows), key=_when)
    origin = events[0]
    deadlines = list(dict.fromkeys(event.deadline for event in events if event.deadline))
    reported = [event for event in events if event.status]
    return TaskLine(
        task_line_id=hashlib.sha256(f"task_lines|{first}".encode()).hexdigest()[:20],
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
