"""Metrics of changed documents -> indicator links and indicators, published."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Iterator, Sequence

import pyarrow as pa

from pipeline.link import indicators as rules
from pipeline.link.decisions import RULE, Decision, decided, ends, link, restated
from pipeline.link.groups import keep_ids, link_up, ranges, reached_members
from pipeline.link.index import Index, Pair, Text
from pipeline.link.indicators import DIGITS, NEAR, SAME_TIME, WITH_VALUES, Name, indicator_id
from pipeline.link.links import as_published, replaced
from pipeline.link.round import TOGETHER, Round, reach
from schemas.datasets import DATASETS
from schemas.records import Disagreement, Link

_INCOMING = """
insert into metrics
select m.metric_id, m.document_id, m.page, m.boxes[1].y0, concat_ws(chr(31), m.indicator, m.unit, coalesce(m.scope, '')),
       m.indicator, m.unit, m.scope, m.rule = 'metric_table', m.period_start, m.period_end, m.value, m.value_high,
       m.denominator, m.value_raw, m.comparator, m.role,
       m.role = 'actual' or (m.role = 'baseline' and m.period_end is not null),
       m.is_primary and m.review_status is distinct from 'rejected'
from {metrics} m where m.document_id in (from changed)
"""
_TOUCHED_NAMES = "select distinct name from metrics where counts and document_id in (from changed)"
_NAMES_NOW = """
create temp table names_now as
select name, min_by(metric_id, (batch, document_id, metric_id)) as first, bool_or(tabled) as tabled
from metrics join documents using (document_id) where counts and name in (from touched_names) group by name
"""
# Names that head tables now and did not, or the other way round: they say as much as new ones.
_TURNED = """
create temp table turned_names as
select name from names_before b join names_now n using (name) where b.tabled <> n.tabled
"""
_KNOWN_NAMES = """
insert into names
select name, n.first, n.tabled, b.telling from names_now n join names_before b using (name)
where name not in (from turned_names)
"""
# a metric of a second rendition, and the metric of the primary one that stands for it
_STAND_INS = """
create temp table metric_stand_ins as
with seconds as (select document_id, duplicate_of from documents where duplicate_of is not null)
select second.metric_id as old, min(first.metric_id) as now
from seconds join metrics second using (document_id) join metrics first on first.document_id = duplicate_of
where second.indicator = first.indicator and second.unit = first.unit and second.value = first.value
  and second.scope is not distinct from first.scope group by second.metric_id
"""
# What says too little to be known again is linked metric by metric, the others name by name, by their first metrics.
_MEMBERS = """
create temp view members as
select m.*, d.batch, d.day, case when n.telling then n.first else m.metric_id end as member
from metrics m join documents d using (document_id) join names n using (name) where m.counts
"""
# the metrics of the published indicators, and what stands for them now
_WAS = """
create temp table was as
select s.indicator_id, s.metric_id, s.document_id, m.member
from series s left join metric_stand_ins t on t.old = s.metric_id
left join members m on m.metric_id = coalesce(t.now, s.metric_id)
"""
# values that agree speak of one period and are nearly equal, one of them printed with several digits
_AGREEING = """
with printed as (
    select name, document_id, day, period_end, value, length(trim(regexp_replace(value_raw, '[^0-9]', '', 'g'), '0')) as digits
    from metrics join documents using (document_id)
    where counts and told and name in (select "left" from pairs union all select "right" from pairs)
)
select distinct p."left", p."right"
from pairs p join printed a on a.name = p."left" join printed b on b.name = p."right"
where greatest(a.digits, b.digits) >= {digits} and abs(a.value - b.value) <= {near} * greatest(abs(a.value), abs(b.value))
  and (a.period_end = b.period_end or (a.period_end is null and b.period_end is null
       and (a.document_id = b.document_id or abs(a.day - b.day) <= {days})))
"""
_FIRSTS = """
select name, first from names where name in (select "left" from pairs union all select "right" from pairs)
"""
# the rules' links are told by the first metrics of names: a name whose first metric is another now keeps its links
_MOVED = """
create temp table moved as
select b.first as old, case when name not in (from turned_names) then n.first end as now
from names_before b left join names_now n using (name) where b.first is distinct from n.first or name in (from turned_names)
"""
_GONE = """
select link_id from indicator_links where left_id in (select old from moved) or right_id in (select old from moved)
"""
_KEPT = f"""
select coalesce(x.now, l.left_id) as left_id, coalesce(y.now, l.right_id) as right_id, decision, decided_by, score, reason
from indicator_links l left join moved x on x.old = l.left_id left join moved y on y.old = l.right_id
where decided_by = '{RULE}' and (x.now is not null or y.now is not null)
  and (x.old is null or x.now is not null) and (y.old is null or y.now is not null)
order by all
"""
_TOUCHED = """
select member from members where document_id in (from changed)
union all select first from names_now where first not in (select first from names_before)
union all select id from person_ends
union all select member from members where name in (from turned_names)
union all select member from was where indicator_id in
    (select indicator_id from was where member is null or document_id in (from changed))
"""
_EDGES = """
select left_id as one, right_id as other from indicator_links_in_force where decision = 'same'
union all select right_id, left_id from indicator_links_in_force where decision = 'same'
union all select member, 'indicator ' || indicator_id from was where member is not null
union all select 'indicator ' || indicator_id, member from was where member is not null
"""
_AGAIN = """
create or replace temp table again as
select distinct indicator_id as id from was where member is null or member in (from reached)
"""
# a member is the first of its metrics; one after the other, as one query they need more memory at once
_STANDING_MEMBERS = """
create or replace temp table standing_members as select distinct member from members where member in (from reached)
"""
_REACHED = """
select m.metric_id as member from metrics m join documents d using (document_id)
where m.metric_id in (from standing_members) order by d.batch, m.document_id, m.metric_id
"""
_POINTS = """
create or replace temp table points as
select h.first, m.metric_id = h.home as is_first, m.metric_id, m.document_id, m.page, m.top, m.indicator, m.unit, m.scope,
       m.period_start, m.period_end, m.value, m.value_high, m.denominator, m.value_raw, m.comparator, m.role, m.told, m.day
from members m join homes h using (member)
"""
_SIZES = "select first, count(*) as count from points group by first"
_VOTES = """
select h.first, w.indicator_id from was w join homes h using (member) group by h.first, h.home, w.indicator_id
order by count(*) desc, w.indicator_id, h.home
"""
_STANDING = "select indicator_id from series where indicator_id not in (from again)"
_SAME_PERIOD = """
select first, list(struct_pack(metric_id, document_id, day, page, top, value, value_high, denominator, value_raw,
                               comparator, unit, period_end) order by day, document_id, page, metric_id) as metrics
from points where told and first between {0} and {1} group by first, period_start, period_end
having count(distinct (value, value_high, denominator)) > 1 order by first, period_start, period_end
"""
_INDICATORS = """
with series as (
    select first, max(indicator) filter (is_first) as name, max(unit) filter (is_first) as unit,
           max(nullif(scope, '')) filter (is_first) as scope,
           list(struct_pack(metric_id, document_id, period_end, "value", "role")
                order by coalesce(period_end, day), document_id, page, metric_id) as points
    from points where first between {0} and {1} group by first
)
select i.id as indicator_id, s.name, s.unit, s.scope, s.points,
       coalesce(v.verdict, 'consistent') as verdict, coalesce(v.disagreements, []) as disagreements
from series s join group_ids i using (first) left join verdicts v using (first)
"""


def link_metrics(current: Round) -> None:
    """Publish indicator links and indicators."""
    ask = current.database.execute
    index = Index(current.database, "name")
    _read(current, index)
    persons = _persons(current)
    ask(_MOVED)
    links = replaced(current, "indicator_links", _GONE, _decided(current, index), persons)
    _make_indicators(current, persons)
    indicators = current.changes("indicators", "made_indicators", "from again")
    current.store.publish_across({"indicator_links": links, "indicators": indicators})
    ask("delete from series" if current.afresh else "delete from series where indicator_id in (from again)")
    ask("insert into series select indicator_id, p.metric_id, p.document_id "
        "from (select indicator_id, unnest(points) as p from made_indicators)")  # fmt: skip


def indicators_again(current: Round) -> tuple[pa.Table, list[Link]]:
    """The indicators that follow from the published links, made anew, and the links that persons decided; publishes nothing."""
    _read(current, Index(current.database, "name"))
    persons = _persons(current)
    as_published(current, "indicator_links")
    _make_indicators(current, persons)
    return current.made("indicators", "made_indicators"), persons


def _read(current: Round, index: Index) -> None:
    """Take in the metrics of changed documents, and the names that are new with them."""
    ask = current.database.execute
    if current.afresh:
        ask("insert into series select indicator_id, p.metric_id, p.document_id "
            f"from (select indicator_id, unnest(points) as p from {current.across('indicators')})")  # fmt: skip
    ask(f"create temp table touched_names as {_TOUCHED_NAMES}")
    ask("delete from metrics where document_id in (from changed)")
    ask(_INCOMING.format(metrics=current.published("metrics")))
    ask(f"insert into touched_names {_TOUCHED_NAMES} and name not in (from touched_names)")
    ask("create temp table names_before as from names where name in (from touched_names)")
    ask(_NAMES_NOW)
    ask("delete from names where name in (from touched_names)")
    ask(_TURNED)
    ask(_KNOWN_NAMES)
    index.remove(
        "select name from names_before where name in (from turned_names) or name not in (select name from names_now)"
    )
    index.add(_new_names(current))
    ask(_STAND_INS)
    ask(_MEMBERS)
    ask(_WAS)


def _new_names(current: Round) -> Iterator[Text]:
    """The names that no metric had before, and those that turned, as texts to be looked up."""
    new = "select name, first, tabled from names_now where name not in (select name from names) order by name"
    for batch in current.table(new).to_batches(max_chunksize=TOGETHER):
        texts = [Name.of(row["name"], row["tabled"]).text for row in batch.to_pylist()]
        telling = pa.array([bool(text.terms) for text in texts])
        current.add("names", pa.table([*batch.columns, telling], [*batch.schema.names, "telling"]))
        yield from texts


def _persons(current: Round) -> list[Link]:
    """Persons' decisions, each on the first metrics of the names that it is about, whichever metrics were shown."""
    persons = decided(current.store.outputs, "metrics")
    current.strings("metric_ends", sorted(ends(persons)))
    homes = current.database.execute(
        "select e.id, m.member from metric_ends e left join metric_stand_ins s on s.old = e.id "
        "join members m on m.metric_id = coalesce(s.now, e.id)"
    ).fetchall()
    return restated(persons, dict(homes))


def _decided(current: Round, index: Index) -> Iterator[Link]:
    """The rules' decisions: those of before on names whose first metric is another now, and on new names."""
    for left, right, decision, by, score, reason in current.database.execute(_KEPT).fetchall():
        yield link(left, right, Decision(decision), by, score, reason)
    for pairs in index.pairs(WITH_VALUES):
        agreeing, firsts = _agreeing(current, pairs)
        for found in pairs:
            said = rules.decision(found, (found.left, found.right) in agreeing)
            if said:
                decision, score, reason = said
                yield link(firsts[found.left], firsts[found.right], decision, RULE, score, reason)


def _agreeing(current: Round, pairs: Sequence[Pair]) -> tuple[set[tuple[str, str]], dict[str, str]]:
    """The pairs of names of which a value agrees; the first metric of each name."""
    ends = {"left": [found.left for found in pairs], "right": [found.right for found in pairs]}
    current.keep("pairs", pa.table({end: pa.array(names, pa.string()) for end, names in ends.items()}))
    query = _AGREEING.format(digits=DIGITS, near=NEAR, days=SAME_TIME)
    return set(current.database.execute(query).fetchall()), dict(current.database.execute(_FIRSTS).fetchall())


def _make_indicators(current: Round, persons: Sequence[Link]) -> None:
    """Make `made_indicators`, of all that hangs together with what was touched, and `again`, the ids of the published ones
    whose place they take."""
    ask = current.database.execute
    current.strings("person_ends", ends(persons))
    reach(current, _TOUCHED, _EDGES)
    ask(_AGAIN)
    ask(_STANDING_MEMBERS)
    reached_members(current, _REACHED)
    link_up(current, "indicator_links")
    keep_ids(current, _VOTES, _STANDING, indicator_id)
    ask(_POINTS)
    current.keep("made_indicators", DATASETS["indicators"].schema.empty_table())
    # some at a time: lists that are being put together can't be put aside on disk
    for some in ranges(current, _SIZES):
        current.keep("verdicts", _verdicts(current, some))
        ask(f"insert into made_indicators by name {_INDICATORS.format(*some)}")


def _verdicts(current: Round, some: tuple[int, int]) -> pa.Table:
    """What the metrics of one indicator and period make of each other."""
    found: dict[int, list[Disagreement]] = defaultdict(list)
    for first, metrics in current.rows(_SAME_PERIOD.format(*some)):
        one = rules.disagreement(metrics)
        if one:
            found[first].append(one)
    kind = DATASETS["indicators"].schema.field("disagreements").type
    return pa.table({
        "first": pa.array(found, pa.int64()),
        "verdict": pa.array([rules.verdict(each) for each in found.values()], pa.string()),
        "disagreements": pa.array([[dataclasses.asdict(one) for one in each] for each in found.values()], kind),
    })  # fmt: skip
