"""S3: what is mirrored, in which order, and what holds when the mirroring is cut off."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
import pytest
from deltalake import DeltaTable
from pyarrow.fs import S3FileSystem

from cli import main
from exports import ExportError, export
from pipeline import publish
from pipeline import s3 as s3_module
from pipeline.store import Store
from schemas.datasets import DATASETS
from tests import test_store

Captured = pytest.CaptureFixture[str]


def address(bucket: Any) -> str:
    return f"s3://{bucket.name}/so-lieu"


def keys(bucket: Any) -> list[str]:
    return [each.key.removeprefix("so-lieu/") for each in bucket.objects.all()]


def mirrored(bucket: Any, endpoint: str, name: str) -> pd.DataFrame:
    """A dataset as a reader of Parquet folders finds it."""
    files = S3FileSystem(endpoint_override=endpoint, allow_bucket_creation=False)
    return pq.read_table(f"{bucket.name}/so-lieu/{name}", filesystem=files, schema=DATASETS[name].schema).to_pandas()


def test_datasets_lake_and_sources_are_there(bucket: Any, endpoint: str, ingested: Path, capsys: Captured) -> None:
    assert main(["export", address(bucket), "--outputs", str(ingested)]) == 0
    assert f"tasks\t{len(pd.read_parquet(ingested / 'tasks'))} dòng" in capsys.readouterr().out
    manifest = json.loads(bucket.Object("so-lieu/_mirror.json").get()["Body"].read())
    for name in DATASETS:
        expected = pd.read_parquet(ingested / name)
        assert mirrored(bucket, endpoint, name).equals(expected)
        table = DeltaTable(f"{address(bucket)}/_lake/{name}", version=manifest["versions"][name])
        assert table.to_pyarrow_table().num_rows == len(expected)
    sources = {file.relative_to(ingested).as_posix() for file in (ingested / "_sources").rglob("*") if file.is_file()}
    assert {key for key in keys(bucket) if key.startswith("_sources/")} == sources
    document = next(iter(sources))
    assert bucket.Object(f"so-lieu/{document}").get()["Body"].read() == (ingested / document).read_bytes()


def test_only_what_is_new_is_sent(bucket: Any, endpoint: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publish, "FULL", 1)
    test_store.commit(tmp_path, test_store.batch("1", "v0", "ab"))
    export("s3", address(bucket), tmp_path)
    sent: list[str] = []
    upload = s3_module.Bucket.upload

    def told(self: s3_module.Bucket, files: dict[str, Path]) -> None:
        sent.extend(files)
        upload(self, files)

    monkeypatch.setattr(s3_module.Bucket, "upload", told)
    export("s3", address(bucket), tmp_path)
    assert sent == ["datapackage.json"]
    sent.clear()
    test_store.commit(tmp_path, test_store.batch("2", "v0", "c"), test_store.batch("1", "v1", "a"))
    export("s3", address(bucket), tmp_path)
    published = [key for key in sent if not key.startswith(("_", "datapackage"))]
    assert {key for key in published if key.startswith("tasks/")} == {"tasks/1.parquet", "tasks/2.parquet"}
    for name in test_store.TOLD:
        assert test_store.told(mirrored_table(bucket, endpoint, name), name) == test_store.published(tmp_path)[name]


def mirrored_table(bucket: Any, endpoint: str, name: str) -> Any:
    files = S3FileSystem(endpoint_override=endpoint)
    return pq.read_table(f"{bucket.name}/so-lieu/{name}", filesystem=files, schema=DATASETS[name].schema)


class CutOff(BaseException):
    """The power is gone."""


def test_wherever_it_is_cut_off_no_document_is_half_there(
    bucket: Any, endpoint: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What `documents` tells of is there, in the datasets and in the lake, and the next time makes up for the rest."""
    test_store.commit(tmp_path, test_store.batch("1", "v0", "ab"))
    export("s3", address(bucket), tmp_path)
    test_store.commit(tmp_path, test_store.batch("2", "v0", "cd"))
    upload = s3_module.Bucket.upload
    left = 0

    def until(self: s3_module.Bucket, files: dict[str, Path]) -> None:
        nonlocal left
        for name, file in files.items():
            left -= 1
            if left < 0:
                raise CutOff
            upload(self, {name: file})

    monkeypatch.setattr(s3_module.Bucket, "upload", until)
    monkeypatch.setattr(s3_module, "_AT_A_TIME", 1)
    steps = 0
    while True:
        left = steps = steps + 1  # what an attempt sent is not sent again but for published files without a manifest
        try:
            export("s3", address(bucket), tmp_path)
            break
        except CutOff:
            pass
        there = set(mirrored(bucket, endpoint, "documents")["document_id"])
        assert there <= set(mirrored(bucket, endpoint, "tasks")["document_id"])
        lake = DeltaTable(f"{address(bucket)}/_lake/documents").to_pyarrow_table()["document_id"].to_pylist()
        tasks = DeltaTable(f"{address(bucket)}/_lake/tasks").to_pyarrow_table()["document_id"].to_pylist()
        assert there <= set(lake) <= set(tasks)
    assert steps > 3
    assert set(mirrored(bucket, endpoint, "documents")["document_id"]) == set("abcd")
    assert (
        json.loads(bucket.Object("so-lieu/_mirror.json").get()["Body"].read())["versions"] == Store(tmp_path).versions()
    )


def test_what_is_of_a_batch_that_is_not_in_stays_away(bucket: Any, tmp_path: Path) -> None:
    test_store.commit(tmp_path, test_store.batch("1", "v0", "ab"))

    def action(outputs: Path) -> None:
        test_store.commit(outputs, test_store.batch("2", "v0", "c"))

    for step in range(test_store.steps_of(test_store.copied(tmp_path, tmp_path.parent / "count"), action)):
        outputs = test_store.copied(tmp_path, tmp_path.parent / f"crashed-{step}")
        assert test_store.crash(outputs, step, action)
        rows = test_store.lake(outputs)
        if ("c", "v0") in rows["tasks"]:
            break
    assert ("c", "v0") not in rows["documents"]
    export("s3", address(bucket), outputs)
    for name in ("tasks", "documents"):
        rows = DeltaTable(f"{address(bucket)}/_lake/{name}").to_pyarrow_table()
        assert set(rows["document_id"].to_pylist()) == {"a", "b"}


def test_the_place_of_other_outputs_is_left_alone(bucket: Any, tmp_path: Path) -> None:
    test_store.commit(tmp_path / "a", test_store.batch("1", "v0", "a"))
    test_store.commit(tmp_path / "b", test_store.batch("1", "v0", "b"))
    export("s3", address(bucket), tmp_path / "a")
    before = {each.key: each.e_tag for each in bucket.objects.all()}
    with pytest.raises(ExportError, match="không phải của thư mục dữ liệu này"):
        export("s3", address(bucket), tmp_path / "b")
    assert {each.key: each.e_tag for each in bucket.objects.all()} == before


@pytest.mark.parametrize(
    ("place", "message"), [("s3://absent-bucket/x", "NoSuchBucket"), ("s3://", "cần địa chỉ dạng")]
)
def test_messages(bucket: Any, place: str, message: str, ingested: Path, capsys: Captured) -> None:
    assert main(["export", place, "--outputs", str(ingested)]) == 1
    assert message in capsys.readouterr().err
