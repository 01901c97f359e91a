"""Extracted rows + what people said of them -> rows as published.

A review holds for the record as the reviewer saw it. A correction is kept whatever is extracted later, and where the
extracted value under it is no longer the one that was corrected, the record comes back for review. A record that a
person stood for does not vanish when it is no longer extracted: it is found again by its place, or published as the
reviewer saw it, to be reviewed.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import pyarrow as pa

from schemas.datasets import DATASETS, RECORD_DATASETS
from schemas.records import Evidence
from schemas.review import Action, Status

Row = dict[str, Any]

# The rule of records that a person added, or stood for when no rule finds them any more.
RULE = "review"
EVIDENCE = frozenset(Evidence.__dataclass_fields__)
# Two frames are the same place if they share at least this part of what they cover together.
_SAME_PLACE = 0.5


def value_columns(name: str) -> list[str]:
    """The columns of a dataset that a reviewer judges: neither its id nor its evidence."""
    return [column for column in DATASETS[name].schema.names if column not in {*EVIDENCE, DATASETS[name].id_column}]


# one record


@dataclass(slots=True)
class Standing:
    """All that was said of one record, folded into what holds now."""

    record_id: str
    status: Status | None = None
    corrected_by: str | None = None
    changes: Row = field(default_factory=dict)
    # the extracted record as last seen, and as it was where a column was corrected
    seen: Row = field(default_factory=dict)
    is_added: bool = False

    def follow(self, review: Mapping[str, Any]) -> None:
        """Take one more review into account; they come in the order in which they were made."""
        action = Action(review["action"])
        seen = json.loads(review["seen"])
        if action is Action.WITHDRAW:
            self.status, self.corrected_by, self.changes = None, None, {}
            return
        self.seen = {**self.seen, **seen}
        if action is Action.REJECT:
            self.status = Status.REJECTED
            return
        self.is_added |= action is Action.ADD
        if action in (Action.CORRECT, Action.ADD):
            self.changes = {**self.changes, **json.loads(review["changes"])}
            self.corrected_by = review["reviewer"]
        corrected = Status.CORRECTED if self.changes else Status.CONFIRMED
        self.status = Status.ADDED if self.is_added else corrected

    def apply(self, name: str, row: Row) -> Row:
        """The extracted row as it is published."""
        if self.status is None:
            return row
        changes = {column: _decoded(value, _type(name, column)) for column, value in self.changes.items()}
        status = Status.TO_REVIEW if self._is_stale(name, row) else self.status
        return {**row, **changes, "review_status": status.value, "corrected_by": self.corrected_by}

    def _is_stale(self, name: str, row: Row) -> bool:
        """Whether something else is extracted now than what the reviewer saw; what was asked for is no surprise."""
        watched = self.changes if self.status is Status.CORRECTED else value_columns(name)
        now = {column: encoded(row[column]) for column in watched}
        return any(
            value != self.seen.get(column) and (column not in self.changes or value != self.changes[column])
            for column, value in now.items()
        )

    def kept(self, name: str) -> Row | None:
        """The row of a record that is not extracted (any more), None if nobody stands for it.

        One that a person added and another rejected stays, as every rejected record does.
        """
        rejected = self.status is Status.REJECTED
        if self.status is None or (rejected and not self.is_added):
            return None
        changes = {column: _decoded(value, _type(name, column)) for column, value in self.changes.items()}
        standing = Status.ADDED if self.is_added else Status.TO_REVIEW
        told = {"rule": RULE, "review_status": (Status.REJECTED if rejected else standing).value}
        return {**self.last_seen(name), **changes, **told, "corrected_by": self.corrected_by}

    def last_seen(self, name: str) -> Row:
        """The record as extracted, or added, when it was last reviewed."""
        row = {column: _decoded(self.seen.get(column), _type(name, column)) for column in DATASETS[name].schema.names}
        return {**row, "review_status": None, "corrected_by": None}


def standings(reviews: Iterable[Mapping[str, Any]]) -> dict[tuple[str, str], Standing]:
    """What holds of each reviewed record, by dataset and record id."""
    found: dict[tuple[str, str], Standing] = {}
    for review in sorted(reviews, key=lambda review: review["reviewed_at"]):
        key = (review["dataset"], review["record_id"])
        found.setdefault(key, Standing(review["record_id"])).follow(review)
    return found


# tables


def overlay(name: str, table: pa.Table, reviews: pa.Table) -> pa.Table:
    """The rows of some documents as published: extracted rows with the reviews of these documents laid over."""
    if name not in RECORD_DATASETS or not reviews.num_rows:
        return table
    said = [review for review in reviews.to_pylist() if review["dataset"] == name]
    if not said:
        return table
    by_document: dict[str, list[Row]] = defaultdict(list)
    for row in table.to_pylist():
        by_document[row["document_id"]].append(row)
    for document_id in dict.fromkeys(review["document_id"] for review in said):
        of_it = [review for review in said if review["document_id"] == document_id]
        by_document[document_id] = overlaid(name, by_document[document_id], of_it)
    rows = [row for of_document in by_document.values() for row in of_document]
    return pa.Table.from_pylist(rows, schema=DATASETS[name].schema)


def overlaid(name: str, rows: Sequence[Row], reviews: Iterable[Mapping[str, Any]]) -> list[Row]:
    """The rows of one document and dataset with its reviews laid over."""
    column = str(DATASETS[name].id_column)
    told = {standing.record_id: standing for standing in standings(reviews).values()}
    here = {row[column] for row in rows}
    moved = _moved([standing for key, standing in told.items() if key not in here], rows, column, told.keys())
    result = []
    for row in rows:
        if row[column] in told:
            result.append(told[row[column]].apply(name, row))
        elif row[column] in moved:
            shown = moved[row[column]].apply(name, row)
            result.append({**shown, "review_status": Status.TO_REVIEW.value})
        else:
            result.append(row)
    gone = (told[key] for key in told if key not in here and told[key] not in moved.values())
    return result + [kept for standing in gone if (kept := standing.kept(name)) is not None]


def _moved(lost: Iterable[Standing], rows: Sequence[Row], column: str, reviewed: Iterable[str]) -> dict[str, Standing]:
    """Record id -> the review of a record that stood at its place under another id."""
    free = [row for row in rows if row[column] not in set(reviewed)]
    found: dict[str, Standing] = {}
    for standing in lost:
        if standing.status is None:
            continue
        here = [row for row in free if row[column] not in found and _same_place(standing.seen, row)]
        if len(here) == 1:
            found[here[0][column]] = standing
    return found


def _same_place(seen: Mapping[str, Any], row: Mapping[str, Any]) -> bool:
    """Whether two records cover much the same of a page; of files without pages, whether they say the same."""
    a, b = seen.get("boxes") or [], row["boxes"] or []
    if not a or not b:
        return not a and not b and seen.get("quote") == row["quote"]
    shared = sum(_shared(one, other) for one in a for other in b)
    together = sum(map(_area, a)) + sum(map(_area, b)) - shared
    return shared >= _SAME_PLACE * together


def _area(box: Mapping[str, float]) -> float:
    return (box["x1"] - box["x0"]) * (box["y1"] - box["y0"])


def _shared(a: Mapping[str, float], b: Mapping[str, float]) -> float:
    width = min(a["x1"], b["x1"]) - max(a["x0"], b["x0"])
    height = min(a["y1"], b["y1"]) - max(a["y0"], b["y0"])
    return width * height if a["page"] == b["page"] and width > 0 and height > 0 else 0.0


# values as JSON


def encoded(value: Any) -> Any:
    """A value of a row as JSON holds it."""
    if isinstance(value, (list, tuple)):
        return [encoded(each) for each in value]
    if isinstance(value, dict):
        return {key: encoded(each) for key, each in value.items()}
    return value.isoformat() if isinstance(value, (date, datetime)) else value


def _type(name: str, column: str) -> pa.DataType:
    return DATASETS[name].schema.field(column).type


def _decoded(value: Any, kind: pa.DataType) -> Any:
    """A value from JSON as a column of this type holds it."""
    if value is None:
        return None
    if pa.types.is_list(kind):
        return [_decoded(each, kind.value_type) for each in value]
    if pa.types.is_struct(kind):
        return {part.name: _decoded(value.get(part.name), part.type) for part in kind}
    return date.fromisoformat(value) if pa.types.is_date(kind) else value
