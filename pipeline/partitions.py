"""A dataset over all documents in partitions, so that a change costs what it changes, however much is stored.

all.parquet               all rows, as long as they are few
0.parquet … f.parquet     later, by the beginning of their ids; `all` then has the rows of no other
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Set
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import product

import pyarrow as pa
import pyarrow.compute as pc

# The partition of rows whose ids begin like no other partition's.
WHOLE = "all"
# The column of a lake table that tells in which partition a row is.
COLUMN = "prefix"
# A partition that would have more rows is divided.
MOST_ROWS = 4096
_DIGITS = "0123456789abcdef"
# Of the digits by which a partition is named.
_MOST_DIGITS = 6

# Rows that are made when they are asked for, so that not all are in memory at once.
Rows = Callable[[], pa.Table]


@dataclass(frozen=True, slots=True)
class Change:
    """Rows that come, each in the place of one of its id, and the ids of those that go: all that are there if None."""

    rows: pa.Table
    gone: Set[str] | None = None


@dataclass(frozen=True, slots=True)
class Partitions:
    """A dataset as it stands: its id column, the names of its partitions, and how one is read."""

    id_column: str
    names: Set[str]
    read: Callable[[str], pa.Table]

    def changed(self, change: Change) -> dict[str, Rows]:
        """The partitions that are other after a change, those into which one is divided among them."""
        rows = change.rows.combine_chunks()
        keys = rows[self.id_column].to_pylist()
        coming, going = _by_home(keys, self.names), _by_home(change.gone or (), self.names)
        touched = self.names if change.gone is None else coming.keys() | going.keys()
        source: dict[str, _Source] = {}
        for name in sorted(touched):
            here = coming.get(name, {})
            replaced = None if change.gone is None else pa.array([*here, *going.get(name, ())], pa.string())
            origin = _Source(self, name, replaced, rows.slice(0, 0))
            before = self.read(name)
            standing = origin.staying(before)
            divided = _divided(name, standing.num_rows + len(here))
            if divided or self._is_other(before, standing, _taken(rows, here)):
                source |= dict.fromkeys((name, *divided), origin)
        names = frozenset({*self.names, *source})
        coming = _by_home(keys, names)
        return {name: partial(origin.made, name, names, rows, coming.get(name, {})) for name, origin in source.items()}

    def _is_other(self, before: pa.Table, standing: pa.Table, coming: pa.Table) -> bool:
        if before.num_rows != standing.num_rows + coming.num_rows:
            return True
        after = pa.concat_tables([standing, coming]).sort_by(self.id_column).combine_chunks()
        return not after.equals(before.sort_by(self.id_column).combine_chunks())


@dataclass(frozen=True, slots=True, eq=False)
class _Source:
    """A partition as it stands, and the ids of the rows that do not stay in it: all if None."""

    partitions: Partitions
    name: str
    replaced: pa.Array | None
    nothing: pa.Table  # no rows, with the columns of all

    def standing(self) -> pa.Table:
        """The rows that stay."""
        return self.nothing if self.replaced is None else self.staying(self.partitions.read(self.name))

    def staying(self, rows: pa.Table) -> pa.Table:
        """Those of all its rows that stay."""
        if self.replaced is None:
            return self.nothing
        return rows.filter(pc.invert(pc.is_in(rows[self.partitions.id_column], self.replaced)))

    def made(self, name: str, names: frozenset[str], rows: pa.Table, coming: Mapping[str, int]) -> pa.Table:
        """One of the partitions that come of it, all of whose names are told, with rows that come."""
        standing = self.standing() if len(names) == len(self.partitions.names) else _split(self, names)[name]
        return pa.concat_tables([standing, _taken(rows, coming)]).sort_by(self.partitions.id_column)


@lru_cache(1)
def _split(source: _Source, names: frozenset[str]) -> Mapping[str, pa.Table]:
    """The rows that stay by the partitions in which they stand from now on."""
    standing = source.standing()
    places = _by_home(standing[source.partitions.id_column].to_pylist(), names)
    return defaultdict(lambda: source.nothing, {name: _taken(standing, here) for name, here in places.items()})


def home(key: str, names: Set[str]) -> str:
    """The partition of an id: of those named by its beginning the longest.

    >>> home("a07c", {"all", "a", "a0", "b"}), home("x", {"all", "a"})
    ('a0', 'all')
    """
    return next((key[:length] for length in range(_MOST_DIGITS, 0, -1) if key[:length] in names), WHOLE)


def _by_home(keys: Iterable[str], names: Set[str]) -> dict[str, dict[str, int]]:
    """By partitions: ids and the places where they are told."""
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for place, key in enumerate(keys):
        found[home(key, names)][key] = place
    return found


def _taken(rows: pa.Table, places: Mapping[str, int]) -> pa.Table:
    return rows.take(pa.array(places.values(), pa.int64()))


def _divided(name: str, count: int) -> list[str]:
    """The names of the partitions into which one with so many rows is divided; none if it stays whole."""
    digits = 0
    while count > MOST_ROWS:
        count, digits = count // len(_DIGITS), digits + 1
    beginning = "" if name == WHOLE else name
    return [beginning + "".join(rest) for rest in product(_DIGITS, repeat=digits) if digits]
