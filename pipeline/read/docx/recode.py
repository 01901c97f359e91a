"""Text in the encodings of old Vietnamese fonts, and in the codes of symbol fonts, as Unicode."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from normalizers.legacy import composed, encoding_named_by, encoding_of, encoding_of_part, to_unicode
from pipeline.read.docx.settle import without_private
from pipeline.read.docx.styles import Styles
from pipeline.read.docx.xml import SPACE, Element, W, remove, set_font

_INVISIBLE = {ord(c): None for c in "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"}


@dataclass(frozen=True)
class _Slot:
    """A stretch of text in one font, as an element that can be rewritten."""

    element: Element
    font: str

    @property
    def text(self) -> str:
        return self.element.text or ""


def recode(roots: list[Element], numbering: Element | None, styles: Styles) -> Counter[tuple[str, str]]:
    """All text in Unicode NFC without invisible characters; how many stretches were in which font and encoding."""
    stretches = [
        list(stretch)
        for root in roots
        for paragraph in root.iter(W + "p")
        for slots in _slots(paragraph, styles)
        for _, stretch in groupby(slots, key=lambda slot: encoding_named_by(slot.font))
    ]
    by_font: dict[str, list[str]] = defaultdict(list)
    for stretch in stretches:
        for slot in stretch:
            by_font[slot.font].append(slot.text)
    whole = {font: encoding_of(font, " ".join(texts)) for font, texts in by_font.items()}
    used: Counter[tuple[str, str]] = Counter()
    for stretch in stretches:
        font = stretch[0].font
        encoding = encoding_of_part(font, "".join(slot.text for slot in stretch), whole[font])
        _rewrite(stretch, encoding)
        if encoding:
            used[font, encoding] += 1
    if numbering is not None:
        _recode_labels(numbering)
    return used


def _slots(paragraph: Element, styles: Styles) -> Iterator[list[_Slot]]:
    """The texts of a paragraph with nothing else between them."""
    slots: list[_Slot] = []
    for run in paragraph.iterchildren(W + "r"):
        for child in run:
            if child.tag == W + "t":
                slots.append(_Slot(child, styles.font(run)))
            elif child.tag not in (W + "rPr", W + "lastRenderedPageBreak"):
                yield slots
                slots = []
    yield slots


def _rewrite(stretch: list[_Slot], encoding: str | None) -> None:
    text = "".join(slot.text for slot in stretch)
    if encoding is None and text.isascii():
        return
    after, sources = to_unicode(text, encoding) if encoding else composed(text)
    owner = [index for index, slot in enumerate(stretch) for _ in slot.text]
    parts = [""] * len(stretch)
    for character, (start, _) in zip(after, sources, strict=True):
        parts[owner[start]] += character
    for slot, part in zip(stretch, parts, strict=True):
        slot.element.text = part.translate(_INVISIBLE)
        slot.element.set(SPACE, "preserve")
        if encoding:
            set_font(slot.element.getparent(), "Times New Roman")


def _recode_labels(numbering: Element) -> None:
    """The texts of generated labels, too, may be in an old or a symbol font."""
    for level in numbering.iter(W + "lvl"):
        text, fonts = level.find(W + "lvlText"), level.find(f"{W}rPr/{W}rFonts")
        if text is None:
            continue
        before, font = text.get(W + "val", ""), "" if fonts is None else fonts.get(W + "ascii", "")
        after = without_private(before, font)
        encoding = encoding_of(font, after)
        after = to_unicode(after, encoding)[0] if encoding else after
        if after != before:
            text.set(W + "val", after)
            remove(level.findall(f"{W}rPr/{W}rFonts"))
