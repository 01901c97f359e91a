"""The stage over all documents, in four steps: renditions, task lines, indicators, citations.

Records count as they are published: as reviewers corrected them, with those that they added, without those that they
rejected.
"""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.link import indicators as series
from pipeline.link.citations import citations
from pipeline.link.decisions import decided
from pipeline.link.renditions import renditions
from pipeline.link.task_lines import Documents, link_tasks, task_lines
from pipeline.store import PER_DOCUMENT, Batch, Store
from schemas.datasets import DATASETS, RECORD_DATASETS
from schemas.records import Disagreement, Link
from schemas.review import Status

Row = dict[str, Any]

_DOCUMENT = (
    "document_id", "number", "issued_on", "issuer_id", "data_as_of", "status", "text_source", "media_type",
    "read_confidence", "batch", "fingerprint", "duplicate_of",
)  # fmt: skip
_TASK = ("task_id", "document_id", "section", "text", "lead", "lead_ids", "coop", "supervisors", "deadline", "status")


def link(store: Store) -> None:
    """Bring the datasets over all documents up to date; call it while the store is held for writing."""
    documents = store.rows("documents", columns=_DOCUMENT).to_pylist()
    _mark_renditions(store, documents)
    primary = [row["document_id"] for row in documents if row["duplicate_of"] is None]
    days = {row["document_id"]: _day(row) for row in documents}
    arrival = {row["document_id"]: (row["batch"], row["document_id"]) for row in documents}
    _task_lines(store, primary, Documents(days, arrival))
    _indicators(store)
    _citations(store, documents)


def _day(row: Row) -> date | None:
    """The day of which a document speaks: its issue, else the day up to which its data reach."""
    day: date | None = row["issued_on"] or row["data_as_of"]
    return day


# renditions


def _mark_renditions(store: Store, documents: list[Row]) -> None:
    """Point each second rendition to its primary document, and tell its records."""
    found = renditions(documents)
    changed = [row for row in documents if row["duplicate_of"] != found.get(row["document_id"])]
    for row in changed:
        row["duplicate_of"] = found.get(row["document_id"])
    if changed:
        store.commit(_marked(store, {row["document_id"]: row["duplicate_of"] for row in changed}))


def _marked(store: Store, primary_of: dict[str, str | None]) -> Batch:
    """The rows of documents with what they are renditions of."""
    tables = {name: store.rows(name, primary_of) for name in PER_DOCUMENT}
    documents = tables["documents"]
    pointers = pa.array([primary_of[key] for key in documents["document_id"].to_pylist()], pa.string())
    tables["documents"] = _with_column(documents, "duplicate_of", pointers)
    first = pa.array([key for key, primary in primary_of.items() if primary is None], pa.string())
    for name in RECORD_DATASETS:
        is_primary = pc.is_in(tables[name]["document_id"], first)
        tables[name] = _with_column(tables[name], "is_primary", is_primary)
    return Batch("relinked", tuple(primary_of), tables)


def _with_column(table: pa.Table, name: str, values: pa.Array) -> pa.Table:
    place = table.schema.get_field_index(name)
    return table.set_column(place, table.schema.field(place), values)


# task lines


def _task_lines(store: Store, primary: list[str], documents: Documents) -> None:
    tasks = _published_tasks(store, primary)
    seen = {task for ids in store.across("task_lines", ["task_ids"])["task_ids"].to_pylist() for task in ids}
    new = {row["task_id"] for row in tasks} - seen
    known = _links(store, "task_links")
    links = link_tasks(tasks, known, decided(store.outputs, "tasks"), new)
    lines = task_lines(tasks, links, documents)
    _publish(store, "task_links", DATASETS["task_links"].table(sorted(links, key=lambda one: one.link_id)))
    _publish(store, "task_lines", DATASETS["task_lines"].table(sorted(lines, key=lambda line: line.task_line_id)))


def _published_tasks(store: Store, primary: list[str]) -> list[Row]:
    rows = store.published("tasks", [*_TASK, "review_status"])
    counts = pc.and_(
        pc.is_in(rows["document_id"], pa.array(primary, pa.string())),
        pc.fill_null(pc.not_equal(rows["review_status"], Status.REJECTED.value), True),
    )
    return list(rows.filter(counts).to_pylist())


def _links(store: Store, name: str) -> list[Link]:
    return [Link(**row) for row in store.across(name).to_pylist()]


def _publish(store: Store, name: str, table: pa.Table) -> None:
    if not table.equals(store.across(name)):
        store.replace_across(name, table)


# indicators

_METRICS = """
create view metrics as
select m.*, m.boxes[1].y0 as top, d.batch, coalesce(d.issued_on, d.data_as_of) as day, d.file_name
from read_parquet('{outputs}/metrics/*.parquet') m
join read_parquet('{outputs}/documents/*.parquet') d using (document_id)
where m.is_primary and m.review_status is distinct from 'rejected'
"""
_NAMES = """
select min_by(metric_id, (batch, document_id, metric_id)) as first, indicator as name, unit, scope,
       bool_or(rule = 'metric_table') as tabled,
       list(struct_pack(document_id, day, period_end, value, value_raw))
         filter (role = 'actual' or (role = 'baseline' and period_end is not null)) as values,
       bool_and(metric_id not in (select metric_id from seen)) as new
from metrics group by indicator, unit, scope order by min((batch, document_id, metric_id))
"""
_POINTS = """
create table points as
select s.home, m.* from metrics m join series s
  on m.indicator = s.name and m.unit = s.unit and m.scope is not distinct from s.scope where s.home is not null
union all
select m.metric_id, m.* from metrics m join series s
  on m.indicator = s.name and m.unit = s.unit and m.scope is not distinct from s.scope where s.home is null
"""
_TOGETHER = """
select home, list(struct_pack(metric_id, document_id, day, page, top, value, value_high, denominator, value_raw,
                              comparator, unit, period_end) order by day, document_id, page, metric_id) as metrics
from points where role = 'actual' or (role = 'baseline' and period_end is not null)
group by home, period_start, period_end
having count(distinct (value, value_high, denominator)) > 1
"""
_SERIES = """
select home, list(struct_pack(metric_id, document_id, period_end, "value", "role")
                  order by coalesce(period_end, day), document_id, page, metric_id) as points
from points group by home
"""


def _indicators(store: Store) -> None:
    database = duckdb.connect()
    database.execute(_METRICS.format(outputs=_quoted(store)))
    published = store.across("indicators", ["points"])
    database.register("published", published)
    database.execute("create table seen as select unnest(points).metric_id as metric_id from published")
    rows = database.execute(_NAMES).fetchall()
    names = [
        series.Name(first, name, unit, scope, tabled, tuple(values or ()))
        for first, name, unit, scope, tabled, values, _ in rows
    ]
    new = {row[0] for row in rows if row[-1]}
    links = series.link_names(names, _links(store, "indicator_links"), decided(store.outputs, "metrics"), new)
    home = series.series(names, links)
    database.register("series", _series_table(names, home))
    database.execute(_POINTS)
    found: dict[str, list[Disagreement]] = defaultdict(list)
    for first, metrics in database.execute(_TOGETHER).fetchall():
        one = series.disagreement(metrics)
        if one:
            found[first].append(one)
    _publish(store, "indicator_links", DATASETS["indicator_links"].table(sorted(links, key=lambda one: one.link_id)))
    _publish(store, "indicators", _indicator_table(database, found))


def _series_table(names: Iterable[series.Name], home: dict[str, str]) -> pa.Table:
    rows = [(name.name, name.unit, name.scope, home[name.first] if name.specific else None) for name in names]
    columns = zip(*rows, strict=True) if rows else ((), (), (), ())
    return pa.table(
        {
            key: pa.array(values, pa.string())
            for key, values in zip(("name", "unit", "scope", "home"), columns, strict=True)
        }
    )


_INDICATORS = """
select substr(sha256('indicators|' || s.home), 1, 20) as indicator_id, m.indicator as name, m.unit, m.scope, s.points,
       coalesce(v.verdict, 'consistent') as verdict, coalesce(v.disagreements, []) as disagreements
from ({series}) s join metrics m on m.metric_id = s.home left join verdicts v on v.home = s.home
order by indicator_id
"""


def _indicator_table(database: duckdb.DuckDBPyConnection, found: dict[str, list[Disagreement]]) -> pa.Table:
    schema = DATASETS["indicators"].schema
    kind = schema.field("disagreements").type
    rows = [[dataclasses.asdict(one) for one in each] for each in found.values()]
    verdicts = {
        "home": pa.array(found, pa.string()),
        "verdict": pa.array([series.verdict(each) for each in found.values()], pa.string()),
        "disagreements": pa.array(rows, kind),
    }
    database.register("verdicts", pa.table(verdicts))
    return database.sql(_INDICATORS.format(series=_SERIES)).to_arrow_table().cast(schema)


# citations

_REFERENCES = """
select r.number, r.issued_on, r.type, r.reference_id, r.document_id
from read_parquet('{outputs}/references/*.parquet') r
where r.is_primary and r.review_status is distinct from 'rejected'
order by r.number, r.issued_on, r.document_id, r.reference_id
"""


def _citations(store: Store, documents: list[Row]) -> None:
    database = duckdb.connect()
    rows = database.sql(_REFERENCES.format(outputs=_quoted(store))).to_arrow_table().to_pylist()
    found = citations(rows, documents)
    _publish(store, "citations", DATASETS["citations"].table(sorted(found, key=lambda one: one.citation_id)))


def _quoted(store: Store) -> str:
    return str(store.outputs).replace("'", "''")
