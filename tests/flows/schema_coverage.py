"""Which keys of the published schema documents use, wherever they may stand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from jsonschema import Draft202012Validator

Key = tuple[str, str]
"""A key, and what the schema says of it: where that is the same, it is the same key, as those are
that every node has."""


def known(schema: Mapping[str, Any]) -> frozenset[Key]:
    """Every key that something may have."""
    named = {"": schema, **schema["$defs"]}
    return frozenset(_key(one, key) for one in named.values() for key in one.get("properties", {}))


def used(schema: Mapping[str, Any], document: Any) -> frozenset[Key]:
    """The keys that a document has; it must be right."""
    return frozenset(_used(schema, schema, document))


def _key(schema: Mapping[str, Any], key: str) -> Key:
    return key, schema["properties"][key].get("description", "")


def _used(whole: Mapping[str, Any], schema: Mapping[str, Any], value: Any) -> Iterator[Key]:
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        yield from _used(whole, whole["$defs"][name], value)
    for choice in (*schema.get("anyOf", ()), *schema.get("oneOf", ())):
        if _is(whole, choice, value):
            yield from _used(whole, choice, value)
    for part in schema.get("allOf", ()):
        yield from _used(whole, part, value)
    if isinstance(value, dict):
        properties = schema.get("properties", {})
        others = schema.get("additionalProperties")
        for key, inner in value.items():
            if key in properties:
                yield _key(schema, key)
                yield from _used(whole, properties[key], inner)
            elif isinstance(others, dict):
                yield from _used(whole, others, inner)
    if isinstance(value, list) and isinstance(schema.get("items"), dict):
        for inner in value:
            yield from _used(whole, schema["items"], inner)


def _is(whole: Mapping[str, Any], schema: Mapping[str, Any], value: Any) -> bool:
    return Draft202012Validator({**schema, "$defs": whole["$defs"]}).is_valid(value)
