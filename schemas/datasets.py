"""The published datasets: name, row class, Arrow schema."""

from __future__ import annotations

import dataclasses
import types
import typing
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

import pyarrow as pa

from schemas import records

_ARROW: dict[Any, pa.DataType] = {
    str: pa.string(),
    int: pa.int32(),
    float: pa.float64(),
    bool: pa.bool_(),
    date: pa.date32(),
    datetime: pa.timestamp("us", tz="UTC"),
}


def _arrow_type(annotation: Any) -> tuple[pa.DataType, bool]:
    """The Arrow type of an annotation, and whether it may be null."""
    if hasattr(annotation, "__metadata__"):
        return annotation.__metadata__[0], False
    if typing.get_origin(annotation) is types.UnionType:
        (some,) = (part for part in typing.get_args(annotation) if part is not types.NoneType)
        return _arrow_type(some)[0], True
    if typing.get_origin(annotation) is tuple:
        return pa.list_(_arrow_type(typing.get_args(annotation)[0])[0]), False
    if dataclasses.is_dataclass(annotation):
        hints = typing.get_type_hints(annotation, include_extras=True)
        return pa.struct([pa.field(name, _arrow_type(hint)[0]) for name, hint in hints.items()]), False
    return _ARROW[annotation], False


@dataclass(frozen=True)
class Dataset:
    """`id_column` is the record's own id, None where a row has none; rows `across` documents belong to none of them."""

    name: str
    row: type
    id_column: str | None = None
    across: bool = False

    @property
    def columns(self) -> list[dataclasses.Field[Any]]:
        """The fields in published order: the record's own id comes first."""
        fields = list(dataclasses.fields(self.row))
        return sorted(fields, key=lambda field: field.name != self.id_column)

    @cached_property
    def schema(self) -> pa.Schema:
        hints = typing.get_type_hints(self.row, include_extras=True)
        found = []
        for column in self.columns:
            kind, nullable = _arrow_type(hints[column.name])
            found.append(pa.field(column.name, kind, nullable=nullable or pa.types.is_list(kind)))
        return pa.schema(found)

    def table(self, rows: typing.Iterable[Any]) -> pa.Table:
        """The rows as an Arrow table of this dataset's schema."""
        return pa.Table.from_pylist([dataclasses.asdict(row) for row in rows], schema=self.schema)


DATASETS: dict[str, Dataset] = {
    dataset.name: dataset
    for dataset in (
        Dataset("documents", records.DocumentRow, "document_id"),
        Dataset("pages", records.PageRow),
        Dataset("tasks", records.Task, "task_id"),
        Dataset("metrics", records.Metric, "metric_id"),
        Dataset("references", records.Reference, "reference_id"),
        Dataset("agencies", records.AgencyMention, "agency_mention_id"),
        Dataset("numbers", records.Number, "number_id"),
        Dataset("issues", records.Issue),
        Dataset("checks", records.Check, "check_id"),
        Dataset("task_lines", records.TaskLine, "task_line_id", across=True),
        Dataset("task_links", records.Link, "link_id", across=True),
        Dataset("indicators", records.Indicator, "indicator_id", across=True),
        Dataset("indicator_links", records.Link, "link_id", across=True),
        Dataset("citations", records.Citation, "citation_id", across=True),
    )
}

# record datasets: every row has Evidence
RECORD_DATASETS = tuple(name for name, dataset in DATASETS.items() if issubclass(dataset.row, records.Evidence))
