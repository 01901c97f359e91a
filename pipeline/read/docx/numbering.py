"""The labels that Word generates for lists and headings."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass

from pipeline.read.docx.styles import Styles
from pipeline.read.docx.xml import Element, W, is_on, number_of, value_of


@dataclass(frozen=True)
class _Level:
    start: int
    form: str
    text: str
    style: str | None
    restarts: bool
    legal: bool


class Numbering:
    """The labels that Word generates, counted as Word counts them."""

    def __init__(self, root: Element | None, styles: Styles) -> None:
        self._styles = styles
        self._lists: dict[str | None, dict[int, _Level]] = {}
        self._list_of: dict[str | None, str | None] = {}
        self._starts: dict[str | None, dict[int, int]] = {}
        self._counts: dict[str | None, dict[int, int]] = defaultdict(dict)
        self._begun: set[str | None] = set()
        if root is not None:
            self._load(root)

    def _load(self, root: Element) -> None:
        links: dict[str | None, str | None] = {}
        for abstract in root.iter(W + "abstractNum"):
            list_id = abstract.get(W + "abstractNumId")
            self._lists[list_id] = _levels(abstract)
            links[list_id] = value_of(abstract.find(W + "numStyleLink"))
        for num in root.iter(W + "num"):
            number_id = num.get(W + "numId")
            list_id = value_of(num.find(W + "abstractNumId"))
            self._list_of[number_id] = list_id
            overrides = list(num.iter(W + "lvlOverride"))
            if any(o.find(W + "lvl") is not None for o in overrides):
                # A list with levels of its own counts for itself.
                self._list_of[number_id] = f"num {number_id}"
                own = {level: value for o in overrides for level, value in _levels(o).items()}
                self._lists[f"num {number_id}"] = {**self._lists.get(list_id, {}), **own}
            self._starts[number_id] = {
                number_of(o.get(W + "ilvl"), 0): number_of(value_of(o.find(W + "startOverride")), 1)
                for o in overrides
                if o.find(W + "startOverride") is not None
            }
        self._follow(links)

    def _follow(self, links: dict[str | None, str | None]) -> None:
        """Lists that only name a numbering style take its levels."""
        for list_id, style_id in links.items():
            for style in self._styles.chain(style_id) if style_id else ():
                target = self._list_of.get(value_of(style.find(f"{W}pPr/{W}numPr/{W}numId")))
                if target and not self._lists[list_id]:
                    self._lists[list_id] = self._lists[target]

    def label(self, paragraph: Element) -> str:
        """The label of the next paragraph of the document; empty if it has none."""
        number_id, level = self._place(paragraph)
        levels = self._lists.get(self._list_of.get(number_id), {})
        if number_id in (None, "0") or level not in levels:
            return ""
        counts = self._count(number_id, level, levels)
        return _written(levels[level], levels, counts)

    def _place(self, paragraph: Element) -> tuple[str | None, int]:
        """The list and level of a paragraph: its own, else its style's."""
        own = paragraph.find(f"{W}pPr/{W}numPr")
        styles = self._styles.of_paragraph(paragraph)
        given = [own, *(style.find(f"{W}pPr/{W}numPr") for style in styles)]
        ids = [value_of(n.find(W + "numId")) for n in given if n is not None]
        number_id = next((i for i in ids if i is not None), None)
        at = [value_of(n.find(W + "ilvl")) for n in given if n is not None]
        level = next((number_of(a, 0) for a in at if a is not None), None)
        if level is None:
            names = [style.get(W + "styleId") for style in styles]
            levels = self._lists.get(self._list_of.get(number_id), {})
            level = next((at for at, value in levels.items() if value.style in names), 0)
        return number_id, level

    def _count(self, number_id: str | None, level: int, levels: dict[int, _Level]) -> dict[int, int]:
        counts = self._counts[self._list_of[number_id]]
        if number_id not in self._begun:
            self._begun.add(number_id)
            for at, start in self._starts.get(number_id, {}).items():
                counts[at] = start - 1
        for at in range(level):
            if at in levels:
                counts.setdefault(at, levels[at].start)
        counts[level] = counts.get(level, levels[level].start - 1) + 1
        for at in [at for at in counts if at > level and (at not in levels or levels[at].restarts)]:
            del counts[at]
        return counts


def _levels(abstract: Element) -> dict[int, _Level]:
    return {number_of(level.get(W + "ilvl"), 0): _level(level) for level in abstract.iterchildren(W + "lvl")}


def _level(level: Element) -> _Level:
    legal = level.find(W + "isLgl")
    return _Level(
        number_of(value_of(level.find(W + "start")), 0 if level.find(W + "start") is None else 1),
        value_of(level.find(W + "numFmt")) or "decimal",
        value_of(level.find(W + "lvlText")) or "",
        value_of(level.find(W + "pStyle")),
        value_of(level.find(W + "lvlRestart")) != "0",
        legal is not None and is_on(legal, W + "val"),
    )


def _written(level: _Level, levels: dict[int, _Level], counts: dict[int, int]) -> str:
    if level.form == "bullet":
        return level.text.strip()

    def count(found: re.Match[str]) -> str:
        at = int(found.group(1)) - 1
        if at not in counts or at not in levels:
            return ""
        return numeral(counts[at], "decimal" if level.legal else levels[at].form)

    return re.sub(r"%([1-9])", count, level.text).strip()


def numeral(number: int, form: str) -> str:
    """A number in one of Word's forms.

    >>> [numeral(*n) for n in ((4, "upperRoman"), (28, "lowerLetter"), (7, "decimalZero"), (3, "none"))]
    ['IV', 'bb', '07', '']
    """
    if form == "none":
        return ""
    if form == "decimalZero":
        return f"{number:02d}"
    if form.endswith("Letter") and number > 0:
        letters = "abcdefghijklmnopqrstuvwxyz"[(number - 1) % 26] * ((number - 1) // 26 + 1)
        return letters.upper() if form.startswith("upper") else letters
    if form.endswith("Roman") and 0 < number < 4000:
        return _roman(number).lower() if form.startswith("lower") else _roman(number)
    return str(number)


_ROMAN_SIGNS = {1000: "M", 900: "CM", 500: "D", 400: "CD", 100: "C", 90: "XC", 50: "L", 40: "XL", 10: "X"}
_ROMAN_SIGNS |= {9: "IX", 5: "V", 4: "IV", 1: "I"}


def _roman(number: int) -> str:
    written = ""
    for value, sign in _ROMAN_SIGNS.items():
        written += sign * (number // value)
        number %= value
    return written
