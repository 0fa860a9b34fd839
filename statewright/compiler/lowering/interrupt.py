"""Interrupts: compound states beside the conversation, and what begins and ends them.

::

    main:  a question that listens ──(what the interrupt waits for: it is told so)
           the same, wherever nobody listens
    aside: going ──(it was told so)──▶ interrupt … leave ──▶ going (a question asks again)

What the user says reaches a question first, because it is the inner state; so every state that
listens looks for interrupts before its own transitions. The conversation is not left: it is frozen,
see ``freezing``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace

from statewright.compiler.lowering.answers import SAID
from statewright.compiler.lowering.away import away
from statewright.compiler.lowering.floor import addressed
from statewright.compiler.lowering.freezing import (
    TOP,
    active,
    all_states,
    begun,
    bot,
    going,
    heard_in,
    returned,
)
from statewright.compiler.lowering.guards import all_of, both
from statewright.compiler.lowering.plan import (
    FLOW,
    Interruption,
    Piece,
    Plan,
    body_of,
    interruptions_at,
    outranking,
    piece_of,
    ways,
)
from statewright.compiler.lowering.texts import cel, expression_from, quoted
from statewright.expressions import Computed, Expression, Literal, parse
from statewright.flows.model import Flow, Node
from statewright.flows.nodes import NEXT, Interrupt
from statewright.statechart.actions import Assign, Branch, If, Raise
from statewright.statechart.definition import State, StateKind, Transition
from statewright.statechart.triggers import MESSAGE

MAIN = "/~main"
"""What the id of the state ends with that holds what may be interrupted."""

_WORDS = "type(input) in [string, int, double, bool]"
"""CEL that says whether what was said can be written, unlike a map that a client sends."""

NOBODY = "size(session.floor) == 0"
"""Whether nobody has been asked anything."""


def with_interrupts(plan: Plan) -> Plan:
    """A plan that knows what may happen at any time in its flow, and how it goes on then."""
    if not plan.interrupted:
        return plan
    own = tuple(
        interruption
        for node in plan.graph.top
        if isinstance(node.config, Interrupt)
        for interruption in _interruptions(node, node.config, plan)
    )
    return replace(
        plan,
        interruptions=(*own, *plan.interruptions),
        returns=(*plan.returns, returned(plan.home)),
        level=plan.level + 1,
    )


def aside(plan: Plan) -> Plan:
    """The plan of what goes on inside an interrupt: it has the floor, and is not asked again."""
    higher = 1 << max(0, TOP - plan.level)
    returns = tuple(event for event in plan.returns if event != returned(plan.home))
    aways = tuple(event for event in plan.aways if event != away(plan.home))
    return replace(plan, returns=returns, aways=aways, rank=plan.rank + higher)


def _interruptions(node: Node, config: Interrupt, plan: Plan) -> Iterator[Interruption]:
    target = plan.state(node.id)
    # The line break ends a comment that the text may end with.
    guard = "" if config.guard is None else f"({expression_from(config.guard).text}\n)"
    if config.words:
        words = cel([word.text for word in config.words])
        said = both(f"{SAID} && answer.says(input, {words})", guard)
        yield Interruption(target, MESSAGE, said, plan.home, config.outranks)
    if config.pattern is not None:
        found = f"{SAID} && {_WORDS} && string(input).matches({quoted(config.pattern.text)})"
        yield Interruption(target, MESSAGE, both(found, guard), plan.home, config.outranks)
    if config.event:
        yield Interruption(target, config.event, guard, plan.home, config.outranks)
    elif not config.words and config.pattern is None:
        yield Interruption(target, MESSAGE, guard, plan.home, config.outranks)


def lower_interrupt(node: Node, config: Interrupt, plan: Plan) -> Piece:
    """A compound state beside the conversation; it is no part of any way."""
    pieces = aside(plan).inside(node, config.body.name)
    ident = plan.state(node.id)
    states = body_of(plan, node, config.body, pieces)
    state = State(
        ident,
        StateKind.COMPOUND,
        states=states,
        transitions=tuple(_into(outranking(ident, plan), states)),
    )
    piece = piece_of(state, pieces)
    return replace(piece, state=None, beside=(state, *piece.beside))


def heard(
    node: Node, plan: Plan, again: str, state: str = "~wait", when: str = ""
) -> tuple[Transition, ...]:
    """What a state that listens to the user has before its own transitions.

    Of flows that run beside each other, only the one that is being talked to is interrupted.

    Args:
        node: the node that listens.
        plan: of the flow.
        again: id of the state where it asks again when the conversation goes on; ``""`` of what is
            not asked again.
        state: which of the states of the node listens.
        when: CEL that must hold for that, or ``""``.
    """
    ours = addressed(node, plan, state) if plan.shared else ""
    ways_in = (
        _way_in(one, all_of(ours, one.guard))
        for one in interruptions_at(node, plan)
        if one.event == MESSAGE
    )
    guard = parse(when) if when else None
    back = (Transition((again,), plan.returns, guard),) if again and plan.returns else ()
    return (*ways_in, *back)


def _way_in(one: Interruption, guard: Expression | None) -> Transition:
    """Tells that an interrupt begins; or leads there, where another one ends with it."""
    if one.instead:
        return Transition((one.target,), (one.event,), guard)
    told = Raise(begun(one.target), Computed(parse("event.data")))
    # Regions of a parallel hear the same; it begins once.
    first = parse(f"!vars[{quoted(heard_in(one.home))}]")
    once = (Assign((heard_in(one.home),), Literal(value=True)), told)
    return Transition((), (one.event,), guard, actions=(If((Branch(first, once),)),))


def interrupting(plan: Plan, states: Iterable[State]) -> Iterator[Transition]:
    """The ways into interrupts from anywhere in a flow, unless work is pending in it.

    Where another flow runs beside this one, what is said is for the question that has the floor.
    """
    states = tuple(states)
    unasked = (NOBODY,) if plan.shared else ()
    # While a flow inside this one runs that may be interrupted itself, it hears what there is.
    inner = (one.id for one in all_states(states) if one.id.endswith(f"/{FLOW}{MAIN}"))
    others = [f"!In({quoted(name)})" for name in sorted(inner)]
    for way in _into(plan.interruptions, states, unasked):
        guards = [*others, *([] if way.guard is None else [way.guard.text])]
        yield replace(way, guard=all_of(*guards)) if others else way
    pending = [*others, *_pending(states)]
    for event in sorted({one.event for one in plan.interruptions if one.event != MESSAGE}):
        # Events wait until something takes them: one that nothing interrupts now is over.
        if all(one.guard for one in plan.interruptions if one.event == event):
            yield Transition(events=(event,), guard=all_of(*pending))


def _into(
    interruptions: Iterable[Interruption], states: Iterable[State], said: Iterable[str] = ()
) -> Iterator[Transition]:
    """The ways into interrupts from some states, unless work is pending in them.

    Args:
        interruptions: what may happen.
        states: where the conversation is.
        said: what else has to hold for what the user says.
    """
    pending = _pending(states)
    for one in interruptions:
        more = said if one.event == MESSAGE else ()
        yield _way_in(one, all_of(*pending, *more, one.guard))


def _pending(states: Iterable[State]) -> list[str]:
    return [f"!In({quoted(name)})" for name in _calling(states)]


def events_in(flow: Flow) -> tuple[str, ...]:
    """The events that interrupt a flow by itself, in the order of its nodes."""
    found = (
        node.config.event
        for node in flow.nodes
        if isinstance(node.config, Interrupt) and node.config.event
    )
    return tuple(dict.fromkeys(found))


def elsewhere(plan: Plan, states: Iterable[State], events: Collection[str]) -> Iterator[Transition]:
    """What ends the waiting of events that interrupt only flows which are not running now.

    Args:
        plan: of the outermost flow.
        states: its states.
        events: those that wait.
    """
    others = {*events} - {one.event for one in plan.interruptions} - {MESSAGE}
    homes: dict[str, list[str]] = {}
    waiting = list(states)
    while waiting:
        state = waiting.pop()
        waiting.extend(state.states)
        if state.id.endswith(f"{FLOW}{MAIN}"):
            for event in {event for way in state.transitions for event in way.events} & others:
                homes.setdefault(event, []).append(state.id.removesuffix(MAIN))
    main = [listening(plan)] if listening(plan) else []
    for event in sorted(homes):
        inside = [f"!In({quoted(home)})" for home in sorted(homes[event])]
        yield Transition(events=(event,), guard=all_of(*main, *inside))


def listening(plan: Plan) -> str:
    """CEL that holds while nothing keeps the nodes of a flow from listening; ``""`` for always."""
    names = [going(plan.home)] if plan.interrupted else []
    if plan.people_here:
        names.append(bot(plan.home))
    return active(names)


def _calling(states: Iterable[State]) -> Iterator[str]:
    """The states that wait for work that they have asked for."""
    return (state.id for state in all_states(states) if state.invocations)


def returning(node: Node, plan: Plan) -> tuple[Transition, ...]:
    """The ways out of an interrupt: where its author says, or back to where it was."""
    if plan.is_wired(node.id, NEXT):
        return ways(plan, node.id, NEXT)
    return (Transition((going(plan.home),), actions=(Raise(returned(plan.home)),)),)
