"""A release as its canonical JSON: what is stored when it is published. Nothing is lost."""

from __future__ import annotations

from statewright.compiler.targets.export import Export, export_of, stem_of
from statewright.statechart import Release, release_to_json


def json_from(release: Release) -> Export:
    """One file with one line of canonical JSON."""
    name = f"{stem_of(release.statechart.name)}.json"
    return export_of({name: release_to_json(release) + "\n"})
