"""Published datasets -> the forms that other programs ask for: CSV, Excel, DuckDB, PostgreSQL, and whole on S3.

Each form is written from one state of all datasets (see published.py) and appears whole or not at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from exports.published import ExportError, snapshot

__all__ = ["FORMATS", "Export", "ExportError", "export"]


@dataclass(frozen=True, slots=True)
class Export:
    """What was written: rows by dataset, and what the form could not hold as it is."""

    rows: dict[str, int]
    notes: tuple[str, ...] = ()


def export(form: str, destination: str, outputs: Path, replace: bool = False) -> Export:
    """Write the published datasets as `form` (one of FORMATS) to a folder, a file, a PostgreSQL or S3 address.

    Raises:
        ExportError: the form is unknown, the destination exists (and `replace` is false), can't be
            written or reached, or there are no datasets.
    """
    if form not in FORMATS:
        raise ExportError(f"không có dạng xuất {form!r}; có: {', '.join(FORMATS)}")
    try:
        return FORMATS[form](destination, outputs, replace)
    except OSError as error:
        raise ExportError(f"không ghi được {destination}: {error.strerror or error}") from error


def _to_csv(destination: str, outputs: Path, replace: bool) -> Export:
    from exports.csv_folder import write_csv

    folder = _writable(destination, outputs, replace)
    if folder.is_file():
        raise ExportError(f"{folder} là một tệp; csv cần một thư mục, mỗi bộ dữ liệu là một tệp trong đó")
    with snapshot(outputs) as state:
        return Export(write_csv(state, folder))


def _to_xlsx(destination: str, outputs: Path, replace: bool) -> Export:
    from exports.workbook import write_xlsx

    with _whole(_file(destination, outputs, replace)) as file, snapshot(outputs) as state:
        return Export(*write_xlsx(state, file))


def _to_duckdb(destination: str, outputs: Path, replace: bool) -> Export:
    from exports.duckdb_file import write_duckdb

    with _whole(_file(destination, outputs, replace)) as file, snapshot(outputs) as state:
        return Export(write_duckdb(state, file))


def _to_postgres(destination: str, outputs: Path, _replace: bool) -> Export:
    from exports.postgres import write_postgres

    with snapshot(outputs) as state:
        return Export(write_postgres(state, destination))


def _to_s3(destination: str, outputs: Path, _replace: bool) -> Export:
    from exports.mirror import write_s3

    with snapshot(outputs) as state:
        return Export(*write_s3(state, outputs, destination))


FORMATS: dict[str, Callable[[str, Path, bool], Export]] = {
    "csv": _to_csv,
    "xlsx": _to_xlsx,
    "duckdb": _to_duckdb,
    "postgres": _to_postgres,
    "s3": _to_s3,
}


def _file(destination: str, outputs: Path, replace: bool) -> Path:
    file = _writable(destination, outputs, replace)
    if file.is_dir():
        raise ExportError(f"{file} là một thư mục; ở đây cần tên của một tệp")
    return file


def _writable(destination: str, outputs: Path, replace: bool) -> Path:
    """The destination, which must not be among the datasets, and must not be there unless it may be replaced."""
    path = Path(destination)
    if path.resolve().is_relative_to(outputs.resolve()):
        raise ExportError(f"{path} nằm trong thư mục dữ liệu {outputs}; hãy chọn nơi khác")
    if path.exists() and not replace:
        raise ExportError(f"{path} đã có; thêm --replace để thay")
    if not path.resolve().parent.is_dir():
        raise ExportError(f"không có thư mục {path.resolve().parent} để ghi {path.name}")
    return path


@contextmanager
def _whole(file: Path) -> Iterator[Path]:
    """Write to another name; the file appears when all is written."""
    part = file.with_name(f".{file.name}.part")
    try:
        part.unlink(missing_ok=True)
        yield part
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)
