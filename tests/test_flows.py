"""The flow: the same datasets as the command makes, with retries and a report."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import psutil
import pytest
from prefect.artifacts import Artifact
from prefect.testing.utilities import prefect_test_harness

import flows
from pipeline.inbox import Inbox
from pipeline.ingest import Outcome, Report, ingest
from pipeline.process import Arrival
from pipeline.report import RunReport, markdown
from pipeline.store import Batch, BusyError, Store
from schemas.datasets import DATASETS, PER_DOCUMENT, RECORD_DATASETS
from tests import torture
from tests.conftest import SAMPLES, sample
from tests.postgres import free_port
from tests.test_contract import example

pytestmark = pytest.mark.slow
FILES = [sample("08"), SAMPLES / "bad" / "empty.pdf"]


@pytest.fixture(scope="module", autouse=True)
def server() -> Iterator[None]:
    with prefect_test_harness(server_startup_timeout=180):
        yield


@pytest.fixture(scope="module")
def run(server: None, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, RunReport]:
    outputs = tmp_path_factory.mktemp("flow") / "outputs"
    return outputs, flows.ingest(FILES, outputs, workers=1)


def statuses(report: Report) -> list[str]:
    return [outcome.status for outcome in report.outcomes]


def test_the_flow_makes_the_datasets_of_the_command(run: tuple[Path, RunReport], ingested: Path) -> None:
    outputs, report = run
    assert statuses(report) == ["extracted", "quarantined"]
    documents = set(pd.read_parquet(outputs / "documents")["document_id"])
    assert len(documents) == 2
    for name in RECORD_DATASETS:
        expected = pd.read_parquet(ingested / name)
        expected = expected[expected["document_id"].isin(documents)].reset_index(drop=True)
        assert pd.read_parquet(outputs / name).drop(columns="boxes").equals(expected.drop(columns="boxes"))


def test_the_report_is_an_artifact(run: tuple[Path, RunReport]) -> None:
    artifact = Artifact.get("ingest-report")
    assert artifact is not None
    assert artifact.data == markdown(run[1])
    assert "| empty.pdf | tệp rỗng (0 byte) |" in str(artifact.data)
    assert "| trích xuất | 1 |" in str(artifact.data)


def test_nothing_is_left_beside_the_datasets(run: tuple[Path, RunReport]) -> None:
    assert not (run[0] / "_prefect").exists()


def test_a_known_document_is_not_read_again(run: tuple[Path, RunReport], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flows, "read_batch", lambda *_: pytest.fail("read again"))
    assert statuses(flows.ingest(FILES, run[0], workers=1)) == ["known", "known"]


def test_a_busy_folder_fails_the_run(tmp_path: Path) -> None:
    with Store(tmp_path).writing(), pytest.raises(BusyError):
        flows.ingest(FILES, tmp_path)


def test_storing_is_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commit, failures = Store.commit, ["the disk was full"]

    def failing_once(store: Store, batch: Batch) -> None:
        if failures:
            raise OSError(failures.pop())
        commit(store, batch)

    monkeypatch.setattr(Store, "commit", failing_once)
    assert statuses(flows.ingest(FILES, tmp_path, workers=1)) == ["extracted", "quarantined"]
    assert len(pd.read_parquet(tmp_path / "documents")) == 2


def test_what_was_read_before_a_run_died_is_not_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Store, "commit", killed)
        with pytest.raises(KeyboardInterrupt):
            flows.ingest(FILES, tmp_path, workers=1)
    assert not len(pd.read_parquet(tmp_path / "documents"))
    monkeypatch.setattr(flows, "read_batch", lambda *_: pytest.fail("read again"))
    assert statuses(flows.ingest(FILES, tmp_path, workers=1)) == ["extracted", "quarantined"]
    assert len(pd.read_parquet(tmp_path / "tasks")) > 0


def test_other_content_and_other_versions_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    def key(*documents: str) -> str:
        arrivals = [Arrival(Path("x"), document, datetime.now(UTC), "b") for document in documents]
        return flows.same_content(None, {"arrivals": arrivals})  # type: ignore[arg-type]

    before = key("a", "b")
    assert key("a", "b") == before
    assert key("a", "c") != before
    monkeypatch.setattr(flows, "extractor_version", lambda: "another")
    assert key("a", "b") != before


def test_a_reason_with_a_bar_does_not_break_the_table() -> None:
    report = RunReport([Outcome(Path("a.pdf"), "1", "quarantined", "x | y")])
    assert "| a.pdf | x \\| y |" in markdown(report)


# several machines


@contextmanager
def cluster(tmp_path: Path, workers: int) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """A Dask scheduler and workers with a thread each, without nannies that would replace them."""
    address, started = f"tcp://127.0.0.1:{free_port()}", []

    def start(program: str, *arguments: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", f"distributed.cli.{program}", *arguments, "--no-dashboard"]
        with (tmp_path / f"{program}.log").open("ab") as log:
            started.append(subprocess.Popen(command, stdout=log, stderr=log, cwd=tmp_path))
        return started[-1]

    try:
        start("dask_scheduler", "--host", address)
        arguments = (address, "--host", "127.0.0.1", "--nthreads", "1", "--no-nanny")
        yield address, [start("dask_worker", *arguments) for _ in range(workers)]
    finally:
        for process in reversed(started):
            process.kill()
            process.wait()


def test_a_worker_of_a_cluster_is_killed_and_nothing_is_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.ingest.BATCH_SIZE", 2)
    torture.make_files(tmp_path / "in", 10)
    ingest([tmp_path / "in"], tmp_path / "expected", workers=2)
    expected = torture.read_published(tmp_path / "expected", list(PER_DOCUMENT))
    outputs = tmp_path / "outputs"
    with cluster(tmp_path, 2) as (address, (victim, survivor)):

        def kill() -> None:
            wait_for(lambda: psutil.Process(victim.pid).children())  # it reads documents
            victim.kill()

        killer = threading.Thread(target=kill)
        killer.start()
        report = flows.ingest([tmp_path / "in"], outputs, workers=1, dask=address)
        killer.join()
        assert victim.wait() == -signal.SIGKILL
        assert survivor.poll() is None
    assert statuses(report) == ["extracted"] * 10
    assert [outcome.path.name for outcome in report.outcomes] == [f"{number:04}.txt" for number in range(10)]
    torture.same(outputs, expected)


def test_a_cluster_of_this_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flows, "default_workers", lambda: 1)
    assert statuses(flows.ingest(FILES, tmp_path, dask="local")) == ["extracted", "quarantined"]
    assert not (tmp_path / "_prefect").exists()


def test_a_scheduler_that_does_not_answer(tmp_path: Path) -> None:
    import dask

    with dask.config.set({"distributed.comm.timeouts.connect": "1s"}), pytest.raises(OSError, match="127"):
        flows.ingest(FILES, tmp_path, dask=f"tcp://127.0.0.1:{free_port()}")


def test_a_machine_with_another_version_is_refused() -> None:
    row = DATASETS["documents"].table([example(DATASETS["documents"].row)])
    with pytest.raises(flows.ClusterError, match="máy đọc dùng phiên bản"):
        flows.same_version((Batch("b", ("a",), {"documents": row}), []))


# what arrives


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    (tmp_path / "inbox").mkdir()
    for file in FILES:
        (tmp_path / "inbox" / file.name).write_bytes(file.read_bytes())
    return tmp_path / "inbox"


def wait_for(condition: Callable[[], Any]) -> None:
    while not condition():
        time.sleep(0.05)


def stored(outputs: Path) -> list[str]:
    folder = outputs / "documents"
    return sorted(pd.read_parquet(folder)["file_name"]) if any(folder.glob("*.parquet")) else []


@contextmanager
def served(inbox: Inbox, outputs: Path) -> Iterator[None]:
    """The watch's loop in a thread, until the end of the block."""
    flows.stopping.clear()
    thread = threading.Thread(target=flows.serve, args=(inbox, outputs, 1, 0.1))
    thread.start()
    try:
        yield
    finally:
        flows.stopping.set()
        thread.join()
        flows.stopping.clear()


def test_the_file_that_fails_is_set_aside_and_the_others_come_in(
    inbox: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outputs, read = tmp_path / "outputs", flows.read_batch

    def failing(arrivals: list[Arrival], *others: Any) -> Any:
        if any(arrival.path.name == "empty.pdf" for arrival in arrivals):
            raise RecursionError("quá sâu")
        return read(arrivals, *others)

    monkeypatch.setattr(flows, "read_batch", failing)
    monkeypatch.setattr(flows, "read_documents", flows.read_documents.with_options(retries=0))
    arrivals = Inbox(inbox, outputs, settle=0)
    with served(arrivals, outputs):
        wait_for(arrivals.set_aside)
    assert stored(outputs) == [sample("08").name]
    assert arrivals.set_aside() == {inbox / "empty.pdf": "RecursionError: quá sâu"}
    flows.ingest([inbox / sample("08").name], outputs, workers=1)
    artifact = Artifact.get("ingest-report")
    assert artifact is not None
    assert f"| {inbox / 'empty.pdf'} | RecursionError: quá sâu |" in str(artifact.data)


def test_documents_on_s3(bucket: Any, tmp_path: Path) -> None:
    outputs = tmp_path / "outputs"
    inbox = flows.inbox_at(f"s3://{bucket.name}/in", outputs, together=16)
    with served(inbox, outputs):
        for file in FILES:
            bucket.upload_file(str(file), f"in/{file.name}")
        wait_for(lambda: len(stored(outputs)) == 2)
    assert [each.key for each in bucket.objects.all()] == sorted(f"in/{file.name}" for file in FILES)
    assert not [path for path in (outputs / "_arrived").rglob("*") if path.is_file()]


def test_a_full_disk_is_no_fault_of_the_files(inbox: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    outputs, commit, failures = tmp_path / "outputs", flows.Store.commit, [28] * 4

    def full(*arguments: Any) -> None:
        if failures:
            raise OSError(failures.pop(), "No space left on device")
        commit(*arguments)

    monkeypatch.setattr(flows.Store, "commit", full)
    monkeypatch.setattr(flows, "store_rows", flows.store_rows.with_options(retries=0))
    arrivals = Inbox(inbox, outputs, settle=0)
    with served(arrivals, outputs):
        wait_for(lambda: len(stored(outputs)) == 2)
    assert failures == []
    assert arrivals.set_aside() == {}


def test_a_stop_leaves_the_next_batches_for_the_next_start(
    inbox: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.ingest.BATCH_SIZE", 1)
    monkeypatch.setattr(flows.Store, "commit", lambda *_: flows.stopping.set())
    outputs = tmp_path / "outputs"
    try:
        report = flows.ingest([sample("08"), SAMPLES / "bad" / "empty.pdf"], outputs, workers=1)
    finally:
        flows.stopping.clear()
    assert len(report.outcomes) == 1
