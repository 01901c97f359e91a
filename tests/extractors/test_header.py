"""Letterhead, title and signature after Decree 30/2020/NĐ-CP, in the ways they are typed."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from extractors.header import Header, _office, read_header
from pipeline.outline import outline
from pipeline.read import read
from schemas.place import Passage


def header(folder: Path, text: str) -> Header:
    path = folder / "document.txt"
    path.write_text(text, "utf8")
    document = read(path, "0" * 64)
    return read_header(document, outline(document))


TWO_COLUMNS = """ỦY BAN NHÂN DÂN           CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
TỈNH LÀO CAI                    Độc lập - Tự do - Hạnh phúc
Số: 17/CT-UBND               Lào Cai, ngày 4 tháng 3 năm 2024

                    CHỈ THỊ
      Về việc phòng cháy, chữa cháy rừng
"""
ONE_PARAGRAPH_A_LINE = """ỦY BAN NHÂN DÂN CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM

TỈNH LÀO CAI Độc lập - Tự do - Hạnh phúc

Số: 17/CT-UBND Lào Cai, ngày 4 tháng 3 năm 2024

CHỈ THỊ

Về việc phòng cháy, chữa cháy rừng
"""
BODY = """
Giao Sở Nông nghiệp và Môi trường chủ trì thực hiện.

                                        TM. ỦY BAN NHÂN DÂN
                                             CHỦ TỊCH

                                          Lê Thị Thử Nghiệm
"""


@pytest.mark.parametrize("head", [TWO_COLUMNS, ONE_PARAGRAPH_A_LINE], ids=["columns", "typed in one"])
def test_letterhead(head: str, tmp_path: Path) -> None:
    found = header(tmp_path, head + BODY)
    assert found.issuer is not None
    assert (found.doc_type, found.number, found.issuer.name, found.place, found.issued_on) == (
        "Chỉ thị",
        "17/CT-UBND",
        "Ủy ban nhân dân tỉnh Lào Cai",
        "Lào Cai",
        date(2024, 3, 4),
    )
    assert found.title == "phòng cháy, chữa cháy rừng"
    assert found.signer == "Lê Thị Thử Nghiệm"


def test_a_blank_number_and_day_stay_open(tmp_path: Path) -> None:
    text = TWO_COLUMNS.replace("17/CT", "    /CT").replace("ngày 4 ", "ngày    ")
    found = header(tmp_path, text + BODY)
    assert found.number is None
    assert found.issued_on is None
    assert found.place == "Lào Cai"


def test_a_text_without_letterhead_has_no_header(tmp_path: Path) -> None:
    found = header(tmp_path, "Ghi chép về một buổi làm việc.\n\nKhông có gì thêm.\n")
    assert (found.doc_type, found.number, found.issuer, found.issued_on) == (None, None, None, None)


@pytest.mark.parametrize(
    ("lines", "office"),
    [
        (["ỦY BAN NHÂN DÂN", "TỈNH LẠNG SƠN", "VĂN PHÒNG"], "Văn phòng Ủy ban nhân dân tỉnh Lạng Sơn"),
        (["UBND TỈNH HẢI DƯƠNG", "CỤC THỐNG KÊ"], "Cục Thống kê tỉnh Hải Dương"),
        (["UBND TỈNH CÀ MAU", "SỞ Y TẾ"], "Sở Y tế tỉnh Cà Mau"),
        (["BAN CHẤP HÀNH TRUNG ƯƠNG", "BAN TUYÊN GIÁO"], "Ban Tuyên giáo Trung ương"),
        (["ĐẢNG BỘ TỈNH NGHỆ AN", "BAN THƯỜNG VỤ"], "Tỉnh ủy Nghệ An"),
        (["TỈNH ỦY NGHỆ AN", "VĂN PHÒNG"], "Văn phòng Tỉnh ủy Nghệ An"),
        (["BỘ KHOA HỌC", "VÀ CÔNG NGHỆ"], "Bộ Khoa học và Công nghệ"),
        (["ỦY BAN NHÂN DÂN", "HUYỆN BÌNH SƠN", "TỈNH QUẢNG NGÃI"], "Ủy ban nhân dân huyện Bình Sơn"),
        (["ỦY BAN NHÂN DÂN", "XÃ BẾN MUỐI"], "Ủy ban nhân dân xã Bến Muối"),
        (["UBND PHƯỜNG BẾN MUỐI", "PHÒNG KINH TẾ"], "PHÒNG KINH TẾ"),
    ],
)
def test_the_office_of_a_letterhead(lines: list[str], office: str) -> None:
    agency, _ = _office([Passage(line, (None,) * len(line)) for line in lines], date(2023, 7, 1))
    assert agency.name == office
