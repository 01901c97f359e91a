"""Documents on S3: each is brought once, comes in under its own address, and leaves nothing behind."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from cli import main
from pipeline import fetch as fetch_module
from pipeline import s3 as s3_module
from pipeline.fetch import Arrivals, BucketInbox
from pipeline.sources import UnreadableError, arrived_as, received_as, source_uri
from tests.conftest import SAMPLES, sample

Captured = pytest.CaptureFixture[str]
NAMES = ["in/2025/báo cáo.txt", "in/Số 1#2?.txt", "in/100%.txt", "in/a\u202eb.txt", f"in/{'dài' * 90}.txt"]


def put(bucket: Any, *names: str) -> None:
    for name in names:
        bucket.put_object(Key=name, Body=f"Số: 1/BC-SYT {name}".encode())


def brought(outputs: Path) -> list[Path]:
    return [path for path in (outputs / "_arrived").rglob("*") if path.is_file()]


def test_documents_come_in_under_their_address(bucket: Any, tmp_path: Path) -> None:
    outputs = tmp_path / "outputs"
    put(bucket, *NAMES, "in/.hidden.txt", "in/x.xlsx", "in/2025/", "elsewhere/c.txt")
    arguments = ["ingest", f"s3://{bucket.name}/in", "--outputs", str(outputs), "--workers", "1"]
    assert main(arguments) == 0
    documents = pd.read_parquet(outputs / "documents")
    assert sorted(documents["status"]) == ["extracted"] * len(NAMES)
    uris = set(documents["source_uri"])
    assert f"s3://{bucket.name}/in/2025/b%C3%A1o%20c%C3%A1o.txt" in uris
    assert f"s3://{bucket.name}/in/S%E1%BB%91%201%232%3F.txt" in uris
    assert f"s3://{bucket.name}/in/100%25.txt" in uris
    assert "báo cáo.txt" in set(documents["file_name"])
    assert brought(outputs) == []
    assert main(arguments) == 0  # all of them known, none of them brought again
    assert len(pd.read_parquet(outputs / "documents")) == len(NAMES)


@pytest.mark.parametrize("name", NAMES[:-1])
def test_an_address_is_kept_by_a_second_reading(name: str) -> None:
    path = Path("/srv/outputs", arrived_as(f"s3://bucket/{name}"))
    assert source_uri(received_as(source_uri(path))) == source_uri(path)
    assert received_as(source_uri(path)).name == path.name


@pytest.mark.parametrize(
    "key", ["../../../x.txt", "./x.txt", "/x.txt", "a//x.txt", "~$x.txt", ".a/x.txt", "x.txt.part"]
)
def test_nothing_of_a_key_leads_out_of_the_folder(
    key: str, bucket: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(s3_module.Bucket, "list", lambda _: {key: s3_module.Stored(1, "etag")})
    monkeypatch.setattr(s3_module.Bucket, "download", lambda *_: pytest.fail("brought"))
    Arrivals(f"s3://{bucket.name}/in", tmp_path).fetch()
    assert brought(tmp_path) == []


def test_an_object_is_brought_again_when_it_changes(bucket: Any, tmp_path: Path) -> None:
    inbox = BucketInbox(f"s3://{bucket.name}", tmp_path)
    put(bucket, "a.txt", "b.txt")
    ((a, b),) = inbox.take()
    inbox.ended([a, b], [a, b])
    assert brought(tmp_path) == []
    assert inbox.take() == []
    bucket.put_object(Key="a.txt", Body=b"kh\xc3\xa1c")
    assert inbox.take() == [[a]]
    assert BucketInbox(f"s3://{bucket.name}", tmp_path).take() == [[a]]  # after a kill it is there still


def test_what_a_stopped_run_did_not_come_to_stays(bucket: Any, tmp_path: Path) -> None:
    put(bucket, "a.txt", "b.txt")
    inbox = BucketInbox(f"s3://{bucket.name}", tmp_path)
    ((a, b),) = inbox.take()
    inbox.ended([a, b], [a])
    assert inbox.take() == [[b]]


def test_a_huge_object_is_quarantined_without_being_brought(
    bucket: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetch_module, "LARGEST", 10)
    monkeypatch.setattr("pipeline.sources.LARGEST", 10)
    monkeypatch.setattr(s3_module.Bucket, "download", lambda *_: pytest.fail("brought"))
    bucket.put_object(Key="in/a.txt", Body=b"x" * 11)
    assert main(["ingest", f"s3://{bucket.name}/in", "--outputs", str(tmp_path), "--workers", "1"]) == 0
    (document,) = pd.read_parquet(tmp_path / "documents").to_dict("records")
    assert (document["status"], document["reason"]) == ("quarantined", "tệp lớn 11 byte, quá giới hạn 10 byte")
    assert document["source_uri"] == f"s3://{bucket.name}/in/a.txt"


def test_only_what_was_brought_is_removed(bucket: Any, tmp_path: Path) -> None:
    own = tmp_path / "_arrived" / "s3:" / "own.txt"
    own.parent.mkdir(parents=True)
    own.write_text("của người dùng", "utf-8")
    put(bucket, "a.txt")
    arguments = ["ingest", f"s3://{bucket.name}", str(own), "--outputs", str(tmp_path / "outputs"), "--workers", "1"]
    assert main(arguments) == 0
    assert own.exists()
    assert brought(tmp_path / "outputs") == []


def test_what_could_not_be_opened_waits_until_it_can(
    bucket: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(bucket, "a.txt")
    arguments = ["ingest", f"s3://{bucket.name}", "--outputs", str(tmp_path), "--workers", "1"]

    def refused(_: Path) -> str:
        raise UnreadableError("đĩa báo lỗi khi đọc tệp")

    with monkeypatch.context() as patch:
        patch.setattr("pipeline.ingest.readable_hash", refused)
        assert main(arguments) == 0
    assert [path.name for path in brought(tmp_path)] == ["a.txt"]
    assert main(arguments) == 0
    (document,) = pd.read_parquet(tmp_path / "documents").to_dict("records")
    assert document["status"] == "extracted"
    assert brought(tmp_path) == []


def test_a_store_that_refuses(bucket: Any, tmp_path: Path, capsys: Captured) -> None:
    assert main(["ingest", "s3://absent-bucket/in", "--outputs", str(tmp_path)]) == 1
    assert "truynguon ingest: s3://absent-bucket/in: An error occurred (NoSuchBucket)" in capsys.readouterr().err


def test_a_document_from_s3_is_ingested_read_and_traced(bucket: Any, tmp_path: Path, capsys: Captured) -> None:
    for file in (sample("08"), SAMPLES / "bad" / "empty.pdf"):
        bucket.upload_file(str(file), f"in/{file.name}")
    assert main(["ingest", f"s3://{bucket.name}/in", "--outputs", str(tmp_path), "--workers", "1"]) == 0
    assert main(["verify", "--outputs", str(tmp_path)]) == 0
    assert json.loads((tmp_path / "_arrived.json").read_text("utf-8")).keys() == {
        f"s3://{bucket.name}/in/{name}" for name in (sample("08").name, "empty.pdf")
    }
