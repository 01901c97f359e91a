"""Datasets over all documents in partitions: a change writes what it changes and nothing else."""

from __future__ import annotations

from hashlib import sha256

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import partitions
from pipeline.partitions import WHOLE, Change, Partitions

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
    now = Partitions("key", {WHOLE, *stored}, lambda name: stored.get(name, SCHEMA.empty_table())).changed(change)
    written = {name: made() for name, made in now.items()}
    stored |= written
    return written


def held(stored: Stored) -> dict[str, int]:
    found = [row for table in stored.values() for row in table.to_pylist()]
    assert len({row["key"] for row in found}) == len(found)
    return {row["key"]: row["value"] for row in found}


def test_few_rows_stand_in_one_partition() -> None:
    stored: Stored = {}
    changed(stored, of(dict.fromkeys(keys(*range(8)), 1)))
    assert stored.keys() == {WHOLE}


def test_many_rows_are_divided_by_the_beginning_of_their_ids() -> None:
    stored: Stored = {}
    changed(stored, of(dict.fromkeys([*keys(*range(40)), "tên"], 1)))
    assert stored.keys() == {WHOLE, *"0123456789abcdef"}
    assert stored[WHOLE]["key"].to_pylist() == ["tên"]
    assert all(key.startswith(name) for name in "0123456789abcdef" for key in stored[name]["key"].to_pylist())


def test_a_change_writes_only_partitions_that_become_other() -> None:
    stored: Stored = {}
    values = {key: number for number, key in enumerate(keys(*range(40)))}
    changed(stored, of(values))
    one, other = list(values)[:2]
    assert changed(stored, of({one: values[one]}, {one})) == {}
    assert changed(stored, of(values)) == {}
    assert changed(stored, of({one: -1}, {one})).keys() == {one[0]}
    assert changed(stored, of({}, {other})).keys() == {other[0]}
    assert held(stored) == {**{key: number for key, number in values.items() if key != other}, one: -1}


def test_a_partition_of_an_earlier_build_is_divided_and_read_once() -> None:
    values = {key: number for number, key in enumerate(keys(*range(40)))}
    stored, asked = {WHOLE: rows(values)}, []

    def read(name: str) -> pa.Table:
        asked.append(name)
        return stored.get(name, SCHEMA.empty_table())

    now = Partitions("key", {WHOLE}, read).changed(of({}, {"none"}))
    written = {name: made() for name, made in now.items()}
    assert held(written) == values
    assert len(written) == 17
    assert len(asked) < 5


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
