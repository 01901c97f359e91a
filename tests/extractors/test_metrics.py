"""Figures in running text: value, unit, comparator, role, what is measured, for which period."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from tests.texts import extracted

with Path(__file__).with_name("figures.tsv").open(encoding="utf8") as lines:
    FIGURES = [row for row in csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE) if row[0][0] != "#"]


@pytest.mark.parametrize(
    ("text", "value", "high", "unit", "comparator", "role", "indicator", "period"), FIGURES, ids=lambda cell: cell[:40]
)
def test_figure(
    text: str, value: str, high: str, unit: str, comparator: str, role: str, indicator: str, period: str, tmp_path: Path
) -> None:
    (metric,) = extracted(tmp_path, f"I. KẾT QUẢ\n\n1. {text}\n", "BÁO CÁO", "BC-BCT").metrics
    assert metric.value == pytest.approx(float(value))
    assert metric.value_high == (None if high == "-" else pytest.approx(float(high)))
    assert metric.unit == unit
    assert metric.comparator == comparator
    assert role in ("-", metric.role)
    assert indicator.lower() in metric.indicator.lower()
    assert str(metric.period_end or "-") == period


@pytest.mark.parametrize(
    "text",
    [
        "Thực hiện Quyết định số 15/2024/QĐ-TTg ngày 03 tháng 4 năm 2024.",
        "Căn cứ Điều 12 và khoản 3 Điều 14 Luật Điện lực.",
        "Điện thoại: 024 3822 1234.",
        "Giai đoạn 2021 - 2025.",
        "Thực hiện trong 30 ngày và báo cáo.",
        "Tăng cường phối hợp trong 5 năm qua.",
        "Sơ kết 03 năm thi hành Luật.",
    ],
)
def test_no_figure(text: str, tmp_path: Path) -> None:
    assert extracted(tmp_path, f"I. KẾT QUẢ\n\n1. {text}\n", "BÁO CÁO", "BC-BCT").metrics == ()


def test_figures_that_continue_keep_what_is_measured(tmp_path: Path) -> None:
    text = "Tỷ lệ hồ sơ trực tuyến là 27,7% (tháng 4 là 26,1%)."
    first, second = extracted(tmp_path, f"I. KẾT QUẢ\n\n1. {text}\n", "BÁO CÁO", "BC-BCT").metrics
    assert (first.value, second.value) == (27.7, 26.1)
    assert first.indicator == second.indicator == "Tỷ lệ hồ sơ trực tuyến"


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("Tỉnh có 06 hồ sơ (trực tuyến 4, trực tiếp 2).", [(6, "hồ sơ"), (4, "hồ sơ"), (2, "hồ sơ")]),
        ("Có 52 nhiệm vụ, trong đó đã xong 30, chậm 22; ban hành 3 văn bản.", [(52, "nhiệm vụ"), (30, "nhiệm vụ"), (22, "nhiệm vụ"), (3, "văn bản")]),
        ("Có 15 dự án (theo khoản 3, mục 4).", [(15, "dự án")]),
    ],
)  # fmt: skip
def test_parts_have_the_unit_of_the_whole(text: str, figures: list[tuple[float, str]], tmp_path: Path) -> None:
    metrics = extracted(tmp_path, f"I. KẾT QUẢ\n\n1. {text}\n", "BÁO CÁO", "BC-BCT").metrics
    assert [(metric.value, metric.unit) for metric in metrics] == figures


def test_values_in_turn(tmp_path: Path) -> None:
    text = "Tỷ lệ này tại Bộ Y tế, Bộ Nội vụ lần lượt đạt 91% và 84%."
    metrics = extracted(tmp_path, f"I. KẾT QUẢ\n\n1. {text}\n", "BÁO CÁO", "BC-BCT").metrics
    assert [(metric.value, metric.scope) for metric in metrics] == [(91, "Bộ Y tế"), (84, "Bộ Nội vụ")]


def test_a_count_does_not_swallow_the_next(tmp_path: Path) -> None:
    text = "Bộ đã trình Chính phủ 03 nghị định, ban hành theo thẩm quyền 11 thông tư."
    first, _ = extracted(tmp_path, f"I. KẾT QUẢ\n\n1. {text}\n", "BÁO CÁO", "BC-BCT").metrics
    assert "thông tư" not in first.indicator


# several figures of one sentence: (value, unit, role) of each
SERIES = [
    ("Tỷ lệ hộ có nước sạch tăng từ 35% lên 61,8%.", [(35, "%", "baseline"), (61.8, "%", "actual")]),
    ("Sản lượng muối đạt 12,4 nghìn tấn (-3,5%).", [(12400, "tấn", "actual"), (-3.5, "%", "change")]),
    (
        "Số vụ cháy giảm 12,7%, 8,0% và 15,1% qua ba năm.",
        [(-12.7, "%", "change"), (-8, "%", "change"), (-15.1, "%", "change")],
    ),
    (
        "Ba khu vực đóng góp lần lượt 0,62, 4,50 và 3,80 điểm phần trăm.",
        [(0.62, "điểm phần trăm", "actual"), (4.5, "điểm phần trăm", "actual"), (3.8, "điểm phần trăm", "actual")],
    ),
    ("Tỷ lệ hồ sơ số hóa đạt 43,2%/mục tiêu 60%.", [(43.2, "%", "actual"), (60, "%", "target")]),
    ("Thời hạn giấy phép được nâng từ 40 ngày lên 75 ngày.", [(40, "ngày", "baseline"), (75, "ngày", "actual")]),
    ("Thời gian thông quan hàng xuất giảm còn 12 ngày.", [(12, "ngày", "actual")]),
]


@pytest.mark.parametrize(("text", "expected"), SERIES, ids=[text[:40] for text, _ in SERIES])
def test_series(text: str, expected: list[tuple[float, str, str]], tmp_path: Path) -> None:
    metrics = extracted(tmp_path, f"I. KẾT QUẢ\n\n1. {text}\n", "BÁO CÁO", "BC-BCT").metrics
    assert [(metric.value, metric.unit, metric.role) for metric in metrics] == expected


def test_a_heading_of_nothing_but_a_time_dates_the_aims_below_it(tmp_path: Path) -> None:
    body = "II. MỤC TIÊU\n\n1. Đến năm 2030\n\n- Có tối thiểu 85% hồ sơ nộp qua mạng (hiện nay đạt 41,5%).\n"
    aim, now = extracted(tmp_path, body, "KẾ HOẠCH", "KH-BCT").metrics
    assert (str(aim.period_end), aim.role, now.role) == ("2030-12-31", "target", "baseline")


def test_a_sector_is_part_of_what_is_measured(tmp_path: Path) -> None:
    text = (
        "Tổng sản phẩm (GRDP) đạt 41.300 tỷ đồng; trong đó, khu vực dịch vụ tăng 6,2%, khu vực công nghiệp tăng 9,1%."
    )
    _, services, industry = extracted(tmp_path, f"I. KẾT QUẢ\n\n1. {text}\n", "BÁO CÁO", "BC-BCT").metrics
    assert services.indicator == "Tổng sản phẩm (GRDP), khu vực dịch vụ"
    assert industry.indicator == "Tổng sản phẩm (GRDP), khu vực công nghiệp"


def test_the_number_of_a_house_is_no_figure(tmp_path: Path) -> None:
    text = "Báo cáo gửi về số 37 Lê Văn Hưu, phường Hai Bà Trưng."
    found = extracted(tmp_path, f"I. KẾT QUẢ\n\n1. {text}\n", "BÁO CÁO", "BC-BCT")
    assert found.metrics == ()
    assert [n.kind for n in found.numbers if n.raw == "37"] == ["contact"]
