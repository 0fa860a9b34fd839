"""Event descriptors as XState spells them, and which of a state's transitions each one brings.

XState tries the transitions of a descriptor that is spelled like the event first, then those of
longer descriptors before shorter ones; SCXML tries them in document order. So each descriptor of
a state lists every transition that can match what it matches, in document order: the first list
that XState looks at is already complete.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from statewright.compiler.targets.xstate.names import Naming
from statewright.statechart.actions import Raise, Send
from statewright.statechart.definition import Statechart, Transition
from statewright.statechart.event import meant, normalised, prefixes
from statewright.statechart.structure.traversal import actions_in, states_in

_FAMILIES: Final = (
    ("done.state", "xstate.done.state"),
    ("done.invoke", "xstate.done.actor"),
    ("error.communication", "xstate.error.actor"),
)
"""Events that XState raises itself, and what it calls them."""


@dataclass(frozen=True, slots=True)
class Spelling:
    """How the events of a chart are spelled.

    Attributes:
        names: the events of the platform, and those that the chart sends to itself.
        states: state id → id in XState.
        timers: events that became ``after`` transitions → what XState calls them.
        exact: the events that are meant by their whole names.
    """

    names: frozenset[str]
    states: Mapping[str, str]
    timers: Mapping[str, str]
    exact: frozenset[str] = frozenset()

    def keys(self, stem: str) -> Iterator[str]:
        """The descriptors of XState that match what a normalised descriptor matches."""
        if stem in self.timers:
            yield self.timers[stem]
            return
        if stem == "*" or not self.is_platform(stem):
            yield stem if stem == "*" or stem in self.exact else f"{stem}.*"
            return
        yield from dict.fromkeys(self._platform_keys(stem))

    def _platform_keys(self, stem: str) -> Iterator[str]:
        for family, own in _FAMILIES:
            if family == stem or family.startswith(f"{stem}."):
                yield f"{own}.*"
            elif stem.startswith(f"{family}."):
                yield f"{own}.{self._renamed(family, stem.removeprefix(f'{family}.'))}"
                return
        plain = [name for name in self.names if stem in prefixes(name) and not _is_own(name)]
        if plain == [stem]:
            yield stem
        elif plain:
            yield f"{stem}.*"

    def _renamed(self, family: str, name: str) -> str:
        return self.states.get(name, name) if family == "done.state" else name

    def is_platform(self, stem: str) -> bool:
        """Whether no event of this name comes from outside."""
        return stem.split(".", 1)[0] in {"done", "error"}


def _is_own(name: str) -> bool:
    return any(name.startswith(f"{family}.") for family, _ in _FAMILIES)


def spelling_of(chart: Statechart, naming: Naming, timers: Mapping[str, str]) -> Spelling:
    """The spelling of a chart's events."""
    return Spelling(frozenset(_names(chart)), naming.ids, timers, frozenset(chart.exact))


def _names(chart: Statechart) -> Iterator[str]:
    yield from ("error.execution.action", "error.execution.guard")
    for action in actions_in(chart):
        if isinstance(action, (Raise, Send)):
            yield action.event
    for state in states_in(chart):
        yield f"done.state.{state.id}"
        for invoke in state.invocations:
            yield f"done.invoke.{invoke.id or state.id}"
            yield f"error.communication.{invoke.id or state.id}"


def keys_of(
    transitions: Iterable[tuple[int, Transition]], spelling: Spelling
) -> dict[str, list[int]]:
    """The descriptors of a state, each with the numbers of its transitions, in document order."""
    stems = {
        number: frozenset(map(normalised, transition.events)) for number, transition in transitions
    }
    found: dict[str, list[int]] = {}
    for stem in dict.fromkeys(stem for own in stems.values() for stem in sorted(own)):
        wider = frozenset(("*", *meant(stem, spelling.exact)))
        matching = [number for number, own in stems.items() if own & wider]
        for key in spelling.keys(stem):
            found[key] = sorted({*found.get(key, ()), *matching})
    return found
