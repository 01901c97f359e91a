"""The gold of samples/ is well formed, and what it says is printed is printed."""

from __future__ import annotations

import datetime
import json
import unicodedata
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pymupdf
import pytest
from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import qn

SAMPLES = Path(__file__).parent.parent / "samples"
GOLD = sorted((SAMPLES / "gold").iterdir())
LABEL = [folder.name for folder in GOLD]
SCANS = {"06"}  # no text layer: nothing to compare with

Row = dict[str, Any]
HEADER = ["doc_type", "number", "issuer", "place", "issued_on", "title", "signer", "signer_title"]
HEADER += ["data_as_of", "appendices"]
KEYS: dict[str, list[str]] = {"tasks": ["id", "section", "ordinal", "text", "lead_raw", "lead", "coop", "supervisors"]}
KEYS["tasks"] += ["deadline_raw", "deadline", "deadline_precision", "assigned_in"]
KEYS["tasks"] += ["expected_output", "result_raw", "status", "page"]
KEYS["metrics"] = ["id", "indicator", "value_raw", "value", "value_high", "denominator", "comparator", "unit"]
KEYS["metrics"] += ["role", "scope", "period_raw", "period_end", "page"]
KEYS["references"] = ["raw", "type", "number", "date", "page"]
ALLOWED: dict[str, set[str | None]] = {
    "deadline_precision": {"day", "month", "quarter", "year", "recurring", "ongoing", "none"},
    "comparator": {"=", ">", ">=", "<", "<=", "~"},
    "role": {"actual", "target", "plan", "baseline", "change"},
    "status": {"done", "in_progress", "not_started", "not_reported", "overdue", None},
}
ON_ITS_PAGE = ("value_raw", "raw")
NEAR_ITS_PAGE = ("text", "lead_raw", "deadline_raw", "expected_output", "period_raw", "scope", "unit")
DATES = ("deadline", "period_end", "date", "issued_on", "data_as_of")
RENAMED = {"unit": ("đồng", "hạng")}  # written out by the rules of the gold, though not printed beside the value


def fold(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


def read_rows(folder: Path, name: str) -> list[Row]:
    return [json.loads(line) for line in (folder / f"{name}.jsonl").read_text("utf8").splitlines()]


def find_document(name: str) -> Path:
    (path,) = (SAMPLES / "documents").glob(f"{name}-*")
    return path


@cache
def read_pages(name: str) -> tuple[str, ...]:
    path = find_document(name)
    if path.suffix == ".txt":
        return (fold(path.read_text("utf8")),)
    if path.suffix == ".docx":
        return (fold(" ".join(word_paragraphs(path))),) * 2  # what stands on which page is the renderer's business
    with pymupdf.open(path) as document:
        return tuple(fold(page.get_text()) for page in document)


def word_paragraphs(path: Path) -> Iterator[str]:
    """Paragraphs and footnotes with tracked insertions, without tracked deletions and comments."""
    part = Document(str(path)).part
    notes = [other.target_part.blob for other in part.rels.values() if other.reltype.endswith("/footnotes")]
    for root in (part.element, *map(parse_xml, notes)):
        for paragraph in root.iter(qn("w:p")):
            yield "".join(run.text or "" for run in paragraph.iter(qn("w:t")))


def stands(raw: str, pages: tuple[str, ...]) -> bool:
    """On one of the pages, or begun on one and ended on the next."""
    raw = fold(raw)
    cuts = range(len(raw) + 1)
    return any(raw in page for page in pages) or any(
        raw[:cut].strip() in page and raw[cut:].strip() in after for page, after in pairwise(pages) for cut in cuts
    )


def faults(kind: str, row: Row, pages: tuple[str, ...]) -> list[str]:
    """All that is wrong with one row of gold."""
    odd = set(KEYS[kind]) ^ (row.keys() - {"note", "accept"})
    found = [f"keys: {odd}"] if odd else []
    found += [f"{key}: {row[key]!r}" for key, values in ALLOWED.items() if key in row and row[key] not in values]
    found += [f"accept: {key}" for key, values in row.get("accept", {}).items() if key not in row or not values]
    if row["page"] is None and len(pages) == 1:  # a file without pages
        here = near = pages
    elif row["page"] in range(1, len(pages) + 1):
        here = pages[row["page"] - 1 : row["page"]]
        near = pages[max(row["page"] - 2, 0) : row["page"] + 1]
    else:
        return [*found, f"page: {row['page']}"]
    for keys, where in ((ON_ITS_PAGE, here), (NEAR_ITS_PAGE, near)):
        for key in keys:
            raw = row.get(key)
            if raw and raw not in RENAMED.get(key, ()) and not stands(raw, where):
                found.append(f"{key} not printed: {raw}")
    return found + bad_dates(row) + bad_deadline(row)


def bad_dates(row: Row) -> list[str]:
    dated = [(key, row[key]) for key in DATES if row.get(key)]
    dated += [("assigned_in", given["date"]) for given in row.get("assigned_in", ()) if given["date"]]
    return [f"{key}: {value}" for key, value in dated if not is_date(value)]


def is_date(value: str) -> bool:
    try:
        return datetime.date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def bad_deadline(row: Row) -> list[str]:
    if "deadline" not in row:
        return []
    dated = row["deadline_precision"] in {"day", "month", "quarter", "year"}
    printed = row["deadline_precision"] != "none"
    wrong = (row["deadline"] is not None) != dated or (row["deadline_raw"] is not None) != printed
    return [f"deadline: {row['deadline_raw']!r} {row['deadline']} {row['deadline_precision']}"] if wrong else []


def printed_pages(name: str, kind: str) -> tuple[str, ...]:
    if name in SCANS:  # every value counts as printed
        rows = read_rows(SAMPLES / "gold" / name, kind)
        return (fold(" ".join(str(row.get(key)) for row in rows for key in ON_ITS_PAGE + NEAR_ITS_PAGE)),) * 2
    return read_pages(name)


def test_each_source_has_its_document_and_gold() -> None:
    sources = [path.stem for path in sorted((SAMPLES / "sources").iterdir())]
    documents = [path.stem for path in sorted((SAMPLES / "documents").iterdir())]
    assert sources == documents
    assert [stem[:2] for stem in sources] == LABEL
    assert len(LABEL) >= 8


@pytest.mark.parametrize("kind", KEYS)
@pytest.mark.parametrize("folder", GOLD, ids=LABEL)
def test_rows_are_right_in_form_and_printed(folder: Path, kind: str) -> None:
    pages = printed_pages(folder.name, kind)
    wrong = {row.get("id") or row["raw"]: faults(kind, row, pages) for row in read_rows(folder, kind)}
    assert {key: found for key, found in wrong.items() if found} == {}


@pytest.mark.parametrize("folder", GOLD, ids=LABEL)
def test_ids_run(folder: Path) -> None:
    for kind in ("tasks", "metrics"):
        ids = [row["id"] for row in read_rows(folder, kind)]
        assert ids == [f"{kind[0]}{n:03d}" for n in range(1, len(ids) + 1)]


@pytest.mark.parametrize("folder", GOLD, ids=LABEL)
def test_header_is_printed(folder: Path) -> None:
    header = json.loads((folder / "header.json").read_text("utf8"))
    assert list(header)[: len(HEADER)] == HEADER
    assert bad_dates(header) == []
    assert header["issued_on"] >= "2025-07-01", "agencies are those in force after the mergers"
    if folder.name not in SCANS:
        first_and_last = read_pages(folder.name)
        for key in ("number", "place", "title", "signer", "signer_title"):
            assert header[key] is None or stands(header[key], first_and_last), key


def test_scan_has_no_text() -> None:
    for name in SCANS:
        assert not any(read_pages(name))


def test_bad_files_are_bad() -> None:
    bad = {path.stem: path for path in (SAMPLES / "bad").iterdir()}
    assert bad["empty"].stat().st_size == 0
    assert not bad["text-named"].read_bytes().startswith(b"%PDF")
    assert b"%%EOF" not in bad["truncated"].read_bytes()
    with pymupdf.open(bad["encrypted"]) as document:
        assert document.needs_pass


@pytest.mark.parametrize(
    ("key", "value", "fault"),
    [
        ("value_raw", "46,9 tỷ đồng", "value_raw not printed: 46,9 tỷ đồng"),
        ("page", 2, "value_raw not printed: 46,8 tỷ đồng"),
        ("page", 9, "page: 9"),
        ("period_end", "2025-13-31", "period_end: 2025-13-31"),
        ("role", "goal", "role: 'goal'"),
        ("units", "đồng", "keys: {'units'}"),
    ],
)
def test_a_planted_error_is_found(key: str, value: object, fault: str) -> None:
    row = next(r for r in read_rows(SAMPLES / "gold" / "04", "metrics") if r["value_raw"] == "46,8 tỷ đồng")
    assert faults("metrics", row, read_pages("04")) == []
    assert fault in faults("metrics", row | {key: value}, read_pages("04"))
