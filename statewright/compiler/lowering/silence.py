"""Users who were asked for something and say nothing: reminders, and the end of waiting.

Every state that listens to the user has a timer for each reminder and one for the end. They begin
anew each time something is asked, and they end with the asking: while the bot itself has something
to do, or waits for somebody else, nobody is silent.

Where several states may listen at once, it is one user all the same: whatever is said to one of
them, or asked by one, begins the time of all anew, and the one that has the floor reminds.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from statewright.compiler.lowering.bubbles import says
from statewright.compiler.lowering.ending import carried
from statewright.compiler.lowering.freezing import ASKED
from statewright.compiler.lowering.plan import FAILED, Piece, Plan, Silence, is_inside
from statewright.compiler.lowering.texts import quoted
from statewright.expressions import Literal, parse
from statewright.flows.model import Node
from statewright.flows.nodes import Container, Form, Parallel, Subflow
from statewright.statechart.actions import Action, Cancel, Raise, Send
from statewright.statechart.definition import State, StateKind, Transition
from statewright.statechart.triggers import MESSAGE


def with_silence(plan: Plan) -> Plan:
    """A plan that knows what is done about silence in its flow, or else in those around it."""
    own = plan.flow.settings.inactivity
    if own is None:
        return plan
    target = _end(plan)
    if own.to is not None:
        target = plan.state(own.to.node) if plan.is_top(own.to.node) else FAILED
    return replace(plan, silence=Silence(own, target))


def _end(plan: Plan) -> str:
    return f"{plan.home}/~inactive" if plan.prefix else "~inactive"


def silent_ends(plan: Plan) -> tuple[State, ...]:
    """The state in which a flow ends whose user says nothing; () where it does not end so."""
    own = plan.flow.settings.inactivity
    if own is None or own.to is not None:
        return ()
    if plan.prefix:
        told = carried(own.outcome, plan, failed=False)
        return (State(_end(plan), StateKind.FINAL, donedata=told),)
    return (State(_end(plan), StateKind.FINAL, outcome=own.outcome),)


def watched(piece: Piece, node: Node, plan: Plan) -> Piece:
    """A node that waits for the user only so long; what is inside a container is watched itself."""
    silence = plan.silence
    if silence is None or piece.state is None:
        return piece
    if isinstance(node.config, Container | Subflow | Form):
        return piece
    shared = plan.shared or is_inside(node, plan, Parallel)
    return replace(piece, state=_watched(piece.state, silence, plan.returns, shared=shared))


def _watched(state: State, silence: Silence, returns: tuple[str, ...], *, shared: bool) -> State:
    states = tuple(_watched(child, silence, returns, shared=shared) for child in state.states)
    state = replace(state, states=states)
    if state.awaits is None or not state.awaits.of_user:
        return state
    delays = [reminder.after for reminder in silence.inactivity.reminders]
    timers = [(_name(state, n), delay) for n, delay in enumerate(delays)]
    timers.append((_name(state, len(delays)), silence.inactivity.after))
    starts: tuple[Action, ...] = tuple(
        Send(name, delay=Literal(delay), id=name) for name, delay in timers
    )
    stops: tuple[Action, ...] = tuple(Cancel(name) for name, _ in timers)
    anew = (*stops, *starts)
    elsewhere = (Transition(events=(MESSAGE, ASKED), actions=anew),) if shared else ()
    begun: tuple[Action, ...] = (*starts, Raise(ASKED)) if shared else starts
    # One that is asked again when the conversation goes on is entered anew.
    back = (Transition(events=returns, actions=anew),) if returns else ()
    return replace(
        state,
        entry=(*state.entry, begun),
        exit=(*state.exit, stops),
        transitions=(
            *(_breaking_silence(way, anew) for way in state.transitions),
            *_ways(state, silence, shared=shared),
            *elsewhere,
            *back,
        ),
    )


def _breaking_silence(way: Transition, anew: tuple[Action, ...]) -> Transition:
    """A way on which something is said; where nothing is left by it, the time begins anew."""
    if way.targets or MESSAGE not in way.events:
        return way
    return replace(way, actions=(*way.actions, *anew))


def _ways(state: State, silence: Silence, *, shared: bool) -> Iterator[Transition]:
    reminders = silence.inactivity.reminders
    first = parse(f"session.floor[0] == {quoted(state.id)}") if shared else None
    for number, reminder in enumerate(reminders):
        words = says(reminder.message)
        yield Transition(events=(_name(state, number),), guard=first, actions=words)
    yield Transition((silence.target,), (_name(state, len(reminders)),))


def _name(state: State, number: int) -> str:
    """The event, and the id, of a timer. Nobody outside may send what is ``done``."""
    return f"done.silence.{state.id}.{number}"
