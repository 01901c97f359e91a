"""Every measured reading of a document begins without what the one before remembered of its texts."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from functools import _lru_cache_wrapper
from typing import Any

# What holds the rules themselves, loaded once for all documents, has one place or any number.
_OF_RULES = (None, 1)


def forget() -> None:
    """Empty the bounded caches of the stages: they hold what was made of single texts."""
    for cached in _caches():
        if cached.cache_parameters()["maxsize"] not in _OF_RULES:
            cached.cache_clear()


def _caches() -> Iterator[_lru_cache_wrapper[Any]]:
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] in ("normalizers", "extractors", "pipeline"):
            yield from (each for each in vars(module).values() if isinstance(each, _lru_cache_wrapper))
