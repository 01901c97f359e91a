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
]


@pytest.mark.parametrize(("head", "column"), HEADS)
def test_column(head: str, column: str) -> None:
    assert role_of(fold(head)) is Column[column]


def tasks(folder: Path, rows: str, heads: str | None = None) -> tuple[Task, ...]:
    """The tasks of a table under a heading, in a page of HTML."""
    heads = (
        heads
        or "<tr><th>STT</th><th>Nhiệm vụ</th><th>Cơ quan chủ trì</th><th>Cơ quan phối hợp</th><th>Thời hạn</th></tr>"
    )
    path = folder / "plan.html"
    path.write_text(
        f"<html><head><meta charset='utf-8'></head><body><p>PHỤ LỤC</p><p>DANH MỤC NHIỆM VỤ</p><table>{heads}{rows}</table></body></html>",
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


def test_an_empty_lead_stays_empty(tmp_path: Path) -> None:
    (task,) = tasks(tmp_path, row("1", "Khảo sát luồng lạch", "", "Bộ Xây dựng", "Thường xuyên"))
    assert (list(task.lead), list(task.coop), task.deadline) == ([], ["Bộ Xây dựng"], None)
    assert task.deadline_precision == "ongoing"
