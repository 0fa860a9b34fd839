"""Plain values, and where each of them stands: what a text is once its syntax is understood."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

Position = tuple[int, int]
"""Line and column, both from 1."""

DEPTH_LIMIT: Final = 64
"""How deep lists and maps may be nested."""

VALUE_LIMIT: Final = 1_000_000
"""How many values a text may hold, aliases unfolded."""

INT64_MIN: Final = -(2**63)
INT64_MAX: Final = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that a text says and a flow cannot hold.

    Attributes:
        code: of the check that documents it.
        message: what was found.
        position: where.
        pointer: JSON pointer of the value, as far as it is known.
        help: what to do about it, or ``""``.
    """

    code: str
    message: str
    position: Position
    pointer: str = ""
    help: str = ""


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A key that stands twice in one map; the first one counts.

    Attributes:
        pointer: JSON pointer that both have.
        key: the key.
        first: where it stands first.
        second: where it stands again.
    """

    pointer: str
    key: str
    first: Position
    second: Position


@dataclass(frozen=True, slots=True)
class Outline:
    """What a text holds.

    Attributes:
        value: None, bool, int (of 64 bits), finite float, str, list, or str-keyed dict.
        values: where each value begins, by its JSON pointer.
        texts: the column of the first character of each text that stands on one line just as it
            is, without escapes, by its JSON pointer.
        keys: where the key of each member of a map begins, by the pointer of the member.
        duplicates: keys that stand twice.
        faults: what is wrong with the text.
        broken: whether it could not be read at all, so that ``value`` means nothing.
    """

    value: Any = None
    values: Mapping[str, Position] = field(default_factory=dict)
    texts: Mapping[str, int] = field(default_factory=dict)
    keys: Mapping[str, Position] = field(default_factory=dict)
    duplicates: tuple[Duplicate, ...] = ()
    faults: tuple[Fault, ...] = ()
    broken: bool = False


def child(pointer: str, key: str | int) -> str:
    """The JSON pointer (RFC 6901) of a member.

    >>> child("/nodes", "a/b")
    '/nodes/a~1b'
    """
    if isinstance(key, str) and ("~" in key or "/" in key):
        key = key.replace("~", "~0").replace("/", "~1")
    return f"{pointer}/{key}"


def shown(value: Any, limit: int = 40) -> str:
    """A value as a message shows it: in backticks, on one line, not too long.

    >>> shown({"a": [1, None]})
    '`{a: [1, null]}`'
    """
    text = _plain(value, limit) if value != "" else '""'
    return f"`{text if len(text) <= limit else text[: limit - 1] + '…'}`"


def _plain(value: Any, limit: int) -> str:
    """At least the first ``limit`` characters of the value as YAML writes it in flow style."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case str():
            return "".join(c if c.isprintable() else " " for c in value[: limit + 1])
        case list():
            return f"[{', '.join(_plain(item, limit) for item in value[:limit])}]"
        case dict():
            pairs = list(value.items())[:limit]
            members = (f"{_plain(key, limit)}: {_plain(item, limit)}" for key, item in pairs)
            return f"{{{', '.join(members)}}}"
        case _:
            return str(value)
