"""Files that arrive on S3: brought into the outputs folder, ingested from there, and then removed there.

    _arrived/s3:/bucket/key    what was brought and is not in the datasets yet
    _arrived.json              all that was brought: address -> ETag

Nothing is changed or removed on S3.
"""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from uuid import uuid4

from pipeline.delta_log import flush
from pipeline.inbox import UNFINISHED, Inbox
from pipeline.ingest import BATCH_SIZE, hidden
from pipeline.read import MEDIA_TYPES
from pipeline.s3 import SCHEME, Bucket, Stored
from pipeline.sources import ARRIVED, LARGEST, arrived_as, placeholder_id
from pipeline.store import Store

MEMORY = "_arrived.json"


class Arrivals:
    """The documents below an S3 address, brought once each, and again when their content changes."""

    def __init__(self, address: str, outputs: Path) -> None:
        self._bucket = Bucket(address)
        self._outputs = outputs
        self._memory = outputs / MEMORY
        self.folder = outputs / arrived_as(self._bucket.address)
        self.folder.mkdir(parents=True, exist_ok=True)

    def fetch(self) -> None:
        """Bring what is new.

        Raises:
            S3Error: the store does not answer, or refuses.
            OSError: it can't be written, the disk is full.
        """
        brought = json.loads(self._memory.read_text("utf-8")) if self._memory.exists() else {}
        for name, stored in sorted(self._bucket.list().items()):
            address = f"{self._bucket.address}/{name}"
            if _is_document(name) and brought.get(address) != stored.etag:
                self._bring(name, stored, self._outputs / arrived_as(address))
                brought[address] = stored.etag
                self._remember(brought)

    def _bring(self, name: str, stored: Stored, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f".{uuid4().hex}.part")
        if stored.size > LARGEST:  # it will be refused for its size, which is all that is needed of it
            part.touch()
            os.truncate(part, stored.size)
        else:
            self._bucket.download(name, part)
        flush(part)
        part.replace(path)

    def _remember(self, brought: dict[str, str]) -> None:
        part = self._memory.with_name(f".{MEMORY}.part")
        part.write_text(json.dumps(brought, ensure_ascii=False, indent=1), "utf-8")
        part.replace(self._memory)


class BucketInbox(Inbox):
    """An inbox on S3, where an object is complete when it appears."""

    def __init__(self, address: str, outputs: Path, together: int = BATCH_SIZE) -> None:
        self._arrivals = Arrivals(address, outputs)
        self._outputs = outputs
        super().__init__(self._arrivals.folder, outputs, settle=0, together=together)
        self.place = address

    def take(self) -> list[list[Path]]:
        self._arrivals.fetch()
        return super().take()

    def ended(self, paths: Iterable[Path], told: Collection[Path]) -> None:
        super().ended(paths, told)
        forget(told, self._outputs)


def brought(places: Sequence[str], outputs: Path) -> list[Path]:
    """Files and folders as they are, and for each S3 address the folder into which its documents were brought."""
    return [_here(place, outputs) if place.startswith(SCHEME) else Path(place) for place in places]


def _here(address: str, outputs: Path) -> Path:
    arrivals = Arrivals(address, outputs)
    arrivals.fetch()
    return arrivals.folder


def forget(paths: Iterable[Path], outputs: Path) -> None:
    """Remove files of which the datasets tell, if they were brought; not those that could not even be opened."""
    known = Store(outputs).known()
    for path in paths:
        if path.is_relative_to(outputs / ARRIVED) and placeholder_id(path) not in known:
            path.unlink(missing_ok=True)


def _is_document(name: str) -> bool:
    parts = name.split("/")
    if any(not part or hidden(part) for part in parts) or name.lower().endswith(UNFINISHED):
        return False
    return Path(parts[-1]).suffix.lower() in MEDIA_TYPES
