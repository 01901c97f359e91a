"""Passage -> what each of its numbers may be: references, dates, names; the rest is left to the quantities."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from extractors.names import find_names
from extractors.references import find_references
from normalizers.dates import Toward, find_dates
from normalizers.text import fold
from schemas.mention import Mention, MentionKind
from schemas.place import Passage


@dataclass(frozen=True, slots=True)
class Reading:
    """A passage with its mentions in order; none overlaps another."""

    passage: Passage
    folded: str
    references: tuple[Mention, ...]
    dates: tuple[Mention, ...]
    names: tuple[Mention, ...]

    @property
    def taken(self) -> list[tuple[int, int]]:
        """The stretches that are explained already, in order."""
        return sorted((m.start, m.end) for m in (*self.references, *self.dates, *self.names))


# Without any of these a text holds neither date nor number nor reference.
_TELLS = re.compile(r"\d|quý|năm|tháng")


def read_mentions(passage: Passage, anchor: date | None) -> Reading:
    """The references, dates and names of a passage; dates without a year lie before the anchor."""
    folded = fold(passage.text)
    if not _TELLS.search(folded):
        return Reading(passage, folded, (), (), ())
    references = find_references(passage, anchor)
    taken = [(m.start, m.end) for m in references]
    dates = [
        Mention(MentionKind.DATE, f"date_{found.rule}", passage, found.start, found.end, found.span)
        for found in find_dates(folded, anchor, Toward.PAST)
        if not any(start < found.end and found.start < end for start, end in taken)
    ]
    taken += [(m.start, m.end) for m in dates]
    names = find_names(passage, taken)
    return Reading(passage, folded, tuple(references), tuple(dates), tuple(names))
