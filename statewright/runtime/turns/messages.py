"""What comes to a session: checked where it comes in, and what it is as an event."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

from statewright.errors import EvaluationError, InvalidEvent, InvalidMessage
from statewright.runtime.turns.openings import Opening, event_and_opening_from
from statewright.statechart import Effect, Event, Snapshot
from statewright.statechart.event import TICK, EventKind, is_event_name, matches
from statewright.statechart.interventions.carrying import carrying
from statewright.statechart.interventions.intervening import END, PATCH
from statewright.statechart.interventions.repairs import FORK, RESUME, RETRY, SKIP
from statewright.statechart.making import maker
from statewright.statechart.playing.script import MESSAGE
from statewright.statechart.values.coercion import kept
from statewright.storage.corruption import corrupted
from statewright.storage.limits import ID_LIMIT
from statewright.storage.records import Arrival, SessionKey

OURS: Final = ("done", "error", "session", TICK)
"""Descriptors of events that nobody sends: they come from the session, or from calls of theirs."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """Something that came to a session, to be handled in a turn.

    Attributes:
        id: unique in the session.
        event: what happened; the time, and the values of the contact and the tenant, are put on
            it when it is handled.
        position: in the inbox, or 0 where it was not accepted before.
        opening: the session that it begins where none goes on; None where it begins none.
    """

    id: str
    event: Event
    position: int = 0
    opening: Opening | None = None


What = str | Mapping[str, Any] | Event
"""A text; ``{"value": …, "text": …}`` of something picked; or an event, with its name and data."""


def event_from(what: What) -> Event:
    """The event that a message is.

    Raises:
        InvalidMessage: it is no message, or an event that only the session itself may cause.
    """
    match what:
        case str():
            return _external(MESSAGE, _kept({"text": what}))
        case Event(name, data) if not what.invocation:
            if name == MESSAGE and not isinstance(data, Mapping | None):
                raise InvalidMessage(
                    f"what `{MESSAGE}` brings is {_shown(data)}; it is a map with a `text` or a "
                    "`value`"
                )
            return _external(_checked_name(name), _kept(data))
        case Mapping():
            return _external(MESSAGE, _kept(what))
        case _:
            raise InvalidMessage(
                f"a {type(what).__name__} is no message; send a text, a map with a `value`, "
                "or an event with a name and data"
            )


_event = maker(Event)


def _external(name: str, data: Any) -> Event:
    return _event(name, data, 0, EventKind.EXTERNAL, "", "", "", "", "", {}, {})


def _checked_name(name: object) -> str:
    if not isinstance(name, str) or not is_event_name(name):
        raise InvalidMessage(f"{_shown(name)} is no name of an event; use names joined by dots")
    if any(matches(descriptor, name) for descriptor in OURS):
        raise InvalidMessage(f"{_shown(name)} is not for others to send; use another name")
    return name


def patch_from(updates: Mapping[str, Any]) -> Event:
    """The event that patches a session's variables.

    Raises:
        InvalidMessage: the updates are no map of values.
    """
    return Event(PATCH, _kept(updates))


def end_from(outcome: str) -> Event:
    """The event that ends a session.

    Raises:
        InvalidMessage: the outcome is no text that can be kept.
    """
    return Event(END, _kept({"outcome": outcome}) if outcome else None)


def retry_from(invocation: Effect) -> Event:
    """The event that asks once more for what an effect has asked for."""
    return Event(RETRY, {"effect": invocation.id, "params": invocation.data.get("params")})


def skip_from(effect: str, result: Any, *, failed: bool) -> Event:
    """The event that stands for the result of an effect.

    Raises:
        InvalidMessage: the result is none that can be kept.
    """
    return Event(SKIP, {"effect": effect, ("error" if failed else "data"): _kept(result)})


def resume_from(good: Snapshot, updates: Mapping[str, Any]) -> Event:
    """The event that lets a failed session go on from a state that was good.

    Raises:
        InvalidMessage: the updates are no map of values.
    """
    return Event(RESUME, {**carrying(good), "updates": _kept(dict(updates))})


def fork_from(origin: SessionKey, version: int, snapshot: Snapshot, now: int) -> Event:
    """The event that begins a session in a state of another one."""
    data = {"session": origin.session, "version": version, **carrying(snapshot)}
    return Event(FORK, data, now)


def result_from(effect: Effect, data: Any, *, failed: bool) -> Incoming:
    """The message by which the result of an invocation comes back; its id is that of the effect."""
    prefix = "error.communication" if failed else "done.invoke"
    event = Event(f"{prefix}.{effect.data['name']}", data, invocation=effect.id)
    return Incoming(result_id(effect.id), event)


def result_id(effect: str) -> str:
    """The id of the message that brings the result of an effect."""
    if len(effect.encode()) > ID_LIMIT - len(_RESULT):
        session = effect.partition(":")[0]
        effect = f"{session}:{sha256(effect.encode()).hexdigest()}"
    return effect + _RESULT


def tick_at(key: SessionKey, revision: int) -> Incoming:
    """The message that lets time pass for a session at a revision: at most one of it is handled."""
    return Incoming(f"{key.session}:tick:{revision}", Event(TICK))


def checked_id(key: SessionKey, message: str) -> str:
    """A message id that somebody else has chosen.

    Raises:
        InvalidMessage: it begins as those do that the runtime gives.
    """
    if message.startswith(f"{key.session}:"):
        raise InvalidMessage("a message id does not begin with the id of the session and a colon")
    return message


def incoming_from(key: SessionKey, arrival: Arrival) -> Incoming:
    """What was accepted, to be handled.

    Raises:
        CorruptedSession: the inbox holds something that is no event.
    """
    try:
        event, opening = event_and_opening_from(arrival.body)
    except InvalidEvent as error:
        raise corrupted(key, f"in its inbox is {arrival.message!r}: {error}") from None
    return Incoming(arrival.message, event, arrival.position, opening)


_RESULT: Final = ":result"


def _kept(data: Any) -> Any:
    try:
        return kept(data)
    except EvaluationError as error:
        raise InvalidMessage(f"what was sent cannot be used: {error.reason}") from None


def _shown(value: object) -> str:
    return f"`{ascii(value)[:80]}`"
