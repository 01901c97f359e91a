"""Where each character of a Word document stands on the pages of its rendering.

The document is rendered with every paragraph, generated label and footnote mark in a
colour of its own, each so dark that it prints as black. The colour of a character on a
page then tells which paragraph it belongs to, whatever stands between its parts: page
breaks, other cells of its row, repeated header rows, footnotes, text boxes. Colours do
not move anything, so the coloured rendering is the rendering.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from pathlib import Path
from typing import Any

from rapidfuzz.distance import Indel

from pipeline.read.pdf import FLAGS, open_pdf, read_page
from schemas.document import Line, Page
from schemas.place import Box, Glyph, Passage

Printed = tuple[str, Glyph]

# The box of a line that stands on no page.
NO_BOX = Box(0, 0.0, 0.0, 0.0, 0.0)

# Six bits of each channel: 262,143 numbers, none brighter than #3F3F3F. Number 0 is black: text that is no piece.
_BITS = 6
_DARK = (1 << _BITS) - 1
LARGEST_NUMBER = (1 << 3 * _BITS) - 1

# Words know characters that look alike and print as one.
_LOOK_ALIKE = str.maketrans({"\u2011": "-", "\u2010": "-", "\u00a0": " ", "\uf0b7": "•"})

# A paragraph that repeats (a header row on every page) leaves more print than text: so much of it is looked at.
_SLACK = 200


def colour_of(number: int) -> str:
    """The colour that stands for a number, as Word writes it.

    >>> colour_of(1), colour_of(65), number_of(0x000101)
    ('000001', '000101', 65)
    """
    return f"{number >> 2 * _BITS & _DARK:02X}{number >> _BITS & _DARK:02X}{number & _DARK:02X}"


def number_of(colour: int) -> int | None:
    """The number that a printed sRGB colour stands for, None for a colour that is too bright for one."""
    red, green, blue = colour >> 16 & 255, colour >> 8 & 255, colour & 255
    if max(red, green, blue) > _DARK:
        return None
    return red << 2 * _BITS | green << _BITS | blue


@dataclass(frozen=True)
class Rendering:
    """The pages of a rendered document, and what is printed on them in the colour of each number, in print order."""

    pages: tuple[Page, ...] = ()
    streams: Mapping[int, Sequence[Printed]] = field(default_factory=dict)

    def place(self, number: int, text: str) -> Passage:
        """The text that was given a number, with its places."""
        return place(text, self.streams.get(number, ()))


UNRENDERED = Rendering()


def read_rendering(pdf: bytes) -> Rendering:
    """The pages and coloured streams of a rendered document."""
    pages: list[Page] = []
    streams: dict[int, list[Printed]] = {}
    with tempfile.TemporaryDirectory(prefix="truynguon-pdf-") as folder:
        path = Path(folder) / "rendered.pdf"
        path.write_bytes(pdf)
        with open_pdf(path) as document:
            for sheet in document:
                pages.append(read_page(sheet))
                colours = _colours(sheet)
                for character, glyph in _printed(pages[-1]):
                    number = number_of(colours[glyph.order])
                    if number:
                        streams.setdefault(number, []).append((character, glyph))
    return Rendering(tuple(pages), streams)


def _colours(sheet: Any) -> list[int]:
    """The colour of each character of a page, in the order in which the page reader numbers them."""
    return [
        span["color"]
        for block in sheet.get_text("dict", flags=FLAGS)["blocks"]
        for line in block.get("lines", ())
        for span in line["spans"]
        for _ in span["text"]
    ]


def _printed(page: Page) -> list[Printed]:
    """The characters of a page in the order in which they were printed, blanks left out."""
    passages = [passage for line in _lines(page) for passage in (line.passage, *(mark for _, mark in line.marks))]
    printed = [
        (character, glyph)
        for passage in passages
        for character, glyph in zip(passage.text, passage.glyphs, strict=True)
        if glyph and not character.isspace()
    ]
    return sorted(printed, key=lambda item: item[1].order)


def _lines(page: Page) -> Iterator[Line]:
    yield from page.lines
    for grid in page.grids:
        for cell in grid.cells:
            yield from cell.lines


def place(text: str, printed: Sequence[Printed]) -> Passage:
    """The text with the places of the characters printed for it; what was printed otherwise has none.

    Most paragraphs are printed as they are written: compared from the start, character by character.
    Where print and text part (a hyphen at a line's end), the rest is aligned.
    """
    glyphs: list[Glyph | None] = [None] * len(text)
    wanted = [(index, c) for index, c in enumerate(text.translate(_LOOK_ALIKE)) if not c.isspace()]
    found = [(c.translate(_LOOK_ALIKE), glyph) for c, glyph in printed]
    same = sum(1 for _ in takewhile(lambda pair: pair[0][1] == pair[1][0], zip(wanted, found, strict=False)))
    for (index, _), (_, glyph) in zip(wanted[:same], found[:same], strict=True):
        glyphs[index] = glyph
    for i, j in _aligned([c for _, c in wanted[same:]], [c for c, _ in found[same:]]):
        glyphs[wanted[same + i][0]] = found[same + j][1]
    return Passage(text, tuple(glyphs))


def _aligned(wanted: list[str], found: list[str]) -> Iterator[tuple[int, int]]:
    """Pairs of indices of equal characters, in order."""
    if not wanted or not found:
        return
    for operation in Indel.opcodes(wanted, found[: len(wanted) + _SLACK]):
        if operation.tag == "equal":
            length = operation.src_end - operation.src_start
            yield from ((operation.src_start + k, operation.dest_start + k) for k in range(length))
