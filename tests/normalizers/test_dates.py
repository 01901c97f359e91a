"""Printed dates and periods read to their first and last day; a missing year comes from the anchor, never the clock."""

import csv
import doctest
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normalizers import dates
from normalizers.dates import Toward, find_dates, last_day, months
from normalizers.text import fold

with (Path(__file__).parent / "dates.tsv").open(encoding="utf-8", newline="") as table:
    ROWS = list(csv.DictReader(table, delimiter="\t", quoting=csv.QUOTE_NONE))

DAYS = st.dates(date(1900, 1, 1), date(2099, 12, 31))
# Pieces of which dates are made, in any order: the rules meet what they half know.
PIECES = st.lists(
    st.sampled_from(
        [
            "ngày",
            "tháng",
            "năm",
            "quý",
            "III",
            "giai đoạn",
            "nửa",
            "đầu",
            "cuối",
            "kỳ",
            "/",
            "-",
            ".",
            ",",
            "và",
            "đến",
            "6",
            "06",
            "31",
            "2025",
            "2026",
            "sáu",
            "trước",
            "\xa0",
            "(",
            ")",
        ]
    ),
    max_size=14,
)


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _found(row: dict[str, str], context: str = "{}") -> list[tuple[date | None, date | None, str]]:
    text = fold(context.replace("{}", row["printed"]))
    return [
        (found.span.start, found.span.end, str(found.span.precision))
        for found in find_dates(text, _day(row["anchor"]), Toward(row["toward"]))
    ]


def _expected(row: dict[str, str]) -> list[tuple[date | None, date | None, str]]:
    return [] if row["precision"] == "none" else [(_day(row["start"]), _day(row["end"]), row["precision"])]


def test_the_examples_in_the_docstrings_hold() -> None:
    assert doctest.testmod(dates).failed == 0


def test_the_table_is_long_and_repeats_nothing() -> None:
    assert len(ROWS) >= 90
    assert len({(row["printed"], row["anchor"], row["toward"]) for row in ROWS}) == len(ROWS)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['printed']} {row['toward']} {row['anchor']}".strip())
@pytest.mark.parametrize("context", ["{}", "Tính đến {}, toàn tỉnh", "theo kế hoạch ({})."])
def test_a_printed_date_is_read(row: dict[str, str], context: str) -> None:
    assert _found(row, context) == _expected(row)


def test_a_date_knows_where_it_stands() -> None:
    text = "từ ngày 28/5/2025 đến hết quý iii/2025"
    assert [text[found.start : found.end] for found in find_dates(text)] == ["ngày 28/5/2025", "quý iii/2025"]


def test_a_date_tells_whether_its_year_is_printed() -> None:
    found = find_dates("tháng 4 và ngày 03/5/2025", date(2025, 6, 9))
    assert [date.has_year for date in found] == [False, True]


@given(DAYS)
def test_a_day_reads_back_however_it_is_printed(day: date) -> None:
    for printed in (
        f"ngày {day.day:02} tháng {day.month:02} năm {day.year}",
        f"ngày {day.day} tháng {day.month} năm {day.year}",
        f"{day.day}/{day.month}/{day.year}",
        f"{day.day:02}.{day.month:02}.{day.year}",
        f"{day.day:02}-{day.month:02}-{day.year}",
        f"{day.day} / {day.month} / {day.year}",
        day.isoformat(),
    ):
        assert [(found.span.start, found.span.end) for found in find_dates(printed)] == [(day, day)], printed


@given(st.integers(1900, 2099), st.integers(1, 12))
def test_a_month_ends_on_its_last_day(year: int, month: int) -> None:
    span = months(year, month, month)
    assert span.end == last_day(year, month)
    assert [found.span for found in find_dates(f"tháng {month}/{year}")] == [span]


@given(st.text(max_size=80) | PIECES.map(" ".join) | PIECES.map("".join), st.none() | DAYS, st.sampled_from(Toward))
def test_any_text_gives_ordered_dates(text: str, anchor: date | None, toward: Toward) -> None:
    position = 0
    for found in find_dates(fold(text), anchor, toward):
        assert position <= found.start < found.end <= len(text)
        assert found.span.start is not None
        assert found.span.end is not None
        assert found.span.start <= found.span.end
        position = found.end
