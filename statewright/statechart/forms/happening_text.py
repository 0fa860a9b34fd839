"""Events and effects → text, for those that hold nothing unusual: see ``snapshot_text``.

Every turn writes one of the former and most write some of the latter. Both functions give what the
tables would write, or None where they cannot tell; tests hold the two against each other.
"""

from __future__ import annotations

from typing import Any, Final

from msgspec.json import Encoder

from statewright.statechart.effects import Effect
from statewright.statechart.event import Event, EventKind
from statewright.statechart.values.plain import is_plain_map

_LEVELS: Final = 12
_NO_TEXTS: Final = ("", "", "", "", "")
_encode: Final = Encoder(order="deterministic").encode


def text_from_event(event: Event) -> str | None:
    """An event as canonical JSON, or None where the tables have to write it."""
    texts = event.invocation, event.sendid, event.origin, event.origintype, event.invokeid
    if texts != _NO_TEXTS or event.kind is not EventKind.EXTERNAL:
        return None
    written: dict[str, Any] = {"name": event.name}
    if event.data is not None:
        written["data"] = event.data
    if event.now != 0:
        written["now"] = event.now
    if event.contact != {}:
        written["contact"] = event.contact
    if event.tenant != {}:
        written["tenant"] = event.tenant
    return _text(written)


def text_from_effect(effect: Effect) -> str | None:
    """An effect as canonical JSON, or None where the tables have to write it."""
    written = {
        "kind": str(effect.kind),
        "id": effect.id,
        "state": effect.state,
        "data": effect.data,
    }
    if effect.owner != "":
        written["owner"] = effect.owner
    return _text(written)


def _text(written: dict[str, Any]) -> str | None:
    if not is_plain_map(written, _LEVELS):
        return None
    try:
        return _encode(written).decode()
    except UnicodeEncodeError:
        return None  # It holds half a character.
