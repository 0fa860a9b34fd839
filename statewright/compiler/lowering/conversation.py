"""The compound state that holds all nodes of a flow: its variables, its on-error, its time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from statewright.compiler.lowering.errors import ERRORS
from statewright.compiler.lowering.plan import Plan
from statewright.compiler.lowering.texts import quoted
from statewright.compiler.lowering.waiting import timeout, timer
from statewright.compiler.scope import CHART_TYPES, limits_of
from statewright.expressions import Computed, Literal, parse
from statewright.flows.model import OnError, Variable, VariableScope
from statewright.statechart.actions import Assign, Log
from statewright.statechart.definition import (
    Actions,
    Datum,
    State,
    StateKind,
    Transition,
    TransitionKind,
)

FELL = "~fell"
"""The variable that holds the turn in which the fallback was taken last."""

WHAT_WENT_WRONG = Log(
    "error", Computed(parse("event.name + ' ' + string(event.data.?node.orValue(''))"))
)


def conversation(
    plan: Plan, ident: str, states: tuple[State, ...], overdue: tuple[Transition, ...]
) -> State:
    """The state that holds a flow.

    Args:
        plan: of the flow.
        ident: the id of the state.
        states: what is in it; where the entry of the flow is not among them, it begins elsewhere.
        overdue: what is done when its time is over; the event is filled in.
    """
    settings = plan.flow.settings
    inside = {state.id for state in states}
    first = [plan.state(entry) for entry in plan.graph.entries[:1] if plan.state(entry) in inside]
    entry: tuple[Actions, ...] = ()
    exit_: tuple[Actions, ...] = ()
    late: tuple[Transition, ...] = ()
    if settings.timeout is not None:
        start, stop = timer(ident, Literal(settings.timeout))
        entry, exit_ = (start,), (stop,)
        late = tuple(replace(way, events=(timeout(ident),)) for way in overdue)
    return State(
        ident,
        StateKind.COMPOUND,
        states=states,
        initial=Transition(tuple(first)) if first else None,
        entry=entry,
        exit=exit_,
        transitions=(*_fallback(plan), *late),
        data=(Datum(FELL, "int", Literal(-1)),) if settings.on_error is OnError.FALLBACK else (),
    )


def _fallback(plan: Plan) -> Iterator[Transition]:
    """The way to the fallback, for an error that nothing else catches.

    It is taken once in a turn: an error that comes of it, in the same turn, goes further. The way
    there does not leave the conversation, so the time of the whole goes on.
    """
    settings = plan.flow.settings
    fallback = plan.graph.nodes.get(settings.fallback)
    if settings.on_error is OnError.FALLBACK and fallback is not None and not fallback.container:
        turn = parse("session.turns")
        yield Transition(
            (plan.state(settings.fallback),),
            ERRORS,
            parse(f"vars[{quoted(FELL)}] != session.turns"),
            TransitionKind.INTERNAL,
            (Assign((FELL,), Computed(turn)), WHAT_WENT_WRONG),
        )


def data_of(plan: Plan) -> tuple[Datum, ...]:
    """The variables of a flow that live as long as it does."""
    declared = plan.flow.variables
    return tuple(_datum(one) for one in declared if one.scope is VariableScope.SESSION)


def _datum(variable: Variable) -> Datum:
    return Datum(
        variable.name,
        CHART_TYPES.get(variable.type, variable.type),
        Literal(variable.default) if variable.has_default else None,
        limits_of(variable),
    )
