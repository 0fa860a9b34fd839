"""Handing a conversation to people: an end, or a pause beside the conversation.

::

    tell ──▶ gone ──▶ people (the bot is silent; every timer of the conversation stops)
              │ ▲        │
              │ └─ back ─┴──(handoff.resolved, or no time left)
              └──▶ next, or timeout

The conversation comes back by history, to the very place that it left, so that a handoff may stand
inside loops and subflows; an event tells the node how it was resolved.
"""

from __future__ import annotations

from statewright.compiler.lowering.bubbles import says
from statewright.compiler.lowering.ending import final_state
from statewright.compiler.lowering.plan import (
    Piece,
    Plan,
    block,
    done,
    ways,
    ways_or_error,
)
from statewright.compiler.lowering.texts import (
    content_from,
    expression_from,
    quoted,
    record,
    template_from,
)
from statewright.compiler.lowering.waiting import timeout, timer
from statewright.expressions import Computed, Content, Expression, Literal, parse
from statewright.flows.model import Node
from statewright.flows.nodes import NEXT, Handoff, TakingTurns
from statewright.statechart.actions import Assign, Raise, Send
from statewright.statechart.definition import Actions, State, StateKind, Transition

HANDOFF = "handoff"
"""The target and the event of the effect that hands a conversation over, and its outcome."""

RESOLVED = "handoff.resolved"
"""The event with which people give a conversation back."""


def lower_handoff(node: Node, config: Handoff, plan: Plan) -> Piece:
    """A final state; or the states drawn above."""
    words: Actions = (
        *says(config.message),
        Send(HANDOFF, _request(config), target=HANDOFF),
        *_remembered(config),
    )
    if not config.returns:
        return Piece(None, (final_state(node, plan, (words,), HANDOFF),))
    ident = plan.state(node.id)
    gone, people = plan.state(node.id, "gone"), plan.state(node.id, "people")
    tell = State(
        plan.state(node.id, "tell"),
        entry=block(ident, *words),
        transitions=(Transition((gone,)),),
    )
    away = State(
        gone,
        transitions=(
            Transition((people,), (done(ident),)),
            *ways(plan, node.id, NEXT, events=(_given_back(ident),)),
            *_late(node, config, plan),
        ),
    )
    state = State(ident, StateKind.COMPOUND, states=(tell, away))
    return Piece(state, beside=(_people(node, config, plan),))


def _people(node: Node, config: Handoff, plan: Plan) -> State:
    ident = plan.state(node.id)
    data = Computed(parse("event.data"))
    entry: tuple[Actions, ...] = ()
    exit_: tuple[Actions, ...] = ()
    late: tuple[Transition, ...] = ()
    if config.timeout is not None:
        start, stop = timer(ident, Literal(config.timeout))
        entry, exit_ = (start,), (stop,)
        back = Raise(_overdue(ident))
        late = (Transition((plan.back,), (timeout(ident),), actions=(back,)),)
    return State(
        plan.state(node.id, "people"),
        entry=entry,
        exit=exit_,
        transitions=(
            Transition((plan.back,), (RESOLVED,), actions=(Raise(_given_back(ident), data),)),
            *late,
            # What the user says now is for the people, and not kept for the next question.
            Transition(events=("message",)),
        ),
    )


def _late(node: Node, config: Handoff, plan: Plan) -> tuple[Transition, ...]:
    if config.timeout is None:
        return ()
    events = (_overdue(plan.state(node.id)),)
    return ways_or_error(plan, node.id, "timeout", "error.flow.timeout", events=events)


def _given_back(state: str) -> str:
    return f"done.handoff.{state}"


def _overdue(state: str) -> str:
    return f"done.overdue.{state}"


def _request(config: Handoff) -> Content:
    data: dict[str, Content] = {}
    if config.turns is not None:
        data["assignee"] = Computed(_whose_turn(config.turns))
    elif config.assignee is not None:
        data["assignee"] = content_from(config.assignee)
    if config.note is not None:
        data["note"] = template_from(config.note)
    return record(data)


HANDED_OVER = "handed_over"
"""The value of the tenant that holds, by name, who took over last."""


def _remembered(config: Handoff) -> Actions:
    """The tenant remembers whose turn it was, in the transaction of the turn.

    Of two conversations that are handed over at the same moment, both may get the same one; nobody
    is left out by it.
    """
    if config.turns is None:
        return ()
    path = ("tenant", HANDED_OVER, config.turns.name)
    return (Assign(path, Computed(_with_ids(config.turns, _last(config.turns), NEXT_ID))),)


def _whose_turn(turns: TakingTurns) -> Expression:
    """Who takes over; where nobody is in the list, the team."""
    team = quoted(turns.team)
    nobody = f"{{'type': 'team', 'id': {team}}}" if turns.team else "{}"
    named = f", 'team': {team}" if turns.team else ""
    return _with_ids(turns, nobody, f"{{'type': 'agent', 'id': {NEXT_ID}{named}}}")


def _last(turns: TakingTurns) -> str:
    return f"tenant.?{HANDED_OVER}[?{quoted(turns.name)}].orValue('')"


NEXT_ID = (
    "string(ids[(lists.range(size(ids)).filter(i, string(ids[i]) == last).map(i, i + 1) + [0])[0]"
    " % size(ids)])"
)
"""CEL for the one after the last one in the list; the first one where that is not in it."""


def _with_ids(turns: TakingTurns, nobody: str, somebody: str) -> Expression:
    """CEL over ``ids``, the list, and ``last``, for both cases: nobody is in it, or somebody."""
    # The line break ends a comment that the text may end with.
    agents = f"({expression_from(turns.agents).text}\n)"
    chosen = f"[{_last(turns)}].map(last, size(ids) == 0 ? dyn({nobody}) : dyn({somebody}))[0]"
    return parse(f"[{agents}].map(ids, {chosen})[0]")
