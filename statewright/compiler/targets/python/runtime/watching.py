"""Watches the rules of a chart while a session runs; what they mean is said in ``rules``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from statewright.compiler.targets.python.runtime.names import seen_by
from statewright.compiler.targets.python.runtime.session import Session
from statewright.compiler.targets.python.runtime.tables import Arc, Node, is_descendant
from statewright.errors import EvaluationError
from statewright.expressions import Expression, evaluate
from statewright.statechart.definition import Statechart
from statewright.statechart.effects import Incident
from statewright.statechart.event import Event, EventKind
from statewright.statechart.rules import VIOLATION, Rule, advanced, broken, is_open


def watch(
    session: Session, enabled: Sequence[Arc], exited: Sequence[str], entered: Sequence[str]
) -> None:
    """Look at what a microstep has done.

    Args:
        session: as it is afterwards.
        enabled: the transitions that were taken.
        exited: ids of the states that were left.
        entered: ids of the states that were entered.
    """
    anew = _entered_anew(session, enabled, entered)
    monitors = dict(session.monitors)
    violated: list[Rule] = []
    for rule in session.machine.chart.rules:
        state = monitors.get(rule.name, 0)
        if rule.scope and rule.scope in exited:
            if is_open(rule, state):
                violated.append(rule)
            state = 0
        scope = session.machine.nodes.get(rule.scope, session.machine.root)
        if scope is session.machine.root or session.is_active(scope):
            step = advanced(rule, state, anew, partial(_truth, session, scope))
            state = step.state
            if step.broken:
                violated.append(rule)
        if state:
            monitors[rule.name] = state
        else:
            monitors.pop(rule.name, None)
    session.monitors = monitors
    if violated:
        _raise(session, violated, anew)


def conclude(session: Session) -> None:
    """Say which promises the end of a session leaves open."""
    for incident in unkept(session.machine.chart, session.monitors):
        session.node = session.machine.root
        session.report(incident.name, incident.message)


def unkept(chart: Statechart, monitors: Mapping[str, int]) -> tuple[Incident, ...]:
    """What is to be recorded of a session that ends with these states of its rules."""
    rules = (rule for rule in chart.rules if is_open(rule, monitors.get(rule.name, 0)))
    return tuple(Incident(VIOLATION, "", broken(rule)) for rule in rules)


def _entered_anew(
    session: Session, enabled: Sequence[Arc], entered: Sequence[str]
) -> Sequence[str]:
    """The states that were entered, but for those to which a history state has led back."""
    around = [
        target.parent
        for arc in enabled
        for target in arc.targets
        if target.is_history and target.parent is not None and target.id in session.history
    ]
    nodes = session.machine.nodes
    return [state for state in entered if not _is_inside(nodes[state], around)]


def _is_inside(node: Node, around: Sequence[Node]) -> bool:
    return any(node is one or is_descendant(node, one) for one in around)


def _truth(session: Session, scope: Node, condition: Expression) -> bool | None:
    session.node = scope
    session.place = ("rule",)
    try:
        value = evaluate(condition, *seen_by(session))
    except EvaluationError:
        return None
    return value if value is True or value is False else None


def _raise(session: Session, violated: Sequence[Rule], entered: Sequence[str]) -> None:
    """Record that rules are broken, and see to it that this is the next thing to be handled."""
    for rule in violated:
        condition = rule.moment.condition
        session.node = _place(session, rule, entered)
        text = "" if condition is None else condition.text
        session.report(VIOLATION, broken(rule, entered), text)
    data = {
        "message": broken(violated[0], entered),
        "rule": violated[0].name,
        "rules": [rule.name for rule in violated],
        "state": _place(session, violated[0], entered).id,
    }
    session.broken = Event(VIOLATION, data, session.turn.now, EventKind.PLATFORM)


def _place(session: Session, rule: Rule, entered: Sequence[str]) -> Node:
    """The state by whose entry a rule is broken, or the root."""
    at = (state for state in rule.moment.states or () if state in entered)
    return session.machine.nodes.get(next(at, ""), session.machine.root)
