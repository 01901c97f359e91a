"""Properties of runs and paragraphs, through their styles."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.read.docx.xml import Element, W, is_on, number_of, value_of

_HEADING_STYLE = re.compile(r"[Hh]eading ([1-9])")


class Styles:
    """Properties of runs and paragraphs through their styles."""

    def __init__(self, root: Element | None) -> None:
        styles = [] if root is None else list(root.iter(W + "style"))
        self._by_id: dict[str | None, Element] = {style.get(W + "styleId"): style for style in styles}
        self._default = next(
            (s.get(W + "styleId") for s in styles if s.get(W + "type") == "paragraph" and is_on(s, W + "default")),
            None,
        )
        self._document = None if root is None else root.find(f"{W}docDefaults/{W}rPrDefault/{W}rPr")
        self._chains: dict[str | None, tuple[Element, ...]] = {}

    def chain(self, style_id: str | None) -> tuple[Element, ...]:
        """A style and those it is based on, the nearest first."""
        if style_id not in self._chains:
            found: list[Element] = []
            style = self._by_id.get(style_id)
            while style is not None and style not in found:
                found.append(style)
                style = self._by_id.get(value_of(style.find(W + "basedOn")))
            self._chains[style_id] = tuple(found)
        return self._chains[style_id]

    def of_paragraph(self, paragraph: Element) -> tuple[Element, ...]:
        own = paragraph.find(f"{W}pPr/{W}pStyle")
        return self.chain(self._default if own is None else value_of(own))

    def paragraph_property(self, paragraph: Element, tag: str) -> Element | None:
        places = [paragraph, *self.of_paragraph(paragraph)]
        return next((e for place in places if (e := place.find(f"{W}pPr/{W}{tag}")) is not None), None)

    def run_property(self, run: Element, tag: str, attribute: str | None = None) -> Element | None:
        """The nearest setting of a property: the run's own, its style's, its paragraph's style's, the document's.

        With an attribute, the nearest one that has it.
        """
        for properties in self._run_properties(run):
            found = None if properties is None else properties.find(W + tag)
            if found is not None and (attribute is None or found.get(W + attribute) is not None):
                return found
        return None

    def _run_properties(self, run: Element) -> Iterator[Element | None]:
        own = run.find(W + "rPr")
        yield own
        style = None if own is None else own.find(W + "rStyle")
        if style is not None:
            yield from (s.find(W + "rPr") for s in self.chain(value_of(style)))
        paragraph = run.getparent()
        if paragraph.tag == W + "p":
            yield from (s.find(W + "rPr") for s in self.of_paragraph(paragraph))
        yield self._document

    def is_set(self, run: Element, tag: str) -> bool:
        found = self.run_property(run, tag)
        return found is not None and is_on(found, W + "val")

    def font(self, run: Element) -> str:
        found = self.run_property(run, "rFonts", "ascii")
        return "" if found is None else str(found.get(W + "ascii"))

    def size(self, run: Element) -> float:
        found = self.run_property(run, "sz")
        return 10.0 if found is None else number_of(value_of(found), 20) / 2

    def raised(self, run: Element) -> bool:
        return value_of(self.run_property(run, "vertAlign")) == "superscript"

    def heading_level(self, paragraph: Element) -> int | None:
        outline = self.paragraph_property(paragraph, "outlineLvl")
        if outline is not None:
            level = number_of(value_of(outline), 9)
            return level + 1 if level < 9 else None
        names = [str(value_of(style.find(W + "name"))) for style in self.of_paragraph(paragraph)]
        found = next((m for name in names if (m := _HEADING_STYLE.fullmatch(name))), None)
        return int(found.group(1)) if found else None

    def ruled(self, table: Element) -> bool:
        """Whether any line of a table is drawn."""
        properties = [table.find(W + "tblPr")]
        style = table.find(f"{W}tblPr/{W}tblStyle")
        properties += [s.find(W + "tblPr") for s in self.chain(value_of(style))]
        borders = [p.find(W + "tblBorders") for p in properties if p is not None]
        own = next((b for b in borders if b is not None), ())
        cells = (side for cell in table.iter(W + "tcBorders") for side in cell)
        return any(value_of(side) not in (None, "nil", "none") for side in (*own, *cells))
