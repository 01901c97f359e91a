"""Directives in running text: who leads, who cooperates, by when; and what is no task."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from schemas.records import Task
from tests.texts import extracted

TABLE = Path(__file__).with_name("directives.tsv")
with TABLE.open(encoding="utf8") as lines:
    DIRECTIVES = [row for row in csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE) if row[0][0] != "#"]


def cell(values: object) -> str:
    if isinstance(values, (list, tuple)):
        return ";".join(map(str, values)) or "-"
    return str(values) if values else "-"


def fields(task: Task) -> tuple[str, str, str, str]:
    return cell(task.lead), cell(task.coop), cell(task.deadline), task.deadline_precision or "none"


@pytest.mark.parametrize(("text", "lead", "coop", "deadline", "precision"), DIRECTIVES, ids=lambda cell: cell[:40])
def test_directive(text: str, lead: str, coop: str, deadline: str, precision: str, tmp_path: Path) -> None:
    (task,) = extracted(tmp_path, f"II. NHIỆM VỤ, GIẢI PHÁP\n\n1. {text}\n").tasks
    assert fields(task) == (lead, coop, deadline, precision)
    assert task.text == text
    assert task.ordinal == "1"


def test_items_below_an_actor_are_led_by_it(tmp_path: Path) -> None:
    body = """II. TỔ CHỨC THỰC HIỆN

1. Bộ Y tế:

a) Hoàn thiện quy trình tiếp nhận, xong trước ngày 10/8/2025.

b) Phối hợp với Bộ Công an làm sạch dữ liệu người bệnh.

2. Bộ Nội vụ:

a) Hướng dẫn sắp xếp các trạm y tế trong năm 2025.
"""
    tasks = extracted(tmp_path, body).tasks
    assert [(task.ordinal, *fields(task)[:3]) for task in tasks] == [
        ("a)", "Bộ Y tế", "-", "2025-08-10"),
        ("b)", "Bộ Y tế", "Bộ Công an", "-"),
        ("a)", "Bộ Nội vụ", "-", "2025-12-31"),
    ]


def test_labelled_clauses_below_an_item(tmp_path: Path) -> None:
    body = """II. NHIỆM VỤ

1. Xây dựng bản đồ ngập lụt của lưu vực sông Cầu

- Cơ quan chủ trì: Bộ Nông nghiệp và Môi trường.

- Cơ quan phối hợp: Bộ Quốc phòng, Ủy ban nhân dân tỉnh Thái Nguyên.

- Thời gian hoàn thành: Quý III năm 2025.
"""
    (task,) = extracted(tmp_path, body, "KẾ HOẠCH", "KH-BCT").tasks
    assert fields(task) == (
        "Bộ Nông nghiệp và Môi trường",
        "Bộ Quốc phòng;Ủy ban nhân dân tỉnh Thái Nguyên",
        "2025-09-30",
        "quarter",
    )
    assert task.text == "Xây dựng bản đồ ngập lụt của lưu vực sông Cầu"


TWO_SENTENCES = "Giao Bộ Y tế ban hành hướng dẫn trước 01/7/2025. Giao Bộ Tài chính cấp vốn trong Quý III/2025."


def test_two_sentences_of_a_paragraph_to_two_actors_are_two_tasks(tmp_path: Path) -> None:
    tasks = extracted(tmp_path, f"II. NHIỆM VỤ\n\n{TWO_SENTENCES}\n").tasks
    assert [fields(task)[0] for task in tasks] == ["Bộ Y tế", "Bộ Tài chính"]


def test_an_item_is_one_task_of_all_its_actors(tmp_path: Path) -> None:
    (task,) = extracted(tmp_path, f"II. NHIỆM VỤ\n\n1. {TWO_SENTENCES}\n").tasks
    assert fields(task)[0] == "Bộ Y tế;Bộ Tài chính"


@pytest.mark.parametrize(
    "body",
    [
        "I. KẾT QUẢ ĐẠT ĐƯỢC\n\n1. Bộ Y tế đã ban hành hướng dẫn trước ngày 01/7/2025.",
        "I. TÌNH HÌNH\n\nNăm qua, Bộ Xây dựng hoàn thành 12 bến cạn.",
        "II. NHIỆM VỤ\n\nMột số nhiệm vụ trọng tâm như sau:",
        "I. MỤC TIÊU\n\n- Phấn đấu 95% trạm y tế có bác sĩ.",
    ],
)
def test_no_task(body: str, tmp_path: Path) -> None:
    assert extracted(tmp_path, body, "BÁO CÁO", "BC-BCT").tasks == ()


def test_the_text_of_a_task_is_its_quote(tmp_path: Path) -> None:
    text = "Giao Bộ Y tế rà soát các trạm y tế xã ở vùng sâu, vùng xa, vùng biên giới và hải đảo để có phương án"
    (task,) = extracted(tmp_path, f"II. NHIỆM VỤ\n\n1. {text}\nsắp xếp lại.\n").tasks
    assert task.quote == task.text == f"{text} sắp xếp lại."
