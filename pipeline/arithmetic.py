"""Metrics in their text -> checks: arithmetic that the document itself states, judged."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from operator import itemgetter

from extractors.metric_tables import ORDINAL_HEAD
from extractors.relations import Figure, Relation, TableRow, relations, repeats, table_sums
from extractors.relations.counts import announces, counted, listed_apart
from extractors.relations.figures import CONFLICTS
from normalizers.numbers import written
from normalizers.text import fold
from pipeline.extract import Extraction
from schemas.block import Block, BlockKind
from schemas.place import Passage
from schemas.records import Check, Issue, Metric

Key = tuple[int, int]


def checks(document_id: str, found: Extraction) -> tuple[Check, ...]:
    """The arithmetic relations of a document, in reading order, each once."""
    figures = _Figures(found)
    made = (_check(document_id, relation) for relation in _relations(found, figures))
    seen: dict[str, Check] = {}
    for check in made:
        seen.setdefault(check.check_id, check)
    return tuple(seen.values())


def _relations(found: Extraction, figures: _Figures) -> Iterator[Relation]:
    told: list[tuple[int, Figure]] = []
    for block in found.outline:
        for passage in block.passages:
            inside = figures.within(passage)
            told += ((block.index if block.table is None else -1 - block.table, figure) for figure in inside)
            if inside:
                yield from relations(passage.text, inside)
        yield from _lists(block, found, figures)
        yield from _footnotes(block, found, figures)
    for rows in found.outline.tables():
        yield from table_sums(*_table(rows, figures))
    yield from repeats(told)


def conflicts(found: Extraction, checked: Sequence[Check]) -> Iterator[Issue]:
    """An issue for each relation that does not hold, at its first figure."""
    metrics = {metric.metric_id: metric for metric in found.metrics}
    for check in checked:
        if check.verdict == CONFLICTS:
            metric = metrics[check.record_ids[0]]
            message = f"không khớp: {written_out(check.expression)}; tính lại được {written(check.computed)}"
            yield Issue(
                metric.document_id,
                metric.page,
                metric.boxes,
                "check_conflicts",
                "warning",
                message,
                "metrics",
                metric.metric_id,
            )


# A number of an expression; the one of a unit ("m2") is a letter of it.
_NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?")


def written_out(expression: str) -> str:
    """An expression with its numbers as Vietnamese writes them.

    >>> written_out("4120000000000 + 46.5 = 12 m2")
    '4.120.000.000.000 + 46,5 = 12 m2'
    """
    return _NUMBER.sub(lambda number: written(float(number[0])), expression)


_PLACE = itemgetter(0, 2)  # page and order of a glyph


class _Figures:
    """The metrics of a document by where their first character stands."""

    def __init__(self, found: Extraction) -> None:
        metrics = {metric.metric_id: metric for metric in found.metrics}
        self._at: dict[Key, tuple[Metric, int]] = {}
        begins: set[str] = set()
        for metric_id, passage in found.figures.items():
            first = next(((c, glyph) for c, glyph in zip(passage.text, passage.glyphs, strict=True) if glyph), None)
            if first:
                begins.add(first[0])
                self._at[_PLACE(first[1])] = metrics[metric_id], len(passage)
        # no figure begins inside a word
        self._begins = re.compile(rf"(?:{'|'.join(map(re.escape, sorted(begins))) or '(?!)'})(?<!\w\w)")

    def within(self, passage: Passage) -> list[Figure]:
        """The figures of a passage, in order."""
        found = []
        for begin in self._begins.finditer(passage.text):  # most characters of a text begin no figure
            start = begin.start()
            glyph = passage.glyphs[start]
            if glyph and (figure := self._at.get(_PLACE(glyph))):
                metric, length = figure
                found.append(Figure(metric, start, start + length))
        return found


def _lists(block: Block, found: Extraction, figures: _Figures) -> Iterator[Relation]:
    """A count at the end of a block and the items below it: "13 dự án luật …, cụ thể bao gồm:"."""
    if not block.body.text.rstrip().endswith(":"):
        return
    items = [child for child in found.outline.children(block) if child.kind is BlockKind.ITEM]
    figure = next((each for each in reversed(figures.within(block.body)) if announces(each)), None)
    if figure is not None and len(items) >= 2 and figure.value == len(items):
        yield counted(figure, len(items))


def _footnotes(block: Block, found: Extraction, figures: _Figures) -> Iterator[Relation]:
    """A count with a footnote mark in its sentence, and the list in that footnote."""
    for mark in block.marks:
        place = _place(mark)
        before = [each for each in figures.within(block.body) if _place(block.body[each.start : each.end]) < place]
        figure = next((each for each in reversed(before) if announces(each)), None)
        notes = [
            other.body.text for other in found.outline
            if other.kind is BlockKind.FOOTNOTE and other.label.text.strip(" .()[]") == mark.text.strip(" .()[]")
        ]  # fmt: skip
        if figure is not None and len(notes) == 1:
            relation = listed_apart(figure, notes[0])
            if relation:
                yield relation


def _place(passage: Passage) -> Key:
    first = next((glyph for glyph in passage.glyphs if glyph), None)
    return (first.page, first.order) if first else (0, 0)


def _table(rows: Sequence[Block], figures: _Figures) -> tuple[list[TableRow], dict[int, str]]:
    """The rows of a table with their figures, and the heads of the columns that hold any."""
    found = [
        TableRow(
            _label(row),
            _name(row),
            {cell.column: inside[0] for cell in row.cells if len(inside := figures.within(cell.passage)) == 1},
        )
        for row in rows
    ]
    held = {column for row in found for column in row.figures}
    return found, {cell.column: cell.head for row in reversed(rows) for cell in row.cells if cell.column in held}


def _label(row: Block) -> str:
    numbered = next((cell.passage.text for cell in row.cells if ORDINAL_HEAD.match(fold(cell.head))), "")
    return row.label.text or numbered


def _name(row: Block) -> str:
    """The first cell of letters that is not the row's number."""
    texts = (cell.passage.text for cell in row.cells if not ORDINAL_HEAD.match(fold(cell.head)))
    return next((text for text in texts if re.search(r"[^\W\d_]{2}", text)), "")


def _check(document_id: str, relation: Relation) -> Check:
    ids = tuple(figure.metric.metric_id for figure in relation.figures)
    key = f"checks|{document_id}|{relation.kind}|{'|'.join(ids)}"
    return Check(
        check_id=hashlib.sha256(key.encode()).hexdigest()[:20],
        kind=relation.kind,
        expression=relation.expression,
        printed=relation.printed,
        computed=relation.computed,
        tolerance=relation.tolerance,
        verdict=relation.verdict,
        record_ids=ids,
        document_id=document_id,
    )
