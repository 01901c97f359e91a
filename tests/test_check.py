"""Issues: each check finds what it is for and keeps quiet otherwise."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.check import Records, check
from tests.texts import LETTERHEAD, extracted


def kinds(folder: Path, body: str, kind: str = "BÁO CÁO", symbol: str = "BC-BCT") -> list[str]:
    found = extracted(folder, body, kind, symbol)
    records = Records("0" * 64, found.header, found.tasks, found.metrics, found.agencies, found.numbers)
    return [issue.kind for issue in check(records)]


REPORTED = [
    ("scale_word_lost", "Đã tiếp nhận 19.6 hồ sơ."),
    ("share_above_whole", "Tỷ lệ hộ có nước sạch đạt 146,2%."),
    ("number_format", "Đã tiếp nhận 0766 hồ sơ."),
    ("number_unexplained", "Mã thiết bị là 7731."),
]
QUIET = [
    "Đã tiếp nhận 19.600 hồ sơ.",
    "Giải ngân đạt 104,5% kế hoạch.",
    "Thu nội địa đạt 12.874 tỷ đồng, bằng 111,6% dự toán.",
    "Tỷ lệ hộ có nước sạch đạt 46,2%.",
    "Thực hiện Quyết định số 15/2024/QĐ-TTg ngày 03/4/2024.",
]


@pytest.mark.parametrize(("kind", "text"), REPORTED)
def test_reported(kind: str, text: str, tmp_path: Path) -> None:
    assert kind in kinds(tmp_path, f"I. KẾT QUẢ\n\n1. {text}\n")


@pytest.mark.parametrize("text", QUIET)
def test_quiet(text: str, tmp_path: Path) -> None:
    assert kinds(tmp_path, f"I. KẾT QUẢ\n\n1. {text}\n") == []


def test_two_values_for_one_measure(tmp_path: Path) -> None:
    body = "I. KẾT QUẢ\n\n1. Sản lượng điện gió năm 2024 đạt 12 MWh.\n\n2. Sản lượng điện gió năm 2024 đạt 14 MWh.\n"
    assert kinds(tmp_path, body) == ["values_differ"]


def test_a_deadline_before_the_document(tmp_path: Path) -> None:
    body = "II. NHIỆM VỤ\n\n1. Giao Bộ Y tế ban hành hướng dẫn trước ngày 01/3/2025.\n"
    assert kinds(tmp_path, body, "THÔNG BÁO", "TB-BCT") == ["deadline_before_issue"]


def test_a_task_without_lead(tmp_path: Path) -> None:
    assert kinds(tmp_path, "II. NHIỆM VỤ\n\n1. Rà soát các hồ chứa xung yếu.\n") == ["lead_missing"]


def test_a_second_letterhead_in_one_file(tmp_path: Path) -> None:
    second = "\n".join(LETTERHEAD.format(symbol="TTr-BCT", type="TỜ TRÌNH").splitlines())
    body = f"I. KẾT QUẢ\n\nCông việc đã xong.\n\nNơi nhận:\n- Như trên.\n\n{second}"
    assert "second_document" in kinds(tmp_path, body)


def test_a_title_that_names_the_party_is_no_letterhead(tmp_path: Path) -> None:
    body = "I. NHIỆM KỲ ĐẠI HỘI ĐẢNG CỘNG SẢN VIỆT NAM\n\nCông việc đã xong.\n"
    assert kinds(tmp_path, body) == []


def test_a_section_that_names_nobody_is_one_issue(tmp_path: Path) -> None:
    items = "".join(f"{n}. Rà soát hồ chứa thứ hai mươi ở xã {name}.\n\n" for n, name in enumerate("ABCDE", 1))
    assert kinds(tmp_path, f"II. NHIỆM VỤ\n\n{items}").count("lead_missing") == 1
