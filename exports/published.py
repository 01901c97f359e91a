"""The published datasets as they stood at one moment, also while a run writes to them."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow.dataset as ds

from pipeline.publish import GRACE, Published
from schemas.datasets import DATASETS


class ExportError(Exception):
    """Nothing was exported; the message names the value, the place and what was expected."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The published files of one state, a folder a dataset."""

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
    """What is published now, links or copies of its files: documents with their records of one moment, and what was linked
    across documents then or just before.

    Raises:
        ExportError: there are no datasets, or copying them took longer than a state is kept.
    """
    across, records = Published.across(outputs), Published.per_document(outputs)
    if not (across.is_sound() and records.is_sound()):
        raise ExportError(f"không có bộ dữ liệu nào trong {outputs}; hãy chạy truynguon ingest trước")
    with TemporaryDirectory(prefix="truynguon-") as folder:
        start = time.monotonic()
        across.take(Path(folder))
        records.take(Path(folder))
        if time.monotonic() - start > GRACE:  # files may have been removed meanwhile
            raise ExportError(f"chép {outputs} sang {folder} quá chậm; hãy đặt TMPDIR trên cùng ổ đĩa")
        yield Snapshot(Path(folder))


def as_json(value: Any) -> str:
    """A list or struct as JSON on one line, days as YYYY-MM-DD."""
    return json.dumps(value, ensure_ascii=False, default=str)
