"""Tasks of changed documents -> task links and task lines, published."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

import pyarrow as pa

from pipeline.link.decisions import RULE, decided, ends, link, restated
from pipeline.link.groups import keep_ids, link_up, ranges, reached_members
from pipeline.link.index import Index, Pair, Text
from pipeline.link.links import as_published, replaced
from pipeline.link.round import TOGETHER, Round, reach
from pipeline.link.same_work import LEAST, Work, compare, plain, worded
from pipeline.link.task_lines import line_id, task_line
from schemas.records import Link, TaskLine

Row = dict[str, Any]

_INCOMING = """
create temp table incoming_tasks as
select row_number() over (order by d.batch, t.document_id, t.task_id) as place, t.task_id, t.document_id, t.section, t.text,
       t.lead, t.lead_ids, t.coop, t.supervisors, t.deadline, t.status,
       t.is_primary and t.review_status is distinct from 'rejected' as counts
from {tasks} t join documents d using (document_id) where document_id in (from changed)
"""
_STRINGS = pa.list_(pa.string())
_READ = pa.schema(
    {
        "task_id": pa.string(), "document_id": pa.string(), "section": pa.string(), "text": pa.string(), "lead": _STRINGS,
        "lead_ids": _STRINGS, "deadline": pa.date32(), "status": pa.string(), "counts": pa.bool_(), "plain": pa.string(),
        "object": _STRINGS, "products": _STRINGS,
    }
)  # fmt: skip
# a task of a second rendition, and the task of the primary one that stands for it
_STAND_INS = """
create temp table task_stand_ins as
with seconds as (select document_id, duplicate_of from documents where duplicate_of is not null),
second as (select task_id, lower(text) as text, duplicate_of from tasks join seconds using (document_id)),
first as (select task_id, lower(text) as text, document_id from tasks where document_id in (select duplicate_of from seconds))
select second.task_id as old, min(first.task_id) as now
from second join first on first.document_id = duplicate_of and first.text = second.text group by second.task_id
"""
_ENDS_NOW = """
select id, coalesce(t.task_id, s.now) from task_ends
left join (select task_id from tasks where counts) t on t.task_id = id left join task_stand_ins s on s.old = id
where coalesce(t.task_id, s.now) is not null
"""
# the rules' links between tasks that did not change stand
_GONE = """
select link_id from task_links where left_id in (from touched_tasks) or right_id in (from touched_tasks)
"""
_EDGES = """
select left_id as one, right_id as other from task_links_in_force where decision = 'same'
union all select right_id, left_id from task_links_in_force where decision = 'same'
union all select task_id, 'line ' || task_line_id from lines union all select 'line ' || task_line_id, task_id from lines
"""
_AGAIN = "create or replace temp table again as select substr(id, 6) as id from reached where id like 'line %'"
_MEMBERS = """
select t.task_id as member from tasks t join documents d using (document_id)
where t.counts and t.task_id in (from reached) order by d.batch, t.document_id, t.task_id
"""
_PRODUCTS = "select p.place, t.products from places p join tasks t on t.task_id = p.member where len(t.products) > 0"
# how many tasks of a group were in each published line, themselves or what they stand for
_VOTES = """
with told as (
    select h.first, h.home, coalesce(own.task_line_id, old.task_line_id) as id from homes h
    left join lines own on own.task_id = h.member
    left join (
        select s.now as task_id, max_by(l.task_line_id, s.old) as task_line_id
        from task_stand_ins s join lines l on l.task_id = s.old group by s.now
    ) old on old.task_id = h.member
)
select first, id from told where id is not null group by first, home, id order by count(*) desc, id, home
"""
_STANDING = "select task_line_id from lines where task_line_id not in (from again)"
_SIZES = "select first, count(*) as count from homes group by first"
_GROUPED = """
create temp table grouped_tasks as
select h.first, h.place, i.id, t.task_id, t.document_id, t.text, t.lead, t.lead_ids, t.deadline, t.status, d.day
from homes h join group_ids i using (first) join tasks t on t.task_id = h.member join documents d using (document_id)
order by h.first, h.place
"""
_TASK_ROWS = "select * exclude (place) from grouped_tasks where first between {0} and {1} order by first, place"
_TASK_COLUMNS = ("first", "id", "task_id", "document_id", "text", "lead", "lead_ids", "deadline", "status", "day")
_WORKS = """
select task_id, document_id, section, lead_ids, deadline, plain, object, products
from tasks where task_id in (select id from wanted_tasks)
"""


def link_tasks(current: Round) -> None:
    """Publish task links and lines."""
    ask = current.database.execute
    index = Index(current.database, "task")
    ask("create temp table touched_tasks as select task_id from tasks where document_id in (from changed)")
    index.remove("from touched_tasks")
    ask("delete from tasks where document_id in (from changed)")
    index.add(_read(current))
    ask("insert into touched_tasks select task_id from incoming_tasks")
    persons = _persons(current)
    links = replaced(current, "task_links", _GONE, _compared(current, index), persons)
    _make_lines(current, persons, "from touched_tasks")
    lines = current.changes("task_lines", "made_lines", "from again")
    current.store.publish_across({"task_links": links, "task_lines": lines})
    ask("delete from lines" if current.afresh else "delete from lines where task_line_id in (from again)")
    ask("insert into lines select task_line_id, unnest(task_ids) from made_lines")


def lines_again(current: Round) -> tuple[pa.Table, list[Link]]:
    """The lines that follow from the published links, made anew, and the links that persons decided; publishes nothing."""
    for _ in _read(current):
        pass
    persons = _persons(current)
    as_published(current, "task_links")
    _make_lines(current, persons, "select task_id from tasks")
    return current.made("task_lines", "made_lines"), persons


def _read(current: Round) -> Iterator[Text]:
    """Take in the tasks of changed documents; those that count as texts to be looked up."""
    ask = current.database.execute
    if current.afresh:
        ask(f"insert into lines select task_line_id, unnest(task_ids) from {current.across('task_lines')}")
    ask(_INCOMING.format(tasks=current.published("tasks")))
    query = "select * exclude (place) from incoming_tasks where place > {0} and place <= {0} + {1} order by place"
    start = 0
    while rows := current.table(query.format(start, TOGETHER)).to_pylist():
        texts = [_worded(row) for row in rows]
        current.add("tasks", pa.Table.from_pylist(rows, _READ))
        yield from (text for row, text in zip(rows, texts, strict=True) if row["counts"])
        start += TOGETHER
    ask(_STAND_INS)


def _worded(row: Row) -> Text:
    """A task as a text to be looked up; what of its wording is needed later is told to the row."""
    found = worded(row)
    row |= {"plain": plain(row["text"]), "object": found.object, "products": sorted(found.products)}
    return Text(row["task_id"], found.terms, plain=row["plain"])


def _persons(current: Round) -> list[Link]:
    """Persons' decisions, on the tasks that stand today for those decided on."""
    persons = decided(current.store.outputs, "tasks")
    current.strings("task_ends", sorted(ends(persons)))
    return restated(persons, dict(current.database.execute(_ENDS_NOW).fetchall()))


def _compared(current: Round, index: Index) -> Iterator[Link]:
    """The rules' decisions on each new task and those that share rare words with it."""
    for pairs in index.pairs(LEAST):
        works = _works(current, pairs)
        for found in pairs:
            verdict = compare(works[found.left], works[found.right], found.likeness)
            if verdict:
                yield link(found.left, found.right, verdict.decision, RULE, verdict.score, verdict.reason)


def _works(current: Round, pairs: Sequence[Pair]) -> dict[str, Work]:
    current.strings("wanted_tasks", {end for found in pairs for end in (found.left, found.right)})
    return {row["task_id"]: Work.of(row) for row in current.table(_WORKS).to_pylist()}


def _make_lines(current: Round, persons: Sequence[Link], touched: str) -> None:
    """Make `made_lines`, of all tasks that hang together with what was touched, and `again`, the ids of the published
    ones whose place they take."""
    current.strings("person_ends", ends(persons))
    reach(current, f"{touched} union all from person_ends", _EDGES)
    current.database.execute(_AGAIN)
    reached_members(current, _MEMBERS)
    sets: dict[tuple[str, ...], frozenset[str]] = {}
    products = {
        place: sets.setdefault(tuple(made), frozenset(made)) for place, made in current.rows(_PRODUCTS)
    }  # tasks make few different things
    link_up(current, "task_links", products)
    keep_ids(current, _VOTES, _STANDING, line_id)
    current.database.execute(_GROUPED)
    current.collect("made_lines", "task_lines", _made(current))


def _made(current: Round) -> Iterator[TaskLine]:
    """The line of each group, read some at a time."""
    for low, high in ranges(current, _SIZES):
        rows = (dict(zip(_TASK_COLUMNS, row, strict=True)) for row in current.rows(_TASK_ROWS.format(low, high)))
        for _, tasks in groupby(rows, itemgetter("first")):
            line = list(tasks)
            yield task_line(line[0]["id"], line)
