"""Google's C++ engine as an oracle: what it makes of an expression, in a form to compare.

Its ``value()`` of a null result releases a reference to None too many, which ends Python 3.11 after
a while; so the type of a result is asked before its value.
"""

from __future__ import annotations

import importlib
import math
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from statewright.errors import EvaluationError, ExpressionError
from statewright.expressions import Maybe, TypeValue, Uint, evaluate, parse
from statewright.expressions.nanoseconds import FineDuration, FineTimestamp
from statewright.expressions.values import type_name, value_from_key

cel = pytest.importorskip("cel_expr_python.cel", reason="the C++ engine is not installed")

# What the C++ engine can do, and neither the specification nor cel-go.
EXTENSIONS = ("no such overload: `int` of (bool)",)

ERROR = "error"
NOT_COMPARED = "not compared"


def environment(names: str) -> Any:
    """An environment of the C++ engine in which these letters are variables of any type."""
    extensions = [
        getattr(importlib.import_module(f"cel_expr_python.ext.ext_{name.lower()}"), f"Ext{name}")()
        for name in ("Optional", "Strings", "Math", "Bindings", "Encoders")
    ]
    variables = dict.fromkeys(names, cel.Type.DYN)
    return cel.NewEnv(variables=variables, extensions=extensions)


def theirs(env: Any, text: str, data: Mapping[str, Any]) -> Any:
    """What the C++ engine makes of an expression."""
    try:
        program = env.compile(text, disable_check=True)
        return _form_of_theirs(program.eval(data=data))
    except RuntimeError:
        return ERROR
    except TypeError:  # an optional or a type, which have no Python form
        return (NOT_COMPARED,)


def _form_of_theirs(value: Any) -> Any:
    kind = value.type().name()
    if kind == "NULL":
        return ("null_type",)
    family = kind.partition("<")[0]
    convert = _THEIRS.get(family)
    return (NOT_COMPARED, kind) if convert is None else convert(value.value())


def _list_of_theirs(parts: Any) -> Any:
    return ("list", _unordered(_form_of_theirs(part) for part in parts))


def _map_of_theirs(parts: Any) -> Any:
    return ("map", _unordered((str(key), _form_of_theirs(parts[key])) for key in parts))


_THEIRS: Mapping[str, Callable[[Any], Any]] = {
    "BOOL": lambda value: ("bool", value),
    "INT": lambda value: ("int", int(value)),
    "UINT": lambda value: ("uint", int(value)),
    "DOUBLE": lambda value: ("double", _double(value)),
    "STRING": lambda value: ("string", value.replace("-nan", "NaN")),
    "BYTES": lambda value: ("bytes", bytes(value)),
    "TIMESTAMP": lambda value: ("timestamp", _utc(value)),
    "DURATION": lambda value: ("duration", value),
    "LIST": _list_of_theirs,
    "MAP": _map_of_theirs,
    "ERROR": lambda _: ERROR,
}


def ours(text: str, data: Mapping[str, Any]) -> Any:
    """What we make of an expression, in the same form."""
    try:
        return form_of_ours(evaluate(parse(text), data))
    except EvaluationError as error:
        return (NOT_COMPARED,) if error.reason in EXTENSIONS else ERROR
    except ExpressionError:
        return ERROR


def form_of_ours(value: Any) -> Any:
    """A value of ours in the form in which two are compared."""
    if isinstance(value, Maybe | TypeValue | FineDuration | FineTimestamp):
        return (NOT_COMPARED, type_name(value))  # their Python form has microseconds only
    if isinstance(value, list):
        return ("list", _unordered(map(form_of_ours, value)))
    if isinstance(value, dict):
        entries = ((str(value_from_key(key)), form_of_ours(value[key])) for key in value)
        return ("map", _unordered(entries))
    if value is None:
        return ("null_type",)
    kind = type_name(value).rpartition(".")[2].lower()
    show = _OURS.get(type(value))
    return (kind, show(value) if show else value)


def agree(one: Any, other: Any) -> bool:
    """Whether two forms say the same, as far as they can be compared."""
    return one == other or NOT_COMPARED in repr(one) or NOT_COMPARED in repr(other)


def _unordered(parts: Any) -> tuple[Any, ...]:
    """Their maps have no order, so neither has what is made by walking through one."""
    return tuple(sorted(parts, key=repr))


def _double(value: float) -> str:
    return "nan" if math.isnan(value) else repr(value)


def _utc(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


_OURS: Mapping[type, Callable[[Any], Any]] = {
    float: _double,
    Uint: int,
    datetime: _utc,
}
