"""Tasks of changed documents -> task links and task lines, published."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.link.decisions import RULE, Decision, decided, restated
from pipeline.link.groups import reached
from pipeline.link.index import TEXTS
from pipeline.link.round import Round, as_table
from pipeline.link.task_lines import Documents, Works, compared, read_texts, task_lines
from schemas.records import Link

_TASKS = """
select t.task_id, t.document_id, t.section, t.text, t.lead, t.lead_ids, t.coop, t.supervisors, t.deadline, t.status, d.changed
from {tasks} t join documents d using (document_id) where t.is_primary and t.review_status is distinct from 'rejected'
order by d.batch, t.document_id, t.task_id
"""
# a task of a second rendition, and the task of the primary one that stands for it
_STAND_INS = """
select second.task_id as old, min(first.task_id) as now
from {tasks} second join documents d using (document_id) join {tasks} first on first.document_id = d.duplicate_of
where lower(second.text) = lower(first.text) group by second.task_id
"""
# the rules' links between tasks that did not change, the rules' on those that did, persons' above all
_LINKS = """
with rules as (
    select * from known where decided_by = '{rule}' and left_id in (select task_id from old) and right_id in (select task_id from old)
    union all by name select * from fresh
)
select * from rules anti join persons using (link_id) union all by name select * from persons order by link_id
"""


def link_tasks(current: Round) -> pa.Table:
    """Publish task links and lines; what is to be remembered of the tasks."""
    tasks = current.table(_TASKS.format(tasks=current.published("tasks")))
    new = tasks.filter(tasks["changed"])["task_id"].to_pylist()
    stand_ins = current.table(_STAND_INS.format(tasks=current.published("tasks"))).to_pylist()
    works = Works(tasks)
    unchanged = tasks.filter(pc.invert(tasks["changed"]))
    before = current.memory.table("tasks", TEXTS)
    texts = pa.concat_tables([_among(before, "key", unchanged["task_id"]), read_texts(works, new)])
    now = {row["old"]: row["now"] for row in stand_ins} | {key: key for key in tasks["task_id"].to_pylist()}
    persons = restated(decided(current.store.outputs, "tasks"), now)
    current.register("known", current.store.across("task_links"))
    current.register("old", unchanged.select(["task_id"]))
    current.register("fresh", as_table("task_links", compared(works, texts, set(new))))
    current.register("persons", as_table("task_links", persons))
    links = current.table(_LINKS.format(rule=RULE))
    touched = [*new, *(end for one in persons for end in (one.left_id, one.right_id))]
    lines = _lines(current, tasks, links, touched, {row["now"]: row["old"] for row in stand_ins})
    current.publish("task_links", links)
    current.publish("task_lines", lines)
    return texts


def lines_of(current: Round, links: pa.Table) -> tuple[pa.Table, list[Link]]:
    """The lines that follow from links as they are, made anew, and the links that persons decided; publishes nothing."""
    tasks = current.table(_TASKS.format(tasks=current.published("tasks")))
    stand_ins = current.table(_STAND_INS.format(tasks=current.published("tasks"))).to_pylist()
    keys = tasks["task_id"].to_pylist()
    now = {row["old"]: row["now"] for row in stand_ins} | {key: key for key in keys}
    persons = restated(decided(current.store.outputs, "tasks"), now)
    return _lines(current, tasks, links, keys, {row["now"]: row["old"] for row in stand_ins}), persons


def _lines(current: Round, tasks: pa.Table, links: pa.Table, touched: list[str], stood_in: dict[str, str]) -> pa.Table:
    """The published lines with those made anew that hang together with what was touched."""
    published = current.store.across("task_lines")
    line_of = _line_of(published)
    gone = line_of.keys() - set(tasks["task_id"].to_pylist())
    same = links.filter(pc.equal(links["decision"], Decision.SAME.value))
    pairs = [
        *zip(same["left_id"].to_pylist(), same["right_id"].to_pylist(), strict=True),
        *((task, f"line {line}") for task, line in line_of.items()),
    ]
    affected = reached({*touched, *gone}, pairs)
    again = {key.removeprefix("line ") for key in affected if key.startswith("line ")}
    standing = published.filter(pc.invert(pc.is_in(published["task_line_id"], _strings(again))))
    among = _strings(affected)
    rows = tasks.filter(pc.is_in(tasks["task_id"], among)).to_pylist()
    inside = links.filter(pc.and_(pc.is_in(links["left_id"], among), pc.is_in(links["right_id"], among)))
    before = {now: line_of[old] for now, old in stood_in.items() if old in line_of} | line_of
    made = task_lines(
        rows, [Link(**row) for row in inside.to_pylist()], _documents(current), before,
        set(standing["task_line_id"].to_pylist()),
    )  # fmt: skip
    return pa.concat_tables([standing, as_table("task_lines", made)]).sort_by("task_line_id")


def _line_of(published: pa.Table) -> dict[str, str]:
    """Task -> published line."""
    rows = zip(published["task_ids"].to_pylist(), published["task_line_id"].to_pylist(), strict=True)
    return {task: line for tasks, line in rows for task in tasks}


def _documents(current: Round) -> Documents:
    rows: list[dict[str, Any]] = current.table("select document_id, day, batch from documents").to_pylist()
    days = {row["document_id"]: row["day"] for row in rows}
    return Documents(days, {row["document_id"]: (row["batch"], row["document_id"]) for row in rows})


def _among(table: pa.Table, column: str, values: pa.ChunkedArray) -> pa.Table:
    return table.filter(pc.is_in(table[column], values.combine_chunks()))


def _strings(values: set[str]) -> pa.Array:
    return pa.array(sorted(values), pa.string())
