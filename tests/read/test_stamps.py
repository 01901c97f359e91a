"""Stamps and seals on scans: made here, printed in black as on a 1-bit scan, or in colour."""

from __future__ import annotations

from pathlib import Path

import pymupdf
import pytest

from extractors.header import read_header
from pipeline.extract import extract
from pipeline.outline import outline
from schemas.block import BlockKind
from schemas.document import Document
from tests.read.test_scan import FONTS, accuracy, picture, read_scan, scan

pytestmark = pytest.mark.skipif(
    not (FONTS / "LiberationSerif-Regular.ttf").exists(), reason="the Liberation fonts are not installed"
)

# the text, its font ("B" bold), its size, x and y of its start
Print = tuple[str, str, float, float, float]

HEAD: tuple[Print, ...] = (
    ("BỘ XÂY DỰNG", "B", 13, 90, 60),
    ("Số: 12/QĐ-BXD", "R", 13, 90, 95),
    ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "B", 12, 285, 60),
    ("Độc lập - Tự do - Hạnh phúc", "B", 13, 325, 77),
    ("Hà Nội, ngày 14 tháng 8 năm 2027", "R", 13, 320, 95),
    ("QUYẾT ĐỊNH", "B", 14, 270, 150),
    ("Phê duyệt kế hoạch trồng cây chắn gió dọc các tuyến đường", "B", 14, 152, 174),
    ("ven biển giai đoạn 2028 - 2030", "B", 14, 210, 191),
)
TEXT: tuple[Print, ...] = (
    ("Điều 1. Các đơn vị trồng cây chắn gió theo kế hoạch được giao trong năm,", "R", 14, 100, 260),
    ("mỗi quý một lần báo cáo kết quả đã làm được về cơ quan cấp trên.", "R", 14, 72, 277),
)


def write(page: pymupdf.Page, *printed: Print) -> None:
    fonts = {name[0]: pymupdf.Font(fontfile=str(FONTS / f"LiberationSerif-{name}.ttf")) for name in ("Regular", "Bold")}
    writer = pymupdf.TextWriter(page.rect)
    for text, font, size, x, y in printed:
        writer.append((x, y), text, font=fonts[font], fontsize=size)
    writer.write_text(page)


def sheet(*printed: Print) -> pymupdf.Page:
    page = pymupdf.open().new_page(width=595, height=842)
    write(page, *printed)
    return page


def read_page(folder: Path, page: pymupdf.Page, angle: float = 0.0) -> Document:
    return read_scan(scan(folder, picture(page, angle=angle), height=842))


# ------------------------------------------------------------------ stamps of arrival


def stamp(page: pymupdf.Page, left: float, top: float, *printed: tuple[str, float, float]) -> None:
    """The frame of a stamp with a head and a column at its left, and what is printed in it."""
    page.draw_rect(pymupdf.Rect(left, top, left + 125, top + 54), width=1)
    page.draw_line((left, top + 17), (left + 125, top + 17), width=1)
    write(page, *((text, "B", 9.0, left + x, top + y) for text, x, y in printed))


ARRIVED = (("CÔNG VĂN ĐẾN", 22.0, 12.0), ("ĐẾN", 6.0, 40.0), ("Số: 1234", 42.0, 31.0), ("Ngày: 15/8/2027", 42.0, 47.0))
TITLE = "Phê duyệt kế hoạch trồng cây chắn gió dọc các tuyến đường ven biển giai đoạn 2028 - 2030"


@pytest.mark.parametrize(
    ("left", "top"), [(20.0, 160.0), (22.0, 135.0), (18.0, 183.0)], ids=["beside", "above", "below the first line"]
)
def test_a_stamp_beside_the_title_is_no_part_of_it(left: float, top: float, tmp_path: Path) -> None:
    page = sheet(*HEAD, *TEXT)
    stamp(page, left, top, *ARRIVED)
    document = read_page(tmp_path, page, angle=0.4)
    of = outline(document)
    assert accuracy(read_header(document, of).title or "", (TITLE,)) > 0.97
    stamped = " ".join(block.body.text for block in of if block.kind is BlockKind.STAMP)
    assert "1234" in stamped
    assert "15/8/2027" in stamped
    assert not any(block.body.text in stamped for block in of if block.kind is not BlockKind.STAMP)


def test_the_numbers_of_a_stamp_are_accounted_for(tmp_path: Path) -> None:
    page = sheet(*HEAD, *TEXT)
    stamp(page, 20, 160, *ARRIVED)
    document = read_page(tmp_path, page)
    numbers = extract(document, outline(document)).numbers
    assert {number.rule for number in numbers if number.raw in ("1234", "15/8/2027")} == {"stamp_text"}


def test_a_narrow_box_of_text_is_no_stamp(tmp_path: Path) -> None:
    page = sheet(*HEAD, *TEXT)
    stamp(page, 72, 300, ("Bảng 1", 22, 12), ("Cây phi lao", 6, 31), ("Cây keo lá tràm", 6, 47))
    of = outline(read_page(tmp_path, page))
    assert not [block for block in of if block.kind is BlockKind.STAMP]
    assert any("Cây phi lao" in block.body.text for block in of)
