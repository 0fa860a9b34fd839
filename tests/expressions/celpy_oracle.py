"""celpy as an oracle, on the fragment of CEL where it is right.

That is: well-typed expressions, in which values are compared with their like, no macro stands
inside another, and methods are called on variables. celpy refuses to compare values of different
types, which CEL defines; it loses variables in nested macros, has no methods for a text that was put
together, and takes ``has`` of a field of nothing for false.
"""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import Any

import celpy
from celpy import celtypes
from celpy.adapter import json_to_cel
from celpy.evaluation import CELEvalError

from statewright.expressions.types import BOOL, DOUBLE, INT, STRING, CelType, list_of, object_of

ERROR = "error"

TYPES: Mapping[str, CelType] = {
    "n": INT,
    "k": INT,
    "x": DOUBLE,
    "s": STRING,
    "t": STRING,
    "b": BOOL,
    "ns": list_of(INT),
    "ts": list_of(STRING),
    "m": object_of({"n": INT, "s": STRING, "b": BOOL}, optional=("n", "s", "b")),
}
"""The variables of the fragment."""

_PATTERNS: Mapping[str, tuple[str, ...]] = {
    "bool": (
        "true", "false", "b", "m.b", "has(m.n)", "has(m.s) && m.s == {string}",
        "{int} {order} {int}", "{double} {order} {double}", "{string} {order} {string}",
        "{bool} && {bool}", "{bool} || {bool}", "!{bool}", "{bool} ? {bool} : {bool}",
        "{int} in ns", "{string} in ts", "{string} in ['a', 'vip']", "{int} in [1, 2, 13]",
        "s.startsWith({string})", "t.endsWith({string})", "s.contains({string})",
        "s.matches('^[a-v]+$')", "ns.exists(i, i {order} 1)", "ts.all(i, i {order} 'a')",
        "ns.exists_one(i, i == 1)", "ts == ts", "ns == [1, 2]",
    ),
    "int": (
        "0", "1", "2", "13", "9223372036854775807", "n", "k", "m.n",
        "{int} + {int}", "{int} - {int}", "{int} * {int}", "{int} / {int}", "{int} % {int}",
        "size({string})", "size(ns)", "ns[0]", "{bool} ? {int} : {int}", "size(ts.filter(i, i != 'a'))",
    ),
    "double": ("0.5", "2.0", "x", "{double} + {double}", "{double} * {double}", "{double} - {double}"),
    "string": ("''", "'a'", "'vip'", "s", "t", "m.s", "{string} + {string}", "{bool} ? {string} : {string}"),
}  # fmt: skip

_VALUES: Mapping[str, tuple[Any, ...]] = {
    "int": (0, 1, -7, 2, 13, 2**63 - 1),
    "double": (0.0, 2.5, -1e10),
    "string": ("", "a", "vip", "é"),
    "bool": (True, False),
}


def fragment_text(random: Random, depth: int, wanted: str = "bool") -> str:
    """An expression of the fragment."""
    patterns = _PATTERNS[wanted]
    pattern = random.choice([one for one in patterns if "{" not in one] if depth == 0 else patterns)
    while "{" in pattern:
        before, _, rest = pattern.partition("{")
        gap, _, after = rest.partition("}")
        if gap == "order":
            filling = random.choice(("<", "<=", ">", ">=", "==", "!="))
        else:
            filling = f"({fragment_text(random, depth - 1, gap)})"
        pattern = f"{before}{filling}{after}"
    return pattern


def fragment_data(random: Random) -> dict[str, Any]:
    """Values for most of the variables, of their types."""
    names = [name for name in TYPES if name == "m" or random.random() < 0.97]
    return {name: _value(random, TYPES[name]) for name in names}


def _value(random: Random, found: CelType) -> Any:
    if found.name == "list":
        return [_value(random, found.parameters[0]) for _ in range(random.randrange(4))]
    if found.name == "object":
        fields = [field for field in found.fields if random.random() < 0.7]
        return {name: _value(random, one) for name, one in fields}
    return random.choice(_VALUES[found.name])


def celpy_value(environment: celpy.Environment, text: str, data: Mapping[str, Any]) -> Any:
    """What celpy makes of an expression, as plain Python, or ``ERROR``."""
    program = environment.program(environment.compile(text))
    try:
        return _plain(program.evaluate({name: json_to_cel(data[name]) for name in data}))
    except CELEvalError:
        return ERROR


def _plain(value: Any) -> Any:
    if isinstance(value, celtypes.BoolType | bool):
        return bool(value)
    for own in (int, float, str):
        if isinstance(value, own):
            return own(value)
    return [_plain(part) for part in value]
