"""A dataset over all documents in partitions, so that a change costs what it changes, however much is stored.

all.parquet               all rows, as long as they are few
0.parquet … f.parquet     later, by the beginning of their ids; `all` then has the rows of no other
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Set
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

# Rows that are made when they are asked for, so that not all are in memory at once.
Rows = Callable[[], pa.Table]


@dataclass(frozen=True, slots=True)
class Change:
    """The ids of rows that come, each in the place of one of its id, and of those that go: all that are there if None.

    `rows` gives those that come of some ids, in any order.
    """

    coming: pa.Array
    gone: pa.Array | None
    rows: Callable[[pa.Array], pa.Table]

    @classmethod
    def of(cls, rows: pa.Table, id_column: str, gone: Set[str] | None = None) -> Change:
        """One whose rows are all there."""
        keys = rows[id_column].combine_chunks()
        going = None if gone is None else pa.array(gone, pa.string())
        return cls(keys, going, lambda wanted: rows.filter(pc.is_in(keys, wanted)))


@dataclass(frozen=True, slots=True)
class Partitions:
    """A dataset as it stands: its id column, the names of its partitions, and how one is read."""

    id_column: str
    names: Set[str]
    read: Callable[[str], pa.Table]

    def changed(self, change: Change) -> dict[str, Rows]:
        """The partitions that are other after a change, those into which one is divided among them."""
        coming = _by_home(change.coming, self.names)
        going = {} if change.gone is None else _by_home(change.gone, self.names)
        touched = self.names if change.gone is None else coming.keys() | going.keys()
        none = pa.array([], pa.string())
        source: dict[str, _Source] = {}
        for name in sorted(touched):
            here = coming.get(name, none)
            replaced = None if change.gone is None else pa.concat_arrays([here, going.get(name, none)])
            origin = _Source(self, name, replaced)
            before = self.read(name)
            standing = origin.staying(before)
            divided = _divided(name, standing.num_rows + len(here))
            if divided or self._is_other(before, standing, change, here):
                source |= dict.fromkeys((name, *divided), origin)
        names = frozenset({*self.names, *source})
        coming = _by_home(change.coming, names)
        return {name: partial(each.made, name, names, change, coming.get(name, none)) for name, each in source.items()}

    def _is_other(self, before: pa.Table, standing: pa.Table, change: Change, coming: pa.Array) -> bool:
        if before.num_rows != standing.num_rows + len(coming):
            return True
        after = pa.concat_tables([standing, change.rows(coming)]).sort_by(self.id_column).combine_chunks()
        return not after.equals(before.sort_by(self.id_column).combine_chunks())


@dataclass(frozen=True, slots=True, eq=False)
class _Source:
    """A partition as it stands, and the ids of the rows that do not stay in it: all if None."""

    partitions: Partitions
    name: str
    replaced: pa.Array | None

    def standing(self) -> pa.Table:
        """The rows that stay."""
        return self.staying(self.partitions.read(self.name))

    def staying(self, rows: pa.Table) -> pa.Table:
        """Those of all its rows that stay."""
        if self.replaced is None:
            return rows.slice(0, 0)
        return rows.filter(pc.invert(pc.is_in(rows[self.partitions.id_column], self.replaced)))

    def made(self, name: str, names: frozenset[str], change: Change, coming: pa.Array) -> pa.Table:
        """One of the partitions that come of it, all of whose names are told, with the rows that come into it."""
        standing = self.standing() if len(names) == len(self.partitions.names) else _split(self, names)(name)
        return pa.concat_tables([standing, change.rows(coming)]).sort_by(self.partitions.id_column)


@lru_cache(1)
def _split(source: _Source, names: frozenset[str]) -> Callable[[str], pa.Table]:
    """The rows that stay by the partitions in which they stand from now on."""
    standing = source.standing()
    found = homes(standing[source.partitions.id_column].combine_chunks(), names)
    return lambda name: standing.filter(pc.equal(found, name))


def homes(keys: pa.Array, names: Set[str]) -> pa.Array:
    """The partitions of ids: of those named by its beginning the longest.

    >>> homes(pa.array(["a07c", "x"]), {"all", "a", "a0", "b"}).to_pylist()
    ['a0', 'all']
    """
    found = pa.repeat(WHOLE, len(keys))
    beginnings = names - {WHOLE}
    for length in sorted({len(name) for name in beginnings}):
        begins = pc.utf8_slice_codeunits(keys, 0, length)
        of_length = pa.array(sorted(name for name in beginnings if len(name) == length), pa.string())
        found = pc.if_else(pc.is_in(begins, of_length), begins, found)
    return found


def _by_home(keys: pa.Array, names: Set[str]) -> Mapping[str, pa.Array]:
    """Ids by partitions."""
    found = homes(keys, names)
    return {name: keys.filter(pc.equal(found, name)) for name in pc.unique(found).to_pylist()}


def _divided(name: str, count: int) -> list[str]:
    """The names of the partitions into which one with so many rows is divided; none if it stays whole."""
    digits = 0
    while count > MOST_ROWS:
        count, digits = count // len(_DIGITS), digits + 1
    beginning = "" if name == WHOLE else name
    return [beginning + "".join(rest) for rest in product(_DIGITS, repeat=digits) if digits]
