"""Logs for machines: one JSON object a line, without secrets."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, TextIO


class JSONFormatter(logging.Formatter):
    """Writes a record as JSON: ``time``, ``level``, ``logger``, ``message``, and what it carries.

    A record carries more by ``extra={"statewright": {…}}``.

    Args:
        redact: takes out of every text what is not to be shown.
    """

    def __init__(self, redact: Callable[[str], str]) -> None:
        super().__init__()
        self._redact = redact

    def format(self, record: logging.LogRecord) -> str:
        """The line of a record."""
        moment = datetime.fromtimestamp(record.created, UTC)
        document: dict[str, Any] = {
            "time": moment.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": self._redact(record.getMessage()),
        }
        carried = getattr(record, "statewright", None)
        if isinstance(carried, Mapping):
            document |= {
                key: self._redact(value) if isinstance(value, str) else value
                for key, value in carried.items()
                if key not in document
            }
        if record.exc_info:
            document["exception"] = self._redact(self.formatException(record.exc_info))
        return json.dumps(document, ensure_ascii=True, default=str)


def log_as_json(redact: Callable[[str], str], stream: TextIO | None = None) -> None:
    """Let everything that is logged in this process be written as JSON.

    Args:
        redact: takes out of every text what is not to be shown.
        stream: where to; standard error by default.
    """
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JSONFormatter(redact))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(min(root.level, logging.WARNING) or logging.WARNING)
