"""What another version read is read again, row by row accounted for."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

from cli import main
from pipeline.ingest import ingest
from pipeline.reextract import Change, Report, reextract
from pipeline.store import Batch, Store
from pipeline.version import extractor_version
from schemas.datasets import DATASETS, PER_DOCUMENT
from tests.conftest import SAMPLES, sample

OLD = "0.0.9+older"
Rows = list[dict[str, Any]]


def read_by_another_version(outputs: Path, document_id: str) -> None:
    """Make it so that a version which read a deadline wrongly, missed a task and saw one too many has read a document."""
    store = Store(outputs)
    tables = {name: store.rows(name, [document_id]).to_pylist() for name in PER_DOCUMENT}
    tables["documents"][0]["extractor_version"] = OLD
    tasks = sorted(tables["tasks"], key=lambda row: row["task_id"])
    tasks[0] |= {"deadline": date(1999, 1, 1), "rule": "older_rule"}
    invented = tasks[1] | {"task_id": "invented"}
    tables["tasks"] = [tasks[0], *tasks[2:], invented]
    made = {name: pa.Table.from_pylist(tables.get(name, []), DATASETS[name].schema) for name in DATASETS}
    with store.writing():
        store.commit(Batch("older", (document_id,), made))


def rows(outputs: Path, name: str) -> Rows:
    table = pd.read_parquet(outputs / name).drop(columns=["received_at", "batch"], errors="ignore")
    return sorted(table.to_dict("records"), key=lambda row: json.dumps(row, default=str, sort_keys=True))


def shown(outputs: Path) -> dict[str, str]:
    return {name: json.dumps(rows(outputs, name), default=str) for name in PER_DOCUMENT}


@pytest.fixture
def letter(own_copy: Path) -> str:
    """The document of sample 04, read by another version."""
    documents = pd.read_parquet(own_copy / "documents").set_index("file_name")
    document_id = str(documents.loc[sample("04").name, "document_id"])
    read_by_another_version(own_copy, document_id)
    return document_id


def changes(report: Report) -> list[dict[str, Any]]:
    return [json.loads(line) for file in report.lists for line in file.read_text("utf-8").splitlines()]


def test_the_datasets_are_those_of_the_present_version(own_copy: Path, ingested: Path, letter: str) -> None:
    assert shown(own_copy) != shown(ingested)
    report = reextract(own_copy, workers=1)
    assert [outcome.document_id for outcome in report.outcomes] == [letter]
    assert shown(own_copy) == shown(ingested)


def test_every_change_is_listed_with_its_rules(own_copy: Path, ingested: Path, letter: str) -> None:
    found = changes(reextract(own_copy, workers=1))
    kinds = {(change["dataset"], change["change"], change["field"]) for change in found}
    assert kinds == {
        ("tasks", "added", None),
        ("tasks", "removed", None),
        ("tasks", "changed", "deadline"),
        ("tasks", "changed", "rule"),
    }
    assert {change["document_id"] for change in found} == {letter}
    (deadline,) = (change for change in found if change["field"] == "deadline")
    assert (deadline["old"], deadline["old_rule"]) == ("1999-01-01", "older_rule")
    now = pd.read_parquet(ingested / "tasks").set_index("task_id").loc[deadline["record_id"]]
    assert (deadline["new"], deadline["new_rule"]) == (str(now["deadline"]), now["rule"])
    assert (deadline["old_version"], deadline["new_version"]) == (OLD, extractor_version())
    (gone,) = (change for change in found if change["change"] == "removed")
    assert gone["record_id"] == gone["old"]["task_id"] == "invented"
    assert set(found[0]) == set(asdict(Change(*[None] * 13)))  # type: ignore[arg-type]


def test_what_the_present_version_read_is_left_alone(own_copy: Path) -> None:
    report = reextract(own_copy, workers=1)
    assert (report.outcomes, report.lists, dict(report.changes)) == ([], [], {})


def test_one_document(own_copy: Path, letter: str) -> None:
    assert reextract(own_copy, sample("08").name, workers=1).outcomes == []
    assert len(reextract(own_copy, letter[:12], workers=1).outcomes) == 1


def test_a_document_whose_source_is_gone_keeps_its_rows(own_copy: Path, letter: str) -> None:
    before = shown(own_copy)
    source = Store(own_copy).source(letter)
    assert source is not None
    source.unlink()
    report = reextract(own_copy, workers=1)
    assert report.missing == [sample("04").name]
    assert shown(own_copy) == before


def test_history_tells_both(own_copy: Path, letter: str, capsys: pytest.CaptureFixture[str]) -> None:
    between = datetime.now(UTC)
    reextract(own_copy, workers=1)
    for moment, known in ((between, True), (datetime.now(UTC), False)):
        tasks = Store(own_copy).as_of("tasks", moment).to_pylist()
        assert any(task["task_id"] == "invented" for task in tasks) == known
    assert main(["as-of", between.isoformat(), "tasks", "--outputs", str(own_copy)]) == 0
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {task["task_id"] for task in told} >= {"invented"}


def test_as_of_writes_parquet(own_copy: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file, today = tmp_path / "tasks.parquet", f"{datetime.now().astimezone():%Y-%m-%d}"
    assert main(["as-of", today, "tasks", "--out", str(file), "--outputs", str(own_copy)]) == 0
    assert len(pd.read_parquet(file)) == len(pd.read_parquet(own_copy / "tasks"))


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["as-of", "2020-01-01", "tasks"], 1, "chưa có dữ liệu vào lúc 01/01/2020 23:59"),
        (["as-of", "2020-01-01", "nowhere"], 2, "không có bộ dữ liệu nowhere"),
    ],
)
def test_as_of_says_what_is_wrong(
    own_copy: Path, arguments: list[str], code: int, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*arguments, "--outputs", str(own_copy)]) == code
    assert message in capsys.readouterr().err


def test_the_command_says_what_changed(own_copy: Path, letter: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["reextract", "--workers", "1", "--json-log", "--outputs", str(own_copy)]) == 0
    out, err = capsys.readouterr()
    assert "đọc lại 1 văn bản, 4 thay đổi" in out
    assert "tasks\tđổi\t2" in out
    assert {json.loads(line)["event"] for line in err.splitlines()} >= {"document_read", "batch_committed"}


def test_the_log_holds_no_text(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    outputs = tmp_path / "outputs"
    arguments = ["ingest", str(sample("08")), str(SAMPLES / "bad" / "empty.pdf"), "--json-log", "--workers", "1"]
    assert main([*arguments, "--outputs", str(outputs)]) == 0
    events = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [event["event"] for event in events] == [
        "batch_opened", "document_read", "document_quarantined", "batch_committed",
    ]  # fmt: skip
    assert all(set(event) >= {"time", "level"} for event in events)
    texts = [str(text) for text in pd.read_parquet(outputs / "tasks")["text"]]
    assert texts
    assert not any(text[:30] in json.dumps(events, ensure_ascii=False) for text in texts)


def test_reading_again_under_another_name(tmp_path: Path) -> None:
    """A file that was refused for its suffix is read when it comes with the right one."""
    inbox, outputs = tmp_path / "inbox", tmp_path / "outputs"
    inbox.mkdir()
    wrong = inbox / "báo cáo.pdf"
    wrong.write_bytes(sample("08").read_bytes())
    (refused,) = ingest([inbox], outputs, 1).outcomes
    assert refused.status == "quarantined"
    assert "tên tệp có đuôi .pdf nhưng nội dung là văn bản thuần" in str(refused.reason)
    wrong.rename(wrong.with_suffix(".txt"))
    assert [outcome.status for outcome in ingest([inbox], outputs, 1).outcomes] == ["extracted"]
    assert [outcome.status for outcome in ingest([inbox], outputs, 1).outcomes] == ["known"]
    documents = pd.read_parquet(outputs / "documents")
    assert list(documents["file_name"]) == ["báo cáo.txt"]


def test_a_file_that_could_not_be_opened_is_read_when_it_can(tmp_path: Path) -> None:
    inbox, outputs = tmp_path / "inbox", tmp_path / "outputs"
    inbox.mkdir()
    link = inbox / "a.txt"
    link.symlink_to("b.dat")
    assert [o.status for o in ingest([inbox], outputs, 1).outcomes] == ["quarantined"]
    assert list(pd.read_parquet(outputs / "documents")["reason"]) == ["tệp không còn ở đó"]
    (inbox / "b.dat").write_bytes(sample("08").read_bytes())
    assert [o.status for o in ingest([inbox], outputs, 1).outcomes] == ["extracted"]
    documents = pd.read_parquet(outputs / "documents")
    assert list(documents["status"]) == ["extracted"]
    assert not len(pd.read_parquet(outputs / "issues").query("kind == 'not_read'"))
