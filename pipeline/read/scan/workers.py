"""Pages of one document, photographed here and read by processes, one page each at a time."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import wait
from pathlib import Path

import pymupdf

import pipeline
from pipeline import limits
from pipeline.read.scan.camera import photograph
from pipeline.read.scan.context import mend_marks
from pipeline.read.scan.photograph import Photograph
from schemas.document import Page, ReadIssue

# A page takes one or two seconds; one that takes this long is set aside.
PAGE_SECONDS = 120.0

Photographer = Callable[[], Photograph]


@dataclass(frozen=True, slots=True)
class ReadPages:
    """The pages that could be read, by number, and an issue for each of the others."""

    pages: dict[int, Page]
    issues: tuple[ReadIssue, ...]


def read_pages(
    path: Path, numbers: Sequence[int], workers: int | None = None, seconds: float = PAGE_SECONDS
) -> ReadPages:
    """Read pages (from 1) of a PDF or image file by character recognition.

    As many pages are read at once as there are processor cores, but one in a process that is itself one of
    many; `workers` overrules both.
    """
    if not numbers:
        return ReadPages({}, ())
    with pymupdf.open(path) as document:
        waiting = [(number, lambda number=number: photograph(document[number - 1])) for number in numbers]
        return _Pool(min(workers or default_workers(), max(1, len(numbers))), seconds).read(waiting)


def blank_issues(pages: Iterable[Page], read: ReadPages) -> Iterator[ReadIssue]:
    """An issue for each page on which nothing is printed; a page that could not be read has one already."""
    unread = {issue.page for issue in read.issues}
    for page in pages:
        if not page.lines and not page.grids and page.number not in unread:
            yield ReadIssue("blank_page", "info", f"trang {page.number} không có chữ", page.number)


def default_workers() -> int:
    if limits.imposed():
        return 1
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class _Reader:
    """A worker process and what it is reading."""

    def __init__(self) -> None:
        self.connection, theirs = multiprocessing.Pipe()
        self.number: int | None = None
        self.deadline = 0.0
        root = str(Path(next(iter(pipeline.__path__))).resolve().parent)
        path = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH"))))
        self.process = subprocess.Popen(
            [sys.executable, "-m", "pipeline.read.scan.worker", str(theirs.fileno())],
            pass_fds=(theirs.fileno(),),
            stdin=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": path, "OMP_THREAD_LIMIT": "1"},
        )
        theirs.close()

    def start(self, photo: Photograph, seconds: float) -> None:
        self.connection.send(photo)
        self.number, self.deadline = photo.number, time.monotonic() + seconds

    def end(self) -> None:
        self.connection.close()
        self.process.kill()
        self.process.wait()


class _Pool:
    """Worker processes for the pages of one document."""

    def __init__(self, workers: int, seconds: float) -> None:
        self._seconds = seconds
        self._count = workers
        self._pages: dict[int, Page] = {}
        self._issues: list[ReadIssue] = []
        self._readers: list[_Reader] = []

    def read(self, waiting: Sequence[tuple[int, Photographer]]) -> ReadPages:
        self._readers = [_Reader() for _ in range(self._count)] if waiting else []
        try:
            for photo in self._photographs(waiting):
                self._idle().start(photo, self._seconds)
            while any(reader.number is not None for reader in self._readers):
                self._collect()
        finally:
            for reader in self._readers:
                reader.end()
        return ReadPages(mend_marks(self._pages), tuple(sorted(self._issues, key=lambda issue: issue.page or 0)))

    def _photographs(self, waiting: Sequence[tuple[int, Photographer]]) -> Iterator[Photograph]:
        for number, take in waiting:
            try:
                yield take()
            except Exception as error:  # MuPDF raises many kinds for damaged pictures
                self._set_aside(number, f"không dựng được ảnh trang: {error}")

    def _idle(self) -> _Reader:
        while True:
            idle = next((reader for reader in self._readers if reader.number is None), None)
            if idle:
                return idle
            self._collect()

    def _collect(self) -> None:
        """Wait for a page, or for the end of a page's time."""
        limits.step(self._seconds)
        busy = [reader for reader in self._readers if reader.number is not None]
        left = min(reader.deadline for reader in busy) - time.monotonic()
        ready = wait([reader.connection for reader in busy], max(0.0, left))
        for reader in busy:
            if reader.connection in ready:
                self._take(reader)
            elif reader.deadline <= time.monotonic():
                self._set_aside(reader.number, f"đọc quá {self._seconds:.0f} giây, đã bỏ dở")
                self._replace(reader)

    def _take(self, reader: _Reader) -> None:
        assert reader.number is not None
        try:
            answer = reader.connection.recv()
        except (EOFError, OSError):
            self._set_aside(reader.number, f"tiến trình nhận dạng dừng đột ngột (mã {reader.process.wait()})")
            self._replace(reader)
            return
        if isinstance(answer, Page):
            self._pages[reader.number] = answer
        else:
            self._set_aside(reader.number, str(answer))
        reader.number = None

    def _replace(self, reader: _Reader) -> None:
        reader.end()
        self._readers[self._readers.index(reader)] = _Reader()

    def _set_aside(self, number: int | None, reason: str) -> None:
        self._issues.append(ReadIssue("page_not_read", "error", f"trang {number} không đọc được: {reason}", number))
