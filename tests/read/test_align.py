"""Characters of Word documents find their places on the rendered pages."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import docx as python_docx
import pymupdf
import pytest
from docx.enum.section import WD_ORIENT
from docx.oxml import OxmlElement

from pipeline.read import align, docx, office
from schemas.document import Document, Line
from schemas.place import Box, Glyph, Passage
from tests.read.test_docx import SHARED, SUPERSCRIPT, W, cell, lines_of, numbering, p, r, table, write_docx

needs_office = pytest.mark.skipif(
    office.program() is None, reason="LibreOffice is not installed: nothing to align with"
)


def printed(text: str, order: int = 0) -> list[align.Printed]:
    return [(c, Glyph(1, 0, order + i, i, 0, i + 1, 10)) for i, c in enumerate(text) if not c.isspace()]


def orders(passage: Passage) -> list[int | None]:
    return [glyph.order if glyph else None for glyph in passage.glyphs]


@pytest.mark.parametrize("number", [1, 63, 64, 4095, 4096, 70_000, align.LARGEST_NUMBER])
def test_every_number_has_a_dark_colour_of_its_own(number: int) -> None:
    colour = int(align.colour_of(number), 16)
    assert align.number_of(colour) == number
    assert max(colour >> 16, colour >> 8 & 255, colour & 255) < 64


def test_bright_colours_stand_for_nothing() -> None:
    assert align.number_of(0x400000) is None


PLACES = [
    ("as written", "a b", "a b", [0, None, 2]),
    ("hyphen at a line's end", "abcd", "ab-cd", [0, 1, 3, 4]),
    ("printed again on the next page", "ab", "ab ab", [0, 1]),
    ("one character prints otherwise", "ab☑cd", "ab?cd", [0, 1, None, 3, 4]),
    ("hyphen that holds", "57\u2011NQ", "57-NQ", [0, 1, 2, 3, 4]),
    ("not printed", "ab", "", [None, None]),
]


@pytest.mark.parametrize(("text", "print_", "expected"), [c[1:] for c in PLACES], ids=[c[0] for c in PLACES])
def test_place(text: str, print_: str, expected: list[int | None]) -> None:
    assert orders(align.place(text, printed(print_))) == expected


@lru_cache(maxsize=1)
def rendered(path: Path) -> bytes:
    return docx.render(path)


def on_page(path: Path, passage: Passage) -> str:
    """What stands in the boxes of a passage on the rendered pages, without blanks."""
    with pymupdf.open(stream=rendered(path), filetype="pdf") as pdf:
        return "".join(_inside(pdf[box.page - 1], box) for box in passage.boxes)


def _inside(page: pymupdf.Page, box: Box) -> str:
    characters = [
        char
        for block in page.get_text("rawdict")["blocks"]
        for line in block.get("lines", ())
        for span in line["spans"]
        for char in span["chars"]
    ]
    middles = [((c["bbox"][0] + c["bbox"][2]) / 2, (c["bbox"][1] + c["bbox"][3]) / 2) for c in characters]
    inside = (c["c"] for c, (x, y) in zip(characters, middles, strict=True) if box.holds(x, y))
    return "".join("".join(inside).split())


def solid(text: str) -> str:
    return "".join(text.split())


def missing(document: Document) -> list[str]:
    """Lines with a character that has no place."""
    return [line.passage.text for line in lines_of(document) if not _placed(line)]


def _placed(line: Line) -> bool:
    return all(glyph or c.isspace() for c, glyph in zip(line.passage.text, line.passage.glyphs, strict=True))


@needs_office
def test_row_over_a_page_break_under_a_repeated_head(tmp_path: Path) -> None:
    words = " ".join(f"việc-{i}" for i in range(400))
    head = "<w:trPr><w:tblHeader/></w:trPr>" + cell(p("TT")) + cell(p("Nhiệm vụ")) + cell(p("Cơ quan"))
    row = cell(p("1")) + cell(p(words)) + cell(p("Bộ Y tế"))
    last = cell(p("2")) + cell(p("việc cuối")) + cell(p("Bộ Y tế"))
    fixed = '<w:tblW w:w="6000" w:type="dxa"/><w:tblBorders><w:insideV w:val="single"/></w:tblBorders>'
    path = write_docx(tmp_path / "a.docx", table(head, row, last, properties=fixed))
    document = docx.read(path, "x")
    assert len(document.pages) > 1
    assert missing(document) == []
    task = next(line.passage for line in lines_of(document) if line.passage.text == words)
    pages = [glyph.page for glyph in task.glyphs if glyph]
    assert pages == sorted(pages)
    assert set(pages) == set(range(1, len(document.pages) + 1))
    agencies = [line.passage for line in lines_of(document) if line.passage.text == "Bộ Y tế"]
    assert [agency.page for agency in agencies] == [1, len(document.pages)]
    assert on_page(path, task) == solid(words)
    assert on_page(path, agencies[1]) == solid("Bộ Y tế")


@needs_office
def test_labels_marks_notes_and_boxes_have_their_places(tmp_path: Path) -> None:
    label = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>'
    reference = f'<w:r><w:rPr>{SUPERSCRIPT}</w:rPr><w:footnoteReference w:id="3"/></w:r>'
    body = p("một", label) + f"<w:p><w:pPr>{label}</w:pPr>{r('hai năm 2025')}{reference}{r(' và m')}"
    body += r("2", SUPERSCRIPT) + r("chú", '<w:color w:val="FF0000"/>') + "</w:p>"
    note = f'<w:footnote w:id="3"><w:p><w:r><w:footnoteRef/></w:r>{r(" Nguồn 1.234")}</w:p></w:footnote>'
    separators = "".join(
        f'<w:footnote w:type="{kind}" w:id="{i}"><w:p><w:r><w:{kind}/></w:r></w:p></w:footnote>'
        for i, kind in enumerate(("separator", "continuationSeparator"))
    )
    parts = {
        "numbering": numbering(("decimal", "%1.")),
        "footnotes": f"<w:footnotes {W}>{separators}{note}</w:footnotes>",
    }
    path = write_docx(tmp_path / "a.docx", body, **parts)
    document = docx.read(path, "x")
    second = document.pieces[1]
    assert second.numbering
    assert second.paragraph
    assert (second.numbering.text, second.paragraph.passage.text) == ("2.", "hai năm 2025 và m²chú")
    assert missing(document) == []
    assert on_page(path, second.numbering) == solid("2.")
    ((offset, mark),) = second.paragraph.marks
    assert (offset, mark.text, mark.page) == (12, "1", 1)
    (footnote,) = document.notes
    assert on_page(path, footnote.passage) == solid("Nguồn 1.234")
    assert [glyph for glyph in mark.glyphs if glyph] != [glyph for glyph in footnote.passage.glyphs if glyph][:1]


@needs_office
def test_deleted_hidden_and_commented_words_are_not_on_the_page(tmp_path: Path) -> None:
    gone = '<w:del w:id="1" w:author="a"><w:r><w:delText>10</w:delText></w:r></w:del>'
    new = f'<w:ins w:id="2" w:author="a">{r("12")}</w:ins>'
    body = f'<w:p><w:commentRangeStart w:id="0"/>{r("Đạt ")}{gone}{new}{r(" ẩn", "<w:vanish/>")}'
    body += '<w:commentRangeEnd w:id="0"/><w:r><w:commentReference w:id="0"/></w:r></w:p>'
    comments = f'<w:comments {W}><w:comment w:id="0" w:author="An">{p("Xem lại 99")}</w:comment></w:comments>'
    path = write_docx(tmp_path / "a.docx", body, comments=comments)
    with pymupdf.open(stream=rendered(path), filetype="pdf") as pdf:
        assert pdf[0].get_text().split() == ["Đạt", "12"]
    assert missing(docx.read(path, "x")) == []


@needs_office
def test_landscape_section_and_headers(tmp_path: Path) -> None:
    path = tmp_path / "a.docx"
    made = python_docx.Document()
    made.sections[0].footer.paragraphs[0].text = "Chân trang 5"
    made.add_paragraph("Trang đứng số 5")
    section = made.add_section()
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = section.page_height, section.page_width
    paragraph = made.add_paragraph("Trang ngang số 5")
    paragraph.runs[0]._r.append(OxmlElement("w:tab"))
    made.save(path)
    document = docx.read(path, "x")
    first, second = document.pages
    assert first.width < first.height
    assert second.width > second.height
    assert [line.passage.page for line in lines_of(document)] == [1, 2]
    assert on_page(path, lines_of(document)[1].passage) == solid("Trang ngang số 5")
    assert "Chân trang 5" in [line.passage.text for line in second.lines]


@needs_office
def test_legacy_text_is_rendered_as_it_is_read(tmp_path: Path) -> None:
    font = '<w:rFonts w:ascii=".VnTime" w:hAnsi=".VnTime"/>'
    legacy = "<w:t>C¨n cø NghÞ quyÕt cña Quèc héi n</w:t><w:softHyphen/><w:t>íc</w:t>"
    body = f"<w:p><w:r><w:rPr>{font}</w:rPr>{legacy}</w:r></w:p>"
    path = write_docx(tmp_path / "a.docx", body)
    document = docx.read(path, "x")
    (line,) = lines_of(document)
    assert line.passage.text == "Căn cứ Nghị quyết của Quốc hội nước"
    assert on_page(path, line.passage) == solid(line.passage.text)
    assert [(issue.kind, issue.severity) for issue in document.issues] == [("legacy_encoding", "info")]


@needs_office
def test_shared_report_is_placed() -> None:
    found = sorted(SHARED.glob("001-*.docx"))
    if not found:
        pytest.skip(f"{SHARED} is not here: no shared DOCX to align")
    document = docx.read(found[0], "x")
    characters = [
        pair for line in lines_of(document) for pair in zip(line.passage.text, line.passage.glyphs, strict=True)
    ]
    wanted = [glyph for character, glyph in characters if not character.isspace()]
    assert len(document.pages) == 32
    assert sum(glyph is not None for glyph in wanted) >= 0.995 * len(wanted)
    for line in lines_of(document):
        pages = [glyph.page for glyph in line.passage.glyphs if glyph]
        assert all(a <= b for a, b in pairwise(pages))
    printed_twice = [glyph for glyph in wanted if glyph]
    assert len(printed_twice) == len({(glyph.page, glyph.order) for glyph in printed_twice})
