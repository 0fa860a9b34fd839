"""What a session waits for, and from whom. Pure: it reads a snapshot and changes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from statewright.errors import EvaluationError, InvalidSnapshot
from statewright.expressions import evaluate
from statewright.statechart.definition import Awaits, Statechart
from statewright.statechart.snapshot import Invocation, Snapshot, Status
from statewright.statechart.stepping.waking import woken
from statewright.statechart.stepping.working import Working
from statewright.statechart.structure.tree import Tree, tree_of

EFFECT = "effect"
"""The kind of waiting for the world only."""

TIMER = "timer"
"""The kind of waiting for time only."""

PEOPLE = "handoff"
"""The kind of waiting for people who have the conversation: the bot is silent meanwhile."""


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
        owner: the path of the session that the state is of: ``""``, or one that was invoked.
        others: the other questions that listen, in the order in which they were asked: an answer
            that names the node of one is for that.
    """

    kind: str
    node: str
    state: str
    choices: tuple[Mapping[str, Any], ...] = ()
    effects: tuple[Invocation, ...] = ()
    due: int | None = None
    owner: str = ""
    others: tuple[Awaiting, ...] = ()


def awaiting(chart: Statechart, snapshot: Snapshot) -> Awaiting | None:
    """What a session waits for; None where it is over, or waits for nothing that is known here.

    A question of the session itself comes before those of the sessions that it has invoked, and
    these come in the order in which they began.

    Raises:
        InvalidStatechart: the chart breaks a rule of its own structure.
        InvalidSnapshot: the snapshot names a state, or a session, that the chart lacks.
    """
    if snapshot.status is not Status.ACTIVE:
        return None
    effects = snapshot.invocations
    due = snapshot.timers[0].due if snapshot.timers else None
    owner = _owner_of_question(snapshot)
    if owner is not None:
        return _question(_working(chart, snapshot, owner), effects, due)
    if effects:
        first = effects[0]
        return Awaiting(EFFECT, first.state, first.state, (), effects, due, first.owner)
    if snapshot.timers:
        timer = snapshot.timers[0]
        return Awaiting(TIMER, timer.state, timer.state, (), effects, due, timer.owner)
    return None


def offered_by(chart: Statechart, snapshot: Snapshot, state: str) -> tuple[Mapping[str, Any], ...]:
    """The choices that a state offers which listens, be it the one that has the floor or not.

    Raises:
        InvalidSnapshot: there is no such state, or it does not listen.
    """
    working = Working(tree_of(chart), snapshot)
    return _choices(working, state, _awaits(working.tree, state))


def _owner_of_question(snapshot: Snapshot) -> str | None:
    """The path of the first session that listens to the user; None where there is none."""
    if snapshot.floor:
        return ""
    return next((child.path for child in snapshot.children if child.snapshot.floor), None)


def _working(chart: Statechart, snapshot: Snapshot, owner: str) -> Working:
    """The session with a path, for its expressions."""
    return woken(Working(tree_of(chart), snapshot).family, owner)


def _question(working: Working, effects: tuple[Invocation, ...], due: int | None) -> Awaiting:
    state, *behind = working.floor
    awaits = _awaits(working.tree, state)
    choices = _choices(working, state, awaits)
    others = tuple(_others(working, behind)) if behind and awaits.kind != PEOPLE else ()
    return Awaiting(awaits.kind, awaits.node, state, choices, effects, due, working.path, others)


def _others(working: Working, states: list[str]) -> Iterator[Awaiting]:
    for state in states:
        awaits = _awaits(working.tree, state)
        if awaits.of_user:
            choices = _choices(working, state, awaits)
            yield Awaiting(awaits.kind, awaits.node, state, choices, owner=working.path)


def _awaits(tree: Tree, name: str) -> Awaits:
    node = tree.nodes.get(name)
    if node is None or node.state is None or node.state.awaits is None:
        raise InvalidSnapshot(
            f"the floor is held by `{name}`, no state of `{tree.chart.name}` that listens; "
            "was the snapshot changed by hand?"
        )
    return node.state.awaits


def _choices(working: Working, name: str, awaits: Awaits) -> tuple[Mapping[str, Any], ...]:
    """The choices offered; none where they have no value, which the chart's own actions report."""
    if awaits.choices is None:
        return ()
    working.node = working.tree.nodes[name]
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
