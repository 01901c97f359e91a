"""Files as received: copied under the hash of their bytes, so that what is read, traced and proved later never changes.

    _sources/ab/abcd….pdf    one file a document

Nothing of a received name becomes part of a path but a suffix of letters and digits.
"""

from __future__ import annotations

import errno
import hashlib
import io
import os
import stat
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote, unquote, unquote_to_bytes, urlsplit
from uuid import uuid4

from pipeline.delta_log import flush
from pipeline.read import suffix

# Larger files are no documents; one of them would fill the disk.
LARGEST = 1 << 30
# What is brought from S3 waits here, below the outputs folder, until it is in.
ARRIVED = "_arrived"
_LONGEST_NAME = 250
_CHUNK = 1 << 20
_ATTEMPTS = 3

_REASONS = {
    errno.ENOENT: "tệp không còn ở đó",
    errno.EACCES: "không có quyền đọc tệp",
    errno.EPERM: "không có quyền đọc tệp",
    errno.EISDIR: "là thư mục, không phải tệp",
    errno.ELOOP: "liên kết tượng trưng xoay vòng",
    errno.EIO: "đĩa báo lỗi khi đọc tệp",
}


class UnreadableError(Exception):
    """A file's bytes can't be had; the message says why, in Vietnamese."""


def content_hash(path: Path) -> str:
    """SHA-256 of the file's bytes, hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def readable_hash(path: Path) -> str:
    """SHA-256 of a received file's bytes, hex.

    Raises:
        UnreadableError: it is no plain file of ordinary size, or can't be read.
    """
    digest = hashlib.sha256()
    with _open(path) as file:
        for chunk in _chunks(file):
            digest.update(chunk)
    return digest.hexdigest()


def placeholder_id(path: Path) -> str:
    """The document id of a file whose bytes can't be had: a hash of where it lies."""
    return hashlib.sha256(b"unreadable\0" + source_uri(path).encode()).hexdigest()


def source_uri(path: Path) -> str:
    """Where a file was received from, whatever bytes its name is made of: where it lies, or lay before it was brought."""
    _, brought, name = str(path).rpartition(f"{ARRIVED}/s3:/")
    if brought:
        return "s3://" + quote(unquote(name))
    return Path(os.path.abspath(path)).as_uri()  # noqa: PTH100 - Path.resolve() follows links


def received_as(uri: str) -> Path:
    """The path of which `source_uri` gives this."""
    if uri.startswith("s3://"):
        return arrived_as("s3://" + unquote(uri.removeprefix("s3://")))
    return Path(os.fsdecode(unquote_to_bytes(urlsplit(uri).path)))


def arrived_as(address: str) -> Path:
    """The path below the outputs folder of an object that is brought from S3; its name stands there as far as it can."""
    return Path(ARRIVED, "s3:", *map(_plain, address.removeprefix("s3://").split("/")))


def _plain(part: str) -> str:
    """A part of an object's name as a file's: what is no printable letter escaped, too long a one replaced by its hash."""
    name = "".join(c if c.isprintable() and c != "%" else quote(c, safe="") for c in part)
    fits = len(name.encode()) < _LONGEST_NAME
    return name if fits else hashlib.sha256(part.encode()).hexdigest() + Path(part).suffix[:10]


def shown_name(path: Path) -> str:
    """The file's name for people and datasets, with a mark in place of what is no printable letter."""
    name = os.fsencode(path.name).decode("utf-8", "replace")
    return "".join("\ufffd" if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp") else c for c in name)


class Sources:
    """The archived files of an outputs folder."""

    def __init__(self, outputs: Path) -> None:
        self.folder = outputs / "_sources"

    def find(self, document_id: str) -> Path | None:
        """The archived file of a document, under the last suffix with which it came; None if it is missing."""
        found = (self.folder / document_id[:2]).glob(f"{document_id}*")
        return max(found, key=lambda file: file.stat().st_mtime_ns, default=None)

    def keep(self, path: Path) -> tuple[str, Path]:
        """Copy a file; its document id, which is the hash of what was copied, and the copy.

        Raises:
            UnreadableError: its bytes can't be had.
            OSError: the copy can't be written.
        """
        part = self.folder / f".{uuid4().hex}.part"
        part.parent.mkdir(parents=True, exist_ok=True)
        document_id = _copy(path, part)
        kept = self.folder / document_id[:2] / f"{document_id}{suffix(path)}"
        kept.parent.mkdir(exist_ok=True)
        flush(part)
        part.replace(kept)
        flush(kept.parent)
        return document_id, kept


def _copy(path: Path, part: Path) -> str:
    """Copy a file that nobody changes meanwhile; SHA-256 of the copy."""
    for _ in range(_ATTEMPTS):
        with _open(path) as file:
            before = os.fstat(file.fileno())
            digest = _pour(file, part)
            after = os.fstat(file.fileno())
        if (before.st_size, before.st_mtime_ns) == (after.st_size, after.st_mtime_ns):
            return digest
    part.unlink()
    raise UnreadableError("tệp bị thay đổi trong khi được đọc; hãy đưa vào lại khi đã ghi xong")


def _pour(file: io.BufferedReader, part: Path) -> str:
    digest = hashlib.sha256()
    with part.open("wb") as copy:
        for chunk in _chunks(file):
            digest.update(chunk)
            copy.write(chunk)
    return digest.hexdigest()


def _chunks(file: io.BufferedReader) -> Iterator[bytes]:
    """The bytes of a file, however it grows meanwhile no more than the largest."""
    for _ in range(LARGEST // _CHUNK):
        with _reading():
            chunk = file.read(_CHUNK)
        if not chunk:
            return
        yield chunk


@contextmanager
def _reading() -> Iterator[None]:
    """What goes wrong here is the file's fault, not the disk's to which it is copied."""
    try:
        yield
    except OSError as error:
        known = _REASONS.get(error.errno or 0)
        raise UnreadableError(known or f"không đọc được tệp: {os.strerror(error.errno or 0)}") from error


def _open(path: Path) -> io.BufferedReader:
    with _reading():
        path.stat()  # links that lead nowhere, or round and round, end here
        if path.is_symlink() and not path.resolve().is_relative_to(path.parent.resolve()):
            raise UnreadableError("liên kết tượng trưng trỏ ra ngoài thư mục chứa nó; không đọc theo")
        # A named pipe would wait for its writer for ever.
        file = os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK), "rb")
    found = os.fstat(file.fileno())
    if not stat.S_ISREG(found.st_mode) or found.st_size > LARGEST:
        file.close()
        large = f"tệp lớn {found.st_size} byte, quá giới hạn {LARGEST} byte"
        raise UnreadableError(large if stat.S_ISREG(found.st_mode) else "không phải tệp thường")
    return file
