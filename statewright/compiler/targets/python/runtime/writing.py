"""Canonical JSON with the standard library alone: slower, and the same text to the byte."""

from __future__ import annotations

import json
from typing import Any, Final

_ENCODER: Final = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")
)


def text_from_json(value: Any) -> str:
    """The canonical text of plain JSON values; see ``statechart.values.canonical``."""
    text = _ENCODER.encode(value)
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode()
