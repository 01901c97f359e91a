"""The declared rules for full stops, commas and blanks in numbers."""

import doctest
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normalizers import numbers
from normalizers.numbers import NUMBER, read_number

ALPHABET = "0123456789., \u00a0\u202f"


def test_the_examples_in_the_docstrings_hold() -> None:
    assert doctest.testmod(numbers).failed == 0


@pytest.mark.parametrize(
    ("printed", "value"),
    [
        ("0", 0), ("7", 7), ("07", 7), ("3005", 3005), ("120000", 120000),
        ("3.005", 3005), ("11.591", 11591), ("978.500", 978500), ("1.234.567", 1234567),
        ("10.3", 10.3), ("24.75", 24.75), ("0.766", 0.766), ("1234.567", 1234.567), ("3.1416", 3.1416),
        ("39,46", 39.46), ("0,5", 0.5), ("14,540", 14.54), ("5,0", 5),
        ("1.234,5", 1234.5), ("1,234.5", 1234.5), ("12.345.678,90", 12345678.9), ("12,345,678.90", 12345678.9),
        ("1,234,567", 1234567),
        ("12 345", 12345), ("1 234 567", 1234567), ("1\u00a0234\u00a0567", 1234567), ("1\u202f234", 1234),
        (" 45 ", 45),
    ],
)  # fmt: skip
def test_a_number_is_read_without_doubt(printed: str, value: float) -> None:
    read = read_number(printed)
    assert read is not None
    assert (read.value, read.doubtful) == (value, False)


@pytest.mark.parametrize(("printed", "value"), [("12.345", 12.345), ("1.250", 1.25), ("10.3", 10.3), ("95", 95)])
def test_a_percentage_groups_no_thousands(printed: str, value: float) -> None:
    read = read_number(printed, percent=True)
    assert read is not None
    assert read.value == value


@pytest.mark.parametrize("printed", ["0766", "007", "1.23.456", "12.34,5", "12,34,567", "1.5.2", "1234.567,8"])
def test_a_number_that_breaks_its_own_format_is_doubtful(printed: str) -> None:
    read = read_number(printed)
    assert read is not None
    assert read.doubtful


@pytest.mark.parametrize("printed", ["", " ", ".", "1.", ",5", "1..2", "1 23", "12 3456", "IV", "1a", "-5", "1/2"])
def test_what_has_no_shape_of_a_number_is_none(printed: str) -> None:
    assert read_number(printed) is None


@given(st.text(ALPHABET, max_size=24), st.booleans())
def test_whatever_the_pattern_finds_can_be_read(text: str, percent: bool) -> None:
    for match in re.finditer(NUMBER, text):
        read = read_number(match.group(), percent)
        assert read is not None
        assert read.value >= 0
