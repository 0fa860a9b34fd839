"""What happens in macrosteps, each thing noted where it happens first."""

from __future__ import annotations

from statewright.compiler.verification.questions import (
    BreakRule,
    EnterState,
    Fail,
    GoOnForEver,
    Question,
    TakeTransition,
)
from statewright.compiler.verification.search.pieces import Found, Origin
from statewright.compiler.verification.world.world import World
from statewright.statechart.rules import VIOLATION, breach
from statewright.statechart.stepping.evaluation import ACTION_ERROR
from statewright.statechart.steps import Macrostep


class Observing:
    """Notes what happens.

    Args:
        world: what is searched.
        found: where it is noted.
    """

    def __init__(self, world: World, found: Found) -> None:
        self._world = world
        self._found = found
        self._states: set[str] = set()
        self._transitions: set[str] = set()
        self._incidents: set[tuple[str, str, str, str]] = set()

    def observe(self, step: Macrostep, origin: Origin) -> None:
        """Note what happens in a macrostep, and where it came from."""
        for one in step.microsteps:
            for name in one.transitions:
                if name not in self._transitions:
                    self._transitions.add(name)
                    self._note(TakeTransition(name), origin)
            for name in one.entered:
                if name not in self._states:
                    self._states.add(name)
                    self._note(EnterState(name), origin)
        for incident in step.incidents:
            told = (incident.name, incident.state, incident.expression, incident.message)
            if incident.name == ACTION_ERROR and self._world.uses[incident.state].entered.sure:
                self._found.unsure.add(incident.state)
            if incident.name not in _QUIET and told not in self._incidents:
                self._incidents.add(told)
                self._note(_question_from(told), origin)
            if incident.name == VIOLATION:
                for rule in self._world.chart.rules:
                    if incident.message.startswith(breach(rule.name)):
                        self._note(BreakRule(rule.name), origin)

    def _note(self, question: Question, origin: Origin) -> None:
        self._found.seen.setdefault(question, origin)


_QUIET = frozenset(("log", "stale"))


def _question_from(told: tuple[str, str, str, str]) -> Question:
    name, state, expression, reason = told
    return GoOnForEver() if name == "error.limit" else Fail(name, state, expression, reason)
