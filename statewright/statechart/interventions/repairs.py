"""What is done to a session that does not get on.

Work is asked for again, or done without; a session that failed goes on from a state that was good.

Like other interventions these are events with reserved names that take a turn each. Whatever they
depend on is in their data, so that a session can be made again from its events alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from statewright.errors import InvalidEvent, SessionEnded
from statewright.statechart.definition import Statechart
from statewright.statechart.effects import Effect, EffectKind
from statewright.statechart.event import Event
from statewright.statechart.interventions.carrying import carried, map_of
from statewright.statechart.interventions.patching import patch
from statewright.statechart.snapshot import Invocation, Snapshot, Status
from statewright.statechart.stepping.acceptance import accepted
from statewright.statechart.stepping.algorithm import check_belongs, macrostep, settle, turn
from statewright.statechart.stepping.waking import woken
from statewright.statechart.stepping.working import Working
from statewright.statechart.steps import Macrostep

RETRY: Final = "session.retry"
"""The event that asks for work once more; its data are ``{"effect": id, "params": value}``."""

SKIP: Final = "session.skip"
"""The event that stands for the result of work; its data are ``{"effect": id}`` with ``data`` (as
if that had been the result) or ``error`` (``{"code", "message", …}``)."""

RESUME: Final = "session.resume"
"""The event that lets a failed session go on; its data are ``{"revision", "snapshot", "updates"}``:
the state that it goes on from, which revision that was, and a merge patch of its variables."""

FORK: Final = "session.fork"
"""The event that a session begins with which goes on from a state of another one; its data are
``{"session", "revision", "version", "snapshot"}`` of that one."""


def retried(chart: Statechart, snapshot: Snapshot, event: Event) -> Macrostep:
    """Ask for work once more, under a new id. A result of the first request is stale from then on.

    Raises:
        ForeignSnapshot, InvalidSnapshot: as for ``macrostep``.
        SessionEnded: the session is over.
        InvalidEvent: the session does not wait for that work.
    """
    check_active(chart, snapshot)
    data = map_of(accepted(event))
    if "params" not in data:
        raise InvalidEvent("to ask for work again, its `params` are needed")

    def handle(working: Working) -> None:
        family = working.family
        waiting = _pending(family.invocations, data)
        family.invocations = tuple(one for one in family.invocations if one is not waiting)
        owner = woken(family, waiting.owner)
        owner.node = owner.tree.nodes.get(waiting.state, owner.tree.root)
        owner.request(EffectKind.CANCEL, {"invocation": waiting.id})
        owner.start_work(waiting.name, waiting.type, data["params"])
        settle(working, event)

    return turn(chart, snapshot, event, handle)


def skipped(chart: Statechart, snapshot: Snapshot, event: Event) -> Macrostep:
    """Go on without work, as if it had had a result, or had failed.

    Raises:
        ForeignSnapshot, InvalidSnapshot: as for ``macrostep``.
        SessionEnded: the session is over.
        InvalidEvent: the session does not wait for that work, or the result is none.
    """
    check_active(chart, snapshot)
    data = map_of(accepted(event))
    failed = "error" in data
    if failed == ("data" in data):
        raise InvalidEvent("what stands for a result has either `data` or `error`")
    waiting = _pending(snapshot.invocations, data)
    prefix = "error.communication" if failed else "done.invoke"
    result = replace(
        event,
        name=f"{prefix}.{waiting.name}",
        data=data["error" if failed else "data"],
        invocation=waiting.id,
    )
    step = macrostep(chart, snapshot, result)
    # Nobody is to go on with the work; the id is one that no other effect of the turn has.
    name = f"{snapshot.session}:{waiting.state}:{step.snapshot.turns}:skip"
    given_up = Effect(
        EffectKind.CANCEL, name, waiting.state, {"invocation": waiting.id}, waiting.owner
    )
    return replace(step, event=event, effects=(*step.effects, given_up))


def resumed(chart: Statechart, snapshot: Snapshot, event: Event) -> Macrostep:
    """Let a failed session go on from the state that its event carries.

    No time passes for it: timers that were due fire with the next event, each at its own time. Work
    that was pending is pending again, although its result may have come since: it is to be asked
    for again, or skipped.

    Raises:
        ForeignSnapshot: a snapshot belongs to another chart.
        InvalidEvent: the session has not failed, the state is none of it, or a variable does not
            fit; nothing is changed then.
    """
    check_belongs(chart, snapshot)
    if snapshot.status is not Status.FAILED:
        is_ = "goes on" if snapshot.status is Status.ACTIVE else "has completed"
        raise InvalidEvent(f"session `{snapshot.session}` {is_}; only one that failed is resumed")
    data = map_of(event)
    restored = _carried(chart, event)
    if restored.session != snapshot.session:
        raise InvalidEvent(f"the state is that of session `{restored.session}`, not of this one")
    updates = data.get("updates", {})
    if type(updates) is not dict:
        raise InvalidEvent("updates are a map from variables to values")

    def handle(working: Working) -> None:
        patch(working, updates)
        settle(working, event)

    given = Event(event.name, None, restored.now, contact=event.contact, tenant=event.tenant)
    step = turn(chart, replace(restored, turns=snapshot.turns), given, handle)
    return replace(step, event=event)


def forked(chart: Statechart, session: str, event: Event) -> Macrostep:
    """Begin a session in the state that its event carries. Nothing is asked of the world.

    Timers keep their deadlines, and chance its seed. Work that was pending is pending, but nobody
    does it for this session: it is to be asked for again, or skipped.

    Raises:
        ForeignSnapshot: the state belongs to another chart.
        InvalidEvent: the event carries no state, or one of a session that is over.
    """
    origin = _carried(chart, event)
    children = tuple(
        replace(child, snapshot=replace(child.snapshot, session=session + child.path))
        for child in origin.children
    )
    after = replace(origin, session=session, turns=1, children=children)
    return Macrostep(event, (), after, (), ())


def _carried(chart: Statechart, event: Event) -> Snapshot:
    """The state of an active session of this chart that an event carries."""
    snapshot = carried(event)
    check_belongs(chart, snapshot)
    if snapshot.status is not Status.ACTIVE:
        raise InvalidEvent(
            f"the session has {snapshot.status} at revision {snapshot.turns}; "
            "go on from an earlier one"
        )
    return snapshot


def _pending(invocations: tuple[Invocation, ...], data: Mapping[str, Any]) -> Invocation:
    """The work that is named.

    Raises:
        InvalidEvent: it is not waited for.
    """
    wanted = data.get("effect")
    for invocation in invocations:
        if invocation.id == wanted:
            return invocation
    known = ", ".join(f"`{one.id}`" for one in invocations) or "no work"
    named = f"`{ascii(wanted)[1:-1][:200]}`" if isinstance(wanted, str) else "that"
    raise InvalidEvent(f"the session does not wait for {named}; it waits for {known}")


def check_active(chart: Statechart, snapshot: Snapshot) -> None:
    """Refuse a session of another chart, and one that is over.

    Raises:
        ForeignSnapshot: it belongs to another chart.
        SessionEnded: it is over.
    """
    check_belongs(chart, snapshot)
    if snapshot.status is not Status.ACTIVE:
        raise SessionEnded(
            f"session `{snapshot.session}` has {snapshot.status}; nothing changes it"
        )
