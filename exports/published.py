"""The published datasets as they stood at one moment, also while a run writes to them."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow.dataset as ds

from pipeline.store import BusyError, Store
from schemas.datasets import DATASETS

# A batch is read for minutes and committed in seconds; between two commits there is time to copy.
_PATIENCE_SECONDS = 120.0
_PAUSE_SECONDS = 0.2


class ExportError(Exception):
    """Nothing was exported; the message names the value, the place and what was expected."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Copies of the published files, a folder a dataset."""

    folder: Path

    def files(self, name: str) -> list[str]:
        return [str(file) for file in sorted((self.folder / name).glob("*.parquet"))]

    def rows(self, name: str) -> Iterator[tuple[Any, ...]]:
        """The rows of a dataset, its columns in published order, lists and structs as Python has them."""
        schema = DATASETS[name].schema
        for batch in ds.dataset(self.files(name), schema=schema, format="parquet").to_batches():
            yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)


@contextmanager
def snapshot(outputs: Path) -> Iterator[Snapshot]:
    """Copy what is published between two batches, so that all datasets tell of the same documents.

    Raises:
        ExportError: there are no datasets, or no moment without an open batch was found.
    """
    if not (outputs / "documents").is_dir():
        raise ExportError(f"không có bộ dữ liệu nào trong {outputs}; hãy chạy truynguon ingest trước")
    with TemporaryDirectory(prefix="truynguon-") as folder:
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while not _copied(outputs, Path(folder)):
            if time.monotonic() > deadline:
                raise ExportError(f"{outputs} đang được ghi liên tục; hãy thử lại sau")
            time.sleep(_PAUSE_SECONDS)
        yield Snapshot(Path(folder))


def _copied(outputs: Path, folder: Path) -> bool:
    """Whether the files could be copied while no batch was written."""
    store = Store(outputs)
    if store.batch_is_open:
        _recover(store)
        return False
    before = _state(outputs)
    try:
        for name in DATASETS:
            shutil.rmtree(folder / name, ignore_errors=True)
            shutil.copytree(outputs / name, folder / name, ignore=shutil.ignore_patterns(".*"))
    except (FileNotFoundError, shutil.Error):  # a file was replaced meanwhile
        if _state(outputs) == before:
            raise
        return False
    return not store.batch_is_open and _state(outputs) == before


def _state(outputs: Path) -> dict[str, tuple[int, int]]:
    """A published file that is replaced gets another inode and another time."""
    found = {}
    for name in DATASETS:
        for file in (outputs / name).glob("[!.]*"):
            stat = file.stat()
            found[f"{name}/{file.name}"] = (stat.st_ino, stat.st_mtime_ns)
    return found


def _recover(store: Store) -> None:
    """End or undo a batch whose writer died; where the writer lives, leave it be."""
    try:
        with store.writing():
            pass
    except BusyError:
        pass


def as_json(value: Any) -> str:
    """A list or struct as JSON on one line, days as YYYY-MM-DD."""
    return json.dumps(value, ensure_ascii=False, default=str)
