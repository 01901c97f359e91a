"""Arithmetic that a text states: found, judged by what rounding explains, silent where the text may mean something else."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path

import pytest

from extractors.relations import Figure, TableRow, table_sums
from extractors.relations.counts import listed_apart
from pipeline.arithmetic import checks, conflicts
from schemas.records import Check, Metric
from tests.texts import extracted

FOUND = [
    # ratio
    ("Tỷ lệ số hóa hồ sơ đạt 40,25% (12.075/30.000 hồ sơ).", "ratio", "holds"),
    ("Tỷ lệ số hóa hồ sơ đạt 41,25% (12.075/30.000 hồ sơ).", "ratio", "conflicts"),
    ("Tỷ lệ số hóa hồ sơ đạt 40,26% (12.075/30.000 hồ sơ).", "ratio", "doubtful"),  # one off in the last digit
    ("Tỷ lệ đạt 25% (310 kết quả đã cấp/1.240 kết quả cần cấp).", "ratio", "holds"),
    ("Đã giải quyết 12.075/30.000 hồ sơ, đạt 40,25%.", "ratio", "holds"),
    ("Có 6,4 triệu hồ sơ (trong đó, tỉnh: 4,8 triệu hồ sơ, chiếm 75%; bộ: 1,6 triệu hồ sơ, chiếm 25%).", "ratio", "holds"),
    # sum
    ("Có 6,4 triệu hồ sơ (trong đó, tỉnh: 4,8 triệu hồ sơ, chiếm 75%; bộ: 1,6 triệu hồ sơ, chiếm 25%).", "sum", "holds"),
    ("Tiếp nhận 1.250 hồ sơ (trực tiếp: 480 hồ sơ, trực tuyến: 770 hồ sơ).", "sum", "holds"),
    ("Tiếp nhận 1.250 hồ sơ (trực tiếp: 480 hồ sơ, trực tuyến: 760 hồ sơ).", "sum", "conflicts"),
    ("Tiếp nhận 1.250 hồ sơ (đúng hạn: 480 hồ sơ, trực tuyến: 990 hồ sơ).", "sum", "doubtful"),  # parts may overlap
    ("Kinh tế số lõi 7,25%, kinh tế số lan tỏa 8,31%, kinh tế số 15,56%.", "sum", "holds"),
    # share_sum
    ("Có 6,4 triệu hồ sơ (trong đó, tỉnh: 4,8 triệu hồ sơ, chiếm 75%; bộ: 1,6 triệu hồ sơ, chiếm 25%).", "share_sum", "holds"),
    # difference, change
    ("Đã cấp 15.200 chứng thư (tháng 4/2025 là 14.700).", "difference", "holds"),
    ("Số cửa hàng còn 450 nghìn cửa hàng, giảm 10%, tương đương hơn 50.000 cửa hàng.", "change", "holds"),
    ("Số cửa hàng còn 450 nghìn cửa hàng, giảm 10%, tương đương hơn 90.000 cửa hàng.", "change", "doubtful"),
    ("Tỷ lệ phủ sóng đạt 46,5%, tăng 8,3 điểm phần trăm so với quý III/2025 (38,2%).", "difference", "holds"),
    ("Tỷ lệ phủ sóng đạt 46,5%, giảm 8,3 điểm phần trăm so với quý III/2025 (38,2%).", "difference", "conflicts"),
    ("Sản lượng đạt 550 tấn, tăng 10% so với cùng kỳ năm trước (500 tấn).", "change", "holds"),
    ("Sản lượng đạt 550 tấn, tăng 20% so với cùng kỳ năm trước (500 tấn).", "change", "doubtful"),
    # repeated_value, format
    ("Tỷ lệ hồ sơ cấp phép tàu cá trực tuyến đạt 41,27%.\n\n2. Đến nay tỷ lệ hồ sơ cấp phép tàu cá trực tuyến đạt gần 41%.", "repeated_value", "holds"),
    ("Hệ thống thay thế khoảng 19.6 hồ sơ giấy.", "format", "doubtful"),
    ("Kim ngạch xuất khẩu thủy sản đạt 14,540 tỷ USD.", "format", "doubtful"),
    # rank_or_range
    ("Việt Nam xếp thứ 38 trên 132 quốc gia.", "rank_or_range", "holds"),
    ("Tỷ lệ hồ sơ trực tuyến cả nước đạt 41,2%. Trong đó, các bộ đạt 55,1%; các địa phương đạt 30,4%.", "rank_or_range", "holds"),
    ("Tỷ lệ hồ sơ trực tuyến cả nước đạt 61,2%. Trong đó, các bộ đạt 55,1%; các địa phương đạt 30,4%.", "rank_or_range", "doubtful"),
    # count_of_list
    ("Đã lắp đặt tại 3 sân bay quốc tế (Nội Bài, Đà Nẵng, Cam Ranh).", "count_of_list", "holds"),
    ("Còn 02 cơ quan chưa nộp: Bộ Nông nghiệp và Môi trường, Bộ Y tế.", "count_of_list", "holds"),
    ("Sửa đổi 03 luật (Luật Thuế xuất khẩu, thuế nhập khẩu; Luật Đầu tư; Luật Hải quan).", "count_of_list", "holds"),
    ("Dự thảo có 3 điểm mới: (1) Mở rộng; (2) Rút gọn; (3) Số hóa.", "count_of_list", "holds"),
    ("Dự thảo có 4 điểm mới: (1) Mở rộng; (2) Rút gọn; (3) Số hóa.", "count_of_list", "doubtful"),
]  # fmt: skip
SILENT = [
    ("Có 5 sàn dữ liệu (dân cư, đất đai, tài chính…).", "count_of_list"),  # goes on
    ("Có 3 cấp chính quyền (từ trung ương tới tỉnh, thành phố, xã, phường).", "count_of_list"),
    ("Có ít nhất 3 tập đoàn (An, Bình, Cường, Dũng) đầu tư.", "count_of_list"),
    ("Tiếp nhận 1.250 hồ sơ, trong đó có 480 hồ sơ trực tuyến, 25 hồ sơ quá hạn.", "sum"),  # some, not all
    ("Tăng trưởng 12% (20/22 chỉ tiêu đạt).", "ratio"),  # growth is no share
    ("Doanh thu 450 tỷ đồng, tăng 10% so với cùng kỳ, nộp ngân sách 40 tỷ đồng.", "change"),
    (
        "Tỷ lệ hồ sơ cấp phép tàu cá trực tuyến đạt 41,27%.\n\n2. Tỷ lệ hồ sơ cấp phép tàu cá trực tuyến đạt 48,1%.",
        "repeated_value",
    ),
    ("Tỷ lệ hồ sơ cấp phép tàu cá đạt tối thiểu 60%.\n\n2. Tỷ lệ hồ sơ cấp phép tàu cá đạt 60%.", "repeated_value"),
    ("Đã cấp 1,4 triệu hồ sơ; bình quân 2.5 hồ sơ mỗi ngày; đạt 12.5%; kéo dài 3.5 km.", "format"),
    ("Kim ngạch xuất khẩu thủy sản đạt 14,54 tỷ USD và 14.540 tỷ đồng.", "format"),
    ("Đã giải quyết 12.075/30.000 hồ sơ. Tỷ lệ hài lòng đạt 90%.", "ratio"),
    ("Có 9.874 hồ sơ, trong đó 223 hồ sơ trong hạn. Số hóa hồ sơ đạt tỷ lệ 97,4%.", "ratio"),
    ("Tổng thu 15.320 tỷ đồng, trong đó thu nội địa 12.874 tỷ đồng, bằng 91,6% dự toán.", "ratio"),
]


def checked(text: str, folder: Path) -> tuple[Check, ...]:
    return checks("0" * 64, extracted(folder, f"I. KẾT QUẢ\n\n1. {text}\n", "BÁO CÁO", "BC-BCT"))


@pytest.mark.parametrize(("text", "kind", "verdict"), FOUND)
def test_relation(text: str, kind: str, verdict: str, tmp_path: Path) -> None:
    assert {check.verdict for check in checked(text, tmp_path) if check.kind == kind} == {verdict}


@pytest.mark.parametrize(("text", "kind"), SILENT)
def test_no_relation(text: str, kind: str, tmp_path: Path) -> None:
    assert [check for check in checked(text, tmp_path) if check.kind == kind] == []


def test_a_check_names_its_metrics_and_its_figures(tmp_path: Path) -> None:
    found = extracted(tmp_path, "I. KẾT QUẢ\n\n1. Tỷ lệ đạt 40,25% (12.075/30.000 hồ sơ).\n", "BÁO CÁO", "BC-BCT")
    (check,) = checks("0" * 64, found)
    assert [next(m.value_raw for m in found.metrics if m.metric_id == key) for key in check.record_ids] == [
        "40,25%",
        "12.075/30.000 hồ sơ",
    ]
    assert (check.printed, check.computed, check.tolerance) == (40.25, 40.25, pytest.approx(0.005))
    assert check.expression == "12075 / 30000 = 40.25%"


def test_a_count_and_the_items_below_it(tmp_path: Path) -> None:
    body = "I. KẾT QUẢ\n\nBộ đã trình 3 dự án luật, cụ thể bao gồm:\n\n- Luật Điện lực;\n\n- Luật Hóa chất;\n\n- Luật Dầu khí.\n"
    found = extracted(tmp_path, body, "BÁO CÁO", "BC-BCT")
    assert [(check.kind, check.verdict) for check in checks("0" * 64, found)] == [("count_of_list", "holds")]


def test_a_conflict_is_an_issue_at_its_first_figure(tmp_path: Path) -> None:
    found = extracted(tmp_path, "I. KẾT QUẢ\n\n1. Tỷ lệ đạt 41,25% (12.075/30.000 hồ sơ).\n", "BÁO CÁO", "BC-BCT")
    (issue,) = conflicts(found, checks("0" * 64, found))
    assert (issue.kind, issue.dataset) == ("check_conflicts", "metrics")
    assert issue.record_id == next(metric.metric_id for metric in found.metrics if metric.value_raw == "41,25%")
    assert "41,25%" in issue.message
    assert "40,25" in issue.message


# tables

HEADS = {1: "Tổng số", 2: "Trực tuyến", 3: "Trực tiếp"}


def table(*lines: str, recognised: bool = False) -> list[TableRow]:
    """Rows as "label | name | figures"."""
    return [row(*line.split(" | ", 2), recognised) for line in lines]


def row(label: str, name: str, figures: str, recognised: bool) -> TableRow:
    cells = enumerate(figures.split(), 1)
    return TableRow(label, name, {column: figure(raw, recognised) for column, raw in cells if raw != "-"})


def figure(raw: str, recognised: bool) -> Figure:
    unit, value = (
        ("%", float(raw[:-1].replace(",", "."))) if raw.endswith("%") else ("hồ sơ", float(raw.replace(".", "")))
    )
    known = dict.fromkeys(field.name for field in dataclasses.fields(Metric))
    given = {"value": value, "value_raw": raw, "unit": unit, "comparator": "=", "role": "actual"}
    return Figure(Metric(**{**known, **given, "read_confidence": 0.9 if recognised else None}), 0, len(raw))


def told(rows: list[TableRow], heads: Mapping[int, str] | None = None) -> list[tuple[str, str]]:
    return [(relation.expression, relation.verdict) for relation in table_sums(rows, heads or {})]


NUMBERED = (
    "I | Khối bộ | 300 200", "1 | Bộ Y tế | 100 80", "2 | Bộ Nội vụ | 200 120", "II | Khối tỉnh | 700 450",
    "1 | An Giang | 400 250", "2 | Cà Mau | 300 200",
)  # fmt: skip


def test_levels_are_not_counted_twice() -> None:
    found = told(table(" | Tổng số | 1.000 650", *NUMBERED))
    assert found == [
        ("300 + 700 = 1000", "holds"), ("200 + 450 = 650", "holds"),
        ("100 + 200 = 300", "holds"), ("80 + 120 = 200", "holds"),
        ("400 + 300 = 700", "holds"), ("250 + 200 = 450", "holds"),
    ]  # fmt: skip
    assert told(table(*NUMBERED, " | Cộng | 1.000 650"))[-2:] == [
        ("300 + 700 = 1000", "holds"),
        ("200 + 450 = 650", "holds"),
    ]


WRONG = " | Tổng số | 100 60 41", "1 | An Giang | 40 35 15", "2 | Cà Mau | 60 25 25"


@pytest.mark.parametrize(("recognised", "verdict"), [(False, "conflicts"), (True, "doubtful")])
def test_a_column_that_misses_where_others_add_up(recognised: bool, verdict: str) -> None:
    assert told(table(*WRONG, recognised=recognised)) == [
        ("40 + 60 = 100", "holds"), ("35 + 25 = 60", "holds"), ("15 + 25 = 41", verdict),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "rows",
    [
        (" | Tổng số | 100", "1 | An Giang | 40", "2 | Cà Mau | 59"),  # nothing tells that these are all
        (" | Tổng số | 75%", "1 | An Giang | 40%", "2 | Cà Mau | 35%"),  # shares of different wholes
        (" | Tổng số | 100 60", "1 | An Giang | 40 25", "2 | Cà Mau | - 20"),
        ("1 | An Giang | 40 25", "2 | Cà Mau | 60 20"),
    ],
)
def test_tables_that_tell_no_sum(rows: tuple[str, ...]) -> None:
    assert told(table(*rows)) == []


ACROSS = "1 | An Giang | 40 25 15", "2 | Cà Mau | 60 20 40", "3 | Hà Nội | 90 50 40"


def test_a_column_of_totals() -> None:
    assert told(table(*ACROSS), HEADS) == [
        ("25 + 15 = 40", "holds"), ("20 + 40 = 60", "holds"), ("50 + 40 = 90", "holds"),
    ]  # fmt: skip
    assert told(table(*ACROSS[:2]), HEADS) == []  # two rows may add up by chance
    wrong = told(table(*ACROSS, "4 | Sơn La | 100 51 50", "5 | Lai Châu | 50 20 30"), HEADS)
    assert ("51 + 50 = 100", "conflicts") in wrong
    far = told(table(*ACROSS, "4 | Sơn La | 100 51 30", "5 | Lai Châu | 50 20 30"), HEADS)
    assert all(verdict == "holds" for _, verdict in far)  # too far off for a slip: something else stands there


def test_a_list_in_a_footnote() -> None:
    count = figure("3", False)
    named = Figure(dataclasses.replace(count.metric, unit="bộ"), 0, 1)
    assert listed_apart(named, "Gồm: Bộ Y tế, Bộ Khoa học và Công nghệ, Bộ Công an.") is not None
    assert listed_apart(named, "Bộ Y tế, Bộ Công an.") is None
    assert listed_apart(named, "Bộ Y tế, Bộ Nội vụ, Bộ Công an theo Quyết định số 12/QĐ-TTg.") is None
