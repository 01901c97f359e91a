"""Documents made by varying the samples: PDFs with letterhead, prose and ruled tables, thousands in a minute.

What a passage of a sample says becomes a thing of its own: its rare words are exchanged for others, always the same
for the same thing, and each document that tells of it prints figures and dates of its own. So no two documents are
alike, yet works and indicators come again for a while, as they do in an archive: late documents have as much to be
linked with as early ones.
"""

from __future__ import annotations

import random
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pymupdf

from samples.source import Grid, read_grid, read_source

SOURCES = Path(__file__).resolve().parent.parent / "samples" / "sources"
# Of these there is much prose, many tasks and wide tables.
CHOSEN = ("01", "02", "03", "04", "05", "07")
# Each thing is told of in about so many documents, among so many that come one after another.
MENTIONS, AMONG = 3, 300
# Words that stand more often in the samples are those by which sentences are understood.
RARE = 5

WIDTH, HEIGHT = 595, 842
LEFT, RIGHT, TOP, BOTTOM = 85, 553, 60, 785
SIZE, TABLE_SIZE, LEADING = 13.0, 11.0, 1.35
_MILLIMETRE = 72 / 25.4

_LETTERS = "aàáảãạăằắẳẵặâầấẩẫậbcdđeèéẻẽẹêềếểễệghiìíỉĩịklmnoòóỏõọôồốổỗộơờớởỡợpqrstuùúủũụưừứửữựvxyỳýỷỹỵfjwz"
_CHARACTERS = "".join(dict.fromkeys("".join(map(chr, range(32, 127))) + _LETTERS + _LETTERS.upper() + "–—≥≤“”…²³×"))

MINISTRIES = (
    "Bộ Xây dựng", "Bộ Tài chính", "Bộ Công an", "Bộ Nội vụ", "Bộ Tư pháp", "Bộ Y tế", "Bộ Công Thương", "Bộ Quốc phòng",
    "Bộ Nông nghiệp và Môi trường", "Bộ Khoa học và Công nghệ", "Bộ Giáo dục và Đào tạo",
)  # fmt: skip
_VARIED = re.compile(
    "(?P<ministry>" + "|".join(MINISTRIES) + ")"
    r"|(?P<date>\b\d{1,2}/\d{1,2}/(?=20\d\d))|(?P<worded>\b\d{1,2} tháng \d{1,2}(?= năm))"
    r"|(?P<month>\b[Tt]háng \d{1,2}\b)|(?P<kept>\b(?:19|20)\d\d\b|CO2|\bm[23]\b|\b[45]G\b)"
    r"|(?P<figure>\d+(?:[.,]\d+)*)|(?P<word>[^\W\d_]+)"
)
_MARKS = re.compile(r"\*\*|\*|\[\^\w+\]|\{[+=>~-]{2}|[+=<~-]{2}\}")


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph of a sample, how much it is a heading (0 for none), or a table."""

    text: str = ""
    level: int = 0
    grid: Grid | None = None


def passages(path: Path) -> Iterator[Passage]:
    """What stands in a sample's source, without its letterhead and signature."""
    lines = list(read_source(path).lines)
    while lines:
        line = lines.pop(0)
        if line.startswith("|"):
            rows = [line]
            while lines and lines[0].startswith("|"):
                rows.append(lines.pop(0))
            yield Passage(grid=read_grid(rows))
        elif line not in ("[closing]", "---") and not line.startswith(">"):
            marks, text = re.fullmatch(r"(#*\.? ?)(.*)", line).groups()  # type: ignore[union-attr]
            yield Passage(_MARKS.sub("", text), marks.count("#") if "." not in marks else 0)


@cache
def samples() -> tuple[tuple[Passage, ...], ...]:
    return tuple(tuple(passages(path)) for path in sorted(SOURCES.glob("*.md")) if path.name[:2] in CHOSEN)


@cache
def rare_words() -> frozenset[str]:
    """The words of the samples that are exchanged."""
    texts = [passage.text for sample in samples() for passage in sample]
    texts += [cell for sample in samples() for each in sample if each.grid for row in each.grid.rows for cell in row]
    counts = Counter(word for text in texts for word in re.findall(r"[^\W\d_]+", text) if word.islower())
    return frozenset(word for word, times in counts.items() if times <= RARE and len(word) > 1)


@cache
def vocabulary() -> tuple[str, ...]:
    """Thousands of words to take: beginnings and ends of rare words, put together anew."""
    parts = [re.fullmatch(r"([bcdđghklmnpqrstvx]*)(.+)", word) for word in sorted(rare_words())]
    pairs = {(found[1], found[2]) for found in parts if found}
    begins, ends = (tuple(sorted({pair[place] for pair in pairs})) for place in (0, 1))
    return tuple(begin + end for begin in begins for end in ends)


def varied(text: str, thing: int, document: random.Random) -> str:
    """A text as told of a thing, with a document's own figures and days."""
    own = random.Random(f"{thing} {text}")

    def vary(found: re.Match[str]) -> str:
        kind, printed = found.lastgroup, found[0]
        if kind == "word":
            return own.choice(vocabulary()) if printed in rare_words() else printed
        if kind == "ministry":
            return own.choice(MINISTRIES)
        if kind == "date":
            return f"{document.randint(1, 28):02}/{document.randint(1, 12):02}/"
        if kind == "worded":
            return f"{document.randint(1, 28):02} tháng {document.randint(1, 12):02}"
        if kind == "month":
            return f"{printed[:5]} {document.randint(1, 12)}"
        return _figure(printed, document) if kind == "figure" else printed

    return _VARIED.sub(vary, text)


def _figure(printed: str, document: random.Random) -> str:
    """A figure of the same form; short ones, which number lists, sections and agencies' series as well, stay."""
    if len(printed) < 3 and printed.isdigit():
        return printed
    digits = (document.choice("123456789" if not place else "0123456789") for place in range(len(printed)))
    return "".join(next(digits) if old.isdigit() else old for old in printed)


# typesetting


@dataclass(frozen=True, slots=True)
class Face:
    """A font as it lies in the template: its object there, and the glyph and width of each character."""

    name: str
    xref: int
    glyphs: dict[str, str]
    widths: dict[str, float]

    def width(self, text: str) -> float:
        return sum(map(self.widths.__getitem__, text))

    def coded(self, text: str) -> str:
        return "".join(map(self.glyphs.__getitem__, text))


@cache
def template() -> tuple[bytes, Face, Face]:
    """A PDF that has two faces with the letters of Vietnamese and nothing else, so that files stay small."""
    fonts = [pymupdf.Font(fontfile=_font_file(style)) for style in ("Regular", "Bold")]
    with pymupdf.open() as pdf:
        for font in fonts:
            page = pdf.new_page()
            writer = pymupdf.TextWriter(page.rect)
            writer.append((20, 20), _CHARACTERS, font=font)
            writer.write_text(page)
        pdf.subset_fonts()
        data = pdf.tobytes(garbage=3, deflate=True)
    with pymupdf.open("pdf", data) as pdf:
        xrefs = [page.get_fonts()[0][0] for page in pdf]
    regular, bold = (_face(f"F{xref}", xref, font) for xref, font in zip(xrefs, fonts, strict=True))
    return data, regular, bold


def _face(name: str, xref: int, font: Any) -> Face:
    missing = [character for character in _CHARACTERS if not font.has_glyph(ord(character))]
    assert not missing, f"the font {font.name} lacks {missing}"
    glyphs = {character: f"{font.has_glyph(ord(character)):04X}" for character in _CHARACTERS}
    return Face(name, xref, glyphs, {character: font.glyph_advance(ord(character)) for character in _CHARACTERS})


def _font_file(style: str) -> str:
    """The file of Liberation Serif, or of what stands in for it here."""
    assert shutil.which("fc-match"), "fontconfig is not installed"
    command = ["fc-match", "-f", "%{file}", f"Liberation Serif:style={style}"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


class Setter:
    """Pages that fill from the top."""

    def __init__(self) -> None:
        self.data, self.regular, self.bold = template()
        self.pages: list[list[str]] = []
        self.new_page()

    def new_page(self) -> None:
        self.pages.append([])
        self.y = float(TOP)
        if len(self.pages) > 1:
            self.text((LEFT + RIGHT) / 2, 40, str(len(self.pages)), self.regular)

    def text(self, x: float, y: float, text: str, face: Face, size: float = SIZE) -> None:
        operators = f"BT /{face.name} {size:g} Tf {x:.2f} {HEIGHT - y:.2f} Td <{face.coded(text)}> Tj ET"
        self.pages[-1].append(operators)

    def centred(self, x: float, text: str, face: Face, size: float = SIZE, width: float = 220) -> None:
        for line in lines(text, face, size, width):
            self.text(x - face.width(line) * size / 2, self.y, line, face, size)
            self.y += size * LEADING

    def paragraph(self, text: str, face: Face) -> None:
        for number, line in enumerate(lines(text, face, SIZE, RIGHT - LEFT, 28)):
            if self.y > BOTTOM:
                self.new_page()
            self.text(LEFT + (0 if number else 28), self.y, line, face)
            self.y += SIZE * LEADING
        self.y += 4

    def table(self, grid: Grid, cells: Sequence[Sequence[str]]) -> None:
        whole = sum(column.width for column in grid.columns)
        scale = min(_MILLIMETRE, (RIGHT - LEFT) / whole)
        edges = [LEFT + scale * sum(column.width for column in grid.columns[:n]) for n in range(len(grid.columns) + 1)]
        for number, row in enumerate(cells):
            face = self.bold if number < grid.heads else self.regular
            self._row([(cell, *_span(grid.rows[number], n, edges)) for n, cell in enumerate(row) if cell != "<"], face)
        self.y += 18

    def _row(self, cells: Sequence[tuple[str, float, float]], face: Face) -> None:
        wrapped = [lines(cell, face, TABLE_SIZE, right - left - 8) for cell, left, right in cells]
        height = max(map(len, wrapped)) * TABLE_SIZE * LEADING + 6
        if self.y + height > BOTTOM:
            self.new_page()
        for (_, left, right), inside in zip(cells, wrapped, strict=True):
            frame = f"0.5 w {left:.2f} {HEIGHT - self.y - height:.2f} {right - left:.2f} {height:.2f} re S"
            self.pages[-1].append(frame)
            for number, line in enumerate(inside):
                self.text(left + 4, self.y + 3 + (number + 0.8) * TABLE_SIZE * LEADING, line, face, TABLE_SIZE)
        self.y += height

    def save(self, path: Path) -> None:
        fonts = " ".join(f"/{face.name} {face.xref} 0 R" for face in (self.regular, self.bold))
        with pymupdf.open("pdf", self.data) as pdf:
            count = len(pdf)
            for operators in self.pages:
                page = pdf.new_page(width=WIDTH, height=HEIGHT)
                contents = pdf.get_new_xref()
                pdf.update_object(contents, "<<>>")
                pdf.update_stream(contents, "\n".join(operators).encode())
                pdf.xref_set_key(page.xref, "Contents", f"{contents} 0 R")
                pdf.xref_set_key(page.xref, "Resources", f"<</Font <<{fonts}>>>>")
            pdf.delete_pages(range(count))
            pdf.save(path, garbage=1, no_new_id=True)


def lines(text: str, face: Face, size: float, width: float, indent: float = 0) -> list[str]:
    """A text broken at blanks into lines of a width, the first of which is shorter by the indent."""
    found, line, left = [], "", (width - indent) / size
    for word in text.split():
        longer = f"{line} {word}" if line else word
        if line and face.width(longer) > left:
            found.append(line)
            line, left = word, width / size
        else:
            line = longer
    return [*found, line]


def _span(row: Sequence[str], place: int, edges: Sequence[float]) -> tuple[float, float]:
    """From where to where a cell goes that others may be joined to."""
    end = place + 1
    while end < len(row) and row[end] == "<":
        end += 1
    return edges[place], edges[end]


# documents


def make(path: Path, number: int, pages: int, place: int) -> None:
    """The document of a number, with so many pages, that comes after so many others; the same bytes each time."""
    own = random.Random(number)
    setter = Setter()
    _letterhead(setter, number, own)
    while len(setter.pages) < pages or setter.y < BOTTOM * 0.8:
        sample = own.choice(samples())
        thing = (place + own.randrange(AMONG)) // MENTIONS
        start = own.randrange(len(sample))
        for passage in sample[start : start + 12]:
            _put(setter, passage, thing, own)
            if len(setter.pages) > pages:
                break
        if len(setter.pages) > pages:
            break
    del setter.pages[pages:]
    setter.save(path)


def _put(setter: Setter, passage: Passage, thing: int, own: random.Random) -> None:
    if passage.grid:
        rows = [[varied(_cell(cell), thing, own) for cell in row] for row in passage.grid.rows]
        setter.table(passage.grid, rows)
    else:
        setter.paragraph(varied(passage.text, thing, own), setter.bold if passage.level else setter.regular)


def _cell(text: str) -> str:
    """A cell that is joined to the one above repeats nothing."""
    return "" if text == "^" else _MARKS.sub("", text)


def _letterhead(setter: Setter, number: int, own: random.Random) -> None:
    ministry = own.choice(MINISTRIES)
    initials = "".join(word[0] for word in ministry.split()[1:]).upper()
    left, right = 170, 410
    setter.centred(left, ministry.upper(), setter.bold)
    setter.centred(left, f"Số: {number + 1}/BC-B{initials}", setter.regular)
    setter.y = TOP
    setter.centred(right, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", setter.bold, 12, 300)
    setter.centred(right, "Độc lập - Tự do - Hạnh phúc", setter.bold)
    day = f"{own.randint(1, 28):02} tháng {own.randint(1, 12):02} năm {own.randint(2023, 2025)}"
    setter.centred(right, f"Hà Nội, ngày {day}", setter.regular)
    setter.y += 20
    setter.centred(WIDTH / 2, "BÁO CÁO", setter.bold, 14)
    title = " ".join(own.choice(vocabulary()) for _ in range(8))
    setter.centred(WIDTH / 2, f"Kết quả thực hiện {title}", setter.bold, SIZE, 380)
    setter.y += 14
