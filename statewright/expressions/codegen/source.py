"""The source of a module: a function for every request, and their constants."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from statewright.expressions.codegen.binding import Binding
from statewright.expressions.codegen.page import Constant, Constants, Page
from statewright.expressions.codegen.request import Request
from statewright.expressions.codegen.translation import translate


@dataclass(frozen=True, slots=True)
class Source:
    """Python source, without the names of ``support`` that it uses.

    Attributes:
        parts: number of a request → the text of its function, after those that are parts of it.
        numbers: for every request the number under which its function is among the parts.
        constants: what the names ``_k0``, ``_k1``, … stand for; see ``constants``.
    """

    parts: Mapping[int, str]
    numbers: tuple[int, ...]
    constants: tuple[Constant, ...]

    @property
    def text(self) -> str:
        """The whole module; ``_functions`` in it are the functions of the requests, in order."""
        names = "".join(f"_f{number}, " for number in self.numbers)
        return "\n".join([*self.parts.values(), f"_functions = ({names})\n"])


def source_from_requests(requests: Sequence[Request]) -> Source:
    """Translate expressions; requests for the same function share it."""
    constants = Constants()
    parts: dict[int, str] = {}
    numbers: list[int] = []
    known: dict[tuple[object, ...], int] = {}
    for number, request in enumerate(requests):
        place = (id(request.environment), id(request.binding), request.origin)
        first = known.setdefault((request.expression.text, *place), number)
        numbers.append(first)
        if first == number:
            parts[number] = _function(number, request, constants)
    return Source(parts, tuple(numbers), tuple(constants.numbers))


def _function(number: int, request: Request, constants: Constants) -> str:
    """The function of a request, after those that are parts of it."""
    page = Page(f"_f{number}", constants)
    try:
        piece = translate(request, page)
    except RecursionError:  # the caller has already gone deep; the interpreter needs less
        return without_translation(number, request)
    exact = _exact(request.binding)
    lines = ["try:", f"    return {piece}", "except Exception:", f"    {exact}"]
    return "\n".join([*page.functions, _definition(number, request.binding, lines)])


def without_translation(number: int, request: Request) -> str:
    """A function that leaves everything to the interpreter."""
    return _definition(number, request.binding, [_exact(request.binding)])


def stand_in(parameters: Sequence[str], optional: int) -> str:
    """A function with the same parameters that only asks to become what it is."""
    arguments = ", ".join(["_number", *parameters])
    return (
        f"def _stand_in({_signature(parameters, optional, 0)}):\n    return _become({arguments})\n"
    )


def _exact(binding: Binding) -> str:
    return f"return _exact(_number, {binding.names}, {binding.host})"


def _definition(number: int, binding: Binding, lines: Sequence[str]) -> str:
    body = "\n    ".join(lines)
    signature = _signature(binding.parameters, binding.optional, number)
    return f"def _f{number}({signature}):\n    {body}\n"


def _signature(parameters: Sequence[str], optional: int, number: int) -> str:
    """The parameters of a function; the last one is its own number, and never given."""
    needed = len(parameters) - optional
    texts = [
        parameter if place < needed else f"{parameter}=None"
        for place, parameter in enumerate(parameters)
    ]
    return ", ".join([*texts, f"_number={number}"])
