"""When two snapshots are the same situation: whatever happens next, both go the same way.

Of a snapshot, that leaves the configuration, what is waited for, and the values of those variables
that still decide something: these are the *dimensions* of a situation, in which a search works with
sets of values. Of other variables that may still be read it only matters whether they are there.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, fields, replace
from operator import attrgetter, itemgetter
from typing import Any, Final

from statewright.compiler.verification.boxes import Box, Table, frozen
from statewright.compiler.verification.dataflow.liveness import Liveness
from statewright.compiler.verification.dataflow.variables import CONTACT, TENANT, Key
from statewright.compiler.verification.inputs.timing import Timing
from statewright.expressions.values import NOTHING
from statewright.statechart.making import maker
from statewright.statechart.playing.play import SCRIPT_NOW
from statewright.statechart.snapshot import Recorded, Snapshot, Timer

_SEVERAL: Final = 2

Control = tuple[Any, ...]
"""All of a situation but the values of its dimensions."""

_OUTSIDE = {CONTACT: "contact", TENANT: "tenant"}


@dataclass(frozen=True, slots=True)
class Carrier:
    """A snapshot, and the values of the contact and the tenant.

    Attributes:
        snapshot: of the session.
        outside: ``contact`` and ``tenant`` → their values.
        moment: when the session began, microseconds since 1970 UTC.
    """

    snapshot: Snapshot
    outside: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    moment: int = SCRIPT_NOW

    def value(self, key: Key) -> Any:
        """The value of a variable, or ``NOTHING``."""
        scope, name = key
        own = self.outside.get(_OUTSIDE[scope], {}) if scope in _OUTSIDE else None
        return (self.snapshot.data.get(scope, {}) if own is None else own).get(name, NOTHING)

    def given(self, values: Mapping[Key, Any]) -> Carrier:
        """The same with other values of some variables."""
        if not values:
            return self
        data, outside = dict(self.snapshot.data), dict(self.outside)
        copied: set[str] = set()
        for (scope, name), value in values.items():
            home: dict[str, Any] = outside if scope in _OUTSIDE else data
            place = _OUTSIDE.get(scope, scope)
            if place not in copied or scope in _OUTSIDE:
                home[place] = dict(home.get(place, {}))
                copied.add(place)
            if value is NOTHING:
                home[place].pop(name, None)
            else:
                home[place][name] = value
        return _carrier(with_data(self.snapshot, data), outside, self.moment)


_carrier = maker(Carrier)


def with_data(
    snapshot: Snapshot,
    data: Mapping[str, Mapping[str, Any]],
    history: Mapping[str, Recorded] | None = None,
) -> Snapshot:
    """The same snapshot with other variables, and with other memories where there are some."""
    values = list(_fields_of(snapshot))
    values[_DATA] = data
    if history is not None:
        values[_HISTORY] = history
    return _snapshot(*values)


_NAMES: Final = tuple(one.name for one in fields(Snapshot))
_DATA: Final = _NAMES.index("data")
_HISTORY: Final = _NAMES.index("history")
_fields_of = attrgetter(*_NAMES)
_snapshot = maker(Snapshot)


def monitors_of(control: Control) -> dict[str, int]:
    """Where the automata of the rules are in a situation."""
    monitors = control[-1]
    return {} if monitors is None else {name: state for name, (_, state) in monitors[1]}


@dataclass(frozen=True, slots=True)
class Living:
    """Which variables make a difference where a session is.

    Attributes:
        values: what is live and decides by its value.
        presence: what is live and may be missed.
        read_later: what may be read at all, though it may have been written by then.
    """

    values: Liveness
    presence: Liveness
    read_later: Liveness


class Situations:
    """Tells what a snapshot is.

    Args:
        relevant: the variables that decide by their values.
        living: what is live.
        kept: variables that count as live wherever a session is.
        free: variables that have any of their values, anew in each macrostep.
        ceilings: of counters, the number that stands for all greater ones.
        steady: variables that are there wherever they can be seen, and always of one type.
        timing: which timers fire first.
    """

    def __init__(
        self,
        relevant: frozenset[Key],
        living: Living,
        free: frozenset[Key],
        kept: frozenset[Key],
        ceilings: Mapping[Key, int],
        steady: frozenset[Key],
        timing: Timing,
    ) -> None:
        self._relevant = relevant - free
        self._living = living
        self._free = free
        self._kept = kept
        self._ceilings = ceilings
        self._steady = steady
        self._timing = timing
        self._known: dict[tuple[str, ...], tuple[tuple[Key, ...], tuple[Key, ...]]] = {}
        self._needed: dict[tuple[str, ...], frozenset[str]] = {}
        self.tables: dict[Key, Table] = {}

    def with_unsure(self, unsure: Collection[str]) -> Situations:
        """The same where the entry of some states may fail; nothing was met yet."""
        living = replace(
            self._living,
            values=self._living.values.with_unsure(unsure),
            presence=self._living.presence.with_unsure(unsure),
        )
        rest = (self._free, self._kept, self._ceilings, self._steady, self._timing)
        return Situations(self._relevant, living, *rest)

    def table(self, key: Key) -> Table:
        """The values of a variable."""
        table = self.tables.get(key)
        if table is None:
            table = self.tables[key] = Table()
        return table

    def values(self, dimensions: tuple[Key, ...], point: Box) -> dict[Key, Any]:
        """The values of variables at a point."""
        return {
            key: self.table(key).values[bit.bit_length() - 1]
            for key, bit in zip(dimensions, point, strict=True)
        }

    def kin(self, key: Key, bit: int) -> int:
        """The values of a variable that have the type of one of them."""
        return self.table(key).kin(bit)

    def needed(self, configuration: tuple[str, ...]) -> frozenset[str]:
        """The variables of the session that may be read after these states were active."""
        needed = self._needed.get(configuration)
        if needed is None:
            mask = self._living.read_later.mask_at(configuration)
            live = {*self._living.read_later.in_mask(mask), *self._kept, *self._free}
            needed = frozenset(name for scope, name in live if scope == "")
            self._needed[configuration] = needed
        return needed

    def bare(self, carrier: Carrier) -> Carrier:
        """The same without the variables of the session that nothing reads any more."""
        snapshot = carrier.snapshot
        own = snapshot.data.get("", {})
        mask = self._living.read_later.mask_at(snapshot.configuration)
        data = {name: value for name, value in own.items() if self._is_needed(("", name), mask)}
        if len(data) == len(own):
            return carrier
        bare = with_data(snapshot, {**snapshot.data, "": data})
        return _carrier(bare, carrier.outside, carrier.moment)

    def _is_needed(self, key: Key, mask: int) -> bool:
        return (
            bool(mask & self._living.read_later.bit(key)) or key in self._kept or key in self._free
        )

    def dimensions(self, configuration: tuple[str, ...]) -> tuple[tuple[Key, ...], tuple[Key, ...]]:
        """The variables whose values matter there, and those of which only the presence does."""
        known = self._known.get(configuration)
        if known is None:
            here = {"", *configuration, CONTACT, TENANT}
            live = self._living.values.at(configuration) | self._kept
            valued = {key for key in live & self._relevant if key[0] in here}
            present = {
                key
                for key in self._living.presence.at(configuration)
                - valued
                - self._free
                - self._steady
                if key[0] in here and key[1]
            }
            known = (tuple(sorted(valued)), tuple(sorted(present)))
            self._known[configuration] = known
        return known

    def of(self, carrier: Carrier) -> tuple[Control, tuple[Key, ...], Box]:
        """The situation of a session that is active: control, dimensions, and the point in it."""
        snapshot = carrier.snapshot
        valued, present = self.dimensions(snapshot.configuration)
        control = (
            snapshot.configuration,
            snapshot.floor,
            carrier.moment,
            tuple((one.name, one.state, one.owner) for one in snapshot.invocations),
            self._pending(snapshot.timers),
            tuple(type(carrier.value(key)).__name__ for key in present),
            tuple(event.name for event in snapshot.deferred),
            self._memory(snapshot),
            frozen(dict(snapshot.monitors)) if snapshot.monitors else None,
        )
        point = tuple(self.table(key).bit(self._value(carrier, key)) for key in valued)
        return control, valued, point

    def _pending(self, timers: tuple[Timer, ...]) -> Any:
        """The timers that wait, and what is known of their order, however long they do."""
        if len(timers) < _SEVERAL:
            return tuple((one.event, one.state, one.owner) for one in timers)
        named = sorted(
            (((one.event, one.state, one.owner), one) for one in timers), key=itemgetter(0)
        )
        told = tuple(name for name, _ in named)
        return told, self._timing.order([timer for _, timer in named])

    def _value(self, carrier: Carrier, key: Key) -> Any:
        value = carrier.value(key)
        ceiling = self._ceilings.get(key)
        return ceiling if ceiling is not None and type(value) is int and value > ceiling else value

    def _memory(self, snapshot: Snapshot) -> Any:
        """What history states remember, without values that decide nothing."""
        return tuple(
            (
                name,
                one.states,
                tuple(
                    (scope, variable, frozen(value))
                    for scope, variables in sorted(one.data.items())
                    for variable, value in sorted(variables.items())
                    if (scope, variable) in self._relevant
                ),
            )
            for name, one in sorted(snapshot.history.items())
        )
