"""What is done about the errors of a node, and how often it is tried again before.

::

    node ─┬─ ~try: the node itself ──(an error)──▶ ~again ──(some time)──▶ ~try
          └──(an error, tried often enough)──▶ error, the fallback, the default port, or the end
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from statewright.compiler.lowering.conversation import WHAT_WENT_WRONG
from statewright.compiler.lowering.errors import ERRORS
from statewright.compiler.lowering.failures import failure
from statewright.compiler.lowering.plan import (
    FAILED,
    Piece,
    Plan,
    branches,
    is_inside,
    lost,
    noting,
    ways,
)
from statewright.compiler.lowering.texts import quoted
from statewright.compiler.lowering.waiting import timeout, timer
from statewright.expressions import Computed, Literal, parse
from statewright.flows.model import ErrorPolicy, Node, OnError
from statewright.flows.nodes import NEXT, Action, Http, Llm, Try
from statewright.statechart.actions import Assign
from statewright.statechart.definition import (
    Actions,
    Datum,
    State,
    StateKind,
    Transition,
    TransitionKind,
)
from statewright.statechart.rules import VIOLATION

TRIES = "~tries"
"""The variable that counts how often a node was tried again."""

ERROR = "error"
"""The port by which a node is left that could not do its work."""

TRY = "~try"
AGAIN = "~again"
"""The states of the node itself, and of the time before it is tried again. (A ``~`` in the name of
a body is escaped.)"""

_WORK = (Http, Llm, Action)
"""Kinds of node that ask for work, which may be asked for again."""


def with_policy(node: Node, plan: Plan, lower: Callable[[Node, Plan], Piece]) -> Piece:
    """A node that answers its own errors, as its author, or that of the flow, wants it to.

    Args:
        node: the node.
        plan: of the flow.
        lower: lowers it without a policy.
    """
    policy = _policy(node, plan)
    first = bool(policy.retries) and plan.is_wired(node.id, ERROR)
    own = replace(plan, graph=plan.graph.without(node.id, ERROR)) if first else plan
    piece = lower(node, own)
    if piece.state is None:
        return piece
    state = _tried_again(piece.state, policy) if policy.retries else piece.state
    kept = noting(plan, failure()) if plan.keeps else ()
    answers = (
        ways(plan, node.id, ERROR, events=ERRORS, actions=kept)
        if first
        else _answers(node, policy, plan, kept)
    )
    if not answers and state is piece.state:
        return piece
    return replace(piece, state=replace(state, transitions=(*state.transitions, *answers)))


def _policy(node: Node, plan: Plan) -> ErrorPolicy:
    """What is done: as the node says, and for the rest as the flow says."""
    settings = plan.flow.settings
    own = node.on_error
    if own is None:
        retries = settings.retries if isinstance(node.config, _WORK) else 0
        own = ErrorPolicy(retries, settings.retry_wait)
    if own.then is None and settings.on_error is OnError.CONTINUE:
        return own if is_inside(node, plan, Try) else replace(own, then=OnError.CONTINUE)
    return own


def _answers(node: Node, policy: ErrorPolicy, plan: Plan, kept: Actions) -> tuple[Transition, ...]:
    match policy.then:
        case OnError.CONTINUE:
            port = (*node.config.ports, NEXT)[0]
            return branches(plan, node.id, port, events=ERRORS, actions=kept)
        case OnError.FAIL:
            # What a try does at last, on the way there, may ask for it.
            return (Transition((FAILED,), ERRORS, actions=(WHAT_WENT_WRONG, *kept)),)
        case OnError.FALLBACK if policy.fallback is not None:
            target = policy.fallback.node
            if target not in plan.graph.nodes or not plan.graph.is_open(node.id, target):
                return (lost(node.id, "on_error", events=ERRORS),)
            noted = (WHAT_WENT_WRONG, *kept)
            return (Transition((plan.state(target),), ERRORS, actions=noted),)
        case _:
            return ()


def _tried_again(state: State, policy: ErrorPolicy) -> State:
    """The state drawn above; the node itself is entered anew, so that its data are made anew.

    A rule that is broken there would be broken again, by what it is to prevent: that is no failure
    of the node, and no reason to try again.
    """
    own, again = f"{state.id}/{TRY}", f"{state.id}/{AGAIN}"
    tries = f"vars[{quoted(TRIES)}]"
    retry = Transition(
        (again if policy.wait else own,),
        ERRORS,
        parse(f"{tries} < {policy.retries} && event.name != {quoted(VIOLATION)}"),
        TransitionKind.INTERNAL,
        (Assign((TRIES,), Computed(parse(f"{tries} + 1"))), WHAT_WENT_WRONG),
    )
    states = [replace(state, id=own, transitions=_renamed(state, own))]
    if policy.wait:
        entry, exit_ = timer(again, Literal(policy.wait))
        back = Transition((own,), (timeout(again),))
        states.append(State(again, entry=(entry,), exit=(exit_,), transitions=(back,)))
    return State(
        state.id,
        StateKind.COMPOUND,
        data=(Datum(TRIES, "int", Literal(0)),),
        states=tuple(states),
        transitions=(retry,),
    )


def _renamed(state: State, name: str) -> tuple[Transition, ...]:
    """The transitions of a state that gets another name, by which the end of it is known."""
    old, new = f"done.state.{state.id}", f"done.state.{name}"
    return tuple(
        replace(way, events=tuple(new if event == old else event for event in way.events))
        for way in state.transitions
    )
