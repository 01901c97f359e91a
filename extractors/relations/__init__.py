"""Arithmetic that a text states of its own figures: shares and their fractions, parts and totals, lists and their counts.

Each module reads one kind of relation from a text whose figures are known, or from the rows of a table. Rules are written so that a relation
is taken for what the text says only where its wording leaves little else; where the parts are not surely the
whole, what does not add up is `doubtful` and no conflict.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from extractors.relations.changes import changes
from extractors.relations.counts import counts
from extractors.relations.figures import Figure, Relation
from extractors.relations.forms import forms
from extractors.relations.ranges import ranges
from extractors.relations.ratios import ratios
from extractors.relations.repeats import repeats
from extractors.relations.sums import sums
from extractors.relations.tables import TableRow, table_sums

__all__ = ["Figure", "Relation", "TableRow", "relations", "repeats", "table_sums"]


def relations(text: str, figures: Sequence[Figure]) -> Iterator[Relation]:
    """The relations of a text, whose figures come in order."""
    for read in (ratios, sums, changes, ranges, counts, forms):
        yield from read(text, figures)
