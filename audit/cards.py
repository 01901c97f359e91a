"""Rows -> what a person reads of them: headline, line, values with their names, in the language of the page."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from typing import Any

from audit.wordings import Wording, told
from pipeline.review import EVIDENCE
from pipeline.trace import Row
from schemas.datasets import DATASETS

# Columns whose values are words of the datasets, and where the table of wordings has them.
_CODED = {
    "role": "role",
    "status": "state",
    "deadline_precision": "precision",
    "precision": "precision",
    "review_status": "review",
}
_SIGNS = {">=": "≥", "<=": "≤", "~": "≈"}
# Vietnam keeps one time all year; readers sit there, whatever the clock of the server says.
_VIETNAM = timezone(timedelta(hours=7))
# A number of an arithmetic expression; the one of a unit ("km2") is a letter of it.
_NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class Card:
    """A record as a page lists it."""

    id: str
    dataset: str
    kind: str  # of a number or an issue, else the dataset
    head: str
    line: str
    notes: tuple[str, ...]
    row: Row
    review_status: str | None


@dataclass(frozen=True, slots=True)
class Speaker:
    """Wordings, numbers and dates of one language."""

    say: Wording
    language: str

    def number(self, value: float) -> str:
        """ "1.259.499,5" in Vietnamese, "1,259,499.5" in English."""
        text = f"{value:,.15g}"
        return text.translate(str.maketrans(",.", ".,")) if self.language == "vi" else text

    def brief(self, value: float) -> str:
        """A number where there is little room: "1.250 tỷ"."""
        if abs(value) < 1e9:
            return self.number(value)
        return self.say("app.billions", count=self.number(float(f"{value / 1e9:.5g}")))

    def rounded(self, value: float) -> str:
        """A computed number, as far as its digits mean something."""
        return self.number(float(f"{value:.6g}"))

    def day(self, value: date | None) -> str:
        return "" if value is None else f"{value:%d/%m/%Y}"

    def moment(self, value: datetime) -> str:
        text = f"{value.astimezone(_VIETNAM):%d/%m/%Y %H:%M}"
        return text if self.language == "vi" else f"{text} (UTC+7)"

    def told(self, text: str) -> str:
        """What the datasets say of a document: the message of an issue, the reason of a quarantine."""
        return told(text, self.language)

    def rule(self, name: str) -> str:
        return self.say("rule.date" if name.startswith("date_") else f"rule.{name}")

    def expression(self, kind: str, text: str) -> str:
        """The arithmetic of a check; of a form of a number the part before the colon is as printed."""
        printed, colon, computed = text.rpartition(": ") if kind == "format" else ("", "", text)
        computed = _NUMBER.sub(lambda number: self.number(float(number[0])), computed)
        if self.language == "en":
            computed = computed.replace(" mục =", " items =").replace(" hay ", " or ")
        return printed + colon + computed

    def typed(self, kind: str, text: str) -> str:
        """What stands in an input before somebody types: the decimal mark and the order of a day as people write them."""
        if kind == "number" and self.language == "vi":
            return text.replace(".", ",")
        return self.day(date.fromisoformat(text)) if kind == "date" and text else text

    def share(self, value: float | None) -> str:
        return "" if value is None else self.number(round(100 * value, 1)) + " %"

    def value(self, column: str, value: Any) -> str:
        """A value of any column as it is read."""
        if value is None or value in ([], ""):
            return ""
        if column in _CODED:
            return self.say(f"{_CODED[column]}.{value}")
        if column == "comparator":
            return _SIGNS.get(value, str(value))
        if isinstance(value, (list, tuple)):
            return "; ".join(self.value("", each) for each in value)
        if isinstance(value, dict):
            return " · ".join(self.value(name, each) for name, each in value.items() if each)
        return self._plain(value)

    def _plain(self, value: object) -> str:
        if isinstance(value, bool):
            return self.say("app.yes" if value else "app.no")
        if isinstance(value, (int, float)):
            return self.number(value)
        if isinstance(value, datetime):
            return self.moment(value)
        return self.day(value) if isinstance(value, date) else str(value)

    # cards

    def card(self, name: str, row: Row) -> Card:
        head, line, notes = getattr(self, f"_{name}")(row)
        kind = row["kind"] if name in ("numbers", "issues") else name
        kept = tuple(note for note in notes if note)
        return Card(row["id"], name, kind, head, line, kept, row, row.get("review_status"))

    def _tasks(self, row: Row) -> tuple[str, str, tuple[str, ...]]:
        lead = ", ".join(row["lead"] or ()) or self.say("record.no_lead")
        due = self.day(row["deadline"]) or (row["deadline_raw"] or "")
        status = self.value("status", row["status"])
        label = " ".join(part for part in (row["section"], row["ordinal"]) if part)
        return lead, row["text"], (self.say("record.due", day=due) if due else "", status, label)

    def _metrics(self, row: Row) -> tuple[str, str, tuple[str, ...]]:
        return self.quantity(row), row["indicator"], self.circumstances(row)

    def circumstances(self, row: Mapping[str, Any]) -> tuple[str, ...]:
        """What kind of value a figure is, of which day and where."""
        told_of = (self.say(f"role.{row['role']}"), self.day(row["period_end"]), row["scope"] or "")
        return tuple(filter(None, told_of))

    def quantity(self, row: Mapping[str, Any]) -> str:
        """ "≥ 1.259.499 hộ", "3–4 lần", "58/76 dịch vụ"."""
        text = self.number(row["value"])
        if row["value_high"] is not None:
            text += "–" + self.number(row["value_high"])
        if row["denominator"] is not None:
            text += "/" + self.number(row["denominator"])
        sign = "" if row["comparator"] == "=" else self.value("comparator", row["comparator"])
        return f"{sign} {text} {row['unit']}".strip()

    def _references(self, row: Row) -> tuple[str, str, tuple[str, ...]]:
        return row["number"], row["type"] or "", (self.day(row["issued_on"]),)

    def _agencies(self, row: Row) -> tuple[str, str, tuple[str, ...]]:
        line = row["raw"] if row["raw"] != row["agency"] else ""
        return row["agency"], line, (self.say(f"role.{row['role']}"),)

    def _numbers(self, row: Row) -> tuple[str, str, tuple[str, ...]]:
        return row["raw"], "", (self.say(f"kind.{row['kind']}"),)

    def _issues(self, row: Row) -> tuple[str, str, tuple[str, ...]]:
        head, line = self.say(f"issue.{row['kind']}"), self.told(row["message"])
        return head, "" if line.casefold() == head.casefold() else line, (self.say(f"severity.{row['severity']}"),)

    def fields(self, name: str, row: Row) -> list[tuple[str, str, str]]:
        """Column, its name and its value, of all columns that hold one and are neither id nor evidence."""
        hidden = {*EVIDENCE, DATASETS[name].id_column, "id"}
        found = []
        for column in DATASETS[name].schema.names:
            if column in hidden or (text := self.value(column, row[column])) == "":
                continue
            coded = f"kind.{row['kind']}" if column == "kind" and name == "numbers" else ""
            found.append((column, self.say(f"column.{column}"), self.say(coded) if coded else text))
        return found


def shortened(text: str, length: int) -> str:
    text = re.sub(r"\s+", " ", text).strip()
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"
