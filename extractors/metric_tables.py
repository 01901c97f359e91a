"""Metrics of statistical tables: numbers under heads, with the row's and the column's words as what they measure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from extractors.metrics import MetricDraft, Role
from normalizers.dates import find_dates, months
from normalizers.numbers import NUMBER, read_number
from normalizers.quantities import SCALE_VALUES, FoundQuantity
from normalizers.text import fold
from schemas.block import Block, BlockKind, Cell, Outline
from schemas.values import Comparator, Quantity, Span

ORDINAL_HEAD = re.compile(r"(?:s?tt|số\s*(?:tt|thứ tự)|#|no\.?)\s*$")
UNIT_HEAD = re.compile(r"(?:đơn vị(?: tính)?|đvt)\W*$")
# Columns whose numbers name something: codes, years, telephones, document numbers.
NAMING_HEAD = re.compile(
    r"mã|năm(?! \d)|điện thoại|số (?:văn bản|hiệu|ký hiệu|quyết định)|ngày|thời (?:gian|hạn)|trang|ghi chú|văn bản"
)
MISSING = re.compile(r"[-–—….x\s]*", re.IGNORECASE)
VALUE = re.compile(rf"(?P<sign>[-+−])?\s?(?P<number>{NUMBER})\s?(?P<percent>%)?")
FRACTION = re.compile(rf"(?P<part>{NUMBER})\s?/\s?(?P<total>{NUMBER})")
TOTAL = re.compile(r"(?:tổng(?: số| cộng)?|cộng|toàn (?:tỉnh|quốc|ngành|thành phố|huyện)|cả nước|chung)\W*$")
MEASURE = re.compile(
    r"(?:tổng\s+)?(?:số|tỷ lệ|tỷ trọng|kinh phí|diện tích|sản lượng|giá trị|doanh thu|thu|chi|mức|tốc độ|chỉ số|năng suất|kim ngạch|vốn|dân số|thu nhập|tổng mức|lượng|công suất|khối lượng|dư nợ|quy mô)\s"
)
_CAPTION = re.compile(r"(?:đơn vị(?: tính)?|đvt)\s*:\s*(?P<unit>[^;()]+)")
_BRACKETS = re.compile(r"\((?P<unit>[^()]{1,30})\)")
_SO_FAR = re.compile(r"(?<!\d)(?P<count>\d{1,2})\s+tháng(?!\s*\d)(?!\s+(?:cuối|tới))")
_PLAN_HEAD = re.compile(r"kế hoạch|dự toán|chỉ tiêu|giao")
_TARGET_HEAD = re.compile(r"mục tiêu|phấn đấu|^chỉ tiêu\b")
_BASE_HEAD = re.compile(r"cùng kỳ|năm trước|kỳ trước|năm \d{4} \(gốc\)")
_CHANGE_HEAD = re.compile(r"(?<!cắt )(?:tăng|giảm)|biến động|chênh lệch")
_DONE_IN = re.compile(r"(?:thực hiện|kết quả|ước)[^/]*năm (?P<year>\d{4})")


@dataclass(frozen=True, slots=True)
class Shape:
    """Which columns of a table hold what."""

    names: int
    numbers: tuple[int, ...]
    units: int | None
    by_row: bool


@dataclass(frozen=True, slots=True)
class Frame:
    """What holds for the whole table: its shape, the unit over it, the latest year reported, the document's day."""

    shape: Shape
    caption: str
    latest: int
    issued_on: date | None


def table_metrics(rows: Sequence[Block], outline: Outline, issued_on: date | None) -> list[MetricDraft]:
    """The metrics of a statistical table, row by row; none if the table is of another kind."""
    shape = _shape(rows)
    if shape is None:
        return []
    frame = Frame(shape, _caption(rows[0], outline), _latest(rows), issued_on)
    return [draft for row in rows for cell in row.cells if (draft := _draft(row, cell, frame))]


def _latest(rows: Sequence[Block]) -> int:
    heads = (fold(cell.head) for cell in rows[0].cells)
    return max((int(done["year"]) for head in heads if (done := _DONE_IN.search(head))), default=0)


def _shape(rows: Sequence[Block]) -> Shape | None:
    columns: dict[int, list[Cell]] = {}
    for row in rows:
        for cell in row.cells:
            if cell.span == 1 and not MISSING.fullmatch(cell.passage.text):
                columns.setdefault(cell.column, []).append(cell)
    units = next((column for column, cells in columns.items() if UNIT_HEAD.match(fold(cells[0].head))), None)
    numbers = tuple(sorted(column for column, cells in columns.items() if _is_numeric(cells)))
    texts = [
        column
        for column in sorted(columns)
        if column not in numbers and column != units and not _is_ordinal(columns[column])
    ]
    if not numbers or not texts or texts[0] > numbers[0]:
        return None
    names = [fold(cell.passage.text) for cell in columns[texts[0]]]
    measures = sum(bool(MEASURE.match(name)) for name in names)
    return Shape(texts[0], numbers, units, units is not None or 2 * measures >= len(names))


def _is_ordinal(cells: Sequence[Cell]) -> bool:
    return bool(ORDINAL_HEAD.match(fold(cells[0].head))) or all(
        re.fullmatch(r"\(?(?:\d{1,3}|[ivxa-z]{1,4})(?:\.\d+)*\)?\.?", fold(cell.passage.text)) for cell in cells
    )


def _is_numeric(cells: Sequence[Cell]) -> bool:
    head = fold(cells[0].head)
    if ORDINAL_HEAD.match(head) or NAMING_HEAD.match(head) or not head:
        return False
    fitting = sum(_is_value(cell.passage.text) for cell in cells)
    return fitting >= 0.6 * len(cells)


def _is_value(text: str) -> bool:
    return bool(VALUE.fullmatch(text.strip()) or FRACTION.fullmatch(text.strip()))


def _caption(first: Block, outline: Outline) -> str:
    """The unit given once over the table ("Đơn vị: tỷ đồng"), "" if none."""
    for block in reversed(outline.blocks[max(0, first.index - 8) : first.index]):
        stated = _CAPTION.search(fold(block.body.text)) if len(block.body) < 300 else None
        if stated:
            return stated["unit"].strip(" .")
        if block.kind is BlockKind.ROW:
            break
    return ""


def _draft(row: Block, cell: Cell, frame: Frame) -> MetricDraft | None:
    text, shape = cell.passage.text.strip(), frame.shape
    if cell.column not in shape.numbers or cell.inherited or not _is_value(text):
        return None
    name = next((c.passage.quote for c in row.cells if c.column == shape.names), "")
    head = fold(cell.head)
    unit, scale = _unit(row, cell, head, shape, frame.caption)
    quantity = _quantity(text, unit, scale)
    if quantity is None:
        return None
    role = _role(head, frame.latest)
    period, period_raw = _period(cell.head, head, frame.issued_on)
    return MetricDraft(
        "metric_table",
        cell.passage,
        FoundQuantity(0, len(cell.passage), 0, len(cell.passage), quantity, "cell"),
        0,
        len(cell.passage),
        name if shape.by_row else _bare_head(cell.head) or name,
        unit,
        role,
        None if shape.by_row or TOTAL.match(fold(name)) else name or None,
        period_raw,
        period,
    )


def _unit(row: Block, cell: Cell, head: str, shape: Shape, caption: str) -> tuple[str, float]:
    """The unit of a cell and its scale: its own sign, its head's brackets, the row's unit cell, the table's caption."""
    if "%" in cell.passage.text:
        return "%", 1.0
    bracketed = _BRACKETS.search(cell.head)
    if bracketed and not find_dates(fold(bracketed["unit"])):
        return _scaled(bracketed["unit"])
    if shape.units is not None:
        stated = next((c.passage.quote for c in row.cells if c.column == shape.units), "")
        if stated:
            return _scaled(stated)
    if "%" in head or re.match(r"tỷ lệ|tỷ trọng", head):
        return "%", 1.0
    return _scaled(caption)


def _scaled(words: str) -> tuple[str, float]:
    """A unit without its scale words: "tỷ đồng" is ("đồng", 1e9).

    >>> _scaled("nghìn hồ sơ")
    ('hồ sơ', 1000.0)
    """
    parts = words.split()
    scale = 1.0
    while parts and fold(parts[0]).replace(".", "") in {*SCALE_VALUES, "1000"}:
        scale *= SCALE_VALUES.get(fold(parts.pop(0)), 1000.0)
    return " ".join(parts), scale


def _quantity(text: str, unit: str, scale: float) -> Quantity | None:
    fraction = FRACTION.fullmatch(text)
    if fraction:
        part, total = read_number(fraction["part"]), read_number(fraction["total"])
        return Quantity(part.value, None, total.value, Comparator.EQUAL, unit) if part and total else None
    match = VALUE.fullmatch(text)
    number = read_number(match["number"], percent=unit == "%") if match else None
    if match is None or number is None:
        return None
    value = number.value * scale
    return Quantity(-value if match["sign"] in ("-", "−") else value, None, None, Comparator.EQUAL, unit)


def _role(head: str, latest: int) -> Role:
    """What a column holds; `latest` is the latest year that a head names for what was done."""
    if _TARGET_HEAD.search(head.rpartition(" / ")[2]):
        return Role.TARGET
    if re.search(r"so với|so sánh|tỷ lệ|đạt", head):
        if re.search(r"cùng kỳ|năm trước|tháng trước|quý trước|kỳ trước", head) and "tỷ lệ" not in head:
            return Role.CHANGE
        return Role.CHANGE if _CHANGE_HEAD.search(head) else Role.ACTUAL
    done = _DONE_IN.search(head)
    if done and int(done["year"]) < latest:
        return Role.BASELINE
    for role, pattern in (
        (Role.TARGET, _TARGET_HEAD),
        (Role.BASELINE, _BASE_HEAD),
        (Role.CHANGE, _CHANGE_HEAD),
        (Role.PLAN, _PLAN_HEAD),
    ):
        if pattern.search(head):
            return role
    return Role.ACTUAL


def _period(printed: str, head: str, issued_on: date | None) -> tuple[Span | None, str | None]:
    """The time that the column's head names: a date, or the months of the report's year so far."""
    dates = find_dates(head, issued_on)
    if dates:
        return dates[-1].span, printed[dates[-1].start : dates[-1].end]
    so_far = _SO_FAR.search(head)
    if so_far and issued_on and 1 <= int(so_far["count"]) <= 12:
        count = int(so_far["count"])
        year = issued_on.year - (count > issued_on.month)
        return months(year, 1, count), printed[so_far.start() : so_far.end()]
    return None, None


def _bare_head(head: str) -> str:
    """The head without its unit and dates: "Giải ngân đến ngày 30/9/2025" is "Giải ngân"."""
    bare = _BRACKETS.sub("", head)
    for found in reversed(find_dates(fold(bare))):
        bare = bare[: found.start] + bare[found.end :]
    bare = re.sub(r"\s+(?:đến|tính đến|của|trong|từ|tại)\s*$", "", " ".join(bare.split()).strip(" /-,"))
    return bare.strip(" /-,")
