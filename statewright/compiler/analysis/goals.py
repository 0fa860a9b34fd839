"""Nodes to which a conversation may go without an edge: those that settings and policies name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from statewright.flows.goals import Goal
from statewright.flows.model import Flow, OnError


@dataclass(frozen=True, slots=True)
class Named:
    """A node that is named outside of edges.

    Attributes:
        goal: the node, and where it is named.
        what: what leads there, as a message says it.
        source: id of the node that names it, or ``""`` where it is the flow.
    """

    goal: Goal
    what: str
    source: str = ""


def goals_of(flow: Flow) -> Iterator[Named]:
    """All of them, whether or not there is such a node."""
    settings = flow.settings
    if settings.on_error is OnError.FALLBACK:
        yield Named(Goal(settings.fallback, settings.fallback_at), "`fallback` of the flow")
    if settings.business_hours is not None and settings.business_hours.closed is not None:
        yield Named(settings.business_hours.closed, "`closed` of the business hours")
    if settings.inactivity is not None and settings.inactivity.to is not None:
        yield Named(settings.inactivity.to, "`to` of the inactivity")
    for trigger in flow.triggers:
        if trigger.to is not None:
            yield Named(trigger.to, f"the trigger `{trigger.name}`")
    for node in flow.nodes:
        if node.on_error is not None and node.on_error.fallback is not None:
            yield Named(node.on_error.fallback, f"`on_error` of `{node.id}`", node.id)
