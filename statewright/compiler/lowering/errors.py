"""What can go wrong while a session runs: the events, and the classes that authors know them by."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from statewright.flows.nodes import ErrorClass
from statewright.statechart.rules import VIOLATION

ERRORS = ("error.execution.action", "error.communication", "error.flow")
"""What a flow's on-error answers. A guard that fails is not among them: the branch behind it has
been taken by then."""

GUARD = "error.execution.guard"
"""A guard had no value, and counted as false."""

EVENTS: Mapping[ErrorClass, tuple[str, ...]] = MappingProxyType(
    {
        ErrorClass.ANY: (*ERRORS, GUARD),
        ErrorClass.REQUEST: (
            "error.communication",
            "error.flow.http",
            "error.flow.action",
            "error.flow.llm",
            "error.flow.client",
        ),
        ErrorClass.TIMEOUT: ("error.flow.timeout",),
        ErrorClass.ANSWER: ("error.flow.retries",),
        ErrorClass.REJECTED: ("error.flow.rejected",),
        ErrorClass.SUBFLOW: ("error.flow.subflow",),
        ErrorClass.LOOP: ("error.flow.loop",),
        ErrorClass.EXPRESSION: ("error.execution.action", GUARD),
        ErrorClass.RULE: (VIOLATION,),
    }
)
"""Class → the descriptors of its events."""

RAISED = tuple(
    dict.fromkeys(
        event for name, events in EVENTS.items() if name is not ErrorClass.ANY for event in events
    )
)
"""The events as which an error can be raised again: each belongs to a class of its own."""


def events_of(classes: Iterable[ErrorClass]) -> tuple[str, ...]:
    """The descriptors of the events of some classes."""
    return tuple(dict.fromkeys(event for name in classes for event in EVENTS[name]))
