"""Ingestion killed, watched and fed with hostile files: `make torture`, and in short `tests/test_torture.py`.

Every run is a process of its own, forked from this one, which never touches Arrow or Delta and so has no threads
that a fork could break. What is killed is killed by SIGKILL.
"""

from __future__ import annotations

import json
import logging
import os
import random
import resource
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pyarrow.parquet as pq
from deltalake import DeltaTable

from pipeline import ingest as ingest_module
from pipeline import reextract as reextract_module
from pipeline import store as store_module
from pipeline.ingest import ingest
from pipeline.limits import Limits
from pipeline.reextract import reextract
from pipeline.store import Store
from schemas.datasets import DATASETS, PER_DOCUMENT
from tests.hostile import HOSTILE

# What differs from run to run and may.
_OF_THE_RUN = ["received_at", "batch"]
# In this time, in seconds, processes start and a few batches are stored; what is left is done by the next run.
LATEST_KILL = 1.6
# So many are killed at once at named points; each uses one core and waits now and then.
LANES = 3
State = dict[str, dict[str, list[str]]]
Action = Callable[[Path], None]  # to an outputs folder


# processes


def fork(action: Callable[[], None]) -> int:
    """Do something in a process of its own; its id."""
    pid = os.fork()
    if pid:
        return pid
    logging.getLogger("truynguon").setLevel(logging.ERROR)
    try:
        action()
    except BaseException:
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def wait_for(pid: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def must(action: Callable[[], None]) -> None:
    code = wait_for(fork(action))
    if code:
        raise AssertionError(f"{action} ended with {code}")


def killed(action: Callable[[], None], after: float) -> bool:
    """Do something in a process that is killed after some seconds; whether it was. If it ended before, it must have been well."""
    pid, ends, status = fork(action), time.monotonic() + after, None
    while status is None and time.monotonic() < ends:
        ended, found = os.waitpid(pid, os.WNOHANG)
        status = found if ended else None
        time.sleep(0.002)
    if status is None:
        os.kill(pid, signal.SIGKILL)
        status = os.waitpid(pid, 0)[1]
    code = os.waitstatus_to_exitcode(status)
    assert code in (0, -signal.SIGKILL), f"{action} ended with {code}"
    return code != 0


# files


def make_files(folder: Path, count: int, hostile: int = 0) -> None:
    """Small documents, each of its own content; so many of them hostile."""
    folder.mkdir()
    for number in range(count - hostile):
        lines = ["UBND TỈNH CÀ MAU", f"Số: {number + 1}/BC-UBND", "BÁO CÁO", "Kết quả trồng rừng năm 2025"]
        lines += [
            f"{n}. Xã số {n} đã trồng {number + n} ha rừng, đạt {50 + n}% kế hoạch." for n in range(1, 2 + number % 5)
        ]
        lines.append(
            f"Giao Sở Y tế chủ trì, phối hợp với Sở Tài chính rà soát, báo cáo kết quả trước ngày {1 + number % 28}/12/2025."
        )
        (folder / f"{number:04}.txt").write_text("\n".join(lines), "utf-8")
    makers = [HOSTILE[name] for name in _QUICKLY_REFUSED]
    for number in range(hostile):
        file = folder / f"hostile-{number:03}-{_QUICKLY_REFUSED[number % len(makers)]}"
        makers[number % len(makers)](file, "http://127.0.0.1:9")
        if file.is_file() and not file.is_symlink():
            with file.open("ab") as more:  # no two of the same bytes
                more.write(b"\n%%%d" % number)


_QUICKLY_REFUSED = (
    "encrypted.pdf", "truncated.pdf", "only-a-header.pdf", "page-tree-loop.pdf", "hundred-thousand-pages.pdf",
    "huge-picture.pdf", "huge.png", "tiff-loop.tif", "drawing.png", "entity.docx", "laughs.docx", "bursting.docx",
    "nested-tables.docx", "no-body.docx", "link-out.txt", "link-loop.txt", "pipe.pdf",
)  # fmt: skip


# what readers see


def read_published(outputs: Path, names: list[str]) -> State:
    """By dataset, in this order, by document: its rows."""
    found: State = {}
    for name in names:
        table = pd.read_parquet(outputs / name)
        table = table.drop(columns=[column for column in _OF_THE_RUN if column in table])
        rows = [json.dumps(row, default=str, sort_keys=True) for row in table.to_dict("records")]
        found[name] = {}
        for document_id, row in zip(table["document_id"], rows, strict=True):
            found[name].setdefault(document_id, []).append(row)
    return {name: {key: sorted(rows) for key, rows in of.items()} for name, of in found.items()}


def check(outputs: Path, whole: State, *, last: str) -> None:
    """Fail unless what is published is whole documents, each once, whether `documents` is read first or last."""
    names = sorted(PER_DOCUMENT, key=lambda name: (name == "documents") == (last == "documents"))
    seen = read_published(outputs, names)
    if last == "documents":
        check_known(seen, whole)
    else:
        check_complete(seen, whole)


def check_known(seen: State, whole: State) -> None:
    """Fail if a dataset has rows of a document that is not in, or others than it shall have."""
    known = set(seen["documents"])
    for name in seen:
        assert set(seen[name]) <= known, f"{name}: rows of documents that are not in"
        check_rows(name, seen, whole)


def check_complete(seen: State, whole: State) -> None:
    """Fail if a dataset lacks rows of a document that is in, or has others than it shall have."""
    for name in seen:
        missing = {document_id for document_id in seen["documents"] if document_id in whole[name]} - set(seen[name])
        assert not missing, f"{name}: rows of {len(missing)} documents are missing"
        check_rows(name, seen, whole)


def check_rows(name: str, seen: State, whole: State) -> None:
    for document_id in seen[name].keys() & seen["documents"].keys():
        assert seen[name][document_id] == whole[name][document_id], f"{name}: {document_id} differs"


def check_at_rest(outputs: Path, whole: State) -> None:
    """Fail unless what is published is whole documents, while nobody writes."""
    seen = read_published(outputs, list(PER_DOCUMENT))
    check_known(seen, whole)
    check_complete(seen, whole)


def poll(outputs: Path, whole: State, to: Path) -> None:
    """Read all datasets over and over, by pandas and by DuckDB, until told to end."""
    stopped, rounds = [], 0
    signal.signal(signal.SIGTERM, lambda *_: stopped.append(True))
    while not stopped:
        check(outputs, whole, last=("documents", "others")[rounds % 2])
        for name in PER_DOCUMENT:
            column = DATASETS[name].id_column
            if column:
                query = f"select count(*), count(distinct {column}) from '{outputs}/{name}/*.parquet'"
                count, distinct = duckdb.sql(query).fetchall()[0]
                assert count == distinct, f"{name}: {count - distinct} duplicates"
        rounds += 1
        time.sleep(0.1)
    assert rounds
    to.write_text(str(rounds))


@contextmanager
def watched(outputs: Path, whole: State, to: Path) -> Iterator[None]:
    """A reader polls meanwhile; it must see nothing wrong, and writes how often it read."""
    reader = fork(partial(poll, outputs, whole, to))
    try:
        yield
    finally:
        os.kill(reader, signal.SIGTERM)
        code = wait_for(reader)
    assert code == 0, "the reader saw something wrong"


def same(outputs: Path, whole: State) -> None:
    """Fail unless all datasets are those of an undisturbed run, published and in the lake."""
    assert read_published(outputs, list(PER_DOCUMENT)) == whole
    for name in PER_DOCUMENT:
        lake = DeltaTable(str(outputs / "_lake" / name)).to_pyarrow_table().num_rows
        assert lake == sum(map(len, whole[name].values())), name
    assert not (outputs / "_open_batch.json").exists()


# what is done


def ingest_all(inbox: Path, outputs: Path) -> None:
    ingest_module.BATCH_SIZE = 4
    ingest([inbox], outputs, 2)


def reextract_all(outputs: Path, workers: int = 2) -> None:
    """Every document as if another version had read it."""
    ingest_module.BATCH_SIZE = 4
    reextract_module.extractor_version = lambda: "another"  # type: ignore[assignment]
    reextract(outputs, workers=workers)


def keep_state(outputs: Path, file: Path) -> None:
    file.write_text(json.dumps(read_published(outputs, list(PER_DOCUMENT))))


@dataclass(slots=True)
class Figures:
    kills: int = 0
    runs: int = 0
    readings: int = 0


def torture_at_random(work: Path, kills: int, documents: int, seed: int = 7) -> Figures:
    """Kill ingestion and re-extraction at random moments, many times, until both end; again until it is enough."""
    inbox, chance, figures = work / "inbox", random.Random(seed), Figures()
    make_files(inbox, documents)
    must(partial(ingest_all, inbox, work / "undisturbed"))
    must(partial(keep_state, work / "undisturbed", work / "whole.json"))
    whole = json.loads((work / "whole.json").read_text())
    while figures.kills < kills:
        outputs = work / f"disturbed-{figures.runs}"
        must(partial(prepare, outputs))
        with watched(outputs, whole, work / "readings"):
            for action in (partial(ingest_all, inbox, outputs), partial(reextract_all, outputs)):
                before = figures.kills
                while killed(action, chance.uniform(0.0, LATEST_KILL)):
                    figures.kills += 1
                    # a slow machine may get nothing done in the time
                    if figures.kills >= kills or figures.kills - before >= documents:
                        must(action)
                        break
        must(partial(same, outputs, whole))
        figures.readings += int((work / "readings").read_text())
        figures.runs += 1
    return figures


def prepare(outputs: Path) -> None:
    with Store(outputs).writing():
        pass


# named points


class Points:
    """Counts the steps of the store that change files, and kills this process before the one wanted."""

    def __init__(self, wanted: int | None) -> None:
        self.done, self.wanted = 0, wanted

    def before(self, step: Callable[..., Any], torn: Callable[..., Any] | None = None) -> Callable[..., Any]:
        def counted(*arguments: Any, **named: Any) -> Any:
            if self.done == self.wanted:
                if torn:
                    torn(*arguments)
                os.kill(os.getpid(), signal.SIGKILL)
            self.done += 1
            return step(*arguments, **named)

        return counted

    def install(self) -> None:
        store_module.write_deltalake = self.before(store_module.write_deltalake)
        DeltaTable.create_write_transaction = self.before(DeltaTable.create_write_transaction)
        pq.write_table = self.before(pq.write_table, lambda _, file, **__: Path(file).write_bytes(b"PAR1 and no more"))
        for step in ("replace", "unlink", "rename", "mkdir", "symlink_to", "write_bytes"):
            setattr(Path, step, self.before(getattr(Path, step)))


def ingest_few(inbox: Path, outputs: Path) -> None:
    ingest([inbox], outputs, 1)


def reextract_few(outputs: Path) -> None:
    reextract_all(outputs, 1)


def disturbed_at(action: Action, outputs: Path, point: int | None, count: Path | None = None) -> None:
    """Do something up to a point, or to its end and write how many points there are."""
    points = Points(point)
    points.install()
    action(outputs)
    if count:
        count.open("w").write(str(points.done))


def torture_at_points(work: Path, every: int = 1, documents: int = 3) -> int:
    """Kill ingestion and re-extraction of a few documents at each step; the next run must end as if nothing had been.

    How many kills there were.
    """
    inbox, kills, before = work / "few", 0, work / "few-none"
    make_files(inbox, documents)
    must(partial(prepare, before))
    finish = partial(ingest_few, inbox)
    for action in (finish, reextract_few):  # each begins with what the one before it left
        whole = work / f"few-{kills}"
        shutil.copytree(before, whole, symlinks=True)
        must(partial(disturbed_at, action, whole, None, work / "count"))
        must(partial(keep_state, whole, work / "few.json"))
        state = json.loads((work / "few.json").read_text())
        points = range(0, int((work / "count").read_text()), every)
        lanes = [fork(partial(kill_at, points[lane::LANES], action, finish, before, state)) for lane in range(LANES)]
        assert [wait_for(lane) for lane in lanes] == [0] * LANES
        kills += len(points)
        before = whole
    return kills


def kill_at(points: Iterable[int], action: Action, finish: Action, before: Path, whole: State) -> None:
    """Kill something at each of some points, and have it finished by the next run."""
    for point in points:
        outputs = before.with_name(f"{before.name}-killed-at-{point}")
        shutil.copytree(before, outputs, symlinks=True)
        assert wait_for(fork(partial(disturbed_at, action, outputs, point))) == -signal.SIGKILL
        must(partial(check_at_rest, outputs, whole))
        must(partial(finish, outputs))
        must(partial(same, outputs, whole))
        shutil.rmtree(outputs)


# many files


def swallow(work: Path, files: int, hostile: int) -> dict[str, float]:
    """Ingest many files, some of them hostile; the figures."""
    make_files(work / "many", files, hostile)
    memory: list[int] = []

    class Listening(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            memory.append(getattr(record, "fields", {}).get("memory") or 0)

    logger = logging.getLogger("truynguon")
    logger.handlers[:], logger.propagate = [Listening()], False
    logger.setLevel(logging.INFO)
    start = time.monotonic()
    report = ingest([work / "many"], work / "swallowed", 2, limits=Limits(step_seconds=5))
    counted = {status: report.count(status) for status in ("extracted", "quarantined", "known")}
    return {**counted, "peak_mib": max(memory) >> 20, "seconds": round(time.monotonic() - start)}


def tell(file: Path, do: Callable[[], object]) -> None:
    file.write_text(json.dumps(do()))


def blind(work: Path) -> None:
    """Fail unless the check that the polling reader makes fails where something is wrong."""
    make_files(work / "three", 3)
    must(partial(ingest_all, work / "three", work / "harmed"))
    must(partial(keep_state, work / "harmed", work / "three.json"))
    whole = json.loads((work / "three.json").read_text())
    must(partial(check, work / "harmed", whole, last="others"))
    for file in (work / "harmed" / "metrics").glob("2*.parquet"):
        file.write_bytes((work / "harmed" / "metrics" / "0-schema.parquet").read_bytes())
    must(partial(seen_by_the_check, work / "harmed", whole))


def seen_by_the_check(outputs: Path, whole: State) -> None:
    try:
        check(outputs, whole, last="others")
    except AssertionError:
        return
    raise AssertionError("documents without their metrics were not seen")


def main(short: bool) -> None:
    """All of it, or a little of each."""
    kills, documents, every, files, hostile = (3, 8, 25, 40, 2) if short else (200, 56, 1, 1000, 50)
    start = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="truynguon-torture-") as folder:
        work = Path(folder)
        blind(work)
        # The named points use what the random kills leave idle.
        at_points = fork(partial(tell, work / "points", partial(torture_at_points, work, every)))
        at_random = torture_at_random(work, kills, documents)
        print(
            f"{at_random.kills} kills at random moments over {documents} documents, in {at_random.runs} runs of "
            f"ingest and reextract, read {at_random.readings} times meanwhile: nothing amiss, same datasets in the end",
            flush=True,
        )
        must(partial(tell, work / "many.json", partial(swallow, work, files, hostile)))
        found = json.loads((work / "many.json").read_text())
        print(f"{files} files, {hostile} of them hostile: {found}", flush=True)
        assert (found["extracted"], found["quarantined"]) == (files - hostile, hostile)
        assert found["peak_mib"] < 1536
        assert wait_for(at_points) == 0, "see above what went wrong at a named point"
        points = json.loads((work / "points").read_text())
        print(f"{points} kills at the steps of ingest and reextract: same datasets in the end", flush=True)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(f"{time.monotonic() - start:.0f} s, of which {used.ru_utime + used.ru_stime:.0f} s of processors")


if __name__ == "__main__":
    sys.exit(main("--short" in sys.argv))
