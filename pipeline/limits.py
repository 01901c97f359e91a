"""What one document may cost: time, memory, pages, pixels.

Documents are read in processes of their own (workers.py). There the limits are kept by
the kernel: an alarm that each page sets anew ends a process that hangs, also inside a
library, and memory beyond the limit is not given. Pages and pixels are counted by the
readers before they work on them.
"""

from __future__ import annotations

import resource
import signal
import time
from dataclasses import dataclass

from pipeline.read.errors import ReadError


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds from one sign of life to the next (`step`) and for the whole document; bytes; pages; pixels of a picture.

    `memory` is what a process may ask for, of which it never touches most: reading a scan of 37 pages takes 0.6 GiB
    of memory and asks for more than 1.5.
    """

    step_seconds: int = 120
    seconds: int = 3600
    memory: int = 4096 << 20
    pages: int = 2000
    pixels: int = 250_000_000


class _Kept:
    """The limits of this process. Without a watch only pages and pixels are counted."""

    limits = Limits()
    watched = False
    ends_at = 0.0


def impose(limits: Limits) -> None:
    """Keep this process, and those that it starts, within limits of memory from now on; count by them."""
    _Kept.limits, _Kept.watched = limits, True
    signal.signal(signal.SIGALRM, signal.SIG_DFL)  # ends the process: no handler would run inside a library
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # Private writable memory; what libraries map to read or only reserve costs nothing.
    resource.setrlimit(resource.RLIMIT_DATA, (limits.memory, limits.memory))


def imposed() -> bool:
    """Whether this process is one of many that read documents."""
    return _Kept.watched


def begin() -> None:
    """A document begins."""
    _Kept.ends_at = time.monotonic() + _Kept.limits.seconds
    step()


def step(seconds: float = 0.0) -> None:
    """A sign of life: a page was begun, or something that ends by itself within so many seconds."""
    if _Kept.watched:
        left = _Kept.ends_at - time.monotonic()
        signal.setitimer(signal.ITIMER_REAL, max(0.001, min(_Kept.limits.step_seconds + seconds, left)))


def end() -> None:
    """The document is done; waiting for the next one takes as long as it takes."""
    signal.setitimer(signal.ITIMER_REAL, 0)


def check_pages(count: int) -> None:
    """Refuse a document of too many pages.

    Raises:
        ReadError: it has more than the limit.
    """
    if count > _Kept.limits.pages:
        raise ReadError(f"tệp có {count} trang, quá giới hạn {_Kept.limits.pages} trang")


def check_pixels(width: int, height: int) -> None:
    """Refuse a picture that is too large to be unpacked.

    Raises:
        ReadError: it has more pixels than the limit.
    """
    if width * height > _Kept.limits.pixels:
        most = _Kept.limits.pixels // 1_000_000
        raise ReadError(f"ảnh {width} × {height} điểm ảnh, quá giới hạn {most} triệu điểm ảnh")
