"""Documents made of a few typed lines, for tests of what follows reading."""

from __future__ import annotations

from pathlib import Path

from pipeline.extract import Extraction, extract
from pipeline.outline import outline
from pipeline.read import read
from schemas.block import Outline
from schemas.document import Document

LETTERHEAD = """BỘ CÔNG THƯƠNG                CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
                                   Độc lập - Tự do - Hạnh phúc

Số: 41/{symbol}                       Hà Nội, ngày 5 tháng 6 năm 2025

                     {type}
          Về việc làm thử một văn bản

"""


def document(folder: Path, body: str, kind: str = "THÔNG BÁO", symbol: str = "TB-BCT") -> Document:
    """A document of 5 June 2025 with a letterhead and this body, as a text file is read."""
    path = folder / "document.txt"
    path.write_text(LETTERHEAD.format(type=kind, symbol=symbol) + body, encoding="utf8")
    return read(path, "0" * 64)


def outlined(folder: Path, body: str, kind: str = "THÔNG BÁO", symbol: str = "TB-BCT") -> Outline:
    return outline(document(folder, body, kind, symbol))


def extracted(folder: Path, body: str, kind: str = "THÔNG BÁO", symbol: str = "TB-BCT") -> Extraction:
    read_document = document(folder, body, kind, symbol)
    return extract(read_document, outline(read_document))
