"""Stand-alone modules, written and imported."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from statewright.compiler.targets.python import python_from
from statewright.statechart import (
    Event,
    Macrostep,
    Release,
    Snapshot,
    State,
    Statechart,
    digest_of,
    snapshot_to_json,
)


def release_of_chart(chart: Statechart) -> Release:
    return Release(chart, digest_of(chart))


def carrier_of(charts: Mapping[str, Statechart]) -> Statechart:
    """A chart that has others, so that one module holds the machines of all of them."""
    return Statechart("carrier", (State("idle"),), charts=charts)


def written(chart: Statechart, folder: Path) -> Path:
    """The file of the stand-alone module of a chart."""
    ((name, text),) = python_from(release_of_chart(chart)).files.items()
    file = folder / name
    file.write_text(text, "utf-8")
    return file


def imported(chart: Statechart, folder: Path) -> Any:
    """The stand-alone module of a chart."""
    file = written(chart, folder)
    spec = importlib.util.spec_from_file_location(f"standalone_{file.stem}", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look for it
    try:
        spec.loader.exec_module(module)
    finally:
        del sys.modules[spec.name]
    return module


def theirs(module: Any, event: Event) -> Any:
    """An event as a module has it."""
    names = ("name", "data", "now", "invocation", "sendid", "origin", "origintype")
    return module.Event(**{name: getattr(event, name) for name in names})


def plain(value: Any) -> Any:
    """What something is made of, be it of this package or of a module."""
    if hasattr(value, "__dataclass_fields__"):
        return {name: plain(getattr(value, name)) for name in value.__dataclass_fields__}
    if isinstance(value, (list, tuple)):
        return [plain(part) for part in value]
    if isinstance(value, dict):
        return {key: plain(part) for key, part in value.items()}
    return (type(value).__name__, str(value))


def assert_same(ours: Macrostep, module: Any, made: Any) -> None:
    """That a module has done what we do, to the byte."""
    assert module.snapshot_to_json(made.snapshot) == snapshot_to_json(ours.snapshot)
    assert plain(made.effects) == plain(ours.effects)
    assert plain(made.incidents) == plain(ours.incidents)
    assert plain(made.microsteps) == plain(ours.microsteps)


def through_json(module: Any, snapshot: Snapshot) -> Any:
    return module.snapshot_from_json(module.snapshot_to_json(snapshot))
