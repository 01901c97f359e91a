"""The extractor version: the package's version and a digest of every rule, word list and stage.

A changed rule makes a new version by itself, so that documents read by the old one
are known to be so.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path

_ROOMS = ("schemas", "normalizers", "extractors", "pipeline")


@lru_cache(maxsize=1)
def extractor_version() -> str:
    """For example "0.1.0+3fa94c1e"."""
    root = Path(__file__).resolve().parent.parent
    digest = hashlib.sha256()
    for room in _ROOMS:
        for file in sorted((root / room).rglob("*")):
            if file.is_file() and file.suffix not in (".pyc", ".pyo"):
                digest.update(file.relative_to(root).as_posix().encode() + b"\0" + file.read_bytes())
    return f"{version('truynguon')}+{digest.hexdigest()[:8]}"
