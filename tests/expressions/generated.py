"""Generated functions without an interpreter behind them: they say that they are undecided."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from statewright.expressions import Environment, parse
from statewright.expressions.codegen import SUPPORT, Request, source_from_requests
from statewright.expressions.codegen.constants import add_constants
from statewright.expressions.types import CelType

UNDECIDED = object()


def functions_of(requests: Sequence[Request]) -> tuple[Callable[..., Any], ...]:
    """The functions of these requests, that return ``UNDECIDED`` where they need the interpreter."""
    source = source_from_requests(requests)
    namespace: dict[str, Any] = {"__builtins__": {}, **SUPPORT, "_exact": lambda *_: UNDECIDED}
    add_constants(namespace, source.constants)
    exec(compile(source.text, "<generated>", "exec", dont_inherit=True), namespace)  # noqa: S102
    functions: tuple[Callable[..., Any], ...] = namespace["_functions"]
    return functions


def function_of(text: str, **types: CelType) -> Callable[..., Any]:
    """The function of one expression about variables of these types."""
    (function,) = functions_of([Request(parse(text), Environment(types) if types else None)])
    return function
