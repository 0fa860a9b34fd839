"""Everything that a session is, between two macrosteps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from statewright.statechart.event import Event


class Status(StrEnum):
    """Whether a session still runs."""

    ACTIVE = "active"
    COMPLETED = "completed"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Timer:
    """A delayed send that has not fired.

    Attributes:
        due: when it fires, microseconds since 1970-01-01 UTC.
        ordinal: counts the timers of the session; of two due at once, the smaller fires first.
        event: the name of the event it sends.
        data: what the event carries, evaluated when the timer was set.
        id: the send's id, or ``""``.
        state: the state that set it.
        owner: the path of the session that the state is of: ``""``, or one that was invoked.
        target: who gets the event, as in ``Send``.
    """

    due: int
    ordinal: int
    event: str
    data: Any
    id: str
    state: str
    owner: str = ""
    target: str = ""


@dataclass(frozen=True, slots=True)
class Invocation:
    """Work that was asked for and has not answered.

    Attributes:
        id: the effect's id; a result carries it.
        name: the ``Invoke.id`` of the definition.
        type: who does the work.
        state: the state that asked.
        owner: the path of the session that the state is of: ``""``, or one that was invoked.
    """

    id: str
    name: str
    type: str
    state: str
    owner: str = ""


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a history state remembers.

    Attributes:
        states: ids in document order.
        data: scoped data of the states that were left, per state.
    """

    states: tuple[str, ...]
    data: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Child:
    """A session that was invoked by another one, and lives in its snapshot.

    Its clock and turns are those of the session around all; so are its timers and the work that it
    has asked for, since all of these are answered in one order.

    Attributes:
        owner: the path of the session that invoked it; ``""`` is the outermost one.
        name: of the invocation.
        state: the state of the owner that invoked it.
        chart: its name in ``Statechart.charts``.
        snapshot: all else that it is: configuration, data, history, visits, deferred, floor.
    """

    owner: str
    name: str
    state: str
    chart: str
    snapshot: Snapshot

    @property
    def path(self) -> str:
        """The names of the invocations that lead to it, each behind a slash."""
        return path_to(self.owner, self.name)


def path_to(owner: str, name: str) -> str:
    """The path of a session that the session with the path ``owner`` has invoked as ``name``.

    >>> path_to("/a", "b/c")
    '/a/b~1c'
    """
    return f"{owner}/{name.replace('~', '~0').replace('/', '~1')}"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything that a session is. The internal queue is empty between macrosteps.

    Attributes:
        digest: of the chart it belongs to.
        session: the id of the session.
        seed: of its chance.
        turns: events handled so far, the start included.
        now: the clock: the greatest time of any event so far, microseconds since 1970 UTC.
        status: whether it still runs.
        outcome: of a session that is over, or ``""``.
        output: the donedata of the final state it ended in.
        configuration: ids of all active states, in document order.
        data: scope (state id; ``""`` is the session) → variable → value.
        history: history state → what it remembers.
        visits: how often states that draw lots were entered.
        timers: in the order in which they fire.
        invocations: in the order in which they were started.
        deferred: events kept until something listens.
        floor: states that listen to the user, in order of entry; the first one has the floor.
        monitors: name of a rule → the state of its automaton; without those that are at 0.
        timer_count: timers set so far.
        children: the sessions that it and they have invoked, in the order in which they began.
        id_count: ids made up so far.
    """

    digest: str
    session: str
    seed: str
    turns: int = 0
    now: int = 0
    status: Status = Status.ACTIVE
    outcome: str = ""
    output: Any = None
    configuration: tuple[str, ...] = ()
    data: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    history: Mapping[str, Recorded] = field(default_factory=dict)
    visits: Mapping[str, int] = field(default_factory=dict)
    timers: tuple[Timer, ...] = ()
    invocations: tuple[Invocation, ...] = ()
    deferred: tuple[Event, ...] = ()
    floor: tuple[str, ...] = ()
    monitors: Mapping[str, int] = field(default_factory=dict)
    timer_count: int = 0
    children: tuple[Child, ...] = ()
    id_count: int = 0
