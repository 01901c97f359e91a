"""A process that does what it is asked, one thing after another, until its connection closes.

Started by `workers` as `python -m pipeline.worker FD LIFELINE`, the leader of a process group of its own.
"""

from __future__ import annotations

import fcntl
import gc
import os
import resource
import signal
import sys
from contextlib import suppress
from importlib import import_module
from multiprocessing.connection import Connection
from pathlib import Path
from select import select
from time import perf_counter

from pipeline import do_without_pandas, limits, log

_KIB = 1024


def main(descriptor: int, lifeline: int) -> None:
    end_with(lifeline)
    do_without_pandas()
    with suppress(EOFError, BrokenPipeError):  # nobody asks for more, or waits for the answer
        serve(Connection(descriptor))


def serve(connection: Connection) -> None:
    kept, as_json = connection.recv()
    limits.impose(kept)
    log.configure(as_json)
    import_module("pipeline.rows")  # and with it all grammars: the first document shall not wait for them
    # A page is tens of thousands of small objects without cycles; looking through them again and again for garbage
    # took a third of the time. It is collected between documents, among what the last one left; what is kept for the
    # next, patterns and answers, a hundred thousand objects, would take a tenth of the time.
    gc.disable()
    while True:
        gc.collect()
        gc.freeze()
        function, item = connection.recv()
        start = perf_counter()
        limits.begin()
        result = function(item)
        limits.end()
        connection.send((result, perf_counter() - start, peak()))


def end_with(lifeline: int) -> None:
    """From now on the kernel ends this process group when nobody holds the other end of a pipe any longer.

    Whoever started it and was killed has no use for what it reads; it may be deep in a library, or only importing one.
    """
    if hasattr(fcntl, "F_SETSIG"):  # Linux has it; elsewhere it is found out with the next answer
        fcntl.fcntl(lifeline, fcntl.F_SETOWN, -os.getpgrp())
        fcntl.fcntl(lifeline, fcntl.F_SETSIG, signal.SIGKILL)
        fcntl.fcntl(lifeline, fcntl.F_SETFL, fcntl.fcntl(lifeline, fcntl.F_GETFL) | os.O_ASYNC)
    if select([lifeline], [], [], 0)[0]:  # nobody did already; nothing is ever written to it
        sys.exit()


def peak() -> int:
    """The most memory that this process, or one that it started, had at a time, in bytes."""
    return max(_own_peak(), resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss) * _KIB


def _own_peak() -> int:
    """In KiB. What the kernel tells of the use of resources counts on from what the process that started this one had."""
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return int(status.read_text("ascii").partition("VmHWM:")[2].split()[0])


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
