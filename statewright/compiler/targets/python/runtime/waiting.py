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
from statewright.statechart.snapshot import Invocation, Snapshot, Status, Timer


def awaiting_of(machine: Machine, snapshot: Snapshot) -> Mapping[str, Any] | None:
    """What a session waits for; None where it is over, or waits for nothing that is known here.

    Raises:
        ForeignSnapshot: the snapshot belongs to another chart.
        InvalidSnapshot: the snapshot names a state that the chart lacks.
    """
    check_belongs(machine, snapshot)
    if snapshot.status is not Status.ACTIVE:
        return None
    found = _question(machine, snapshot)
    if found is None and snapshot.invocations:
        found = _at("effect", snapshot.invocations[0])
    if found is None and snapshot.timers:
        found = _at("timer", snapshot.timers[0])
    if found is None:
        return None
    return {
        **found,
        "effects": [
            {"id": one.id, "name": one.name, "type": one.type, "state": one.state}
            for one in snapshot.invocations
        ],
        "due": snapshot.timers[0].due if snapshot.timers else None,
    }


def _at(kind: str, waits: Invocation | Timer) -> Mapping[str, Any]:
    state = waits.state
    return {"kind": kind, "node": state, "state": state, "owner": waits.owner, "choices": []}


def _question(machine: Machine, snapshot: Snapshot) -> Mapping[str, Any] | None:
    """What is asked by the session, or else by the first that asks of those that it invoked."""
    asking = (child.path for child in snapshot.children if child.snapshot.floor)
    owner = "" if snapshot.floor else next(asking, None)
    if owner is None:
        return None
    session = Session(machine, snapshot).turn.session(owner)
    state = session.floor[0]
    awaits = _awaits(session.machine, state)
    choices = _choices(session, state, awaits)
    kind, node = awaits.kind, awaits.node
    return {"kind": kind, "node": node, "state": state, "owner": owner, "choices": choices}


def _awaits(machine: Machine, name: str) -> Awaits:
    node = machine.nodes.get(name)
    if node is None or node.state is None or node.state.awaits is None:
        raise InvalidSnapshot(
            f"the floor is held by `{name}`, no state of `{machine.chart.name}` that listens; "
            "was the snapshot changed by hand?"
        )
    return node.state.awaits


def _choices(session: Session, name: str, awaits: Awaits) -> list[Mapping[str, Any]]:
    """The choices offered; none where they have no value, which the chart's own actions report."""
    if awaits.choices is None:
        return []
    session.node = session.machine.nodes[name]
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
