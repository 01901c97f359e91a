"""The published datasets: what dashboards read, switched from one state to the next in one step.

    tasks/ -> _published/current/tasks         what readers open; these links never change
    _published/current -> 20250701T080000-1a   renamed over, and all datasets are in their next state
    _published/20250701T080000-1a/tasks/…      plain Parquet, one file some batches

A state is made of hard links to the files of the one before and of the files that
changed, forced to the disk, and only then made the current one. Whoever reads several
datasets therefore never meets rows of a document that `documents` does not have yet,
whenever the writer is killed. Files are replaced under their names and never removed:
a reader who listed a folder finds all that it listed. So that a state costs little however
much is stored, a small batch joins the last file until that is large enough.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Container, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.delta_log import flush
from schemas.datasets import DATASETS

# A reader that resolved the links before a switch may finish reading, in seconds.
GRACE = 120.0
_SCHEMA_FILE = "0-schema"
# Files of this many bytes take no more batches: more would make each small batch cost more to write, less would make
# each state cost more to link.
FULL = 1 << 18

# By dataset, by the name of a file without its suffix: the rows it shall have.
Changes = Mapping[str, Mapping[str, pa.Table]]


class Published:
    """The published datasets of an outputs folder. Only the holder of the folder's lock may `switch`."""

    def __init__(self, outputs: Path) -> None:
        self._outputs = outputs
        self._states = outputs / "_published"
        self._current = self._states / "current"

    def is_sound(self) -> bool:
        """Whether readers are led to one state; not so in new folders and in copies that followed the links."""
        return self._current.is_symlink() and all(
            (self._outputs / name).is_symlink() and (self._outputs / name).is_dir() for name in DATASETS
        )

    def file(self, dataset: str, name: str) -> pa.Table:
        """The rows of a file as published now; none if there is no such file."""
        file = self._current / dataset / f"{name}.parquet"
        schema = DATASETS[dataset].schema
        return pq.read_table(file, schema=schema) if file.exists() else schema.empty_table()

    def take(self, folder: Path) -> None:
        """Bring all files of the state that is current now into another folder, which must take less than GRACE."""
        state = self._current.resolve(strict=True)
        for name in DATASETS:
            (folder / name).mkdir()
            _link(state / name, folder / name, ())

    def state(self) -> str | None:
        """The name of the state that readers are led to."""
        return self._current.readlink().name if self._current.is_symlink() else None

    def files(self, dataset: str) -> list[str]:
        """The names of the published files of a dataset, in the order of time."""
        return sorted(file.stem for file in (self._outputs / dataset).glob("*.parquet") if file.stem != _SCHEMA_FILE)

    def is_full(self, dataset: str, name: str) -> bool:
        """Whether a file takes no more batches."""
        return (self._current / dataset / f"{name}.parquet").stat().st_size >= FULL

    def switch(self, changes: Changes, *, afresh: bool = False) -> None:
        """Publish changed files, all at once; `afresh` without those that were published before."""
        left = self._states / self._current.readlink() if self._current.is_symlink() else None
        state = self._states / f"{datetime.now(UTC):%Y%m%dT%H%M%S.%f}-{uuid4().hex[:6]}"
        part = state.with_name(f"{state.name}.part")
        try:
            self._build(part, changes, None if afresh else left)
            part.rename(state)
            self._point(self._current, Path(state.name))
        except Exception:
            for unfinished in (part, state) if self.state() != state.name else ():
                shutil.rmtree(unfinished, ignore_errors=True)
            raise
        self._lead_here()
        self._forget(left)

    def _build(self, state: Path, changes: Changes, before: Path | None) -> None:
        for name, dataset in DATASETS.items():
            folder = state / name
            folder.mkdir(parents=True)
            changed = {f"{file}.parquet": rows for file, rows in changes.get(name, {}).items()}
            if before:
                _link(before / name, folder, changed)
            changed.setdefault(f"{_SCHEMA_FILE}.parquet", dataset.schema.empty_table())
            for file, rows in changed.items():
                if not (folder / file).exists():
                    _write(rows, folder / file)
            flush(folder)
        flush(state)

    def sweep(self) -> None:
        """Remove what was never finished, and states that were left long ago."""
        for part in self._states.glob("*.part"):
            if part.is_symlink():
                part.unlink()
            else:
                shutil.rmtree(part)
        if self.state():
            self._forget(None)

    def _lead_here(self) -> None:
        for name in DATASETS:
            if not (self._outputs / name).is_symlink():
                self._point(self._outputs / name, Path("_published", "current", name))

    def _point(self, link: Path, target: Path) -> None:
        """Make a symbolic link, or turn it, in one step."""
        if link.exists() and not link.is_symlink():  # a copy that followed the links, or a folder of an older version
            link.rename(self._states / f"{link.name}-{uuid4().hex[:6]}")
        part = link.with_name(f".{link.name}.part")
        part.unlink(missing_ok=True)
        part.symlink_to(target)
        part.replace(link)
        flush(link.parent)

    def _forget(self, left: Path | None) -> None:
        """Remove states that were left long ago, and not the one left now."""
        if left:
            os.utime(left)
        now = self._current.readlink().name
        for state in self._states.iterdir():
            with suppress(OSError):
                if state.is_symlink() or state.name == now or time.time() - state.stat().st_mtime < GRACE:
                    continue
                shutil.rmtree(state)


def _link(before: Path, folder: Path, besides: Container[str]) -> None:
    """The files of a folder in another one as well; copies where the file system has no hard links."""
    for name in os.listdir(before):  # noqa: PTH208 - hundreds of names at each step
        if name not in besides:
            try:
                os.link(f"{before}/{name}", f"{folder}/{name}")
            except OSError:
                shutil.copyfile(before / name, folder / name)


def _write(table: pa.Table, file: Path) -> None:
    pq.write_table(table, file, compression="zstd")
    flush(file)
