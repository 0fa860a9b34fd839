"""Handing a conversation to people: an end, or waiting until they give it back.

::

    tell ──▶ people ──(handoff.resolved)──▶ next
                └─────(no time left)──────▶ timeout

The bot is silent meanwhile. Where something else could go on beside that, all of the conversation
is frozen: see ``freezing``. Then, several handoffs may go on at once, and the nodes behind them
wait until all are over:

::

    people ──(handoff.resolved)──▶ back ──(nobody has it any more)──▶ next
       └─────(no time left)──────▶ late ──(the same)──▶ timeout
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from statewright.compiler.lowering.bubbles import says
from statewright.compiler.lowering.ending import final_state
from statewright.compiler.lowering.events import RESOLVED
from statewright.compiler.lowering.floor import NAMED
from statewright.compiler.lowering.freezing import GIVEN_BACK, TOP
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
from statewright.compiler.scope import flows_in
from statewright.expressions import Computed, Content, Expression, Literal, parse
from statewright.flows.model import Node, WhileBusy
from statewright.flows.nodes import NEXT, Handoff, Interrupt, Parallel, TakingTurns
from statewright.statechart.actions import Assign, Raise, Send
from statewright.statechart.definition import Actions, Awaits, Datum, State, StateKind, Transition
from statewright.statechart.stepping.awaiting import PEOPLE
from statewright.statechart.triggers import MESSAGE

HANDOFF = "handoff"
"""The target and the event of the effect that hands a conversation over, and its outcome."""


def lower_handoff(node: Node, config: Handoff, plan: Plan) -> Piece:
    """A final state; or the states drawn above."""
    words: Actions = (
        *says(config.message),
        Send(HANDOFF, _request(config), target=HANDOFF),
        *_remembered(config),
    )
    if not config.returns:
        return Piece(None, (final_state(node, plan, (words,), HANDOFF),))
    ident, people = plan.state(node.id), plan.part(node.id, "~people")
    tell = State(
        plan.part(node.id, "~tell"),
        entry=block(ident, *words),
        transitions=(Transition((people,), (done(ident),)),),
    )
    return Piece(
        State(
            ident,
            StateKind.COMPOUND,
            data=(Datum(GIVEN, value=Literal(None)),) if plan.people else (),
            states=(tell, _people(node, config, plan), *_afterwards(node, config, plan)),
        )
    )


def _people(node: Node, config: Handoff, plan: Plan) -> State:
    """Where people have the conversation; of several, what names none gives back the first."""
    ident = plan.state(node.id)
    entry: tuple[Actions, ...] = ()
    exit_: tuple[Actions, ...] = ()
    late: tuple[Transition, ...] = ()
    if config.timeout is not None:
        start, stop = timer(ident, Literal(config.timeout))
        entry, exit_ = (start,), (stop,)
        late = _late(node, plan, timeout(ident))
    named = f"event.data.node == {quoted(plan.name(node.id))}"
    given: tuple[Transition, ...]
    if plan.people:
        first = f"session.floor[0] == {quoted(plan.part(node.id, '~people'))}"
        ours = f"{NAMED} ? {named} : {first}"
        kept = Assign((GIVEN,), Computed(parse("event.data")))
        given = (
            Transition((plan.part(node.id, "~back"),), (RESOLVED,), parse(ours), actions=(kept,)),
        )
        if late:
            late = (Transition((plan.part(node.id, "~late"),), (timeout(ident),)),)
    else:
        ours = f"!({NAMED}) || {named}"
        given = ways(plan, node.id, NEXT, events=(RESOLVED,), when=ours)
    return State(
        plan.part(node.id, "~people"),
        entry=entry,
        exit=exit_,
        transitions=(
            *given,
            *late,
            # What the user says now is for the people, and not kept for the next question.
            Transition(events=(MESSAGE,)),
        ),
        awaits=Awaits(PEOPLE, plan.name(node.id), of_user=False, rank=1 << (TOP + 1)),
    )


def _afterwards(node: Node, config: Handoff, plan: Plan) -> Iterator[State]:
    """Where a handoff that is over waits for the others; then it tells how it was resolved."""
    if not plan.people:
        return
    ident = plan.state(node.id)
    told = Raise(_given_back(ident), Computed(parse(f"vars[{quoted(GIVEN)}]")))
    yield State(
        plan.part(node.id, "~back"),
        transitions=(
            Transition((), (GIVEN_BACK,), actions=(told,)),
            *ways(plan, node.id, NEXT, events=(_given_back(ident),)),
        ),
    )
    if config.timeout is not None:
        ways_on = _late(node, plan, GIVEN_BACK)
        yield State(plan.part(node.id, "~late"), transitions=ways_on)


def _late(node: Node, plan: Plan, event: str) -> tuple[Transition, ...]:
    return ways_or_error(plan, node.id, "timeout", "error.flow.timeout", events=(event,))


def with_people(plan: Plan) -> Plan:
    """A plan that knows whether something else could go on while people have the conversation."""
    flows = tuple(flows_in(plan.flow))
    configs = [node.config for one in flows for node in one.nodes]
    others = any(isinstance(config, Interrupt | Parallel) for config in configs) or any(
        one.settings.timeout is not None or one.settings.while_busy is not WhileBusy.DEFER
        for one in flows
    )
    handed = any(isinstance(config, Handoff) and config.returns for config in configs)
    if not (others and handed):
        return plan
    return replace(plan, people=True, returns=(*plan.returns, GIVEN_BACK))


GIVEN = "~given"
"""The variable that holds how a handoff was resolved."""


def _given_back(state: str) -> str:
    return f"done.handoff.{state}"


def _request(config: Handoff) -> Content:
    data: dict[str, Content] = {}
    if config.turns is not None:
        data["assignee"] = Computed(_whose_turn(config.turns))
    elif config.assignee is not None:
        data["assignee"] = content_from(config.assignee)
    if config.note is not None:
        data["note"] = template_from(config.note)
    return record(data)


LAST = "handed_over"
"""The value of the tenant that holds, by name, who took over last."""


def _remembered(config: Handoff) -> Actions:
    """The tenant remembers whose turn it was, in the transaction of the turn.

    Of two conversations that are handed over at the same moment, both may get the same one; nobody
    is left out by it.
    """
    if config.turns is None:
        return ()
    path = ("tenant", LAST, config.turns.name)
    return (Assign(path, Computed(_with_ids(config.turns, _last(config.turns), NEXT_ID))),)


def _whose_turn(turns: TakingTurns) -> Expression:
    """Who takes over; where nobody is in the list, the team."""
    team = quoted(turns.team)
    nobody = f"{{'type': 'team', 'id': {team}}}" if turns.team else "{}"
    named = f", 'team': {team}" if turns.team else ""
    return _with_ids(turns, nobody, f"{{'type': 'agent', 'id': {NEXT_ID}{named}}}")


def _last(turns: TakingTurns) -> str:
    return f"tenant.?{LAST}[?{quoted(turns.name)}].orValue('')"


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
