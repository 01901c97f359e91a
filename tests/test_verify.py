"""Verification: a clean store passes, and every error planted in the published files is found where it stands."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cli import main
from pipeline.ingest import ingest
from pipeline.link.decisions import decide
from pipeline.link.run import link
from pipeline.outline import outline
from pipeline.partitions import Change
from pipeline.read.office import program
from pipeline.store import Store
from pipeline.trace import dataset
from pipeline.verify import Failure, Report, _cases, prove, prove_store, verify
from schemas.datasets import ACROSS, DATASETS, PER_DOCUMENT, RECORD_DATASETS
from tests.conftest import sample
from tests.link.test_link import ASSIGNED, letter, reported

SHARED = Path(__file__).parent.parent.parent / "shared" / "documents"
Row = dict[str, Any]


def published_file(outputs: Path, name: str) -> Path:
    """The one file of a dataset that has rows."""
    (found,) = (file for file in (outputs / name).glob("*.parquet") if pq.read_metadata(file).num_rows)
    return found


def rewrite(outputs: Path, name: str, change: Callable[[list[Row]], object]) -> None:
    """Change the published rows of a dataset behind the program's back."""
    file = published_file(outputs, name)
    rows = pq.read_table(file).to_pylist()
    change(rows)
    pq.write_table(pa.Table.from_pylist(rows, DATASETS[name].schema), file)


def by_another_version(outputs: Path) -> None:
    """Without the same version the extraction can't be repeated: what is found now is found by the other proofs."""
    rewrite(outputs, "documents", lambda rows: [row.update(extractor_version="0.0.0+another") for row in rows])


def row_id(name: str, row: Row) -> str:
    return str(row[DATASETS[name].id_column or "page"])


def proved(outputs: Path) -> Report:
    return verify(outputs, workers=1)


def planted(name: str, /, **values: object) -> Callable[[list[Row]], str]:
    """A change of the first row on a page that has another value there; it returns the row's id."""

    def change(rows: list[Row]) -> str:
        usable = [row for row in rows if all(row[key] not in (None, value) for key, value in values.items())]
        row = min(usable, key=lambda row: row.get("page") is None)
        row.update(values)
        return row_id(name, row)

    return change


def plant(outputs: Path, name: str, change: Callable[[list[Row]], str]) -> str:
    told: list[str] = []
    rewrite(outputs, name, lambda rows: told.append(change(rows)))
    return told[0]


def assert_found(report: Report, name: str, row: str, proof: str, what: str) -> Failure:
    """The planted error is among the failures, and no other row of a dataset is blamed but those that refer to it."""
    found = [failure for failure in report.failures if (failure.dataset, failure.row) == (name, row)]
    assert (proof, what) in [(failure.proof, failure.what) for failure in found]
    assert report.failed[name] == 1
    return next(failure for failure in found if (failure.proof, failure.what) == (proof, what))


def proved_here(outputs: Path, *, store: bool = True) -> Report:
    """All proofs in this process: quicker for a few small documents."""
    report, documents = Report(), dataset(outputs, "documents").to_table().to_pylist()
    if store:
        prove_store(outputs, documents, report)
    for cases in _cases(outputs, documents):
        for case in cases:
            report.add(prove(case))
    return report


# nothing planted


def test_a_clean_store_passes(ingested: Path) -> None:
    report = proved(ingested)
    assert report.failures == []
    assert report.failed.total() == 0
    assert report.other_versions == {}
    rows = {name: pq.read_table(ingested / name).num_rows for name in PER_DOCUMENT}
    assert {name: report.checked[name] for name in PER_DOCUMENT} == rows
    assert all(rows[name] for name in RECORD_DATASETS)


def test_a_clean_document_of_another_version_passes_without_repetition(own_copy: Path) -> None:
    by_another_version(own_copy)
    report = proved(own_copy)
    assert report.failures == []
    assert sample("04").name in report.other_versions
    assert set(report.other_versions.values()) == {"0.0.0+another"}


UNKNOWN_LEADS = """VĂN PHÒNG CHÍNH PHỦ
Số: 36/TB-VPCP
Hà Nội, ngày 05 tháng 10 năm 2025

THÔNG BÁO
Kết luận tại cuộc họp về hội chợ mùa xuân

Phó Thủ tướng yêu cầu các cơ quan thực hiện các nhiệm vụ sau:
1. Tập đoàn Sông Xanh và Công ty cổ phần Trung tâm hội chợ Miền Đông:
a) Khẩn trương hoàn thành thiết kế tổng thể trước ngày 05 tháng 10 năm 2025.
b) Rà soát kỹ, chuẩn bị đủ điều kiện hạ tầng để các đơn vị vào thi công.
"""


def test_leads_that_no_registry_knows_are_read_one_by_one(tmp_path: Path) -> None:
    source, outputs = tmp_path / "thông báo.txt", tmp_path / "outputs"
    source.write_text(UNKNOWN_LEADS.replace("\n", "\n\n"), encoding="utf8")
    ingest([source], outputs)
    both = ["Tập đoàn Sông Xanh", "Công ty cổ phần Trung tâm hội chợ Miền Đông"]
    assert pq.read_table(published_file(outputs, "tasks"))["lead"].to_pylist() == [both, both]
    assert proved_here(outputs).failures == []
    by_another_version(outputs)
    row = plant(outputs, "tasks", planted("tasks", lead=["Tập đoàn Sông Đỏ"]))
    assert_found(proved_here(outputs), "tasks", row, "value", "lead")


CELLS = """ỦY BAN NHÂN DÂN TỈNH LÂM ĐỒNG

Số: 36/BC-UBND

Lâm Đồng, ngày 05 tháng 10 năm 2025

BÁO CÁO

Kết quả thực hiện các chỉ tiêu năm 2025

| TT | Chỉ tiêu | Đơn vị | Kế hoạch năm 2025 | Thực hiện năm 2025 |
|---|---|---|---|---|
| 1 | Tỷ lệ vốn nhà nước tại doanh nghiệp | % | Trên 50% | 52% |
| 2 | Số hộ được cấp nước sạch | nghìn hộ | 2 - 3 | 2,5 |
| 3 | Kinh phí thực hiện | tỷ đồng | không quá 40 | 39,5 |
| 4 | Số trường đạt chuẩn | trường | tối thiểu 12 | 14 |
"""


@pytest.mark.parametrize(
    ("quote", "wrong"),
    [("Trên 50%", {"comparator": "="}), ("2 - 3", {"value_high": 4000.0}), ("2 - 3", {"value_high": 3.0})],
)
def test_bounds_and_ranges_of_cells_follow_from_them(tmp_path: Path, quote: str, wrong: Row) -> None:
    source, outputs = tmp_path / "chỉ tiêu.md", tmp_path / "outputs"
    source.write_text(CELLS, encoding="utf8")
    ingest([source], outputs)
    printed = pq.read_table(published_file(outputs, "metrics")).to_pylist()
    assert {row["comparator"] for row in printed} == {"=", ">", "<=", ">="}
    assert proved_here(outputs).failures == []
    by_another_version(outputs)

    def change(rows: list[Row]) -> str:
        row = next(row for row in rows if row["quote"] == quote)
        row.update(wrong)
        return row_id("metrics", row)

    row = plant(outputs, "metrics", change)
    assert_found(proved_here(outputs), "metrics", row, "value", "value")


def test_one_document_by_prefix_or_name(ingested: Path) -> None:
    names = pq.read_table(ingested / "documents").to_pylist()
    row = next(row for row in names if row["file_name"] == sample("04").name)
    for key in (row["file_name"], row["document_id"], row["document_id"][:8], row["file_name"][:4]):
        report = verify(ingested, key)
        assert report.documents == report.checked["documents"] == 1
        assert 0 < report.checked["metrics"] < pq.read_table(ingested / "metrics").num_rows


@pytest.mark.slow
@pytest.mark.skipif(program() is None, reason="LibreOffice is not installed")
def test_word_files_and_scans_are_proved_by_reading_them_again(tmp_path: Path) -> None:
    ingest([sample("05"), sample("06")], tmp_path, workers=1)
    assert proved(tmp_path).failures == []
    shifted = plant(tmp_path, "metrics", moved("metrics", 60))
    assert_found(proved(tmp_path), "metrics", shifted, "place", "chữ trong khung")


@pytest.mark.slow
@pytest.mark.skipif(not SHARED.is_dir(), reason="shared documents are not here")
@pytest.mark.parametrize(
    "pattern", ["000*.pdf", "001*.docx", "002*.pdf", "003*.born-digital.pdf", "004*.born-digital.pdf"]
)
def test_shared_documents_pass(pattern: str, tmp_path: Path) -> None:
    ingest(sorted(SHARED.glob(pattern)), tmp_path, workers=1)
    report = proved(tmp_path)
    assert report.checked["numbers"] > 80
    assert [(failure.dataset, failure.what, failure.expected, failure.found) for failure in report.failures] == []


# changed values

CHANGED = [
    ("documents", "issued_on", date(2020, 1, 1)),
    ("documents", "signer", "Trần Văn A"),
    ("pages", "text", "trang khác"),
    ("pages", "width", 1.0),
    ("tasks", "deadline", date(2031, 1, 31)),
    ("tasks", "section", "IX"),
    ("metrics", "value", 123.5),
    ("metrics", "role", "baseline"),
    ("references", "number", "999/NQ-CP"),
    ("agencies", "agency_id", "bo-y-te"),
    ("agencies", "role", "recipient"),
    ("numbers", "kind", "contact"),
    ("issues", "severity", "fatal"),
]


@pytest.mark.parametrize(("name", "column", "value"), CHANGED)
def test_a_changed_value_is_found(own_copy: Path, name: str, column: str, value: object) -> None:
    rewrite(own_copy, name, planted(name if name != "issues" else "documents", **{column: value}))
    report = proved_here(own_copy)
    found = [failure for failure in report.failures if failure.dataset == name and failure.proof == "repetition"]
    assert [failure.what for failure in found] == [column]
    assert found[0].found == (value if isinstance(value, str) else repr(value))
    assert report.failed[name] == 1


DERIVED = [
    ("tasks", {"deadline": date(2031, 1, 31)}, "deadline"),
    ("tasks", {"deadline_precision": "quarter", "deadline": date(2031, 3, 31)}, "deadline"),
    ("tasks", {"deadline_raw": "trước ngày 09/9/2031"}, "deadline"),
    ("tasks", {"lead": ["Bộ Y tế"]}, "lead"),
    ("tasks", {"text": "Nhiệm vụ khác"}, "text"),
    ("metrics", {"value": 123.5}, "value"),
    ("metrics", {"comparator": "<="}, "value"),
    ("metrics", {"unit": "con voi"}, "value"),
    ("metrics", {"value_raw": "46"}, "value_raw"),
    ("metrics", {"task_id": "no-task"}, "task_id"),
    ("references", {"number": "999/NQ-CP"}, "number"),
    ("references", {"issued_on": date(1999, 1, 1)}, "issued_on"),
    ("references", {"type": "Lệnh"}, "type"),
    ("agencies", {"agency_id": "bo-y-te"}, "agency"),
    ("agencies", {"agency": "Bộ Y tế"}, "agency"),
    ("numbers", {"raw": "77777"}, "raw"),
    ("numbers", {"record_id": "no-record"}, "record_id"),
]


@pytest.mark.parametrize(("name", "values", "what"), DERIVED)
def test_a_value_that_does_not_follow_from_its_quote_is_found_without_repetition(
    own_copy: Path, name: str, values: Row, what: str
) -> None:
    by_another_version(own_copy)
    row = plant(own_copy, name, planted(name, **values))
    assert_found(proved_here(own_copy), name, row, "value", what)


@pytest.mark.parametrize("column", ["value_high", "denominator"])
def test_a_second_value_that_is_not_printed_is_found(own_copy: Path, column: str) -> None:
    by_another_version(own_copy)

    def change(rows: list[Row]) -> str:
        row = next(row for row in rows if row[column] is None)
        row[column] = 2 * row["value"]
        return row_id("metrics", row)

    row = plant(own_copy, "metrics", change)
    assert_found(proved_here(own_copy), "metrics", row, "value", "value")


def test_a_number_of_another_record_is_found(own_copy: Path) -> None:
    by_another_version(own_copy)

    def swap(rows: list[Row]) -> str:
        first, *_, last = [row for row in rows if row["kind"] == "metric" and row["page"]]
        first["record_id"] = last["record_id"]
        return str(first["number_id"])

    row = plant(own_copy, "numbers", swap)
    assert_found(proved_here(own_copy), "numbers", row, "value", "record_id")


# moved boxes


def moved(name: str, by: float) -> Callable[[list[Row]], str]:
    """The boxes of the first record that has some, shifted to the right."""

    def change(rows: list[Row]) -> str:
        row = next(row for row in rows if row["boxes"])
        row["boxes"] = [{**box, "x0": box["x0"] + by, "x1": box["x1"] + by} for box in row["boxes"]]
        return row_id(name, row)

    return change


@pytest.mark.parametrize("name", RECORD_DATASETS)
@pytest.mark.parametrize("by", [9.0, 150.0, 2000.0])
def test_a_moved_box_is_found_in_the_source_itself(own_copy: Path, name: str, by: float) -> None:
    by_another_version(own_copy)
    row = plant(own_copy, name, moved(name, by))
    failure = assert_found(proved_here(own_copy), name, row, "place", "chữ trong khung")
    assert failure.found != failure.expected


@pytest.mark.parametrize("name", RECORD_DATASETS)
def test_a_slightly_moved_box_is_found_by_repetition(own_copy: Path, name: str) -> None:
    row = plant(own_copy, name, moved(name, 0.01))
    assert_found(proved_here(own_copy), name, row, "repetition", "boxes")


@pytest.mark.parametrize("page", [2, 99, None])
def test_a_wrong_page_is_found(own_copy: Path, page: int | None) -> None:
    by_another_version(own_copy)

    def change(rows: list[Row]) -> str:
        row = next(row for row in rows if row["page"] == 1)
        row["page"] = page
        return row_id("metrics", row)

    row = plant(own_copy, "metrics", change)
    assert_found(proved_here(own_copy), "metrics", row, "place", "chữ trong khung")


def test_a_quote_that_is_not_in_a_file_without_pages_is_found(own_copy: Path) -> None:
    by_another_version(own_copy)

    def change(rows: list[Row]) -> str:
        row = next(row for row in rows if row["page"] is None)
        row["quote"] = row["raw"] = "Bộ Y tế"
        row["agency_id"], row["agency"] = "bo-y-te", "Bộ Y tế"
        return row_id("agencies", row)

    row = plant(own_copy, "agencies", change)
    assert_found(proved_here(own_copy), "agencies", row, "place", "chữ trong khung")


# rows


@pytest.mark.parametrize("name", [name for name in PER_DOCUMENT if name != "documents"])
def test_a_deleted_row_is_found(own_copy: Path, name: str) -> None:
    rewrite(own_copy, name, lambda rows: rows.pop(0))
    report = proved_here(own_copy)
    # a number or metric may belong to the row that is gone
    assert [failure.what for failure in report.failures if failure.dataset == name] == ["dòng"]
    assert report.failed[name] == 1


def test_a_deleted_document_is_found(own_copy: Path) -> None:
    gone = plant(own_copy, "documents", lambda rows: str(rows.pop(0)["document_id"]))
    report = proved_here(own_copy)
    assert {failure.row for failure in report.failures} == {gone}
    assert ("documents", "có trong documents") in [(failure.dataset, failure.expected) for failure in report.failures]


def of_documents(report: Report) -> list[Failure]:
    """The failures of the document's own datasets; what was made of its rows over all documents fails with them."""
    return [failure for failure in report.failures if failure.proof != "links"]


@pytest.mark.parametrize("name", PER_DOCUMENT)
def test_a_duplicated_row_is_found(own_copy: Path, name: str) -> None:
    rewrite(own_copy, name, lambda rows: rows.append(rows[0]))
    assert [(failure.dataset, failure.what) for failure in of_documents(proved_here(own_copy))] == [(name, "dòng")]


@pytest.mark.parametrize("name", [name for name in PER_DOCUMENT if name != "issues"])
def test_a_duplicated_row_is_found_without_repetition(own_copy: Path, name: str) -> None:
    by_another_version(own_copy)
    rewrite(own_copy, name, lambda rows: rows.append(rows[0]))
    report = proved_here(own_copy)
    assert [(failure.dataset, failure.what, failure.found) for failure in report.failures] == [(name, "số dòng", "2")]


@pytest.mark.parametrize("name", [name for name in PER_DOCUMENT if name != "documents"])
def test_a_row_of_an_unknown_document_is_found(own_copy: Path, name: str) -> None:
    rewrite(own_copy, name, lambda rows: rows.append({**rows[0], "document_id": "f" * 64}))
    (failure,) = of_documents(proved_here(own_copy))
    assert (failure.dataset, failure.row, failure.proof) == (name, "f" * 64, "store")


# sources


def alter(source: Path) -> None:
    data = bytearray(source.read_bytes())
    data[len(data) // 2] ^= 1
    source.write_bytes(data)


@pytest.mark.parametrize("harm", [alter, Path.unlink])
def test_a_harmed_source_proves_nothing_of_its_document(own_copy: Path, harm: Callable[[Path], None]) -> None:
    rows = pq.read_table(own_copy / "documents").to_pylist()
    key = next(row["document_id"] for row in rows if row["file_name"] == sample("04").name)
    source = Store(own_copy).source(key)
    assert source is not None
    harm(source)
    report = proved(own_copy)
    (failure,) = report.failures
    assert (failure.dataset, failure.row, failure.proof) == ("documents", key, "source")
    assert key in failure.expected
    held = {name: pq.read_table(own_copy / name)["document_id"].to_pylist().count(key) for name in PER_DOCUMENT}
    assert {name: report.failed[name] for name in PER_DOCUMENT} == held
    assert all(held[name] for name in RECORD_DATASETS)


def test_a_fault_in_one_document_costs_no_other(own_copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(document: Any) -> Any:
        if document.media_type == "application/pdf":
            raise ZeroDivisionError("planted")
        return outline(document)

    monkeypatch.setattr("pipeline.verify.outline", broken)
    documents = dataset(own_copy, "documents").to_table().to_pylist()
    proofs = [prove(case) for cases in _cases(own_copy, documents) for case in cases]
    (failure,) = (failure for proof in proofs for failure in proof.failures)
    assert "ZeroDivisionError: planted" in failure.found


# arithmetic

WRONG_CHECKS = [
    ({"printed": 12345.0}, "printed"),
    ({"computed": 12345.0}, "computed"),
    ({"verdict": "conflicts"}, "verdict"),
    ({"expression": "1 + 1 = 5"}, "computed"),
    ({"kind": "share_sum"}, "check_id"),
    ({"record_ids": ["gone"]}, "record_ids"),
]


@pytest.mark.parametrize(("values", "what"), WRONG_CHECKS)
def test_a_wrong_check_is_found_without_repetition(linked: Path, values: Row, what: str) -> None:
    by_another_version(linked)
    assert proved_here(linked).failures == []

    def change(rows: list[Row]) -> str:
        row = next(row for row in rows if row["kind"] == "sum" and row["verdict"] == "holds")
        row.update(values)
        return row_id("checks", row)

    row = plant(linked, "checks", change)
    assert_found(proved_here(linked), "checks", row, "value", what)


# datasets over all documents

SUMS = "\n3. Đã cấp 12.668 thẻ cho hộ nghèo, 3.390 thẻ cho hộ cận nghèo, tổng cộng 16.058 thẻ.\n"


@pytest.fixture(scope="session")
def linked_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two letters that share works and figures, linked by rules and by a person."""
    folder = tmp_path_factory.mktemp("linked")
    first = letter(folder, "assigned.txt", ASSIGNED + SUMS)
    ingest([first, reported(folder)], folder / "outputs", workers=1)
    metrics = pq.read_table(folder / "outputs" / "metrics").to_pylist()
    a, b, *_ = [row["metric_id"] for row in metrics]
    decide(folder / "outputs", "metrics", a, b, "not_same", "Lê Thị Lan", "hai chỉ tiêu khác nhau")
    with Store(folder / "outputs").writing():
        link(Store(folder / "outputs"))
    return folder / "outputs"


@pytest.fixture
def linked(linked_once: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(linked_once, tmp_path / "outputs", symlinks=True))


def test_datasets_over_all_documents_are_proved_and_counted(linked: Path) -> None:
    report = proved_here(linked)
    assert report.failures == []
    assert report.is_linked
    rows = {name: pq.read_table(linked / name).num_rows for name in DATASETS}
    assert {name: report.checked[name] for name in DATASETS} == rows
    assert all(count for name, count in rows.items() if name not in ("pages", "issues"))


PLANTED = [
    ("task_lines", {"label": "Nhiệm vụ bịa"}),
    ("task_lines", {"status": "not_started"}),
    ("task_lines", {"deadline_moved": True}),
    ("task_lines", {"first_assigned": date(2001, 1, 1)}),
    ("task_lines", {"lead": ["Bộ Y tế"]}),
    ("indicators", {"name": "Chỉ tiêu bịa"}),
    ("indicators", {"unit": "con voi"}),
    ("indicators", {"verdict": "conflict"}),
    ("citations", {"times": 9999}),
    ("citations", {"number": "1/BỊA"}),
    ("citations", {"type": "Lệnh"}),
    ("citations", {"cited_by": ["f" * 64]}),
    ("task_links", {"score": 0.123}),
    ("task_links", {"decision": "undecided"}),
    ("task_links", {"reason": "bịa"}),
    ("indicator_links", {"decision": "same"}),
    ("indicator_links", {"decided_by": "Ai Đó"}),
    ("indicator_links", {"reason": "bịa"}),
]


@pytest.mark.parametrize(("name", "values"), PLANTED)
def test_an_error_planted_in_a_dataset_over_all_documents_is_found(linked: Path, name: str, values: Row) -> None:
    row = plant(linked, name, planted(name, **values))
    assert_found(proved_here(linked), name, row, "store", *values)


@pytest.mark.parametrize(
    ("name", "values"), [each for each in PLANTED if "link" not in each[0] or "decided_by" in each[1]]
)
def test_an_error_in_a_dataset_over_all_documents_is_found_even_if_the_lake_has_it_too(
    linked: Path, name: str, values: Row
) -> None:
    """A fault of the linking itself: it is written everywhere, and follows from nothing."""
    row = plant(linked, name, planted(name, **values))
    store = Store(linked)
    with store.writing():
        rows = store.across(name)
        for written in (rows.slice(0, 0), rows):  # what is as published would not be written
            store.publish_across({name: Change.of(written, str(DATASETS[name].id_column))})
    assert_found(proved_here(linked), name, row, "links", *values)


@pytest.mark.parametrize("name", ACROSS)
@pytest.mark.parametrize("harm", [lambda rows: rows.pop(0), lambda rows: rows.append(rows[0])])
def test_a_row_too_few_or_too_many_over_all_documents_is_found(
    linked: Path, name: str, harm: Callable[[list[Row]], object]
) -> None:
    rewrite(linked, name, harm)
    assert (name, "dòng") in [(failure.dataset, failure.what) for failure in proved_here(linked).failures]


def test_after_a_review_it_says_that_links_were_not_made_again(
    linked: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    decide(linked, "metrics", "a", "b", "same", "Lan", "x")
    assert main(["verify", "--outputs", str(linked), "--workers", "1"]) == 0
    assert "không tính lại" in capsys.readouterr().out


# the command


def test_the_command_ends_with_0_and_counts(ingested: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", "--outputs", str(ingested), "--workers", "1"]) == 0
    shown = capsys.readouterr().out
    assert " 0 lỗi" in shown
    metrics = pq.read_table(ingested / "metrics").num_rows
    told = [line.split() for line in shown.splitlines()]
    assert ["metrics", str(metrics), "0"] in told
    lines = pq.read_table(ingested / "task_lines").num_rows
    assert ["task_lines", str(lines), "0"] in told


def test_the_command_ends_with_1_and_lists_the_first_failures(
    own_copy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rewrite(own_copy, "numbers", lambda rows: [row.update(kind="contact") for row in rows[:25]])
    assert main(["verify", "--outputs", str(own_copy), "--workers", "1"]) == 1
    shown = capsys.readouterr().out
    assert shown.count("SAI numbers") == 20
    assert "đang là: contact" in shown
    assert "25 lỗi" in shown


def test_the_command_says_what_it_wanted(ingested: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", "--outputs", str(tmp_path)]) == 1
    assert "truynguon ingest" in capsys.readouterr().err
    assert main(["verify", "--outputs", str(ingested), "--document", "zzz"]) == 1
    assert "'zzz'" in capsys.readouterr().err
