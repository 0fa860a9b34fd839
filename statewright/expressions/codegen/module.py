"""A module of generated functions: compiled, kept as bytes, loaded again.

Bytes are loaded only if they were made of the same requests, by the same generator, for the same
Python, and have not changed since. They are code: whoever can write to where they are kept can run
what he likes.
"""

from __future__ import annotations

import marshal
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from hashlib import sha256
from types import CodeType
from typing import Any, Final, Protocol, cast

from statewright.errors import CallerError
from statewright.expressions.codegen.constants import add_constants
from statewright.expressions.codegen.digest import digest
from statewright.expressions.codegen.page import Constant
from statewright.expressions.codegen.request import Request
from statewright.expressions.codegen.source import (
    FUNCTIONS_NAME,
    Source,
    source_from_requests,
    without_translation,
)
from statewright.expressions.codegen.support import SUPPORT
from statewright.expressions.interpreter import evaluate
from statewright.expressions.syntax import Expression

_DIGEST: Final = 32
_UNCOMPILABLE: Final = (SyntaxError, RecursionError, MemoryError, OverflowError, ValueError)

Function = Callable[..., Any]


class StaleCode(CallerError):
    """Bytes are not the code of these requests, or were damaged."""


class CodeCache(Protocol):
    """Where code is kept between runs; a ``dict`` will do."""

    def __getitem__(self, key: str, /) -> bytes:
        """The bytes under a key; raises ``KeyError`` if there are none."""
        ...

    def __setitem__(self, key: str, code: bytes, /) -> None:
        """Keep the bytes under a key."""
        ...


@dataclass(frozen=True, slots=True)
class Module:
    """Generated functions, one for each request and in their order.

    A function takes the parameters of its binding. It returns the value of the expression, or
    raises ``EvaluationError``, as ``evaluate`` does; and any number of threads may call it.

    Attributes:
        functions: the functions.
        code: what ``load`` takes.
    """

    functions: tuple[Function, ...]
    code: bytes


def generate(requests: Sequence[Request]) -> Module:
    """Translate and compile expressions."""
    source = source_from_requests(requests)
    code = _compiled(source, requests)
    payload = marshal.dumps(cast("Any", (code, source.constants)))
    functions = _functions(code, source.constants, requests)
    return Module(functions, digest(requests) + sha256(payload).digest() + payload)


def load(code: bytes, requests: Sequence[Request]) -> Module:
    """The module that ``generate`` made of the same requests, from its code.

    Raises:
        StaleCode: the code is not theirs, or was damaged.
    """
    payload = code[2 * _DIGEST :]
    if code[:_DIGEST] != digest(requests):
        raise StaleCode("the code was made of other expressions, or for another Python")
    if code[_DIGEST : 2 * _DIGEST] != sha256(payload).digest():
        raise StaleCode("the code was damaged; generate it again")
    compiled, constants = marshal.loads(payload)  # noqa: S302 - it is what `generate` made
    return Module(_functions(compiled, constants, requests), code)


def load_or_generate(requests: Sequence[Request], cache: CodeCache) -> Module:
    """The module of these requests: from the cache, or new and then put there."""
    key = digest(requests).hex()
    with suppress(KeyError, StaleCode):
        return load(cache[key], requests)
    module = generate(requests)
    cache[key] = module.code
    return module


def _compiled(source: Source, requests: Sequence[Request]) -> CodeType:
    """The code of a module; what Python cannot compile is left to the interpreter."""
    try:
        return _code(source.text)
    except _UNCOMPILABLE:
        return _code(_compilable(source, requests).text)


def _compilable(source: Source, requests: Sequence[Request]) -> Source:
    parts = list(source.parts)
    for place, number in enumerate(sorted({int(name[2:]) for name in source.names})):
        try:
            _code(parts[place])
        except _UNCOMPILABLE:
            parts[place] = without_translation(number, requests[number].binding)
    return replace(source, parts=tuple(parts))


def _code(text: str) -> CodeType:
    return compile(text, "<expressions>", "exec", dont_inherit=True)


def _functions(
    code: CodeType, constants: Sequence[Constant], requests: Sequence[Request]
) -> tuple[Function, ...]:
    namespace: dict[str, Any] = {"__builtins__": {}, **SUPPORT, "_exact": _interpreter(requests)}
    add_constants(namespace, constants)
    exec(code, namespace)  # noqa: S102 - it is what `generate` made; no author's text is in it
    functions: tuple[Function, ...] = namespace[FUNCTIONS_NAME]
    return functions


def _interpreter(requests: Sequence[Request]) -> Function:
    """What generated functions call where they are undecided."""
    expressions: dict[int, Expression] = {}

    def exact(number: int, names: Any, host: Any) -> Any:
        expression = expressions.get(number)
        if expression is None:
            expression = expressions[number] = requests[number].exact()
        return evaluate(expression, names, host, origin=requests[number].origin)

    return exact
