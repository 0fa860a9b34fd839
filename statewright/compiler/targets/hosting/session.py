"""Sessions that another library drives: started, restored, and sent events.

This is ``statechart.algorithm`` without the part that selects transitions: what happens between
two macrosteps is the same. Departure: a turn that goes on for ever is discarded as a whole.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol

from statewright.compiler.targets.export import Loss
from statewright.compiler.targets.hosting.stage import Stage
from statewright.errors import SessionBehind, SessionEnded
from statewright.statechart.definition import Statechart
from statewright.statechart.effects import Incident
from statewright.statechart.event import TICK, Event, EventKind, meant
from statewright.statechart.forms.codec import digest_of
from statewright.statechart.release import Release
from statewright.statechart.snapshot import Snapshot, Status
from statewright.statechart.stepping.acceptance import (
    accepted,
    checked_text,
    inputs_of,
    is_awaited,
    stale,
)
from statewright.statechart.stepping.algorithm import DEFERRED, check_belongs, see_outside
from statewright.statechart.stepping.bounds import OutOfBoundsError
from statewright.statechart.stepping.execution import initialise
from statewright.statechart.stepping.invocations import attend, start_work
from statewright.statechart.stepping.lateness import Portion
from statewright.statechart.stepping.microsteps import exit_interpreter
from statewright.statechart.stepping.sending import dispatch
from statewright.statechart.stepping.working import Working
from statewright.statechart.steps import Macrostep
from statewright.statechart.structure.tree import tree_of


class Engine(Protocol):
    """A machine of another library, as it runs one session.

    Both functions call the stage for all that happens, and return when no eventless transition is
    enabled and no internal event is left; or, once ``stage.working.running`` is false, at once.
    """

    machine: Any
    """What the library calls the machine."""

    def begin(self, stage: Stage) -> None:
        """Enter the first states. ``stage.begin`` was called before."""

    def take(self, stage: Stage, event: Event) -> bool:
        """Handle an external event; whether it enabled a transition."""


@dataclass(frozen=True, slots=True)
class Hosted:
    """A release as a machine of another library.

    Attributes:
        release: what runs.
        losses: what is otherwise than in ``statewright.statechart``.
        engine: makes a machine for one session, in the states of a snapshot.
    """

    release: Release
    losses: tuple[Loss, ...]
    engine: Callable[[Snapshot | None], Engine]

    def start(
        self,
        *,
        session: str,
        seed: str,
        now: int,
        data: Mapping[str, Any] | None = None,
        contact: Mapping[str, Any] | None = None,
        tenant: Mapping[str, Any] | None = None,
    ) -> tuple[Session, Macrostep]:
        """Begin a session: the session, and what its first turn did.

        The arguments are those of ``statewright.statechart.start``.

        Raises:
            InvalidEvent: an argument is not usable.
        """
        chart = self.release.statechart
        event = Event("start", data or {}, now, contact=contact or {}, tenant=tenant or {})
        inputs = inputs_of(chart, accepted(event).data)
        checked_text(session, "session")
        checked_text(seed, "seed")
        blank = Snapshot(digest_of(chart), session, seed, now=now)
        engine = self.engine(None)
        step = _turn(chart, blank, event, engine, lambda turn: turn.begin(inputs))
        return Session(self, step.snapshot, engine), step

    def restored(self, snapshot: Snapshot) -> Session:
        """A session as its snapshot says. Nothing runs: restoring is not a transition.

        Raises:
            ForeignSnapshot: the snapshot belongs to another chart.
            InvalidSnapshot: it names states that the chart lacks.
        """
        check_belongs(self.release.statechart, snapshot)
        return Session(self, snapshot, self.engine(snapshot))


@dataclass(slots=True)
class Session:
    """A session that another library drives.

    Attributes:
        hosted: what it is a session of.
        snapshot: the session as it is; ``Hosted.restored`` takes it.
        engine: runs it.
    """

    hosted: Hosted
    snapshot: Snapshot
    engine: Engine

    @property
    def machine(self) -> Any:
        """What the library calls the machine: for its listeners, its diagrams, its queries."""
        return self.engine.machine

    def handle(self, event: Event) -> Macrostep:
        """Handle one event, as ``statewright.statechart.macrostep`` does.

        Raises:
            SessionEnded: the session is over.
            SessionBehind: more timers are due before the event than fire in one turn. The session
                stays as it was; ticks come first.
            InvalidEvent: the event is not usable.
        """
        snapshot = self.snapshot
        if snapshot.status is not Status.ACTIVE:
            raise SessionEnded(
                f"session `{snapshot.session}` has {snapshot.status}; start another one"
            )
        checked = accepted(event)
        if checked.invocation and not is_awaited(snapshot, checked):
            return Macrostep(event, (), snapshot, (), (stale(event),))
        chart = self.hosted.release.statechart
        try:
            step = _turn(chart, snapshot, event, self.engine, lambda turn: turn.handle(checked))
        except SessionBehind:
            self.engine = self.hosted.engine(snapshot)  # The machine has gone on; nothing else has.
            raise
        self.snapshot = step.snapshot
        return step


def _turn(
    chart: Statechart,
    before: Snapshot,
    event: Event,
    engine: Engine,
    handle: Callable[[_Turn], None],
) -> Macrostep:
    """Do what is to be done, and hand over what came of it."""
    working = Working(tree_of(chart), before)
    family = working.family
    see_outside(working, event)
    try:
        handle(_Turn(Stage(working), engine))
    except OutOfBoundsError as error:
        incident = Incident("error.limit", "", str(error))
        now = max(before.now, event.now)
        failed = replace(before, turns=before.turns + 1, now=now, status=Status.FAILED)
        return Macrostep(event, (), failed, (), (incident,))
    steps, effects, incidents = family.microsteps, family.effects, family.incidents
    return Macrostep(event, tuple(steps), working.snapshot(), tuple(effects), tuple(incidents))


class _Turn:
    """One turn while it is taken."""

    def __init__(self, stage: Stage, engine: Engine) -> None:
        self.stage = stage
        self.engine = engine
        self.working = stage.working

    def begin(self, inputs: Mapping[str, Any]) -> None:
        working = self.working
        initialise(working, working.tree.root, working.tree.chart.data, inputs)
        self.stage.begin()
        self.engine.begin(self.stage)
        self._come_to_rest()

    def handle(self, event: Event) -> None:
        """Fire the timers that are due, then handle the event, if the session still runs."""
        working, family = self.working, self.working.family
        self._let_time_pass(event)
        if not working.running:
            if event.name != TICK:
                working.report("ended", f"the session ended before `{event.name}` was handled")
            return
        if event.name == TICK:
            return
        if event.invocation:
            found = next((one for one in family.invocations if one.id == event.invocation), None)
            if found is None:
                family.incidents.append(stale(event))
                return
            family.invocations = tuple(one for one in family.invocations if one is not found)
            event = replace(event, kind=EventKind.PLATFORM, invokeid=found.name)
        self._external(event)
        self._come_to_rest()

    def _let_time_pass(self, event: Event) -> None:
        working, family = self.working, self.working.family
        until = max(family.now, event.now)
        portion = Portion(event, working.tree.chart.limit)
        while working.running and family.timers and family.timers[0].due <= until:
            timer, *others = family.timers
            if not portion.holds(timer):
                return
            family.timers = tuple(others)
            family.now = max(family.now, timer.due)
            working.node = working.tree.nodes.get(timer.state, working.tree.root)
            dispatch(working, timer.event, timer.data, timer.id, timer.target)
            if not timer.target:
                self._external(working.outbox.popleft())
            self._come_to_rest()
            family.reach()
        family.now = until

    def _external(self, event: Event) -> None:
        working = self.working
        working.event = event
        if event.invokeid:
            attend(working, event)
        if not self._taken(event) and working.running:
            self._defer(event)

    def _taken(self, event: Event) -> bool:
        enabled = self.engine.take(self.stage, event)
        self.stage.finish()
        return enabled

    def _defer(self, event: Event) -> None:
        working = self.working
        if working.tree.deferred.isdisjoint(("*", *meant(event.name, working.tree.exact))):
            return
        if len(working.deferred) < DEFERRED:
            working.deferred = (*working.deferred, event)
            return
        working.node = working.tree.root
        message = f"`{event.name}` is dropped: {DEFERRED} events wait already"
        working.report("error.deferred.full", message)

    def _come_to_rest(self) -> None:
        self._run()
        while self.working.running and self.working.deferred and self._offer_deferred():
            self._run()

    def _run(self) -> None:
        working = self.working
        self.stage.finish()
        while working.running:
            if working.queue:
                # Raised where no transition was being taken: it is handled like any other.
                event = working.event = working.queue.popleft()
                self._taken(event)
            elif working.outbox:
                self._external(working.outbox.popleft())
            elif working.fresh:
                start_work(working)
            else:
                return
        exit_interpreter(working)

    def _offer_deferred(self) -> bool:
        """Handle the oldest event kept that enables something; whether there is one."""
        working = self.working
        for at, event in enumerate(working.deferred):
            waiting = (*working.deferred[:at], *working.deferred[at + 1 :])
            kept, working.deferred = working.deferred, waiting
            working.family.reach()
            working.event = event
            working.quiet = True
            enabled = self._taken(event)
            working.quiet = False
            if enabled:
                return True
            working.deferred = kept
        return False
