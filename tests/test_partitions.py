"""Datasets over all documents in partitions: a change writes what it changes and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import partitions
from pipeline.partitions import FIRST, Change, Partitions

Stored = dict[str, pa.Table]
SCHEMA = pa.schema({"key": pa.string(), "value": pa.int64()})


@pytest.fixture(autouse=True)
def few_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(partitions, "MOST_ROWS", 8)


def rows(values: dict[str, int]) -> pa.Table:
    return pa.table({"key": list(values), "value": list(values.values())}, SCHEMA)


def of(values: dict[str, int], gone: set[str] | None = None) -> Change:
    return Change.of(rows(values), "key", gone)


def keys(*numbers: int) -> list[str]:
    return [sha256(str(number).encode()).hexdigest()[:20] for number in numbers]


def changed(stored: Stored, change: Change) -> Stored:
    """The partitions that a change writes, which are stored."""
    standing = Partitions("key", sorted(stored), lambda name: stored[name]["key"].combine_chunks(), _reader(stored))
    written = dict(standing.changed(change))
    stored |= written
    return written


def _reader(stored: Stored) -> Callable[[str], pa.Table]:
    return lambda name: stored.get(name, SCHEMA.empty_table())


def held(stored: Stored) -> dict[str, int]:
    found = [row for table in stored.values() for row in table.to_pylist()]
    assert len({row["key"] for row in found}) == len(found)
    return {row["key"]: row["value"] for row in found}


def test_few_rows_stand_in_one_partition_and_more_come_into_the_last() -> None:
    stored: Stored = {}
    changed(stored, of(dict.fromkeys(keys(*range(5)), 1)))
    assert changed(stored, of(dict.fromkeys(keys(*range(5, 8)), 1), set())).keys() == {FIRST}
    written = changed(stored, of(dict.fromkeys(keys(*range(8, 30)), 1), set()))
    assert [(name, table.num_rows) for name, table in written.items()] == [("000002", 8), ("000003", 8), ("000004", 6)]


def test_a_change_writes_only_partitions_that_become_other() -> None:
    stored: Stored = {}
    values = {key: number for number, key in enumerate(keys(*range(40)))}
    changed(stored, of(values))
    one, *_, other = values
    assert changed(stored, of({one: values[one]}, {one})) == {}
    assert changed(stored, of(values)) == {}
    assert changed(stored, of({one: -1}, {one})).keys() == {"000001"}
    assert changed(stored, of({}, {other})).keys() == {"000005"}
    assert held(stored) == {**{key: number for key, number in values.items() if key != other}, one: -1}


def test_where_rows_went_there_is_room_for_new_ones_in_the_last_partition_only() -> None:
    stored: Stored = {}
    values = {key: number for number, key in enumerate(keys(*range(16)))}
    changed(stored, of(values))
    first, *_, last = values
    gone, new = {first, last}, dict.fromkeys(keys(100, 101), 7)
    changed(stored, of(new, gone))
    assert {name: table.num_rows for name, table in stored.items()} == {"000001": 7, "000002": 8, "000003": 1}
    assert held(stored) == {**{key: number for key, number in values.items() if key not in gone}, **new}


def test_partitions_that_were_left_empty_are_filled_again() -> None:
    stored: Stored = {}
    values = keys(*range(20))
    changed(stored, of(dict.fromkeys(values, 1)))
    changed(stored, of({}, set(values[:16])))
    new = dict.fromkeys(keys(*range(100, 115)), 2)
    assert changed(stored, of(new, set())).keys() == {"000001", "000002"}
    assert held(stored) == {**dict.fromkeys(values[16:], 1), **new}


def test_partitions_of_other_names_keep_their_rows() -> None:
    """As an earlier build named them."""
    stored = {"99": rows(dict.fromkeys(keys(*range(3)), 1)), "all": rows({"tên": 2})}
    assert changed(stored, of({"tên": 3, "mới": 4}, set())).keys() == {FIRST, "all"}
    assert held(stored) == {**dict.fromkeys(keys(*range(3)), 1), "tên": 3, "mới": 4}


NUMBERS = st.integers(0, 60)


@given(st.lists(st.tuples(st.dictionaries(NUMBERS, st.integers(0, 3)), st.none() | st.sets(NUMBERS)), max_size=6))
def test_after_any_changes_each_row_stands_once_with_its_last_value(
    changes: list[tuple[dict[int, int], set[int] | None]],
) -> None:
    stored: Stored = {}
    meant: dict[str, int] = {}
    for coming, going in changes:
        new = {key: value for number, value in coming.items() for key in keys(number)}
        gone = None if going is None else set(keys(*going))
        changed(stored, of(new, gone))
        meant = {} if gone is None else {key: value for key, value in meant.items() if key not in gone}
        meant |= new
        assert held(stored) == meant
