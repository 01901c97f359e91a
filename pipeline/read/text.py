"""Plain text, Markdown and HTML -> Document: paragraphs, lists and tables in their order, on no page."""

from __future__ import annotations

import codecs
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from typing import Any

from lxml import etree, html

from normalizers.legacy import composed, encoding_of, encoding_of_part, is_vietnamese, to_unicode
from normalizers.text import fold
from pipeline.read.align import NO_BOX
from pipeline.read.docx.numbering import numeral
from pipeline.read.errors import ReadError
from pipeline.read.raised import as_power, is_note_mark
from schemas.document import Document, Grid, GridCell, Line, Note, Piece, ReadIssue
from schemas.place import Passage, unplaced

Element = Any  # lxml has no types

LARGEST_FILE = 64 * 1024 * 1024

_MEDIA_TYPES = {".md": "text/markdown", ".markdown": "text/markdown", ".html": "text/html", ".htm": "text/html"}
_BLANKS = re.compile(r"\s+")
# Characters that print nothing, and those that XML can't hold.
_INVISIBLE: dict[int, str | None] = {
    ord(c): None for c in "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\ufffe\uffff"
}
_INVISIBLE |= dict.fromkeys((*range(9), *range(0x0E, 0x20), *range(0x7F, 0xA0), *range(0xD800, 0xE000)))
_INVISIBLE |= {0x0B: " ", 0x0C: "\n"}


def read(path: Path, document_id: str) -> Document:
    """Read a .txt, .md or .html file.

    Raises:
        ReadError: the file is empty, too large or no text.
    """
    data = path.read_bytes()
    if not data.strip():
        raise ReadError("tệp rỗng, không có chữ")
    if len(data) > LARGEST_FILE:
        raise ReadError(f"tệp văn bản quá lớn: {len(data)} byte")
    media_type = _MEDIA_TYPES.get(path.suffix.lower(), "text/plain")
    text, encoding = decode(data)
    issues = [_recoded("", encoding)] if encoding else []
    notes: tuple[Note, ...] = ()
    if media_type == "text/html":
        pieces, fonts = read_html(text)
        issues += [_recoded(font, used) for font, used in fonts]
    elif media_type == "text/markdown":
        pieces, notes = read_markdown(text)
    else:
        pieces = tuple(Piece(paragraph=_line(paragraph)) for paragraph in paragraphs(text))
    return Document(document_id, media_type, (), pieces, notes, tuple(issues))


def _recoded(font: str, encoding: str) -> ReadIssue:
    of_font = f"phông {font}: " if font else ""
    return ReadIssue("legacy_encoding", "info", f"{of_font}{encoding} -> Unicode")


def _line(text: str, *, bold: bool = False, italic: bool = False, marks: tuple[tuple[int, Passage], ...] = ()) -> Line:
    return Line(unplaced(text), NO_BOX, 0.0, bold, italic, marks)


# ------------------------------------------------------------------ bytes to text

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def decode(data: bytes) -> tuple[str, str | None]:
    """The text in NFC, and the old encoding it was in, None for Unicode.

    Raises:
        ReadError: it is no text.
    """
    text = _unicode(data)
    encoding = encoding_of("", text if text is not None else data.decode("latin-1"))
    if text is None:
        text = data.decode("latin-1")
        if "\x00" in text:
            raise ReadError("tệp không phải văn bản: có byte 0")
        if encoding is None:
            return _windows(data)
    if encoding is None:
        return composed(text)[0].translate(_INVISIBLE), None
    recoded = "".join(_recode(line, encoding) for line in text.splitlines(keepends=True))
    return recoded.translate(_INVISIBLE), encoding


def _recode(line: str, encoding: str) -> str:
    """A line in Unicode: a file may hold lines that were Unicode from the start."""
    if encoding_of_part("", line, encoding) is None:
        return composed(line)[0]
    decoded = to_unicode(line, encoding)[0]
    # What is left of the bytes between 0x80 and 0x9F are quotes and dashes of Windows.
    return "".join(bytes([ord(c)]).decode("cp1252", "ignore") if "\x80" <= c <= "\x9f" else c for c in decoded)


def _unicode(data: bytes) -> str | None:
    for mark, name in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return data.decode(name, "replace")
    # Half of UTF-16's bytes are 0 in Latin text; no other text holds any.
    if data[:4000].count(0) > len(data[:4000]) / 5:
        return data.decode("utf-16-le" if data[1:2] == b"\x00" else "utf-16-be", "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _windows(data: bytes) -> tuple[str, str | None]:
    """Bytes of Windows' Vietnamese code page, or of the Western one if that makes no Vietnamese words."""
    text = composed(data.decode("cp1258", "replace"))[0]
    words = [word for word in re.findall(r"\w+", text) if not word.isascii()]
    if sum(map(is_vietnamese, words)) * 2 > len(words):
        return text.translate(_INVISIBLE), "windows-1258"
    return composed(data.decode("cp1252", "replace"))[0].translate(_INVISIBLE), None


# ------------------------------------------------------------------ plain text

# A line at least this long, and this share of the longest, was broken because it was full.
_FULL_LINE = 50
_FULL_SHARE = 0.75
# Longer lines are no lines of a page: each is a paragraph.
_LONGEST_WRAPPED = 160
# Blanks that part two columns of a line: letterhead and signature block typed side by side.
_GUTTER = re.compile(r"(?<=\S)[ \t\u00a0]{4,}(?=\S)|(?<=\S)\t+(?=\S)")


def paragraphs(text: str) -> Iterator[str]:
    """The paragraphs of a plain text: its lines, those broken in mid-sentence joined, columns one after another."""
    lines = re.split(r"\r\n|[\r\n\u2028\u2029]", text)
    lengths = sorted(len(line) for line in lines if line.strip())
    width = lengths[int(0.95 * len(lengths))] if lengths else 0
    paragraph = ""
    for line, alone in _one_column(lines):
        if paragraph and line and not alone and _runs_on(paragraph, line, width):
            paragraph += " " + line
            continue
        if paragraph:
            yield paragraph
        paragraph = line
        if alone:
            yield paragraph
            paragraph = ""
    if paragraph:
        yield paragraph


def _one_column(lines: Iterable[str]) -> Iterator[tuple[str, bool]]:
    """The lines with those of two columns parted, left before right; the flag marks lines that stand alone."""
    left: list[str] = []
    right: list[str] = []
    for raw in lines:
        parts = _GUTTER.split(raw.strip("\r\n")) if raw.strip() else []
        if len(parts) == 2:
            left.append(_blanks_plain(parts[0]))
            right.append(_blanks_plain(parts[1]))
            continue
        yield from ((line, True) for line in (*left, *right) if line)
        left, right = [], []
        yield _blanks_plain(raw), False
    yield from ((line, True) for line in (*left, *right) if line)


def _runs_on(paragraph: str, line: str, width: int) -> bool:
    if paragraph.endswith((".", ":", "!", "?")) or _ITEM.match(line):
        return False
    last = len(paragraph.rsplit("\n", 1)[-1])
    goes_on = line[0].islower()  # what stands behind a semicolon begins an item only with a label or a capital
    full = _FULL_SHARE * width <= last and width <= _LONGEST_WRAPPED
    return last >= _FULL_LINE and (goes_on or (full and not paragraph.endswith(";")))


def _blanks_plain(text: str) -> str:
    return "".join(" " if c.isspace() else c for c in text).strip()


# ------------------------------------------------------------------ Markdown

_HEADING = re.compile(r" {0,3}(#{1,6})\s+(.*?)\s*#*\s*$")
_UNDERLINE = re.compile(r" {0,3}(=+|-+)\s*$")
_RULE = re.compile(r" {0,3}([-*_])(?:\s*\1){2,}\s*$")
_FENCE = re.compile(r" {0,3}(```+|~~~+)")
_ITEM = re.compile(r"\s*(?:[-*+•]|\d{1,4}[.)]|[a-zđ][.)])\s+")
_STAR = re.compile(r"^\s*[*•](?=\s)")
_DELIMITER_CELL = re.compile(r"\s*:?-+:?\s*")
_FOOTNOTE = re.compile(r"\[\^([^\]]+)\]:\s*(.*)")
_REFERENCE = re.compile(r"\[\^([^\[\]\s]+)\]")
_LINK = re.compile(r"!?\[([^\[\]]*)\]\([^()\s]*(?:\s+\"[^\"]*\")?\)")
# One star or underscore between figures or letters is no markup: "3*4*5", "bao_cao_2".
_EMPHASIS = re.compile(
    r"(\*{2,3}|`+)(?=\S)(.+?)(?<=[^\s\\])\1|(?<![\\\w*_])([*_]|__)(?=\S)(.+?)(?<=[^\s\\])\3(?![\w*_])"
)
_BOLD = re.compile(r"(\*\*|__)(?=\S)[^*_]+\1[:.]?")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_TAG = re.compile(r"</?[A-Za-z][^<>]*>|<!--.*?-->")


def read_markdown(text: str) -> tuple[tuple[Piece, ...], tuple[Note, ...]]:
    """Headings, paragraphs, list items and pipe tables in order; footnotes."""
    notes: list[Note] = []
    pieces: list[Piece] = []
    for block in _markdown_blocks(text.splitlines()):
        footnote = _FOOTNOTE.match(block[0])
        if footnote:
            content = " ".join([footnote.group(2), *block[1:]])
            notes.append(Note("footnote", footnote.group(1), unplaced(_inline(content)[0])))
        else:
            pieces.append(_markdown_piece(block))
    return tuple(pieces), tuple(notes)


def _markdown_blocks(lines: list[str]) -> Iterator[list[str]]:
    """The lines of each block: a paragraph, an item, a table, a heading, a line of code."""
    block: list[str] = []
    fence = ""
    for line in lines:
        mark = _FENCE.match(line)
        if mark and (not fence or mark.group(1).startswith(fence)):
            fence = "" if fence else mark.group(1)
            yield from [block] if block else []
            block = []
        elif fence:
            yield from [[_literal(line)]] if line.strip() else []
        elif block and _UNDERLINE.match(line) and not _is_row(block[0]) and not _ITEM.match(block[0]):
            yield [f"{'#' if '=' in line else '##'} {' '.join(block)}"]
            block = []
        elif not line.strip() or _RULE.match(line):
            yield from [block] if block else []
            block = []
        elif block and _begins_block(line, block):
            yield block
            block = [_unquoted(line)]
        else:
            block.append(_unquoted(line))
    yield from [block] if block else []


def _literal(line: str) -> str:
    """A line of code as Markdown that says the same."""
    return re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", line)


def _unquoted(line: str) -> str:
    return re.sub(r"^ {0,3}(?:> ?)+", "", line)


def _begins_block(line: str, block: list[str]) -> bool:
    if _HEADING.match(line) or _HEADING.match(block[0]) or _ITEM.match(line) or _FOOTNOTE.match(line):
        return True
    return _is_row(line) != _is_row(block[0])


def _is_row(line: str) -> bool:
    return line.lstrip().startswith("|")


def _markdown_piece(block: list[str]) -> Piece:
    heading = _HEADING.match(block[0])
    if heading:
        return Piece(paragraph=_markdown_line(heading.group(2)), heading_level=len(heading.group(1)))
    if _is_row(block[0]) and len(block) > 1 and all(map(_DELIMITER_CELL.fullmatch, _row(block[1]))):
        return Piece(grid=_markdown_grid(block))
    text = " ".join(line.strip().removesuffix("\\") for line in block)
    return Piece(paragraph=_markdown_line(_STAR.sub("-", text)))


def _markdown_line(text: str) -> Line:
    plain, marks = _inline(text)
    return _line(plain, bold=bool(_BOLD.fullmatch(text.strip())), marks=marks)


def _markdown_grid(block: list[str]) -> Grid:
    rows = [_row(line) for index, line in enumerate(block) if index != 1]
    columns = max(map(len, rows))
    cells = tuple(
        GridCell(r, c, 1, 1, None, _cell_lines(text)) for r, row in enumerate(rows) for c, text in enumerate(row)
    )
    return Grid(None, len(rows), columns, cells, header_rows=1)


def _cell_lines(text: str) -> tuple[Line, ...]:
    return tuple(_markdown_line(part) for part in re.split(r"<br\s*/?>", text) if part.strip())


def _row(line: str) -> list[str]:
    """The cells of a row of a pipe table; a pipe after a backslash stands in a cell."""
    inner = line.strip().removeprefix("|")
    cells = re.split(r"(?<!\\)\|", inner)
    return cells[:-1] if not cells[-1].strip() else cells


def _inline(text: str) -> tuple[str, tuple[tuple[int, Passage], ...]]:
    """Text without its markup, and its footnote marks with the offsets where they stood."""
    parts: list[str] = []
    marks: list[tuple[int, Passage]] = []
    for index, part in enumerate(_REFERENCE.split(text)):
        if index % 2:
            marks.append((len("".join(parts).rstrip()), unplaced(part)))
        else:
            parts.append(_without_markup(part))
    plain = "".join(parts)
    cut = len(plain) - len(plain.lstrip())
    plain = plain.strip()
    return plain, tuple((min(max(0, offset - cut), len(plain)), mark) for offset, mark in marks)


def _without_markup(text: str) -> str:
    text = _LINK.sub(r"\1", text)
    before = None
    while before != text:
        before, text = text, _EMPHASIS.sub(lambda found: found.group(2) or found.group(4), text)
    text = unescape(_ESCAPED.sub(r"\1", _TAG.sub(" ", text)))
    return "".join(" " if c.isspace() else c for c in text)


# ------------------------------------------------------------------ HTML

_UNSEEN = {"script", "style", "noscript", "template", "head", "iframe", "object", "embed", "svg", "math"}
_UNSEEN |= {"select", "textarea", "button"}
_BLOCKS = {"address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "div", "dl", "dt"}
_BLOCKS |= {"fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr"}
_BLOCKS |= {"html", "legend", "li", "main", "nav", "ol", "p", "pre", "section", "summary", "ul"}
_HIDING = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?![.\d])", re.IGNORECASE)
_LIST_FORMS = {"a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman"}
_FAMILY = re.compile(r"font-family\s*:\s*['\"]?([^;,'\"]+)", re.IGNORECASE)


def read_html(text: str) -> tuple[tuple[Piece, ...], list[tuple[str, str]]]:
    """The pieces that a reader of the page sees, and the old encodings found, by font.

    Raises:
        ReadError: there is no page.
    """
    parser = html.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False, remove_comments=True, remove_pis=True)
    try:
        root = html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, AssertionError) as error:
        raise ReadError(f"tệp HTML hỏng: {error}") from error
    for element in [e for e in root.iter() if _is_hidden(e)]:
        element.drop_tree()
    used = _recode_html(root)
    writer = _HtmlWriter()
    writer.walk(root)
    writer.flush()
    return tuple(writer.pieces), used


def _is_hidden(element: Element) -> bool:
    if not isinstance(element.tag, str) or element.getparent() is None:
        return False
    hidden = element.get("hidden") is not None or _HIDING.search(element.get("style", ""))
    return element.tag in _UNSEEN or bool(hidden)


def _recode_html(root: Element) -> list[tuple[str, str]]:
    """Turn text in old fonts into Unicode where it stands; which fonts and encodings there were."""
    by_font: dict[str, list[str]] = defaultdict(list)
    for element in root.iter():
        by_font[_font(element)].append(element.text or "")
        if element.getparent() is not None:
            by_font[_font(element.getparent())].append(element.tail or "")
    whole = {font: encoding_of(font, " ".join(texts)) for font, texts in by_font.items()}
    for element in root.iter():
        if element.text:
            element.text = _in_unicode(element.text, _font(element), whole)
        if element.tail and element.getparent() is not None:
            element.tail = _in_unicode(element.tail, _font(element.getparent()), whole)
    return [(font, encoding) for font, encoding in sorted(whole.items()) if encoding]


def _in_unicode(text: str, font: str, whole: dict[str, str | None]) -> str:
    encoding = encoding_of_part(font, text, whole.get(font))
    return (to_unicode(text, encoding) if encoding else composed(text))[0].translate(_INVISIBLE)


def _font(element: Element) -> str:
    """The font that the element or the nearest one around it names."""
    while element is not None:
        family = _FAMILY.search(element.get("style", ""))
        name = family.group(1) if family else element.get("face", "")
        if name.strip():
            return str(name).split(",")[0].strip(" '\"")
        element = element.getparent()
    return ""


@dataclass
class _Unit:
    """A paragraph as it is being put together."""

    text: str = ""
    bold: int = 0
    italic: int = 0
    marks: list[tuple[int, Passage]] = field(default_factory=list)

    def add(self, text: str, *, bold: bool, italic: bool) -> None:
        folded = _BLANKS.sub(" ", text)
        if not self.text or self.text.endswith(" "):
            folded = folded.lstrip()
        self.text += folded
        length = len(folded.replace(" ", ""))
        self.bold += length * bold
        self.italic += length * italic

    def line(self) -> Line:
        text = self.text.rstrip()
        half = len(text.replace(" ", "")) / 2
        marks = tuple((min(offset, len(text)), mark) for offset, mark in self.marks)
        return _line(text, bold=self.bold > half, italic=self.italic > half, marks=marks)


class _HtmlWriter:
    """Elements -> pieces, in document order."""

    def __init__(self) -> None:
        self.pieces: list[Piece] = []
        self._unit = _Unit()
        self._label = ""
        self._level: int | None = None

    def flush(self) -> None:
        """End the paragraph that is being put together."""
        if self._unit.text.strip() or self._unit.marks:
            label = unplaced(self._label) if self._label else None
            self.pieces.append(Piece(paragraph=self._unit.line(), numbering=label, heading_level=self._level))
            self._label = ""
        self._unit = _Unit()

    def walk(self, element: Element, *, bold: bool = False, italic: bool = False) -> None:
        bold = bold or element.tag in ("b", "strong", "th") or bool(re.fullmatch(r"h[1-6]", element.tag))
        italic = italic or element.tag in ("i", "em")
        if element.tag == "table":
            self._table(element)
            return
        is_block = element.tag in _BLOCKS
        if is_block or element.tag == "br":
            self.flush()
        level, self._level = self._level, int(element.tag[1]) if re.fullmatch(r"h[1-6]", element.tag) else self._level
        if element.tag == "sup" and self._raise(element):
            return
        if element.tag == "li":
            self._label = _item_label(element)
        self._content(element, bold=bold, italic=italic)
        if is_block:
            self.flush()
            self._label = "" if element.tag == "li" else self._label
        self._level = level

    def _content(self, element: Element, *, bold: bool, italic: bool) -> None:
        lines = (element.text or "").splitlines() if element.tag == "pre" else [element.text or ""]
        for index, text in enumerate(lines):
            if index:
                self.flush()
            self._unit.add(text, bold=bold, italic=italic)
        for child in element:
            self.walk(child, bold=bold, italic=italic)
            self._unit.add(child.tail or "", bold=bold, italic=italic)

    def _raise(self, element: Element) -> bool:
        """Take raised figures as a note's mark or a power; False if the element holds something else."""
        figure = "".join(element.itertext()).strip().strip("[]()")
        if not figure.isdecimal():
            return False
        if is_note_mark(self._unit.text, figure):
            self._unit.marks.append((len(self._unit.text), unplaced(figure)))
        else:
            self._unit.text += as_power(figure)
        return True

    def _table(self, element: Element) -> None:
        self.flush()
        for caption in element.iterchildren("caption"):
            self.walk(caption)
        grid = _html_grid(element)
        if grid.columns == 1 or grid.rows == 0 or _is_frame(element, grid):
            columns = sorted(grid.cells, key=lambda cell: (cell.column, cell.row))
            self.pieces.extend(Piece(paragraph=line) for cell in columns for line in cell.lines)
        else:
            self.pieces.append(Piece(grid=grid))


# What stands only in a letterhead or beside a signature (Decree 30/2020/NĐ-CP, Art. 8; Hướng dẫn 36-HD/VPTW).
_FRAME_WORDS = re.compile(
    r"cộng h[òo]a xã hội chủ nghĩa việt nam|đảng cộng sản việt nam|(?:^|\n)\s*nơi nhận\s*:|(?:^|\n)\s*(?:tm|kt|tl|tuq|t/m|k/t|t/l)\.?\s"
)
_MOST_ROWS_OF_A_FRAME = 6


def _is_frame(table: Element, grid: Grid) -> bool:
    """A table without rules that only sets a letterhead's or signature's columns side by side."""
    has_head = next(table.iter("th"), None) is not None
    if grid.columns > 3 or grid.rows > _MOST_ROWS_OF_A_FRAME or has_head or _is_ruled(table):
        return False
    return bool(_FRAME_WORDS.search(fold("\n".join(line.passage.text for cell in grid.cells for line in cell.lines))))


def _is_ruled(table: Element) -> bool:
    border = table.get("border", "0").strip().removesuffix("px")
    return border not in ("", "0") or bool(
        re.search(r"border(?!-collapse)[\w-]*\s*:(?!\s*(?:0|none))", table.get("style", ""))
    )


def _item_label(item: Element) -> str:
    """What a browser prints before a list item."""
    parent = item.getparent()
    if parent is None or parent.tag != "ol":
        return "-"
    number = _whole(parent.get("start"), 1) - 1
    for sibling in parent.iterchildren("li"):
        number = _whole(sibling.get("value"), number + 1)
        if sibling is item:
            break
    return numeral(number, _LIST_FORMS.get(parent.get("type", "1"), "decimal")) + "."


def _whole(text: str | None, otherwise: int) -> int:
    return int(text) if text is not None and re.fullmatch(r"\s*-?\d{1,6}\s*", text) else otherwise


def _html_grid(table: Element) -> Grid:
    rows = [row for row in table.iter("tr") if next(row.iterancestors("table")) is table]
    taken: set[tuple[int, int]] = set()
    cells: list[GridCell] = []
    for r, row in enumerate(rows):
        c = 0
        for cell in row.iterchildren("td", "th"):
            while (r, c) in taken:
                c += 1
            across = min(max(1, _whole(cell.get("colspan"), 1)), 1000)
            down = min(_whole(cell.get("rowspan"), 1) or len(rows), len(rows) - r)
            taken.update((i, j) for i in range(r, r + max(1, down)) for j in range(c, c + across))
            cells.append(GridCell(r, c, max(1, down), across, None, tuple(_html_lines(cell))))
            c += across
    columns = max((cell.column + cell.column_span for cell in cells), default=0)
    return Grid(None, len(rows), columns, tuple(cells), _head_rows(rows))


def _html_lines(cell: Element) -> Iterator[Line]:
    writer = _HtmlWriter()
    writer.walk(cell)
    writer.flush()
    for piece in writer.pieces:
        for line in _lines_of(piece):
            label = piece.numbering
            if label and line is piece.paragraph:
                shift = len(label) + 1
                marks = tuple((offset + shift, mark) for offset, mark in line.marks)
                passage = label + unplaced(" ") + line.passage
                yield Line(passage, line.box, line.size, line.bold, line.italic, marks)
            else:
                yield line


def _lines_of(piece: Piece) -> Iterable[Line]:
    if piece.paragraph:
        return (piece.paragraph,)
    return (line for cell in piece.grid.cells for line in cell.lines) if piece.grid else ()


def _head_rows(rows: list[Element]) -> int:
    """Leading rows that stand in the table's head or hold nothing but head cells."""
    count = 0
    for row in rows:
        cells = list(row.iterchildren("td", "th"))
        if row.getparent().tag != "thead" and not (cells and all(cell.tag == "th" for cell in cells)):
            break
        count += 1
    return count
