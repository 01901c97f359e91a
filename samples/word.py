"""Typesets a source as a Word document in the layout of Decree 30/2020/NĐ-CP, Appendix I."""

from __future__ import annotations

import datetime
import re
from itertools import groupby
from pathlib import Path
from typing import Any

from docx import Document
from docx.document import Document as WordDocument
from docx.enum.section import WD_ORIENT
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.oxml.parser import OxmlElement
from docx.shared import Mm, Pt
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from samples.source import Column, Grid, Source, read_grid

ALIGN = {
    "left": WD_ALIGN_PARAGRAPH.LEFT,
    "center": WD_ALIGN_PARAGRAPH.CENTER,
    "right": WD_ALIGN_PARAGRAPH.RIGHT,
    "justify": WD_ALIGN_PARAGRAPH.JUSTIFY,
}
MOTTO = ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc")
EDITED = "2025-01-02T03:04:05Z"  # the same at each build
EDITOR = "Tổ biên tập mẫu"
FOOTNOTES = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
INLINE = re.compile(
    r"\*\*(?P<bold>.+?)\*\*|\*(?P<italic>.+?)\*|\[\^(?P<note>\w+)\]|\{\+\+(?P<ins>.+?)\+\+\}|\{--(?P<gone>.+?)--\}"
    r"|\{==(?P<marked>.+?)==\}\{>>(?P<comment>.+?)<<\}"
)


def typeset(source: Source, path: Path) -> None:
    Typesetter(source).write(path)


class Typesetter:
    def __init__(self, source: Source) -> None:
        self.source = source
        self.head = source.head
        self.document: WordDocument = Document()
        self.notes: list[str] = []
        self.changes = 0

    def write(self, path: Path) -> None:
        self._page()
        self._numbering()
        if "issuer" in self.head:
            self._letterhead()
        self._title()
        self._addressees()
        for is_table, lines in groupby(self.source.lines, key=lambda line: line.startswith("|")):
            if is_table:
                self._table(read_grid(list(lines)))
            else:
                for line in lines:
                    self._line(line)
        self._footnotes()
        self._dates()
        self.document.save(str(path))

    # -- page and styles

    def _page(self) -> None:
        section = self.document.sections[0]
        wide = self.head.get("page") == "landscape"
        section.page_width, section.page_height = (Mm(297), Mm(210)) if wide else (Mm(210), Mm(297))
        section.orientation = WD_ORIENT.LANDSCAPE if wide else WD_ORIENT.PORTRAIT
        section.left_margin, section.right_margin = (Mm(20), Mm(20)) if wide else (Mm(30), Mm(18))
        section.top_margin = section.bottom_margin = Mm(20)
        section.header_distance = Mm(10)
        section.different_first_page_header_footer = True
        number = section.header.paragraphs[0]
        number.alignment = WD_ALIGN_PARAGRAPH.CENTER
        _field(number, "PAGE")
        style = self.document.styles["Normal"]
        style.font.name, style.font.size = "Times New Roman", Pt(self.head.get("size", 14))
        style.element.rPr.rFonts.set(qn("w:eastAsia"), "Times New Roman")
        style.element.rPr.append(_element("w:lang", val="vi-VN"))
        style.paragraph_format.space_after = Pt(0)
        mark = self.document.styles.add_style("footnote reference", WD_STYLE_TYPE.CHARACTER)
        mark.font.superscript = True
        self.mark = mark.style_id

    def _numbering(self) -> None:
        """One list of two levels that Word counts itself: I. for headings, 1. for items."""
        numbering = self.document.part.numbering_part.element
        levels = "".join(
            f'<w:lvl w:ilvl="{level}"><w:start w:val="1"/><w:numFmt w:val="{form}"/><w:suff w:val="space"/>'
            f'<w:lvlText w:val="%{level + 1}."/></w:lvl>'
            for level, form in enumerate(("upperRoman", "decimal"))
        )
        head = f'<w:abstractNum {nsdecls("w")} w:abstractNumId="77"><w:multiLevelType w:val="multilevel"/>'
        numbering.insert(0, parse_xml(f"{head}{levels}</w:abstractNum>"))
        numbering.append(parse_xml(f'<w:num {nsdecls("w")} w:numId="77"><w:abstractNumId w:val="77"/></w:num>'))

    # -- the parts of a document

    def _letterhead(self) -> None:
        table = self.document.add_table(rows=2, cols=2)
        _widths(table, [Column(66, ""), Column(self._text_width() - 66, "")])
        agency, motto = table.rows[0].cells
        number, place = table.rows[1].cells
        lines = _listed(self.head["issuer"])
        own = len(lines) - self.head.get("bold", 1)  # above it stands the agency that it belongs to, not bold
        for i, line in enumerate(lines):
            self._centred(agency, line, 12, bold=i >= own)
        _short_rule(agency.add_paragraph(), (66 - 22) / 2)
        self._centred(motto, MOTTO[0], 12, bold=True)
        self._centred(motto, MOTTO[1], 13, bold=True)
        _short_rule(motto.add_paragraph(), (self._text_width() - 66 - 60) / 2)
        self._centred(number, f"Số: {self.head['number']}", 13)
        for line in _listed(self.head.get("subject")):
            self._centred(number, line, 12)
        self._centred(place, self.head["dated"], 13, italic=True)

    def _title(self) -> None:
        if "type" in self.head:
            self._paragraph(f"**{self.head['type']}**", "center", before=14, size=14)
            inset = 50 if self.head.get("page") == "landscape" else 10
            title = self._paragraph(f"**{self.head['title']}**", "center", size=14, indent=inset)
            title.paragraph_format.right_indent = Mm(inset)
        for line in _listed(self.head.get("under")):
            self._paragraph(f"*{line}*", "center")
        if "type" in self.head and "issuer" in self.head:
            _short_rule(self.document.add_paragraph(), (self._text_width() - 38) / 2)

    def _addressees(self) -> None:
        names = _listed(self.head.get("to"))
        label = self.head.get("to_label", "Kính gửi:")
        if len(names) == 1:
            self._paragraph(f"{label} {names[0]}", "center", before=8, after=8)
        elif names:
            self._paragraph(label, "center" if "to_label" in self.head else "left", before=8, indent=30)
            for name in names:
                self._paragraph(f"- {name}", "left", indent=45)

    def _closing(self) -> None:
        self._paragraph("", "left", after=0)
        for paragraph in self.document.paragraphs[-2:]:  # a signature never stands alone on its page
            paragraph.paragraph_format.keep_with_next = True
        table = self.document.add_table(rows=1, cols=2)
        _widths(table, [Column(80, ""), Column(self._text_width() - 80, "")])
        table.rows[0]._tr.get_or_add_trPr().append(_element("w:cantSplit"))
        left, right = table.rows[0].cells
        self._fill(left.paragraphs[0], "**Nơi nhận:**", size=12)
        left.paragraphs[0].runs[0].italic = True
        for name in self.head["recipients"]:
            self._fill(left.add_paragraph(), f"- {name}", size=11)
        for line in _listed(self.head["signer_title"]):
            self._centred(right, line, 13, bold=True)
        for _ in range(4):
            self._centred(right, "", 13)
        self._centred(right, self.head["signer"], 13, bold=True)

    def _line(self, line: str) -> None:
        mark, _, rest = line.partition(" ")
        if line == "[closing]":
            self._closing()
        elif line == "---":
            self.document.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
        elif mark in (">", ">>"):
            paragraph = self._paragraph(rest, "center" if mark == ">" else "right", before=3)
            paragraph.paragraph_format.keep_with_next = True
        elif mark in ("#", "##", "###"):
            self._heading(rest, len(mark))
        elif mark == "#.":
            _number(self._paragraph(rest, "justify", first=10), 1)
        else:
            self._paragraph(line, "justify", first=10)

    def _heading(self, text: str, level: int) -> None:
        counted = text.startswith("#. ")
        paragraph = self._paragraph(text.removeprefix("#. "), "left", first=10)
        paragraph.paragraph_format.keep_with_next = True
        for run in paragraph.runs:
            run.bold, run.italic = True, level == 3
        if counted:
            _number(paragraph, 0)

    # -- tables

    def _table(self, grid: Grid) -> None:
        table = self.document.add_table(rows=len(grid.rows), cols=len(grid.columns))
        table.style = "Table Grid"
        _widths(table, list(grid.columns))
        size = self.head.get("table_size", 12)
        for r, row in enumerate(grid.rows):
            for c, text in enumerate(row):
                if text not in ("<", "^"):
                    self._cell(table.cell(r, c), text, grid.columns[c].align, head=r < grid.heads, size=size)
        for row in table.rows[: grid.heads]:
            row._tr.get_or_add_trPr().append(_element("w:tblHeader"))
        _merge(table, grid)
        self._paragraph("", "left", after=0, size=6)

    def _cell(self, cell: _Cell, text: str, align: str, *, head: bool, size: float) -> None:
        cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
        paragraph = cell.paragraphs[0]
        paragraph.alignment = ALIGN["center" if head else align]
        paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(2)
        self._fill(paragraph, f"**{text}**" if head else text, size=size)

    # -- paragraphs and runs

    def _paragraph(
        self,
        text: str,
        align: str,
        *,
        first: float = 0,
        indent: float = 0,
        before: float = 0,
        after: float = 5,
        size: float | None = None,
    ) -> Paragraph:
        paragraph = self.document.add_paragraph()
        paragraph.alignment = ALIGN[align]
        form = paragraph.paragraph_format
        form.first_line_indent, form.left_indent = Mm(first), Mm(indent)
        form.space_before, form.space_after = Pt(before), Pt(after)
        self._fill(paragraph, text, size=size)
        return paragraph

    def _centred(self, cell: _Cell, text: str, size: float, *, bold: bool = False, italic: bool = False) -> None:
        first = cell.paragraphs[0]
        paragraph = cell.add_paragraph() if first.runs else first
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        run = paragraph.add_run(text)
        run.bold, run.italic, run.font.size = bold, italic, Pt(size)

    def _fill(self, paragraph: Paragraph, text: str, *, size: float | None = None) -> None:
        end = 0
        for match in INLINE.finditer(text):
            self._plain(paragraph, text[end : match.start()])
            self._inline(paragraph, match.lastgroup or "", match)
            end = match.end()
        self._plain(paragraph, text[end:])
        for run in paragraph.runs:
            run.font.size = Pt(size) if size else None

    def _plain(self, paragraph: Paragraph, text: str) -> None:
        if text:
            paragraph.add_run(text)

    def _inline(self, paragraph: Paragraph, kind: str, match: re.Match[str]) -> None:
        text = match[kind]
        if kind == "note":
            self._mark(paragraph, text)
        elif kind == "bold":
            paragraph.add_run(text).bold = True
        elif kind == "italic":
            paragraph.add_run(text).italic = True
        elif kind == "comment":
            run = paragraph.add_run(match["marked"])
            self.document.add_comment(run, text=text, author=EDITOR, initials="TBT")
        else:
            self.changes += 1
            _track(paragraph.add_run(text), self.changes, deleted=kind == "gone")

    def _mark(self, paragraph: Paragraph, mark: str) -> None:
        self.notes.append(self.source.notes[mark])
        run = paragraph.add_run()
        run.style = self.document.styles["footnote reference"]
        run._r.append(_element("w:footnoteReference", id=str(len(self.notes))))

    def _footnotes(self) -> None:
        if not self.notes:
            return
        rule = "".join(
            f'<w:footnote w:type="{kind}" w:id="{i}"><w:p><w:r><w:{tag}/></w:r></w:p></w:footnote>'
            for i, kind, tag in (
                (-1, "separator", "separator"),
                (0, "continuationSeparator", "continuationSeparator"),
            )
        )
        notes = "".join(_footnote(number, text, self.mark) for number, text in enumerate(self.notes, start=1))
        blob = f"<w:footnotes {nsdecls('w')}>{rule}{notes}</w:footnotes>".encode()
        package = self.document.part.package
        part = Part(PackURI("/word/footnotes.xml"), FOOTNOTES, blob, package)
        self.document.part.relate_to(part, RELATIONSHIP_TYPE.FOOTNOTES)

    def _dates(self) -> None:
        core = self.document.core_properties
        core.title, core.author, core.last_modified_by = self.source.name, EDITOR, EDITOR
        core.comments = ""
        core.created = core.modified = datetime.datetime(2025, 1, 2, 3, 4, 5)  # noqa: DTZ001 python-docx wants it naive
        for comment in self.document.comments:
            comment._comment_elm.set(qn("w:date"), EDITED)

    def _text_width(self) -> int:
        return 257 if self.head.get("page") == "landscape" else 162


def _listed(value: Any) -> list[str]:
    return [] if value is None else value if isinstance(value, list) else [value]


def _element(tag: str, **attributes: str) -> Any:
    element = OxmlElement(tag)
    for name, value in attributes.items():
        element.set(qn(f"w:{name}"), value)
    return element


def _footnote(number: int, text: str, style: str) -> str:
    small = '<w:rPr><w:sz w:val="20"/></w:rPr>'
    mark = f'<w:rPr><w:rStyle w:val="{style}"/></w:rPr><w:footnoteRef/>'
    return (
        f'<w:footnote w:id="{number}"><w:p><w:pPr><w:jc w:val="both"/></w:pPr><w:r>{mark}</w:r>'
        f'<w:r>{small}<w:t xml:space="preserve"> {text}</w:t></w:r></w:p></w:footnote>'
    )


def _field(paragraph: Paragraph, code: str) -> None:
    for kind in ("begin", code, "separate", "end"):
        run = paragraph.add_run()
        if kind == code:
            instruction = _element("w:instrText")
            instruction.text = code
            run._r.append(instruction)
        else:
            run._r.append(_element("w:fldChar", fldCharType=kind))


def _number(paragraph: Paragraph, level: int) -> None:
    properties = paragraph._p.get_or_add_pPr().get_or_add_numPr()
    properties.get_or_add_ilvl().val = level
    properties.get_or_add_numId().val = 77


def _track(run: Run, number: int, *, deleted: bool) -> None:
    """Wraps a run as Word's "track changes" does."""
    change = _element("w:del" if deleted else "w:ins", id=str(900 + number), author=EDITOR, date=EDITED)
    run._r.addprevious(change)
    change.append(run._r)
    if deleted:
        for text in run._r.findall(qn("w:t")):
            text.tag = qn("w:delText")


def _merge(table: Table, grid: Grid) -> None:
    origin: dict[tuple[int, int], tuple[int, int]] = {}
    reach: dict[tuple[int, int], tuple[int, int]] = {}
    for r, row in enumerate(grid.rows):
        for c, text in enumerate(row):
            start = origin[r, c - 1] if text == "<" else origin[r - 1, c] if text == "^" else (r, c)
            origin[r, c] = start
            reach[start] = (r, c)
    for start, end in reach.items():
        if start != end:
            _drop_empty(table.cell(*start).merge(table.cell(*end)))


def _drop_empty(cell: _Cell) -> None:
    for paragraph in cell.paragraphs[1:]:
        if not paragraph.text:
            paragraph._p.getparent().remove(paragraph._p)


def _widths(table: Table, columns: list[Column]) -> None:
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    for column, form in zip(table.columns, columns, strict=True):
        column.width = Mm(form.width)
        for cell in column.cells:
            cell.width = Mm(form.width)


def _short_rule(paragraph: Paragraph, inset: float) -> None:
    """The short line under the agency, the motto and the title."""
    form = paragraph.paragraph_format
    form.left_indent = form.right_indent = Mm(inset)
    form.space_after = Pt(4)
    paragraph.add_run(" ").font.size = Pt(2)
    border = _element("w:pBdr")
    border.append(_element("w:top", val="single", sz="6", space="1", color="000000"))
    paragraph._p.get_or_add_pPr().append(border)
