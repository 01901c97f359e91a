"""The store: whole batches or nothing, whatever happens in between."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from deltalake import DeltaTable

from pipeline import publish
from pipeline import store as store_module
from pipeline.store import Batch, BusyError, HistoryError, Store
from schemas.datasets import DATASETS

TOLD = {"documents": "extractor_version", "tasks": "text", "metrics": "unit", "issues": "message"}
State = dict[str, list[tuple[str, str]]]


def some_value(kind: pa.DataType) -> Any:
    """A value for a column that a test does not care about."""
    by_type: dict[pa.DataType, Any] = {
        pa.string(): "x", pa.int32(): 1, pa.int64(): 1, pa.float64(): 1.0, pa.bool_(): True,
        pa.date32(): date(2025, 7, 1), pa.timestamp("us", tz="UTC"): datetime(2025, 7, 1, tzinfo=UTC),
    }  # fmt: skip
    return [] if pa.types.is_list(kind) else by_type[kind]


def rows(dataset: str, document_ids: Iterable[str], version: str, each: int = 1) -> pa.Table:
    schema = DATASETS[dataset].schema
    row = {field.name: some_value(field.type) for field in schema} | {TOLD[dataset]: version}
    return pa.Table.from_pylist([row | {"document_id": name} for name in document_ids for _ in range(each)], schema)


def batch(name: str, version: str, document_ids: str) -> Batch:
    """A batch of documents called by letters; "B" and its like have no metric."""
    tables = {dataset: data.schema.empty_table() for dataset, data in DATASETS.items()}
    tables["documents"] = rows("documents", document_ids, version)
    tables["documents"] = tables["documents"].set_column(
        tables["documents"].schema.get_field_index("batch"),
        tables["documents"].schema.field("batch"),
        pa.array([name] * len(document_ids)),
    )
    tables["tasks"] = rows("tasks", document_ids, version, each=2)
    tables["metrics"] = rows("metrics", filter(str.islower, document_ids), version)
    tables["issues"] = rows("issues", document_ids, version)
    return Batch(name, tuple(document_ids), tables)


def told(table: pa.Table, dataset: str) -> list[tuple[str, str]]:
    return sorted(zip(table["document_id"].to_pylist(), table[TOLD[dataset]].to_pylist(), strict=True))


def published(outputs: Path) -> State:
    return {name: told(pq.read_table(outputs / name), name) for name in TOLD}


def lake(outputs: Path) -> State:
    return {name: told(DeltaTable(str(outputs / "_lake" / name)).to_pyarrow_table(), name) for name in TOLD}


def state(**versions: str) -> State:
    """What must stand there when each document is in with a version."""
    each = {"documents": 1, "tasks": 2, "metrics": 1, "issues": 1}
    return {
        name: sorted(
            (document_id, version)
            for document_id, version in versions.items()
            for _ in range(count)
            if name != "metrics" or document_id.islower()
        )
        for name, count in each.items()
    }


def commit(outputs: Path, *batches: Batch) -> None:
    store = Store(outputs)
    with store.writing():
        for one in batches:
            store.commit(one)


def assert_holds(outputs: Path, **versions: str) -> None:
    assert published(outputs) == state(**versions)
    assert lake(outputs) == state(**versions)
    assert Store(outputs).known() == versions


def test_batches_add_up(tmp_path: Path) -> None:
    commit(tmp_path, batch("1", "v1", "aB"), batch("2", "v1", "c"))
    assert_holds(tmp_path, a="v1", B="v1", c="v1")


def test_a_document_read_again_replaces_its_rows(tmp_path: Path) -> None:
    commit(tmp_path, batch("1", "v1", "aB"), batch("2", "v1", "c"))
    commit(tmp_path, batch("3", "v2", "ac"))
    assert_holds(tmp_path, a="v2", B="v1", c="v2")


def test_a_document_is_replaced_as_often_as_it_is_read(tmp_path: Path) -> None:
    for number, version in enumerate(("v1", "v2", "v3", "v4")):
        commit(tmp_path, batch(str(number), version, "ab"))
    assert_holds(tmp_path, a="v4", b="v4")


def test_known_and_new_documents_come_in_one_batch(tmp_path: Path) -> None:
    commit(tmp_path, batch("1", "v1", "ab"))
    commit(tmp_path, batch("2", "v2", "bcD"))
    assert_holds(tmp_path, a="v1", b="v2", c="v2", D="v2")


def test_a_replaced_document_that_lost_all_its_rows_of_a_dataset_has_none(tmp_path: Path) -> None:
    commit(tmp_path, batch("1", "v1", "ab"))
    again = batch("2", "v2", "ab")
    commit(tmp_path, Batch("2", ("a", "b"), {**again.tables, "metrics": rows("metrics", "b", "v2")}))
    assert published(tmp_path)["metrics"] == lake(tmp_path)["metrics"] == [("b", "v2")]


def test_documents_keep_the_batch_that_first_brought_them(tmp_path: Path) -> None:
    commit(tmp_path, batch("1", "v1", "a"), batch("2", "v2", "ab"))
    documents = pq.read_table(tmp_path / "documents").sort_by("document_id")
    assert documents["batch"].to_pylist() == ["1", "2"]


def test_history_is_kept(tmp_path: Path) -> None:
    commit(tmp_path, batch("1", "v1", "a"), batch("2", "v2", "a"))
    tasks = DeltaTable(str(tmp_path / "_lake" / "tasks"))
    tasks.load_as_version(1)
    assert told(tasks.to_pyarrow_table(), "tasks") == [("a", "v1"), ("a", "v1")]


def test_two_writers(tmp_path: Path) -> None:
    with Store(tmp_path).writing():
        with pytest.raises(BusyError, match=str(tmp_path)), Store(tmp_path).writing():
            pytest.fail("both hold the folder")
        commit_to_another = tmp_path / "another"
        commit(commit_to_another, batch("1", "v1", "a"))
    commit(tmp_path, batch("1", "v1", "a"))
    assert_holds(tmp_path, a="v1")


# crashes


class CrashError(BaseException):
    """As sudden as a kill: no `except Exception` sees it."""


class Steps:
    """Counts the steps that change files, and crashes at the one wanted."""

    def __init__(self, crash_at: int | None) -> None:
        self.done, self.crash_at = 0, crash_at

    def before(self, step: Callable[..., Any], torn: Callable[..., Any] | None = None) -> Callable[..., Any]:
        """The same step, counted; where it crashes, `torn` leaves what a kill in its middle leaves."""

        def counted(*arguments: Any, **named: Any) -> Any:
            if self.done == self.crash_at:
                if torn:
                    torn(*arguments)
                raise CrashError(f"at step {self.done}")
            self.done += 1
            return step(*arguments, **named)

        return counted


def half_a_file(_table: pa.Table, file: Path) -> None:
    Path(file).write_bytes(b"PAR1 and no more")


@contextmanager
def crashing(at: int | None) -> Iterator[Steps]:
    steps = Steps(at)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store_module, "write_deltalake", steps.before(store_module.write_deltalake))
        patch.setattr(DeltaTable, "restore", steps.before(DeltaTable.restore))
        patch.setattr(pq, "write_table", steps.before(pq.write_table, half_a_file))
        for step in ("replace", "unlink", "rename", "mkdir", "hardlink_to", "symlink_to", "write_bytes"):
            patch.setattr(Path, step, steps.before(getattr(Path, step)))
        yield steps


def copied(outputs: Path, to: Path) -> Path:
    return Path(shutil.copytree(outputs, to, symlinks=True))


def crash(outputs: Path, at: int, action: Callable[[Path], None]) -> bool:
    """Whether the action got as far as the step at which it was to crash."""
    with crashing(at):
        try:
            action(outputs)
        except CrashError:
            return True
    return False


@pytest.fixture(scope="module")
def two_documents(tmp_path_factory: pytest.TempPathFactory) -> Path:
    outputs = tmp_path_factory.mktemp("two")
    commit(outputs, batch("1", "v1", "aB"))
    return outputs


FRESH = batch("2", "v1", "cD")
MIXED = batch("2", "v2", "Bc")
BEFORE = {"a": "v1", "B": "v1"}
CASES = [
    pytest.param(FRESH, BEFORE | {"c": "v1", "D": "v1"}, id="new"),
    pytest.param(MIXED, {"a": "v1", "B": "v2", "c": "v2"}, id="new-and-read-again"),
]


def steps_of(outputs: Path, action: Callable[[Path], None]) -> int:
    with crashing(None) as steps:
        action(outputs)
    return steps.done


def assert_one_state(outputs: Path, *states: dict[str, str]) -> None:
    """A reader at this moment sees all datasets as they were before a batch or as they are after it."""
    assert published(outputs) in [state(**versions) for versions in states]


@pytest.mark.slow
@pytest.mark.parametrize(("brought", "after"), CASES)
def test_a_crash_at_any_step_leaves_the_batch_whole_or_out(
    two_documents: Path, tmp_path: Path, brought: Batch, after: dict[str, str]
) -> None:
    count = steps_of(copied(two_documents, tmp_path / "undisturbed"), lambda o: commit(o, brought))
    assert count > 20
    ends = []
    for step in range(count):
        outputs = copied(two_documents, tmp_path / str(step))
        assert crash(outputs, step, lambda o: commit(o, brought))
        assert_one_state(outputs, BEFORE, after)
        commit(outputs)  # the next run, which brings nothing
        ends.append(Store(outputs).known() == after)
        assert_holds(outputs, **(after if ends[-1] else BEFORE))
        assert not list(outputs.rglob("*.part"))
        assert not (outputs / "_open_batch.json").exists()
        if not ends[-1]:  # nothing that was left hinders the batch when it comes again
            commit(outputs, brought)
            assert_holds(outputs, **after)
    assert ends == sorted(ends), "once in, always in"
    assert {*ends} == {False, True}


@pytest.mark.slow
@pytest.mark.parametrize(("brought", "after"), CASES)
def test_a_crash_while_recovering_is_recovered_from(
    two_documents: Path, tmp_path: Path, brought: Batch, after: dict[str, str]
) -> None:
    for first in (8, 36):  # between two commits to the lake; while files are published
        crashed = copied(two_documents, tmp_path / f"crashed-{first}")
        assert crash(crashed, first, lambda o: commit(o, brought))
        count = steps_of(copied(crashed, tmp_path / f"recovered-{first}"), commit)
        assert count > 0
        for step in range(count):
            outputs = copied(crashed, tmp_path / f"{first}-{step}")
            assert crash(outputs, step, commit)
            assert_one_state(outputs, BEFORE, after)
            commit(outputs)
            assert_holds(outputs, **(after if Store(outputs).known() == after else BEFORE))


@pytest.mark.parametrize("step", [8, 36])
def test_a_batch_that_failed_can_be_committed_again_in_the_same_run(
    two_documents: Path, tmp_path: Path, step: int
) -> None:
    outputs = copied(two_documents, tmp_path / "outputs")
    store = Store(outputs)
    with store.writing():
        with crashing(step), pytest.raises(CrashError):
            store.commit(FRESH)
        store.commit(FRESH)
    assert_holds(outputs, **BEFORE, c="v1", D="v1")


# what is published


def test_a_copy_that_followed_the_links_is_made_sound(two_documents: Path, tmp_path: Path) -> None:
    outputs = Path(shutil.copytree(two_documents, tmp_path / "outputs"))
    assert not (outputs / "tasks").is_symlink()
    commit(outputs, batch("2", "v2", "Bc"))
    assert_holds(outputs, a="v1", B="v2", c="v2")
    assert (outputs / "tasks").is_symlink()


def test_states_that_were_left_are_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publish, "GRACE", -1.0)
    commit(tmp_path, *(batch(str(number), "v1", letter) for number, letter in enumerate("abcd")))
    assert len(list((tmp_path / "_published").iterdir())) == 2  # the state, and what points to it
    assert_holds(tmp_path, a="v1", b="v1", c="v1", d="v1")


def test_a_new_column_comes_to_outputs_of_an_older_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    full = DATASETS["issues"].schema
    older = full.remove(full.get_field_index("record_id"))
    with monkeypatch.context() as patch:
        patch.setitem(vars(DATASETS["issues"]), "schema", older)
        first = batch("1", "v1", "ab")
        commit(tmp_path, first)
    assert "record_id" not in pq.read_table(tmp_path / "issues").schema.names
    commit(tmp_path, batch("2", "v2", "bc"))
    assert_holds(tmp_path, a="v1", b="v2", c="v2")
    assert pq.read_table(tmp_path / "issues").sort_by("document_id")["record_id"].to_pylist() == [None, "x", "x"]


# history


def test_as_of_tells_whole_batches(tmp_path: Path) -> None:
    moments = []
    for number, version in enumerate(("v1", "v2", "v3")):
        commit(tmp_path, batch(str(number), version, "ab"))
        moments.append(datetime.now(UTC))
    store = Store(tmp_path)
    for version, moment in zip(("v1", "v2", "v3"), moments, strict=True):
        assert {name: told(store.as_of(name, moment), name) for name in TOLD} == state(a=version, b=version)


def test_as_of_shows_nothing_of_a_batch_that_was_not_in_yet(two_documents: Path, tmp_path: Path) -> None:
    outputs = copied(two_documents, tmp_path / "outputs")
    steps = range(steps_of(copied(two_documents, tmp_path / "undisturbed"), lambda o: commit(o, FRESH)))
    for step in steps:
        outputs = copied(two_documents, tmp_path / str(step))
        crash(outputs, step, lambda o: commit(o, FRESH))
        if len(DeltaTable(str(outputs / "_lake" / "tasks")).to_pyarrow_table()) > 4:
            break
    assert told(Store(outputs).as_of("tasks", datetime.now(UTC)), "tasks") == state(**BEFORE)["tasks"]


def test_before_the_first_batch(two_documents: Path) -> None:
    with pytest.raises(HistoryError, match="01/07/2020"):
        Store(two_documents).as_of("tasks", datetime(2020, 7, 1, tzinfo=UTC))


# changes


def test_the_list_of_changes_comes_and_goes_with_its_batch(two_documents: Path, tmp_path: Path) -> None:
    def commit_listed(outputs: Path) -> None:
        with Store(outputs).writing():
            Store(outputs).commit(MIXED, "{}\n")

    count = steps_of(copied(two_documents, tmp_path / "undisturbed"), commit_listed)
    for step in range(0, count, 3):
        outputs = copied(two_documents, tmp_path / str(step))
        assert crash(outputs, step, commit_listed)
        commit(outputs)
        assert Store(outputs).changes("2").exists() == (Store(outputs).known() != BEFORE)
