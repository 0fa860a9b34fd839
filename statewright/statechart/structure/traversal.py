"""Everything that a chart holds, one thing after another, in document order."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from statewright.expressions import Content, Expression, expressions_in
from statewright.statechart.actions import (
    Action,
    Assign,
    Cancel,
    ForEach,
    If,
    Log,
    Raise,
    Say,
    Send,
)
from statewright.statechart.definition import Actions, State, Statechart, Transition
from statewright.statechart.rules import Rule


def charts_in(chart: Statechart) -> Iterator[Statechart]:
    """The chart itself, and those that it may invoke."""
    yield chart
    yield from chart.charts.values()


def states_in(chart: Statechart) -> Iterator[State]:
    """Every state of a chart in document order."""
    stack = list(reversed(chart.states))
    while stack:
        state = stack.pop()
        yield state
        stack.extend(reversed(state.states))


def transitions_of(state: State) -> Iterator[Transition]:
    """Every transition that a state holds, the initial one first."""
    if state.initial is not None:
        yield state.initial
    yield from state.transitions


def actions_in(chart: Statechart) -> Iterator[Action]:
    """Every action of a chart, those inside others included."""
    if chart.initial is not None:
        yield from _flattened((chart.initial.actions,))
    for state in states_in(chart):
        yield from actions_of(state)


def actions_of(state: State) -> Iterator[Action]:
    """Every action of a state and its transitions, those inside others included."""
    blocks = (transition.actions for transition in transitions_of(state))
    finalized = (invoke.finalize for invoke in state.invocations)
    yield from _flattened((*state.entry, *state.exit, *blocks, *finalized))


def _flattened(blocks: tuple[Actions, ...]) -> Iterator[Action]:
    stack = list(reversed(list(chain.from_iterable(blocks))))
    while stack:
        action = stack.pop()
        yield action
        if isinstance(action, ForEach):
            stack.extend(reversed(action.actions))
        elif isinstance(action, If):
            arms = [*(branch.actions for branch in action.branches), action.otherwise]
            stack.extend(reversed(list(chain.from_iterable(arms))))


def expressions_of(state: State) -> Iterator[Expression]:
    """Every expression that a state evaluates, in no particular order."""
    for transition in transitions_of(state):
        if transition.guard is not None:
            yield transition.guard
    contents: list[Content | None] = [state.donedata, *(datum.value for datum in state.data)]
    for invoke in state.invocations:
        contents.extend((invoke.type_expr, invoke.chart, invoke.params))
    for action in actions_of(state):
        yield from expressions_of_action(action)
    for content in contents:
        if content is not None:
            yield from expressions_in(content)


def expressions_outside(chart: Statechart) -> Iterator[Expression]:
    """Every expression of a chart that no state of it evaluates."""
    actions = () if chart.initial is None else (chart.initial.actions,)
    for action in _flattened(actions):
        yield from expressions_of_action(action)
    for datum in chart.data:
        if datum.value is not None:
            yield from expressions_in(datum.value)


def expressions_of_rules(chart: Statechart) -> Iterator[Expression]:
    """Every condition of the rules of a chart."""
    for rule in chart.rules:
        yield from conditions_of(rule)


def conditions_of(rule: Rule) -> Iterator[Expression]:
    """Every condition of a rule."""
    for moment in (rule.moment, rule.other):
        if moment is not None and moment.condition is not None:
            yield moment.condition


def expressions_of_action(action: Action) -> Iterator[Expression]:
    """The expressions of an action itself, without those of the actions inside it."""
    match action:
        case If(branches):
            yield from (branch.guard for branch in branches)
        case ForEach(collection):
            yield collection
        case Assign(_, value, merge):
            yield from expressions_in(value)
            if merge is not None:
                yield from expressions_in(merge.operand)
        case Log(_, value) | Raise(_, value) | Say(value):
            if value is not None:
                yield from expressions_in(value)
        case Send():
            computed = (action.event_expr, action.target_expr, action.type_expr)
            for content in (*computed, action.data, action.delay):
                if content is not None:
                    yield from expressions_in(content)
        case Cancel(id_expr=content) if content is not None:
            yield from expressions_in(content)
        case _:
            pass
