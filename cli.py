"""The command line: `truynguon ingest | trace | verify | ledger | audit | inspect`."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pipeline.workers import Workers

# Commands import what they need themselves: `--help` must not wait for Arrow.

# What `inspect` draws; named here as well, for `--help` must not wait for the readers.
_LAYERS = ("words", "lines", "blocks", "tables", "mentions")

_ON_S3 = "s3://"

_LOOPBACK = ("127.0.0.1", "localhost", "::1")


def command() -> int:
    """Run the command of this process."""
    from pipeline import do_without_pandas

    do_without_pandas()
    return main()


def main(arguments: list[str] | None = None) -> int:
    """Run a command; its exit code is 0 done, 1 failed, 2 bad arguments, 3 quarantined under --strict."""
    options = _parser().parse_args(arguments)
    return int(options.run(options))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="truynguon", description="Từ văn bản hành chính đến dữ liệu, mỗi số liệu có vị trí trên trang."
    )
    commands = parser.add_subparsers(required=True, metavar="LỆNH")
    for add in (_add_reading, _add_looking, _add_comparing, _add_handing_on):
        add(commands)
    return parser


_DOCUMENT = "mã văn bản hoặc tên tệp, hay phần đầu của chúng"


def _command(
    commands: Any, name: str, run: Callable[[argparse.Namespace], int], purpose: str
) -> argparse.ArgumentParser:
    """A command, with the folder of datasets that all but one take."""
    command: argparse.ArgumentParser = commands.add_parser(name, help=purpose)
    command.set_defaults(run=run)
    if name != "inspect":
        outputs = "thư mục dữ liệu (mặc định: outputs)"
        command.add_argument("--outputs", type=Path, default=Path("outputs"), metavar="DIR", help=outputs)
    return command


def _add_reading(commands: Any) -> None:
    """What brings documents in."""
    ingest = _command(commands, "ingest", _ingest, "đọc tệp và thư mục, trích xuất, ghi các bộ dữ liệu")
    ingest.add_argument("paths", nargs="+", metavar="PATH", help="tệp, thư mục hoặc địa chỉ s3://kho/thư-mục")
    ingest.add_argument("--strict", action="store_true", help="mã thoát 3 nếu có văn bản bị cách ly")
    purpose = "theo dõi một thư mục và tiếp nhận mọi tệp đến đó (triển khai Prefect)"
    watch = _command(commands, "watch", _watch, purpose)
    place = "thư mục nhận tệp hoặc địa chỉ s3://kho/thư-mục; không tệp nào bị di chuyển hay sửa"
    watch.add_argument("inbox", metavar="INBOX", help=place)
    every = "số giây giữa hai lần xem thư mục (mặc định: 10)"
    watch.add_argument("--every", type=_positive, default=10, metavar="S", help=every)
    dask = "đọc trên cụm Dask: địa chỉ bộ điều phối (tcp://máy:8786), hoặc local"
    watch.add_argument("--dask", default=None, metavar="ADDRESS", help=dask)
    purpose = "đọc lại tệp gốc mà phiên bản khác đã đọc, liệt kê thay đổi"
    reextract = _command(commands, "reextract", _reextract, purpose)
    reextract.add_argument("--document", default=None, metavar="DOCUMENT", help=f"chỉ một văn bản: {_DOCUMENT}")
    for command in (ingest, watch, reextract):
        _add_workers(command)
        command.add_argument("--json-log", action="store_true", help="ghi nhật ký JSON ra stderr, mỗi sự kiện một dòng")


def _add_workers(command: argparse.ArgumentParser) -> None:
    workers = "số tiến trình (mặc định: số nhân)"
    command.add_argument("--workers", type=_positive, default=None, metavar="N", help=workers)


def _add_looking(commands: Any) -> None:
    """What shows and proves what came of them."""
    trace = _command(commands, "trace", _trace, "in một bản ghi cùng văn bản, trang, khung và quy tắc của nó")
    record = "mã bản ghi, phần đầu của mã hoặc địa chỉ trong audit; nếu không có: một số liệu làm ví dụ"
    trace.add_argument("record_id", nargs="?", default=None, metavar="RECORD_ID", help=record)
    trace.add_argument("--png", type=Path, default=None, metavar="FILE", help="vẽ trang với khung")
    verify = _command(commands, "verify", _verify, "mở lại tệp gốc và chứng minh từng bản ghi đã công bố")
    verify.add_argument("--document", default=None, metavar="DOCUMENT", help=f"chỉ một văn bản: {_DOCUMENT}")
    _add_workers(verify)
    purpose = "mọi con số in trong một văn bản: đã thành gì, số nào chưa giải thích"
    ledger = _command(commands, "ledger", _ledger, purpose)
    ledger.add_argument("document", metavar="DOCUMENT", help=_DOCUMENT)
    inspect = _command(commands, "inspect", _inspect, "vẽ một trang với chữ, khối, bảng và bản ghi đã đọc được")
    inspect.add_argument("path", type=Path, metavar="FILE", help="tệp, không cần tiếp nhận trước")
    inspect.add_argument("--page", type=_positive, default=1, metavar="N", help="trang, từ 1 (mặc định: 1)")
    inspect.add_argument("--png", type=Path, required=True, metavar="OUT", help="tệp ảnh để ghi")
    layers = f"lớp cần vẽ, có thể nêu nhiều lần (mặc định: tất cả): {', '.join(_LAYERS)}"
    inspect.add_argument("--layer", choices=_LAYERS, action="append", metavar="LAYER", help=layers)
    purpose = "trình duyệt cho người soát xét: trang, bản ghi, con số và nơi đọc ra chúng"
    audit = _command(commands, "audit", _audit, purpose)
    audit.add_argument("document", nargs="?", default=None, metavar="DOCUMENT", help=f"với --html: {_DOCUMENT}")
    audit.add_argument("--html", type=Path, default=None, metavar="FILE", help="ghi một văn bản thành một tệp HTML")
    audit.add_argument("--port", type=_port, default=8765, metavar="N", help="cổng (mặc định: 8765)")
    audit.add_argument("--host", default="127.0.0.1", metavar="H", help="địa chỉ khác 127.0.0.1 cần --token")
    audit.add_argument("--token", default=None, metavar="T", help="mã mà người truy cập phải có")


def _add_comparing(commands: Any) -> None:
    """What is asked of all documents together."""
    purpose = "việc đã quá hạn mà chưa có báo cáo hoàn thành, tính đến một ngày"
    overdue = _command(commands, "overdue", _overdue, purpose)
    day = "ngày xét, dạng YYYY-MM-DD hoặc ngày/tháng/năm (mặc định: hôm nay)"
    overdue.add_argument("--as-of", type=_day, default=None, metavar="DATE", help=day)
    _command(commands, "missing", _missing, "văn bản được viện dẫn nhưng chưa từng được tiếp nhận")
    purpose = "so lại mọi cặp theo quy tắc hiện tại; quyết định của người vẫn giữ"
    _command(commands, "relink", _relink, purpose)


def _add_handing_on(commands: Any) -> None:
    """What hands the datasets on."""
    purpose = "xuất các bộ dữ liệu đã công bố sang csv, xlsx, duckdb, PostgreSQL hoặc S3"
    export = _command(commands, "export", _export, purpose)
    export.add_argument("format", metavar="FORMAT", help="csv, xlsx, duckdb, postgres hoặc s3")
    destination = "thư mục (csv), tệp (xlsx, duckdb), địa chỉ postgresql://người_dùng@máy:cổng/cơ_sở_dữ_liệu hoặc s3://kho/thư-mục"
    export.add_argument("destination", nargs="?", metavar="DEST", help=destination)
    export.add_argument("--replace", action="store_true", help="thay tệp đã có (bảng PostgreSQL thì luôn được thay)")
    as_of = _command(commands, "as-of", _as_of, "một bộ dữ liệu đúng như vào một ngày")
    moment = "ngày (2025-07-01: hết ngày đó) hoặc 2025-07-01T08:00"
    as_of.add_argument("moment", type=_moment, metavar="DATE", help=moment)
    as_of.add_argument("table", metavar="TABLE", help="tên bộ dữ liệu, như tasks")
    out = "tệp Parquet (mặc định: in từng dòng JSON)"
    as_of.add_argument("--out", type=Path, default=None, metavar="FILE", help=out)


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text}: phải là số nguyên từ 1")
    return number


def _port(text: str) -> int:
    number = int(text)
    if not 0 <= number < 65536:
        raise argparse.ArgumentTypeError(f"{text}: cổng là số từ 0 đến 65535")
    return number


def _day(text: str) -> date:
    for form in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007  a day has no time zone
        except ValueError:
            continue
    raise argparse.ArgumentTypeError(f"{text}: phải là một ngày dạng 2025-03-31 hoặc 31/3/2025")


def _moment(text: str) -> datetime:
    """A moment in the time zone of this machine; a day means its end."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(
            f"{text}: phải là ngày như 2025-07-01 hoặc giờ như 2025-07-01T08:00"
        ) from error
    end = timedelta(days=1, microseconds=-1) if len(text) <= len("2025-07-01") else timedelta()
    return (found + end).astimezone()


def _ingest(options: argparse.Namespace) -> int:
    from pipeline.workers import Workers

    with Workers(options.workers) as workers:  # before all else, which is imported while they get ready
        return _ingested(options, workers)


def _ingested(options: argparse.Namespace, workers: Workers) -> int:
    from pipeline import log
    from pipeline.ingest import find_files, ingest
    from pipeline.store import BusyError
    from terminal import progress, summary

    log.configure(options.json_log)
    try:
        paths = _brought(options.paths, options.outputs)
        total = len(find_files(paths))
    except FileNotFoundError as error:
        print(f"truynguon ingest: {error}", file=sys.stderr)
        return 2
    except OSError as error:
        print(f"truynguon ingest: {_stopped(error)}", file=sys.stderr)
        return 1
    try:
        with progress(total) as tell:
            report = ingest(paths, options.outputs, workers, tell)
    except (BusyError, OSError) as error:
        print(f"truynguon ingest: {_stopped(error)}", file=sys.stderr)
        return 1
    if _any_on_s3(options.paths):
        from pipeline.fetch import forget

        forget([outcome.path for outcome in report.outcomes], options.outputs)
    summary(report, options.outputs)
    return 3 if options.strict and report.count("quarantined") else 0


def _any_on_s3(places: list[str]) -> bool:
    return any(place.startswith(_ON_S3) for place in places)


def _brought(places: list[str], outputs: Path) -> list[Path]:
    if not _any_on_s3(places):
        return [Path(place) for place in places]
    from pipeline.fetch import brought

    return brought(places, outputs)


def _stopped(error: Exception) -> str:
    """Why a run could not go on; what it had stored is whole."""
    if isinstance(error, ConnectionError):
        return str(error)
    if isinstance(error, OSError):
        return (
            f"không ghi được vào thư mục dữ liệu: {error.strerror or error}; phần đã ghi vẫn nguyên vẹn, hãy chạy lại"
        )
    return str(error)


def _reextract(options: argparse.Namespace) -> int:
    from pipeline import log
    from pipeline.reextract import reextract
    from pipeline.store import BusyError
    from pipeline.trace import TraceError
    from terminal import line, show_changes

    log.configure(options.json_log)
    try:
        report = reextract(options.outputs, options.document, options.workers, lambda outcome: print(line(outcome)))
    except (TraceError, BusyError, OSError) as error:
        print(f"truynguon reextract: {_stopped(error)}", file=sys.stderr)
        return 1
    show_changes(report)
    return 1 if report.missing else 0


def _as_of(options: argparse.Namespace) -> int:
    import json

    import pyarrow.parquet as pq

    from pipeline.store import HistoryError, Store
    from schemas.datasets import DATASETS

    if options.table not in DATASETS:
        print(f"truynguon as-of: không có bộ dữ liệu {options.table}; có: {', '.join(DATASETS)}", file=sys.stderr)
        return 2
    try:
        rows = Store(options.outputs).as_of(options.table, options.moment)
    except HistoryError as error:
        print(f"truynguon as-of: {error}", file=sys.stderr)
        return 1
    if options.out:
        pq.write_table(rows, options.out, compression="zstd")
        print(f"{rows.num_rows} dòng → {options.out}")
    else:
        for row in rows.to_pylist():
            print(json.dumps(row, ensure_ascii=False, default=str))
    return 0


def _trace(options: argparse.Namespace) -> int:
    from pipeline.trace import TraceError, draw, example_record, find_record
    from terminal import show_record

    try:
        found = (
            find_record(options.outputs, options.record_id) if options.record_id else example_record(options.outputs)
        )
        show_record(found)
        if options.png:
            draw(options.outputs, found, options.png)
            print(f"đã vẽ {options.png}")
    except TraceError as error:
        print(f"truynguon trace: {error}", file=sys.stderr)
        return 1
    return 0


def _verify(options: argparse.Namespace) -> int:
    from pipeline.trace import TraceError
    from pipeline.verify import verify
    from terminal import show_proof, show_verification

    try:
        report = verify(options.outputs, options.document, options.workers, show_proof)
    except TraceError as error:
        print(f"truynguon verify: {error}", file=sys.stderr)
        return 1
    show_verification(report)
    return 1 if report.failures else 0


def _ledger(options: argparse.Namespace) -> int:
    from pipeline.trace import TraceError, ledger
    from terminal import show_ledger

    try:
        show_ledger(ledger(options.outputs, options.document))
    except TraceError as error:
        print(f"truynguon ledger: {error}", file=sys.stderr)
        return 1
    return 0


def _overdue(options: argparse.Namespace) -> int:
    from pipeline.link.answers import AnswerError, overdue
    from terminal import show_overdue

    as_of = options.as_of or date.today()  # noqa: DTZ011  the operator's own day
    try:
        show_overdue(overdue(options.outputs, as_of), as_of)
    except AnswerError as error:
        print(f"truynguon overdue: {error}", file=sys.stderr)
        return 1
    return 0


def _missing(options: argparse.Namespace) -> int:
    from pipeline.link.answers import AnswerError, missing
    from terminal import show_missing

    try:
        show_missing(missing(options.outputs))
    except AnswerError as error:
        print(f"truynguon missing: {error}", file=sys.stderr)
        return 1
    return 0


def _audit(options: argparse.Namespace) -> int:
    from pipeline.trace import TraceError

    if (options.html is None) != (options.document is None):
        print("truynguon audit: --html FILE và DOCUMENT đi cùng nhau", file=sys.stderr)
        return 2
    if options.html is None and options.host not in _LOOPBACK and not options.token:
        print(f"truynguon audit: --host {options.host} mở cho máy khác truy cập, cần --token", file=sys.stderr)
        return 2
    try:
        if options.html:
            from audit.handout import write

            size = write(options.outputs, options.document, options.html)
            print(f"đã ghi {options.html} ({size / 1e6:.1f} MB)")
        else:
            from audit.server import serve

            serve(options.outputs, options.host, options.port, options.token)
    except TraceError as error:
        print(f"truynguon audit: {error}", file=sys.stderr)
        return 1
    return 0


def _relink(options: argparse.Namespace) -> int:
    from pipeline.link import link
    from pipeline.store import BusyError, Store

    if not (options.outputs / "documents").is_dir():
        print(f"truynguon relink: không có dữ liệu trong {options.outputs}", file=sys.stderr)
        return 1
    store = Store(options.outputs)
    try:
        with store.writing():
            link(store, afresh=True)
    except BusyError as error:
        print(f"truynguon relink: {error}", file=sys.stderr)
        return 1
    print("đã so lại mọi cặp nhiệm vụ và chỉ tiêu")
    return 0


def _inspect(options: argparse.Namespace) -> int:
    from pipeline.inspect import LAYERS, inspect
    from pipeline.read.errors import ReadError
    from pipeline.trace import TraceError

    if not options.path.is_file():
        print(f"truynguon inspect: không có tệp {options.path}", file=sys.stderr)
        return 2
    try:
        inspect(options.path, options.page, options.png, options.layer or LAYERS)
    except (ReadError, TraceError) as error:
        print(f"truynguon inspect: {error}", file=sys.stderr)
        return 1
    print(f"đã vẽ {options.png}")
    return 0


def _export(options: argparse.Namespace) -> int:
    from exports import FORMATS, ExportError, export
    from terminal import show_export

    form, destination = options.format, options.destination
    if destination is None and form.startswith(("postgres://", "postgresql://")):
        form, destination = "postgres", form
    elif destination is None and form.startswith(_ON_S3):
        form, destination = "s3", form
    if form not in FORMATS or destination is None:
        print(f"truynguon export: cần FORMAT ({', '.join(FORMATS)}) và DEST, đang là {form!r}", file=sys.stderr)
        return 2
    try:
        done = export(form, destination, options.outputs, options.replace)
    except ExportError as error:
        print(f"truynguon export: {error}", file=sys.stderr)
        return 1
    show_export(done)
    return 0


def _watch(options: argparse.Namespace) -> int:
    if not _any_on_s3([options.inbox]) and not Path(options.inbox).is_dir():
        print(f"truynguon watch: {options.inbox} không phải thư mục; cần thư mục nhận tệp", file=sys.stderr)
        return 2
    from pipeline import log

    log.configure(options.json_log)
    if options.json_log:  # Prefect reads it from the environment when it is imported
        os.environ["PREFECT_LOGGING_HANDLERS_CONSOLE_FORMATTER"] = "json"
    from flows import ServerError, watch

    try:
        watch(options.inbox, options.outputs, options.workers, options.every, options.dask)
    except (ServerError, ConnectionError) as error:
        print(f"truynguon watch: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(command())
