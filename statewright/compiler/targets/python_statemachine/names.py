"""What states and events are called in python-statemachine.

States become attributes of classes, and events of machines: names have to be identifiers, and must
not be those of attributes that the library has already.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from keyword import iskeyword, issoftkeyword
from typing import Final
from unicodedata import normalize

from statewright.compiler.targets.naming import unique
from statewright.statechart.definition import Statechart
from statewright.statechart.event import normalised
from statewright.statechart.structure.traversal import states_in

_MACHINE_WORDS: Final = """
TransitionNotAllowed listening variables activate_initial_state active_listeners add_event
add_from_attributes add_inherited add_listener add_state allow_event_without_transition
allowed_events atomic_configuration_update bind_events_to cancel_event catch_errors_as_events
configuration configuration_values current_state current_state_value enable_self_transition_entries
enabled_events events history_values id is_terminated listeners listeners_inherit model name
prepare prepare_event raise_ send start_configuration_values state_field states states_map
validate_disconnected_states validate_final_reachability validate_trap_states
"""
MACHINE: Final = frozenset(_MACHINE_WORDS.split())
"""Attributes of machines and their classes."""

_STATE_WORDS: Final = """
Any Chart Compound HistoryState Parallel State ancestors document_order enter event
event_data exit final from_ happened history initial invoke is_active is_atomic is_compound
is_descendant is_history machine parallel parent source to transition transitions type value
"""
STATE: Final = frozenset(_STATE_WORDS.split())
"""Attributes of states, and what the module of a class that is written names."""

_CONVENTIONS: Final = (
    *("on_", "before_", "after_"),  # of the library
    *("act_", "declare_", "enter_", "exit_", "guard_", "output_", "validate_"),  # of classes
)
"""How the names of functions begin that belong to a state, an event or a transition."""

_DONE: Final = "done.state."
_SPACES: Final = str.maketrans({"␣": "␣1", " ": "␣0"})
"""The library reads a blank as the end of an event."""


@dataclass(frozen=True, slots=True)
class Naming:
    """The names of one chart.

    Attributes:
        machine: the name of the class.
        states: state id → identifier, unique in the machine.
        start: an identifier for one more state.
        reserved: what no event may be called.
        dotted: the ids of states that have dots.
        exact: the events that are meant by their whole names.
    """

    machine: str
    states: Mapping[str, str]
    start: str
    reserved: frozenset[str]
    dotted: tuple[str, ...] = ()
    exact: tuple[str, ...] = ()

    def event(self, name: str) -> str:
        """An event, or an event descriptor that is normalised, as the library is told of it."""
        known = self.states.get(name.removeprefix(_DONE)) if name.startswith(_DONE) else None
        if known is not None:
            return _DONE + known
        for own in self.exact:
            # To the library, a name with a dot would be that event, too.
            if name.startswith(f"{own}."):
                name = f"{own}␣3{name[len(own) + 1 :]}"
        first, dot, rest = name.translate(_SPACES).partition(".")
        while first in self.reserved:
            first += "_"
        if first.startswith("_"):
            first = f"␣2{first[1:]}"
        return first + dot + rest

    def descriptors(self, events: Iterable[str]) -> list[str]:
        """The event descriptors of a transition, each once."""
        return list(dict.fromkeys(one for event in events for one in self._descriptors(event)))

    def _descriptors(self, event: str) -> Iterator[str]:
        stem = normalised(event)
        if stem.startswith(_DONE):
            # The names of states have no dots here, which their ids may have.
            yield from (
                _DONE + self.states[one]
                for one in self.dotted
                if f"{_DONE}{one}".startswith(f"{stem}.")
            )
        yield stem if stem == "*" else self.event(stem)


def naming_of(chart: Statechart) -> Naming:
    """The names of a chart."""
    taken = {*MACHINE, *STATE}
    states = {state.id: unique(identifier(state.id), taken) for state in states_in(chart)}
    start = unique("start", taken)
    words = identifier(chart.name).replace("_", " ").title().replace(" ", "")
    machine = f"{words}_" if iskeyword(words) else words or "Chart"
    reserved = MACHINE | {*states.values(), start}
    dotted = tuple(one for one in states if "." in one)
    return Naming(machine, states, start, reserved, dotted, chart.exact)


def identifier(text: str) -> str:
    """A text as an identifier that is no convention of anybody's.

    >>> identifier("~talk"), identifier("ask_name/~wait"), identifier("2nd"), identifier("class")
    ('talk', 'ask_name_wait', 's2nd', 'class_')
    """
    letters = (one if f"s{one}".isidentifier() else "_" for one in normalize("NFKC", text))
    plain = "_".join(filter(None, "".join(letters).split("_"))) or "state"
    if not plain.isidentifier() or plain.startswith(_CONVENTIONS):
        plain = f"s{plain}" if not plain.isidentifier() else f"s_{plain}"
    return f"{plain}_" if iskeyword(plain) or issoftkeyword(plain) else plain
