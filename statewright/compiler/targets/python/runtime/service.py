"""What a stand-alone module is for: ``start`` and ``step``, plain data in and out.

Whoever keeps sessions in memory may call what these call, and spare the JSON: ``interpret`` and
``macrostep``, with ``MACHINE``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from statewright.compiler.targets.python.runtime.chart import MACHINE
from statewright.errors import InvalidEvent
from statewright.statechart.definition import Statechart
from statewright.statechart.effects import Incident
from statewright.statechart.event import Event
from statewright.statechart.forms.codec import snapshot_from_json, snapshot_to_json
from statewright.statechart.playing.play import json_from_effect
from statewright.statechart.snapshot import Snapshot
from statewright.statechart.stepping.algorithm import check_belongs, macrostep
from statewright.statechart.stepping.algorithm import start as begin
from statewright.statechart.stepping.awaiting import Awaiting
from statewright.statechart.stepping.awaiting import awaiting as awaited
from statewright.statechart.steps import Macrostep

_KEYS: Final = (
    "name",
    "data",
    "now",
    "invocation",
    "sendid",
    "origin",
    "origintype",
    "contact",
    "tenant",
)


@dataclass(frozen=True, slots=True)
class Step:
    """What became of one event.

    Attributes:
        snapshot: all that the session is now: the text to be stored, and given to the next step.
        status: ``active``, ``completed`` or ``failed``.
        outcome: of a session that is over, or ``""``.
        configuration: ids of the active states, in document order.
        due: when the next timer fires, microseconds since 1970 UTC, or None: send ``tick`` then.
        effects: what the host is to do, in order: ``{"kind", "id", "state", "data"}``. Kinds are
            ``say`` (show ``content``), ``invoke`` (do the work ``type`` with ``params``; its result
            is an event whose ``invocation`` is this ``id``), ``cancel`` (of an invocation),
            ``send`` (``event`` with ``data`` to ``target``) and ``patch`` (of the contact's or
            tenant's values). The ``id`` is unique for ever, and the same in every repetition.
        incidents: what went wrong, or was logged: ``{"name", "state", "message", "expression"}``.
    """

    snapshot: str
    status: str
    outcome: str
    configuration: tuple[str, ...]
    due: int | None
    effects: tuple[Mapping[str, Any], ...]
    incidents: tuple[Mapping[str, Any], ...]


def start(
    *,
    session: str,
    seed: str,
    now: int,
    data: Mapping[str, Any] | None = None,
    contact: Mapping[str, Any] | None = None,
    tenant: Mapping[str, Any] | None = None,
) -> Step:
    """Begin a session.

    Args:
        session: its id, unique for ever: part of the ids of its effects.
        seed: of its chance.
        now: microseconds since 1970-01-01 UTC.
        data: values of the chart's inputs.
        contact: values of the contact that may be read.
        tenant: values of the tenant that may be read.

    Raises:
        InvalidEvent: an argument is not usable.
    """
    return _step(
        interpret(
            MACHINE,
            session=session,
            seed=seed,
            now=now,
            data=data,
            contact=contact,
            tenant=tenant,
        )
    )


def interpret(
    machine: Statechart,
    *,
    session: str,
    seed: str,
    now: int,
    data: Mapping[str, Any] | None = None,
    contact: Mapping[str, Any] | None = None,
    tenant: Mapping[str, Any] | None = None,
) -> Macrostep:
    """Begin a session of a machine, without any JSON; see ``start``.

    Raises:
        InvalidEvent: an argument is not usable.
    """
    return begin(
        machine, session=session, seed=seed, now=now, data=data, contact=contact, tenant=tenant
    )


def step(snapshot: str | bytes, event: Mapping[str, Any]) -> Step:
    """Handle one event.

    Args:
        snapshot: the session so far: that of the last step.
        event: what happened: its ``name``, ``now`` in microseconds since 1970-01-01 UTC and, where
            there are any, its ``data``. A user says ``message`` with ``{"text": …}``. The result of
            work is ``done.invoke.<name>``, or ``error.communication.<name>`` with ``code`` and
            ``message``; both with the id of the effect as ``invocation``. ``tick`` lets time pass.
            Values of the ``contact`` and the ``tenant`` may come with it.

    Raises:
        InvalidSnapshot: the snapshot is none, or none of this chart.
        ForeignSnapshot: the snapshot belongs to another chart.
        SessionEnded: the session is over.
        SessionBehind: more timers are due before the event than fire in one step: ticks come first.
        InvalidEvent: the event is not usable.
    """
    if not isinstance(event, Mapping):
        raise InvalidEvent(f"an event is a map with a `name`, not a {type(event).__name__}")
    for key in event:
        if key not in _KEYS:
            raise InvalidEvent(f"an event has no `{ascii(key)[:60]}`; it has {', '.join(_KEYS)}")
    if "name" not in event:
        raise InvalidEvent("an event has a `name`")
    return _step(macrostep(MACHINE, snapshot_from_json(snapshot), Event(**event)))


def awaiting(snapshot: str | bytes) -> Mapping[str, Any] | None:
    """What a session waits for.

    Returns:
        ``{"kind", "node", "state", "owner", "choices", "effects", "due"}``. The ``kind`` is that of
        the question that is asked (``text``, ``choice``, …), else ``effect`` or ``timer``; the
        ``owner`` is the path of the session that the state is of, if it was invoked. None where
        the session is over.

    Raises:
        InvalidSnapshot: the snapshot is none, or none of this chart.
        ForeignSnapshot: the snapshot belongs to another chart.
    """
    return awaited_by(snapshot_from_json(snapshot))


def awaited_by(snapshot: Snapshot) -> Mapping[str, Any] | None:
    """What a session waits for, as ``awaiting`` says it.

    Raises:
        ForeignSnapshot, InvalidSnapshot: as there.
    """
    check_belongs(MACHINE, snapshot)
    found = awaited(MACHINE, snapshot)
    return None if found is None else _json_from_awaiting(found)


def _step(done: Macrostep) -> Step:
    snapshot = done.snapshot
    return Step(
        snapshot_to_json(snapshot),
        str(snapshot.status),
        snapshot.outcome,
        snapshot.configuration,
        snapshot.timers[0].due if snapshot.timers else None,
        tuple(map(json_from_effect, done.effects)),
        tuple(map(_json_from_incident, done.incidents)),
    )


def _json_from_awaiting(found: Awaiting) -> Mapping[str, Any]:
    return {
        "kind": found.kind,
        "node": found.node,
        "state": found.state,
        "owner": found.owner,
        "choices": list(found.choices),
        "effects": [
            {"id": one.id, "name": one.name, "type": one.type, "state": one.state}
            for one in found.effects
        ],
        "due": found.due,
    }


def _json_from_incident(incident: Incident) -> Mapping[str, Any]:
    return {
        "name": incident.name,
        "state": incident.state,
        "message": incident.message,
        "expression": incident.expression,
    }
