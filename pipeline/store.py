"""Records -> datasets: the lake of record, the published Parquet beside it, the archived sources.

Layout under an outputs folder:

    documents/ pages/ tasks/ …   published: plain Parquet, documents with their records switched at once (publish.py)
    datapackage.json             what is in them
    _lake/<dataset>/             Delta tables, one commit a dataset and batch, `documents` last
    _sources/ab/<sha256>.<ext>   the files as received
    _changes/<batch>.jsonl       what a batch changed of documents that were in before
    _lake/reviews/               what people said of records, appended only; published rows show it
    _reviews_shown.json          up to which version of them
    _open_batch.json             there only while a batch is being written

What is published is in: a batch comes in when readers are led to it. One that failed or
was killed before is taken back from the lake, physically, at once or by whoever writes
next. The commit to `documents` names the versions of the other tables that belong to it.

A document's rows stand in one published file a dataset, for good. A file holds batches
that came one after another and has the name of the first, or of an earlier one.
"""

from __future__ import annotations

import fcntl
import json
import logging
import shutil
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from sys import maxsize
from time import perf_counter
from typing import Any
from uuid import uuid4

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from deltalake import CommitProperties, DeltaTable, Field, PostCommitHookProperties, Schema, write_deltalake
from deltalake.exceptions import DeltaError
from deltalake.transaction import AddAction, RemoveAction

from pipeline.datapackage import datapackage
from pipeline.delta_log import flush, flush_commit, last_version, mend, roll_back, sweep
from pipeline.log import event
from pipeline.partitions import COLUMN, FIRST, Change, Partitions, partitioned
from pipeline.publish import Published, Rows
from pipeline.review import overlay
from pipeline.sources import Sources
from schemas.datasets import ACROSS, DATASETS, PER_DOCUMENT, RECORD_DATASETS, REVIEWS

# History answers "what did the datasets say on date D?": nothing is vacuumed or forgotten by itself.
_RETENTION = {
    "delta.logRetentionDuration": "interval 36500 days",
    "delta.deletedFileRetentionDuration": "interval 36500 days",
}
# Whoever opens a table reads the commits since the last checkpoint one by one.
_CONFIGURATION = {**_RETENTION, "delta.checkpointInterval": "20"}
# Else each commit would look at all that a table ever had, only to find none old enough to be forgotten.
_FORGETS_NOTHING = PostCommitHookProperties(cleanup_expired_logs=False)
# Each commit looks at every file that a table has: after so many commits the small ones are joined, up to a size.
# What is joined stands in its own files as well, for the history.
_JOINED_AFTER = 50
_LARGE = 4 << 20
# `documents` tells readers what exists: it is written after what it tells of.
_COMMIT_ORDER = tuple(sorted(PER_DOCUMENT, key=lambda name: name == "documents"))

# The key of a commit to `documents` under which it tells which versions of the other tables belong to it.
_BATCH = "truynguon.batch"


class BusyError(Exception):
    """Another process is writing to the outputs folder."""


class HistoryError(Exception):
    """The history does not reach back to the moment asked for."""


@dataclass(frozen=True, slots=True)
class Batch:
    """What one commit brings: Arrow tables by dataset, all rows of the documents named."""

    name: str
    document_ids: tuple[str, ...]
    tables: Mapping[str, pa.Table]


def new_batch_name() -> str:
    """A name that sorts by time: which document came first decides between equals."""
    return f"{datetime.now(UTC):%Y%m%dT%H%M%S.%f}-{uuid4().hex[:6]}"


class Store:
    """The datasets of one outputs folder. Write through `writing()`, which holds the folder's lock."""

    def __init__(self, outputs: Path) -> None:
        self.outputs = outputs
        self.lake = outputs / "_lake"
        self.sources = Sources(outputs)
        self._records = Published.per_document(outputs)
        self._across = Published.across(outputs)
        self._held: _Held | None = None

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the folder alone, make it ready and finish what a killed run left undone.

        Raises:
            BusyError: another process holds it.
            OSError: it can't be written, the disk is full.
        """
        self.outputs.mkdir(parents=True, exist_ok=True)
        with (self.outputs / "_lock").open("a") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise BusyError(f"{self.outputs} đang được một tiến trình khác ghi") from error
            try:
                self._sweep()
                self._held = _Held()
                self._recover()
                self._prepare()
                self._refresh()
                self._show_reviews()
                yield
                self._show_reviews()
            except DeltaError as error:
                raise OSError(f"kho dữ liệu: {error}") from error
            finally:
                self._held = None

    def _sweep(self) -> None:
        """Remove half-written files; no reader takes them for anything, their names begin with a dot."""
        for pattern in (".*.part", "_changes/.*.part", "_sources/.*.part", "_sources/*/.*.part"):
            for part in self.outputs.glob(pattern):
                part.unlink()
        self._across.sweep()
        self._records.sweep()

    def _prepare(self) -> None:
        for name, dataset in DATASETS.items():
            mend(self.lake / name)
            if not self._has(name):
                sweep(self.lake / name)  # of a creation that failed
                schema, by = (_in_partitions(dataset.schema), [COLUMN]) if dataset.across else (dataset.schema, None)
                DeltaTable.create(
                    self.lake / name, schema, mode="ignore", partition_by=by, configuration=_CONFIGURATION
                )
                flush_commit(self.lake / name)
                continue
            table = self._table(name)
            there = {field.name for field in table.schema().fields}
            new = [
                Field(f.name, f.type, nullable=True)
                for f in Schema.from_arrow(dataset.schema).fields
                if f.name not in there
            ]
            if new:
                table.alter.add_columns(new)
                flush_commit(self.lake / name)
            if dataset.across and table.metadata().partition_columns != [COLUMN]:
                self._divide(name)

    def _divide(self, name: str) -> None:
        """Have a table over all documents that an earlier build made stand in partitions."""
        self._described.unlink(missing_ok=True)  # what is published is made anew
        rows = self.rows(name)
        rows = rows.append_column(pa.field(COLUMN, pa.string()), partitioned(rows.num_rows))
        write_deltalake(self._table(name), rows, mode="overwrite", schema_mode="overwrite", partition_by=[COLUMN])
        flush_commit(self.lake / name)

    @property
    def _described(self) -> Path:
        return self.outputs / "datapackage.json"

    def _refresh(self) -> None:
        """Publish all batches again where what is published is unsound, or was described otherwise."""
        described = self._described
        text = json.dumps(datapackage(), ensure_ascii=False, indent=1)
        same = described.exists() and described.read_text("utf-8") == text
        if same and self._across.is_sound() and self._records.is_sound():
            return
        if same:
            described.unlink()  # what is described is there: should this be cut off, it begins anew
        self._republish_all()
        replace_file(described, text.encode())

    def _table(self, name: str) -> DeltaTable:
        """A table of the lake: while the folder is held one that stays open, for nobody else writes to it."""
        if self._held is None:
            return DeltaTable(str(self.lake / name))
        if name not in self._held.tables:
            self._held.tables[name] = DeltaTable(str(self.lake / name))
        return self._held.tables[name]

    # known documents

    def known(self) -> dict[str, str]:
        """Document id -> extractor version of every document that is in."""
        return _pairs(self._documents(["document_id", "extractor_version"]))

    def quarantined(self) -> dict[str, str]:
        """Document id -> media type under which it was quarantined: named otherwise, it may be readable."""
        rows = self._documents(["document_id", "media_type", "status"])
        rows = rows.filter(pc.equal(rows["status"], "quarantined"))
        return dict(zip(rows["document_id"].to_pylist(), rows["media_type"].to_pylist(), strict=True))

    def _documents(self, columns: list[str]) -> pa.Table:
        """Columns of the published documents; many fewer files than the lake has."""
        files = sorted(str(file) for file in (self.outputs / "documents").glob("*.parquet"))
        return _rows(files, DATASETS["documents"].schema, columns)

    def rows(
        self, name: str, document_ids: Iterable[str] | None = None, columns: Sequence[str] | None = None
    ) -> pa.Table:
        """The rows of a lake table, of all documents or of those named."""
        if not self._has(name):
            return DATASETS[name].schema.empty_table().select(columns or DATASETS[name].schema.names)
        wanted = None if document_ids is None else pc.field("document_id").isin(_strings(document_ids))
        return _read(self._table(name), name, wanted, columns)

    def published(self, name: str, columns: Sequence[str]) -> pa.Table:
        """All rows of a dataset as published: as reviewers left them."""
        return _rows(self.outputs / name, DATASETS[name].schema, columns)

    def file_of(self, name: str, batch: str) -> Path:
        """The published file of a dataset that has the rows of the documents of a batch; there may be none."""
        return self.outputs / name / f"{_file_of(batch, self._records.files(name))}.parquet"

    def source(self, document_id: str) -> Path | None:
        """The archived file of a document, None if it is missing."""
        return self.sources.find(document_id)

    # reviews

    def add_reviews(self, reviews: pa.Table) -> None:
        """Append reviews and show them in the published datasets.

        Raises:
            BusyError: another process holds the folder. The reviews are kept all the same, and that process shows
                them before it lets go, or whoever holds the folder next.
            OSError: the disk is full; the reviews are not kept, or not shown yet.
        """
        self.lake.mkdir(parents=True, exist_ok=True)
        with self._adding_reviews():
            try:
                self._append(reviews)
            except DeltaError as error:
                sweep(self._reviews)
                raise OSError(f"kho dữ liệu: {error}") from error
        with self.writing():
            pass

    @contextmanager
    def _adding_reviews(self) -> Iterator[None]:
        """Hold the table of reviews alone, for a moment only; batches may be written meanwhile."""
        self.lake.mkdir(parents=True, exist_ok=True)
        with (self.lake / "_lock_reviews").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            mend(self._reviews)
            yield

    def _append(self, reviews: pa.Table) -> None:
        DeltaTable.create(self._reviews, REVIEWS.schema, mode="ignore", configuration=_RETENTION)
        write_deltalake(self._reviews, reviews, mode="append", post_commithook_properties=_FORGETS_NOTHING)
        flush_commit(self._reviews)

    def reviews(self, document_ids: Iterable[str]) -> pa.Table:
        """The reviews of some documents."""
        files = self._review_files()
        if not files:
            return REVIEWS.schema.empty_table()
        wanted = pc.field("document_id").isin(_strings(document_ids))
        return _rows(files, REVIEWS.schema, wanted=wanted)

    def reviewed_as(self, beginning: str) -> list[tuple[str, str, str]]:
        """Dataset, record id and document id of the records that were ever reviewed and whose ids begin so."""
        files = self._review_files()
        columns = ["dataset", "record_id", "document_id"]
        wanted = pc.starts_with(pc.field("record_id"), beginning)
        rows = _rows(files, REVIEWS.schema, columns, wanted).to_pylist() if files else []
        return sorted({(row["dataset"], row["record_id"], row["document_id"]) for row in rows})

    def shows_all_reviews(self) -> bool:
        """Whether the published datasets show every review."""
        if not DeltaTable.is_deltatable(str(self._reviews)):
            return True
        return self.reviews_shown == DeltaTable(str(self._reviews)).version()

    def extracted(self, name: str, document_ids: Iterable[str]) -> pa.Table:
        """The rows of some documents as they were extracted, without reviews."""
        return self.rows(name, document_ids)

    @property
    def _reviews(self) -> Path:
        return self.lake / "reviews"

    def _review_files(self, version: int | None = None) -> list[str]:
        """The files of reviews as of a version; of none, -1, there are none."""
        if version == -1 or not DeltaTable.is_deltatable(str(self._reviews)):
            return []
        return list(DeltaTable(str(self._reviews), version=version).file_uris())

    def _show_reviews(self) -> None:
        """Publish again what reviews tell of that were made since the last time."""
        with self._adding_reviews():
            pass  # torn ones are taken back
        if not DeltaTable.is_deltatable(str(self._reviews)):
            return
        shown, version = self.reviews_shown, DeltaTable(str(self._reviews)).version()
        new = self._reviews_between(shown, version)
        if new.num_rows:
            self._republish(set(new["document_id"].to_pylist()), sorted({*new["dataset"].to_pylist()}))
        if version != shown:
            replace_file(self._reviews_shown, json.dumps({"version": version}).encode())

    def reviewed_since(self, version: int) -> set[str]:
        """The documents that the published datasets show otherwise since reviews of a version were shown."""
        return set(self._reviews_between(version, self.reviews_shown)["document_id"].to_pylist())

    def _reviews_between(self, version: int, later: int) -> pa.Table:
        fresh = sorted(set(self._review_files(later)) - set(self._review_files(version)))
        return _rows(fresh, REVIEWS.schema, ["document_id", "dataset"])

    @property
    def _reviews_shown(self) -> Path:
        return self.outputs / "_reviews_shown.json"

    @property
    def reviews_shown(self) -> int:
        """The version of the reviews that the published datasets show, -1 before the first."""
        if not self._reviews_shown.exists():
            return -1
        return int(json.loads(self._reviews_shown.read_text("utf-8"))["version"])

    def _reviewed(self, name: str, table: pa.Table, document_ids: Iterable[str]) -> pa.Table:
        return overlay(name, table, self.reviews(document_ids)) if name in RECORD_DATASETS else table

    # batches

    def commit(self, batch: Batch, changes: str = "") -> None:
        """Write a batch to the lake and publish it: whole, or not at all.

        `changes` is the list of what it changes of documents that are in, JSON Lines; it comes and goes with the batch.

        Raises:
            OSError, DeltaError: it could not be written; nothing of it is in.
        """
        start = perf_counter()
        with self._opened(batch.name, self._records) as (versions, state):
            if changes:
                self.changes(batch.name).parent.mkdir(exist_ok=True)
                replace_file(self.changes(batch.name), changes.encode())
            homes = self._homes(batch.document_ids)
            batch = _at_home(batch, homes)
            for name in _COMMIT_ORDER:
                versions[name] = self._commit_dataset(name, batch, bool(homes), versions)
            changed = {name: _ready(self._changed_files(name, batch, homes)) for name in _COMMIT_ORDER}
            self._records.switch(changed, state)
        if self._held:
            self._held.note(batch)
        event("batch_committed", batch=batch.name, documents=len(batch.document_ids), seconds=_since(start))

    @contextmanager
    def _opened(self, batch: str, published: Published) -> Iterator[tuple[dict[str, int], str]]:
        """Note what is about to change, so that a failure is undone, now or by the next writer.

        The versions of the tables as they are, and the name of the state that shall be published.
        """
        self._recover()
        versions = {name: last_version(self.lake / name) for name in published.datasets}
        state = published.next_state()
        opened = {"batch": batch, "publishes": state, "versions": versions}
        replace_file(self._open_batch, json.dumps(opened).encode())
        try:
            yield dict(versions), state
        except Exception:
            self._recover()
            raise
        self._open_batch.unlink()

    def changes(self, batch: str) -> Path:
        """The list of what a batch changed of documents that were in before."""
        return self.outputs / "_changes" / f"{batch}.jsonl"

    @property
    def _open_batch(self) -> Path:
        return self.outputs / "_open_batch.json"

    def _commit_dataset(self, name: str, batch: Batch, replaces: bool, versions: Mapping[str, int]) -> int:
        """The version of the table with the batch in it."""
        table = batch.tables[name]
        if versions[name] % _JOINED_AFTER == _JOINED_AFTER - 1:
            self._table(name).optimize.compact(target_size=_LARGE, post_commithook_properties=_FORGETS_NOTHING)
            flush_commit(self.lake / name)
        # What a commit to `documents` is worth rests on the others: they are on the disk before it begins.
        told = CommitProperties(custom_metadata={_BATCH: {"name": batch.name, "versions": dict(versions)}})
        write = partial(
            write_deltalake, self._table(name), table, commit_properties=told if name == "documents" else None,
            post_commithook_properties=_FORGETS_NOTHING,
        )  # fmt: skip
        if replaces:
            write(mode="overwrite", predicate=f"document_id IN ({_quoted(batch.document_ids)})")
        elif table.num_rows:
            write(mode="append")
        else:
            return versions[name]
        return flush_commit(self.lake / name)

    def _homes(self, document_ids: Iterable[str]) -> dict[str, str]:
        """Document id -> batch of those documents that are in already."""
        all_homes = self._all_homes()
        return {document_id: all_homes[document_id] for document_id in document_ids if document_id in all_homes}

    def _all_homes(self) -> dict[str, str]:
        held = self._held or _Held()
        if held.homes is None:
            held.homes = _pairs(self._documents(["document_id", "batch"]))
            held.latest = max(held.homes.values(), default="")
        return held.homes

    def _file_for(self, batch: str, name: str, names: Sequence[str]) -> str:
        """The name of a dataset's file for what a batch brings: the last one, or its own where that is full."""
        file = _file_of(batch, names)
        # After a clock was set back, what is between batches that are in stands with them.
        fresh = self._held is None or batch > self._held.latest
        return batch if fresh and file in names and self._records.is_full(name, file) else file

    def _changed_files(self, name: str, batch: Batch, homes: Mapping[str, str]) -> dict[str, pa.Table]:
        """The published files that a batch changes or brings; `homes` are the batches of those documents that are in."""
        table = self._reviewed(name, batch.tables[name], batch.document_ids)
        names = self._records.files(name)
        fresh = self._file_for(batch.name, name, names)
        files = {each: _file_of(homes[each], names) if each in homes else fresh for each in batch.document_ids}
        changed: dict[str, pa.Table] = {}
        for file in set(files.values()):
            here = _strings(document_id for document_id, of in files.items() if of == file)
            published = self._records.file(name, file)
            rest = published.filter(pc.invert(pc.is_in(published["document_id"], here)))
            rows = table.filter(pc.is_in(table["document_id"], here))
            if published.num_rows or rows.num_rows:
                changed[file] = pa.concat_tables([rest, rows])
        return changed

    # datasets over all documents

    def is_published(self, name: str) -> bool:
        """Whether a dataset over all documents was ever published."""
        return bool(self._across.files(name))

    def across(self, name: str) -> pa.Table:
        """The published rows of a dataset over all documents; empty if none is published yet."""
        parts = [self._across.file(name, part) for part in self._across.files(name)]
        return pa.concat_tables([DATASETS[name].schema.empty_table(), *parts])

    def publish_across(self, changes: Mapping[str, Change]) -> None:
        """Change datasets over all documents, all at once: in the lake first, whose history tells of all that was
        published. Only partitions that become other are written."""
        changed = {name: self._partitions(name).changed(change) for name, change in changes.items()}
        with self._across.staged(changed) as files:
            if any(files.values()):
                self._switch_across(files)

    def _switch_across(self, files: Mapping[str, Mapping[str, Path]]) -> None:
        with self._opened("across", self._across) as (_, state):
            for name, parts in files.items():
                self._commit_partitions(name, parts)
            self._across.switch(files, state)

    def _partitions(self, name: str) -> Partitions:
        key = str(DATASETS[name].id_column)
        return Partitions(
            key, self._across.files(name), partial(self._across.column, name, key), partial(self._across.file, name)
        )

    def _commit_partitions(self, name: str, files: Mapping[str, Path]) -> None:
        """Have partitions of a table consist of copies of these files: what is published may be changed by whoever reads it."""
        if not files:
            return
        table = self._table(name)
        added: list[AddAction | RemoveAction] = [
            action for part, file in files.items() for action in self._added(name, part, file)
        ]
        schema = Schema.from_arrow(_in_partitions(DATASETS[name].schema))
        table.create_write_transaction(
            added, "overwrite", schema, [COLUMN], [(COLUMN, "in", list(files))],
            post_commithook_properties=_FORGETS_NOTHING,
        )  # fmt: skip
        table.update_incremental()
        flush_commit(self.lake / name)

    def _added(self, name: str, part: str, file: Path) -> Iterator[AddAction]:
        """A file as one of a partition of a table; none if it has no rows."""
        rows = pq.read_metadata(file).num_rows
        if rows:
            path = Path(f"{COLUMN}={part}", f"{uuid4()}.parquet")
            copy = self.lake / name / path
            copy.parent.mkdir(exist_ok=True)
            shutil.copyfile(file, copy)
            stat, told = copy.stat(), json.dumps({"numRecords": rows})
            yield AddAction(path.as_posix(), stat.st_size, {COLUMN: part}, int(stat.st_mtime * 1000), True, told)

    def stamps(self, names: Iterable[str]) -> dict[str, str | None]:
        """The version of each lake table, other for each state it was ever in; None if nothing is published of it."""
        return {name: self._version(name) for name in names}

    def _version(self, name: str) -> str | None:
        table, files = self._table(name), ""
        if DATASETS[name].across:
            there = self._across.files(name)
            if not there:
                return None
            files = f"/{len(there)}"
        return f"{table.metadata().id}@{table.version()}{files}"

    # recovery

    def _recover(self) -> None:
        """Take back what was begun and not published."""
        if self._open_batch.exists():
            if self._held:
                self._held = _Held()  # what was kept open knows of what is taken back
            left = json.loads(self._open_batch.read_text("utf-8"))
            if not self._is_published(left):
                for name, version in left["versions"].items():
                    roll_back(self.lake / name, version)
                self.changes(left["batch"]).unlink(missing_ok=True)
                event("batch_undone", logging.WARNING, batch=left["batch"])
            self._open_batch.unlink()

    def _republish_all(self) -> None:
        """Publish everything again, made from the lake."""
        homes = _pairs(self.rows("documents", columns=["document_id", "batch"]))
        changes = {name: _ready(self._from_lake(name, self._standing(name, homes))) for name in PER_DOCUMENT}
        self._across.switch({name: self._partitions_in_lake(name) for name in ACROSS}, afresh=True)
        self._records.switch(changes, afresh=True)

    def _partitions_in_lake(self, name: str) -> dict[str, Rows]:
        found = {part[COLUMN] for part in self._table(name).partitions()} | {FIRST}
        return {part: partial(self._partition_in_lake, name, part) for part in sorted(found)}

    def _partition_in_lake(self, name: str, part: str) -> pa.Table:
        files = self._table(name).file_uris(file_pruning_predicate=f"{COLUMN} = '{part}'")
        return _rows(files, DATASETS[name].schema)

    def _republish(self, document_ids: Iterable[str], names: Iterable[str]) -> None:
        """Publish the files of some datasets in which some documents stand again, made from the lake."""
        homes, changes = self._homes(document_ids), {}
        for name in names:
            files = self._standing(name, homes)
            for file, ids in files.items():
                ids.update(self._records.file(name, file)["document_id"].to_pylist())
            changes[name] = _ready(self._from_lake(name, files))
        self._records.switch(changes)

    def _standing(self, name: str, homes: Mapping[str, str]) -> dict[str, set[str]]:
        """In which published files of a dataset documents of known batches stand, whether they have rows there or not."""
        names = self._records.files(name)
        files: dict[str, set[str]] = {}
        for document_id, batch in homes.items():
            files.setdefault(_file_of(batch, names), set()).add(document_id)
        return files

    def _from_lake(self, name: str, files: Mapping[str, Collection[str]]) -> dict[str, pa.Table]:
        """The rows of published files, made from the lake; of such as are not there yet those that have some."""
        there = self._records.files(name)
        made = {file: self._reviewed(name, self.rows(name, ids), ids) for file, ids in files.items()}
        return {file: rows for file, rows in made.items() if rows.num_rows or file in there}

    # history

    def as_of(self, name: str, moment: datetime) -> pa.Table:
        """The rows of a dataset as they stood at a moment: those of the batches that were in by then, whole.

        Raises:
            HistoryError: nothing was in by then.
        """
        history, opened = self._batches(), self._versions_before()
        past = (commit for commit in history if commit["timestamp"] <= moment.timestamp() * 1000)
        latest = next(past, None)
        if latest is None:
            first = f"; sớm nhất là {_local(history[-1]['timestamp'])}" if history else ""
            raise HistoryError(f"chưa có dữ liệu vào lúc {moment:%d/%m/%Y %H:%M}{first}")
        versions = {**dict.fromkeys(DATASETS, 0), **latest.get(_BATCH, {}).get("versions", {})}
        table = DeltaTable(str(self.lake / name))
        if DATASETS[name].across:
            table.load_as_version(moment)
            if table.version() > opened.get(name, maxsize):
                table.load_as_version(opened[name])
        else:
            table.load_as_version(latest["version"] if name == "documents" else versions[name])
        return _read(table, name)

    def versions(self) -> dict[str, int]:
        """The versions of the lake's tables that tell of the same documents: those of the last batch that came in whole."""
        others = [*ACROSS]
        others += ["reviews"] if DeltaTable.is_deltatable(str(self._reviews)) else []
        opened = self._versions_before()
        found = {name: min(last_version(self.lake / name), opened.get(name, maxsize)) for name in others}
        latest = self._batches()[0]
        told = latest.get(_BATCH, {}).get("versions", {})
        return {**found, **dict.fromkeys(PER_DOCUMENT, 0), **told, "documents": latest["version"]}

    def _batches(self) -> list[dict[str, Any]]:
        """The commits to `documents` that brought a batch which is in, latest first, and the one that made the table."""
        history = DeltaTable(str(self.lake / "documents")).history() if self._has("documents") else []
        was_in = self._versions_before().get("documents", maxsize)
        return [c for c in history if c["version"] == 0 or (_BATCH in c and c["version"] <= was_in)]

    def _versions_before(self) -> dict[str, int]:
        """The versions of tables before what is being written and not published; none if nothing is."""
        try:
            left = json.loads(self._open_batch.read_text("utf-8"))
        except FileNotFoundError:
            return {}
        return {} if self._is_published(left) else dict(left["versions"])

    def _is_published(self, noted: Mapping[str, Any]) -> bool:
        """Whether what was noted before it was written is in; what a build before this layout noted is taken back."""
        return noted.get("publishes") in {self._across.state(), self._records.state()} - {None}

    def _has(self, name: str) -> bool:
        return bool(DeltaTable.is_deltatable(str(self.lake / name)))


@dataclass(slots=True)
class _Held:
    """What whoever holds the folder needs not read again: nobody else changes it."""

    tables: dict[str, DeltaTable] = field(default_factory=dict)
    homes: dict[str, str] | None = None  # document id -> batch, once asked for
    latest: str = ""  # of these batches

    def note(self, batch: Batch) -> None:
        """A batch came in, with its documents at home."""
        if self.homes is not None:
            for document_id in batch.document_ids:
                self.homes.pop(document_id, None)
            self.homes |= _pairs(batch.tables["documents"].select(["document_id", "batch"]))
            self.latest = max(self.latest, batch.name)


def _pairs(table: pa.Table) -> dict[str, str]:
    """The first of two columns -> the second."""
    keys, values = (column.to_pylist() for column in table.columns)
    return dict(zip(keys, values, strict=True))


def _file_of(batch: str, names: Sequence[str]) -> str:
    """The file of these, sorted, that holds a batch: the last one not named after a later batch; else one of its own."""
    place = bisect_right(names, batch)
    return names[place - 1] if place else batch


def _at_home(batch: Batch, homes: Mapping[str, str]) -> Batch:
    """The batch with documents that are in already told to belong to the batch that first brought them."""
    documents = batch.tables["documents"]
    column = documents.schema.get_field_index("batch")
    at_home = _strings(homes.get(document_id, batch.name) for document_id in documents["document_id"].to_pylist())
    documents = documents.set_column(column, documents.schema.field(column), at_home)
    return replace(batch, tables={**batch.tables, "documents": documents})


def _strings(values: Iterable[str]) -> pa.Array:
    """Of type string also where there are none."""
    return pa.array(list(values), pa.string())


def _quoted(values: Iterable[str]) -> str:
    return ", ".join(f"'{value}'" for value in values)


def _in_partitions(schema: pa.Schema) -> pa.Schema:
    """The schema of a lake table that stands in partitions."""
    return schema.append(pa.field(COLUMN, pa.string()))


def _ready(tables: Mapping[str, pa.Table]) -> dict[str, Rows]:
    """Tables that are there, as rows to be asked for."""
    return {name: partial(pa.Table.slice, table) for name, table in tables.items()}


def _part(file: Path) -> Path:
    return file.with_name(f".{file.name}.part")


def replace_file(file: Path, content: bytes) -> None:
    """Write a file whole or not at all, on the disk when this returns."""
    part = _part(file)
    part.write_bytes(content)
    flush(part)
    part.replace(file)
    flush(file.parent)


def _read(
    table: DeltaTable, name: str, wanted: pc.Expression | None = None, columns: Sequence[str] | None = None
) -> pa.Table:
    # Through the files, not to_pyarrow_dataset(): after an overwrite its statistics can make every filter
    # fail (deltalake 1.6.6: "greater_equal has no kernel matching input types (string, string_view)").
    return _rows(table.file_uris(), DATASETS[name].schema, columns, wanted)


def _rows(
    files: Path | Sequence[str],
    schema: pa.Schema,
    columns: Sequence[str] | None = None,
    wanted: pc.Expression | None = None,
) -> pa.Table:
    """The rows of a folder of Parquet files, or of several files."""
    import pyarrow.dataset as ds  # brings pandas along: who only looks at what is published does without

    found = ds.dataset(files, schema=schema, format="parquet") if files else ds.dataset(schema.empty_table())
    return found.to_table(columns=list(columns) if columns else None, filter=wanted)


def _since(start: float) -> float:
    return round(perf_counter() - start, 3)


def _local(milliseconds: int) -> str:
    return f"{datetime.fromtimestamp(milliseconds / 1000, UTC).astimezone():%d/%m/%Y %H:%M}"
