"""How a snapshot, an event and an effect are written as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from statewright.statechart.effects import Effect, EffectKind, Incident
from statewright.statechart.event import LATEST, Event, EventKind
from statewright.statechart.forms.tables import (
    COUNT,
    TEXT,
    VALUE,
    Form,
    MalformedError,
    Part,
    an_object,
    by_name,
    later,
    many,
    one_of,
    record,
    shown,
    within,
)
from statewright.statechart.snapshot import Child, Invocation, Recorded, Snapshot, Status, Timer
from statewright.statechart.values.canonical import json_from_value

TIME: Final = within(0, LATEST)
"""Microseconds since 1970 UTC."""

EVENT: Final = record(
    Event,
    Part("name", TEXT),
    Part("data", VALUE, None),
    Part("now", TIME, 0),
    Part("kind", one_of(EventKind), EventKind.EXTERNAL),
    Part("invocation", TEXT, ""),
    Part("sendid", TEXT, ""),
    Part("origin", TEXT, ""),
    Part("origintype", TEXT, ""),
    Part("invokeid", TEXT, ""),
    Part("contact", VALUE, {}),
    Part("tenant", VALUE, {}),
)
"""An event."""


def _map_from_json(value: Any) -> Any:
    return an_object(VALUE.read(an_object(value)))


_MAP: Final = Form(json_from_value, _map_from_json)

EFFECT: Final = record(
    Effect,
    Part("kind", one_of(EffectKind)),
    Part("id", TEXT),
    Part("state", TEXT),
    Part("data", _MAP),
    Part("owner", TEXT, ""),
)
"""A request to the world."""

INCIDENT: Final = record(
    Incident,
    Part("name", TEXT),
    Part("state", TEXT),
    Part("message", TEXT),
    Part("expression", TEXT, ""),
    Part("owner", TEXT, ""),
)
"""Something that went wrong, or was logged."""

_TIMER: Final = record(
    Timer,
    Part("due", TIME),
    Part("ordinal", COUNT),
    Part("event", TEXT),
    Part("data", VALUE, None),
    Part("id", TEXT, ""),
    Part("state", TEXT),
    Part("owner", TEXT, ""),
    Part("target", TEXT, ""),
)
_INVOCATION: Final = record(
    Invocation,
    Part("id", TEXT),
    Part("name", TEXT),
    Part("type", TEXT),
    Part("state", TEXT),
    Part("owner", TEXT, ""),
)


def _scopes_from_json(value: Any) -> Any:
    scopes = _MAP.read(value)
    for name, variables in scopes.items():
        if type(variables) is not dict:
            raise MalformedError(f"an object is expected, not {shown(variables)}").inside(name)
    return scopes


_SCOPES: Final = Form(json_from_value, _scopes_from_json)
_RECORDED: Final = record(Recorded, Part("states", many(TEXT)), Part("data", _SCOPES, {}))

_CHILD: Final = record(
    Child,
    Part("owner", TEXT, ""),
    Part("name", TEXT),
    Part("state", TEXT),
    Part("chart", TEXT),
    Part("snapshot", later(lambda: SNAPSHOT)),
)

_PARTS: Final = (
    Part("digest", TEXT),
    Part("session", TEXT),
    Part("seed", TEXT),
    Part("turns", COUNT, 0),
    Part("now", TIME, 0),
    Part("status", one_of(Status), Status.ACTIVE),
    Part("outcome", TEXT, ""),
    Part("output", VALUE, None),
    Part("configuration", many(TEXT), ()),
    Part("data", _SCOPES, {}),
    Part("history", by_name(_RECORDED), {}),
    Part("visits", by_name(COUNT), {}),
    Part("timers", many(_TIMER), ()),
    Part("invocations", many(_INVOCATION), ()),
    Part("deferred", many(EVENT), ()),
    Part("floor", many(TEXT), ()),
    Part("monitors", by_name(COUNT), {}),
    Part("timer_count", COUNT, 0),
    Part("children", many(_CHILD), ()),
    Part("id_count", COUNT, 0),
)
SNAPSHOT: Final[Form] = record(Snapshot, *_PARTS)
"""A snapshot."""

PARTS: Final[Mapping[str, Form]] = {part.name: part.form for part in _PARTS}
"""The parts of a snapshot."""
