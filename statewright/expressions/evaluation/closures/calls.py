"""Calls of functions: of the table, chosen by the classes of the arguments, or of the host."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from types import NoneType
from typing import Any, Final

from statewright.errors import EvaluationError
from statewright.expressions.admission import Misfit, admitted, guarded
from statewright.expressions.evaluation.closures.frame import HOST, ORIGIN, Closure, Frame, locate
from statewright.expressions.meter import FREE, spend, spend_on, spend_on_contents
from statewright.expressions.operations.patterns import searcher
from statewright.expressions.overloads import Dispatch
from statewright.expressions.values import Maybe, kind, no_overload


def table_call(
    name: str, dispatch: Dispatch, arguments: Sequence[Closure], position: int
) -> Closure:
    """A call of a function of the table; what it reads and builds is paid for if it is large."""
    is_plain = not dispatch.deep and dispatch.price is None
    if len(arguments) == 1 and is_plain:
        return _unary_call(name, dispatch, arguments[0], position)
    if len(arguments) == 2 and is_plain:
        return _binary_call(name, dispatch, arguments[0], arguments[1], position)
    pay = spend_on_contents if dispatch.deep else _nothing if dispatch.light else spend_on

    def run(frame: Frame) -> Any:
        values = [argument(frame) for argument in arguments]
        for value in values:
            pay(frame, value)
        try:
            if dispatch.price is not None:
                spend(frame, dispatch.price(*values))
            result = _applied(name, dispatch, *values)
        except _FAILURES as error:
            raise _failure(name, error, position) from None
        spend_on(frame, result)
        return result

    return run


def _unary_call(name: str, dispatch: Dispatch, argument: Closure, position: int) -> Closure:
    by_class = {
        classes[0]: one for classes, one in dispatch.by_classes.items() if len(classes) == 1
    }
    grows = dispatch.grows
    read = frozenset() if dispatch.light else _SIZED

    def run(frame: Frame) -> Any:
        value = argument(frame)
        own = type(value)
        if own in read and len(value) > FREE:
            spend_on(frame, value)
        implementation = by_class.get(own)
        try:
            if implementation is None:
                result = _applied(name, dispatch, value)
            else:
                result = implementation(value)
        except _FAILURES as error:
            raise _failure(name, error, position) from None
        if grows:
            spend_on(frame, result)
        return result

    return run


def _binary_call(
    name: str, dispatch: Dispatch, first: Closure, second: Closure, position: int
) -> Closure:
    by_classes = dispatch.by_classes
    grows = dispatch.grows
    read = frozenset() if dispatch.light else _SIZED

    def run(frame: Frame) -> Any:
        one = first(frame)
        other = second(frame)
        own = type(one)
        if own in read and len(one) > FREE:
            spend_on(frame, one)
        implementation = by_classes.get((own, type(other)))
        try:
            if implementation is None:
                result = _applied(name, dispatch, one, other)
            else:
                result = implementation(one, other)
        except _FAILURES as error:
            raise _failure(name, error, position) from None
        if grows:
            spend_on(frame, result)
        return result

    return run


_PLAIN: Final = frozenset((bool, str, float, NoneType, timedelta))
"""Classes whose values are values of CEL, all of them."""

_SIZED: Final = frozenset((str, bytes, list, tuple, dict))


def _nothing(_: Frame, __: object) -> None:
    """What a function costs that takes no longer for large arguments."""


# Functions say themselves why they have no value. But a host may have given what is no value of
# CEL, such as an int of a thousand digits, and then Python says so.
_FAILURES: Final = (EvaluationError, ArithmeticError, ValueError)


def _failure(name: str, error: Exception, position: int) -> EvaluationError:
    if not isinstance(error, EvaluationError):
        return EvaluationError(f"`{name}` has no value for these arguments", position)
    locate(error, position)
    return error


def _applied(name: str, dispatch: Dispatch, *values: Any) -> Any:
    """The function on values, whose classes may only count as those in the table."""
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
            result = guarded(name, host[name], frame[ORIGIN] + position, *values)
            if type(result) not in _PLAIN:
                result = admitted(result)
        except EvaluationError as error:
            locate(error, position)
            raise
        except Misfit as misfit:
            raise EvaluationError(f"`{name}` of the host gave {misfit}", position) from None
        spend_on(frame, result)
        return result

    return run


def host_member_call(name: str, on_target: Closure, otherwise: Closure) -> Closure:
    """``a.b(c)``: the host's function ``a.b`` if it has one, else ``b`` called on ``a``."""

    def run(frame: Frame) -> Any:
        host = frame[HOST]
        if host is not None and name in host:
            return on_target(frame)
        return otherwise(frame)

    return run


def matching(text: Closure, pattern: str, position: int) -> Closure:
    """``text.matches(pattern)`` with a literal pattern, which is read only once."""
    try:
        search = searcher(pattern)
    except EvaluationError as error:
        return _failing(error.reason, position)

    def run(frame: Frame) -> bool:
        value = text(frame)
        if type(value) is not str and kind(value) is not str:
            error = no_overload("matches", value, pattern)
            error.position = position
            raise error
        spend_on(frame, value)
        try:
            return search(value)
        except EvaluationError as error:
            locate(error, position)
            raise

    return run


def _failing(reason: str, position: int) -> Closure:
    def run(_: Frame) -> Any:
        raise EvaluationError(reason, position)

    return run


def or_value(maybe: Closure, other: Closure, position: int) -> Closure:
    """``maybe.orValue(other)``, which looks at ``other`` only if it has to."""

    def run(frame: Frame) -> Any:
        value = maybe(frame)
        if type(value) is not Maybe:
            raise _no_optional("orValue", value, position)
        return value.value if value.present else other(frame)

    return run


def or_other(maybe: Closure, other: Closure, position: int) -> Closure:
    """``maybe.or(other)``, which looks at ``other`` only if it has to."""

    def run(frame: Frame) -> Maybe:
        value = maybe(frame)
        if type(value) is not Maybe:
            raise _no_optional("or", value, position)
        if value.present:
            return value
        alternative = other(frame)
        if type(alternative) is not Maybe:
            raise _no_optional("or", alternative, position)
        return alternative

    return run


def _no_optional(name: str, value: object, position: int) -> EvaluationError:
    error = no_overload(name, value)
    error.position = position
    return error
