"""What comes in from outside: events, results and the inputs of a session. All is checked here."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from statewright.errors import EvaluationError, InvalidEvent
from statewright.expressions.values import has_lone_surrogate
from statewright.statechart.definition import OWN, Statechart
from statewright.statechart.effects import Incident
from statewright.statechart.event import LATEST, Event, EventKind, is_event_name, matches
from statewright.statechart.making import maker
from statewright.statechart.snapshot import Snapshot
from statewright.statechart.values.coercion import held, kept

_event = maker(Event)
_NO_TEXTS: Final = ("", "", "", "", "")
_NOTHING: Final[Mapping[str, Any]] = {}


def accepted(event: Event) -> Event:
    """An event from outside, with data that nobody else can change.

    What it says of the contact and the tenant is left out: see ``outside``.

    Raises:
        InvalidEvent: its name, time or data are not usable; the message says why.
    """
    name, data, now, kind = event.name, event.data, event.now, event.kind
    invocation, sendid = event.invocation, event.sendid
    origin, origintype = event.origin, event.origintype
    use = _use_of(name) if type(name) is str else ""
    if not use:
        raise InvalidEvent(f"{shown(name)} is no name of an event; use names joined by dots")
    if use is _RESULT and not invocation:
        raise InvalidEvent(
            f"`{name}` comes from the session itself; only the result of an invocation, "
            "with its id, may be named so"
        )
    if kind is not EventKind.EXTERNAL:
        raise InvalidEvent(f"`{name}` is {kind}; what comes from outside is external")
    if type(now) is not int or not 0 <= now <= LATEST:
        checked_time(now, f"event `{name}`")
    if (invocation, sendid, origin, origintype, event.invokeid) != _NO_TEXTS:
        _check_texts(event)
    if data is not None:
        try:
            data = kept(data)
        except EvaluationError as error:
            raise InvalidEvent(
                f"the data of event `{name}` cannot be used: {error.reason}"
            ) from None
    return _event(
        name, data, now, kind, invocation, sendid, origin, origintype, "", _NOTHING, _NOTHING
    )


def _check_texts(event: Event) -> None:
    """Refuse an event that pretends to come of an invocation, or from nowhere that can be named."""
    checked_text(event.invocation, "invocation of an event")
    checked_text(event.sendid, "sendid of an event")
    checked_text(event.origin, "origin of an event")
    checked_text(event.origintype, "origintype of an event")
    if event.invokeid != "":
        raise InvalidEvent(
            f"`{event.name}` has an invokeid, which only the session itself gives; leave it out"
        )


_RESULT: Final = "result"


@lru_cache(maxsize=1024)
def _use_of(name: str) -> str:
    """What a name is for: results only, or any event; ``""`` for one that names none."""
    if not is_event_name(name) or not _is_text(name):
        return ""
    return _RESULT if matches("done", name) or matches("error", name) else "event"


def checked_time(now: int, where: str) -> None:
    """Refuse a time that no clock shows.

    Raises:
        InvalidEvent: it is none of the microseconds from 1970 to 9999.
    """
    if type(now) is not int or not 0 <= now <= LATEST:
        raise InvalidEvent(
            f"the time of {where} is {shown(now)}; it counts microseconds since 1970, "
            f"as an int from 0 to {LATEST}"
        )


def checked_text(text: str, what: str) -> None:
    """Refuse what is no text, or none that can be written down.

    Raises:
        InvalidEvent: it is none.
    """
    if type(text) is not str or not _is_text(text):
        raise InvalidEvent(f"the {what} is {shown(text)}; use a text")


def inputs_of(chart: Statechart, data: Any) -> dict[str, Any]:
    """The values that a session starts with, coerced to the types declared.

    Raises:
        InvalidEvent: they are no map, or one is no input of the chart, or of another type.
    """
    if type(data) is not dict:
        raise InvalidEvent(f"the inputs are {shown(data)}; they are a map from names to values")
    declared = {datum.name: datum for datum in chart.data if datum.name in chart.inputs}
    inputs: dict[str, Any] = {}
    for name, value in data.items():
        if name not in declared:
            known = ", ".join(f"`{one}`" for one in declared if not one.startswith(OWN)) or "none"
            raise InvalidEvent(f"`{name}` is no input of `{chart.name}`; its inputs are {known}")
        try:
            inputs[name] = held(value, declared[name].type, declared[name].limits)
        except EvaluationError as error:
            raise InvalidEvent(f"the input `{name}`: {error.reason}") from None
    return inputs


def is_awaited(snapshot: Snapshot, event: Event) -> bool:
    """Whether a result is of an invocation that the session waits for.

    Raises:
        InvalidEvent: it is, but its name is not that of a result of this invocation.
    """
    for invocation in snapshot.invocations:
        if invocation.id == event.invocation:
            names = (f"done.invoke.{invocation.name}", f"error.communication.{invocation.name}")
            if event.name not in names:
                raise InvalidEvent(
                    f"`{event.name}` is no result of the invocation `{invocation.id}`; "
                    f"name it `{names[0]}` or `{names[1]}`"
                )
            return True
    return False


def stale(event: Event) -> Incident:
    """What is recorded of a result that nothing waits for."""
    return Incident("stale", "", f"nothing waits for the result of `{event.invocation}` any more")


def _is_text(text: str) -> bool:
    return text.isascii() or not has_lone_surrogate(text)


def shown(value: object) -> str:
    """A value for a message: short, and safe to print."""
    return f"`{ascii(value)[:80]}`"
