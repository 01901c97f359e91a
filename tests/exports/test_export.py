"""What holds for every form: where it may be written, what it says when it can't, and of which moment it tells."""

from __future__ import annotations

import shutil
import threading
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from cli import main
from exports import FORMATS, ExportError, export
from exports import published as published_module
from exports.published import snapshot
from schemas.datasets import DATASETS
from tests import test_store
from tests.exports.conftest import Published

FILES = [form for form in FORMATS if form not in ("postgres", "s3")]
EACH = pytest.mark.parametrize("form", FILES)
Captured = pytest.CaptureFixture[str]


@EACH
def test_the_command_counts_the_rows(form: str, published: Published, tmp_path: Path, capsys: Captured) -> None:
    assert main(["export", form, str(tmp_path / "out"), "--outputs", str(published.outputs)]) == 0
    lines = capsys.readouterr().out.splitlines()
    expected = [f"{name}\t{len(published.rows[name])} dòng" for name in DATASETS]
    assert [line for line in lines if not line.startswith("lưu ý")] == expected


@EACH
def test_what_exists_is_replaced_only_when_told(form: str, published: Published, tmp_path: Path) -> None:
    destination = str(tmp_path / "out")
    export(form, destination, published.outputs)
    with pytest.raises(ExportError, match="đã có; thêm --replace"):
        export(form, destination, published.outputs)
    export(form, destination, published.outputs, replace=True)
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


@EACH
def test_nothing_is_written_where_it_does_not_belong(form: str, published: Published, tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="nằm trong thư mục dữ liệu"):
        export(form, str(published.outputs / "tasks" / "x"), published.outputs)
    with pytest.raises(ExportError, match=r"không có thư mục .*absent"):
        export(form, str(tmp_path / "absent" / "x"), published.outputs)
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch()
    with pytest.raises(ExportError, match="là một"):
        export(form, str(tmp_path / ("file" if form == "csv" else "folder")), published.outputs, replace=True)


@pytest.mark.parametrize("form", ["xlsx", "duckdb"])
def test_a_place_that_can_not_be_written(form: str, published: Published, tmp_path: Path) -> None:
    with pytest.raises(ExportError, match=r"không ghi được .*: File name too long"):
        export(form, str(tmp_path / ("x" * 252)), published.outputs)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["pdf", "x"], 2, "cần FORMAT (csv, xlsx, duckdb, postgres, s3) và DEST, đang là 'pdf'"),
        (["csv"], 2, "cần FORMAT (csv, xlsx, duckdb, postgres, s3) và DEST, đang là 'csv'"),
        (["csv", "x", "--outputs", "absent"], 1, "không có bộ dữ liệu nào trong absent; hãy chạy truynguon ingest"),
    ],
)
def test_messages(arguments: list[str], code: int, message: str, capsys: Captured) -> None:
    assert main(["export", *arguments]) == code
    assert message in capsys.readouterr().err


# one moment


def versions(folder: Path) -> set[str]:
    """The versions by which the documents of all datasets were read, after tests/test_store.py."""
    return {version for name in test_store.TOLD for _, version in test_store.told(pq.read_table(folder / name), name)}


def test_a_snapshot_never_shows_half_a_batch(tmp_path: Path) -> None:
    writing = threading.Event()

    def write() -> None:
        try:
            for number in range(12):
                test_store.commit(tmp_path, test_store.batch("b", f"v{number}", "abc"))
                writing.set()
        finally:
            writing.set()

    writer = threading.Thread(target=write)
    writer.start()
    writing.wait()
    seen = []
    while writer.is_alive():
        with snapshot(tmp_path) as state:
            seen.append(versions(state.folder))
    writer.join()
    assert [found for found in seen if len(found) != 1] == []
    assert seen
    with snapshot(tmp_path) as state:
        assert versions(state.folder) == {"v11"}


def test_a_snapshot_shows_nothing_of_what_a_dead_writer_began(tmp_path: Path) -> None:
    test_store.commit(tmp_path, test_store.batch("b", "v0", "abc"))

    def action(outputs: Path) -> None:
        test_store.commit(outputs, test_store.batch("c", "v1", "abc"))

    steps = test_store.steps_of(tmp_path, action)
    assert test_store.crash(tmp_path, steps - 2, action)
    with snapshot(tmp_path) as state:
        assert len(versions(state.folder)) == 1


def test_a_snapshot_outlives_its_state(tmp_path: Path) -> None:
    test_store.commit(tmp_path, test_store.batch("b", "v0", "abc"))
    with snapshot(tmp_path) as state:
        shutil.rmtree(tmp_path / "_published")
        assert versions(state.folder) == {"v0"}


def test_a_copy_that_took_too_long_is_not_trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    test_store.commit(tmp_path, test_store.batch("b", "v0", "abc"))
    monkeypatch.setattr(published_module, "GRACE", 0.0)
    with pytest.raises(ExportError, match="quá chậm"), snapshot(tmp_path):
        pass
