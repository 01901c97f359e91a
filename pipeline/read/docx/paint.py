"""Each run in the colour of a number, by which `pipeline.read.align` finds it on the rendered page."""

from __future__ import annotations

from lxml import etree

from pipeline.read import align
from pipeline.read.docx.xml import W14, Element, W, own_properties, remove


def paint_black(root: Element) -> None:
    """Every run black, so that only pieces are printed in a colour that stands for a number."""
    for properties in root.iter(W + "rPr"):
        remove(child for child in list(properties) if child.tag.startswith(W14) or child.tag == W + "color")
    for run in root.iter(W + "r"):
        paint(run, 0)


# Elements that stand before w:color in the order that the schema asks for.
_BEFORE_COLOUR = (
    *(W + name for name in ("rStyle", "rFonts", "b", "bCs", "i", "iCs", "caps", "smallCaps", "strike", "dstrike")),
    *(W + name for name in ("outline", "shadow", "emboss", "imprint", "noProof", "snapToGrid", "vanish", "webHidden")),
)


def paint(run: Element, number: int) -> None:
    """Give a run (or the mark of a paragraph) the colour of a number."""
    properties = run if run.tag == W + "rPr" else own_properties(run)
    remove(properties.findall(W + "color"))
    colour = etree.Element(W + "color")
    colour.set(W + "val", align.colour_of(number))
    place = sum(1 for child in properties if child.tag in _BEFORE_COLOUR)
    properties.insert(place, colour)
