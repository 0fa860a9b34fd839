"""The next snapshot while a macrostep writes it: the one thing here that changes."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import deque
from collections.abc import Callable, Mapping
from operator import attrgetter
from typing import Any

from statewright.errors import EvaluationError
from statewright.statechart.configuration import nodes_of
from statewright.statechart.effects import Effect, EffectKind, Incident
from statewright.statechart.event import Event, EventKind
from statewright.statechart.making import maker
from statewright.statechart.nodes import Node, ids_of
from statewright.statechart.snapshot import Invocation, Recorded, Snapshot, Timer
from statewright.statechart.steps import Microstep
from statewright.statechart.tree import Tree

Host = Mapping[str, Callable[..., Any]]
"""Functions that expressions may call besides those of CEL."""

_snapshot = maker(Snapshot)
_ORDER = attrgetter("order")
_DUE = attrgetter("due", "ordinal")


class Working:
    """All that a macrostep reads and writes; what belongs to a snapshot is copied on write.

    The names that ``Snapshot`` has too mean what they mean there. The others:

    Attributes:
        tree: of the chart.
        turn: the number of this turn.
        active: the configuration as nodes, in document order.
        contact: the contact's values that this turn reads, with what it has written to them.
        tenant: the same of the tenant.
        event: what is being handled, or None at the start.
        queue: the internal queue.
        outbox: sends to the session itself that do not wait.
        fresh: states with invocations that were entered in this macrostep and not left since.
        reported: what has raised an error of a guard in this macrostep.
        quiet: whether guards that fail go unreported.
        node: the state whose expressions are evaluated.
        place: where in the state they stand, for ``draw``.
        steps: microsteps of this macrostep so far.
        rounds: rounds of loops of this macrostep so far.
        spent: characters and parts of values written in this macrostep so far: one number.
        running: whether the session goes on.
        reached: the session after the last whole macrostep of a turn that has several, with how
            many microsteps, effects and incidents there were then.
        writes: how often data may have changed.
        names: what expressions see.
        host: the functions they may call.
    """

    __slots__ = (
        "_owned",
        "active",
        "contact",
        "data",
        "deferred",
        "digest",
        "effects",
        "event",
        "floor",
        "fresh",
        "history",
        "host",
        "incidents",
        "invocations",
        "microsteps",
        "monitors",
        "names",
        "node",
        "now",
        "outbox",
        "outcome",
        "output",
        "place",
        "queue",
        "quiet",
        "reached",
        "reported",
        "rounds",
        "running",
        "seed",
        "session",
        "spent",
        "status",
        "steps",
        "tenant",
        "timer_count",
        "timers",
        "tree",
        "turn",
        "visits",
        "writes",
    )

    def __init__(self, tree: Tree, snapshot: Snapshot) -> None:
        self.active: list[Node] = nodes_of(tree, snapshot)
        self.tree = tree
        self.digest = snapshot.digest
        self.session = snapshot.session
        self.seed = snapshot.seed
        self.turn = snapshot.turns + 1
        self.now = snapshot.now
        self.status = snapshot.status
        self.outcome = snapshot.outcome
        self.output = snapshot.output
        self.data: Mapping[str, Mapping[str, Any]] = snapshot.data
        self.history: Mapping[str, Recorded] = snapshot.history
        self.visits: Mapping[str, int] = snapshot.visits
        self.timers: tuple[Timer, ...] = snapshot.timers
        self.invocations: tuple[Invocation, ...] = snapshot.invocations
        self.deferred: tuple[Event, ...] = snapshot.deferred
        self.floor: tuple[str, ...] = snapshot.floor
        self.monitors = snapshot.monitors
        self.timer_count = snapshot.timer_count
        self.contact: Mapping[str, Any] = {}
        self.tenant: Mapping[str, Any] = {}
        self.event: Event | None = None
        self.queue: deque[Event] = deque()
        self.outbox: deque[Event] = deque()
        self.fresh: list[Node] = []
        self.reported: set[object] = set()
        self.node: Node = tree.root
        self.place: tuple[Any, ...] = ()
        self.steps = 0
        self.rounds = 0
        self.spent = [0]
        self.running = True
        self.quiet = False
        self.effects: list[Effect] = []
        self.incidents: list[Incident] = []
        self.microsteps: list[Microstep] = []
        self.names: Mapping[str, Any] = {}
        self.host: Host = {}
        self.writes = 0
        self.reached: tuple[Snapshot, int, int, int] | None = None
        self._owned: dict[str, dict[str, Any]] = {}

    def snapshot(self) -> Snapshot:
        """The session as it is now."""
        return _snapshot(
            self.digest,
            self.session,
            self.seed,
            self.turn,
            self.now,
            self.status,
            self.outcome,
            self.output,
            ids_of(self.active),
            self.data,
            self.history,
            self.visits,
            self.timers,
            self.invocations,
            self.deferred,
            self.floor,
            self.monitors,
            self.timer_count,
        )

    def reach(self) -> None:
        """Remember the session as it is: an abandoned macrostep falls back to it."""
        self._owned.clear()
        lengths = len(self.microsteps), len(self.effects), len(self.incidents)
        self.reached = (self.snapshot(), *lengths)

    # The configuration

    def activate(self, node: Node) -> None:
        """Add a state to the configuration."""
        active = self.active
        if not active or active[-1].order < node.order:
            active.append(node)
        else:
            insort(active, node, key=_ORDER)

    def deactivate(self, node: Node) -> None:
        """Take a state out of the configuration."""
        active = self.active
        if active[-1] is node:
            active.pop()
        else:
            del active[bisect_left(active, node.order, key=_ORDER)]

    def is_active(self, node: Node) -> bool:
        """Whether a state is in the configuration."""
        at = bisect_left(self.active, node.order, key=_ORDER)
        return at < len(self.active) and self.active[at] is node

    def active_below(self, domain: Node) -> list[Node]:
        """The active descendants of a state, in document order."""
        active = self.active
        if domain.parent is None:
            return list(active)
        first = bisect_left(active, domain.order + 1, key=_ORDER)
        return active[first : bisect_left(active, domain.last + 1, key=_ORDER)]

    # Data

    def variables(self, scope: str) -> dict[str, Any]:
        """The variables of a scope, to be written to."""
        self.writes += 1
        own = self._owned.get(scope)
        if own is None:
            own = self._owned[scope] = dict(self.data.get(scope, ()))
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
        node = self.node
        name = f"{self.session}:{node.key}:{self.turn}:{len(self.effects)}"
        self.effects.append(Effect(kind, name, node.id, data))
        return name

    def report(self, name: str, message: str, expression: str = "") -> None:
        """Record an incident of the current state."""
        self.incidents.append(Incident(name, self.node.id, message, expression))

    def fail(self, name: str, error: EvaluationError, expression: str, **more: str) -> None:
        """Record an incident, and raise the error event of that name."""
        self.report(name, error.reason, expression)
        data = {
            "message": error.reason,
            "state": self.node.id,
            "expression": expression,
            **more,
        }
        self.queue.append(Event(name, data, self.now, EventKind.PLATFORM))

    # Timers and invocations

    def set_timer(self, due: int, event: str, data: Any, sendid: str) -> None:
        """Send an event to the session later."""
        timer = Timer(due, self.timer_count, event, data, sendid, self.node.id)
        self.timer_count += 1
        self.timers = tuple(sorted((*self.timers, timer), key=_DUE))

    def cancel_timers(self, sendid: str) -> None:
        """Take back the timers of a send."""
        self.timers = tuple(timer for timer in self.timers if timer.id != sendid)

    def start_invocation(self, name: str, kind: str, params: Any) -> None:
        """Ask for the work of the current state."""
        effect = self.request(EffectKind.INVOKE, {"name": name, "params": params, "type": kind})
        self.invocations = (*self.invocations, Invocation(effect, name, kind, self.node.id))

    def cancel_invocations(self, state: str | None = None) -> None:
        """Give up the work that a state, or anyone, has asked for."""
        for invocation in self.invocations:
            if state is None or invocation.state == state:
                self.request(EffectKind.CANCEL, {"invocation": invocation.id})
        self.invocations = tuple(
            invocation
            for invocation in self.invocations
            if state is not None and invocation.state != state
        )
