"""Text of PDF fonts from before Unicode (.VnTime, VNI-Times): character codes -> Unicode, each letter with its box."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from normalizers.legacy import (
    TCVN3,
    encoding_named_by,
    encoding_of,
    encoding_of_part,
    is_vietnamese,
    to_unicode,
)

# Letters that no old encoding has: a font that prints them is a Unicode font, whatever its name.
_UNICODE = re.compile("[\u0102\u0103\u01a0\u01a1\u01af\u01b0\u1ea0-\u1ef9]")
# Symbol fonts put their 256 characters here.
_PRIVATE = range(0xF020, 0xF100)


def recode(raw: dict[str, Any]) -> dict[str, str]:
    """Put the old-font text of a page (PyMuPDF's "rawdict") into Unicode, in place; the fonts and their encodings.

    An accent that VNI draws over a letter becomes one character with it; its box holds both.
    """
    encodings = _encodings(raw)
    for span in _spans(raw):
        whole = encodings.get(span["font"])
        if whole is None:
            continue
        text = "".join(char["c"] for char in span["chars"])
        encoding = encoding_of_part(span["font"], text, whole)
        if encoding:
            span["chars"] = _decoded(span["chars"], text, encoding)
    return encodings


def _spans(raw: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for block in raw["blocks"]:
        for line in block.get("lines", ()):
            yield from line["spans"]


def _encodings(raw: dict[str, Any]) -> dict[str, str]:
    """Font -> the encoding that its text on this page as a whole is in."""
    texts: dict[str, list[str]] = defaultdict(list)
    modern: set[str] = set()  # fonts that have shown a letter of Unicode: the rest of their text is not looked at
    for span in _spans(raw):
        font = span["font"]
        if font in modern:
            continue
        if encoding_named_by(font):
            _from_private_use(span["chars"])
        text = "".join([char["c"] for char in span["chars"]])
        texts[font].append(text)
        if _UNICODE.search(text):
            modern.add(font)
    found: dict[str, str] = {}
    for font in texts.keys() - modern:
        text = " ".join(texts[font])
        encoding = None if text.isascii() else encoding_of(font, text)
        if encoding:
            found[font] = encoding
    return found


def _from_private_use(chars: list[dict[str, Any]]) -> None:
    for char in chars:
        if ord(char["c"]) in _PRIVATE:
            char["c"] = chr(ord(char["c"]) - 0xF000)


def _decoded(chars: list[dict[str, Any]], text: str, encoding: str) -> list[dict[str, Any]]:
    letters, sources = to_unicode(text, encoding)
    if encoding == TCVN3:
        letters = _HYPHENATED.sub(lambda match: _with_horn(match[0]), letters)
    return [
        {"c": letter, "bbox": _around([char["bbox"] for char in chars[start:end]])}
        for letter, (start, end) in zip(letters, sources, strict=True)
    ]


# TCVN3 writes ư with the code of the soft hyphen, which many PDFs name a hyphen: "n-ớc".
_HYPHENATED = re.compile(r"[^\W\d_]*-[^\W\d_]+(?:-[^\W\d_]+)*")


def _with_horn(word: str) -> str:
    """The word with ư for its hyphens, if that makes a syllable and its parts are none.

    >>> _with_horn("n-ớc"), _with_horn("tế-xã")
    ('nước', 'tế-xã')
    """
    horned = word.replace("-", "ư")
    parts = [part for part in word.split("-") if part]
    return horned if is_vietnamese(horned) and not all(map(is_vietnamese, parts)) else word


def _around(boxes: list[tuple[float, ...]]) -> tuple[float, float, float, float]:
    x0, y0, x1, y1 = zip(*boxes, strict=True)
    return min(x0), min(y0), max(x1), max(y1)
