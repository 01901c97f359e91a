"""Pairs -> groups: what is linked belongs together, unless a chain of links would join what is known to differ."""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from types import MappingProxyType

import pyarrow as pa

from pipeline.link.decisions import RULE
from pipeline.link.round import TOGETHER, Round

Differ = Mapping[int, frozenset[str]]

# Members are told by their places: as numbers a million take little memory.
_PLACES = """
create or replace temp table places as select rowid as place, member from reached_members
"""
_PAIRS = """
select one.place, other.place from {0}_in_force join places one on one.member = left_id join places other on other.member = right_id
where decision = '{1}' order by decided_by = '{2}', coalesce(nullif(score, 0), 1) desc, link_id
"""
_HOMES = """
create or replace temp table homes as
select m.member, m.place, f.member as home, f.place as first
from places m join home_places h on h.rowid = m.place join places f on f.place = h.first
"""


def reached_members(current: Round, query: str) -> None:
    """Take what a query gives, in its order, as the members that are to be grouped."""
    current.database.execute(f"create or replace temp table reached_members as select member from ({query})")
    current.database.execute(_PLACES)


def link_up(current: Round, links: str, differ: Differ = MappingProxyType({})) -> None:
    """Make `homes`, each reached member with its place and the first member of its group, its home, with that one's:
    persons' links first, then the rules', the surest first.

    `links` names their table. `differ` tells of members, by place, what they make ("chương trình", "quỹ"); a chain of
    links, through a text that tells of several works, joins no two that make different things.
    """
    apart: dict[int, set[int]] = defaultdict(set)
    for left, right in current.rows(_PAIRS.format(links, "not_same", RULE)):
        apart[left].add(right)
        apart[right].add(left)
    count = current.column("select count(*) from places")[0]
    firsts = groups(count, current.rows(_PAIRS.format(links, "same", RULE)), apart, differ)
    current.keep("home_places", pa.table({"first": pa.array(firsts, pa.int64())}))
    current.database.execute(_HOMES)


def groups(
    count: int, pairs: Iterable[tuple[int, int]], apart: Mapping[int, set[int]], differ: Differ = MappingProxyType({})
) -> array[int]:
    """Of each of so many members, told by their places, the first of its group.

    `pairs` are joined in order, the surest first; a pair that would bring two members
    together that are `apart`, each told of the other, is left out.

    >>> groups(4, [(0, 1), (1, 2)], {2: {0}, 0: {2}}).tolist()
    [0, 0, 2, 3]
    """
    home = array("q", range(count))
    inside: dict[int, set[int]] = {}
    makes: dict[int, Counter[frozenset[str]]] = {}
    for pair in pairs:
        one, other = sorted(pair, key=home.__getitem__)
        first, second = home[one], home[other]
        if first == second:
            continue
        ours, theirs = inside.get(first, {first}), inside.get(second, {second})
        our_makes, their_makes = makes.get(first) or _makes(first, differ), makes.get(second) or _makes(second, differ)
        told = differ.get(one), differ.get(other)
        if _clash(ours, theirs, apart) or _others_differ(our_makes, their_makes, told):
            continue
        for member in theirs:
            home[member] = first
        ours |= theirs
        inside[first] = ours
        if our_makes or their_makes:
            makes[first] = our_makes + their_makes
        inside.pop(second, None)
        makes.pop(second, None)
    return home


def _clash(ours: set[int], theirs: set[int], apart: Mapping[int, set[int]]) -> bool:
    few, many = sorted((ours, theirs), key=len)
    return bool(apart) and any(member in apart and not apart[member].isdisjoint(many) for member in few)


def _makes(member: int, differ: Differ) -> Counter[frozenset[str]]:
    made = differ.get(member)
    return Counter([made]) if made else Counter()


def _others_differ(
    ours: Counter[frozenset[str]],
    theirs: Counter[frozenset[str]],
    pair: tuple[frozenset[str] | None, frozenset[str] | None],
) -> bool:
    """Whether members beside the pair itself make different things; each group tells what is made, and by how many."""
    return any(
        one.isdisjoint(other) and (times * other_times > 1 or (one, other) != pair)
        for one, times in ours.items()
        for other, other_times in theirs.items()
    )


# ids

_NAMELESS = """
select first, any_value(home) from homes where first not in (select first from group_ids) group by first order by first
"""


def keep_ids(current: Round, votes: str, standing: str, fresh: Callable[[str], str]) -> None:
    """Make `group_ids`, the id of each group in `homes` by its `first`: that of the published one with which it shares
    the most members, else a fresh one, made of its first member.

    `votes` is a query of places of first members and published ids, those first that share the most; `standing` one of
    the ids of published groups that stand as they are.
    """
    named = kept_ids(current.rows(votes))
    current.keep("group_ids", _ids(()))
    while some := list(islice(named, TOGETHER)):
        current.add("group_ids", _ids(some))
    nameless = current.rows(_NAMELESS)
    while some := list(islice(nameless, TOGETHER)):
        current.strings("fresh_ids", (each for _, member in some for each in fresh_ids(member, fresh)))
        taken = "select id from group_ids" + ("" if current.afresh else f" union all {standing}")
        used = set(current.column(f"select id from fresh_ids where id in ({taken})"))
        current.add("group_ids", _ids(_named(some, used, fresh)))


def _ids(pairs: Iterable[tuple[int, str]]) -> pa.Table:
    firsts, names = tuple(zip(*pairs, strict=True)) or ((), ())
    return pa.table({"first": pa.array(firsts, pa.int64()), "id": pa.array(names, pa.string())})


def kept_ids(shares: Iterable[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    """Groups that keep an id: each has one, and each id goes to one. `shares` have the most members in common first.

    >>> list(kept_ids([(1, "x"), (2, "x"), (2, "y"), (1, "y")]))
    [(1, 'x'), (2, 'y')]
    """
    done: set[int] = set()
    used: set[str] = set()
    for group, name in shares:
        if group not in done and name not in used:
            done.add(group)
            used.add(name)
            yield group, name


def _named(groups: Iterable[tuple[int, str]], used: set[str], fresh: Callable[[str], str]) -> Iterator[tuple[int, str]]:
    """A fresh id for each; the group that once began with this member may have kept the plain one."""
    for first, member in groups:
        name = next(name for name in fresh_ids(member, fresh) if name not in used)
        used.add(name)
        yield first, name


def fresh_ids(member: str, fresh: Callable[[str], str]) -> list[str]:
    """The ids of which a group that begins with this member takes the first that is free."""
    return [fresh(member + "|" * times) for times in range(_TRIES)]


# Groups that begin with one member at a time, one after another, and are all still there: hardly two.
_TRIES = 4


# some at a time

_RANGES = """
select min(first), max(first)
from (select first, (sum(count) over (order by first) - count) // {1} as part from ({0})) group by part order by part
"""


def ranges(current: Round, counts: str) -> list[tuple[int, int]]:
    """Groups some at a time, from one first place to another, so that few have many rows together.

    `counts` is a query of the `first` of groups and the `count` of their rows.
    """
    return list(current.rows(_RANGES.format(counts, TOGETHER)))
