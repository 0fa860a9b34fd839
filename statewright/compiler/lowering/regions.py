"""Errors where several things go on at once: each is answered by what is around the place of it.

All regions of a parallel state hear an event, also that of an error, as SCXML has it. A try, or an
``on_error``, in one of them must not answer for another one, which would stand where it failed for
ever. So there, what is raised names the state, as the algorithm does for its own errors, and what
answers errors asks for one of its own. (Of a conversation and what interrupts it, one stands still:
see ``freezing``.)
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from operator import is_
from typing import Final

from statewright.compiler.lowering.freezing import STAGE, all_states, is_of_errors
from statewright.compiler.lowering.guards import also
from statewright.compiler.lowering.texts import cel, quoted, record
from statewright.expressions import Literal
from statewright.expressions.content import Record
from statewright.statechart.actions import Action, If, Raise
from statewright.statechart.definition import Actions, State, StateKind

_PLACE: Final = "(event.data.?state.orValue('') + '/')"
"""CEL for the state that an error is of, as its id begins that of those inside it."""


def errors_in_regions(states: Iterable[State]) -> tuple[State, ...]:
    """States in which no region of a parallel state answers the errors of another one."""
    return tuple(_outside(state) for state in states)


def _outside(state: State) -> State:
    if not state.states:
        return state
    beside = state.kind is StateKind.PARALLEL and not state.id.endswith(STAGE)
    states = tuple(map(_inside if beside else _outside, state.states))
    # Most have no parallel in them, and stay what they are.
    is_same = all(map(is_, states, state.states))
    return state if is_same else replace(state, states=states)


def _inside(state: State) -> State:
    """A state that others are active beside."""
    own = _of_own(state) if any(map(is_of_errors, state.transitions)) else ""
    ways = (
        replace(way, guard=also(way.guard, own)) if is_of_errors(way) else way
        for way in state.transitions
    )
    return replace(
        state,
        states=tuple(map(_inside, state.states)),
        entry=tuple(_named(block, state) for block in state.entry),
        transitions=tuple(replace(way, actions=_named(way.actions, state)) for way in ways),
    )


def _of_own(state: State) -> str:
    """CEL that holds for an error in a state, or in one that is inside it."""
    roots: dict[str, None] = {}
    for name in sorted(one.id for one in all_states((state,))):
        parts = name.split("/")
        if not any("/".join(parts[:count]) in roots for count in range(1, len(parts))):
            roots[name] = None
    if len(roots) == 1:
        return f"{_PLACE}.startsWith({quoted(state.id + '/')})"
    return f"{cel([name + '/' for name in roots])}.exists(s, {_PLACE}.startsWith(s))"


def _named(actions: Actions, state: State) -> Actions:
    return tuple(_of_action(action, state) for action in actions)


def _of_action(action: Action, state: State) -> Action:
    match action:
        case Raise(event, data) if event.startswith("error."):
            place = Literal(state.id)
            match data:
                case Record(fields):
                    return replace(action, data=Record((*fields, ("state", place))))
                case Literal(dict() as known):
                    parts = {name: Literal(value) for name, value in known.items()}
                    return replace(action, data=record({**parts, "state": place}))
                case _:
                    return replace(action, data=record({"state": place}))
        case If(branches, otherwise):
            arms = tuple(replace(one, actions=_named(one.actions, state)) for one in branches)
            return If(arms, _named(otherwise, state))
        case _:
            return action
