"""The package of a DOCX file: its parts, unpacked within limits."""

from __future__ import annotations

import io
import zipfile
import zlib

from pipeline.read.errors import ReadError

MOST_PARTS = 5_000
LARGEST_PACKAGE = 400 * 1024 * 1024
LARGEST_XML = 100 * 1024 * 1024
# XML of Word shrinks to a tenth; what shrinks to a two-hundredth was made to burst.
BURSTING = 200


def open_package(data: bytes) -> dict[str, bytes]:
    """The parts of a DOCX file by name.

    Raises:
        ReadError: it is no DOCX file, damaged, or bursts when unpacked.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _refuse_bombs(archive)
            return {info.filename: archive.read(info) for info in archive.infolist() if not info.is_dir()}
    except (zipfile.BadZipFile, OSError, EOFError, RuntimeError, ValueError, zlib.error) as error:
        raise ReadError(f"tệp DOCX hỏng: không giải nén được ({error})") from error


def _refuse_bombs(archive: zipfile.ZipFile) -> None:
    parts = archive.infolist()
    unpacked = sum(part.file_size for part in parts)
    if len(parts) > MOST_PARTS or unpacked > LARGEST_PACKAGE:
        raise ReadError(f"tệp DOCX quá lớn khi giải nén: {len(parts)} phần, {unpacked} byte")
    for part in parts:
        is_xml = part.filename.endswith((".xml", ".rels"))
        if is_xml and part.file_size > LARGEST_XML:
            raise ReadError(f"tệp DOCX quá lớn khi giải nén: {part.filename} {part.file_size} byte")
        if part.file_size > 2**20 and part.file_size > BURSTING * max(1, part.compress_size):
            raise ReadError(f"tệp DOCX phình bất thường khi giải nén: {part.filename}")
