"""Is the text layer of a PDF page worth keeping?

A scanned page may carry nothing, the stamp of a digital signature, or what some OCR program made of it, which
knew no Vietnamese ("ceNG HoA xA"). A page that was typeset may use a font whose letters nobody can name.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from typing import Any

import pymupdf

from normalizers.legacy import encoding_named_by, is_vietnamese

# Share of the page that a picture covers if the page is a scan.
SCAN = 0.5
# A scanned page with fewer characters than this has no text layer worth the name: signed scans carry 30-160 of
# stamp text, two stamps 200.
SHORTEST_LAYER = 250
# Fewer words than this tell nothing about a layer's language.
FEW_WORDS = 25
# Of running Vietnamese text 60-75 % of the words carry marks over or under a letter, of names and tables 50 %.
MARKED = 0.3
# Of Vietnamese text 90-100 % of the words are syllables that exist; abbreviations and foreign names are the rest.
PLAUSIBLE = 0.75
# Characters that no font names, by their share of all.
UNNAMED = 0.03
# English text has one in four of these, Vietnamese text without marks hardly any.
ENGLISH = frozenset(
    [
        "the",
        "of",
        "and",
        "to",
        "in",
        "is",
        "for",
        "that",
        "with",
        "on",
        "by",
        "are",
        "be",
        "as",
        "was",
        "from",
        "this",
        "which",
        "or",
        "an",
    ]
)

_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a page is to be read as a picture; `reason` says what is wrong with the layer it has, if any."""

    as_picture: bool
    reason: str | None = None


KEEP = Verdict(False)


def judge(page: Any, text: str) -> Verdict:
    """What a PDF page's text layer is worth; `text` is what was read from it."""
    letters = "".join(text.split())
    # asking how much pictures cover takes as long as reading the page; a page of text without pictures is no scan
    if (len(letters) < SHORTEST_LAYER or page.get_images()) and picture_share(page) >= SCAN:
        return _judge_scan(text, letters)
    if len(letters) >= 20 and unnamed_share(letters) > UNNAMED and not _has_legacy_font(page):
        return Verdict(True, "phông chữ không cho biết ký tự nào là ký tự nào (thiếu bảng ToUnicode)")
    return KEEP


def _judge_scan(text: str, letters: str) -> Verdict:
    if not letters:
        return Verdict(True)
    if len(letters) < SHORTEST_LAYER:
        shown = " ".join(text.split())
        return Verdict(True, f"lớp chữ của trang quét chỉ có {len(letters)} ký tự: “{shown}”")
    if unnamed_share(letters) > UNNAMED:
        return Verdict(True, "lớp chữ của trang quét có nhiều ký tự không xác định")
    return _judge_language(_WORD.findall(unicodedata.normalize("NFC", text)))


def _judge_language(words: list[str]) -> Verdict:
    if len(words) < FEW_WORDS:
        return KEEP
    if sum(word.lower() in ENGLISH for word in words) > 0.12 * len(words):
        return KEEP
    if sum(not word.isascii() for word in words) < MARKED * len(words):
        return Verdict(True, "lớp chữ của trang quét không có dấu tiếng Việt")
    plausible = sum(map(is_plausible, words)) / len(words)
    if plausible < PLAUSIBLE:
        return Verdict(True, f"lớp chữ của trang quét chỉ có {plausible:.0%} âm tiết đúng tiếng Việt")
    return KEEP


def is_plausible(word: str) -> bool:
    """Whether a word may be Vietnamese: a syllable with its marks, one that needs none, an abbreviation.

    >>> [is_plausible(word) for word in ("Quốc", "hoa", "UBND", "ceNG", "vigc")]
    [True, True, True, False, False]
    """
    in_one_case = word.islower() or word.isupper() or word.istitle()
    return in_one_case and is_vietnamese(word)


def unnamed_share(letters: str) -> float:
    """The share of characters that stand for nothing: private use, unassigned, replacement and control ones."""
    counts = Counter(letters)
    unnamed = sum(n for c, n in counts.items() if c == "\ufffd" or unicodedata.category(c) in ("Co", "Cn", "Cc"))
    return unnamed / len(letters) if letters else 0.0


def picture_share(page: Any) -> float:
    """The share of the displayed page that its largest picture covers."""
    whole = page.rect.get_area()
    shown = [
        (pymupdf.Rect(info["bbox"]) * page.rotation_matrix & page.rect).get_area() for info in page.get_image_info()
    ]
    return min(1.0, sum(shown) / whole) if whole else 0.0


def _has_legacy_font(page: Any) -> bool:
    """Whether a font of the page names an encoding from before Unicode, which others decode."""
    return any(encoding_named_by(font[3]) for font in page.get_fonts())
