"""Tasks of ruled tables: the column heads say which cell is the task, the agency, the deadline …"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum

from extractors.references import find_references
from extractors.task_prose import OFFICE_NOUN, inline_assigned, inline_coop, inline_deadline, lead_and_coop
from extractors.tasks import Setting, TaskDraft, actors, persons, status_of
from normalizers.agencies import find, resolve
from normalizers.dates import find_dates
from normalizers.deadlines import Deadline, read_cell
from normalizers.document_numbers import find_numbers
from normalizers.quantities import is_unit
from normalizers.text import fold, is_ditto
from schemas.block import Block, Cell, Outline
from schemas.mention import Mention, MentionKind
from schemas.place import Passage


class Column(StrEnum):
    ORDINAL = "ordinal"
    TASK = "task"
    LEAD = "lead"
    COOP = "coop"
    DEADLINE = "deadline"
    ASSIGNED = "assigned"
    SUPERVISOR = "supervisor"
    OUTPUT = "output"
    RESULT = "result"
    STATE = "state"
    OTHER = "other"


# Words of column heads, over folded text, tried in order.
_HEADS: tuple[tuple[Column, re.Pattern[str]], ...] = tuple(
    (column, re.compile(pattern))
    for column, pattern in (
        (Column.ORDINAL, r"^(?:s?tt|số tt|số thứ tự|#)\.?$"),
        # where a table names both ends of a work's time, its beginning is no deadline
        (Column.OTHER, r"(?:bắt đầu|khởi công|(?:thời gian|thời điểm|ngày)(?: /)? (?:được )?giao)(?!.*(?:kết thúc|hoàn thành|thời hạn))"),
        (Column.COOP, r"phối hợp(?!.*chủ trì)|^(?:(?:cơ quan|đơn vị) )?(?:tham gia|cùng (?:thực hiện|tham gia))$|^(?:cơ quan|đơn vị) (?:có )?(?:liên quan|hỗ trợ)$"),
        (Column.SUPERVISOR, r"đồng chí|lãnh đạo.*(?:phụ trách|chỉ đạo|theo dõi)|người (?:theo dõi|chỉ đạo)|chỉ đạo,? theo dõi"),
        (Column.ASSIGNED, r"(?:văn bản|nguồn|số).*giao|giao tại|văn bản (?:chỉ đạo|căn cứ)|căn cứ|cơ sở pháp lý|số (?:, )?(?:ký hiệu )?văn bản|^văn bản$"),
        (Column.DEADLINE, r"thời hạn|thời gian|hạn (?:hoàn thành|xử lý|thực hiện)|^hạn$|ngày hoàn thành|lộ trình|mốc|kết thúc|(?:năm|quý|tháng) (?:hoàn thành|thực hiện|trình|ban hành)|^hoàn thành$|^(?:hoàn thành|xong) trước(?! (?:thời )?hạn)|tiến độ (?:hoàn thành|thực hiện)$|tiến độ$|^năm$"),
        (Column.OUTPUT, r"sản phẩm|kết quả (?:yêu cầu|đầu ra|cần đạt|dự kiến|mong đợi)|yêu cầu (?:kết quả|đầu ra)|đầu ra|hình thức văn bản|cấp trình"),
        (Column.STATE, r"^(?:tình trạng|trạng thái|đánh giá|mức độ hoàn thành|kết luận)(?:\s+(?:thực hiện|hoàn thành|xử lý|nhiệm vụ|mức độ))*$"),
        (Column.RESULT, r"kết quả|tình hình|tình trạng|trạng thái|tiến độ|đánh giá|mức độ hoàn thành|báo cáo"),
        (Column.LEAD, r"chủ trì|(?:cơ quan|đơn vị|bộ phận|tổ chức|người|cá nhân|địa phương).*(?:thực hiện|tham mưu|phụ trách|triển khai|trách nhiệm|được giao|chịu|đầu mối)|trách nhiệm|phân công|^(?:chủ thể|nơi) thực hiện$|^giao cho$|^(?:cơ quan|đơn vị)(?:, (?:cơ quan|đơn vị|địa phương|tổ chức))*$|đầu mối"),
        (Column.TASK, r"nhiệm vụ|công việc|giải pháp|hoạt động|đề án|^nội dung|tên văn bản|nội dung (?:chỉ đạo|thực hiện|công việc|giao)|việc cần|yêu cầu"),
    )
)  # fmt: skip
_STRONG_TASK = re.compile(r"nhiệm vụ|công việc|nội dung (?:chỉ đạo|giao|thực hiện|công việc)|giải pháp|việc")

_NONE_CELL = re.compile(r"[\s\-–—/.…x]*|không|không có", re.IGNORECASE)
_OVERDUE_TITLE = re.compile(r"quá hạn|chậm (?:muộn|tiến độ)|trễ hạn")


def table_tasks(outline: Outline, setting: Setting) -> list[TaskDraft]:
    """The tasks of the document's task tables, a row each."""
    drafts: list[TaskDraft] = []
    for rows in outline.tables():
        roles = _roles(rows)
        if not _is_task_table(roles, rows):
            continue
        groups = _Groups(setting)
        for row in _without_dittos(rows):
            state, leads = groups.at(row)
            if draft := _task(row, roles, outline, setting):
                leads = leads or _leads_above(row, outline, setting)
                if leads and not draft.lead:
                    draft = replace(draft, lead=leads, lead_passage=leads[0].within)
                drafts.append(replace(draft, status=_in_group(draft.status, state)) if state else draft)
    return drafts


# What a row over others says of the state of them all, over folded text; the first rule that fits holds.
_GROUP_STATES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (status, re.compile(pattern))
    for status, pattern in (
        ("done", r"(?<!chưa )hoàn thành (?:nhưng )?(?:quá hạn|chậm|trễ|muộn|sau hạn)|(?:quá hạn|chậm|trễ hạn)[^,;]{0,12} đã hoàn thành"),
        ("overdue", r"(?<!chưa )(?<!không )(?:quá hạn|trễ hạn|chậm tiến độ|chậm muộn)"),
        ("not_started", r"chưa (?:triển khai|thực hiện|bắt đầu)"),
        ("in_progress", r"đang (?:trong quá trình |được )?(?:thực hiện|triển khai|xử lý|tiến hành)|chưa (?:đến|tới) hạn|trong hạn(?! (?:đã )?hoàn thành)|chưa hoàn thành"),
        ("done", r"đã (?:thực hiện )?(?:hoàn thành|xong)(?=\W*$|\s*[,(;:]|\s+(?:trong|đúng|trước|năm|tháng|quý|\d))|(?<!phải )(?<!cần )hoàn thành (?:đúng|trước|trong) (?:thời )?hạn|^\W*(?:\w{1,4}[.)]\s*)?(?:các )?(?:nhiệm vụ|công việc|nội dung)\s+hoàn thành\W*(?:\d+ nhiệm vụ\W*)?$"),
    )
)  # fmt: skip
_LONGEST_GROUP = 120


@dataclass(frozen=True, slots=True)
class _Group:
    """What the head of a group of rows tells: how it is numbered, the state and the agencies of all its rows."""

    rank: str
    state: str | None
    leads: tuple[Mention, ...]


class _Groups:
    """The groups that are open: "A. Nhiệm vụ đã hoàn thành", "I. Sở Y tế" hold until the next row of their rank."""

    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        self.open: list[_Group] = []

    def at(self, row: Block) -> tuple[str | None, tuple[Mention, ...]]:
        """The state and the agencies over a row; a row that is itself a group's head is taken note of."""
        text = _group_text(row)
        if text is None:
            state = next((group.state for group in reversed(self.open) if group.state), None)
            return state, next((group.leads for group in reversed(self.open) if group.leads), ())
        rank = _rank(text)
        same = next((place for place, group in enumerate(self.open) if group.rank == rank), len(self.open))
        self.open[same:] = [_Group(rank, _group_state(text), _group_leads(row, self.setting))]
        return None, ()


_GROUP_LABEL = re.compile(r"\s*(?:\d{1,2}|[IVX]{1,5}|[A-HĐ])[.)/]\s*")


def _group_leads(row: Block, setting: Setting) -> tuple[Mention, ...]:
    """The agencies that the head of a group consists of."""
    cells = [cell for cell in row.cells if cell.passage and not cell.inherited and cell.passage.text != row.label.text]
    return _only_agencies(cells[0].passage, setting) if len(cells) == 1 else ()


def _leads_above(row: Block, outline: Outline, setting: Setting) -> tuple[Mention, ...]:
    """The agencies of the nearest head of a group that was read as a heading inside the table."""
    heads = (above.body for above in outline.ancestors(row) if above.table == row.table and above.table is not None)
    return next(filter(None, (_only_agencies(head, setting) for head in heads)), ())


def _only_agencies(passage: Passage, setting: Setting) -> tuple[Mention, ...]:
    """The agencies that a text is nothing but the names of: "II. SỞ NÔNG NGHIỆP VÀ MÔI TRƯỜNG"; none if it says more."""
    label = _GROUP_LABEL.match(passage.text)
    named = passage[label.end() if label else 0 :].strip(" :.")
    found = actors(named, "table_lead", setting)
    covered = sum(mention.end - mention.start for mention in found)
    offices = all(m.value.known or OFFICE_NOUN.match(fold(m.text)) for m in found)
    return found if found and offices and covered >= 0.8 * len(named) else ()


def _group_text(row: Block) -> str | None:
    """The text of a row that is the head of a group: one text over all columns, a number at most before it."""
    texts = [cell.passage.text for cell in row.cells if cell.passage and not cell.inherited]
    wide = len(row.cells) == 1 or any(cell.span > 2 for cell in row.cells)
    if not wide or len(texts) > 2:
        return None
    text = " ".join([row.label.text, *(text for text in texts if text != row.label.text)]).strip()
    return text if 0 < len(text) <= _LONGEST_GROUP else ""


def _rank(text: str) -> str:
    """How a head is numbered: heads numbered alike are of one rank.

    >>> _rank("IV. Nhiệm vụ đang thực hiện"), _rank("B. Nhiệm vụ quá hạn"), _rank("3. Về y tế"), _rank("Về y tế")
    ('I', 'A', '1', '')
    """
    label = re.match(r"\W*(\d{1,2}(?:\.\d{1,2})*|[IVX]{1,5}|[A-HĐa-hđ])(?=[.)\s/]|$)", text)
    if label is None:
        return ""
    first = label[1][0]
    return (
        re.sub(r"\d+", "1", label[1]) if first.isdigit() else "I" if first in "IVX" else "A" if first.isupper() else "a"
    )


def _group_state(text: str) -> str | None:
    """The state that the head of a group tells.

    >>> _group_state("C. Nhiệm vụ quá hạn chưa hoàn thành"), _group_state("II. Nhiệm vụ hoàn thành quá hạn")
    ('overdue', 'done')
    >>> _group_state("Nhiệm vụ phải hoàn thành trong quý I"), _group_state("Dự án đã hoàn thành hồ sơ mời thầu")
    (None, None)
    """
    folded = fold(text)
    return next((status for status, pattern in _GROUP_STATES if pattern.search(folded)), None)


def _in_group(told: str | None, group: str) -> str:
    """The state of a row under a group's: the group's, unless the row itself says that nothing was begun."""
    if group == "in_progress" and told in ("not_started", "overdue", "not_reported"):
        return told
    return group


def _without_dittos(rows: Sequence[Block]) -> Iterator[Block]:
    """The rows, each cell that says "như trên" filled with what stands above it, as a merged cell would be."""
    above: dict[int, Cell] = {}
    for row in rows:
        cells = tuple(
            replace(cell, passage=above[cell.column].passage, inherited=True)
            if cell.column in above and is_ditto(cell.passage.text)
            else cell
            for cell in row.cells
        )
        above |= {cell.column: cell for cell in cells if cell.passage}
        yield row if cells == row.cells else replace(row, cells=cells)


def _roles(rows: Sequence[Block]) -> dict[int, Column]:
    """Column index -> what it holds, by its head; by its content if the table has no head."""
    heads: dict[int, str] = {}
    for row in rows:
        for cell in row.cells:
            if cell.span == 1 and cell.head:
                heads.setdefault(cell.column, fold(cell.head))
    if not any(heads.values()):
        return _roles_by_content(rows)
    roles: dict[int, Column] = {}
    for column, head in sorted(heads.items()):
        role = role_of(head)
        if role is Column.LEAD and role in roles.values() and head.startswith("người"):
            role = Column.SUPERVISOR  # "Đầu mối" and "Người phụ trách"
        beside = role is Column.DEADLINE and _OF_TIME.search(head)  # "Thời gian trình / Tháng", "Thời gian trình / Quý"
        if role in roles.values() and role not in (Column.OTHER, Column.RESULT) and not beside:
            role = Column.OTHER
        roles[column] = role
    roles = _with_task(_settled(roles, heads, rows), heads, rows)
    if Column.RESULT not in roles.values():  # then the state is all the result there is
        roles = {column: Column.RESULT if role is Column.STATE else role for column, role in roles.items()}
    return roles


# Over who is to do the work of a row, whatever the work is called: no mere "Đơn vị".
_SURELY_LEAD = re.compile(r"chủ trì|thực hiện|phụ trách|đầu mối|tham mưu|trách nhiệm|phân công|giao")
_NO_WORK = re.compile(
    r"ghi chú|nguồn (?:vốn|lực)|kinh phí|căn cứ|lý do|nguyên nhân|khó khăn|kiến nghị, đề xuất|họ (?:và )?tên|dự án|gói thầu|công trình"
)
_WORDS_OF_WORK = 4


def _with_task(roles: dict[int, Column], heads: dict[int, str], rows: Sequence[Block]) -> dict[int, Column]:
    """Where columns say who does a work and until when, the column of long texts before them is the work, whatever its
    head calls it: "Việc phải làm", "Kiến nghị của cử tri", "Dự thảo văn bản"."""
    held = set(roles.values())
    leads = [column for column, role in roles.items() if role is Column.LEAD and _SURELY_LEAD.search(heads[column])]
    if Column.TASK in held or not leads or not held & {Column.DEADLINE, Column.COOP}:
        return roles
    lengths: dict[int, list[int]] = {}
    for cell in (cell for row in rows for cell in row.cells if cell.span == 1 and cell.passage):
        lengths.setdefault(cell.column, []).append(len(cell.passage.text.split()))
    free = [
        column
        for column, counts in lengths.items()
        if roles.get(column) in (Column.OTHER, Column.ASSIGNED)
        and column < max(leads)
        and not _NO_WORK.search(heads.get(column, ""))
        and sum(counts) >= _WORDS_OF_WORK * len(counts)
    ]
    if not free:
        return roles
    return roles | {max(free, key=lambda column: sum(lengths[column]) / len(lengths[column])): Column.TASK}


_UNSETTLED = re.compile(r"tiến độ|giai đoạn|thời điểm|dự kiến|hạn|ngày")


def _settled(roles: dict[int, Column], heads: dict[int, str], rows: Sequence[Block]) -> dict[int, Column]:
    """Columns whose head may mean two things ("Tiến độ", "Đơn vị"): what their cells hold decides."""
    settled = dict(roles)
    for column, role in roles.items():
        head = heads.get(column, "")
        texts = [c.passage.text for row in rows for c in row.cells if c.column == column and c.passage]
        dated = 2 * sum(len(text) < 60 and read_cell(text, None) is not None for text in texts) > len(texts)
        if dated and Column.DEADLINE not in settled.values() and role in (Column.RESULT, Column.OTHER):
            settled[column] = Column.DEADLINE if _UNSETTLED.search(head) else role
        elif role is Column.DEADLINE and texts and not dated and Column.RESULT not in roles.values():
            settled[column] = Column.RESULT if head.startswith("tiến độ") else role
        elif role is Column.LEAD and head == "đơn vị" and 2 * sum(is_unit(fold(text)) for text in texts) > len(texts):
            settled[column] = Column.OTHER  # of measure
    return settled


def role_of(head: str) -> Column:
    """What a column holds, by the words over it (folded).

    >>> role_of("cơ quan chủ trì thực hiện").name, role_of("kết quả yêu cầu").name
    ('LEAD', 'OUTPUT')
    """
    return next((column for column, pattern in _HEADS if pattern.search(head)), Column.OTHER)


def _roles_by_content(rows: Sequence[Block]) -> dict[int, Column]:
    """Columns of a table without a head: dates are deadlines, agencies leads, document numbers the assignment."""
    texts: dict[int, list[str]] = {}
    for row in rows:
        for cell in row.cells:
            if cell.passage and cell.span == 1:
                texts.setdefault(cell.column, []).append(cell.passage.text)
    roles: dict[int, Column] = {}
    for column, found in sorted(texts.items()):
        role = _role_by_content(found)
        if role not in roles.values():
            roles[column] = role
    longest = max(texts, key=lambda column: sum(map(len, texts[column])) / len(texts[column]), default=None)
    if longest is not None and Column.TASK not in roles.values():
        roles[longest] = Column.TASK
    return roles


def _role_by_content(texts: Sequence[str]) -> Column:
    def share(test: Callable[[str], bool]) -> float:
        return sum(map(test, texts)) / len(texts)

    if share(lambda text: bool(re.fullmatch(r"\W*\d{1,3}(?:\.\d+)*\W*", text))) > 0.7:
        return Column.ORDINAL
    if share(lambda text: len(text) < 60 and bool(find_numbers(text))) > 0.6:
        return Column.ASSIGNED
    if share(lambda text: len(text) < 40 and bool(find_dates(fold(text)))) > 0.6:
        return Column.DEADLINE
    if share(lambda text: sum(end - start for start, end in find(text)) > 0.6 * len(text)) > 0.6:
        return Column.LEAD
    return Column.OTHER


def _is_task_table(roles: dict[int, Column], rows: Sequence[Block]) -> bool:
    held = set(roles.values())
    if Column.TASK not in held:
        return False
    column = next(column for column, role in roles.items() if role is Column.TASK)
    head = next((fold(cell.head) for row in rows for cell in row.cells if cell.column == column), "")
    if held & {Column.LEAD, Column.ASSIGNED}:
        return True
    return bool(_STRONG_TASK.search(head)) and bool(held & {Column.DEADLINE, Column.RESULT, Column.OUTPUT, Column.COOP})


def _task(row: Block, roles: dict[int, Column], outline: Outline, setting: Setting) -> TaskDraft | None:
    cells: dict[Column, Cell] = {}
    for cell in reversed(row.cells):
        column = roles.get(cell.column, Column.OTHER)
        if cell.passage or column not in cells:
            cells[column] = cell
    task = cells.get(Column.TASK)
    if task is None or not task.passage or task.inherited or len(task.passage.text.split()) < 2:
        return None
    lead, coop = _cell(cells, Column.LEAD), _cell(cells, Column.COOP)
    lead_actors, coop_actors = lead_and_coop(lead, setting, "table") if lead else ((), ())
    if coop:
        coop_actors = actors(coop, "table_coop", setting) or _provisional(coop, setting, "table_coop")
    coop_actors = coop_actors or inline_coop(task.passage, setting)
    if lead and not lead_actors:
        lead_actors = _provisional(lead, setting, "table_lead")
    reported = Column.RESULT in cells or Column.STATE in cells
    due = _cell(cells, Column.DEADLINE)
    numbered = _numbered(due, cells[Column.DEADLINE].head, row, outline, setting) if due else None
    deadline, place = (numbered, due) if numbered else _deadline(due, task.passage, setting, reported)
    assigned, supervisor = _cell(cells, Column.ASSIGNED), _cell(cells, Column.SUPERVISOR)
    result = _cell(cells, Column.RESULT)
    return TaskDraft(
        rule="task_table",
        block=row,
        text=task.passage,
        ordinal=row.label.text.strip(" .") or None,
        lead=lead_actors,
        lead_passage=lead,
        coop=coop_actors,
        supervisors=persons(supervisor.text) if supervisor else (),
        deadline=deadline,
        deadline_passage=place,
        assigned_in=_assigned(assigned, task.passage, setting),
        output=_cell(cells, Column.OUTPUT),
        result=result,
        status=_title_status(row, outline) or _status(row, cells),
        beside=tuple(cell.passage for cell in row.cells if cell is not task and cell.passage),
    )


# the unit of time that the head of a column names, "Thời gian trình / Tháng", for the bare numbers below it
_PRESENTED = re.compile(r"trình|ban hành|báo cáo")
_OF_TIME = re.compile(
    r"(?:^|/ |\()\s*(?:(?:thời gian|thời hạn|trình|hoàn thành)\s+)*(?P<unit>tháng|quý)(?:\s+(?:trình|hoàn thành|ban hành|thực hiện))?\s*\)?$"
)
_BARE_NUMBER = re.compile(r"\d{1,2}|[ivx]{1,3}")
_SINGLE_YEAR = re.compile(r"(?<!\w)năm\s+(?P<year>20\d{2})(?!\s*[-–]|\d)")


def _numbered(cell: Passage, head: str, row: Block, outline: Outline, setting: Setting) -> Deadline | None:
    """The deadline of a cell that is the bare number of a month or quarter, of the year that the list's title names."""
    unit = _OF_TIME.search(fold(head))
    if unit and unit.group().startswith("(") and not _PRESENTED.search(fold(head)):
        return None  # so many months: "Thời gian thực hiện (tháng)"
    number = fold(cell.text).strip()
    if unit is None or not _BARE_NUMBER.fullmatch(number):
        return None
    lines = (fold(line.body.text) for line in (*_lines_before(row, outline), *outline.ancestors(row)))
    titled = next((named for line in lines if (named := _SINGLE_YEAR.search(line)) and "số" not in line), None)
    year = titled["year"] if titled else str(setting.issued_on.year) if setting.issued_on else ""
    found = find_dates(f"{unit['unit']} {number} năm {year}") if year else []
    if not found or found[0].start or not found[0].span.end:
        return None
    return Deadline(0, len(cell), found[0].span.end, found[0].span.precision, "deadline_cell", 5)


_MOST_LETTERS_OF_A_NAME = 80


def _provisional(cell: Passage, setting: Setting, rule: str) -> tuple[Mention, ...]:
    """What stands in a cell of actors is one, though nothing in it looks like an agency's name: "Các chủ rừng"."""
    if len(cell) > _MOST_LETTERS_OF_A_NAME or not cell.text[:1].isupper():
        return ()
    agency = resolve(cell.quote, setting.issued_on, setting.issuer)
    return (Mention(MentionKind.AGENCY, rule, cell, 0, len(cell), agency),)


# A cross in the column that names the state.
_CROSS = re.compile(r"[xX×✓✔+v]")


def _status(row: Block, cells: dict[Column, Cell]) -> str | None:
    """The state that the row tells: its cross under a state, its own column of states, or its result."""
    for cell in row.cells:
        if cell.passage and _CROSS.fullmatch(cell.passage.text.strip()):
            crossed = status_of(cell.head.rpartition(" / ")[2])
            if crossed:
                return crossed
    texts = (_cell(cells, column) for column in (Column.STATE, Column.RESULT))
    return next((status for text in texts if text and (status := status_of(text.text))), None)


def _assigned(cell: Passage | None, text: Passage, setting: Setting) -> tuple[Mention, ...]:
    """The documents of the cell; those that the text names where there is no such cell."""
    return tuple(find_references(cell, setting.issued_on)) if cell else inline_assigned(text, setting)


def _cell(cells: dict[Column, Cell], column: Column) -> Passage | None:
    cell = cells.get(column)
    if cell is None or not cell.passage or _NONE_CELL.fullmatch(cell.passage.text):
        return None
    return cell.passage


_STATES_YEAR = re.compile(r"20\d{2}|[/.-]\d{2}[/.-]\d{2}(?!\d)")
_HALF_A_YEAR = timedelta(days=183)


def _deadline(
    cell: Passage | None, text: Passage, setting: Setting, reported: bool
) -> tuple[Deadline | None, Passage | None]:
    """The deadline of the cell; that of the text if the cell gives none.

    In a table that reports (`reported`) a day without a year may be past: "15/7" in a report of October is this July.
    """
    if cell is not None:
        deadline = read_cell(cell.text, setting.issued_on)
        if reported and deadline and deadline.day and setting.issued_on and not _STATES_YEAR.search(cell.text):
            last_year = read_cell(cell.text, setting.issued_on - timedelta(days=365))
            if deadline.day > setting.issued_on + _HALF_A_YEAR and last_year and last_year.day:
                deadline = last_year
        if deadline is not None:
            return deadline, cell
    found = inline_deadline(text, setting)
    return (found, text) if found else (None, cell)


def _title_status(row: Block, outline: Outline) -> str | None:
    """ "quá hạn chưa hoàn thành" in the list's own title holds for each of its rows."""
    titles = [*outline.ancestors(row), *_lines_before(row, outline)]
    return "overdue" if any(_OVERDUE_TITLE.search(fold(title.body.text)) for title in titles) else None


_LINES_OF_A_TITLE = 4


def _lines_before(row: Block, outline: Outline) -> list[Block]:
    """The lines right before the table of a row, which may be its title: "DANH MỤC …", "(Kèm theo …)"."""
    first = next(index for index, block in enumerate(outline.blocks) if block.cells and block.table == row.table)
    found: list[Block] = []
    for block in reversed(outline.blocks[max(0, first - _LINES_OF_A_TITLE) : first]):
        if block.cells or len(block.body) > 250:
            break
        found.append(block)
    return found
