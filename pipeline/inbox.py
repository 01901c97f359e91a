"""A folder in which files arrive: which of them are complete and new, and which have failed too often.

Nothing in it is moved or changed. What is known is told by its content, what failed is remembered beside the
datasets, in `_attempts.json`. A document that brings the process down which reads it is quarantined (workers.py);
what is left to fail is the run, and a run that somebody killed has not failed.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from time import monotonic

from pipeline.ingest import BATCH_SIZE, find_files
from pipeline.sources import content_hash
from pipeline.store import Store
from pipeline.version import extractor_version

# What a file is called while it is being written, and what programs lay beside it.
UNFINISHED = (".part", ".partial", ".tmp", ".temp", ".crdownload", ".download", ".filepart", ".!ut")
# Once in company, then alone: after that it is the file.
ATTEMPTS = 3
MEMORY = "_attempts.json"

# size, times of change of content and of anything; who mends a file changes one of them
Stamp = tuple[int, int, int]


@dataclass(slots=True)
class Attempt:
    """How often a run over a file failed, and what went wrong last."""

    stamp: Stamp
    count: int = 0
    error: str = ""


class Inbox:
    """What there is to do in a folder. `take` gives it, `ended` and `failed` tell what came of it."""

    def __init__(self, folder: Path, outputs: Path, settle: float = 5.0, together: int = BATCH_SIZE) -> None:
        """`settle`: seconds for which a file must have been as it is before it is taken for complete; `together`: files a run."""
        self.folder, self.settle, self.together = folder, settle, together
        self.place = str(folder)
        self._store = Store(outputs)
        self._memory = outputs / MEMORY
        self._first_seen: dict[Path, tuple[Stamp, float]] = {}
        self._handled: dict[Path, Stamp] = {}
        self._attempts = _remembered(self._memory)

    def take(self) -> list[list[Path]]:
        """The files to ingest now, a list a run: those that failed before each alone, the others together."""
        known, version = self._store.known(), extractor_version()
        fresh: list[Path] = []
        suspect: list[Path] = []
        for path in self._complete():
            try:
                is_known = known.get(content_hash(path)) == version
            except OSError as error:
                self.failed([path], str(error))
                continue
            if is_known:
                self.ended([path], [path])
            else:
                (suspect if self._count(path) else fresh).append(path)
        runs = [fresh[start : start + self.together] for start in range(0, len(fresh), self.together)]
        return [*runs, *([path] for path in suspect)]

    def set_aside(self) -> dict[Path, str]:
        """The files that failed too often, as long as they stay as they are, with their last error."""
        return _set_aside(self._attempts)

    # what came of files

    def ended(self, paths: Iterable[Path], told: Collection[Path]) -> None:
        """A run ended; files that it told nothing of, because it was stopped, are taken again."""
        for path in paths:
            self._attempts.pop(path, None)
            if path in told and (stamp := _stamp(path)):
                self._handled[path] = stamp
        self._remember()

    def failed(self, paths: Iterable[Path], error: str) -> None:
        """A run over files failed, and not for a full disk, another writer or a server that is away."""
        for path in paths:
            if stamp := _stamp(path):
                self._attempts[path] = Attempt(stamp, self._count(path) + 1, error)
        self._remember()

    # files

    def _complete(self) -> list[Path]:
        """Files as they have been for some time, neither handled nor set aside."""
        now, dead = monotonic(), self.set_aside()
        seen = {}
        for path in find_files([self.folder]):
            stamp = _stamp(path)
            if stamp and not path.name.lower().endswith(UNFINISHED):
                before = self._first_seen.get(path)
                seen[path] = before if before and before[0] == stamp else (stamp, now)
        self._first_seen = seen
        return [
            path
            for path, (stamp, since) in seen.items()
            if now - since >= self.settle and self._handled.get(path) != stamp and path not in dead
        ]

    def _count(self, path: Path) -> int:
        attempt = self._attempts.get(path)
        return attempt.count if attempt and attempt.stamp == _stamp(path) else 0

    def _remember(self) -> None:
        self._memory.parent.mkdir(parents=True, exist_ok=True)
        told = {str(path): asdict(attempt) for path, attempt in self._attempts.items()}
        part = self._memory.with_name(f".{self._memory.name}.part")
        part.write_text(json.dumps(told, ensure_ascii=False, indent=1), "utf-8")
        part.replace(self._memory)


def set_aside(outputs: Path) -> dict[Path, str]:
    """The files that failed too often for an inbox of these outputs, with their last error."""
    return _set_aside(_remembered(outputs / MEMORY))


def _set_aside(attempts: dict[Path, Attempt]) -> dict[Path, str]:
    dead = {path: attempt for path, attempt in attempts.items() if attempt.count >= ATTEMPTS}
    return {path: attempt.error for path, attempt in dead.items() if _stamp(path) == attempt.stamp}


def _remembered(memory: Path) -> dict[Path, Attempt]:
    if not memory.exists():
        return {}
    found = json.loads(memory.read_text("utf-8"))
    return {Path(path): Attempt(tuple(told["stamp"]), told["count"], told["error"]) for path, told in found.items()}


def _stamp(path: Path) -> Stamp | None:
    """None where the file is gone."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_size, found.st_mtime_ns, found.st_ctime_ns
