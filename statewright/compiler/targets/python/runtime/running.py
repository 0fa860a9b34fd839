"""How a chart runs: a snapshot and an event give the next snapshot, and requests to the world.

The semantics are SCXML's (W3C Recommendation, https://www.w3.org/TR/scxml/, appendix D); functions
bear the names of its procedures. What SCXML does not have:

- **Time** is an argument. A session's clock is the greatest time of any event it has seen. Before
  an event is handled, the timers due at its time fire, each at its own time. The event ``tick``
  does nothing but let time pass.
- **Deferral**: an event that the chart does not want to lose is kept while nothing listens to it.
- **Floor**: states that listen to the user stand in line; the first one has the floor.
- **Data** of a state live while it is active; history remembers them.
- **Results**: work that was invoked has one result, an event that carries its id. Any other one is
  stale, and changes nothing.
- **Sessions inside a session** take turns: each runs until it rests.
- **Bounds**: a macrostep of too many microsteps is discarded, and the session fails.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from statewright.compiler.targets.python.runtime.actions import initialise
from statewright.compiler.targets.python.runtime.invoking import (
    attend,
    begin,
    finish,
    start_charts,
    start_work,
)
from statewright.compiler.targets.python.runtime.selecting import (
    select_eventless_transitions,
    select_transitions,
)
from statewright.compiler.targets.python.runtime.sending import dispatch
from statewright.compiler.targets.python.runtime.session import OutOfBounds, Session, Turn
from statewright.compiler.targets.python.runtime.stepping import exit_interpreter, microstep
from statewright.compiler.targets.python.runtime.tables import Machine
from statewright.compiler.targets.python.runtime.watching import unkept
from statewright.errors import ForeignSnapshot, SessionEnded
from statewright.statechart.effects import Incident
from statewright.statechart.event import TICK, Event, EventKind, prefixes
from statewright.statechart.snapshot import Snapshot, Status, Timer
from statewright.statechart.stepping.acceptance import (
    accepted,
    checked_text,
    inputs_of,
    is_awaited,
    stale,
)
from statewright.statechart.stepping.cycle import cycle_in
from statewright.statechart.stepping.outside import MISFIT, values_read
from statewright.statechart.steps import Macrostep

_DEFERRED: Final = 16
"""How many events are kept until something listens to them."""


def interpret(
    machine: Machine,
    *,
    session: str,
    seed: str,
    now: int,
    data: Mapping[str, Any] | None = None,
    contact: Mapping[str, Any] | None = None,
    tenant: Mapping[str, Any] | None = None,
) -> Macrostep:
    """Begin a session.

    Args:
        machine: what runs.
        session: the id of the session; part of the ids of its effects.
        seed: of its chance.
        now: microseconds since 1970-01-01 UTC.
        data: values of variables that the chart declares as inputs.
        contact: values of the contact that the turn may read.
        tenant: values of the tenant that the turn may read.

    Raises:
        InvalidEvent: an argument is not usable.
    """
    chart = machine.chart
    event = Event("start", data or {}, now, contact=contact or {}, tenant=tenant or {})
    inputs = inputs_of(chart, accepted(event).data)
    checked_text(session, "session")
    checked_text(seed, "seed")

    def handle(begun: Session) -> None:
        initialise(begun, machine.root, chart.data, inputs)
        if machine.root.initial is not None:
            microstep(begun, [machine.root.initial], None)
        _come_to_rest(begun)

    return _turn(machine, Snapshot(machine.digest, session, seed, now=now), event, handle)


def macrostep(machine: Machine, snapshot: Snapshot, event: Event) -> Macrostep:
    """Handle one event.

    Args:
        machine: what runs.
        snapshot: the session so far; it is not changed.
        event: what happened.

    Raises:
        ForeignSnapshot: the snapshot belongs to another chart.
        SessionEnded: the session is over.
        InvalidEvent: the event is not usable.
        InvalidSnapshot: the snapshot names a state that the chart lacks.
    """
    check_belongs(machine, snapshot)
    if snapshot.status is not Status.ACTIVE:
        raise SessionEnded(f"session `{snapshot.session}` has {snapshot.status}; start another one")
    checked = accepted(event)
    if checked.invocation and not is_awaited(snapshot, checked):
        return Macrostep(event, (), snapshot, (), (stale(event),))

    def handle(session: Session) -> None:
        _let_time_pass(session, event.now)
        if session.running:
            _handle(session, checked)
        elif event.name != TICK:
            session.report("ended", f"the session ended before `{event.name}` was handled")

    return _turn(machine, snapshot, event, handle)


def check_belongs(machine: Machine, snapshot: Snapshot) -> None:
    """Refuse a snapshot of another chart.

    Raises:
        ForeignSnapshot: it is one.
    """
    if snapshot.digest != machine.digest:
        raise ForeignSnapshot(
            f"session `{snapshot.session}` belongs to the chart with digest "
            f"{snapshot.digest[:12]}…, not to `{machine.chart.name}`, {machine.digest[:12]}…; "
            "load the release that it was started with, or migrate it"
        )


def _turn(
    machine: Machine, snapshot: Snapshot, event: Event, handle: Callable[[Session], None]
) -> Macrostep:
    """Do what is to be done, and hand over what came of it."""
    session = Session(machine, snapshot)
    turn = session.turn
    seen = values_read(machine.chart, event)
    turn.contact, turn.tenant = seen.contact, seen.tenant
    for misfit in seen.misfits:
        session.report(MISFIT, misfit)
    try:
        handle(session)
    except OutOfBounds as error:
        return _abandoned(turn, snapshot, event, error)
    return Macrostep(
        event,
        tuple(turn.microsteps),
        session.snapshot(),
        tuple(turn.effects),
        tuple(turn.incidents),
    )


def _abandoned(turn: Turn, before: Snapshot, event: Event, error: OutOfBounds) -> Macrostep:
    """What is left of a turn that goes on for ever: its whole macrosteps, and a failed session."""
    reached, steps, effects, incidents = turn.reached or (before, 0, 0, 0)
    states = cycle_in(turn.microsteps)
    message = str(error)
    if states:
        message += "; it goes round through " + ", ".join(f"`{state}`" for state in states)
    now = max(before.now, event.now)
    snapshot = replace(reached, turns=turn.number, now=now, status=Status.FAILED)
    incident = Incident("error.limit", states[0] if states else "", message)
    kept = turn.incidents[: max(incidents, 100)]
    return Macrostep(
        event,
        tuple(turn.microsteps[:steps]),
        snapshot,
        tuple(turn.effects[:effects]),
        (*kept, incident, *unkept(turn.root.machine.chart, snapshot.monitors)),
    )


def _let_time_pass(session: Session, now: int) -> None:
    """Fire the timers that are due, each at its own time."""
    turn = session.turn
    until = max(turn.now, now)
    fired = 0
    while session.running and turn.timers and turn.timers[0].due <= until:
        timer = turn.timers[0]
        turn.timers = turn.timers[1:]
        turn.now = max(turn.now, timer.due)
        fired += 1
        limit = session.machine.chart.limit
        if fired > limit:
            raise OutOfBounds(f"more than {limit} timers fire in one turn")
        _fire(turn.session(timer.owner), timer)
        _come_to_rest(session)
        turn.reach()
    turn.now = until


def _fire(session: Session, timer: Timer) -> None:
    """Send what was delayed; what a session sends to itself it handles at once."""
    session.node = session.machine.nodes.get(timer.state, session.machine.root)
    dispatch(session, timer.event, timer.data, timer.id, timer.target)
    if not timer.target:
        _external(session, session.outbox.popleft())
    session.turn.wake(session)


def _handle(session: Session, event: Event) -> None:
    """Handle an event from outside."""
    if event.name == TICK:
        return
    turn, owner = session.turn, session
    if event.invocation:
        invocation = next((one for one in turn.invocations if one.id == event.invocation), None)
        if invocation is None:
            turn.incidents.append(stale(event))
            return
        turn.invocations = tuple(one for one in turn.invocations if one is not invocation)
        event = replace(event, kind=EventKind.PLATFORM, invokeid=invocation.name)
        owner = turn.session(invocation.owner)
    _external(owner, event)
    if owner is not session:
        turn.wake(owner)
    _come_to_rest(session)


def _external(session: Session, event: Event) -> None:
    """Take what an external event enables; an event that enables nothing may be kept."""
    session.event = event
    if event.invokeid or session.turn.children:
        attend(session, event)
    enabled = select_transitions(session, event)
    if enabled:
        microstep(session, enabled, event)
    elif not session.machine.deferred.isdisjoint(("*", *prefixes(event.name))):
        _defer(session, event)


def _defer(session: Session, event: Event) -> None:
    """Keep an event that is not to be lost."""
    if len(session.deferred) < _DEFERRED:
        session.deferred = (*session.deferred, event)
        return
    session.node = session.machine.root
    message = f"`{event.name}` is dropped: {_DEFERRED} events wait already"
    session.report("error.deferred.full", message)


def _come_to_rest(session: Session) -> None:
    """Run until nothing is left to do without an event from outside; then offer what was kept."""
    _run(session)
    turn = session.turn
    while session.running and (session.deferred or turn.children) and _offer_deferred(turn):
        _run(session)


def _run(session: Session) -> None:
    """Run the outermost session, then those that have something to handle, until none has."""
    main_event_loop(session)
    ready = session.turn.ready
    while ready and session.running:
        member = ready.pop(0)
        if member.given is not None:
            begin(member)
        main_event_loop(member)


def _offer_deferred(turn: Turn) -> bool:
    """Begin a macrostep with the oldest event kept that enables something; whether there is one."""
    for session in _deferring(turn):
        for at, event in enumerate(session.deferred):
            session.event = event
            session.quiet = True
            enabled = select_transitions(session, event)
            session.quiet = False
            if enabled:
                turn.reach()
                session.deferred = (*session.deferred[:at], *session.deferred[at + 1 :])
                microstep(session, enabled, event)
                turn.wake(session)
                return True
    return False


def _deferring(turn: Turn) -> list[Session]:
    """The sessions that keep events, the outermost first."""
    found = [turn.root] if turn.root.deferred else []
    for path, child in turn.children.items():
        if path in turn.live or child.snapshot.deferred:
            found.append(turn.session(path))
    return found


def main_event_loop(session: Session) -> None:
    """Run until there is nothing left to do without an external event."""
    while session.running:
        if session.broken is not None:
            session.queue.appendleft(session.broken)
            session.broken = None
            enabled = []
        else:
            enabled = select_eventless_transitions(session)
        if enabled:
            microstep(session, enabled, None)
        elif session.queue:
            event = session.event = session.queue.popleft()
            enabled = select_transitions(session, event)
            if enabled:
                microstep(session, enabled, event)
        elif session.hatching:
            start_charts(session)
        elif session.outbox:
            _external(session, session.outbox.popleft())
        elif session.fresh:
            start_work(session)
        else:
            return
    exit_interpreter(session)
    if session.path:
        finish(session)
