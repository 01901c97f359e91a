"""Metrics in their text -> checks: arithmetic that the document itself states, judged."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence

from extractors.relations import Figure, Relation, relations
from extractors.relations.counts import announces, counted
from extractors.relations.figures import CONFLICTS
from pipeline.extract import Extraction
from schemas.block import Block, BlockKind
from schemas.place import Passage
from schemas.records import Check, Issue, Metric

Key = tuple[int, int]


def checks(document_id: str, found: Extraction) -> tuple[Check, ...]:
    """The arithmetic relations of a document, in reading order, each once."""
    figures = _Figures(found)
    seen: dict[str, Check] = {}
    for block in found.outline:
        for passage in block.passages:
            inside = figures.within(passage)
            if inside:
                for relation in relations(passage.text, inside):
                    check = _check(document_id, relation)
                    seen.setdefault(check.check_id, check)
        for relation in _lists(block, found, figures):
            check = _check(document_id, relation)
            seen.setdefault(check.check_id, check)
    return tuple(seen.values())


def conflicts(found: Extraction, checked: Sequence[Check]) -> Iterator[Issue]:
    """An issue for each relation that does not hold, at its first figure."""
    metrics = {metric.metric_id: metric for metric in found.metrics}
    for check in checked:
        if check.verdict == CONFLICTS:
            metric = metrics[check.record_ids[0]]
            message = f"không khớp: {check.expression}; tính lại được {check.computed:g}"
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


class _Figures:
    """The metrics of a document by where their first character stands."""

    def __init__(self, found: Extraction) -> None:
        metrics = {metric.metric_id: metric for metric in found.metrics}
        self._at: dict[Key, tuple[Metric, int]] = {}
        for metric_id, passage in found.figures.items():
            first = next((glyph for glyph in passage.glyphs if glyph), None)
            if first:
                self._at[first.page, first.order] = metrics[metric_id], len(passage)

    def within(self, passage: Passage) -> list[Figure]:
        """The figures of a passage, in order."""
        found = []
        for start, glyph in enumerate(passage.glyphs):
            if glyph and (glyph.page, glyph.order) in self._at:
                metric, length = self._at[glyph.page, glyph.order]
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
