"""From a folder to datasets: everything ends in a recorded state, nothing is done twice."""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path

import pandas as pd
import pytest

from pipeline import ingest as ingest_module
from pipeline.ingest import Outcome, Report, batches, find_files, ingest
from pipeline.store import Store
from schemas.datasets import DATASETS, RECORD_DATASETS
from tests.conftest import SAMPLES, sample

STATES = ("_published", "_published_across")
BAD = {path.name for path in (SAMPLES / "bad").iterdir()}


def outcomes(report: Report) -> dict[str, str]:
    return {outcome.path.name: outcome.status for outcome in report.outcomes}


def bytes_below(outputs: Path) -> dict[Path, tuple[str, int]]:
    """Content and time of every file, but for states that were left: any run may find it time to remove them."""
    left = [
        state
        for states in STATES
        for state in (outputs / states).iterdir()
        if state != (outputs / states / "current").resolve()
    ]
    files = [path for path in outputs.rglob("*") if path.is_file() and not any(state in path.parents for state in left)]
    return {path: (hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_mtime_ns) for path in files}


# what is found


def test_find_files(tmp_path: Path) -> None:
    for name in ("b/2.pdf", "b/1.PDF", "a.docx", "note.exe", ".hidden/x.pdf", "~$a.docx", "b/.c.pdf"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    found = find_files([tmp_path, tmp_path / "a.docx", tmp_path / "note.exe"])
    assert [str(path.relative_to(tmp_path)) for path in found] == ["a.docx", "b/1.PDF", "b/2.pdf", "note.exe"]


def test_a_path_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="nowhere"):
        find_files([tmp_path, tmp_path / "nowhere"])


# the first run


def test_every_file_ends_in_a_recorded_state(first_run: tuple[Path, Report]) -> None:
    outputs, report = first_run
    assert outcomes(report) == {
        sample("04").name: "extracted",
        sample("08").name: "extracted",
        **dict.fromkeys(BAD, "quarantined"),
    }
    documents = pd.read_parquet(outputs / "documents").set_index("file_name")
    assert documents["status"].to_dict() == outcomes(report)


def test_each_bad_file_has_a_reason_of_its_own(ingested: Path) -> None:
    documents = pd.read_parquet(ingested / "documents").set_index("file_name")
    reasons = documents.loc[sorted(BAD), "reason"]
    assert reasons.str.len().min() > 5
    assert reasons.is_unique
    assert "rỗng" in reasons["empty.pdf"]
    assert "mật khẩu" in reasons["encrypted.pdf"]
    assert "hỏng" in reasons["truncated.pdf"]
    assert not reasons.str.contains("lỗi của chương trình").any()
    assert documents.loc[[sample("04").name, sample("08").name], "reason"].isna().all()


def test_a_quarantined_document_has_an_issue_and_no_records(ingested: Path) -> None:
    documents = pd.read_parquet(ingested / "documents")
    bad = set(documents["document_id"][documents["status"] == "quarantined"])
    issues = pd.read_parquet(ingested / "issues")
    assert bad <= set(issues["document_id"][issues["severity"] == "error"])
    for name in RECORD_DATASETS:
        assert not bad & set(pd.read_parquet(ingested / name)["document_id"])


def test_outcomes_tell_what_the_datasets_hold(first_run: tuple[Path, Report]) -> None:
    outputs, report = first_run
    for name in RECORD_DATASETS:
        rows = pd.read_parquet(outputs / name)["document_id"].value_counts()
        told = {outcome.document_id: dict(outcome.counts)[name] for outcome in report.outcomes}
        assert {document_id: count for document_id, count in told.items() if count} == rows.to_dict()
    assert all(outcome.seconds > 0 for outcome in report.outcomes)


def test_sources_are_archived(first_run: tuple[Path, Report]) -> None:
    outputs, report = first_run
    for outcome in report.outcomes:
        kept = Store(outputs).source(outcome.document_id)
        assert kept is not None
        assert kept.read_bytes() == outcome.path.read_bytes()
        assert hashlib.sha256(kept.read_bytes()).hexdigest() == outcome.document_id


# the runs after it


def test_a_second_run_reads_nothing_and_changes_nothing(own_copy: Path) -> None:
    for state in (state for states in STATES for state in (own_copy / states).iterdir()):
        os.utime(state, (0, 0), follow_symlinks=False)  # left long ago
    before = bytes_below(own_copy)
    report = ingest([sample("04"), sample("08"), SAMPLES / "bad"], own_copy)
    assert set(outcomes(report).values()) == {"known"}
    assert bytes_below(own_copy) == before


def test_known_is_known_by_its_bytes(own_copy: Path, tmp_path: Path) -> None:
    renamed = Path(shutil.copyfile(sample("08"), tmp_path / "tên khác.txt"))
    assert outcomes(ingest([renamed], own_copy)) == {"tên khác.txt": "known"}


def test_the_same_bytes_twice_in_a_run_are_one_document(tmp_path: Path) -> None:
    for name in ("a.txt", "b.txt"):
        shutil.copyfile(sample("08"), tmp_path / name)
    report = ingest([tmp_path], tmp_path / "outputs", workers=1)
    assert outcomes(report) == {"a.txt": "extracted", "b.txt": "known"}
    assert len(pd.read_parquet(tmp_path / "outputs" / "documents")) == 1


def test_another_version_reads_again_and_records_keep_their_ids(
    own_copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = {name: set(pd.read_parquet(own_copy / name)[DATASETS[name].id_column]) for name in RECORD_DATASETS}
    monkeypatch.setattr(ingest_module, "extractor_version", lambda: "another")
    report = ingest([sample("08"), SAMPLES / "bad" / "empty.pdf"], own_copy, workers=1)
    assert outcomes(report) == {sample("08").name: "extracted", "empty.pdf": "quarantined"}
    after = {name: list(pd.read_parquet(own_copy / name)[DATASETS[name].id_column]) for name in RECORD_DATASETS}
    assert {name: set(ids) for name, ids in after.items()} == before
    assert all(len(ids) == len(set(ids)) for ids in after.values())


def test_workers_make_no_difference(ingested: Path, tmp_path: Path) -> None:
    alone = tmp_path / "alone"
    ingest([sample("04"), sample("08")], alone, workers=1)
    documents = set(pd.read_parquet(alone / "documents")["document_id"])
    for name in RECORD_DATASETS:
        by_many = pd.read_parquet(ingested / name)
        by_many = by_many[by_many["document_id"].isin(documents)]
        by_one = pd.read_parquet(alone / name)
        assert by_one.drop(columns="boxes").equals(by_many.drop(columns="boxes").reset_index(drop=True))


def test_a_file_comes_after_the_outputs_were_made(own_copy: Path, tmp_path: Path) -> None:
    text = tmp_path / "thêm.txt"
    text.write_text("UBND TỈNH CÀ MAU\nSố: 12/BC-UBND\nBÁO CÁO\nĐã trồng 120 ha rừng trong năm 2025.\n", "utf-8")
    report = ingest([SAMPLES / "bad", text], own_copy)
    assert outcomes(report) == {**dict.fromkeys(BAD, "known"), text.name: "extracted"}
    assert len(pd.read_parquet(own_copy / "documents")) == len(BAD) + 3


def test_batches_are_cut_to_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ingest_module, "BATCH_SIZE", 2)
    files = [tmp_path / f"{number}.txt" for number in range(5)]
    for file in files:
        file.write_text(file.name)
    told: list[Outcome] = []
    found = list(batches(files, Store(tmp_path / "outputs"), told.append))
    assert [[arrival.path for arrival in batch] for batch in found] == [files[:2], files[2:4], files[4:]]
    assert len({arrival.batch for batch in found for arrival in batch}) == 3
    assert told == []


def test_batches_are_cut_where_their_files_have_many_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ingest_module, "BATCH_BYTES", 10)
    files = [tmp_path / f"{number}.txt" for number in range(6)]
    for file, size in zip(files, (4, 4, 4, 11, 3, 3), strict=True):
        file.write_text(file.stem * size)
    found = batches(files, Store(tmp_path / "outputs"), lambda _: None)
    assert [[int(arrival.path.stem) for arrival in batch] for batch in found] == [[0, 1, 2], [3], [4, 5]]
