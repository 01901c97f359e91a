"""Numbers and symbols of documents: state, Party and Assembly, whole and broken; what has no number gives none."""

import csv
import doctest
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normalizers import document_numbers
from normalizers.document_numbers import TYPES, canonical_type, find_numbers

with (Path(__file__).parent / "document_numbers.tsv").open(encoding="utf-8", newline="") as table:
    ROWS = list(csv.DictReader(table, delimiter="\t", quoting=csv.QUOTE_NONE))

SYMBOLS = st.sampled_from(["NQ-CP", "QĐ-TTg", "TB-VPCP", "TT-BYT", "QĐ-UBND", "NĐ-CP", "KH-BCĐ", "TTr-BTC", "CT-TTg"])


def test_the_examples_in_the_docstrings_hold() -> None:
    assert doctest.testmod(document_numbers).failed == 0


def test_the_table_is_long_and_repeats_nothing() -> None:
    assert len(ROWS) >= 60
    assert len({row["printed"] for row in ROWS}) == len(ROWS)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["printed"])
@pytest.mark.parametrize("context", ["{}", "Căn cứ {} ", "theo ({}), báo cáo"])
def test_the_numbers_of_a_text_are_found(row: dict[str, str], context: str) -> None:
    text = context.replace("{}", row["printed"])
    assert [found.number for found in find_numbers(text)] == [number for number in row["numbers"].split(";") if number]


@pytest.mark.parametrize(
    ("printed", "kind", "words"),
    [
        ("NQ193/2025/QH15", "Nghị quyết", "NQ193/2025/QH15"),
        ("theo QĐ 749/QĐ-TTg", "Quyết định", "QĐ 749/QĐ-TTg"),
        ("KH 45/KH-UBND", "Kế hoạch", "KH 45/KH-UBND"),
        ("số 71/NQ-CP", None, "71/NQ-CP"),
        ("57-NQ 71/NQ-CP", None, "71/NQ-CP"),
    ],
)
def test_a_type_that_hangs_on_the_number_is_told(printed: str, kind: str | None, words: str) -> None:
    found = find_numbers(printed)[-1]
    assert (found.glued_type, printed[found.start : found.end]) == (kind, words)


@pytest.mark.parametrize(
    ("printed", "name"),
    [("NGHỊ QUYẾT", "Nghị quyết"), ("các  văn bản", "Văn bản"), ("Bộ luật", "Bộ luật"), ("tờ trình", "Tờ trình")],
)
def test_types_have_one_spelling(printed: str, name: str) -> None:
    assert canonical_type(printed) == name


def test_every_type_is_its_own_name() -> None:
    assert [canonical_type(name).lower() for name in TYPES] == list(TYPES)


@given(
    st.integers(1, 99999), st.none() | st.integers(1990, 2049), SYMBOLS, st.sampled_from(["-", "–", "- ", " -", " - "])
)
def test_a_number_reads_back_however_it_is_broken(number: int, year: int | None, symbol: str, dash: str) -> None:
    head = f"{number:02}/{year}" if year else f"{number:02}"
    (found,) = find_numbers(f"số {head}/{symbol.replace('-', dash)} ngày")
    assert found.number == f"{head}/{symbol}"


@given(
    st.text(max_size=60)
    | st.lists(st.sampled_from(["71", "/", "-", " ", "NQ", "CP", "2025", "QH15", "số", "."])).map("".join)
)
def test_any_text_gives_ordered_numbers(text: str) -> None:
    position = 0
    for found in find_numbers(text):
        assert position <= found.start < found.end <= len(text)
        assert found.number[0].isdigit()
        position = found.end
