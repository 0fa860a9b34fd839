"""Whether what is asked for happens in a macrostep of the real executor."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from statewright.compiler.verification.questions import (
    BreakRule,
    EnterState,
    Fail,
    GoOnForEver,
    Question,
    TakeTransition,
)
from statewright.statechart.rules import VIOLATION, breach
from statewright.statechart.steps import Macrostep


def happens_in(question: Question, step: Macrostep) -> bool:
    """Whether a question is answered by a macrostep; never for what no single one shows."""
    known = _HAPPENS.get(type(question))
    return known is not None and known(question, step)


def _entered(question: EnterState, step: Macrostep) -> bool:
    return any(question.state in one.entered for one in step.microsteps)


def _taken(question: TakeTransition, step: Macrostep) -> bool:
    return any(question.transition in one.transitions for one in step.microsteps)


def _failed(question: Fail, step: Macrostep) -> bool:
    return any(
        (one.name, one.state, one.expression, one.message)
        == (question.incident, question.state, question.expression, question.reason)
        for one in step.incidents
    )


def _broken(question: BreakRule, step: Macrostep) -> bool:
    return any(
        one.name == VIOLATION and one.message.startswith(breach(question.rule))
        for one in step.incidents
    )


def _went_on(_: GoOnForEver, step: Macrostep) -> bool:
    return any(one.name == "error.limit" for one in step.incidents)


_HAPPENS: Mapping[type, Callable[[Any, Macrostep], bool]] = MappingProxyType(
    {
        EnterState: _entered,
        TakeTransition: _taken,
        Fail: _failed,
        BreakRule: _broken,
        GoOnForEver: _went_on,
    }
)
