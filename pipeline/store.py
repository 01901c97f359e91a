"""Records -> datasets: the lake of record, the published Parquet beside it, the archived sources.

Layout under an outputs folder:

    documents/ pages/ tasks/ …   published: plain Parquet, one file a batch, replaced whole or not at all
    datapackage.json             what is in them
    _lake/<dataset>/             Delta tables, one commit a dataset and batch, `documents` last
    _sources/ab/<sha256>.<ext>   the files as received
    _open_batch.json             there only while a batch is being written

A document's rows stand in one published file a dataset, that of the batch which
first brought it; whoever reads while it is replaced sees the old file or the new.
"""

from __future__ import annotations

import fcntl
import json
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.parquet as pq
from deltalake import DeltaTable, write_deltalake

from pipeline.datapackage import datapackage
from schemas.datasets import DATASETS

# History answers "what did the datasets say on date D?": nothing is vacuumed or forgotten by itself.
_RETENTION = {
    "delta.logRetentionDuration": "interval 36500 days",
    "delta.deletedFileRetentionDuration": "interval 36500 days",
}
# Datasets over all documents have rows without a document of their own.
PER_DOCUMENT = tuple(name for name, dataset in DATASETS.items() if not dataset.across)
# `documents` tells readers what exists: it is written after what it tells of.
_COMMIT_ORDER = tuple(sorted(PER_DOCUMENT, key=lambda name: name == "documents"))
# The published file of a dataset over all documents.
ACROSS = "all.parquet"


class BusyError(Exception):
    """Another process is writing to the outputs folder."""


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

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the folder alone, make it ready and finish what a killed run left undone.

        Raises:
            BusyError: another process holds it.
        """
        self.outputs.mkdir(parents=True, exist_ok=True)
        with (self.outputs / "_lock").open("a") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise BusyError(f"{self.outputs} đang được một tiến trình khác ghi") from error
            self._sweep()
            self._prepare()
            self._recover()
            yield

    def _sweep(self) -> None:
        """Remove half-written files; no reader takes them for anything, their names begin with a dot."""
        for pattern in (".*.part", "[!_]*/.*.part", "_sources/*/.*.part"):
            for part in self.outputs.glob(pattern):
                part.unlink()

    def _prepare(self) -> None:
        for name, dataset in DATASETS.items():
            if not DeltaTable.is_deltatable(str(self.lake / name)):
                DeltaTable.create(self.lake / name, dataset.schema, mode="ignore", configuration=_RETENTION)
            folder = self.outputs / name
            folder.mkdir(exist_ok=True)
            if not any(folder.glob("*.parquet")):
                _write(dataset.schema.empty_table(), folder / "0-schema.parquet")
        described = self.outputs / "datapackage.json"
        text = json.dumps(datapackage(), ensure_ascii=False, indent=1)
        if not described.exists() or described.read_text("utf-8") != text:
            _replace(described, text.encode())

    # known documents and sources

    def known(self) -> dict[str, str]:
        """Document id -> extractor version of every document in the lake."""
        rows = self._rows("documents")
        return dict(zip(rows["document_id"].to_pylist(), rows["extractor_version"].to_pylist(), strict=True))

    def _rows(self, name: str, document_ids: Iterable[str] | None = None, columns: list[str] | None = None) -> pa.Table:
        """The rows of a lake table, of all documents or of those named."""
        schema = DATASETS[name].schema
        path = str(self.lake / name)
        # Through the files, not to_pyarrow_dataset(): after an overwrite its statistics can make every filter
        # fail (deltalake 1.6.6: "greater_equal has no kernel matching input types (string, string_view)").
        files = DeltaTable(path).file_uris() if DeltaTable.is_deltatable(path) else []
        if not files:
            return schema.empty_table().select(columns or schema.names)
        wanted = None if document_ids is None else pc.field("document_id").isin(_strings(document_ids))
        return ds.dataset(files, schema=schema).to_table(columns=columns, filter=wanted)

    def source(self, document_id: str) -> Path | None:
        """The archived file of a document, None if it is missing."""
        folder = self.outputs / "_sources" / document_id[:2]
        return next(folder.glob(f"{document_id}*"), None)

    def archive(self, path: Path, document_id: str) -> Path:
        """Keep the file under its hash, so that records can be traced after the inbox is emptied."""
        kept = self.outputs / "_sources" / document_id[:2] / f"{document_id}{path.suffix.lower()}"
        if not kept.exists():
            kept.parent.mkdir(parents=True, exist_ok=True)
            part = _part(kept)
            shutil.copyfile(path, part)
            part.replace(kept)
        return kept

    # batches

    def commit(self, batch: Batch) -> None:
        """Write a batch to the lake and publish it; a failure at any point is undone or ended by the next `commit` or `writing()`."""
        self._recover()
        homes = self._homes(batch.document_ids)
        versions = {name: DeltaTable(str(self.lake / name)).version() for name in _COMMIT_ORDER}
        opened = {"batch": batch.name, "document_ids": batch.document_ids, "versions": versions}
        _replace(self._open_batch, json.dumps(opened).encode())
        batch = _at_home(batch, homes)
        for name in _COMMIT_ORDER:
            self._commit_dataset(name, batch, bool(homes))
        for name in _COMMIT_ORDER:
            self._publish(name, batch, homes)
        self._open_batch.unlink()

    @property
    def _open_batch(self) -> Path:
        return self.outputs / "_open_batch.json"

    @property
    def batch_is_open(self) -> bool:
        """Whether a batch is being written, or was when its writer died."""
        return self._open_batch.exists()

    def _commit_dataset(self, name: str, batch: Batch, replaces: bool) -> None:
        table = batch.tables[name]
        if replaces:
            write_deltalake(self.lake / name, table, mode="overwrite", predicate=_among(batch.document_ids))
        elif table.num_rows:
            write_deltalake(self.lake / name, table, mode="append")

    def _homes(self, document_ids: Iterable[str]) -> dict[str, str]:
        """Document id -> batch of those documents that are in the lake already."""
        rows = self._rows("documents", document_ids)
        return dict(zip(rows["document_id"].to_pylist(), rows["batch"].to_pylist(), strict=True))

    def _publish(self, name: str, batch: Batch, replaced: Mapping[str, str]) -> None:
        table = batch.tables[name]
        folder = self.outputs / name
        for home in sorted(set(replaced.values())):
            here = [document_id for document_id, batch_name in replaced.items() if batch_name == home]
            file = folder / f"{home}.parquet"
            kept = (
                pq.read_table(file, schema=DATASETS[name].schema)
                if file.exists()
                else DATASETS[name].schema.empty_table()
            )
            rest = kept.filter(pc.invert(pc.is_in(kept["document_id"], _strings(here))))
            _write(pa.concat_tables([rest, table.filter(pc.is_in(table["document_id"], _strings(here)))]), file)
        fresh = [document_id for document_id in batch.document_ids if document_id not in replaced]
        if fresh:
            _write(table.filter(pc.is_in(table["document_id"], _strings(fresh))), folder / f"{batch.name}.parquet")

    # datasets over all documents

    def across(self, name: str, columns: list[str] | None = None) -> pa.Table:
        """The published rows of a dataset over all documents; empty if none is published yet."""
        schema = DATASETS[name].schema
        file = self.outputs / name / ACROSS
        return (
            pq.read_table(file, columns=columns)
            if file.exists()
            else schema.empty_table().select(columns or schema.names)
        )

    def replace_across(self, name: str, table: pa.Table) -> None:
        """Replace a dataset over all documents: in the lake first, so that its history tells of all that was published."""
        write_deltalake(self.lake / name, table, mode="overwrite")
        _write(table, self.outputs / name / ACROSS)

    def rows(self, name: str, columns: list[str], document_ids: Iterable[str] | None = None) -> pa.Table:
        """Columns of a lake table, of all documents or of those named."""
        return self._rows(name, document_ids, columns)

    # recovery

    def _recover(self) -> None:
        """Undo a batch that `documents` does not tell of, publish again one that it does."""
        if not self._open_batch.exists():
            return
        left = json.loads(self._open_batch.read_text("utf-8"))
        if DeltaTable(str(self.lake / "documents")).version() == left["versions"]["documents"]:
            self._undo(left["versions"])
        else:
            homes = self._homes(left["document_ids"])
            for home in {*homes.values(), left["batch"]}:
                self._republish(home)
        self._open_batch.unlink()

    def _undo(self, versions: Mapping[str, int]) -> None:
        """Put the lake back; what is published stands as it was, for `documents` is committed before anything is published."""
        for name, version in versions.items():
            table = DeltaTable(str(self.lake / name))
            if table.version() != version:
                table.restore(version)

    def _republish(self, home: str) -> None:
        """The published files of one batch, made again from the lake."""
        documents = self._rows("documents")
        ids = documents.filter(pc.equal(documents["batch"], home))["document_id"].to_pylist()
        for name in _COMMIT_ORDER:
            file = self.outputs / name / f"{home}.parquet"
            rows = self._rows(name, ids)
            if rows.num_rows:
                _write(rows, file)
            else:
                file.unlink(missing_ok=True)


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


def _among(document_ids: Iterable[str]) -> str:
    return "document_id IN (" + ", ".join(f"'{document_id}'" for document_id in document_ids) + ")"


def _part(file: Path) -> Path:
    return file.with_name(f".{file.name}.part")


def _write(table: pa.Table, file: Path) -> None:
    pq.write_table(table, _part(file), compression="zstd")
    _part(file).replace(file)


def _replace(file: Path, content: bytes) -> None:
    _part(file).write_bytes(content)
    _part(file).replace(file)
