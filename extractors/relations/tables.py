"""Totals of statistical tables: rows "Tổng số" and columns "Cộng", numbered groups and their members.

A table tells by its own figures what adds up: a total row counts as the sum of certain rows where it is so in a
column; then, and only then, another column that misses by a slip is told as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from extractors.relations.figures import CONFLICTS, DOUBTFUL, HOLDS, Figure, Relation, judged, plain
from normalizers.text import fold

_TOTAL = re.compile(r"(?:tổng(?: số| cộng)?|cộng|toàn (?:tỉnh|quốc|ngành|thành phố|huyện)|cả nước)\W*$")
# Levels as offices number them, outermost first: A, I, 1, 1.1, a, a dash, a plus.
_LEVELS = tuple(
    map(re.compile, (r"[A-HJ-UWYZ]", r"[IVX]+", r"\d+", r"\d+\.\d+", r"\d+\.\d+\.\d+", r"[a-zđ]\d?", r"[-–]", r"\+"))
)
# A slip of the pen is small; what differs by more has parts that overlap or are not all.
_SLIP = 0.05
# A column of totals is known by so many rows that add up, and by nearly all of them.
_ROWS, _NEARLY_ALL = 3, 0.8
# Below this, sums agree by chance.
_TELLING = 10


@dataclass(frozen=True, slots=True)
class TableRow:
    """A body row: its number ("II", "1"), its name, its figures by column."""

    label: str
    name: str
    figures: Mapping[int, Figure]

    @property
    def level(self) -> int | None:
        label = self.label.strip(" .()")
        return next((depth for depth, form in enumerate(_LEVELS) if form.fullmatch(label)), None)

    @property
    def is_total(self) -> bool:
        return bool(_TOTAL.match(fold(self.name).strip()))


def table_sums(rows: Sequence[TableRow], heads: Mapping[int, str]) -> Iterator[Relation]:
    """The sums of a table, of rows and of columns; `heads` are the words over the columns."""
    for place, row in enumerate(rows):
        if row.is_total:
            yield from _down(row, _options(rows, place))
        elif row.level is not None:
            members = _members(rows, place)
            yield from (sum_ for sum_ in _down(row, [members]) if sum_.verdict == HOLDS)
    for column, head in heads.items():
        if _TOTAL.match(fold(head.rsplit(" / ", 1)[-1]).strip()):
            yield from _across(rows, column, sorted(heads))


def _options(rows: Sequence[TableRow], place: int) -> list[list[TableRow]]:
    """The rows that a total may sum up: the outermost level below it, or above it, up to the next total."""
    below = _until_total(rows[place + 1 :])
    above = _until_total(rows[:place][::-1])[::-1]
    return [_outermost(part) for part in (below, above)]


def _until_total(rows: Sequence[TableRow]) -> list[TableRow]:
    end = next((place for place, row in enumerate(rows) if row.is_total), len(rows))
    return list(rows[:end])


def _outermost(rows: Sequence[TableRow]) -> list[TableRow]:
    """Rows of the outermost level: what stands below them is in them already."""
    levels = [row.level for row in rows if row.level is not None]
    return [row for row in rows if row.level == min(levels)] if levels else list(rows)


def _members(rows: Sequence[TableRow], place: int) -> list[TableRow]:
    """The rows one level below a numbered row, up to the next of its own level or above."""
    own = rows[place].level or 0
    following: list[TableRow] = []
    for row in rows[place + 1 :]:
        if row.is_total or (row.level is not None and row.level <= own):
            break
        if row.level is not None:
            following.append(row)
    return _outermost(following)


def _down(total: TableRow, options: Sequence[Sequence[TableRow]]) -> Iterator[Relation]:
    """The sums of a total row over the rows for which most columns add up."""
    found = [[sum_ for column in total.figures if (sum_ := _sum(total, parts, column))] for parts in options]
    best = max(found, key=_holding, default=[])
    if _holding(best):
        sure = _holding(best) > 1
        yield from (_told(sum_, sure) for sum_ in best if sum_.verdict == HOLDS or _is_slip(sum_))


def _holding(sums: Sequence[Relation]) -> int:
    return sum(each.verdict == HOLDS and abs(each.printed) >= _TELLING for each in sums)


def _sum(total: TableRow, parts: Sequence[TableRow], column: int) -> Relation | None:
    inside = [row.figures[column] for row in parts if column in row.figures]
    return _added(total.figures[column], inside, len(inside) == len(parts))


def _added(total: Figure, parts: Sequence[Figure], complete: bool) -> Relation | None:
    """What parts make of their total; None if they can't be added, or if some are missing and the others are not enough."""
    if len(parts) < 2 or not all(_is_amount(each) and each.unit == total.unit for each in (total, *parts)):
        return None
    computed = sum(part.value for part in parts)
    tolerance = total.slack + sum(part.slack for part in parts)
    expression = f"{' + '.join(plain(part.value) for part in parts)} = {plain(total.value)}"
    found = judged("sum", expression, total.value, computed, tolerance, (total, *parts), DOUBTFUL)
    return found if complete or found.verdict == HOLDS else None


def _is_amount(figure: Figure) -> bool:
    addable = not figure.is_share and "/" not in figure.unit and figure.unit not in ("hạng", "lần", "điểm")
    return figure.is_plain and addable and figure.metric.role != "change"


def _is_slip(found: Relation) -> bool:
    return abs(found.computed - found.printed) <= _SLIP * abs(found.printed)


def _told(found: Relation, sure: bool) -> Relation:
    """A sum that misses is a conflict only where others of its kind hold and every figure was printed, not recognised."""
    recognised = any(figure.metric.read_confidence is not None for figure in found.figures)
    if found.verdict == HOLDS or not sure or recognised:
        return found
    return judged(
        found.kind, found.expression, found.printed, found.computed, found.tolerance, found.figures, CONFLICTS
    )


def _across(rows: Sequence[TableRow], column: int, columns: Sequence[int]) -> Iterator[Relation]:
    """The sums of a column of totals over the columns beside it for which most rows add up."""
    after = [other for other in columns if other > column]
    before = [other for other in columns if other < column]
    stretches = [after[:count] for count in range(2, len(after) + 1)]
    stretches += [before[-count:] for count in range(2, len(before) + 1)]
    found = [[sum_ for row in rows if (sum_ := _sum_across(row, column, parts))] for parts in stretches]
    best = max(found, key=_holding, default=[])
    if best and _holding(best) >= max(_ROWS, _NEARLY_ALL * len(best)):
        yield from (_told(sum_, True) for sum_ in best if sum_.verdict == HOLDS or _is_slip(sum_))


def _sum_across(row: TableRow, column: int, parts: Sequence[int]) -> Relation | None:
    if column not in row.figures:
        return None
    inside = [row.figures[part] for part in parts if part in row.figures]
    return _added(row.figures[column], inside, len(inside) == len(parts))
