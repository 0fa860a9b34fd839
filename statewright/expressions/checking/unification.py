"""Fitting types to types: which values may stand where, and what type parameters mean.

Types are ordered: ``never`` (the element of an empty list) is below all, ``dyn`` above. Where a
type parameter meets several types it means the least one above them all. So, unlike in cel-go,
``[1] + anything`` is a ``list(dyn)``: what is not known stays unknown, and a static type is never
wrong about a value.

Source: cel-go's ``checker/types.go`` (``isAssignable``, ``mostGeneral``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from statewright.expressions.overloads import Overload
from statewright.expressions.types import (
    DYN,
    ERROR,
    MAP,
    NEVER,
    STRING,
    CelType,
    nullable_of,
)

Bindings = dict[str, CelType]
"""What type parameters mean, by their letters."""

_MAPS: Final = frozenset(("map", "object"))


@dataclass(frozen=True, slots=True)
class Resolution:
    """What an operation on values of certain types means.

    Attributes:
        overloads: those that may apply, in the order of the table; a single one does apply, unless
            an argument that is ``dyn`` turns out to be something else, which is an error.
        result: the type of the result.
    """

    overloads: tuple[Overload, ...]
    result: CelType


def resolved(
    overloads: Sequence[Overload], types: Sequence[CelType], *, strict: bool = False
) -> Resolution | None:
    """Which of the overloads apply to arguments of these types, or None if none can.

    Functions are generic at run time: ``[1] + ['a']`` has a value, though CEL's checker refuses
    it. So a parameter that would have to mean two types means any, unless it is ``strict``.
    """
    found: list[Overload] = []
    results: list[CelType] = []
    vague = any(one.vague for one in types)
    for overload in overloads:
        bindings: Bindings = {}
        if len(overload.parameters) != len(types):
            continue
        if all(
            fits(wanted, one, bindings, strict=strict)
            for wanted, one in zip(overload.parameters, types, strict=True)
        ):
            found.append(overload)
            results.append(substituted(overload.result, bindings))
            if not vague:
                break
    return Resolution(tuple(found), _of_any(results, types)) if found else None


def _of_any(results: Sequence[CelType], types: Sequence[CelType]) -> CelType:
    """The type of a result, where several overloads may apply."""
    # What is never evaluated is of any type; then cel-go takes the first one.
    if NEVER in types or all(result == results[0] for result in results):
        return results[0]
    return ERROR if ERROR in types else DYN


def fits(wanted: CelType, found: CelType, bindings: Bindings, *, strict: bool = False) -> bool:
    """Whether a value of the found type may stand where a type is wanted.

    What that says about type parameters is added to ``bindings``. A value that may be null may
    stand wherever another may: whether it is null shows at run time.
    """
    if wanted.parameter:
        return _bind(wanted.name, found, bindings, strict=strict)
    if found.name in ("dyn", "error", "never"):
        return _loosened(wanted, found, bindings)
    if found.name == "nullable":
        return fits(wanted, found.parameters[0], bindings, strict=strict)
    if wanted.name in ("dyn", "nullable"):
        may_be_null = wanted.name == "dyn" or found.name == "null_type"
        return may_be_null or fits(wanted.parameters[0], found, bindings, strict=strict)
    if wanted.name != found.name:
        return _fits_as_map(wanted, found, bindings)
    return len(wanted.parameters) == len(found.parameters) and all(
        fits(one, other, bindings, strict=strict)
        for one, other in zip(wanted.parameters, found.parameters, strict=True)
    )


def _fits_as_map(wanted: CelType, found: CelType, bindings: Bindings) -> bool:
    """An object is a map from texts to anything, and some maps are objects."""
    if wanted.name == "object" or found.name != "object":
        return wanted.name == "object" and found.name == "map"
    if wanted.name != "map":
        return False
    key, value = wanted.parameters
    return fits(key, STRING, bindings) and fits(value, DYN, bindings)


def _bind(letter: str, found: CelType, bindings: Bindings, *, strict: bool) -> bool:
    bound = bindings.get(letter)
    if bound is None:
        bindings[letter] = found
        return True
    joined = join(bound, found)
    if joined is None and strict:
        return False
    bindings[letter] = joined or DYN
    return True


def _loosened(wanted: CelType, found: CelType, bindings: Bindings) -> bool:
    """Of what is inside of a value of no known type, nothing is known."""
    for inner in wanted.parameters:
        if inner.parameter:
            _bind(inner.name, found, bindings, strict=False)
        else:
            _loosened(inner, found, bindings)
    return True


def substituted(one: CelType, bindings: Bindings) -> CelType:
    """A type with what its parameters mean in their place; nothing is in what has no bound."""
    if one.parameter:
        return bindings.get(one.name, NEVER)
    if not one.parameters:
        return one
    return _of(one, [substituted(inner, bindings) for inner in one.parameters])


def _of(one: CelType, parameters: Iterable[CelType]) -> CelType:
    return CelType(one.name, tuple(parameters))


def joined(types: Sequence[CelType]) -> CelType:
    """The least type above all of these: ``dyn`` where they have nothing in common."""
    whole = NEVER
    for one in types:
        if one is not whole:
            whole = join(whole, one) or DYN
    return whole


def join(one: CelType, other: CelType) -> CelType | None:
    """The least type above two, or None where only ``dyn`` is.

    >>> str(join(CelType("int"), CelType("null_type")))
    'nullable(int)'
    """
    if one is other or one == other:
        return one
    names = {one.name, other.name}
    for name in _SPECIAL:
        if name in names:
            return _SPECIAL[name](one, other)
    if len(names) == 1:
        return _JOINS.get(one.name, _joined_inside)(one, other)
    if names == _MAPS:
        keys = one.parameters[0] if one.name == "map" else other.parameters[0]
        return MAP if keys == STRING else None
    return None


def _inside(one: CelType) -> CelType:
    return one.parameters[0] if one.name == "nullable" else one


def _joined_nullable(one: CelType, other: CelType) -> CelType | None:
    inner = join(_inside(one), _inside(other))
    return None if inner is None else nullable_of(inner)


def _other(name: str, one: CelType, other: CelType) -> CelType:
    return other if one.name == name else one


def _joined_inside(one: CelType, other: CelType) -> CelType | None:
    if len(one.parameters) != len(other.parameters):
        return None
    parts: list[CelType] = []
    for inner, outer in zip(one.parameters, other.parameters, strict=True):
        part = join(inner, outer)
        if part is None:
            return None
        parts.append(part)
    return _of(one, parts)


def _joined_scalars(one: CelType, other: CelType) -> CelType:
    """Texts and numbers: of one set of values, within one pair of bounds."""
    values = tuple(sorted({*one.values, *other.values}))
    (low, high), (lower, higher) = one.bounds, other.bounds
    return CelType(
        one.name,
        values=values if one.values and other.values else (),
        bounds=(
            None if low is None or lower is None else min(low, lower),
            None if high is None or higher is None else max(high, higher),
        ),
    )


def _joined_objects(one: CelType, other: CelType) -> CelType:
    """Objects with the same fields; others are maps of which nothing is known."""
    if one.by_field.keys() != other.by_field.keys():
        return MAP
    fields = tuple((name, join(inner, other.by_field[name]) or DYN) for name, inner in one.fields)
    return CelType("object", fields=fields, optional=one.optional | other.optional)


_Join = Callable[[CelType, CelType], CelType | None]

_SPECIAL: Final[Mapping[str, _Join]] = {
    "error": lambda *_: ERROR,
    "dyn": lambda *_: DYN,
    "never": lambda one, other: _other("never", one, other),
    "null_type": lambda one, other: nullable_of(_other("null_type", one, other)),
    "nullable": _joined_nullable,
}
"""What joins with a type of any other name, in the order in which they are looked for."""

_JOINS: Final[Mapping[str, _Join]] = {
    **dict.fromkeys(("int", "uint", "double", "string"), _joined_scalars),
    "object": _joined_objects,
}
