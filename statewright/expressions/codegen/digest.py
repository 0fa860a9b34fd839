"""What tells the code of some requests from all other code."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from importlib.util import MAGIC_NUMBER
from typing import Final

from statewright.expressions.codegen.binding import Binding
from statewright.expressions.codegen.request import Request
from statewright.expressions.environment import Environment

GENERATION: Final = 1
"""To be raised when the same requests make other code, or code needs other support."""


def digest(requests: Sequence[Request]) -> bytes:
    """SHA-256 over all that the code of these requests depends on, this Python included."""
    shared: dict[int, int] = {}
    parts: list[object] = [GENERATION, MAGIC_NUMBER]
    for request in requests:
        environment, binding = request.environment, request.binding
        if id(environment) not in shared:
            shared[id(environment)] = len(shared)
            parts.append(_of_environment(environment))
        if id(binding) not in shared:
            shared[id(binding)] = len(shared)
            parts.append(_of_binding(binding))
        parts.append(
            (
                shared[id(environment)],
                shared[id(binding)],
                request.origin,
                request.expression.text,
            )
        )
    return sha256(repr(parts).encode()).digest()


def _of_environment(environment: Environment | None) -> object:
    if environment is None:
        return None
    functions = list(map(str, environment.functions))
    return (sorted(map(repr, environment.variables.items())), functions, environment.container)


def _of_binding(binding: Binding) -> object:
    ways = sorted((path, str(way)) for path, way in binding.roots.items())
    return (binding.parameters, str(binding.names), str(binding.host), ways, binding.optional)
