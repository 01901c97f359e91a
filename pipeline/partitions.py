"""A dataset over all documents in partitions, so that a change costs what it changes, however much is stored.

000001.parquet, 000002.parquet …   a row stands in one of them for good

New rows come into those that were left empty, and into the last one until it is full. What is told of for a while stands together, so that a change
touches few.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, replace
from itertools import chain, count

import pyarrow as pa
import pyarrow.compute as pc

# The column of a lake table that tells in which partition a row is.
COLUMN = "part"
# A partition with so many rows takes no new ones.
MOST_ROWS = 4096
# Partitions whose ids are looked through at a time.
_TOGETHER = 64

_DIGITS = 6


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
    """A dataset as it stands: its id column, the names of its partitions, and how one is read, its ids alone or whole."""

    id_column: str
    names: Sequence[str]
    ids: Callable[[str], pa.Array]
    read: Callable[[str], pa.Table]

    def changed(self, change: Change) -> Iterator[tuple[str, pa.Table]]:
        """The partitions that are other after a change, new ones among them, each with its rows once it is asked for."""
        standing = list(self._standing(change))
        new = _others(change.coming, pa.chunked_array([part.coming for part in standing], pa.string()))
        parts = {part.name: part for part in standing if len(part.replaced)}
        parts |= {part.name: part for part in _with_room(standing, new)}
        for name, part in sorted(parts.items()):
            before, coming = self.read(name), change.rows(part.coming)
            replaced = pc.is_in(before[self.id_column], part.replaced)
            if not self._same(before.filter(replaced), coming):
                yield name, pa.concat_tables([before.filter(pc.invert(replaced)), coming]).sort_by(self.id_column)

    def _standing(self, change: Change) -> Iterator[_Part]:
        """All partitions, with the ids of their rows that are replaced or go."""
        for start in range(0, len(self.names), _TOGETHER):
            some = self.names[start : start + _TOGETHER]
            ids = [self.ids(name) for name in some]
            # asked of many at once: each time all that comes is put in a table to look it up
            together = pa.concat_arrays(ids)
            comes = pc.is_in(together, change.coming)
            goes = (
                pa.repeat(True, len(together))
                if change.gone is None
                else pc.or_(comes, pc.is_in(together, change.gone))
            )
            place = 0
            for name, here in zip(some, ids, strict=True):
                replaced = here.filter(goes.slice(place, len(here)))
                coming = here.filter(comes.slice(place, len(here)))
                place += len(here)
                yield _Part(name, replaced, coming, len(here) - len(replaced))

    def _same(self, rows: pa.Table, others: pa.Table) -> bool:
        if rows.num_rows != others.num_rows:
            return False
        one, other = (each.sort_by(self.id_column).combine_chunks() for each in (rows, others))
        return bool(one.equals(other))


def partitioned(rows: int) -> pa.Array:
    """The partitions of so many rows, one after the other, where there were none.

    >>> partitioned(MOST_ROWS + 1)[-2:].to_pylist()
    ['000001', '000002']
    """
    return pa.array((_named(row // MOST_ROWS + 1) for row in range(rows)), pa.string())


def _named(number: int) -> str:
    return f"{number:0{_DIGITS}}"


FIRST = _named(1)


@dataclass(frozen=True, slots=True)
class _Part:
    """A partition with the ids of the rows that leave it and of those that come into it, and how many others it has."""

    name: str
    replaced: pa.Array
    coming: pa.Array
    staying: int

    def room(self) -> int:
        return MOST_ROWS - self.staying - len(self.coming)


def _with_room(standing: Iterable[_Part], new: pa.Array) -> Iterator[_Part]:
    """Partitions with the new rows that they take: those that were left empty, the last one, and further ones."""
    numbered = [part for part in standing if part.name.isdecimal() and len(part.name) >= _DIGITS]
    last = max((int(part.name) for part in numbered), default=0)
    taking = (part for part in numbered if part.room() == MOST_ROWS or int(part.name) == last)
    none = new.slice(0, 0)
    for part in chain(taking, (_Part(_named(number), none, none, 0) for number in count(last + 1))):
        if not len(new):
            return
        room = max(part.room(), 0)
        if room:
            yield replace(part, coming=pa.concat_arrays([part.coming, new.slice(0, room)]))
            new = new.slice(room)


def _others(ids: pa.Array, others: pa.ChunkedArray) -> pa.Array:
    return ids.filter(pc.invert(pc.is_in(ids, others)))
