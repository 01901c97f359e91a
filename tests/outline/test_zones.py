"""Where the closing begins and ends: pages made of a few typed lines."""

from __future__ import annotations

from pathlib import Path

import pymupdf
import pytest

from extractors.header import read_header
from pipeline.check import Records, check
from pipeline.outline import outline
from pipeline.outline.zones import RECIPIENTS
from pipeline.read import read
from schemas.block import Outline, Zone
from schemas.document import Document

FONTS = Path("/usr/share/fonts/truetype/liberation2")

pytestmark = pytest.mark.skipif(
    not (FONTS / "LiberationSerif-Regular.ttf").exists(), reason="the Liberation fonts are not installed"
)

# (x, text); "*" before it sets it in bold
Printed = tuple[tuple[float, str], ...]
FIRST: Printed = (
    (90, "*BỘ XÂY DỰNG"),
    (300, "*CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"),
    (330, "*Độc lập - Tự do - Hạnh phúc"),
    (270, "*QUYẾT ĐỊNH"),
    (200, "*Về việc trồng cây bên đường"),
    (100, "Điều 1. Các đơn vị trồng cây bên đường theo kế hoạch được giao."),
)
SIGNED: Printed = ((75, "*Nơi nhận:"), (75, "- Như Điều 1;"), (380, "*BỘ TRƯỞNG"), (370, "*Lê Văn Thử"))
TEXT: Printed = (
    (100, "Các đơn vị rà soát số cây đã trồng trên từng tuyến đường trong năm qua, lập sổ theo dõi,"),
    (75, "tưới nước trong mùa khô và thay những cây không sống được; mỗi quý một lần báo cáo về cơ quan"),
    (75, "cấp trên kết quả đã làm được, những việc còn vướng mắc và cách giải quyết trong quý tiếp theo."),
)


@pytest.mark.parametrize("printed", ["Nơi nhận:", "NƠI NHẬN", "Noi nhan", "Mới nhận:", "Nơi nhận: "])
def test_recipients_are_known_as_recognition_reads_them(printed: str) -> None:
    assert RECIPIENTS.match(printed)


def document(folder: Path, *pages: Printed) -> Document:
    pdf = pymupdf.open()
    fonts = {bold: pymupdf.Font(fontfile=str(FONTS / f"LiberationSerif-{bold}.ttf")) for bold in ("Regular", "Bold")}
    for lines in pages:
        page = pdf.new_page(width=595, height=842)
        writer = pymupdf.TextWriter(page.rect)
        for row, (x, text) in enumerate(lines):
            font = fonts["Bold" if text.startswith("*") else "Regular"]
            writer.append((x, 80 + 20 * row), text.lstrip("*"), font=font, fontsize=11)
        writer.write_text(page)
    pdf.save(folder / "document.pdf")
    return read(folder / "document.pdf", "0" * 64)


def zones_of(of: Outline, page: int) -> list[str]:
    """The zones on a page, each once, in their order."""
    return list(dict.fromkeys(block.zone.value for block in of if block.body.page == page and block.label.text != "2"))


BEHIND: list[tuple[str, Printed, list[str]]] = [
    ("Phu luc", ((280, "Phu luc"), (200, "DANH SÁCH CÁC TUYẾN ĐƯỜNG"), *TEXT), ["appendix"]),
    (
        "attached",
        ((250, "*Danh sách các tuyến đường"), (150, "(Kèm theo Quyết định số 15/QĐ-BXD ngày 02/3/2027)")),
        ["appendix"],
    ),
    ("chapter", ((90, "I. YÊU CẦU"), (90, "Cây trồng bên đường phải thẳng hàng.")), ["appendix"]),
    ("article", ((90, "Điều 1. Phạm vi"), (90, "Quy định này áp dụng cho các tuyến đường.")), ["appendix"]),
    ("running text", TEXT, ["appendix"]),
    ("recipients go on", ((75, "- Văn phòng Bộ;"), (75, "- Lưu: VT."), (370, "*Lê Văn Thử")), ["closing"]),
    (
        "another letter",
        (
            (90, "VỤ CÂY XANH"),
            (300, "*CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"),
            (330, "*Độc lập - Tự do - Hạnh phúc"),
            (90, "Số: 3/VCX"),
            (200, "Kính gửi: Các đơn vị trồng cây"),
            *TEXT,
        ),
        ["letterhead", "title", "body"],
    ),
]


@pytest.mark.parametrize(("printed", "zones"), [case[1:] for case in BEHIND], ids=[case[0] for case in BEHIND])
def test_what_begins_on_the_page_behind_the_signature(printed: Printed, zones: list[str], tmp_path: Path) -> None:
    of = outline(document(tmp_path, (*FIRST, *SIGNED), printed))
    assert zones_of(of, 1)[-1] == "closing"
    assert zones_of(of, 2) == zones


def test_the_header_is_that_of_the_first_document(tmp_path: Path) -> None:
    read_document = document(tmp_path, (*FIRST, *SIGNED), BEHIND[-1][1])
    header = read_header(read_document, outline(read_document))
    assert (header.doc_type, header.signer, header.number) == ("Quyết định", "Lê Văn Thử", None)
    assert header.issuer is not None
    assert header.issuer.name == "Bộ Xây dựng"
    assert len(header.further_heads) == 1


def issues(folder: Path, *pages: Printed) -> list[str]:
    from pipeline.extract import extract

    read_document = document(folder, *pages)
    found = extract(read_document, outline(read_document))
    of_pages = (found.tasks, found.metrics, found.agencies, found.numbers, found.references)
    return [issue.kind for issue in check(Records("0" * 64, found.header, *of_pages, found.outline))]


def test_no_page_of_text_is_silent(tmp_path: Path) -> None:
    """Short lines that a list of recipients might have, a page of them; and text that names nobody."""
    names = tuple((75.0, f"- Ông Lê Văn Thử, ngõ số {n} phố Thử Nghiệm, phường Thử") for n in range(30))
    assert {"closing_runs_on", "page_without_records"} <= set(issues(tmp_path, (*FIRST, *SIGNED), names))
    assert not {"closing_runs_on", "page_without_records"} & set(issues(tmp_path, (*FIRST, *SIGNED)))


CAPITALS = [
    ("BÁO CÁO", "KẾT QUẢ TRỒNG CÂY NĂM 2031", "*Kính gửi: Các đơn vị", "Báo cáo"),
    ("NGHỊ QUYẾT", "CUỘC HỌP VỀ TRỒNG CÂY THÁNG 6 NĂM 2031", "*BỘ XÂY DỰNG", "Nghị quyết"),
]


@pytest.mark.parametrize(("kind", "title", "below", "doc_type"), CAPITALS)
def test_a_title_in_capitals_under_the_type(kind: str, title: str, below: str, doc_type: str, tmp_path: Path) -> None:
    head = (*FIRST[:3], (270, f"*{kind}"), (150, f"*{title}"), (75, ""), (240, below), *TEXT)
    read_document = document(tmp_path, head)
    header = read_header(read_document, outline(read_document))
    assert (header.doc_type, header.title) == (doc_type, title)


TITLES = [
    (("*BÁO CÁO TỔNG HỢP", "*Kết quả trồng cây năm 2031"), "Báo cáo", "Kết quả trồng cây năm 2031"),
    (("*BÁO CÁO TỔNG KẾT TRỒNG CÂY NĂM 2031",), "Báo cáo", "TỔNG KẾT TRỒNG CÂY NĂM 2031"),
    (("*KẾ HOẠCH TRỒNG CÂY", "*NĂM 2031 VÀ CÁC NĂM SAU"), "Kế hoạch", "TRỒNG CÂY NĂM 2031 VÀ CÁC NĂM SAU"),
    (("*Báo cáo trồng cây năm 2031",), "Báo cáo", "trồng cây năm 2031"),
    (("*ĐỀ CƯƠNG", "*Kết quả trồng cây năm 2031"), None, "ĐỀ CƯƠNG Kết quả trồng cây năm 2031"),
]


@pytest.mark.parametrize(("title", "doc_type", "subject"), TITLES)
def test_a_title_that_names_its_type_otherwise(
    title: tuple[str, ...], doc_type: str | None, subject: str, tmp_path: Path
) -> None:
    """Offices print the type and the title in one line, or a kind of report that the decree does not list: whatever the
    title, what comes behind it is text, of which nothing is lost."""
    text = ((100.0, "Thực hiện kế hoạch đã được phê duyệt từ đầu năm, Bộ Xây dựng báo cáo kết quả như sau:"),)
    counted = ((75.0, "*I. KẾT QUẢ"), (75.0, "1. Đã trồng 4.512 cây dọc các tuyến đường."))
    read_document = document(tmp_path, (*FIRST[:3], *((200.0, line) for line in title), (75.0, ""), *text, *counted))
    of = outline(read_document)
    header = read_header(read_document, of)
    assert header.title == subject
    assert doc_type is None or header.doc_type == doc_type
    assert [block.zone for block in of][-3:] == [Zone.BODY] * 3


def test_a_name_on_the_page_behind_its_office(tmp_path: Path) -> None:
    named = ((370.0, "*Lê Văn Thử"),)
    read_document = document(tmp_path, (*FIRST, *SIGNED[:3]), named)
    assert read_header(read_document, outline(read_document)).signer == "Lê Văn Thử"


def test_the_subject_under_the_number_does_not_go_on_with_the_place_and_day(tmp_path: Path) -> None:
    """A letter names its subject in the left column, below the foot of the right one."""
    letter: Printed = (
        (75, "*ỦY BAN NHÂN DÂN"),
        (80, "*TỈNH LÀO CAI"),
        (300, "*CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"),
        (330, "*Độc lập - Tự do - Hạnh phúc"),
        (350, "Lào Cai, ngày 7 tháng 12 năm 2027"),
        (75, "Về việc trồng cây bên đường"),
        (200, "Kính gửi: Các sở, ban, ngành;"),
        (100, "Các sở, ban, ngành rà soát số cây đã trồng trên từng tuyến đường trong năm qua, lập sổ"),
        (75, "theo dõi, mỗi quý một lần báo cáo về cơ quan cấp trên."),
    )
    of = document(tmp_path, letter)
    header = read_header(of, outline(of))
    assert (header.place, str(header.issued_on), header.title) == ("Lào Cai", "2027-12-07", "trồng cây bên đường")


@pytest.mark.parametrize("opening", ["*UBND TỈNH LÀO CAI", "UBND TỈNH LÀO CAI", "*Phụ lục"])
def test_a_name_at_the_foot_of_a_page_does_not_go_on_with_the_top_of_the_next(opening: str, tmp_path: Path) -> None:
    signed: Printed = (*FIRST, *SIGNED[:3], (430, "*Lê Thị Văn Thử Nghiệm"))
    of = outline(document(tmp_path, signed, ((75, opening), (330, "*Độc lập - Tự do - Hạnh phúc"), *TEXT)))
    assert "Lê Thị Văn Thử Nghiệm" in [block.body.text for block in of]


def test_what_a_document_is_based_on_ends_a_head_without_a_title(tmp_path: Path) -> None:
    """Old files print their titles in capitals by a font; to whoever reads the letters they are small."""
    decision: Printed = (
        (75, "*bộ tài chính"),
        (300, "*CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"),
        (330, "*Độc lập - Tự do - Hạnh phúc"),
        (75, "Căn cứ Nghị định số 15/2002/NĐ-CP ngày 04/02/2002 của Chính phủ;"),
        (75, "Theo đề nghị của Vụ trưởng Vụ Ngân sách;"),
    )
    zones = [block.zone for block in outline(document(tmp_path, decision)).blocks]
    assert zones[-2:] == [Zone.BODY, Zone.BODY]


@pytest.mark.parametrize("mark", ["*HỎA TỐC", "*DỰ THẢO LẦN 2"])
def test_how_urgent_a_document_is_names_nothing(mark: str, tmp_path: Path) -> None:
    text = ((100.0, "Thực hiện kế hoạch đã được phê duyệt từ đầu năm, Bộ Xây dựng báo cáo kết quả như sau:"),)
    read_document = document(tmp_path, (*FIRST[:3], (270.0, mark), (75.0, ""), *text, (75.0, "1. Đã trồng 4.512 cây.")))
    assert read_header(read_document, outline(read_document)).title is None


def test_addressees_in_a_list_are_no_text(tmp_path: Path) -> None:
    addressed = ("Kính gửi:", "- Ngân hàng Nhà nước Việt Nam;", "- Tổng công ty Đầu tư phát triển nhà - HUD.")
    lines = tuple((200.0, line) for line in addressed)
    text = ((100.0, "Bộ Xây dựng đề nghị các đơn vị rà soát số cây đã trồng trên từng tuyến đường trong năm qua."),)
    of = outline(document(tmp_path, (*FIRST[:3], (75.0, ""), *lines, (75.0, ""), *text)))
    assert [block.zone for block in of][-4:] == [Zone.TITLE] * 3 + [Zone.BODY]
