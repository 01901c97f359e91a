"""Mentions: what a rule saw, where it stands and what it reads as."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from schemas.place import Passage


class MentionKind(StrEnum):
    REFERENCE = "reference"
    DATE = "date"
    AGENCY = "agency"
    QUANTITY = "quantity"
    ORDINAL = "ordinal"
    NAME = "name"
    CONTACT = "contact"
    PAGE_NUMBER = "page_number"
    FOOTNOTE_MARK = "footnote_mark"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Mention:
    """`start` and `end` are offsets in `within`; `value` is what the normaliser made of it."""

    kind: MentionKind
    rule: str
    within: Passage
    start: int
    end: int
    value: Any = None

    @property
    def passage(self) -> Passage:
        return self.within[self.start : self.end]

    @property
    def text(self) -> str:
        return self.within.text[self.start : self.end]
