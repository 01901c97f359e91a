"""Letterhead, title and signature after Decree 30/2020/NĐ-CP, in the ways they are typed."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

import extractors.header
from extractors.header import Header, _columns, _may_read, _office, read_header
from pipeline.check import Records, check
from pipeline.outline import outline
from pipeline.read import read
from schemas.place import Glyph, Passage


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


def test_a_letters_subject_goes_on_in_the_next_line(tmp_path: Path) -> None:
    head = TWO_COLUMNS.partition("\n\n")[0].replace("CT-UBND", "UBND-NL") + "\nV/v phòng cháy,\nchữa cháy rừng\n"
    assert header(tmp_path, head + BODY).title == "phòng cháy, chữa cháy rừng"


def test_a_subject_under_its_type_may_begin_as_a_letters(tmp_path: Path) -> None:
    found = header(tmp_path, TWO_COLUMNS.replace("Về việc", "V/v") + BODY)
    assert (found.doc_type, found.title) == ("Chỉ thị", "phòng cháy, chữa cháy rừng")


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
        (["ĐẢNG BỘ TỈNH NGHỆ AN", "ĐẢNG ỦY XÃ BẾN MUỐI"], "Đảng ủy xã Bến Muối"),
        (["ĐẢNG BỘ TỈNH NGHỆ AN", "ĐẢNG ỦY XÃ SÔNG XANH"], "Đảng ủy xã Sông Xanh"),
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


def test_a_number_glued_to_its_colon_is_read(tmp_path: Path) -> None:
    found = header(tmp_path, TWO_COLUMNS.replace("Số: 17", "Số:17") + BODY)
    assert found.number == "17/CT-UBND"


@pytest.mark.parametrize("typed", ["ngày 4 tháng3 năm 2024", "ngày4 tháng 3 năm2024"])
def test_a_date_typed_without_blanks(typed: str, tmp_path: Path) -> None:
    found = header(tmp_path, TWO_COLUMNS.replace("ngày 4 tháng 3 năm 2024", typed) + BODY)
    assert found.issued_on == date(2024, 3, 4)


ATTACHED = """
PHỤ LỤC

DANH SÁCH CÁC TRẠM
(Kèm theo Chỉ thị số 17/CT-UBND ngày 04/3/2024 của Ủy ban nhân dân tỉnh Lào Cai)
"""


def test_an_appendix_in_print_fills_what_the_head_leaves_open(tmp_path: Path) -> None:
    blank = TWO_COLUMNS.replace("17/CT", "    /CT").replace("ngày 4 ", "ngày    ")
    found = header(tmp_path, blank + BODY + ATTACHED)
    assert (found.number, found.issued_on) == ("17/CT-UBND", date(2024, 3, 4))


@pytest.mark.parametrize(
    ("printed", "other"), [("Chỉ thị", "Quyết định"), ("CT-UBND", "CT-BYT"), ("04/3/2024", "04/5/2024")]
)
def test_an_appendix_of_another_document_fills_nothing(printed: str, other: str, tmp_path: Path) -> None:
    blank = TWO_COLUMNS.replace("17/CT", "    /CT").replace("ngày 4 ", "ngày    ")
    found = header(tmp_path, blank + BODY + ATTACHED.replace(printed, other))
    assert found.number is None or found.issued_on is None


def doubtful(text: str, doubt: str) -> Passage:
    """A line of a scan with one part that was read with little confidence."""
    at = text.index(doubt)
    unsure = range(at, at + len(doubt))
    glyphs = (Glyph(1, 0, i, float(i), 0.0, i + 1.0, 1.0, 0.5 if i in unsure else 0.95) for i in range(len(text)))
    return Passage(text, tuple(glyphs))


def test_handwriting_is_left_open_and_told(tmp_path: Path) -> None:
    number = extractors.header._from_number_line([doubtful("Số:318/QĐ-UBND", "318")], Header())
    assert (number.number, number.number_passage.text) == (None, "318/QĐ-UBND")
    day = extractors.header._from_place_line([doubtful("Huế, ngày 31 tháng 3 năm 2027", "31")], number)
    issues = list(check(Records("0" * 64, day, (), (), (), ())))
    told = [issue.message for issue in issues if issue.kind == "header_uncertain"]
    assert len(told) == 2
    assert "“318/QĐ-UBND”" in told[0]
    assert "ngày 31 tháng 3" in told[1]


@pytest.mark.parametrize("blank", ["Số:       /QĐ-UBND", "Số: …… /QĐ-UBND"])
def test_a_blank_is_no_handwriting(blank: str) -> None:
    found = extractors.header._from_number_line([doubtful(blank, "Số")], Header())
    assert found.number_passage.text == blank
    assert "header_uncertain" not in {issue.kind for issue in check(Records("0" * 64, found, (), (), (), ()))}


PARTY = """BAN CHẤP HÀNH TRUNG ƯƠNG            ĐẢNG CỘNG SẢN VIỆT NAM
{body}
Số: 48-{symbol}/TW             Hà Nội, ngày 7 tháng 5 năm 2027

{title}

Các cấp ủy trồng cây trên đồi trọc, mỗi năm một lần báo cáo kết quả.

{signature}
"""
UNDER_THE_PARTY = [
    ("BAN TỔ CHỨC", "HƯỚNG DẪN", "Về việc trồng cây", "TRƯỞNG BAN", "Ban Tổ chức Trung ương"),
    ("*", "CHỈ THỊ", "CỦA BAN BÍ THƯ\n\nvề việc trồng cây", "TRƯỞNG BAN", "Ban Bí thư"),
    ("*", "CHỈ THỊ CỦA BAN BÍ THƯ", "về việc trồng cây", "TRƯỞNG BAN", "Ban Bí thư"),
    ("*", "KẾT LUẬN", "về việc trồng cây", "T/M BỘ CHÍNH TRỊ", "Bộ Chính trị"),
    ("*", "NGHỊ QUYẾT", "về việc trồng cây", "T/M BAN CHẤP HÀNH TRUNG ƯƠNG", "Ban Chấp hành Trung ương Đảng"),
]


@pytest.mark.parametrize(("body", "kind", "title", "signature", "issuer"), UNDER_THE_PARTY)
def test_bodies_of_the_party(body: str, kind: str, title: str, signature: str, issuer: str, tmp_path: Path) -> None:
    text = PARTY.format(body=body, symbol="CT", title=f"{kind}\n\n{title}", signature=f"{signature}\n\nLê Văn Thử")
    found = header(tmp_path, text)
    assert found.issuer is not None
    assert found.issuer.name == issuer
    assert (found.doc_type, found.title) == (kind.partition(" CỦA")[0].capitalize(), "trồng cây")


def test_a_rule_under_the_title_is_no_part_of_it(tmp_path: Path) -> None:
    found = header(tmp_path, TWO_COLUMNS.rstrip() + "\n            __________________\n" + BODY)
    assert found.title == "phòng cháy, chữa cháy rừng"
    found = header(tmp_path, TWO_COLUMNS.rstrip() + " -----------\n" + BODY)
    assert found.title == "phòng cháy, chữa cháy rừng"


@pytest.mark.parametrize("broken", ["Lê\n\n    Thị Thử Nghiệm", "Lê Thị Thử\n\n    Nghiệm"])
def test_a_broken_name(broken: str, tmp_path: Path) -> None:
    found = header(tmp_path, TWO_COLUMNS + BODY.replace("Lê Thị Thử Nghiệm", broken))
    assert found.signer == "Lê Thị Thử Nghiệm"


@pytest.mark.parametrize(
    ("line", "number", "may"),
    [
        ("Số: 206 /NQ-CP", "306/NQ-CP", True),
        ("Số: 206 /NQ-CP", "40/NQ-CP", False),
        ("Số: 206 /NQ-CP", "415/NQ-CP", False),
        ("Số:     /NQ-CP", "306/NQ-CP", True),
        ("Số: ## /NQ-CP", "306/NQ-CP", True),
        ("Số3§0ØNQ-CP", "306/NQ-CP", True),
        ("Số:     /QĐ-TTg", "306/NQ-CP", False),
        ("Hà Nội, ngày 5 tháng 10", "306/NQ-CP", False),
    ],
)
def test_a_number_written_by_hand_twice_is_no_other_the_second_time(line: str, number: str, may: bool) -> None:
    assert _may_read(line, number) is may


@pytest.mark.parametrize(
    ("text", "blank", "parts"),
    [
        ("- Lưu: VT. KT. CHỦ TỊCH", 120.0, ["- Lưu: VT.", "KT. CHỦ TỊCH"]),
        ("- Lưu: VT. KT. CHỦ TỊCH", 6.0, ["- Lưu: VT. KT. CHỦ TỊCH"]),
    ],
)
def test_columns_of_a_line_typed_with_tabs(text: str, blank: float, parts: list[str]) -> None:
    cut = text.index(" KT") + 1
    glyphs = tuple(
        Glyph(1, 1, at, 6.0 * at + blank * (at >= cut), 0, 6.0 * at + 5 + blank * (at >= cut), 12)
        for at in range(len(text))
    )
    assert [part.text for part in _columns(Passage(text, glyphs))] == parts


def test_a_date_broken_over_two_lines(tmp_path: Path) -> None:
    head = """SỞ XÂY DỰNG           CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
                            Độc lập - Tự do - Hạnh phúc
Số: 41/BC-SXD               Lào Cai, ngày 15 tháng 6 năm
                            2022

                    BÁO CÁO
      Tiến độ nạo vét các bến cạn đến hết ngày 31/5/2022

"""
    found = header(tmp_path, head + BODY)
    assert (str(found.issued_on), str(found.data_as_of)) == ("2022-06-15", "2022-05-31")


def test_a_line_under_the_title_says_how_far_the_data_reach(tmp_path: Path) -> None:
    text = TWO_COLUMNS.rstrip() + "\n\n      (Cập nhật đến 17 giờ 00 ngày 02/3/2024)\n" + BODY
    assert str(header(tmp_path, text).data_as_of) == "2024-03-02"


def test_brackets_in_a_sentence_say_how_far_the_data_reach(tmp_path: Path) -> None:
    text = TWO_COLUMNS + BODY.replace(
        "\n\n", "\n\nSở báo cáo (số liệu cập nhật đến 17 giờ ngày 02/3/2024) như sau:\n\n", 1
    )
    assert str(header(tmp_path, text).data_as_of) == "2024-03-02"


def test_estimates_reach_as_far(tmp_path: Path) -> None:
    text = TWO_COLUMNS + BODY.replace("\n\n", "\n\nSở báo cáo (số liệu ước tính đến ngày 02/3/2024) như sau:\n\n", 1)
    assert str(header(tmp_path, text).data_as_of) == "2024-03-02"


LETTERHEADS = [
    ("BAN CHỈ ĐẠO CHỐNG GIAN LẬN", "THUẾ VÀ HÀNG GIẢ BẮC HÀ", "BAN CHỈ ĐẠO CHỐNG GIAN LẬN THUẾ VÀ HÀNG GIẢ BẮC HÀ"),
    ("BAN QUẢN LÝ DỰ ÁN", "NHÀ MÁY MUỐI BẮC HÀ", "BAN QUẢN LÝ DỰ ÁN NHÀ MÁY MUỐI BẮC HÀ"),
]


@pytest.mark.parametrize(("over", "under", "whole"), LETTERHEADS)
def test_a_name_on_two_lines_keeps_its_first(over: str, under: str, whole: str, tmp_path: Path) -> None:
    text = TWO_COLUMNS.replace("ỦY BAN NHÂN DÂN", over.ljust(15), 1).replace("TỈNH LÀO CAI", under, 1)
    found = header(tmp_path, text + BODY)
    assert found.issuer is not None
    assert found.issuer.name.upper() == whole


def test_a_short_name_of_a_commune_is_no_stamp(tmp_path: Path) -> None:
    found = header(tmp_path, TWO_COLUMNS.replace("TỈNH LÀO CAI ", "XÃ BẮC HÀ    ") + BODY)
    assert found.issuer is not None
    assert found.issuer.name == "Ủy ban nhân dân xã Bắc Hà"
