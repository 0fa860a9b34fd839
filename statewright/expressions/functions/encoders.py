"""The encoders extension: base64.

Source: https://github.com/google/cel-go/blob/master/ext/encoders.go
"""

from __future__ import annotations

import base64
import binascii
from typing import Final

from statewright.errors import EvaluationError
from statewright.expressions.overloads import Overload, function
from statewright.expressions.types import BYTES, STRING


def _decoded(text: str) -> bytes:
    """Bytes from base64, with its padding or without; the ends of lines are skipped."""
    text = text.replace("\r", "").replace("\n", "")
    padding = "=" * (-len(text) % 4)
    try:
        return base64.b64decode(text + padding, validate=True)
    except (binascii.Error, ValueError):
        raise EvaluationError("not base64") from None


ENCODERS: Final[tuple[Overload, ...]] = (
    function("base64.encode", (BYTES,), STRING, lambda data: base64.b64encode(data).decode()),
    function("base64.decode", (STRING,), BYTES, _decoded),
)
"""``base64.encode base64.decode``."""
