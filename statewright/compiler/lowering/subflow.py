"""A flow inside another one: a compound state that holds it, and saves what comes of it.

::

    flow: the nodes of the flow, its ends ──▶ save ──▶ the port of the outcome, or next
      │                                         └──(it failed, or what is to be saved
      │                                             is not there)──▶ error, or an error
      └──(an error that it does not answer)──▶ error; or it is an error of this flow

The flow is part of the chart, not called while a session runs: its variables belong to the state
``flow``, so they are made when it is entered and dropped when it is left, and the names around it
cannot be seen from inside. What goes in is evaluated outside; what comes out is told by the end.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from statewright.compiler.lowering.away import with_away
from statewright.compiler.lowering.conversation import conversation, data_of, datum_of
from statewright.compiler.lowering.errors import ERRORS
from statewright.compiler.lowering.failures import failure, subflow_failure
from statewright.compiler.lowering.interrupt import with_interrupts
from statewright.compiler.lowering.languages import language_of
from statewright.compiler.lowering.plan import (
    FLOW,
    Piece,
    Plan,
    block,
    done,
    lost,
    noting,
    plan_inside,
    ways,
    ways_or_error,
)
from statewright.compiler.lowering.silence import silent_ends, with_silence
from statewright.compiler.lowering.texts import (
    content_from,
    quoted,
)
from statewright.compiler.lowering.work import misfit_ways, saved
from statewright.expressions import Computed, Content, parse
from statewright.flows.failures import ERROR
from statewright.flows.model import LOCALE, Flow, Node
from statewright.flows.nodes import NEXT, Subflow, outcome_port
from statewright.statechart.actions import Assign, Raise
from statewright.statechart.definition import Datum, State, StateKind, Transition

BEGIN = "~begin"
"""The state in which its inputs are made ready."""

SAVE = "~save"
"""The state in which what came of it is saved."""

OUTPUT = "output"
"""The name under which the flow's variables are read when they are saved."""

OUTCOME = "outcome"
"""The name under which it is read how the flow ended."""

ENDED = "~failed"
"""The variable that says whether the flow failed."""

ENDED_AS = "~~outcome"
"""The variable that holds how it ended, also when nothing of it could be saved."""

LACKING = "~lacking"
"""The state in which it is told that the flow failed, and left nothing to save."""

FAILURE = "error.flow.subflow"
"""The event of that."""

_HAS_FAILED = f"vars[{quoted(ENDED)}]"


def lower_subflow(node: Node, config: Subflow, plan: Plan) -> Piece:
    """The compound state drawn above."""
    flow = plan.flow.subflows.get(config.flow.text)
    if flow is None:
        return Piece(State(plan.state(node.id), transitions=(lost(node.id, "its flow"),)))
    given = {name.text: content_from(value) for name, value in config.inputs}
    if _inherits_language(config, flow):
        given[LOCALE] = language_of(flow, f"vars[?'{LOCALE}']")
    begin = (_begin(node, given, plan),) if given else ()
    return Piece(
        State(
            plan.state(node.id),
            StateKind.COMPOUND,
            data=(Datum(ENDED_AS, "string"), *(_holding(name, flow) for name in given)),
            states=(
                *begin,
                _flow(node, config, flow, plan),
                _save(node, config, plan),
                *_failed(node, plan),
            ),
            transitions=_failing(node, plan),
        )
    )


def _failed(node: Node, plan: Plan) -> Iterator[State]:
    if not plan.is_wired(node.id, ERROR):
        yield State(plan.part(node.id, LACKING), entry=((Raise(FAILURE, _told(node)),),))


def _begin(node: Node, given: Mapping[str, Content], plan: Plan) -> State:
    """Where the inputs are made ready: a flow does not begin without one that it is to be given."""
    ident = plan.part(node.id, BEGIN)
    actions = (Assign((_given(name),), value) for name, value in given.items())
    return State(
        ident,
        entry=block(ident, *actions),
        transitions=(Transition((plan.part(node.id, FLOW),), (done(ident),)),),
    )


def _holding(name: str, flow: Flow) -> Datum:
    """A variable for what an input of a flow may be."""
    declared = next((one for one in flow.variables if one.name == name), None)
    if declared is None:
        return Datum(_given(name))
    datum = datum_of(replace(declared, read_only=False))
    return replace(datum, name=_given(name), value=None)


def _failing(node: Node, plan: Plan) -> tuple[Transition, ...]:
    """The ways by ``error``, if there are any, for what the flow inside does not answer itself."""
    if not plan.is_wired(node.id, ERROR):
        return ()
    return ways(plan, node.id, ERROR, events=ERRORS, actions=noting(plan, failure()))


def _given(name: str) -> str:
    """The variable that holds an input until the flow has made its own of it."""
    return f"~{name}"


def _flow(node: Node, config: Subflow, flow: Flow, plan: Plan) -> State:
    inner = with_silence(with_away(with_interrupts(plan_inside(plan, node, flow))))
    pieces = tuple(inner.lower(one, inner) for one in inner.graph.top)
    overdue = ways_or_error(plan, node.id, "error", "error.flow.timeout", events=())
    state = conversation(inner, pieces, overdue)
    state = replace(state, states=(*state.states, *silent_ends(inner)))
    given = {name.text for name, _ in config.inputs}
    if _inherits_language(config, flow):
        given.add(LOCALE)
    own = (
        replace(one, value=Computed(parse(f"vars[?{quoted(_given(one.name))}]")))
        if one.name in given
        else one
        for one in data_of(inner)
    )
    kept = Assign((ENDED_AS,), Computed(parse("event.data.outcome")))
    ended = Transition((plan.part(node.id, SAVE),), (f"done.state.{inner.home}",), actions=(kept,))
    data = {one.name: one for one in (*own, *state.data)}
    return replace(state, data=tuple(data.values()), transitions=(*state.transitions, ended))


def _inherits_language(config: Subflow, flow: Flow) -> bool:
    """Whether a flow is run in the language of the one around it: unless it is told another one."""
    return bool(flow.locale) and all(name.text != LOCALE for name, _ in config.inputs)


def _save(node: Node, config: Subflow, plan: Plan) -> State:
    ident = plan.state(node.id)
    kept, actions = saved(plan, config.save)
    through = (done(ident),)
    wired = [port for port in plan.graph.ports.get(node.id, ()) if port not in {NEXT, "error"}]
    named = (
        way for port in wired for way in ways(plan, node.id, port, events=through, when=_is(port))
    )
    return State(
        plan.part(node.id, SAVE),
        data=(
            *(
                Datum(name, value=Computed(parse(f"event.data.{part}")))
                for name, part in ((OUTPUT, "output"), (OUTCOME, "outcome"), (ENDED, "failed"))
            ),
            *kept,
        ),
        entry=block(ident, *actions),
        transitions=(
            *named,
            *ways_or_error(
                plan, node.id, ERROR, FAILURE, events=through, when=_HAS_FAILED, what=_told(node)
            ),
            *_lacking(node, plan),
            *ways(plan, node.id, NEXT, events=through),
            *misfit_ways(node, plan),
        ),
    )


def _lacking(node: Node, plan: Plan) -> tuple[Transition, ...]:
    """What is done where a flow that failed lacks what is to be saved: that it failed is told."""
    event = ("error.execution.action",)
    if plan.is_wired(node.id, ERROR):
        noted = noting(plan, _told(node))
        return ways(plan, node.id, ERROR, events=event, when=_HAS_FAILED, actions=noted)
    # It is left for that: what stays, and takes an error, does not keep it from those around it.
    return (Transition((plan.part(node.id, LACKING),), event, parse(_HAS_FAILED)),)


def _told(node: Node) -> Content:
    return subflow_failure(node.id, f"vars[{quoted(ENDED_AS)}]")


def _is(port: str) -> str:
    """CEL that holds when the flow ended with the outcome of a port."""
    return f"vars[{quoted(OUTCOME)}] == {quoted(port.removeprefix(outcome_port('')))}"
