"""What was extracted for one record by each extractor version that read its document."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import unquote

import pyarrow.compute as pc
import pyarrow.dataset as ds
from deltalake import DeltaTable

from pipeline.trace import Row
from schemas.datasets import DATASETS


@dataclass(frozen=True, slots=True)
class Version:
    """A document as read by one extractor version; `row` is the record then, None if it was not found."""

    extractor_version: str
    recorded_at: datetime
    row: Row | None


def record_history(outputs: Path, name: str, record_id: str, document_id: str) -> list[Version]:
    """The record as each extractor version gave it, the latest first."""
    lake = outputs / "_lake"
    commits = list(_commits(lake / name))
    found = []
    for version, at in _readings(lake / "documents", document_id):
        then = max((commit.number for commit in commits if commit.at <= at), default=0)
        found.append(Version(version, at, _row_as_of(lake / name, name, record_id, then)))
    return found[::-1]


@dataclass(frozen=True, slots=True)
class _Commit:
    """A version of a table: when it was committed, and the names of the files that it brought."""

    number: int
    at: datetime
    files: tuple[str, ...]


def _commits(table: Path) -> Iterator[_Commit]:
    """All versions of a table; none is ever forgotten. Moments are those that the log tells, not those of its files."""
    for log in sorted((table / "_delta_log").glob("*.json")):
        actions = [json.loads(line) for line in log.read_text("utf-8").splitlines()]
        at = next((each["commitInfo"]["timestamp"] for each in actions if "commitInfo" in each), 0)
        files = tuple(unquote(each["add"]["path"]) for each in actions if "add" in each)
        yield _Commit(int(log.stem), datetime.fromtimestamp(at / 1000, UTC), files)


def _readings(table: Path, document_id: str) -> list[tuple[str, datetime]]:
    """The extractor versions that read a document, with the moment of the commit, in order."""
    added = {file: commit.at for commit in _commits(table) for file in commit.files}
    if not added:
        return []
    files = [str(table / name) for name in added]
    wanted = pc.field("document_id") == document_id
    rows = ds.dataset(files, schema=DATASETS["documents"].schema).to_table(
        columns=["extractor_version", "__filename"], filter=wanted
    )
    told = sorted((added[Path(row["__filename"]).name], row["extractor_version"]) for row in rows.to_pylist())
    first: dict[str, datetime] = {}
    for at, version in told:
        first.setdefault(version, at)
    return list(first.items())


def _row_as_of(table: Path, name: str, record_id: str, version: int) -> Row | None:
    """A record as a version of a table had it."""
    files = DeltaTable(str(table), version=version).file_uris()
    if not files:
        return None
    wanted = pc.field(str(DATASETS[name].id_column)) == record_id
    rows = ds.dataset(files, schema=DATASETS[name].schema).to_table(filter=wanted).to_pylist()
    return rows[0] if rows else None
