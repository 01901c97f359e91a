"""Records -> Issues: what is missing, doubtful or at odds with itself, each with its place.

Issues never change a record; they tell a person where to look.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby

from extractors.header import Header
from normalizers.numbers import read_number, written
from pipeline.extract import placed
from schemas.block import Outline, Zone
from schemas.datasets import DATASETS, RECORD_DATASETS
from schemas.place import Passage
from schemas.records import AgencyMention, Evidence, Issue, Metric, Number, Reference, Task


@dataclass(frozen=True, slots=True)
class Records:
    """What the extractors made of a document, as far as the checks need it."""

    document_id: str
    header: Header
    tasks: tuple[Task, ...]
    metrics: tuple[Metric, ...]
    agencies: tuple[AgencyMention, ...]
    numbers: tuple[Number, ...]
    references: tuple[Reference, ...] = ()
    outline: Outline = field(default_factory=lambda: Outline(()))


def check(records: Records) -> tuple[Issue, ...]:
    """All issues of a document."""
    return tuple(issue for run in CHECKS for issue in run(records))


_DATASET_OF = {DATASETS[name].row: DATASETS[name] for name in RECORD_DATASETS}


def _issue(kind: str, severity: str, message: str, record: Evidence) -> Issue:
    """An issue about a record, at the record's place."""
    dataset = _DATASET_OF[type(record)]
    record_id = getattr(record, dataset.id_column or "")
    return Issue(record.document_id, record.page, record.boxes, kind, severity, message, dataset.name, record_id)


def header_missing(records: Records) -> Iterator[Issue]:
    """Parts that Decree 30/2020/NĐ-CP, Art. 8 asks for and the document does not show."""
    header = records.header
    parts = {
        "loại văn bản": header.doc_type,
        "cơ quan ban hành": header.issuer,
        "số, ký hiệu": header.number,
        "ngày ban hành": header.issued_on,
    }
    missing = [name for name, value in parts.items() if value is None]
    if missing:
        message = f"không đọc được: {', '.join(missing)} (để trống, viết tay hoặc không có)"
        yield Issue(records.document_id, None, (), "header_missing", "info", message, "documents", records.document_id)


# What was read in the blank of a number or a day; dots and lines are blanks that were left open.
_NUMBER_READ = re.compile(r"\s*s[ốo]\s*[:.]?\s*(?P<read>[^-/]*)[-/]|(?P<whole>.*\d.*)", re.IGNORECASE)
_DAY_READ = re.compile(r"ngày(?P<read>.*?)tháng(?P<month>.*?)năm", re.IGNORECASE)
_BLANK = " .…_-"


def header_uncertain(records: Records) -> Iterator[Issue]:
    """A number or day that is handwritten or faint, a name or office under a seal: left open, with what was read."""
    header = records.header
    number = _NUMBER_READ.match(header.number_passage.text) if header.number is None else None
    if number and (number["read"] or number["whole"] or "").strip(_BLANK):
        yield _uncertain(records, "số, ký hiệu", header.number_passage)
    day = _DAY_READ.search(header.date_passage.text) if header.issued_on is None else None
    if day and day["read"].strip(_BLANK):
        yield _uncertain(records, "ngày ban hành", header.date_passage)
    signed = "bị dấu che hoặc mờ"
    if header.signer_title is None and header.signer_title_passage:
        yield _uncertain(records, "chức vụ người ký", header.signer_title_passage, signed)
    if header.signer is None and header.signer_passage:
        yield _uncertain(records, "người ký", header.signer_passage, signed)


def _uncertain(records: Records, part: str, passage: Passage, why: str = "viết tay hoặc mờ") -> Issue:
    message = f"{part} {why}, đọc là “{passage.quote}”: để trống, cần người xem"
    about = ("documents", records.document_id)
    return Issue(records.document_id, passage.page, placed(passage), "header_uncertain", "warning", message, *about)


def second_document(records: Records) -> Iterator[Issue]:
    """A letterhead below the document's own: one file, several documents, of which only the first has a row."""
    for head in records.header.further_heads:
        where = f"trang {head.page}" if head.page else "giữa tệp"
        message = f"một văn bản khác (hoặc biểu mẫu) bắt đầu ở {where}; bản ghi của nó đứng dưới văn bản đầu"
        about = ("documents", records.document_id)
        yield Issue(records.document_id, head.page, placed(head), "second_document", "warning", message, *about)


# A list of recipients and a signature are shorter than this on the pages after the one they begin on, in characters.
LONGEST_CLOSING_BEHIND = 800


def closing_runs_on(records: Records) -> Iterator[Issue]:
    """Text behind a signature that was taken for a list of recipients, from which no records are made."""
    for zone, run in groupby((b for b in records.outline if b.body), key=lambda block: block.zone):
        if zone is not Zone.CLOSING:
            continue
        blocks = list(run)
        behind = [block for block in blocks if (block.body.page or 0) > (blocks[0].body.page or 0)]
        length = sum(len(block.body) for block in behind)
        if behind and length > LONGEST_CLOSING_BEHIND:
            page = behind[0].body.page
            message = f"phần nơi nhận, chữ ký kéo sang trang {page} với {written(length)} ký tự: có thể là phụ lục, chưa có bản ghi"
            about = ("documents", records.document_id)
            yield Issue(records.document_id, page, (), "closing_runs_on", "warning", message, *about)


# A page with more text than this, in characters, says something.
FULL_PAGE = 600


def page_without_records(records: Records) -> Iterator[Issue]:
    """A page of text that gave neither a task nor a figure, a reference or the name of an agency."""
    text: dict[int, int] = defaultdict(int)
    for block in records.outline:
        for passage in block.passages:
            text[passage.page or 0] += len(passage)
    found = (*records.tasks, *records.metrics, *records.references, *records.agencies)
    shown = {box.page for record in found for box in record.boxes}
    for page in sorted(page for page, length in text.items() if page and length > FULL_PAGE and page not in shown):
        message = f"trang {page} có {written(text[page])} ký tự mà không có bản ghi nào"
        about = ("documents", records.document_id)
        yield Issue(records.document_id, page, (), "page_without_records", "info", message, *about)


def number_unexplained(records: Records) -> Iterator[Issue]:
    for number in records.numbers:
        if number.kind == "unexplained":
            yield _issue(
                "number_unexplained",
                "warning",
                f"chưa rõ con số “{number.raw}” là gì",
                number,
            )


def number_format(records: Records) -> Iterator[Issue]:
    """Values that break their own format: "0766", "1.23.456"."""
    for metric in records.metrics:
        for raw in re.findall(r"\d[\d.,]*\d|\d", metric.value_raw)[:1]:
            read = read_number(raw, metric.unit == "%")
            if read is None or read.doubtful:
                yield _issue(
                    "number_format",
                    "warning",
                    f"“{metric.value_raw}” không đúng cách viết số; đọc là {written(metric.value)}",
                    metric,
                )


# A share can't be above the whole; growth and fulfilment of a plan can.
_MAY_EXCEED = re.compile(
    r"kế hoạch|dự toán|so với|tăng|giảm|chỉ tiêu|mục tiêu|cùng kỳ|gấp|công suất|vượt|giải ngân|hoàn thành|thực hiện|thu ngân sách",
    re.IGNORECASE,
)


# What names a share; "thu nội địa … bằng 111,6% dự toán" is one of a plan.
_SHARE = re.compile(r"tỷ lệ|tỷ trọng|tỉ lệ|tỉ trọng|độ che phủ|mức độ", re.IGNORECASE)


def share_above_whole(records: Records) -> Iterator[Issue]:
    for metric in records.metrics:
        if (
            metric.unit == "%"
            and metric.role != "change"
            and metric.value > 100
            and _SHARE.search(metric.indicator)
            and not _MAY_EXCEED.search(metric.indicator)
        ):
            yield _issue(
                "share_above_whole",
                "warning",
                f"tỷ lệ {metric.value_raw} vượt quá 100 % ({metric.indicator})",
                metric,
            )


_COUNTED_WHOLE = re.compile(
    r"hồ sơ|người|văn bản|doanh nghiệp|cơ quan|phiếu|dự án|tài khoản|thuê bao|trạm|hộ|nhiệm vụ|bộ|tỉnh|xã",
    re.IGNORECASE,
)


def scale_word_lost(records: Records) -> Iterator[Issue]:
    """A fraction of a thing that is counted in whole numbers ("19.6 hồ sơ"): a scale word or digits are missing."""
    for metric in records.metrics:
        if (
            not metric.value.is_integer()
            and metric.denominator is None
            and _COUNTED_WHOLE.match(metric.unit)
            and "/" not in metric.unit
        ):
            yield _issue(
                "scale_word_lost",
                "warning",
                f"“{metric.value_raw}” không thể là số lẻ: có thể thiếu “nghìn”, “triệu” hoặc chữ số",
                metric,
            )


def values_differ(records: Records) -> Iterator[Issue]:
    """Two values for one indicator, scope, unit, role and period in one document."""
    seen: dict[tuple[str, str | None, str, str, date], Metric] = {}
    for metric in records.metrics:
        # ranks stand in lists of their own, and one word names too many things
        named = metric.unit != "hạng" and len(metric.indicator.split()) > 1
        if metric.period_end is None or metric.role not in ("actual", "baseline") or not named:
            continue
        key = (metric.indicator.casefold(), metric.scope, metric.unit, metric.role, metric.period_end)
        first = seen.setdefault(key, metric)
        # shares that make a whole are parts of it
        parts = metric.unit == "%" and abs(first.value + metric.value - 100) < 0.11
        if not parts and (first.value != metric.value or first.denominator != metric.denominator):
            where = f"trang {first.page}" if first.page else "chỗ khác"
            message = f"{metric.indicator}: ở đây {metric.value_raw}, {where} ghi {first.value_raw}"
            yield _issue("values_differ", "info", message, metric)


def deadline_before_issue(records: Records) -> Iterator[Issue]:
    issued = records.header.issued_on
    for task in records.tasks:
        if issued and task.deadline and task.deadline < issued and task.status not in ("overdue", "done"):
            message = f"thời hạn {task.deadline:%d/%m/%Y} trước ngày ban hành {issued:%d/%m/%Y}"
            yield _issue("deadline_before_issue", "info", message, task)


def deadline_not_read(records: Records) -> Iterator[Issue]:
    """A clause or cell of deadlines that holds words but no time."""
    for task in records.tasks:
        if task.deadline_raw and task.deadline_precision == "none":
            yield _issue(
                "deadline_not_read",
                "warning",
                f"không đọc được thời hạn “{task.deadline_raw}”",
                task,
            )


# From so many on, a section names nobody by design: a strategy's chapter, a list of what one office does.
MANY_NAMELESS = 4


def lead_missing(records: Records) -> Iterator[Issue]:
    """Tasks that name nobody: one issue each, or one for a section in which many do not."""
    nameless: dict[str | None, list[Task]] = defaultdict(list)
    for task in records.tasks:
        if not task.lead:
            nameless[task.section].append(task)
    for section, tasks in nameless.items():
        if len(tasks) < MANY_NAMELESS:
            yield from (_issue("lead_missing", "info", "không nêu cơ quan chủ trì", task) for task in tasks)
            continue
        where = f"mục {section}" if section else "văn bản"
        yield _issue("lead_missing", "info", f"{len(tasks)} nhiệm vụ của {where} không nêu cơ quan chủ trì", tasks[0])


def agency_unknown(records: Records) -> Iterator[Issue]:
    """Names that the registry does not know, once each; they carry a provisional id."""
    unknown: dict[str, list[AgencyMention]] = defaultdict(list)
    for mention in records.agencies:
        if mention.agency_id.startswith("x-"):
            unknown[mention.agency_id].append(mention)
    for mentions in unknown.values():
        first = mentions[0]
        message = (
            f"“{first.raw}” chưa có trong danh mục cơ quan (gặp {len(mentions)} lần), tạm mang mã {first.agency_id}"
        )
        yield _issue("agency_unknown", "info", message, first)


CHECKS = (
    header_missing,
    header_uncertain,
    second_document,
    closing_runs_on,
    page_without_records,
    number_unexplained,
    number_format,
    share_above_whole,
    scale_word_lost,
    values_differ,
    deadline_before_issue,
    deadline_not_read,
    lead_missing,
    agency_unknown,
)
