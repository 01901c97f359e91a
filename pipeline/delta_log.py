"""The log of a Delta table as files: what a killed writer or a full disk left behind is taken back.

    _delta_log/00000000000000000007.json                 a commit; `add` names the files that it brings
    _delta_log/00000000000000000100.checkpoint.parquet   all commits up to there in one
    _delta_log/_last_checkpoint                          where to begin to read

Delta itself only goes forward: a `restore` is one more commit, for which a full disk has no room. Only whoever holds
the outputs folder calls this, and only for commits that nobody was told of.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pyarrow as pa
import pyarrow.parquet as pq

_LOG = "_delta_log"
_COMMIT = re.compile(r"(\d{20})\.json")
_CHECKPOINT = re.compile(r"(\d{20})\.checkpoint\b.*")


def flush(path: Path) -> None:
    """Force a file, or the entries of a folder, to the disk: from here on it survives the power being cut."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def last_version(table: Path) -> int:
    """The version of a table, -1 if there is none: counted on from the last checkpoint, not over all that was ever done."""
    version = _checkpointed(table)
    if version is None:
        return max(_numbers(table, _COMMIT), default=-1)
    while _file(table, version + 1).exists():
        version += 1
    return version


def _checkpointed(table: Path) -> int | None:
    """The version of the last checkpoint; None if there is none, or what tells of it is torn."""
    try:
        version = int(json.loads((table / _LOG / "_last_checkpoint").read_text("utf-8"))["version"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return version if _file(table, version).exists() else None


def flush_commit(table: Path) -> int:
    """Force the last commit of a table to the disk; its version."""
    version = last_version(table)
    log = _file(table, version)
    added = [table / path for path in _added(_actions(log))]
    for file in dict.fromkeys((*added, *(file.parent for file in added), log, log.parent, table)):
        flush(file)
    return version


def roll_back(table: Path, version: int) -> None:
    """Take back all commits after a version, the newest first, and all that they or failed ones wrote."""
    log = table / _LOG
    if version < last_version(table):
        (log / "_last_checkpoint").unlink(missing_ok=True)
        for number in sorted(_numbers(table, _CHECKPOINT), reverse=True):
            for file in log.glob(f"{number:020}.checkpoint*") if number > version else ():
                file.unlink()
        for number in sorted(_numbers(table, _COMMIT), reverse=True):
            if number > version:
                _file(table, number).unlink()
        flush(log)
    sweep(table)


def sweep(table: Path) -> None:
    """Remove the files that no commit tells of, unless some of the log is missing."""
    told = _told(table)
    if told is None:
        return
    for file in table.rglob("*"):
        name = file.relative_to(table).as_posix()
        if file.is_file() and name not in told and not _is_log(file):
            file.unlink()


def mend(table: Path) -> None:
    """Take back last commits that a power cut left torn: unreadable, or without their files; and torn checkpoints."""
    _drop_torn_checkpoints(table)
    version = last_version(table)
    while version >= 0 and _is_torn(table, version):
        version -= 1
    if version < last_version(table):
        roll_back(table, version)


def _drop_torn_checkpoints(table: Path) -> None:
    """Nothing is lost with a checkpoint: all commits are kept, and are read one by one without it."""
    log, known = table / _LOG, _checkpointed(table)
    begun = _numbers(table, _CHECKPOINT) if known is None else range(known, last_version(table) + 1)
    files = [log / f"{number:020}.checkpoint.parquet" for number in begun]
    torn = [file for file in files if file.exists() and not _is_parquet(file)]
    if torn:
        (log / "_last_checkpoint").unlink(missing_ok=True)
        for file in torn:
            file.unlink()
        flush(log)


def _is_parquet(file: Path) -> bool:
    try:
        pq.read_metadata(file)
    except (pa.ArrowInvalid, OSError):
        return False
    return True


def _is_torn(table: Path, version: int) -> bool:
    try:
        actions = _actions(_file(table, version))
    except ValueError:
        return True
    adds = [action["add"] for action in actions if "add" in action]
    return not actions or not all(_has_size(table / unquote(add["path"]), add["size"]) for add in adds)


def _has_size(file: Path, size: int) -> bool:
    return file.exists() and file.stat().st_size == size


def _told(table: Path) -> set[str] | None:
    """The files that commits brought; None if not every commit can be asked."""
    numbers = _numbers(table, _COMMIT)
    if numbers != set(range(len(numbers))):
        return None
    try:
        return {path for number in numbers for path in _added(_actions(_file(table, number)))}
    except ValueError:
        return None


def _numbers(table: Path, pattern: re.Pattern[str]) -> set[int]:
    log = table / _LOG
    names = os.listdir(log) if log.is_dir() else []  # noqa: PTH208 - thousands of names, no paths needed
    return {int(found[1]) for found in map(pattern.fullmatch, names) if found}


def _is_log(file: Path) -> bool:
    """Whether a file of the log folder is Delta's, not one that it was about to rename."""
    known = file.name == "_last_checkpoint" or _COMMIT.fullmatch(file.name) or _CHECKPOINT.fullmatch(file.name)
    return file.parent.name == _LOG and bool(known)


def _file(table: Path, version: int) -> Path:
    return table / _LOG / f"{version:020}.json"


def _actions(log: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.read_text("utf-8").splitlines()]


def _added(actions: list[dict[str, Any]]) -> Iterator[str]:
    return (unquote(action["add"]["path"]) for action in actions if "add" in action)
