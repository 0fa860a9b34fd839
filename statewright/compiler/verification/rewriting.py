"""Charts with other expressions in the place of some: everything else stays as it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from statewright.expressions import Computed, Content, Expression, Record, Sequence
from statewright.statechart.actions import Action, Assign, Branch, ForEach, If, Log, Raise, Send
from statewright.statechart.definition import Actions, Datum, State, Statechart, Transition

Exchange = Callable[[Expression, bool], Expression]
"""Given an expression, and whether it is a guard, gives the one that stands in its place."""


def rewritten(chart: Statechart, exchange: Exchange, *data: Datum) -> Statechart:
    """A chart with other expressions, and with more variables of the session."""
    states = tuple(_state(state, exchange) for state in chart.states)
    initial = None if chart.initial is None else _transition(chart.initial, exchange)
    own = tuple(_datum(datum, exchange) for datum in chart.data)
    return replace(chart, states=states, initial=initial, data=(*own, *data))


def _state(state: State, exchange: Exchange) -> State:
    return replace(
        state,
        states=tuple(_state(child, exchange) for child in state.states),
        initial=None if state.initial is None else _transition(state.initial, exchange),
        transitions=tuple(_transition(one, exchange) for one in state.transitions),
        entry=tuple(_actions(block, exchange) for block in state.entry),
        exit=tuple(_actions(block, exchange) for block in state.exit),
        data=tuple(_datum(datum, exchange) for datum in state.data),
    )


def _transition(transition: Transition, exchange: Exchange) -> Transition:
    guard = None if transition.guard is None else exchange(transition.guard, True)
    return replace(transition, guard=guard, actions=_actions(transition.actions, exchange))


def _datum(datum: Datum, exchange: Exchange) -> Datum:
    if datum.value is None:
        return datum
    return replace(datum, value=_content(datum.value, exchange))


def _actions(actions: Actions, exchange: Exchange) -> Actions:
    return tuple(_action(action, exchange) for action in actions)


def _action(action: Action, exchange: Exchange) -> Action:
    match action:
        case Assign(location, value):
            return Assign(location, _content(value, exchange))
        case If(branches, otherwise):
            arms = tuple(
                Branch(exchange(one.guard, True), _actions(one.actions, exchange))
                for one in branches
            )
            return If(arms, _actions(otherwise, exchange))
        case ForEach():
            return replace(
                action,
                collection=exchange(action.collection, False),
                actions=_actions(action.actions, exchange),
            )
        case Raise(event, data) if data is not None:
            return Raise(event, _content(data, exchange))
        case Send():
            data = None if action.data is None else _content(action.data, exchange)
            delay = None if action.delay is None else _content(action.delay, exchange)
            return replace(action, data=data, delay=delay)
        case Log(label, value) if value is not None:
            return Log(label, _content(value, exchange))
        case _:
            return action


def _content(content: Content, exchange: Exchange) -> Content:
    match content:
        case Computed(expression):
            return Computed(exchange(expression, False))
        case Record(fields):
            return Record(tuple((name, _content(part, exchange)) for name, part in fields))
        case Sequence(items):
            return Sequence(tuple(_content(item, exchange) for item in items))
        case _:
            return content
