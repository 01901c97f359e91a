"""The XML of WordprocessingML: its names, and small things done to elements."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from lxml import etree

from pipeline.read.errors import ReadError

Element = Any  # lxml has no types

_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_STRICT = b"http://purl.oclc.org/ooxml/wordprocessingml/main"
W = f"{{{_WORD}}}"
MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
W14 = "{http://schemas.microsoft.com/office/word/2010/wordml}"
SPACE = "{http://www.w3.org/XML/1998/namespace}space"


def parse_xml(data: bytes, name: str) -> Element:
    """The root of an XML part; entities are not expanded and nothing is fetched.

    Raises:
        ReadError: it is no well-formed XML.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(data.replace(_STRICT, _WORD.encode()), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise ReadError(f"tệp DOCX hỏng: {name} không phải XML hợp lệ ({error})") from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise ReadError(f"tệp DOCX hỏng: {name} có khai báo DTD")
    return root


def value_of(element: Element | None) -> str | None:
    return None if element is None else element.get(W + "val")


def number_of(text: str | None, otherwise: int) -> int:
    return int(text) if text is not None and re.fullmatch(r"-?\d{1,9}", text) else otherwise


def is_on(element: Element, attribute: str) -> bool:
    return element.get(attribute, "1") not in ("0", "false", "off", "none")


def remove(elements: Iterable[Element]) -> None:
    for element in list(elements):
        if element.getparent() is not None:
            element.getparent().remove(element)


def unwrap(element: Element, content: Element) -> None:
    """Put the children of `content` in the place of `element`."""
    parent = element.getparent()
    place = parent.index(element)
    for child in reversed(list(content)):
        parent.insert(place, child)
    parent.remove(element)


def append_text(run: Element, text: str) -> Element:
    element = etree.SubElement(run, W + "t")
    element.text = text
    element.set(SPACE, "preserve")
    return element


def own_properties(run: Element) -> Element:
    properties = run.find(W + "rPr")
    if properties is None:
        properties = etree.Element(W + "rPr")
        run.insert(0, properties)
    return properties


def set_font(run: Element, name: str) -> None:
    properties = own_properties(run)
    remove(properties.findall(W + "rFonts"))
    fonts = etree.Element(W + "rFonts")
    for use in ("ascii", "hAnsi", "cs", "eastAsia"):
        fonts.set(W + use, name)
    properties.insert(1 if properties.find(W + "rStyle") is not None else 0, fonts)
