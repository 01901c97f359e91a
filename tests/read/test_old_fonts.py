"""One Vietnamese text as Unicode, TCVN3 and VNI, in Word and PDF files: read as one; other languages are left alone."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import docx
import pymupdf
import pytest

from pipeline.read import read
from pipeline.rows import page_text
from schemas.document import Document
from tests.normalizers.test_legacy import ALPHABET, SENTENCE, TCVN3_SENTENCE, VNI_SENTENCE, vni

LOWER = " ".join(letter for letter in ALPHABET if letter.islower() and not letter.isascii())
TEXTS = [
    ("Unicode", "Times New Roman", f"{SENTENCE}."),
    ("TCVN3", ".VnTime", f"{TCVN3_SENTENCE}."),
    ("VNI", "VNI-Times", f"{VNI_SENTENCE}."),
]
OTHERS = [
    ("Spanish", ".VnTime", "El niño está aquí mañana según José."),
    ("French", "VNI-Times", "à côté de l'été où il a été né près du château."),
    ("Unicode", ".VnTime", f"{SENTENCE}."),
]


def as_word(folder: Path, font: str, text: str) -> Document:
    file = docx.Document()
    for _ in range(3):
        file.add_paragraph().add_run(text).font.name = font
    file.save(folder / "a.docx")
    return read(folder / "a.docx", "0" * 64)


def as_pdf(folder: Path, font: str, text: str) -> Document:
    """A PDF whose font, by its name and the codes of its characters, is an old one."""
    with pymupdf.open() as pdf:
        page = pdf.new_page()
        if all(ord(c) < 256 for c in text):
            for at in range(3):
                page.insert_text((40, 80 + 20 * at), text, fontname="helv", fontsize=8)
            pdf.xref_set_key(page.get_fonts()[0][0], "BaseFont", f"/{font}")
        else:
            for at in range(3):
                page.insert_htmlbox((40, 80 + 30 * at, 560, 110 + 30 * at), text)
        pdf.save(folder / "a.pdf")
    return read(folder / "a.pdf", "0" * 64)


def text_of(document: Document) -> str:
    pieces = [piece.paragraph.passage.text for piece in document.pieces if piece.paragraph]
    return " ".join((" ".join(pieces) or page_text(document.pages[0])).split())


@pytest.mark.parametrize(("font", "text"), [case[1:] for case in TEXTS], ids=[case[0] for case in TEXTS])
@pytest.mark.parametrize("make", [as_word, as_pdf])
def test_every_accent_is_right(make: type, font: str, text: str, tmp_path: Path) -> None:
    assert text_of(make(tmp_path, font, text)) == " ".join([f"{SENTENCE}."] * 3)


@pytest.mark.parametrize(("font", "text"), [case[1:] for case in OTHERS], ids=[case[0] for case in OTHERS])
@pytest.mark.parametrize("make", [as_word, as_pdf])
def test_other_text_in_such_a_font_is_left_alone(make: type, font: str, text: str, tmp_path: Path) -> None:
    document = make(tmp_path, font, text)
    assert text_of(document) == " ".join([text] * 3)
    assert [issue.kind for issue in document.issues] == []


def test_every_letter_of_vni_in_a_pdf(tmp_path: Path) -> None:
    letters = LOWER.split()
    for start in range(0, len(letters), 20):
        some = letters[start : start + 20]
        document = as_pdf(tmp_path, "VNI-Times", f"Quoác hoäi {' '.join(f't{vni(letter)}' for letter in some)}")
        assert " ".join(f"t{letter}" for letter in some) in text_of(document)


def test_an_old_font_is_told_and_its_letters_have_their_places(tmp_path: Path) -> None:
    document = as_pdf(tmp_path, "VNI-Times", f"{VNI_SENTENCE}.")
    assert [(issue.kind, issue.severity) for issue in document.issues] == [("legacy_encoding", "info")]
    line = document.pages[0].lines[0].passage
    glyphs = [glyph for glyph in line.glyphs if glyph]
    assert len(glyphs) == len(line.text)
    assert all(a.x0 <= b.x0 + 0.01 for a, b in pairwise(glyphs))
