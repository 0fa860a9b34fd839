"""What the answers to a question are, and whether a variable can hold any of them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Final

from statewright.compiler.analysis.misfits import misfit_of_type
from statewright.errors import EvaluationError
from statewright.expressions.types import LIST, MAP, STRING
from statewright.flows.declaring import chart_type_of, limits_of
from statewright.flows.model import Variable
from statewright.flows.nodes import Choice, InputKind, Question, Store
from statewright.statechart.definition import Limits
from statewright.statechart.values.coercion import held

_DIGITS: Final = "15550109999"

_SAMPLES: Final[Mapping[InputKind, tuple[Any, ...]]] = MappingProxyType(
    {
        InputKind.EMAIL: ("name@example.com",),
        InputKind.URL: ("https://example.com/",),
        InputKind.PHONE: (_DIGITS, f"+{_DIGITS}"),
        InputKind.DATE: ("2026-12-31",),
        InputKind.TIME: ("14:30",),
        InputKind.NUMBER: (1.0,),
        InputKind.SLIDER: (1.0,),
        InputKind.INTEGER: (1,),
        InputKind.RATING: (1,),
        InputKind.BOOLEAN: (True, False),
    }
)
"""For each kind of answer, some of which one is taken by each type that takes any."""

_NOUNS: Final[Mapping[InputKind, str]] = MappingProxyType(
    {
        InputKind.EMAIL: "an email address",
        InputKind.URL: "a web address",
        InputKind.PHONE: "a phone number",
        InputKind.DATE: "a date",
        InputKind.TIME: "a time of day",
        InputKind.NUMBER: "a number",
        InputKind.SLIDER: "a number",
        InputKind.INTEGER: "a whole number",
        InputKind.RATING: "a whole number",
        InputKind.BOOLEAN: "yes or no",
    }
)

_TYPES: Final = MappingProxyType(
    {
        InputKind.TEXT: STRING,
        InputKind.FILE: MAP,
        InputKind.LOCATION: MAP,
        InputKind.MULTIPLE_CHOICE: LIST,
    }
)
"""The types of other answers."""


def misfit_of_answers(question: Question, variable: Variable) -> str:
    """Why a variable holds no answer to a question, or ``""``; its limits are not looked at."""
    if question.input is InputKind.CHOICE:
        return misfit_of_type(variable, MAP) if question.store is Store.CHOICE else ""
    samples = _SAMPLES.get(question.input)
    if samples is None:
        return misfit_of_type(variable, _TYPES[question.input])
    kind, limits = _of_type(_plain(variable))
    if any(_is_held(sample, kind, limits) for sample in samples):
        return ""
    return f"{_NOUNS[question.input]} is no {variable.type}"


def _of_variable(variable: Variable) -> tuple[str, Limits | None]:
    return chart_type_of(variable), limits_of(variable)


@lru_cache(maxsize=64)
def _of_type(name: str) -> tuple[str, Limits | None]:
    """What a variable holds of which no more than its type is declared."""
    return _of_variable(Variable("", name))


def _plain(variable: Variable) -> str:
    """The type of a variable without what it says beside."""
    if variable.type != "enum":
        return variable.type
    return "int" if variable.values and isinstance(variable.values[0], int) else "string"


def _is_held(value: Any, kind: str, limits: Limits | None) -> bool:
    try:
        held(value, kind, limits)
    except EvaluationError:
        return False
    return True


def misfitting_choices(
    question: Question, variable: Variable, *, limits: bool = True
) -> tuple[Choice, ...]:
    """The choices of which a variable cannot hold the value.

    Args:
        question: what offers them.
        variable: where the answer goes.
        limits: whether it is asked, too, what the variable may hold beside its type.
    """
    if question.store is Store.CHOICE:
        return ()
    if question.input is InputKind.MULTIPLE_CHOICE:
        element = variable.of if variable.type == "list" else None
        if element is None:
            return ()
        variable = element
    elif question.input is not InputKind.CHOICE:
        return ()
    kind, bounds = _of_variable(variable) if limits else _of_type(_plain(variable))
    return tuple(
        choice
        for choice in question.choices
        if choice.value not in variable.names and not _is_held(choice.value, kind, bounds)
    )
