"""Timers that belong to one state: set on entry, cancelled on exit, and heard by nobody else.

Compiled flows write every timer in this manner.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from statewright.compiler.targets.constants import constant_delay
from statewright.expressions import Literal
from statewright.statechart.actions import Action, Cancel, Raise, Say, Send
from statewright.statechart.definition import Actions, State, Statechart
from statewright.statechart.event import normalised, prefixes
from statewright.statechart.structure.traversal import actions_in, states_in

_MILLISECOND = 1000


@dataclass(frozen=True, slots=True)
class Timer:
    """A delay that belongs to one state.

    Attributes:
        state: the state that has it.
        event: the event that it sends.
        id: the id of the send.
        milliseconds: how long it takes.
    """

    state: str
    event: str
    id: str
    milliseconds: int


def timers_of(chart: Statechart) -> dict[str, Timer]:
    """The timers of a chart that are no more than a delay of one state, by their events."""
    uses = Counter(_uses(chart))
    listeners = _listeners(chart)
    found: dict[str, Timer] = {}
    taken: set[tuple[str, int]] = set()
    for state in states_in(chart):
        for timer in _candidates(state):
            alone = uses["event", timer.event] == uses["send", timer.id] == 1
            place = (timer.state, timer.milliseconds)
            if (
                alone
                and uses["cancel", timer.id] == 1
                and place not in taken
                and _is_private(timer, listeners)
            ):
                found[timer.event] = timer
                taken.add(place)
    return found


def _uses(chart: Statechart) -> Iterator[tuple[str, str]]:
    for action in actions_in(chart):
        match action:
            case Send(event=event, id=name):
                yield "event", event
                yield "send", name
            case Raise(event):
                yield "event", event
            case Cancel(name):
                yield "cancel", name
            case _:
                pass


def _candidates(state: State) -> Iterator[Timer]:
    cancelled = {one.id for one in _certain(state.exit) if isinstance(one, Cancel) and one.id}
    for action in _certain(state.entry):
        match action:
            case Send(event, None, "", delay, name) if name in cancelled and _is_plain(action):
                milliseconds, rest = divmod(constant_delay(delay) or 0, _MILLISECOND)
                if milliseconds > 0 and rest == 0:
                    yield Timer(state.id, event, name, milliseconds)
            case _:
                pass


def _is_plain(action: Send) -> bool:
    """Whether a send goes to the session itself, and nothing of it but the delay is computed."""
    computed = (action.event_expr, action.target_expr, action.type_expr)
    return computed == (None, None, None) and not action.id_location and not action.target


def _certain(blocks: tuple[Actions, ...]) -> Iterator[Action]:
    """The actions that run whatever happens: nothing before them in their block can fail."""
    for block in blocks:
        for action in block:
            yield action
            if not _is_safe(action):
                break


def _is_safe(action: Action) -> bool:
    match action:
        case Cancel(id_expr=None) | Raise(_, None) | Say(Literal()):
            return True
        case Send(_, None, "", delay):
            constant = delay is None or constant_delay(delay) is not None
            return constant and _is_plain(action)
        case _:
            return False


def _listeners(chart: Statechart) -> dict[str, set[str]]:
    """The states that wait for each normalised event descriptor; deferring is waiting, too."""
    found: dict[str, set[str]] = {normalised(descriptor): {""} for descriptor in chart.deferred}
    for state in states_in(chart):
        for transition in state.transitions:
            for descriptor in transition.events:
                found.setdefault(normalised(descriptor), set()).add(state.id)
    return found


def _is_private(timer: Timer, listeners: Mapping[str, set[str]]) -> bool:
    """Whether only transitions of the state itself wait for the event, and name it in full."""
    wider = {"*", *prefixes(timer.event)} - {timer.event}
    own = listeners.get(timer.event, set())
    return own <= {timer.state} and not any(listeners.get(stem) for stem in wider)
