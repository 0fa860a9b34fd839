"""Notes which variables are really looked at while a chart runs.

The executor gets its variables in maps that remember what was asked of them. Whoever asks for all
of a map has asked for everything, be it there or not. What a guard asks is told apart: many guards
may be tried in a macrostep, and few of them are, or come to all that they read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from statewright.compiler.verification.dataflow.variables import CONTACT, TENANT, Key
from statewright.compiler.verification.world.situations import with_data
from statewright.expressions import Expression, evaluate
from statewright.statechart.snapshot import Recorded, Snapshot
from statewright.statechart.stepping.scene import Scene
from statewright.statechart.structure.nodes import Program
from statewright.statechart.structure.tree import Tree

if TYPE_CHECKING:
    from _collections_abc import dict_items, dict_keys, dict_values


@dataclass(slots=True)
class Asking:
    """Who is looking.

    Attributes:
        guard: whether it is a guard.
    """

    guard: bool = False


@dataclass(slots=True)
class Looks:
    """What was asked of the variables of a scope.

    Attributes:
        names: of the variables that were looked at before they were written.
        all: whether all of them were.
        by_guards: the names of those at which a guard has looked.
        all_by_guards: whether a guard has looked at all.
        asking: who is looking.
    """

    names: set[str] = field(default_factory=set)
    all: bool = False
    by_guards: set[str] = field(default_factory=set)
    all_by_guards: bool = False
    asking: Asking = field(default_factory=Asking)

    def note(self, name: str) -> None:
        """Note that a variable is looked at."""
        self.names.add(name)
        if self.asking.guard:
            self.by_guards.add(name)

    def note_all(self) -> None:
        """Note that all are looked at."""
        self.all = True
        self.all_by_guards |= self.asking.guard


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

    def __init__(self, values: Mapping[str, Any] | Iterable[tuple[str, Any]], looks: Looks) -> None:
        super().__init__(values)
        self.looks = [looks]
        self.homes: dict[str, Looks] = {}
        self.written: set[str] = set()

    def copy(self) -> Watched:
        """The same variables, of which the same is noted."""
        made = Watched(dict.items(self), self.looks[0])
        made.looks = self.looks.copy()
        made.homes = self.homes.copy()
        made.written = self.written.copy()
        return made

    def update(self, inner: Mapping[str, Any]) -> None:  # type: ignore[override]  # all that is used
        """Let the variables of a scope be seen that lies inside."""
        if isinstance(inner, Watched):
            self.looks += inner.looks
            # Names that were hidden by it may be asked for now, be they there or not.
            self.written = inner.written.copy()
            self.homes.update(dict.fromkeys(dict.keys(inner), inner.looks[0]))
        else:
            self.written |= inner.keys()
        super().update(dict.items(inner) if isinstance(inner, dict) else inner)

    def _note(self, name: str) -> None:
        if name in self.written:
            return
        if name in self.homes:
            self.homes[name].note(name)
        else:
            for looks in self.looks:
                looks.note(name)

    def _note_all(self) -> None:
        for looks in self.looks:
            looks.note_all()

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


@contextmanager
def guards_told(tree: Tree, asking: Asking) -> Iterator[None]:
    """Let it be told when a guard of a chart looks at something, for as long as this is open.

    Args:
        tree: of the chart, which may be that of a chart that others run.
        asking: where it is told.
    """
    guards = [(arc.source.scope.programs, arc.guard) for arc in tree.arcs.values() if arc.guard]
    for programs, guard in guards:
        programs[guard.text] = Program(_told(guard, asking))
    try:
        yield
    finally:
        for programs, guard in guards:
            programs.pop(guard.text, None)


def _told(guard: Expression, asking: Asking) -> Callable[[Scene], Any]:
    def function(scene: Scene) -> Any:
        asking.guard = True
        try:
            return evaluate(guard, scene, scene.host)
        finally:
            asking.guard = False

    return function


class Watch:
    """Watches over one macrostep.

    Args:
        snapshot: before it.
        asking: who is looking; see ``tell_guards``.

    Attributes:
        snapshot: the same, to be run.
    """

    def __init__(self, snapshot: Snapshot, asking: Asking | None = None) -> None:
        asking = Asking() if asking is None else asking
        self._looks = {scope: Looks(asking=asking) for scope in snapshot.data}
        self.snapshot = with_data(
            snapshot,
            {scope: Watched(values, self._looks[scope]) for scope, values in snapshot.data.items()},
        )

    def seen(self, keys: frozenset[Key]) -> frozenset[Key]:
        """Those of some variables that may have been looked at before they were written."""
        return frozenset(key for key in keys if self._is_seen(key))

    def seen_by_guards(self, keys: frozenset[Key]) -> frozenset[Key]:
        """Those of some variables at which a guard may have looked before they were written."""
        return frozenset(key for key in keys if self._is_seen(key, guard=True))

    def _is_seen(self, key: Key, *, guard: bool = False) -> bool:
        scope, name = key
        if scope in {CONTACT, TENANT}:
            return True
        looks = self._looks.get(scope)
        if looks is None:
            return True
        if guard:
            return looks.all_by_guards or name in looks.by_guards
        return looks.all or name in looks.names

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
