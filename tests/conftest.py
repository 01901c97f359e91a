"""What several tests share: the samples, and outputs into which some of them were ingested."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from pipeline.ingest import Report, ingest
from tests.postgres import postgres_server

settings.register_profile("fuzz", max_examples=5000, deadline=None)  # make fuzz
settings.register_profile("steady", deadline=None)  # no test depends on how busy the machine is
settings.load_profile("steady")

SAMPLES = Path(__file__).parent.parent / "samples"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--all-steps", action="store_true", help="crash at each step, not at some (make torture)")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Fast tests first."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is not None)


def sample(number: str) -> Path:
    (found,) = (SAMPLES / "documents").glob(f"{number}-*")
    return found


@pytest.fixture(scope="session")
def first_run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Report]:
    """A PDF, a text and all bad files, ingested: look at them, change nothing."""
    outputs = tmp_path_factory.mktemp("first") / "outputs"
    return outputs, ingest([sample("04"), sample("08"), SAMPLES / "bad"], outputs)


@pytest.fixture(scope="session")
def ingested(first_run: tuple[Path, Report]) -> Path:
    return first_run[0]


@pytest.fixture
def own_copy(ingested: Path, tmp_path: Path) -> Path:
    """The same outputs for a test that writes to them."""
    return Path(shutil.copytree(ingested, tmp_path / "outputs", symlinks=True))


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a PostgreSQL server; make a database of your own on it."""
    with postgres_server() as address:
        yield address


@pytest.fixture(scope="session")
def endpoint() -> Iterator[str]:
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(endpoint: str, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Any:
    """A bucket of its own for each test, and the settings by which all clients find it."""
    import boto3

    settings = {"AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_REGION": "us-east-1"}
    settings |= {"AWS_ENDPOINT_URL": endpoint, "AWS_ALLOW_HTTP": "true", "AWS_DEFAULT_REGION": "us-east-1"}
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    found = boto3.resource("s3").Bucket(f"b{abs(hash(request.node.name))}")
    found.create()
    return found
