"""What expressions see of a session: its names, and the functions it adds to CEL's."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from statewright.compiler.targets.python.runtime.session import Host, Session
from statewright.errors import EvaluationError
from statewright.expressions.nanoseconds import EPOCH, MICROSECOND
from statewright.expressions.operations.lots import drawn
from statewright.statechart.event import PROCESSOR


class Names(Mapping[str, Any]):
    """The roots of expressions: ``contact tenant session event input now vars``, and variables.

    A name without a value is a missing key: variables that are declared but unset, ``event`` at the
    start, ``input`` of an event that brings none.
    """

    __slots__ = ("_session",)

    def __init__(self, session: Session) -> None:
        self._session = session

    def __getitem__(self, name: str) -> Any:
        root = _ROOTS.get(name)
        if root is not None:
            return root(self)
        session = self._session
        return session.data[session.node.variables[name].scope][name]

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys((*_ROOTS, *self.variables())))

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def variables(self) -> Mapping[str, Any]:
        """Every visible variable that is set."""
        session = self._session
        seen: dict[str, Any] = {}
        for scope, declared in session.node.scopes:
            for name in declared:
                seen.pop(name, None)
            seen.update(session.data.get(scope, {}))
        return seen

    def event(self) -> Mapping[str, Any]:
        """The event that is handled.

        One that carries nothing has an empty map as its data; what SCXML calls blank is not there.
        """
        event = self._session.event
        if event is None:
            raise KeyError("event")
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

    def input(self) -> Any:
        """What the user answered: a value that was chosen, else the text without outer blanks."""
        event = self._session.event
        data = None if event is None else event.data
        if isinstance(data, dict):
            if "value" in data:
                return data["value"]
            if isinstance(data.get("text"), str):
                return data["text"].strip()
        raise KeyError("input")

    def session(self) -> Mapping[str, Any]:
        """Facts of the session; ``floor`` lists the states that listen, the holder first."""
        session = self._session
        processor = {"location": f"#_scxml_{session.id}"}
        return {
            "id": session.id,
            "flow": session.machine.chart.name,
            "turns": session.turn.number,
            "now": self.now(),
            "floor": list(session.floor),
            "ioprocessors": {PROCESSOR: processor, "scxml": processor},
        }

    def now(self) -> datetime:
        """The clock of the session."""
        return EPOCH + self._session.turn.now * MICROSECOND

    def contact(self) -> Mapping[str, Any]:
        """The contact's values, with what this turn has written to them."""
        return self._session.turn.contact

    def tenant(self) -> Mapping[str, Any]:
        """The tenant's values, with what this turn has written to them."""
        return self._session.turn.tenant

    def draw(self, site: int, *arguments: Any) -> int:
        """A number from 0 to below n: the same whenever this call is asked in this visit."""
        session = self._session
        state = session.node.id
        visit = session.visits.get(state, 0)
        n = arguments[0] if len(arguments) == 1 else None
        return drawn(n, (session.before.seed, state, visit, session.place, site))

    def is_in(self, _site: int, *arguments: Any) -> bool:
        """Whether the state of this id is active (SCXML's ``In``)."""
        match arguments:
            case (str(name),):
                node = self._session.machine.nodes.get(name)
                return node is not None and self._session.is_active(node)
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


def seen_by(session: Session) -> tuple[Mapping[str, Any], Host]:
    """The names that expressions of a session see, and the functions that they may call."""
    if session.seen is None:
        names = Names(session)
        session.seen = (names, {"draw": names.draw, "In": names.is_in})
    return session.seen
