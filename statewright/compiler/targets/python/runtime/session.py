"""The next snapshot while a step writes it: the one thing here that changes.

A ``Session`` runs one chart. What it has in common with the sessions that it has invoked is in the
``Turn``: one clock; one row of timers; one row of work that the world does for them.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import replace
from operator import attrgetter
from typing import Any

from statewright.compiler.targets.python.runtime.tables import Machine, Node, ids_of, is_legal
from statewright.errors import EvaluationError, InvalidSnapshot
from statewright.statechart.effects import Effect, EffectKind, Incident
from statewright.statechart.event import Event, EventKind
from statewright.statechart.snapshot import Child, Invocation, Recorded, Snapshot, Timer
from statewright.statechart.steps import Microstep

_ORDER = attrgetter("order")
_DUE = attrgetter("due", "ordinal")


Host = Mapping[str, Callable[..., Any]]
"""Functions that expressions may call besides those of CEL."""


class OutOfBounds(Exception):
    """A step does more than it may."""


class Turn:
    """What the sessions of one step have in common.

    Attributes:
        root: the outermost session.
        number: of this turn.
        now: the clock.
        contact: the contact's values, with what this turn has written to them.
        tenant: the same of the tenant.
        steps: microsteps of this macrostep so far.
        rounds: rounds of loops of this macrostep so far.
        spent: characters and parts of values written in this macrostep so far: one number.
        children: path → session that was invoked, as it was, in the order in which they began.
        live: path → those of them that do something in this turn.
        ready: those that have something to handle, in the order in which it came.
        reached: the session after the last whole macrostep, with how many microsteps, effects and
            incidents there were then.
    """

    def __init__(self, root: Session, snapshot: Snapshot) -> None:
        self.root = root
        self.number = snapshot.turns + 1
        self.now = snapshot.now
        self.timers = snapshot.timers
        self.timer_count = snapshot.timer_count
        self.id_count = snapshot.id_count
        self.invocations = snapshot.invocations
        self.contact: Mapping[str, Any] = {}
        self.tenant: Mapping[str, Any] = {}
        self.steps = self.rounds = 0
        self.spent = [0]
        self.effects: list[Effect] = []
        self.incidents: list[Incident] = []
        self.microsteps: list[Microstep] = []
        self.children: dict[str, Child] = {child.path: child for child in snapshot.children}
        self.live: dict[str, Session] = {}
        self.ready: list[Session] = []
        self.reached: tuple[Snapshot, int, int, int] | None = None

    def session(self, path: str) -> Session:
        """The session with a path.

        Raises:
            InvalidSnapshot: there is none, or it is none of its chart.
        """
        if not path:
            return self.root
        if path not in self.live:
            child, machine = self.children.get(path), None
            if child is not None:
                machine = self.root.machine.charts.get(child.chart)
            if child is None or machine is None or child.snapshot.digest != machine.digest:
                raise InvalidSnapshot(
                    f"session `{self.root.id}` holds no session `{path}` of a chart that "
                    f"`{self.root.machine.chart.name}` can invoke; "
                    "was the snapshot changed by hand?"
                )
            self.live[path] = Session(machine, child.snapshot, self, path, child.name)
        return self.live[path]

    def reach(self) -> None:
        """End a macrostep: the next one has bounds of its own, and fails back to here."""
        self.steps = self.rounds = self.spent[0] = 0
        for session in (self.root, *self.live.values()):
            session.reported.clear()
            session.own.clear()
        lengths = len(self.microsteps), len(self.effects), len(self.incidents)
        self.reached = (self.root.snapshot(), *lengths)

    def snapshots(self) -> tuple[Child, ...]:
        """The sessions that were invoked, as they are now."""
        return tuple(
            replace(child, snapshot=self.live[path].own_snapshot()) if path in self.live else child
            for path, child in self.children.items()
        )

    def wake(self, session: Session) -> None:
        """See to it that a session handles what has come for it."""
        if session not in self.ready:
            self.ready.append(session)

    def forget(self, session: Session) -> None:
        """Let go of a session that is over."""
        del self.children[session.path]
        del self.live[session.path]
        if session in self.ready:
            self.ready.remove(session)

    def new_number(self) -> str:
        """A number for an id that is made up."""
        self.id_count += 1
        return str(self.id_count)


class Session:
    """All that a step reads and writes of one session; what it got is copied on write.

    Attributes:
        machine: what it runs.
        turn: what it shares.
        path: ``""``, or that of an invoked session.
        name: of the invocation that it is, or ``""``.
        before: its snapshot at the beginning.
        active: the configuration, in document order.
        own: scope → its variables, where this step may write to them.
        event: what is being handled, or None at the start.
        queue: the internal queue.
        outbox: the external queue.
        fresh: states with invocations that were entered in this macrostep and not left since.
        hatching: those of them that may invoke charts, and have not yet.
        reported: guards that have raised an error in this macrostep.
        quiet: whether guards that fail go unreported.
        node: the state whose expressions are evaluated.
        place: where in the state they stand, for ``draw``.
        given: the values that it begins with, until it has begun.
        monitors: name of a rule → the state of its automaton.
        broken: the event that says so where rules have been broken, until it is handled.
        running: whether it goes on.
        cancelled: whether it was given up by the session that invoked it.
        seen: the names that expressions see, and the functions they may call; see ``names``.
    """

    def __init__(
        self,
        machine: Machine,
        snapshot: Snapshot,
        turn: Turn | None = None,
        path: str = "",
        name: str = "",
    ) -> None:
        self.active: list[Node] = _nodes_of(machine, snapshot)
        self.machine = machine
        self.turn = Turn(self, snapshot) if turn is None else turn
        self.path = path
        self.name = name
        self.before = snapshot
        self.id = snapshot.session
        self.status = snapshot.status
        self.outcome = snapshot.outcome
        self.output = snapshot.output
        self.data: Mapping[str, Mapping[str, Any]] = snapshot.data
        self.history: Mapping[str, Recorded] = snapshot.history
        self.visits: Mapping[str, int] = snapshot.visits
        self.deferred = snapshot.deferred
        self.floor = snapshot.floor
        self.monitors: Mapping[str, int] = snapshot.monitors
        self.broken: Event | None = None
        self.own: dict[str, dict[str, Any]] = {}
        self.event: Event | None = None
        self.queue: deque[Event] = deque()
        self.outbox: deque[Event] = deque()
        self.fresh: list[Node] = []
        self.hatching: list[Node] = []
        self.reported: set[object] = set()
        self.quiet = False
        self.node = machine.root
        self.place: tuple[Any, ...] = ()
        self.given: Mapping[str, Any] | None = None
        self.running = True
        self.cancelled = False
        self.seen: tuple[Mapping[str, Any], Host] | None = None

    def snapshot(self) -> Snapshot:
        """The outermost session as it is now, with those that it has invoked."""
        turn, before = self.turn, self.before
        return Snapshot(
            before.digest,
            before.session,
            before.seed,
            turn.number,
            turn.now,
            self.status,
            self.outcome,
            self.output,
            ids_of(self.active),
            self.data,
            self.history,
            self.visits,
            turn.timers,
            turn.invocations,
            self.deferred,
            self.floor,
            self.monitors,
            turn.timer_count,
            turn.snapshots() if turn.children else (),
            turn.id_count,
        )

    def own_snapshot(self) -> Snapshot:
        """An invoked session as it is now, without what it shares."""
        return replace(
            self.before,
            configuration=ids_of(self.active),
            data=self.data,
            history=self.history,
            visits=self.visits,
            deferred=self.deferred,
            floor=self.floor,
            monitors=self.monitors,
        )

    # The configuration

    def activate(self, node: Node) -> None:
        """Add a state to the configuration."""
        if not self.active or self.active[-1].order < node.order:
            self.active.append(node)
        else:
            insort(self.active, node, key=_ORDER)

    def deactivate(self, node: Node) -> None:
        """Take a state out of the configuration."""
        self.active.remove(node)

    def is_active(self, node: Node) -> bool:
        """Whether a state is in the configuration."""
        at = bisect_left(self.active, node.order, key=_ORDER)
        return at < len(self.active) and self.active[at] is node

    def active_below(self, domain: Node) -> list[Node]:
        """The active descendants of a state, in document order."""
        first = bisect_left(self.active, domain.order + 1, key=_ORDER)
        return self.active[first : bisect_left(self.active, domain.last + 1, key=_ORDER)]

    # Data

    def variables(self, scope: str) -> dict[str, Any]:
        """The variables of a scope, to be written to."""
        if scope not in self.own:
            self.own[scope] = dict(self.data.get(scope, ()))
            self.data = {**self.data, scope: self.own[scope]}
        return self.own[scope]

    def drop_scope(self, scope: str) -> Mapping[str, Any]:
        """Forget the variables of a scope, and hand them over."""
        self.own.pop(scope, None)
        dropped = self.data.get(scope, {})
        self.data = {key: value for key, value in self.data.items() if key != scope}
        return dropped

    def restore_scope(self, scope: str, variables: Mapping[str, Any]) -> None:
        """Give a scope the variables that it had before."""
        self.own.pop(scope, None)
        self.data = {**self.data, scope: variables}

    # What a step asks for and reports

    def request(self, kind: EffectKind, data: Mapping[str, Any]) -> str:
        """Ask the world for something, on behalf of the current state; the effect's id."""
        turn, state = self.turn, self.node.id
        key = state.replace("~", "~~").replace(":", "~;") if ":" in state else state
        name = f"{turn.root.id}:{key}:{turn.number}:{len(turn.effects)}"
        turn.effects.append(Effect(kind, name, state, data, self.path))
        return name

    def report(self, name: str, message: str, expression: str = "") -> None:
        """Record an incident of the current state."""
        incident = Incident(name, self.node.id, message, expression, self.path)
        self.turn.incidents.append(incident)

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
        event = Event(name, data, self.turn.now, EventKind.PLATFORM, sendid=sendid)
        self.queue.append(event)

    # Timers and work

    def set_timer(self, due: int, event: str, data: Any, sendid: str, target: str) -> None:
        """Send an event later."""
        turn = self.turn
        timer = Timer(due, turn.timer_count, event, data, sendid, self.node.id, self.path, target)
        turn.timer_count += 1
        turn.timers = tuple(sorted((*turn.timers, timer), key=_DUE))

    def cancel_timers(self, sendid: str | None = None) -> None:
        """Take back the timers of a send, or all of this session."""
        turn = self.turn
        turn.timers = tuple(
            timer
            for timer in turn.timers
            if timer.owner != self.path or (sendid is not None and timer.id != sendid)
        )

    def start_work(self, name: str, kind: str, params: Any) -> None:
        """Ask the world for the work of the current state."""
        turn = self.turn
        effect = self.request(EffectKind.INVOKE, {"name": name, "params": params, "type": kind})
        invocation = Invocation(effect, name, kind, self.node.id, self.path)
        turn.invocations = (*turn.invocations, invocation)

    def cancel_work(self, state: str | None = None) -> None:
        """Give up the work that a state, or this session, has asked for."""
        kept: list[Invocation] = []
        for invocation in self.turn.invocations:
            if invocation.owner == self.path and state in {None, invocation.state}:
                self.request(EffectKind.CANCEL, {"invocation": invocation.id})
            else:
                kept.append(invocation)
        self.turn.invocations = tuple(kept)

    def children(self, state: str | None = None) -> list[str]:
        """The paths of the sessions that a state, or this session, has invoked, in their order."""
        return [
            path
            for path, child in self.turn.children.items()
            if child.owner == self.path and state in {None, child.state}
        ]


def _nodes_of(machine: Machine, snapshot: Snapshot) -> list[Node]:
    """The active states of a session, in document order; none before its start.

    Raises:
        InvalidSnapshot: there is no such state, or they cannot be active together.
    """
    try:
        nodes = [machine.nodes[name] for name in snapshot.configuration]
    except KeyError as error:
        raise InvalidSnapshot(
            f"session `{snapshot.session}` is in the state {error}, which chart "
            f"`{machine.chart.name}` lacks; was the snapshot changed by hand?"
        ) from None
    if (nodes or snapshot.turns) and not is_legal(machine.root, nodes):
        raise InvalidSnapshot(
            f"session `{snapshot.session}` is in states that are never active together: "
            f"{', '.join(f'`{name}`' for name in snapshot.configuration)}; "
            "was the snapshot changed by hand?"
        )
    return nodes
