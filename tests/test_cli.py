"""The command line: what it prints, how it ends, what it does not wait for."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pandas as pd
import pymupdf
import pytest

from cli import main
from pipeline.store import Store
from schemas.datasets import DATASETS
from tests.conftest import SAMPLES, sample

HEAVY = ("pyarrow", "deltalake", "pymupdf", "docx", "numpy", "cv2", "rich", "pipeline", "prefect", "fastapi")
Captured = pytest.CaptureFixture[str]


def imported(*arguments: str) -> list[str]:
    """The heavy libraries that a command brings in, in a process of its own."""
    code = f"""
import sys, cli
try:
    cli.main({list(arguments)!r})
except SystemExit:
    pass
print(*(name for name in {HEAVY!r} if name in sys.modules), file=sys.stderr)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stderr.split()


@pytest.mark.parametrize("arguments", [["--help"], ["ingest", "--help"], ["trace", "--help"], []])
def test_help_waits_for_no_library(arguments: list[str]) -> None:
    assert [name for name in imported(*arguments) if name in HEAVY] == []


def test_ingest_knows_nothing_of_prefect(tmp_path: Path) -> None:
    found = imported("ingest", str(SAMPLES / "bad" / "empty.pdf"), "--outputs", str(tmp_path))
    assert "pyarrow" in found
    assert {"prefect", "fastapi"}.isdisjoint(found)


def test_help_tells_of_every_command(capsys: Captured) -> None:
    with pytest.raises(SystemExit, match="0"):
        main(["--help"])
    shown = capsys.readouterr().out
    assert "ingest" in shown
    assert "trace" in shown


# exit codes


def test_ingest_ends_with_0(tmp_path: Path, capsys: Captured) -> None:
    assert main(["ingest", str(sample("08")), str(SAMPLES / "bad"), "--outputs", str(tmp_path), "--workers", "1"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith(f"extracted\t{sample('08')}")
    assert sum(line.startswith("quarantined\t") for line in lines) == 4
    assert lines[-1] == "Tổng: trích xuất 1, đã có 0, cách ly 4"


def test_a_known_document_ends_with_0(own_copy: Path, capsys: Captured) -> None:
    assert main(["ingest", str(sample("08")), "--outputs", str(own_copy)]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "Tổng: trích xuất 0, đã có 1, cách ly 0"


def test_strict_ends_with_3_when_something_was_quarantined(tmp_path: Path) -> None:
    bad = [str(SAMPLES / "bad" / "empty.pdf"), "--outputs", str(tmp_path / "a"), "--workers", "1"]
    assert main(["ingest", *bad, "--strict"]) == 3
    good = [str(sample("08")), "--outputs", str(tmp_path / "b"), "--workers", "1"]
    assert main(["ingest", *good, "--strict"]) == 0


def test_a_busy_folder_ends_with_1(tmp_path: Path, capsys: Captured) -> None:
    with Store(tmp_path).writing():
        assert main(["ingest", str(sample("08")), "--outputs", str(tmp_path)]) == 1
    assert str(tmp_path) in capsys.readouterr().err


def test_a_path_that_is_not_there_ends_with_2(tmp_path: Path, capsys: Captured) -> None:
    assert main(["ingest", str(tmp_path / "nowhere"), "--outputs", str(tmp_path / "outputs")]) == 2
    assert "nowhere" in capsys.readouterr().err
    assert not (tmp_path / "outputs").exists()


@pytest.mark.parametrize(
    "arguments", [[], ["ingest"], ["ingest", ".", "--workers", "0"], ["ingest", ".", "--workers", "two"], ["find"]]
)
def test_bad_arguments_end_with_2(arguments: list[str], capsys: Captured) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(arguments)
    assert "usage: truynguon" in capsys.readouterr().err


# trace


@pytest.fixture(scope="module")
def metric(ingested: Path) -> pd.Series:
    metrics = pd.read_parquet(ingested / "metrics")
    return metrics[metrics["page"].notna()].iloc[0]


def unambiguous(ingested: Path, record_id: str) -> str:
    """The shortest beginning that no other record has."""
    columns = [(name, data.id_column) for name, data in DATASETS.items() if data.id_column and name != "documents"]
    others = {other for name, column in columns for other in pd.read_parquet(ingested / name)[column]} - {record_id}
    return next(head for n in range(1, 99) if not any(o.startswith(head := record_id[:n]) for o in others))


def test_trace_spells_out_a_record(ingested: Path, metric: pd.Series, capsys: Captured) -> None:
    assert main(["trace", metric["metric_id"], "--outputs", str(ingested)]) == 0
    shown = capsys.readouterr().out
    for said in (sample("04").name, f"“{metric['quote']}”", metric["rule"], metric["indicator"], str(metric["value"])):
        assert said in shown
    assert "x {x0:.1f}–{x1:.1f}, y {y0:.1f}–{y1:.1f}".format(**metric["boxes"][0]) in shown


def test_trace_takes_the_beginning_of_an_id(ingested: Path, metric: pd.Series, capsys: Captured) -> None:
    prefix = unambiguous(ingested, metric["metric_id"])
    assert main(["trace", prefix, "--outputs", str(ingested)]) == 0
    assert metric["metric_id"] in capsys.readouterr().out
    assert main(["trace", prefix[:-1], "--outputs", str(ingested)]) == 1
    assert "thêm ký tự" in capsys.readouterr().err


def test_trace_without_an_id_shows_an_example(ingested: Path, capsys: Captured) -> None:
    assert main(["trace", "--outputs", str(ingested)]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("metrics ")
    assert sample("04").name in shown


def test_trace_of_an_unknown_record_ends_with_1(ingested: Path, capsys: Captured) -> None:
    assert main(["trace", "no-such-id", "--outputs", str(ingested)]) == 1
    captured = capsys.readouterr()
    assert "no-such-id" in captured.err
    assert captured.out == ""


@pytest.mark.parametrize("arguments", [["trace", "ab"], ["trace"]])
def test_trace_without_datasets_ends_with_1(tmp_path: Path, capsys: Captured, arguments: list[str]) -> None:
    assert main([*arguments, "--outputs", str(tmp_path)]) == 1
    assert "truynguon ingest" in capsys.readouterr().err


def test_png_shows_the_page_with_the_box(ingested: Path, metric: pd.Series, tmp_path: Path) -> None:
    picture = tmp_path / "page.png"
    assert main(["trace", metric["metric_id"], "--outputs", str(ingested), "--png", str(picture)]) == 0
    drawn = pymupdf.Pixmap(str(picture))
    scale = 110 / 72
    assert (drawn.width, drawn.height) == pytest.approx((595 * scale, 842 * scale), abs=2)
    box = metric["boxes"][0]
    left = round((box["x0"] - 1.5) * scale)
    middle = round((box["y0"] + box["y1"]) / 2 * scale)
    edge = [drawn.pixel(x, middle) for x in range(left - 2, left + 3)]
    assert any(red > 180 and green < 120 and blue < 120 for red, green, blue in edge)
    plain = [drawn.pixel(x, middle) for x in range(left - 20, left - 5)]
    assert not any(red > 180 and green < 120 for red, green, _ in plain)


def test_png_of_a_record_without_a_page_says_so(ingested: Path, tmp_path: Path, capsys: Captured) -> None:
    tasks = pd.read_parquet(ingested / "tasks")
    record = tasks[tasks["page"].isna()].iloc[0]["task_id"]
    assert main(["trace", record, "--outputs", str(ingested), "--png", str(tmp_path / "a.png")]) == 1
    assert "trang" in capsys.readouterr().err
    assert not (tmp_path / "a.png").exists()
