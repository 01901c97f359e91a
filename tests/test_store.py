"""The store: whole batches or nothing, whatever happens in between."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from deltalake import DeltaTable, write_deltalake

from audit.reviewing import Reviewer, as_table, review
from pipeline import delta_log, partitions, publish
from pipeline import store as store_module
from pipeline.partitions import COLUMN, Change
from pipeline.store import Batch, BusyError, HistoryError, Store
from schemas.datasets import ACROSS, DATASETS, PER_DOCUMENT
from schemas.review import Action

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


def test_small_files_are_joined_and_the_joining_is_taken_back_with_its_batch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_module, "_JOINED_AFTER", 4)
    held = Store(tmp_path)

    def full(*_: object, **__: object) -> None:
        raise OSError("no space left")

    def files() -> int:
        return len(DeltaTable(str(tmp_path / "_lake" / "tasks")).file_uris())

    with held.writing():
        for number, name in enumerate("abc"):
            held.commit(batch(str(number), "v1", name))
        monkeypatch.setattr(held._records, "switch", full)
        with pytest.raises(OSError, match="no space"):
            held.commit(batch("3", "v1", "d"))
        assert files() == 3
        monkeypatch.undo()
        monkeypatch.setattr(store_module, "_JOINED_AFTER", 4)
        held.commit(batch("4", "v1", "e"))
        assert files() == 2
        assert len(held.as_of("tasks", datetime.now(UTC))) == 8
    assert_holds(tmp_path, a="v1", b="v1", c="v1", e="v1")
    assert not left_over(tmp_path)


def test_no_commit_is_ever_forgotten(tmp_path: Path) -> None:
    """Not even where a table says that they may be."""
    commit(tmp_path, batch("1", "v1", "a"))
    table = DeltaTable(str(tmp_path / "_lake" / "tasks"))
    short = dict.fromkeys(("delta.logRetentionDuration", "delta.deletedFileRetentionDuration"), "interval 0 seconds")
    table.alter.set_table_properties({**short, "delta.checkpointInterval": "2"}, raise_if_not_exists=False)
    commit(tmp_path, *(batch(f"{number}", "v1", chr(ord("a") + number)) for number in range(2, 8)))
    names = {file.name for file in (tmp_path / "_lake" / "tasks" / "_delta_log").glob("*.json")}
    version = DeltaTable(str(tmp_path / "_lake" / "tasks")).version()
    assert names == {f"{number:020}.json" for number in range(version + 1)}


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
        patch.setattr(pq, "write_table", steps.before(pq.write_table, half_a_file))
        for step in ("create", "create_write_transaction"):
            patch.setattr(DeltaTable, step, steps.before(getattr(DeltaTable, step)))
        for step in ("replace", "unlink", "rename", "mkdir", "symlink_to", "write_bytes"):
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


@pytest.fixture
def every(request: pytest.FixtureRequest) -> int:
    """At which steps to crash: each one by `--all-steps`, some of them otherwise."""
    return 1 if request.config.getoption("--all-steps") else 9


def steps_of(outputs: Path, action: Callable[[Path], None]) -> int:
    with crashing(None) as steps:
        action(outputs)
    return steps.done


def assert_one_state(outputs: Path, *states: dict[str, str]) -> None:
    """A reader at this moment sees all datasets as they were before a batch or as they are after it."""
    assert published(outputs) in [state(**versions) for versions in states]


def left_over(outputs: Path) -> set[str]:
    """What lies there and nothing tells of."""
    lake = {
        str(file)
        for name in DATASETS
        for file in (outputs / "_lake" / name).glob("*.parquet")
        if not any(file.name in log.read_text() for log in file.parent.glob("_delta_log/*.json"))
    }
    return lake | {str(file) for file in outputs.rglob("*.part")}


@pytest.mark.slow
@pytest.mark.parametrize(("brought", "after"), CASES)
def test_a_crash_at_any_step_leaves_the_batch_whole_or_out(
    two_documents: Path, tmp_path: Path, brought: Batch, after: dict[str, str], every: int
) -> None:
    count = steps_of(copied(two_documents, tmp_path / "undisturbed"), lambda o: commit(o, brought))
    assert count > 20
    ends = []
    for step in (*range(0, count - 1, every), count - 1):
        outputs = copied(two_documents, tmp_path / str(step))
        assert crash(outputs, step, lambda o: commit(o, brought))
        assert_one_state(outputs, BEFORE, after)
        commit(outputs)  # the next run, which brings nothing
        ends.append(Store(outputs).known() == after)
        assert_holds(outputs, **(after if ends[-1] else BEFORE))
        assert not left_over(outputs)
        assert not (outputs / "_open_batch.json").exists()
        if not ends[-1]:  # nothing that was left hinders the batch when it comes again
            commit(outputs, brought)
            assert_holds(outputs, **after)
    assert ends == sorted(ends), "once in, always in"
    assert {*ends} == {False, True}


@pytest.mark.slow
@pytest.mark.parametrize(("brought", "after"), CASES)
def test_a_crash_while_recovering_is_recovered_from(
    two_documents: Path, tmp_path: Path, brought: Batch, after: dict[str, str], every: int
) -> None:
    undisturbed = steps_of(copied(two_documents, tmp_path / "undisturbed"), lambda o: commit(o, brought))
    for first in (8, undisturbed - 2):  # between two commits to the lake; after the switch
        crashed = copied(two_documents, tmp_path / f"crashed-{first}")
        assert crash(crashed, first, lambda o: commit(o, brought))
        count = steps_of(copied(crashed, tmp_path / f"recovered-{first}"), commit)
        assert count > 0
        for step in range(0, count, every):
            outputs = copied(crashed, tmp_path / f"{first}-{step}")
            assert crash(outputs, step, commit)
            assert_one_state(outputs, BEFORE, after)
            commit(outputs)
            assert_holds(outputs, **(after if Store(outputs).known() == after else BEFORE))


@pytest.mark.parametrize("step", [8, 25])
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


@pytest.mark.parametrize("tear", [lambda text: "", lambda text: text[: len(text) // 2], lambda text: "\0" * len(text)])
@pytest.mark.parametrize("brought", [FRESH, MIXED])
def test_logs_torn_by_a_power_cut(
    two_documents: Path, tmp_path: Path, brought: Batch, tear: Callable[[str], str]
) -> None:
    outputs = copied(two_documents, tmp_path / "outputs")
    count = steps_of(copied(two_documents, tmp_path / "undisturbed"), lambda o: commit(o, brought))
    before = DeltaTable(str(outputs / "_lake" / "documents")).version()
    for step in range(count):  # until `documents` is committed and nothing published
        crash(outputs, step, lambda o: commit(o, brought))
        if DeltaTable(str(outputs / "_lake" / "documents")).version() > before:
            break
    for name in ("documents", "tasks"):
        log = max((outputs / "_lake" / name / "_delta_log").glob("*.json"))
        log.write_text(tear(log.read_text()))
    commit(outputs)
    assert_holds(outputs, **BEFORE)
    assert not left_over(outputs)
    commit(outputs, brought)


def test_torn_commits_that_nothing_noted(two_documents: Path, tmp_path: Path) -> None:
    outputs = copied(two_documents, tmp_path / "outputs")
    for name in ("indicators", "tasks"):
        data = rows(name, "a", "v1") if name == "tasks" else DeltaTable(outputs / "_lake" / name).to_pyarrow_table()
        write_deltalake(outputs / "_lake" / name, data, mode="append")
    max((outputs / "_lake" / "indicators" / "_delta_log").glob("*.json")).write_text("")
    max((outputs / "_lake" / "tasks").glob("*.parquet"), key=lambda file: file.stat().st_mtime_ns).write_bytes(b"PAR1")
    commit(outputs)
    assert_holds(outputs, **BEFORE)
    assert not left_over(outputs)


def test_commits_with_checkpoints_are_taken_back(two_documents: Path, tmp_path: Path) -> None:
    outputs = copied(two_documents, tmp_path / "outputs")
    table = outputs / "_lake" / "tasks"
    before = delta_log.last_version(table)
    for version in ("v2", "v3"):
        write_deltalake(table, rows("tasks", "z", version), mode="append")
        DeltaTable(str(table)).create_checkpoint()
    delta_log.roll_back(table, before)
    assert DeltaTable(str(table)).version() == before
    assert_holds(outputs, **BEFORE)
    assert not left_over(outputs)


@pytest.mark.parametrize("told", [True, False], ids=["told of", "not yet told of"])
def test_a_checkpoint_torn_by_a_power_cut_is_dropped(two_documents: Path, tmp_path: Path, told: bool) -> None:
    outputs = copied(two_documents, tmp_path / "outputs")
    log = outputs / "_lake" / "tasks" / "_delta_log"
    DeltaTable(str(log.parent)).create_checkpoint()
    checkpoint = max(log.glob("*.checkpoint.parquet"))
    checkpoint.write_bytes(checkpoint.read_bytes()[:50])
    if not told:
        (log / "_last_checkpoint").unlink()
    commit(outputs)
    assert not checkpoint.exists()
    assert_holds(outputs, **BEFORE)


def lines_and_series(text: str) -> dict[str, pa.Table]:
    tables = {}
    for name in ("task_lines", "indicators"):
        schema = DATASETS[name].schema
        row = {field.name: some_value(field.type) for field in schema} | {DATASETS[name].id_column: text}
        tables[name] = pa.Table.from_pylist([row], schema)
    return tables


def publish_across(outputs: Path, text: str) -> None:
    store = Store(outputs)
    with store.writing():
        store.publish_across(
            {name: Change.of(table, str(DATASETS[name].id_column)) for name, table in lines_and_series(text).items()}
        )


def ids_across(outputs: Path, read: Callable[[Path, str], pa.Table]) -> set[str]:
    names = ("task_lines", "indicators")
    return {key for name in names for key in read(outputs, name)[DATASETS[name].id_column].to_pylist()}


def as_published(outputs: Path, name: str) -> pa.Table:
    return pq.read_table(outputs / name)


def as_of_now(outputs: Path, name: str) -> pa.Table:
    return Store(outputs).as_of(name, datetime.now(UTC))


def in_lake(outputs: Path, name: str) -> pa.Table:
    return DeltaTable(str(outputs / "_lake" / name)).to_pyarrow_table()


def test_datasets_over_all_documents_change_together_whatever_happens(
    two_documents: Path, tmp_path: Path, every: int
) -> None:
    first = copied(two_documents, tmp_path / "first")
    publish_across(first, "old")
    count = steps_of(copied(first, tmp_path / "undisturbed"), lambda o: publish_across(o, "new"))
    for step in range(0, count, every):
        outputs = copied(first, tmp_path / str(step))
        assert crash(outputs, step, lambda o: publish_across(o, "new"))
        seen = ids_across(outputs, as_published)
        assert seen in ({"old"}, {"new"})
        assert ids_across(outputs, as_of_now) == seen
        commit(outputs)
        assert ids_across(outputs, as_published) == seen
        assert ids_across(outputs, in_lake) == seen
        assert not left_over(outputs)


def test_a_table_of_an_earlier_build_is_put_into_partitions(two_documents: Path, tmp_path: Path) -> None:
    outputs = copied(two_documents, tmp_path / "outputs")
    publish_across(outputs, "old")
    table = outputs / "_lake" / "indicators"
    before, moment = in_lake(outputs, "indicators").drop_columns([COLUMN]), datetime.now(UTC)
    shutil.rmtree(table)
    write_deltalake(table, before)
    publish_across(outputs, "new")
    assert DeltaTable(table).metadata().partition_columns == [COLUMN]
    assert ids_across(outputs, in_lake) == ids_across(outputs, as_published) == {"new"}
    assert Store(outputs).as_of("indicators", moment)["indicator_id"].to_pylist() == ["old"]


def test_outputs_of_an_earlier_build_are_led_to_states_of_their_own(two_documents: Path, tmp_path: Path) -> None:
    """One state for all datasets, and partitions by the beginning of ids."""
    outputs = copied(two_documents, tmp_path / "outputs")
    publish_across(outputs, "old")
    tables = {name: Store(outputs).across(name) for name in ACROSS}
    per_document = {name: pq.read_table(outputs / name) for name in PER_DOCUMENT}
    for folder in (*DATASETS, "_published", "_published_across"):
        shutil.rmtree(outputs / folder)
    for name, rows in tables.items():
        shutil.rmtree(outputs / "_lake" / name)
        prefixed = rows.append_column("prefix", pa.repeat("all", rows.num_rows))
        write_deltalake(outputs / "_lake" / name, prefixed, partition_by=["prefix"])
    made = {
        **{name: {"all": rows} for name, rows in tables.items()},
        **{name: {"1": rows} for name, rows in per_document.items()},
    }
    publish.Published(outputs, "_published", tuple(DATASETS)).switch(
        {name: {file: partial(pa.Table.slice, rows) for file, rows in files.items()} for name, files in made.items()}
    )
    assert (outputs / "indicators" / "all.parquet").readlink().parts[1] == "_published"
    publish_across(outputs, "new")
    assert ids_across(outputs, in_lake) == ids_across(outputs, as_published) == {"new"}
    commit(outputs, batch("2", "v2", "b"))
    assert_holds(outputs, a="v1", B="v1", b="v2")


def test_rows_that_take_long_to_write_are_there_when_they_are_switched_to(
    two_documents: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outputs = copied(two_documents, tmp_path / "outputs")
    publish_across(outputs, "old")
    monkeypatch.setattr(publish, "GRACE", -1.0)
    monkeypatch.setattr(partitions, "MOST_ROWS", 1)
    store = Store(outputs)
    row = {
        name: Change.of(table, str(DATASETS[name].id_column), set()) for name, table in lines_and_series("new").items()
    }
    with store.writing():
        store.publish_across(row)
    assert ids_across(outputs, as_published) == {"old", "new"}


def test_where_nothing_was_linked_the_datasets_over_all_documents_are_there(two_documents: Path) -> None:
    assert all(Store(two_documents).is_published(name) for name in ACROSS)


def confirm(outputs: Path) -> None:
    (row,) = (row for row in pq.read_table(outputs / "metrics").to_pylist() if row["document_id"] == "a")
    Store(outputs).add_reviews(as_table([review("metrics", row, Action.CONFIRM, Reviewer("Lan", ""), "1", {})]))


def test_a_review_is_kept_and_shown_whatever_happens(two_documents: Path, tmp_path: Path, every: int) -> None:
    def statuses(outputs: Path) -> list[str | None]:
        return list(pq.read_table(outputs / "metrics")["review_status"].to_pylist())

    count = steps_of(copied(two_documents, tmp_path / "undisturbed"), confirm)
    before, ends = statuses(two_documents), []
    for step in range(0, count, every):
        outputs = copied(two_documents, tmp_path / str(step))
        assert crash(outputs, step, confirm)
        assert statuses(outputs) in (before, ["confirmed"])
        commit(outputs)
        assert statuses(outputs) == (["confirmed"] if Store(outputs).reviews("a").num_rows else before)
        assert Store(outputs).shows_all_reviews()
        ends.append(statuses(outputs) == ["confirmed"])
    assert ends == sorted(ends)
    assert {*ends} == {False, True}


# what is published


def test_small_batches_share_files_until_these_are_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def files() -> list[str]:
        return sorted(file.stem for file in (tmp_path / "documents").glob("[!0]*"))

    full = publish.FULL
    commit(tmp_path, batch("1", "v1", "a"), batch("2", "v1", "b"))
    assert files() == ["1"]
    monkeypatch.setattr(publish, "FULL", 1)
    commit(tmp_path, batch("3", "v1", "c"), batch("4", "v1", "d"))
    assert files() == ["1", "3", "4"]
    monkeypatch.setattr(publish, "FULL", full)
    commit(tmp_path, batch("35", "v1", "e"))  # a clock that was set back
    commit(tmp_path, batch("5", "v2", "bdefg"))
    assert files() == ["1", "3", "4"]
    assert_holds(tmp_path, a="v1", b="v2", c="v1", d="v2", e="v2", f="v2", g="v2")
    assert pq.read_table(tmp_path / "documents" / "3.parquet")["document_id"].to_pylist() == ["c", "e"]
    (tmp_path / "datapackage.json").unlink()
    commit(tmp_path)  # publishes all afresh
    assert files() == ["1", "3", "4"]
    assert_holds(tmp_path, a="v1", b="v2", c="v1", d="v2", e="v2", f="v2", g="v2")


def test_files_are_full_of_rows_as_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows that are all alike have few bytes, and take long to write again all the same."""
    monkeypatch.setattr(publish, "FULL_ROWS", 3)
    commit(tmp_path, batch("1", "v1", "ab"), batch("2", "v1", "c"), batch("3", "v1", "d"))
    assert sorted(file.stem for file in (tmp_path / "documents").glob("[!0]*")) == ["1", "3"]
    assert_holds(tmp_path, a="v1", b="v1", c="v1", d="v1")


def test_each_dataset_has_files_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def files(name: str) -> list[str]:
        return sorted(file.stem for file in (tmp_path / name).glob("[!0]*"))

    commit(tmp_path, batch("1", "v1", "a"))
    monkeypatch.setattr(publish, "FULL", (tmp_path / "documents" / "1.parquet").stat().st_size)
    assert (tmp_path / "issues" / "1.parquet").stat().st_size < publish.FULL
    commit(tmp_path, batch("2", "v1", "bc"))
    assert (files("documents"), files("issues")) == (["1", "2"], ["1"])
    commit(tmp_path, batch("3", "v2", "ab"))
    assert (files("documents"), files("issues")) == (["1", "2"], ["1"])
    assert_holds(tmp_path, a="v2", b="v2", c="v1")


def test_a_document_gets_its_first_rows_when_read_again(tmp_path: Path) -> None:
    commit(tmp_path, batch("1", "v1", "A"), batch("2", "v1", "b"))
    assert published(tmp_path)["metrics"] == [("b", "v1")]
    for version in ("v2", "v3"):
        again = batch(version, version, "A")
        commit(tmp_path, replace(again, tables={**again.tables, "metrics": rows("metrics", "A", version)}))
        assert published(tmp_path)["metrics"] == lake(tmp_path)["metrics"] == [("A", version), ("b", "v1")]
    (tmp_path / "datapackage.json").unlink()
    commit(tmp_path)  # publishes all afresh
    assert published(tmp_path)["metrics"] == [("A", "v3"), ("b", "v1")]


def test_a_copy_that_followed_the_links_is_made_sound(two_documents: Path, tmp_path: Path) -> None:
    outputs = Path(shutil.copytree(two_documents, tmp_path / "outputs"))
    assert not (outputs / "tasks" / "1.parquet").is_symlink()
    commit(outputs, batch("2", "v2", "Bc"))
    assert_holds(outputs, a="v1", B="v2", c="v2")
    assert (outputs / "tasks" / "1.parquet").is_symlink()


def test_what_an_earlier_build_left_open_is_taken_back(two_documents: Path, tmp_path: Path) -> None:
    outputs = copied(two_documents, tmp_path / "outputs")
    versions = {name: delta_log.last_version(outputs / "_lake" / name) for name in DATASETS}
    note = {"batch": "2", "published": "20250701T080000-1a", "versions": versions}
    (outputs / "_open_batch.json").write_text(json.dumps(note))
    commit(outputs, batch("3", "v1", "c"))
    assert_holds(outputs, a="v1", B="v1", c="v1")


def open_files(outputs: Path) -> list[str]:
    """The files of `documents` that change with the state."""
    return sorted(file.stem for file in (outputs / "documents").glob("*.parquet") if file.is_symlink())


def in_state(outputs: Path) -> list[str]:
    return sorted(file.stem for file in (outputs / "_published" / "current" / "documents").glob("*.parquet"))


def grown_old(outputs: Path) -> None:
    """All that was published was so long ago."""
    for file in outputs.glob("*/*.parquet"):
        os.utime(file, (0, 0))


def test_a_state_has_only_what_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publish, "FULL", 1)
    commit(tmp_path, *(batch(number, "v1", letter) for number, letter in zip("1234", "abcd", strict=True)))
    assert open_files(tmp_path) == in_state(tmp_path) == ["1", "2", "3", "4"]  # readers may be on their way
    grown_old(tmp_path)
    commit(tmp_path, batch("5", "v1", "e"))
    assert open_files(tmp_path) == ["5"]
    assert in_state(tmp_path) == ["1", "2", "3", "4", "5"]  # readers may have seen that it is open
    grown_old(tmp_path)
    commit(tmp_path, batch("6", "v2", "a"))  # stands in a file that is closed
    assert open_files(tmp_path) == ["1", "5"]
    assert in_state(tmp_path) == ["1", "5"]
    assert_holds(tmp_path, a="v2", b="v1", c="v1", d="v1", e="v1")


@pytest.mark.parametrize("at", [0, 8, 16, 24])
def test_what_is_taken_is_of_one_moment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: int) -> None:
    """A batch comes in while files are taken: it brings a document and replaces one of a file that was closed."""
    monkeypatch.setattr(publish, "FULL", 1)
    outputs, taken, left = tmp_path / "outputs", tmp_path / "taken", iter(range(1000))
    commit(outputs, *(batch(number, "v1", letter) for number, letter in zip("123", "abc", strict=True)))
    grown_old(outputs)
    commit(outputs, batch("4", "v1", "d"))
    before, one = published(outputs), publish.Published._take

    def taking(self: publish.Published, state: str, dataset: str, file: str, to: Path) -> None:
        if next(left) == at:
            commit(outputs, batch("5", "v2", "ae"))
        one(self, state, dataset, file, to)

    monkeypatch.setattr(publish.Published, "_take", taking)
    taken.mkdir()
    publish.Published.per_document(outputs).take(taken)
    assert published(taken) == before
    assert published(outputs) != before


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


def test_the_list_of_changes_comes_and_goes_with_its_batch(two_documents: Path, tmp_path: Path, every: int) -> None:
    def commit_listed(outputs: Path) -> None:
        with Store(outputs).writing():
            Store(outputs).commit(MIXED, "{}\n")

    count = steps_of(copied(two_documents, tmp_path / "undisturbed"), commit_listed)
    for step in range(0, count, 3 * every):
        outputs = copied(two_documents, tmp_path / str(step))
        assert crash(outputs, step, commit_listed)
        commit(outputs)
        assert Store(outputs).changes("2").exists() == (Store(outputs).known() != BEFORE)
