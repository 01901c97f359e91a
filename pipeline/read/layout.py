"""Printed pieces of text -> lines in reading order.

A fragment is what a reader finds printed in one go: a run of characters on one
baseline. Fragments of one baseline that stand close together are one line; where
a gutter runs down between fragments (letterhead, signature block, two columns of
text) the left column is read before the right.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from schemas.document import Line
from schemas.place import join, union

# Widest blank inside a line, in font sizes: justified lines stretch blanks, columns stand further apart.
LINE_GAP = 1.6
# Narrowest gutter between two columns, in points.
GUTTER = 12.0


def reading_order(fragments: Sequence[Line]) -> tuple[Line, ...]:
    """The lines that the fragments make up, in reading order."""
    rows = [_close_up(row) for row in baselines(fragments)]
    ordered: list[Line] = []
    index = 0
    while index < len(rows):
        end, gutter = _columns(rows, index)
        if gutter is None:
            ordered.extend(rows[index])
            index += 1
            continue
        region = [line for row in rows[index:end] for line in row]
        ordered.extend(line for line in region if line.box.x1 <= gutter)
        ordered.extend(line for line in region if line.box.x1 > gutter)
        index = end
    return tuple(ordered)


def baselines(fragments: Sequence[Line]) -> list[list[Line]]:
    """Fragments whose middle heights fall into each other, top down; each row left to right."""
    rows: list[list[Line]] = []
    for fragment in sorted(fragments, key=lambda f: f.box.y0 + f.box.y1):
        middle = (fragment.box.y0 + fragment.box.y1) / 2
        if rows and any(f.box.y0 <= middle <= f.box.y1 for f in rows[-1]) and _level(rows[-1][0], fragment):
            rows[-1].append(fragment)
        else:
            rows.append([fragment])
    return [sorted(row, key=lambda f: f.box.x0) for row in rows]


def _level(a: Line, b: Line) -> bool:
    """Whether two fragments stand on about one baseline."""
    return abs((a.box.y0 + a.box.y1) - (b.box.y0 + b.box.y1)) <= max(a.size, b.size)


def _close_up(row: list[Line]) -> list[Line]:
    lines = row[:1]
    for fragment in row[1:]:
        last = lines[-1]
        if fragment.box.x0 - last.box.x1 <= LINE_GAP * max(last.size, fragment.size):
            lines[-1] = _merge(last, fragment)
        else:
            lines.append(fragment)
    return lines


def _merge(left: Line, right: Line) -> Line:
    touching = right.box.x0 - left.box.x1 < 0.1 * left.size
    passage = left.passage + right.passage if touching else join((left.passage, right.passage))
    shift = len(passage) - len(right.passage)
    longer = max(left, right, key=lambda line: len(line.passage))
    return Line(
        passage,
        union(left.box, right.box),
        longer.size,
        longer.bold,
        longer.italic,
        left.marks + tuple((offset + shift, mark) for offset, mark in right.marks),
    )


def _columns(rows: list[list[Line]], start: int) -> tuple[int, float | None]:
    """Where the stretch of columns that begins at a row ends, and the x of its gutter; None if there is none."""
    if len(rows[start]) < 2:
        return start + 1, None
    gap = _widest_gap(rows[start])
    if gap is None:
        return start + 1, None
    left, right = gap
    end = start + 1
    while end < len(rows) and _near(rows[start:end], rows[end]):
        narrower = _narrow(rows[end], left, right)
        if narrower is None:
            break
        left, right = narrower
        end += 1
    return end, (left + right) / 2


def _widest_gap(row: list[Line]) -> tuple[float, float] | None:
    gaps = [(a.box.x1, b.box.x0) for a, b in pairwise(row)]
    left, right = max(gaps, key=lambda gap: gap[1] - gap[0])
    return (left, right) if right - left >= GUTTER else None


# A line alone on its side stays in its column up to this gap, in font sizes; beside lines of the other side, up to SECTION_GAP.
COLUMN_GAP = 0.75
SECTION_GAP = 2.0


def _near(above: list[list[Line]], row: list[Line]) -> bool:
    """Whether a row goes on with the columns above it, judged by the gap over it."""
    size = row[0].size
    if len(row) > 1:
        return min(line.box.y0 for line in row) - max(line.box.y1 for line in above[-1]) < SECTION_GAP * size
    over = [line for lines in above for line in lines if line.box.x0 < row[0].box.x1 and row[0].box.x0 < line.box.x1]
    return bool(over) and row[0].box.y0 - over[-1].box.y1 < COLUMN_GAP * size


def _narrow(row: list[Line], left: float, right: float) -> tuple[float, float] | None:
    """The part of the gutter that the row leaves free, None if the row crosses it."""
    for line in row:
        if line.box.x0 >= (left + right) / 2:
            right = min(right, line.box.x0)
        else:
            left = max(left, line.box.x1)
    return (left, right) if right - left >= GUTTER else None


def cell_lines(fragments: Sequence[Line]) -> tuple[Line, ...]:
    """The lines of a table cell: rows top down, fragments of a row joined whatever the gap."""
    lines = []
    for row in baselines(fragments):
        line = row[0]
        for fragment in row[1:]:
            line = _merge(line, fragment)
        lines.append(line)
    return tuple(lines)
