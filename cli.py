"""The command line: `truynguon ingest | trace | …`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

# Commands import what they need themselves: `--help` must not wait for Arrow.


def main(arguments: list[str] | None = None) -> int:
    """Run a command; its exit code is 0 done, 1 failed, 2 bad arguments, 3 quarantined under --strict."""
    options = _parser().parse_args(arguments)
    return int(options.run(options))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="truynguon", description="Từ văn bản hành chính đến dữ liệu, mỗi số liệu có vị trí trên trang."
    )
    commands = parser.add_subparsers(required=True, metavar="LỆNH")
    ingest = commands.add_parser("ingest", help="đọc tệp và thư mục, trích xuất, ghi các bộ dữ liệu")
    ingest.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="tệp hoặc thư mục")
    ingest.add_argument(
        "--workers", type=_positive, default=None, metavar="N", help="số tiến trình (mặc định: số nhân)"
    )
    ingest.add_argument("--strict", action="store_true", help="mã thoát 3 nếu có văn bản bị cách ly")
    ingest.set_defaults(run=_ingest)
    trace = commands.add_parser("trace", help="in một bản ghi cùng văn bản, trang, khung và quy tắc của nó")
    record_help = "mã bản ghi hoặc phần đầu của mã; nếu không có: một số liệu làm ví dụ"
    trace.add_argument("record_id", nargs="?", default=None, metavar="RECORD_ID", help=record_help)
    trace.add_argument("--png", type=Path, default=None, metavar="FILE", help="vẽ trang với khung")
    trace.set_defaults(run=_trace)
    outputs_help = "thư mục dữ liệu (mặc định: outputs)"
    for command in (ingest, trace):
        command.add_argument("--outputs", type=Path, default=Path("outputs"), metavar="DIR", help=outputs_help)
    return parser


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text}: phải là số nguyên từ 1")
    return number


def _ingest(options: argparse.Namespace) -> int:
    from pipeline.ingest import find_files, ingest
    from pipeline.store import BusyError
    from terminal import progress, summary

    try:
        total = len(find_files(options.paths))
    except FileNotFoundError as error:
        print(f"truynguon ingest: {error}", file=sys.stderr)
        return 2
    try:
        with progress(total) as tell:
            report = ingest(options.paths, options.outputs, options.workers, tell)
    except BusyError as error:
        print(f"truynguon ingest: {error}", file=sys.stderr)
        return 1
    summary(report, options.outputs)
    return 3 if options.strict and report.count("quarantined") else 0


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


if __name__ == "__main__":
    sys.exit(main())
