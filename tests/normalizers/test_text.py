"""Folding: one spelling, and never a moved offset."""

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normalizers import text
from normalizers.text import bare, bare_folded, fold


def test_the_examples_in_the_docstrings_hold() -> None:
    assert doctest.testmod(text).failed == 0


@given(st.text())
def test_folding_keeps_every_offset(printed: str) -> None:
    assert len(fold(printed)) == len(printed)
    assert len(bare(printed)) == len(printed)


@pytest.mark.parametrize(
    ("printed", "folded"),
    [
        ("HOÀ BÌNH", "hòa bình"),
        ("Uỷ ban, UỶ BAN, Ủy ban", "ủy ban, ủy ban, ủy ban"),
        ("thuý, thúy, khoẻ, khỏe", "thúy, thúy, khỏe, khỏe"),
        ("toàn, tòan, hoãn, hõan", "toàn, toàn, hoãn, hoãn"),
        ("quý, quí, quỹ, huỳnh, nguyễn", "quý, quý, quỹ, huỳnh, nguyễn"),
        ("tỉ lệ, tỉnh, tỷ", "tỷ lệ, tỉnh, tỷ"),
        ("kĩ thuật, quản lí, lít, tiến sĩ", "kỹ thuật, quản lý, lít, tiến sĩ"),
        ("a\u00a0b\tc\nd\u200be", "a b c d e"),
        ("2021–2025 — 57-NQ", "2021-2025 - 57-nq"),
        ("“6 rõ”, ‘một’", "\"6 rõ\", 'một'"),
        ("Khoa họс, ВỘ, QÐ-TTg", "khoa học, bộ, qđ-ttg"),
        ("hoà9", "hòa9"),
        ("İ", "İ"),
    ],
)
def test_one_spelling(printed: str, folded: str) -> None:
    assert fold(printed) == folded


@given(st.text(alphabet="oôơuưaăâeêyi hqtnòóàáùúỳýỉ"))
def test_folding_twice_changes_nothing(printed: str) -> None:
    assert fold(fold(printed)) == fold(printed)


def test_bare_has_no_diacritics() -> None:
    assert bare("ĐẶNG Ngữ, ươ ỡ ễ ặ") == "dang ngu, uo o e a"
    assert bare_folded(fold("Đắk Lắk")) == bare("Đắk Lắk") == "dak lak"
