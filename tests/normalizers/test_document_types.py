"""Every type of Decree 30/2020/NĐ-CP (Art. 7, Appendix III) and of Party documents (36-HD/VPTW), by title and by symbol."""

from __future__ import annotations

import pytest

from normalizers.document_types import document_type, type_of_symbol

STATE = [
    ("NGHỊ QUYẾT", "NQ"), ("QUYẾT ĐỊNH", "QĐ"), ("CHỈ THỊ", "CT"), ("QUY CHẾ", "QC"), ("QUY ĐỊNH", "QyĐ"), ("THÔNG CÁO", "TC"),
    ("THÔNG BÁO", "TB"), ("HƯỚNG DẪN", "HD"), ("CHƯƠNG TRÌNH", "CTr"), ("KẾ HOẠCH", "KH"), ("PHƯƠNG ÁN", "PA"), ("ĐỀ ÁN", "ĐA"),
    ("DỰ ÁN", "DA"), ("BÁO CÁO", "BC"), ("BIÊN BẢN", "BB"), ("TỜ TRÌNH", "TTr"), ("HỢP ĐỒNG", "HĐ"), ("CÔNG ĐIỆN", "CĐ"),
    ("BẢN GHI NHỚ", "BGN"), ("BẢN THỎA THUẬN", "BTT"), ("GIẤY ỦY QUYỀN", "GUQ"), ("GIẤY MỜI", "GM"), ("GIẤY GIỚI THIỆU", "GGT"),
    ("GIẤY NGHỈ PHÉP", "GNP"), ("PHIẾU GỬI", "PG"), ("PHIẾU CHUYỂN", "PC"), ("PHIẾU BÁO", "PB"),
]  # fmt: skip
PARTY = [
    ("NGHỊ QUYẾT", "NQ"), ("QUYẾT ĐỊNH", "QĐ"), ("CHỈ THỊ", "CT"), ("KẾT LUẬN", "KL"), ("QUY CHẾ", "QC"), ("QUY ĐỊNH", "QĐi"),
    ("HƯỚNG DẪN", "HD"), ("THÔNG BÁO", "TB"), ("BÁO CÁO", "BC"), ("KẾ HOẠCH", "KH"), ("CHƯƠNG TRÌNH", "CTr"), ("TỜ TRÌNH", "TTr"),
    ("ĐỀ ÁN", "ĐA"), ("PHƯƠNG ÁN", "PA"), ("CÔNG VĂN", "CV"), ("BIÊN BẢN", "BB"),
]  # fmt: skip


@pytest.mark.parametrize(("title", "symbol"), STATE)
def test_types_of_the_state(title: str, symbol: str) -> None:
    assert document_type(title) == type_of_symbol(f"12/{symbol}-BCT") == title.capitalize()


@pytest.mark.parametrize(("title", "symbol"), PARTY)
def test_types_of_the_party(title: str, symbol: str) -> None:
    assert document_type(title) == type_of_symbol(f"12-{symbol}/TU") == title.capitalize()


def test_letters_have_no_type_in_their_symbol() -> None:
    assert (document_type("CÔNG VĂN"), document_type("THƯ CÔNG"), type_of_symbol("93/BYT-KCB")) == (
        "Công văn",
        "Thư công",
        None,
    )
