"""Pairs -> groups: what is linked belongs together, unless a chain of links would join what is known to differ."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Set
from types import MappingProxyType

from pipeline.link.decisions import RULE
from pipeline.link.round import Round

_SAME = """
select left_id, right_id from {0}_in_force where decision = 'same' and left_id in (from reached) and right_id in (from reached)
order by decided_by = '{1}', coalesce(nullif(score, 0), 1) desc, link_id
"""
_APART = """
select left_id, right_id from {0}_in_force where decision = 'not_same' and left_id in (from reached) and right_id in (from reached)
"""


def linked(
    current: Round, links: str, members: Iterable[str], differ: Mapping[str, Set[str]] = MappingProxyType({})
) -> dict[str, list[str]]:
    """What was reached by the first of its group: persons' links first, then the rules', the surest first.

    `links` names their table. `differ` tells of members what they make ("chương trình", "quỹ"); a chain of links, through
    a text that tells of several works, joins no two that make different things.
    """
    apart: dict[str, set[str]] = defaultdict(set)
    for left, right in current.rows(_APART.format(links)):
        apart[left].add(right)
        apart[right].add(left)
    return groups(members, current.rows(_SAME.format(links, RULE)), apart, differ)


def groups(
    members: Iterable[str],
    pairs: Iterable[tuple[str, str]],
    apart: Mapping[str, set[str]],
    differ: Mapping[str, Set[str]] = MappingProxyType({}),
) -> dict[str, list[str]]:
    """Members by the first of their group, in the order given.

    `pairs` are joined in order, the surest first; a pair that would bring two members
    together that are `apart` is left out.

    >>> groups("abcd", [("a", "b"), ("b", "c")], {"c": {"a"}, "a": {"c"}})
    {'a': ['a', 'b'], 'c': ['c'], 'd': ['d']}
    """
    order = {member: place for place, member in enumerate(members)}
    home = {member: member for member in order}
    inside = {member: [member] for member in order}
    for left, right in pairs:
        if left not in home or right not in home or home[left] == home[right]:
            continue
        first, second = sorted((home[left], home[right]), key=order.__getitem__)
        if _clash(inside[first], inside[second], apart):
            continue
        if _others_differ((left, right), inside[first], inside[second], differ):
            continue
        for member in inside[second]:
            home[member] = first
        inside[first] += inside.pop(second)
    return {first: sorted(found, key=order.__getitem__) for first, found in inside.items()}


def _clash(ours: list[str], theirs: list[str], apart: Mapping[str, set[str]]) -> bool:
    return any(not apart.get(member, _NONE).isdisjoint(theirs) for member in ours)


_NONE: set[str] = set()


def _others_differ(pair: tuple[str, str], ours: list[str], theirs: list[str], differ: Mapping[str, Set[str]]) -> bool:
    """Whether members beside the pair itself make different things."""
    return any(
        differ[one].isdisjoint(other_makes)
        for one in ours
        if differ.get(one)
        for other in theirs
        if (other_makes := differ.get(other)) and {one, other} != {*pair}
    )


def kept_ids(votes: Mapping[str, Counter[str]], taken: Set[str], fresh: Callable[[str], str]) -> dict[str, str]:
    """The id of each group: that of the published one which shares the most members with it, else a fresh one.

    `votes` counts for each group, by its first member, how many members it shares with
    each published id; `taken` are ids of groups that stand as they are.

    >>> kept_ids({"a": Counter(), "b": Counter({"x": 2}), "c": Counter({"x": 1})}, set(), str.upper)
    {'b': 'x', 'a': 'A', 'c': 'C'}
    """
    found: dict[str, str] = {}
    used = set(taken)
    shares = ((-count, name, first) for first, counted in votes.items() for name, count in counted.items())
    for _, name, first in sorted(shares):
        if first not in found and name not in used:
            found[first] = name
            used.add(name)
    for first in votes:
        if first not in found:
            found[first] = _unused(first, used, fresh)
            used.add(found[first])
    return found


def _unused(first: str, used: Set[str], fresh: Callable[[str], str]) -> str:
    """A fresh id; the group that once began with this member may have kept the plain one."""
    return next(name for name in fresh_ids(first, fresh) if name not in used)


def fresh_ids(first: str, fresh: Callable[[str], str]) -> list[str]:
    """The ids of which a group that begins with this member takes the first that is free."""
    return [fresh(first + "|" * times) for times in range(_TRIES)]


# Groups that begin with one member at a time, one after another, and are all still there: hardly two.
_TRIES = 4
