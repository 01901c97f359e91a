"""From received files to datasets."""

import ctypes
import gc
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from importlib.machinery import ModuleSpec
from types import ModuleType

# PyMuPDF's layout models are not used here, and PyMuPDF loads them, half a second and 50 MB, when it is imported.
sys.modules.setdefault("pymupdf.layout", None)  # type: ignore[arg-type]

# Arrow's own allocators keep what they once had: 120 batches left a process with 784 MiB, with the system's 474.
os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")

# The system's keeps a pool for each thread: what DuckDB's threads fill and Python frees is not filled by them again.
# Linking 1 000 documents with 5 000 stored took 1258 MiB, with one pool for all 708.
_ARENA_MAX = -8
with suppress(AttributeError):  # of glibc only
    ctypes.CDLL(None).mallopt(_ARENA_MAX, 1)


@contextmanager
def uncollected() -> Iterator[None]:
    """Without the garbage collector: what reads and links makes millions of small objects without cycles, and to look
    through them again and again takes a twentieth of the time and more."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def do_without_pandas() -> None:
    """Let this process, in which nothing wants it, not load pandas: Arrow does before it makes its first array."""
    sys.meta_path.insert(0, _NoPandas())


class _NoPandas:
    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name == "pandas":
            raise ModuleNotFoundError(name)
        return None
