"""How fast the audit application answers, against the limits set for it.

    python -m benchmarks.audit_speed [FOLDER]

Two documents, of 100 pages and of 30, are made of the pages of the PDF samples and read into FOLDER, a temporary one
if none is given; it is used again if it holds them already. Times are the server's, over a connection that is open.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from urllib.parse import urlsplit

import pyarrow.parquet as pq
import pymupdf

from audit.handout import write
from pipeline.ingest import ingest

ROOT = Path(__file__).resolve().parent.parent
SAMPLES = ROOT / "samples" / "documents"
# Milliseconds in which a page is to come, in which 30 pages are to open from a cold start; bytes of one file of 30 pages.
WARM, COLD, LARGEST = 300.0, 1000.0, 10_000_000
STARTS, RUNS = 5, 5


@dataclass(frozen=True, slots=True)
class Figure:
    """What was measured: all times in milliseconds, or one size in bytes."""

    name: str
    values: list[float]
    limit: float

    def line(self) -> str:
        told = "over" if max(self.values) > self.limit else "ok"
        numbers = (f"{value:12,.0f}" for value in (self.values[0], median(self.values), max(self.values), self.limit))
        return f"{self.name:<44}{''.join(numbers)}  {told}"


def made(folder: Path, pages: int) -> Path:
    """A document of so many pages, those of the samples one after another."""
    file = folder / f"{pages}-pages.pdf"
    sources = [pymupdf.open(path) for path in sorted(SAMPLES.glob("*.pdf"))]
    with pymupdf.open() as whole:
        while len(whole) < pages:
            for source in sources:
                whole.insert_pdf(source, to_page=min(len(source), pages - len(whole)) - 1)
                if len(whole) == pages:
                    break
        whole.save(file)
    return file


@contextmanager
def served(outputs: Path) -> Iterator[str]:
    """The application as its command starts it; its address once it says it."""
    command = [sys.executable, "-m", "cli", "audit", "--outputs", str(outputs), "--port", "0"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        try:
            yield server.stdout.readline().split()[0]
        finally:
            server.terminate()


def seconds(do: Callable[[], object]) -> float:
    start = time.perf_counter()
    do()
    return 1000 * (time.perf_counter() - start)


class Browser:
    """One connection, as a browser keeps it."""

    def __init__(self, url: str) -> None:
        self._connection = HTTPConnection(urlsplit(url).netloc, timeout=60)

    def get(self, address: str) -> bytes:
        self._connection.request("GET", address)
        answer = self._connection.getresponse()
        data = answer.read()
        assert answer.status == 200, (address, answer.status)
        return data


def cold(outputs: Path, *addresses: str) -> float:
    """From the start of the command to the last answer."""
    start = time.perf_counter()
    with served(outputs) as url:
        browser = Browser(url)
        for address in addresses:
            browser.get(address)
        return 1000 * (time.perf_counter() - start)


def figures(outputs: Path, large: str, small: str) -> Iterator[Figure]:
    first = f"/d/{small}"
    yield Figure("30 pages from a cold start", [cold(outputs, first) for _ in range(STARTS)], COLD)
    with_picture = [cold(outputs, first, f"{first}/p/1.webp") for _ in range(STARTS)]
    yield Figure("… with the picture of the first page", with_picture, COLD)
    metric = pq.read_table(outputs / "metrics", columns=["metric_id"])["metric_id"][0].as_py()
    with served(outputs) as url:
        browser = Browser(url)
        for name, address in (
            ("document of 100 pages", f"/d/{large}"),
            ("… what stands around a page", f"/d/{large}/around"),
            ("list of documents", "/"),
            ("record", f"/r/{metric}"),
            ("spot check", "/spot"),
            ("words of a search on a page", f"/d/{large}/p/2/found?q=nuoc+sach"),
            ("series", "/series"),
            ("task lines", "/lines"),
            ("checks", "/checks"),
            ("citations", "/citations"),
            ("search without diacritics", "/search?q=nuoc+sach"),
            ("search with diacritics", "/search?q=n%C6%B0%E1%BB%9Bc+s%E1%BA%A1ch"),
        ):
            yield Figure(name, [seconds(lambda a=address: browser.get(a)) for _ in range(RUNS)], WARM)  # type: ignore[misc]
        pages = range(1, 101)
        yield Figure("each of 100 pages", [seconds(lambda n=n: browser.get(f"/d/{large}/p/{n}")) for n in pages], WARM)  # type: ignore[misc]
        yield Figure(
            "picture of each of 30 pages, drawn",
            [seconds(lambda n=n: browser.get(f"/d/{large}/p/{n}.webp")) for n in pages[:30]],  # type: ignore[misc]
            WARM,
        )
        yield Figure(
            "picture of each of 30 pages, kept",
            [seconds(lambda n=n: browser.get(f"/d/{large}/p/{n}.webp")) for n in pages[:30]],  # type: ignore[misc]
            WARM,
        )
    yield Figure("one HTML file of 30 pages, bytes", [write(outputs, small, outputs / "_handout.html")], LARGEST)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path)
    with tempfile.TemporaryDirectory() as temporary:
        folder = parser.parse_args().folder or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        outputs = folder / "outputs"
        if not outputs.exists():
            ingest([made(folder, 100), made(folder, 30)], outputs)
        rows = pq.read_table(outputs / "documents", columns=["document_id", "pages"]).to_pylist()
        by_pages = {row["pages"]: row["document_id"] for row in rows}
        print(f"{'milliseconds':<44}{'first':>12}{'median':>12}{'worst':>12}{'limit':>12}")
        for figure in figures(outputs, by_pages[100], by_pages[30]):
            print(figure.line(), flush=True)


if __name__ == "__main__":
    main()
