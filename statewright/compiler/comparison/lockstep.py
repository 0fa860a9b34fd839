"""Whether two versions of a flow compute the same: the same expressions, over the same values.

Values that were tried stand for others as far as guards can tell. What is shown, sent or kept
depends on the values themselves. So that two versions may be said to be the same for all values,
each of their steps has to evaluate the same expressions in the same order, and to leave the same
values in the same variables.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from statewright.expressions import Expression
from statewright.expressions.template import Template
from statewright.statechart.actions import Assign
from statewright.statechart.definition import State, Statechart, state_id
from statewright.statechart.snapshot import Snapshot
from statewright.statechart.steps import Macrostep

Told = Mapping[str, tuple[str, ...]]
"""State, with ``>`` entered and with ``<`` left, or transition → the texts that are evaluated."""


class Lockstep:
    """Compares the steps of two versions.

    Args:
        old: the chart of the old version.
        new: the chart of the new one.
        names: node of the old version → the same node of the new one.
    """

    def __init__(self, old: Statechart, new: Statechart, names: Mapping[str, str]) -> None:
        self._names = {state_id(one): state_id(other) for one, other in names.items()}
        self._told = [_told_in(chart) for chart in (old, new)]

    def broken(self, old: Macrostep, new: Macrostep) -> str:
        """Why the same for the values that were tried need not be so for all; ``""`` if it is."""
        one, other = (
            list(_evaluated(told, step)) for told, step in zip(self._told, (old, new), strict=True)
        )
        if one != other:
            differing = (a for a, b in zip(one, other, strict=False) if a != b)
            text = next(differing, max(one, other, key=len)[-1])
            return f"`{text}` is not computed in the same way by both"
        before, after = self._data(old.snapshot, self._names), self._data(new.snapshot, {})
        for key in sorted(before.keys() & after.keys()):
            if before[key] != after[key]:
                return f"`{key[1]}` has different values"
        missing = {key[1] for key in before.keys() ^ after.keys() if _is_read(key[1], one)}
        return f"`{min(missing)}` has a value in one of them only" if missing else ""

    def _data(self, snapshot: Snapshot, names: Mapping[str, str]) -> dict[tuple[str, str], str]:
        return {
            (_renamed(scope, names), name): repr(value)
            for scope, values in snapshot.data.items()
            for name, value in values.items()
            if name != "~fell"  # what is only there for the next error in the same turn
        }


def _renamed(state: str, names: Mapping[str, str]) -> str:
    node, slash, rest = state.partition("/")
    return f"{names.get(node, node)}{slash}{rest}"


def _is_read(name: str, texts: list[str]) -> bool:
    return any(name in text for text in texts)


def _told_in(chart: Statechart) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {">": tuple(_texts(chart.data))}
    waiting: list[State] = list(chart.states)
    while waiting:
        state = waiting.pop()
        waiting.extend(state.states)
        entered = (state.data, state.entry, state.initial, state.invocations, state.donedata)
        awaited = (state.awaits.choices, state.awaits.prompt) if state.awaits else ()
        found[f">{state.id}"] = tuple(_texts((entered, awaited)))
        found[f"<{state.id}"] = tuple(_texts(state.exit))
        for number, way in enumerate(state.transitions):
            found[f"{state.id}#{number}"] = tuple(_texts(way.actions))
    return found


def _texts(value: Any) -> Iterator[str]:
    """The texts of all that is evaluated in some content, with what gets the values."""
    if isinstance(value, Expression):
        yield value.text
    elif isinstance(value, Template):
        if value.holes:
            yield value.text
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, (list, tuple)):
        for part in value:
            yield from _texts(part)
    elif is_dataclass(value) and not isinstance(value, type):
        inner = [text for field in fields(value) for text in _texts(getattr(value, field.name))]
        if inner and isinstance(value, Assign):
            yield ".".join(value.location)
        yield from inner


def _evaluated(told: Told, step: Macrostep) -> Iterator[str]:
    for one in step.microsteps:
        for name in one.exited:
            yield from told.get(f"<{name}", ())
        for name in one.transitions:
            yield from told.get(name, ())
        for name in one.entered:
            yield from told.get(f">{name}", ())
