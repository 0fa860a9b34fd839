"""CEL's values as Python values, and the few classes that Python lacks.

===============  ==================================================================
CEL              Python
===============  ==================================================================
null, bool       ``None``, ``bool``
int              ``int`` within 64 bits; a ``bool`` is never an int
uint             ``Uint``
double           ``float``
string, bytes    ``str``, ``bytes``
list             ``list`` (a ``tuple`` is read as one)
map              ``dict`` (any ``Mapping`` is read as one); a bool key is a ``BoolKey``
timestamp        ``datetime`` with a time zone; finer than a microsecond, a ``FineTimestamp``
duration         ``timedelta``; finer than a microsecond, a ``FineDuration``
optional         ``Maybe``
type             ``TypeValue``
IP, CIDR         the addresses and interfaces of ``ipaddress``
===============  ==================================================================

Values are never changed once they exist: whoever wants another one builds it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv4Address, IPv4Interface, IPv6Address, IPv6Interface
from types import NoneType
from typing import Any, Final

from statewright.errors import EvaluationError
from statewright.expressions.nanoseconds import FineDuration, FineTimestamp

INT_MIN: Final = -(2**63)
INT_MAX: Final = 2**63 - 1
UINT_MAX: Final = 2**64 - 1

SIZE_LIMIT: Final = 1_000_000
"""The characters, bytes or elements that one computed value may have."""


class Uint(int):
    """An unsigned 64-bit integer: an ``int`` that ``type(value) is Uint`` keeps apart."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"{int(self)}u"

    def __str__(self) -> str:
        return int.__repr__(self)


@dataclass(frozen=True, slots=True)
class Maybe:
    """An optional value: present, with the value, or not.

    >>> Maybe(True, 3), NOTHING
    (Maybe(present=True, value=3), Maybe(present=False, value=None))
    """

    present: bool
    value: Any = None


NOTHING: Final = Maybe(False)


@dataclass(frozen=True, slots=True)
class TypeValue:
    """A type as a value: what ``type(1)`` and ``int`` are."""

    name: str


@dataclass(frozen=True, slots=True)
class BoolKey:
    """A bool as the key of a map. In Python ``True`` and ``1`` are one key; in CEL they are two."""

    value: bool


TYPE_NAMES: Final[Mapping[type, str]] = {
    NoneType: "null_type",
    bool: "bool",
    int: "int",
    Uint: "uint",
    float: "double",
    str: "string",
    bytes: "bytes",
    list: "list",
    tuple: "list",
    dict: "map",
    datetime: "google.protobuf.Timestamp",
    timedelta: "google.protobuf.Duration",
    Maybe: "optional_type",
    TypeValue: "type",
    IPv4Address: "net.IP",
    IPv6Address: "net.IP",
    IPv4Interface: "net.CIDR",
    IPv6Interface: "net.CIDR",
}
"""The CEL type of each Python class that is a value as it stands."""

TYPE_VALUES: Final[Mapping[str, TypeValue]] = {
    name: TypeValue(name) for name in dict.fromkeys(TYPE_NAMES.values())
}
"""The names of types that an expression may write, and what they stand for."""

_READ_AS: Final[tuple[tuple[type, type], ...]] = (
    (tuple, list),
    (Mapping, dict),
    (str, str),
    (int, int),
    (float, float),
    (bytes, bytes),
    (list, list),
    (datetime, datetime),
    (timedelta, timedelta),
    (FineTimestamp, datetime),
    (FineDuration, timedelta),
)
_LONE_SURROGATE: Final = re.compile("[\ud800-\udfff]")


def kind(value: object) -> type:
    """The class that a value counts as: its own, or the one of the table that it is read as.

    Classes that are no CEL values at all are returned as they are; nothing is defined on them.

    >>> kind((1, 2)), kind(True), kind(Uint(1))
    (<class 'list'>, <class 'bool'>, <class 'statewright.expressions.values.Uint'>)
    """
    own = type(value)
    if own in TYPE_NAMES and own is not tuple:
        return own
    return next((read for base, read in _READ_AS if isinstance(value, base)), own)


def type_name(value: object) -> str:
    """The name of a value's CEL type, for ``type()`` and for messages."""
    own = kind(value)
    return TYPE_NAMES.get(own) or own.__name__


def no_overload(function: str, *arguments: object) -> EvaluationError:
    """The error of an operator or function that is not defined on values of these types."""
    types = ", ".join(type_name(argument) for argument in arguments)
    return EvaluationError(f"no such overload: `{function}` of ({types})")


def bounded(size: int, limit: int = SIZE_LIMIT) -> None:
    """Refuse to build a value of more than so many characters, bytes or elements.

    Raises:
        EvaluationError: it would be larger.
    """
    if size > limit:
        raise EvaluationError(f"the value would have {size} parts; at most {limit} are allowed")


def key_from_value(value: object) -> object:
    """What stands for a value among the keys of a ``dict``.

    Raises:
        EvaluationError: the value cannot be a key, or be compared with one.
    """
    own = kind(value)
    if own is bool:
        return BoolKey(bool(value))
    if own in (str, int, Uint, float):
        return value
    raise EvaluationError(f"unsupported key type: {type_name(value)}")


def value_from_key(key: object) -> object:
    """The value that a key of a ``dict`` stands for."""
    return key.value if type(key) is BoolKey else key


def sorted_keys(mapping: Mapping[Any, Any]) -> list[Any]:
    """The keys of a map in the order in which macros visit them: bools, numbers, texts."""
    try:
        return sorted(mapping)
    except TypeError:
        return sorted(mapping, key=_rank)


def _rank(key: object) -> tuple[int, Any]:
    if type(key) is BoolKey:
        return 0, key.value
    return (1, key) if isinstance(key, (int, float)) else (2, str(key))


def has_lone_surrogate(text: str) -> bool:
    """Whether a text holds half a character, so that it cannot be written as UTF-8."""
    return not text.isascii() and _LONE_SURROGATE.search(text) is not None
