"""The static types of CEL, as values.

>>> str(map_of(STRING, list_of(INT)))
'map(string, list(int))'
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class CelType:
    """A type: its name, and the types that it is made of.

    Attributes:
        name: ``int``, ``list``, …; of a type parameter its letter.
        parameters: the element of a list; key and value of a map; what an optional or type is of.
        parameter: whether this is a type parameter, which stands for any type.
        fields: of an object, a map of which it is known what it may hold: its declared fields.
    """

    name: str
    parameters: tuple[CelType, ...] = ()
    parameter: bool = False
    fields: tuple[tuple[str, CelType], ...] = ()

    def __str__(self) -> str:
        inner = ", ".join(str(parameter) for parameter in self.parameters)
        return f"{self.name}({inner})" if inner else self.name


DYN: Final = CelType("dyn")
ERROR: Final = CelType("error")
"""What has no type because it is wrong; it was reported, and fits everywhere."""
NULL: Final = CelType("null_type")
BOOL: Final = CelType("bool")
INT: Final = CelType("int")
UINT: Final = CelType("uint")
DOUBLE: Final = CelType("double")
STRING: Final = CelType("string")
BYTES: Final = CelType("bytes")
TIMESTAMP: Final = CelType("timestamp")
DURATION: Final = CelType("duration")

A: Final = CelType("A", parameter=True)
B: Final = CelType("B", parameter=True)
"""Type parameters of overloads: each stands for one type throughout a signature."""


def list_of(element: CelType) -> CelType:
    """The type of lists of such elements."""
    return CelType("list", (element,))


def map_of(key: CelType, value: CelType) -> CelType:
    """The type of maps from such keys to such values."""
    return CelType("map", (key, value))


def optional_of(value: CelType) -> CelType:
    """The type of optionals of such a value."""
    return CelType("optional_type", (value,))


def type_of(value: CelType) -> CelType:
    """The type of the type itself, as a value: ``type(1)`` is a ``type(int)``."""
    return CelType("type", (value,))


def object_of(fields: Mapping[str, CelType]) -> CelType:
    """The type of maps with these declared fields."""
    return CelType("object", fields=tuple(fields.items()))


LIST: Final = list_of(DYN)
MAP: Final = map_of(STRING, DYN)

_NAMED: Final[Mapping[str, CelType]] = {
    "dyn": DYN,
    "null": NULL,
    "bool": BOOL,
    "int": INT,
    "uint": UINT,
    "double": DOUBLE,
    "string": STRING,
    "bytes": BYTES,
    "timestamp": TIMESTAMP,
    "duration": DURATION,
    "list": LIST,
    "map": MAP,
}


def type_from_name(name: str) -> CelType:
    """The type that a declaration names: ``dyn bool int … list map``.

    Raises:
        KeyError: there is no such type.
    """
    return _NAMED[name]


def named_types() -> tuple[str, ...]:
    """The names that ``type_from_name`` knows."""
    return tuple(_NAMED)
