"""What was linked when `link` last ran, in a database, so that it looks only at what is other now.

    _linked/state.json      versions of all that was read and written; not there while the database changes
    _linked/linked.duckdb   the documents and records as they were linked, and the terms of their texts

All of it can be thrown away: then everything is compared afresh. It is thrown away where the published datasets
are not those that were written last.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from pipeline.delta_log import flush
from pipeline.link import index, links
from pipeline.link.decisions import decisions_file
from pipeline.store import Store, replace_file
from schemas.datasets import ACROSS

READ = ("documents", "tasks", "metrics", "references")

# What the database may hold in memory before it puts rows aside on disk; each of its threads needs some. Where all that
# was ever read is linked at once, it may take more.
_MEMORY, _MEMORY_AFRESH, _THREADS = "192MB", "384MB", 2

_TABLES = """
create table documents (
    document_id varchar, received_at timestamptz, extractor_version varchar, duplicate_of varchar, issued_on date,
    data_as_of date, batch varchar, number varchar, day date, key varchar
);
create table tasks (
    task_id varchar, document_id varchar, section varchar, text varchar, lead varchar[], lead_ids varchar[], deadline date,
    status varchar, counts boolean, plain varchar, object varchar[], products varchar[]
);
create table lines (task_line_id varchar, task_id varchar);
create table metrics (
    metric_id varchar, document_id varchar, page integer, top double, name varchar, indicator varchar, unit varchar,
    scope varchar, tabled boolean, period_start date, period_end date, value double, value_high double, denominator double,
    value_raw varchar, comparator varchar, role varchar, told boolean, counts boolean
);
create table names (name varchar, first varchar, tabled boolean, telling boolean);
create table series (indicator_id varchar, metric_id varchar, document_id varchar);
create table citing (reference_id varchar, document_id varchar, number varchar, issued_on date, type varchar, key varchar);
create table cited (citation_id varchar, key varchar);
"""

State = dict[str, Any]


class Memory:
    """The folder in which `link` keeps what it needs the next time."""

    def __init__(self, store: Store, *, forgets: bool = True) -> None:
        self._store = store
        self._folder = store.outputs / "_linked"
        self.last = self._read()
        if forgets and any(self.last.get(key) != now for key, now in self._made().items()):
            self.forget()

    def forget(self) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)
        self.last = {}

    def is_current(self) -> bool:
        """Whether nothing was stored or decided since the last link, and what it published stands."""
        return self.last == {**self._seen(), **self._made()}

    def saw_all(self) -> bool:
        """Whether nothing was stored, reviewed or decided since the last link."""
        return all(self.last.get(key) == now for key, now in self._seen().items())

    @contextmanager
    def opened(self) -> Iterator[tuple[duckdb.DuckDBPyConnection, bool]]:
        """The database, to be changed, and whether it is new; a run that does not end is taken for not having been.

        Raises:
            OSError: the disk is full, or memory does not suffice.
        """
        seen, state = self._seen(), self._folder / "state.json"
        self._folder.mkdir(exist_ok=True)
        state.unlink(missing_ok=True)
        flush(self._folder)  # before anything of the database changes
        database = self._connect() if self.last else None
        if database is None:
            self.forget()
            self._folder.mkdir()
        try:
            with database or new_database(self._file, self._folder) as opened:
                yield opened, database is None
        except duckdb.Error as error:
            raise OSError(f"liên kết: {error}") from error
        replace_file(state, json.dumps({**seen, **self._made()}, indent=1).encode())

    def _connect(self) -> duckdb.DuckDBPyConnection | None:
        """The database that is there; None if it can't be read, being torn or of another version of DuckDB."""
        try:
            return _connect(self._file, self._folder, _MEMORY)
        except duckdb.Error:
            return None

    @property
    def _file(self) -> Path:
        return self._folder / "linked.duckdb"

    def _read(self) -> State:
        try:
            state: State = json.loads((self._folder / "state.json").read_text("utf-8"))
        except (FileNotFoundError, json.JSONDecodeError):
            return {}
        return state if self._file.exists() else {}

    def _seen(self) -> State:
        """What is looked at, as it is now."""
        decisions = decisions_file(self._store.outputs)
        return {
            "read": self._store.stamps(READ),
            "reviews": self._store.reviews_shown,
            "decisions": hashlib.sha256(decisions.read_bytes()).hexdigest() if decisions.exists() else None,
        }

    def _made(self) -> State:
        """What is made, as it is now, and how it is remembered."""
        tables = hashlib.sha256((_TABLES + links.TABLES + index.TABLES).encode()).hexdigest()
        return {"written": self._store.stamps(ACROSS), "tables": tables}


def new_database(file: Path | str, aside: Path) -> duckdb.DuckDBPyConnection:
    """A database with nothing in it yet; `aside` is the folder for what does not fit in memory."""
    database = _connect(file, aside, _MEMORY_AFRESH)
    database.execute(_TABLES + links.TABLES)
    return database


def _connect(file: Path | str, aside: Path, memory: str) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(
        str(file), config={"memory_limit": memory, "threads": _THREADS, "temp_directory": str(aside / "aside")}
    )


def is_linked(store: Store) -> bool:
    """Whether all that was stored, reviewed and decided was linked, whatever was made of it; changes nothing."""
    return Memory(store, forgets=False).saw_all()
