"""What an unquoted scalar of YAML is: null, a boolean, a number, or a text.

This is the core schema of YAML 1.2, as far as JSON can say the same: ``no``, ``on``,
``2024-01-01``, ``1_000``, ``0o7``, ``0x1F`` and ``007`` are texts, so that no answer, date or
postcode changes its look.
"""

from __future__ import annotations

import math
import re
from typing import Any, Final

from statewright.flows.outline import INT64_MAX, INT64_MIN, shown

_LITERALS: Final = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]*)").fullmatch
_FLOAT = re.compile(
    r"[-+]?(?:\.[0-9]+|(?:0|[1-9][0-9]*)(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?"
).fullmatch
_NO_NUMBER = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)").fullmatch
_NUMERIC: Final = frozenset("+-.0123456789")
_UNFIT = re.compile("[\x00\ud800-\udfff]")
_DIGITS_OF_INT64: Final = 20

ScalarFault = tuple[str, str] | None
"""The code and the message of what is wrong with a scalar."""


def scalar_from(text: str, *, plain: bool) -> tuple[Any, ScalarFault]:
    """The value of a scalar, and what is wrong with it.

    Args:
        text: what it says.
        plain: whether it stands there without quotes; only then it may be anything but a text.

    >>> scalar_from("no", plain=True), scalar_from("12", plain=True)
    (('no', None), (12, None))
    """
    if plain and text in _LITERALS:
        return _LITERALS[text], None
    if plain and text[0] in _NUMERIC:
        return _number(text)
    if _UNFIT.search(text):
        fault = ("R001", "the text holds NUL or half of a surrogate pair")
        return _UNFIT.sub("\N{REPLACEMENT CHARACTER}", text), fault
    return text, None


def _number(text: str) -> tuple[Any, ScalarFault]:
    """The number that a plain scalar is, or its text."""
    if _INTEGER(text):
        if len(text) <= _DIGITS_OF_INT64 and INT64_MIN <= int(text) <= INT64_MAX:
            return int(text), None
        return 0, ("R004", f"{shown(text)} does not fit into 64 bits")
    if _FLOAT(text):
        value = float(text)
        if math.isfinite(value):
            return value, None
        return 0, ("R004", f"{shown(text)} is too large for a number")
    if _NO_NUMBER(text):
        return 0, ("R004", f"{shown(text)} is no number that a flow can hold")
    return text, None
