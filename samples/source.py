"""A sample's source: YAML for the letterhead and the signature, then a text in a small Markdown.

One line is one paragraph; an indented line goes on with the line above.

    # I. HEADING   ## 1. Heading   ### a) Heading   - bullet   > centred   >> at the right
    #. an item numbered by Word   # #. a heading numbered by Word
    *italic*  **bold**  footnote mark[^1]  and its text on a line of its own: [^1]: text
    {++inserted++}  {--deleted--}  {==words==}{>>comment on them<<}     (CriticMarkup)
    | a | b |      table row: "<" joins the cell to its left, "^" to the cell above
    |:--10--:|     below the head rows: column widths in millimetres, alignment as in Markdown
    [closing]      here stand "Nơi nhận" and the signature
    ---            page break
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]

NOTE = re.compile(r"\[\^(\w+)\]:\s*(.+)")
COLUMN = re.compile(r"(:?)-+(\d+)-+(:?)")


@dataclass(frozen=True)
class Source:
    name: str
    head: dict[str, Any]
    lines: tuple[str, ...]
    notes: dict[str, str]


@dataclass(frozen=True)
class Column:
    width: int  # millimetres
    align: str  # left, center, right


@dataclass(frozen=True)
class Grid:
    rows: tuple[tuple[str, ...], ...]
    columns: tuple[Column, ...]
    heads: int  # how many of the rows are head rows, repeated on each page


def read_source(path: Path) -> Source:
    _, head, body = path.read_text("utf8").split("---\n", 2)
    text = re.sub(r"\n[ ]+(?=\S)", " ", body)
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    notes = {found[1]: found[2] for found in map(NOTE.fullmatch, lines) if found}
    return Source(path.stem, yaml.safe_load(head), tuple(x for x in lines if not NOTE.fullmatch(x)), notes)


def read_grid(lines: list[str]) -> Grid:
    rows = [tuple(cell.strip() for cell in line.strip("|").split("|")) for line in lines]
    heads = next(i for i, row in enumerate(rows) if all(COLUMN.fullmatch(cell) for cell in row))
    return Grid(tuple(rows[:heads] + rows[heads + 1 :]), tuple(map(read_column, rows[heads])), heads)


def read_column(cell: str) -> Column:
    match = COLUMN.fullmatch(cell)
    assert match, f"no column rule: {cell!r}"
    left, width, right = match.groups()
    return Column(int(width), "center" if left and right else "right" if right else "left")
