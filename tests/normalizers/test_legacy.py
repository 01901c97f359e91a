"""Old fonts become Unicode; what is no old font's text is left alone."""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise
from pathlib import Path

import pytest
from rapidfuzz.distance import Indel

from normalizers import legacy
from pipeline.read import docx, office
from schemas.document import Document

SHARED = Path(__file__).parents[3] / "shared" / "documents" / "legacy"

ALPHABET = [
    unicodedata.normalize("NFC", letter + tone)
    for letter in "aăâeêioôơuưyAĂÂEÊIOÔƠUƯY"
    for tone in ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")
] + ["đ", "Đ"]

SENTENCE = "Căn cứ Nghị quyết của Quốc hội nước Cộng hoà xã hội chủ nghĩa Việt Nam, tỷ lệ đạt 10,3% ở huyện Đăk Tô"
VNI_SENTENCE = (
    "Caên cöù Nghò quyeát cuûa Quoác hoäi nöôùc Coäng hoaø xaõ hoäi chuû nghóa Vieät Nam, "
    "tyû leä ñaït 10,3% ôû huyeän Ñaêk Toâ"
)
TCVN3_SENTENCE = (
    "C¨n cø NghÞ quyÕt cña Quèc héi n\u00adíc Céng hoµ x· héi chñ nghÜa ViÖt Nam, "
    "tû lÖ ®¹t 10,3% ë huyÖn §¨k T«"
)  # fmt: skip


@pytest.mark.parametrize(
    ("encoding", "text"), [(legacy.VNI, VNI_SENTENCE), (legacy.TCVN3, TCVN3_SENTENCE)], ids=["VNI", "TCVN3"]
)
def test_a_sentence(encoding: str, text: str) -> None:
    assert legacy.to_unicode(text, encoding)[0] == SENTENCE
    assert legacy.encoding_of("Times New Roman", text) == encoding


@pytest.mark.parametrize("encoding", [legacy.VPS, legacy.VISCII])
def test_every_letter_has_one_byte(encoding: str) -> None:
    decoded = [legacy.to_unicode(chr(byte), encoding)[0] for byte in range(256)]
    marked = [letter for letter in ALPHABET if not letter.isascii()]
    assert [letter for letter in marked if decoded.count(letter) != 1] == []


def test_tcvn3_has_every_small_letter() -> None:
    decoded = {legacy.to_unicode(chr(byte), legacy.TCVN3)[0] for byte in range(256)}
    assert {letter for letter in ALPHABET if letter.islower()} <= decoded


def vni(letter: str) -> str:
    """The letter as VNI writes it, from the table printed in the manual of the keyboards."""
    tones = {"\u0300": "ø", "\u0301": "ù", "\u0309": "û", "\u0303": "õ", "\u0323": "ï"}
    roofed = {"": "â", "\u0300": "à", "\u0301": "á", "\u0309": "å", "\u0303": "ã", "\u0323": "ä"}
    curved = {"": "ê", "\u0300": "è", "\u0301": "é", "\u0309": "ú", "\u0303": "ü", "\u0323": "ë"}
    alone = {"í": "í", "ì": "ì", "ỉ": "æ", "ĩ": "ó", "ị": "ò", "ỵ": "î", "đ": "ñ"}
    small = letter.lower()
    if small in alone:
        return alone[small] if letter.islower() else alone[small].upper()
    parts = unicodedata.normalize("NFD", small)
    tone = next((c for c in parts[1:] if c in tones), "")
    base = {"\u0302": roofed, "\u0306": curved}.get(next((c for c in parts[1:] if c not in tones), ""))
    first = {"\u031b": {"o": "ô", "u": "ö"}[parts[0]]} if "\u031b" in parts else {}
    written = first.get("\u031b", parts[0]) + (base[tone] if base else tones.get(tone, ""))
    return written if letter.islower() else written.upper()


def test_every_letter_of_vni() -> None:
    wrong = [letter for letter in ALPHABET if legacy.to_unicode(vni(letter), legacy.VNI)[0] != letter]
    assert wrong == []


def test_windows_characters_of_bytes_decode_alike() -> None:
    assert legacy.to_unicode("\x84", legacy.VISCII)[0] == legacy.to_unicode("„", legacy.VISCII)[0] == "Ấ"


@pytest.mark.parametrize("encoding", legacy.ENCODINGS)
def test_sources_cover_the_text_in_order(encoding: str) -> None:
    text = VNI_SENTENCE if encoding == legacy.VNI else TCVN3_SENTENCE
    after, sources = legacy.to_unicode(text, encoding)
    assert len(after) == len(sources)
    assert sources[0][0] == 0
    assert sources[-1][1] == len(text)
    assert all(a[1] == b[0] for a, b in pairwise(sources))


def test_decomposed_letters_are_composed_with_their_source() -> None:
    assert legacy.composed("que\u0302\u0301") == ("quế", ((0, 1), (1, 2), (2, 5)))


LEFT_ALONE = [
    ("Unicode in an old font", ".VnTime", "Căn cứ Nghị quyết của Quốc hội"),
    ("Unicode without letters of its own in an old font", "VNI-Times", "là và có"),
    ("ASCII in an old font", ".VnTime", "UBND 12/2025"),
    ("Spanish in an old font", ".VnTime", "El niño está aquí mañana según José"),
    ("French in an old font", "VNI-Times", "à côté de l'été où il a été né près du château"),
    ("Spanish", "Arial", "el año pasado la niña también cantó aquí una canción"),
    ("French", "Arial", "où est la forêt après la fête du théâtre au château déjà élevé"),
    ("Portuguese", "Arial", "uma decisão não é só uma questão de ação política"),
    ("German", "Arial", "größe für Mädchen schön über Äpfel und Öl"),
    ("Vietnamese", "Arial", SENTENCE),
    ("a word too few", "Arial", "héi nghÞ"),
]


@pytest.mark.parametrize(("font", "text"), [case[1:] for case in LEFT_ALONE], ids=[case[0] for case in LEFT_ALONE])
def test_left_alone(font: str, text: str) -> None:
    assert legacy.encoding_of(font, text) is None


@pytest.mark.parametrize(
    ("font", "text", "encoding"),
    [
        (".VnTime", "Quèc héi", "TCVN3"),
        (".VnTimeH", "bé tµi chÝnh", "TCVN3"),
        (".VnArial", "Q§-H§ND", "TCVN3"),
        ("VNI-Helve", "QÑ", "VNI"),
        ("VNI-Times", "Ñieàu 1", "VNI"),
        ("ABCDEF+.VnTime", "Quèc héi", "TCVN3"),
    ],
)
def test_named_by_the_font(font: str, text: str, encoding: str) -> None:
    assert legacy.encoding_of(font, text) == encoding


@pytest.mark.parametrize(
    ("text", "whole", "encoding"),
    [
        ("héi nghÞ", legacy.TCVN3, legacy.TCVN3),
        ("héi nghÞ", None, None),
        ("hội nghị", legacy.TCVN3, None),
        ("là", legacy.VNI, None),
        ("café", None, None),
    ],
)
def test_short_stretches_follow_their_document(text: str, whole: str | None, encoding: str | None) -> None:
    assert legacy.encoding_of_part("Arial", text, whole) == encoding


# ------------------------------------------------------------------ real files


def bare(text: str) -> str:
    """Letters without diacritics, one for one."""
    parts = (unicodedata.normalize("NFD", c)[0] for c in text)
    return "".join({"đ": "d", "Đ": "D"}.get(c, c) for c in parts)


def diacritic_accuracy(truth: str, read: str) -> float:
    """The share of the letters with diacritics that came back, after aligning both texts without diacritics."""
    truth, read = (re.sub(r"\s+", " ", unicodedata.normalize("NFC", text)).strip() for text in (truth, read))
    marked = [c != b for c, b in zip(truth, bare(truth), strict=True)]
    right = 0
    for same in Indel.opcodes(bare(truth), bare(read)):
        if same.tag == "equal":
            pairs = zip(range(same.src_start, same.src_end), range(same.dest_start, same.dest_end), strict=True)
            right += sum(marked[i] and truth[i] == read[j] for i, j in pairs)
    return right / sum(marked)


@pytest.mark.parametrize(
    ("truth", "read", "share"),
    [
        ("Quốc hội", "Quốc hội", 1.0),
        ("Quốc hội", "Quoc hoi", 0.0),
        ("Quốc hội", "Quốc hôi", 0.5),
        ("Quốc hội đã xét", "Quốc hội xét", 0.6),
        ("Quốc hội", "a Quốc  b hội", 1.0),
    ],
)
def test_the_scorer(truth: str, read: str, share: float) -> None:
    assert diacritic_accuracy(truth, read) == share


def whole_text(document: Document) -> str:
    """The pieces, then what is printed on the pages outside of them (heads and feet)."""
    lines = [
        line
        for piece in document.pieces
        for line in ([piece.paragraph] if piece.paragraph else [])
        + [line for cell in (piece.grid.cells if piece.grid else ()) for line in cell.lines]
    ]
    taken = {(glyph.page, glyph.order) for line in lines for glyph in line.passage.glyphs if glyph}
    printed = [line.passage for page in document.pages for line in page.lines]
    rest = [part.text for part in printed if not any(g and (g.page, g.order) in taken for g in part.glyphs)]
    return " ".join([line.passage.text for line in lines] + rest)


@pytest.mark.parametrize("path", sorted(SHARED.glob("*.doc")) or [None], ids=lambda path: path.name if path else "none")
def test_shared_documents_in_old_fonts(path: Path | None) -> None:
    if path is None:
        pytest.skip(f"{SHARED} is not here: no files in old fonts to read")
    if office.program() is None:
        pytest.skip("LibreOffice is not installed: no DOC file can be read")
    document = docx.read(path, "x")
    assert {issue.kind for issue in document.issues} == {"legacy_encoding"}
    truth = path.with_suffix(".txt").read_text(encoding="utf-8")
    assert diacritic_accuracy(truth, whole_text(document)) >= 0.985
