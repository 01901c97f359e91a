"""Builds samples/documents and samples/bad from samples/sources: python -m samples.build [01 05 …]"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import pymupdf

from samples.scan import scan
from samples.source import Source, read_source
from samples.word import typeset

HERE = Path(__file__).parent
SOURCES, DOCUMENTS, BAD = HERE / "sources", HERE / "documents", HERE / "bad"
HOUR = (rb"D:\d{14}", b"D:20250102030405")
STAMP = (rb"(?<=[</])[0-9A-F]{32}\b", b"0" * 32)  # ids and checksums that LibreOffice makes from the hour


def main(wanted: list[str]) -> None:
    for folder in (DOCUMENTS, BAD):
        folder.mkdir(exist_ok=True)
    for path in sorted(SOURCES.iterdir()):
        if not wanted or path.name[:2] in wanted:
            print(build(path).relative_to(HERE))
    if not wanted:
        build_bad(next(DOCUMENTS.glob("04*.pdf")))


def build(path: Path) -> Path:
    if path.suffix == ".txt":  # is a document as it stands
        return Path(shutil.copyfile(path, DOCUMENTS / path.name))
    source = read_source(path)
    target = DOCUMENTS / f"{source.name}.{source.head.get('format', 'pdf')}"
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        word = work / f"{source.name}.docx"
        typeset(source, word)
        if target.suffix == ".docx":
            repack(word, target)
        else:
            export(source, word, target)
    return target


def export(source: Source, word: Path, target: Path) -> None:
    born = to_pdf(word)
    if source.head.get("scanned"):
        scan(born, target, source.head["signer"])
    else:
        shutil.copyfile(born, target)


def to_pdf(word: Path) -> Path:
    profile = f"-env:UserInstallation=file://{word.parent}/profile"  # a profile of its own: others may run soffice
    command = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", str(word.parent), str(word)]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    pdf = word.with_suffix(".pdf")
    data = pdf.read_bytes()
    for pattern, constant in (HOUR, STAMP):  # of the same length, or the offsets in the file would be wrong
        data = re.sub(pattern, constant, data)
    pdf.write_bytes(data)
    return pdf


def repack(word: Path, target: Path) -> None:
    """The same Word file without the hour of its making."""
    with zipfile.ZipFile(word) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            entry = zipfile.ZipInfo(name, (2025, 1, 2, 3, 4, 4))
            entry.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(entry, old.read(name))


def build_bad(good: Path) -> None:
    """What an inbox also brings: each of these must end in quarantine with its own reason."""
    (BAD / "empty.pdf").write_bytes(b"")
    (BAD / "text-named.pdf").write_text("Đây là một tệp văn bản được đổi tên thành .pdf.\n", "utf8")
    (BAD / "truncated.pdf").write_bytes(good.read_bytes()[:9000])
    encrypted = BAD / "encrypted.pdf"
    if not encrypted.exists():  # its bytes differ each time, by the salt
        with pymupdf.open(good) as document:
            method = pymupdf.PDF_ENCRYPT_AES_256
            document.save(encrypted, encryption=method, user_pw="mau", owner_pw="chu-so-huu")


if __name__ == "__main__":
    main(sys.argv[1:])
