"""The published datasets: name, row class, Arrow schema."""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from operator import attrgetter
from typing import Any

import pyarrow as pa

from schemas import records
from schemas.review import Review

# What readers may rely on: a new column raises the second number, any other change the first (docs/dashboards.md).
# The columns of each version stand in docs/schema-versions.json, written by `make docs`.
SCHEMA_VERSION = "1.0.0"

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
    """`id_column` is the record's own id, None where a row has none; the rest says in two languages what a row is."""

    name: str
    row: type
    id_column: str | None
    english: str
    vietnamese: str
    # its rows stand on records of several documents and belong to none of them
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

    def table(self, rows: Iterable[Any]) -> pa.Table:
        """The rows as an Arrow table of this dataset's schema."""
        found = list(rows)
        return pa.table(
            [pa.array(_values(map(attrgetter(field.name), found), field.type), field.type) for field in self.schema],
            schema=self.schema,
        )


def _values(values: Iterable[Any], kind: pa.DataType) -> list[Any]:
    """The values as Arrow takes them: structures as tuples, in the order of their fields."""
    if pa.types.is_list(kind) and pa.types.is_struct(kind.value_type):
        fields = attrgetter(*(field.name for field in kind.value_type))
        return [None if value is None else list(map(fields, value)) for value in values]
    return list(values)


DATASETS: dict[str, Dataset] = {
    dataset.name: dataset
    for dataset in (
        Dataset(
            "documents",
            records.DocumentRow,
            "document_id",
            "a file: type, number, issuer, date, title, signer; or why it was set aside",
            "một tệp: loại, số ký hiệu, cơ quan ban hành, ngày, trích yếu, người ký; hoặc lý do cách ly",
        ),
        Dataset(
            "pages",
            records.PageRow,
            None,
            "a page and its text in reading order",
            "một trang và chữ theo thứ tự đọc",
        ),
        Dataset(
            "tasks",
            records.Task,
            "task_id",
            "who does what by when, with whom",
            "ai làm việc gì, hạn nào, phối hợp với ai",
        ),
        Dataset(
            "metrics",
            records.Metric,
            "metric_id",
            "a figure: value, unit, what it measures, for which period",
            "một số liệu: giá trị, đơn vị, đo cái gì, kỳ nào",
        ),
        Dataset(
            "references",
            records.Reference,
            "reference_id",
            "a document that is cited",
            "một văn bản được dẫn chiếu",
        ),
        Dataset(
            "agencies",
            records.AgencyMention,
            "agency_mention_id",
            "an agency where it is named, and in which role",
            "một cơ quan tại nơi được nêu, với vai trò gì",
        ),
        Dataset(
            "numbers",
            records.Number,
            "number_id",
            "a number as printed, and what became of it",
            "một con số in trên trang và nó đã thành gì",
        ),
        Dataset(
            "issues",
            records.Issue,
            None,
            "what was doubtful, unreadable, missing or at odds",
            "chỗ đáng ngờ, không đọc được, thiếu hoặc mâu thuẫn",
        ),
        Dataset(
            "task_lines",
            records.TaskLine,
            "task_line_id",
            "one piece of work over several documents",
            "một công việc qua nhiều văn bản",
            across=True,
        ),
        Dataset(
            "task_links",
            records.Link,
            "link_id",
            "whether two tasks are the same work, decided by whom and why",
            "hai nhiệm vụ có là một việc không, ai kết luận, vì sao",
            across=True,
        ),
        Dataset(
            "indicators",
            records.Indicator,
            "indicator_id",
            "one indicator over documents and periods",
            "một chỉ tiêu qua các văn bản và các kỳ",
            across=True,
        ),
        Dataset(
            "indicator_links",
            records.Link,
            "link_id",
            "whether two names are the same indicator, decided by whom and why",
            "hai tên gọi có là một chỉ tiêu không, ai kết luận, vì sao",
            across=True,
        ),
        Dataset(
            "citations",
            records.Citation,
            "citation_id",
            "a cited document, ingested or not, and who cites it",
            "một văn bản được viện dẫn, đã tiếp nhận hay chưa, ai viện dẫn",
            across=True,
        ),
        Dataset(
            "checks",
            records.Check,
            "check_id",
            "a relation between printed figures, computed again",
            "một quan hệ giữa các số in, được tính lại",
        ),
    )
}

# each row belongs to one document, or to none of its own
PER_DOCUMENT = tuple(name for name, dataset in DATASETS.items() if not dataset.across)
ACROSS = tuple(name for name, dataset in DATASETS.items() if dataset.across)
# record datasets: every row has Evidence
RECORD_DATASETS = tuple(name for name, dataset in DATASETS.items() if issubclass(dataset.row, records.Evidence))

# what people said of records: kept beside the datasets, shown in them by `review_status` and `corrected_by`
REVIEWS = Dataset(
    "reviews", Review, "review_id", "what a person said of a record", "nhận xét của người soát xét về một bản ghi"
)
