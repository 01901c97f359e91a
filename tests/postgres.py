"""A PostgreSQL server of the tests' own: on a free port of loopback, gone afterwards."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest


@contextmanager
def postgres_server() -> Iterator[str]:
    """Start a server; its address, with a superuser who needs no password."""
    programs = _programs()
    folder = Path(tempfile.mkdtemp(prefix="truynguon-postgres-"))
    port = free_port()
    owner = _owner(folder)
    quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "cwd": folder, **owner}
    server = None
    try:
        data = folder / "data"
        initdb = [programs / "initdb", "-D", data, "-U", "tester", "--auth=trust", "-E", "UTF8", "--no-sync"]
        subprocess.run([*initdb, "--locale=C.UTF-8"], check=True, stderr=subprocess.PIPE, **quiet)
        options = {"listen_addresses": "127.0.0.1", "port": port, "unix_socket_directories": folder, "fsync": "off"}
        command = [programs / "postgres", "-D", data, *(f"--{name}={value}" for name, value in options.items())]
        with (folder.parent / f"{folder.name}.log").open("wb") as log:
            server = subprocess.Popen(command, stderr=log, **quiet)
        address = f"postgresql://tester@127.0.0.1:{port}/postgres"
        _wait(address, server)
        yield address
    finally:
        if server:
            server.send_signal(signal.SIGINT)  # ends all connections and stops
            server.wait(60)
        shutil.rmtree(folder, ignore_errors=True)
        (folder.parent / f"{folder.name}.log").unlink(missing_ok=True)


def new_database(server: str, name: str) -> str:
    """The address of a new, empty database."""
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'create database "{name}"'.encode())
    return server.rpartition("/")[0] + "/" + name


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _programs() -> Path:
    found = shutil.which("initdb")
    installed = [Path(found)] if found else sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not installed:
        pytest.skip("PostgreSQL is not installed (Debian: postgresql)")
    return installed[-1].parent


def _owner(folder: Path) -> dict[str, Any]:
    """PostgreSQL refuses to run as root: then Debian's user for it owns the folder and runs it."""
    if os.geteuid() != 0:
        return {}
    try:
        shutil.chown(folder, "postgres", "postgres")
    except LookupError:
        pytest.skip("PostgreSQL does not run as root, and there is no user `postgres`")
    return {"user": "postgres", "group": "postgres", "extra_groups": []}


def _wait(address: str, server: subprocess.Popen[bytes]) -> None:
    while server.poll() is None:
        try:
            psycopg.connect(address).close()
        except psycopg.OperationalError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"PostgreSQL ended with {server.returncode} while it started")
