"""Notes which variables are really looked at while a chart runs.

The executor gets its variables in maps that remember what was asked of them. Whoever asks for all
of a map has asked for everything, be it there or not.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from statewright.compiler.verification.situations import with_data
from statewright.compiler.verification.variables import CONTACT, TENANT, Key
from statewright.statechart.snapshot import Recorded, Snapshot

if TYPE_CHECKING:
    from _collections_abc import dict_items, dict_keys, dict_values


@dataclass(slots=True)
class Looks:
    """What was asked of the variables of a scope.

    Attributes:
        names: of the variables that were looked at before they were written.
        all: whether all of them were.
    """

    names: set[str] = field(default_factory=set)
    all: bool = False


class Watched(dict[str, Any]):
    """The variables of a scope, or all that can be seen in one.

    Args:
        values: of the variables.
        looks: what is asked of them is noted here.

    Attributes:
        looks: where what is asked is noted: for each of the scopes that it is made of.
        homes: names of variables of inner scopes → where they are noted.
        written: names of variables that were written.
    """

    __slots__ = ("homes", "looks", "written")

    def __init__(self, values: Mapping[str, Any], looks: Looks) -> None:
        super().__init__(values)
        self.looks = [looks]
        self.homes: dict[str, Looks] = {}
        self.written: set[str] = set()

    def copy(self) -> Watched:
        """The same variables, of which the same is noted."""
        made = Watched(plain(self), self.looks[0])
        made.looks = list(self.looks)
        made.homes = dict(self.homes)
        made.written = set(self.written)
        return made

    def update(self, inner: Mapping[str, Any]) -> None:  # type: ignore[override]  # all that is used
        """Let the variables of a scope be seen that lies inside."""
        if isinstance(inner, Watched):
            self.looks += inner.looks
            # Names that were hidden by it may be asked for now, be they there or not.
            self.written = set(inner.written)
            self.homes.update(dict.fromkeys(dict.keys(inner), inner.looks[0]))
        else:
            self.written |= inner.keys()
        for name, value in dict.items(inner) if isinstance(inner, dict) else inner.items():
            super().__setitem__(name, value)

    def _note(self, name: str) -> None:
        if name in self.written:
            return
        if name in self.homes:
            self.homes[name].names.add(name)
        else:
            for looks in self.looks:
                looks.names.add(name)

    def _note_all(self) -> None:
        for looks in self.looks:
            looks.all = True

    def __setitem__(self, name: str, value: Any) -> None:
        self.written.add(name)
        super().__setitem__(name, value)

    def pop(self, name: str, *default: Any) -> Any:
        """Unset a variable, whatever it was."""
        self.written.add(name)
        return super().pop(name, *default)

    def __getitem__(self, name: str) -> Any:
        self._note(name)
        return super().__getitem__(name)

    def get(self, name: str, default: Any = None) -> Any:
        """The value of one."""
        self._note(name)
        return super().get(name, default)

    def __contains__(self, name: object) -> bool:
        self._note(str(name))
        return super().__contains__(name)

    def __iter__(self) -> Iterator[str]:
        self._note_all()
        return super().__iter__()

    def __len__(self) -> int:
        self._note_all()
        return super().__len__()

    def __eq__(self, other: object) -> bool:
        self._note_all()
        return super().__eq__(other)

    __hash__ = None

    def keys(self) -> dict_keys[str, Any]:
        """The names of all that have a value."""
        self._note_all()
        return super().keys()

    def values(self) -> dict_values[str, Any]:
        """The values of all."""
        self._note_all()
        return super().values()

    def items(self) -> dict_items[str, Any]:
        """All of them."""
        self._note_all()
        return super().items()


def plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """Variables that nobody watches; that they are all looked at here is not noted."""
    return dict(dict.items(values)) if isinstance(values, dict) else dict(values)


class Watch:
    """Watches over one macrostep.

    Args:
        snapshot: before it.

    Attributes:
        snapshot: the same, to be run.
    """

    def __init__(self, snapshot: Snapshot) -> None:
        self._looks = {scope: Looks() for scope in snapshot.data}
        self.snapshot = with_data(
            snapshot,
            {scope: Watched(values, self._looks[scope]) for scope, values in snapshot.data.items()},
        )

    def seen(self, keys: frozenset[Key]) -> frozenset[Key]:
        """Those of some variables that may have been looked at before they were written."""
        return frozenset(key for key in keys if self._is_seen(key))

    def _is_seen(self, key: Key) -> bool:
        scope, name = key
        if scope in {CONTACT, TENANT}:
            return True
        looks = self._looks.get(scope)
        return looks is None or looks.all or name in looks.names

    def unwatched(self, after: Snapshot) -> Snapshot:
        """The snapshot after the macrostep, with variables that nobody watches any more."""
        data = {scope: plain(values) for scope, values in after.data.items()}
        if after.history is self.snapshot.history:
            return with_data(after, data)
        history = {
            name: Recorded(one.states, {scope: plain(own) for scope, own in one.data.items()})
            for name, one in after.history.items()
        }
        return with_data(after, data, history)
