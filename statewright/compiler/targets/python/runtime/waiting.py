"""What a session waits for, and from whom. It reads a snapshot and changes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from statewright.compiler.targets.python.runtime.names import seen_by
from statewright.compiler.targets.python.runtime.running import check_belongs
from statewright.compiler.targets.python.runtime.session import Session
from statewright.compiler.targets.python.runtime.tables import Machine
from statewright.errors import EvaluationError, InvalidSnapshot
from statewright.expressions import evaluate
from statewright.statechart.definition import Awaits
from statewright.statechart.snapshot import Snapshot, Status


def awaiting_of(machine: Machine, snapshot: Snapshot) -> Mapping[str, Any] | None:
    """What a session waits for; None where it is over, or waits for nothing that is known here.

    Raises:
        ForeignSnapshot: the snapshot belongs to another chart.
        InvalidSnapshot: the snapshot names a state that the chart lacks.
    """
    check_belongs(machine, snapshot)
    if snapshot.status is not Status.ACTIVE:
        return None
    kind, choices = "", []
    if snapshot.floor:
        state = snapshot.floor[0]
        awaits = _awaits(machine, state)
        kind, node, choices = awaits.kind, awaits.node, _choices(machine, snapshot, state, awaits)
    elif snapshot.invocations:
        kind, node = "effect", snapshot.invocations[0].state
        state = node
    elif snapshot.timers:
        kind, node = "timer", snapshot.timers[0].state
        state = node
    else:
        return None
    return {
        "kind": kind,
        "node": node,
        "state": state,
        "choices": choices,
        "effects": [
            {"id": one.id, "name": one.name, "type": one.type, "state": one.state}
            for one in snapshot.invocations
        ],
        "due": snapshot.timers[0].due if snapshot.timers else None,
    }


def _awaits(machine: Machine, name: str) -> Awaits:
    node = machine.nodes.get(name)
    if node is None or node.state is None or node.state.awaits is None:
        raise InvalidSnapshot(
            f"the floor is held by `{name}`, no state of `{machine.chart.name}` that listens; "
            "was the snapshot changed by hand?"
        )
    return node.state.awaits


def _choices(
    machine: Machine, snapshot: Snapshot, name: str, awaits: Awaits
) -> list[Mapping[str, Any]]:
    """The choices offered; none where they have no value, which the chart's own actions report."""
    if awaits.choices is None:
        return []
    session = Session(machine, snapshot)
    session.node = machine.nodes[name]
    try:
        offered = evaluate(awaits.choices, *seen_by(session))
    except EvaluationError:
        return []
    return [_choice(one) for one in offered] if isinstance(offered, list) else []


def _choice(offered: Any) -> Mapping[str, Any]:
    if isinstance(offered, Mapping) and "value" in offered:
        value = offered["value"]
        return {"value": value, "label": offered.get("label", value)}
    return {"value": offered, "label": offered}
