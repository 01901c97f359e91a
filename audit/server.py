"""The application as a server of its own."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import uvicorn

from audit.app import create_app
from pipeline.trace import dataset_folder

# Seconds after which what may be asked for next is made ready: whoever opened the address has the first page by then.
_PREPARED_AFTER = 2.0


class _Server(uvicorn.Server):
    """Says where it is once it answers."""

    def __init__(self, config: uvicorn.Config, token: str | None, prepare: Callable[[], None]) -> None:
        super().__init__(config)
        self._token = token
        self._waiting = threading.Timer(_PREPARED_AFTER, _quietly, [prepare])
        self._waiting.daemon = True

    async def startup(self, sockets: object = None) -> None:
        await super().startup(sockets)  # type: ignore[arg-type]
        for server in self.servers:
            for socket in server.sockets:
                host, port = socket.getsockname()[:2]
                shown = f"[{host}]" if ":" in host else host
                key = f"?token={quote(self._token)}" if self._token else ""
                print(f"http://{shown}:{port}/{key}  (Ctrl+C: dừng)", flush=True)
        self._waiting.start()


def _quietly(prepare: Callable[[], None]) -> None:
    try:
        prepare()
    except Exception:  # nobody asked for it; whoever does is told
        logging.getLogger(__name__).exception("prepare")


def serve(outputs: Path, host: str, port: int, token: str | None) -> None:
    """Answer until interrupted; port 0 takes a free one.

    Raises:
        TraceError: there are no datasets.
    """
    dataset_folder(outputs, "documents")
    app = create_app(outputs, token)
    config = uvicorn.Config(app, host=host, port=port, log_level="error", server_header=False, lifespan="off")
    try:
        _Server(config, token, app.state.site.pages.prepare).run()
    except KeyboardInterrupt:
        sys.stdout.flush()
