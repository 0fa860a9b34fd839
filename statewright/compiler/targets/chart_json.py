"""A release as its canonical JSON: what is stored when it is published."""

from __future__ import annotations

from statewright.statechart import Release, release_to_json


def json_from(release: Release) -> str:
    """One line of canonical JSON, ending with a newline."""
    return release_to_json(release) + "\n"
