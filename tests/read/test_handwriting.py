"""Figures filled into the blanks of a printed line are told from printed ones by their shape."""

from __future__ import annotations

import cv2
import numpy as np
import pymupdf
import pytest
from PIL import Image

from pipeline.read.scan.handwriting import DOUBT, doubted
from pipeline.read.scan.lines import Components, find_strips
from pipeline.read.scan.ocr import Letter, Word
from pipeline.read.scan.reading import _framed
from tests.read.test_scan import DPI, FONTS, picture, printed

pytestmark = pytest.mark.skipif(
    not (FONTS / "LiberationSerif-Regular.ttf").exists(), reason="the Liberation fonts are not installed"
)

Part = tuple[str, str, float, float]  # the text, its font, its size in points, how far it stands below the line
SERIF, BOLD, ITALIC = "LiberationSerif-Regular", "LiberationSerif-Bold", "LiberationSerif-Italic"


def line(*parts: Part) -> tuple[list[Word], Image.Image]:
    """A line and its words as a recogniser that makes no mistake would read them, all with full confidence."""
    page = printed((), height=400)[0]
    writer = pymupdf.TextWriter(page.rect)
    scale, x = DPI / 72, 70.0
    words = []
    for text, face, size, below in parts:
        font = pymupdf.Font(fontfile=str(FONTS / f"{face}.ttf"))
        letters = []
        for character in text:
            end = x + font.text_length(character, fontsize=size)
            writer.append((x, 90 + below), character, font=font, fontsize=size)
            letters.append(Letter(character, x * scale, (90 - 0.68 * size) * scale, end * scale, 90 * scale))
            x = end
        words.append(Word(text, letters[0].x0, letters[0].y0, letters[-1].x1, letters[0].y1, 1.0, tuple(letters)))
        x += 4
    writer.write_text(page)
    return words, picture(page)


def doubts(*parts: Part) -> list[str]:
    words, image = line(*parts)
    ink = cv2.threshold(np.asarray(image.convert("L")), 140, 255, cv2.THRESH_BINARY_INV)[1]
    components = Components.of(ink)
    (strip,) = find_strips(components, DPI / 72)
    return [
        word.text
        for word in doubted(_framed(words, strip), strip, components)
        if word.confidence == pytest.approx(DOUBT)
    ]


SO: Part = ("Số:", SERIF, 14, 0)
DAY = [("Huế,", ITALIC, 14, 0), ("ngày", ITALIC, 14, 0)], [("tháng", ITALIC, 14, 0), ("năm", ITALIC, 14, 0)]


def test_printed_figures_are_believed() -> None:
    assert doubts(SO, ("318/QĐ-UBND", SERIF, 14, 0)) == []
    assert doubts(*DAY[0], ("24", ITALIC, 14, 0), *DAY[1], ("2027", ITALIC, 14, 0)) == []


@pytest.mark.parametrize(
    "written",
    [("318", SERIF, 18, 0), ("318", SERIF, 14, 3), ("318", BOLD, 14, 0), ("318", SERIF, 10, 0)],
    ids=["higher", "below the line", "another pen", "smaller"],
)
def test_figures_unlike_the_print_around_them_are_doubted(written: Part) -> None:
    assert doubts(SO, written, ("/QĐ-UBND", SERIF, 14, 0)) == ["318"]
    day = (written[0][:2], *written[1:])
    assert doubts(*DAY[0], day, *DAY[1], ("2027", ITALIC, 14, 0)) == ["31"]


def test_figures_of_other_lines_may_have_any_shape() -> None:
    assert doubts(("Tổng", SERIF, 14, 0), ("318", BOLD, 14, 0), ("cây", SERIF, 14, 0)) == []
