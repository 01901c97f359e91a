"""Figures of statistical tables: heads, units, row names, what a cell may hold."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from extractors.metric_tables import _period, _role
from extractors.metrics import Role
from normalizers.text import fold
from pipeline.extract import Extraction, extract
from pipeline.outline import outline
from pipeline.read import read
from schemas.records import Metric


def extraction(folder: Path, table: str, above: str = "") -> Extraction:
    """What comes of a table under a heading, in a page of HTML of 15 October 2024."""
    lines = [
        "BỘ CÔNG THƯƠNG", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc", "Số: 41/BC-BCT",
        "Hà Nội, ngày 15 tháng 10 năm 2024", "BÁO CÁO", "Về việc làm thử một văn bản", "I. KẾT QUẢ", *([above] if above else []),
    ]  # fmt: skip
    path = folder / "table.html"
    body = "".join(f"<p>{line}</p>" for line in lines)
    path.write_text(
        f"<html><head><meta charset='utf-8'></head><body>{body}<table border='1'>{table}</table></body></html>", "utf8"
    )
    document = read(path, "0" * 64)
    return extract(document, outline(document))


def table(rows: str, head: str = "th") -> str:
    """A table of lines of cells parted by "|"; the first line is the head."""
    first, *others = [[cell.strip() for cell in line.split("|")] for line in rows.strip().splitlines()]
    bold = head == "b"
    heads = "".join(f"<td><b>{cell}</b></td>" if bold else f"<th>{cell}</th>" for cell in first)
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>" for cells in others)
    return f"<tr>{heads}</tr>{body}"


def metrics(folder: Path, rows: str, above: str = "", head: str = "th") -> tuple[Metric, ...]:
    return extraction(folder, table(rows, head), above).metrics


MONTHS = """
 | Đơn vị tính | Thực hiện tháng 8 | Ước tháng 9 | Lũy kế 9 tháng | So với cùng kỳ (%)
A | B | 1 | 2 | 3 | 4
1. Muối hạt | Nghìn tấn | 12,5 | 13 | 118,4 | 103,5
2. Doanh thu vận tải | Tỷ đồng | 641 | 655 | 6.327 | 96,8
Chia ra: | | | | |
- Đường sông | " | 212 | 219 | 2.104 | 104,1
"""


def test_a_head_may_name_months(tmp_path: Path) -> None:
    found = metrics(tmp_path, MONTHS, head="b")
    assert [(metric.value, metric.unit, str(metric.period_end)) for metric in found] == [
        (12500, "tấn", "2024-08-31"), (13000, "tấn", "2024-09-30"), (118400, "tấn", "2024-09-30"), (103.5, "%", "2024-09-30"),
        (641e9, "đồng", "2024-08-31"), (655e9, "đồng", "2024-09-30"), (6327e9, "đồng", "2024-09-30"), (96.8, "%", "2024-09-30"),
        (212e9, "đồng", "2024-08-31"), (219e9, "đồng", "2024-09-30"), (2104e9, "đồng", "2024-09-30"), (104.1, "%", "2024-09-30"),
    ]  # fmt: skip
    assert [found[index].indicator for index in (0, 4, 8)] == [
        "Muối hạt", "Doanh thu vận tải", "Doanh thu vận tải, đường sông",
    ]  # fmt: skip


STATISTICS = """
Chỉ tiêu | Chính thức tháng 8/2024 (tỷ đồng) | Ước tính tháng 9/2024 (tỷ đồng) | So với cùng kỳ (%)
Bán lẻ hàng hóa | 12,5 | 13 | 103,5
Dịch vụ lưu trú | 6,1 | 6,5 | 104,2
"""


def test_heads_that_only_say_when_leave_it_to_the_row_what_is_measured(tmp_path: Path) -> None:
    found = metrics(tmp_path, STATISTICS)
    assert [(metric.indicator, metric.unit, str(metric.period_end)) for metric in found[:3]] == [
        ("Bán lẻ hàng hóa", "đồng", "2024-08-31"), ("Bán lẻ hàng hóa", "đồng", "2024-09-30"), ("Bán lẻ hàng hóa", "%", "2024-09-30"),
    ]  # fmt: skip


def test_lines_over_a_table_say_of_when_it_is(tmp_path: Path) -> None:
    rows = "Xã | Kế hoạch vốn | Giải ngân\nHoa Lư | 15 | 12\nKim Sơn | 12 | 9"
    title = "TÌNH HÌNH GIẢI NGÂN VỐN ĐẦU TƯ CÔNG NĂM 2024"
    found = extraction(tmp_path, table(rows), f"{title}</p><p>(Số liệu tính đến hết ngày 30/9/2024)").metrics
    assert [(metric.role, str(metric.period_end)) for metric in found[:2]] == [
        ("plan", "2024-12-31"), ("actual", "2024-09-30"),
    ]  # fmt: skip


def test_a_plan_laid_upon_many_is_planned(tmp_path: Path) -> None:
    rows = "Xã | Diện tích trồng (ha) | Hồ sơ tiếp nhận\nHoa Lư | 15 | 120\nKim Sơn | 12 | 98"
    found = metrics(tmp_path, rows, "Bảng 2. Kế hoạch năm 2025 giao các xã")
    assert [(metric.role, metric.unit) for metric in found[:2]] == [("plan", "ha"), ("plan", "Hồ sơ")]


def test_row_and_column_numbers_are_explained(tmp_path: Path) -> None:
    numbers = extraction(tmp_path, table(MONTHS, "b")).numbers
    assert [number.raw for number in numbers if number.kind == "unexplained"] == []


def test_a_row_over_column_numbers_is_the_head(tmp_path: Path) -> None:
    rows = "Xã | Sáu tháng | Cả năm\nA | 1 | 2\nHoa Lư | 15 | 27\nKim Sơn | 12 | 31"
    assert [(m.value, m.scope) for m in metrics(tmp_path, rows, head="b")] == [
        (15, "Hoa Lư"), (27, "Hoa Lư"), (12, "Kim Sơn"), (31, "Kim Sơn"),
    ]  # fmt: skip


UNIT_OR_NAME = [
    # organisations under "Đơn vị"
    ("TT | Đơn vị | Vôi bột (kg) | Bình xịt (cái)\n1 | Trạm thú y Kim Sơn | 420 | 6\n2 | Trạm thú y Hoa Lư | 85 | 7",
     [("Vôi bột", "kg", "Trạm thú y Kim Sơn"), ("Bình xịt", "cái", "Trạm thú y Kim Sơn"),
      ("Vôi bột", "kg", "Trạm thú y Hoa Lư"), ("Bình xịt", "cái", "Trạm thú y Hoa Lư")]),
    # units under "Đơn vị"
    ("TT | Chỉ tiêu | Đơn vị | Năm 2023\n1 | Sản lượng muối | Tấn | 420\n2 | Doanh thu | Tỷ đồng | 85",
     [("Sản lượng muối", "Tấn", None), ("Doanh thu", "đồng", None)]),
    # an ordinal column so narrow that its head is broken
    ("ST T | Lĩnh vực | Tiếp nhận (hồ sơ)\n1 | Đất đai | 42\n2 | Hộ tịch | 15\n3 | Xây dựng | 9",
     [("Tiếp nhận", "hồ sơ", "Đất đai"), ("Tiếp nhận", "hồ sơ", "Hộ tịch"), ("Tiếp nhận", "hồ sơ", "Xây dựng")]),
]  # fmt: skip


@pytest.mark.parametrize(("rows", "expected"), UNIT_OR_NAME, ids=["organisation", "unit", "ordinal"])
def test_what_a_column_holds(rows: str, expected: list[tuple[str, str, str | None]], tmp_path: Path) -> None:
    assert [(m.indicator, m.unit, m.scope) for m in metrics(tmp_path, rows)] == expected


CELLS = [
    ("≥ 85", 85, None, ">=", "%"),
    ("30 - 35", 30, 35, "=", "%"),
    ("Trên 90", 90, None, ">", "%"),
    ("Dưới 5%", 5, None, "<", "%"),
    ("95% trở lên", 95, None, ">=", "%"),
    ("1.200 tỷ đồng", 1.2e12, None, "=", "đồng"),
    ("12/15", 12, None, "=", ""),
    ("-3,5", -3.5, None, "=", "%"),
    ("Trong nhóm 20", 20, None, "<=", "%"),
]


@pytest.mark.parametrize(("cell", "value", "high", "comparator", "unit"), CELLS, ids=str)
def test_cell(cell: str, value: float, high: float | None, comparator: str, unit: str, tmp_path: Path) -> None:
    rows = f"TT | Chỉ tiêu | ĐVT | Kế hoạch năm 2026\n1 | Mức độ A | % | {cell}\n2 | Mức độ B | % | 70"
    first = metrics(tmp_path, rows)[0]
    assert (first.value, first.value_high, first.comparator, first.unit) == (value, high, comparator, unit)
    assert (first.indicator, first.role, str(first.period_end)) == ("Mức độ A", "plan", "2026-12-31")


def test_short_heads_tell_role_and_period(tmp_path: Path) -> None:
    rows = """TT | Chỉ tiêu | ĐVT | TH 6 tháng 2023 | KH năm 2024 | Ước TH 6 tháng 2024 | TH/KH (%)
1 | Muối hạt | tấn | 135,2 | 306 | 151 | 49,3
2 | Cá hộp | tấn | 13 | 30 | 15 | 50"""
    assert [(m.role, str(m.period_end)) for m in metrics(tmp_path, rows)[:4]] == [
        ("baseline", "2023-06-30"), ("plan", "2024-12-31"), ("actual", "2024-06-30"), ("actual", "2024-06-30"),
    ]  # fmt: skip


def test_what_a_letter_allots_is_planned(tmp_path: Path) -> None:
    rows = "TT | Đơn vị | Vôi bột (kg) | Đã nhận (kg)\n1 | Trạm Kim Sơn | 420 | 6\n2 | Trạm Hoa Lư | 85 | 7"
    found = metrics(tmp_path, rows, "Phân bổ vật tư theo bảng sau:")
    assert [metric.role for metric in found] == ["plan", "actual", "plan", "actual"]


NO_METRICS = [
    "TT | Tên cơ sở | Địa chỉ\n1 | Chợ Hôm | 79 Đinh Tiên Hoàng\n2 | Chợ Mơ | 459 Bạch Mai",
    "TT | Họ và tên | Điện thoại\n1 | Lê Văn A | 1234567\n2 | Trần Thị B | 7654321",
    "TT | Tên cơ sở | Nơi ở\n1 | Chợ Hôm | 12B Hàng Bài\n2 | Chợ Mơ | 19 Hàng Khay",
]


@pytest.mark.parametrize("rows", NO_METRICS)
def test_addresses_and_telephones_are_no_figures(rows: str, tmp_path: Path) -> None:
    found = extraction(tmp_path, table(rows))
    assert found.metrics == ()
    assert {number.kind for number in found.numbers} <= {"ordinal", "contact", "reference", "date", "name", "other"}


def test_numbers_in_the_name_of_a_row_are_no_figures(tmp_path: Path) -> None:
    rows = "TT | Chỉ tiêu | ĐVT | Năm 2024\n1 | Tỷ lệ trường có 3 - 5 lớp ghép | % | 62,5\n2 | Tỷ lệ trường có 2 sân | % | 80"
    assert [metric.value for metric in metrics(tmp_path, rows)] == [62.5, 80]


def test_a_lone_figure_in_a_cell_is_named_by_its_row_and_column(tmp_path: Path) -> None:
    rows = (
        "TT | Tên xã | Nội dung | Vốn giao\n1 | Kim Sơn | Kè sông | 12,5 tỷ đồng\n2 | Hoa Lư | Chưa giao | Chờ phân bổ"
    )
    (metric,) = metrics(tmp_path, rows, "Số liệu giải ngân")
    assert (metric.value, metric.unit) == (12.5e9, "đồng")
    assert "Vốn giao" in metric.indicator
    assert "Số liệu" not in metric.indicator


def test_a_total_over_two_columns_is_of_no_place(tmp_path: Path) -> None:
    head = "<tr><th>TT</th><th>Xã</th><th>Số hộ (hộ)</th></tr>"
    rows = "<tr><td>1</td><td>Kim Sơn</td><td>12</td></tr><tr><td>2</td><td>Hoa Lư</td><td>15</td></tr>"
    total = "<tr><td colspan='2'>Tổng cộng</td><td>27</td></tr>"
    found = extraction(tmp_path, head + rows + total).metrics
    assert [(metric.value, metric.scope) for metric in found] == [(12, "Kim Sơn"), (15, "Hoa Lư"), (27, None)]


ALLOTTED = """
STT | Đơn vị chủ trì | Chỉ tiêu | Đơn vị tính | Năm 2031 | Năm 2032
1 | Sở Y tế | Số bác sĩ trên một vạn dân | bác sĩ | 11 | 12
2 | Sở Nội vụ | Tỷ lệ bến được kiểm tra | % | ≥ 30 | ≥ 35
"""


def test_the_column_that_names_the_measure_may_stand_behind_the_agencies(tmp_path: Path) -> None:
    assert [metric.indicator for metric in metrics(tmp_path, ALLOTTED)] == [
        *["Số bác sĩ trên một vạn dân"] * 2,
        *["Tỷ lệ bến được kiểm tra"] * 2,
    ]


@pytest.mark.parametrize(
    ("head", "role"),
    [
        ("giải ngân / tỷ lệ cùng kỳ", Role.BASELINE),
        ("tỷ lệ giải ngân cùng kỳ năm 2024", Role.BASELINE),
        ("tỷ lệ so với cùng kỳ", Role.ACTUAL),
        ("tỷ lệ (%)", Role.ACTUAL),
        ("so cùng kỳ (%)", Role.CHANGE),
        ("% so kh", Role.ACTUAL),
        ("th / kh (%)", Role.ACTUAL),
        ("năm 2025 / kế hoạch năm", Role.PLAN),
        ("thực hiện 9 tháng / kế hoạch năm", Role.ACTUAL),
    ],
)
def test_what_a_head_says_of_its_figures(head: str, role: Role) -> None:
    assert _role(head, 0) is role


def test_a_unit_with_a_number_is_no_figure(tmp_path: Path) -> None:
    head = "<tr><th>TT</th><th>Chỉ tiêu</th><th>ĐVT</th><th>Thực hiện năm 2023</th></tr>"
    rows = "<tr><td>1</td><td>Sản lượng muối</td><td>1.000 tấn</td><td>612,5</td></tr><tr><td>2</td><td>Ruộng muối</td><td>ha</td><td>84</td></tr>"
    assert [m.value for m in extraction(tmp_path, head + rows).metrics] == [612500, 84]


def test_of_two_years_that_a_table_compares_the_earlier_is_what_was_before(tmp_path: Path) -> None:
    rows = """Chỉ tiêu | Đơn vị tính | 6 tháng đầu năm 2023 | 6 tháng đầu năm 2024 | Tăng/giảm so với cùng kỳ (%)
Lượt tàu | lượt | 210 | 225 | +7,1
Khách | người | 4.100 | 4.305 | +5,0
"""
    roles = [metric.role for metric in metrics(tmp_path, rows)]
    assert roles == ["baseline", "actual", "change"] * 2


def test_a_column_measures_the_tasks_of_a_table(tmp_path: Path) -> None:
    rows = """TT | Nhiệm vụ | Cơ quan chủ trì | Thời hạn | Tiến độ (%)
1 | Xây dựng Đề án bến cạn | Sở Xây dựng | 30/11/2024 | 45
2 | Rà soát quy hoạch phao tiêu | Sở Công Thương | 31/12/2024 | 62,5
"""
    found = extraction(tmp_path, table(rows))
    assert len(found.tasks) == 2
    assert [(m.value, m.unit, m.indicator, m.role) for m in found.metrics] == [
        (45, "%", "Tiến độ", "actual"), (62.5, "%", "Tiến độ", "actual"),
    ]  # fmt: skip


# A table with a head of two levels: "<" goes on from the left, "^" from above.
LEVELS = """<tr><th rowspan="2">TT</th><th rowspan="2">Chỉ tiêu</th><th rowspan="2">ĐVT</th><th colspan="2">Năm 2023</th>
<th colspan="2">Năm 2024</th><th colspan="2">Mục tiêu</th></tr>
<tr><th>TH 9 tháng</th><th>Quý III</th><th>Kế hoạch năm</th><th>Ước TH 9 tháng</th><th>2025</th><th>2026 - 2030</th></tr>
<tr><td>1</td><td>Số phòng học xây mới</td><td>Phòng</td><td>120</td><td>41</td><td>150</td><td>98</td><td>200</td><td>1.000</td></tr>
<tr><td>2</td><td>Tỷ lệ trường đạt chuẩn</td><td>%</td><td>60,1</td><td>61</td><td>62</td><td>61,2</td><td>65</td><td>80</td></tr>"""


def test_levels_of_a_head_share_the_year_and_its_months(tmp_path: Path) -> None:
    found = extraction(tmp_path, LEVELS).metrics[:6]
    assert [(metric.value, str(metric.period_end), metric.role) for metric in found] == [
        (120, "2023-09-30", "actual"), (41, "2023-09-30", "actual"), (150, "2024-12-31", "plan"),
        (98, "2024-09-30", "actual"), (200, "2025-12-31", "target"), (1000, "2030-12-31", "target"),
    ]  # fmt: skip


def test_years_to_come_are_aimed_at(tmp_path: Path) -> None:
    rows = """
    TT | Chỉ tiêu | ĐVT | Năm 2024 | Đến năm 2030 | Kế hoạch 2025
    1 | Tỷ lệ trạm có bác sĩ | % | 71,3 | ≥ 95 | 80
    """
    found = metrics(tmp_path, rows)
    assert [(metric.value, metric.role, str(metric.period_end)) for metric in found] == [
        (71.3, "actual", "2024-12-31"), (95, "target", "2030-12-31"), (80, "plan", "2025-12-31"),
    ]  # fmt: skip


def test_what_a_head_counts_is_the_unit(tmp_path: Path) -> None:
    rows = """<tr><th rowspan="2">TT</th><th rowspan="2">Đơn vị</th><th rowspan="2">Tổng số nhiệm vụ</th><th colspan="2">Trong đó</th>
    <th rowspan="2">Tỷ lệ (%)</th><th rowspan="2">Giải ngân</th></tr><tr><th>Đã hoàn thành</th><th>Quá hạn</th></tr>
    <tr><td>1</td><td>Sở Y tế</td><td>46</td><td>37</td><td>9</td><td>80,4</td><td>12,5</td></tr>
    <tr><td>2</td><td>Sở Nội vụ</td><td>18</td><td>11</td><td>7</td><td>61,1</td><td>7,5</td></tr>"""
    found = extraction(tmp_path, rows, "Đơn vị: triệu đồng").metrics
    assert [(metric.value, metric.unit) for metric in found[:5]] == [
        (46, "nhiệm vụ"), (37, "nhiệm vụ"), (9, "nhiệm vụ"), (80.4, "%"), (12.5e6, "đồng"),
    ]  # fmt: skip


def test_words_over_figures_are_a_head_though_unknown(tmp_path: Path) -> None:
    rows = """
    Mặt hàng | Lượng (nghìn tấn) | Trị giá (triệu USD) | Tăng (+), giảm (-) trị giá so với cùng kỳ năm trước (%)
    Gạo | 610 | 305,8 | -12,4
    Cà phê | 98,5 | 541,2 | +38,7
    """
    lines = [line.split("|") for line in rows.strip().splitlines()]
    plain = "".join("<tr>" + "".join(f"<td>{cell.strip()}</td>" for cell in line) + "</tr>" for line in lines)
    found = extraction(tmp_path, plain, "XUẤT KHẨU THÁNG 9/2024").metrics[:3]
    assert [(metric.value, metric.unit, metric.scope, metric.role, str(metric.period_end)) for metric in found] == [
        (610e3, "tấn", "Gạo", "actual", "2024-09-30"),
        (305.8e6, "USD", "Gạo", "actual", "2024-09-30"),
        (-12.4, "%", "Gạo", "change", "2024-09-30"),
    ]


def test_a_title_over_the_unit_names_the_time(tmp_path: Path) -> None:
    rows = "Tên xã | Thu | Chi\nXã A | 12 | 9\nXã B | 10 | 8"
    found = extraction(tmp_path, table(rows), "Bảng 2. Thu, chi quý II/2024</p><p>Đơn vị: tỷ đồng").metrics
    assert {(metric.unit, str(metric.period_end)) for metric in found} == {("đồng", "2024-06-30")}


@pytest.mark.parametrize(
    ("head", "printed", "last"),
    [
        ("Năm 2025 / 6 tháng cuối năm", "6 tháng cuối năm", "2025-12-31"),
        ("Lũy kế 9 tháng / so CK 2023", "9 tháng", "2024-09-30"),
        ("Số 2019/QĐ-UBND", None, "None"),
        ("Mã số 2050", None, "None"),
        ("So với 2023 (%)", None, "None"),
    ],
)
def test_the_time_of_a_head(head: str, printed: str | None, last: str) -> None:
    period, raw = _period(head, fold(head), date(2024, 10, 15))
    assert (raw, str(period and period.end)) == (printed, last)


@pytest.mark.parametrize("title", ["TÌNH HÌNH THI HÀNH LUẬT ĐẤT ĐAI NĂM 2013", "BẢNG SO SÁNH VỚI NĂM 2020"])
def test_a_year_that_a_title_cites_is_not_that_of_its_figures(title: str, tmp_path: Path) -> None:
    found = extraction(tmp_path, table("Tên xã | Thu | Chi\nXã A | 12 | 9\nXã B | 10 | 8"), title).metrics
    assert {metric.period_end for metric in found} == {None}


def test_a_caption_scales_what_it_counts_and_money_is_no_count(tmp_path: Path) -> None:
    people = "STT | Nội dung | Năm 2024\n1 | Số lao động có việc làm | 1.300\n2 | Số học sinh phổ thông | 950"
    found = metrics(tmp_path, people, "Đơn vị tính: nghìn người")
    assert [(metric.value, metric.unit) for metric in found] == [(1.3e6, "người"), (950e3, "người")]
    heads = """<tr><th rowspan="2">Đơn vị</th><th rowspan="2">Tổng số dự án</th><th colspan="2">Trong đó</th></tr>
    <tr><th>Đã khởi công</th><th>Vốn còn lại</th></tr>
    <tr><td>Sở Y tế</td><td>12</td><td>7</td><td>1.200</td></tr><tr><td>Sở Nội vụ</td><td>9</td><td>4</td><td>300</td></tr>"""
    found = extraction(tmp_path, heads, "Đơn vị: tỷ đồng").metrics[:3]
    assert [(metric.value, metric.unit) for metric in found] == [(12, "dự án"), (7, "dự án"), (1.2e12, "đồng")]


PLACES = """
Đơn vị | Kế hoạch | Thực hiện | Tỷ lệ (%)
Sở Y tế | 120 | 50 | 41,7
Sở Nội vụ | 100 | 60 | 60,0
"""
GOODS = """
Mặt hàng | Ước tháng 3 | Ước quý I | So với cùng kỳ (%) | Tỷ trọng quý I (%)
Muối hạt | 528,1 | 1.497,5 | 109,8 | 17,7
Mắm | 402,6 | 1.184,4 | 119,3 | 14,0
"""


def test_rows_that_are_agencies_are_who_is_measured(tmp_path: Path) -> None:
    found = metrics(tmp_path, PLACES)
    assert [(metric.scope, metric.indicator) for metric in found[:2]] == [
        ("Sở Y tế", "Kế hoạch"),
        ("Sở Y tế", "Thực hiện"),
    ]


def test_a_head_of_shares_leaves_it_to_the_row_too(tmp_path: Path) -> None:
    assert {metric.indicator for metric in metrics(tmp_path, GOODS)} == {"Muối hạt", "Mắm"}


def test_a_plan_in_a_title_of_two_years_has_its_own(tmp_path: Path) -> None:
    rows = "Chỉ tiêu | Đơn vị tính | Kế hoạch\nMuối hạt | tấn | 120\nMắm | lít | 240\n"
    found = metrics(tmp_path, rows, "KẾT QUẢ NĂM 2024 VÀ KẾ HOẠCH NĂM 2025")
    assert {str(metric.period_end) for metric in found} == {"2025-12-31"}


def test_a_road_map_is_aimed_at(tmp_path: Path) -> None:
    rows = "Chỉ tiêu | Đơn vị tính | Lộ trình 2024\nHộ phơi muối | hộ | 120\nHộ làm mắm | hộ | 240\n"
    assert {metric.role for metric in metrics(tmp_path, rows)} <= {"target", "plan"}
