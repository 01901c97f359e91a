"""What a file is by its first bytes, whatever it is called."""

from __future__ import annotations

from pathlib import Path

_FIRST = 1024
_BEGINNINGS = (
    (b"\x89PNG\r\n", "ảnh PNG"),
    (b"\xff\xd8\xff", "ảnh JPEG"),
    (b"II*\0", "ảnh TIFF"),
    (b"MM\0*", "ảnh TIFF"),
    (b"II+\0", "ảnh TIFF"),
    (b"MM\0+", "ảnh TIFF"),
    (b"PK\x03\x04", "tệp nén ZIP (như DOCX)"),
    (b"\xd0\xcf\x11\xe0", "tệp Word cũ (DOC)"),
    (b"{\\rtf", "tệp RTF"),
    (b"\x7fELF", "chương trình"),
    (b"MZ", "chương trình"),
)
_IMAGES = ("ảnh PNG", "ảnh JPEG", "ảnh TIFF")


def kind(path: Path) -> str:
    """In Vietnamese, for the person who sent it: "PDF", "ảnh PNG", …, "văn bản thuần" or "dữ liệu không rõ loại"."""
    with path.open("rb") as file:
        first = file.read(_FIRST)
    if b"%PDF-" in first:
        return "PDF"
    known = next((name for begin, name in _BEGINNINGS if first.startswith(begin)), None)
    return known or ("văn bản thuần" if _is_text(first) else "dữ liệu không rõ loại")


def is_image(path: Path) -> bool:
    return kind(path) in _IMAGES


def misnamed(path: Path) -> str:
    """That a file is not what its suffix says."""
    return f"tên tệp có đuôi {path.suffix} nhưng nội dung là {kind(path)}"


def _is_text(first: bytes) -> bool:
    return not any(byte < 32 and byte not in b"\t\n\r\f" for byte in first)
