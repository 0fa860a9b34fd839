"""Which variables of an ECMAScript document are never anything but true or false.

As conditions they can be read as they are; of any other value it has to be asked whether JavaScript
takes it for true.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from statewright.compiler.sources.scxml.ecmascript import is_boolean
from statewright.compiler.sources.scxml.elements import Element

_WRITING: Final = frozenset({"item", "index", "idlocation", "location"})
"""Attributes that name what is written to."""

_ROOT = re.compile(r"\s*([^\s.\[]*)")
_WORD = re.compile(r"[\w$]+")


def booleans_in(elements: Iterable[Element]) -> frozenset[str]:
    """The names, from all elements of a document."""
    found: set[str] = set()
    others: set[str] = set()
    for element in elements:
        if element.name == "script":
            # One that is read from elsewhere is not looked into, and may write to all.
            if "src" in element.attributes:
                return frozenset()
            others.update(_WORD.findall(element.text))
        for name, boolean in _writes(element):
            (found if boolean else others).add(name)
    return frozenset(found - others)


def _writes(element: Element) -> Iterator[tuple[str, bool]]:
    """What an element gives a value to, and whether that is true or false."""
    attributes = element.attributes
    if element.name in {"data", "assign"}:
        name = attributes.get("id" if element.name == "data" else "location")
        value = attributes.get("expr")
        if name is not None:
            path = name.value.strip()
            whole = value is not None and is_boolean(value.value) and path == _root(path)
            yield _root(path), whole
        return
    for key in _WRITING & attributes.keys():
        if element.name != "param":
            yield _root(attributes[key].value), False


def _root(path: str) -> str:
    match = _ROOT.match(path)
    return match[1] if match else ""
