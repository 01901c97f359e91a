"""Forms that a reviewer sends -> reviews to be appended."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import pyarrow as pa

from audit.wordings import Wording
from pipeline.review import RULE, encoded, value_columns
from pipeline.trace import NUMBER_KINDS, Row
from schemas.datasets import DATASETS, REVIEWS
from schemas.review import Action
from schemas.values import Comparator, Precision

_CHOICES = {
    ("tasks", "deadline_precision"): tuple(precision.value for precision in Precision),
    ("tasks", "status"): ("done", "in_progress", "not_started", "not_reported", "overdue"),
    ("metrics", "comparator"): tuple(comparator.value for comparator in Comparator),
    ("metrics", "role"): ("actual", "target", "plan", "baseline", "change"),
    ("agencies", "role"): ("issuer", "lead", "coop", "recipient", "mentioned"),
    ("numbers", "kind"): NUMBER_KINDS,
}
# What a reviewer may say otherwise. What is printed is not among it: a quote stands where it stands.
EDITABLE = {
    "tasks": ("text", "lead", "coop", "supervisors", "deadline", "deadline_precision", "status", "expected_output",
              "result_raw", "section", "ordinal"),
    "metrics": ("indicator", "value", "value_high", "denominator", "comparator", "unit", "role", "scope",
                "period_start", "period_end"),
    "references": ("type", "number", "issued_on"),
    "agencies": ("agency", "role"),
    "numbers": ("kind",),
}  # fmt: skip
ADDABLE = ("metrics", "tasks", "references", "agencies")
# A number may count things that have no name; a record without any other column of these says nothing.
_MAY_BE_EMPTY = frozenset([("metrics", "unit")])
_LONG = {"text", "expected_output", "result_raw", "indicator"}


class FormError(Exception):
    """What was sent can't be taken; the message is for the reviewer, in their language."""


class StaleError(FormError):
    """The record is not any more what the reviewer saw when they judged it."""


@dataclass(frozen=True, slots=True)
class Field:
    """An input of a form."""

    name: str
    kind: str  # text | long | list | number | date | choice
    text: str
    choices: tuple[str, ...] = ()
    required: bool = False


# forms


def fields(name: str, row: Mapping[str, Any]) -> list[Field]:
    """The inputs with which a record is corrected or added."""
    return [_field(name, column, row.get(column)) for column in EDITABLE[name]]


def _field(name: str, column: str, value: Any) -> Field:
    kind, choices = _kind(name, column), _CHOICES.get((name, column), ())
    return Field(column, kind, as_text(value), choices, is_required(name, column))


def is_required(name: str, column: str) -> bool:
    return not DATASETS[name].schema.field(column).nullable and (name, column) not in _MAY_BE_EMPTY


def _kind(name: str, column: str) -> str:
    kind = DATASETS[name].schema.field(column).type
    if (name, column) in _CHOICES:
        return "choice"
    if pa.types.is_list(kind):
        return "list"
    if pa.types.is_date(kind):
        return "date"
    if pa.types.is_floating(kind):
        return "number"
    return "long" if column in _LONG else "text"


def as_text(value: Any) -> str:
    """A value as an input shows it: a list one a line, a number without grouping."""
    if value is None:
        return ""
    if isinstance(value, (list, tuple)):
        return "\n".join(value)
    if isinstance(value, float):
        return f"{value:.15g}"
    return value.isoformat() if isinstance(value, date) else str(value)


# what was typed


def changes(name: str, form: Mapping[str, str], row: Mapping[str, Any], say: Wording, on: date | None) -> Row:
    """The columns whose input no longer shows the row's value, with the values that were typed.

    Raises:
        FormError: an input does not hold a value of its kind.
    """
    found: Row = {}
    for field in fields(name, row):
        typed = form.get(field.name, field.text).replace("\r\n", "\n").strip()
        if typed != field.text.strip():
            empty: Any = [] if field.kind == "list" else "" if (name, field.name) in _MAY_BE_EMPTY else None
            value = _value(field, typed, say) if typed or field.required else empty
            if value != row.get(field.name):  # "1234,5" for 1234.5 is nothing new
                found[field.name] = value
    return {**found, **_following(name, found, on)}


def _value(field: Field, typed: str, say: Wording) -> Any:
    def wrong(expected: str) -> FormError:
        column = say(f"column.{field.name}")
        return FormError(say("review.bad_value", column=column, value=typed, expected=expected))

    if not typed:
        raise wrong(say("expected.required"))
    if field.kind == "number":
        number = _number(typed)
        if number is None:
            raise wrong(say("expected.number"))
        return number
    if field.kind == "date":
        day = _day(typed)
        if day is None:
            raise wrong(say("expected.date"))
        return day
    if field.kind == "choice" and typed not in field.choices:
        raise wrong(say("expected.choice", choices=", ".join(field.choices)))
    return [line.strip() for line in typed.split("\n") if line.strip()] if field.kind == "list" else typed


# "1.259.499", "1.234,5" and their English likes: marks that can't be taken for something else.
_GROUPED = re.compile(r"[-+]?[1-9]\d{0,2}(?:(?:\.\d{3}){2,}|(?:,\d{3}){2,}|(?:\.\d{3})+,\d+|(?:,\d{3})+\.\d+)")


def _number(typed: str) -> float | None:
    """A number, grouped or not. "1.234" could be 1234 or 1,234 and is not guessed at."""
    if _GROUPED.fullmatch(typed):
        *groups, last = re.split("[.,]", typed)
        one_mark = len(set(re.findall("[.,]", typed))) == 1
        return float("".join((*groups, last)) if one_mark else f"{''.join(groups)}.{last}")
    if not re.fullmatch(r"[-+]?\d+(?:[.,]\d+)?", typed) or re.fullmatch(r"[-+]?[1-9]\d{0,2}\.\d{3}", typed):
        return None
    return float(typed.replace(",", "."))


def _day(typed: str) -> date | None:
    printed = re.fullmatch(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})", typed)
    try:
        return date(*map(int, reversed(printed.groups()))) if printed else date.fromisoformat(typed)
    except ValueError:
        return None


def _following(name: str, found: Mapping[str, Any], on: date | None) -> Row:
    """Columns that follow from corrected ones: the ids of agencies."""
    from normalizers.agencies import resolve

    if name == "tasks":
        ids = {"lead": "lead_ids", "coop": "coop_ids"}
        return {
            ids[column]: [resolve(each, on).agency_id for each in found[column]] for column in ids if column in found
        }
    if name == "agencies" and "agency" in found:
        agency = resolve(found["agency"], on)
        return {"agency_id": agency.agency_id, "kind": agency.kind}
    return {}


# reviews


def version_of(name: str, row: Mapping[str, Any]) -> str:
    """A short name of what a record says and how it was reviewed, by which a stale form is known."""
    said = [encoded(row[column]) for column in (*value_columns(name), "review_status", "corrected_by")]
    return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()[:16]


def expect_version(
    form: Mapping[str, str], name: str, row: Mapping[str, Any], log: Iterable[Row], say: Wording
) -> None:
    """Raises StaleError if the form was made of the record as it was before somebody or something changed it."""
    if form.get("version") != version_of(name, row):
        last = next((review["reviewer"] for review in log), None)
        raise StaleError(say("review.changed_by", name=last) if last else say("review.changed"))


@dataclass(frozen=True, slots=True)
class Reviewer:
    """Who reviews, and why."""

    name: str
    reason: str


_LONGEST_NAME = 100


def reviewer(form: Mapping[str, str], action: Action, say: Wording) -> Reviewer:
    """Name and reason from a form; only a confirmation needs no reason.

    Raises:
        FormError: one is missing.
    """
    name, reason = form.get("reviewer", "").strip(), form.get("reason", "").strip()
    if len(name) > _LONGEST_NAME or not name.isprintable():
        raise FormError(say("review.name_too_long", count=_LONGEST_NAME))
    if not name:
        raise FormError(say("review.name_needed"))
    if not reason and action is not Action.CONFIRM:
        raise FormError(say("review.reason_needed"))
    return Reviewer(name, reason)


def review(
    name: str, row: Mapping[str, Any], action: Action, by: Reviewer, version: str, changed: Mapping[str, Any]
) -> Row:
    """A review of a record; `row` is the record as extracted."""
    seen = {column: encoded(row[column]) for column in DATASETS[name].schema.names}
    return {
        "review_id": uuid4().hex,
        "document_id": row["document_id"],
        "dataset": name,
        "record_id": row[str(DATASETS[name].id_column)],
        "action": action.value,
        "reviewer": by.name,
        "reviewed_at": datetime.now(UTC),
        "reason": by.reason,
        "changes": json.dumps(encoded(dict(changed)), ensure_ascii=False),
        "seen": json.dumps(seen, ensure_ascii=False),
        "extractor_version": version,
    }


def as_table(reviews: Iterable[Row]) -> pa.Table:
    return pa.Table.from_pylist(list(reviews), schema=REVIEWS.schema)


# added records


def added(name: str, document_id: str, boxes: list[Row], quote: str, values: Mapping[str, Any]) -> Row:
    """A record that a reviewer adds, as if it had been extracted."""
    column = str(DATASETS[name].id_column)
    place = f"{boxes[0]['page']}:{boxes[0]['x0']:.0f}:{boxes[0]['y0']:.0f}" if boxes else quote
    empty = {each: _empty(name, each) for each in value_columns(name)}
    key = hashlib.sha256(f"{document_id}|{name}|{place}|{uuid4()}".encode()).hexdigest()[:20]
    return {
        **empty,
        **values,
        column: key,
        "document_id": document_id,
        "page": boxes[0]["page"] if boxes else None,
        "boxes": boxes,
        "quote": quote,
        "rule": RULE,
        "confidence": 1.0,
        "read_confidence": None,
        "is_primary": True,
        "review_status": None,
        "corrected_by": None,
    }


def _empty(name: str, column: str) -> Any:
    field = DATASETS[name].schema.field(column)
    if pa.types.is_list(field.type):
        return []
    return (
        None if field.nullable else {"comparator": "=", "deadline_precision": "none", "role": "actual"}.get(column, "")
    )


def proposed(name: str, quote: str, on: date | None) -> Row:
    """What the normalisers make of a quote: the first guess of a form, for the reviewer to judge."""
    return {"metrics": _metric, "tasks": _task, "references": _reference, "agencies": _agency}[name](quote, on)


def _metric(quote: str, on: date | None) -> Row:
    from normalizers.quantities import find_quantities
    from normalizers.text import fold

    found: Row = {"value_raw": quote, "role": "actual", "comparator": "=", "indicator": "", "unit": ""}
    for quantity in find_quantities(fold(quote))[:1]:
        value = quantity.value
        found |= {"value": value.value, "value_high": value.value_high, "denominator": value.denominator}
        found |= {"comparator": value.comparator.value, "unit": value.unit}
    return found


def _task(quote: str, on: date | None) -> Row:
    from normalizers.agencies import find, resolve
    from normalizers.deadlines import find_deadlines

    lead = [resolve(quote[start:end], on) for start, end in find(quote)[:1]]
    found: Row = {"text": quote, "lead": [each.name for each in lead], "lead_ids": [each.agency_id for each in lead]}
    deadline = next(iter(find_deadlines(quote, on)), None)
    if deadline:
        raw = " ".join(quote[deadline.start : deadline.end].split())
        found |= {"deadline": deadline.day, "deadline_precision": deadline.precision.value, "deadline_raw": raw}
    return {"deadline_precision": "none", **found}


def _reference(quote: str, on: date | None) -> Row:
    from normalizers.document_numbers import find_numbers

    number = next((found.number for found in find_numbers(quote)), "")
    return {"raw": quote, "number": number, "type": None, "issued_on": None}


def _agency(quote: str, on: date | None) -> Row:
    from normalizers.agencies import resolve

    agency = resolve(quote, on)
    return {
        "raw": quote,
        "agency": agency.name,
        "agency_id": agency.agency_id,
        "kind": agency.kind,
        "role": "mentioned",
    }


# What a number is called that one of these explains.
_EXPLAINS = {"metrics": "metric", "references": "reference"}


def explaining(numbers: Iterable[Row], record: Row, name: str, by: Reviewer, version: str) -> Iterator[Row]:
    """Reviews by which the unexplained numbers that stand in an added record are explained by it."""
    taken = {"kind": _EXPLAINS.get(name), "record_id": record[str(DATASETS[name].id_column)]}
    for number in numbers if name in _EXPLAINS else ():
        if number["kind"] == "unexplained" and _inside(number["boxes"] or [], record["boxes"]):
            yield review("numbers", number, Action.CORRECT, by, version, taken)


def explaining_no_more(numbers: Iterable[Row], record_id: str, by: Reviewer, version: str) -> Iterator[Row]:
    """Reviews by which numbers that a record explained are as extracted again."""
    for number in numbers:
        if number["record_id"] == record_id and number["review_status"]:
            yield review("numbers", number, Action.WITHDRAW, by, version, {})


def _inside(boxes: Iterable[Row], frames: Iterable[Row]) -> bool:
    middles = [((b["page"]), (b["x0"] + b["x1"]) / 2, (b["y0"] + b["y1"]) / 2) for b in boxes]
    return bool(middles) and all(
        any(f["page"] == page and f["x0"] <= x <= f["x1"] and f["y0"] <= y <= f["y1"] for f in frames)
        for page, x, y in middles
    )
