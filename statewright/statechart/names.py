"""What expressions see of a session: its names, and the functions it adds to CEL's."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from statewright.errors import EvaluationError
from statewright.expressions.lots import drawn
from statewright.expressions.nanoseconds import EPOCH, MICROSECOND
from statewright.statechart.event import PROCESSOR, Event
from statewright.statechart.nodes import Scope
from statewright.statechart.scene import Host, Scene


class Names(Mapping[str, Any]):
    """The roots of expressions: ``contact tenant session event input now vars``, and the variables.

    A name without a value is a missing key: variables that are declared but unset, ``event`` at the
    start, ``input`` of an event that brings none.
    """

    __slots__ = ("_event", "_event_map", "_scope", "_vars", "_writes", "scene")

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        # What `vars` was made of last time, and what came of it.
        self._scope: Scope | None = None
        self._writes: int
        self._vars: Mapping[str, Any]
        # What `event` was made of last time, and what came of it.
        self._event: Event | None = None
        self._event_map: Mapping[str, Any]

    def __getitem__(self, name: str) -> Any:
        scene = self.scene
        scope = scene.node.scope
        variable = scope.found.get(name)
        if variable is None:
            root = _ROOTS.get(name)
            if root is not None:
                return root(self)
            variable = scope.variable(name)
            if variable is None:
                raise KeyError(name)
        return scene.data[variable.scope][name]

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys((*_ROOTS, *self.variables())))

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def variables(self) -> Mapping[str, Any]:
        """Every visible variable that is set."""
        scene = self.scene
        if self._scope is not scene.node.scope or self._writes != scene.writes:
            self._scope = scene.node.scope
            self._writes = scene.writes
            self._vars = self._visible()
        return self._vars

    def _visible(self) -> dict[str, Any]:
        data = self.scene.data
        scopes: list[Scope] = []
        scope: Scope | None = self.scene.node.scope
        while scope is not None:
            scopes.append(scope)
            scope = scope.outer
        seen: dict[str, Any] = {}
        for scope in reversed(scopes):
            for name in scope.declared:
                seen.pop(name, None)
            seen.update(data.get(scope.id, {}))
        return seen

    def event(self) -> Mapping[str, Any]:
        """The event that is handled (SCXML's ``_event``)."""
        event = self.scene.event
        if event is None:
            raise KeyError("event")
        if self._event is not event:
            self._event = event
            self._event_map = _map_from_event(event)
        return self._event_map

    def event_data(self) -> Any:
        """What the event that is handled carries."""
        event = self.scene.event
        if event is None:
            raise KeyError("event")
        return {} if event.data is None else event.data

    def input(self) -> Any:
        """What the user answered: a value that was chosen, else the text without outer blanks."""
        event = self.scene.event
        data = None if event is None else event.data
        if isinstance(data, dict):
            if "value" in data:
                return data["value"]
            if isinstance(data.get("text"), str):
                return data["text"].strip()
        raise KeyError("input")

    def session(self) -> Mapping[str, Any]:
        """Facts of the session.

        ``floor`` lists the states that listen, the holder first; ``ioprocessors`` says where events
        for the session are sent to (SCXML's ``_ioprocessors``).
        """
        scene = self.scene
        processor = {"location": f"#_scxml_{scene.before.session}"}
        return {
            "id": scene.before.session,
            "flow": scene.tree.chart.name,
            "turns": scene.family.turn,
            "now": timestamp_from_micros(scene.family.now),
            "floor": list(scene.floor),
            "ioprocessors": {PROCESSOR: processor, "scxml": processor},
        }

    def now(self) -> datetime:
        """The clock of the session."""
        return timestamp_from_micros(self.scene.family.now)

    def contact(self) -> Mapping[str, Any]:
        """The contact's values, with what this turn has written to them."""
        return self.scene.family.contact

    def tenant(self) -> Mapping[str, Any]:
        """The tenant's values, with what this turn has written to them."""
        return self.scene.family.tenant

    @property
    def host(self) -> Host:
        """The functions that expressions may call besides those of CEL."""
        return {"draw": self.draw, "In": self.is_in}

    def draw(self, site: int, *arguments: Any) -> int:
        """A number from 0 to below n: the same whenever this call is asked in this visit."""
        scene = self.scene
        node = scene.node
        visit = scene.visits.get(node.id, 0)
        n = arguments[0] if len(arguments) == 1 else None
        return drawn(n, (scene.before.seed, node.id, visit, scene.place, site))

    def is_in(self, _site: int, *arguments: Any) -> bool:
        """Whether the state of this id is active (SCXML's ``In``)."""
        match arguments:
            case (str(name),):
                node = self.scene.tree.nodes.get(name)
                return node is not None and self.scene.is_active(node)
            case _:
                raise EvaluationError("`In(id)` takes the id of a state as a string")


_ROOTS: Final[dict[str, Callable[[Names], Any]]] = {
    "contact": Names.contact,
    "tenant": Names.tenant,
    "session": Names.session,
    "event": Names.event,
    "input": Names.input,
    "now": Names.now,
    "vars": Names.variables,
}


def timestamp_from_micros(micros: int) -> datetime:
    """The moment so many microseconds after the start of 1970, UTC."""
    return EPOCH + micros * MICROSECOND


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
