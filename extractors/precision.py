"""How often each rule was right on the gold set: measured by `make score`, shipped as data."""

from __future__ import annotations

import json
from functools import lru_cache
from importlib.resources import files

# For a rule that the gold set never exercised.
UNMEASURED = 0.5


@lru_cache(maxsize=1)
def _measured() -> dict[str, float]:
    data = files("extractors.data").joinpath("rule_precision.json")
    return dict(json.loads(data.read_text("utf-8")))


def rule_precision(rule: str) -> float:
    """The measured share of right records of a rule, 0-1."""
    return _measured().get(rule, UNMEASURED)
