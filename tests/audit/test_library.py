"""Documents are shown with all their rows, wherever the store has put these."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from starlette.testclient import TestClient

from audit.app import create_app
from audit.library import SHOWN, Library
from pipeline.ingest import ingest
from pipeline.store import Store
from pipeline.trace import TraceError
from tests.audit.test_app import HOME, seen, write_token


def text_file(folder: Path, number: int) -> Path:
    path = folder / f"{number}.txt"
    path.write_text(f"BÁO CÁO\n\n1. Đã cấp {number + 20} giấy phép cho {number + 50} hộ.\n", encoding="utf8")
    return path


def assert_all_are_shown(outputs: Path) -> None:
    library = Library(outputs)
    for row in library.documents():
        shown = library.document(row["document_id"])
        for name in SHOWN:
            there = pq.read_table(outputs / name)["document_id"].to_pylist()
            assert len(shown.rows[name]) == Counter(there)[row["document_id"]], (row["file_name"], name)
        assert shown.rows["metrics"]


@pytest.fixture
def two_runs(tmp_path: Path) -> Path:
    for number in (1, 2):
        ingest([text_file(tmp_path, number)], tmp_path / "outputs", workers=1)
    return tmp_path / "outputs"


def test_documents_of_a_second_run_are_shown_with_all_their_rows(two_runs: Path) -> None:
    assert_all_are_shown(two_runs)


def test_documents_of_a_second_run_are_reviewed_like_others(two_runs: Path, tmp_path: Path) -> None:
    client = TestClient(create_app(two_runs), base_url=HOME, follow_redirects=False)
    for row in pq.read_table(two_runs / "metrics").to_pylist():
        assert row["quote"] in client.get(f"/d/{row['document_id']}").text
        assert client.get(f"/r/{row['metric_id']}").status_code == 200
        form = {"action": "confirm", "reviewer": "Lan", "version": seen(client, row["metric_id"])}
        answer = client.post(f"/r/{row['metric_id']}/review", data=form, headers=write_token(client))
        assert answer.status_code == 200, answer.text
    assert set(pq.read_table(two_runs / "metrics")["review_status"].to_pylist()) == {"confirmed"}
    assert_all_are_shown(two_runs)


@pytest.mark.slow
def test_documents_of_the_second_batch_of_a_run_are_shown_with_all_their_rows(tmp_path: Path) -> None:
    ingest([text_file(tmp_path, number) for number in range(17)], tmp_path / "outputs", workers=1)
    assert len(Library(tmp_path / "outputs").documents()) == 17
    assert_all_are_shown(tmp_path / "outputs")


def test_a_document_whose_rows_are_not_found_is_an_error_not_an_empty_page(
    two_runs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Store, "file_of", lambda self, name, batch: self.outputs / name / "elsewhere.parquet")
    library = Library(two_runs)
    with pytest.raises(TraceError, match="elsewhere"):
        library.document(library.documents()[0]["document_id"])
