"""A process that does what it is asked, one thing after another, until its connection closes.

Started by `workers` as `python -m pipeline.worker FD`.
"""

from __future__ import annotations

import gc
import resource
import sys
from contextlib import suppress
from multiprocessing.connection import Connection
from time import perf_counter

from pipeline import limits, log

_KIB = 1024


def main(descriptor: int) -> None:
    with suppress(EOFError, BrokenPipeError):  # nobody asks for more, or waits for the answer
        serve(Connection(descriptor))


def serve(connection: Connection) -> None:
    kept, as_json = connection.recv()
    limits.impose(kept)
    log.configure(as_json)
    # A page is tens of thousands of small objects without cycles; looking through them again and again for garbage
    # took a third of the time. It is collected between documents.
    gc.disable()
    while True:
        gc.collect()
        function, item = connection.recv()
        start = perf_counter()
        limits.begin()
        result = function(item)
        limits.end()
        connection.send((result, perf_counter() - start, peak()))


def peak() -> int:
    """The most memory that this process, or one that it started, had at a time, in bytes."""
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return max(own, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss) * _KIB


if __name__ == "__main__":
    main(int(sys.argv[1]))
