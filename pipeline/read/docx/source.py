"""A DOCX file settled: what is both read and rendered."""

from __future__ import annotations

import io
import zipfile
from collections import defaultdict
from collections.abc import Iterator

from lxml import etree

from pipeline.read.docx.blocks import Mark, NoteText, Parser
from pipeline.read.docx.numbering import Numbering
from pipeline.read.docx.paint import paint_black
from pipeline.read.docx.recode import recode
from pipeline.read.docx.settle import accept_changes, make_fields_text, settle_characters, show_capitals
from pipeline.read.docx.styles import Styles
from pipeline.read.docx.xml import Element, W, number_of, parse_xml, remove
from pipeline.read.errors import ReadError
from schemas.document import ReadIssue

_DRAWN = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}extent"
_RELATIONSHIP = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"


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
                remove(self._settings.iter(W + tag))
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
    remove(r for r in root.iter(_RELATIONSHIP) if r.get("TargetMode") == "External")
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8"))


# A picture at least this wide and high, in English Metric Units (3 cm), may hold text or a table.
_LARGE_PICTURE = 3 * 360_000


def _unread(root: Element) -> tuple[ReadIssue, ...]:
    """What stands in the document but is not read: pictures that may hold text, embedded files."""
    drawings = [
        extent for extent in root.iter(_DRAWN) if next(extent.getparent().iter(W + "txbxContent"), None) is None
    ]
    pictures = [e for e in drawings if min(number_of(e.get("cx"), 0), number_of(e.get("cy"), 0)) >= _LARGE_PICTURE]
    embedded = list(root.iter(W + "altChunk", W + "subDoc"))
    found = []
    if pictures:
        found.append(ReadIssue("picture_not_read", "warning", f"{len(pictures)} hình lớn trong tệp chưa được đọc chữ"))
    if embedded:
        found.append(ReadIssue("embedded_not_read", "warning", f"{len(embedded)} tệp nhúng trong tệp chưa được đọc"))
    return tuple(found)
