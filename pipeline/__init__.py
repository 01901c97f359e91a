"""From received files to datasets."""

import os
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType

# PyMuPDF's layout models are not used here, and PyMuPDF loads them, half a second and 50 MB, when it is imported.
sys.modules.setdefault("pymupdf.layout", None)  # type: ignore[arg-type]

# Arrow's own allocators keep what they once had: 120 batches left a process with 784 MiB, with the system's 474.
os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")


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
