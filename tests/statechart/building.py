"""Charts in few words, and sessions in one line: what the tests of the statechart share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from statewright.expressions import Computed, Content, Literal, Place, parse, parse_template
from statewright.expressions import Text as Template
from statewright.statechart import (
    Datum,
    Event,
    Macrostep,
    Snapshot,
    State,
    Statechart,
    StateKind,
    Transition,
    TransitionKind,
    macrostep,
    start,
)
from statewright.statechart.actions import Action, Assign, Raise, Say
from statewright.statechart.effects import EffectKind

SECOND = 1_000_000


def cel(text: str) -> Computed:
    """A content that is computed."""
    return Computed(parse(text))


def text(template: str, place: Place = Place.TEXT) -> Template:
    """A content that is a template."""
    return Template(parse_template(template, place))


def to(
    *targets: str,
    on: str = "",
    when: str = "",
    do: Action | tuple[Action, ...] = (),
    internal: bool = False,
) -> Transition:
    """A transition; ``on`` may name several events, with blanks between them."""
    return Transition(
        targets=targets,
        events=tuple(on.split()),
        guard=parse(when) if when else None,
        kind=TransitionKind.INTERNAL if internal else TransitionKind.EXTERNAL,
        actions=do if isinstance(do, tuple) else (do,),
    )


def atom(name: str, *transitions: Transition, **more: Any) -> State:
    """An atomic state."""
    return State(name, transitions=transitions, **more)


def final(name: str, **more: Any) -> State:
    """A final state."""
    return State(name, StateKind.FINAL, **more)


def compound(name: str, *states: State, on: tuple[Transition, ...] = (), **more: Any) -> State:
    """A compound state; ``on`` are its transitions."""
    return State(name, StateKind.COMPOUND, states=states, transitions=on, **more)


def parallel(name: str, *states: State, on: tuple[Transition, ...] = (), **more: Any) -> State:
    """A parallel state; ``on`` are its transitions."""
    return State(name, StateKind.PARALLEL, states=states, transitions=on, **more)


def history(name: str, *default: str, deep: bool = False, do: tuple[Action, ...] = ()) -> State:
    """A history state with its default targets."""
    kind = StateKind.DEEP_HISTORY if deep else StateKind.SHALLOW_HISTORY
    return State(name, kind, initial=Transition(default, actions=do))


def chart(*states: State, data: Mapping[str, Any] | None = None, **more: Any) -> Statechart:
    """A chart; ``data`` gives each variable a value, a declaration, or None for unset."""
    return Statechart("test", states, data=data_of(data or {}), **more)


def data_of(variables: Mapping[str, Any]) -> tuple[Datum, ...]:
    """Declarations of variables from their values; a ``Datum`` is one already."""
    return tuple(
        value
        if isinstance(value, Datum)
        else Datum(name, value=None if value is None else Literal(value))
        for name, value in variables.items()
    )


def assign(location: str, value: Content | str) -> Assign:
    """An assignment; a text is an expression."""
    return Assign(tuple(location.split(".")), cel(value) if isinstance(value, str) else value)


def note(word: str) -> Assign:
    """Append a word to the variable ``trace``."""
    return assign("trace", f"trace + ['{word}']")


def said(step: Macrostep) -> list[Any]:
    """What was said in a step."""
    return [e.data["content"] for e in step.effects if e.kind is EffectKind.SAY]


def incidents(step: Macrostep) -> list[str]:
    """The names of a step's incidents."""
    return [incident.name for incident in step.incidents]


@dataclass
class Session:
    """A session of a chart, to be sent events; remembers its last step."""

    chart: Statechart
    step: Macrostep

    @property
    def snapshot(self) -> Snapshot:
        return self.step.snapshot

    @property
    def states(self) -> list[str]:
        return list(self.snapshot.configuration)

    @property
    def data(self) -> Mapping[str, Any]:
        return self.snapshot.data[""]

    def send(self, name: str, data: Any = None, *, at: int = 0, **more: Any) -> Macrostep:
        self.step = macrostep(self.chart, self.snapshot, Event(name, data, at, **more))
        return self.step

    def answer(self, data: Any = None, *, at: int = 0, failed: bool = False) -> Macrostep:
        """The result of the oldest pending invocation."""
        pending = self.snapshot.invocations[0]
        name = "error.communication" if failed else "done.invoke"
        return self.send(f"{name}.{pending.name}", data, at=at, invocation=pending.id)


def begun(chart: Statechart, **more: Any) -> Session:
    """A session of a chart, started at the beginning of time."""
    options = {"session": "s", "seed": "seed", "now": 0, **more}
    return Session(chart, start(chart, **options))


__all__ = ["Raise", "Say", "Session", "begun", "chart"]
