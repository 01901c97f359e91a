"""The published datasets: what dashboards read, switched from one state to the next in one step.

Documents and their records are switched together, and so is what is linked across documents, later.

    tasks/a.parquet                                              a file that is closed: it rests
    tasks/b.parquet -> ../_published/current/tasks/b.parquet     one that is open: it changes with the state
    _published/current -> 000000000042-1a2b3c                    renamed over, and all open files are in their next state
    _published/000000000042-1a2b3c/tasks/…                       the open files in that state, plain Parquet

A state is made of hard links to the files of the one before and of the files that
changed, forced to the disk, and only then made the current one. Whoever reads several
datasets therefore never meets rows of a document that `documents` does not have yet,
whenever the writer is killed. A file that is to change is opened first, in a state that
says nothing new; a new one is opened empty. Files are replaced under their names and never
removed: a reader who listed a folder finds all that it listed. A small batch joins the last
file of each dataset until that is large enough; the others are closed after a while, so
that a state costs the same however much is stored.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Self
from uuid import uuid4

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.delta_log import flush
from schemas.datasets import ACROSS, DATASETS, PER_DOCUMENT

# A reader that resolved the links before a switch may finish reading, in seconds.
GRACE = 120.0
# Files of this many bytes or rows take no more batches: more would make each small batch cost more to write, less would
# make readers open more of them. Rows that are much alike take few bytes, and time all the same.
FULL, FULL_ROWS = 1 << 18, 1 << 13
_SCHEMA_FILE = "0-schema"

# Rows that are made when they are asked for, so that not all are in memory at once.
Rows = Callable[[], pa.Table]
# By dataset, by the name of a file without its suffix: the rows it shall have, or a file on the same disk that has them.
Changes = Mapping[str, Mapping[str, Rows | Path]]
_Files = set[tuple[str, str]]  # dataset, name with suffix


class Published:
    """Datasets of an outputs folder that are switched together. Only the holder of the folder's lock may `switch` and
    `sweep`."""

    def __init__(self, outputs: Path, states: str, datasets: Sequence[str]) -> None:
        self.datasets = tuple(datasets)
        self._outputs = outputs
        self._states = outputs / states
        self._current = self._states / "current"

    @classmethod
    def per_document(cls, outputs: Path) -> Self:
        return cls(outputs, "_published", PER_DOCUMENT)

    @classmethod
    def across(cls, outputs: Path) -> Self:
        """What is linked across documents: its files are many, and a batch touches none of them."""
        return cls(outputs, "_published_across", ACROSS)

    def is_sound(self) -> bool:
        """Whether readers are led to one state; not so in new folders and in copies that followed the links."""
        if not self._current.is_symlink() or not self._current.is_dir():
            return False
        folders = [self._outputs / name for name in self.datasets]
        if not all(folder.is_dir() and not folder.is_symlink() for folder in folders):
            return False
        return self._opened() <= self._in_state()  # in this order: a writer has a file in a state before it leads to it

    def file(self, dataset: str, name: str) -> pa.Table:
        """The rows of a file as published now; none if there is no such file."""
        file = self._path(dataset, name)
        schema = DATASETS[dataset].schema
        return pq.read_table(file, schema=schema) if file.exists() else schema.empty_table()

    def column(self, dataset: str, column: str, name: str) -> pa.Array:
        """One column of a file as published now."""
        with pq.ParquetFile(self._path(dataset, name)) as file:  # many are asked: half the time of `read_table`
            return file.read([column])[column].combine_chunks()

    def files(self, dataset: str) -> list[str]:
        """The names of the published files of a dataset, in the order of time."""
        names = (name.removesuffix(".parquet") for name in _parquet(self._outputs / dataset))
        return sorted(name for name in names if name != _SCHEMA_FILE)

    def is_full(self, dataset: str, name: str) -> bool:
        """Whether a file takes no more batches."""
        file = self._path(dataset, name)
        return file.stat().st_size >= FULL or pq.read_metadata(file).num_rows >= FULL_ROWS

    def _path(self, dataset: str, name: str) -> Path:
        return self._outputs / dataset / f"{name}.parquet"

    # states

    def state(self) -> str | None:
        """The name of the state that readers are led to."""
        return self._current.readlink().name if self._current.is_symlink() else None

    def next_state(self) -> str:
        """A name for the state that the next switch makes; it sorts after those before it."""
        return _state_name(_number(self.state()) + 2)  # one may be between, in which files are opened

    def take(self, folder: Path) -> None:
        """Bring all files of the state that is current now into another folder, which must take less than GRACE."""
        state = self.state()
        assert state
        for name in self.datasets:
            (folder / name).mkdir()
            for file in _parquet(self._outputs / name):
                self._take(state, name, file, folder / name / file)

    def _take(self, state: str, dataset: str, file: str, to: Path) -> None:
        """A file as it stood in a state: in the first one since then that has it, unless it rested all the time."""
        published = self._outputs / dataset / file
        if not published.is_symlink():
            _link(published, to)
            if not published.is_symlink():
                return
            to.unlink()  # it was opened at this moment
        first = next((each for each in self._states_from(state) if (each / dataset / file).exists()), None)
        if first is None:
            raise FileNotFoundError(f"{published}: no state has it")
        _link(first / dataset / file, to)

    def _states_from(self, state: str) -> Iterator[Path]:
        names = sorted(each.name for each in self._states.iterdir() if not each.is_symlink() and each.suffix != ".part")
        return (self._states / name for name in names if name >= state)

    def _in_state(self) -> _Files:
        """The files of the current state."""
        if not self._current.is_symlink():
            return set()
        return {(name, file) for name in self.datasets for file in _parquet(self._current / name)}

    def _opened(self) -> _Files:
        """The files that readers reach through the current state."""
        return {
            (name, entry.name)
            for name in self.datasets
            for entry in os.scandir(self._outputs / name)
            if entry.is_symlink() and entry.name.endswith(".parquet")
        }

    # switching

    @contextmanager
    def staged(self, changes: Mapping[str, Iterable[tuple[str, pa.Table]]]) -> Iterator[dict[str, dict[str, Path]]]:
        """Changed files, by dataset and name, written aside one after the other, to be switched to."""
        aside = self._states / "rows.part"
        files: dict[str, dict[str, Path]] = {name: {} for name in changes}
        try:
            for name, changed in changes.items():
                (aside / name).mkdir(parents=True)
                for file, rows in changed:
                    files[name][file] = aside / name / f"{file}.parquet"
                    _write(rows, files[name][file])
            yield files
        finally:
            shutil.rmtree(aside, ignore_errors=True)

    def switch(self, changes: Changes, state: str | None = None, *, afresh: bool = False) -> None:
        """Publish changed files, all at once, in a state of this name; `afresh` with no rows but those."""
        self._lead_here(afresh)
        state = state or self.next_state()
        changed = {(name, f"{file}.parquet"): rows for name, files in changes.items() for file, rows in files.items()}
        if afresh:
            others = ((name, f"{file}.parquet") for name in self.datasets for file in self.files(name))
            empty = {(name, file): DATASETS[name].schema.empty_table for name, file in others}
            changed = {**empty, **changed}
        self._open(set(changed))
        self._turn(state, changed, self._needed())
        if afresh:
            self._lead_to(changed)  # an earlier build may have led to states elsewhere
        self._close()

    def _open(self, wanted: _Files) -> None:
        """Have these files change with the state from now on; nothing that they say changes."""
        closed = {(name, file) for name, file in wanted if not (self._outputs / name / file).is_symlink()}
        if not closed:
            return
        kept = {(name, file) for name, file in closed if (self._outputs / name / file).exists()}
        fresh = {(name, file): DATASETS[name].schema.empty_table for name, file in closed - kept}
        self._turn(_state_name(_number(self.state()) + 1), fresh, self._in_state() | kept)
        self._lead_to(closed)

    def _lead_to(self, files: Iterable[tuple[str, str]]) -> None:
        """Have readers come to files through the current state."""
        for dataset, names in groupby(sorted(files), itemgetter(0)):
            for _, file in names:
                self._point(self._outputs / dataset / file, Path("..", self._states.name, "current", dataset, file))
            flush(self._outputs / dataset)

    def _turn(self, name: str, changed: Mapping[tuple[str, str], Rows | Path], kept: _Files) -> None:
        """Make a state of files that changed and of some that are kept, and lead readers to it."""
        left, state = self.state(), self._states / name
        part = state.with_name(f"{name}.part")
        try:
            for dataset in self.datasets:
                (part / dataset).mkdir(parents=True)
            inside = self._in_state()
            for dataset, file in kept - changed.keys():
                among = self._current if (dataset, file) in inside else self._outputs
                _link(among / dataset / file, part / dataset / file)
            for (dataset, file), rows in changed.items():
                if isinstance(rows, Path):
                    _link(rows, part / dataset / file)
                else:
                    _write(rows(), part / dataset / file)
            for folder in (*(part / dataset for dataset in self.datasets), part):
                flush(folder)
            part.rename(state)
            self._point(self._current, Path(name))
            flush(self._states)
        except Exception:
            for unfinished in (part, state) if self.state() != name else ():
                shutil.rmtree(unfinished, ignore_errors=True)
            raise
        self._forget(left)

    # closing

    def _close(self) -> None:
        """Let files rest that no batch joins any more and that have not changed for a while."""
        for dataset in self.datasets:
            inside = sorted(_parquet(self._current / dataset))
            last = max(self.files(dataset), default="")
            rests = [file for file in inside if file != f"{last}.parquet" and self._rests(dataset, file)]
            for file in rests:
                part = self._outputs / dataset / f".{file}.part"
                part.unlink(missing_ok=True)
                _link(self._current / dataset / file, part)
                os.utime(part)  # from now on it is closed
                part.replace(self._outputs / dataset / file)
            if rests:
                flush(self._outputs / dataset)

    def _rests(self, dataset: str, file: str) -> bool:
        return (self._outputs / dataset / file).is_symlink() and _is_old(self._current / dataset / file)

    def _needed(self) -> _Files:
        """The files of the current state, but for those closed so long ago that no reader comes to them through it."""
        paths = {(name, file): self._outputs / name / file for name, file in self._in_state()}
        return {key for key, path in paths.items() if path.is_symlink() or not _is_old(path)}

    # order

    def sweep(self) -> None:
        """Remove what was never finished, and states that were left long ago; lead to what is open."""
        for part in (part for name in self.datasets for part in (self._outputs / name).glob(".*.part")):
            part.unlink()
        now = self.state()
        for state in self._states.glob("*"):
            if state.name.endswith(".part") or (now and state.name != "current" and state.name > now):
                state.unlink() if state.is_symlink() else shutil.rmtree(state)
        if now and self.is_sound():
            self._lead_to(key for key in self._in_state() if not (self._outputs / key[0] / key[1]).exists())
        if now:
            self._forget(None)

    def _lead_here(self, afresh: bool) -> None:
        """A folder for each dataset, with a file that has its columns and no rows; `afresh` with the columns of now."""
        if not self._states.is_dir():
            self._states.mkdir(parents=True)
        for name in sorted(self.datasets, key=lambda name: name == "documents"):  # where it is, all are
            folder, file = self._outputs / name, self._path(name, _SCHEMA_FILE)
            if folder.is_symlink():  # of an older version
                folder.unlink()
            if not folder.is_dir():
                folder.mkdir()
            if afresh or not file.exists():
                part = file.with_name(f".{file.name}.part")
                _write(DATASETS[name].schema.empty_table(), part)
                part.replace(file)
                flush(folder)

    def _point(self, link: Path, target: Path) -> None:
        """Make a symbolic link, or turn it, in one step."""
        if link.is_dir() and not link.is_symlink():  # in a copy that followed the links
            link.rename(self._states / f"{link.name}-{uuid4().hex[:6]}")
        part = link.with_name(f".{link.name}.part")
        part.unlink(missing_ok=True)
        part.symlink_to(target)
        part.replace(link)

    def _forget(self, left: str | None) -> None:
        """Remove states that were left long ago, and not the one left now."""
        if left:
            with suppress(FileNotFoundError):
                os.utime(self._states / left)
        now = self.state()
        for state in self._states.iterdir():
            with suppress(OSError):
                unfinished = state.suffix == ".part"  # rows are written aside for as long as it takes
                if not state.is_symlink() and not unfinished and state.name != now and _is_old(state):
                    shutil.rmtree(state)


def _state_name(number: int) -> str:
    return f"{number:012}-{uuid4().hex[:6]}"


def _number(state: str | None) -> int:
    beginning = (state or "").partition("-")[0]
    return int(beginning) if beginning.isdecimal() else 0


def _is_old(path: Path) -> bool:
    return time.time() - path.stat().st_mtime >= GRACE


def _parquet(folder: Path) -> list[str]:
    """The names of the Parquet files of a folder, those that are being written aside; none if it is not there."""
    with suppress(FileNotFoundError):
        return [name for name in os.listdir(folder) if name.endswith(".parquet")]  # noqa: PTH208 - thousands of names
    return []


def _link(file: Path, to: Path) -> None:
    """The file under another name as well; a copy where the file system has no hard links."""
    try:
        os.link(file, to)
    except FileNotFoundError:
        raise
    except OSError:
        shutil.copyfile(file, to)
        flush(to)


def _write(table: pa.Table, file: Path) -> None:
    pq.write_table(table, file, compression="zstd")
    flush(file)
