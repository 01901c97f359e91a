"""The log: one line an event, by name and fields, never with text of a document."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime
from typing import Any

_LOGGER = logging.getLogger("truynguon")


def event(name: str, level: int = logging.INFO, **fields: Any) -> None:
    """Log that something happened: "document_read", with what a machine wants to know of it."""
    _LOGGER.log(level, name, extra={"fields": fields})


class Lines(logging.Formatter):
    """One line an event: a JSON object, or its name and `field=value`."""

    def __init__(self, as_json: bool) -> None:
        super().__init__()
        self._as_json = as_json

    def format(self, record: logging.LogRecord) -> str:
        fields: dict[str, Any] = dict(getattr(record, "fields", {}))
        if record.exc_info:
            fields["fault"] = self.formatException(record.exc_info)
        if not self._as_json:
            return " ".join((record.getMessage(), *(f"{name}={value}" for name, value in fields.items())))
        moment = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        head = {"time": moment, "level": record.levelname.lower(), "event": record.getMessage()}
        return json.dumps({**head, **fields}, ensure_ascii=False, default=str)


class _Stderr(logging.Handler):
    """Standard error, wherever it leads when something happens."""

    def emit(self, record: logging.LogRecord) -> None:
        print(self.format(record), file=sys.stderr, flush=True)


def configure(as_json: bool) -> None:
    """Write the log to standard error: all of it as JSON, or else only warnings and errors as plain lines."""
    handler = _Stderr()
    handler.setFormatter(Lines(as_json))
    _LOGGER.handlers[:] = [handler]
    _LOGGER.propagate = False
    _LOGGER.setLevel(logging.INFO if as_json else logging.WARNING)


def as_json() -> bool:
    """Whether this process logs JSON."""
    return any(isinstance(handler.formatter, Lines) and handler.formatter._as_json for handler in _LOGGER.handlers)
