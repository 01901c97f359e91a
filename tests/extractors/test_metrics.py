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
        "Bản đồ luồng lạch tỷ lệ 1/2.000 đã được cập nhật.",
        "Trình Giám đốc Sở chậm nhất 05/12.",
        "Thực hiện Nghị định 35/2023 về bến cạn.",
        "Chưa đạt tiêu chí số: 5, 7, 12.",
        "Đã ban hành Công văn số: 123.",
        "Hoàn thành vào năm: 2024; chậm: 2025.",
        "Số điện thoại: 3822.",
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
    ("Tồn kho thép là 76,9% (cùng kỳ năm trước: 83,1%).", [(76.9, "%", "actual"), (83.1, "%", "baseline")]),
    ("So với cùng kỳ năm 2024, số vụ cháy giảm 87 vụ (7,2%).", [(-87, "vụ", "change"), (-7.2, "%", "change")]),
    ("Tỷ lệ gỡ tin theo yêu cầu của cơ quan chức năng đạt 90%.", [(90, "%", "actual")]),
    ("Phấn đấu thu ngân sách xã đạt và vượt 125 tỷ đồng.", [(125e9, "đồng", "target")]),
    ("Phấn đấu cả năm sản lượng muối tăng khoảng 5,8%.", [(5.8, "%", "target")]),
    ("Hưng Yên có mức tăng cao nhất (45,8%).", [(45.8, "%", "change")]),
    ("Giảm từ 10 - 15% số vụ cháy.", [(-10, "%", "change")]),
    ("Đường dây mạch 3 Quảng Trạch có 53 khoảng néo.", [(53, "khoảng néo", "actual")]),
    (
        "Kinh phí dự kiến 12 tỷ đồng, trong đó: tỉnh 5 tỷ đồng (41,7%); xã 7 tỷ đồng (58,3%).",
        [
            (12e9, "đồng", "plan"),
            (5e9, "đồng", "plan"),
            (41.7, "%", "plan"),
            (7e9, "đồng", "plan"),
            (58.3, "%", "plan"),
        ],
    ),
    ("Tiến độ thấp hơn bình quân cả nước 2,3 điểm %.", [(2.3, "điểm %", "change")]),
    ("Vi phạm còn 178 vụ (đầu năm: 241 vụ).", [(178, "vụ", "actual"), (241, "vụ", "baseline")]),
    (
        "Giải ngân đạt 47,7% kế hoạch Chính phủ giao (bình quân cả nước là 50,0%).",
        [(47.7, "%", "actual"), (50, "%", "actual")],
    ),
    (
        "Tăng trưởng muối đạt 5,2%, cao hơn cùng kỳ các năm 2012 (4,93%) và 2013 (4,90%).",
        [(5.2, "%", "actual"), (4.93, "%", "baseline"), (4.9, "%", "baseline")],
    ),
]


@pytest.mark.parametrize(("text", "expected"), SERIES, ids=[text[:40] for text, _ in SERIES])
def test_series(text: str, expected: list[tuple[float, str, str]], tmp_path: Path) -> None:
    metrics = extracted(tmp_path, f"I. KẾT QUẢ\n\n1. {text}\n", "BÁO CÁO", "BC-BCT").metrics
    assert [(metric.value, metric.unit, metric.role) for metric in metrics] == expected


# several figures of one sentence: (indicator contains, scope) of each
WHOSE = [
    (
        "Các đơn vị có tỷ lệ hoàn thành cao: Vụ Pháp chế (96,0%), Cục Hàng hải (91,7%); đơn vị có tỷ lệ thấp: Cục Đường thủy (58,3%).",
        [("tỷ lệ hoàn thành", "Vụ Pháp chế"), ("tỷ lệ hoàn thành", "Cục Hàng hải"), ("tỷ lệ thấp", "Cục Đường thủy")],
    ),
    (
        "Còn 40 hồ chứa bị hư hỏng nặng (Nghệ An 12 hồ, Thanh Hóa 8 hồ).",
        [("hồ chứa bị hư hỏng", None), ("hồ chứa bị hư hỏng", "Nghệ An"), ("hồ chứa bị hư hỏng", "Thanh Hóa")],
    ),
    (
        "Bảo hiểm tự nguyện: 118.962 người, đạt 94,1% kế hoạch, tăng 15.307 người.",
        [("Bảo hiểm tự nguyện", None)] * 3,
    ),
    ("TP. Hồ Chí Minh giải ngân 46.728,9 tỷ đồng.", [("TP. Hồ Chí Minh giải ngân", None)]),
    ("Đang thực hiện trong hạn: 24; chậm tiến độ: 03.", [("trong hạn", None), ("chậm tiến độ", None)]),
    ("Chiều cao của nam thanh niên 18 tuổi đạt 173 cm.", [("Chiều cao của nam thanh niên", None)]),
]


@pytest.mark.parametrize(("text", "expected"), WHOSE, ids=[text[:40] for text, _ in WHOSE])
def test_what_is_measured_and_of_whom(text: str, expected: list[tuple[str, str | None]], tmp_path: Path) -> None:
    found = extracted(tmp_path, f"I. KẾT QUẢ\n\n1. {text}\n", "BÁO CÁO", "BC-BCT").metrics
    assert [metric.scope for metric in found] == [scope for _, scope in expected]
    assert all(words in metric.indicator for metric, (words, _) in zip(found, expected, strict=True))


AS_OF = [
    "I. KẾT QUẢ (đến hết ngày 31/5/2025)\n\n1. Có 268 nghìn hộ dùng nước máy, tăng 3,5% so với cùng kỳ.\n",
    "(Số liệu tính đến ngày 31/5/2025)\n\nI. KẾT QUẢ\n\n1. Có 268 nghìn hộ dùng nước máy, tăng 3,5% so với cùng kỳ.\n",
]


@pytest.mark.parametrize("body", AS_OF, ids=["in the heading", "over the text"])
def test_figures_are_counted_up_to_the_day_that_the_report_names(body: str, tmp_path: Path) -> None:
    found = extracted(tmp_path, body, "BÁO CÁO", "BC-BCT").metrics
    assert [(str(metric.period_end), metric.period_raw) for metric in found] == [("2025-05-31", "ngày 31/5/2025")] * 2


def test_what_is_planned_is_not_of_the_day_up_to_which_results_are_counted(tmp_path: Path) -> None:
    body = "I. KẾT QUẢ (đến hết ngày 31/5/2025)\n\n1. Trồng 2.316 ha, đạt 77,2% kế hoạch (kế hoạch 3.000 ha).\n"
    *_, planned = extracted(tmp_path, body, "BÁO CÁO", "BC-BCT").metrics
    assert (planned.value, planned.role, planned.period_end) == (3000, "plan", None)


TERMS = ["3. Gia hạn trồng rừng (đến ngày 30/6/2099)", "Tính đến ngày 31/12/2023, có 5.000 hộ nuôi vịt."]


@pytest.mark.parametrize("line", TERMS)
def test_a_term_and_the_time_of_one_sentence_are_not_of_the_whole_report(line: str, tmp_path: Path) -> None:
    body = f"I. KẾT QUẢ\n\n{line}\n\nTrồng mới 50 ha.\n"
    assert extracted(tmp_path, body, "BÁO CÁO", "BC-BCT").metrics[-1].period_end is None


EARLIER = "Giá muối quý I/2025 tăng 10,6% (cùng kỳ 2024 tăng 9,1%). Trong đó muối hạt tăng 7,4%."


def test_the_time_of_what_stands_in_brackets_is_not_of_what_follows(tmp_path: Path) -> None:
    found = extracted(tmp_path, f"I. KẾT QUẢ\n\n1. {EARLIER}\n", "BÁO CÁO", "BC-BCT").metrics
    assert [str(metric.period_end) for metric in found] == ["2025-03-31", "2024-03-31", "2025-03-31"]
    assert "Giá muối" in found[1].indicator


STILL_TO_COME = "Năm 2099, cả tỉnh có cầu. Toàn tỉnh có 12 bến đò."
SINCE = "Từ năm 2016, tỉnh trồng rừng. Toàn tỉnh đã có 12 bến đò."


@pytest.mark.parametrize("text", [STILL_TO_COME, SINCE])
def test_another_time_with_which_a_passage_opens_does_not(text: str, tmp_path: Path) -> None:
    *_, metric = extracted(tmp_path, f"I. KẾT QUẢ\n\n1. {text}\n", "BÁO CÁO", "BC-BCT").metrics
    assert metric.period_end is None


def test_the_time_with_which_a_passage_opens_holds_for_it(tmp_path: Path) -> None:
    text = "Năm 2024, thiên tai diễn biến phức tạp. Đã xuất hiện 21 cơn bão."
    (metric,) = extracted(tmp_path, f"I. KẾT QUẢ\n\n1. {text}\n", "BÁO CÁO", "BC-BCT").metrics
    assert str(metric.period_end) == "2024-12-31"


def test_a_heading_of_nothing_but_a_time_dates_the_aims_below_it(tmp_path: Path) -> None:
    body = "II. MỤC TIÊU\n\n1. Đến năm 2030\n\n- Có tối thiểu 85% hồ sơ nộp qua mạng (hiện nay đạt 41,5%).\n"
    aim, now = extracted(tmp_path, body, "KẾ HOẠCH", "KH-BCT").metrics
    assert (str(aim.period_end), aim.role, now.role) == ("2030-12-31", "target", "baseline")


def test_a_title_over_plain_paragraphs_heads_all_of_them(tmp_path: Path) -> None:
    body = (
        "I. QUAN ĐIỂM VÀ TẦM NHÌN\n\n1. Tầm nhìn đến năm 2050\n\nLà tỉnh có mức sống cao, môi trường trong lành.\n\n"
        "Tỷ lệ đô thị hóa đạt 61%.\n\n2. Hiện trạng\n\nTỷ lệ đô thị hóa đạt 38%.\n"
    )
    aim, now = extracted(tmp_path, body, "KẾ HOẠCH", "KH-BCT").metrics
    assert (str(aim.period_end), aim.role, now.period_end) == ("2050-12-31", "target", None)


def test_a_later_year_than_the_document_s_is_aimed_at(tmp_path: Path) -> None:
    text = (
        "Đến năm 2031, cảng đón 12 triệu tấn. Năm 2024, cảng đón 7 triệu tấn. Có 4 bộ chưa ban hành kế hoạch năm 2031."
    )
    metrics = extracted(tmp_path, f"I. HIỆN TRẠNG\n\n1. {text}\n", "BÁO CÁO", "BC-BCT").metrics
    assert [metric.role for metric in metrics] == ["target", "actual", "actual"]


def test_a_point_that_groups_digits_ends_no_sentence(tmp_path: Path) -> None:
    text = "Dự kiến lắp 1.250 trạm, tương đương 45% số trạm cũ. Phấn đấu trồng 1.250 ha và đạt tỷ lệ sống 92%."
    metrics = extracted(tmp_path, f"I. KẾT QUẢ\n\n1. {text}\n", "BÁO CÁO", "BC-BCT").metrics
    assert [metric.role for metric in metrics] == ["plan", "plan", "target", "target"]


def test_a_rank_has_the_year_of_its_index(tmp_path: Path) -> None:
    text = "Xếp thứ 12/34 tỉnh, thành phố về Chỉ số chuyển đổi số (DTI) năm 2024, tăng 5 bậc."
    rank, change = extracted(tmp_path, f"I. KẾT QUẢ\n\n1. {text}\n", "BÁO CÁO", "BC-BCT").metrics
    assert (rank.unit, str(rank.period_end), str(change.period_end)) == ("hạng", "2024-12-31", "2024-12-31")


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


def test_each_year_belongs_to_its_figure(tmp_path: Path) -> None:
    body = "II. MỤC TIÊU\n\n1. Nâng tỷ lệ hộ có nước sạch từ 52% năm 2020 lên 65% năm 2030; tỷ lệ xã có chợ đạt 50%.\n"
    metrics = extracted(tmp_path, body, "KẾ HOẠCH", "KH-BCT").metrics
    assert [(m.role, str(m.period_end)) for m in metrics] == [
        ("baseline", "2020-12-31"), ("target", "2030-12-31"), ("target", "2030-12-31"),
    ]  # fmt: skip


def test_the_date_behind_a_figure_is_not_that_of_the_figure_before(tmp_path: Path) -> None:
    body = "II. NHIỆM VỤ\n\n1. Xử lý 80% kho cũ trong năm 2025 và 100% kho cũ trong năm 2026.\n"
    metrics = extracted(tmp_path, body, "KẾ HOẠCH", "KH-BCT").metrics
    assert [str(m.period_end) for m in metrics] == ["2025-12-31", "2026-12-31"]


def test_what_is_built_anew_is_still_to_come(tmp_path: Path) -> None:
    body = "II. NHIỆM VỤ\n\n1. Xây dựng mới 500 trạm và hoàn thành 108 trường đã khởi công.\n"
    assert [m.role for m in extracted(tmp_path, body, "KẾ HOẠCH", "KH-BCT").metrics] == ["target", "target"]


# sentence -> of one of its figures: value, words of what is measured, role, end of the period
IN_SENTENCES = [
    ("Doanh thu bến đạt 1.037 tỷ đồng, doanh thu kho 3.890 tỷ đồng, tăng lần lượt 17,2% và 4,5% so với cùng kỳ.", 4.5, "doanh thu kho", "change", None),
    ("Lượng hàng năm 2024 đạt 5 triệu tấn, gấp 1,3 lần cùng kỳ.", 1.3, "Lượng hàng", "-", "2024-12-31"),
    ("Chỉ số hài lòng (SIPAS INDEX) của tỉnh đạt 88,4 điểm.", 88.4, "Chỉ số hài lòng", "actual", None),
    ("Sản lượng muối (theo giá so sánh 2010, kể cả muối mỏ) ước đạt 12 nghìn tấn.", 12000, "Sản lượng muối", "actual", None),
    ("Số thủy thủ tăng từ 1.020 người năm 2020 lên 1.385 người.", 1385, "Số thủy thủ", "actual", None),
    ("Tỷ lệ tàu số hóa mức độ 3, mức độ 4 đạt 52,3%.", 52.3, "Tỷ lệ tàu số hóa mức độ 3", "actual", None),
    ("Đã phân bổ 900 tỷ đồng; còn 256,3 tỷ đồng chưa phân bổ.", 256.3e9, "chưa phân bổ", "actual", None),
    ("Hoàn thành 14/16 nhiệm vụ được giao, còn 02 nhiệm vụ chậm.", 14, "nhiệm vụ được giao", "actual", None),
    ("Đã xong 29/41 nhiệm vụ trong Kế hoạch năm (đạt 70,7%).", 70.7, "nhiệm vụ", "actual", None),
    ("Thu phí đạt 116,2% dự toán tỉnh giao và 103,7% dự toán huyện giao.", 103.7, "Thu phí", "actual", None),
    ("Có 1.872 phao, trong đó loại lớn 1.467, loại vừa 268, loại nhỏ 137.", 137, "", "actual", None),
    ("Lượng hàng 6 tháng đầu năm 2025 tăng 9,2% (cùng kỳ năm 2024 tăng 8,1%), cao nhất miền Trung.", 8.1, "Lượng hàng", "baseline", "2024-06-30"),
    ("Doanh thu bến đạt 203,8 tỷ đồng (cùng kỳ 181,3 tỷ đồng).", 181.3e9, "Doanh thu bến", "baseline", None),
    ("Bến A tăng 4,5%; riêng hàng rời giảm 3,1%.", -3.1, "hàng rời", "change", None),
    ("Có 118 phao đúng hạn, 25 phao quá hạn.", 25, "phao quá hạn", "actual", None),
    ("Tổng lượng mưa từ 200 - 350 mm, có nơi trên 600 mm.", 600, "lượng mưa", "actual", None),
    ("Có 25/29 chỉ tiêu đạt và vượt kế hoạch, 04 chỉ tiêu chưa đạt.", 4, "chỉ tiêu", "actual", None),
    ("Đã cấp mới 21 bến với tổng vốn đăng ký 3.872 tỷ đồng.", 21, "cấp mới bến", "actual", None),
    ("Tổng vốn FDI đăng ký đạt 1,25 tỷ USD.", 1.25e9, "Tổng vốn FDI đăng ký", "actual", None),
    ("Có 45/52 xã đạt chuẩn nông thôn mới, chiếm 86,5%.", 86.5, "xã đạt chuẩn nông thôn mới", "actual", None),
    ("Tỷ lệ hộ nghèo giảm từ 3,2% năm 2023 xuống còn 2,1% năm 2024.", 2.1, "Tỷ lệ hộ nghèo", "actual", "2024-12-31"),
    ("Nợ xấu chiếm 1,8% tổng dư nợ, tăng 0,2 điểm phần trăm.", 0.2, "Nợ xấu", "change", None),
    ("Làm chết 23 người; so với cùng kỳ giảm 5 người chết, tăng 3 người bị thương.", 3, "bị thương", "change", None),
    ("Phấn đấu đến năm 2030, 50% xã có chợ; 100% hộ có điện.", 100, "hộ có điện", "target", "2030-12-31"),
    ("Có 90 bến mới, giảm 3,5% về số bến và tăng 7,2% về vốn.", -3.5, "số bến", "change", None),
    ("Có 90 bến mới, giảm 3,5% về số bến và tăng 7,2% về vốn.", 7.2, "vốn", "change", None),
    ("Số lao động là 25.300 người, đạt 101,2% kế hoạch (25.000 người).", 25000, "Số lao động", "plan", None),
    ("Công suất 2 x 600 MW.", 600, "Công suất", "actual", None),
    ("GRDP quý I/2025 tăng 8,1% so với cùng kỳ (quý IV năm 2024 tăng 7,9%).", 7.9, "GRDP", "change", "2024-12-31"),
    ("Đã tháo dỡ 21 nhà nổi; hiện còn 683 bè cá chưa neo.", 683, "bè cá", "actual", None),
    ("Tỷ lệ tàu có phao mới đạt 28,4%, trong khi yêu cầu tối thiểu là 80%.", 80, "", "target", None),
    ("Xảy ra 21 vụ va chạm tàu, làm hỏng 4 phao; so với cùng kỳ giảm 08 vụ.", -8, "vụ va chạm tàu", "change", None),
    ("Doanh thu bến tăng 9,4% so với cùng kỳ (kịch bản đề ra 9,1%).", 9.1, "Doanh thu bến", "plan", None),
    ("Tỷ lệ tàu đúng giờ đạt 91,3% (mục tiêu năm: ≥ 92%).", 92, "Tỷ lệ tàu đúng giờ", "target", None),
    ("Tỷ lệ tàu đúng giờ đạt 91,3%, thấp hơn cùng kỳ 1,7 điểm phần trăm.", -1.7, "Tỷ lệ tàu đúng giờ", "change", None),
    ("Đã cấp phép 18 bến (cùng kỳ năm 2024: 11 bến, 26 cầu tàu).", 26, "cầu tàu", "baseline", "2024-12-31"),
    ("Tỷ lệ tàu trễ 3,7%, thấp hơn mức 4,5% của cùng kỳ.", 4.5, "Tỷ lệ tàu trễ", "baseline", None),
    ("Thu nhập tăng 5,2% so với cùng kỳ.", 5.2, "Thu nhập", "change", None),
    ("Thu nhập tăng thêm bình quân của thủy thủ là 1,5 triệu đồng/người/tháng.", 1.5e6, "Thu nhập tăng thêm", "actual", None),
    ("Chi phí vượt dự kiến chi chưa được quyết toán là 3,18 tỷ đồng.", 3.18e9, "Chi phí vượt dự kiến", "actual", None),
    ("Đàn trâu có 68 nghìn con, đàn vịt 1,8 triệu con (tăng 5%).", 1.8e6, "đàn vịt", "actual", None),
    ("Sản lượng 9 tháng năm 2025 tăng 8,9% so với cùng kỳ năm trước, trong đó muối giảm 3,4%.", -3.4, "muối", "change", "2025-09-30"),
    ("Có 75/102 xã đạt chuẩn, bình quân đạt 16,2 tiêu chí/xã.", 75, "xã đạt chuẩn", "actual", None),
    ("Đào tạo nghề cho 28.450 lượt thủy thủ, đạt 94,8% kế hoạch.", 94.8, "thủy thủ", "actual", None),
    ("Sửa 619 phao cho xã nghèo, xã khó khăn với tổng kinh phí 312,4 tỷ đồng.", 312.4e9, "tổng kinh phí", "actual", None),
    ("Tỉnh xếp thứ 12/34 về Chỉ số bến cảng năm 2024.", 12, "Chỉ số bến cảng", "actual", "2024-12-31"),
    ("Có 27 bến mới, gấp 1,6 lần về số bến và 2,3 lần về vốn so với cùng kỳ.", 1.6, "số bến", "change", None),
    ("Có 27 bến mới, gấp 1,6 lần về số bến và 2,3 lần về vốn so với cùng kỳ.", 2.3, "vốn", "change", None),
    ("Chi bộ có 38 đồng chí.", 38, "đồng chí", "actual", None),
    ("Đã giải quyết 987 vụ, việc, đạt tỷ lệ 95,6%.", 95.6, "giải quyết", "actual", None),
    ("Đã thụ lý 214 vụ (so với năm 2023, thụ lý tăng 12 vụ).", 12, "thụ lý", "change", None),
    ("Tạm đình chỉ 03 tàu.", 3, "đình chỉ", "actual", None),
    ("Tổng biên chế được giao 214 người, hiện có 201 người.", 214, "Tổng biên chế", "actual", None),
    ("Tổng đài cứu hộ đã tiếp nhận 214 cuộc gọi.", 214, "cuộc gọi", "actual", None),
    ("Bình quân 4,6 m2/sinh viên.", 4.6, "", "actual", None),
    ("Diện tích đạt 4,6 m2/người (quy định tối thiểu 2,8 m2/người).", 2.8, "Diện tích", "target", None),
    ("Chỉ tiêu năm 2026: tuyển 340 thủy thủ; 80% bến được kiểm định.", 80, "bến được kiểm định", "target", "2026-12-31"),
    ("Trong 05 năm qua, lượng hàng tăng bình quân 6%/năm.", 6, "lượng hàng", "change", None),
    ("Giải ngân còn chậm, còn 27 gói thầu chưa nghiệm thu.", 27, "gói thầu chưa nghiệm thu", "actual", None),
    ("Còn 38 phao đang sửa chữa, gồm 35 phao trong hạn.", 38, "phao đang sửa chữa", "actual", None),
    ("Đã hoàn thành 7/12 gói thầu kè, nạo vét được 46,3 km luồng.", 7, "gói thầu kè", "actual", None),
    ("Đã có 12 doanh nghiệp đăng ký với tổng vốn 35 tỷ đồng.", 12, "doanh nghiệp", "actual", None),
    ("Quý I năm 2025, bốc dỡ đạt 30 tấn, cao hơn cùng kỳ năm 2023 (24 tấn).", 24, "", "baseline", "2023-03-31"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "value", "indicator", "role", "period"), IN_SENTENCES, ids=lambda cell: str(cell)[:40]
)
def test_figure_among_others(
    text: str, value: float, indicator: str, role: str, period: str | None, tmp_path: Path
) -> None:
    metrics = extracted(tmp_path, f"I. KẾT QUẢ\n\n1. {text}\n", "BÁO CÁO", "BC-BCT").metrics
    (metric,) = [m for m in metrics if m.value == pytest.approx(value)]
    assert indicator.lower() in metric.indicator.lower()
    assert role in ("-", metric.role)
    assert str(metric.period_end or None) == str(period)


def test_the_same_in_other_words_is_aimed_at_too(tmp_path: Path) -> None:
    text = "Phấn đấu cả năm 2025 lượng hàng tăng trên 12% so với năm 2024 (tương đương khoảng 454 triệu tấn)."
    metrics = extracted(tmp_path, f"II. MỤC TIÊU\n\n1. {text}\n", "BÁO CÁO", "BC-BCT").metrics
    assert [metric.role for metric in metrics] == ["target", "target"]


def test_a_quarter_aimed_at_lies_ahead(tmp_path: Path) -> None:
    text = "Bộ Xây dựng phấn đấu hết quý IV nạo vét đạt trên 45%."
    (metric,) = extracted(tmp_path, f"II. NHIỆM VỤ\n\n1. {text}\n").metrics
    assert str(metric.period_end) == "2025-12-31"


def test_a_number_of_a_name_is_no_figure(tmp_path: Path) -> None:
    text = "Ban Quản lý dự án 7 chủ trì xử lý các bến còn vướng mặt bằng."
    assert extracted(tmp_path, f"II. NHIỆM VỤ\n\n1. {text}\n").metrics == ()


def test_a_conclusion_that_first_tells_what_was_done(tmp_path: Path) -> None:
    body = "Bộ trưởng kết luận:\n\n1. Trong tháng 5 năm 2025, các đơn vị đã sửa 143/158 phao, đạt 90,5%; trong đó 118 phao đúng hạn.\n"
    metrics = extracted(tmp_path, body).metrics
    assert [(metric.role, str(metric.period_end)) for metric in metrics] == [("actual", "2025-05-31")] * 3


def test_what_was_done_of_a_plan_under_a_heading_of_plans(tmp_path: Path) -> None:
    body = (
        "I. Về phân bổ kế hoạch vốn\n\nVốn kè biển năm 2025 là 200 tỷ đồng, giải ngân 150 tỷ đồng, đạt 75% kế hoạch.\n"
    )
    metrics = extracted(tmp_path, body, "BÁO CÁO", "BC-BCT").metrics
    assert [metric.role for metric in metrics] == ["plan", "actual", "actual"]


WHOLE = [
    (
        "Trong quý, Sở đã hoàn thành 71, đang thực hiện 18 và quá hạn 04 nhiệm vụ.",
        [
            ("71", "Trong quý, Sở đã hoàn thành", "actual"),
            ("18", "đang thực hiện", "actual"),
            ("04 nhiệm vụ", "quá hạn nhiệm vụ", "actual"),
        ],
    ),
    (
        "Chỉ số cải cách đứng thứ 9, lên 4 bậc so với năm 2023.",
        [("đứng thứ 9", "Chỉ số cải cách", "actual"), ("4 bậc", "Chỉ số cải cách", "change")],
    ),
    (
        "Diện tích gieo trồng đạt 74% kế hoạch (6 tháng đầu năm 2022 là 52%).",
        [("74%", "Diện tích gieo trồng", "actual"), ("52%", "Diện tích gieo trồng", "baseline")],
    ),
    (
        "Giai đoạn 2031 - 2032: cấp nước cho thêm 17.500 hộ.",
        [("17.500 hộ", "cấp nước cho hộ", "target")],
    ),
    (
        "Định hướng đến năm 2045: 80% hộ vùng cao có nước máy.",
        [("80%", "hộ vùng cao có nước máy", "target")],
    ),
    (
        "Đã cấp 1.200, còn thiếu 350 tỷ đồng.",
        [("1.200", "Đã cấp", "actual"), ("350 tỷ đồng", "Đã cấp", "actual")],
    ),
    (
        "Tỷ lệ giải ngân đạt 45% (trong đó vốn năm 2022 kéo dài đạt 80%).",
        [("45%", "Tỷ lệ giải ngân", "actual"), ("80%", "vốn năm 2022 kéo dài", "actual")],
    ),
    (
        "Xã có 3.085 hộ/12.196 khẩu.",
        [("3.085 hộ", "hộ/12.196 khẩu", "actual"), ("12.196 khẩu", "khẩu", "actual")],
    ),
    (
        "Công bố 12 quyết định, trong đó ban hành mới 6 TTHC, bổ sung 34 TTHC và bãi bỏ 28 TTHC.",
        [
            ("12 quyết định", "Công bố quyết định", "actual"),
            ("6 TTHC", "ban hành mới TTHC", "actual"),
            ("34 TTHC", "bổ sung TTHC", "actual"),
            ("28 TTHC", "bãi bỏ TTHC", "actual"),
        ],
    ),
    (
        "Gồm 51 văn bản của bộ, cơ quan ngang bộ và 2.359 văn bản của địa phương.",
        [
            ("51 văn bản", "văn bản của bộ, cơ quan ngang bộ", "actual"),
            ("2.359 văn bản", "văn bản của địa phương", "actual"),
        ],
    ),
    (
        "Tỷ trọng trong GRDP của khu vực dịch vụ đạt 41%, khu vực công nghiệp 39%.",
        [
            ("41%", "Tỷ trọng trong GRDP của khu vực dịch vụ", "actual"),
            ("39%", "Tỷ trọng trong GRDP của khu vực công nghiệp", "actual"),
        ],
    ),
    (
        "Quy mô dân số đạt 1,3 triệu người. Chỉ số phát triển con người (HDI) đạt 0,75.",
        [("1,3 triệu người", "Quy mô dân số", "actual"), ("0,75", "Chỉ số phát triển con người (HDI)", "actual")],
    ),
    (
        "Chi cho nghiên cứu ước 1% GRDP (tăng từ 0,4% năm 2018).",
        [("ước 1%", "Chi cho nghiên cứu", "actual"), ("0,4%", "Chi cho nghiên cứu", "baseline")],
    ),
    (
        "Trình độ cao đẳng khoảng 600 người và trình độ trung cấp khoảng 450 người.",
        [
            ("khoảng 600 người", "Trình độ cao đẳng người", "actual"),
            ("khoảng 450 người", "trình độ trung cấp người", "actual"),
        ],
    ),
    (
        "Có 8 bộ đạt dưới 50%, thấp so với mục tiêu của nghị quyết, trong đó 3 bộ chưa báo cáo.",
        [("8 bộ", "bộ", "actual"), ("dưới 50%", "bộ", "actual"), ("3 bộ", "bộ chưa báo cáo", "actual")],
    ),
    (
        "Số hồ sơ trực tuyến: 22/140. 9 100% thủ tục được thực hiện trực tuyến.",
        [("22/140", "Số hồ sơ trực tuyến", "actual"), ("100%", "thủ tục được thực hiện trực tuyến", "actual")],
    ),
    (
        "Tỷ lệ hồ sơ đúng hạn đạt 98,7%, trong đó cấp tỉnh 99,2%, cấp xã 97,9%.",
        [
            ("98,7%", "Tỷ lệ hồ sơ đúng hạn", "actual"),
            ("99,2%", "Tỷ lệ hồ sơ đúng hạn", "actual"),
            ("97,9%", "Tỷ lệ hồ sơ đúng hạn", "actual"),
        ],
    ),
    (
        "Ước cả năm 2025, GRDP tăng 8,2% (kế hoạch 8,0%).",
        [("8,2%", "GRDP", "change"), ("8,0%", "GRDP", "plan")],
    ),
    (
        "Tỷ lệ hồ sơ trực tuyến của khối bộ đạt 62,4%; của khối địa phương là 48,1%, thấp hơn so với chỉ tiêu 60%.",
        [
            ("62,4%", "Tỷ lệ hồ sơ trực tuyến của khối bộ", "actual"),
            ("48,1%", "Tỷ lệ hồ sơ trực tuyến của khối bộ", "actual"),
            ("60%", "Tỷ lệ hồ sơ trực tuyến của khối bộ", "target"),
        ],
    ),
    (
        "Tỷ lệ kích hoạt cao nhất là Hà Nội (94,1%), Huế (91%), Đà Nẵng (89,8%).",
        [
            ("94,1%", "Tỷ lệ kích hoạt cao nhất là Hà Nội", "actual"),
            ("91%", "Tỷ lệ kích hoạt cao nhất là Hà Nội", "actual"),
            ("89,8%", "Tỷ lệ kích hoạt cao nhất là Hà Nội", "actual"),
        ],
    ),
    (
        "Giải ngân đạt 4.917 tỷ đồng/tổng kế hoạch 11.238 tỷ đồng, bằng 43,8%.",
        [
            ("4.917 tỷ đồng", "Giải ngân", "actual"),
            ("11.238 tỷ đồng", "Giải ngân", "plan"),
            ("43,8%", "Giải ngân", "actual"),
        ],
    ),
    (
        "Chỉ số giá tháng 8 tăng 2,4% so với tháng trước và 8,9% so với cùng kỳ.",
        [("2,4%", "Chỉ số giá", "change"), ("8,9%", "Chỉ số giá", "change")],
    ),
    (
        "Số phòng thuộc cục rút từ 226 xuống 148.",
        [("226", "Số phòng thuộc cục", "baseline"), ("148", "Số phòng thuộc cục", "actual")],
    ),
    (
        "Đã xóa 100% trong tổng số 7.083 căn nhà tạm.",
        [
            ("100%", "xóa trong tổng số 7.083 căn nhà tạm", "actual"),
            ("7.083 căn", "trong tổng số căn nhà tạm", "actual"),
        ],
    ),
    (
        "Năng suất đạt 63,1 tạ/ha (vụ trước 62,5 tạ/ha).",
        [("63,1 tạ/ha", "Năng suất", "actual"), ("62,5 tạ/ha", "Năng suất", "baseline")],
    ),
    (
        "Tỷ lệ dùng nước sạch: kế hoạch 80%, thực hiện 76,4%.",
        [("80%", "Tỷ lệ dùng nước sạch", "plan"), ("76,4%", "Tỷ lệ dùng nước sạch", "actual")],
    ),
    (
        "Vụ Hè Thu 2025 toàn tỉnh xuống giống 60.000 ha.",
        [("60.000 ha", "Vụ Hè Thu 2025 toàn tỉnh xuống giống", "actual")],
    ),
    (
        "Sau khi sắp xếp, Cục còn 20 đơn vị trực thuộc (giảm 5 đơn vị, tương đương 20%).",
        [
            ("20 đơn vị", "đơn vị trực thuộc", "actual"),
            ("5 đơn vị", "đơn vị trực thuộc", "change"),
            ("20%", "đơn vị trực thuộc", "change"),
        ],
    ),
    (
        "Đến nay đã bàn giao 27,6/29,7 km mặt bằng (đạt 92,9%).",
        [("27,6/29,7 km", "bàn giao mặt bằng", "actual"), ("92,9%", "bàn giao mặt bằng", "actual")],
    ),
    ("Tỷ lệ tham gia bảo hiểm y tế 94,6% dân số.", [("94,6%", "Tỷ lệ tham gia bảo hiểm y tế", "actual")]),
    (
        "Tỷ lệ huy động trẻ 6 tuổi vào lớp 1 đạt 98%.",
        [("98%", "Tỷ lệ huy động trẻ 6 tuổi vào lớp 1", "actual")],
    ),
    (
        "Sở Y tế tiếp tục duy trì tỷ lệ hồ sơ đúng hạn 97%.",
        [("97%", "tỷ lệ hồ sơ đúng hạn", "actual")],
    ),
    ("So với năm 2024, thụ lý tăng 312 vụ.", [("312 vụ", "thụ lý", "change")]),
    (
        "Giải quyết việc làm cho 612 lao động (NQ 800 lao động), đạt 76,5%.",
        [
            ("612 lao động", "Giải quyết việc làm cho lao động", "actual"),
            ("800 lao động", "Giải quyết việc làm cho lao động", "plan"),
            ("76,5%", "Giải quyết việc làm cho lao động", "actual"),
        ],
    ),
    (
        "Trồng mới 15 ha rừng (kế hoạch 20 ha) và chăm sóc 40 ha.",
        [("15 ha", "Trồng mới rừng", "actual"), ("20 ha", "Trồng mới rừng", "plan"), ("40 ha", "chăm sóc", "actual")],
    ),
    (
        "Tổng kinh phí dự kiến là 1.250 tỷ đồng, trong đó: ngân sách trung ương 320 tỷ đồng; ngân sách tỉnh 930 tỷ đồng.",
        [
            ("1.250 tỷ đồng", "Tổng kinh phí dự kiến", "plan"),
            ("320 tỷ đồng", "ngân sách trung ương", "plan"),
            ("930 tỷ đồng", "ngân sách tỉnh", "plan"),
        ],
    ),
    (
        "Đề nghị Bộ Tài chính bố trí kinh phí bổ sung 35 tỷ đồng cho việc nạo vét.",
        [("35 tỷ đồng", "kinh phí bổ sung", "actual")],
    ),
]


@pytest.mark.parametrize(("text", "expected"), WHOLE, ids=[text[:40] for text, _ in WHOLE])
def test_all_that_a_sentence_measures(text: str, expected: list[tuple[str, str, str]], tmp_path: Path) -> None:
    metrics = extracted(tmp_path, f"I. KẾT QUẢ\n\n1. {text}\n", "BÁO CÁO", "BC-BCT").metrics
    assert [(m.value_raw, m.indicator, m.role) for m in metrics] == expected


def test_the_states_of_money_share_no_unit_without_its_scale(tmp_path: Path) -> None:
    text = "I. KẾT QUẢ\n\n1. Đã cấp 1.200, còn thiếu 350 tỷ đồng.\n"
    assert [metric.unit for metric in extracted(tmp_path, text, "BÁO CÁO", "BC-BCT").metrics] == ["", "đồng"]


def test_a_bare_number_of_a_new_sentence_is_no_share(tmp_path: Path) -> None:
    text = "Số xã giảm 20%. Số biên chế công chức được giao năm 2025 là 13.215, số có mặt là 12.602 người."
    metrics = extracted(tmp_path, f"I. KẾT QUẢ\n\n1. {text}\n", "BÁO CÁO", "BC-BCT").metrics
    assert [metric.unit for metric in metrics] == ["%", "biên chế công chức", "người"]
