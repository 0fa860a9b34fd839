"""Calls of functions: of the table, chosen by the classes of the arguments, or of the host."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from statewright.errors import EvaluationError
from statewright.expressions.closures.frame import HOST, Closure, Frame, locate
from statewright.expressions.overloads import Dispatch
from statewright.expressions.patterns import searcher
from statewright.expressions.values import Maybe, kind, no_overload


def table_call(
    name: str, dispatch: Dispatch, arguments: Sequence[Closure], position: int
) -> Closure:
    """A call of a function of the table."""
    if len(arguments) == 1:
        return _unary_call(name, dispatch, arguments[0], position)

    by_classes = dispatch.by_classes

    def run(frame: Frame) -> Any:
        values = [argument(frame) for argument in arguments]
        implementation = by_classes.get(tuple(map(type, values)))
        try:
            if implementation is None:
                return _applied(name, dispatch, values)
            return implementation(*values)
        except EvaluationError as error:
            locate(error, position)
            raise

    return run


def _unary_call(name: str, dispatch: Dispatch, argument: Closure, position: int) -> Closure:
    by_class = {
        classes[0]: one for classes, one in dispatch.by_classes.items() if len(classes) == 1
    }

    def run(frame: Frame) -> Any:
        value = argument(frame)
        implementation = by_class.get(type(value))
        try:
            if implementation is None:
                return _applied(name, dispatch, [value])
            return implementation(value)
        except EvaluationError as error:
            locate(error, position)
            raise

    return run


def _applied(name: str, dispatch: Dispatch, values: list[Any]) -> Any:
    """The function on values whose classes only count as the ones in the table."""
    implementation = dispatch.by_classes.get(tuple(map(kind, values)))
    if implementation is None:
        implementation = dispatch.by_count.get(len(values))
    if implementation is None:
        raise no_overload(name, *values)
    return implementation(*values)


def host_call(name: str, arguments: Sequence[Closure], position: int) -> Closure:
    """A call of what the host bound to this name for this evaluation."""

    def run(frame: Frame) -> Any:
        host = frame[HOST]
        if host is None or name not in host:
            raise EvaluationError(f"undeclared function `{name}`", position)
        values = [argument(frame) for argument in arguments]
        try:
            return host[name](position, *values)
        except EvaluationError as error:
            locate(error, position)
            raise

    return run


def matching(text: Closure, pattern: str, position: int) -> Closure:
    """``text.matches(pattern)`` with a literal pattern, which is read only once."""
    try:
        search = searcher(pattern)
    except EvaluationError as error:
        return _failing_like(error, position)

    def run(frame: Frame) -> bool:
        value = text(frame)
        if kind(value) is not str:
            error = no_overload("matches", value, pattern)
            error.position = position
            raise error
        try:
            return search(value)
        except UnicodeEncodeError:
            raise EvaluationError("the text holds half a character", position) from None

    return run


def _failing_like(error: EvaluationError, position: int) -> Closure:
    def run(_: Frame) -> Any:
        raise EvaluationError(error.reason, position)

    return run


def or_value(maybe: Closure, other: Closure, position: int) -> Closure:
    """``maybe.orValue(other)``, which looks at ``other`` only if it has to."""
    return _alternative(maybe, other, "orValue", position)


def or_other(maybe: Closure, other: Closure, position: int) -> Closure:
    """``maybe.or(other)``, which looks at ``other`` only if it has to."""
    return _alternative(maybe, other, "or", position)


def _alternative(maybe: Closure, other: Closure, name: str, position: int) -> Closure:
    whole = name == "or"

    def run(frame: Frame) -> Any:
        value = maybe(frame)
        if type(value) is Maybe and value.present:
            return value if whole else value.value
        alternative = other(frame)
        if type(value) is not Maybe or (whole and type(alternative) is not Maybe):
            error = no_overload(name, value, alternative)
            error.position = position
            raise error
        return alternative

    return run
