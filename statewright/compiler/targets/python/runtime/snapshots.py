"""Snapshots ⇄ text by the tables alone, which need nothing but Python."""

from __future__ import annotations

from statewright.errors import InvalidSnapshot
from statewright.statechart.forms.codec import Text, read, written
from statewright.statechart.forms.snapshot_forms import SNAPSHOT
from statewright.statechart.snapshot import Snapshot


def snapshot_to_json(snapshot: Snapshot) -> str:
    """A snapshot as canonical JSON.

    Raises:
        InvalidSnapshot: it holds something that is no value.
    """
    return written(SNAPSHOT, snapshot, InvalidSnapshot)


def snapshot_from_json(text: Text) -> Snapshot:
    """The snapshot that a text describes.

    Raises:
        InvalidSnapshot: it describes none.
    """
    snapshot: Snapshot = read(SNAPSHOT, text, InvalidSnapshot, "snapshot")
    return snapshot
