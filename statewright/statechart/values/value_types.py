"""The static types of what variables hold: what expressions may rely on."""

from __future__ import annotations

from statewright.expressions.types import (
    DOUBLE,
    INT,
    STRING,
    UINT,
    CelType,
    enum_of,
    list_of,
    map_of,
    nullable_of,
    object_of,
    type_from_name,
    within,
)
from statewright.statechart.definition import Limits, Member

_NUMBERS = (INT, UINT, DOUBLE)


def type_of(declared: str, limits: Limits | None) -> CelType:
    """The type of every value that ``coercion.held`` gives for a declaration.

    Args:
        declared: as in ``Datum.type``.
        limits: as in ``Datum.limits``.
    """
    own = type_from_name(declared)
    if limits is None:
        return own
    inner = _narrowed(own, limits)
    return nullable_of(inner) if limits.nullable else inner


def _narrowed(own: CelType, limits: Limits) -> CelType:
    if limits.element is not None:
        element = _type_of(limits.element)
        return list_of(element) if own.name == "list" else map_of(STRING, element)
    if limits.fields:
        optional = [field.name for field in limits.fields if field.optional]
        return object_of({field.name: _type_of(field) for field in limits.fields}, optional)
    if limits.values and own in (STRING, INT):
        return enum_of(limits.values)
    if own in _NUMBERS and (limits.minimum, limits.maximum) != (None, None):
        return within(own, limits.minimum, limits.maximum)
    return own


def _type_of(member: Member) -> CelType:
    return type_of(member.type, member.limits)
