"""The next snapshot while a macrostep writes it: the one thing here that changes.

A session has a ``Working``. What it has in common with the sessions that it has invoked is in their
``Family``: one clock; one row of timers, since they fire in one order; one row of work that the
world does for them, since its results come in at one place.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import deque
from collections.abc import Mapping
from dataclasses import replace
from operator import attrgetter
from typing import Any, Final

from statewright.errors import EvaluationError
from statewright.statechart.effects import Effect, EffectKind, Incident, effect_id
from statewright.statechart.event import Event, EventKind
from statewright.statechart.making import maker
from statewright.statechart.snapshot import (
    Child,
    Invocation,
    Recorded,
    Snapshot,
    Timer,
)
from statewright.statechart.stepping.scene import ORDER, Scene, copied
from statewright.statechart.steps import Microstep
from statewright.statechart.structure.configuration import nodes_of
from statewright.statechart.structure.nodes import Node, ids_of
from statewright.statechart.structure.tree import Tree

_snapshot = maker(Snapshot)
_effect = maker(Effect)
_event = maker(Event)
_DUE = attrgetter("due", "ordinal")
_NOBODY: Final[frozenset[object]] = frozenset()
_NOTHING: Final[Mapping[str, Any]] = {}


class Family:
    """What the sessions of one turn have in common.

    The names that ``Snapshot`` has too mean what they mean there, for the outermost session. The
    others:

    Attributes:
        root: the outermost session.
        session: its id.
        turn: the number of this turn.
        contact: the contact's values that this turn reads, with what it has written to them.
        tenant: the same of the tenant.
        limit: how many microsteps a macrostep may take.
        steps: microsteps of this macrostep so far.
        rounds: rounds of loops of this macrostep so far.
        spent: characters and parts of values written in this macrostep so far: one number.
        children: path → the session as it was, in the order in which they began.
        live: path → those of them that do something in this turn.
        ready: those that have something to handle, in the order in which it came.
        reached: the session after the last whole macrostep of a turn that has several, with how
            many microsteps, effects and incidents there were then.
    """

    __slots__ = (
        "children",
        "contact",
        "effects",
        "id_count",
        "incidents",
        "invocations",
        "limit",
        "live",
        "microsteps",
        "now",
        "reached",
        "ready",
        "root",
        "rounds",
        "session",
        "spent",
        "steps",
        "tenant",
        "timer_count",
        "timers",
        "turn",
    )

    def __init__(self, root: Working, tree: Tree, snapshot: Snapshot) -> None:
        self.root = root
        self.session = snapshot.session
        self.turn = snapshot.turns + 1
        self.now = snapshot.now
        self.contact: Mapping[str, Any] = _NOTHING
        self.tenant: Mapping[str, Any] = _NOTHING
        self.limit = tree.chart.limit
        self.timers: tuple[Timer, ...] = snapshot.timers
        self.invocations: tuple[Invocation, ...] = snapshot.invocations
        self.timer_count = snapshot.timer_count
        self.steps = 0
        self.rounds = 0
        self.spent = [0]
        self.id_count = snapshot.id_count
        self.effects: list[Effect] = []
        self.incidents: list[Incident] = []
        self.microsteps: list[Microstep] = []
        self.children: Mapping[str, Child] = _NOTHING
        self.live: Mapping[str, Working] = _NOTHING
        self.ready: tuple[Working, ...] = ()
        self.reached: tuple[Snapshot, int, int, int] | None = None
        if snapshot.children:
            self.children = {child.path: child for child in snapshot.children}

    def part(self) -> None:
        """End the turn: nothing here refers to itself any more.

        So all of it is freed at once, and its memory used again; otherwise it would wait for the
        garbage collector, which costs more than a small turn does.
        """
        del self.root
        self.live, self.ready = _NOTHING, ()

    def reach(self) -> None:
        """End a macrostep: the next one has bounds of its own, and fails back to here."""
        self.steps = self.rounds = self.spent[0] = 0
        for working in (self.root, *self.live.values()):
            working.release()
        lengths = len(self.microsteps), len(self.effects), len(self.incidents)
        self.reached = (self.root.snapshot(), *lengths)

    def snapshots(self) -> tuple[Child, ...]:
        """The sessions that were invoked, as they are now."""
        return tuple(
            replace(child, snapshot=self.live[path].own_snapshot()) if path in self.live else child
            for path, child in self.children.items()
        )

    def wake(self, working: Working) -> None:
        """See to it that a session handles what has come for it."""
        if working not in self.ready:
            self.ready = (*self.ready, working)

    def forget(self, working: Working) -> None:
        """Let go of a session that is over."""
        path = working.path
        self.children = {one: child for one, child in self.children.items() if one != path}
        self.live = {one: session for one, session in self.live.items() if one != path}
        self.ready = tuple(one for one in self.ready if one is not working)

    def new_number(self) -> str:
        """A number for an id that is made up: unique in the session."""
        self.id_count += 1
        return str(self.id_count)


class Working(Scene):
    """All that a macrostep reads and writes; what belongs to a snapshot is copied on write.

    The names that ``Snapshot`` has too mean what they mean there. The others, besides those of
    ``Scene``:

    Attributes:
        family: what it shares with the sessions that it has invoked.
        path: ``""``, or that of an invoked session; see ``Child``.
        name: of the invocation that it is, or ``""``.
        queue: the internal queue.
        outbox: the external queue: what it has sent to itself without delay, and what others have
            sent to it.
        fresh: states with invocations that were entered in this macrostep and not left since.
        hatching: those of them that invoke charts, and have not yet.
        reported: what has raised an error of a guard in this macrostep.
        broken: the event of rules that the last microstep has broken, until it is handled.
        quiet: whether guards that fail go unreported.
        given: the values that it begins with, until it has begun; None from then on.
        running: whether the session goes on.
        cancelled: whether it was given up by the session that invoked it.
    """

    __slots__ = (
        "_owned",
        "broken",
        "cancelled",
        "deferred",
        "family",
        "fresh",
        "given",
        "hatching",
        "history",
        "monitors",
        "name",
        "outbox",
        "outcome",
        "output",
        "path",
        "queue",
        "quiet",
        "reported",
        "running",
        "status",
    )

    active: list[Node]

    def __init__(
        self, tree: Tree, snapshot: Snapshot, family: Family | None = None, path: str = ""
    ) -> None:
        super().__init__(tree, snapshot, nodes_of(tree, snapshot))
        self.family = Family(self, tree, snapshot) if family is None else family
        self.path = path
        self.name = ""
        self.status = snapshot.status
        self.outcome = snapshot.outcome
        self.output = snapshot.output
        self.history: Mapping[str, Recorded] = snapshot.history
        self.deferred: tuple[Event, ...] = snapshot.deferred
        self.monitors: Mapping[str, int] = snapshot.monitors
        self.queue: deque[Event] = deque()
        self.outbox: deque[Event] = deque()
        self.fresh: tuple[Node, ...] = ()
        self.hatching: tuple[Node, ...] = ()
        self.reported: frozenset[object] = _NOBODY
        self.given: Mapping[str, Any] | None = None
        self.running = True
        self.cancelled = False
        self.quiet = False
        self.broken: Event | None = None
        self._owned: dict[str, dict[str, Any]] = {}

    @property
    def turn(self) -> int:
        """The number of this turn."""
        return self.family.turn

    @property
    def now(self) -> int:
        """The clock of the outermost session, microseconds since 1970 UTC."""
        return self.family.now

    @property
    def contact(self) -> Mapping[str, Any]:
        """The contact's values that this turn reads, with what it has written to them."""
        return self.family.contact

    @property
    def tenant(self) -> Mapping[str, Any]:
        """The same of the tenant."""
        return self.family.tenant

    def snapshot(self) -> Snapshot:
        """The outermost session as it is now, with those that it has invoked."""
        family, before = self.family, self.before
        return _snapshot(
            before.digest,
            before.session,
            before.seed,
            family.turn,
            family.now,
            self.status,
            self.outcome,
            self.output,
            ids_of(self.active),
            self.data,
            self.history,
            self.visits,
            family.timers,
            family.invocations,
            self.deferred,
            self.floor,
            self.monitors,
            family.timer_count,
            family.snapshots() if family.children else (),
            family.id_count,
        )

    def own_snapshot(self) -> Snapshot:
        """An invoked session as it is now, without what it shares."""
        return Snapshot(
            digest=self.before.digest,
            session=self.before.session,
            seed=self.before.seed,
            configuration=ids_of(self.active),
            data=self.data,
            history=self.history,
            visits=self.visits,
            deferred=self.deferred,
            floor=self.floor,
            monitors=self.monitors,
        )

    def release(self) -> None:
        """End a macrostep: what was written so far is handed out, and not written to again."""
        self.reported = _NOBODY
        self._owned.clear()

    # The configuration

    def activate(self, node: Node) -> None:
        """Add a state to the configuration."""
        active = self.active
        if not active or active[-1].order < node.order:
            active.append(node)
        else:
            insort(active, node, key=ORDER)

    def deactivate(self, node: Node) -> None:
        """Take a state out of the configuration."""
        active = self.active
        if active[-1] is node:
            active.pop()
        else:
            del active[bisect_left(active, node.order, key=ORDER)]

    def active_below(self, domain: Node) -> list[Node]:
        """The active descendants of a state, in document order."""
        active = self.active
        if domain.parent is None:
            return list(active)
        first = bisect_left(active, domain.order + 1, key=ORDER)
        return active[first : bisect_left(active, domain.last + 1, key=ORDER)]

    # Data

    def variables(self, scope: str) -> dict[str, Any]:
        """The variables of a scope, to be written to."""
        self.writes += 1
        own = self._owned.get(scope)
        if own is None:
            own = self._owned[scope] = copied(self.data.get(scope, _NOTHING))
            self.data = {**self.data, scope: own}
        return own

    def drop_scope(self, scope: str) -> Mapping[str, Any]:
        """Forget the variables of a scope, and hand them over."""
        self.writes += 1
        self._owned.pop(scope, None)
        dropped = self.data.get(scope, {})
        self.data = {key: value for key, value in self.data.items() if key != scope}
        return dropped

    def restore_scope(self, scope: str, variables: Mapping[str, Any]) -> None:
        """Give a scope the variables that it had before."""
        self.writes += 1
        self._owned.pop(scope, None)
        self.data = {**self.data, scope: variables}

    # What a macrostep asks for and reports

    def request(self, kind: EffectKind, data: Mapping[str, Any]) -> str:
        """Ask the world for something, on behalf of the current state; the effect's id."""
        node, family = self.node, self.family
        name = effect_id(family.session, node.key, family.turn, len(family.effects))
        family.effects.append(_effect(kind, name, node.id, data, self.path))
        return name

    def report(self, name: str, message: str, expression: str = "") -> None:
        """Record an incident of the current state."""
        incident = Incident(name, self.node.id, message, expression, self.path)
        self.family.incidents.append(incident)

    def fail(
        self, name: str, error: EvaluationError, expression: str, sendid: str = "", **more: str
    ) -> None:
        """Record an incident, and raise the error event of that name."""
        self.report(name, error.reason, expression)
        data = {
            "message": error.reason,
            "state": self.node.id,
            "expression": expression,
            **more,
        }
        event = Event(name, data, self.family.now, EventKind.PLATFORM, sendid=sendid)
        self.queue.append(event)

    # Timers and work

    def set_timer(self, due: int, event: str, data: Any, sendid: str, target: str) -> None:
        """Send an event later."""
        family = self.family
        state = self.node.id
        timer = Timer(due, family.timer_count, event, data, sendid, state, self.path, target)
        family.timer_count += 1
        family.timers = tuple(sorted((*family.timers, timer), key=_DUE))

    def cancel_timers(self, sendid: str | None = None) -> None:
        """Take back the timers of a send, or all of this session; also one that fired and waits."""
        family, path = self.family, self.path
        family.timers = tuple(
            timer
            for timer in family.timers
            if timer.owner != path or (sendid is not None and timer.id != sendid)
        )
        if self.deferred and sendid:
            self.deferred = tuple([event for event in self.deferred if event.sendid != sendid])

    def start_work(self, name: str, kind: str, params: Any) -> None:
        """Ask the world for the work of the current state."""
        family = self.family
        effect = self.request(EffectKind.INVOKE, {"name": name, "params": params, "type": kind})
        invocation = Invocation(effect, name, kind, self.node.id, self.path)
        family.invocations = (*family.invocations, invocation)

    def cancel_work(self, state: str | None = None) -> None:
        """Give up the work that a state, or this session, has asked for; also results that wait."""
        family = self.family
        kept: list[Invocation] = []
        for invocation in family.invocations:
            if invocation.owner == self.path and state in {None, invocation.state}:
                self.request(EffectKind.CANCEL, {"invocation": invocation.id})
            else:
                kept.append(invocation)
        family.invocations = tuple(kept)
        if self.deferred and state is not None:
            about = self.tree.nodes[state].state
            names = {invoke.id for invoke in about.invocations if invoke.id} if about else set()
            self.deferred = tuple([one for one in self.deferred if one.invokeid not in names])

    # Sessions that it has invoked

    def children(self, state: str | None = None) -> list[str]:
        """The paths of the sessions that a state, or this session, has invoked, in their order."""
        return [
            path
            for path, child in self.family.children.items()
            if child.owner == self.path and state in {None, child.state}
        ]
