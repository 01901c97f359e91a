"""`datapackage.json`: the published datasets described after the Frictionless Data Package standard."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from schemas.datasets import DATASETS, SCHEMA_VERSION, Dataset

_TYPES = ((pa.types.is_string, "string"), (pa.types.is_integer, "integer"), (pa.types.is_floating, "number"),
          (pa.types.is_boolean, "boolean"), (pa.types.is_date, "date"), (pa.types.is_timestamp, "datetime"),
          (pa.types.is_list, "array"), (pa.types.is_struct, "object"))  # fmt: skip

# columns that name a row of another dataset, with that dataset and its column
_KEYS = {
    "document_id": ("documents", "document_id"),
    "first_document_id": ("documents", "document_id"),
    "task_id": ("tasks", "task_id"),
}


def datapackage() -> dict[str, Any]:
    """The description of all datasets and columns, in English and Vietnamese."""
    return {
        "name": "truynguon",
        "title": "Truy nguồn: dữ liệu từ văn bản hành chính, mỗi số liệu có vị trí trên trang",
        "description": "Datasets from Vietnamese government documents; every record has its place on a page.",
        "version": SCHEMA_VERSION,
        "profile": "data-package",
        "resources": [_resource(dataset) for dataset in DATASETS.values()],
    }


def _resource(dataset: Dataset) -> dict[str, Any]:
    schema: dict[str, Any] = {"fields": [_field(dataset, field) for field in dataset.schema]}
    if dataset.id_column:
        schema["primaryKey"] = [dataset.id_column]
    keys = [_foreign_key(name) for name in dataset.schema.names if name in _KEYS and name != dataset.id_column]
    if keys:
        schema["foreignKeys"] = keys
    return {
        "name": dataset.name,
        "description": dataset.english,
        "description_vi": dataset.vietnamese,
        "path": f"{dataset.name}/*.parquet",
        "format": "parquet",
        "schema": schema,
    }


def _foreign_key(column: str) -> dict[str, Any]:
    resource, key = _KEYS[column]
    return {"fields": [column], "reference": {"resource": resource, "fields": [key]}}


def _field(dataset: Dataset, field: pa.Field) -> dict[str, Any]:
    column = next(column for column in dataset.columns if column.name == field.name)
    described: dict[str, Any] = {
        "name": field.name,
        "type": next(name for test, name in _TYPES if test(field.type)),
        "description": column.metadata["en"],
        "description_vi": column.metadata["vi"],
        "arrow_type": str(field.type),
    }
    if not field.nullable:
        described["constraints"] = {"required": True}
    return described
