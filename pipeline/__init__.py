"""From received files to datasets."""

import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType

# PyMuPDF's layout models are not used here, and PyMuPDF loads them, half a second and 50 MB, when it is imported.
sys.modules.setdefault("pymupdf.layout", None)  # type: ignore[arg-type]


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
