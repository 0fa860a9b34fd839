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
    places = [(id(one.environment), id(one.binding), one.origin) for one in requests]
    numbers = {place: number for number, place in enumerate(dict.fromkeys(places))}
    last = dict(zip(places, requests, strict=True))
    settings = [
        (_of_environment(last[place].environment), _of_binding(last[place].binding), place[2])
        for place in numbers
    ]
    texts = [one.expression.text for one in requests]
    shape = [[numbers[place] for place in places], list(map(len, texts))]
    whole = sha256(repr((GENERATION, MAGIC_NUMBER, settings, shape)).encode())
    whole.update("".join(texts).encode("utf-8", "surrogatepass"))
    return whole.digest()


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
