"""Tasks: what a document assigns, lists or reports on, from tables, labelled items and directives."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date

from normalizers.agencies import read_actors
from normalizers.deadlines import Deadline, all_of_cell, find_deadlines
from normalizers.text import LOWER, UPPER, fold
from schemas.block import Block
from schemas.mention import Mention, MentionKind
from schemas.place import Passage
from schemas.values import Agency


@dataclass(frozen=True, slots=True)
class Setting:
    """What a document says of itself that its tasks depend on."""

    doc_type: str | None
    issued_on: date | None
    issuer: Agency | None


@dataclass(frozen=True, slots=True)
class TaskDraft:
    """A task as found: its text in place, and what was read beside and inside it."""

    rule: str
    block: Block
    text: Passage
    ordinal: str | None = None
    lead: tuple[Mention, ...] = ()
    lead_passage: Passage | None = None
    coop: tuple[Mention, ...] = ()
    supervisors: tuple[str, ...] = ()
    deadline: Deadline | None = None
    deadline_passage: Passage | None = None
    assigned_in: tuple[Mention, ...] = ()
    output: Passage | None = None
    result: Passage | None = None
    status: str | None = None
    # passages beside the text that the task was read from; their numbers are explained by it
    beside: tuple[Passage, ...] = field(default=())


def further_deadlines(draft: TaskDraft, setting: Setting) -> list[tuple[Passage, Deadline]]:
    """The deadlines that the task's cell and text name beside the one that holds, each with its words in place."""
    found: list[tuple[Passage, Deadline]] = []
    cell = draft.deadline_passage
    if cell is not None and cell is not draft.text:
        found = [(cell, due) for due in all_of_cell(cell.text, setting.issued_on)]
    found += [(draft.text, due) for due in find_deadlines(draft.text.text, setting.issued_on) if due.strength]
    chosen = draft.deadline
    return [
        (passage[due.start : due.end], due)
        for passage, due in found
        if not (chosen and passage is cell and due.start < chosen.end and chosen.start < due.end)
    ]


def actors(passage: Passage, rule: str, setting: Setting) -> tuple[Mention, ...]:
    """The agencies that a cell or clause names."""
    return tuple(
        Mention(MentionKind.AGENCY, rule, passage, actor.start, actor.end, actor.agency)
        for actor in read_actors(passage.text, setting.issued_on, setting.issuer)
    )


# What a result says of the state of its task, over folded text; the first rule that fits holds.
_STATUS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (status, re.compile(pattern))
    for status, pattern in (
        ("not_reported", r"^\W*(?:chưa có (?:số liệu|báo cáo|thông tin)|chưa (?:nhận được )?báo cáo|không có số liệu)"),
        ("done", r"^\W*(?:đã\s+)?hoàn thành(?:\s+(?:vào\s+)?ngày\s[\d/.\-]+)?\s*[(,;]?\s*(?:nhưng\s+)?(?:chậm(?! nhất)|quá hạn|trễ|muộn)"),
        ("overdue", r"quá hạn(?! trả)|chậm tiến độ|trễ hạn|chậm muộn|hết hạn nhưng chưa"),
        ("not_started", r"^\W*chưa (?:triển khai|thực hiện|bắt đầu|có kế hoạch)"),
        ("in_progress", r"^\W*(?:(?:còn|đang)\s+)?trong (?:thời )?hạn\W*$|^\W*chưa đến hạn\W*$|(?<!vẫn )(?:đang|sẽ (?:tiếp tục|sớm|tổ chức|trình|hoàn)|dự kiến (?:sẽ|trình|ban hành|tổ chức|hoàn thành)|tiếp tục (?:hoàn|xin|lấy|rà|triển)|chưa hoàn thành|chưa ban hành)"
                        r"|đã (?:xây dựng |hoàn thiện )?dự thảo|lấy ý kiến|xin ý kiến|đã trình|đã gửi (?:hồ sơ|xin|lấy)|đã đăng ký|bước đầu"),
        ("done", r"(?<!chưa )(?<!\w)đã\s|được (?:ban hành|hoàn thành|thông qua|phê duyệt|công bố)|hoàn thành|ban hành|^\W*(?:nghị quyết|quyết định|nghị định|luật|thông tư) số"),
    )
)  # fmt: skip


def status_of(text: str) -> str | None:
    """The state that a result reports: done, in_progress, not_started, not_reported, overdue; None if it tells none.

    >>> status_of("Đã ban hành Quyết định số 5/QĐ-BYT"), status_of("Đang lấy ý kiến các bộ")
    ('done', 'in_progress')
    """
    folded = fold(text)
    return next((status for status, pattern in _STATUS if pattern.search(folded)), None)


TITLES = r"(?:phó\s+)?(?:thủ tướng|chủ tịch nước|chủ tịch|bộ trưởng|thứ trưởng|chủ nhiệm|trưởng ban|bí thư|giám đốc|cục trưởng|vụ trưởng|chánh văn phòng|tổng thanh tra|thống đốc|tổ trưởng)"
PERSON = rf"[{UPPER}][{LOWER}]+(?:\s+[{UPPER}][{LOWER}]+){{1,3}}"
_SURNAMES = frozenset(
    ["Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Huỳnh", "Phan", "Vũ", "Võ", "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô", "Dương", "Lý",
     "Tô", "Mai", "Lương", "Đào", "Đinh", "Trịnh", "Đoàn", "Lâm", "Trương", "Hà", "Cao", "Thái", "Chu", "Châu", "Tạ", "Tăng",
     "Quách", "Phùng", "Vương", "Hứa", "La", "Kiều", "Nghiêm", "Đàm", "Thạch", "Sơn", "Y", "A", "Giàng", "Lò", "Vàng", "Hầu",
     "Bàn", "Triệu", "Nông", "Lục", "Ma", "Hoàn", "Diệp", "Từ", "Ninh", "Khuất", "Tống", "Lưu", "Viên", "Văn", "Thân", "Cù"]
)  # fmt: skip
_SUPERVISION = re.compile(
    r"(?:phân công|giao|đề nghị)\s+(?:các\s+)?(?:đồng chí\s+)?(?P<who>(?:[^.;]*?\b)?"
    + TITLES
    + r"[^.;]*?)\s+(?:trực tiếp\s+)?(?:theo dõi|chỉ đạo|phụ trách|đôn đốc)"
)


def supervisors(passage: Passage) -> tuple[str, ...]:
    """The persons whom "Phân công … theo dõi, chỉ đạo" names."""
    match = _SUPERVISION.search(fold(passage.text))
    return persons(passage.text[match.start("who") : match.end("who")]) if match else ()


def persons(text: str) -> tuple[str, ...]:
    """The personal names in a text that names office-holders, in order.

    >>> persons("Phó Thủ tướng Chính phủ Trần Văn Bình và Bộ trưởng Bộ Công an Lê Thị Cúc")
    ('Trần Văn Bình', 'Lê Thị Cúc')
    >>> persons("Phó Giám đốc Lê Thị Thử")
    ('Lê Thị Thử',)
    """
    found = []
    for match in re.finditer(PERSON, text):
        words = match.group().split()
        while len(words) > 1 and words[0] not in _SURNAMES:
            words.pop(0)
        if len(words) > 1 and words[0] in _SURNAMES:
            found.append(" ".join(words))
    return tuple(dict.fromkeys(found))
