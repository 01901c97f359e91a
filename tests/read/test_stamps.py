"""Stamps and seals on scans: made here, printed in black as on a 1-bit scan, or in colour."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pymupdf
import pytest
from PIL import Image, ImageChops, ImageDraw

from extractors.header import read_header
from pipeline.check import Records, header_uncertain
from pipeline.extract import extract
from pipeline.outline import outline
from pipeline.read.scan.lines import Components
from pipeline.read.scan.seals import find_seals
from schemas.block import BlockKind
from schemas.document import Document
from tests.read.test_scan import DPI, FONTS, accuracy, picture, read_scan, scan

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


def test_the_side_of_a_stamp_is_no_part_of_the_title(tmp_path: Path) -> None:
    """Of a stamp whose frame is broken an upright stroke remains before the title's first line."""
    page = sheet(*HEAD, *TEXT)
    write(page, ("Q.AN", "B", 9, 115, 172))
    page.draw_line((146, 160), (146, 176), width=1)
    document = read_page(tmp_path, page)
    assert accuracy(read_header(document, outline(document)).title or "", (TITLE,)) > 0.97


# ------------------------------------------------------------------ seals

SCALE = DPI / 72
RADIUS = 51.0


def sealed(image: Image.Image, x: float, y: float, ink: tuple[int, int, int] = (0, 0, 0)) -> Image.Image:
    """A seal of 36 mm over a picture, its middle at a point of the page: two rings, letters, an emblem in a ring."""
    seal = Image.new("RGB", image.size, "white")
    draw = ImageDraw.Draw(seal)

    def ring(radius: float, width: float, fill: bool = False) -> None:
        box = [(value + sign * radius) * SCALE for sign in (-1, 1) for value in (x, y)]
        draw.ellipse(box, outline=ink, width=round(width * SCALE), fill=ink if fill else None)

    ring(RADIUS, 2.6)
    ring(RADIUS - 4.2, 1.2)
    ring(0.68 * RADIUS, 1.2)
    ring(0.45 * RADIUS, 1.0, fill=True)
    for turn in range(0, 360, 24):
        across, down = 0.79 * RADIUS * np.cos(np.radians(turn)), 0.79 * RADIUS * np.sin(np.radians(turn))
        left, top = (x + across - 2) * SCALE, (y + down - 3) * SCALE
        draw.line([left, top, left + 4 * SCALE, top + 6 * SCALE], fill=ink, width=round(1.2 * SCALE))
    return ImageChops.multiply(image, seal)


def signed(*office: str, name: str) -> pymupdf.Page:
    page = sheet(*HEAD, *TEXT, ("Nơi nhận:", "B", 12, 75, 340), ("- Như Điều 1.", "R", 11, 75, 355))
    for row, text in enumerate(office):
        write(page, (text, "B", 14, 430 - 4.6 * len(text), 340 + 17 * row))
    write(page, (name, "B", 14, 370, 460))
    return page


def header_of(folder: Path, image: Image.Image) -> tuple[str | None, str | None, list[str]]:
    """Who signed and as what, and what is said of parts that were left open."""
    document = read_scan(scan(folder, image.convert("1", dither=Image.Dither.NONE), height=842))
    of = outline(document)
    header = read_header(document, of)
    issues = header_uncertain(Records(document.document_id, header, (), (), (), (), (), of))
    return header.signer, header.signer_title, [issue.message for issue in issues]


def test_a_name_beside_a_black_seal_is_read(tmp_path: Path) -> None:
    image = picture(signed("BỘ TRƯỞNG", name="Phạm Văn Thử"))
    assert header_of(tmp_path, sealed(image, 360, 400)) == ("Phạm Văn Thử", "BỘ TRƯỞNG", [])


@pytest.mark.parametrize(("x", "y"), [(350.0, 412.0), (340.0, 418.0), (345.0, 408.0)])
def test_a_name_under_the_ring_of_a_black_seal_is_read_or_left_open(x: float, y: float, tmp_path: Path) -> None:
    image = picture(signed("BỘ TRƯỞNG", name="Phạm Văn Thử"))
    signer, _, issues = header_of(tmp_path, sealed(image, x, y))
    assert signer == "Phạm Văn Thử" or (signer is None and "người ký" in " ".join(issues))


def test_a_name_half_under_a_black_seal_is_never_published_cut(tmp_path: Path) -> None:
    image = picture(signed("BỘ TRƯỞNG", name="Phạm Văn Thử"))
    signer, _, issues = header_of(tmp_path, sealed(image, 368, 440))
    assert signer is None
    assert any(message.startswith("người ký") for message in issues)


def test_an_office_half_under_a_black_seal_is_left_open(tmp_path: Path) -> None:
    image = picture(signed("TỔNG CỤC TRƯỞNG", name="Phạm Văn Thử"))
    _, title, issues = header_of(tmp_path, sealed(image, 380, 360))
    assert title is None
    assert any(message.startswith("chức vụ người ký") for message in issues)


def test_the_office_of_a_deputy_is_proved_by_whom_he_signs_for(tmp_path: Path) -> None:
    image = picture(signed("KT. TỔNG GIÁM ĐỐC", "PHÓ TỔNG GIÁM ĐỐC", name="Phạm Văn Thử"))
    _, title, _ = header_of(tmp_path, sealed(image, 345, 398))
    assert title == "KT. TỔNG GIÁM ĐỐC PHÓ TỔNG GIÁM ĐỐC"


def _shape(kind: str) -> np.ndarray:
    image = Image.new("L", (600, 600), 255)
    draw = ImageDraw.Draw(image)
    if kind == "blot":
        draw.ellipse((150, 150, 440, 440), fill=0)
    elif kind == "square":
        draw.rectangle((150, 150, 440, 440), outline=0, width=8)
    elif kind == "code":
        cells = np.random.default_rng(7).integers(0, 2, (40, 40)).astype(np.uint8) * 255
        image.paste(Image.fromarray(np.kron(cells, np.ones((9, 9), np.uint8))), (120, 120))
    elif kind == "half":
        draw.arc((150, 150, 440, 440), 90, 270, fill=0, width=8)
    elif kind == "seal":
        image = sealed(image.convert("RGB"), 300 / SCALE, 300 / SCALE).convert("L")
    return cv2.threshold(np.asarray(image), 128, 255, cv2.THRESH_BINARY_INV)[1]


@pytest.mark.parametrize(("kind", "count"), [("seal", 1), ("blot", 0), ("square", 0), ("code", 0), ("half", 0)])
def test_what_is_a_seal(kind: str, count: int) -> None:
    ink = _shape(kind)
    found = find_seals(ink, Components.of(ink), SCALE)
    assert len(found) == count
    for seal in found:
        assert (seal.x, seal.y) == pytest.approx((300, 300), abs=2)
        assert seal.radius / SCALE == pytest.approx(RADIUS, abs=1)
