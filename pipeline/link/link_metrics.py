"""Metrics of changed documents -> indicator links and indicators, published.

A metric is a `member` of what its printed name, unit and scope name: known by the first metric of that name, or by
the metric itself where the name says too little. DuckDB does the work on metrics; only new names are read in Python.
"""

from __future__ import annotations

import dataclasses
from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import islice

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.link import indicators as rules
from pipeline.link.decisions import RULE, Decision, decided, link, restated
from pipeline.link.groups import kept_ids, linked, reached
from pipeline.link.index import TEXTS, Index, Pair
from pipeline.link.indicators import DIGITS, NEAR, SAME_TIME, WITH_VALUES, Name, indicator_id, read_names
from pipeline.link.round import Round, as_table
from schemas.datasets import DATASETS
from schemas.records import Disagreement, Link

_NAMES = TEXTS.append(pa.field("first", pa.string()))

_METRICS = """
create table metrics as
select m.metric_id, m.document_id, d.batch, d.day, d.changed, m.page, m.boxes[1].y0 as top,
       concat_ws(chr(31), m.indicator, m.unit, coalesce(m.scope, '')) as name, m.rule = 'metric_table' as tabled, m.unit,
       m.period_start, m.period_end, m.value, m.value_high, m.denominator, m.value_raw, m.comparator, m.role,
       m.role = 'actual' or (m.role = 'baseline' and m.period_end is not null) as told
from {metrics} m join documents d using (document_id) where m.is_primary and m.review_status is distinct from 'rejected'
"""
_BY_NAME = """
create table names as
select name, min_by(metric_id, (batch, document_id, metric_id)) as first, bool_or(tabled) as tabled, bool_or(changed) as changed
from metrics group by name
"""
# values that agree speak of one period and are nearly equal, one of them printed with several digits
_AGREEING = """
with candidates as (select row_number() over () as place, * from pairs), printed as (
    select name, document_id, day, period_end, value, length(trim(regexp_replace(value_raw, '[^0-9]', '', 'g'), '0')) as digits
    from metrics where told and name in (select "left" from pairs union all select "right" from pairs)
)
select distinct p."left", p."right"
from candidates p join printed a on a.name = p."left" join printed b on b.name = p."right"
where greatest(a.digits, b.digits) >= {digits} and abs(a.value - b.value) <= {near} * greatest(abs(a.value), abs(b.value))
  and (a.period_end = b.period_end or (a.period_end is null and b.period_end is null
       and (a.document_id = b.document_id or abs(a.day - b.day) <= {days})))
"""
# links between names are told by their first metrics; a name whose first metric is another now keeps its links
_LINKS = """
with remembered as (
    select l.decision, l.decided_by, l.score, l.reason, a.first as a, b.first as b
    from known l join before x on x.first = l.left_id join before y on y.first = l.right_id
    join names a on a.name = x.key join names b on b.name = y.key where l.decided_by = '{rule}'
), rules as (
    select substr(sha256('link|' || least(a, b) || '|' || greatest(a, b)), 1, 20) as link_id, least(a, b) as left_id,
           greatest(a, b) as right_id, decision, decided_by, score, reason
    from remembered
    union all by name select * from fresh
)
select * from rules anti join persons using (link_id) union all by name select * from persons order by link_id
"""
_STAND_INS = """
select second.metric_id as old, min(first.metric_id) as now
from {metrics} second join documents d using (document_id) join {metrics} first on first.document_id = d.duplicate_of
where second.indicator = first.indicator and second.unit = first.unit and second.value = first.value
  and second.scope is not distinct from first.scope group by second.metric_id
"""
_MEMBERS = """
create table members as
select m.*, case when t.telling then n.first else m.metric_id end as member, t.telling
from metrics m join names n using (name) join texts t on t.name = n.name
"""
_WAS = """
create table was as
select i.indicator_id, p.metric_id, p.document_id, m.member
from (select indicator_id, unnest(points) as p from published) i
left join members m on m.metric_id = coalesce((select s.now from stand_ins s where s.old = p.metric_id), p.metric_id)
"""
_TOUCHED = """
select member from members where changed
union select first from names where first not in (select first from before)
union select member from was where member is not null and indicator_id in
    (select indicator_id from was where member is null or document_id in (select document_id from changed))
"""
_TOGETHER = """
select home, list(struct_pack(metric_id, document_id, day, page, top, value, value_high, denominator, value_raw,
                              comparator, unit, period_end) order by day, document_id, page, metric_id) as metrics
from points where told group by home, period_start, period_end
having count(distinct (value, value_high, denominator)) > 1
"""
_INDICATORS = """
with series as (
    select home, list(struct_pack(metric_id, document_id, period_end, "value", "role")
                      order by coalesce(period_end, day), document_id, page, metric_id) as points
    from points group by home
)
select h.indicator_id, split_part(m.name, chr(31), 1) as name, split_part(m.name, chr(31), 2) as unit,
       nullif(split_part(m.name, chr(31), 3), '') as scope, s.points, coalesce(v.verdict, 'consistent') as verdict,
       coalesce(v.disagreements, []) as disagreements
from series s join homes h using (home) join metrics m on m.metric_id = s.home left join verdicts v on v.home = s.home
"""


def link_metrics(current: Round) -> pa.Table:
    """Publish indicator links and indicators; what is to be remembered of the names."""
    texts, new = _prepare(current, current.memory.table("names", _NAMES))
    persons = _persons(current)
    current.register("persons", as_table("indicator_links", persons))
    current.register("known", current.store.across("indicator_links"))
    current.register("fresh", as_table("indicator_links", _compared(current, texts, new)))
    links = current.table(_LINKS.format(rule=RULE))
    indicators = _indicators(current, links, [end for one in persons for end in (one.left_id, one.right_id)])
    current.publish("indicator_links", links)
    current.publish("indicators", indicators)
    firsts = dict(current.database.execute("select name, first from names").fetchall())
    return texts.append_column("first", pa.array([firsts[name] for name in texts["key"].to_pylist()], pa.string()))


def indicators_of(current: Round, links: pa.Table) -> tuple[pa.Table, list[Link]]:
    """The indicators that follow from links as they are, made anew, and the links that persons decided; publishes nothing."""
    _prepare(current, _NAMES.empty_table())
    return _indicators(current, links, []), _persons(current)


def _prepare(current: Round, before: pa.Table) -> tuple[pa.Table, set[str]]:
    """The tables of the database that the rest asks; all names as texts, and which of them are new."""
    ask = current.database.execute
    metrics = current.published("metrics")
    ask(_METRICS.format(metrics=metrics))
    ask(_BY_NAME)
    texts, new = _texts(current, before)
    current.register("before", before.select(["key", "first"]))
    telling = pc.greater(pc.list_value_length(texts["terms"]), 0)
    current.register("texts", pa.table({"name": texts["key"], "telling": telling}))
    ask(f"create table stand_ins as {_STAND_INS.format(metrics=metrics)}")
    current.register("published", current.store.across("indicators", ["indicator_id", "points"]))
    ask(_MEMBERS)
    ask(_WAS)
    return texts, new


def _texts(current: Round, before: pa.Table) -> tuple[pa.Table, set[str]]:
    """All names as texts, and which of them are new."""
    current.register("known_names", before.select(["key"]))
    new = current.table("select name, tabled from names where name not in (select key from known_names) order by name")
    here = current.table("select name from names")["name"].combine_chunks()
    kept = before.drop_columns(["first"])
    kept = kept.filter(pc.is_in(kept["key"], here))
    names = (
        Name.of(key, tabled) for key, tabled in zip(new["name"].to_pylist(), new["tabled"].to_pylist(), strict=True)
    )
    return pa.concat_tables([kept, read_names(names)]), set(new["name"].to_pylist())


def _persons(current: Round) -> list[Link]:
    """Persons' decisions, each on the first metrics of the names that it is about, whichever metrics were shown."""
    persons = decided(current.store.outputs, "metrics")
    ends = pa.table(
        {"id": pa.array(sorted({end for one in persons for end in (one.left_id, one.right_id)}), pa.string())}
    )
    current.register("ends", ends)
    homes = current.database.execute(
        "select e.id, m.member from ends e left join stand_ins s on s.old = e.id "
        "join members m on m.metric_id = coalesce(s.now, e.id)"
    ).fetchall()
    return restated(persons, dict(homes))


def _compared(current: Round, texts: pa.Table, new: set[str]) -> Iterator[Link]:
    """The rules' decisions on new names and those like them."""
    found = Index(texts).pairs(new, WITH_VALUES)
    while pairs := list(islice(found, _PAIRS)):
        yield from _decided(current, pairs)


# Pairs of names whose values are looked up at a time.
_PAIRS = 50_000


def _decided(current: Round, pairs: list[Pair]) -> Iterator[Link]:
    agreeing = _agreeing(current, pairs)
    firsts = _firsts(current)
    for found in pairs:
        said = rules.decision(found, (found.left, found.right) in agreeing)
        if said:
            decision, score, reason = said
            yield link(firsts[found.left], firsts[found.right], decision, RULE, score, reason)


def _agreeing(current: Round, pairs: list[Pair]) -> set[tuple[str, str]]:
    """The pairs of names of which a value agrees."""
    ends = {"left": [found.left for found in pairs], "right": [found.right for found in pairs]}
    current.register("pairs", pa.table({end: pa.array(names, pa.string()) for end, names in ends.items()}))
    query = _AGREEING.format(digits=DIGITS, near=NEAR, days=SAME_TIME)
    return set(current.database.execute(query).fetchall())


def _firsts(current: Round) -> dict[str, str]:
    query = 'select name, first from names where name in (select "left" from pairs union all select "right" from pairs)'
    return dict(current.database.execute(query).fetchall())


def _indicators(current: Round, links: pa.Table, decided_on: list[str]) -> pa.Table:
    """The published indicators with those made anew that hang together with what was touched."""
    ask = current.database.execute
    touched = {row[0] for row in ask(_TOUCHED).fetchall()} | set(decided_on)
    same = links.filter(pc.equal(links["decision"], Decision.SAME.value))
    together = ask("select distinct indicator_id, member from was where member is not null").fetchall()
    affected = reached(touched, [*zip(same["left_id"].to_pylist(), same["right_id"].to_pylist(), strict=True),
                                 *((f"indicator {name}", member) for name, member in together)])  # fmt: skip
    current.register("affected", pa.table({"member": pa.array(sorted(affected), pa.string())}))
    among = pa.array(sorted(affected), pa.string())
    inside = links.filter(pc.and_(pc.is_in(links["left_id"], among), pc.is_in(links["right_id"], among)))
    members = ask(
        "select member from members where member in (select member from affected) "
        "group by member order by min((batch, document_id, metric_id))"
    ).fetchall()
    found = linked((row[0] for row in members), (Link(**row) for row in inside.to_pylist()))
    homes = [(member, first) for first, inside in found.items() for member in inside]
    current.register("series", _table(("member", "home"), homes))
    ask("create table points as select s.home, m.* from members m join series s using (member)")
    again = ask(
        "select distinct indicator_id from was where member is null or member in (select member from affected)"
    ).fetchall()
    published = current.store.across("indicators")
    standing = published.filter(
        pc.invert(pc.is_in(published["indicator_id"], pa.array([row[0] for row in again], pa.string())))
    )
    current.register("homes", _table(("home", "indicator_id"), _ids(current, found, standing)))
    current.register("verdicts", _verdicts(current))
    made = current.table(_INDICATORS).cast(DATASETS["indicators"].schema)
    return pa.concat_tables([standing, made]).sort_by("indicator_id")


def _ids(current: Round, found: dict[str, list[str]], standing: pa.Table) -> list[tuple[str, str]]:
    votes: dict[str, Counter[str]] = {first: Counter() for first in found}
    query = """
        select s.home, w.indicator_id, count(*) from was w join series s on s.member = w.member group by all
    """
    for home, name, count in current.database.execute(query).fetchall():
        votes[home][name] = count
    return list(kept_ids(votes, set(standing["indicator_id"].to_pylist()), indicator_id).items())


def _table(names: tuple[str, str], rows: list[tuple[str, str]]) -> pa.Table:
    columns = zip(*rows, strict=True) if rows else ((), ())
    return pa.table({name: pa.array(values, pa.string()) for name, values in zip(names, columns, strict=True)})


def _verdicts(current: Round) -> pa.Table:
    """What the metrics of one indicator and period make of each other."""
    found: dict[str, list[Disagreement]] = defaultdict(list)
    for home, metrics in current.database.execute(_TOGETHER).fetchall():
        one = rules.disagreement(metrics)
        if one:
            found[home].append(one)
    kind = DATASETS["indicators"].schema.field("disagreements").type
    return pa.table({
        "home": pa.array(found, pa.string()),
        "verdict": pa.array([rules.verdict(each) for each in found.values()], pa.string()),
        "disagreements": pa.array([[dataclasses.asdict(one) for one in each] for each in found.values()], kind),
    })  # fmt: skip
