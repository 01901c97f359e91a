"""The way of a document as a Prefect flow. Read this file first.

    folder ── find ──> batches ── read, outline, extract, check ──> rows ── store ──> datasets
                                          │                                   │
                                     one task a batch                  one task a batch

and at the end, once for all documents: link ──> task lines, indicators, citations, renditions

Prefect adds retries, a record of every run and its report; the work itself is done by the
stages in pipeline/, which know nothing of it. With `dask` the batches are read by the workers of a
cluster, several at a time; they are stored here, one after the other. `truynguon ingest` goes the
same steps without Prefect, `truynguon watch` runs the flow for whatever arrives in a folder:

    python -c "from flows import ingest; ingest(['samples/documents'])"
"""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from typing import Any, cast
from uuid import UUID

os.environ.setdefault("DO_NOT_TRACK", "1")  # Prefect reports its use to its makers from the moment it is imported
os.environ.setdefault("PREFECT_SERVER_ANALYTICS_ENABLED", "false")
os.environ.setdefault("PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS", "180")  # its own 20 s are too short

from httpx import HTTPError
from prefect import flow, get_client, task
from prefect.artifacts import create_markdown_artifact, create_progress_artifact, update_progress_artifact
from prefect.cache_policies import NO_CACHE, CacheKeyFnPolicy
from prefect.client.orchestration import SyncPrefectClient
from prefect.context import TaskRunContext
from prefect.flow_engine import run_flow
from prefect.logging import get_logger

from pipeline.inbox import Inbox, set_aside
from pipeline.ingest import BATCH_SIZE, Outcome, batches, find_files, read_batch
from pipeline.link import link
from pipeline.process import Arrival
from pipeline.report import RunReport, known_agencies, markdown
from pipeline.store import Batch, BusyError, Store
from pipeline.version import extractor_version
from pipeline.workers import Workers, default_workers

Read = tuple[Batch, list[Outcome]]

log = get_logger("truynguon")
stopping = Event()  # once set, the batch under way is stored and no other begun


class ClusterError(Exception):
    """The workers of a Dask cluster can't be used."""


@flow(name="ingest")
def ingest(
    paths: list[Path], outputs: Path = Path("outputs"), workers: int | None = None, dask: str | None = None
) -> RunReport:
    """Ingest files and folders into the datasets under `outputs`.

    `dask` is the address of a scheduler, or "local" for a cluster of this machine that lasts as long as the run.

    Raises:
        FileNotFoundError: a path does not exist.
        BusyError: another process writes to `outputs`.
        OSError: the disk is full, or the scheduler does not answer.
        ClusterError: a worker of the cluster has another version of the program.
    """
    store, files = Store(outputs), find_files(paths)
    cache = outputs.resolve() / "_prefect"
    progress: Any = create_progress_artifact(
        0.0, key="ingest-progress", description=f"{len(files)} files into {outputs}"
    )
    with store.writing():
        report = RunReport(known_agencies=known_agencies(store), set_aside=set_aside(outputs))
        new = batches(files, store, report.outcomes.append)
        for batch, outcomes in read_here(new, workers, cache) if dask is None else read_far(new, workers, cache, dask):
            store_rows(batch, store)
            report.outcomes += outcomes
            report.look_at(batch)
            update_progress_artifact(progress, 100 * len(report.outcomes) / len(files))
            if is_stopping():
                break
        link_documents(store)
        if not is_stopping():
            shutil.rmtree(cache, ignore_errors=True)  # what is stored is known and never read again
    create_markdown_artifact(markdown(report), key="ingest-report", description=f"ingest into {outputs}")
    return report


def is_stopping() -> bool:
    # Dask sends the flow with its tasks, and with it all objects that it names; an Event can't be sent.
    return stopping.is_set()


def same_content(_context: TaskRunContext, inputs: dict[str, Any]) -> str:
    """The same bytes read by the same version give the same rows."""
    read_by = [extractor_version(), *(arrival.document_id for arrival in inputs["arrivals"])]
    return hashlib.sha256("\n".join(read_by).encode()).hexdigest()


# A batch can take minutes to read and a moment to store. What was read is kept until it is stored,
# so that a run which dies in between, or fails to store, does not read its scans again.
@task(
    name="read",
    retries=1,
    retry_delay_seconds=5,
    cache_policy=CacheKeyFnPolicy(cache_key_fn=same_content),
    persist_result=True,
    cache_result_in_memory=False,
)
def read_documents(arrivals: list[Arrival], workers: int | None) -> Read:
    """Read, outline, extract and check a batch of documents."""
    outcomes: list[Outcome] = []
    with Workers(workers) as pool:
        return read_batch(arrivals, pool, outcomes.append), outcomes


def read_here(new: Iterable[list[Arrival]], workers: int | None, cache: Path) -> Iterator[Read]:
    """Read batches in processes of this machine, one batch after the other."""
    for arrivals in new:
        yield read_documents.with_options(result_storage=cache)(arrivals, workers)


def read_far(new: Iterable[list[Arrival]], workers: int | None, cache: Path, dask: str) -> Iterator[Read]:
    """Read batches on a Dask cluster, as many at a time as it has threads and one ahead; what was read comes in order.

    A batch whose worker is lost is given to another one; Dask gives up after the third.
    """
    from prefect_dask.task_runners import DaskTaskRunner

    cluster = {"n_workers": default_workers(), "threads_per_worker": 1, "dashboard_address": None}
    local = dask == "local"
    read = read_documents.with_options(result_storage=cache)
    begun: deque[Any] = deque()
    with DaskTaskRunner(cluster_kwargs=cluster) if local else DaskTaskRunner(address=dask) as runner:
        for arrivals in new:
            parameters = {"arrivals": arrivals, "workers": workers or (1 if local else None)}
            begun.append(runner.submit(read, parameters))
            while len(begun) > sum(runner.client.nthreads().values()) + 1:
                yield same_version(begun.popleft().result())
        while begun:
            yield same_version(begun.popleft().result())


def same_version(read: Read) -> Read:
    """What was read, if it was by this version of the program.

    Raises:
        ClusterError: it was by another.
    """
    found = set(read[0].tables["documents"]["extractor_version"].to_pylist())
    if found != {extractor_version()}:
        raise ClusterError(f"máy đọc dùng phiên bản {', '.join(found)}, ở đây là {extractor_version()}")
    return read


@task(name="store", retries=3, retry_delay_seconds=[1, 5, 20], cache_policy=NO_CACHE)
def store_rows(batch: Batch, store: Store) -> None:
    """Store a batch whole; one that failed halfway is undone before it is tried again."""
    store.commit(batch)


@task(name="link", retries=3, retry_delay_seconds=[1, 5, 20], cache_policy=NO_CACHE)
def link_documents(store: Store) -> None:
    """Bring the datasets over all documents up to date."""
    link(store)


# what arrives

# With a cluster a run is as many batches, so that its workers have something to do.
_BATCHES_AHEAD = 16


class ServerError(Exception):
    """The Prefect server does not answer."""


def watch(inbox: str, outputs: Path, workers: int | None = None, every: float = 10.0, dask: str | None = None) -> None:
    """Serve the deployment `ingest/inbox` until SIGINT or SIGTERM: ingest each file of a folder once it is complete.

    `inbox` is a folder or an s3:// address.

    Raises:
        ServerError: the Prefect server does not answer from the start.
        OSError: the address is none.

    The work is done in a thread, for the main thread must be free to take signals. Its child
    processes never see the Ctrl-C of a terminal, which is meant for this process alone.
    """
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    with ThreadPoolExecutor(1) as thread:
        together = BATCH_SIZE * (_BATCHES_AHEAD if dask else 1)
        serving = thread.submit(serve, inbox_at(inbox, outputs, together), outputs, workers, every, dask)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stopping.set())
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
        serving.result()


def inbox_at(place: str, outputs: Path, together: int) -> Inbox:
    if place.startswith("s3://"):
        from pipeline.fetch import BucketInbox

        return BucketInbox(place, outputs, together)
    return Inbox(Path(place), outputs, together=together)


def serve(inbox: Inbox, outputs: Path, workers: int | None, every: float, dask: str | None = None) -> None:
    """Run the deployment for what arrives, and whenever someone asks the Prefect server for a run, one at a time."""
    defaults: dict[str, Any] = {"paths": [str(inbox.folder.resolve())], "outputs": str(outputs.resolve())}
    defaults |= {"workers": workers, "dask": dask}
    with get_client(sync_client=True) as client:
        try:
            served: Any = ingest.to_deployment("inbox", parameters=defaults)
            deployment: UUID = served.apply()
        except HTTPError as error:
            raise ServerError(f"không kết nối được máy chủ Prefect tại {client.api_url}: {error}") from error
        log.info("theo dõi %s, ghi vào %s", inbox.place, outputs)
        while not stopping.is_set():
            try:
                for paths in inbox.take():
                    ingest_arrived(paths, inbox, deployment, client)
                for asked in client.get_scheduled_flow_runs_for_deployments([deployment], limit=1):
                    run_flow(ingest, client.read_flow_run(asked.id), return_type="state")
            except HTTPError as error:
                log.warning("máy chủ Prefect không trả lời, sẽ thử lại: %s", error)
            except OSError as error:
                log.error("chưa lấy được tệp mới, sẽ thử lại: %s", error)
            stopping.wait(every)


def ingest_arrived(paths: list[Path], inbox: Inbox, deployment: UUID, client: SyncPrefectClient) -> None:
    """A run of the deployment for some files; a failure is held against them unless it is plainly not theirs."""
    if stopping.is_set():
        return
    run = client.create_flow_run_from_deployment(deployment, parameters={"paths": [str(path) for path in paths]})
    try:
        report = cast(RunReport, run_flow(ingest, run))
    except (OSError, BusyError, ClusterError, HTTPError) as error:
        log.error("chưa tiếp nhận được %d tệp, sẽ thử lại: %s", len(paths), error)
    except Exception as error:
        inbox.failed(paths, f"{type(error).__name__}: {error}")
        for path, why in inbox.set_aside().items():
            log.error("để riêng %s sau nhiều lần lỗi: %s", path, why)
    else:
        inbox.ended(paths, {outcome.path for outcome in report.outcomes})
