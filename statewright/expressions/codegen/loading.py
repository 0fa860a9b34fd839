"""Source → code → functions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import CodeType
from typing import Any, Final

from statewright.expressions.codegen.constants import add_constants
from statewright.expressions.codegen.page import Constant
from statewright.expressions.codegen.request import Request
from statewright.expressions.codegen.source import Source, without_translation
from statewright.expressions.codegen.support import SUPPORT
from statewright.expressions.interpreter import evaluate
from statewright.expressions.syntax import Expression

Function = Callable[..., Any]

Compiled = tuple[CodeType, tuple[Constant, ...]]
"""The code of a module, and its constants."""

_UNCOMPILABLE: Final = (SyntaxError, RecursionError, MemoryError, OverflowError, ValueError)


def compiled(source: Source, requests: Sequence[Request]) -> Compiled:
    """Source as code.

    What Python cannot compile, because its caller has gone too deep already, is left to the
    interpreter.
    """
    try:
        code = _code(source.text)
    except _UNCOMPILABLE:
        parts = {
            number: text if _is_compilable(text) else without_translation(number, requests[number])
            for number, text in source.parts.items()
        }
        code = _code(replace(source, parts=parts).text)
    return code, source.constants


def _is_compilable(text: str) -> bool:
    try:
        _code(text)
    except _UNCOMPILABLE:
        return False
    return True


def _code(text: str) -> CodeType:
    return compile(text, "<expressions>", "exec", dont_inherit=True)


def functions_from_compiled(found: Compiled, requests: Sequence[Request]) -> tuple[Function, ...]:
    """The functions of these requests, in their order."""
    code, constants = found
    namespace: dict[str, Any] = {"__builtins__": {}, **SUPPORT, "_exact": _interpreter(requests)}
    add_constants(namespace, constants)
    exec(code, namespace)  # noqa: S102 - it is our own; no author's text is in it
    functions: tuple[Function, ...] = namespace["_functions"]
    return functions


def _interpreter(requests: Sequence[Request]) -> Function:
    """What generated functions call where they are undecided."""
    expressions: dict[int, Expression] = {}

    def exact(number: int, names: Mapping[str, Any], host: Mapping[str, Any] | None) -> Any:
        expression = expressions.get(number)
        if expression is None:
            expression = expressions[number] = requests[number].exact()
        return evaluate(expression, names, host, origin=requests[number].origin)

    return exact
