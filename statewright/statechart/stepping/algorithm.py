"""How a statechart runs: a snapshot and an event give the next snapshot, and requests to the world.

The semantics are those of SCXML (W3C Recommendation, https://www.w3.org/TR/scxml/, appendix D);
functions bear the names of its procedures. This is what happens, and where we differ.

**A turn.** ``start`` and ``macrostep`` take all that they need as arguments and give back all that
they did. Time, identity and chance are among the arguments: the same snapshot and event give the
same bytes on any machine. A turn is one or several *macrosteps* in SCXML's sense, each of them a
row of *microsteps*: sets of transitions that are taken together.

**A macrostep** begins with one event. The transitions that it enables are taken; then eventless
transitions, as long as there are any; then the first event of the internal queue, then eventless
ones again, until the queue is empty. Then the charts that the states entered invoke are started;
then come the events that the session sent to itself without delay, one by one in the same manner.
Last, the work that states have invoked and are still active for is asked of the world, in order of
entry. What fails in doing so is an internal event, and the macrostep goes on.

**Order.** States are entered parents first and left children first, in document order, which is
pre-order. Effects leave in the order in which actions ran. Of transitions that cannot be taken
together, the one from the inner state wins, else the one that comes first in document order.

A transition to a history state enters only what it has left: the appendix would enter again the
states between the history state's parent and a source inside what is remembered.

**Time.** A session's clock is the greatest time of any event it has seen; it never goes back, and
within a macrostep it stands still. Delayed sends are timers in the snapshot, with the moment at
which they are due. Before an event is handled, the timers due at its time fire, in the order of
their deadlines and, of one deadline, in the order in which they were set; each is a macrostep of
its own, at its own time. So it makes no difference when the clock looks: the event ``tick`` does
nothing but let time pass, and one that comes late finds nothing to do. Where very many are overdue,
one turn fires a portion of them; see ``lateness``.

**Deferral** (not in SCXML; UML has it). A chart can name events that are not to be lost. If such
an event enables nothing, it is kept, up to ``DEFERRED`` of them, and offered again, oldest first,
after every macrostep. One that then enables a transition begins a macrostep of its own. Results and
timers that wait do not count; they are forgotten with the work, or the send, that is taken back.

**Floor** (not in SCXML). States that listen to the user stand in line in order of entry. The first
one has the floor; guards read ``session.floor`` to leave an answer to the state it is meant for.

**Data** (departs from SCXML). Values are CEL's, and nothing is assigned but through actions. A
state may declare variables: they are created when it is entered, before its entry actions, and
dropped when it is left, after the actions of the transition that leaves it, which may still read
them. A history state remembers the variables of the states it will enter again.

**Errors.** A block of actions ends at the first error; other blocks run. The error becomes the
internal event ``error.execution.action``. A guard has three outcomes; an error counts as false and
becomes ``error.execution.guard``, once per guard and macrostep, and not while an error event is
handled, or error handlers could run for ever. Each error is also recorded as an incident.

**Results.** Work that was invoked has one result: an event with its id. That event ends the
invocation. A result for one that has ended, or was cancelled because its state was left, is *stale*
and changes nothing. Only results may be named ``done.…`` or ``error.…`` from outside.

**Sessions inside a session.** A chart that was invoked runs as a session of its own, with its own
configuration, data, history and queues, and lives in the snapshot of the outermost session, whose
clock, timers and pending work are those of all. SCXML lets sessions run side by side; here they
take turns, so that everything repeats: when the outermost one has come to rest, those that have got
something to handle do so, each until it rests, in the order in which it came to them, until nobody
has anything left. All of this is one macrostep, under one bound. A session that has been given up
runs its exit actions; whoever gave it up hears nothing of it any more.

**Bounds.** A macrostep of more than ``limit`` microsteps is discarded, as is one more timer within
a second than that: the session fails, stays where it was, and an incident names the cycle. At most
1,000 sessions run inside one, and at most 20 of them have invoked each other in a row.

**Rules** (not in SCXML). What a chart says must hold is looked at after every microstep; see
``rules`` for what they mean. That one is broken is an error event, ``error.flow.rule``, which is
handled next, before eventless transitions.

**Short ways.** What is said here is done here, with two exceptions that come to the same sooner:
``ordinary`` looks up turns in which one transition is taken and nothing follows, and ``programs``
makes code of expressions that are evaluated often.

**The end.** Reaching a final child of the root ends the session at once: the internal queue is
dropped, exit actions run, timers and invocations are cancelled. The configuration stays, so that
one can see where the session ended.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from statewright.errors import ForeignSnapshot, SessionEnded
from statewright.statechart.definition import Statechart
from statewright.statechart.event import TICK, Event, EventKind, meant
from statewright.statechart.forms.codec import digest_of
from statewright.statechart.snapshot import Snapshot, Status, Timer
from statewright.statechart.stepping.acceptance import (
    accepted,
    checked_text,
    inputs_of,
    is_awaited,
    stale,
)
from statewright.statechart.stepping.bounds import OutOfBoundsError
from statewright.statechart.stepping.execution import initialise
from statewright.statechart.stepping.invocations import (
    attend,
    begin,
    finish,
    start_charts,
    start_work,
)
from statewright.statechart.stepping.lateness import Portion
from statewright.statechart.stepping.microsteps import exit_interpreter, microstep
from statewright.statechart.stepping.ordinary import short_turn
from statewright.statechart.stepping.outside import MISFIT, values_read
from statewright.statechart.stepping.results import abandoned, macrostep_of
from statewright.statechart.stepping.sending import dispatch
from statewright.statechart.stepping.transitions import (
    select_eventless_transitions,
    select_transitions,
)
from statewright.statechart.stepping.waking import woken
from statewright.statechart.stepping.watching import watch
from statewright.statechart.stepping.working import Family, Working
from statewright.statechart.steps import Macrostep
from statewright.statechart.structure.tree import tree_of

DEFERRED: Final = 16
"""How many events from outside are kept until something listens to them. Results and timers, which
the session has asked for itself, are kept beside them."""


def start(
    chart: Statechart,
    *,
    session: str,
    seed: str,
    now: int,
    data: Mapping[str, Any] | None = None,
    contact: Mapping[str, Any] | None = None,
    tenant: Mapping[str, Any] | None = None,
) -> Macrostep:
    """Begin a session (appendix D, ``interpret``).

    Args:
        chart: what runs.
        session: the id of the session; part of the ids of its effects.
        seed: of its chance.
        now: microseconds since 1970-01-01 UTC.
        data: values of variables that the chart declares as inputs.
        contact: values of the contact that the turn may read.
        tenant: values of the tenant that the turn may read.

    Raises:
        InvalidStatechart: the chart breaks a rule of its own structure.
        InvalidEvent: an argument is not usable.
    """
    tree = tree_of(chart)
    event = Event("start", data or {}, now, contact=contact or {}, tenant=tenant or {})
    inputs = inputs_of(chart, accepted(event).data)
    checked_text(session, "session")
    checked_text(seed, "seed")
    blank = Snapshot(digest_of(chart), session, seed, now=now)
    working = Working(tree, blank)
    see_outside(working, event)
    try:
        initialise(working, tree.root, chart.data, inputs)
        if tree.root.initial is not None:
            microstep(working, [tree.root.initial], None)
        _come_to_rest(working)
        return macrostep_of(working, event)
    except OutOfBoundsError as error:
        return abandoned(working, blank, event, error)
    finally:
        working.family.part()


def macrostep(chart: Statechart, snapshot: Snapshot, event: Event) -> Macrostep:
    """Handle one event.

    Args:
        chart: what runs.
        snapshot: the session so far; it is not changed.
        event: what happened.

    Raises:
        ForeignSnapshot: the snapshot belongs to another chart.
        SessionEnded: the session is over.
        SessionBehind: more timers are due before the event than fire in one turn: ticks come first.
        InvalidEvent: the event is not usable.
        InvalidSnapshot: the snapshot names a state that the chart lacks.
    """
    check_belongs(chart, snapshot)
    if snapshot.status is not Status.ACTIVE:
        raise SessionEnded(f"session `{snapshot.session}` has {snapshot.status}; start another one")
    checked = accepted(event)
    if not checked.invocation:
        short = short_turn(chart.tree, snapshot, event, checked)
        if short is not None:
            return short
    elif not is_awaited(snapshot, checked):
        return Macrostep(event, (), snapshot, (), (stale(event),))
    return long_turn(chart, snapshot, event, checked)


def long_turn(chart: Statechart, snapshot: Snapshot, event: Event, checked: Event) -> Macrostep:
    """What comes of an event, by all that is said above.

    Args:
        chart: what runs.
        snapshot: the session so far; it belongs to the chart, and is active.
        event: what happened; if it is a result, the session waits for it.
        checked: the same, as it was accepted.

    Raises:
        InvalidEvent, InvalidSnapshot: as for ``turn``.
    """
    return turn(chart, snapshot, event, lambda working: _handle(working, checked))


def see_outside(working: Working, event: Event) -> None:
    """Let a turn see the values of the contact and the tenant that travel on its event.

    Raises:
        InvalidEvent: they are no maps of values.
    """
    seen = values_read(working.tree.chart, event)
    working.family.contact, working.family.tenant = seen.contact, seen.tenant
    for misfit in seen.misfits:
        working.report(MISFIT, misfit)


def check_belongs(chart: Statechart, snapshot: Snapshot) -> None:
    """Refuse a snapshot of another chart.

    Raises:
        ForeignSnapshot: the snapshot belongs to another chart.
    """
    tree = chart.tree
    digest = digest_of(chart) if tree is None else tree.digest or digest_of(chart)
    if snapshot.digest != digest:
        raise ForeignSnapshot(
            f"session `{snapshot.session}` belongs to the chart with digest "
            f"{snapshot.digest[:12]}…, not to `{chart.name}`, {digest[:12]}…; "
            "load the release that it was started with, or migrate it"
        )


def turn(
    chart: Statechart, snapshot: Snapshot, event: Event, handle: Callable[[Working], None]
) -> Macrostep:
    """Fire the timers that are due, then do what the event asks for, if the session still runs.

    Args:
        chart: what runs.
        snapshot: the session so far; it belongs to the chart, and is active.
        event: what happened.
        handle: does what is to be done.

    Raises:
        SessionBehind: more timers are due before the event than fire in one turn.
        InvalidEvent: the values of the contact or the tenant are not usable.
        InvalidSnapshot: the snapshot names a state that the chart lacks.
    """
    working = Working(tree_of(chart), snapshot)
    see_outside(working, event)
    try:
        if snapshot.timers or event.now > snapshot.now:
            _let_time_pass(working, event)
        if working.running:
            handle(working)
        elif event.name != TICK:
            working.report("ended", f"the session ended before `{event.name}` was handled")
        return macrostep_of(working, event)
    except OutOfBoundsError as error:
        return abandoned(working, snapshot, event, error)
    finally:
        working.family.part()


def _let_time_pass(working: Working, event: Event) -> None:
    """Fire the timers that are due, each at its own time."""
    family = working.family
    until = max(family.now, event.now)
    portion = Portion(event, working.tree.chart.limit)
    while working.running and family.timers and family.timers[0].due <= until:
        timer = family.timers[0]
        if not portion.holds(timer):
            return
        family.timers = family.timers[1:]
        family.now = max(family.now, timer.due)
        _fire(woken(family, timer.owner), timer)
        _come_to_rest(working)
        family.reach()
    family.now = until


def _fire(working: Working, timer: Timer) -> None:
    """Send what was delayed; what a session sends to itself it handles at once."""
    working.node = working.tree.nodes.get(timer.state, working.tree.root)
    dispatch(working, timer.event, timer.data, timer.id, timer.target)
    if not timer.target:
        _external(working, working.outbox.popleft())
    working.family.wake(working)


def _handle(working: Working, event: Event) -> None:
    """Handle an event from outside."""
    if event.name == TICK:
        return
    if event.invocation:
        _handle_result(working, event)
        return
    _external(working, event)
    _come_to_rest(working)


def _handle_result(working: Working, event: Event) -> None:
    """Handle the result of work, in the session that has asked for it."""
    family = working.family
    invocation = next((one for one in family.invocations if one.id == event.invocation), None)
    if invocation is None:
        family.incidents.append(stale(event))
        return
    family.invocations = tuple(one for one in family.invocations if one is not invocation)
    owner = woken(family, invocation.owner)
    _external(owner, replace(event, kind=EventKind.PLATFORM, invokeid=invocation.name))
    if owner is not working:
        family.wake(owner)
    _come_to_rest(working)


def settle(working: Working, event: Event) -> None:
    """One macrostep that begins with what somebody has done to the session from outside."""
    working.event = event
    if working.tree.chart.rules:
        watch(working)
    _come_to_rest(working)


def _external(working: Working, event: Event) -> None:
    """Take what an external event enables; an event that enables nothing may be kept."""
    working.event = event
    if event.invokeid or working.family.children:
        attend(working, event)
    enabled = select_transitions(working, event)
    if enabled:
        microstep(working, enabled, event)
    elif working.tree.deferred:
        _defer(working, event)


def _defer(working: Working, event: Event) -> None:
    """Keep an event if it is one that is not to be lost."""
    if working.tree.deferred.isdisjoint(("*", *meant(event.name, working.tree.exact))):
        return
    if _is_own(event) or sum(not _is_own(one) for one in working.deferred) < DEFERRED:
        working.deferred = (*working.deferred, event)
        return
    working.node = working.tree.root
    message = f"`{event.name}` is dropped: {DEFERRED} events wait already"
    working.report("error.deferred.full", message)


def _is_own(event: Event) -> bool:
    """Whether the session itself has asked for an event: it is a result, or a timer.

    There are only so many of those, and nobody says them again.
    """
    return bool(event.invokeid or event.sendid)


def _come_to_rest(working: Working) -> None:
    """Run until nothing is left to do without an event from outside; then offer what was kept."""
    _run(working)
    family = working.family
    while working.running and (working.deferred or family.children) and _offer_deferred(family):
        _run(working)


def _run(working: Working) -> None:
    """Run the outermost session, then those that have something to handle, until none has."""
    main_event_loop(working)
    family = working.family
    while family.ready and working.running:
        member, *rest = family.ready
        family.ready = tuple(rest)
        if member.given is not None:
            begin(member)
        main_event_loop(member)


def _offer_deferred(family: Family) -> bool:
    """Begin a macrostep with the oldest event kept that enables something; whether there is one."""
    for working in _deferring(family):
        for at, event in enumerate(working.deferred):
            working.event = event
            working.quiet = True
            enabled = select_transitions(working, event)
            working.quiet = False
            if enabled:
                family.reach()
                working.deferred = (*working.deferred[:at], *working.deferred[at + 1 :])
                microstep(working, enabled, event)
                family.wake(working)
                return True
    return False


def _deferring(family: Family) -> list[Working]:
    """The sessions that keep events, the outermost first."""
    found = [family.root] if family.root.deferred else []
    for path, child in family.children.items():
        if path in family.live or child.snapshot.deferred:
            found.append(woken(family, path))
    return found


def main_event_loop(working: Working) -> None:
    """Run until there is nothing left to do without an external event (``mainEventLoop``)."""
    eventless = working.tree.eventless
    while working.running:
        if working.broken is not None:
            event, working.broken = working.broken, None
            working.queue.appendleft(event)
            enabled = None
        else:
            enabled = select_eventless_transitions(working) if eventless else None
        if enabled:
            microstep(working, enabled, None)
        elif working.queue:
            event = working.event = working.queue.popleft()
            enabled = select_transitions(working, event)
            if enabled:
                microstep(working, enabled, event)
        elif working.hatching:
            start_charts(working)
        elif working.outbox:
            _external(working, working.outbox.popleft())
        elif working.fresh:
            start_work(working)
        else:
            return
    exit_interpreter(working)
    if working.path:
        finish(working)
