"""How fast, against the limits of the libraries below and against what a user would pick instead.

    python -m benchmarks.speed [--write] [FOLDER]      (default: ../shared/documents, else samples/documents)

Every figure is the median of interleaved runs; ratios are of processor time, which other programs on the machine
disturb least, where one process is measured, and of the clock where several are. `--write` renews docs/benchmarks.md.
"""

from __future__ import annotations

import argparse
import gc
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import median

import pymupdf

from benchmarks.ocr_accuracy import bare_seconds
from pipeline.extract import extract
from pipeline.ingest import ingest
from pipeline.outline import outline
from pipeline.process import Arrival, as_tables, process
from pipeline.read import read
from pipeline.read.scan.workers import default_workers, read_pages
from pipeline.workers import Workers

ROOT = Path(__file__).parent.parent
BENCH_PYTHON = ROOT / ".venv-bench" / "bin" / "python"
RUNS = 5
# name of the rival, how many times as fast the whole extraction is to be
RIVALS = (("opendataloader_pdf", 3), ("pdfplumber", 5), ("pymupdf4llm", 10), ("camelot", None), ("kreuzberg", None))


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the table: what, on what, ours and the other's in seconds, their ratio and what was aimed at."""

    what: str
    on: str
    ours: float
    other: float | None
    ratio: float | None
    aim: str

    def cells(self) -> tuple[str, ...]:
        other = "" if self.other is None else f"{self.other:.3f}"
        ratio = "" if self.ratio is None else f"{self.ratio:.2f}"
        return self.what, self.on, f"{self.ours:.3f}", other, ratio, self.aim


def timed(work: Callable[[], object], clock: Callable[[], float] = time.process_time) -> float:
    gc.collect()
    start = clock()
    work()
    return clock() - start


def medians(works: Sequence[Callable[[], object]], runs: int = RUNS) -> list[float]:
    """Processor seconds of each, the median of runs one after another in turn."""
    taken = [[timed(work) for work in works] for _ in range(runs)]
    return [median(column) for column in zip(*taken, strict=True)]


def rawdict(path: Path) -> None:
    with pymupdf.open(path) as pdf:
        for page in pdf:
            page.get_text("rawdict")


def arrival(path: Path) -> Arrival:
    return Arrival(path, "0" * 64, datetime.now(UTC), "bench")


def text_lines(path: Path, name: str) -> Iterator[Line]:
    """One text PDF: the stages, the whole against bare rawdict and against others."""
    document = read(path, "0" * 64)
    blocks = outline(document)
    found = extract(document, blocks)
    gc.disable()  # as the processes do that read documents
    try:
        stages = {
            "read": lambda: read(path, "0" * 64),
            "outline": lambda: outline(document),
            "extract": lambda: extract(document, blocks),
            "check, rows": lambda: as_tables(arrival(path), document, found),
        }
        whole, bare, *parts = medians([lambda: process(arrival(path)), lambda: rawdict(path), *stages.values()])
    finally:
        gc.enable()
    pages = len(document.pages)
    yield Line("everything, one process", name, whole, bare, bare / whole, "≥ 0.25 of bare rawdict")
    yield Line("pages a second, one process", name, pages / whole, None, None, "")
    for stage, seconds in zip(stages, parts, strict=True):
        yield Line(f"  {stage}", name, seconds, None, seconds / whole, "share of the whole")
    for rival, times in RIVALS:
        seconds = rival_seconds(rival, path)
        if seconds is not None:
            yield Line(f"against {rival}", name, whole, seconds, seconds / whole, f"≥ {times}" if times else "")


def rival_seconds(rival: str, path: Path) -> float | None:
    if not BENCH_PYTHON.exists():
        return None
    taken = []
    for _ in range(3):
        command = [str(BENCH_PYTHON), str(ROOT / "benchmarks" / "rivals.py"), rival, str(path)]
        run = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
        if run.returncode:
            print(f"{rival} on {path.name}: {run.stderr.strip().splitlines()[-1]}", file=sys.stderr)
            return None
        taken.append(float(run.stdout.split()[-1]))
    return median(taken)


def two_processes(paths: Sequence[Path]) -> Line:
    """Documents read by two processes against one, each started already."""

    def run(count: int) -> float:
        with Workers(count) as workers:
            list(workers.map(process, [arrival(path) for path in paths[:count]]))
            work = [arrival(path) for path in paths for _ in range(6)]
            return timed(lambda: list(workers.map(process, work)), time.perf_counter)

    one, two = (median(seconds) for seconds in zip(*[(run(1), run(2)) for _ in range(3)], strict=True))
    return Line("two processes, clock", "text PDFs", two, one, one / two, "≥ 1.8 times one")


def scan_lines(path: Path) -> Line:
    with pymupdf.open(path) as pdf:
        numbers = [page.number + 1 for page in pdf]
    pairs = []
    for _ in range(2):
        ours = timed(lambda: read_pages(path, numbers), time.perf_counter)
        pairs.append((ours, bare_seconds(path, default_workers())[0]))
    ours, bare = (median(seconds) for seconds in zip(*pairs, strict=True))
    return Line("scan, all cores, clock", path.name, ours, bare, ours / bare, "≤ 1.25 of bare tesseract")


def command(*arguments: str) -> float:
    run = [sys.executable, "-m", "cli", *arguments]
    return timed(lambda: subprocess.run(run, check=True, capture_output=True, cwd=ROOT), time.perf_counter)


def command_lines(ten_pages: Path) -> Iterator[Line]:
    seconds = median(command("--help") for _ in range(5))
    yield Line("truynguon --help, clock", "", seconds, None, None, "≤ 0.3 s")
    with tempfile.TemporaryDirectory() as folder:
        cold = median(command("ingest", str(ten_pages), "--outputs", f"{folder}/{i}") for i in range(3))
        yield Line("ingest of one 10-page text PDF, cold, clock", ten_pages.name, cold, None, None, "≤ 2.5 s")


def known_line(count: int) -> Line:
    """Documents that are known already, ingested again."""
    with tempfile.TemporaryDirectory() as folder:
        inbox = Path(folder, "inbox")
        inbox.mkdir()
        for number in range(count):
            (inbox / f"{number}.txt").write_text(f"BỘ Y TẾ\n\nBáo cáo số {number}: đã khám {number} người.\n", "utf8")
        ingest([inbox], Path(folder, "outputs"))
        again = timed(lambda: ingest([inbox], Path(folder, "outputs")), time.perf_counter)
    return Line(f"{count} known documents again, clock", "", again, None, None, "≤ 5 s for 10 000")


def machine() -> str:
    names = ("pymupdf", "pyarrow", "deltalake", "duckdb", "tesserocr")
    versions = ", ".join(f"{name} {version(name)}" for name in names)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{os.cpu_count()} cores, {memory:.0f} GiB, Python {platform.python_version()}; {versions}"


def table(lines: Sequence[Line]) -> str:
    head = ("what", "on", "ours (s)", "other (s)", "ratio", "aim")
    rows = [head, ("---",) * len(head), *(line.cells() for line in lines)]
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def measure(folder: Path, known: int) -> Iterator[Line]:
    texts = sorted(path for path in folder.glob("*.pdf") if path.name[:3] in ("000", "002")) or sorted(
        folder.glob("0[1-4]*.pdf")
    )
    for path in texts:
        yield from text_lines(path, path.name)
    yield two_processes(texts)
    scans = [path for path in folder.glob("*.pdf") if path.with_suffix("").with_suffix(".born-digital.pdf").exists()]
    for path in sorted(scans)[:1]:
        yield scan_lines(path)
    yield from command_lines(texts[-1])
    yield known_line(known)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    shared = ROOT.parent / "shared" / "documents"
    parser.add_argument(
        "folder", nargs="?", type=Path, default=shared if shared.exists() else ROOT / "samples/documents"
    )
    parser.add_argument("--known", type=int, default=2000, help="known documents that are ingested again")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    lines = []
    for line in measure(options.folder, options.known):
        print("  ".join(line.cells()), flush=True)
        lines.append(line)
    text = f"# Benchmarks\n\nWritten by `make bench`. {machine()}.\n\n{table(lines)}\n"
    print(text)
    if options.write:
        (ROOT / "docs" / "benchmarks.md").write_text(text, "utf-8")


if __name__ == "__main__":
    main()
