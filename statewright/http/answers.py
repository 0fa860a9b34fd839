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
    body = b"" if content is None else bytes_from(content)
    return Response(
        body,
        status,
        {**HEADERS, **(headers or {})},
        media_type=None if content is None else media_type,
    )


def bytes_from(content: Any) -> bytes:
    """A value as JSON in UTF-8; half a character is written as its escape."""
    # Sorted: a message that comes again gets the same bytes, wherever its answer comes from.
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return text.encode("utf-8", "backslashreplace")
