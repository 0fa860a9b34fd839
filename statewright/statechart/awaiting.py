"""What a session waits for, and from whom. Pure: it reads a snapshot and changes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from statewright.errors import EvaluationError, InvalidSnapshot
from statewright.expressions import evaluate
from statewright.statechart.definition import Awaits, Statechart
from statewright.statechart.snapshot import Invocation, Snapshot, Status
from statewright.statechart.tree import Tree, tree_of
from statewright.statechart.working import Working

EFFECT = "effect"
"""The kind of waiting for the world only."""

TIMER = "timer"
"""The kind of waiting for time only."""


@dataclass(frozen=True, slots=True)
class Awaiting:
    """What a session waits for.

    Attributes:
        kind: of the state that has the floor (``text``, ``choice``, …); else ``effect`` where
            results are pending, else ``timer``.
        node: what the author calls the place; for effects and timers the id of the state.
        state: id of the state.
        choices: ``{"value", "label"}`` maps that are offered, or ().
        effects: the invocations that are pending, whatever the kind.
        due: when the next timer fires, microseconds since 1970 UTC, or None.
    """

    kind: str
    node: str
    state: str
    choices: tuple[Mapping[str, Any], ...] = ()
    effects: tuple[Invocation, ...] = ()
    due: int | None = None


def awaiting(chart: Statechart, snapshot: Snapshot) -> Awaiting | None:
    """What a session waits for; None where it is over, or waits for nothing that is known here.

    Raises:
        InvalidStatechart: the chart breaks a rule of its own structure.
        InvalidSnapshot: the snapshot names a state that the chart lacks.
    """
    if snapshot.status is not Status.ACTIVE:
        return None
    tree = tree_of(chart)
    effects = snapshot.invocations
    due = snapshot.timers[0].due if snapshot.timers else None
    if snapshot.floor:
        state = snapshot.floor[0]
        awaits = _awaits(tree, state)
        choices = _choices(tree, snapshot, state, awaits)
        return Awaiting(awaits.kind, awaits.node, state, choices, effects, due)
    if effects:
        return Awaiting(EFFECT, effects[0].state, effects[0].state, (), effects, due)
    if snapshot.timers:
        state = snapshot.timers[0].state
        return Awaiting(TIMER, state, state, (), effects, due)
    return None


def _awaits(tree: Tree, name: str) -> Awaits:
    node = tree.nodes.get(name)
    if node is None or node.state is None or node.state.awaits is None:
        raise InvalidSnapshot(
            f"the floor is held by `{name}`, no state of `{tree.chart.name}` that listens; "
            "was the snapshot changed by hand?"
        )
    return node.state.awaits


def _choices(
    tree: Tree, snapshot: Snapshot, name: str, awaits: Awaits
) -> tuple[Mapping[str, Any], ...]:
    """The choices offered; none where they have no value, which the chart's own actions report."""
    if awaits.choices is None:
        return ()
    working = Working(tree, snapshot)
    working.node = tree.nodes[name]
    try:
        offered = evaluate(awaits.choices, working, working.host)
    except EvaluationError:
        return ()
    if not isinstance(offered, list):
        return ()
    return tuple(_choice(one) for one in offered)


def _choice(offered: Any) -> Mapping[str, Any]:
    if isinstance(offered, Mapping) and "value" in offered:
        value = offered["value"]
        return {"value": value, "label": offered.get("label", value)}
    return {"value": offered, "label": offered}
