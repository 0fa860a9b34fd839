"""What tells the code of some requests from all other code."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from importlib.util import MAGIC_NUMBER
from typing import Final

from statewright.expressions.codegen.binding import Binding
from statewright.expressions.codegen.request import Request
from statewright.expressions.environment import Environment
from statewright.expressions.overloads import Overload
from statewright.expressions.types import CelType

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
    variables = {name: _of_type(one) for name, one in environment.variables.items()}
    return (
        sorted(variables.items()),
        [_of_overload(overload) for overload in environment.functions],
        environment.container,
        sorted(environment.unset),
        environment.mirror,
        sorted(environment.mirrored),
        environment.strict,
    )


def _of_overload(overload: Overload) -> object:
    types = [_of_type(one) for one in (*overload.parameters, overload.result)]
    return (overload.name, overload.member, types)


def _of_type(one: CelType) -> object:
    """A type as values whose text is the same in every process; sets have no order there."""
    inside = [_of_type(parameter) for parameter in one.parameters]
    fields = [(name, _of_type(field)) for name, field in one.fields]
    return (one.name, inside, fields, sorted(one.optional), one.values, one.bounds)


def _of_binding(binding: Binding) -> object:
    ways = sorted((path, str(way)) for path, way in binding.roots.items())
    return (binding.parameters, str(binding.names), str(binding.host), ways, binding.optional)
