"""The rows of the published datasets. Names and types are a contract with those who read them.

Each field tells its meaning in English and Vietnamese; Arrow schemas and
`datapackage.json` are made from these classes and from nothing else.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any

import pyarrow as pa

Int64 = Annotated[int, pa.int64()]


def column(english: str, vietnamese: str, default: Any = dataclasses.MISSING) -> Any:
    return dataclasses.field(default=default, metadata={"en": english, "vi": vietnamese})


@dataclass(frozen=True, slots=True)
class PlacedBox:
    """A box as the datasets carry it: points, origin top left of the displayed page."""

    page: int
    x0: float
    y0: float
    x1: float
    y1: float


@dataclass(frozen=True, slots=True)
class AssignedIn:
    raw: str
    number: str | None
    date: date | None


@dataclass(frozen=True, slots=True)
class Due:
    """A deadline as printed, its last acceptable day and how exact it is."""

    raw: str
    deadline: date | None
    precision: str


@dataclass(frozen=True, slots=True)
class DocumentRow:
    document_id: str = column("SHA-256 of the file's bytes, hex", "SHA-256 của tệp, dạng hex")
    file_name: str = column("name of the file as received", "tên tệp khi tiếp nhận")
    source_uri: str = column("where the file was received from", "nơi tiếp nhận tệp")
    media_type: str = column("media type", "kiểu tệp")
    bytes: Int64 = column("size in bytes", "kích thước (byte)")
    pages: int | None = column("number of pages", "số trang")
    received_at: datetime = column("when it was ingested (UTC)", "thời điểm tiếp nhận (UTC)")
    extractor_version: str = column("version of the program that read it", "phiên bản chương trình trích xuất")
    doc_type: str | None = column("document type (Decree 30/2020, Art. 7)", "loại văn bản (NĐ 30/2020, Điều 7)")
    number: str | None = column("number and symbol", "số, ký hiệu")
    issuer: str | None = column("issuing agency, canonical name", "cơ quan ban hành (tên chuẩn)")
    issuer_id: str | None = column("id of the issuing agency", "mã cơ quan ban hành")
    place: str | None = column("place of issue", "địa danh")
    issued_on: date | None = column("day of issue", "ngày ban hành")
    title: str | None = column("subject (trích yếu)", "trích yếu nội dung")
    signer: str | None = column("name of the signer", "người ký")
    signer_title: str | None = column("title of the signer", "chức vụ người ký")
    data_as_of: date | None = column("day up to which its data reach", "ngày chốt số liệu")
    text_source: str | None = column("text | ocr | mixed", "nguồn chữ: text | ocr | mixed")
    read_confidence: float | None = column("mean OCR word confidence, 0-1", "độ tin cậy nhận dạng trung bình")
    status: str = column("extracted | quarantined", "trạng thái: extracted | quarantined")
    reason: str | None = column("why it was quarantined", "lý do cách ly")
    fingerprint: tuple[Int64, ...] = column(
        "minhash of its text: the share of equal places is the share of common wording",
        "dấu vân tay nội dung (minhash)",
    )
    duplicate_of: str | None = column("document of which this is another rendition", "là bản khác của văn bản này")
    batch: str = column("batch in which it was first ingested", "lô tiếp nhận đầu tiên")


@dataclass(frozen=True, slots=True)
class PageRow:
    document_id: str = column("document", "văn bản")
    page: int = column("page, from 1", "trang, từ 1")
    width: float = column("width in points", "chiều rộng (point)")
    height: float = column("height in points", "chiều cao (point)")
    rotation: int = column("rotation in degrees", "góc xoay (độ)")
    text: str = column("text in reading order, NFC", "chữ theo thứ tự đọc, NFC")
    text_source: str = column("text | ocr", "nguồn chữ: text | ocr")
    read_confidence: float | None = column("mean OCR word confidence, 0-1", "độ tin cậy nhận dạng trung bình")


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Where a record stands and which rule made it; the first columns of every record dataset."""

    document_id: str = column("document", "văn bản")
    page: int | None = column("page on which it starts, from 1", "trang bắt đầu, từ 1")
    boxes: tuple[PlacedBox, ...] = column("one box a line, in points", "khung từng dòng (point)")
    quote: str = column("exactly what stands there", "nguyên văn tại vị trí đó")
    rule: str = column("rule that made the record", "quy tắc tạo bản ghi")
    confidence: float = column("measured share of right records of the rule, 0-1", "tỷ lệ đúng đo được của quy tắc")
    read_confidence: float | None = column("lowest OCR word confidence in the quote", "độ tin cậy nhận dạng thấp nhất")
    is_primary: bool = column("False in a second rendition of a document", "False nếu thuộc bản trùng")
    review_status: str | None = column(
        "confirmed | corrected | rejected | added | to_review by a person, null if nobody looked",
        "kết quả soát xét: confirmed | corrected | rejected | added | to_review; trống nếu chưa soát xét",
        default=None,
    )
    corrected_by: str | None = column(
        "who corrected or added it in a review", "người đã sửa hoặc bổ sung khi soát xét", default=None
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Task(Evidence):
    task_id: str = column("stable id", "mã ổn định")
    section: str | None = column("labels of the headings above", "mục chứa nhiệm vụ")
    ordinal: str | None = column("label printed before it", "số thứ tự in trước")
    text: str = column("text of the task", "nội dung nhiệm vụ")
    lead: tuple[str, ...] = column("leading agencies, canonical", "cơ quan chủ trì (tên chuẩn)")
    lead_ids: tuple[str, ...] = column("ids of the leading agencies", "mã cơ quan chủ trì")
    lead_raw: str | None = column("leading agencies as printed", "cơ quan chủ trì (nguyên văn)")
    coop: tuple[str, ...] = column("cooperating agencies, canonical", "cơ quan phối hợp (tên chuẩn)")
    coop_ids: tuple[str, ...] = column("ids of the cooperating agencies", "mã cơ quan phối hợp")
    supervisors: tuple[str, ...] = column("persons told to follow or direct it", "người theo dõi, chỉ đạo")
    deadline: date | None = column("last acceptable day", "ngày cuối cùng của thời hạn")
    deadline_raw: str | None = column("deadline as printed", "thời hạn (nguyên văn)")
    deadline_precision: str = column(
        "day | month | quarter | year | recurring | ongoing | none", "độ chính xác của thời hạn"
    )
    further_deadlines: tuple[Due, ...] = column(
        "other deadlines that its cells or text name: of steps, or less explicit ones",
        "các thời hạn khác được nêu trong nhiệm vụ",
    )
    assigned_in: tuple[AssignedIn, ...] = column("documents that assign it", "văn bản giao nhiệm vụ")
    expected_output: str | None = column("required product", "sản phẩm, kết quả yêu cầu")
    result_raw: str | None = column("reported result as printed", "kết quả báo cáo (nguyên văn)")
    status: str | None = column("done | in_progress | not_started | not_reported | overdue", "tình trạng")


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric(Evidence):
    metric_id: str = column("stable id", "mã ổn định")
    indicator: str = column("what is measured", "chỉ tiêu")
    value: float = column("number, scale words multiplied in", "giá trị (đã nhân đơn vị nghìn, triệu, tỷ)")
    value_high: float | None = column("upper end of a range", "cận trên của khoảng")
    denominator: float | None = column("total of a fraction", "mẫu số")
    value_raw: str = column("as printed", "giá trị (nguyên văn)")
    comparator: str = column("= > >= < <= ~", "so sánh")
    unit: str = column("what is counted or the unit", "đơn vị tính")
    role: str = column(
        "actual | target | plan | baseline | change", "vai trò: thực tế, mục tiêu, kế hoạch, gốc, biến động"
    )
    scope: str | None = column("for whom or where, if narrower than the document", "phạm vi")
    period_raw: str | None = column("time as printed nearby", "thời kỳ (nguyên văn)")
    period_start: date | None = column("first day of the period", "ngày đầu kỳ")
    period_end: date | None = column("last day of the period", "ngày cuối kỳ")
    task_id: str | None = column("task in which it stands", "nhiệm vụ chứa số liệu")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference(Evidence):
    reference_id: str = column("stable id", "mã ổn định")
    raw: str = column("as printed", "nguyên văn")
    type: str | None = column("type of document as printed", "loại văn bản như in")
    number: str = column("number and symbol without blanks", "số, ký hiệu (không khoảng trắng)")
    issued_on: date | None = column("day of issue if printed", "ngày ban hành nếu có")


@dataclass(frozen=True, slots=True, kw_only=True)
class AgencyMention(Evidence):
    agency_mention_id: str = column("stable id", "mã ổn định")
    raw: str = column("as printed", "nguyên văn")
    agency: str = column("canonical name on the document's date", "tên chuẩn tại ngày văn bản")
    agency_id: str = column("id in the registry; x-… is provisional", "mã trong danh mục; x-… là tạm")
    kind: str = column("kind of agency", "loại cơ quan")
    role: str = column("issuer | lead | coop | recipient | mentioned", "vai trò")
    task_id: str | None = column("task in which it stands", "nhiệm vụ liên quan")


@dataclass(frozen=True, slots=True, kw_only=True)
class Number(Evidence):
    number_id: str = column("stable id", "mã ổn định")
    raw: str = column("as printed", "nguyên văn")
    kind: str = column(
        "metric | date | reference | ordinal | name | page_number | contact | other | unexplained",
        "loại: số liệu, ngày, số hiệu, thứ tự, tên, số trang, liên hệ, khác, chưa giải thích",
    )
    record_id: str | None = column("record that it became part of", "bản ghi sử dụng số này")


@dataclass(frozen=True, slots=True)
class Issue:
    document_id: str = column("document", "văn bản")
    page: int | None = column("page, from 1", "trang, từ 1")
    boxes: tuple[PlacedBox, ...] = column("one box a line, in points", "khung từng dòng (point)")
    kind: str = column("kind of issue", "loại vấn đề")
    severity: str = column("info | warning | error", "mức độ")
    message: str = column("what is wrong, for a person", "mô tả vấn đề")
    dataset: str | None = column("dataset of the record it is about", "bộ dữ liệu liên quan")
    record_id: str | None = column("record it is about", "bản ghi liên quan")


@dataclass(frozen=True, slots=True)
class TaskEvent:
    """One mention of a piece of work: on which day which document gave it which deadline, leads and state."""

    task_id: str
    document_id: str
    day: date | None
    deadline: date | None
    lead: tuple[str, ...]
    status: str | None


@dataclass(frozen=True, slots=True)
class TaskLine:
    task_line_id: str = column("stable id", "mã ổn định")
    label: str = column("wording of the work", "nội dung công việc")
    task_ids: tuple[str, ...] = column("tasks that are this work", "các nhiệm vụ thuộc dòng này")
    first_assigned: date | None = column("day of first assignment", "ngày giao đầu tiên")
    first_document_id: str | None = column("document that assigned it first", "văn bản giao đầu tiên")
    deadlines: tuple[date, ...] = column("deadlines it was given, in order", "các thời hạn đã giao")
    lead: tuple[str, ...] = column("leading agencies", "cơ quan chủ trì")
    status: str | None = column("last reported status", "tình trạng gần nhất")
    status_as_of: date | None = column("day of that status", "ngày của tình trạng")
    deadline_moved: bool = column("True if a later document gave another deadline", "thời hạn đã thay đổi")
    events: tuple[TaskEvent, ...] = column("its mentions in order of time", "các lần được nêu, theo thời gian")


@dataclass(frozen=True, slots=True)
class Link:
    """Whether two records are about the same thing; a person's decision outweighs the rules'."""

    link_id: str = column("stable id of the pair", "mã ổn định của cặp")
    left_id: str = column("record", "bản ghi thứ nhất")
    right_id: str = column("other record", "bản ghi thứ hai")
    decision: str = column("same | not_same | undecided", "kết luận: same | not_same | undecided")
    decided_by: str = column("rule | the person's name", "do quy tắc hay do ai")
    score: float | None = column("likeness, 0-1, null for a person's decision", "mức giống nhau, 0-1")
    reason: str = column("what decided it", "lý do")


@dataclass(frozen=True, slots=True)
class Point:
    metric_id: str
    document_id: str
    period_end: date | None
    value: float
    role: str


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Metrics that give different values for one period; `kind` tells rounding from conflict."""

    kind: str
    period_end: date | None
    metric_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Indicator:
    indicator_id: str = column("stable id", "mã ổn định")
    name: str = column("what is measured", "chỉ tiêu")
    unit: str = column("unit", "đơn vị tính")
    scope: str | None = column("for whom or where", "phạm vi")
    points: tuple[Point, ...] = column("values over documents and periods", "giá trị theo văn bản và kỳ")
    verdict: str = column("consistent | rounding | conflict", "kết luận: khớp, làm tròn, mâu thuẫn")
    disagreements: tuple[Disagreement, ...] = column(
        "metrics that differ for one period: rounding | conflict", "các số liệu khác nhau cho cùng kỳ"
    )


@dataclass(frozen=True, slots=True)
class Citation:
    citation_id: str = column("stable id", "mã ổn định")
    type: str | None = column("type of the cited document, as most often printed", "loại văn bản được viện dẫn")
    number: str = column("number and symbol", "số, ký hiệu")
    issued_on: date | None = column("day of issue if printed", "ngày ban hành nếu có")
    document_id: str | None = column("ingested document that it is, null if never ingested", "văn bản đã tiếp nhận")
    times: int = column("how often it is cited", "số lần viện dẫn")
    cited_by: tuple[str, ...] = column("documents that cite it", "các văn bản viện dẫn")
    reference_ids: tuple[str, ...] = column("the references", "các viện dẫn")


@dataclass(frozen=True, slots=True)
class Check:
    check_id: str = column("stable id", "mã ổn định")
    kind: str = column(
        "ratio | sum | difference | share_sum | change | count_of_list | rank_or_range | repeated_value | format",
        "loại kiểm tra",
    )
    expression: str = column("the relation in figures", "biểu thức")
    printed: float = column("value as printed", "giá trị in")
    computed: float = column("value computed from the parts", "giá trị tính lại")
    tolerance: float = column("what rounding explains", "sai số do làm tròn")
    verdict: str = column("holds | conflicts | doubtful", "kết luận: khớp, mâu thuẫn, nghi vấn")
    record_ids: tuple[str, ...] = column("records it stands on", "các bản ghi liên quan")
    document_id: str = column("document", "văn bản")
