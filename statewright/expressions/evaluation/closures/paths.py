"""Variables, and what is selected or indexed from values."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from statewright.errors import EvaluationError
from statewright.expressions.evaluation.closures.frame import NAMES, Closure, Frame, locate
from statewright.expressions.evaluation.insight import ABSENT, Insight
from statewright.expressions.operations.access import has, select, select_optional
from statewright.expressions.values import TYPE_VALUES, Maybe

_MISSING: Final = object()


def valueless(name: str, position: int) -> EvaluationError:
    """The error of a name that the data has nothing for, be it declared or not."""
    return EvaluationError(f"`{name}` has no value", position)


def local(slot: int) -> Closure:
    """The variable of a macro."""
    return lambda frame: frame[slot]


def variable(name: str, position: int) -> Closure:
    """A variable; where there is none of that name, the type of that name."""
    fallback = TYPE_VALUES.get(name, _MISSING)

    def run(frame: Frame) -> Any:
        try:
            return frame[NAMES][name]
        except KeyError:
            if fallback is _MISSING:
                raise valueless(name, position) from None
            return fallback

    return run


def variable_field(name: str, field: str, position: int, field_position: int) -> Closure:
    """``name.field``: as ``selection(variable(name), field)``, in one closure."""

    def run(frame: Frame) -> Any:
        try:
            operand = frame[NAMES][name]
        except KeyError:
            raise valueless(name, position) from None
        if type(operand) is dict and field in operand:
            return operand[field]
        try:
            return select(operand, field)
        except EvaluationError as error:
            locate(error, field_position)
            raise

    return run


def variable_part(name: str, key: str, whole: Closure, *, optional: bool) -> Closure:
    """``name['key']`` or ``name[?'key']``, as ``whole`` gives it, without making all of a map."""

    def run(frame: Frame) -> Any:
        names = frame[NAMES]
        if isinstance(names, Insight):
            found = names.part(name, key)
            if found is not ABSENT:
                return Maybe(True, found) if optional else found
        return whole(frame)

    return run


def selection(operand: Closure, field: str, position: int) -> Closure:
    """``operand.field``."""

    def run(frame: Frame) -> Any:
        value = operand(frame)
        if type(value) is dict and field in value:
            return value[field]
        try:
            return select(value, field)
        except EvaluationError as error:
            locate(error, position)
            raise

    return run


def presence(operand: Closure, field: str, position: int) -> Closure:
    """``has(operand.field)``."""

    def run(frame: Frame) -> bool:
        value = operand(frame)
        if type(value) is dict:
            return field in value
        try:
            return has(value, field)
        except EvaluationError as error:
            locate(error, position)
            raise

    return run


def optional_selection(operand: Closure, field: str, position: int) -> Closure:
    """``operand.?field``."""

    def run(frame: Frame) -> Any:
        value = operand(frame)
        try:
            return select_optional(value, field)
        except EvaluationError as error:
            locate(error, position)
            raise

    return run


def indexed(
    operand: Closure, at: Closure, position: int, look: Callable[[Any, Any], Any]
) -> Closure:
    """``operand[at]`` or ``operand[?at]``; ``look`` says which."""

    def run(frame: Frame) -> Any:
        value = operand(frame)
        place = at(frame)
        try:
            return look(value, place)
        except EvaluationError as error:
            locate(error, position)
            raise

    return run
