"""A dataset over all documents in partitions, so that a change costs what it changes, however much is stored.

all.parquet               all rows, as long as they are few
0.parquet … f.parquet     later, by the beginning of their ids; `all` then has the rows of no other
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from functools import partial
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
        keys = change.rows[self.id_column].to_pylist()
        coming = _by_home(keys, self.names)
        going = self.names if change.gone is None else _by_home(change.gone, self.names).keys()
        replaced = None if change.gone is None else pa.array([*change.gone, *keys], pa.string())
        source: dict[str, str] = {}
        for name in sorted({*coming, *going}):
            standing = self._standing(name, replaced)
            if self._is_other(name, standing, _taken(change.rows, coming.get(name, []))):
                divided = _divided(name, standing.num_rows + len(coming.get(name, [])))
                source |= dict.fromkeys((name, *divided), name)
        names = {*self.names, *source}
        coming = _by_home(keys, names)
        return {
            name: partial(self._made, name, origin, names, replaced, change.rows, coming.get(name, []))
            for name, origin in source.items()
        }

    def _standing(self, name: str, replaced: pa.Array | None) -> pa.Table:
        """The rows of a partition that stay."""
        rows = self.read(name)
        if replaced is None:
            return rows.slice(0, 0)
        return rows.filter(pc.invert(pc.is_in(rows[self.id_column], replaced)))

    def _is_other(self, name: str, standing: pa.Table, coming: pa.Table) -> bool:
        after = pa.concat_tables([standing, coming]).sort_by(self.id_column).combine_chunks()
        return not after.equals(self.read(name).sort_by(self.id_column).combine_chunks())

    def _made(
        self, name: str, origin: str, names: Set[str], replaced: pa.Array | None, rows: pa.Table, coming: Sequence[int]
    ) -> pa.Table:
        standing = self._standing(origin, replaced)
        if origin != name or len(names) > len(self.names):
            here = [home(key, names) == name for key in standing[self.id_column].to_pylist()]
            standing = standing.filter(pa.array(here, pa.bool_()))
        return pa.concat_tables([standing, _taken(rows, coming)]).sort_by(self.id_column)


def home(key: str, names: Set[str]) -> str:
    """The partition of an id: of those named by its beginning the longest.

    >>> home("a07c", {"all", "a", "a0", "b"}), home("x", {"all", "a"})
    ('a0', 'all')
    """
    return next((key[:length] for length in range(_MOST_DIGITS, 0, -1) if key[:length] in names), WHOLE)


def _by_home(keys: Iterable[str], names: Set[str]) -> dict[str, list[int]]:
    """The places of ids by their partitions."""
    found = defaultdict(list)
    for place, key in enumerate(keys):
        found[home(key, names)].append(place)
    return found


def _taken(rows: pa.Table, places: Sequence[int]) -> pa.Table:
    return rows.take(pa.array(places, pa.int64()))


def _divided(name: str, count: int) -> Iterator[str]:
    """The names of the partitions into which one with so many rows is divided; none if it stays whole."""
    digits = 0
    while count > MOST_ROWS:
        count, digits = count // len(_DIGITS), digits + 1
    beginning = "" if name == WHOLE else name
    return (beginning + "".join(rest) for rest in product(_DIGITS, repeat=digits) if digits)
