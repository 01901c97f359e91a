"""What a person reads of rows: numbers, times and words in the language of the page, no internal names."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from audit.cards import Speaker
from audit.reviewing import _number, changes
from audit.wordings import wording

VIETNAMESE, ENGLISH = (Speaker(wording(language), language) for language in ("vi", "en"))


@pytest.mark.parametrize(
    ("value", "vietnamese", "english"),
    [(1234.5, "1.234,5", "1,234.5"), (3005.0, "3.005", "3,005"), (0.766, "0,766", "0.766"), (12, "12", "12")],
)
def test_numbers(value: float, vietnamese: str, english: str) -> None:
    assert (VIETNAMESE.value("", value), ENGLISH.value("", value)) == (vietnamese, english)


def test_a_moment_is_told_as_the_clock_shows_it_in_vietnam() -> None:
    evening = datetime(2025, 12, 31, 18, 5, tzinfo=UTC)
    assert VIETNAMESE.moment(evening) == "01/01/2026 01:05"
    assert ENGLISH.moment(evening) == "01/01/2026 01:05 (UTC+7)"


@pytest.mark.parametrize(
    ("kind", "expression", "vietnamese", "english"),
    [
        ("sum", "4120000000000 + 46.5 = 12", "4.120.000.000.000 + 46,5 = 12", "4,120,000,000,000 + 46.5 = 12"),
        ("ratio", "1784 / 17842 = 10%", "1.784 / 17.842 = 10%", "1,784 / 17,842 = 10%"),
        ("count_of_list", "5 mục = 5 km2", "5 mục = 5 km2", "5 items = 5 km2"),
        ("format", "1.234 xã: 1234 hay 1.234", "1.234 xã: 1.234 hay 1,234", "1.234 xã: 1,234 or 1.234"),
    ],
)
def test_expressions(kind: str, expression: str, vietnamese: str, english: str) -> None:
    assert VIETNAMESE.expression(kind, expression) == vietnamese
    assert ENGLISH.expression(kind, expression) == english


@pytest.mark.parametrize(
    ("kind", "text", "vietnamese", "english"),
    [
        ("number", "1234.5", "1234,5", "1234.5"),
        ("date", "2025-12-31", "31/12/2025", "31/12/2025"),
        ("text", "2025-12-31", "2025-12-31", "2025-12-31"),
        ("date", "", "", ""),
    ],
)
def test_what_stands_in_an_input(kind: str, text: str, vietnamese: str, english: str) -> None:
    assert (VIETNAMESE.typed(kind, text), ENGLISH.typed(kind, text)) == (vietnamese, english)


def test_rules_have_names() -> None:
    assert (VIETNAMESE.rule("metric_table"), ENGLISH.rule("metric_table")) == (
        "số liệu trong ô bảng", "metric in a cell of a table",
    )  # fmt: skip
    assert VIETNAMESE.rule("date_month_bare") == VIETNAMESE.rule("date_year") == "ngày, tháng, quý hoặc năm"
    assert VIETNAMESE.rule("brand_new") == "brand_new"


def test_a_comparator_is_a_sign_that_a_person_reads() -> None:
    assert [VIETNAMESE.value("comparator", sign) for sign in (">=", "<=", "~", "=")] == ["≥", "≤", "≈", "="]


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("1.259.499", 1259499.0), ("1,259,499", 1259499.0), ("1.234,5", 1234.5), ("1,234.5", 1234.5), ("1234,5", 1234.5),
        ("0,766", 0.766), ("-2.5", -2.5), ("1.234", None), ("1.23.456", None), ("1.234.56", None), ("năm", None),
    ],
)  # fmt: skip
def test_numbers_that_are_typed(typed: str, value: float | None) -> None:
    assert _number(typed) == value


@pytest.mark.parametrize("typed", ["1234,5", "1.234,5", "1234.5"])
def test_a_value_typed_otherwise_is_no_change(typed: str) -> None:
    row = {"value": 1234.5, "period_end": date(2025, 12, 31)}
    form = {"value": typed, "period_end": "31/12/2025"}
    assert changes("metrics", form, row, wording("vi"), None) == {}


def test_large_numbers_are_short_where_there_is_little_room() -> None:
    assert [VIETNAMESE.brief(value) for value in (1250e9, 402.5e9, 62e6)] == ["1.250 tỷ", "402,5 tỷ", "62.000.000"]
    assert ENGLISH.brief(1250e9) == "1,250 bn"
