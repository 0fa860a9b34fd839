"""Functions that a program adds to those of CEL: their types and what they do, said once."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from statewright.errors import CallerError, EvaluationError
from statewright.expressions.admission import Misfit, admitted, converted, guarded
from statewright.expressions.evaluation.interpreter import HostFunction
from statewright.expressions.functions import FUNCTIONS
from statewright.expressions.overloads import Overload
from statewright.expressions.parsing.grammar import MACROS, RESERVED
from statewright.expressions.values import type_name

_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*", re.ASCII)


class Host(Mapping[str, HostFunction]):
    """Functions of a program, registered with their types.

    An ``Environment`` takes its ``overloads``, and ``evaluate`` takes the host itself.

    >>> from statewright.expressions import Environment, check, evaluate, parse
    >>> from statewright.expressions.overloads import function
    >>> from statewright.expressions.types import INT, STRING
    >>> prices = {"espresso": 220, "latte": 340}
    >>> host = Host(function("price", (STRING,), INT, lambda drink: prices[drink]))
    >>> order = parse("price(drink) * 2")
    >>> str(check(order, Environment({"drink": STRING}, host.overloads)).type)
    'int'
    >>> evaluate(order, {"drink": "latte"}, host)
    680

    What goes in and out is checked. A function is only called with arguments of its types; what it
    gives has to be of its type, but a tuple will do for a list, and an int for a double or uint.
    A function that raises anything, or gives something else, makes an ``EvaluationError``, which
    ``&&`` and ``||`` absorb as any other.

    >>> evaluate(parse("price('tea') > 0"), {}, host)
    Traceback (most recent call last):
    ...
    statewright.errors.EvaluationError: `price` of the host failed: KeyError: 'tea'
    >>> evaluate(parse("price(5)"), {}, host)
    Traceback (most recent call last):
    ...
    statewright.errors.EvaluationError: `price` of (int): it is defined as `price(string) -> int`

    Attributes:
        overloads: the functions, in the order in which they are tried.
    """

    def __init__(self, *overloads: Overload) -> None:
        """Register functions.

        Raises:
            CallerError: CEL has a function or macro of that name, two overloads take the same
                arguments, or no expression could call it.
        """
        by_name: dict[str, list[Overload]] = {}
        for overload in overloads:
            _check(overload, by_name.get(overload.name, ()))
            by_name.setdefault(overload.name, []).append(overload)
        self.overloads = overloads
        self._functions = {name: _called(name, ones) for name, ones in by_name.items()}

    def __getitem__(self, name: str) -> HostFunction:
        return self._functions[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._functions)

    def __len__(self) -> int:
        return len(self._functions)


def _check(overload: Overload, others: Sequence[Overload]) -> None:
    name, member = overload.name, overload.member
    words = name.split(".")
    if not _NAME.fullmatch(name) or not RESERVED.isdisjoint(words) or (member and len(words) > 1):
        raise CallerError(f"`{name[:60]}` cannot be the name of a function")
    if member and not overload.parameters:
        raise CallerError(f"`{name}` is called on a target, so it has a parameter for that")
    is_macro = (name, len(overload.parameters) - 1) in MACROS if member else name == "has"
    if is_macro or name == "cel.bind" or (name, member) in FUNCTIONS:
        raise CallerError(f"`{name}` is a function of CEL already; choose another name")
    for other in others:
        if (other.parameters, other.member) == (overload.parameters, member):
            raise CallerError(f"`{overload}` is registered twice")


def _called(name: str, overloads: Sequence[Overload]) -> HostFunction:
    """The function that tries overloads, in their order."""

    def call(_: int, /, *arguments: Any) -> Any:
        for overload in overloads:
            values = _arguments(overload, arguments)
            if values is not None:
                return _result(overload, guarded(name, overload.implementation, *values))
        types = ", ".join(map(type_name, arguments))
        forms = ", ".join(f"`{overload}`" for overload in overloads)
        raise EvaluationError(f"`{name}` of ({types}): it is defined as {forms}")

    return call


def _arguments(overload: Overload, given: Sequence[Any]) -> list[Any] | None:
    """The arguments as the overload takes them, or None where it does not."""
    if len(given) != len(overload.parameters):
        return None
    try:
        return [
            admitted(value, wanted)
            for value, wanted in zip(given, overload.parameters, strict=True)
        ]
    except Misfit:
        return None


def _result(overload: Overload, value: Any) -> Any:
    try:
        return admitted(converted(value, overload.result), overload.result)
    except Misfit as misfit:
        reason = f"`{overload.name}` of the host gave {misfit}; it promised `{overload.result}`"
        raise EvaluationError(reason) from None
