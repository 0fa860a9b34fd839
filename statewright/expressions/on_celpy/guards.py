"""The functions that celpy is given: where its own are not what CEL says, and for ``translation``.

celpy hands an error on as a value; whoever gets one gives it back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from celpy.evaluation import CELEvalError

from statewright.errors import EvaluationError
from statewright.expressions.evaluation.interpreter import evaluate
from statewright.expressions.on_celpy.values import celpy_from_value, value_from_celpy
from statewright.expressions.parsing.parser import parse
from statewright.expressions.values import kind, type_name

_ARGUMENTS: Final = ("a", "b", "c")


def _guard(compute: Callable[..., Any]) -> Callable[..., Any]:
    """A function for celpy that computes with values of ours."""

    def run(*arguments: Any) -> Any:
        for one in arguments:
            if isinstance(one, CELEvalError):
                return one
        try:
            return celpy_from_value(compute(*map(value_from_celpy, arguments)))
        except EvaluationError as error:
            return CELEvalError(error.reason)

    return run


def _meaning(text: str) -> Callable[..., Any]:
    """What an expression of ``a``, ``b`` and ``c`` means to us."""
    expression = parse(text)
    return lambda *arguments: evaluate(expression, dict(zip(_ARGUMENTS, arguments, strict=False)))


def _by_count(name: str, *, member: bool) -> Callable[..., Any]:
    """A function of ours, for any number of arguments."""
    start = f"a.{name}(" if member else f"{name}("
    first = 1 if member else 0
    meanings = {
        count: _meaning(f"{start}{', '.join(_ARGUMENTS[first:count])})")
        for count in range(max(first, 1), len(_ARGUMENTS) + 1)
    }
    return lambda *arguments: meanings[len(arguments)](*arguments)


def _has(value: Any, name: str) -> bool:
    if kind(value) is not dict:
        raise EvaluationError(f"a {type_name(value)} has no fields")
    return name in value


def _map(*parts: Any) -> dict[Any, Any]:
    keys = parts[::2]
    if not all(isinstance(key, str) for key in keys):
        raise EvaluationError("celpy tells keys of a map apart only where all are texts")
    if len(set(keys)) < len(keys):
        raise EvaluationError("a key stands twice in a map")
    return dict(zip(keys, parts[1::2], strict=True))


def _elements(value: Any) -> Any:
    if kind(value) not in (list, dict):
        raise EvaluationError(f"a macro walks through lists and maps, not a {type_name(value)}")
    return value


def _condition(value: Any) -> bool:
    if kind(value) is not bool:
        raise EvaluationError(f"a condition is a {type_name(value)}, not a bool")
    return bool(value)


_INFIX: Final = ("==", "!=", "<", "<=", ">", ">=", "in", "+", "-", "*", "/", "%")
_FUNCTIONS: Final = (
    *("size", "matches", "bool", "bytes", "double", "duration", "int", "string"),
    *("timestamp", "type", "uint"),
)
_MEMBERS: Final = (
    *("contains", "endsWith", "startsWith", "getDate", "getDayOfMonth", "getDayOfWeek"),
    *("getDayOfYear", "getFullYear", "getMonth", "getHours", "getMilliseconds", "getMinutes"),
    "getSeconds",
)

GUARDS: Final[Mapping[str, Callable[..., Any]]] = {
    "g_has": _guard(_has),
    "g_map": _guard(_map),
    "g_elements": _guard(_elements),
    "g_condition": _guard(_condition),
    "_[_]": _guard(_meaning("a[b]")),
    "!_": _guard(_meaning("!a")),
    "-_": _guard(_meaning("-a")),
    **{f"_{operator}_": _guard(_meaning(f"a {operator} b")) for operator in _INFIX},
    **{name: _guard(_by_count(name, member=False)) for name in _FUNCTIONS},
    **{name: _guard(_by_count(name, member=True)) for name in _MEMBERS},
}
"""The name under which celpy asks for a function → what it gets."""
