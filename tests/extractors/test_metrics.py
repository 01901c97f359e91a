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
    ],
)
def test_no_figure(text: str, tmp_path: Path) -> None:
    assert extracted(tmp_path, f"I. KẾT QUẢ\n\n1. {text}\n", "BÁO CÁO", "BC-BCT").metrics == ()


def test_figures_that_continue_keep_what_is_measured(tmp_path: Path) -> None:
    text = "Tỷ lệ hồ sơ trực tuyến là 27,7% (tháng 4 là 26,1%)."
    first, second = extracted(tmp_path, f"I. KẾT QUẢ\n\n1. {text}\n", "BÁO CÁO", "BC-BCT").metrics
    assert (first.value, second.value) == (27.7, 26.1)
    assert first.indicator == second.indicator == "Tỷ lệ hồ sơ trực tuyến"


def test_values_in_turn(tmp_path: Path) -> None:
    text = "Tỷ lệ này tại Bộ Y tế, Bộ Nội vụ lần lượt đạt 91% và 84%."
    metrics = extracted(tmp_path, f"I. KẾT QUẢ\n\n1. {text}\n", "BÁO CÁO", "BC-BCT").metrics
    assert [(metric.value, metric.scope) for metric in metrics] == [(91, "Bộ Y tế"), (84, "Bộ Nội vụ")]


def test_a_count_does_not_swallow_the_next(tmp_path: Path) -> None:
    text = "Bộ đã trình Chính phủ 03 nghị định, ban hành theo thẩm quyền 11 thông tư."
    first, _ = extracted(tmp_path, f"I. KẾT QUẢ\n\n1. {text}\n", "BÁO CÁO", "BC-BCT").metrics
    assert "thông tư" not in first.indicator
