"""Outputs -> S3: the published datasets, the lake with its history and the archived sources, what is new at each time.

    s3://bucket/prefix/<dataset>/…   the published Parquet files, under the same names
                       _sources/…    the files as received
                       _changes/…    what `reextract` changed
                       _lake/…       the Delta tables
                       _mirror.json  written last: which files of which time, and the versions of the Delta
                                     tables that belong together

There are no links to turn on S3, but each object changes in one step. So the order is the promise: a document is in
`documents` after all else that tells of it is there, a commit in a Delta log after the files that it names, and those
of `documents` after those of the other tables. Nothing is ever removed; whatever is cut off is made up by the next time.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pyarrow.parquet as pq

from exports.published import ExportError, Snapshot
from pipeline.s3 import Bucket, S3Error
from pipeline.store import Store
from schemas.datasets import DATASETS

MANIFEST = "_mirror.json"
_KEPT = ("_sources", "_changes")  # files that never change once they are there


def write_s3(state: Snapshot, outputs: Path, address: str) -> tuple[dict[str, int], tuple[str, ...]]:
    """Bring what is published, and what it rests on, to an S3 address; rows by dataset, and how many files changed.

    Raises:
        ExportError: the store can't be reached or refuses, or has the datasets of other outputs.
    """
    try:
        bucket = Bucket(address)
        return _mirror(state, outputs, bucket)
    except S3Error as error:
        raise ExportError(str(error)) from error


def _mirror(state: Snapshot, outputs: Path, bucket: Bucket) -> tuple[dict[str, int], tuple[str, ...]]:
    versions = Store(outputs).versions()
    there = {name: _commits(outputs / "_lake" / name, bucket, f"_lake/{name}/") for name in versions}
    for folder in _KEPT:
        _add(outputs, folder, bucket)
    for name in sorted(versions, key=_documents_last):
        _add_commits(outputs / "_lake" / name, range(there[name], versions[name] + 1), bucket, f"_lake/{name}/")
    before = json.loads(bucket.read(MANIFEST) or b"{}").get("files", {})
    now = {f"{name}/{Path(file).name}": Path(file) for name in DATASETS for file in state.files(name)}
    stamps = {key: _stamp(file) for key, file in now.items()}
    changed = [key for key in now if before.get(key) != stamps[key]]
    for name in sorted(DATASETS, key=_documents_last):
        bucket.upload({key: now[key] for key in changed if key.startswith(f"{name}/")})
    bucket.upload({"datapackage.json": outputs / "datapackage.json"})
    told = {"mirrored_at": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}", "versions": versions, "files": stamps}
    bucket.write(MANIFEST, json.dumps(told, indent=1).encode())
    rows = {name: sum(pq.read_metadata(file).num_rows for file in state.files(name)) for name in DATASETS}
    return rows, (f"{len(changed)} tệp mới hoặc đã thay trên {bucket.address}",)


def _documents_last(name: str) -> bool:
    return name == "documents"


def _stamp(file: Path) -> list[int]:
    """A published file is written once: it is another one if its size or time is."""
    found = file.stat()
    return [found.st_size, found.st_mtime_ns]


def _add(outputs: Path, folder: str, bucket: Bucket) -> None:
    there = bucket.list(f"{folder}/")
    files = {file.relative_to(outputs).as_posix(): file for file in (outputs / folder).rglob("[!.]*") if file.is_file()}
    bucket.upload({name: file for name, file in files.items() if name not in there})


def _commits(table: Path, bucket: Bucket, prefix: str) -> int:
    """How many commits to a Delta table are there; the last of them must be ours."""
    names = sorted(name for name in bucket.list(f"{prefix}_delta_log/") if name.endswith(".json"))
    if names:
        ours = table / "_delta_log" / Path(names[-1]).name
        if not ours.exists() or ours.read_bytes() != bucket.read(names[-1]):
            raise ExportError(f"{bucket.address}/{names[-1]} không phải của thư mục dữ liệu này; hãy chọn địa chỉ khác")
    return len(names)


def _add_commits(table: Path, numbers: Iterable[int], bucket: Bucket, prefix: str) -> None:
    """Bring commits to a Delta table, each after the files that it adds."""
    for number in numbers:
        commit = table / "_delta_log" / f"{number:020}.json"
        bucket.upload({prefix + added: table / added for added in _added(commit)})
        bucket.upload({f"{prefix}_delta_log/{commit.name}": commit})
        checkpoint = commit.with_name(f"{number:020}.checkpoint.parquet")
        if checkpoint.exists():
            bucket.upload({f"{prefix}_delta_log/{checkpoint.name}": checkpoint})


def _added(commit: Path) -> Iterator[str]:
    for line in commit.read_text("utf-8").splitlines():
        action: dict[str, Any] = json.loads(line)
        if "add" in action:
            yield unquote(action["add"]["path"])
