"""The whole chart: nodes in one compound state that answers errors, their ends beside it.

::

    ~talk      compound: a state per node; on-error and the total timeout are its transitions
    <end>…     final: a state per end
    ~failed    final: where errors lead
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import chain
from types import MappingProxyType
from typing import Any

from statewright.compiler.lowering.action import lower_action
from statewright.compiler.lowering.assignment import lower_set
from statewright.compiler.lowering.away import with_away
from statewright.compiler.lowering.beginning import begin_of, is_routed
from statewright.compiler.lowering.catching import lower_try
from statewright.compiler.lowering.conversation import (
    WHAT_WENT_WRONG,
    conversation,
    data_of,
    outside_data,
)
from statewright.compiler.lowering.ending import lower_end
from statewright.compiler.lowering.errors import ERRORS
from statewright.compiler.lowering.events import exact_in
from statewright.compiler.lowering.floor import passed_over
from statewright.compiler.lowering.form import lower_form
from statewright.compiler.lowering.freezing import over
from statewright.compiler.lowering.handoff import lower_handoff, with_people
from statewright.compiler.lowering.http import lower_http
from statewright.compiler.lowering.inquiry import lower_approval, lower_client
from statewright.compiler.lowering.interrupt import (
    elsewhere,
    events_in,
    lower_interrupt,
    with_interrupts,
)
from statewright.compiler.lowering.languages import in_languages
from statewright.compiler.lowering.leaving import lower_leave
from statewright.compiler.lowering.llm import lower_llm
from statewright.compiler.lowering.loop import lower_break, lower_continue, lower_loop
from statewright.compiler.lowering.marks import lower_segment, lower_tag, with_marks
from statewright.compiler.lowering.message import lower_message
from statewright.compiler.lowering.parallel import lower_parallel
from statewright.compiler.lowering.passage import (
    lower_condition,
    lower_jump,
    lower_start,
    lower_unsupported,
)
from statewright.compiler.lowering.plan import (
    FAILED,
    Piece,
    Plan,
    beside_of,
    ends_of,
    lost,
    plan_of,
    states_of,
)
from statewright.compiler.lowering.policy import with_policy
from statewright.compiler.lowering.question import lower_question
from statewright.compiler.lowering.regions import errors_in_regions
from statewright.compiler.lowering.rules import rules_of
from statewright.compiler.lowering.silence import silent_ends, watched, with_silence
from statewright.compiler.lowering.split import lower_split
from statewright.compiler.lowering.subflow import lower_subflow
from statewright.compiler.lowering.waiting import lower_delay, lower_schedule
from statewright.compiler.scope import flows_in
from statewright.expressions import Literal
from statewright.flows.model import Flow, Node, VariableScope
from statewright.flows.nodes import (
    Action,
    Approval,
    Break,
    Client,
    Condition,
    Continue,
    Delay,
    End,
    Form,
    Handoff,
    Http,
    Interrupt,
    Jump,
    Leave,
    Llm,
    Loop,
    Message,
    Parallel,
    Question,
    Schedule,
    Segment,
    Set,
    Split,
    Start,
    Subflow,
    Tag,
    Try,
    Unsupported,
)
from statewright.statechart.actions import Log
from statewright.statechart.definition import (
    LIMIT,
    Datum,
    State,
    Statechart,
    StateKind,
    Transition,
    state_id,
)
from statewright.statechart.sourcemap import Location, SourceMap
from statewright.statechart.structure.traversal import states_in
from statewright.statechart.triggers import ENTRY, MESSAGE

LOWERING: Mapping[type, Callable[[Node, Any, Plan], Piece]] = MappingProxyType(
    {
        Start: lower_start,
        Message: lower_message,
        Question: lower_question,
        Form: lower_form,
        Condition: lower_condition,
        Set: lower_set,
        Tag: lower_tag,
        Segment: lower_segment,
        Http: lower_http,
        Action: lower_action,
        Llm: lower_llm,
        Client: lower_client,
        Approval: lower_approval,
        Split: lower_split,
        Handoff: lower_handoff,
        Delay: lower_delay,
        Schedule: lower_schedule,
        Loop: lower_loop,
        Continue: lower_continue,
        Break: lower_break,
        Try: lower_try,
        Parallel: lower_parallel,
        Leave: lower_leave,
        Interrupt: lower_interrupt,
        Subflow: lower_subflow,
        Jump: lower_jump,
        End: lower_end,
        Unsupported: lower_unsupported,
    }
)
"""Kind of node → how it is lowered."""


@dataclass(frozen=True, slots=True)
class Lowered:
    """A chart, and where each of its states and transitions was drawn."""

    statechart: Statechart
    source_map: SourceMap


def lower(flow: Flow) -> Lowered:
    """Make a chart of a flow, however wrong it is: what cannot go on fails the session."""
    plan = _ready(with_people(plan_of(flow, lower_node)))
    pieces = tuple(lower_node(node, plan) for node in plan.graph.top)
    routed = is_routed(plan)
    chart = Statechart(
        name=flow.name or flow.id,
        states=(
            *((_talk(plan, pieces),) if _talks(plan, pieces) else ()),
            *ends_of(pieces),
            *silent_ends(plan),
            State(FAILED, StateKind.FINAL, outcome="error", failed=True),
        ),
        initial=_initial(plan),
        data=(*data_of(plan), *([Datum(ENTRY, "string", Literal(""))] if routed else ())),
        inputs=(*(v.name for v in flow.variables if v.input), *((ENTRY,) if routed else ())),
        deferred=_deferred(flow),
        limit=LIMIT if flow.settings.step_limit is None else flow.settings.step_limit,
        contact=outside_data(flow, VariableScope.CONTACT),
        tenant=outside_data(flow, VariableScope.TENANT),
    )
    if _speaks_several(flow):
        chart = replace(chart, states=tuple(in_languages(state) for state in chart.states))
    chart = replace(chart, states=errors_in_regions(chart.states))
    pending = chain.from_iterable(way.events for state in chart.states for way in over([state]))
    chart = replace(chart, deferred=(*chart.deferred, *pending))
    chart = replace(chart, exact=exact_in(chart))
    chart = replace(chart, rules=tuple(rules_of(flow, {state.id for state in states_in(chart)})))
    chart = with_marks(chart, flow)
    return Lowered(chart, _source_map(chart, plan))


def _deferred(flow: Flow) -> tuple[str, ...]:
    """The events that wait for the conversation: what is said, and what interrupts it."""
    events = (event for one in flows_in(flow) for event in events_in(one))
    return tuple(dict.fromkeys((MESSAGE, *events)))


def _ready(plan: Plan) -> Plan:
    """A plan that knows all that may happen in its flow at any time."""
    return with_silence(with_away(with_interrupts(plan)))


def _speaks_several(flow: Flow) -> bool:
    """Whether a flow, or one that it runs, is translated."""
    return bool(flow.locales) or any(_speaks_several(inner) for inner in flow.subflows.values())


def _talks(plan: Plan, pieces: tuple[Piece, ...]) -> bool:
    """Whether there is anything to be at but the end."""
    return bool(states_of(pieces) or beside_of(pieces)) or begin_of(plan) is not None


def lower_node(node: Node, plan: Plan) -> Piece:
    """Lower one node, and all that is inside it."""
    return with_policy(node, plan, _by_kind)


def _by_kind(node: Node, plan: Plan) -> Piece:
    return watched(LOWERING[type(node.config)](node, node.config, plan), node, plan)


def _is_end(node: Node) -> bool:
    """Whether the conversation ends at a node."""
    config = node.config
    return isinstance(config, End) or (isinstance(config, Handoff) and not config.returns)


def _talk(plan: Plan, pieces: tuple[Piece, ...]) -> State:
    """The conversation, which fails by an error that nothing catches, and when its time is over."""
    why = Log("timeout", Literal("the time of the whole conversation is over"))
    state = conversation(plan, pieces, (Transition((FAILED,), actions=(why,)),))
    failing = Transition((FAILED,), ERRORS, actions=(WHAT_WENT_WRONG,))
    gone = elsewhere(plan, state.states, _deferred(plan.flow))
    late = (*gone, *over((state,)), *passed_over(state))
    return replace(state, transitions=(*state.transitions, failing, *late))


def _initial(plan: Plan) -> Transition | None:
    """Where the chart starts: in the conversation, unless the flow starts at its end."""
    if begin_of(plan) is not None:
        return None
    if not plan.graph.entries:
        return lost("the flow", "start")
    entry = plan.graph.entries[0]
    starts_at_end = _is_end(plan.graph.nodes[entry])
    return Transition((plan.state(entry),)) if starts_at_end else None


def _source_map(chart: Statechart, plan: Plan) -> dict[str, Location]:
    """Every state and transition stands where its node does; what has no node stands nowhere."""
    drawn = dict(_drawn(plan.flow, ()))
    places: dict[str, Location] = {}
    waiting: list[tuple[State, Location | None]] = [(state, None) for state in chart.states]
    while waiting:
        state, around = waiting.pop()
        location = drawn.get(state.id, around)
        if location is not None:
            places[state.id] = location
            for number in range(len(state.transitions)):
                places[f"{state.id}#{number}"] = location
        waiting.extend((child, location) for child in state.states)
    return places


def _drawn(flow: Flow, prefix: tuple[str, ...]) -> Iterator[tuple[str, Location]]:
    """The states of the nodes of a flow, and of the flows in it, with their places."""
    for node in flow.nodes:
        yield state_id(*prefix, node.id), node.location
        if isinstance(node.config, Subflow) and node.config.flow.text in flow.subflows:
            yield from _drawn(flow.subflows[node.config.flow.text], (*prefix, node.id))
