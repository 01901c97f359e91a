"""The watch: what arrives is ingested under a Prefect server, temporary, running or on PostgreSQL; it stops cleanly."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pandas as pd
import pytest

from cli import main
from tests.conftest import SAMPLES, sample
from tests.postgres import free_port, new_database

pytestmark = pytest.mark.slow
PATIENCE_SECONDS = 240  # not what it takes, but when a test gives up


def wait(until: Callable[[], Any]) -> Any:
    for _ in range(PATIENCE_SECONDS * 5):
        if found := until():
            return found
        time.sleep(0.2)
    raise TimeoutError(until)


def documents(outputs: Path) -> list[str]:
    folder = outputs / "documents"
    return sorted(pd.read_parquet(folder)["file_name"]) if any(folder.glob("*.parquet")) else []


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    (tmp_path / "inbox").mkdir()
    return tmp_path / "inbox"


def arrive(inbox: Path, *files: Path) -> None:
    for file in files:
        (inbox / file.name).write_bytes(file.read_bytes())


class Watching:
    """`truynguon watch` in a process group of its own, as a terminal starts it."""

    def __init__(self, inbox: Path, outputs: Path, home: Path, *options: str, **settings: str) -> None:
        self.log = home.parent / "watch.log"
        environment = {**os.environ, "PREFECT_HOME": str(home), "PYTHONUNBUFFERED": "1", **settings}
        environment = {name: value for name, value in environment.items() if value}
        command = [sys.executable, "-m", "cli", "watch", inbox, "--outputs", outputs, "--workers", "2", "--every", "1"]
        command += options
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                list(map(str, command)), env=environment, stdout=log, stderr=log, start_new_session=True
            )

    def until(self, condition: Callable[[], Any]) -> Any:
        def look() -> Any:
            assert self.process.poll() is None, self.log.read_text("utf-8")
            return condition()

        return wait(look)

    def interrupt_group(self) -> int:
        """What Ctrl-C does."""
        os.killpg(self.process.pid, signal.SIGINT)
        return self.process.wait(PATIENCE_SECONDS)

    def terminate(self) -> int:
        self.process.terminate()
        return self.process.wait(PATIENCE_SECONDS)


@contextmanager
def watching(*arguments: Any, **settings: str) -> Iterator[Watching]:
    watch = Watching(*arguments, **settings)
    try:
        yield watch
    finally:
        if watch.process.poll() is None:
            os.killpg(watch.process.pid, signal.SIGKILL)
            watch.process.wait()


# settings of the tests' own server must not reach the command
OWN_SERVER = {"PREFECT_API_URL": "", "PREFECT_API_DATABASE_CONNECTION_URL": "", "PREFECT_PROFILES_PATH": ""}


def test_a_temporary_server_and_ctrl_c(inbox: Path, tmp_path: Path) -> None:
    """Ctrl-C in the middle of a batch: it is stored, and the command ends well."""
    outputs = tmp_path / "outputs"
    files = [sample(number) for number in ("02", "04", "07", "08")]
    arrive(inbox, *files)
    with watching(inbox, outputs, tmp_path / "home", **OWN_SERVER) as watch:
        watch.until(lambda: (outputs / "_prefect").exists() or documents(outputs))
        assert watch.interrupt_group() == 0, watch.log.read_text("utf-8")
    assert documents(outputs) == [file.name for file in files]


@pytest.fixture(scope="module")
def prefect_server(postgres: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """`prefect server start` on PostgreSQL; the address of its API."""
    home = tmp_path_factory.mktemp("server")
    database = new_database(postgres, "prefect").replace("postgresql://", "postgresql+asyncpg://")
    port = free_port()
    settings = {"PREFECT_API_DATABASE_CONNECTION_URL": database, "PREFECT_HOME": str(home), "DO_NOT_TRACK": "1"}
    settings |= {"PREFECT_SERVER_ANALYTICS_ENABLED": "false", "PREFECT_UI_ENABLED": "false", "PREFECT_API_URL": ""}
    command = [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port)]
    with (home / "log").open("wb") as log:
        process = subprocess.Popen(command, env={**os.environ, **settings}, stdout=log, stderr=log, cwd=home)
    try:
        api = f"http://127.0.0.1:{port}/api"
        wait(lambda: process.poll() is not None or answers(f"{api}/health"))
        assert process.poll() is None, (home / "log").read_text("utf-8")
        yield api
    finally:
        process.terminate()
        process.wait(PATIENCE_SECONDS)


def answers(address: str) -> bool:
    try:
        return httpx.get(address).is_success
    except httpx.HTTPError:
        return False


def test_a_server_on_postgresql(inbox: Path, tmp_path: Path, prefect_server: str) -> None:
    """SIGTERM in the middle of the third batch: it is stored, and the command ends well. The log is JSON."""
    outputs = tmp_path / "outputs"
    settings = {**OWN_SERVER, "PREFECT_API_URL": prefect_server}
    arrive(inbox, sample("08"))
    with watching(inbox, outputs, tmp_path / "home", "--json-log", **settings) as watch:
        watch.until(lambda: documents(outputs))
        arrive(inbox, SAMPLES / "bad" / "empty.pdf")
        watch.until(lambda: len(documents(outputs)) == 2)
        reports = watch.until(lambda: len(artifacts(prefect_server, "ingest-report")) == 2 and True)
        assert reports
        arrive(inbox, sample("02"), sample("07"))
        watch.until(lambda: watch.log.read_text("utf-8").count('"batch_opened"') == 3)
        assert len(documents(outputs)) == 2
        assert watch.terminate() == 0, watch.log.read_text("utf-8")
    assert len(documents(outputs)) == 4
    log = [json.loads(line) for line in watch.log.read_text("utf-8").splitlines()]
    events = [line["event"] for line in log if "event" in line]
    assert [events.count(name) for name in ("batch_committed", "document_read", "document_quarantined")] == [3, 3, 1]
    assert "| empty.pdf | tệp rỗng (0 byte) |" in artifacts(prefect_server, "ingest-report")[1]["data"]
    assert artifacts(prefect_server, "ingest-progress")[-1]["data"] == 100
    runs = httpx.post(f"{prefect_server}/flow_runs/filter", json={}).json()
    assert [run["state_type"] for run in runs] == ["COMPLETED"] * 3
    (deployment,) = httpx.post(f"{prefect_server}/deployments/filter", json={}).json()
    assert {run["deployment_id"] for run in runs} == {deployment["id"]}
    assert deployment["parameters"]["paths"] == [str(inbox.resolve())]


def artifacts(api: str, key: str) -> list[dict[str, Any]]:
    wanted = {"artifacts": {"key": {"any_": [key]}}, "sort": "UPDATED_DESC"}
    found: list[dict[str, Any]] = httpx.post(f"{api}/artifacts/filter", json=wanted).json()
    return sorted(found, key=lambda artifact: str(artifact["created"]))


def test_a_run_that_someone_asks_for(inbox: Path, tmp_path: Path, prefect_server: str) -> None:
    """From the server's pages or `prefect deployment run`: the whole inbox, known files and all."""
    outputs = tmp_path / "outputs"
    settings = {**OWN_SERVER, "PREFECT_API_URL": prefect_server}
    with watching(inbox, outputs, tmp_path / "home", **settings) as watch:
        watch.until(lambda: "theo dõi" in watch.log.read_text("utf-8"))
        (inbox / "~$08.txt").touch()
        elsewhere = tmp_path / "elsewhere.txt"
        elsewhere.write_bytes(sample("08").read_bytes())
        (deployment,) = httpx.post(f"{prefect_server}/deployments/filter", json={}).json()
        asked = httpx.post(
            f"{prefect_server}/deployments/{deployment['id']}/create_flow_run",
            json={"parameters": {"paths": [str(elsewhere)]}, "state": {"type": "SCHEDULED"}},
        ).json()
        watch.until(lambda: documents(outputs) == ["elsewhere.txt"])
        state = f"{prefect_server}/flow_runs/{asked['id']}"
        watch.until(lambda: httpx.get(state).json()["state_type"] == "COMPLETED")
        assert watch.terminate() == 0


def test_no_server_where_one_should_be(inbox: Path, tmp_path: Path) -> None:
    address = f"http://127.0.0.1:{free_port()}/api"
    environment = {**os.environ, "PREFECT_API_URL": address, "PREFECT_HOME": str(tmp_path / "home")}
    environment["PREFECT_CLIENT_MAX_RETRIES"] = "0"
    command = [sys.executable, "-m", "cli", "watch", str(inbox), "--outputs", str(tmp_path / "outputs")]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert f"truynguon watch: không kết nối được máy chủ Prefect tại {address}" in done.stderr


def test_no_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["watch", str(tmp_path / "absent")]) == 2
    assert "absent không phải thư mục; cần thư mục nhận tệp" in capsys.readouterr().err
