"""Printed deadlines read to the last acceptable day, in cells and in running text of a document of 9 June 2025."""

import csv
import doctest
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normalizers import deadlines
from normalizers.deadlines import Deadline, add_working_days, best, find_deadlines, read_cell
from schemas.values import Precision

ISSUED = date(2025, 6, 9)  # a Monday
UNDATED = (Precision.RECURRING, Precision.ONGOING, Precision.NONE)

with (Path(__file__).parent / "deadlines.tsv").open(encoding="utf-8", newline="") as table:
    ROWS = list(csv.DictReader(table, delimiter="\t", quoting=csv.QUOTE_NONE))

# Pieces of which deadlines are made, in any order: the rules meet what they half know.
PIECES = st.lists(
    st.sampled_from(
        [
            "trước",
            "trong",
            "chậm nhất",
            "đến hết",
            "hoàn thành",
            "hằng",
            "định kỳ",
            "từ",
            "kể từ",
            "ngày",
            "tháng",
            "quý",
            "năm",
            "làm việc",
            "15/7/2025",
            "7/2025",
            "III/2025",
            "2026-2030",
            "2025",
            "30",
            "05",
            "cuối",
            "(",
            "các năm tiếp theo",
            "kỳ họp thứ 9",
            "17 giờ 00",
            "ban hành",
            ",",
            ".",
            ":",
        ]
    ),
    max_size=12,
)


def _cases(form: str) -> list[object]:
    return [
        pytest.param(
            row, id=row["printed"], marks=[pytest.mark.xfail(strict=True, reason=row["note"])] if row["note"] else []
        )
        for row in ROWS
        if row["form"] == form
    ]


def _read(deadline: Deadline | None) -> tuple[str, str]:
    if deadline is None:
        return "", "no deadline"
    return str(deadline.day or ""), str(deadline.precision)


def test_the_examples_in_the_docstrings_hold() -> None:
    assert doctest.testmod(deadlines).failed == 0


def test_the_table_is_long_and_repeats_nothing() -> None:
    assert len(ROWS) >= 110
    assert len({(row["form"], row["printed"]) for row in ROWS}) == len(ROWS)


@pytest.mark.parametrize("row", _cases("cell"))
def test_a_cell_is_read(row: dict[str, str]) -> None:
    assert _read(read_cell(row["printed"], ISSUED)) == (row["day"], row["precision"])


@pytest.mark.parametrize("row", _cases("text"))
def test_the_deadline_of_running_text_is_found(row: dict[str, str]) -> None:
    assert _read(best(find_deadlines(row["printed"], ISSUED))) == (row["day"], row["precision"])


@pytest.mark.parametrize(
    "row", [row for row in ROWS if row["form"] == "text" and not row["note"]], ids=lambda r: r["printed"]
)
def test_words_before_and_behind_change_nothing(row: dict[str, str]) -> None:
    if row["printed"].endswith(")."):
        pytest.skip("what stands last in brackets has nothing behind it")
    text = f"Sở Nội vụ chủ trì, {row['printed']}; phân công rõ người"
    assert _read(best(find_deadlines(text, ISSUED))) == (row["day"], row["precision"])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("gửi kết quả trước 17 giờ 00 ngày 15/6/2025.", "trước 17 giờ 00 ngày 15/6/2025"),
        ("hoàn thành trước ngày 15/7/2025, trình Bộ", "trước ngày 15/7/2025"),
        ("đưa trạm vào hoạt động từ tháng 8/2025, rồi", "từ tháng 8/2025"),
        ("định kỳ trước ngày 10 tháng 12 hằng năm gửi", "định kỳ trước ngày 10 tháng 12 hằng năm"),
        ("định kỳ báo cáo Chủ tịch hằng năm và sơ kết", "định kỳ báo cáo Chủ tịch hằng năm"),
        ("báo cáo định kỳ thứ Sáu hằng tuần về Sở", "định kỳ thứ Sáu hằng tuần"),
        ("báo cáo định kỳ 06 tháng/01 lần về Sở", "định kỳ 06 tháng/01 lần"),
        ("báo cáo định kỳ trước ngày 20 hằng tháng nhé", "định kỳ trước ngày 20 hằng tháng"),
        ("trong 05 ngày làm việc kể từ ngày 27/8/2025, nộp", "trong 05 ngày làm việc kể từ ngày 27/8/2025"),
    ],
)
def test_a_deadline_knows_its_words(text: str, words: str) -> None:
    found = best(find_deadlines(text, ISSUED))
    assert found is not None
    assert text[found.start : found.end] == words


def test_every_deadline_of_a_text_is_kept() -> None:
    text = "dự thảo trong tháng 7/2025, hoàn thành trước ngày 30/9/2025, báo cáo định kỳ hằng quý"
    found = find_deadlines(text, ISSUED)
    assert [deadline.day for deadline in found] == [date(2025, 7, 31), date(2025, 9, 30), None]
    assert found[-1].recurrence == "định kỳ hằng quý"


def test_a_date_without_a_year_needs_the_documents_date() -> None:
    assert find_deadlines("hoàn thành trước ngày 15/7", None) == []
    assert read_cell("Tháng 7", None) is None


@given(st.dates(date(2020, 1, 1), date(2030, 12, 31)), st.integers(1, 30))
def test_working_days_go_forward_over_weekends(start: date, count: int) -> None:
    day = add_working_days(start, count)
    assert day.weekday() < 5
    assert day >= start + timedelta(days=count)
    assert add_working_days(day, 1) == add_working_days(start, count + 1)


def test_public_holidays_are_no_working_days() -> None:
    # 30 April and 1 May 2025 were a Wednesday and a Thursday
    assert add_working_days(date(2025, 4, 29), 1) >= date(2025, 5, 2)


@given(st.text(max_size=80) | PIECES.map(" ".join), st.none() | st.dates(date(1990, 1, 1), date(2090, 12, 31)))
def test_any_text_gives_ordered_deadlines(text: str, issued_on: date | None) -> None:
    found = find_deadlines(text, issued_on)
    assert all(0 <= deadline.start < deadline.end <= len(text) for deadline in found)
    assert [deadline.start for deadline in found] == sorted(deadline.start for deadline in found)
    assert all((deadline.day is None) == (deadline.precision in UNDATED) for deadline in found)
    read_cell(text, issued_on)
