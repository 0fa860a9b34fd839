"""Answers: JSON with the headers that every one of them carries."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from starlette.responses import Response

JSON: Final = "application/json"

HEADERS: Final[Mapping[str, str]] = {
    # Answers are of one conversation and one moment; tokens stand in paths.
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
"""What goes with every answer."""


def answer(
    content: Any,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    media_type: str = JSON,
) -> Response:
    """An answer in JSON; None is an answer without a body."""
    if content is None:
        return _Answer(b"", status, headers)
    return _Answer(bytes_from(content), status, headers, media_type)


class _Answer(Response):
    """A response whose usual headers are encoded once, not with every answer."""

    def init_headers(self, headers: Mapping[str, str] | None = None) -> None:
        """See ``Response``; what has no body has neither a type nor a length."""
        made = [*_ENCODED]
        if self.media_type is not None:
            made.append((b"content-length", str(len(self.body)).encode()))
            made.append((b"content-type", self.media_type.encode()))
        for name, value in (headers or {}).items():
            made.append((name.lower().encode(), value.encode("latin-1", "replace")))
        self.raw_headers = made


_ENCODED: Final = [(name.lower().encode(), value.encode()) for name, value in HEADERS.items()]


def bytes_from(content: Any) -> bytes:
    """A value as JSON in UTF-8; half a character is written as its escape."""
    return _ENCODER.encode(content).encode("utf-8", "backslashreplace")


# Sorted: a message that comes again gets the same bytes, wherever its answer comes from.
_ENCODER: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True)
