"""What people decide of a migration: which states take the place of which, and what variables hold.

Nothing needs to be decided of what is the same in both charts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from statewright.expressions import Expression
from statewright.statechart.structure.nodes import Node


@dataclass(frozen=True, slots=True)
class Plan:
    """What becomes of sessions of one chart on another one.

    What is said of a state holds for all that lies inside it; what is said of the inner one wins.

    Attributes:
        states: state of the old chart → state of the new one that takes its place.
        restarts: state of the old chart → state of the new one, which sessions that rest in the
            former enter anew: what it says is said again, and what it asks is asked again.
        pinned: states of the old chart; sessions that rest in them stay on it.
        values: variable of the session in the new chart → what it holds, over the variables that
            the session has had.
        rest: what becomes of sessions for which there is no other way: ``""`` is nothing, and an
            id is that of a state which they enter anew.
    """

    states: Mapping[str, str] = field(default_factory=dict)
    restarts: Mapping[str, str] = field(default_factory=dict)
    pinned: frozenset[str] = frozenset()
    values: Mapping[str, Expression] = field(default_factory=dict)
    rest: str = ""


NO_PLAN = Plan()
"""Nothing is decided: sessions go on where both charts are the same."""


def is_pinned(plan: Plan, node: Node) -> bool:
    """Whether sessions that rest in a state of the old chart stay on it."""
    for one in (node, *node.ancestors()):
        if one.id in plan.pinned:
            return True
        if one.id in plan.restarts or one.id in plan.states:
            return False
    return False


def restart_of(plan: Plan, node: Node) -> str:
    """The state that sessions enter anew which rest in a state of the old chart, or ``""``."""
    for one in (node, *node.ancestors()):
        if one.id in plan.restarts:
            return plan.restarts[one.id]
        if one.id in plan.pinned or one.id in plan.states:
            return ""
    return ""


def renamed(plan: Plan, node: Node) -> str:
    """What a state of the old chart is called in the new one, if it is there.

    The id of a state that lies inside another one, and begins with its id, goes along.
    """
    for one in (node, *node.ancestors()):
        if one.id in plan.states and (one is node or node.id.startswith(f"{one.id}/")):
            return plan.states[one.id] + node.id.removeprefix(one.id)
    return node.id


def renamed_event(plan: Plan, nodes: Mapping[str, Node], name: str) -> str:
    """What an event is called in the new chart that bears the id of a state at its end.

    More may stand behind the id, after a slash: ``done.timer.ask/~reminder``.

    >>> renamed_event(Plan(), {}, "done.timer.ask")
    'done.timer.ask'
    """
    head, dot, place = name.rpartition(".")
    state = place
    while state and state not in nodes:
        state = state.rpartition("/")[0]
    if not state:
        return name
    return f"{head}{dot}{renamed(plan, nodes[state])}{place.removeprefix(state)}"
