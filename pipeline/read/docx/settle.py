"""The text of a DOCX file settled: changes accepted, fields and generated characters plain text, hidden text dropped."""

from __future__ import annotations

import re

from lxml import etree

from pipeline.read.docx.styles import Styles
from pipeline.read.docx.xml import Element, M, W, append_text, remove, set_font, unwrap
from pipeline.read.raised import as_power

_DELETED = ("del", "moveFrom", "commentRangeStart", "commentRangeEnd", "commentReference", "annotationRef", "altChunk")
_OLD_PROPERTIES = tuple(
    W + f"{name}Change" for name in ("rPr", "pPr", "sectPr", "tblPr", "tblGrid", "trPr", "tcPr", "tblPrEx", "numbering")
)
_WRAPPERS = tuple(W + name for name in ("ins", "moveTo", "hyperlink", "smartTag", "customXml", "dir", "bdo"))


# Changes to what has no text of its own are marked among its properties.
_PROPERTIES = (W + "rPr", W + "trPr", W + "tcPr", W + "numPr")
_MARKED_CHANGES = tuple(W + name for name in ("ins", "del", "moveFrom", "moveTo", "cellIns", "cellDel", "cellMerge"))


def accept_changes(root: Element) -> None:
    """Deleted text out, inserted text in; comments, links and content controls leave their text."""
    remove(root.iter(*_OLD_PROPERTIES))
    remove([row for row in root.iter(W + "tr") if row.find(f"{W}trPr/{W}del") is not None])
    joined = [p for p in root.iter(W + "p") if _mark_is_deleted(p)]
    remove(change for owner in root.iter(*_PROPERTIES) for change in owner if change.tag in _MARKED_CHANGES)
    remove(root.iter(*(W + tag for tag in _DELETED)))
    for control in list(root.iter(W + "sdt")):
        _open_control(control)
    for wrapper in list(root.iter(*_WRAPPERS)):
        unwrap(wrapper, wrapper)
    for formula in list(root.iter(M + "oMathPara")):
        unwrap(formula, formula)
    for formula in list(root.iter(M + "oMath")):
        _write_out(formula)
    for paragraph in reversed(joined):
        _join_with_next(paragraph)


def _mark_is_deleted(paragraph: Element) -> bool:
    mark = paragraph.find(f"{W}pPr/{W}rPr")
    return mark is not None and (mark.find(W + "del") is not None or mark.find(W + "moveFrom") is not None)


def _open_control(control: Element) -> None:
    content = control.find(W + "sdtContent")
    if content is None:
        remove([control])
        return
    if control.find(f"{W}sdtPr/{W}showingPlcHdr") is not None:
        remove(content.iter(W + "r"))  # "Click here to enter text" is nobody's text
    unwrap(control, content)


def _join_with_next(paragraph: Element) -> None:
    """What is left of a paragraph whose mark was deleted belongs to the one after it."""
    following = paragraph.getnext()
    if following is None or following.tag != W + "p":
        return
    content = [child for child in paragraph if child.tag != W + "pPr"]
    place = 1 if following.find(W + "pPr") is not None else 0
    for child in reversed(content):
        following.insert(place, child)
    remove([paragraph])


def _write_out(formula: Element) -> None:
    """A formula as a run of plain text: a formula is drawn as a picture, and its figures would be lost."""
    run = etree.Element(W + "r")
    append_text(run, _linear(formula))
    formula.getparent().replace(formula, run)


def _linear(part: Element) -> str:
    inner = {child.tag: _linear(child) for child in part}
    if part.tag == M + "f":
        return f"{inner.get(M + 'num', '')}/{inner.get(M + 'den', '')}"
    if part.tag == M + "sSup":
        raised = inner.get(M + "sup", "")
        return inner.get(M + "e", "") + (as_power(raised) if raised.isdecimal() else f"^{raised}")
    if part.tag == M + "t":
        return part.text or ""
    return "".join(_linear(child) for child in part)


def make_fields_text(root: Element) -> None:
    """The last result of each field as plain text: rendering must neither work it out anew nor fetch anything."""
    for simple in list(root.iter(W + "fldSimple")):
        unwrap(simple, simple)
    in_code: list[bool] = []
    for element in list(root.iter(W + "fldChar", W + "instrText", W + "delText", W + "t", W + "tab", W + "br")):
        if element.tag == W + "fldChar":
            _step(in_code, element.get(W + "fldCharType"))
        elif element.tag not in (W + "instrText", W + "delText") and not any(in_code):
            continue
        elif element.getparent().tag != W + "r":
            continue  # a tab stop of the paragraph
        remove([element])


def _step(in_code: list[bool], kind: str | None) -> None:
    if kind == "begin":
        in_code.append(True)
    elif kind == "separate" and in_code:
        in_code[-1] = False
    elif kind == "end" and in_code:
        in_code.pop()


# Characters that Word's symbol fonts draw at codes of their own.
_SYMBOL = {0xB7: "•", 0xB3: "≥", 0xA3: "≤", 0xB1: "±", 0xB4: "×", 0xB8: "÷", 0xAE: "→", 0xB9: "≠", 0xBB: "≈", 0xB0: "°"}
_WINGDINGS = {0xA7: "▪", 0xA8: "◻", 0x6F: "□", 0xFC: "✓", 0xFE: "☑", 0xFB: "✗", 0xFD: "☒", 0xD8: "➢", 0xE0: "→"}
_WINGDINGS |= {0x6C: "●", 0x6E: "■", 0x76: "❖", 0x9F: "•", 0xF0: "⇨"}


def symbol(code: int, font: str) -> str:
    """The character that a symbol font draws at a code.

    >>> symbol(0xF0B3, "Symbol"), symbol(0xF0FC, "Wingdings"), symbol(0xF041, "Symbol")
    ('≥', '✓', 'A')
    """
    if code < 0x20 or 0xD800 <= code < 0xE000 or code in (0xFFFE, 0xFFFF):
        return ""  # no character, and none that XML can hold
    if not 0xF000 <= code <= 0xF0FF and not (code < 0x100 and font.startswith(("Symbol", "Wingdings"))):
        return chr(code)
    known = _WINGDINGS if font.startswith("Wingdings") else _SYMBOL
    return known.get(code & 0xFF) or (chr(code & 0xFF) if 0x20 < code & 0xFF < 0x7F else "•")


def settle_characters(root: Element, styles: Styles) -> None:
    """Hidden runs out; symbols, hyphens that do not break and soft hyphens as text of their runs."""
    for run in list(root.iter(W + "r")):
        if styles.is_set(run, "vanish"):
            remove([run])
            continue
        for child in list(run):
            character = _as_character(child)
            if character is not None:
                run.replace(child, append_text(run, character))
            if child.tag == W + "sym":
                set_font(run, "Times New Roman")
        _settle_symbols(run, styles)


def _as_character(element: Element) -> str | None:
    if element.tag == W + "noBreakHyphen":
        return "-"
    if element.tag == W + "softHyphen":
        return "\u00ad"  # LibreOffice writes the ư of TCVN3 so; `recode` drops those that are none
    if element.tag == W + "sym":
        code = element.get(W + "char", "")
        if re.fullmatch(r"[0-9A-Fa-f]{1,5}", code):
            return symbol(int(code, 16), element.get(W + "font", ""))
    return None


_PRIVATE = re.compile("[\uf020-\uf0ff]")


def without_private(text: str, font: str) -> str:
    return _PRIVATE.sub(lambda found: symbol(ord(found.group()), font), text)


def _settle_symbols(run: Element, styles: Styles) -> None:
    for text in run.iter(W + "t"):
        if text.text and _PRIVATE.search(text.text):
            font = styles.font(run)
            text.text = without_private(text.text, font)
            set_font(run, "Times New Roman")


def show_capitals(root: Element, styles: Styles) -> None:
    """Letters that are shown as capitals become capitals."""
    for run in root.iter(W + "r"):
        if styles.is_set(run, "caps") or styles.is_set(run, "smallCaps"):
            for text in run.iterchildren(W + "t"):
                text.text = "".join(c.upper() if len(c.upper()) == 1 else c for c in text.text or "")
