"""What the commands show on a terminal or in a pipe."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.sources import shown_name

if TYPE_CHECKING:
    from exports import Export
    from pipeline.ingest import Outcome, Report
    from pipeline.link.answers import Overdue
    from pipeline.reextract import Report as Reextraction
    from pipeline.trace import LedgerView, Traced
    from pipeline.verify import Failure, Proof
    from pipeline.verify import Report as Verification

STATUS = {"extracted": "trích xuất", "known": "đã có", "quarantined": "cách ly"}


@contextmanager
def progress(total: int) -> Iterator[Callable[[Outcome], None]]:
    """A progress bar on a terminal, a plain line a document in a pipe."""
    if not sys.stdout.isatty():
        yield lambda outcome: print(line(outcome), flush=True)
        return
    from rich.markup import escape
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, transient=True) as bar:
        task = bar.add_task("đọc văn bản", total=total)
        yield lambda outcome: bar.update(task, advance=1, description=escape(shown_name(outcome.path)[:40]))


def line(outcome: Outcome) -> str:
    """What became of a file, on one line whatever its name holds."""
    counts = " ".join(f"{name}={count}" for name, count in outcome.counts)
    detail = outcome.reason or counts
    return f"{outcome.status}\t{_shown(outcome.path)}\t{outcome.pages} trang\t{detail}".rstrip()


def _shown(path: Path) -> str:
    """A path that can do nothing to a terminal or to the line on which it stands."""
    return str(path.parent / shown_name(path)) if str(path.parent).isprintable() else shown_name(path)


def summary(report: Report, outputs: Path) -> None:
    """A row a document that was read, the quarantined with their reason, the totals."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    console = Console(width=None if sys.stdout.isatty() else 120, highlight=False)
    table = Table(title=f"{len(report.outcomes)} văn bản → {outputs}", title_justify="left", box=SIMPLE_HEAD)
    table.add_column("văn bản", overflow="fold", max_width=60)
    table.add_column("kết quả")
    for name in ("trang", "nhiệm vụ", "số liệu", "dẫn chiếu", "cơ quan", "con số", "vấn đề"):
        table.add_column(name, justify="right", max_width=6)
    for outcome in report.outcomes:
        if outcome.status != "known":
            counts = [str(count) for _, count in outcome.counts]
            table.add_row(escape(shown_name(outcome.path)), STATUS[outcome.status], str(outcome.pages), *counts)
    if table.row_count:
        console.print(table)
    for outcome in report.outcomes:
        if outcome.reason:
            console.print(f"cách ly {_shown(outcome.path)}: {outcome.reason}", markup=False, soft_wrap=True)
    parts = [f"{label} {report.count(status)}" for status, label in STATUS.items()]
    console.print("Tổng: " + ", ".join(parts))


def show_changes(report: Reextraction) -> None:
    """How many documents were read again, what changed in which dataset, and where it is listed."""
    print(f"Tổng: đọc lại {len(report.outcomes)} văn bản, {sum(report.changes.values())} thay đổi")
    kinds = {"added": "thêm", "removed": "bớt", "changed": "đổi"}
    for (dataset, kind), count in sorted(report.changes.items()):
        print(f"{dataset}\t{kinds[kind]}\t{count}")
    for file in report.lists:
        print(f"danh sách: {file}")
    for name in report.missing:
        print(f"thiếu tệp gốc, giữ nguyên dữ liệu cũ: {name}")


def show_record(found: Traced) -> None:
    """A record spelled out: value, quote, place, rule."""
    from rich.console import Console

    console = Console(soft_wrap=True, highlight=False)
    row, document = found.row, found.document
    console.print(f"[bold]{found.dataset}[/bold] {found.record_id}", style=None)
    _field(
        console,
        "văn bản",
        f"{document['file_name']} ({document['doc_type'] or '?'} {document['number'] or ''})".rstrip(),
    )
    _field(console, "trang", row["page"] if row["page"] is not None else "không rõ (chưa dựng được trang)")
    for box in row["boxes"] or []:
        _field(
            console,
            "khung",
            f"trang {box['page']}: x {box['x0']:.1f}–{box['x1']:.1f}, y {box['y0']:.1f}–{box['y1']:.1f}",
        )
    _field(console, "nguyên văn", f"“{row['quote']}”")
    _field(console, "quy tắc", f"{row['rule']} (tin cậy {row['confidence']:.2f})")
    for name, value in found.values.items():
        if value not in (None, [], ""):
            _field(console, name, value)


def _field(console: Any, name: str, value: object) -> None:
    console.print(f"  {name:<18} {value}", markup=False)


# failures that are spelled out; all are counted
LISTED = 20
NUMBER_KINDS = {
    "metric": "số liệu",
    "date": "ngày tháng",
    "reference": "số hiệu văn bản",
    "ordinal": "số thứ tự",
    "name": "tên gọi",
    "page_number": "số trang",
    "contact": "liên hệ",
    "other": "khác",
    "unexplained": "chưa giải thích",
}
PROOFS = {
    "source": "tệp gốc",
    "place": "vị trí",
    "review": "kết quả soát xét",
    "value": "giá trị từ nguyên văn",
    "repetition": "trích xuất lại",
    "links": "đối chiếu nhiều văn bản",
    "store": "kho dữ liệu",
}


def show_proof(proof: Proof) -> None:
    """One line a document, as it is proved."""
    failed = sum(proof.failed.values())
    state = f"{failed} dòng sai" if failed else "đúng"
    note = f" (trích xuất bằng phiên bản khác: {proof.version})" if proof.version else ""
    print(f"{state}\t{proof.file_name}\t{sum(proof.checked.values())} dòng{note}", flush=True)


def show_verification(report: Verification) -> None:
    """Rows checked and failed by dataset, the first failures with what was expected and what was found."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table

    console = Console(highlight=False, soft_wrap=True)
    table = Table(box=SIMPLE_HEAD)
    table.add_column("bộ dữ liệu")
    table.add_column("đã kiểm tra", justify="right")
    table.add_column("sai", justify="right")
    for name in dict.fromkeys((*report.checked, *report.failed)):
        table.add_row(name, str(report.checked[name]), str(report.failed[name]))
    console.print(table)
    for failure in report.failures[:LISTED]:
        _failure(console, failure)
    if len(report.failures) > LISTED:
        console.print(f"… và {len(report.failures) - LISTED} lỗi nữa")
    if report.other_versions:
        console.print(
            f"{len(report.other_versions)} văn bản do phiên bản khác của chương trình trích xuất: chỉ kiểm tra tệp gốc, "
            "vị trí và giá trị từ nguyên văn, không trích xuất lại; hãy chạy truynguon ingest để cập nhật"
        )
    if not report.is_linked:
        console.print(
            "Có bản ghi được soát xét sau lần liên kết gần nhất, hoặc có văn bản do phiên bản khác trích xuất: task_lines, "
            "indicators và citations chỉ được so với kho dữ liệu, không tính lại; hãy chạy truynguon ingest hoặc relink"
        )
    console.print(f"Tổng: {report.documents} văn bản, {sum(report.checked.values())} dòng, {len(report.failures)} lỗi")


def _failure(console: Any, failure: Failure) -> None:
    page = f" trang {failure.page}" if failure.page is not None else ""
    head = f"{failure.dataset} {failure.row} (văn bản {failure.document_id[:12]}{page})"
    console.print(f"SAI {head}: {PROOFS[failure.proof]}, {failure.what}", markup=False)
    console.print(f"    phải là: {failure.expected}", markup=False)
    console.print(f"    đang là: {failure.found}", markup=False)


def show_ledger(view: LedgerView) -> None:
    """How many of a document's numbers became what, and the unexplained ones with the words around them."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table

    console = Console(highlight=False, soft_wrap=True)
    table = Table(title=view.document["file_name"], title_justify="left", box=SIMPLE_HEAD, show_footer=True)
    table.add_column("loại", footer="tổng")
    table.add_column("", footer="")
    table.add_column("con số", justify="right", footer=str(view.total))
    for kind, count in view.counts.items():
        table.add_row(kind, NUMBER_KINDS.get(kind, ""), str(count))
    console.print(table)
    for number in view.unexplained:
        where = f"trang {number.page}" if number.page is not None else "không có trang"
        console.print(f"{where}: …{number.before}[{number.raw}]{number.after}…", markup=False)


TASK_STATUS = {
    "done": "hoàn thành",
    "in_progress": "đang làm",
    "not_started": "chưa làm",
    "not_reported": "chưa báo cáo",
    "overdue": "quá hạn",
}


def show_overdue(found: Sequence[Overdue], as_of: date) -> None:
    """A paragraph a piece of work, the longest overdue first."""
    for late in found:
        status = TASK_STATUS.get(late.status or "", "chưa rõ")
        lead = "; ".join(late.lead) or "không nêu cơ quan chủ trì"
        print(
            f"{late.deadline:%d/%m/%Y}\tquá {late.days_late} ngày\t{status}\t{lead}\t{late.task_line_id}\t{late.label}"
        )
    print(f"Tổng: {len(found)} việc quá hạn tính đến {as_of:%d/%m/%Y}")


def show_missing(found: Sequence[dict[str, Any]]) -> None:
    """A line a cited document that never came in, the most cited first."""
    for row in found:
        day = f" ngày {row['issued_on']:%d/%m/%Y}" if row["issued_on"] else ""
        print(
            f"{row['times']} lần\ttrong {len(row['cited_by'])} văn bản\t{row['type'] or 'văn bản'} {row['number']}{day}"
        )
    print(f"Tổng: {len(found)} văn bản được viện dẫn mà chưa tiếp nhận")


def show_export(done: Export) -> None:
    """Rows by dataset, and what the form could not hold as it is."""
    for name, count in done.rows.items():
        print(f"{name}\t{count} dòng")
    for note in done.notes:
        print(f"lưu ý\t{note}")
