"""A module of generated functions: compiled, kept as bytes, loaded again.

Bytes are loaded only if they were made of the same requests, by the same generator, for the same
Python, and have not changed since. They are code: whoever can write to where they are kept can run
what he likes.
"""

from __future__ import annotations

import marshal
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import source_hash
from typing import Any, Final, Protocol, cast

from statewright.errors import CallerError
from statewright.expressions.codegen.digest import digest
from statewright.expressions.codegen.loading import Function, compiled, functions_from_compiled
from statewright.expressions.codegen.request import Request
from statewright.expressions.codegen.source import source_from_requests

_KEY: Final = 32
_CHECK: Final = 8
"""The bytes of the digest of the requests, and of the hash that shows damage."""


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


def generate(requests: Sequence[Request], key: bytes | None = None) -> Module:
    """Translate and compile expressions.

    Args:
        requests: what the functions are to be.
        key: their ``digest``, if the caller has it already.
    """
    found = compiled(source_from_requests(requests), requests)
    payload = marshal.dumps(cast("Any", found))
    code = (key or digest(requests)) + source_hash(payload) + payload
    return Module(functions_from_compiled(found, requests), code)


def load(code: bytes, requests: Sequence[Request], key: bytes | None = None) -> Module:
    """The module that ``generate`` made of the same requests, from its code.

    Args:
        code: ``Module.code``.
        requests: as for ``generate``.
        key: their ``digest``, if the caller has it already.

    Raises:
        StaleCode: the code is not theirs, or was damaged.
    """
    if type(code) is not bytes:
        raise StaleCode(f"what is kept is no code but a {type(code).__name__}; generate it again")
    payload = memoryview(code)[_KEY + _CHECK :]
    if code[:_KEY] != (key or digest(requests)):
        raise StaleCode("the code was made of other expressions, or for another Python")
    if code[_KEY : _KEY + _CHECK] != source_hash(payload):
        raise StaleCode("the code was damaged; generate it again")
    found = marshal.loads(payload)  # noqa: S302 - it is what `generate` made
    return Module(functions_from_compiled(found, requests), code)


def load_or_generate(requests: Sequence[Request], cache: CodeCache) -> Module:
    """The module of these requests: from the cache, or new and then put there, if it takes it."""
    key = digest(requests)
    with suppress(KeyError, StaleCode):
        return load(cache[key.hex()], requests, key)
    module = generate(requests, key)
    with suppress(OSError):
        cache[key.hex()] = module.code
    return module
