"""Tables that no ruling draws: numbers that stand in columns, under heads and beside names.

Statistical offices print most of theirs so. What makes a table of printed pieces is that
row after row has numbers under each other, with a blank down the page between the columns
that nothing crosses.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from pipeline.read.layout import baselines
from pipeline.read.rulings import Frame, Lattice
from schemas.document import Line

_NUMBER = re.compile(r"[-–+−(]?\s?\d[\d.,]*\s?%?\)?|[-–x…]|\d[\d.,]*\s?[-–/]\s?\d[\d.,]*")
# of a head or a roster: "4/2025", "2024", "09/6"; a telephone or a code: "024.3825 1234", "01.003"
_NO_FIGURE = re.compile(r"(?:\d{1,2}\s?/\s?)?(?:19|20)\d\d|\d{1,2}\s?/\s?\d{1,2}|0\d[\d.\s]+")
# Fewer numbers in a row, or rows of them, may as well be a text that happens to stand so.
LEAST_NUMBERS, LEAST_ROWS = 2, 3
# A table's line stands this close to the one above it, in font sizes; and so do the lines of its head.
ROW_GAP, HEAD_GAP = 2.2, 1.2
# the most lines that a head has
HEAD_LINES = 8
# a line with as many pieces is no caption
LEAST_HEADS = 3
# what stands between a title and a head
_CAPTION = re.compile(r"\W*(?:đơn vị|đvt|biểu|bảng|\(?số liệu)(?!\w)", re.IGNORECASE)

Row = list[Line]


@dataclass(frozen=True, slots=True)
class _Column:
    x0: float
    x1: float


def unruled(fragments: Sequence[Line]) -> list[Lattice]:
    """The tables without rulings that the fragments make up, top down."""
    if sum(map(_is_number, fragments)) < LEAST_NUMBERS * LEAST_ROWS:
        return []
    lines = baselines(fragments)
    return [table for start, end in _stretches(lines) if (table := _table(lines, start, end))]


def _is_number(fragment: Line) -> bool:
    text = fragment.passage.text.strip()
    return _NUMBER.fullmatch(text) is not None and not _NO_FIGURE.fullmatch(text)


def _is_data(row: Row) -> bool:
    """Whether a line of the page holds numbers behind what names them."""
    numbers = [_is_number(fragment) for fragment in row]
    counts = any(c.isdigit() for f, number in zip(row, numbers, strict=True) if number for c in f.passage.text)
    return counts and sum(numbers) >= LEAST_NUMBERS and numbers[-1] and sum(numbers) >= len(numbers) - 3


def _stretches(lines: Sequence[Row]) -> Iterator[tuple[int, int]]:
    """Runs of lines with enough that hold numbers; between them may stand lines of one piece: names that go on, groups."""
    start = 0
    while start < len(lines):
        if not _is_data(lines[start]):
            start += 1
            continue
        end = last = start + 1
        while (
            end < len(lines) and _follows(lines[end - 1], lines[end]) and (_is_data(lines[end]) or len(lines[end]) == 1)
        ):
            goes_on = last == end and _goes_on(lines[end])
            last = end + 1 if goes_on or _is_data(lines[end]) else last
            end += 1
        if sum(map(_is_data, lines[start:last])) >= LEAST_ROWS:
            yield start, last
        start = last


def _follows(above: Row, row: Row) -> bool:
    return min(f.box.y0 for f in row) - max(f.box.y1 for f in above) < ROW_GAP * row[0].size


def _goes_on(row: Row) -> bool:
    """Whether a line goes on with the name above it: "… sản xuất sản phẩm / từ gỗ"."""
    return len(row) == 1 and row[0].passage.text[:1].islower()


def _table(lines: Sequence[Row], start: int, end: int) -> Lattice | None:
    data = [row for row in lines[start:end] if _is_data(row)]
    columns = _columns(data)
    numeric = [column for column in columns if _holds_numbers(column, data)]
    if len(numeric) < LEAST_NUMBERS or columns[0] in numeric:
        return None
    if any(_crosses(row[0], columns) for row in lines[start:end] if len(row) == 1 and not _is_data(row)):
        return None
    first = _head_start(lines, start, columns)
    heads = [fragment for row in lines[first:start] for fragment in row]
    xs = _edges(columns, heads, [f for row in lines[start:end] for f in row])
    top = min((f.box.y0 for f in heads), default=min(f.box.y0 for f in lines[start]))
    ys, frames = _head(heads, xs, top - 1, min(f.box.y0 for f in lines[start]) - 0.5)
    heading = len(ys) - 1
    rows = [row for row in lines[start:end] if not (_goes_on(row) and _in_columns(row, columns))]
    below = [min(f.box.y0 for f in row) - 0.5 for row in rows[1:]]
    bottom = max(f.box.y1 for row in lines[start:end] for f in row) + 1
    for row, end_y in zip(rows, [*below, bottom], strict=True):
        number, edges = len(ys) - 1, xs if _in_columns(row, columns) else (xs[0], xs[-1])
        spans = 1 if edges is xs else len(columns)
        frames += [Frame(number, c, 1, spans, x0, ys[-1], x1, end_y) for c, (x0, x1) in enumerate(pairwise(edges))]
        ys.append(end_y)
    return Lattice(xs, tuple(ys), tuple(frames), heading)


def _in_columns(row: Row, columns: Sequence[_Column]) -> bool:
    """Whether a line keeps to the columns; one of a single piece beyond the first of them is a head of the lines below."""
    return len(row) > 1 or (row[0].box.x0 <= columns[0].x1 and row[0].box.x1 < columns[1].x0)


def _columns(data: Sequence[Row]) -> list[_Column]:
    """The stretches of the page's width that the lines with numbers cover, parted by blanks that none of them crosses."""
    columns: list[_Column] = []
    for fragment in sorted((f for row in data for f in row), key=lambda f: f.box.x0):
        if columns and fragment.box.x0 <= columns[-1].x1:
            columns[-1] = _Column(columns[-1].x0, max(columns[-1].x1, fragment.box.x1))
        else:
            columns.append(_Column(fragment.box.x0, fragment.box.x1))
    return columns


def _holds_numbers(column: _Column, data: Sequence[Row]) -> bool:
    held = [f for row in data for f in row if column.x0 <= f.box.x0 <= column.x1]
    numbers = sum(map(_is_number, held))
    return numbers >= 0.8 * len(held) and 2 * len(held) >= len(data)


def _crosses(fragment: Line, columns: Sequence[_Column]) -> bool:
    """Whether a line of one piece runs over the columns of numbers: it belongs to no table."""
    return sum(column.x0 < fragment.box.x1 and fragment.box.x0 < column.x1 for column in columns) > 2


def _head_start(lines: Sequence[Row], start: int, columns: Sequence[_Column]) -> int:
    """The first line of the head: lines close above each other over the columns, none of which is text or a caption."""
    first, left, middle = start, columns[0].x0, columns[len(columns) // 2].x0
    while first > max(0, start - HEAD_LINES):
        row, below = lines[first - 1], lines[first]
        size = row[0].size
        near = min(f.box.y0 for f in below) - max(f.box.y1 for f in row) < HEAD_GAP * size
        text = any(f.box.x0 < left + 2 * size and f.box.x1 > middle for f in row)
        # "Đơn vị" above the column of the units is a head, alone over the table a caption
        caption = len(row) < LEAST_HEADS and _CAPTION.match(row[0].passage.text)
        if not near or text or caption or (len(row) == 1 and row[0].box.x1 < columns[1].x0):
            break
        first -= 1
    return first


def _edges(columns: Sequence[_Column], heads: Sequence[Line], pieces: Sequence[Line]) -> tuple[float, ...]:
    """The x of the edges: between two columns of numbers where the heads, which may be broader, leave room."""
    left = min(f.box.x0 for f in (*heads, *pieces))
    right = max(f.box.x1 for f in (*heads, *pieces))
    return (left - 2, *(_edge(a.x1, b.x0, heads) for a, b in pairwise(columns)), right + 2)


def _edge(left: float, right: float, heads: Sequence[Line]) -> float:
    """The place between two columns that the fewest pieces of the head run over, nearest to the middle."""
    ends = sorted({left, right, *(x for f in heads for x in (f.box.x0, f.box.x1) if left < x < right)})
    places = [(a + b) / 2 for a, b in pairwise(ends)] or [left]

    def cost(x: float) -> tuple[int, float]:
        return sum(f.box.x0 < x < f.box.x1 for f in heads), abs(x - (left + right) / 2)

    return min(places, key=cost)


def _head(heads: Sequence[Line], xs: tuple[float, ...], top: float, bottom: float) -> tuple[list[float], list[Frame]]:
    """The edges of the head's rows, without the last table's edge, and its cells: what runs over an edge between two
    columns is the head of both."""
    if not heads:
        return [bottom], []
    spans: dict[tuple[int, int], float] = {}
    for fragment in heads:
        over = [c for c, (x0, x1) in enumerate(pairwise(xs)) if x0 < fragment.box.x1 - 1 and fragment.box.x0 + 1 < x1]
        if len(over) > 1:
            key = (over[0], over[-1] + 1)
            spans[key] = max(spans.get(key, top), fragment.box.y1)
    if not spans:
        return [top, bottom], [Frame(0, c, 1, 1, x0, top, x1, bottom) for c, (x0, x1) in enumerate(pairwise(xs))]
    middle = max(spans.values())
    frames: list[Frame] = []
    column = 0
    while column < len(xs) - 1:
        end = next((end for start, end in sorted(spans) if start == column), column + 1)
        if end > column + 1:
            frames.append(Frame(0, column, 1, end - column, xs[column], top, xs[end], middle))
            frames += [Frame(1, c, 1, 1, xs[c], middle, xs[c + 1], bottom) for c in range(column, end)]
        else:
            frames.append(Frame(0, column, 2, 1, xs[column], top, xs[column + 1], bottom))
        column = end
    return [top, middle, bottom], sorted(frames, key=lambda frame: (frame.row, frame.column))
