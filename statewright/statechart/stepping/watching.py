"""Watches the rules of a chart while a session runs; what they mean is said in ``rules``.

A rule that is broken is an incident, and an error: the event ``error.flow.rule``, with the names of
all rules that one microstep has broken, and the state that has done it: by being entered, or by
what it has written (see ``origins``). It goes before all else that the session has to do, also
before eventless transitions, so that the conversation does not run on. At the end of a session
nobody is left to answer it, and there is only the incident.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from statewright.errors import EvaluationError
from statewright.expressions import Expression
from statewright.statechart.definition import Statechart
from statewright.statechart.effects import Incident
from statewright.statechart.event import Event, EventKind
from statewright.statechart.rules import VIOLATION, Rule, advanced, broken, is_open
from statewright.statechart.snapshot import Snapshot
from statewright.statechart.stepping.origins import origin
from statewright.statechart.stepping.programs import program_of
from statewright.statechart.stepping.working import Working
from statewright.statechart.structure.nodes import Arc, Node, is_descendant, is_history


def watch(
    working: Working,
    enabled: Sequence[Arc] = (),
    exited: Sequence[str] = (),
    entered: Sequence[str] = (),
) -> None:
    """Look at what a microstep has done.

    Args:
        working: the session afterwards.
        enabled: the transitions that were taken.
        exited: ids of the states that were left.
        entered: ids of the states that were entered.
    """
    anew = _entered_anew(working, enabled, entered)
    monitors = dict(working.monitors)
    violated: list[Rule] = []
    for rule in working.tree.chart.rules:
        state = monitors.get(rule.name, 0)
        if rule.scope and rule.scope in exited:
            if is_open(rule, state):
                violated.append(rule)
            state = 0
        scope = working.tree.nodes.get(rule.scope, working.tree.root)
        if scope is working.tree.root or working.is_active(scope):
            step = advanced(rule, state, anew, partial(_truth, working, scope))
            state = step.state
            if step.broken:
                violated.append(rule)
        if state:
            monitors[rule.name] = state
        else:
            monitors.pop(rule.name, None)
    working.monitors = monitors
    if violated:
        places = [_place(working, rule, anew, (enabled, exited, entered)) for rule in violated]
        _raise(working, violated, anew, places)


def conclude(working: Working) -> None:
    """Say which promises the end of a session leaves open."""
    for rule in open_rules(working.tree.chart, working.monitors):
        working.node = working.tree.root
        working.report(VIOLATION, broken(rule))


def open_rules(chart: Statechart, monitors: Mapping[str, int]) -> tuple[Rule, ...]:
    """The rules of a chart by which something is still to come."""
    return tuple(rule for rule in chart.rules if is_open(rule, monitors.get(rule.name, 0)))


def promises(chart: Statechart, snapshot: Snapshot) -> tuple[str, ...]:
    """The names of the rules by which something is still to come before the session may end."""
    return tuple(rule.name for rule in open_rules(chart, snapshot.monitors))


def unkept(chart: Statechart, snapshot: Snapshot) -> tuple[Incident, ...]:
    """What is to be recorded of a session that ends just as the snapshot has it."""
    rules = open_rules(chart, snapshot.monitors)
    return tuple(Incident(VIOLATION, "", broken(rule)) for rule in rules)


def _entered_anew(
    working: Working, enabled: Sequence[Arc], entered: Sequence[str]
) -> Sequence[str]:
    """The states that were entered, but for those to which a history state has led back."""
    around = [
        target.parent
        for arc in enabled
        if arc.through_history
        for target in arc.targets
        if is_history(target) and target.parent is not None and target.id in working.history
    ]
    if not around:
        return entered
    nodes = working.tree.nodes
    return [state for state in entered if not _is_inside(nodes[state], around)]


def _is_inside(node: Node, around: Sequence[Node]) -> bool:
    return any(node is one or is_descendant(node, one) for one in around)


def _truth(working: Working, scope: Node, condition: Expression) -> bool | None:
    working.node = scope
    working.place = ("rule",)
    try:
        value = program_of(condition, scope.scope).function(working)
    except EvaluationError:
        return None
    return value if value is True or value is False else None


def _raise(
    working: Working, violated: Sequence[Rule], entered: Sequence[str], places: Sequence[Node]
) -> None:
    """Record that rules are broken, and see to it that this is the next thing to be handled."""
    for rule, place in zip(violated, places, strict=True):
        condition = rule.moment.condition
        working.node = place
        text = "" if condition is None else condition.text
        working.report(VIOLATION, broken(rule, entered), text)
    data = {
        "message": broken(violated[0], entered),
        "rule": violated[0].name,
        "rules": [rule.name for rule in violated],
        "state": places[0].id,
    }
    working.broken = Event(VIOLATION, data, working.family.now, EventKind.PLATFORM)


def _place(
    working: Working,
    rule: Rule,
    anew: Sequence[str],
    done: tuple[Sequence[Arc], Sequence[str], Sequence[str]],
) -> Node:
    """The state by whose entry a rule is broken, or which has made its condition what it is."""
    tree = working.tree
    at = next((state for state in rule.moment.states or () if state in anew), None)
    if at is not None:
        return tree.nodes[at]
    scope = tree.nodes.get(rule.scope, tree.root).scope
    condition = rule.moment.condition if rule.moment.states is None else None
    return origin(tree, condition, scope, *done)
