"""Normalised values: what the normalisers return."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Precision(StrEnum):
    DAY = "day"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    RECURRING = "recurring"
    ONGOING = "ongoing"
    NONE = "none"


class Comparator(StrEnum):
    EQUAL = "="
    MORE = ">"
    AT_LEAST = ">="
    LESS = "<"
    AT_MOST = "<="
    ABOUT = "~"


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of days, both ends included; an open start or end is None."""

    start: date | None
    end: date | None
    precision: Precision


@dataclass(frozen=True, slots=True)
class Quantity:
    """A printed quantity with its scale words multiplied in."""

    value: float
    value_high: float | None = None
    denominator: float | None = None
    comparator: Comparator = Comparator.EQUAL
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Agency:
    """An agency as the registry knows it on a date; `agency_id` of an unknown name begins with "x-"."""

    agency_id: str
    name: str
    kind: str
    known: bool = True


@dataclass(frozen=True, slots=True)
class LegalReference:
    """A numbered document: type as printed ("Nghị quyết"), number without blanks, day of issue."""

    type: str | None
    number: str
    issued_on: date | None
