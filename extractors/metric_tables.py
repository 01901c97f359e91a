"""Metrics of statistical tables: numbers under heads, with the row's and the column's words as what they measure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from extractors.metrics import TIME_UNITS, MetricDraft, Role, counted_things
from normalizers.dates import find_dates, months
from normalizers.numbers import NUMBER, read_number, scaled
from normalizers.quantities import SCALE_VALUES, FoundQuantity, find_quantities, is_measure, is_unit
from normalizers.text import fold, is_ditto
from schemas.block import Block, BlockKind, Cell, Outline
from schemas.place import Passage
from schemas.values import Comparator, Precision, Quantity, Span

# in a narrow column "STT" is broken over lines
ORDINAL_HEAD = re.compile(r"(?:(?:s\s?)?t\s?t|số\s*(?:t\s?t|thứ\s*tự)|#|no\.?)\s*$")
UNIT_HEAD = re.compile(r"(?P<bare>đơn vị)?(?:(?:đơn vị)?\s*(?:tính|đo)|đvt)?\W*$")
# Columns whose numbers say where somebody is found.
CONTACT_HEAD = re.compile(
    r"(?:số\s+)?(?:địa chỉ|nơi (?:ở|cư trú|làm việc|thường trú)|trụ sở|(?:số )?điện thoại|đt(?!\w)|sđt|fax|e-?mail|liên hệ|tài khoản ngân hàng)"
)
# Columns whose numbers name something: codes, years, telephones, document numbers.
NAMING_HEAD = re.compile(
    r"mã|năm(?! \d)|điện thoại|số (?:văn bản|hiệu|ký hiệu|quyết định|tài khoản|cccd|cmnd|căn cước)|ngày|thời (?:gian|hạn)"
    r"|trang|ghi chú|văn bản|họ (?:và )?tên|họ, tên|chức (?:vụ|danh)|" + CONTACT_HEAD.pattern
)
MISSING = re.compile(r"[-–—….x\s]*", re.IGNORECASE)
VALUE = re.compile(rf"(?P<sign>[-+−])?\s?(?P<number>{NUMBER})\s?(?P<percent>%)?")
FRACTION = re.compile(rf"(?P<part>{NUMBER})\s?/\s?(?P<total>{NUMBER})")
TOTAL = re.compile(r"(?:tổng(?: số| cộng)?|cộng|toàn (?:tỉnh|quốc|ngành|thành phố|huyện)|cả nước|chung)\W*$")
MEASURE = re.compile(
    r"(?:tổng\s+)?(?:số|tỷ lệ|tỷ trọng|kinh phí|diện tích|sản lượng|giá trị|doanh thu|thu|chi|mức|tốc độ|chỉ số|năng suất|kim ngạch|vốn|dân số|thu nhập|tổng mức|lượng|công suất|khối lượng|dư nợ|quy mô)\s"
)
_ROW_LABEL = re.compile(
    r"\s*(?:(?P<part>[-–+*•])|(?:\d{1,2}(?:\.\d{1,2})*|[ivx]{1,4}|[a-zđ])[.)]|\(\w{1,3}\)|\d{1,2}(?:\.\d{1,2})+(?=\s))\s*"
)
_PARTED = re.compile(r"(?P<part>(?:chia ra|trong đó|bao gồm|gồm|riêng)\s*:?\s*)")
# What may stand before the value of a cell and after it.
_CELL_OPENS = re.compile(
    r"\W*(?:(?:đạt|phấn đấu|từ|mức|là|còn|(?P<within>trong\s+(?:nhóm|top|tốp)|thuộc nhóm|nhóm|top|tốp))\s*)*"
)
_CELL_CLOSES = re.compile(r"[\s.;*)]*")
_YEAR = re.compile(r"(?:19|20)\d{2}")
# words in brackets that are no unit: "(kể cả dầu thô)"
_NO_UNIT = re.compile(r"(?:kể cả|không|gồm|lũy kế|theo|so|nếu|tính|đến|từ|trong|của|gốc|\d|=|nếu có)")
_ALLOTS = re.compile(
    r"(?<!chưa )phân bổ|phân giao|(?<!thực hiện )kế hoạch[^.;]{0,50}\sgiao(?!\s+thông)(?!\w)|chỉ tiêu giao|giao (?:chỉ tiêu|kế hoạch|dự toán)|dự toán"
)
_REPORTS = re.compile(r"kết quả|tình hình|thực hiện|đã|giải ngân|ước|lũy kế|đạt")
_CAPTION = re.compile(r"(?:đơn vị(?: tính)?|đvt)\s*:\s*(?P<unit>[^;()]+)")
_BRACKETS = re.compile(r"\((?P<unit>[^()]{1,30})\)")
_SO_FAR = re.compile(r"(?<!\d)(?P<count>\d{1,2})\s*(?:tháng|t(?!\w))(?!\s*\d)(?!\s+(?:cuối|tới))")
_PLAN_HEAD = re.compile(r"kế hoạch|dự toán|chỉ tiêu|giao|(?<![\w/])kh(?!\w)")
_TARGET_HEAD = re.compile(r"mục tiêu|phấn đấu|lộ trình|^chỉ tiêu\b")
_BASE_HEAD = re.compile(r"cùng kỳ|năm trước|kỳ trước|năm \d{4} \(gốc\)")
# "Tỷ lệ giải ngân cùng kỳ năm 2024" is what was then; "Tỷ lệ so với cùng kỳ" compares
_EARLIER_SHARE = re.compile(r"tỷ lệ(?!.*(?:so với|so sánh|tăng|giảm|/))[^/]*(?:cùng kỳ|năm trước|kỳ trước)")
_CHANGE_HEAD = re.compile(r"(?<!cắt )(?:tăng|giảm)|biến động|chênh lệch")
_DONE_IN = re.compile(r"(?:thực hiện|kết quả|ước|(?<![\w/])th(?!\w))[^/]*?(?P<year>(?<!\d)20\d{2}(?!\d))")
# "Năm 2025 / Thực hiện"
_YEAR_OVER_DONE = re.compile(r"(?P<year>(?<!\d)20\d{2})(?!\d)[^/]* / (?:ước\s+)?(?:thực hiện|kết quả|ước|th)(?!\w)")
_RATIO_HEAD = re.compile(
    r"so với|so sánh|(?<!\w)so\s(?:(?:cùng|năm|quý|tháng) |(?:ck|kh|dt|kế hoạch|dự toán)(?!\w))|tỷ lệ|đạt|th\s?/\s?kh|/\s?(?:kh|kế hoạch|cùng kỳ|ck)(?!\w)|%\s*(?:th|kh|hoàn thành)"
)


@dataclass(frozen=True, slots=True)
class Shape:
    """Which columns of a table hold what."""

    names: int
    numbers: tuple[int, ...]
    units: int | None
    by_row: bool


@dataclass(frozen=True, slots=True)
class Above:
    """What the lines over a table say: the unit given once, whether it allots what is to come, the time its title names
    or up to which its data reach, and the year that the title names."""

    unit: str = ""
    allots: bool = False
    period: Span | None = None
    period_raw: str | None = None
    year: Span | None = None
    year_raw: str | None = None


@dataclass(frozen=True, slots=True)
class Frame:
    """What holds for the whole table: its shape, what stands over it, the latest year reported, the document's day.

    `units` and `names` give for each row, by its index, the unit that its cell states and the row's name, `counted`
    for each column what its head counts. `earlier` are the columns whose heads name nothing but an earlier time than
    another one does.
    """

    shape: Shape
    above: Above
    latest: int
    issued_on: date | None
    units: dict[int, str]
    names: dict[int, str]
    counted: dict[int, str]
    earlier: frozenset[int]
    reported: tuple[Span | None, str | None]


def table_metrics(rows: Sequence[Block], outline: Outline, issued_on: date | None) -> list[MetricDraft]:
    """The metrics of a statistical table, row by row; none if the table is of another kind."""
    shape = _shape(rows)
    if shape is None:
        return []
    return _drafts(rows, shape, _above(rows[0], outline, issued_on), issued_on)


def measured_tasks(rows: Sequence[Block], issued_on: date | None) -> list[MetricDraft]:
    """The metrics of a table of tasks: its columns of numbers whose heads give a unit, "Tiến độ (%)"."""
    shape = _shape(rows)
    if shape is None:
        return []
    heads = _heads(rows)
    told = tuple(column for column in shape.numbers if _tells_unit(heads.get(column, "")))
    return _drafts(rows, replace(shape, numbers=told, by_row=False), Above(), issued_on) if told else []


def _tells_unit(head: str) -> bool:
    return "%" in head or any(is_unit(fold(found["unit"])) for found in _BRACKETS.finditer(head))


def _drafts(rows: Sequence[Block], shape: Shape, above: Above, issued_on: date | None) -> list[MetricDraft]:
    stated = _units(rows, shape), _names(rows, shape), _counted(rows, shape), _earlier(rows, shape)
    latest = _latest(rows)
    frame = Frame(shape, above, latest, issued_on, *stated, _reported(rows, shape, latest, issued_on))
    return [draft for row in rows for cell in row.cells if (draft := _draft(row, cell, frame))]


def row_names(rows: Sequence[Block]) -> list[Passage]:
    """The cells of a statistical table that name its rows or their units ("1.000 tấn"): numbers in them are no figures."""
    shape = _shape(rows)
    if shape is None:
        return []
    columns = [shape.names] if shape.units is None else [shape.names, shape.units]
    return [cell.passage for row in rows for column in columns if (cell := _cell(row, column))]


def _heads(rows: Sequence[Block]) -> dict[int, str]:
    """The head of each column, also under a first row that is one cell: "A. Nhiệm vụ đã hoàn thành"."""
    return {cell.column: cell.head for row in reversed(rows) for cell in row.cells if cell.span == 1}


def _cell(row: Block, column: int) -> Cell | None:
    return next((cell for cell in row.cells if cell.column <= column < cell.column + cell.span), None)


def _units(rows: Sequence[Block], shape: Shape) -> dict[int, str]:
    """The unit stated in each row; a row that says no more than "như trên" has that of the row above it."""
    units: dict[int, str] = {}
    above = ""
    for row in rows:
        cell = None if shape.units is None else _cell(row, shape.units)
        stated = cell.passage.quote if cell and cell.span == 1 else ""
        above = units[row.index] = above if not stated or is_ditto(stated) else stated
    return units


def _counted(rows: Sequence[Block], shape: Shape) -> dict[int, str]:
    """What the columns count by their heads: "Tổng số nhiệm vụ", and "Trong đó / Quá hạn" beside it."""
    heads = _heads(rows)
    counted: dict[int, str] = {}
    whole = ""
    for column in shape.numbers:
        over, _, head = heads.get(column, "").rpartition(" / ")
        own = _counted_by(head) or _counted_by(over)  # "Số hồ sơ / Tiếp nhận"
        whole = own or (whole if _PARTED.match(fold(over)) and _STATE.search(fold(head)) else "")
        counted[column] = whole
    return counted


# "Trong đó / Quá hạn" counts on, "Trong đó / Vốn còn lại" does not
_STATE = re.compile(
    r"^(?!.*(?:vốn|giải ngân|kinh phí|tiền|diện tích|khối lượng|giá trị|tỷ lệ))"
    r".*(?:đã|đang|chưa|còn|hạn|hoàn thành|chậm|đạt|mới|cấp|tuyến|loại)"
)


# what became of things that a head counts without "số": "Hồ sơ tiếp nhận", "Dự án đã hoàn thành"
_IN_WHAT_STATE = re.compile(
    r"^(?!tỷ|kinh|vốn|giải)(?:[^\W\d_]+\s){1,3}(?:tiếp nhận|nộp|đã|đang|chưa|được|giải quyết|đúng hạn|quá hạn|trễ hạn|hoàn thành|trực tuyến|trực tiếp)(?!\w)"
)


def _counted_by(name: str) -> str:
    """The things that a name says the number of, in its own letters; "" if it says none that reports count.

    >>> _counted_by("Số dự án khởi công mới"), _counted_by("Hồ sơ tiếp nhận"), _counted_by("Số tiền"), _counted_by("Giải ngân")
    ('dự án', 'Hồ sơ', '', '')
    """
    things = counted_things(name) or (name if _IN_WHAT_STATE.search(fold(name)) else "")
    found = find_quantities(f"1 {fold(things)}") if things else []
    unit = found[0].value.unit if found and found[0].start == 0 else ""
    return things[: len(unit)] if unit and is_unit(unit) else ""


def _names(rows: Sequence[Block], shape: Shape) -> dict[int, str]:
    """The name of each row without its number; a part of the row above carries that one's name."""
    names: dict[int, str] = {}
    whole = ""
    for row in rows:
        cell = _cell(row, shape.names)
        printed = cell.passage.quote if cell else ""
        name, part = _bare_name(printed)
        if part and shape.by_row and whole and name:
            names[row.index] = f"{whole}, {name[0].lower() if name[1:2].islower() else name[0]}{name[1:]}"
            continue
        names[row.index] = name
        whole = name or whole
    return names


def _bare_name(printed: str) -> tuple[str, bool]:
    """A row's name without number and "trong đó", and whether it is a part of the row above.

    >>> _bare_name("2. Xi măng"), _bare_name("- Trong đó: Xi măng"), _bare_name("Chia ra:")
    (('Xi măng', False), ('Xi măng', True), ('', True))
    """
    label = _ROW_LABEL.match(fold(printed))
    name = printed[label.end() if label else 0 :]
    parted = _PARTED.match(fold(name))
    is_part = bool((label and label["part"]) or parted)
    return name[parted.end() if parted else 0 :].strip(" :"), is_part


def _latest(rows: Sequence[Block]) -> int:
    heads = map(fold, _heads(rows).values())
    found = (done for head in heads for done in (_DONE_IN.search(head), _YEAR_OVER_DONE.search(head)) if done)
    return max((int(done["year"]) for done in found), default=0)


def _reported(
    rows: Sequence[Block], shape: Shape, latest: int, issued_on: date | None
) -> tuple[Span | None, str | None]:
    """The latest time for which a column tells what was reached: that of the columns that compare."""
    heads = [head for column, head in _heads(rows).items() if column in shape.numbers]
    done = (head for head in heads if _role(fold(head), latest) is Role.ACTUAL and not _compares(fold(head)))
    times = [(span, raw) for span, raw in (_period(head, fold(head), issued_on) for head in done) if span and span.end]
    return max(times, key=lambda time: str(time[0].end if time[0] else ""), default=(None, None))


def _compares(head: str) -> bool:
    return bool(_RATIO_HEAD.search(head) or _CHANGE_HEAD.search(head))


# what stands in a head for a time that two columns tell apart
_A_YEAR = re.compile(r"(?<!\d)20\d{2}(?!\d)")


def _earlier(rows: Sequence[Block], shape: Shape) -> frozenset[int]:
    """Of two columns that tell of one stretch of two years, in a table that compares them, the earlier: "Quý I năm 2024"."""
    heads = {column: fold(head) for column, head in _heads(rows).items() if column in shape.numbers}
    compares = any(map(_compares, heads.values()))
    years: dict[str, list[tuple[str, int]]] = {}
    for column, head in heads.items():
        year = _A_YEAR.search(head)
        if year and not _bare_head(head):
            years.setdefault(_A_YEAR.sub("", head), []).append((year.group(), column))
    pairs = (sorted(found) for found in years.values() if len(found) == 2)
    return frozenset(column for (_, column), _ in pairs) if compares else frozenset()


# Over the column that says what is measured, where one of agencies or places stands before it.
_INDICATOR_HEAD = re.compile(
    r"chỉ tiêu|chỉ số|tiêu chí|nội dung|danh mục|hạng mục|tên(?!\s+(?:đơn vị|cơ quan|địa phương))"
)


def _shape(rows: Sequence[Block]) -> Shape | None:
    columns: dict[int, list[Cell]] = {}
    for row in rows:
        for cell in row.cells:
            if cell.span == 1 and not MISSING.fullmatch(cell.passage.text):
                columns.setdefault(cell.column, []).append(cell)
    units = next((column for column, cells in sorted(columns.items()) if _states_units(cells)), None)
    numbers = tuple(sorted(column for column, cells in columns.items() if _is_numeric(cells)))
    texts = [
        column
        for column in sorted(columns)
        if column not in numbers and column != units and not _is_ordinal(columns[column])
    ]
    if not numbers or not texts or texts[0] > numbers[0]:
        return None
    chosen = next((c for c in texts if c < numbers[0] and _INDICATOR_HEAD.search(fold(columns[c][0].head))), texts[0])
    names = [fold(cell.passage.text) for cell in columns[chosen]]
    measures = sum(bool(MEASURE.match(name)) for name in names)
    silent = all(_says_no_measure(columns[c][0].head) for c in numbers) and not _HOLDER_HEAD.search(
        fold(columns[chosen][0].head)
    )
    named = chosen != texts[0] or units is not None or silent
    return Shape(chosen, numbers, units, named or 2 * measures >= len(names))


# Over the names of agencies, places and persons: of them something is measured.
_HOLDER_HEAD = re.compile(
    r"(?<!\w)(?:đơn vị(?!\s+tính)|địa phương|tỉnh|thành phố|huyện|xã|phường|thôn|ngân hàng|bộ|sở|cơ quan|chủ đầu tư|họ (?:và )?tên|doanh nghiệp|trường|bệnh viện|công ty)(?!\w)"
)
# words of heads that say when or against what, not what: "Thực hiện / Ước tính", "So với cùng kỳ (%)"
_NO_MEASURE = re.compile(
    r"(?<!\w)(?:thực hiện|kế hoạch|dự toán|ước|tính|chính thức|sơ bộ|cộng dồn|lũy kế|so sánh|so|với|cùng kỳ|kỳ|năm trước|tháng trước|quý trước"
    r"|trước|tỷ lệ|tỷ trọng|cơ cấu|tốc độ|tăng|giảm|đạt|th|kh|ck|dt|bình quân|tháng|quý|năm|tuần|đầu|cuối|cả|của|trong|hiện|nay|đến|hết|ngày|chỉ số|lần|[ivx]+|\d+)(?!\w)|[\W_]"
)


def _says_no_measure(head: str) -> bool:
    """Whether a column's head leaves it to the row to say what is measured.

    >>> _says_no_measure("Thực hiện / Ước tính tháng 5/2025"), _says_no_measure("Giải ngân / Tỷ lệ (%)")
    (True, False)
    """
    folded = _BRACKETS.sub("", fold(head))
    return bool(folded.strip()) and not _NO_MEASURE.sub("", folded)


def _states_units(cells: Sequence[Cell]) -> bool:
    """Whether a column holds units of measure; "Đơn vị" alone may stand over organisations as well."""
    head = fold(cells[0].head)
    match = UNIT_HEAD.match(head) if head else None
    if match is None or head == "":
        return False
    stated = [fold(cell.passage.text) for cell in cells if not is_ditto(cell.passage.text)]
    units = sum(is_unit(text) for text in stated)
    return "tính" in head or "đo" in head.split() or head.startswith("đvt") or 2 * units > len(stated)


def _is_ordinal(cells: Sequence[Cell]) -> bool:
    return bool(ORDINAL_HEAD.match(fold(cells[0].head))) or all(
        re.fullmatch(r"\(?(?:\d{1,3}|[ivxa-z]{1,4})(?:\.\d+)*\)?\.?", fold(cell.passage.text)) for cell in cells
    )


def _is_numeric(cells: Sequence[Cell]) -> bool:
    head = fold(cells[0].head)
    if ORDINAL_HEAD.match(head) or NAMING_HEAD.match(head) or not head:
        return False
    if cells[0].column == 0 and [cell.passage.text.strip(" .") for cell in cells] == [
        str(n + 1) for n in range(len(cells))
    ]:
        return len(cells) < 3
    fitting = sum(_is_value(cell.passage.text) for cell in cells)
    return fitting >= 0.6 * len(cells)


def _is_value(text: str) -> bool:
    """Whether a cell holds nothing but a value: "12,5", "≥ 85%", "30 - 35", "1.200 tỷ đồng"."""
    text = text.strip()
    return bool(VALUE.fullmatch(text) or FRACTION.fullmatch(text) or _worded(text))


def _worded(text: str) -> Quantity | None:
    """The quantity that is all a cell says, with comparator, range or unit; None if it says more or names a time."""
    folded = fold(text)
    found = find_quantities(folded)
    if len(found) != 1 or find_dates(folded):
        return None
    quantity, value = found[0], found[0].value
    opening = _CELL_OPENS.fullmatch(folded, 0, quantity.start)
    years = all(_YEAR.fullmatch(part) for part in re.findall(r"\d+", folded))
    if not opening or not _CELL_CLOSES.fullmatch(folded, quantity.end) or years or value.unit in TIME_UNITS:
        return None
    if value.unit and value.unit not in ("%", "hạng") and not is_unit(value.unit):
        return None
    return replace(value, comparator=Comparator.AT_MOST) if opening["within"] else value


def _above(first: Block, outline: Outline, issued_on: date | None) -> Above:
    """What the lines over a table say: "Đơn vị: tỷ đồng", "DỰ TOÁN CHI NĂM 2026", "XUẤT KHẨU THÁNG 9/2025"."""
    above = Above()
    lines = 0
    for block in reversed(outline.blocks[max(0, first.index - 12) : first.index]):
        text = fold(block.body.text) if len(block.body) < 300 else ""
        lines += block.table != first.table
        if block.table != first.table and lines < 5:
            allots = bool(_ALLOTS.search(text) and not _REPORTS.search(text))
            above = replace(above, allots=above.allots or allots)
            above = _with_period(above, block.body.text, issued_on)
        stated = _CAPTION.search(text)
        if stated and not above.unit:
            above = replace(above, unit=stated["unit"].strip(" ."))
        if block.kind is BlockKind.ROW and block.table != first.table:
            break
    return above


def _is_title(text: str) -> bool:
    return text.isupper() or bool(re.match(r"(?:bảng|biểu|phụ lục)(?:\s+số)?\s+[\dIVX]", text, re.IGNORECASE))


# the year of an act, the day of what a table is attached to, the year that it compares with
_CITED = re.compile(
    r"(?<!\w)(?:luật|nghị quyết|nghị định|(?<!biểu )(?<!bảng )(?<!phụ lục )số\s*:?\s*\d|kèm theo|so)(?!\w)"
)


_PLANNED = re.compile(
    r"(?:kế hoạch|dự toán|phương hướng|mục tiêu|chỉ tiêu|nhiệm vụ|giải pháp)(?:\s+[^\W\d_]+){0,4}?\s*$"
)
# under a title: "(Số liệu tính đến hết ngày 22/9/2025)"
_DATA_AS_OF = re.compile(r"\W*(?:số liệu|tính(?! toán)|cập nhật|lũy kế)\s+(?:[^\W\d_]+\s+){0,4}?đến\s")


def _with_period(above: Above, line: str, issued_on: date | None) -> Above:
    """With the time that a line over the table gives: the nearest one's holds, and of a title the year besides."""
    folded = fold(line)
    titled = _is_title(line)
    if not titled and not _DATA_AS_OF.match(folded):
        return above
    dates = [found for found in find_dates(folded, issued_on) if found.has_year]
    if not dates or _CITED.search(folded, 0, dates[-1].start):
        return above
    if above.period is None:
        above = replace(above, period=dates[-1].span, period_raw=line[dates[-1].start : dates[-1].end])
    years = [found for found in dates if titled and found.span.precision is Precision.YEAR]
    if above.year is None and years:
        # "KẾT QUẢ NĂM 2024 VÀ KẾ HOẠCH NĂM 2025": a plan's own year
        planned = next((found for found in years if _PLANNED.search(folded, 0, found.start)), years[0])
        above = replace(above, year=planned.span, year_raw=line[planned.start : planned.end])
    return above


def _draft(row: Block, cell: Cell, frame: Frame) -> MetricDraft | None:
    text, shape = cell.passage.text.strip(), frame.shape
    if cell.column not in shape.numbers or cell.inherited or not _is_value(text):
        return None
    name = frame.names[row.index]
    head = fold(cell.head)
    unit, scale = _unit(row, cell, head, frame)
    quantity = _quantity(text, unit, scale)
    if quantity is None:
        return None
    unit = _as_printed(quantity.unit, "" if unit == "%" and quantity.denominator else unit, text)
    role = _role(head, frame.latest)
    if role is Role.ACTUAL and cell.column in frame.earlier:
        role = Role.BASELINE
    if role is Role.ACTUAL and frame.above.allots and not _REPORTS.search(head) and not _DONE_IN.search(head):
        role = Role.PLAN
    period, period_raw = _period(cell.head, head, frame.issued_on)
    if role is Role.ACTUAL and _is_to_come(period, frame.issued_on):
        role = Role.TARGET
    if period is None and _YEAR.fullmatch(name):
        period, period_raw, name = find_dates(f"năm {name}")[0].span, name, ""
    if period is None and role in (Role.ACTUAL, Role.CHANGE) and _compares(head):
        period, period_raw = frame.reported
    if period is None and role in (Role.ACTUAL, Role.CHANGE):
        period, period_raw = frame.above.period, frame.above.period_raw
    if period is None and role in (Role.PLAN, Role.TARGET):
        period, period_raw = frame.above.year, frame.above.year_raw
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


def _unit(row: Block, cell: Cell, head: str, frame: Frame) -> tuple[str, float]:
    """The unit of a cell and its scale: its own sign, its head's brackets, the row's unit cell, what is counted, the
    table's caption."""
    if "%" in cell.passage.text:
        return "%", 1.0
    bracketed = next((found["unit"] for found in _BRACKETS.finditer(cell.head) if _may_be_unit(found["unit"])), "")
    if bracketed:
        return _scaled(bracketed)
    if frame.units[row.index] and not ("%" in head and _RATIO_HEAD.search(head)):
        return _scaled(frame.units[row.index])
    if "%" in head or re.match(r"tỷ lệ|tỷ trọng", head.rpartition(" / ")[2]):
        return "%", 1.0
    counted = _counted_by(frame.names[row.index]) if frame.shape.by_row else frame.counted.get(cell.column, "")
    stated, scale = _scaled(frame.above.unit)
    # a caption of money says nothing of what is counted; "nghìn người" does
    return (counted, 1.0) if counted and (not stated or is_measure(fold(stated))) else (stated, scale)


def _may_be_unit(words: str) -> bool:
    told = words.upper() == words and len(words) <= 4 and "%" not in words
    if told and not is_unit(fold(words)):
        return False  # "(TH)", "(A)", "(+)"
    return not find_dates(fold(words)) and (is_unit(fold(words)) or not _NO_UNIT.match(fold(words)))


def _as_printed(own: str, unit: str, text: str) -> str:
    """The unit of a value: the one in its own cell, in the letters of the cell, else that of its table."""
    at = fold(text).find(own) if own and own != fold(unit) else -1
    return text[at : at + len(own)] if at >= 0 else unit


# "tr.kWh", "tr.đồng"
_GLUED_SCALE = re.compile(r"(?P<scale>tr|tỷ|ngàn|nghìn)\.\s?(?=[^\W\d_])", re.IGNORECASE)


def _scaled(words: str) -> tuple[str, float]:
    """A unit without its scale words: "tỷ đồng" is ("đồng", 1e9).

    >>> _scaled("nghìn hồ sơ"), _scaled("tr.kWh")
    (('hồ sơ', 1000.0), ('kWh', 1000000.0))
    """
    glued = _GLUED_SCALE.match(words)
    scale_word = glued["scale"].lower().replace("tr", "triệu") if glued else ""
    parts = [scale_word, words[glued.end() :]] if glued else words.split()
    scale = 1.0
    while parts and fold(parts[0]).replace(".", "") in {*SCALE_VALUES, "1000"}:
        scale *= SCALE_VALUES.get(fold(parts.pop(0)), 1000.0)
    return " ".join(parts), scale


def _quantity(text: str, unit: str, scale: float) -> Quantity | None:
    """The value of a cell; one that states no unit of its own has that of its table."""
    fraction = FRACTION.fullmatch(text)
    if fraction:
        part, total = read_number(fraction["part"]), read_number(fraction["total"])
        counted = "" if unit == "%" else unit
        return Quantity(part.value, None, total.value, Comparator.EQUAL, counted) if part and total else None
    match = VALUE.fullmatch(text)
    number = read_number(match["number"], percent=unit == "%") if match else None
    if match is None or number is None:
        return _in_unit(_worded(text), unit, scale)
    value = scaled(number.value, scale)
    return Quantity(-value if match["sign"] in ("-", "−") else value, None, None, Comparator.EQUAL, unit)


def _in_unit(worded: Quantity | None, unit: str, scale: float) -> Quantity | None:
    if worded is None or worded.unit:
        return worded
    high = None if worded.value_high is None else scaled(worded.value_high, scale)
    return replace(worded, value=scaled(worded.value, scale), value_high=high, unit=unit)


# " / " parts the levels of a head: "Năm 2025 / Kế hoạch" is no share, "Thực hiện 9 tháng / Kế hoạch năm" is one
_DONE_OF_PLANNED = re.compile(r"(?:ước\s+)?(?:thực hiện|kết quả|th)(?!\w)[^/]* / (?:kế hoạch|dự toán|kh|dt)(?!\w)")


def _role(head: str, latest: int) -> Role:
    """What a column holds; `latest` is the latest year that a head names for what was done."""
    if _TARGET_HEAD.search(head.rpartition(" / ")[2]):
        return Role.TARGET
    if ("cùng kỳ" in head or "trước" in head) and _EARLIER_SHARE.match(head.rpartition(" / ")[2]):
        return Role.BASELINE
    if _RATIO_HEAD.search(head if _DONE_OF_PLANNED.match(head) else head.replace(" / ", " : ")):
        if re.search(r"cùng kỳ|năm trước|tháng trước|quý trước|kỳ trước|so ck(?!\w)", head) and "tỷ lệ" not in head:
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
    """The time that the column's head names: a date, or the months of a year so far.

    Its levels may share it: "Năm 2024 / TH 9 tháng", "Năm 2024 / Quý III", "Mục tiêu / 2030".
    """
    against = _COMPARES.search(head)
    years = set(_A_YEAR.findall(head, 0, against.start() if against else len(head)))
    year = int(years.pop()) if len(years) == 1 else None
    named = [found for found in find_dates(head, issued_on) if not against or found.start < against.start()]
    for part in (found for found in named if year and not found.has_year):
        if span := _in_year(head[part.start : part.end], year):
            return span, printed[part.start : part.end]
    dates = [found for found in named if found.has_year or year is None]
    so_far = _SO_FAR.search(head)
    count = int(so_far["count"]) if so_far else 0
    if so_far and 1 <= count <= 12 and all(found.span.precision is Precision.YEAR for found in dates):
        if year is None and issued_on and not dates:
            year = issued_on.year - (count > issued_on.month)
        if year:
            return months(year, 1, count), printed[so_far.start() : so_far.end()]
    if dates:
        return dates[-1].span, printed[dates[-1].start : dates[-1].end]
    bare = None if against or _SYMBOL.search(head) else next(_BARE_YEAR.finditer(head), None)
    if year and bare:
        return find_dates(f"năm {year}")[0].span, printed[bare.start() : bare.end()]
    return None, None


def _in_year(words: str, year: int | None) -> Span | None:
    """The part of a year that words without one name ("quý iii", "6 tháng cuối năm"), in a year named elsewhere."""
    whole = find_dates(f"{words} {year}" if words.endswith(" năm") else f"{words} năm {year}")
    found = whole and whole[0].has_year and whole[0].start == 0 and whole[0].span.precision is not Precision.YEAR
    return whole[0].span if found else None


_BARE_YEAR = re.compile(r"(?<![\d/])20\d{2}(?![\w/])")
_SYMBOL = re.compile(r"(?<!\w)(?:số\s+\d|mã)")
_COMPARES = re.compile(r"(?<!\w)so(?!\w)")


def _is_to_come(period: Span | None, today: date | None) -> bool:
    """Whether a column tells of years after the document's own, which it can only aim at."""
    if period is None or period.start is None or period.end is None or today is None:
        return False
    return period.start.year >= today.year and period.end.year > today.year


def _bare_head(head: str) -> str:
    """The head without its unit and dates: "Giải ngân đến ngày 30/9/2025" is "Giải ngân"."""
    bare = _BRACKETS.sub(lambda match: "" if re.search(r"[^\W_]|%", match[0]) else match[0], head)
    for found in reversed(find_dates(fold(bare))):
        bare = bare[: found.start] + bare[found.end :]
    bare = re.sub(r"\s+(?:đến|tính đến|của|trong|từ|tại)\s*$", "", " ".join(bare.split()).strip(" /-,"))
    return bare.strip(" /-,")
