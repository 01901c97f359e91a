"""What persons decide about links: append-only, the last word on a pair holds and outweighs the rules."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
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
    file = decisions_file(outputs)
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a", encoding="utf-8") as log:
        log.write(json.dumps(row, ensure_ascii=False) + "\n")


def decided(outputs: Path, dataset: str) -> list[Link]:
    """Persons' decisions on pairs, the last word on each, in order of time."""
    file = decisions_file(outputs)
    if not file.exists():
        return []
    rows: Iterable[dict[str, str]] = map(json.loads, file.read_text("utf-8").splitlines())
    return _last(
        link(row["left_id"], row["right_id"], Decision(row["decision"]), row["decided_by"], None, row["reason"])
        for row in rows
        if row["dataset"] == dataset
    )


def restated(decisions: Iterable[Link], now: Mapping[str, str]) -> list[Link]:
    """Decisions as those on the records that stand today for the ones decided on; those without are left out."""
    return _last(
        link(now[one.left_id], now[one.right_id], Decision(one.decision), one.decided_by, one.score, one.reason)
        for one in decisions
        if one.left_id in now and one.right_id in now and now[one.left_id] != now[one.right_id]
    )


def ends(links: Iterable[Link]) -> set[str]:
    """The ids of the records that links are about."""
    return {end for one in links for end in (one.left_id, one.right_id)}


def _last(links: Iterable[Link]) -> list[Link]:
    found: dict[str, Link] = {}
    for one in links:
        found.pop(one.link_id, None)
        found[one.link_id] = one
    return list(found.values())


def decisions_file(outputs: Path) -> Path:
    return outputs / "_decisions" / "links.jsonl"
