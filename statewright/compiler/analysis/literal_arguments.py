"""Arguments of functions that are written out, and that make each call fail.

The type checker knows types; these are texts, and of the right type: a currency, a style, a time
zone, a schedule, a date. They are tried out once, without what they are applied to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final

from statewright.errors import EvaluationError
from statewright.expressions import Expression, Problem, ProblemKind
from statewright.expressions.functions import FUNCTIONS
from statewright.expressions.functions.locales import (
    required_currency,
    required_style,
)
from statewright.expressions.functions.schedules import local_time
from statewright.expressions.operations.languages import is_language
from statewright.expressions.operations.patterns import searcher
from statewright.expressions.operations.schedules import checked_cron
from statewright.expressions.operations.times import zone_from_text
from statewright.expressions.syntax import Call, Literal, Node, children, path_of, walk

Test = Callable[[Any], object]
"""Raises an ``EvaluationError`` for an argument that makes a call fail."""


def _language(name: str) -> None:
    if not is_language(name):
        raise EvaluationError(f"nothing is known of how numbers and dates are written in `{name}`")


def _date(text: str) -> None:
    local_time(text, "")


def _converted(function: str) -> Test:
    def convert(value: Any) -> object:
        implementation = FUNCTIONS[(function, False)].by_classes.get((type(value),))
        return implementation(value) if implementation is not None else None

    return convert


_PARTS: Final = (
    "getDate",
    "getDayOfMonth",
    "getDayOfWeek",
    "getDayOfYear",
    "getFullYear",
    "getHours",
    "getMilliseconds",
    "getMinutes",
    "getMonth",
    "getSeconds",
)

_DATED: Final[Mapping[int, Test]] = {1: required_style, 2: _language, 3: zone_from_text}

_TESTS: Final[Mapping[str, Mapping[int, Test]]] = MappingProxyType(
    {
        "format.number": {1: _language, 2: _language},
        "format.percent": {1: _language},
        "format.currency": {1: required_currency, 2: _language},
        "format.date": _DATED,
        "format.time": _DATED,
        "format.dateTime": _DATED,
        "format.plural": {2: _language},
        "format.list": {1: _language},
        "answer.numberIn": {1: _language},
        "answer.integerIn": {1: _language},
        "answer.dateIn": {1: _language},
        "answer.timeIn": {1: _language},
        "schedule.at": {0: _date, 1: zone_from_text},
        "schedule.next": {0: checked_cron, 1: zone_from_text},
        "regex.extract": {1: searcher},
        "regex.extractAll": {1: searcher},
        "regex.replace": {1: searcher},
        "timestamp": {0: _converted("timestamp")},
        "duration": {0: _converted("duration")},
        "int": {0: _converted("int")},
        "double": {0: _converted("double")},
        **{name: {1: zone_from_text} for name in _PARTS},
    }
)
"""Function → the place of an argument, and what is asked of a text that stands there."""


def failing_arguments(expression: Expression) -> Iterator[Problem]:
    """The texts in an expression that make the calls fail which they are given to."""
    if "(" not in expression.text:
        return
    for node in walk(expression.root):
        if isinstance(node, Call):
            name, operands = _applied(node)
            for place, test in _TESTS.get(name, {}).items():
                if place < len(operands):
                    yield from _tested(operands[place], test)


def _applied(call: Call) -> tuple[str, tuple[Node, ...]]:
    """What is called, and the operands, the target first where it is no namespace."""
    path = path_of(call.target) if call.target is not None else None
    if path is not None:
        name = ".".join((path[0].name, *path[1], call.function))
        if name in _TESTS:
            return name, call.arguments
    return call.function, children(call)


def _tested(operand: Node, test: Test) -> Iterator[Problem]:
    if not isinstance(operand, Literal) or not isinstance(operand.value, str):
        return
    try:
        test(operand.value)
    except EvaluationError as error:
        yield Problem(ProblemKind.VALUE, error.reason, operand.start, operand.end)
