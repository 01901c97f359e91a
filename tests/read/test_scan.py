"""Scans: small ones made here, and one or two pages of the shared ones."""

from __future__ import annotations

import io
import itertools
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
import pymupdf
import pytest
from PIL import Image, ImageChops, ImageDraw
from rapidfuzz.distance import Levenshtein

from pipeline.read import read
from pipeline.read.errors import ReadError
from pipeline.read.scan import context, layer, slips, workers
from pipeline.read.scan.lines import Strip
from pipeline.read.scan.ocr import Letter, Word
from pipeline.read.scan.reading import _apart, _framed, letter_places
from pipeline.read.scan.rulings_image import find_rulings
from pipeline.read.scan.straighten import ink_of, is_sideways, skew
from schemas.document import Document, Line, Page, TextSource
from schemas.place import Box, Glyph, Passage, unplaced

FONTS = Path("/usr/share/fonts/truetype/liberation2")
SHARED = Path(__file__).parent.parent.parent.parent / "shared" / "documents"

pytestmark = pytest.mark.skipif(
    not (FONTS / "LiberationSerif-Regular.ttf").exists(), reason="the Liberation fonts are not installed"
)

LINES = (
    "Giao Bộ Khoa học và Công nghệ chủ trì, phối hợp với các bộ, ngành,",
    "địa phương rà soát, sửa đổi, bổ sung quy định của pháp luật về đầu tư",
    "công; báo cáo Thủ tướng Chính phủ trước ngày 15 tháng 7 năm 2025.",
    "Tổng kinh phí thực hiện là 1.250 tỷ đồng, tăng 12,5% so với kế hoạch.",
)
DPI = 200


@dataclass(frozen=True)
class Sheet:
    """A printed page: the PDF, and the boxes of its words."""

    pdf: bytes
    words: tuple[tuple[str, Box], ...]


def printed(
    lines: tuple[str, ...] = LINES, *, width: float = 595, height: float = 400, size: float = 14, left: float = 70
) -> pymupdf.Document:
    pdf = pymupdf.open()
    page = pdf.new_page(width=width, height=height)
    write(page, lines, size=size, left=left)
    return pdf


def write(page: pymupdf.Page, lines: tuple[str, ...], *, size: float, left: float, top: float = 90) -> None:
    font = pymupdf.Font(fontfile=str(FONTS / "LiberationSerif-Regular.ttf"))
    writer = pymupdf.TextWriter(page.rect)
    for index, text in enumerate(lines):
        writer.append((left, top + index * size * 1.5), text, font=font, fontsize=size)
    writer.write_text(page)


def picture(page: pymupdf.Page, *, angle: float = 0.0, dpi: int = DPI) -> Image.Image:
    """The page as a scanner sees it, turned by an angle (counter-clockwise, degrees) about its middle."""
    pixels = page.get_pixmap(dpi=dpi)
    image = Image.frombytes("RGB", (pixels.width, pixels.height), pixels.samples)
    return image.rotate(angle, Image.Resampling.BICUBIC, fillcolor="white") if angle else image


def scan_page(pdf: pymupdf.Document, image: Image.Image, width: float = 595, height: float = 400) -> pymupdf.Page:
    stream = io.BytesIO()
    image.save(stream, "PNG")
    page = pdf.new_page(width=width, height=height)
    page.insert_image(page.rect, stream=stream.getvalue())
    return page


def scan(folder: Path, *images: Image.Image, name: str = "scan.pdf", width: float = 595, height: float = 400) -> Path:
    pdf = pymupdf.open()
    for image in images:
        scan_page(pdf, image, width, height)
    pdf.save(folder / name)
    return folder / name


def lines_of(page: Page) -> list[Line]:
    return [*page.lines, *(line for grid in page.grids for cell in grid.cells for line in cell.lines)]


def text_of(page: Page) -> str:
    return " ".join(line.passage.text for line in lines_of(page))


def accuracy(text: str, lines: tuple[str, ...] = LINES) -> float:
    return Levenshtein.normalized_similarity(text, " ".join(lines))


def places(page: Page) -> dict[str, Box]:
    """The box of each word that stands on the page once."""
    found: dict[str, list[Box]] = {}
    for line in lines_of(page):
        start = 0
        for word in line.passage.text.split(" "):
            part = line.passage[start : start + len(word)]
            found.setdefault(word, []).extend(part.boxes)
            start += len(word) + 1
    return {word: boxes[0] for word, boxes in found.items() if len(boxes) == 1}


def read_scan(path: Path) -> Document:
    return read(path, "0" * 64)


# ------------------------------------------------------------------ text and places


@pytest.mark.parametrize("angle", [0.0, 0.6, -1.5, 3.0])
def test_skewed_pages_are_read_and_their_words_framed(tmp_path: Path, angle: float) -> None:
    source = printed()
    document = read_scan(scan(tmp_path, picture(source[0], angle=angle)))
    page = document.pages[0]
    assert page.text_source is TextSource.OCR
    assert accuracy(text_of(page)) > 0.98
    _assert_framed(page, picture(source[0], angle=angle))


def _assert_framed(page: Page, image: Image.Image) -> None:
    """Each word's box holds ink to each of its edges, and no word's ink sticks out of it by more than three points."""
    ink = np.asarray(image.convert("L")) < 128
    scale = image.width / page.width
    found = places(page)
    assert len(found) > 30
    for word, box in found.items():
        x0, y0, x1, y1 = (round(value * scale) for value in box[1:])
        reach = round(3 * scale)
        inside = ink[y0 - reach : y1 + reach, x0 - reach : x1 + reach]
        rows, columns = np.nonzero(inside.any(axis=1))[0], np.nonzero(inside.any(axis=0))[0]
        assert rows.size, f"{word}: nothing is printed in {box}"
        assert rows[0] <= 2 * reach, word
        assert columns[0] <= 2 * reach, word
        assert rows[-1] >= inside.shape[0] - 2 * reach - 1, word
        assert columns[-1] >= inside.shape[1] - 2 * reach - 1, word


def test_boxes_are_those_of_the_printed_words(tmp_path: Path) -> None:
    source = printed()
    page = read_scan(scan(tmp_path, picture(source[0]))).pages[0]
    found = places(page)
    compared = 0
    for x0, _, x1, _, word, *_ in source[0].get_text("words"):
        if word in found:
            assert found[word].x0 == pytest.approx(x0, abs=3)
            assert found[word].x1 == pytest.approx(x1, abs=3)
            compared += 1
    assert compared > 30


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_pages_scanned_sideways_or_upside_down(tmp_path: Path, turns: int) -> None:
    image = picture(printed()[0]).rotate(-90 * turns, expand=True)
    size = (400, 595) if turns % 2 else (595, 400)
    page = read_scan(scan(tmp_path, image, width=size[0], height=size[1])).pages[0]
    assert (page.width, page.height) == size
    assert accuracy(text_of(page)) > 0.98
    _assert_framed(page, image)


@pytest.mark.parametrize("rotation", [90, 180, 270])
def test_boxes_are_those_of_the_displayed_page(tmp_path: Path, rotation: int) -> None:
    """/Rotate and a CropBox smaller than the MediaBox: the picture is stored in another position than it is shown."""
    upright = picture(printed()[0])
    stored = upright.rotate(rotation, expand=True)
    size = (400, 595) if rotation % 180 else (595, 400)
    pdf = pymupdf.open()
    page = pdf.new_page(width=size[0] + 60, height=size[1] + 60)
    stream = io.BytesIO()
    stored.save(stream, "PNG")
    page.insert_image(pymupdf.Rect(30, 30, size[0] + 30, size[1] + 30), stream=stream.getvalue())
    page.set_cropbox(pymupdf.Rect(30, 30, size[0] + 30, size[1] + 30))
    page.set_rotation(rotation)
    pdf.save(tmp_path / "rotated.pdf")
    read_page = read_scan(tmp_path / "rotated.pdf").pages[0]
    assert (read_page.width, read_page.height) == (595, 400)
    _assert_framed(read_page, upright)


def test_glyphs_are_in_order_and_carry_confidence(tmp_path: Path) -> None:
    page = read_scan(scan(tmp_path, picture(printed()[0]))).pages[0]
    glyphs = [glyph for line in lines_of(page) for glyph in line.passage.glyphs if glyph]
    assert len({glyph.order for glyph in glyphs}) == len(glyphs)
    assert all(glyph.confidence is not None and 0 <= glyph.confidence <= 1 for glyph in glyphs)
    assert page.read_confidence is not None
    assert page.read_confidence > 0.85


def test_sizes_tell_footnotes_from_text_and_titles_are_bold(tmp_path: Path) -> None:
    pdf = printed()
    write(pdf[0], ("Theo báo cáo của các bộ, ngành, địa phương đến ngày 10 tháng 6.",), size=10, left=70, top=340)
    title = pymupdf.Font(fontfile=str(FONTS / "LiberationSerif-Bold.ttf"))
    writer = pymupdf.TextWriter(pdf[0].rect)
    writer.append((70, 250), "Nhiệm vụ, giải pháp trọng tâm thời gian tới", font=title, fontsize=14)
    writer.write_text(pdf[0])
    lines = read_scan(scan(tmp_path, picture(pdf[0]))).pages[0].lines
    sizes = [line.size for line in lines]
    assert sizes[:5] == [sizes[0]] * 5
    assert sizes[0] == pytest.approx(14, rel=0.08)
    assert sizes[5] <= 0.8 * sizes[0]
    assert [line.bold for line in lines] == [False, False, False, False, True, False]


def test_raised_figures_are_marks_and_do_not_join_the_number_before(tmp_path: Path) -> None:
    pdf = pymupdf.open()
    page = pdf.new_page(width=595, height=400)
    font = pymupdf.Font(fontfile=str(FONTS / "LiberationSerif-Regular.ttf"))
    writer = pymupdf.TextWriter(page.rect)
    _, end = writer.append((70, 90), "hoàn thành trong năm 2025", font=font, fontsize=14)
    _, end = writer.append((end[0], 85), "9", font=font, fontsize=8.5)
    writer.append((end[0], 90), " theo kế hoạch đã được phê duyệt", font=font, fontsize=14)
    writer.write_text(page)
    write(page, LINES, size=14, left=70, top=120)
    line = read_scan(scan(tmp_path, picture(page))).pages[0].lines[0]
    assert line.passage.text == "hoàn thành trong năm 2025 theo kế hoạch đã được phê duyệt"
    assert [(offset, mark.text) for offset, mark in line.marks] == [(len("hoàn thành trong năm 2025"), "9")]


def test_a_letterhead_is_read_column_by_column(tmp_path: Path) -> None:
    pdf = printed((), height=400)
    write(pdf[0], ("BỘ TÀI CHÍNH", "Số: 12/QĐ-BTC"), size=13, left=70)
    write(pdf[0], ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc"), size=12, left=290)
    write(pdf[0], LINES, size=14, left=70, top=170)
    texts = [line.passage.text for line in read_scan(scan(tmp_path, picture(pdf[0]))).pages[0].lines]
    assert texts[:3] == ["BỘ TÀI CHÍNH", "Số: 12/QĐ-BTC", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"]


def test_a_bullet_far_from_its_item_heads_it(tmp_path: Path) -> None:
    pdf = printed(("-", "-"), left=70)
    write(pdf[0], ("Bộ Tài chính rà soát", "Bộ Nội vụ báo cáo"), size=14, left=105)
    texts = [line.passage.text for line in read_scan(scan(tmp_path, picture(pdf[0]))).pages[0].lines]
    assert texts == ["- Bộ Tài chính rà soát", "- Bộ Nội vụ báo cáo"]


# ------------------------------------------------------------------ dirt


def test_print_under_a_red_seal_is_read(tmp_path: Path) -> None:
    image = picture(printed()[0])
    seal = Image.new("RGB", image.size, "white")
    draw = ImageDraw.Draw(seal)
    for radius in (110, 100, 40):
        draw.ellipse((500 - radius, 300 - radius, 500 + radius, 300 + radius), outline=(215, 60, 65), width=6)
    stamped = ImageChops.multiply(image, seal)
    assert accuracy(text_of(read_scan(scan(tmp_path, stamped)).pages[0])) > 0.98


def test_figures_stamped_in_blue_are_read(tmp_path: Path) -> None:
    pdf = printed()
    font = pymupdf.Font(fontfile=str(FONTS / "LiberationSans-Bold.ttf"))
    writer = pymupdf.TextWriter(pdf[0].rect, color=(0.1, 0.2, 0.8))
    writer.append((70, 260), "1849", font=font, fontsize=14)
    writer.write_text(pdf[0])
    assert "1849" in text_of(read_scan(scan(tmp_path, picture(pdf[0]))).pages[0])


def test_specks_and_dark_edges_are_not_read(tmp_path: Path) -> None:
    image = picture(printed()[0])
    draw = ImageDraw.Draw(image)
    random = np.random.default_rng(7)
    for x, y in random.integers(20, (image.width - 20, image.height - 20), (150, 2)):
        draw.rectangle((x, y, x + 1, y + 1), fill="black")
    draw.polygon([(0, 300), (25, image.height), (0, image.height)], fill="black")
    page = read_scan(scan(tmp_path, image)).pages[0]
    assert accuracy(text_of(page)) > 0.97


def test_one_bit_pages(tmp_path: Path) -> None:
    image = picture(printed()[0], dpi=300).convert("1", dither=Image.Dither.NONE)
    assert accuracy(text_of(read_scan(scan(tmp_path, image)).pages[0])) > 0.98


def test_letters_that_touch_those_of_the_next_line_are_no_rulings() -> None:
    """The stem of a q that runs into an h below it is as long, thin and upright as the side of a small cell."""
    page = printed((), height=400)[0]
    for column, (above, below) in enumerate(zip("qqqqqqpp", "hhhhlbhl", strict=True)):
        left = 70 + 40 * column
        write(page, (above,), size=14, left=left, top=90)
        write(page, (below,), size=14, left=left + (4.1 if above == "q" else 0.4), top=101.8)
    ink = cv2.threshold(np.asarray(picture(page).convert("L")), 160, 255, cv2.THRESH_BINARY_INV)[1]
    assert not find_rulings(ink, DPI / 72).mask.any()


# ------------------------------------------------------------------ tables

TABLE = (
    ("STT", "Nhiệm vụ", "Cơ quan chủ trì", "Thời hạn"),
    ("1", "Xây dựng Nghị định", "Bộ Tài chính", "Quý II/2025"),
    ("2", "Báo cáo Quốc hội", "Bộ Nội vụ", "30/6/2025"),
    ("5", "Rà soát quy định", "-", "8"),
)
EDGES = (60, 100, 260, 400, 530)


def table_page(height: float = 400) -> pymupdf.Page:
    pdf = pymupdf.open()
    page = pdf.new_page(width=595, height=height)
    for row, texts in enumerate(TABLE):
        for column, text in enumerate(texts):
            cell = pymupdf.Rect(EDGES[column], 80 + 30 * row, EDGES[column + 1], 110 + 30 * row)
            page.draw_rect(cell, width=0.7)
            write(page, (text,), size=12, left=cell.x0 + 5, top=cell.y0 + 19)
    return page


@pytest.mark.parametrize("angle", [0.0, 0.7])
def test_each_cell_is_in_its_row_and_column(tmp_path: Path, angle: float) -> None:
    page = read_scan(scan(tmp_path, picture(table_page(), angle=angle))).pages[0]
    assert len(page.grids) == 1
    cells = {
        (cell.row, cell.column): " ".join(line.passage.text for line in cell.lines) for cell in page.grids[0].cells
    }
    assert cells == {(r, c): text for r, row in enumerate(TABLE) for c, text in enumerate(row)}
    assert not page.lines


def test_a_stamp_with_a_frame_is_no_table(tmp_path: Path) -> None:
    pdf = printed(height=500)
    page = pdf[0]
    page.draw_rect(pymupdf.Rect(60, 300, 200, 360), width=1)
    page.draw_line((60, 325), (200, 325), width=1)
    page.draw_line((110, 325), (110, 360), width=1)
    for text, left, top in (("CÔNG VĂN ĐẾN", 75, 318), ("Số", 70, 346), ("1234", 130, 346)):
        write(page, (text,), size=10, left=left, top=top)
    read_page = read_scan(scan(tmp_path, picture(page), height=500)).pages[0]
    assert not read_page.grids
    assert "1234" in text_of(read_page)


# ------------------------------------------------------------------ text layers


def with_layer(folder: Path, text: str, image: Image.Image | None = None) -> Path:
    """A scan with an invisible text layer."""
    pdf = pymupdf.open()
    page = scan_page(pdf, image or picture(printed()[0]))
    page.insert_font("serif", str(FONTS / "LiberationSerif-Regular.ttf"))
    page.insert_textbox((40, 40, 560, 390), text, fontname="serif", fontsize=9, render_mode=3)
    pdf.save(folder / "layer.pdf")
    return folder / "layer.pdf"


def test_a_layer_of_nothing_but_a_stamp_is_thrown_away(tmp_path: Path) -> None:
    stamp = "Người ký: CỔNG THÔNG TIN ĐIỆN TỬ\nThời gian ký: 07.10.2025 16:15:28 +07:00"
    document = read_scan(with_layer(tmp_path, stamp))
    assert accuracy(text_of(document.pages[0])) > 0.98
    assert [(issue.kind, issue.severity, issue.page) for issue in document.issues] == [
        ("text_layer_discarded", "info", 1)
    ]
    assert "16:15:28" in document.issues[0].message


WITHOUT_MARKS = "Giao Bo Khoa hoc va Cong nghe chu tri phoi hop voi cac bo nganh dia phuong ra soat sua doi " * 6
ENGLISH_OCR = "CeNG HoA xA HQI CHU NGHiA VItT NAM D6c l{p Tg do H4nh phric BQ trui5ng BO Khoa hgc vi C6ng ngh$ " * 6
GOOD = (" ".join(LINES) + " ") * 3
ENGLISH = (
    "The ministry of science is in charge of the review and reports to the government by the end of the year. " * 5
)


@pytest.mark.parametrize(
    ("text", "kept"),
    [(WITHOUT_MARKS, False), (ENGLISH_OCR, False), ("\ufffd\ue012" * 200, False), (GOOD, True), (ENGLISH, True)],
)
def test_what_a_layer_is_worth(text: str, kept: bool) -> None:
    page = scan_page(pymupdf.open(), Image.new("RGB", (200, 200), "white"))
    assert layer.judge(page, text).as_picture is not kept


def test_text_without_a_picture_is_kept_in_any_language() -> None:
    page = printed(())[0]
    assert not layer.judge(page, WITHOUT_MARKS).as_picture
    assert layer.judge(page, "\ufffd" * 50).as_picture


def test_pages_are_judged_one_by_one(tmp_path: Path) -> None:
    pdf = pymupdf.open()
    write(pdf.new_page(width=595, height=400), LINES, size=14, left=70)
    scan_page(pdf, picture(printed()[0]))
    pdf.save(tmp_path / "mixed.pdf")
    document = read_scan(tmp_path / "mixed.pdf")
    assert [page.text_source for page in document.pages] == [TextSource.TEXT, TextSource.OCR]
    assert document.text_source is TextSource.MIXED


# ------------------------------------------------------------------ image files


@pytest.mark.parametrize("suffix", ["png", "jpg", "tif"])
def test_image_files(tmp_path: Path, suffix: str) -> None:
    image = picture(printed()[0])
    image.save(tmp_path / f"scan.{suffix}", dpi=(DPI, DPI))
    document = read_scan(tmp_path / f"scan.{suffix}")
    assert accuracy(text_of(document.pages[0])) > 0.97
    assert document.pages[0].width == pytest.approx(595, abs=1)
    _assert_framed(document.pages[0], image)


def test_an_image_of_unknown_resolution(tmp_path: Path) -> None:
    page = table_page(height=842)
    image = picture(page)
    image.save(tmp_path / "scan.png")
    read_page = read_scan(tmp_path / "scan.png").pages[0]
    assert read_page.height > 1000
    assert [(grid.rows, grid.columns) for grid in read_page.grids] == [(4, 4)]
    found, zoom = places(read_page), read_page.width / 595
    for x0, y0, x1, y1, word, *_ in page.get_text("words"):
        if word in found:
            assert found[word].x0 == pytest.approx(x0 * zoom, abs=3 * zoom)
            assert found[word].x1 == pytest.approx(x1 * zoom, abs=3 * zoom)
            assert y0 * zoom < (found[word].y0 + found[word].y1) / 2 < y1 * zoom


def test_a_tiff_of_two_pages(tmp_path: Path) -> None:
    image = picture(printed()[0])
    image.save(
        tmp_path / "scan.tif", save_all=True, append_images=[Image.new("RGB", image.size, "white")], dpi=(200, 200)
    )
    document = read_scan(tmp_path / "scan.tif")
    assert [bool(page.lines) for page in document.pages] == [True, False]
    assert [(issue.kind, issue.page) for issue in document.issues] == [("blank_page", 2)]


def test_a_damaged_image_is_refused(tmp_path: Path) -> None:
    (tmp_path / "scan.png").write_bytes(b"\x89PNG\r\n\x1a\n" + b"0" * 100)
    with pytest.raises(ReadError):
        read_scan(tmp_path / "scan.png")


# ------------------------------------------------------------------ pages that can't be read


def test_a_page_that_takes_too_long_is_set_aside_and_the_rest_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = scan(tmp_path, picture(printed()[0]), picture(printed()[0]))
    started = workers._Reader.start

    def start(reader: workers._Reader, photo: workers.Photograph, seconds: float) -> None:
        started(reader, photo, 0.001 if photo.number == 1 else 60)

    monkeypatch.setattr(workers._Reader, "start", start)
    result = workers.read_pages(path, [1, 2], workers=1)
    assert list(result.pages) == [2]
    assert [(issue.kind, issue.severity, issue.page) for issue in result.issues] == [("page_not_read", "error", 1)]


def test_a_worker_that_dies_costs_its_page_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = scan(tmp_path, picture(printed()[0]), picture(printed()[0]))
    started = workers._Reader.start

    def start(reader: workers._Reader, photo: workers.Photograph, seconds: float) -> None:
        started(reader, photo, seconds)
        if photo.number == 1:
            reader.process.kill()

    monkeypatch.setattr(workers._Reader, "start", start)
    result = workers.read_pages(path, [1, 2], workers=1)
    assert list(result.pages) == [2]
    assert [issue.page for issue in result.issues] == [1]


# ------------------------------------------------------------------ slips and shapes


@pytest.mark.parametrize(
    ("read_as", "printed_as"),
    [
        ("Quyết định số 12/QÐ-TTg", "Quyết định số 12/QĐ-TTg"),
        ("trước ngày 0l/7/2025", "trước ngày 01/7/2025"),
        ("ngày l5 tháng 7", "ngày 15 tháng 7"),
        ("Luật số 63/2025/QHI5", "Luật số 63/2025/QH15"),
        ("l. Giao Bộ Y tế", "1. Giao Bộ Y tế"),
        ("Nghị định số 30/2020/ND-CP", "Nghị định số 30/2020/NĐ-CP"),
        ("I. KẾT QUẢ", "I. KẾT QUẢ"),
        ("la bàn, Ola, il", "la bàn, Ola, il"),
        ("03/ÑQ-CP", "03/NQ-CP"),
        ("§. Tập đoàn Điện lực", "8. Tập đoàn Điện lực"),
        ("(Š) Theo dõi việc thực hiện", "(5) Theo dõi việc thực hiện"),
        ("9, Chủ đầu tư", "9. Chủ đầu tư"),
        ("8, 9 và 10", "8, 9 và 10"),
        ("Sở Y tế chú trì", "Sở Y tế chủ trì"),
        ("chú ý thứ nhát", "chú ý thứ nhất"),
    ],
)
def test_slips_are_mended_where_the_context_proves_them(read_as: str, printed_as: str) -> None:
    assert slips.mend(unplaced(read_as)).text == printed_as


def _said(text: str, confidence: float) -> Line:
    glyphs = tuple(Glyph(1, 0, i, 10.0 * i, 0, 10.0 * i + 9, 10, confidence) for i in range(len(text)))
    return Line(Passage(text, glyphs), Box(1, 0, 0, 100, 10), 14)


@pytest.mark.parametrize(
    ("doubtful", "sure", "mended"),
    [
        ("Chủ trỉ xây dựng", ["chủ trì, rà soát"] * 3, "Chủ trì xây dựng"),
        ("Chủ trỉ xây dựng", ["chủ trì, rà soát"] * 2, "Chủ trỉ xây dựng"),
        ("các chi tiêu đề ra", ["giảm chi tiêu", *["các chỉ tiêu"] * 5], "các chi tiêu đề ra"),
        ("tổng số 12", ["tổng số 13"] * 3, "tổng số 12"),
    ],
)
def test_marks_are_mended_where_the_document_proves_them(doubtful: str, sure: list[str], mended: str) -> None:
    lines = (_said(doubtful, 0.5), *(_said(text, 0.96) for text in sure))
    page = context.mend_marks({1: Page(1, 595, 842, 0, lines)})[1]
    assert page.lines[0].passage.text == mended
    assert page.lines[0].passage.glyphs == lines[0].passage.glyphs


@lru_cache
def _ink(angle: float) -> np.ndarray:
    return ink_of(np.asarray(picture(printed()[0], angle=angle).convert("L")), DPI / 72)


@pytest.mark.parametrize("angle", [0.0, 0.3, -0.8, 2.5, -4.0])
def test_skew_is_measured(angle: float) -> None:
    assert skew(_ink(angle), DPI / 72) == pytest.approx(-angle, abs=0.1)


def test_sideways_pages_are_seen() -> None:
    assert not is_sideways(_ink(0.0), DPI / 72)
    assert is_sideways(np.ascontiguousarray(np.rot90(_ink(0.0))), DPI / 72)


# ------------------------------------------------------------------ the shared scans


@pytest.mark.skipif(not SHARED.exists(), reason="../shared/documents is not there")
@pytest.mark.parametrize(("name", "number", "least"), [("003", 3, 0.99), ("004", 24, 0.975)])
def test_shared_scans_against_their_twins(name: str, number: int, least: float) -> None:
    from pipeline.read.pdf import open_pdf, read_page

    twin = next(SHARED.glob(f"{name}-*.born-digital.pdf"))
    with open_pdf(twin) as pdf:
        wanted = read_page(pdf[number - 1])
    page = workers.read_pages(twin.with_name(twin.name.replace(".born-digital", "")), [number]).pages[number]
    assert accuracy(text_of(page), (text_of(wanted),)) > least
    assert [(grid.rows, grid.columns) for grid in page.grids] == [(grid.rows, grid.columns) for grid in wanted.grids]


def test_a_box_that_is_too_wide_takes_no_ink_of_the_next_word() -> None:
    """A recogniser may draw the box of "tuyến," over the "20" behind it: each is framed by its own ink."""
    wide, narrow = Word("tuyến,", 0, 0, 100, 20, 0.9, ()), Word("20", 60, 0, 100, 20, 0.9, ())
    ink = np.array([(0, 5, 40, 20), (42, 16, 46, 24), (60, 4, 78, 20), (80, 4, 99, 20)], np.float64)
    strip = Strip(ink, np.arange(4), 20.0, 5.0)
    for words in ([wide, narrow], [narrow, wide]):
        framed = {word.text: (word.x0, word.y0, word.x1, word.y1) for word in _framed(words, strip)}
        assert framed == {"tuyến,": (0, 5, 46, 24), "20": (60, 4, 99, 20)}


@pytest.mark.parametrize("starts", [(0, 10, 20), (0, 10, 10), (0, 0, 0), (5, 30, 40), (0, 20, 10), (3, 2, 1)])
def test_every_letter_has_a_width_of_its_own(starts: tuple[float, ...]) -> None:
    letters = tuple(Letter(c, x, 0, x + 5, 9) for c, x in zip("abc", starts, strict=True))
    places = list(letter_places(Word("abc", 0, 0, 30, 9, 0.9, letters)))
    assert [c for c, _, _ in places] == ["a", "b", "c"]
    assert [places[0][1], places[-1][2]] == [0, 30]
    assert all(x0 < x1 for _, x0, x1 in places)
    assert all(before[2] == after[1] for before, after in itertools.pairwise(places))


@pytest.mark.parametrize(
    ("first", "second", "edge"),
    [((0, 30), (26, 60), 28), ((0, 30), (34, 60), None), ((10, 80), (8, 60), 45), ((0, 90), (50, 60), 55)],
)
def test_words_of_a_line_share_no_room(first: tuple[int, int], second: tuple[int, int], edge: float | None) -> None:
    words = [Word("a", x0, 0, x1, 9, 0.9, ()) for x0, x1 in (first, second)]
    before, after = _apart(words)
    assert (before.x1, after.x0) == ((edge, edge) if edge else (first[1], second[0]))
