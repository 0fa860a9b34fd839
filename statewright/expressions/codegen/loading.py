"""Source → code → functions, each of which is read when it is first called.

A chart has thousands of guards, and a session sees a few of them. So the code of each is kept as
bytes of its own. Until its first call a function is a stand-in with the same parameters, which then
reads the bytes and *becomes* what they say (the ``__code__`` of a function can be replaced). From
then on it costs what any function does.
"""

from __future__ import annotations

import marshal
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from types import CodeType, FunctionType
from typing import Any, Final

from statewright.expressions.codegen.binding import Binding
from statewright.expressions.codegen.constants import add_constants
from statewright.expressions.codegen.page import Constant
from statewright.expressions.codegen.request import Request
from statewright.expressions.codegen.source import Source, stand_in, without_translation
from statewright.expressions.codegen.support import SUPPORT
from statewright.expressions.evaluation.interpreter import evaluate
from statewright.expressions.syntax import Expression

Function = Callable[..., Any]

Compiled = tuple[tuple[Constant, ...], tuple[int, ...], dict[int, bytes]]
"""The constants, for each request the number of its function, and by number their code."""

_UNCOMPILABLE: Final = (SyntaxError, RecursionError, MemoryError, OverflowError, ValueError)


def compiled(source: Source, requests: Sequence[Request]) -> Compiled:
    """Source as code.

    What Python cannot compile, because its caller has gone too deep already, is left to the
    interpreter.
    """
    try:
        codes = _codes(source.text)
    except _UNCOMPILABLE:
        parts = {
            number: text if _is_compilable(text) else without_translation(number, requests[number])
            for number, text in source.parts.items()
        }
        codes = _codes(replace(source, parts=parts).text)
    grouped: dict[int, list[CodeType]] = {number: [] for number in source.parts}
    for code in codes:
        _, name, *_ = code.co_name.split("_")  # `_f3`, or `_f3_1`, which is a part of it
        grouped[int(name.removeprefix("f"))].append(code)
    parts_of = {number: marshal.dumps(group) for number, group in grouped.items()}
    return source.constants, source.numbers, parts_of


def _is_compilable(text: str) -> bool:
    try:
        _codes(text)
    except _UNCOMPILABLE:
        return False
    return True


def _codes(text: str) -> list[CodeType]:
    """The code of every function in a text, in order."""
    module = compile(text, "<expressions>", "exec", dont_inherit=True)
    return [constant for constant in module.co_consts if isinstance(constant, CodeType)]


def functions_from_compiled(found: Compiled, requests: Sequence[Request]) -> tuple[Function, ...]:
    """The functions of these requests, in their order."""
    constants, numbers, codes = found
    namespace: dict[str, Any] = {"__builtins__": {}, **SUPPORT, "_exact": _interpreter(requests)}
    add_constants(namespace, constants)
    functions = {number: _stand_in(number, requests[number].binding, namespace) for number in codes}

    def become(number: int, *arguments: Any) -> Any:
        """Read a function, and call it. Two threads may do so at a time: both do the same."""
        *parts, own = marshal.loads(codes[number])  # noqa: S302 - it is what `compiled` made
        for part in parts:
            namespace[part.co_name] = FunctionType(part, namespace)
        functions[number].__code__ = own
        return functions[number](*arguments)

    namespace["_become"] = become
    return tuple([functions[number] for number in numbers])


def _stand_in(number: int, binding: Binding, namespace: dict[str, Any]) -> FunctionType:
    code = _code_of_stand_in(binding.parameters, binding.optional)
    return FunctionType(code, namespace, None, (*(None,) * binding.optional, number))


@lru_cache(maxsize=128)
def _code_of_stand_in(parameters: tuple[str, ...], optional: int) -> CodeType:
    (code,) = _codes(stand_in(parameters, optional))
    return code


def _interpreter(requests: Sequence[Request]) -> Function:
    """What generated functions call where they are undecided."""
    expressions: dict[int, Expression] = {}

    def exact(number: int, names: Mapping[str, Any], host: Mapping[str, Any] | None) -> Any:
        expression = expressions.get(number)
        if expression is None:
            expression = expressions[number] = requests[number].exact()
        return evaluate(expression, names, host, origin=requests[number].origin)

    return exact
