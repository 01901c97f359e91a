"""The links of one kind in the database: the rules' and persons', which outweigh the rules' as long as they hold."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain

from pipeline.link.decisions import RULE
from pipeline.link.round import Round
from pipeline.partitions import Change
from schemas.records import Link

_TABLE = """
create table {0} (
    link_id varchar, left_id varchar, right_id varchar, decision varchar, decided_by varchar, score double, reason varchar
);
create view {0}_in_force as
select * from {0} where decided_by <> '{1}' or link_id not in (select link_id from {0} where decided_by <> '{1}');
"""
TABLES = _TABLE.format("task_links", RULE) + _TABLE.format("indicator_links", RULE)


def replaced(current: Round, links: str, gone: str, rules: Iterable[Link], persons: Iterable[Link]) -> Change:
    """Have links of the rules come in the place of those that a query gives, and persons' in that of all persons'.

    What publishing changes: links that are in force.
    """
    ask = current.database.execute
    current.collect("coming_links", links, chain(rules, persons))
    # what hung together through a name that went may have been kept as well
    ask(
        "delete from coming_links where rowid not in (select min(rowid) from coming_links group by link_id, decided_by)"
    )
    going = f"decided_by <> '{RULE}' or link_id in (select link_id from coming_links where decided_by = '{RULE}')"
    ask(
        f"create or replace temp table changed_links as select link_id from {links} where {going} or link_id in ({gone})"
    )
    ask(f"delete from {links} where {going} or link_id in ({gone})")
    ask(f"insert into {links} by name from coming_links")
    ask("insert into changed_links select link_id from coming_links")
    made = f"made_{links}"
    ask(f"create temp table {made} as from {links}_in_force where link_id in (from changed_links)")
    return current.changes(links, made, "select distinct link_id from changed_links")


def as_published(current: Round, links: str) -> None:
    """Take the links as they are published."""
    current.database.execute(f"insert into {links} by name from {current.across(links)}")
