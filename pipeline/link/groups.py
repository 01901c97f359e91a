"""Pairs -> groups: what is linked belongs together, unless a chain of links would join what is known to differ."""

from __future__ import annotations

from collections.abc import Iterable, Mapping


def groups(
    members: Iterable[str], pairs: Iterable[tuple[str, str]], apart: Mapping[str, set[str]]
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
        if left not in home or right not in home:
            continue
        first, second = sorted((home[left], home[right]), key=order.__getitem__)
        if first == second or _clash(inside[first], inside[second], apart):
            continue
        for member in inside[second]:
            home[member] = first
        inside[first] += inside.pop(second)
    return {first: sorted(found, key=order.__getitem__) for first, found in inside.items()}


def _clash(ours: list[str], theirs: list[str], apart: Mapping[str, set[str]]) -> bool:
    return any(not apart.get(member, _NONE).isdisjoint(theirs) for member in ours)


_NONE: set[str] = set()
