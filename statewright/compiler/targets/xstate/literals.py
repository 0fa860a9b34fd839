"""Texts, keys and values as TypeScript writes them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from statewright.expressions.values import Uint

SAFE: Final = 2**53 - 1
"""The greatest int that a number of JavaScript holds."""


class NotExportableError(Exception):
    """Something has no TypeScript; says what in it has none."""


def quoted(text: str) -> str:
    r"""A text as a literal of TypeScript and of JSON.

    >>> print(quoted('a"b'))
    "a\"b"
    """
    return json.dumps(text, ensure_ascii=False)


def literal(value: Any) -> str:
    """A value as TypeScript.

    Raises:
        NotExportableError: ``cel.ts`` has no such value.
    """
    write = _LITERALS.get(type(value))
    if write is None:
        raise NotExportableError(
            f"{_NOUNS.get(type(value), type(value).__name__)} has no value in it"
        )
    return write(value)


def _int(value: int) -> str:
    if not -SAFE <= value <= SAFE:
        raise NotExportableError(f"`{value}` has more than 53 bits")
    return str(value)


def _float(value: float) -> str:
    return f"cel.double({value!r})" if value.is_integer() else repr(value)


def _list(value: list[Any]) -> str:
    return f"[{', '.join(map(literal, value))}]"


def _map(value: dict[Any, Any]) -> str:
    if not all(isinstance(key, str) for key in value):
        raise NotExportableError("a map has keys that are no texts")
    return braces((key, literal(part)) for key, part in value.items())


def braces(entries: Iterable[tuple[str, str]]) -> str:
    """An object of TypeScript from names and texts."""
    inner = ", ".join(f"{key_of(key)}: {part}" for key, part in entries)
    return f"{{ {inner} }}" if inner else "{}"


def key_of(name: str) -> str:
    """A key of an object: in brackets where it would mean something else without them.

    >>> key_of("say"), key_of("ask entry"), key_of("__proto__")
    ('say', '"ask entry"', '["__proto__"]')
    """
    if name == "__proto__":
        return f"[{quoted(name)}]"
    return name if name.isascii() and name.isidentifier() else quoted(name)


_LITERALS: Final[Mapping[type, Callable[[Any], str]]] = {
    type(None): lambda _: "null",
    bool: lambda value: "true" if value else "false",
    int: _int,
    float: _float,
    str: quoted,
    list: _list,
    tuple: lambda value: _list(list(value)),
    dict: _map,
}
_NOUNS: Final = {Uint: "a uint", bytes: "bytes"}
