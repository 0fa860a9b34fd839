"""Nested values with Python in them, written as Python in lines that are not too long."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

WIDTH: Final = 100
INDENT: Final = "    "


@dataclass(frozen=True, slots=True)
class Code:
    """A piece of Python that stands for a value."""

    text: str


@dataclass(frozen=True, slots=True)
class Called:
    """A call: of what, with which values by position and by name."""

    function: str
    arguments: tuple[Any, ...] = ()
    named: tuple[tuple[str, Any], ...] = ()


def python(value: Any, prefix: str = "", margin: int = 0) -> str:
    """A value as Python; what fits on a line stands on one.

    Args:
        value: plain values, ``Code``, and ``Called``.
        prefix: what stands before it on its first line.
        margin: how far to the right all of it will stand.
    """
    flat = _flat(value)
    opened = _opened(value)
    if opened is None or margin + len(prefix) + len(flat) <= WIDTH:
        return prefix + flat
    opening, entries, closing = opened
    lines = (python(part, name, margin + len(INDENT)) for name, part in entries)
    inner = "".join(f"{line},\n" for line in indented(lines))
    return f"{prefix}{opening}\n{inner}{closing}"


def _flat(value: Any) -> str:
    opened = _opened(value)
    if opened is None:
        if isinstance(value, str):
            return quoted(value)
        return value.text if isinstance(value, Code) else repr(value)
    opening, entries, closing = opened
    inner = ", ".join(name + _flat(part) for name, part in entries)
    if opening == "(" and len(entries) == 1:
        inner += ","
    return f"{opening}{inner}{closing}"


Opened = tuple[str, list[tuple[str, Any]], str]


def _opened(value: Any) -> Opened | None:
    """The brackets and the parts of a value; None for one without parts."""
    match value:
        case Called(function, arguments, named):
            by_name = [(f"{name}=", part) for name, part in named]
            return f"{function}(", [*(("", one) for one in arguments), *by_name], ")"
        case dict() if value:
            return "{", [(f"{quoted(key)}: ", part) for key, part in value.items()], "}"
        case list() if value:
            return "[", [("", part) for part in value], "]"
        case tuple() if value:
            return "(", [("", part) for part in value], ")"
        case _:
            return None


def called(function: str, *arguments: Any, **named: Any) -> Called:
    """A call; values by name that are None are left out."""
    given = tuple((name, value) for name, value in named.items() if value is not None)
    return Called(function, arguments, given)


def indented(lines: Iterable[str]) -> Iterator[str]:
    """Lines, or blocks of them, one step further to the right."""
    for line in lines:
        yield "\n".join(f"{INDENT}{one}" if one else one for one in line.split("\n"))


def quoted(text: str) -> str:
    """A text as Python, in double quotes where that needs no more escapes.

    >>> print(quoted("it is"), quoted('"it" is'))
    "it is" '"it" is'
    """
    written = repr(text)
    return written if '"' in written else f'"{written[1:-1]}"'
