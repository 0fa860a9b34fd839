"""Events that carry a state of a session: what they have of it, and reading it again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from statewright.errors import InvalidEvent, InvalidSnapshot
from statewright.statechart.event import Event
from statewright.statechart.forms.codec import snapshot_from_json, snapshot_to_json
from statewright.statechart.snapshot import Snapshot


def carrying(snapshot: Snapshot) -> Mapping[str, Any]:
    """What an event that carries a state has of it."""
    return {"revision": snapshot.turns, "snapshot": snapshot_to_json(snapshot)}


def map_of(event: Event) -> Mapping[str, Any]:
    """The data of an event.

    Raises:
        InvalidEvent: they are no map.
    """
    if not isinstance(event.data, Mapping):
        raise InvalidEvent(f"the data of `{event.name}` are a map")
    return event.data


def carried(event: Event) -> Snapshot:
    """The state that an event carries.

    Raises:
        InvalidEvent: it carries none.
    """
    text = map_of(event).get("snapshot")
    if not isinstance(text, str):
        raise InvalidEvent("an event that goes on from a state carries its `snapshot`, a text")
    try:
        return snapshot_from_json(text)
    except InvalidSnapshot as error:
        raise InvalidEvent(f"the state to go on from cannot be read: {error}") from None
