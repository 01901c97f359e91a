"""Page furniture: page numbers, repeated heads and feet, footnotes at the foot of a page."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from schemas.document import Line, Page, TextSource

PAGE_NUMBER = re.compile(r"[-–—\s|]*(?:(?:Trang|Page|Tr\.)\s*)?\d{1,4}(?:\s*/\s*\d{1,4})?[-–—\s|]*", re.IGNORECASE)
FOOTNOTE = re.compile(r"(?:\[?\d{1,3}\]?|\(\d{1,3}\)|[*†]{1,3})\s*(?=\S)")

# Share of the page height at top and foot where furniture stands.
MARGIN = 0.1
# Footnotes are set at most this large against the text.
FOOTNOTE_SIZE = 0.88


def page_numbers(page: Page) -> list[Line]:
    """Lines that hold nothing but the page's number, in the margin."""
    if not page.lines:
        return []
    edge = {id(line) for line in (page.lines[0], page.lines[-1])}
    return [
        line
        for line in page.lines
        if PAGE_NUMBER.fullmatch(line.passage.text)
        and (_in_margin(line, page) or id(line) in edge)
        and not _shares_row(line, page)
    ]


def _in_margin(line: Line, page: Page) -> bool:
    return line.box.y1 < MARGIN * page.height or line.box.y0 > (1 - MARGIN) * page.height


def _shares_row(line: Line, page: Page) -> bool:
    return any(other is not line and other.box.y0 < line.box.y1 and line.box.y0 < other.box.y1 for other in page.lines)


# Recognition sets loose accents and specks apart as lines of so many letters, lower than this share of the line they touch.
SPECK_LENGTH = 2
SPECK_HEIGHT = 0.85


def specks(page: Page) -> list[Line]:
    """Lines of a scan that are accents or specks of another line: one or two letters inside its width and height."""
    if page.text_source is TextSource.TEXT:
        return []
    long = [line for line in page.lines if len(line.passage) > 8]
    return [
        line
        for line in page.lines
        if len(line.passage) <= SPECK_LENGTH and any(_touches(line, other) for other in long)
    ]


def _touches(speck: Line, line: Line) -> bool:
    a, b = speck.box, line.box
    overlap = min(a.y1, b.y1) - max(a.y0, b.y0)
    inside = a.x0 >= b.x0 - 2 and a.x1 <= b.x1 + 2
    return inside and overlap > 0.2 * (a.y1 - a.y0) and a.y1 - a.y0 < SPECK_HEIGHT * (b.y1 - b.y0)


def repeated(pages: Sequence[Page]) -> set[str]:
    """Texts that stand in the margin at the same height of most pages (digits may differ)."""
    if len(pages) < 3:
        return set()
    seen = Counter(key for page in pages for key in {_key(line, page) for line in page.lines if _in_margin(line, page)})
    return {text for (text, _), count in seen.items() if count > max(2, 0.5 * len(pages))}


def _key(line: Line, page: Page) -> tuple[str, int]:
    return head_key(line.passage.text), round(line.box.y0 / page.height * 50)


def head_key(text: str) -> str:
    return re.sub(r"\d+", "#", text.lower()).strip()


def body_size(pages: Sequence[Page]) -> float:
    """The font size of most characters of the running text, in points."""
    sizes: Counter[float] = Counter()
    for page in pages:
        for line in page.lines:
            sizes[round(line.size * 2) / 2] += len(line.passage)
    return sizes.most_common(1)[0][0] if sizes else 0.0


def footnotes(lines: Sequence[Line], size: float) -> list[list[Line]]:
    """The footnotes at the foot of a page, each a list of its lines.

    They are the last lines of the page, set smaller than the text, from the first
    one that begins with a mark on.
    """
    start = len(lines)
    while start and lines[start - 1].size <= FOOTNOTE_SIZE * size:
        start -= 1
    notes: list[list[Line]] = []
    for line in lines[start:]:
        mark = FOOTNOTE.match(line.passage.text)
        if mark and (not notes or _follows(notes[-1][0], line)):
            notes.append([line])
        elif notes:
            notes[-1].append(line)
    return notes


def _follows(first: Line, line: Line) -> bool:
    """Whether a line's mark is the next one, so that "15 hồ sơ" in a note's second line starts no note."""
    before, here = (re.match(r"\D?(\d+)", text.passage.text) for text in (first, line))
    if not before or not here:
        return True
    return int(here.group(1)) == int(before.group(1)) + 1
