"""Documents worked on by processes, one each at a time, so that none can harm another or the program.

A process that ends before its document is done, because the document made a library
fail, took more than its limits or somebody killed it, is replaced; the document is tried
once more and then given up with the reason.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing import Pipe
from multiprocessing.connection import Connection, wait
from pathlib import Path
from types import TracebackType
from typing import Any, Generic, Self, TypeVar

from pipeline import log
from pipeline.limits import Limits

Item = TypeVar("Item")
Result = TypeVar("Result")

_ATTEMPTS = 2
# What a large document leaves behind is given back by starting anew.
_RECYCLED_AT = 0.2


@dataclass(frozen=True, slots=True)
class Done(Generic[Result]):
    """What came of one item, in how many seconds, and the most memory that its process ever had, in bytes."""

    result: Result
    seconds: float
    memory: int


@dataclass(frozen=True, slots=True)
class Died:
    """The processes that worked on an item ended before it was done; the reason is told in Vietnamese."""

    reason: str


@dataclass(slots=True)
class _Job:
    index: int
    call: tuple[Callable[[Any], Any], Any]
    attempts: int = 0


class Workers:
    """Processes that work on documents, ended with the `with` block.

    The first one is started at once, so that it gets ready while whoever asked for it does; others when needed.
    """

    def __init__(self, count: int | None = None, limits: Limits | None = None) -> None:
        self._count = count or default_workers()
        self.limits = limits or Limits()
        self._workers: list[_Worker] = []
        # What a killed process leaves behind of its temporary files goes with this folder.
        self._scratch = tempfile.TemporaryDirectory(prefix="truynguon-")

    def __enter__(self) -> Self:
        if not self._workers:
            self._add()
        return self

    def _add(self) -> _Worker:
        self._workers.append(_Worker(self.limits, self._scratch.name))
        return self._workers[-1]

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for worker in self._workers:
            worker.end()
        self._scratch.cleanup()

    def map(self, function: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Done[Result] | Died]:
        """Call a function of some module with each item; what came of them in their order, each as soon as it is known."""
        waiting = deque(_Job(index, (function, item)) for index, item in enumerate(items))
        done: dict[int, Done[Result] | Died] = {}
        for index in range(len(waiting)):
            while index not in done:
                self._assign(waiting)
                self._collect(waiting, done)
            yield done.pop(index)

    def _assign(self, waiting: deque[_Job]) -> None:
        while waiting:
            worker = next((worker for worker in self._workers if worker.job is None), None)
            if worker is None and len(self._workers) < self._count:
                worker = self._add()
            if worker is None:
                return
            worker.start(waiting.popleft())

    def _collect(self, waiting: deque[_Job], done: dict[int, Any]) -> None:
        busy = {worker.connection: worker for worker in self._workers if worker.job}
        for connection in wait(list(busy)):
            worker = busy[connection]  # type: ignore[index]
            job, answer = worker.take()
            if answer is None or answer.memory > _RECYCLED_AT * self.limits.memory:
                worker.end()
                self._workers.remove(worker)
            found = answer or self._after_death(job, worker.process.returncode)
            if found:
                done[job.index] = found
            else:
                waiting.appendleft(job)

    def _after_death(self, job: _Job, code: int) -> Died | None:
        """Why a process died; None if its item is to be tried again."""
        job.attempts += 1
        if code == -signal.SIGALRM:
            return Died(
                f"đọc quá lâu: quá {self.limits.step_seconds} giây một trang hoặc {self.limits.seconds} giây cả tệp"
            )
        if job.attempts < _ATTEMPTS:
            return None
        return Died(f"tiến trình đọc tệp dừng đột ngột {job.attempts} lần ({_how(code)})")


def default_workers() -> int:
    """One a processor core that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _how(code: int) -> str:
    return signal.Signals(-code).name if code < 0 else f"mã {code}"


@dataclass(slots=True)
class _Worker:
    """A process and what it is reading."""

    limits: Limits
    scratch: str
    job: _Job | None = None
    connection: Connection = field(init=False)
    process: subprocess.Popen[bytes] = field(init=False)
    # The end of a pipe that only this process holds: the other one ends with it.
    lifeline: Connection = field(init=False)

    def __post_init__(self) -> None:
        self.connection, theirs = Pipe()
        watched, self.lifeline = Pipe(duplex=False)
        root = str(Path(__file__).resolve().parent.parent)
        path = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH"))))
        # Not forked: neither the threads of Arrow nor a daemon of another library around this program matter.
        self.process = subprocess.Popen(
            [sys.executable, "-m", "pipeline.worker", str(theirs.fileno()), str(watched.fileno())],
            pass_fds=(theirs.fileno(), watched.fileno()),
            stdin=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": path, "TMPDIR": self.scratch, "OMP_THREAD_LIMIT": "1"},
            start_new_session=True,
        )
        theirs.close()
        watched.close()
        with suppress(OSError):
            self.connection.send((self.limits, log.as_json()))

    def start(self, job: _Job) -> None:
        self.job = job
        with suppress(OSError):  # a process that is dead already is found so when its answer is awaited
            self.connection.send(job.call)

    def take(self) -> tuple[_Job, Done[Any] | None]:
        """What came of the job; None if the process died over it."""
        job, self.job = self.job, None
        assert job
        try:
            return job, Done(*self.connection.recv())
        except (EOFError, OSError):
            self.process.wait()
            return job, None

    def end(self) -> None:
        self.connection.close()
        self.lifeline.close()
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
