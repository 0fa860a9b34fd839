"""The tests of cel-spec, and values and types in the form in which they write them."""

from __future__ import annotations

import base64
import json
import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from statewright.expressions import Overload
from statewright.expressions.nanoseconds import EPOCH, duration_from_nanoseconds
from statewright.expressions.types import CelType
from statewright.expressions.values import BoolKey, Maybe, TypeValue, Uint
from tests.conformance.cel_misses import OUT_OF_PROFILE
from tests.shared_data import shared_files


@dataclass(frozen=True)
class Case:
    """One test: an expression, what its variables are, and what is expected of it."""

    file: str
    id: str
    text: str
    container: str
    bindings: Mapping[str, Any]
    declarations: tuple[Mapping[str, Any], ...]
    is_checked: bool
    is_evaluated: bool
    expect: Mapping[str, Any]

    @property
    def variables(self) -> dict[str, CelType]:
        return {
            one["name"]: type_from_text(one["type"]) for one in self.declarations if "type" in one
        }

    @property
    def functions(self) -> tuple[Overload, ...]:
        return tuple(
            Overload(
                declared["name"],
                tuple(type_from_text(parameter) for parameter in one["params"]),
                type_from_text(one["result"]),
                lambda *_: None,
                member=one["member"],
            )
            for declared in self.declarations
            for one in declared.get("function", ())
        )


def cases() -> Iterator[Case]:
    """Every test of our profile that needs no messages; none where the data are absent."""
    for file in shared_files("conformance/cel", "simple.json"):
        for test in json.loads(file.read_text())["tests"]:
            if not test["needs_proto"] and test["file"] not in OUT_OF_PROFILE:
                yield case_from_json(test)


def case_from_json(test: Mapping[str, Any]) -> Case:
    return Case(
        file=test["file"],
        id=f"{test['file']}/{test['section']}/{test['name']}",
        text=test["expr"],
        container=test.get("container", ""),
        bindings={name: value_from_json(v) for name, v in test.get("bindings", {}).items()},
        declarations=tuple(test.get("type_env", ())),
        is_checked=not test.get("disable_check", False),
        is_evaluated=not test.get("check_only", False),
        expect=test["expect"],
    )


def value_from_json(value: Mapping[str, Any]) -> Any:
    """``{"int": "1"}`` → 1, and so on."""
    ((kind, content),) = value.items()
    return _VALUES.get(kind, lambda same: same)(content)


def _map_from_json(entries: list[list[Mapping[str, Any]]]) -> dict[Any, Any]:
    return {_key(value_from_json(key)): value_from_json(value) for key, value in entries}


def _key(value: Any) -> Any:
    return BoolKey(value) if isinstance(value, bool) else value


def _span(seconds: str) -> Any:
    return duration_from_nanoseconds(int(Fraction(seconds) * 10**9))


_VALUES: Mapping[str, Callable[[Any], Any]] = {
    "null": lambda _: None,
    "int": int,
    "uint": Uint,
    "double": float,
    "bytes": base64.b64decode,
    "list": lambda elements: [value_from_json(element) for element in elements],
    "map": _map_from_json,
    "type": TypeValue,
    "timestamp": lambda seconds: EPOCH + _span(seconds),
    "duration": _span,
}


def same(one: Any, other: Any) -> bool:
    """Whether two values are the same in type and content; NaN is the same as NaN."""
    if type(one) is not type(other):
        return False
    if isinstance(one, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict):
        return _typed_keys(one) == _typed_keys(other) and all(same(one[k], other[k]) for k in one)
    if isinstance(one, Maybe):
        return one.present is other.present and same(one.value, other.value)
    if isinstance(one, float) and math.isnan(one):
        return math.isnan(other)
    return bool(one == other)


def _typed_keys(mapping: Mapping[Any, Any]) -> set[tuple[type, Any]]:
    return {(type(key), key) for key in mapping}


def type_from_text(text: str) -> CelType:
    """``map<string,int>`` → the type; ``~T`` is a type parameter."""
    match = re.fullmatch(r"(~?)([\w.]+)(?:<(.*)>)?", text)
    assert match is not None, text
    parameters = tuple(type_from_text(part) for part in _parts(match[3] or ""))
    return CelType(match[2], parameters, parameter=bool(match[1]))


def _parts(text: str) -> Iterator[str]:
    """What stands between the commas that are not inside ``< >``."""
    depth = start = 0
    for place, character in enumerate(text):
        depth += (character == "<") - (character == ">")
        if character == "," and depth == 0:
            yield text[start:place]
            start = place + 1
    if text:
        yield text[start:]


_WRAPPED = frozenset(("bool", "int", "uint", "double", "string", "bytes"))


def text_from_type(one: CelType) -> str:
    """The type → ``map<string,int>``. What may be null is in CEL a wrapper, or may always be."""
    if one.name == "nullable":
        inside = text_from_type(one.parameters[0])
        return f"wrapper<{inside}>" if inside in _WRAPPED else inside
    inner = ",".join(text_from_type(parameter) for parameter in one.parameters)
    return f"{one.name}<{inner}>" if inner else one.name
