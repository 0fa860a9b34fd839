"""What of a turn users see: what is said, what they can choose, what is done, and how it ends."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from statewright.statechart.playing.play import Turn

ASKED: Mapping[str, tuple[str, ...]] = {
    "invoke": ("type", "params"),
    "send": ("event", "data", "target"),
    "patch": ("scope", "operation", "path", "value"),
}
"""Kind of effect → the parts of it that do not only say where in the chart it comes from."""


def visible(turn: Turn) -> dict[str, Any]:
    """What users see of a turn, and the world beside them, in plain JSON."""
    waits = turn.awaiting
    listens = waits is not None and waits["kind"] not in {"effect", "timer"}
    return {
        "messages": [dict(message) for message in turn.messages],
        "effects": [_asked(effect) for effect in turn.effects],
        "awaiting": {"kind": waits["kind"], "choices": waits["choices"]}
        if waits is not None and listens
        else None,
        "status": turn.status,
        "outcome": turn.outcome,
    }


def _asked(effect: Mapping[str, Any]) -> Mapping[str, Any]:
    parts = {key: effect["data"].get(key) for key in ASKED.get(effect["kind"], ())}
    return {"kind": effect["kind"], **parts}


def differences(one: Mapping[str, Any], other: Mapping[str, Any]) -> Iterator[str]:
    """What is different, in a sentence each."""
    for key, before in one.items():
        if before != other[key]:
            yield f"{key}: {_shown(before)} became {_shown(other[key])}"


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 200 else f"{text[:200]}…"
