"""Statecharts, snapshots, events and effects ⇄ canonical JSON. The digest of a chart.

What equals its default is left out. How values are written is said in ``canonical``. A text may be
given as UTF-8 bytes.
"""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Any, Final

from msgspec import Raw

from statewright.errors import (
    EvaluationError,
    InvalidEvent,
    InvalidSnapshot,
    InvalidStatechart,
    StatewrightError,
)
from statewright.statechart.definition import Statechart
from statewright.statechart.effects import Effect
from statewright.statechart.event import Event
from statewright.statechart.forms.chart_forms import STATECHART
from statewright.statechart.forms.happening_text import text_from_effect, text_from_event
from statewright.statechart.forms.snapshot_forms import EFFECT, EVENT, SNAPSHOT
from statewright.statechart.forms.snapshot_text import (
    snapshot_from_text,
    text_from_snapshot,
    texts_from_snapshot,
)
from statewright.statechart.forms.tables import Form, MalformedError
from statewright.statechart.snapshot import Snapshot
from statewright.statechart.structure.tree import tree_of
from statewright.statechart.values.canonical import text_from_json

Text = str | bytes


def chart_to_json(chart: Statechart) -> str:
    """A statechart as canonical JSON: one chart has one text.

    Raises:
        InvalidStatechart: the chart breaks a rule of its own structure.
    """
    tree_of(chart)
    return written(STATECHART, chart, InvalidStatechart)


def chart_from_json(text: Text) -> Statechart:
    """The statechart that a text describes.

    Raises:
        InvalidStatechart: it describes none, or a chart that breaks a rule.
    """
    chart: Statechart = read(STATECHART, text, InvalidStatechart, "statechart")
    tree_of(chart)
    return chart


def digest_of(chart: Statechart) -> str:
    """The SHA-256 of a chart's canonical JSON, in hexadecimal. Computed once per chart.

    Raises:
        InvalidStatechart: the chart breaks a rule of its own structure.
    """
    tree = tree_of(chart)
    if not tree.digest:
        tree.digest = sha256(chart_to_json(chart).encode()).hexdigest()
    return tree.digest


def snapshot_to_json(snapshot: Snapshot) -> str:
    """A snapshot as canonical JSON.

    Raises:
        InvalidSnapshot: it holds something that is no value.
    """
    return text_from_snapshot(snapshot) or written(SNAPSHOT, snapshot, InvalidSnapshot)


def snapshot_and_variables_to_json(snapshot: Snapshot) -> tuple[str, Raw | None]:
    """A snapshot as canonical JSON, and its variables alone, for whoever is to write them, too.

    The variables are None where there are none, or where they hold something that JSON lacks.

    Raises:
        InvalidSnapshot: it holds something that is no value.
    """
    texts = texts_from_snapshot(snapshot)
    return (written(SNAPSHOT, snapshot, InvalidSnapshot), None) if texts is None else texts


def snapshot_from_json(text: Text) -> Snapshot:
    """The snapshot that a text describes.

    Raises:
        InvalidSnapshot: it describes none.
    """
    snapshot: Snapshot = snapshot_from_text(text) or read(
        SNAPSHOT, text, InvalidSnapshot, "snapshot"
    )
    return snapshot


def event_to_json(event: Event) -> str:
    """An event as canonical JSON.

    Raises:
        InvalidEvent: it holds something that is no value.
    """
    return text_from_event(event) or written(EVENT, event, InvalidEvent)


def event_from_json(text: Text) -> Event:
    """The event that a text describes.

    Raises:
        InvalidEvent: it describes none.
    """
    event: Event = read(EVENT, text, InvalidEvent, "event")
    return event


def effect_to_json(effect: Effect) -> str:
    """An effect as canonical JSON.

    Raises:
        InvalidEvent: it holds something that is no value.
    """
    return text_from_effect(effect) or written(EFFECT, effect, InvalidEvent)


def effect_from_json(text: Text) -> Effect:
    """The effect that a text describes.

    Raises:
        InvalidEvent: it describes none.
    """
    effect: Effect = read(EFFECT, text, InvalidEvent, "effect")
    return effect


def written(form: Form, value: Any, error: type[StatewrightError]) -> str:
    """The canonical JSON of a value; what cannot be written raises ``error``."""
    try:
        return text_from_json(form.write(value))
    except (EvaluationError, TypeError, ValueError) as problem:
        raise error(f"it cannot be written as JSON: {problem}") from None
    except RecursionError:
        raise error("it cannot be written as JSON: it is nested too deeply") from None


def read(form: Form, text: Text, error: type[StatewrightError], what: str) -> Any:
    """The value that a text describes; a text that describes none raises ``error``."""
    if not isinstance(text, str | bytes | bytearray):
        raise error(
            f"this is no {what}, but a {type(text).__name__}; give its text as str or bytes"
        )
    try:
        return form.read(_DECODER.decode(text if isinstance(text, str) else text.decode()))
    except MalformedError as problem:
        raise error(f"this is no {what}; {problem}") from None
    except UnicodeDecodeError:
        raise error(f"this is no {what}; it is not UTF-8") from None
    except ValueError as problem:
        raise error(f"this is no {what}; it is not JSON: {problem}") from None
    except RecursionError:
        raise error(f"this is no {what}; it is nested too deeply") from None


def _no_constant(name: str) -> Any:
    raise ValueError(f"`{name}` is not a number of JSON")


_DECODER: Final = json.JSONDecoder(parse_constant=_no_constant)
