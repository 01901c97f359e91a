"""Blocks: the units that a person would read, as a tree."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from schemas.place import NOWHERE, Passage


class BlockKind(StrEnum):
    HEADING = "heading"
    PARAGRAPH = "paragraph"
    ITEM = "item"
    ROW = "row"
    FOOTNOTE = "footnote"
    FURNITURE = "furniture"  # page numbers, repeated heads and feet
    STAMP = "stamp"  # what an office stamped on an arrived paper: "ĐẾN", hour, number and day
    NOISE = "noise"  # what character recognition made of specks and loose accents


class Zone(StrEnum):
    """The part of the document, after the layout of Decree 30/2020/NĐ-CP, Appendix I."""

    LETTERHEAD = "letterhead"  # agency, motto, number, place and date, stamps
    TITLE = "title"  # type and trích yếu, Kính gửi
    BODY = "body"
    CLOSING = "closing"  # Nơi nhận and the signature block
    APPENDIX = "appendix"


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table row: the words over its column, and its text over all its fragments.

    `head` joins the header cells above from top to bottom with " / "; `span` is the
    number of columns it covers; `inherited` tells that it was filled from a merged
    cell that began in an earlier row.
    """

    head: str
    column: int
    passage: Passage
    span: int = 1
    inherited: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """`label` is the number or bullet printed before it, `body` its text without the label.

    `parent` is the index of the block under which it stands (heading, list item), None
    at the top. `table` counts the tables of the document from 0; a row that runs over a
    page break is one block. `marks` are the footnote marks inside it.
    """

    index: int
    kind: BlockKind
    zone: Zone
    body: Passage
    label: Passage = NOWHERE
    parent: int | None = None
    level: int = 0
    bold: bool = False
    italic: bool = False
    cells: tuple[Cell, ...] = ()
    table: int | None = None
    marks: tuple[Passage, ...] = ()

    @property
    def passages(self) -> tuple[Passage, ...]:
        """All its text, each character once."""
        if self.cells:
            return tuple(cell.passage for cell in self.cells if cell.passage and not cell.inherited)
        return tuple(passage for passage in (self.label, self.body) if passage)


@dataclass(frozen=True)
class Outline:
    """The blocks of a document in reading order."""

    blocks: tuple[Block, ...]

    def __iter__(self) -> Iterator[Block]:
        return iter(self.blocks)

    def ancestors(self, block: Block) -> Iterator[Block]:
        """The blocks above it, nearest first."""
        parent = block.parent
        while parent is not None:
            above = self.blocks[parent]
            yield above
            parent = above.parent

    @cached_property
    def _children(self) -> dict[int, list[Block]]:
        found: dict[int, list[Block]] = {}
        for block in self.blocks:
            if block.parent is not None:
                found.setdefault(block.parent, []).append(block)
        return found

    def children(self, block: Block) -> list[Block]:
        return self._children.get(block.index, [])

    def tables(self) -> list[list[Block]]:
        """The body rows of each table, in order."""
        found: dict[int, list[Block]] = {}
        for block in self.blocks:
            if block.kind is BlockKind.ROW and block.table is not None:
                found.setdefault(block.table, []).append(block)
        return list(found.values())

    def section(self, block: Block) -> tuple[str, ...]:
        """The labels of the headings above it, outermost first: ("IV", "2")."""
        labels = [
            above.label.text or above.body.text for above in self.ancestors(block) if above.kind is BlockKind.HEADING
        ]
        return tuple(name for label in reversed(labels) if (name := label.strip(" .-–/():~*+")))
