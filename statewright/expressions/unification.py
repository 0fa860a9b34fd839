"""Fitting types to types: which values may stand where, and what type parameters mean.

Source: cel-go's ``checker/types.go`` (``isAssignable``, ``mostGeneral``).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count
from typing import Final

from statewright.expressions.overloads import Overload
from statewright.expressions.types import DYN, CelType

_ANYTHING: Final = frozenset(("dyn", "error"))
_NULLABLE: Final = frozenset(("null_type", "timestamp", "duration", "optional_type"))
_MAPS: Final = frozenset(("map", "object"))


@dataclass(frozen=True, slots=True)
class Match:
    """That an overload applies: the type of its result, and what type parameters then mean."""

    result: CelType
    bindings: dict[str, CelType]


@dataclass(slots=True)
class Unification:
    """What the type parameters of one check have turned out to mean so far.

    Functions are generic at run time: ``[1] + ['a']`` has a value, though CEL's checker refuses it.
    So while arguments are matched, a parameter that would have to mean two types means any.
    """

    bindings: dict[str, CelType] = field(default_factory=dict)
    numbers: count[int] = field(default_factory=count)
    lenient: bool = False

    def fresh(self) -> CelType:
        """A type parameter that is used nowhere else."""
        return CelType(f"?{next(self.numbers)}", parameter=True)

    def instantiated(self, types: tuple[CelType, ...]) -> tuple[CelType, ...]:
        """The types of a signature with fresh type parameters in it."""
        fresh: dict[str, CelType] = {}
        return tuple(self._renamed(one, fresh) for one in types)

    def _renamed(self, one: CelType, fresh: dict[str, CelType]) -> CelType:
        if one.parameter:
            return fresh.setdefault(one.name, self.fresh())
        if not one.parameters:
            return one
        parameters = tuple(self._renamed(inner, fresh) for inner in one.parameters)
        return CelType(one.name, parameters, fields=one.fields)

    def resolved(self, one: CelType, *, final: bool = False) -> CelType:
        """The type with what its parameters mean in their place; unknown ones at last ``dyn``."""
        while one.parameter and one.name in self.bindings:
            one = self.bindings[one.name]
        if one.parameter:
            return DYN if final else one
        if not one.parameters:
            return one
        parameters = tuple(self.resolved(inner, final=final) for inner in one.parameters)
        return CelType(one.name, parameters, fields=one.fields)

    def fits(self, wanted: tuple[CelType, ...], found: tuple[CelType, ...]) -> bool:
        """Whether values of the found types may stand where these are wanted.

        If so, what that says about type parameters is remembered; if not, nothing is.
        """
        before = dict(self.bindings)
        if len(wanted) == len(found) and all(map(self._fit, wanted, found)):
            return True
        self.bindings = before
        return False

    def match(self, overload: Overload, types: list[CelType]) -> Match | None:
        """How an overload applies to arguments of these types, if it does.

        It says what that would mean for type parameters, and leaves them as they are.
        """
        before = self.bindings
        self.bindings = dict(before)
        *wanted, result = self.instantiated((*overload.parameters, overload.result))
        self.lenient = True
        fits = self.fits(tuple(wanted), tuple(types))
        self.lenient = False
        match = Match(self.resolved(result), self.bindings) if fits else None
        self.bindings = before
        return match

    def joined(self, types: list[CelType]) -> CelType:
        """One type for elements of all these types: the most general one, ``dyn`` if none fits."""
        if not types:
            return self.fresh()
        joined = types[0]
        for one in types[1:]:
            if not self.fits((joined,), (one,)):
                return DYN
            joined = _more_general(self.resolved(joined), self.resolved(one))
        return joined

    def _fit(self, wanted: CelType, found: CelType) -> bool:
        if wanted.parameter:
            return self._bind(wanted, found)
        if found.parameter:
            return self._bind(found, wanted)
        if wanted.name in _ANYTHING or found.name in _ANYTHING:
            return True
        if found.name == "null_type" or wanted.name == "null_type":
            return wanted.name in _NULLABLE and found.name in _NULLABLE
        if wanted.name in _MAPS and found.name in _MAPS and wanted.name != found.name:
            return True
        return (
            wanted.name == found.name
            and len(wanted.parameters) == len(found.parameters)
            and all(map(self._fit, wanted.parameters, found.parameters))
        )

    def _bind(self, parameter: CelType, other: CelType) -> bool:
        if parameter == other:
            return True
        bound = self.bindings.get(parameter.name)
        if bound is None:
            meant = self.resolved(other)
            if meant != parameter:
                if _mentions(meant, parameter):
                    return False
                self.bindings[parameter.name] = meant
            return True
        if not self._fit(bound, other):
            if not self.lenient:
                return False
            self.bindings[parameter.name] = DYN
            return True
        general = _more_general(self.resolved(other), self.resolved(bound))
        if not _mentions(general, parameter):
            self.bindings[parameter.name] = general
        return True


def _more_general(one: CelType, other: CelType) -> CelType:
    return one if _is_as_general(one, other) else other


def _is_as_general(one: CelType, other: CelType) -> bool:
    if one.name == "dyn" or one.parameter:
        return True
    if other.name == "dyn" or other.parameter or one.name == "null_type":
        return False
    if other.name == "null_type":
        return True
    return one.name == other.name and all(map(_is_as_general, one.parameters, other.parameters))


def _mentions(one: CelType, parameter: CelType) -> bool:
    return one == parameter or any(_mentions(inner, parameter) for inner in one.parameters)
