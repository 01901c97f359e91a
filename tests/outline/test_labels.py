"""Labels of headings and items, as they are printed."""

from __future__ import annotations

import pytest

from pipeline.outline.labels import read_label

LABELS = [
    ("IV. NHIỆM VỤ", "ROMAN", 4, "NHIỆM VỤ"),
    ("1.2. Về hạ tầng", "DECIMAL", 2, "Về hạ tầng"),
    ("3) Bộ Y tế", "NUMBER", 3, "Bộ Y tế"),
    ("đ) Rà soát", "LETTER", 5, "Rà soát"),
    ("(2) Bộ Y tế", "BRACKET_NUMBER", 2, "Bộ Y tế"),
    ("(iv) Bộ Y tế", "BRACKET_ROMAN", 4, "Bộ Y tế"),
    ("- Giao Bộ Y tế", "DASH", 0, "Giao Bộ Y tế"),
    ("– Giao Bộ Y tế", "DASH", 0, "Giao Bộ Y tế"),
    ("©) Phát triển", "LETTER", 3, "Phát triển"),
    ("+ 15 xã", "PLUS", 0, "15 xã"),
    ("Điều 12. Trách nhiệm", "ARTICLE", 12, "Trách nhiệm"),
    ("Phụ lục II", "APPENDIX", 2, ""),
    ("A. ĐÁNH GIÁ CHUNG", "PART", 1, "ĐÁNH GIÁ CHUNG"),
    ("B. Ứng phó bão", "PART", 2, "Ứng phó bão"),
    ("2- 102 xã có cán bộ", "NUMBER", 2, "102 xã có cán bộ"),
    ("1- 100% cơ quan", "NUMBER", 1, "100% cơ quan"),
]
NO_LABELS = [
    "11.591 trạm",
    "20,5 Tbps",
    "2025 là năm",
    "Ý kiến của Bộ",
    "Vì vậy",
    "1,5 triệu người",
    "5 - 7 trạm",
    "Mục tiêu",
    "0. Bộ Y tế",
    "V/v lập quy hoạch",
]


@pytest.mark.parametrize(("text", "rank", "ordinal", "rest"), LABELS)
def test_label(text: str, rank: str, ordinal: int, rest: str) -> None:
    label = read_label(text)
    assert label is not None
    assert (label.rank.name, label.ordinal, text[label.end :]) == (rank, ordinal, rest)


@pytest.mark.parametrize("text", NO_LABELS)
def test_no_label(text: str) -> None:
    assert read_label(text) is None
