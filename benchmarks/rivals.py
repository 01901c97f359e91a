"""What a user would pick instead, on one PDF: `python benchmarks/rivals.py NAME FILE` prints seconds of the processor.

Run by speed.py in an environment of its own (.venv-bench), into which `make bench` installs requirements-bench.txt.
The import of the library is not counted, nor is anything but the reading itself.
"""

from __future__ import annotations

import importlib
import sys
import tempfile
import time
from pathlib import Path
from typing import Any


def pdfplumber(file: str, library: Any) -> None:
    with library.open(file) as pdf:
        for page in pdf.pages:
            page.extract_tables()
            page.close()


def pymupdf4llm(file: str, library: Any) -> None:
    library.to_markdown(file)


def camelot(file: str, library: Any) -> None:
    library.read_pdf(file, pages="all", flavor="lattice")


def kreuzberg(file: str, library: Any) -> None:
    library.extract_file_sync(file)


def opendataloader_pdf(file: str, library: Any) -> None:
    with tempfile.TemporaryDirectory() as folder:
        library.convert(input_path=[file], output_dir=folder, format="json", quiet=True)


RIVALS = (pdfplumber, pymupdf4llm, camelot, kreuzberg, opendataloader_pdf)

if __name__ == "__main__":
    name, file = sys.argv[1:]
    run = next(rival for rival in RIVALS if rival.__name__ == name)
    library = importlib.import_module(name)
    assert Path(file).exists()
    start = time.perf_counter()
    run(file, library)
    print(time.perf_counter() - start)
