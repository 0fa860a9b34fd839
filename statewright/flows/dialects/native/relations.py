"""What JSON Schema says of keys that go together, or do not: where one is, another has to be.

The models say it beside their fields (``Shape.relations``), so that editors tell what the readers
of ``nodes`` and ``reading`` tell, who have better words for it. All are made of ``if``, ``then``
and ``anyOf``, which editors know that are older than the draft.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final

Relation = Mapping[str, Any]
"""A part of a JSON Schema, about a map as a whole."""

Relations = tuple[Relation, ...]
"""What holds of a map, each by itself."""

PLAIN: Final = r"^(?![\s\S]*\{\{)[\s\S]*\S"
"""The pattern of a text that is neither blank nor a template."""

UNFILLED: Final = r"^(?![\s\S]*\{\{)"
"""The pattern of a text that is no template."""


def has(key: str, value: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """A key is there, perhaps with such a value."""
    there: dict[str, Any] = {"required": [key]}
    return there if value is None else there | {"properties": {key: dict(value)}}


def lacks(*keys: str) -> dict[str, Any]:
    """None of the keys is there."""
    return {"properties": dict.fromkeys(keys, False)}


def where(condition: Relation, *then: Relation) -> dict[str, Any]:
    """Where one thing holds, so do others."""
    return {"if": dict(condition), "then": every(*then)}


def every(*relations: Relation) -> dict[str, Any]:
    """All of them hold."""
    return (
        dict(relations[0]) if len(relations) == 1 else {"allOf": [dict(one) for one in relations]}
    )


def any_of(*relations: Relation) -> dict[str, Any]:
    """At least one of them holds."""
    return {"anyOf": [dict(one) for one in relations]}


def some_of(*keys: str) -> dict[str, Any]:
    """At least one of the keys is there."""
    return any_of(*(has(key) for key in keys))


def apart(*keys: str) -> Iterable[dict[str, Any]]:
    """At most one of the keys is there."""
    for number, key in enumerate(keys[:-1]):
        yield where(has(key), lacks(*keys[number + 1 :]))


def one_of(*keys: str) -> tuple[dict[str, Any], ...]:
    """Exactly one of the keys is there."""
    return (some_of(*keys), *apart(*keys))


def where_one_is(key: str, values: Collection[str], usual: str) -> dict[str, Any]:
    """A key has one of some values, or is left out where that means one of them."""
    among = {"properties": {key: {"enum": sorted(values)}}}
    return among if usual in values else among | {"required": [key]}
