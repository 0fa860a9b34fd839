"""The law that putting a session away between any two events, and its chart too, changes nothing."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from statewright.statechart import (
    Turn,
    macrostep,
    release_from_json,
    release_to_json,
    snapshot_from_json,
    snapshot_to_json,
)
from tests.compiler.conversations import compiled, turns


def played_anew(text: str, *script: Any, **options: Any) -> list[Turn]:
    """Every turn of a conversation, each of which came out the same when it began from bytes."""
    played = turns(text, *script, **options)
    chart = release_from_json(release_to_json(compiled(text).draft())).statechart
    for before, turn in pairwise(played):
        read = snapshot_from_json(snapshot_to_json(before.macrostep.snapshot))
        again = macrostep(chart, read, turn.macrostep.event)
        assert again.effects == turn.macrostep.effects
        assert snapshot_to_json(again.snapshot) == snapshot_to_json(turn.macrostep.snapshot)
    return played
