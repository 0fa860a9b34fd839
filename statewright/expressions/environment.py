"""What an expression may use: the declared variables and functions, with their types."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

from msgspec import Struct

from statewright.expressions.functions import OVERLOADS
from statewright.expressions.functions.network import CIDR, IP
from statewright.expressions.overloads import Overload
from statewright.expressions.types import (
    BOOL,
    BYTES,
    DOUBLE,
    DURATION,
    DYN,
    INT,
    NULL,
    STRING,
    TIMESTAMP,
    UINT,
    CelType,
    list_of,
    map_of,
    optional_of,
    type_of,
)

Signatures = Mapping[tuple[str, bool], tuple[Overload, ...]]
"""(name, whether it is called on a target) → the overloads."""


def signatures_from_overloads(overloads: Iterable[Overload]) -> Signatures:
    """Overloads by the name under which they are called."""
    table: dict[tuple[str, bool], tuple[Overload, ...]] = {}
    for overload in overloads:
        key = (overload.name, overload.member)
        table[key] = (*table.get(key, ()), overload)
    return MappingProxyType(table)


STANDARD_SIGNATURES: Final = signatures_from_overloads(OVERLOADS)

TYPE_NAMES: Final[Mapping[str, CelType]] = {
    "bool": BOOL,
    "int": INT,
    "uint": UINT,
    "double": DOUBLE,
    "string": STRING,
    "bytes": BYTES,
    "null_type": NULL,
    "list": list_of(DYN),
    "map": map_of(DYN, DYN),
    "optional_type": optional_of(DYN),
    "type": type_of(DYN),
    "google.protobuf.Timestamp": TIMESTAMP,
    "google.protobuf.Duration": DURATION,
    "net.IP": IP,
    "net.CIDR": CIDR,
}
"""The names of types that an expression may write."""
DOTTED_TYPES: Final = tuple(
    dict.fromkeys(f"{name.partition('.')[0]}." for name in TYPE_NAMES if "." in name)
)
"""How those of them begin that have dots."""


class NameKind(StrEnum):
    """What sort of thing a name stands for."""

    VARIABLE = "variable"
    MACRO_VARIABLE = "macro variable"
    TYPE = "type"


class Meaning(Struct, frozen=True):
    """What a name stands for: ``name`` is it in full, with its namespace."""

    kind: NameKind
    name: str


@dataclass(frozen=True, slots=True)
class Environment:
    """The names that an expression may use.

    Attributes:
        variables: name → type.
        functions: what the host adds to the functions of the table.
        container: the namespace in which names are resolved; ``""`` is none.
        unset: the variables that may have no value; all others always have one.
        mirror: a variable that holds others as a map: after ``has(vars.x)``, ``x`` has a value.
        mirrored: the names of those.
        strict: whether numbers of different types may not be compared, lists not be mixed, and
            values that may be of any type not be used before it is said what they are.
    """

    variables: Mapping[str, CelType]
    functions: tuple[Overload, ...] = ()
    container: str = ""
    unset: frozenset[str] = frozenset()
    mirror: str = ""
    mirrored: frozenset[str] = frozenset()
    strict: bool = False
    signatures: Signatures = field(init=False, compare=False, repr=False)
    qualified: bool = field(init=False, compare=False, repr=False)
    """Whether there are variables whose names have dots."""
    nullable: bool = field(init=False, compare=False, repr=False)
    """Whether there are variables that may be null, or hold what may be null."""
    resolutions: dict[Any, Any] = field(init=False, compare=False, repr=False, default_factory=dict)
    """What was resolved before, of what types: it never changes."""

    def __post_init__(self) -> None:
        added = signatures_from_overloads(self.functions)
        whole = {**STANDARD_SIGNATURES, **added} if added else STANDARD_SIGNATURES
        object.__setattr__(self, "signatures", whole)
        dotted = bool(self.container) or any("." in name for name in self.variables)
        object.__setattr__(self, "qualified", dotted)
        object.__setattr__(self, "nullable", any(map(_may_be_null, self.variables.values())))

    def meaning_of_name(
        self, path: str, *, absolute: bool = False
    ) -> tuple[Meaning, CelType] | None:
        """What a name means, and its type; the innermost namespace wins."""
        for name in (path,) if absolute or not self.container else self._within(path):
            if name in self.variables:
                return Meaning(NameKind.VARIABLE, name), self.variables[name]
            if name in TYPE_NAMES:
                return Meaning(NameKind.TYPE, name), type_of(TYPE_NAMES[name])
        return None

    def _within(self, path: str) -> Iterator[str]:
        """What a name may be short for, the innermost namespace first."""
        outer = tuple(filter(None, self.container.split(".")))
        for length in range(len(outer), -1, -1):
            yield ".".join((*outer[:length], path))


def _may_be_null(one: CelType) -> bool:
    inside = (*one.parameters, *one.by_field.values())
    return one.name == "nullable" or any(map(_may_be_null, inside))
