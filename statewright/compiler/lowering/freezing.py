"""Conversations that stand still for a while, and lose nothing by it.

::

    stage ┬─ main:  the nodes of the flow
          ├─ aside: going ──(an interrupt begins)──▶ the interrupt ──▶ going
          └─ hands: bot ──(a handoff begins)──▶ people ──(all of them are over)──▶ bot

While an interrupt goes on, or people have the conversation, no state of what is interrupted is
left: each of its transitions that waits for something asks whether it is ``going``, and in the hand
of the ``bot``. So work that was asked for is not asked for again, and clocks run on. What happens
meanwhile, a result, a decision, a deadline, is deferred by the chart, and taken in its order when
the conversation goes on. What nothing wants then is over, as it would have been before.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from statewright.compiler.lowering.events import ONCE
from statewright.compiler.lowering.guards import also
from statewright.compiler.lowering.plan import FLOW, TALK
from statewright.compiler.lowering.texts import quoted
from statewright.expressions import Literal, parse
from statewright.statechart.actions import Assign, Raise
from statewright.statechart.definition import State, StateKind, Transition
from statewright.statechart.stepping.awaiting import PEOPLE

GIVEN_BACK = "done.people"
"""The event with which a conversation goes on that people had."""

ASKED = "done.asked"
"""The event that says that the user was asked for something, where others may have asked, too."""

PENDING = (
    "done.timer",
    "done.silence",
    "done.invoke",
    "error.communication",
    *ONCE,
)
"""What may happen only once, and so waits for a conversation that stands still."""

_WITHIN = (
    "done.actions",
    ASKED,
    "done.away",
    "done.handoff",
    "done.heard",
    "done.interrupt",
    "done.state",
    "error.execution",
    "error.flow",
)
"""The events of what goes on inside a conversation; all others come from outside of it."""

STAGE = "/~stage"
"""What the id of the state ends with that holds the regions drawn above."""

_ASIDE = "/~aside"
"""What the id of the region of interrupts ends with."""

TOP = 20
"""The rank of what people have; see ``Awaits.rank``."""


def going(home: str) -> str:
    """The id of the state that is active while nothing interrupts a flow."""
    return f"{home}/~going"


def bot(home: str) -> str:
    """The id of the state that is active while no people have the conversation."""
    return f"{home}/~bot"


def active(names: Iterable[str]) -> str:
    """CEL that holds while all of some states are active."""
    return " && ".join(f"In({quoted(name)})" for name in names)


def begun(interrupt: str) -> str:
    """The event with which an interrupt begins."""
    return f"done.heard.{interrupt}"


def heard_in(home: str) -> str:
    """The variable that says whether a flow was told that an interrupt begins."""
    return f"~heard/{home}"


def returned(home: str) -> str:
    """The event with which a flow goes on that was interrupted."""
    return f"done.interrupt.{home}"


def only_while(states: Iterable[State], condition: str, errors: str = "") -> tuple[State, ...]:
    """States that wait for nothing from outside unless a condition holds.

    Args:
        states: what stands still for a while.
        condition: CEL.
        errors: CEL that must hold for errors to be answered there; ``""`` where they always are.
            What stands still makes none, so those that come then are of what goes on beside it.
    """
    return tuple(_frozen(state, condition, errors) for state in states)


def _frozen(state: State, condition: str, errors: str) -> State:
    states = only_while(state.states, condition, errors) if state.states else ()
    if is_handed_over(state):
        return state
    transitions = tuple(_asking(way, condition, errors) for way in state.transitions)
    return replace(state, states=states, transitions=transitions)


def _asking(way: Transition, condition: str, errors: str) -> Transition:
    if _is_from_outside(way):
        return only_while_way(way, condition)
    return only_while_way(way, errors) if errors and is_of_errors(way) else way


def is_of_errors(way: Transition) -> bool:
    """Whether a transition answers errors of the session itself."""
    return any(event.startswith(("error.execution", "error.flow")) for event in way.events)


def only_while_way(way: Transition, condition: str) -> Transition:
    """A transition that is taken only while a condition holds."""
    return replace(way, guard=also(way.guard, condition))


def is_handed_over(state: State) -> bool:
    """Whether people have the conversation while a state is active."""
    return state.awaits is not None and state.awaits.kind == PEOPLE


def _is_from_outside(way: Transition) -> bool:
    return any(not event.startswith(_WITHIN) for event in way.events)


def aside_of(home: str, beside: Iterable[State]) -> State:
    """The region of what interrupts a flow."""
    states = tuple(beside)
    heard = Assign((heard_in(home),), Literal(value=False))
    here = State(
        going(home),
        transitions=tuple(
            Transition((state.id,), (begun(state.id),), actions=(heard,)) for state in states
        ),
    )
    return State(f"{home}{_ASIDE}", StateKind.COMPOUND, states=(here, *states))


def hands_of(home: str, around: Iterable[State]) -> State:
    """The region that knows whether people have the conversation.

    Args:
        home: the id of the state that holds the flow.
        around: all other states of the flow.
    """
    # There may be none: what cannot be reached inside of something is not lowered.
    theirs = " || ".join(f"In({quoted(name)})" for name in sorted(_handed_over(around))) or "false"
    people = f"{home}/~people"
    return State(
        f"{home}/~hands",
        StateKind.COMPOUND,
        states=(
            State(bot(home), transitions=(Transition((people,), guard=parse(theirs)),)),
            State(
                people,
                transitions=(
                    Transition(
                        (bot(home),), guard=parse(f"!({theirs})"), actions=(Raise(GIVEN_BACK),)
                    ),
                ),
            ),
        ),
    )


def pending_in(states: Iterable[State]) -> tuple[str, ...]:
    """What may happen only once in some states, of all that may."""
    events: set[str] = set()
    for state in all_states(states):
        for way in state.transitions:
            events.update(way.events)
    return tuple(
        kind for kind in PENDING if any(one == kind or one.startswith(f"{kind}.") for one in events)
    )


def over(states: Iterable[State]) -> Iterator[Transition]:
    """What ends the waiting of what has happened, if nothing wants it when all goes on.

    Args:
        states: those of the outermost flow.
    """
    people, asides = bot(TALK), (TALK + _ASIDE, f"/{FLOW}{_ASIDE}")
    found = {one.id for one in all_states(states) if one.id == people or one.id.endswith(asides)}
    tests = [active((people,))] if people in found else []
    for name in sorted(found - {people}):
        home = name.removesuffix(_ASIDE)
        here = active((going(home),))
        tests.append(here if home == TALK else f"(!In({quoted(name)}) || {here})")
    if tests and (events := pending_in(states)):
        yield Transition(events=events, guard=parse(" && ".join(tests)))


def all_states(states: Iterable[State]) -> Iterator[State]:
    """States, and all inside them."""
    waiting = list(states)
    while waiting:
        state = waiting.pop()
        yield state
        waiting.extend(state.states)


def _handed_over(states: Iterable[State]) -> Iterator[str]:
    return (state.id for state in all_states(states) if is_handed_over(state))
