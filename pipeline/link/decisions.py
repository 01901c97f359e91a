"""What persons decide about links: append-only, the last word on a pair holds and outweighs the rules."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from schemas.records import Link

Pair = tuple[str, str]


class Decision(StrEnum):
    SAME = "same"
    NOT_SAME = "not_same"
    UNDECIDED = "undecided"


RULE = "rule"


def pair(left: str, right: str) -> Pair:
    """The two ids of a pair in their one order."""
    return (left, right) if left < right else (right, left)


def link(left: str, right: str, decision: Decision, by: str, score: float | None, reason: str) -> Link:
    first, second = pair(left, right)
    link_id = hashlib.sha256(f"link|{first}|{second}".encode()).hexdigest()[:20]
    return Link(link_id, first, second, decision.value, by, score, reason)


class DecisionError(Exception):
    """A decision can't be taken; the message says why."""


def decide(outputs: Path, dataset: str, left: str, right: str, decision: str, by: str, reason: str) -> None:
    """Append a person's decision about a pair of records of `dataset` (tasks, metrics); it holds from the next linking on.

    Raises:
        DecisionError: an unknown decision, no name, or the two ids are one.
    """
    if decision not in {*Decision} or not by.strip() or by == RULE or left == right:
        allowed = ", ".join(Decision)
        raise DecisionError(
            f"quyết định “{decision}” của “{by}” về {left} và {right}: cần {allowed}, tên người, hai mã khác nhau"
        )
    first, second = pair(left, right)
    row = {
        "dataset": dataset, "left_id": first, "right_id": second, "decision": decision,
        "decided_by": by, "reason": reason, "decided_at": datetime.now(UTC).isoformat(timespec="seconds"),
    }  # fmt: skip
    file = _file(outputs)
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a", encoding="utf-8") as log:
        log.write(json.dumps(row, ensure_ascii=False) + "\n")


def decided(outputs: Path, dataset: str) -> dict[Pair, Link]:
    """The last decision of persons on each pair."""
    file = _file(outputs)
    if not file.exists():
        return {}
    rows: Iterable[dict[str, str]] = map(json.loads, file.read_text("utf-8").splitlines())
    return {
        (row["left_id"], row["right_id"]): link(
            row["left_id"], row["right_id"], Decision(row["decision"]), row["decided_by"], None, row["reason"]
        )
        for row in rows
        if row["dataset"] == dataset
    }


def _file(outputs: Path) -> Path:
    return outputs / "_decisions" / "links.jsonl"
