"""Lines -> paragraphs: which lines were broken by the margin, and which end a paragraph."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from normalizers.document_types import document_type
from pipeline.outline.labels import Rank, read_label
from schemas.document import Line
from schemas.place import Passage, join

# Tolerance for "at the same indent", in font sizes.
SAME = 0.35
# A gap wider than this many font sizes between two lines ends a paragraph.
WIDE_GAP = 1.3
# No first line is indented deeper against the next, in font sizes.
DEEPEST_INDENT = 9.0

SENTENCE_END = re.compile(r"[.;:!?]['\"”’)\]]*$|\./\.?$")


@dataclass(frozen=True, slots=True)
class Column:
    """The text area of a page: where its lines begin and end."""

    left: float
    right: float

    @property
    def middle(self) -> float:
        return (self.left + self.right) / 2


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of one or more lines; `centred` as its first line stands."""

    passage: Passage
    lines: tuple[Line, ...]
    centred: bool
    marks: tuple[Passage, ...]

    @property
    def bold(self) -> bool:
        return _most(self.lines, "bold")

    @property
    def italic(self) -> bool:
        return _most(self.lines, "italic")


def _most(lines: Sequence[Line], style: str) -> bool:
    total = sum(len(line.passage) for line in lines)
    return 2 * sum(len(line.passage) for line in lines if getattr(line, style)) > total


def column_of(lines: Sequence[Line]) -> Column:
    """The text area of a page, found from its long lines; of all lines if it has no long ones."""
    widest = max((line.box.x1 - line.box.x0 for line in lines), default=0.0)
    long = [line for line in lines if line.box.x1 - line.box.x0 > 0.6 * widest]
    if not long:
        return Column(0.0, 0.0)
    lefts = sorted(line.box.x0 for line in long)
    rights = sorted(line.box.x1 for line in long)
    return Column(lefts[len(lefts) // 10], rights[(9 * len(rights)) // 10])


def paragraph(lines: Sequence[Line], centred: bool = False) -> Paragraph:
    return Paragraph(
        join(line.passage for line in lines),
        tuple(lines),
        centred,
        tuple(mark for line in lines for _, mark in line.marks),
    )


def is_centred(line: Line, column: Column) -> bool:
    """Whether a line stands in the middle of its column and fills it neither left nor right."""
    before, after = line.box.x0 - column.left, column.right - line.box.x1
    return min(before, after) > 0.6 * line.size and abs(before - after) < max(line.size, 0.1 * (before + after))


def paragraphs(placed: Iterable[tuple[Line, Column]]) -> list[Paragraph]:
    """Paragraphs of lines in reading order, each with the text area of its page; they run over pages."""
    found: list[Paragraph] = []
    current: list[tuple[Line, Column]] = []
    for line, column in placed:
        if current and not _goes_on(current, line, column):
            found.append(_close(current))
            current = []
        current.append((line, column))
    if current:
        found.append(_close(current))
    return found


def _close(placed: list[tuple[Line, Column]]) -> Paragraph:
    return paragraph([line for line, _ in placed], is_centred(*placed[0]))


def _goes_on(current: list[tuple[Line, Column]], line: Line, column: Column) -> bool:
    """Whether the line continues the paragraph.

    A paragraph goes on in the next line only where that line's first word had no
    room left on the line before.
    """
    last, last_column = current[-1]
    if (
        _in_brackets(current)
        and last.box.page == line.box.page
        and last.italic == line.italic
        and abs(last.size - line.size) < 0.6
    ):
        return line.box.y0 - last.box.y1 < WIDE_GAP * line.size
    if last.box.page == line.box.page and last.box.x0 - line.box.x0 > DEEPEST_INDENT * line.size:
        return False  # from the foot of the right column to the left one
    if last.box.page != line.box.page and _opens(line) and not last.passage.text.isupper():
        return False
    if is_centred(last, last_column) or is_centred(line, column):
        return _centred_on(current, line, column)
    if _label_starts(current, last, line) or _style_breaks(last, line):
        return False
    same_page = last.box.page == line.box.page
    if same_page and not -0.5 * line.size < line.box.y0 - last.box.y1 < WIDE_GAP * line.size:
        return False
    if _had_room(last, last_column, line):
        return False
    return not _indented(current, line, column)


def _opens(line: Line) -> bool:
    """Whether a line at the top of a page is a heading, an appendix or the head of another document."""
    text = line.passage.text
    label = read_label(text)
    appendix = label is not None and label.rank is Rank.APPENDIX
    return (line.bold and (appendix or text.isupper())) or (text.isupper() and len(text.split()) > 2)


def _in_brackets(current: list[tuple[Line, Column]]) -> bool:
    """Whether a paragraph that opened with a bracket has not closed it: "(Kèm theo Quyết định số …"."""
    text = "".join(line.passage.text for line, _ in current)
    return text.startswith("(") and text.count("(") > text.count(")") and len(current) < 8 and read_label(text) is None


def _centred_on(current: list[tuple[Line, Column]], line: Line, column: Column) -> bool:
    """Whether a centred title goes on; a title's line may also fill the column, but then its type sets it apart."""
    last, last_column = current[-1]
    if last.passage.text.isupper() and document_type(last.passage.text) and len(current) == 1:
        return False  # the type stands alone, also over a title in capitals
    titled = is_centred(last, last_column) or (
        (last.bold or last.italic) and not SENTENCE_END.search(last.passage.text)
    )
    return (
        titled
        and (is_centred(line, column) or is_centred(*current[0]))
        and last.bold == line.bold
        and last.italic == line.italic
        and last.passage.text.isupper() == line.passage.text.isupper()
        and abs(last.size - line.size) < 0.6
        and 0 <= line.box.y0 - last.box.y1 + line.size < 1.6 * line.size
        and read_label(line.passage.text) is None
    )


def _style_breaks(last: Line, line: Line) -> bool:
    """A heading is set apart by bold type or size; inside a paragraph styles only change on a word."""
    if abs(last.size - line.size) > 0.12 * max(last.size, line.size):
        return True
    return last.bold != line.bold and bool(SENTENCE_END.search(last.passage.text) or _capital(line))


def _capital(line: Line) -> bool:
    return line.passage.text[:1].isupper() and len(line.passage) > 30


def _label_starts(current: list[tuple[Line, Column]], last: Line, line: Line) -> bool:
    """Whether the line begins with a label that stands at the place of a label."""
    label = read_label(line.passage.text)
    if label is None:
        return False
    first = current[0][0]
    at_label = line.box.x0 >= first.box.x0 - SAME * line.size or read_label(first.passage.text) is not None
    ended = SENTENCE_END.search(last.passage.text) is not None
    return at_label and (
        ended or line.box.x0 > last.box.x0 + line.size or first.box.x0 - 1 <= line.box.x0 <= first.box.x0 + 1
    )


def _had_room(last: Line, column: Column, line: Line) -> bool:
    word = line.passage.text.split(" ", 1)[0]
    glyphs = [glyph for glyph in line.passage.glyphs[: len(word)] if glyph]
    if not glyphs:
        return False
    width = max(g.x1 for g in glyphs) - min(g.x0 for g in glyphs)
    return last.box.x1 + width + 0.5 * last.size < column.right - 0.2 * last.size


def _indented(current: list[tuple[Line, Column]], line: Line, column: Column) -> bool:
    """Whether the line begins further right than the paragraph's other lines do."""
    first, first_column = current[0]
    indent = line.box.x0 - column.left
    if len(current) > 1:
        last, last_column = current[-1]
        return indent > last.box.x0 - last_column.left + SAME * line.size
    before = first.box.x0 - first_column.left
    if indent <= before + SAME * line.size:
        return _both_indented(first, before, indent, line)
    return abs(indent - (_text_start(first) - first_column.left)) > SAME * line.size


def _both_indented(first: Line, before: float, indent: float, line: Line) -> bool:
    """Two lines indented alike: the second starts a paragraph of its own if the first ended a sentence."""
    alike = abs(indent - before) <= SAME * line.size and indent > line.size
    return alike and bool(SENTENCE_END.search(first.passage.text)) and line.passage.text[:1].isupper()


def _text_start(line: Line) -> float:
    """The x of the first character after the line's label: where a hanging indent puts the next lines."""
    label = read_label(line.passage.text)
    if label is None or label.end >= len(line.passage):
        return line.box.x0
    glyph = line.passage.glyphs[label.end]
    return glyph.x0 if glyph else line.box.x0
