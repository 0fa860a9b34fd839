"""The source of a module: a function for every request, and their constants."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from statewright.expressions.codegen.binding import Binding
from statewright.expressions.codegen.page import Constant, Constants, Page
from statewright.expressions.codegen.request import Request
from statewright.expressions.codegen.translation import translate

FUNCTIONS_NAME: Final = "_functions"
"""The name under which a module has the tuple of its functions."""


@dataclass(frozen=True, slots=True)
class Source:
    """Python source, without the names of ``support`` that it uses.

    Attributes:
        parts: for every function that is not there already, its text and what it is made of.
        names: the function of every request, in their order.
        constants: what the names ``_k0``, ``_k1``, … stand for; see ``constants``.
    """

    parts: tuple[str, ...]
    names: tuple[str, ...]
    constants: tuple[Constant, ...]

    @property
    def text(self) -> str:
        """The whole module."""
        names = "".join(f"{name}, " for name in self.names)
        return "\n".join([*self.parts, f"{FUNCTIONS_NAME} = ({names})\n"])


def source_from_requests(requests: Sequence[Request]) -> Source:
    """Translate expressions; two requests for the same function get the same one."""
    constants, parts, names = Constants(), [], []
    known: dict[tuple[object, ...], str] = {}
    for number, request in enumerate(requests):
        key = (
            request.expression.text,
            id(request.environment),
            id(request.binding),
            request.origin,
        )
        if key not in known:
            known[key] = f"_f{number}"
            parts.append(_function(number, request, constants))
        names.append(known[key])
    return Source(tuple(parts), tuple(names), tuple(constants.numbers))


def _function(number: int, request: Request, constants: Constants) -> str:
    """The function of a request, after those that are parts of it."""
    page = Page(f"_f{number}", constants)
    try:
        piece = translate(request, page)
    except RecursionError:  # the caller has already gone deep; the interpreter needs less
        return without_translation(number, request.binding)
    lines = [
        "try:",
        f"    return {piece}",
        "except Exception:",
        f"    {_exact(number, request.binding)}",
    ]
    return "\n".join([*page.functions, _definition(number, request.binding, lines)])


def without_translation(number: int, binding: Binding) -> str:
    """A function that leaves everything to the interpreter."""
    return _definition(number, binding, [_exact(number, binding)])


def _exact(number: int, binding: Binding) -> str:
    return f"return _exact({number}, {binding.names}, {binding.host})"


def _definition(number: int, binding: Binding, lines: list[str]) -> str:
    body = "\n    ".join(lines)
    return f"def _f{number}({', '.join(_parameters(binding))}):\n    {body}\n"


def _parameters(binding: Binding) -> Iterator[str]:
    needed = len(binding.parameters) - binding.optional
    for place, parameter in enumerate(binding.parameters):
        yield parameter if place < needed else f"{parameter}=None"
