"""Printed quantities read to their values; what is no quantity gives none; offsets are sound whatever the text."""

import csv
import doctest
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.mentions import read_mentions
from normalizers import quantities
from normalizers.quantities import FoundQuantity, find_quantities
from normalizers.text import fold
from schemas.place import Passage

ANCHOR = date(2025, 6, 1)
TABLE = Path(__file__).parent / "quantities.tsv"


def _table() -> list[dict[str, str]]:
    """The lines of the example table; "\\u00a0" stands for the blank that nobody would see."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE, restval=""))
    for row in rows:
        for blank in ("\u00a0", "\u202f", "\u2009"):
            row["printed"] = row["printed"].replace(f"\\u{ord(blank):04x}", blank)
    return rows


def _cases(rows: list[dict[str, str]]) -> list[object]:
    return [
        pytest.param(
            row,
            id=row["printed"],
            marks=[pytest.mark.xfail(strict=True, reason=row["note"])] if row["note"] else [],
        )
        for row in rows
    ]


ROWS = _table()
FIGURES = [row for row in ROWS if row["form"] != "none"]
NO_FIGURES = [row for row in ROWS if row["form"] == "none"]
# "từ 10-15 năm" is a quantity to the grammar, but a stretch of time to those who ask for figures
TIMELESS = [row for row in FIGURES if row["unit"] != "năm"]


def _number(text: str) -> float | None:
    return float(text) if text else None


def _expected(row: dict[str, str]) -> list[object]:
    numbers = [_number(row[name]) for name in ("value", "value_high", "denominator")]
    return [*numbers, row["comparator"], row["unit"], row["form"]]


def _printed(found: FoundQuantity) -> list[object]:
    value = found.value
    form = f"{found.form} doubtful" if found.doubtful else found.form
    return [value.value, value.value_high, value.denominator, str(value.comparator), value.unit, form]


def _in_context(printed: str) -> list[FoundQuantity]:
    """The quantities beside the references, dates and names, as the extractors ask for them."""
    reading = read_mentions(Passage(printed, (None,) * len(printed)), ANCHOR)
    return find_quantities(reading.folded, reading.taken)


def test_the_examples_in_the_docstrings_hold() -> None:
    assert doctest.testmod(quantities).failed == 0


def test_the_table_is_long_and_repeats_nothing() -> None:
    assert len(ROWS) >= 320
    assert len({row["printed"] for row in ROWS}) == len(ROWS)


@pytest.mark.parametrize("row", _cases(FIGURES))
def test_a_printed_quantity_is_read(row: dict[str, str]) -> None:
    assert [_printed(found) for found in find_quantities(fold(row["printed"]))] == [_expected(row)]


@pytest.mark.parametrize("row", _cases(TIMELESS))
def test_no_name_or_date_takes_a_quantity_away(row: dict[str, str]) -> None:
    assert [_printed(found) for found in _in_context(row["printed"])] == [_expected(row)]


@pytest.mark.parametrize("row", _cases(NO_FIGURES))
@pytest.mark.parametrize("context", ["{}", "theo {}", "{}, {}.", "Thực hiện {} và báo cáo"])
def test_other_numbers_are_no_quantities(row: dict[str, str], context: str) -> None:
    assert _in_context(context.replace("{}", row["printed"])) == []


# --- properties -----------------------------------------------------------------------------------------------

SCALES = [("", 1), ("nghìn", 10**3), ("ngàn", 10**3), ("vạn", 10**4), ("triệu", 10**6), ("tỷ", 10**9), ("tỉ", 10**9)]
SCALES += [("nghìn tỷ", 10**12), ("triệu tỷ", 10**15), ("trăm triệu", 10**8)]
# Words and marks between which quantities stand, in any order.
PIECES = st.lists(
    st.sampled_from(
        [
            "hơn",
            "trên",
            "khoảng",
            "dưới",
            "từ",
            "đến",
            "-",
            "/",
            "%",
            "+",
            ".",
            ",",
            "(",
            ")",
            "nghìn",
            "tỷ",
            "triệu",
            "hồ sơ",
            "km2",
            "đồng/kg",
            "người/",
            "xếp hạng",
            "top",
            "thứ",
            "trên tổng số",
            "trở lên",
            "lần",
            "45",
            "1.250",
            "0766",
            "3,5",
            "12 345",
            "1 234 567",
            "50k",
            "abcdef",
            "\xa0",
            "≥",
            "Đ",
        ]
    ),
    max_size=14,
)


@given(st.integers(0, 10**6), st.integers(0, 99), st.sampled_from(SCALES), st.sampled_from([" ", "\u00a0", "\u202f"]))
def test_a_number_reads_back_however_it_is_printed(whole: int, cents: int, scale: tuple[str, int], blank: str) -> None:
    word, factor = scale
    tail = f"{blank}{word}{blank}đồng" if word else f"{blank}đồng"
    grouped = f"{whole:,}".replace(",", ".")
    decimal = f",{cents:02}"
    for printed, value in (
        (f"{whole}{tail}", whole * factor),
        (f"{grouped}{tail}", whole * factor),
        (f"{grouped.replace('.', blank)}{tail}", whole * factor),
        (f"{whole}{decimal}{tail}", (whole + cents / 100) * factor),
        (f"{grouped}{decimal}{tail}", (whole + cents / 100) * factor),
    ):
        (found,) = find_quantities(fold(f"chi {printed}."))
        assert found.value.value == pytest.approx(value, rel=1e-12), printed
        assert (found.value.unit, found.doubtful) == ("đồng", False), printed


@given(st.integers(1, 10**5), st.integers(1, 10**5))
def test_ranges_and_fractions_read_back(one: int, other: int) -> None:
    low, high = sorted((one, other + 10**5))
    grouped = [f"{number:,}".replace(",", ".") for number in (low, high)]
    (found,) = find_quantities(f"từ {grouped[0]} đến {grouped[1]} hộ")
    assert (found.value.value, found.value.value_high, found.form) == (low, high, "range")
    (found,) = find_quantities(f"{grouped[0]}/{grouped[1]} hộ")
    assert (found.value.value, found.value.denominator, found.form) == (low, high, "fraction")


@given(
    st.text(max_size=80) | PIECES.map(" ".join) | PIECES.map("".join),
    st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)).map(lambda ends: (min(ends), max(ends))), max_size=3),
)
def test_any_text_gives_sound_offsets(text: str, taken: list[tuple[int, int]]) -> None:
    folded = fold(text)
    position = 0
    for found in find_quantities(folded, taken):
        assert position <= found.start <= found.number < found.number_end <= found.end <= len(text)
        assert any(c.isdigit() for c in folded[found.number : found.number_end])
        assert not any(start <= found.number < end for start, end in taken)
        position = found.end
