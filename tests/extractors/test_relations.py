"""Arithmetic that a text states: found, judged by what rounding explains, silent where the text may mean something else."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.arithmetic import checks, conflicts
from schemas.records import Check
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
    ("Đã giải quyết 12.075/30.000 hồ sơ. Tỷ lệ hài lòng đạt 90%.", "ratio"),
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
    assert "41.25%" in issue.message
    assert "40.25" in issue.message
