"""DOCX and DOC -> Document: paragraphs and tables in their order, notes, and where each character stands.

The file is first settled: changes accepted, fields and generated characters made plain
text, hidden text dropped, old fonts turned into Unicode. The settled file is both read
and rendered, so that what is printed is what was read; `pipeline.read.align` then finds
the place of each character.
"""

from __future__ import annotations

import io
import re
import tempfile
import zipfile
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any

from lxml import etree

from normalizers.legacy import composed, encoding_named_by, encoding_of, encoding_of_part, to_unicode
from pipeline.read import align, office
from pipeline.read.errors import ReadError
from schemas.document import Document, Grid, GridCell, Line, Note, Piece, ReadIssue
from schemas.place import Box, Passage, join, union, unplaced

Element = Any  # lxml has no types

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
DOC = "application/msword"

# ------------------------------------------------------------------ the package

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_RTF = b"{\\rtf"  # many an old .doc is RTF inside
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
MOST_PARTS = 5_000
LARGEST_PACKAGE = 400 * 1024 * 1024
LARGEST_XML = 100 * 1024 * 1024
# XML of Word shrinks to a tenth; what shrinks to a two-hundredth was made to burst.
BURSTING = 200

_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_STRICT = b"http://purl.oclc.org/ooxml/wordprocessingml/main"
W = f"{{{_WORD}}}"
MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
W14 = "{http://schemas.microsoft.com/office/word/2010/wordml}"
_DRAWN = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}extent"
_RELATIONSHIP = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"


def read(path: Path, document_id: str) -> Document:
    """Read a DOCX file, or a DOC file by way of LibreOffice.

    Raises:
        ReadError: the file is empty, damaged, encrypted, bursting, or a DOC without LibreOffice at hand.
    """
    media_type, data = _docx_of(path)
    source = Source(open_package(data))
    blocks = list(source.parser.blocks(source.body))
    notes = source.notes()
    rendering, issues = _render(source)
    place = Placer(rendering)
    pieces = tuple(piece for block in blocks for piece in place.pieces(block))
    placed_notes = tuple(place.note(note) for note in notes)
    issues = (*source.issues(), *issues, *place.issues())
    return Document(document_id, media_type, rendering.pages, pieces, placed_notes, issues)


def render(path: Path) -> bytes:
    """The PDF in which the places of this file's characters stand.

    Raises:
        ReadError: the file can't be read.
        OfficeError: the file can't be rendered.
    """
    source = Source(open_package(_docx_of(path)[1]))
    list(source.parser.blocks(source.body))
    source.notes()
    return _to_pdf(source)


def _render(source: Source) -> tuple[align.Rendering, tuple[ReadIssue, ...]]:
    try:
        return align.read_rendering(_to_pdf(source)), ()
    except (office.OfficeError, ReadError) as error:
        message = f"không dựng được trang để định vị: {error}"
        return align.UNRENDERED, (ReadIssue("not_rendered", "warning", message),)


def _to_pdf(source: Source) -> bytes:
    with tempfile.TemporaryDirectory(prefix="truynguon-docx-") as folder:
        settled = Path(folder) / "settled.docx"
        settled.write_bytes(source.package())
        return office.to_pdf(settled)


def _docx_of(path: Path) -> tuple[str, bytes]:
    """The media type of a file and its content as DOCX."""
    data = path.read_bytes()
    if not data:
        raise ReadError("tệp rỗng (0 byte)")
    if not data.startswith((_OLE, _RTF)):
        return DOCX, data
    if _ENCRYPTED in data:
        raise ReadError("tệp Word được đặt mật khẩu, không mở được")
    try:
        return DOC, office.to_docx(path)
    except office.OfficeMissingError as error:
        raise ReadError("cần LibreOffice để đọc tệp .doc (chưa cài trên máy này)") from error
    except office.OfficeError as error:
        raise ReadError(f"tệp DOC hỏng hoặc không chuyển được: {error}") from error


def open_package(data: bytes) -> dict[str, bytes]:
    """The parts of a DOCX file by name.

    Raises:
        ReadError: it is no DOCX file, damaged, or bursts when unpacked.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _refuse_bombs(archive)
            return {info.filename: archive.read(info) for info in archive.infolist() if not info.is_dir()}
    except (zipfile.BadZipFile, OSError, EOFError, RuntimeError, ValueError, zlib.error) as error:
        raise ReadError(f"tệp DOCX hỏng: không giải nén được ({error})") from error


def _refuse_bombs(archive: zipfile.ZipFile) -> None:
    parts = archive.infolist()
    unpacked = sum(part.file_size for part in parts)
    if len(parts) > MOST_PARTS or unpacked > LARGEST_PACKAGE:
        raise ReadError(f"tệp DOCX quá lớn khi giải nén: {len(parts)} phần, {unpacked} byte")
    for part in parts:
        is_xml = part.filename.endswith((".xml", ".rels"))
        if is_xml and part.file_size > LARGEST_XML:
            raise ReadError(f"tệp DOCX quá lớn khi giải nén: {part.filename} {part.file_size} byte")
        if part.file_size > 2**20 and part.file_size > BURSTING * max(1, part.compress_size):
            raise ReadError(f"tệp DOCX phình bất thường khi giải nén: {part.filename}")


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


class Source:
    """The parts of a DOCX file, settled."""

    def __init__(self, parts: dict[str, bytes]) -> None:
        self._parts = dict(parts)
        main = self._main_part()
        self._roots = {main: parse_xml(parts[main], main)}
        related = self._related(main)
        self._load(related)
        styles, numbering = related["styles"][:1], related["numbering"][:1]
        self.styles = Styles(self._roots[styles[0]] if styles else None)
        self._stories = [main, *related["footnotes"], *related["endnotes"], *related["comments"]]
        self._comments = related["comments"]
        self._furniture = [*related["header"], *related["footer"]]
        self._notes = {kind: self._notes_of(related[f"{kind}s"]) for kind in ("footnote", "endnote")}
        self.body = self._roots[main].find(W + "body")
        if self.body is None:
            raise ReadError("tệp DOCX hỏng: không có thân văn bản")
        self.unread = _unread(self._roots[main])
        self._settle(self._roots[numbering[0]] if numbering else None)
        self._settings = self._roots[related["settings"][0]] if related["settings"] else None
        self.parser = Parser(self.styles, Numbering(self._roots[numbering[0]] if numbering else None, self.styles))

    def _main_part(self) -> str:
        for target, kind in self._targets("", "_rels/.rels"):
            if kind == "officeDocument" and target in self._parts:
                return target
        if "word/document.xml" in self._parts:
            return "word/document.xml"
        raise ReadError("không phải tệp DOCX: thiếu word/document.xml")

    def _targets(self, base: str, rels: str) -> Iterator[tuple[str, str]]:
        """Part name and kind of each relationship inside the package."""
        if rels not in self._parts:
            return
        for relation in parse_xml(self._parts[rels], rels).iter(_RELATIONSHIP):
            if relation.get("TargetMode") != "External":
                target = relation.get("Target", "")
                name = target.lstrip("/") if target.startswith("/") else f"{base}{target}"
                yield name, relation.get("Type", "").rsplit("/", 1)[-1]

    def _related(self, main: str) -> dict[str, list[str]]:
        folder, _, name = main.rpartition("/")
        base = f"{folder}/" if folder else ""
        related: dict[str, list[str]] = defaultdict(list)
        for target, kind in self._targets(base, f"{base}_rels/{name}.rels"):
            if target in self._parts and target not in related[kind]:
                related[kind].append(target)
        return related

    def _load(self, related: dict[str, list[str]]) -> None:
        kinds = ("styles", "numbering", "footnotes", "endnotes", "comments", "settings", "header", "footer")
        for kind in kinds:
            for name in related[kind]:
                self._roots[name] = parse_xml(self._parts[name], name)

    def _notes_of(self, names: list[str]) -> dict[str | None, Element]:
        return {note.get(W + "id"): note for name in names for note in self._roots[name]}

    def _settle(self, numbering: Element | None) -> None:
        roots = [self._roots[name] for name in (*self._stories, *self._furniture)]
        for name in (*self._stories, *self._furniture):
            accept_changes(self._roots[name])
            if name in self._stories:
                make_fields_text(self._roots[name])
            settle_characters(self._roots[name], self.styles)
        self.encodings = recode(roots, numbering, self.styles)
        for root in roots:
            show_capitals(root, self.styles)
            paint_black(root)
        if numbering is not None:
            paint_black(numbering)

    def notes(self) -> list[NoteText]:
        """Footnotes and endnotes in the order of their marks, then comments."""
        found = [note for mark in self.parser.references for note in self._note_of(mark)]
        for name in self._comments:
            for comment in self._roots[name].iter(W + "comment"):
                paragraphs = tuple(self.parser.paragraphs(comment))
                found.append(NoteText("comment", None, paragraphs, comment.get(W + "author")))
        return found

    def _note_of(self, mark: Mark) -> Iterator[NoteText]:
        note = self._notes[mark.kind].get(mark.note_id)
        if note is not None:
            yield NoteText(mark.kind, mark, tuple(self.parser.paragraphs(note)))

    def issues(self) -> tuple[ReadIssue, ...]:
        recoded = tuple(
            ReadIssue(
                "legacy_encoding", "info", f"phông {font or 'không tên'}: {encoding} -> Unicode, {count} đoạn chữ"
            )
            for (font, encoding), count in sorted(self.encodings.items())
        )
        return recoded + self.unread

    def package(self) -> bytes:
        """The settled file: no tracked change, no field, no link to anything outside."""
        if self._settings is not None:
            for tag in ("autoHyphenation", "trackRevisions", "attachedTemplate"):
                _remove(self._settings.iter(W + tag))
        copied = {
            name: etree.tostring(root, xml_declaration=True, encoding="UTF-8") for name, root in self._roots.items()
        }
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in self._parts.items():
                archive.writestr(name, copied.get(name) or (_closed(data, name) if name.endswith(".rels") else data))
        return buffer.getvalue()


def _closed(data: bytes, name: str) -> bytes:
    """Relationships without those that would make LibreOffice fetch something."""
    root = parse_xml(data, name)
    _remove(r for r in root.iter(_RELATIONSHIP) if r.get("TargetMode") == "External")
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8"))


# A picture at least this wide and high, in English Metric Units (3 cm), may hold text or a table.
_LARGE_PICTURE = 3 * 360_000


def _unread(root: Element) -> tuple[ReadIssue, ...]:
    """What stands in the document but is not read: pictures that may hold text, embedded files."""
    drawings = [
        extent for extent in root.iter(_DRAWN) if next(extent.getparent().iter(W + "txbxContent"), None) is None
    ]
    pictures = [e for e in drawings if min(_number(e.get("cx"), 0), _number(e.get("cy"), 0)) >= _LARGE_PICTURE]
    embedded = list(root.iter(W + "altChunk", W + "subDoc"))
    found = []
    if pictures:
        found.append(ReadIssue("picture_not_read", "warning", f"{len(pictures)} hình lớn trong tệp chưa được đọc chữ"))
    if embedded:
        found.append(ReadIssue("embedded_not_read", "warning", f"{len(embedded)} tệp nhúng trong tệp chưa được đọc"))
    return tuple(found)


# ------------------------------------------------------------------ styles


class Styles:
    """Properties of runs and paragraphs through their styles."""

    def __init__(self, root: Element | None) -> None:
        styles = [] if root is None else list(root.iter(W + "style"))
        self._by_id: dict[str | None, Element] = {style.get(W + "styleId"): style for style in styles}
        self._default = next(
            (s.get(W + "styleId") for s in styles if s.get(W + "type") == "paragraph" and _is_on(s, W + "default")),
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
                style = self._by_id.get(_value(style.find(W + "basedOn")))
            self._chains[style_id] = tuple(found)
        return self._chains[style_id]

    def of_paragraph(self, paragraph: Element) -> tuple[Element, ...]:
        own = paragraph.find(f"{W}pPr/{W}pStyle")
        return self.chain(self._default if own is None else _value(own))

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
            yield from (s.find(W + "rPr") for s in self.chain(_value(style)))
        paragraph = run.getparent()
        if paragraph.tag == W + "p":
            yield from (s.find(W + "rPr") for s in self.of_paragraph(paragraph))
        yield self._document

    def is_set(self, run: Element, tag: str) -> bool:
        found = self.run_property(run, tag)
        return found is not None and _is_on(found, W + "val")

    def font(self, run: Element) -> str:
        found = self.run_property(run, "rFonts", "ascii")
        return "" if found is None else str(found.get(W + "ascii"))

    def size(self, run: Element) -> float:
        found = self.run_property(run, "sz")
        return 10.0 if found is None else _number(_value(found), 20) / 2

    def raised(self, run: Element) -> bool:
        return _value(self.run_property(run, "vertAlign")) == "superscript"

    def heading_level(self, paragraph: Element) -> int | None:
        outline = self.paragraph_property(paragraph, "outlineLvl")
        if outline is not None:
            level = _number(_value(outline), 9)
            return level + 1 if level < 9 else None
        names = [str(_value(style.find(W + "name"))) for style in self.of_paragraph(paragraph)]
        found = next((m for name in names if (m := _HEADING_STYLE.fullmatch(name))), None)
        return int(found.group(1)) if found else None

    def ruled(self, table: Element) -> bool:
        """Whether any line of a table is drawn."""
        properties = [table.find(W + "tblPr")]
        style = table.find(f"{W}tblPr/{W}tblStyle")
        properties += [s.find(W + "tblPr") for s in self.chain(_value(style))]
        borders = [p.find(W + "tblBorders") for p in properties if p is not None]
        own = next((b for b in borders if b is not None), ())
        cells = (side for cell in table.iter(W + "tcBorders") for side in cell)
        return any(_value(side) not in (None, "nil", "none") for side in (*own, *cells))


_HEADING_STYLE = re.compile(r"[Hh]eading ([1-9])")


def _value(element: Element | None) -> str | None:
    return None if element is None else element.get(W + "val")


def _number(text: str | None, otherwise: int) -> int:
    return int(text) if text is not None and re.fullmatch(r"-?\d{1,9}", text) else otherwise


def _is_on(element: Element, attribute: str) -> bool:
    return element.get(attribute, "1") not in ("0", "false", "off", "none")


# ------------------------------------------------------------------ settling


def _remove(elements: Iterable[Element]) -> None:
    for element in list(elements):
        if element.getparent() is not None:
            element.getparent().remove(element)


def _unwrap(element: Element, content: Element) -> None:
    """Put the children of `content` in the place of `element`."""
    parent = element.getparent()
    place = parent.index(element)
    for child in reversed(list(content)):
        parent.insert(place, child)
    parent.remove(element)


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
    _remove(root.iter(*_OLD_PROPERTIES))
    _remove([row for row in root.iter(W + "tr") if row.find(f"{W}trPr/{W}del") is not None])
    joined = [p for p in root.iter(W + "p") if _mark_is_deleted(p)]
    _remove(change for owner in root.iter(*_PROPERTIES) for change in owner if change.tag in _MARKED_CHANGES)
    _remove(root.iter(*(W + tag for tag in _DELETED)))
    for control in list(root.iter(W + "sdt")):
        _open_control(control)
    for wrapper in list(root.iter(*_WRAPPERS)):
        _unwrap(wrapper, wrapper)
    for formula in list(root.iter(M + "oMathPara")):
        _unwrap(formula, formula)
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
        _remove([control])
        return
    if control.find(f"{W}sdtPr/{W}showingPlcHdr") is not None:
        _remove(content.iter(W + "r"))  # "Click here to enter text" is nobody's text
    _unwrap(control, content)


def _join_with_next(paragraph: Element) -> None:
    """What is left of a paragraph whose mark was deleted belongs to the one after it."""
    following = paragraph.getnext()
    if following is None or following.tag != W + "p":
        return
    content = [child for child in paragraph if child.tag != W + "pPr"]
    place = 1 if following.find(W + "pPr") is not None else 0
    for child in reversed(content):
        following.insert(place, child)
    _remove([paragraph])


def _write_out(formula: Element) -> None:
    """A formula as a run of plain text: a formula is drawn as a picture, and its figures would be lost."""
    run = etree.Element(W + "r")
    _append_text(run, _linear(formula))
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


def _append_text(run: Element, text: str) -> Element:
    element = etree.SubElement(run, W + "t")
    element.text = text
    element.set(_SPACE, "preserve")
    return element


def make_fields_text(root: Element) -> None:
    """The last result of each field as plain text: rendering must neither work it out anew nor fetch anything."""
    for simple in list(root.iter(W + "fldSimple")):
        _unwrap(simple, simple)
    in_code: list[bool] = []
    for element in list(root.iter(W + "fldChar", W + "instrText", W + "delText", W + "t", W + "tab", W + "br")):
        if element.tag == W + "fldChar":
            _step(in_code, element.get(W + "fldCharType"))
        elif element.tag not in (W + "instrText", W + "delText") and not any(in_code):
            continue
        elif element.getparent().tag != W + "r":
            continue  # a tab stop of the paragraph
        _remove([element])


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
_INVISIBLE = {ord(c): None for c in "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"}


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
            _remove([run])
            continue
        for child in list(run):
            character = _as_character(child)
            if character is not None:
                run.replace(child, _append_text(run, character))
            if child.tag == W + "sym":
                _set_font(run, "Times New Roman")
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


def _without_private(text: str, font: str) -> str:
    return _PRIVATE.sub(lambda found: symbol(ord(found.group()), font), text)


def _settle_symbols(run: Element, styles: Styles) -> None:
    for text in run.iter(W + "t"):
        if text.text and _PRIVATE.search(text.text):
            font = styles.font(run)
            text.text = _without_private(text.text, font)
            _set_font(run, "Times New Roman")


def _own_properties(run: Element) -> Element:
    properties = run.find(W + "rPr")
    if properties is None:
        properties = etree.Element(W + "rPr")
        run.insert(0, properties)
    return properties


def _set_font(run: Element, name: str) -> None:
    properties = _own_properties(run)
    _remove(properties.findall(W + "rFonts"))
    fonts = etree.Element(W + "rFonts")
    for use in ("ascii", "hAnsi", "cs", "eastAsia"):
        fonts.set(W + use, name)
    properties.insert(1 if properties.find(W + "rStyle") is not None else 0, fonts)


# ------------------------------------------------------------------ encodings


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
        slot.element.set(_SPACE, "preserve")
        if encoding:
            _set_font(slot.element.getparent(), "Times New Roman")


def _recode_labels(numbering: Element) -> None:
    """The texts of generated labels, too, may be in an old or a symbol font."""
    for level in numbering.iter(W + "lvl"):
        text, fonts = level.find(W + "lvlText"), level.find(f"{W}rPr/{W}rFonts")
        if text is None:
            continue
        before, font = text.get(W + "val", ""), "" if fonts is None else fonts.get(W + "ascii", "")
        after = _without_private(before, font)
        encoding = encoding_of(font, after)
        after = to_unicode(after, encoding)[0] if encoding else after
        if after != before:
            text.set(W + "val", after)
            _remove(level.findall(f"{W}rPr/{W}rFonts"))


def show_capitals(root: Element, styles: Styles) -> None:
    """Letters that are shown as capitals become capitals."""
    for run in root.iter(W + "r"):
        if styles.is_set(run, "caps") or styles.is_set(run, "smallCaps"):
            for text in run.iterchildren(W + "t"):
                text.text = "".join(c.upper() if len(c.upper()) == 1 else c for c in text.text or "")


def paint_black(root: Element) -> None:
    """Every run black, so that only pieces are printed in a colour that stands for a number."""
    for properties in root.iter(W + "rPr"):
        _remove(child for child in list(properties) if child.tag.startswith(W14) or child.tag == W + "color")
    for run in root.iter(W + "r"):
        paint(run, 0)


# Elements that stand before w:color in the order that the schema asks for.
_BEFORE_COLOUR = (
    *(W + name for name in ("rStyle", "rFonts", "b", "bCs", "i", "iCs", "caps", "smallCaps", "strike", "dstrike")),
    *(W + name for name in ("outline", "shadow", "emboss", "imprint", "noProof", "snapToGrid", "vanish", "webHidden")),
)


def paint(run: Element, number: int) -> None:
    """Give a run (or the mark of a paragraph) the colour of a number."""
    properties = run if run.tag == W + "rPr" else _own_properties(run)
    _remove(properties.findall(W + "color"))
    colour = etree.Element(W + "color")
    colour.set(W + "val", align.colour_of(number))
    place = sum(1 for child in properties if child.tag in _BEFORE_COLOUR)
    properties.insert(place, colour)


# ------------------------------------------------------------------ numbering


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
            links[list_id] = _value(abstract.find(W + "numStyleLink"))
        for num in root.iter(W + "num"):
            number_id = num.get(W + "numId")
            list_id = _value(num.find(W + "abstractNumId"))
            self._list_of[number_id] = list_id
            overrides = list(num.iter(W + "lvlOverride"))
            if any(o.find(W + "lvl") is not None for o in overrides):
                # A list with levels of its own counts for itself.
                self._list_of[number_id] = f"num {number_id}"
                own = {level: value for o in overrides for level, value in _levels(o).items()}
                self._lists[f"num {number_id}"] = {**self._lists.get(list_id, {}), **own}
            self._starts[number_id] = {
                _number(o.get(W + "ilvl"), 0): _number(_value(o.find(W + "startOverride")), 1)
                for o in overrides
                if o.find(W + "startOverride") is not None
            }
        self._follow(links)

    def _follow(self, links: dict[str | None, str | None]) -> None:
        """Lists that only name a numbering style take its levels."""
        for list_id, style_id in links.items():
            for style in self._styles.chain(style_id) if style_id else ():
                target = self._list_of.get(_value(style.find(f"{W}pPr/{W}numPr/{W}numId")))
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
        ids = [_value(n.find(W + "numId")) for n in given if n is not None]
        number_id = next((i for i in ids if i is not None), None)
        at = [_value(n.find(W + "ilvl")) for n in given if n is not None]
        level = next((_number(a, 0) for a in at if a is not None), None)
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
    return {_number(level.get(W + "ilvl"), 0): _level(level) for level in abstract.iterchildren(W + "lvl")}


def _level(level: Element) -> _Level:
    legal = level.find(W + "isLgl")
    return _Level(
        _number(_value(level.find(W + "start")), 0 if level.find(W + "start") is None else 1),
        _value(level.find(W + "numFmt")) or "decimal",
        _value(level.find(W + "lvlText")) or "",
        _value(level.find(W + "pStyle")),
        _value(level.find(W + "lvlRestart")) != "0",
        legal is not None and _is_on(legal, W + "val"),
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


# ------------------------------------------------------------------ blocks


@dataclass(frozen=True)
class Mark:
    """A note's mark: its offset in the paragraph, its text, the number of its colour; the note, if Word made it."""

    offset: int
    text: str
    number: int
    kind: str = ""
    note_id: str | None = None


@dataclass(frozen=True)
class Paragraph:
    """A settled paragraph; `number` and `label_number` are those of its colours.

    `breaks` are the offsets of those line breaks in it that end what a person would read as one unit.
    """

    text: str
    number: int
    label: str
    label_number: int
    size: float
    bold: bool
    italic: bool
    level: int | None
    marks: tuple[Mark, ...]
    breaks: tuple[int, ...] = ()


@dataclass(frozen=True)
class TableCell:
    row: int
    column: int
    row_span: int
    column_span: int
    paragraphs: tuple[Paragraph, ...]


@dataclass(frozen=True)
class Table:
    rows: int
    columns: int
    cells: tuple[TableCell, ...]
    header_rows: int


@dataclass(frozen=True)
class NoteText:
    kind: str
    mark: Mark | None
    paragraphs: tuple[Paragraph, ...]
    author: str | None = None


# A table without a drawn line and no larger than this sets a letterhead or a signature block in columns.
_LAYOUT_ROWS, _LAYOUT_COLUMNS = 4, 3

_POWERS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
# A raised figure is a power after a unit of length ("m2", "km3") and after a lone ten ("10" raised to 6).
_POWER_BASE = re.compile(r"(?:(?:^|[\s\d./(])(?:[kcdmhµ]?m|ft|s)|(?:^|[^\d.,])10)$")
# A footnote mark follows a word, a figure or closing punctuation at once.
_MARKED = re.compile(r"[\w.,;:!?)\]”’\"'%»]$")


def is_note_mark(before: str, figure: str) -> bool:
    """Whether a raised figure is a footnote's mark: after a word, and no power of a unit or of ten.

    >>> is_note_mark("năm 2025", "9"), is_note_mark("diện tích 120 m", "2"), is_note_mark("10", "6")
    (True, False, False)
    """
    return len(figure) <= 3 and _MARKED.search(before) is not None and not _POWER_BASE.search(before)


def as_power(figure: str) -> str:
    """Raised figures as the characters for powers, so that "10" raised to 3 is never 103."""
    return figure.translate(_POWERS)


# After a line break, a new unit begins with a bullet, a number, a letter in brackets, a drawn line or a capital.
_UNIT_START = re.compile(r"[-–—+*•·]\s|\d{1,3}[.)/]\s|[a-zđ]\)\s|[_*=-]{3}")


def ends_unit(text: str, offset: int, *, centred: bool) -> bool:
    """Whether a line break ends a unit: the lines of a letterhead, a list typed into one paragraph.

    In running text it does only after a sentence or before a bullet; a sentence may run over it.
    """
    before, after = text[:offset].rstrip(" "), text[offset:].lstrip()
    if before.endswith("\n") or _UNIT_START.match(after):
        return True
    return (after[:1].isupper() or after[:1] == "(") and (centred or before.endswith((".", ";", ":", "!", "?")))


@dataclass
class _Writing:
    """A paragraph as it is being put together."""

    number: int
    text: str = ""
    marks: list[Mark] = field(default_factory=list)
    weights: Counter[tuple[float, bool, bool]] = field(default_factory=Counter)


class Parser:
    """Settled XML -> paragraphs and tables, each painted in the colour of its number."""

    def __init__(self, styles: Styles, numbering: Numbering) -> None:
        self._styles = styles
        self._numbering = numbering
        self._last = 0
        self._marks: Counter[str] = Counter()
        self.references: list[Mark] = []

    def blocks(self, container: Element) -> Iterator[Paragraph | Table]:
        """Paragraphs and tables in order; text boxes follow the paragraph that they hang on."""
        for child in container:
            if child.tag == W + "p":
                paragraph = self._paragraph(child)
                if paragraph:
                    yield paragraph
                for box in _text_boxes(child):
                    yield from self.blocks(box)
            elif child.tag == W + "tbl":
                yield from self._table_blocks(child)
        if container.tag == W + "body":
            _copy_colours(container)

    def _table_blocks(self, element: Element) -> Iterator[Paragraph | Table]:
        table = self._table(element)
        small = table.rows <= _LAYOUT_ROWS and table.columns <= _LAYOUT_COLUMNS and not table.header_rows
        if small and not self._styles.ruled(element):
            yield from (paragraph for cell in table.cells for paragraph in cell.paragraphs)
        elif table.cells:
            yield table

    def paragraphs(self, container: Element) -> Iterator[Paragraph]:
        """All paragraphs, those of tables inside it too."""
        for block in self.blocks(container):
            if isinstance(block, Paragraph):
                yield block
            else:
                yield from (paragraph for cell in block.cells for paragraph in cell.paragraphs)

    def _paragraph(self, element: Element) -> Paragraph | None:
        label = self._numbering.label(element)
        writing = _Writing(self._next())
        for raised, runs in groupby(element.iterchildren(W + "r"), key=self._is_raised_figure):
            if raised:
                self._write_raised(list(runs), writing)
            else:
                for run in runs:
                    self._write(run, writing)
        if not writing.text.strip() and not label and not writing.marks:
            return None
        return self._finished(element, writing, label)

    def _finished(self, element: Element, writing: _Writing, label: str) -> Paragraph:
        shift = len(writing.text) - len(writing.text.lstrip())
        text = writing.text.strip()
        centred = _value(self._styles.paragraph_property(element, "jc")) in ("center", "right", "end")
        breaks = tuple(m.start() for m in re.finditer("\n", text) if ends_unit(text, m.start(), centred=centred))
        label_number = self._paint_label(element) if label else 0
        bold = sum(n for (_, is_bold, _), n in writing.weights.items() if is_bold)
        italic = sum(n for (_, _, is_italic), n in writing.weights.items() if is_italic)
        sizes: Counter[float] = Counter()
        for (size, _, _), count in writing.weights.items():
            sizes[size] += count
        half = sum(sizes.values()) / 2
        marks = tuple(
            Mark(min(max(0, m.offset - shift), len(text)), m.text, m.number, m.kind, m.note_id) for m in writing.marks
        )
        return Paragraph(
            text.replace("\n", " "),
            writing.number,
            label,
            label_number,
            sizes.most_common(1)[0][0] if sizes else 0.0,
            bold > half,
            italic > half,
            self._styles.heading_level(element),
            marks,
            breaks,
        )

    def _next(self) -> int:
        self._last += 1
        if self._last > align.LARGEST_NUMBER:
            raise ReadError("tệp DOCX quá dài: quá nhiều đoạn văn")
        return self._last

    def _paint_label(self, paragraph: Element) -> int:
        """Generated labels are printed in the colour of the paragraph's mark."""
        properties = paragraph.find(W + "pPr")
        if properties is None:
            properties = etree.Element(W + "pPr")
            paragraph.insert(0, properties)
        mark = properties.find(W + "rPr")
        if mark is None:
            mark = etree.Element(W + "rPr")
            followers = [e for e in properties if e.tag in (W + "sectPr", W + "pPrChange")]
            properties.insert(properties.index(followers[0]) if followers else len(properties), mark)
        number = self._next()
        paint(mark, number)
        return number

    def _is_raised_figure(self, run: Element) -> bool:
        children = [child for child in run if child.tag != W + "rPr"]
        if not children or any(child.tag != W + "t" for child in children):
            return False
        text = "".join(child.text or "" for child in children).strip()
        return text.isdecimal() and self._styles.raised(run)

    def _write_raised(self, runs: list[Element], writing: _Writing) -> None:
        """Raised figures: a note's mark, or a power, which is written with the characters for powers."""
        figure = "".join(t.text or "" for run in runs for t in run.iterchildren(W + "t")).strip()
        if is_note_mark(writing.text, figure):
            number = self._next()
            for run in runs:
                paint(run, number)
            writing.marks.append(Mark(len(writing.text), figure, number))
            return
        for run in runs:
            for text in run.iterchildren(W + "t"):
                text.text = as_power(text.text or "")
            _stand_on_line(run)
            self._write(run, writing)

    def _write(self, run: Element, writing: _Writing) -> None:
        paint(run, writing.number)
        before = len(writing.text)
        for child in run:
            if child.tag == W + "t":
                writing.text += "".join(" " if c.isspace() else c for c in child.text or "")
            elif child.tag in (W + "br", W + "cr"):
                writing.text += "\n"
            elif child.tag in (W + "tab", W + "ptab"):
                writing.text += " "
            elif child.tag in (W + "footnoteReference", W + "endnoteReference"):
                self._refer(child, run, writing)
                if child.get(W + "customMarkFollows"):
                    break  # the rest of the run is the mark
        look = (self._styles.size(run), self._styles.is_set(run, "b"), self._styles.is_set(run, "i"))
        writing.weights[look] += len("".join(writing.text[before:].split()))

    def _refer(self, reference: Element, run: Element, writing: _Writing) -> None:
        kind = "footnote" if reference.tag == W + "footnoteReference" else "endnote"
        if reference.get(W + "customMarkFollows"):
            text = "".join(t.text or "" for t in run.iterchildren(W + "t")).strip()
        else:
            self._marks[kind] += 1
            text = numeral(self._marks[kind], "decimal" if kind == "footnote" else "lowerRoman")
        number = self._next()
        paint(run, number)
        mark = Mark(len(writing.text), text, number, kind, reference.get(W + "id"))
        writing.marks.append(mark)
        self.references.append(mark)

    def _table(self, element: Element) -> Table:
        grid = _GridBuilder()
        rows = list(element.iterchildren(W + "tr"))
        for index, row in enumerate(rows):
            column = _number(_value(row.find(f"{W}trPr/{W}gridBefore")), 0)
            for cell in row.iterchildren(W + "tc"):
                span = max(1, _number(_value(cell.find(f"{W}tcPr/{W}gridSpan")), 1))
                if _continues(cell, "hMerge"):
                    grid.widen(index, span)
                elif not (_continues(cell, "vMerge") and grid.lengthen(index, column, span)):
                    grid.add(index, column, span, tuple(self.paragraphs(cell)))
                column += span
        heads = [row.find(f"{W}trPr/{W}tblHeader") for row in rows]
        header_rows = next((i for i, h in enumerate(heads) if h is None or not _is_on(h, W + "val")), len(rows))
        return Table(len(rows), grid.columns, grid.cells(), header_rows)


def _continues(cell: Element, merge: str) -> bool:
    found = cell.find(f"{W}tcPr/{W}{merge}")
    return found is not None and found.get(W + "val", "continue") == "continue"


class _GridBuilder:
    """The cells of a table, merged ones growing as their rows and columns come in."""

    def __init__(self) -> None:
        self._cells: list[list[Any]] = []
        self._open: dict[int, list[Any]] = {}  # the cell above each column
        self.columns = 0

    def add(self, row: int, column: int, span: int, paragraphs: tuple[Paragraph, ...]) -> None:
        cell = [row, column, 1, span, paragraphs]
        self._cells.append(cell)
        self._open[column] = cell
        self.columns = max(self.columns, column + span)

    def lengthen(self, row: int, column: int, span: int) -> bool:
        """Let the cell above reach down to a row; False if it does not end just above it."""
        cell = self._open.get(column)
        if cell is None or cell[0] + cell[2] != row or cell[3] != span:
            return False
        cell[2] += 1
        return True

    def widen(self, row: int, span: int) -> None:
        if self._cells and self._cells[-1][0] == row:
            self._cells[-1][3] += span
            self.columns = max(self.columns, self._cells[-1][1] + self._cells[-1][3])

    def cells(self) -> tuple[TableCell, ...]:
        return tuple(TableCell(*cell) for cell in self._cells)


def _stand_on_line(run: Element) -> None:
    properties = _own_properties(run)
    _remove(properties.findall(W + "vertAlign"))
    baseline = etree.SubElement(properties, W + "vertAlign")
    baseline.set(W + "val", "baseline")


def _text_boxes(element: Element) -> Iterator[Element]:
    """The text boxes that hang on a paragraph; of alternatives the first, which newer programs show."""
    for child in element:
        if child.tag == W + "txbxContent":
            yield child
        elif child.tag == MC + "AlternateContent":
            choice = child.find(MC + "Choice")
            has_text = choice is not None and next(choice.iter(W + "txbxContent"), None) is not None
            yield from _text_boxes(choice if has_text else child)
        elif isinstance(child.tag, str):
            yield from _text_boxes(child)


def _copy_colours(root: Element) -> None:
    """The fallback of a text box in the colours of the text box: which of the two is drawn is not ours to know."""
    for alternative in root.iter(MC + "AlternateContent"):
        choice, fallback = alternative.find(MC + "Choice"), alternative.find(MC + "Fallback")
        if choice is None or fallback is None:
            continue
        for shown, spare in zip(choice.iter(W + "r"), fallback.iter(W + "r"), strict=False):
            colour = shown.find(f"{W}rPr/{W}color")
            if colour is not None and _runs_text(shown) == _runs_text(spare):
                _remove(_own_properties(spare).findall(W + "color"))
                paint(spare, align.number_of(int(colour.get(W + "val"), 16)) or 0)


def _runs_text(run: Element) -> str:
    return "".join(text.text or "" for text in run.iterchildren(W + "t"))


# ------------------------------------------------------------------ places

# So much of the text should be found on the pages; the rest are characters that print otherwise than they are written.
_PLACED_SHARE = 0.995


class Placer:
    """Paragraphs, tables and notes with the places of their characters."""

    def __init__(self, rendering: align.Rendering) -> None:
        self._rendering = rendering
        self._characters = self._placed = 0

    def pieces(self, block: Paragraph | Table) -> Iterator[Piece]:
        if isinstance(block, Table):
            yield Piece(grid=self._grid(block))
            return
        label = self._place(block.label_number, block.label) if block.label else None
        for line in self._lines(block, self._place(block.number, block.text)):
            yield Piece(paragraph=line, numbering=label, heading_level=block.level)
            label = None

    def note(self, note: NoteText) -> Note:
        mark = self._printed_mark(note.mark) if note.mark else ""
        if note.kind == "comment":
            text = " ".join(paragraph.text for paragraph in note.paragraphs)
            return Note(note.kind, mark, unplaced(text.strip()), note.author)
        passage = join(self._with_label(paragraph) for paragraph in note.paragraphs)
        return Note(note.kind, mark, passage.strip(), note.author)

    def issues(self) -> tuple[ReadIssue, ...]:
        if not self._rendering.pages or self._placed >= _PLACED_SHARE * self._characters:
            return ()
        missing = self._characters - self._placed
        message = f"{missing}/{self._characters} ký tự không tìm thấy chỗ trên trang"
        return (ReadIssue("not_placed", "warning", message),)

    def _place(self, number: int, text: str) -> Passage:
        passage = self._rendering.place(number, text)
        self._characters += sum(not c.isspace() for c in text)
        self._placed += sum(glyph is not None for glyph in passage.glyphs)
        return passage

    def _grid(self, table: Table) -> Grid:
        cells = []
        for cell in table.cells:
            lines = tuple(line for p in cell.paragraphs for line in self._lines(p, self._with_label(p)))
            cells.append(GridCell(cell.row, cell.column, cell.row_span, cell.column_span, None, lines))
        return Grid(None, table.rows, table.columns, tuple(cells), table.header_rows)

    def _lines(self, paragraph: Paragraph, passage: Passage) -> Iterator[Line]:
        """The paragraph as one line, or as several if line breaks set its units apart."""
        shift = len(passage) - len(paragraph.text)
        marks = [(mark.offset + shift, self._mark(mark)) for mark in paragraph.marks]
        ends = [end + shift for end in paragraph.breaks]
        for start, end in pairwise([0, *ends, len(passage)]):
            part = passage[start:end]
            cut = start + len(part) - len(part.text.lstrip())
            part = part.strip()
            own = tuple((min(at - cut, len(part)), mark) for at, mark in marks if start < at <= end or at == start == 0)
            if part or own or not ends:
                yield Line(part, _first_box(part), paragraph.size, paragraph.bold, paragraph.italic, own)

    def _with_label(self, paragraph: Paragraph) -> Passage:
        text = self._place(paragraph.number, paragraph.text)
        if not paragraph.label:
            return text
        label = self._place(paragraph.label_number, paragraph.label)
        return label + unplaced(" ") + text if text else label

    def _mark(self, mark: Mark) -> Passage:
        return self._place(mark.number, self._printed_mark(mark))

    def _printed_mark(self, mark: Mark) -> str:
        """What stands on the page for the mark, as only the rendering knows how notes are counted there."""
        printed = "".join(character for character, _ in self._rendering.streams.get(mark.number, ()))
        return printed if 0 < len(printed) <= 4 else mark.text


def _first_box(passage: Passage) -> Box:
    """The rectangle around a passage on the page where it begins."""
    boxes = passage.boxes
    if not boxes:
        return align.NO_BOX
    box = boxes[0]
    for other in boxes[1:]:
        if other.page == box.page:
            box = union(box, other)
    return box
