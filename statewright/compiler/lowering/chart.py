"""The whole chart: nodes in one compound state that answers errors, their ends beside it.

::

    ~talk      compound: a state per node; on-error and the total timeout are its transitions
    <end>…     final: a state per end
    ~failed    final: where errors lead
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from statewright.compiler.lowering.assignment import lower_set
from statewright.compiler.lowering.catching import lower_leave, lower_try
from statewright.compiler.lowering.ending import lower_end, lower_handoff
from statewright.compiler.lowering.errors import ERRORS
from statewright.compiler.lowering.http import lower_http
from statewright.compiler.lowering.loop import lower_break, lower_continue, lower_loop
from statewright.compiler.lowering.message import lower_message
from statewright.compiler.lowering.parallel import lower_parallel
from statewright.compiler.lowering.passage import (
    lower_condition,
    lower_jump,
    lower_start,
    lower_unsupported,
    pass_through,
)
from statewright.compiler.lowering.plan import (
    FAILED,
    TALK,
    Piece,
    Plan,
    branches,
    ends_of,
    lost,
    plan_of,
    states_of,
)
from statewright.compiler.lowering.question import lower_question
from statewright.compiler.lowering.texts import quoted
from statewright.compiler.lowering.waiting import lower_delay, timeout, timer
from statewright.compiler.scope import CHART_TYPES, limits_of
from statewright.expressions import Computed, Literal, parse
from statewright.flows.model import Flow, Node, OnError, Variable, VariableScope
from statewright.flows.nodes import (
    NEXT,
    Break,
    Condition,
    Continue,
    Delay,
    End,
    Handoff,
    Http,
    Jump,
    Leave,
    Loop,
    Message,
    Parallel,
    Question,
    Set,
    Start,
    Try,
    Unsupported,
)
from statewright.statechart.actions import Assign, Log
from statewright.statechart.definition import (
    Actions,
    Datum,
    State,
    Statechart,
    StateKind,
    Transition,
    TransitionKind,
)
from statewright.statechart.sourcemap import Location, SourceMap

LOWERING: Mapping[type, Callable[[Node, Any, Plan], Piece]] = MappingProxyType(
    {
        Start: lower_start,
        Message: lower_message,
        Question: lower_question,
        Condition: lower_condition,
        Set: lower_set,
        Http: lower_http,
        Handoff: lower_handoff,
        Delay: lower_delay,
        Loop: lower_loop,
        Continue: lower_continue,
        Break: lower_break,
        Try: lower_try,
        Parallel: lower_parallel,
        Leave: lower_leave,
        Jump: lower_jump,
        End: lower_end,
        Unsupported: lower_unsupported,
    }
)
"""Kind of node → how it is lowered."""

ENDS = (End, Handoff)

FELL = "~fell"
"""The variable that holds the turn in which the fallback was taken last."""


@dataclass(frozen=True, slots=True)
class Lowered:
    """A chart, and where each of its states and transitions was drawn."""

    statechart: Statechart
    source_map: SourceMap


def lower(flow: Flow) -> Lowered:
    """Make a chart of a flow, however wrong it is: what cannot go on fails the session."""
    plan = plan_of(flow, lower_node)
    pieces = tuple(lower_node(node, plan) for node in plan.graph.top)
    talk = states_of(pieces)
    conversation = (_conversation(flow, plan, talk),) if talk else ()
    chart = Statechart(
        name=flow.name or flow.id,
        states=(
            *conversation,
            *ends_of(pieces),
            State(FAILED, StateKind.FINAL, outcome="error", failed=True),
        ),
        initial=_initial(plan),
        data=tuple(_datum(v) for v in flow.variables if v.scope is VariableScope.SESSION),
        inputs=tuple(v.name for v in flow.variables if v.input),
        deferred=("message",),
        **({} if flow.settings.step_limit is None else {"limit": flow.settings.step_limit}),
    )
    return Lowered(chart, _source_map(chart, plan))


def lower_node(node: Node, plan: Plan) -> Piece:
    """Lower one node, and all that is inside it."""
    if node.disabled and not isinstance(node.config, ENDS):
        return pass_through(node, plan)
    piece = LOWERING[type(node.config)](node, node.config, plan)
    continues = plan.flow.settings.on_error is OnError.CONTINUE and not _is_tried(node, plan)
    if continues and piece.state is not None:
        on_error = branches(plan, node.id, (*node.config.ports, NEXT)[0], events=ERRORS)
        state = replace(piece.state, transitions=(*piece.state.transitions, *on_error))
        return replace(piece, state=state)
    return piece


def _is_tried(node: Node, plan: Plan) -> bool:
    """Whether a node stands inside a try, which answers its errors."""
    return any(isinstance(around.config, Try) for around in plan.graph.containers(node.id))


def _initial(plan: Plan) -> Transition | None:
    """Where the chart starts: in the conversation, unless the flow starts at its end."""
    if not plan.graph.entries:
        return lost("the flow", "start")
    entry = plan.graph.entries[0]
    starts_at_end = isinstance(plan.graph.nodes[entry].config, ENDS)
    return Transition((plan.state(entry),)) if starts_at_end else None


def _conversation(flow: Flow, plan: Plan, states: tuple[State, ...]) -> State:
    settings = flow.settings
    transitions = list(_on_error(plan))
    inside = {state.id for state in states}
    first = [plan.state(entry) for entry in plan.graph.entries[:1] if plan.state(entry) in inside]
    entry: tuple[Actions, ...] = ()
    exit_: tuple[Actions, ...] = ()
    if settings.timeout is not None:
        start, stop = timer(TALK, Literal(settings.timeout))
        entry, exit_ = (start,), (stop,)
        why = Log("timeout", Literal("the time of the whole conversation is over"))
        transitions.append(Transition((FAILED,), (timeout(TALK),), actions=(why,)))
    return State(
        TALK,
        StateKind.COMPOUND,
        states=states,
        initial=Transition(tuple(first)) if first else None,
        entry=entry,
        exit=exit_,
        transitions=tuple(transitions),
        data=(Datum(FELL, "int", Literal(-1)),) if settings.on_error is OnError.FALLBACK else (),
    )


def _on_error(plan: Plan) -> Iterator[Transition]:
    """What answers an error that nothing else catches.

    The fallback is taken once in a turn: an error that comes of it, in the same turn, fails the
    session. The way there does not leave the conversation, so the time of the whole goes on.
    """
    settings = plan.flow.settings
    log = Log("error", Computed(parse("event.name + ' ' + string(event.data.?node.orValue(''))")))
    fallback = plan.graph.nodes.get(settings.fallback)
    if settings.on_error is OnError.FALLBACK and fallback is not None and not fallback.container:
        turn = parse("session.turns")
        yield Transition(
            (plan.state(settings.fallback),),
            ERRORS,
            parse(f"vars[{quoted(FELL)}] != session.turns"),
            TransitionKind.INTERNAL,
            (Assign((FELL,), Computed(turn)), log),
        )
    yield Transition((FAILED,), ERRORS, actions=(log,))


def _datum(variable: Variable) -> Datum:
    return Datum(
        variable.name,
        CHART_TYPES.get(variable.type, variable.type),
        Literal(variable.default) if variable.has_default else None,
        limits_of(variable),
    )


def _source_map(chart: Statechart, plan: Plan) -> dict[str, Location]:
    """Every state and transition stands where its node does; what has no node stands nowhere."""
    drawn = {plan.state(node.id): node.location for node in plan.graph.nodes.values()}
    places: dict[str, Location] = {}
    waiting: list[tuple[State, Location | None]] = [(state, None) for state in chart.states]
    while waiting:
        state, around = waiting.pop()
        location = drawn.get(state.id, around)
        if location is not None:
            places[state.id] = location
            places |= {f"{state.id}#{n}": location for n, _ in enumerate(state.transitions)}
        waiting.extend((child, location) for child in state.states)
    return places
