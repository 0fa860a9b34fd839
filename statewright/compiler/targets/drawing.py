"""What diagrams show of a chart, whatever they are drawn with: labels, and what is left out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from statewright.compiler.targets.export import Loss, Place
from statewright.compiler.targets.timers import Timer, timers_of
from statewright.compiler.targets.unwatched import unwatched
from statewright.compiler.targets.words import (
    shortened,
    words_of_action,
    words_of_delay,
    words_of_invoke,
)
from statewright.statechart.actions import Action, Cancel, Raise, Send
from statewright.statechart.definition import State, Statechart, StateKind, Transition
from statewright.statechart.structure.traversal import states_in

LINES: Final = 5
"""How many lines a state has, beside its name."""

LENGTH: Final = 48
"""How many characters of an action, an event or a guard are shown."""

NAME_LENGTH: Final = 60
"""How many characters of a name are shown."""

_HISTORY: Final = {StateKind.SHALLOW_HISTORY: "H", StateKind.DEEP_HISTORY: "H*"}


@dataclass(frozen=True, slots=True)
class Drawing:
    """A chart as it is drawn.

    Attributes:
        chart: what is drawn.
        names: state id → its name in the text of the diagram.
        timers: the timers that are drawn as delays, by their events.
        outer: the ids of states with states inside them.
        parents: state id → id of the state around it, or ``""``.
    """

    chart: Statechart
    names: Mapping[str, str]
    timers: Mapping[str, Timer]
    outer: frozenset[str]
    parents: Mapping[str, str]

    def is_within(self, state: str, other: str) -> bool:
        """Whether a state is another one, or lies inside it."""
        while state and state != other:
            state = self.parents[state]
        return state == other

    def title(self, state: State, parent: str) -> str:
        """What a state is called inside its parent."""
        if state.kind in _HISTORY:
            return _HISTORY[state.kind]
        local = state.id.removeprefix(f"{parent}/") if parent else state.id
        return shortened(local or state.id, NAME_LENGTH) or "(blank)"

    def lines(self, state: State) -> tuple[str, ...]:
        """What a state does, a line each; with an ellipsis where there is more."""
        every = list(self.doings(state))
        shown = [shortened(line, LENGTH) for line in every[:LINES]]
        return (*shown, "…") if len(every) > LINES else tuple(shown)

    def doings(self, state: State) -> Iterator[str]:
        """All that a state does on entry, while it is active, and on exit."""
        for action in self._shown(state.entry):
            yield words_of_action(action)
        for invoke in state.invocations:
            yield words_of_invoke(invoke)
        for action in self._shown(state.exit):
            yield f"on exit {words_of_action(action)}"

    def _shown(self, blocks: tuple[tuple[Action, ...], ...]) -> Iterator[Action]:
        """Actions but for those of timers, drawn as delays, and the raising of ``done``."""
        ids = {timer.id for timer in self.timers.values()}
        for block in blocks:
            for action in block:
                timed = isinstance(action, (Send, Cancel)) and action.id in ids
                if not timed and not (isinstance(action, Raise) and _is_own(action.event)):
                    yield action

    def label(self, state: State, number: int) -> str:
        """What enables a transition, and what it does: ``1: message [n > 1] / say 'Hi'``.

        The number is its place among those of its state that may wait for the same event.
        """
        transition = state.transitions[number]
        parts = [shortened(" or ".join(map(self._event, transition.events)), 2 * LENGTH)]
        if transition.guard is not None:
            parts.append(f"[{shortened(transition.guard.text, LENGTH)}]")
        if transition.actions:
            words = "; ".join(map(words_of_action, transition.actions))
            parts.append(f"/ {shortened(words, LENGTH)}")
        order = _order(state, number)
        if order > 1 and not transition.events and transition.guard is None:
            parts.insert(0, "else")
        return " ".join(filter(None, (f"{order}:" if order else "", *parts)))

    def _event(self, event: str) -> str:
        timer = self.timers.get(event)
        if timer is not None:
            return f"after {words_of_delay(timer.milliseconds * 1000)}"
        if _is_own(event):
            return "done"
        return "any event" if event == "*" else event

    def beginning(self, owner: State | None) -> tuple[str, ...]:
        """The states that a compound state, or the chart for None, starts in."""
        initial = self.chart.initial if owner is None else owner.initial
        states = self.chart.states if owner is None else owner.states
        if initial is not None:
            return initial.targets
        return (next(state.id for state in states if state.kind not in _HISTORY),)


def _is_own(event: str) -> bool:
    """Whether the compiler has made an event up: of a node that has done what it was to do."""
    return event.startswith("done.actions.")


def _order(state: State, number: int) -> int:
    """The place of a transition among its rivals, from 1; 0 where it has none."""
    own = state.transitions[number]
    rivals = [
        other
        for other in range(len(state.transitions))
        if other == number or _rival(own, state.transitions[other])
    ]
    return rivals.index(number) + 1 if len(rivals) > 1 else 0


def _rival(one: Transition, other: Transition) -> bool:
    """Whether an event may enable both, or both need none."""
    if not one.events or not other.events:
        return not one.events and not other.events
    return "*" in (*one.events, *other.events) or not set(one.events).isdisjoint(other.events)


def drawing_of(chart: Statechart) -> Drawing:
    """The drawing of a chart, its states named after their places."""
    names = {state.id: f"s{number}" for number, state in enumerate(states_in(chart))}
    outer = frozenset(state.id for state in states_in(chart) if state.states)
    parents = dict.fromkeys((state.id for state in chart.states), "")
    for state in states_in(chart):
        parents |= dict.fromkeys((child.id for child in state.states), state.id)
    return Drawing(chart, names, timers_of(chart), outer, parents)


def losses_of(drawing: Drawing) -> Iterator[Loss]:
    """What no diagram shows, in document order."""
    chart = drawing.chart
    every = list(states_in(chart))
    yield from unwatched(chart, "they are not drawn")
    if chart.data or any(state.data for state in every):
        yield Loss("variables", "variables, their types and limits", "they are not drawn")
    if chart.deferred:
        events = ", ".join(f"`{event}`" for event in chart.deferred)
        yield Loss("deferred", f"{events} waits until something listens", "it is not drawn")
    for state in every:
        if len(list(drawing.doings(state))) > LINES:
            yield Loss(
                "cut-actions",
                f"what a state does in more than {LINES} lines",
                "an ellipsis stands for the rest",
                Place(state.id),
            )
        for number, transition in enumerate(state.transitions):
            guard = transition.guard
            if guard is not None and len(" ".join(guard.text.split())) > LENGTH:
                yield Loss(
                    "cut-guards",
                    f"guards of more than {LENGTH} characters",
                    "their beginnings are drawn",
                    Place(state.id, f"{state.id}#{number}", guard.text),
                )
        if any(len(line) > LENGTH for line in drawing.doings(state)):
            yield Loss(
                "cut-texts",
                f"actions of more than {LENGTH} characters",
                "their beginnings are drawn",
                Place(state.id),
            )
