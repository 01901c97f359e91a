"""The datasets as they are written, described and promised: schemas, row classes, descriptions and the contract agree."""

from __future__ import annotations

import dataclasses
import itertools
import json
import re
import typing
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import frictionless
import pandas as pd
import pyarrow as pa
import pyarrow.dataset as ds
import pytest
from deltalake import DeltaTable

from pipeline.datapackage import datapackage
from pipeline.store import Store
from schemas.datasets import DATASETS, RECORD_DATASETS, SCHEMA_VERSION
from schemas.records import Evidence
from scripts import describe_datasets
from scripts.describe_datasets import FILE, VERSIONS, describe, published_columns

CONTRACT = Path(__file__).parent.parent.parent / "shared" / "CONTRACT.md"
EVIDENCE = ["document_id", "page", "boxes", "quote", "rule", "confidence", "read_confidence"]
BOXES = "list<item: struct<page: int32, x0: double, y0: double, x1: double, y1: double>>"
ALL = pytest.mark.parametrize("name", DATASETS)

# row classes and schemas


@ALL
def test_columns_are_the_fields_of_the_row(name: str) -> None:
    dataset = DATASETS[name]
    assert sorted(dataset.schema.names) == sorted(field.name for field in dataclasses.fields(dataset.row))
    assert len(set(dataset.schema.names)) == len(dataset.schema.names)


@pytest.mark.parametrize("name", RECORD_DATASETS)
def test_a_record_begins_with_its_id_its_place_and_its_rule(name: str) -> None:
    schema = DATASETS[name].schema
    assert schema.names[: len(EVIDENCE) + 1] == [DATASETS[name].id_column, *EVIDENCE]
    assert str(schema.field("boxes").type) == BOXES
    never_null = ["document_id", "quote", "rule", "confidence", "is_primary", str(DATASETS[name].id_column)]
    assert [column for column in never_null if schema.field(column).nullable] == []


def test_record_datasets_are_those_of_the_contract() -> None:
    assert set(RECORD_DATASETS) == {"tasks", "metrics", "references", "agencies", "numbers"}
    assert all(DATASETS[name].id_column for name in RECORD_DATASETS)


def example(annotation: Any) -> Any:
    """A value of a field's type, never null, so that a wrong Arrow type shows."""
    if dataclasses.is_dataclass(annotation):
        assert isinstance(annotation, type)
        return annotation(
            **{field.name: example(hint(annotation, field.name)) for field in dataclasses.fields(annotation)}
        )
    text = str(annotation)
    if text.startswith("tuple"):
        return (example(annotation.__args__[0]),)
    known = {"str": "Đắk Lắk", "int": 3, "float": 0.5, "bool": True}
    moments = {"datetime.datetime": datetime(2025, 7, 1, 8, tzinfo=UTC), "datetime.date": date(2025, 7, 1)}
    plain = re.sub(r"typing\.Annotated\[(\w+),.*|<class '([\w.]+)'>|([\w.]+) \| None", r"\1\2\3", text)
    return {**known, **moments}[plain]


def hint(row: type, name: str) -> Any:
    return typing.get_type_hints(row, include_extras=True)[name]


@ALL
def test_a_row_comes_back_as_it_was(name: str) -> None:
    dataset = DATASETS[name]
    row = example(dataset.row)
    (back,) = dataset.table([row]).to_pylist()
    assert back == json_like(dataclasses.asdict(row))


def json_like(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: json_like(inner) for key, inner in value.items()}
    return [json_like(inner) for inner in value] if isinstance(value, (list, tuple)) else value


def test_evidence_is_the_same_everywhere() -> None:
    for name in RECORD_DATASETS:
        assert issubclass(DATASETS[name].row, Evidence)


# descriptions


@ALL
def test_each_column_is_described_in_both_languages(name: str) -> None:
    (resource,) = (found for found in datapackage()["resources"] if found["path"] == f"{name}/*.parquet")
    fields = resource["schema"]["fields"]
    assert [field["name"] for field in fields] == DATASETS[name].schema.names
    assert [field["name"] for field in fields if not field["description"] or not field["description_vi"]] == []
    assert [field["arrow_type"] for field in fields] == [str(field.type) for field in DATASETS[name].schema]


def test_the_description_lies_beside_the_datasets(ingested: Path) -> None:
    assert json.loads((ingested / "datapackage.json").read_text("utf-8")) == datapackage()
    folders = {path.name for path in ingested.iterdir() if path.is_dir() and not path.name.startswith("_")}
    assert folders == set(DATASETS)


def test_the_description_is_a_valid_data_package() -> None:
    assert list(frictionless.Package.metadata_validate(datapackage())) == []
    broken = datapackage() | {"resources": [{"name": "Có dấu", "path": "x"}]}
    assert list(frictionless.Package.metadata_validate(broken)) != []


def test_the_written_description_is_current() -> None:
    assert FILE.read_text("utf-8") == describe(), "run `make docs`"


# versions of the schema: docs/dashboards.md says what may change when

Columns = dict[str, dict[str, str]]


def step(before: Columns, after: Columns) -> str:
    """How large a step of the version the change needs."""
    old = {(name, column): kind for name, columns in before.items() for column, kind in columns.items()}
    new = {(name, column): kind for name, columns in after.items() for column, kind in columns.items()}
    if any(new.get(place) != kind for place, kind in old.items()):
        return "major"
    return "minor" if new.keys() - old.keys() else "none"


def enough(before: str, after: str, needed: str) -> bool:
    (major, minor, _), (new_major, new_minor, _) = (tuple(map(int, v.split("."))) for v in (before, after))
    return new_major > major if needed == "major" else (new_major, new_minor) > (major, minor) or needed == "none"


def test_a_change_of_columns_raises_the_version() -> None:
    """Else: raise SCHEMA_VERSION in schemas/datasets.py, or `make docs` while that version is not yet released."""
    written = json.loads(VERSIONS.read_text("utf-8"))
    assert list(written)[-1] == SCHEMA_VERSION
    assert written[SCHEMA_VERSION]["columns"] == published_columns(), (
        test_a_change_of_columns_raises_the_version.__doc__
    )
    for (before, old), (after, new) in itertools.pairwise(written.items()):
        assert old["released"], f"{before} is not released, and there is {after}"
        assert enough(before, after, step(old["columns"], new["columns"])), (before, after)


@pytest.mark.parametrize(
    ("after", "needed"),
    [
        ({"tasks": {"text": "string", "page": "int32, null"}}, "none"),
        ({"tasks": {"page": "int32, null", "text": "string"}}, "none"),
        ({"tasks": {"text": "string", "page": "int32, null", "status": "string"}}, "minor"),
        ({"tasks": {"text": "string", "page": "int32, null"}, "checks": {"kind": "string"}}, "minor"),
        ({"tasks": {"text": "string"}}, "major"),
        ({"tasks": {"text": "string", "sheet": "int32, null"}}, "major"),
        ({"tasks": {"text": "string", "page": "int64, null"}}, "major"),
        ({"tasks": {"text": "string, null", "page": "int32, null"}}, "major"),
        ({"work": {"text": "string", "page": "int32, null"}}, "major"),
    ],
)
def test_steps_of_the_version(after: Columns, needed: str) -> None:
    assert step({"tasks": {"text": "string", "page": "int32, null"}}, after) == needed
    raised = {"none": "1.2.3", "minor": "1.3.0", "major": "2.0.0"}
    enough_for = [size for size in raised if enough("1.2.3", raised[size], needed)]
    assert enough_for == list(raised)[list(raised).index(needed) :]


def test_a_released_version_is_not_rewritten(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    frozen = {SCHEMA_VERSION: {"released": True, "columns": {"tasks": {"text": "string"}}}}
    (tmp_path / "versions.json").write_text(json.dumps(frozen))
    monkeypatch.setattr(describe_datasets, "VERSIONS", tmp_path / "versions.json")
    with pytest.raises(SystemExit, match="raise SCHEMA_VERSION"):
        describe_datasets.versions()


# what readers see


@pytest.fixture(scope="module")
def nothing_yet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Outputs into which nothing was ingested."""
    outputs = tmp_path_factory.mktemp("nothing")
    with Store(outputs).writing():
        pass
    return outputs


@ALL
def test_readers_read_each_dataset(name: str, ingested: Path) -> None:
    folder, schema = ingested / name, DATASETS[name].schema
    rows = ds.dataset(folder, format="parquet").to_table()
    assert rows.schema.equals(schema)
    frame = pd.read_parquet(folder)
    assert list(frame.columns) == schema.names
    found = duckdb.sql(f"select * from '{folder}/*.parquet'")
    assert found.columns == schema.names
    assert len(frame) == len(found) == rows.num_rows
    assert DeltaTable(str(ingested / "_lake" / name)).to_pyarrow_table().num_rows == rows.num_rows


@ALL
def test_readers_read_a_dataset_without_rows(name: str, nothing_yet: Path) -> None:
    folder, schema = nothing_yet / name, DATASETS[name].schema
    assert ds.dataset(folder, format="parquet").schema.equals(schema)
    assert list(pd.read_parquet(folder).columns) == schema.names
    assert duckdb.sql(f"select count(*) from '{folder}/*.parquet'").fetchall() == [(0,)]


def test_the_samples_fill_the_record_datasets(ingested: Path) -> None:
    assert [name for name in RECORD_DATASETS if not len(pd.read_parquet(ingested / name))] == []


@pytest.mark.parametrize("name", RECORD_DATASETS)
def test_records_stand_in_known_documents_and_have_ids_of_their_own(name: str, ingested: Path) -> None:
    frame, documents = pd.read_parquet(ingested / name), pd.read_parquet(ingested / "documents")
    assert set(frame["document_id"]) <= set(documents["document_id"][documents["status"] == "extracted"])
    assert frame[DATASETS[name].id_column].is_unique
    assert frame["confidence"].between(0, 1).all()
    assert frame["quote"].str.len().min() > 0


# the contract


def promised() -> dict[str, list[tuple[str, str | None]]]:
    """Dataset -> columns promised for it, with the type where one is written."""
    if not CONTRACT.exists():
        pytest.skip("the written contract (../shared/CONTRACT.md) is not beside this checkout")
    text = CONTRACT.read_text("utf-8")
    found = {}
    for name, body in re.findall(r"^\*\*(\w+)\*\*: (.*)$", text, re.MULTILINE):
        listed = re.sub(r"\([^()]*\)", "", re.sub(r'"[^"]*"', "", body.rstrip(".")))
        found[name] = [column for part in split(listed) if (column := named(part))]
    return found


def split(listed: str) -> list[str]:
    """At the commas that stand in no angle brackets."""
    return re.split(r",\s*(?![^<]*>)", listed)


def named(part: str) -> tuple[str, str | None] | None:
    match = re.fullmatch(r"(\w+)(?:\s+(\S.*))?", part.strip())
    return (match[1], match[2] and match[2].strip()) if match else None


def short(kind: pa.DataType) -> str:
    """An Arrow type in the words of the contract."""
    shown = (
        str(kind).replace("item: ", "").replace("date32[day]", "date").replace("timestamp[us, tz=UTC]", "timestamp UTC")
    )
    return re.sub(r"(\w+): ", r"\1 ", shown)


def test_the_contract_names_our_datasets() -> None:
    assert set(promised()) <= set(DATASETS)


@ALL
def test_the_contract_is_kept(name: str) -> None:
    schema = DATASETS[name].schema
    columns = promised().get(name)
    if columns is None:
        pytest.skip(f"{name} is an addition")
    assert len(columns) >= 3
    for column, kind in columns:
        assert column in schema.names
        shown = short(schema.field(column).type)
        if kind and "raw, number" in kind:  # the contract writes these without their types
            shown = re.sub(r"(\w+) (?:string|date)", r"\1", shown)
        assert kind in (None, shown), column


def test_a_broken_promise_is_found() -> None:
    assert named("value double") == ("value", "double")
    assert split("a, b list<struct<c string, d date>>, e") == ["a", "b list<struct<c string, d date>>", "e"]
    assert short(pa.list_(pa.string())) == "list<string>"
    assert short(pa.float64()) != "int32"
