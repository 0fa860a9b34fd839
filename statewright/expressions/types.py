"""The static types of CEL, as values.

>>> str(map_of(STRING, list_of(INT)))
'map(string, list(int))'
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

_VAGUE: Final = frozenset(("dyn", "error", "never", "nullable", "object"))


@dataclass(frozen=True, slots=True)
class CelType:
    """A type: its name, and the types that it is made of.

    Attributes:
        name: ``int``, ``list``, …; of a type parameter its letter.
        parameters: the element of a list; key and value of a map; what an optional or type is of;
            what a ``nullable`` may be beside null.
        parameter: whether this is a type parameter, which stands for any type.
        fields: of an object, a map of which it is known what it may hold: its declared fields.
        optional: the fields of an object that it may lack; it has all others.
        values: of an enumeration, the texts or ints that it is one of.
        bounds: of a number, the least and the largest that it may be; None is no bound.
    """

    name: str
    parameters: tuple[CelType, ...] = ()
    parameter: bool = False
    fields: tuple[tuple[str, CelType], ...] = ()
    optional: frozenset[str] = frozenset()
    values: tuple[Any, ...] = ()
    bounds: tuple[float | None, float | None] = (None, None)
    by_field: Mapping[str, CelType] = field(init=False, repr=False, compare=False)
    provisional: bool = field(init=False, repr=False, compare=False)
    """Whether it is, or holds, what is no type of a value: ``error`` or ``never``."""
    vague: bool = field(init=False, repr=False, compare=False)
    """Whether it leaves open of which class a value, or something inside of it, is."""
    # Types are the keys of what a check remembers, and they are nested.
    _hash: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_field", MappingProxyType(dict(self.fields)))
        provisional = self.name in ("error", "never") or any(
            one.provisional for one in self.parameters
        )
        object.__setattr__(self, "provisional", provisional)
        vague = self.name in _VAGUE or any(one.vague for one in self.parameters)
        object.__setattr__(self, "vague", vague)
        object.__setattr__(self, "_hash", hash(self._parts()))

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if not isinstance(other, CelType) or self._hash != other._hash:
            return False
        return self._parts() == other._parts()

    def __hash__(self) -> int:
        return self._hash

    def _parts(self) -> tuple[Any, ...]:
        shape = (self.name, self.parameters, self.parameter, self.fields)
        return *shape, self.optional, self.values, self.bounds

    def __reduce__(self) -> tuple[type[CelType], tuple[Any, ...]]:
        """What is derived is derived anew: hashes of texts differ between processes."""
        return CelType, self._parts()

    def __str__(self) -> str:
        inner = ", ".join(str(parameter) for parameter in self.parameters)
        return f"{self.name}({inner})" if inner else self.name


DYN: Final = CelType("dyn")
ERROR: Final = CelType("error")
"""What has no type because it is wrong; it was reported, and fits everywhere."""
NEVER: Final = CelType("never")
"""What has no value: the elements of an empty list. It fits everywhere."""
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


def nullable_of(value: CelType) -> CelType:
    """The type of such values and null. Of what may be null already, it is the type itself."""
    if value.name in ("dyn", "error", "never", "null_type", "nullable"):
        return NULL if value is NEVER else value
    return CelType("nullable", (value,))


def object_of(fields: Mapping[str, CelType], optional: Iterable[str] = ()) -> CelType:
    """The type of maps with these declared fields; those named in ``optional`` may be missing."""
    return CelType("object", fields=tuple(fields.items()), optional=frozenset(optional))


def enum_of(values: Iterable[str | int]) -> CelType:
    """The type of texts, or of ints, that are one of these; there is at least one."""
    one_of = tuple(dict.fromkeys(values))
    return CelType("string" if isinstance(one_of[0], str) else "int", values=one_of)


def within(one: CelType, least: float | None, most: float | None) -> CelType:
    """The type of numbers of a type that are neither below ``least`` nor above ``most``."""
    return CelType(one.name, bounds=(least, most))


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
