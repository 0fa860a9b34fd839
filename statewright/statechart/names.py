"""What expressions see of a session: its names, and the functions it adds to CEL's."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

from statewright.errors import EvaluationError
from statewright.expressions.nanoseconds import EPOCH, MICROSECOND
from statewright.statechart.nodes import Scope
from statewright.statechart.snapshot import Snapshot
from statewright.statechart.tree import Tree
from statewright.statechart.working import Working


class Names(Mapping[str, Any]):
    """The roots of expressions: ``contact tenant session event input now vars``, and the variables.

    A name without a value is a missing key: variables that are declared but unset, ``event`` at the
    start, ``input`` of an event that brings none.
    """

    __slots__ = ("_scope", "_vars", "_working", "_writes")

    def __init__(self, working: Working) -> None:
        self._working = working
        # What `vars` was made of last time, and what came of it.
        self._scope: Scope | None = None
        self._writes = 0
        self._vars: Mapping[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        working = self._working
        scope = working.node.scope
        variable = scope.found.get(name)
        if variable is None:
            root = _ROOTS.get(name)
            if root is not None:
                return root(self)
            variable = scope.variable(name)
            if variable is None:
                raise KeyError(name)
        return working.data[variable.scope][name]

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys((*_ROOTS, *self.variables())))

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def variables(self) -> Mapping[str, Any]:
        """Every visible variable that is set."""
        working = self._working
        if self._scope is not working.node.scope or self._writes != working.writes:
            self._scope = working.node.scope
            self._writes = working.writes
            self._vars = self._visible()
        return self._vars

    def _visible(self) -> dict[str, Any]:
        data = self._working.data
        scopes: list[Scope] = []
        scope: Scope | None = self._working.node.scope
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
        """The event that is handled; one that carries nothing reads as an empty map."""
        event = self._working.event
        if event is None:
            raise KeyError("event")
        data = {} if event.data is None else event.data
        seen = {"name": event.name, "data": data, "kind": str(event.kind)}
        if event.sendid:
            seen["sendid"] = event.sendid
        if event.invocation:
            seen["invocation"] = event.invocation
        return seen

    def input(self) -> Any:
        """What the user answered: a value that was chosen, else the text without outer blanks."""
        event = self._working.event
        data = None if event is None else event.data
        if isinstance(data, dict):
            if "value" in data:
                return data["value"]
            if isinstance(data.get("text"), str):
                return data["text"].strip()
        raise KeyError("input")

    def session(self) -> Mapping[str, Any]:
        """Facts of the session; ``floor`` lists the states that listen, the holder first."""
        working = self._working
        return {
            "id": working.session,
            "flow": working.tree.chart.name,
            "turns": working.turn,
            "now": timestamp_from_micros(working.now),
            "floor": list(working.floor),
        }

    def now(self) -> datetime:
        """The clock of the session."""
        return timestamp_from_micros(self._working.now)

    def contact(self) -> Mapping[str, Any]:
        """The contact's values, with what this turn has written to them."""
        return self._working.contact

    def tenant(self) -> Mapping[str, Any]:
        """The tenant's values, with what this turn has written to them."""
        return self._working.tenant

    def draw(self, site: int, *arguments: Any) -> int:
        """A number from 0 to below n: the same whenever this call is asked in this visit."""
        match arguments:
            case (int(n),) if type(n) is int and n > 0:
                working = self._working
                node = working.node
                visit = working.visits.get(node.id, 0)
                lot = json.dumps([working.seed, node.id, visit, working.place, site])
                return int.from_bytes(sha256(lot.encode()).digest()) % n
            case _:
                raise EvaluationError("`draw(n)` takes one int from 1")

    def is_in(self, _site: int, *arguments: Any) -> bool:
        """Whether the state of this id is active (SCXML's ``In``)."""
        match arguments:
            case (str(name),):
                node = self._working.tree.nodes.get(name)
                return node is not None and self._working.is_active(node)
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


def working_from_snapshot(tree: Tree, snapshot: Snapshot) -> Working:
    """A working copy of a snapshot, with the names that its expressions see.

    Raises:
        InvalidSnapshot: its configuration is none of this chart.
    """
    working = Working(tree, snapshot)
    names = Names(working)
    working.names = names
    working.host = {"draw": names.draw, "In": names.is_in}
    return working
