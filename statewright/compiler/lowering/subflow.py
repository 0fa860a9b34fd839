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

from dataclasses import replace

from statewright.compiler.lowering.away import with_away
from statewright.compiler.lowering.conversation import conversation, data_of
from statewright.compiler.lowering.errors import ERRORS
from statewright.compiler.lowering.failures import failure, subflow_failure
from statewright.compiler.lowering.interrupt import with_interrupts
from statewright.compiler.lowering.languages import language_of
from statewright.compiler.lowering.plan import (
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
from statewright.expressions import Computed, parse
from statewright.flows.failures import ERROR
from statewright.flows.model import LOCALE, Flow, Node
from statewright.flows.nodes import NEXT, Subflow, outcome_port
from statewright.statechart.definition import Datum, State, StateKind, Transition

SAVE = "save"
"""The state in which what came of it is saved."""

OUTPUT = "output"
"""The name under which the flow's variables are read when they are saved."""

OUTCOME = "outcome"
"""The name under which it is read how the flow ended."""

ENDED = "~failed"
"""The variable that says whether the flow failed."""


def lower_subflow(node: Node, config: Subflow, plan: Plan) -> Piece:
    """The compound state drawn above."""
    flow = plan.flow.subflows.get(config.flow.text)
    if flow is None:
        return Piece(State(plan.state(node.id), transitions=(lost(node.id, "its flow"),)))
    given = tuple(
        Datum(_given(name.text), value=content_from(value)) for name, value in config.inputs
    )
    if _inherits_language(config, flow):
        given += (Datum(_given(LOCALE), value=language_of(flow, f"vars[?'{LOCALE}']")),)
    return Piece(
        State(
            plan.state(node.id),
            StateKind.COMPOUND,
            data=given,
            states=(_flow(node, config, flow, plan), _save(node, config, plan)),
            transitions=_failing(node, plan),
        )
    )


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
    ended = Transition((plan.state(node.id, SAVE),), (f"done.state.{inner.home}",))
    data = {one.name: one for one in (*own, *state.data)}
    return replace(state, data=tuple(data.values()), transitions=(*state.transitions, ended))


def _inherits_language(config: Subflow, flow: Flow) -> bool:
    """Whether a flow is run in the language of the one around it: unless it is told another one."""
    return bool(flow.locale) and all(name.text != LOCALE for name, _ in config.inputs)


def _save(node: Node, config: Subflow, plan: Plan) -> State:
    ident = plan.state(node.id)
    kept, actions = saved(plan, config.save)
    through = (done(ident),)
    wired = [
        port
        for source, port in plan.graph.edges
        if source == node.id and port not in {NEXT, "error"}
    ]
    named = (
        way for port in wired for way in ways(plan, node.id, port, events=through, when=_is(port))
    )
    failed = f"vars[{quoted(ENDED)}]"
    return State(
        plan.state(node.id, SAVE),
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
                plan,
                node.id,
                "error",
                "error.flow.subflow",
                # That it failed is what is told, also where it then lacks what is to be saved.
                events=(*through, "error.execution.action"),
                when=failed,
                what=subflow_failure(node.id, f"vars[{quoted(OUTCOME)}]"),
            ),
            *ways(plan, node.id, NEXT, events=through),
            *misfit_ways(node, plan),
        ),
    )


def _is(port: str) -> str:
    """CEL that holds when the flow ended with the outcome of a port."""
    return f"vars[{quoted(OUTCOME)}] == {quoted(port.removeprefix(outcome_port('')))}"
