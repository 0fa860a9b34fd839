"""How a snapshot, an event and an effect are written as JSON."""

from __future__ import annotations

from typing import Any, Final

from statewright.errors import EvaluationError
from statewright.statechart.canonical import json_from_value, request_from_json
from statewright.statechart.effects import Effect, EffectKind, Incident
from statewright.statechart.event import Event, EventKind
from statewright.statechart.forms import (
    INT,
    TEXT,
    VALUE,
    Form,
    MalformedError,
    Part,
    an_object,
    by_name,
    many,
    one_of,
    record,
    shown,
)
from statewright.statechart.snapshot import Invocation, Recorded, Snapshot, Status, Timer

EVENT: Final = record(
    Event,
    Part("name", TEXT),
    Part("data", VALUE, None),
    Part("now", INT, 0),
    Part("kind", one_of(EventKind), EventKind.EXTERNAL),
    Part("invocation", TEXT, ""),
    Part("sendid", TEXT, ""),
    Part("contact", VALUE, {}),
    Part("tenant", VALUE, {}),
)
"""An event."""


def _request_from_json(value: Any) -> Any:
    try:
        return request_from_json(an_object(value))
    except EvaluationError as error:
        raise MalformedError(error.reason) from None


EFFECT: Final = record(
    Effect,
    Part("kind", one_of(EffectKind)),
    Part("id", TEXT),
    Part("state", TEXT),
    Part("data", Form(json_from_value, _request_from_json)),
)
"""A request to the world."""

INCIDENT: Final = record(
    Incident,
    Part("name", TEXT),
    Part("state", TEXT),
    Part("message", TEXT),
    Part("expression", TEXT, ""),
)
"""Something that went wrong, or was logged."""

_TIMER: Final = record(
    Timer,
    Part("due", INT),
    Part("ordinal", INT),
    Part("event", TEXT),
    Part("data", VALUE, None),
    Part("id", TEXT, ""),
    Part("state", TEXT),
)
_INVOCATION: Final = record(
    Invocation, Part("id", TEXT), Part("name", TEXT), Part("type", TEXT), Part("state", TEXT)
)


def _scopes_from_json(value: Any) -> Any:
    scopes = VALUE.read(value)
    for name, variables in an_object(scopes).items():
        if type(variables) is not dict:
            raise MalformedError(f"an object is expected, not {shown(variables)}").inside(name)
    return scopes


_SCOPES: Final = Form(json_from_value, _scopes_from_json)
_RECORDED: Final = record(Recorded, Part("states", many(TEXT)), Part("data", _SCOPES, {}))

SNAPSHOT: Final = record(
    Snapshot,
    Part("digest", TEXT),
    Part("session", TEXT),
    Part("seed", TEXT),
    Part("turns", INT, 0),
    Part("now", INT, 0),
    Part("status", one_of(Status), Status.ACTIVE),
    Part("outcome", TEXT, ""),
    Part("output", VALUE, None),
    Part("configuration", many(TEXT), ()),
    Part("data", _SCOPES, {}),
    Part("history", by_name(_RECORDED), {}),
    Part("visits", by_name(INT), {}),
    Part("timers", many(_TIMER), ()),
    Part("invocations", many(_INVOCATION), ()),
    Part("deferred", many(EVENT), ()),
    Part("floor", many(TEXT), ()),
    Part("monitors", by_name(VALUE), {}),
    Part("timer_count", INT, 0),
)
"""A snapshot."""
