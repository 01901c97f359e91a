"""The application as a server of its own."""

from __future__ import annotations

import sys
from pathlib import Path
from urllib.parse import quote

import uvicorn

from audit.app import create_app
from pipeline.trace import dataset_folder


class _Server(uvicorn.Server):
    """Says where it is once it answers."""

    def __init__(self, config: uvicorn.Config, token: str | None) -> None:
        super().__init__(config)
        self._token = token

    async def startup(self, sockets: object = None) -> None:
        await super().startup(sockets)  # type: ignore[arg-type]
        for server in self.servers:
            for socket in server.sockets:
                host, port = socket.getsockname()[:2]
                shown = f"[{host}]" if ":" in host else host
                key = f"?token={quote(self._token)}" if self._token else ""
                print(f"http://{shown}:{port}/{key}  (Ctrl+C: dừng)", flush=True)


def serve(outputs: Path, host: str, port: int, token: str | None) -> None:
    """Answer until interrupted; port 0 takes a free one.

    Raises:
        TraceError: there are no datasets.
    """
    dataset_folder(outputs, "documents")
    config = uvicorn.Config(
        create_app(outputs, token), host=host, port=port, log_level="error", server_header=False, lifespan="off"
    )
    try:
        _Server(config, token).run()
    except KeyboardInterrupt:
        sys.stdout.flush()
