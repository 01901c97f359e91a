"""What was linked when `link` last ran: so that it sees at once that nothing changed, else which documents did.

    _linked/state.json       versions of all that was read and written
    _linked/documents.parquet   the documents as they were linked
    _linked/tasks.parquet    the terms of each task, so that only new texts are read word by word
    _linked/names.parquet    the same for the names of indicators

All of it can be thrown away: then everything is compared afresh. It is thrown away where the published datasets
are not those that were written last.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.link.decisions import decisions_file
from pipeline.store import Store
from schemas.datasets import DATASETS

READ = ("documents", "tasks", "metrics", "references")
WRITTEN = tuple(name for name, dataset in DATASETS.items() if dataset.across)

# What of a document tells that it, or what was read from it, is another than before.
_COLUMNS = ["document_id", "received_at", "extractor_version", "duplicate_of", "issued_on", "data_as_of", "batch"]
AS_LINKED = pa.schema([DATASETS["documents"].schema.field(name) for name in _COLUMNS])

State = dict[str, Any]


class Memory:
    """The folder in which `link` keeps what it needs the next time."""

    def __init__(self, store: Store, *, forgets: bool = True) -> None:
        self._store = store
        self._folder = store.outputs / "_linked"
        self._last = self._read()
        if not forgets:
            return
        if self._last.get("written") != store.stamps(WRITTEN) or self._last.get("reviews") != store.reviews_version:
            self.forget()

    def forget(self) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)
        self._last = {}

    def is_current(self) -> bool:
        """Whether nothing was stored or decided since the last link, and what it published stands."""
        return self._last == self._state()

    def saw_all(self) -> bool:
        """Whether nothing was stored, reviewed or decided since the last link."""
        now = self._state()
        return all(self._last.get(key) == now[key] for key in ("read", "reviews", "decisions"))

    def keep(self, **tables: pa.Table) -> None:
        """Remember what was linked; a run killed before the end of this is taken for not having been."""
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir()
        for name, table in tables.items():
            pq.write_table(table, self._folder / f"{name}.parquet", compression="zstd")
        self._last = self._state()
        (self._folder / "state.json").write_text(json.dumps(self._last, indent=1), "utf-8")

    def table(self, name: str, schema: pa.Schema) -> pa.Table:
        """A table that was kept; empty if there is none."""
        return pq.read_table(self._folder / f"{name}.parquet") if self._last else schema.empty_table()

    def _read(self) -> State:
        try:
            state: State = json.loads((self._folder / "state.json").read_text("utf-8"))
        except (FileNotFoundError, json.JSONDecodeError):
            return {}
        return state

    def _state(self) -> State:
        decisions = decisions_file(self._store.outputs)
        return {
            "read": self._store.stamps(READ),
            "written": self._store.stamps(WRITTEN),
            "reviews": self._store.reviews_version,
            "decisions": hashlib.sha256(decisions.read_bytes()).hexdigest() if decisions.exists() else None,
        }


def is_linked(store: Store) -> bool:
    """Whether all that was stored, reviewed and decided was linked, whatever was made of it; changes nothing."""
    return Memory(store, forgets=False).saw_all()


def as_linked(store: Store, *, published: bool = True) -> pa.Table:
    """The documents as far as a change in them changes what is linked: as published, in fewer files, or in the lake."""
    return store.published("documents", _COLUMNS) if published else store.rows("documents", columns=_COLUMNS)


def changed(now: pa.Table, before: pa.Table) -> list[str]:
    """The documents that are new, other than before, or gone."""
    rows = {tuple(row.values()) for row in now.to_pylist()} ^ {tuple(row.values()) for row in before.to_pylist()}
    return sorted({row[0] for row in rows})
