"""How fast, against the limits of the libraries below and against what a user would pick instead.

    python -m benchmarks.speed [--short] [--write] [FOLDER]      (default: ../shared/documents, else samples/documents)

Figures are medians of runs that take turns, so that whatever else the machine does disturbs all alike. Seconds are of
the processor where one process is held against bare `rawdict`, and of the clock elsewhere. What one run remembered of a
text is forgotten before the next. `--write` renews docs/benchmarks.md and its plot.
"""

from __future__ import annotations

import argparse
import gc
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path
from statistics import median

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pymupdf

from benchmarks import report
from benchmarks.afresh import forget
from benchmarks.ocr_accuracy import bare_seconds
from benchmarks.report import Told
from pipeline import uncollected
from pipeline.extract import extract
from pipeline.ingest import ingest
from pipeline.outline import outline
from pipeline.process import Arrival, Processed, process
from pipeline.read import read
from pipeline.rows import as_tables
from pipeline.store import Batch, Store, new_batch_name
from pipeline.workers import Workers, default_workers
from schemas.datasets import DATASETS

ROOT = Path(__file__).resolve().parent.parent
BENCH_PYTHON = ROOT / ".venv-bench" / "bin" / "python"
# name of the rival, how many times as fast the whole extraction is to be
RIVALS = {"opendataloader_pdf": 3.0, "pdfplumber": 5.0, "pymupdf4llm": 10.0, "camelot": None, "kreuzberg": None}
STAGES = ("read", "outline", "extract", "check", "store")
Work = Callable[[], object]
# As the profiles have it.
WHY_NOT_RAWDICT = (
    "a third of the time is reading, of which nearly half in PyMuPDF; half is spread over the extractors' grammars, "
    "the largest of which takes a twelfth of the whole"
)
WHY_NOT_RIVAL = "the other only reads; of our time reading is a third, the rest finds, checks and places records"
WHY_NOT_TESSERACT = "the page's layout is found first, and what was read with doubt is read again"
WHY_NOT_TWO = "what both have read is received by a third process on the same two cores"
WHY_NOT_COLD = (
    "most of it is two processes beside each other, one that imports Arrow and Delta, one that compiles the patterns"
)


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is measured."""

    runs: int
    rival_runs: int
    scans: int
    known: int
    metrics: int


FULL, SHORT = Plan(7, 3, 2, 10_000, 1_000_000), Plan(1, 1, 1, 100, 50_000)


@dataclass(frozen=True, slots=True)
class Split:
    """One document through all stages: seconds of each, and the most memory that a process took for it, in MiB."""

    name: str
    pages: int
    whole: float
    stages: Mapping[str, float]
    memory: float

    def cells(self) -> tuple[str, ...]:
        shares = (f"{self.stages[stage] * 1000 / self.pages:.1f}" for stage in STAGES)
        return self.name, str(self.pages), f"{self.pages / self.whole:.1f}", *shares, f"{self.memory:.0f}"


@dataclass(slots=True)
class Findings:
    told: list[Told] = field(default_factory=list)
    splits: list[Split] = field(default_factory=list)
    charts: list[report.Chart] = field(default_factory=list)

    def tell(self, *told: Told) -> None:
        self.told += told
        for each in told:
            print("  ".join(each.cells()), flush=True)


# measuring


def timed(work: Work, clock: Callable[[], float] = time.perf_counter) -> float:
    forget()
    gc.collect()
    start = clock()
    work()
    return clock() - start


def in_turn(works: Mapping[str, Callable[[], float]], runs: int) -> dict[str, float]:
    """The median of what each measurement gives, one after another in turn; one that fails is left out."""
    taken: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(runs):
        for name in list(taken):
            try:
                taken[name].append(works[name]())
            except (subprocess.SubprocessError, OSError) as error:
                print(f"{name}: {error}", file=sys.stderr)
                del taken[name]
    return {name: median(seconds) for name, seconds in taken.items()}


def arrival(path: Path, document_id: str = "0" * 64, batch: str = "bench") -> Arrival:
    return Arrival(path, document_id, datetime.now(UTC), batch)


def rawdict(path: Path) -> int:
    with pymupdf.open(path) as pdf:
        return sum(bool(page.get_text("rawdict")) for page in pdf)


def rival(name: str, path: Path) -> float:
    """Seconds of the clock that another program takes, without its start."""
    command = [str(BENCH_PYTHON), str(ROOT / "benchmarks" / "rivals.py"), name, str(path)]
    run = subprocess.run(command, capture_output=True, text=True, timeout=300, check=True)
    return float(run.stdout.split()[-1])


def peak_memory(path: Path) -> float:
    """MiB of a process that reads nothing but one document."""
    code = (
        "import sys; from pathlib import Path; from benchmarks.speed import arrival, process;"
        "from pipeline.worker import peak; process(arrival(Path(sys.argv[1]))); print(peak() / 2**20)"
    )
    run = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True, cwd=ROOT)
    return float(run.stdout.split()[-1])


# one document


def stages_of(path: Path, store: Store) -> tuple[int, dict[str, Work]]:
    """The pages of a document, and its stages, each to be run by itself."""
    document = read(path, "0" * 64)
    blocks = outline(document)
    found = extract(document, blocks)
    rows = as_tables(arrival(path), document, found)

    def stored() -> None:
        name = new_batch_name()
        store.commit(batch_of([rows], name))

    return max(1, len(document.pages)), {
        "read": lambda: read(path, "0" * 64),
        "outline": lambda: outline(document),
        "extract": lambda: extract(document, blocks),
        "check": lambda: as_tables(arrival(path), document, found),
        "store": stored,
    }


def batch_of(done: Sequence[Processed], name: str) -> Batch:
    tables = {each: pa.concat_tables([one.tables[each] for one in done]) for each in DATASETS}
    return Batch(name, tuple(one.document.document_id for one in done), tables)


def document(path: Path, runs: int, found: Findings, others: Mapping[str, Callable[[], float]]) -> dict[str, float]:
    """A document by stages, in turn with others; the medians."""
    with tempfile.TemporaryDirectory() as folder, uncollected():
        store = Store(Path(folder, "outputs"))
        pages, works = stages_of(path, store)
        measured = {stage: lambda work=work: timed(work) for stage, work in works.items()}
        with store.writing():
            medians = in_turn({**measured, **others}, runs)
    everything = sum(medians[stage] for stage in STAGES)
    found.splits.append(Split(path.name, pages, everything, medians, peak_memory(path)))
    print("  ".join(found.splits[-1].cells()), flush=True)
    return medians


def text_pdf(path: Path, plan: Plan, found: Findings) -> None:
    """Against bare rawdict by the processor, against other programs by the clock."""

    def used(work: Work) -> Callable[[], float]:
        return lambda: timed(work, time.process_time)

    bare = {"bare": used(lambda: rawdict(path)), "whole, processor": used(lambda: process(arrival(path)))}
    medians = document(path, plan.runs, found, bare)
    share = medians["bare"] / medians["whole, processor"]
    what = f"{path.name}: speed against bare rawdict, one process"
    found.tell(Told(what, "≥ 0.25", f"{share:.2f}", share >= 0.25, WHY_NOT_RAWDICT))
    whole = {"whole": lambda: timed(lambda: process(arrival(path)))}
    names = RIVALS if BENCH_PYTHON.exists() else ()
    with uncollected():
        taken = in_turn({**whole, **{name: lambda name=name: rival(name, path) for name in names}}, plan.rival_runs)
    for name in names:
        if name in taken:
            times, aim = taken[name] / taken["whole"], RIVALS[name]
            met = None if aim is None else times >= aim
            aimed = f"≥ {aim:g}" if aim else ""
            found.tell(Told(f"{path.name}: times as fast as {name}", aimed, f"{times:.1f}", met, WHY_NOT_RIVAL))
    pages = found.splits[-1].pages
    bars = [("everything, one process", pages / taken["whole"], True), ("bare rawdict", pages / medians["bare"], False)]
    bars += [(name, pages / seconds, False) for name, seconds in taken.items() if name != "whole"]
    found.charts.append((path.name, bars))


def scan(path: Path, plan: Plan, found: Findings) -> None:
    """Against bare Tesseract on the same pictures, all cores busy."""
    bare = {"bare": lambda: bare_seconds(path, default_workers())[0]}
    medians = document(path, max(1, plan.runs // 3), found, bare)
    share = medians["read"] / medians["bare"]
    what = f"{path.name}: time against bare Tesseract, all cores"
    found.tell(Told(what, "≤ 1.25", f"{share:.2f}", share <= 1.25, WHY_NOT_TESSERACT))
    pages = found.splits[-1].pages
    whole = sum(medians[stage] for stage in STAGES)
    bars = [("everything", pages / whole, True), ("bare Tesseract", pages / medians["bare"], False)]
    found.charts.append((path.name, bars))


# many documents, and the commands


def two_processes(paths: Sequence[Path], runs: int) -> Told:
    """Documents read by two processes against one, each started already."""

    def run(count: int) -> Callable[[], float]:
        def measured() -> float:
            with Workers(count) as workers:
                list(workers.map(process, [arrival(path) for path in paths for _ in range(count)]))
                work = [arrival(path) for path in paths for _ in range(8)]
                return timed(lambda: list(workers.map(process, work)))

        return measured

    taken = in_turn({"one": run(1), "two": run(2)}, runs)
    times = taken["one"] / taken["two"]
    return Told("text PDFs: two processes against one", "≥ 1.8", f"{times:.2f}", times >= 1.8, WHY_NOT_TWO)


def command(*arguments: str) -> float:
    """A command as whoever installed it runs it: compiled once, by the run before."""
    run = [sys.executable, "-m", "cli", *arguments]
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return timed(lambda: subprocess.run(run, check=True, capture_output=True, cwd=ROOT, env=kept))


def ten_pages(path: Path, folder: Path) -> Path:
    made = folder / "ten-pages.pdf"
    with pymupdf.open(path) as source, pymupdf.open() as pdf:
        pdf.insert_pdf(source, to_page=9)
        pdf.save(made)
    return made


def commands(path: Path, runs: int) -> Iterator[Told]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        pdf, outputs = ten_pages(path, folder), (folder / f"outputs-{number}" for number in range(runs + 1))
        works = {
            "help": lambda: command("--help"),
            "ingest": lambda: command("ingest", str(pdf), "--outputs", str(next(outputs))),
        }
        taken = in_turn(works, runs)
    yield Told("`truynguon --help`", "≤ 0.3 s", f"{taken['help']:.2f} s", taken["help"] <= 0.3)
    cold = taken["ingest"]
    yield Told("`ingest` of one text PDF of 10 pages, cold", "≤ 2.5 s", f"{cold:.2f} s", cold <= 2.5, WHY_NOT_COLD)


def known_again(count: int) -> Told:
    """Documents that are known already, ingested again; they came in by large batches, to save time."""
    with tempfile.TemporaryDirectory() as name:
        inbox, outputs = Path(name, "inbox"), Path(name, "outputs")
        inbox.mkdir()
        store = Store(outputs)
        with store.writing():
            for numbers in parts(count, 500):
                batch = new_batch_name()
                store.commit(batch_of([process(small(inbox, number, batch)) for number in numbers], batch))
        ingest([], outputs, 1)
        again = timed(lambda: ingest([inbox], outputs))
    return Told(f"{count} known documents again", "≤ 5 s for 10 000", f"{again:.2f} s", again * 10_000 / count <= 5)


def size(path: Path) -> int:
    return path.stat().st_size


def parts(count: int, most: int) -> Iterator[range]:
    return (range(start, min(start + most, count)) for start in range(0, count, most))


def small(inbox: Path, number: int, batch: str) -> Arrival:
    path = inbox / f"{number}.txt"
    path.write_text(f"BỘ Y TẾ\n\nBáo cáo số {number}: đã khám {number} người.\n", "utf8")
    return arrival(path, sha256(path.read_bytes()).hexdigest(), batch)


QUERY = """
select indicator, date_trunc('month', period_end) as month, count(*), avg(value)
from read_parquet('{folder}/*.parquet') group by all order by indicator, month
"""


def query(count: int, runs: int) -> Told:
    """A question over published metrics."""
    with tempfile.TemporaryDirectory() as folder:
        for number, part in enumerate(parts(count, 100_000)):
            pq.write_table(made_metrics(len(part), number), Path(folder, f"{number}.parquet"), compression="zstd")
        asked = QUERY.format(folder=folder)
        taken = in_turn({"query": lambda: timed(lambda: duckdb.sql(asked).fetchall())}, runs)["query"]
    return Told(
        f"DuckDB over {count} metrics, by indicator and month", "< 1 s for 1 000 000", f"{taken:.2f} s", taken < 1
    )


def made_metrics(count: int, seed: int) -> pa.Table:
    """Metrics of 2000 indicators over ten years; what the question does not ask for is left open."""
    random = np.random.default_rng(seed)
    start = np.datetime64(date(2016, 1, 1))
    known = {
        "metric_id": pa.array([f"{seed}-{number}" for number in range(count)]),
        "indicator": pa.array([f"Chỉ tiêu {number}" for number in random.integers(0, 2000, count)]),
        "value": pa.array(random.normal(100, 20, count)),
        "period_end": pa.array(start + random.integers(0, 3650, count)),
    }
    schema = DATASETS["metrics"].schema
    columns = [
        known[each.name].cast(each.type) if each.name in known else pa.nulls(count, each.type) for each in schema
    ]
    return pa.table(columns, schema=pa.schema([each.with_nullable(True) for each in schema]))


# everything


def measure(folder: Path, plan: Plan) -> Findings:
    found = Findings()
    texts = sorted(path for path in folder.glob("*.pdf") if path.name[:3] in ("000", "002"))
    texts = texts or sorted(folder.glob("0[13]*.pdf"))
    for path in texts:
        text_pdf(path, plan, found)
    for path in sorted(folder.glob("*.docx"))[:1]:
        document(path, plan.runs, found, {})
    scans = [path for path in folder.glob("*.pdf") if path.with_suffix(".born-digital.pdf").exists()]
    for path in sorted(scans or folder.glob("06*.pdf"), key=size)[: plan.scans]:
        scan(path, plan, found)
    found.tell(two_processes(texts, max(1, plan.runs // 2)))
    found.tell(*commands(texts[0], plan.runs))
    found.tell(known_again(plan.known), query(plan.metrics, plan.runs))
    return found


SPLIT_HEAD = ("document", "pages", "pages a second", *(f"{stage}, ms a page" for stage in STAGES), "memory, MiB")


def written(found: Findings, plan: Plan) -> str:
    told = report.table([("what", "aim", "measured", "met"), *(each.cells() for each in found.told)])
    splits = report.table([SPLIT_HEAD, *(split.cells() for split in found.splits)])
    note = "" if plan is FULL else "\n\n**A short run, for trying: few repetitions, smaller sizes.**"
    about = (
        "Medians of runs that take turns; without a rival's start. The last stage commits one document alone to the\n"
        "lake and publishes it; pages a second include it."
    )
    plotted = "![Pages a second](images/benchmarks.svg)"
    return f"## Speed\n\n{report.machine()}.{note}\n\n{told}\n\n{plotted}\n\n{splits}\n\n{about}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    shared = ROOT.parent / "shared" / "documents"
    default = shared if shared.exists() else ROOT / "samples" / "documents"
    parser.add_argument("folder", nargs="?", type=Path, default=default)
    parser.add_argument("--short", action="store_true", help="few repetitions and small sizes, for trying")
    parser.add_argument("--write", action="store_true", help="renew docs/benchmarks.md")
    options = parser.parse_args()
    plan = SHORT if options.short else FULL
    start = time.perf_counter()
    found = measure(options.folder, plan)
    text = written(found, plan)
    print(f"\n{text}\n\n{time.perf_counter() - start:.0f} s")
    if options.write:
        report.renew("speed", text)
        report.PLOT.write_text(report.plot(found.charts), "utf-8")


if __name__ == "__main__":
    main()
