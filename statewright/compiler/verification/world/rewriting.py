"""Charts with other expressions in the place of some: everything else stays as it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Protocol

from statewright.expressions import Computed, Content, Expression, Record, Sequence, Text
from statewright.expressions.template import Template, parse_template
from statewright.statechart.actions import Action, Assign, Branch, ForEach, If, Log, Raise, Send
from statewright.statechart.definition import Actions, Datum, State, Statechart, Transition
from statewright.statechart.rules import Moment, Rule


class Exchange(Protocol):
    """What stands in the place of something else."""

    def __call__(self, expression: Expression, guard: bool, /) -> Expression:  # noqa: FBT001
        """The expression in the place of one; whether that is a guard is a fact."""

    def following(self, assign: Assign) -> tuple[Action, ...]:
        """What is done after a variable was written."""


def rewritten(chart: Statechart, exchange: Exchange, *data: Datum) -> Statechart:
    """A chart with other expressions, and with more variables of the session."""
    states = tuple(_state(state, exchange) for state in chart.states)
    initial = None if chart.initial is None else _transition(chart.initial, exchange)
    own = tuple(_datum(datum, exchange) for datum in chart.data)
    rules = tuple(_rule(rule, exchange) for rule in chart.rules)
    return replace(chart, states=states, initial=initial, data=(*own, *data), rules=rules)


def _rule(rule: Rule, exchange: Exchange) -> Rule:
    other = None if rule.other is None else _moment(rule.other, exchange)
    return replace(rule, moment=_moment(rule.moment, exchange), other=other)


def _moment(moment: Moment, exchange: Exchange) -> Moment:
    condition = moment.condition
    return moment if condition is None else replace(moment, condition=exchange(condition, True))


def _state(state: State, exchange: Exchange) -> State:
    return replace(
        state,
        states=tuple(_state(child, exchange) for child in state.states),
        initial=None if state.initial is None else _transition(state.initial, exchange),
        transitions=tuple(_transition(one, exchange) for one in state.transitions),
        entry=tuple(_actions(block, exchange) for block in state.entry),
        exit=tuple(_actions(block, exchange) for block in state.exit),
        donedata=_maybe(state.donedata, exchange),
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
    made: list[Action] = []
    for action in actions:
        made.append(_action(action, exchange))
        if isinstance(action, Assign):
            made += exchange.following(action)
    return tuple(made)


def _action(action: Action, exchange: Exchange) -> Action:
    known = _EXCHANGED.get(type(action))
    return action if known is None else known(action, exchange)


def _assign(action: Assign, exchange: Exchange) -> Action:
    return replace(action, value=_content(action.value, exchange))


def _if(action: If, exchange: Exchange) -> Action:
    arms = (
        Branch(exchange(one.guard, True), _actions(one.actions, exchange))
        for one in action.branches
    )
    return If(tuple(arms), _actions(action.otherwise, exchange))


def _for_each(action: ForEach, exchange: Exchange) -> Action:
    collection = exchange(action.collection, False)
    return replace(action, collection=collection, actions=_actions(action.actions, exchange))


def _raise(action: Raise, exchange: Exchange) -> Action:
    return replace(action, data=_maybe(action.data, exchange))


def _send(action: Send, exchange: Exchange) -> Action:
    data, delay = _maybe(action.data, exchange), _maybe(action.delay, exchange)
    return replace(action, data=data, delay=delay)


def _log(action: Log, exchange: Exchange) -> Action:
    return replace(action, value=_maybe(action.value, exchange))


_EXCHANGED: Mapping[type, Callable[[Any, Exchange], Action]] = MappingProxyType(
    {
        Assign: _assign,
        If: _if,
        ForEach: _for_each,
        Raise: _raise,
        Send: _send,
        Log: _log,
    }
)


def _template(template: Template, exchange: Exchange) -> Template:
    text = template.text
    for hole in reversed(template.holes):
        new = exchange(hole.expression, False)
        end = hole.offset + len(hole.expression.text)
        text = f"{text[: hole.offset]}{new.text}{text[end:]}"
    return template if text == template.text else parse_template(text, template.place)


def _maybe(content: Content | None, exchange: Exchange) -> Content | None:
    return None if content is None else _content(content, exchange)


def _content(content: Content, exchange: Exchange) -> Content:
    match content:
        case Computed(expression):
            return Computed(exchange(expression, False))
        case Text(template):
            return Text(_template(template, exchange))
        case Record(fields):
            return Record(tuple((name, _content(part, exchange)) for name, part in fields))
        case Sequence(items):
            return Sequence(tuple(_content(item, exchange) for item in items))
        case _:
            return content
