"""Ruled tables -> rows: heads recognised, merged cells filled, rows joined over page breaks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipeline.outline.furniture import head_key
from schemas.document import Grid, GridCell, Line
from schemas.place import NOWHERE, Box, Passage, concatenate, join

# Words that stand in the head of a table and hardly ever begin a body cell.
HEAD_WORD = re.compile(
    r"(?:stt|tt|số tt|số thứ tự|nhiệm vụ|nội dung|tên|cơ quan|đơn vị|thời (?:hạn|gian)|sản phẩm|kết quả|ghi chú|chỉ tiêu"
    r"|văn bản|chủ trì|phối hợp|tiến độ|hạn|căn cứ|mục tiêu|đvt|kế hoạch|tổng|lĩnh vực|họ và tên|đồng chí|chỉ số)\b",
    re.IGNORECASE,
)
# What else stands over columns of figures: "Thực hiện tháng 9", "Lũy kế", "Năm 2024".
HEAD_OF_FIGURES = re.compile(
    r"(?:thực hiện|ước|lũy kế|so với|so sánh|tỷ lệ|tỷ trọng|cùng kỳ|dự toán|th|kh|quý|(?:năm|tháng)\s+\d|\d{1,2}\s+tháng)\b",
    re.IGNORECASE,
)
# in a narrow column "STT" is broken over lines
ORDINAL_HEAD = re.compile(r"(?:(?:s\s?)?t\s?t|số\s*(?:t\s?t|thứ\s*tự)|#|no\.?)\s*$", re.IGNORECASE)
ORDINAL_CELL = re.compile(r"\(?(?:\d{1,3}(?:\.\d{1,3})*|[IVX]{1,5}|[A-Z]|[a-zđ])(?:\.\d{1,3})*\)?[.)]?")
COLUMN_NUMBER = re.compile(r"\(?(?:\d{1,2}|[A-Z])\)?(?:\s*=.*)?")
FIGURE = re.compile(r"[-+–(≥≤<>~]{0,2}\s?\d[\d.,\s]*(?:[-–/]\s?\d[\d.,\s]*)?%?\)?")


@dataclass(frozen=True, slots=True)
class TableCell:
    column: int
    span: int
    passage: Passage
    bold: bool
    italic: bool = False
    inherited: bool = False
    marks: tuple[Passage, ...] = ()
    # rows of the grid that the cell covers
    rows: int = 1


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row with its cells in column order; a row without a number in its number column may go on from the row before."""

    cells: tuple[TableCell, ...]

    @property
    def filled(self) -> tuple[TableCell, ...]:
        return tuple(cell for cell in self.cells if cell.passage)

    @property
    def first(self) -> Passage:
        return self.cells[0].passage if self.cells else NOWHERE


@dataclass(frozen=True, slots=True)
class Table:
    """A table over all its pages: `heads` gives the words over each column, head rows themselves are `head_rows`."""

    heads: tuple[str, ...]
    head_rows: tuple[TableRow, ...]
    rows: tuple[TableRow, ...]
    edges: tuple[float, ...]
    last_box: Box | None

    @property
    def ordinal_column(self) -> int | None:
        """The column of row numbers, None if there is none."""
        for column, head in enumerate(self.heads[:2]):
            if ORDINAL_HEAD.match(head):
                return column
        first = [row.first.text for row in self.rows if row.cells and row.first]
        fitting = [text for text in first if ORDINAL_CELL.fullmatch(text)]
        return 0 if first and len(fitting) >= 0.7 * len(first) else None


def read_table(grid: Grid) -> Table:
    """One grid as a table of its own."""
    rows = _rows(grid)
    count = grid.header_rows or _head_rows(rows, grid)
    heads = _heads(rows[:count], grid.columns)
    return Table(heads, tuple(rows[:count]), tuple(rows[count:]), _edges(grid), grid.box)


def goes_on(table: Table, grid: Grid) -> bool:
    """Whether a grid that follows a table has the same columns."""
    if grid.columns != len(table.heads):
        return False
    edges = _edges(grid)
    if not edges or not table.edges:
        return True
    scale = (table.edges[-1] - table.edges[0]) / max(1.0, edges[-1] - edges[0])
    return all(abs((a - table.edges[0]) - scale * (b - edges[0])) < 12 for a, b in zip(table.edges, edges, strict=True))


def extend(table: Table, grid: Grid, broken: bool) -> Table:
    """The table with a following grid's rows; `broken` tells that only a page break lies between them.

    A head that the grid repeats is kept in `head_rows`; a first row without a
    number goes on from the table's last row.
    """
    follower = read_table(grid)
    rows = list(follower.rows)
    heads, head_rows = table.heads, table.head_rows + follower.head_rows
    if follower.head_rows and not _same_heads(table.heads, follower.heads):
        rows, head_rows = [*follower.head_rows, *rows], table.head_rows
    body = list(table.rows)
    if broken and rows and body and _is_rest(rows[0], table):
        body[-1] = _joined(body[-1], rows.pop(0))
    if broken and body:
        rows = _with_merged_from(body[-1], rows)
    return Table(heads, head_rows, tuple(body + rows), table.edges or follower.edges, grid.box)


def follow(last: Table | None, grid: Grid) -> Table:
    """A new table; without a head of its own it takes that of the last table, if the columns are the same."""
    table = read_table(grid)
    if last is None or table.head_rows or not goes_on(last, grid):
        return table
    return Table(last.heads, (), table.rows, table.edges, table.last_box)


def is_group(row: TableRow, table: Table) -> bool:
    """Whether a row is a heading inside the table: one text over the columns, or the only filled cell beside its label."""
    texts = [cell for cell in row.filled if cell.column != table.ordinal_column]
    if len({cell.passage.text for cell in texts}) != 1 or not texts:
        return False
    if any(cell.inherited for cell in texts):
        return False
    columns = len(table.heads) - (table.ordinal_column is not None)
    covered = sum(cell.span for cell in texts)
    if covered > max(1, columns // 2):
        return True
    label = next((cell.passage.text for cell in row.cells if cell.column == table.ordinal_column), "")
    return columns > 1 and (texts[0].bold or bool(re.fullmatch(r"[IVXA-Z]+\.?", label)))


def has_head(grid: Grid) -> bool:
    return bool(read_table(grid).head_rows)


def _same_heads(a: Sequence[str], b: Sequence[str]) -> bool:
    keys = [(head_key(x).replace(" ", ""), head_key(y).replace(" ", "")) for x, y in zip(a, b, strict=True)]
    alike = sum(x == y or _close(x, y) for x, y in keys)
    return alike >= 0.6 * len(keys)


def _close(a: str, b: str) -> bool:
    """Equal but for a few slips of character recognition."""
    if not a or not b or abs(len(a) - len(b)) > 3:
        return False
    same = sum(x == y for x, y in zip(a, b, strict=False))
    back = sum(x == y for x, y in zip(reversed(a), reversed(b), strict=False))
    return max(same, back, same + back - len(a)) >= 0.7 * max(len(a), len(b))


def _with_merged_from(last: TableRow, rows: list[TableRow]) -> list[TableRow]:
    """A merged cell that the page break cuts is empty on the new page: its text holds there too."""
    filled = rows
    for above in last.cells:
        depth = _cut_rows(above, rows)
        filled = [
            TableRow(
                tuple(
                    replace(cell, passage=above.passage, inherited=True) if cell.column == above.column else cell
                    for cell in row.cells
                )
            )
            if index < depth
            else row
            for index, row in enumerate(filled)
        ]
    return filled


def _cut_rows(above: TableCell, rows: list[TableRow]) -> int:
    """How many of the first rows an empty merged cell of the same column covers."""
    first = next((cell for row in rows[:1] for cell in row.cells if cell.column == above.column), None)
    if first is None or first.passage or not above.passage or (first.rows < 2 and above.rows < 2):
        return 0
    return first.rows


def _is_rest(row: TableRow, table: Table) -> bool:
    """Whether a first row on a new page is the rest of the row before: its number cell is empty, others aren't full."""
    column = table.ordinal_column
    if column is None or not row.filled:
        return False
    if any(cell.span > 1 for cell in row.filled):
        return False
    number = next((cell.passage for cell in row.cells if cell.column == column), NOWHERE)
    return not number and any(cell.column != column for cell in row.filled)


def _joined(row: TableRow, rest: TableRow) -> TableRow:
    more = {cell.column: cell for cell in rest.cells}
    return TableRow(
        tuple(
            TableCell(
                cell.column,
                cell.span,
                join((cell.passage, more[cell.column].passage)) if cell.column in more else cell.passage,
                cell.bold,
                cell.italic,
                cell.inherited,
                cell.marks + (more[cell.column].marks if cell.column in more else ()),
            )
            for cell in row.cells
        )
    )


def _edges(grid: Grid) -> tuple[float, ...]:
    if grid.box is None:
        return ()
    lefts = {cell.column: cell.box.x0 for cell in grid.cells if cell.box}
    edges = [lefts[column] for column in sorted(lefts)]
    return (*edges, grid.box.x1) if len(edges) == grid.columns else ()


def _rows(grid: Grid) -> list[TableRow]:
    """The grid's rows from the top, cells merged downwards filled into each row they cover."""
    rows: list[list[TableCell]] = [[] for _ in range(grid.rows)]
    for cell in grid.cells:
        passage, bold = _text(cell), _bold(cell.lines)
        italic = bool(cell.lines) and all(line.italic for line in cell.lines)
        marks = tuple(mark for line in cell.lines for _, mark in line.marks)
        for offset in range(cell.row_span):
            if cell.row + offset < grid.rows:
                rows[cell.row + offset].append(
                    TableCell(
                        cell.column,
                        cell.column_span,
                        passage,
                        bold,
                        italic,
                        offset > 0,
                        () if offset else marks,
                        cell.row_span,
                    )
                )
    ordered = [TableRow(tuple(sorted(row, key=lambda cell: cell.column))) for row in rows]
    return [row for row in ordered if any(cell.passage and not cell.inherited for cell in row.cells)]


# A narrow cell breaks a date in the middle of its year.
_CUT_DATE = re.compile(r"\b\d{1,2}/\d{1,2}/(?P<year>\d{1,3})$")
_CUT_OFF = re.compile(r"\d{1,3}(?!\d)")


def _text(cell: GridCell) -> Passage:
    lines: list[Passage] = []
    for line in cell.lines:
        passage = line.passage.strip()
        if lines and _is_cut(lines[-1].text, passage.text):
            lines[-1] = concatenate((lines[-1], passage))
        else:
            lines.append(passage)
    return join(lines).strip()


def _is_cut(text: str, rest: str) -> bool:
    cut, off = _CUT_DATE.search(text), _CUT_OFF.match(rest)
    return cut is not None and off is not None and len(cut["year"]) + len(off[0]) == 4


def _bold(lines: Sequence[Line]) -> bool:
    return bool(lines) and all(line.bold for line in lines)


def _head_rows(rows: Sequence[TableRow], grid: Grid) -> int:
    """How many of the first rows are the head."""
    numbered = next((place for place, row in enumerate(rows[1:4], 1) if _numbers_columns(row)), 0)
    if numbered and not any(map(_holds_figures, rows[:numbered])):
        return numbered + 1
    if not rows or not (_looks_like_head(rows[0]) or _stands_over_figures(rows)):
        return 0
    count = 1
    deep = max((cell.row_span for cell in grid.cells if cell.row == 0), default=1)
    # merged cells tell how deep the head is; without one, bold type under a wide cell does
    wide = deep == 1 and any(cell.span > 1 for cell in rows[0].filled)
    while count < len(rows) - 1 and (count < deep or (wide and _looks_like_subhead(rows[count]))) and count < 4:
        count += 1
    if count < len(rows) and _is_column_numbers(rows[count]):
        count += 1
    return count


def _looks_like_head(row: TableRow) -> bool:
    cells = row.filled
    if len(cells) < 2 or any(len(cell.passage) > 120 for cell in cells):
        return False
    words = sum(bool(HEAD_WORD.match(cell.passage.text)) for cell in cells)
    if cells[0].column == 0 and ORDINAL_HEAD.match(cells[0].passage.text):
        return True
    over_figures = sum(bool(HEAD_OF_FIGURES.match(cell.passage.text)) for cell in cells)
    set_apart = all(cell.bold for cell in cells) and not _holds_figures(row)
    return 2 * words >= len(cells) or (set_apart and words + over_figures > 0)


def _stands_over_figures(rows: Sequence[TableRow]) -> bool:
    """Whether words stand in the first row over columns that hold nothing but figures, and no figure stands in it."""
    first, *rest = rows
    if len(rest) < 2 or len(first.filled) < 3 or any(FIGURE.fullmatch(cell.passage.text) for cell in first.filled):
        return False
    below: dict[int, list[str]] = {}
    for cell in (cell for row in rest for cell in row.filled):
        below.setdefault(cell.column, []).append(cell.passage.text)
    figures = {column for column, texts in below.items() if all(map(FIGURE.fullmatch, texts)) and len(texts) > 1}
    return len(figures) >= 2 and figures <= {cell.column for cell in first.filled}


def _looks_like_subhead(row: TableRow) -> bool:
    fresh = [cell for cell in row.filled if not cell.inherited]
    figures = sum(bool(FIGURE.fullmatch(cell.passage.text)) for cell in fresh)
    if not fresh or 2 * figures > len(fresh):
        return False
    return all(cell.bold for cell in fresh) or any(cell.inherited for cell in row.cells)


def _holds_figures(row: TableRow) -> bool:
    """Whether half of a row's cells are figures."""
    figures = sum(bool(FIGURE.fullmatch(cell.passage.text)) for cell in row.filled)
    return 2 * figures >= len(row.filled)


def _numbers_columns(row: TableRow) -> bool:
    """ "A B 1 2 3", "(1) (2) (3=1+2)": numbers in their order, which only stand under a head."""
    printed = [re.sub(r"\s*=.*|\W", "", cell.passage.text) for cell in row.filled]
    letters = [text for text in printed if text.isalpha()]
    numbers = [text for text in printed if text.isdigit()]
    in_order = letters == list("ABCD"[: len(letters)]) and numbers == [str(n + 1) for n in range(len(numbers))]
    return _is_column_numbers(row) and in_order and printed == letters + numbers and len(numbers) > 1


def _is_column_numbers(row: TableRow) -> bool:
    """A row "(1) (2) (3)" or "A B 1 2=3+4" under the head."""
    cells = row.filled
    return len(cells) >= 3 and all(COLUMN_NUMBER.fullmatch(cell.passage.text) for cell in cells)


def _heads(rows: Sequence[TableRow], columns: int) -> tuple[str, ...]:
    heads: list[list[str]] = [[] for _ in range(columns)]
    for row in rows:
        if _is_column_numbers(row):
            continue
        for cell in row.cells:
            if cell.inherited or not cell.passage:
                continue
            for column in range(cell.column, min(columns, cell.column + cell.span)):
                heads[column].append(cell.passage.quote)
    return tuple(" / ".join(parts) for parts in heads)
