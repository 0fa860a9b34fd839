"""The compound state that holds all nodes of a flow: its variables, its on-error, its time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from statewright.compiler.lowering.away import exits
from statewright.compiler.lowering.beginning import begin_id, begin_of
from statewright.compiler.lowering.bubbles import says
from statewright.compiler.lowering.errors import ERRORS
from statewright.compiler.lowering.failures import failure
from statewright.compiler.lowering.freezing import (
    STAGE,
    active,
    all_states,
    aside_of,
    bot,
    going,
    hands_of,
    heard_in,
    only_while,
    only_while_way,
)
from statewright.compiler.lowering.guards import all_of
from statewright.compiler.lowering.interrupt import MAIN, NOBODY, interrupting, listening
from statewright.compiler.lowering.languages import language_of
from statewright.compiler.lowering.plan import (
    TALK,
    Piece,
    Plan,
    beside_of,
    ends_of,
    lost,
    noting,
    states_of,
)
from statewright.compiler.lowering.texts import quoted
from statewright.compiler.lowering.waiting import timeout, timer
from statewright.compiler.scope import (
    flows_in,
    outside_variables,
    session_variables,
)
from statewright.expressions import Computed, Literal, parse
from statewright.flows.declaring import chart_type_of, limits_of
from statewright.flows.model import (
    LOCALE,
    Flow,
    OnError,
    Variable,
    VariableScope,
    WhileBusy,
)
from statewright.statechart.actions import Assign, Log
from statewright.statechart.definition import (
    Actions,
    Datum,
    State,
    StateKind,
    Transition,
    TransitionKind,
)
from statewright.statechart.triggers import MESSAGE

FELL = "~fell"
"""The variable that holds the turn in which the fallback was taken last."""

WHAT_WENT_WRONG = Log(
    "error", Computed(parse("event.name + ' ' + string(event.data.?node.orValue(''))"))
)


def conversation(plan: Plan, pieces: Iterable[Piece], overdue: tuple[Transition, ...]) -> State:
    """The state that holds a flow: its nodes and, where it is part of another one, its ends.

    Where something may interrupt it, or people may have it, the nodes are in a region of their own:
    see ``freezing``.

    Args:
        plan: of the flow.
        pieces: what its nodes became.
        overdue: what is done when its time is over; the event is filled in.
    """
    pieces = tuple(pieces)
    ends = ends_of(pieces) if plan.prefix else ()
    beside = beside_of(pieces)
    states = states_of(pieces)
    settings = plan.flow.settings
    begin = begin_of(plan)
    if begin is not None:
        states = (begin, *states)
    if not states and not (ends and not beside):
        states = (_nowhere(plan),)
    busy = tuple(_busy(plan, states))
    outwards = exits(plan, beside)
    if settings.timeout is not None:
        over = tuple(outwards.interrupts_ended(timeout(plan.home)))
        beside = tuple(replace(one, transitions=(*one.transitions, *over)) for one in beside)
    beside = outwards.diverted(beside)
    if (plan.interrupted or plan.people_here) and states:
        states, busy = (_stage(plan, states, beside, busy),), ()
    entry: tuple[Actions, ...] = ()
    exit_: tuple[Actions, ...] = ()
    late: tuple[Transition, ...] = ()
    if settings.timeout is not None:
        start, stop = timer(plan.home, Literal(settings.timeout))
        entry, exit_ = (start,), (stop,)
        late = tuple(replace(way, events=(timeout(plan.home),)) for way in overdue)
        if plan.people:
            # Whoever talks with people is not cut short.
            late = tuple(only_while_way(way, active((bot(TALK),))) for way in late)
        late = outwards.overdue(late)
    told = (Datum(heard_in(plan.home), "bool", Literal(value=False)),)
    heard = told if plan.interrupted else ()
    falls = settings.on_error is OnError.FALLBACK
    fell = (Datum(FELL, "int", Literal(-1)),) if falls else ()
    return State(
        plan.home,
        StateKind.COMPOUND,
        states=(*states, *ends),
        initial=_beginning(plan, (*states, *ends)),
        entry=entry,
        exit=exit_,
        transitions=(*_fallback(plan), *late, *outwards.onwards(), *busy),
        data=(*outwards.data(), *fell, *heard),
    )


def _busy(plan: Plan, states: Iterable[State]) -> Iterator[Transition]:
    """What takes a message that nothing inside listens to, so that it is not kept.

    What begins an interrupt is kept all the same, and nothing is said while people talk.
    """
    settings = plan.flow.settings
    if settings.while_busy is WhileBusy.DEFER:
        return
    words = " || ".join(f"({one.guard})" for one in plan.interruptions if one.event == MESSAGE)
    beside = plan.shared or any(one.kind is StateKind.PARALLEL for one in all_states(states))
    guard = all_of(NOBODY if beside else "", f"!({words})" if words else "")
    yield Transition(events=(MESSAGE,), guard=guard, actions=says(settings.busy_reply))


def _nowhere(plan: Plan) -> State:
    """Where a flow begins that has no nodes to be at."""
    return State(f"{plan.home}/~nowhere", transitions=(lost("the flow", "start"),))


def _beginning(plan: Plan, states: tuple[State, ...]) -> Transition | None:
    """Where a state begins; None where the entry of the flow is not in it."""
    entries = [plan.state(entry) for entry in plan.graph.entries[:1]]
    if begin_of(plan) is not None:
        entries = [begin_id(plan)]
    inside = {state.id for state in states}
    return Transition(tuple(entries)) if entries and entries[0] in inside else None


def _stage(
    plan: Plan,
    states: tuple[State, ...],
    beside: tuple[State, ...],
    busy: tuple[Transition, ...],
) -> State:
    """The nodes, beside what keeps them from listening for a while.

    Args:
        plan: of the flow.
        states: those of its nodes.
        beside: those of its interrupts.
        busy: what is done about what the user says while nothing listens, in either of them.
    """
    main = State(
        f"{plan.home}{MAIN}",
        StateKind.COMPOUND,
        states=states,
        initial=_beginning(plan, states),
        transitions=(*interrupting(plan, states), *busy),
    )
    errors = active((going(plan.home),)) if plan.interrupted else ""
    regions = only_while((main,), listening(plan), errors)
    if plan.interrupted:
        others = tuple(replace(one, transitions=(*one.transitions, *busy)) for one in beside)
        if plan.people_here:
            others = only_while(others, active((bot(plan.home),)))
        regions = (*regions, aside_of(plan.home, others))
    if plan.people_here:
        regions = (*regions, hands_of(plan.home, regions))
    return State(f"{plan.home}{STAGE}", StateKind.PARALLEL, states=regions)


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
            (
                Assign((FELL,), Computed(turn)),
                WHAT_WENT_WRONG,
                *noting(plan, failure()),
            ),
        )


def data_of(plan: Plan) -> tuple[Datum, ...]:
    """The variables of a flow that live as long as it does."""
    data = tuple(map(datum_of, session_variables(plan.flow).values()))
    if not plan.flow.locale:
        return data
    language = language_of(plan.flow)
    return tuple(replace(one, value=language) if one.name == LOCALE else one for one in data)


def outside_data(flow: Flow, scope: VariableScope) -> tuple[Datum, ...]:
    """What a flow, and those that it calls, declare of the contact or the tenant."""
    declared: dict[str, Variable] = {}
    for one in flows_in(flow):
        declared = {**outside_variables(one, scope), **declared}
    return tuple(map(datum_of, declared.values()))


def datum_of(variable: Variable) -> Datum:
    """A variable as the chart declares it."""
    return Datum(
        variable.name,
        chart_type_of(variable),
        Literal(variable.default) if variable.has_default else None,
        limits_of(variable),
        private=variable.is_private,
    )
