"""A session at one moment, as expressions see it: its names, and the functions it adds to CEL's."""

from __future__ import annotations

from abc import abstractmethod
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any, Final

from statewright.errors import EvaluationError
from statewright.expressions.evaluation.insight import ABSENT, Insight
from statewright.expressions.nanoseconds import EPOCH, MICROSECOND
from statewright.expressions.operations.lots import drawn
from statewright.statechart.event import PROCESSOR, Event
from statewright.statechart.snapshot import Snapshot
from statewright.statechart.structure.nodes import Node, Scope
from statewright.statechart.structure.tree import Tree

Host = Mapping[str, Callable[..., Any]]
"""Functions that expressions may call besides those of CEL."""

ORDER: Final = attrgetter("order")


class Scene(Insight, Mapping[str, Any]):
    """What expressions see: a map from names to values, at the moment at which one is evaluated.

    The names are ``contact tenant session event input now vars``, and the variables. One without a
    value is a missing key: variables that are declared but unset, ``event`` at the start, ``input``
    of an event that brings none. Two scenes are equal only if they are the same one.

    Attributes that ``Snapshot`` has too mean what they mean there. The others:

    Attributes:
        tree: of the chart.
        before: the session as it was when the turn began.
        active: the configuration as nodes, in document order.
        event: what is being handled, or None at the start.
        node: the state whose expressions are evaluated.
        place: where in the state they stand, for ``draw``.
        writes: how often data may have changed.
    """

    __slots__ = (
        "_event_map",
        "_event_seen",
        "_scope_seen",
        "_vars",
        "_writes_seen",
        "active",
        "before",
        "data",
        "event",
        "floor",
        "node",
        "place",
        "tree",
        "visits",
        "writes",
    )

    def __init__(
        self, tree: Tree, snapshot: Snapshot, active: Sequence[Node], event: Event | None = None
    ) -> None:
        self.tree = tree
        self.before = snapshot
        self.active: Sequence[Node] = active
        self.data: Mapping[str, Mapping[str, Any]] = snapshot.data
        self.visits: Mapping[str, int] = snapshot.visits
        self.floor: tuple[str, ...] = snapshot.floor
        self.event = event
        self.node: Node = tree.root
        self.place: tuple[Any, ...] = ()
        self.writes = 0
        # What `vars` was made of last time, and what came of it.
        self._scope_seen: Scope | None = None
        self._writes_seen: int
        self._vars: Mapping[str, Any]
        # What `event` was made of last time, and what came of it.
        self._event_seen: Event | None = None
        self._event_map: Mapping[str, Any]

    __eq__ = object.__eq__
    __hash__ = object.__hash__

    # What depends on all sessions of the turn

    @property
    @abstractmethod
    def turn(self) -> int:
        """The number of this turn."""

    @property
    @abstractmethod
    def now(self) -> int:
        """The clock of the outermost session, microseconds since 1970 UTC."""

    @property
    @abstractmethod
    def contact(self) -> Mapping[str, Any]:
        """The contact's values that this turn reads, with what it has written to them."""

    @property
    @abstractmethod
    def tenant(self) -> Mapping[str, Any]:
        """The same of the tenant."""

    # Names

    def __getitem__(self, name: str) -> Any:
        scope = self.node.scope
        variable = scope.found.get(name)
        if variable is None:
            root = _ROOTS.get(name)
            if root is not None:
                return root(self)
            variable = scope.variable(name)
            if variable is None:
                raise KeyError(name)
        return self.data[variable.scope][name]

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys((*_ROOTS, *self.vars())))

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def vars(self) -> Mapping[str, Any]:
        """Every visible variable that is set."""
        if self._scope_seen is not self.node.scope or self._writes_seen != self.writes:
            self._scope_seen = self.node.scope
            self._writes_seen = self.writes
            self._vars = _visible_in(self.node.scope, self.data)
        return self._vars

    def part(self, name: str, key: str) -> Any:
        """What ``vars['key']`` is, if that variable is set."""
        if name != "vars":
            return ABSENT
        variable = self.node.scope.variable(key)
        own = None if variable is None else self.data.get(variable.scope)
        return ABSENT if own is None else own.get(key, ABSENT)

    def event_map(self) -> Mapping[str, Any]:
        """The event that is handled (SCXML's ``_event``).

        Raises:
            KeyError: there is none.
        """
        event = self.event
        if event is None:
            raise KeyError("event")
        if self._event_seen is not event:
            self._event_seen = event
            self._event_map = _map_from_event(event)
        return self._event_map

    def event_data(self) -> Any:
        """What the event that is handled carries.

        Raises:
            KeyError: there is none.
        """
        event = self.event
        if event is None:
            raise KeyError("event")
        return {} if event.data is None else event.data

    def input(self) -> Any:
        """What the user answered: a value that was chosen, else the text without outer blanks.

        Raises:
            KeyError: the event brings neither.
        """
        event = self.event
        data = None if event is None else event.data
        if isinstance(data, dict):
            if data.get("value") is not None:
                return data["value"]
            if isinstance(data.get("text"), str):
                return data["text"].strip()
        raise KeyError("input")

    def session_map(self) -> Mapping[str, Any]:
        """Facts of the session.

        ``floor`` lists the states that listen, the holder first; ``ioprocessors`` says where events
        for the session are sent to (SCXML's ``_ioprocessors``).
        """
        processor = {"location": f"#_scxml_{self.before.session}"}
        return {
            "id": self.before.session,
            "flow": self.tree.chart.name,
            "turns": self.turn,
            "now": timestamp_from_micros(self.now),
            "floor": list(self.floor),
            "ioprocessors": {PROCESSOR: processor, "scxml": processor},
        }

    # Functions

    @property
    def host(self) -> Host:
        """The functions that expressions may call besides those of CEL."""
        return {"draw": self.draw, "In": self.is_in}

    def draw(self, site: int, *arguments: Any) -> int:
        """A number from 0 to below n: the same whenever this call is asked in this visit."""
        node = self.node
        visit = self.visits.get(node.id, 0)
        n = arguments[0] if len(arguments) == 1 else None
        return drawn(n, (self.before.seed, node.id, visit, self.place, site))

    def is_in(self, _site: int, *arguments: Any) -> bool:
        """Whether the state of this id is active (SCXML's ``In``)."""
        match arguments:
            case (str(name),):
                node = self.tree.nodes.get(name)
                return node is not None and self.is_active(node)
            case _:
                raise EvaluationError("`In(id)` takes the id of a state as a string")

    def is_active(self, node: Node) -> bool:
        """Whether a state is in the configuration."""
        at = bisect_left(self.active, node.order, key=ORDER)
        return at < len(self.active) and self.active[at] is node


_ROOTS: Final[dict[str, Callable[[Scene], Any]]] = {
    "contact": lambda scene: scene.contact,
    "tenant": lambda scene: scene.tenant,
    "session": Scene.session_map,
    "event": Scene.event_map,
    "input": Scene.input,
    "now": lambda scene: timestamp_from_micros(scene.now),
    "vars": Scene.vars,
}


def copied(variables: Mapping[str, Any]) -> dict[str, Any]:
    """The variables of a scope, to be written to.

    Whoever hands in a map of a kind of their own, to see what is asked of it, gets that kind back.
    """
    return variables.copy() if isinstance(variables, dict) else dict(variables)


def timestamp_from_micros(micros: int) -> datetime:
    """The moment so many microseconds after the start of 1970, UTC."""
    return EPOCH + micros * MICROSECOND


def _visible_in(scope: Scope | None, data: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """The variables that are set in a scope, or in those around it."""
    scopes: list[Scope] = []
    while scope is not None:
        scopes.append(scope)
        scope = scope.outer
    seen: dict[str, Any] | None = None
    for one in reversed(scopes):
        own = data.get(one.id, {})
        if seen is None:
            seen = copied(own)
            continue
        for name in one.declared:
            seen.pop(name, None)
        seen.update(own)
    return {} if seen is None else seen


def _map_from_event(event: Event) -> Mapping[str, Any]:
    """What expressions see of an event.

    One that carries nothing has an empty map as its data; what SCXML calls blank is not there.
    """
    data = {} if event.data is None else event.data
    seen = {"name": event.name, "data": data, "kind": str(event.kind)}
    if event.sendid:
        seen["sendid"] = event.sendid
    if event.origin:
        seen["origin"] = event.origin
        seen["origintype"] = event.origintype
    if event.invokeid:
        seen["invokeid"] = event.invokeid
    if event.invocation:
        seen["invocation"] = event.invocation
    return seen
