"""The same events for our engine and for XState, and what has to be the same afterwards."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from statewright.compiler.targets import TARGETS, Export
from statewright.compiler.targets.xstate.names import naming_of
from statewright.statechart import (
    Event,
    Macrostep,
    Release,
    Statechart,
    Status,
    digest_of,
    macrostep,
    start,
)
from statewright.statechart.event import TICK
from tests.compiler.node_tools import NodeTools

LOOSE_LIMIT = 500
"""XState counts the microsteps of a turn otherwise; what is compared stays far below."""

STRUCTURAL = frozenset(
    {
        "history-actions",
        "history-from-inside",
        "initial-actions",
        "initial-inside",
        "nested-parallel-done",
        "outer-transitions",
        "parallel-domain",
        "remembered-variables",
    }
)
"""Losses that show in the configuration, or in data: where XState is known to do something else."""


def released(chart: Statechart) -> Release:
    return Release(chart, digest_of(chart), inputs=chart.inputs)


def exported(chart: Statechart) -> Export:
    return TARGETS["xstate"](released(chart))


def ran(chart: Statechart, events: Sequence[Event]) -> list[Macrostep]:
    """What our engine does, until the session ends."""
    steps = [start(chart, session="s", seed="s", now=0)]
    for event in events:
        if steps[-1].snapshot.status is not Status.ACTIVE:
            break
        steps.append(macrostep(chart, steps[-1].snapshot, event))
    return steps


def in_xstate(event: Event) -> dict[str, Any]:
    """An event as it is sent to XState, and the time at which it comes."""
    sent: dict[str, Any] | None = {"type": event.name, "data": event.data}
    if event.name == TICK:
        sent = None
    elif event.name.startswith("done.invoke."):
        name = event.name.removeprefix("done.invoke.")
        sent = {"type": f"xstate.done.actor.{name}", "output": event.data}
    elif event.name.startswith("error.communication."):
        name = event.name.removeprefix("error.communication.")
        sent = {"type": f"xstate.error.actor.{name}", "error": event.data}
    return {"now": event.now, "event": sent}


def run_in_xstate(
    node: NodeTools,
    chart: Statechart,
    steps: Sequence[Macrostep],
    *,
    data: Mapping[str, Any] | None = None,
    rehydrate: bool = False,
    stubs: Mapping[str, str] | None = None,
) -> list[dict[str, Any]]:
    """What XState does with the events of these steps; ``stubs`` are written in JavaScript."""
    export = exported(replace(chart, limit=LOOSE_LIMIT))
    found: list[dict[str, Any]] = node.ask(
        "run",
        main=next(iter(export.files)),
        files=dict(export.files),
        input={"data": dict(data or {}), "session": "s", "seed": "s"},
        now=steps[0].event.now,
        steps=[in_xstate(step.event) for step in steps[1:]],
        rehydrate=rehydrate,
        stubs=dict(stubs or {}),
    )
    return found


def seen(step: Macrostep) -> dict[str, Any]:
    """What is compared of a turn of ours."""
    snapshot = step.snapshot
    active = snapshot.status is Status.ACTIVE
    return {
        "configuration": list(snapshot.configuration),
        "ended": not active,
        "data": _comparable(snapshot.data.get("", {})),
        "scopes": _comparable({key: part for key, part in snapshot.data.items() if key and active}),
        "floor": list(snapshot.floor),
        "said": [
            _comparable(effect.data["content"]) for effect in step.effects if effect.kind == "say"
        ],
        "requested": [
            effect.data["type"] for effect in step.effects if effect.kind == "invoke" and active
        ],
    }


def seen_in_xstate(answer: Mapping[str, Any], chart: Statechart) -> dict[str, Any]:
    """The same of a turn of XState's."""
    names = {name: state for state, name in naming_of(chart).ids.items()}
    configuration = [names[name] for name in answer["configuration"]]
    active = answer["status"] == "active"
    return {
        "configuration": configuration,
        "ended": not active,
        "data": _comparable(answer["data"]),
        "scopes": {
            state: _comparable(part)
            for state, part in answer["scopes"].items()
            if active and state in configuration
        },
        "floor": answer["floor"] if active else [],
        "said": [
            _comparable(effect["content"])
            for effect in answer["effects"]
            if effect["kind"] == "say"
        ],
        "requested": [one["type"] for one in answer["requested"] if active],
    }


def _comparable(value: Any) -> Any:
    """A value without what each engine words in its own way: messages of errors, origins."""
    if isinstance(value, Mapping):
        if {"message", "expression"} <= value.keys():
            return "an error"
        if {"name", "data", "kind"} <= value.keys():
            return [value["name"], _comparable(value["data"]), value["kind"]]
        return {key: _comparable(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_comparable(part) for part in value]
    return json.loads(json.dumps(value))


def has_no_end(steps: Sequence[Macrostep]) -> bool:
    return any(one.name == "error.limit" for step in steps for one in step.incidents)


def before_guard_errors(chart: Statechart, steps: Sequence[Macrostep]) -> Sequence[Macrostep]:
    """The turns before a guard fails, where the chart would hear of it: XState does not say so."""
    if not any(loss.code == "guard-errors" for loss in exported(chart).losses):
        return steps
    for number, step in enumerate(steps):
        if any(one.name == "error.execution.guard" for one in step.incidents):
            return steps[:number]
    return steps
