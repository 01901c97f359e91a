"""Passage -> what each of its numbers may be: references, dates, names; the rest is left to the quantities."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
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

    def parts(self, longest: int) -> list[Reading]:
        """The passage in parts of at most so many characters, parted behind sentences where there are any."""
        if len(self.folded) <= longest:
            return [self]
        parts, start, taken = [], 0, self.taken
        while start < len(self.folded):
            end = _end_of_part(self.folded, start, longest)
            end = next((a for a, b in taken if start < a < end < b), end)
            parts.append(self._part(start, end))
            start = end
        return parts

    def _part(self, start: int, end: int) -> Reading:
        passage = self.passage[start:end]

        def inside(mentions: tuple[Mention, ...]) -> tuple[Mention, ...]:
            found = (m for m in mentions if start <= m.start and m.end <= end)
            return tuple(replace(m, within=passage, start=m.start - start, end=m.end - start) for m in found)

        return Reading(passage, self.folded[start:end], *map(inside, (self.references, self.dates, self.names)))


def _end_of_part(folded: str, start: int, longest: int) -> int:
    end = start + longest
    if end >= len(folded):
        return len(folded)
    sentence = max(folded.rfind(mark, start, end) + 2 for mark in (". ", "; "))
    return next((best for best in (sentence, folded.rfind(" ", start, end) + 1) if best > start + 1), end)


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
