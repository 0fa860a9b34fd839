"""Plain values: those that a library writes as JSON exactly as ``canonical`` says.

msgspec writes JSON many times as fast as the standard library. Keys in their order, texts and
integers come out the same; but it writes some doubles in another way, and much that is no JSON at
all. So what it is to write is looked at first.
"""

from __future__ import annotations

from types import NoneType
from typing import Any, Final

_TAG: Final = "$"
_TEXT: Final = frozenset({str})
_SCALARS: Final = frozenset({str, int, bool, NoneType})

_LEAST: Final = 1e-4
_MOST: Final = 1e16
"""Between these, Python and msgspec write the same double in the same way: without an exponent."""


def is_plain(value: Any, levels: int) -> bool:
    """Whether a value is JSON, has no key ``$``, and no double that is written with an exponent.

    Args:
        value: any value.
        levels: how many lists and maps may lie inside each other.
    """
    own = type(value)
    if own is dict:
        return is_plain_map(value, levels)
    if own is list or own is tuple:
        if levels <= 0:
            return False
        for item in value:
            if type(item) not in _SCALARS and not is_plain(item, levels - 1):
                return False
        return True
    if own is float:
        return bool(value == 0 or _LEAST <= abs(value) < _MOST)
    return own in _SCALARS


def is_plain_map(value: dict[Any, Any], levels: int) -> bool:
    """Whether a map is plain; see ``is_plain``."""
    if levels <= 0 or _TAG in value or not _TEXT.issuperset(map(type, value)):
        return False
    # Most maps hold nothing else, and so that is asked first, of all of it at once.
    if _SCALARS.issuperset(map(type, value.values())):
        return True
    for item in value.values():
        if type(item) not in _SCALARS and not is_plain(item, levels - 1):
            return False
    return True
