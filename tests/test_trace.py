"""Trace: records and documents by what a person types, pictures in which the box frames the quote, the ledger view."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow.parquet as pq
import pymupdf
import pytest

from cli import main
from pipeline.ingest import ingest
from pipeline.read.office import program
from pipeline.trace import NUMBER_KINDS, Traced, TraceError, draw, find_document, find_record, ledger
from schemas.datasets import DATASETS, RECORD_DATASETS
from tests.conftest import sample
from tests.test_verify import rewrite

DPI = 144
Picture = npt.NDArray[np.int16]
Captured = pytest.CaptureFixture[str]


def rows_of(outputs: Path, name: str) -> list[dict[str, Any]]:
    return list(pq.read_table(outputs / name).to_pylist())


# what a person types


@pytest.mark.parametrize("name", RECORD_DATASETS)
def test_a_record_by_its_id_or_any_beginning_that_no_other_has(ingested: Path, name: str) -> None:
    ids = [str(row[DATASETS[each].id_column or ""]) for each in RECORD_DATASETS for row in rows_of(ingested, each)]
    row = rows_of(ingested, name)[-1]
    key = str(row[DATASETS[name].id_column or ""])
    shortest = next(n for n in range(1, 21) if sum(other.startswith(key[:n]) for other in ids) == 1)
    for length in (20, shortest):
        found = find_record(ingested, key[:length])
        assert (found.dataset, found.record_id, found.row) == (name, key, row)
        assert found.document["document_id"] == row["document_id"]
    with pytest.raises(TraceError, match="cần thêm ký tự"):
        find_record(ingested, key[: shortest - 1])


@pytest.mark.parametrize("address", ["http://127.0.0.1:8765/r/{}", "http://h/d/0a?page=2#p2&r={}", "/r/{}"])
def test_a_record_by_its_address_in_the_audit_application(ingested: Path, address: str) -> None:
    row = rows_of(ingested, "metrics")[-1]
    assert find_record(ingested, address.format(row["metric_id"])).row == row


def test_a_record_that_is_not_there(ingested: Path, tmp_path: Path) -> None:
    with pytest.raises(TraceError, match="'zzz'"):
        find_record(ingested, "zzz")
    with pytest.raises(TraceError, match="truynguon ingest"):
        find_record(tmp_path, "zzz")


def test_a_document_by_its_id_its_name_or_their_beginnings(ingested: Path) -> None:
    row = next(row for row in rows_of(ingested, "documents") if row["file_name"] == sample("04").name)
    for key in (row["document_id"], row["document_id"][:12], row["file_name"], "04-cong"):
        assert find_document(ingested, key) == row


def test_a_whole_name_is_meant_before_a_beginning(own_copy: Path) -> None:
    def rename(rows: list[dict[str, Any]]) -> None:
        rows[0]["file_name"], rows[1]["file_name"] = "a.pdf", "a.pdf.pdf"

    rewrite(own_copy, "documents", rename)
    assert find_document(own_copy, "a.pdf")["file_name"] == "a.pdf"
    with pytest.raises(TraceError, match=r"2 văn bản khớp với 'a\.p'.*a\.pdf\.pdf"):
        find_document(own_copy, "a.p")


def test_a_document_that_is_not_there_is_told_with_those_that_are(ingested: Path) -> None:
    with pytest.raises(TraceError, match=r"'no\.pdf'.*04-cong-van-phong-chay-rung\.pdf"):
        find_document(ingested, "no.pdf")


# pictures


def picture(outputs: Path, found: Traced, file: Path) -> Picture:
    draw(outputs, found, file, DPI)
    drawn = pymupdf.Pixmap(str(file))
    pixels = np.frombuffer(drawn.samples, np.uint8).reshape(drawn.height, drawn.width, drawn.n)
    return pixels[:, :, :3].astype(np.int16)


def is_red(pixels: Picture) -> npt.NDArray[np.bool_]:
    found: npt.NDArray[np.bool_] = (pixels[:, :, 0] > 150) & (pixels[:, :, 1] < 110) & (pixels[:, :, 2] < 110)
    return found


def assert_framed(outputs: Path, record: str, folder: Path) -> None:
    """A red frame stands around the box of the record, with print inside."""
    found = find_record(outputs, record)
    pixels = picture(outputs, found, folder / "page.png")
    box = found.row["boxes"][0]
    x0, y0, x1, y1 = (round(box[name] * DPI / 72) for name in ("x0", "y0", "x1", "y1"))
    red, middle = is_red(pixels), (x0 + x1) // 2
    assert red[max(0, y0 - 5) : y0 + 2, middle].any()
    assert red[y1 - 1 : y1 + 6, middle].any()
    assert red[(y0 + y1) // 2, max(0, x0 - 7) : x0 + 1].any()
    inside = pixels[y0:y1, x0:x1].max(axis=2)
    assert 0.02 < (inside < 110).mean() < 0.6


def one_of_each(outputs: Path) -> list[str]:
    """The last record on a page in each dataset."""
    rows = {name: [row for row in rows_of(outputs, name) if row["boxes"]] for name in RECORD_DATASETS}
    return [str(held[-1][DATASETS[name].id_column or ""]) for name, held in rows.items() if held]


def test_the_picture_frames_the_quote(ingested: Path, tmp_path: Path) -> None:
    records = one_of_each(ingested)
    assert len(records) == len(RECORD_DATASETS)
    for record in records:
        assert_framed(ingested, record, tmp_path)


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
@pytest.mark.parametrize("cropped", [False, True])
def test_the_picture_of_a_turned_or_cropped_page_frames_the_quote(rotation: int, cropped: bool, tmp_path: Path) -> None:
    with pymupdf.open() as pdf:
        page = pdf.new_page(width=595, height=842)
        for index in range(4):
            page.insert_text((90, 120 + 90 * index), f"Trong {index + 2}5 ho so co {index + 3},5% dat.", fontsize=14)
        if cropped:
            page.set_cropbox(pymupdf.Rect(40, 60, 500, 700))
        page.set_rotation(rotation)
        pdf.save(tmp_path / "turned.pdf")
    outputs = tmp_path / "outputs"
    ingest([tmp_path / "turned.pdf"], outputs, workers=1)
    numbers = [row for row in rows_of(outputs, "numbers") if row["raw"] in ("25", "55", "3,5%", "6,5%")]
    assert len(numbers) >= 4
    for row in numbers:
        assert_framed(outputs, row["number_id"], tmp_path)


@pytest.mark.slow
@pytest.mark.skipif(program() is None, reason="LibreOffice is not installed")
def test_the_picture_of_a_word_file_frames_the_quote(tmp_path: Path) -> None:
    outputs = tmp_path / "outputs"
    ingest([sample("05")], outputs, workers=1)
    assert_framed(outputs, rows_of(outputs, "metrics")[0]["metric_id"], tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("suffix", ["png", "jpg"])
def test_the_picture_of_a_picture_frames_the_quote(suffix: str, tmp_path: Path) -> None:
    outputs, image = tmp_path / "outputs", tmp_path / f"page.{suffix}"
    with pymupdf.open(sample("04")) as pdf:
        pdf[0].get_pixmap(dpi=200).save(image)
    ingest([image], outputs, workers=1)
    for record in one_of_each(outputs)[1:3]:
        assert_framed(outputs, record, tmp_path)


def test_what_has_no_page_has_no_picture(ingested: Path, own_copy: Path, tmp_path: Path) -> None:
    rows = rows_of(ingested, "metrics")
    without = next(row["metric_id"] for row in rows if row["page"] is None)
    with pytest.raises(TraceError, match="không nằm trên trang nào"):
        draw(ingested, find_record(ingested, without), tmp_path / "a.png")
    found = find_record(own_copy, next(row["metric_id"] for row in rows if row["page"]))
    for source in (own_copy / "_sources").glob("*/*.pdf"):
        source.unlink()
    with pytest.raises(TraceError, match="thiếu tệp gốc"):
        draw(own_copy, found, tmp_path / "a.png")
    assert not (tmp_path / "a.png").exists()


# the ledger


def test_the_ledger_counts_every_number_once(ingested: Path) -> None:
    document = find_document(ingested, sample("04").name)
    rows = [row for row in rows_of(ingested, "numbers") if row["document_id"] == document["document_id"]]
    view = ledger(ingested, sample("04").name)
    assert view.document == document
    assert view.total == len(rows) > 0
    assert {kind: count for kind, count in view.counts.items() if count} == Counter(row["kind"] for row in rows)
    assert list(view.counts) == list(NUMBER_KINDS)


def unexplain(outputs: Path, name: str) -> list[dict[str, Any]]:
    """Make every third number of a document unexplained; these."""
    key = find_document(outputs, name)["document_id"]
    chosen: list[dict[str, Any]] = []

    def change(rows: list[dict[str, Any]]) -> None:
        chosen.extend([row for row in rows if row["document_id"] == key][::3])
        for row in rows:
            if row["document_id"] == key:
                row["kind"] = "unexplained" if row in chosen else "other"

    rewrite(outputs, "numbers", change)
    return chosen


@pytest.mark.parametrize("number", ["04", "08"])
def test_the_unexplained_are_listed_with_the_words_around_them(own_copy: Path, number: str) -> None:
    chosen = unexplain(own_copy, sample(number).name)
    view = ledger(own_copy, sample(number).name)
    assert view.counts["unexplained"] == len(chosen) > 5
    assert [(one.page, one.raw) for one in view.unexplained] == [(row["page"], row["raw"]) for row in chosen]
    assert all(one.before or one.after for one in view.unexplained)


def test_of_numbers_alike_each_is_shown_with_its_own_words(tmp_path: Path) -> None:
    """Also where the ledger has them in another order than the text, as it has tables after lines."""
    received, outputs = tmp_path / "a.txt", tmp_path / "outputs"
    text = "Báo cáo\n\nXã Đông có 21 bến, 12 ao, 31 cầu.\n\nXã Tây có 22 bến, 12 hồ, 32 cầu.\n"
    received.write_text(text, "utf-8")
    ingest([received], outputs, workers=1)

    def turn(rows: list[dict[str, Any]]) -> None:
        rows[:] = [{**row, "kind": "unexplained"} for row in (*rows[3:], *rows[:3])]

    rewrite(outputs, "numbers", turn)
    shown = [f"{one.raw}{one.after.split(',')[0].split('.')[0]}" for one in ledger(outputs, "a.txt").unexplained]
    assert shown == ["22 bến", "12 hồ", "32 cầu", "21 bến", "12 ao", "31 cầu"]


def test_the_ledger_command(own_copy: Path, capsys: Captured) -> None:
    chosen = unexplain(own_copy, sample("04").name)
    assert main(["ledger", "04", "--outputs", str(own_copy)]) == 0
    shown = capsys.readouterr().out
    assert ["unexplained", "chưa", "giải", "thích", str(len(chosen))] in [line.split() for line in shown.splitlines()]
    assert all(f"[{row['raw']}]" in shown for row in chosen)
    assert sum(line.startswith("trang ") for line in shown.splitlines()) == len(chosen)


@pytest.mark.parametrize(("key", "told"), [("nope", "'nope'"), ("empty.pdf", "cách ly"), ("0", "cần thêm ký tự")])
def test_the_ledger_command_says_what_it_wanted(ingested: Path, capsys: Captured, key: str, told: str) -> None:
    assert main(["ledger", key, "--outputs", str(ingested)]) == 1
    assert told in capsys.readouterr().err
