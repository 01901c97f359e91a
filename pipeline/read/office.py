"""LibreOffice as a converter: DOC -> DOCX, DOCX -> PDF.

Each call has its own profile directory, so that several run side by side and none
meets the settings, macros or lock files of another; it is killed with everything it
started when its time is over.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

from pipeline.limits import step

TIME_LIMIT = 180.0
LARGEST_RESULT = 512 * 1024 * 1024

# Macros never run, links are never updated, nothing is fetched.
_SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="MacroSecurityLevel" oor:op="fuse"><value>3</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="DisableActiveContent" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Writer/Content/Update">
<prop oor:name="Link" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"""
# A proxy that refuses every connection: what slips through the settings still reaches no network.
_NOWHERE = "http://127.0.0.1:9"
_ENVIRONMENT = {"http_proxy": _NOWHERE, "https_proxy": _NOWHERE, "ftp_proxy": _NOWHERE, "SAL_USE_VCLPLUGIN": "svp"}


class OfficeError(Exception):
    """LibreOffice did not convert the file; the message says why, in Vietnamese."""


class OfficeMissingError(OfficeError):
    """LibreOffice is not on this machine."""


def to_pdf(path: Path, seconds: float = TIME_LIMIT) -> bytes:
    """The DOCX file as PDF.

    Raises:
        OfficeMissingError: LibreOffice is not installed.
        OfficeError: it failed or took too long.
    """
    return _convert(path, "document.docx", "pdf:writer_pdf_Export", seconds)


def to_docx(path: Path, seconds: float = TIME_LIMIT) -> bytes:
    """The DOC (or RTF) file as DOCX.

    Raises:
        OfficeMissingError: LibreOffice is not installed.
        OfficeError: it failed or took too long.
    """
    return _convert(path, "document.doc", "docx:MS Word 2007 XML", seconds)


def program() -> str | None:
    """Where LibreOffice is, None if it is not installed."""
    return shutil.which("soffice") or shutil.which("libreoffice")


def _convert(path: Path, name: str, filter_name: str, seconds: float) -> bytes:
    office = program()
    if office is None:
        raise OfficeMissingError("chưa cài LibreOffice")
    with tempfile.TemporaryDirectory(prefix="truynguon-office-") as folder:
        work = Path(folder)
        settings = work / "profile" / "user" / "registrymodifications.xcu"
        settings.parent.mkdir(parents=True)
        settings.write_text(_SETTINGS, encoding="utf-8")
        # A copy under a plain name: no option or filter is ever guessed from what the sender called the file.
        source = work / name
        shutil.copyfile(path, source)
        asked = ["--convert-to", filter_name, "--outdir", str(work / "out"), str(source)]
        _run(_command(office, work) + asked, seconds)
        return _result(work / "out" / f"document.{filter_name.partition(':')[0]}")


def _command(office: str, work: Path) -> list[str]:
    profile = (work / "profile").as_uri()
    return [office, f"-env:UserInstallation={profile}", "--headless", "--norestore", "--nolockcheck", "--nodefault"]


def _run(command: list[str], seconds: float) -> None:
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, **_ENVIRONMENT},
        start_new_session=True,
    )
    try:
        step(seconds)
        process.wait(seconds)
    except subprocess.TimeoutExpired as error:
        raise OfficeError(f"LibreOffice chạy quá {seconds:.0f} giây") from error
    finally:
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the process and all that it started (soffice is a shell script that starts soffice.bin)."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _result(path: Path) -> bytes:
    # LibreOffice ends with 0 whether or not it could read the file.
    if not path.is_file() or path.stat().st_size == 0:
        raise OfficeError("LibreOffice không mở được tệp")
    if path.stat().st_size > LARGEST_RESULT:
        raise OfficeError("kết quả của LibreOffice lớn quá mức")
    return path.read_bytes()
