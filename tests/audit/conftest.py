"""Outputs of a few documents, the application over them, and a browser."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pymupdf
import pytest
import uvicorn

from audit.app import create_app
from audit.library import Library
from pipeline.ingest import ingest
from pipeline.trace import Row
from tests.conftest import SAMPLES, sample

HOSTILE = "<script>document.title='stolen'</script><img src=x onerror=\"document.title='stolen'\">"


@pytest.fixture(scope="session")
def read_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two PDFs, a text, a quarantined file and documents whose text is markup; look at them, change nothing."""
    folder = tmp_path_factory.mktemp("audit")
    made = [_hostile_pdf(folder), _hostile_text(folder), _unexplained_pdf(folder)]
    ingest([sample("01"), sample("04"), sample("08"), SAMPLES / "bad" / "empty.pdf", *made], folder / "outputs")
    return folder / "outputs"


def _hostile_pdf(folder: Path) -> Path:
    path = folder / "<b>tệp & tên.pdf"
    with pymupdf.open() as made:
        page = made.new_page()
        page.insert_text((72, 90), "BÁO CÁO", fontname="F0", fontfile=_font())
        for line, text in enumerate(
            (HOSTILE, "1. Đã cấp 25 giấy phép cho 12 hộ </script> năm 2025.", "Mã <b>7731</b>.")
        ):
            page.insert_text((72, 130 + 30 * line), text, fontsize=9, fontname="F0", fontfile=_font())
        made.save(path)
    return path


# A document with numbers that mean nothing, on both of its pages, whatever the extractors learn.
UNEXPLAINED = "mã lạ"


def _unexplained_pdf(folder: Path) -> Path:
    path = folder / f"{UNEXPLAINED}.pdf"
    with pymupdf.open() as made:
        for code in ("7731", "4492"):
            page = made.new_page()
            for line, text in enumerate(("BÁO CÁO", "1. Đã cấp 25 giấy phép cho 12 hộ năm 2025.", f"Mã {code} .")):
                page.insert_text((72, 90 + 40 * line), text, fontsize=12, fontname="F0", fontfile=_font())
        made.save(path)
    return path


def _font() -> str:
    """A font with Vietnamese letters: Liberation comes with LibreOffice, DejaVu with most desktops."""
    fonts = Path("/usr/share/fonts/truetype")
    known = (fonts / "liberation2" / "LiberationSans-Regular.ttf", fonts / "dejavu" / "DejaVuSans.ttf")
    return str(next(font for font in known if font.exists()))


def _hostile_text(folder: Path) -> Path:
    path = folder / "hostile.txt"
    path.write_text(f"BÁO CÁO\n\n1. {HOSTILE} đã cấp 25 giấy phép.\n", encoding="utf8")
    return path


@pytest.fixture
def outputs(read_once: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(read_once, tmp_path / "outputs"))


def document(outputs: Path, name: str) -> Row:
    return next(row for row in Library(outputs).documents() if row["file_name"].startswith(name))


@dataclass(frozen=True)
class Served:
    outputs: Path
    url: str


@pytest.fixture
def served(outputs: Path) -> Iterator[Served]:
    """The application on a free port of the loopback address."""
    config = uvicorn.Config(create_app(outputs), host="127.0.0.1", port=0, log_level="error", lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started and thread.is_alive():
        thread.join(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield Served(outputs, f"http://127.0.0.1:{port}")
    server.should_exit = True
    thread.join()


# Chromium needs this where it runs as root, as in containers.
SANDBOX = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
