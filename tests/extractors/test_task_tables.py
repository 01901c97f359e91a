"""Tables of tasks: columns known by their heads, group rows, merged deadlines, two-part heads."""

from __future__ import annotations

from pathlib import Path

import pytest

from extractors.task_tables import Column, role_of
from normalizers.text import fold
from pipeline.extract import extract
from pipeline.outline import outline
from pipeline.read import read
from schemas.records import Task

HEADS = [
    ("Nhiệm vụ", "TASK"),
    ("Nội dung công việc", "TASK"),
    ("Cơ quan chủ trì", "LEAD"),
    ("Đơn vị chủ trì thực hiện", "LEAD"),
    ("Cơ quan phối hợp", "COOP"),
    ("Đơn vị phối hợp", "COOP"),
    ("Thời hạn hoàn thành", "DEADLINE"),
    ("Thời gian thực hiện", "DEADLINE"),
    ("Sản phẩm", "OUTPUT"),
    ("STT", "ORDINAL"),
    ("TT", "ORDINAL"),
    ("Thời gian / Bắt đầu", "OTHER"),
    ("Thời gian / Kết thúc", "DEADLINE"),
    ("Thời gian bắt đầu - kết thúc", "DEADLINE"),
    ("Ngày giao nhiệm vụ", "OTHER"),
    ("Năm hoàn thành", "DEADLINE"),
    ("Hoàn thành trước", "DEADLINE"),
    ("Hoàn thành trước hạn", "OTHER"),
    ("Giao cho năm 2025", "OTHER"),
    ("Giao cho", "LEAD"),
    ("Chủ thể thực hiện", "LEAD"),
    ("Tham gia", "COOP"),
    ("Cơ quan liên quan", "COOP"),
    ("Cùng thực hiện", "COOP"),
]


@pytest.mark.parametrize(("head", "column"), HEADS)
def test_column(head: str, column: str) -> None:
    assert role_of(fold(head)) is Column[column]


def tasks(folder: Path, rows: str, heads: str | None = None, day: str = "") -> tuple[Task, ...]:
    """The tasks of a table under a heading, in a page of HTML, of the day that is given ("Hà Nội, ngày …")."""
    heads = (
        heads
        or "<tr><th>STT</th><th>Nhiệm vụ</th><th>Cơ quan chủ trì</th><th>Cơ quan phối hợp</th><th>Thời hạn</th></tr>"
    )
    lines = ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc", day)
    letterhead = "".join(f"<p>{line}</p>" for line in lines) if day else ""
    path = folder / "plan.html"
    path.write_text(
        f"<html><head><meta charset='utf-8'></head><body>{letterhead}<p>PHỤ LỤC</p><p>DANH MỤC NHIỆM VỤ</p><table>{heads}{rows}</table></body></html>",
        "utf8",
    )
    document = read(path, "0" * 64)
    return extract(document, outline(document)).tasks


def row(*cells: str) -> str:
    return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"


def test_a_row_is_a_task(tmp_path: Path) -> None:
    (task,) = tasks(tmp_path, row("1", "Xây dựng bản đồ ngập", "Bộ Y tế", "Bộ Nội vụ; Bộ Quốc phòng", "Tháng 9/2025"))
    assert (task.text, list(task.lead), list(task.coop)) == (
        "Xây dựng bản đồ ngập",
        ["Bộ Y tế"],
        ["Bộ Nội vụ", "Bộ Quốc phòng"],
    )
    assert (str(task.deadline), task.deadline_precision, task.ordinal) == ("2025-09-30", "month", "1")


def test_group_rows_are_no_tasks(tmp_path: Path) -> None:
    group = "<tr><td>I</td><td colspan='4'>VỀ HẠ TẦNG</td></tr>"
    found = tasks(tmp_path, group + row("1", "Mở rộng bến cạn", "Bộ Xây dựng", "", "2025"))
    assert [task.text for task in found] == ["Mở rộng bến cạn"]


def test_a_merged_cell_holds_for_all_its_rows(tmp_path: Path) -> None:
    first = "<tr><td>1</td><td>Mở bến</td><td rowspan='2'>Bộ Xây dựng</td><td></td><td rowspan='2'>30/9/2025</td></tr>"
    second = "<tr><td>2</td><td>Đóng bến cũ</td><td></td></tr>"
    found = tasks(tmp_path, first + second)
    assert [(task.text, list(task.lead), str(task.deadline)) for task in found] == [
        ("Mở bến", ["Bộ Xây dựng"], "2025-09-30"),
        ("Đóng bến cũ", ["Bộ Xây dựng"], "2025-09-30"),
    ]


def test_what_is_as_above_is_that_of_the_row_above(tmp_path: Path) -> None:
    rows = row("1", "Xây dựng bản đồ ngập", "Bộ Y tế", "Bộ Nội vụ", "15/9/2025")
    rows += row("2", "Sửa chữa trạm bơm", "Như trên", "-nt-", "”") + row("3", "Nạo vét kênh", "nt", "-", "20/9/2025")
    found = [(list(task.lead), list(task.coop), str(task.deadline)) for task in tasks(tmp_path, rows)]
    assert found == [
        (["Bộ Y tế"], ["Bộ Nội vụ"], "2025-09-15"),
        (["Bộ Y tế"], ["Bộ Nội vụ"], "2025-09-15"),
        (["Bộ Y tế"], [], "2025-09-20"),
    ]


def test_an_empty_lead_stays_empty(tmp_path: Path) -> None:
    (task,) = tasks(tmp_path, row("1", "Khảo sát luồng lạch", "", "Bộ Xây dựng", "Thường xuyên"))
    assert (list(task.lead), list(task.coop), task.deadline) == ([], ["Bộ Xây dựng"], None)
    assert task.deadline_precision == "ongoing"


@pytest.mark.parametrize("head", ["Việc phải làm", "Đầu việc", "Dự thảo văn bản", "Kiến nghị của cử tri"])
def test_the_long_texts_before_lead_and_deadline_are_the_work(head: str, tmp_path: Path) -> None:
    heads = row("STT", head, "Đơn vị thực hiện", "Hạn", "Ghi chú").replace("td>", "th>")
    rows = row(
        "1", "Rà soát quy hoạch cảng biển", "Sở Xây dựng", "30/11/2025", "Làm trong hai đợt, báo cáo sau mỗi đợt"
    )
    found = tasks(tmp_path, rows + row("2", "Sửa đổi quy chế tiếp dân", "Sở Nội vụ", "15/12/2025", ""), heads)
    assert [(task.text, list(task.lead), str(task.deadline)) for task in found] == [
        ("Rà soát quy hoạch cảng biển", ["Sở Xây dựng"], "2025-11-30"),
        ("Sửa đổi quy chế tiếp dân", ["Sở Nội vụ"], "2025-12-15"),
    ]


def test_bare_numbers_under_month_and_quarter_are_deadlines(tmp_path: Path) -> None:
    heads = row("STT", "Nhiệm vụ", "Chủ trì", "Thời gian trình (tháng)", "Quý trình").replace("td>", "th>")
    rows = row("1", "Nghị định về bến cạn", "Bộ Xây dựng", "3", "") + row("2", "Đề án kho lạnh", "Bộ Y tế", "", "II")
    found = tasks(tmp_path, rows, heads, "DANH MỤC ĐỀ ÁN TRÌNH CHÍNH PHỦ NĂM 2026")
    assert [(str(task.deadline), task.deadline_precision) for task in found] == [
        ("2026-03-31", "month"),
        ("2026-06-30", "quarter"),
    ]


def test_the_agency_over_a_group_leads_its_rows(tmp_path: Path) -> None:
    heads = row("TT", "Nội dung nhiệm vụ", "Cơ quan phối hợp", "Thời hạn", "Sản phẩm").replace("td>", "th>")
    rows = '<tr><td>I</td><td colspan="4"><b>BỘ KHOA HỌC VÀ CÔNG NGHỆ</b></td></tr>'
    rows += row("1", "Lập sàn giao dịch công nghệ", "Bộ Y tế", "15/9/2025", "Sàn giao dịch")
    rows += '<tr><td>II</td><td colspan="4"><b>Về phát triển nhân lực</b></td></tr>'
    rows += row("2", "Đào tạo kỹ sư bán dẫn", "Bộ Nội vụ", "20/9/2025", "Lớp học")
    assert [list(task.lead) for task in tasks(tmp_path, rows, heads)] == [["Bộ Khoa học và Công nghệ"], []]


def test_units_of_measure_are_no_leads(tmp_path: Path) -> None:
    heads = row("TT", "Nội dung chỉ tiêu", "Đơn vị", "Kết quả năm 2025", "Lộ trình đến 2030").replace("td>", "th>")
    rows = row("1", "Tỷ lệ trường đạt chuẩn", "%", "61,2", "80") + row(
        "2", "Số phòng học xây mới", "phòng", "98", "200"
    )
    assert not tasks(tmp_path, rows, heads)


def test_a_list_of_projects_is_no_list_of_tasks(tmp_path: Path) -> None:
    heads = row("STT", "Tên dự án", "Đơn vị thực hiện", "Thời gian").replace("td>", "th>")
    assert not tasks(tmp_path, row("1", "Đường vào khu công nghiệp phía bắc", "Sở Xây dựng", "2025"), heads)


@pytest.mark.parametrize("cell", ["Sở Y tế (chủ trì)<br>Sở Tài chính (phối hợp)", "CT: Sở Y tế<br>PH: Sở Tài chính"])
def test_one_cell_may_say_who_leads_and_who_joins(cell: str, tmp_path: Path) -> None:
    (task,) = tasks(tmp_path, row("1", "Xây dựng bản đồ ngập", cell, "", "30/9/2025"))
    assert (list(task.lead), list(task.coop)) == (["Sở Y tế"], ["Sở Tài chính"])


def test_a_person_in_charge_beside_the_lead_supervises(tmp_path: Path) -> None:
    heads = row("STT", "Nhiệm vụ", "Đầu mối", "Người phụ trách", "Hạn").replace("td>", "th>")
    (task,) = tasks(tmp_path, row("1", "Lập sổ theo dõi", "Sở Y tế", "Phó Giám đốc Lê Thị Thử", "30/9/2025"), heads)
    assert (list(task.lead), list(task.supervisors)) == (["Sở Y tế"], ["Lê Thị Thử"])


@pytest.mark.parametrize(("last", "deadline"), [("Kết quả thực hiện", "2025-02-15"), ("Ghi chú", "2026-02-15")])
def test_a_report_names_days_that_are_past(last: str, deadline: str, tmp_path: Path) -> None:
    heads = row("STT", "Nhiệm vụ", "Chủ trì", "Thời hạn", last).replace("td>", "th>")
    rows = row("1", "Lập sổ theo dõi", "Sở Y tế", "15/2", "Đã lập")
    (task,) = tasks(tmp_path, rows, heads, "Hà Nội, ngày 03 tháng 7 năm 2025")
    assert str(task.deadline) == deadline


STATE_HEADS = (
    "<tr><th>STT</th><th>Nhiệm vụ</th><th>Cơ quan chủ trì</th><th>Kết quả thực hiện</th><th>Tình trạng</th></tr>"
)
CROSS_HEADS = (
    "<tr><th>STT</th><th>Nhiệm vụ</th><th>Cơ quan chủ trì</th><th>Đã hoàn thành</th><th>Đang thực hiện</th></tr>"
)


def test_a_column_of_states_goes_before_the_words_of_the_result(tmp_path: Path) -> None:
    rows = (
        "<tr><td>1</td><td>Xây cầu phao qua sông</td><td>Bộ Xây dựng</td><td>Đã trình, đang lấy ý kiến</td><td>Quá hạn</td></tr>"
        "<tr><td>2</td><td>Sửa kè biển phía nam</td><td>Bộ Xây dựng</td><td>Nghiệm thu ngày 02/5/2025</td><td>Đã hoàn thành</td></tr>"
        "<tr><td>3</td><td>Lập bản đồ bãi bồi</td><td>Bộ Xây dựng</td><td></td><td>Chưa thực hiện</td></tr>"
    )
    assert [task.status for task in tasks(tmp_path, rows, STATE_HEADS)] == ["overdue", "done", "not_started"]


def test_a_cross_under_a_state(tmp_path: Path) -> None:
    rows = (
        "<tr><td>1</td><td>Xây cầu phao qua sông</td><td>Bộ Xây dựng</td><td>x</td><td></td></tr>"
        "<tr><td>2</td><td>Sửa kè biển phía nam</td><td>Bộ Xây dựng</td><td></td><td>x</td></tr>"
    )
    assert [task.status for task in tasks(tmp_path, rows, CROSS_HEADS)] == ["done", "in_progress"]


def test_leads_and_partners_in_one_cell(tmp_path: Path) -> None:
    rows = "<tr><td>1</td><td>Xây cầu phao qua sông</td><td>Bộ Xây dựng chủ trì; Bộ Y tế, Bộ Công an phối hợp</td><td></td><td></td></tr>"
    (task,) = tasks(tmp_path, rows)
    assert (task.lead, task.coop) == (("Bộ Xây dựng",), ("Bộ Y tế", "Bộ Công an"))


def test_every_deadline_of_a_task_is_kept(tmp_path: Path) -> None:
    rows = row(
        "1", "Xây cầu phao; trình đề án trước ngày 15/3/2031", "Bộ Xây dựng", "", "Dự thảo: 30/6/2031; trình: 30/9/2031"
    )
    (task,) = tasks(tmp_path, rows)
    assert (str(task.deadline), task.deadline_raw) == ("2031-09-30", "30/9/2031")
    assert [(due.raw, str(due.deadline), due.precision) for due in task.further_deadlines] == [
        ("30/6/2031", "2031-06-30", "day"),
        ("trước ngày 15/3/2031", "2031-03-15", "day"),
    ]


@pytest.mark.parametrize(
    ("head", "cells"),
    [
        ("Tiến độ trình/hoàn thành", ("Trước 15/10/2031", "Tháng 11/2031")),
        ("Dự kiến hoàn thành", ("15/10/2031", "Tháng 11/2031")),
    ],
)
def test_what_its_cells_hold_settles_a_head(head: str, cells: tuple[str, str], tmp_path: Path) -> None:
    heads = f"<tr><th>STT</th><th>Nhiệm vụ</th><th>Cơ quan chủ trì</th><th>{head}</th></tr>"
    rows = "".join(row(str(n), "Xây cầu phao qua sông", "Bộ Xây dựng", cell) for n, cell in enumerate(cells, 1))
    assert [str(task.deadline) for task in tasks(tmp_path, rows, heads)] == ["2031-10-15", "2031-11-30"]


def test_a_head_of_progress_over_results_stays_one(tmp_path: Path) -> None:
    heads = "<tr><th>STT</th><th>Nhiệm vụ</th><th>Cơ quan chủ trì</th><th>Tiến độ</th></tr>"
    (task,) = tasks(tmp_path, row("1", "Xây cầu phao", "Bộ Xây dựng", "Đã trình Chính phủ, đang lấy ý kiến"), heads)
    assert (task.deadline, task.status) == (None, "in_progress")


def test_names_that_look_like_no_agency_lead_in_their_own_column(tmp_path: Path) -> None:
    (task,) = tasks(tmp_path, row("1", "Trực phòng cháy ở kho", "Các chủ kho muối", "Bộ Công an", "Thường xuyên"))
    assert (list(task.lead), task.lead_ids[0][:2]) == (["Các chủ kho muối"], "x-")


def test_a_partner_in_brackets(tmp_path: Path) -> None:
    (task,) = tasks(tmp_path, row("1", "Xây cầu phao qua sông", "Bộ Xây dựng (Bộ Y tế phối hợp)", "", "2031"))
    assert (list(task.lead), list(task.coop)) == (["Bộ Xây dựng"], ["Bộ Y tế"])


def test_a_partner_that_no_registry_knows_is_named_whole(tmp_path: Path) -> None:
    (task,) = tasks(tmp_path, row("1", "Dựng cột đèn biển", "Bộ Xây dựng", "Các doanh nghiệp đóng tàu", "Tháng 9/2025"))
    assert list(task.coop) == ["Các doanh nghiệp đóng tàu"]


GROUPED_HEADS = "<tr><th>TT</th><th>Nhiệm vụ được giao</th><th>Văn bản giao</th><th>Kết quả thực hiện</th></tr>"


def grouped(folder: Path, *rows: str | tuple[str, str]) -> list[str | None]:
    """The states of rows under heads of groups; a row is its task and its result."""
    made = (
        f"<tr><td colspan='4'>{each}</td></tr>"
        if isinstance(each, str)
        else row(str(n), each[0], "Số 5/TB-UBND", each[1])
        for n, each in enumerate(rows)
    )
    return [task.status for task in tasks(folder, "".join(made), GROUPED_HEADS)]


def test_the_state_of_a_group_holds_for_its_rows(tmp_path: Path) -> None:
    rows = (
        "A. Nhiệm vụ đã hoàn thành",
        ("Đặt phao nổi ở cửa sông", "Đã trình tại Tờ trình số 6/TTr-SXD"),
        ("Sơn lại trạm đèn", "Hoàn thành ngày 16/5/2025 (chậm 06 ngày)"),
        "B. Nhiệm vụ đang thực hiện, trong hạn",
        ("Nạo vét luồng phía nam", "Đã nạo vét 3 km"),
        ("Mở bến cá mới", "Chưa triển khai, chờ vốn"),
        "C. Nhiệm vụ quá hạn chưa hoàn thành",
        ("Dời trạm cân cũ", "Mới dời 2/5 trạm"),
        ("Lập bản đồ bãi bồi", "Đang hoàn thiện"),
    )
    expected = ["done", "done", "in_progress", "not_started", "overdue", "overdue"]
    assert grouped(tmp_path, *rows) == expected


def test_a_group_within_a_group_keeps_the_state_and_the_next_of_its_rank_ends_it(tmp_path: Path) -> None:
    rows = (
        "I. Nhiệm vụ hoàn thành quá hạn",
        "1. Về cảng cá",
        ("Đặt phao nổi ở cửa sông", "Nghiệm thu tháng 5"),
        "II. Về đèn biển",
        ("Sơn lại trạm đèn", "Đang sơn"),
    )
    assert grouped(tmp_path, *rows) == ["done", "in_progress"]
