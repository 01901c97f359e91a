"""Offices by their short forms: written out as the document prints them, never by whatever words begin so."""

from __future__ import annotations

import pytest

from extractors.short_names import full_name

NAMES = [
    ("Vụ TCCB", "Giao Vụ TCCB chủ trì; Vụ Tài chính công bố số liệu.", "Vụ Tổ chức cán bộ"),
    ("Vụ TCCB", "Vụ Tổ chức Cán bộ rà soát.", "Vụ Tổ chức Cán bộ"),
    ("Cục NMVC", "Cục Nuôi muối ven cồn lập sổ. Giao Cục NMVC rà soát.", "Cục Nuôi muối ven cồn"),
    ("Cục NMVC", "Cục Nuôi muối ven cồn; Cục Nạo máng vùng cao.", None),
    ("Vụ PC", "Vụ PC chủ trì rà soát.", None),
    ("Phòng HC", "Phòng HC chuẩn bị; Phòng Hành chính trực.", None),
    ("Cục KHCN&ĐT", "Cục Khoa học công nghệ và Đào tạo", "Cục Khoa học công nghệ và Đào tạo"),
]


@pytest.mark.parametrize(("short", "text", "full"), NAMES)
def test_a_short_form_is_written_out(short: str, text: str, full: str | None) -> None:
    assert full_name(short, text) == full
