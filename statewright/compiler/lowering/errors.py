"""What can go wrong while a session runs: the events, and the classes that authors know them by."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from statewright.expressions import Expression, parse
from statewright.flows.nodes import Catch, ErrorClass
from statewright.statechart.rules import VIOLATION

ERRORS = ("error.execution.action", "error.flow")
"""What a flow's on-error answers. Work that failed tells its node, which raises one
of these. A guard that fails is not among them: the branch behind it has been taken by then."""

GUARD = "error.execution.guard"
"""A guard had no value, and counted as false."""

REQUESTS: Final = ("error.flow.http", "error.flow.action", "error.flow.llm", "error.flow.client")
"""The events of requests that failed; which class they are of stands in their data."""

EVENTS: Mapping[ErrorClass, tuple[str, ...]] = MappingProxyType(
    {
        ErrorClass.ANY: (*ERRORS, GUARD),
        ErrorClass.REQUEST: REQUESTS,
        ErrorClass.TIMEOUT: ("error.flow.timeout",),
        ErrorClass.ANSWER: ("error.flow.retries",),
        ErrorClass.REJECTED: ("error.flow.rejected",),
        ErrorClass.SUBFLOW: ("error.flow.subflow",),
        ErrorClass.LOOP: ("error.flow.loop",),
        ErrorClass.EXPRESSION: ("error.execution.action", GUARD),
        ErrorClass.RULE: (VIOLATION,),
    }
)
"""Class → the descriptors of its events; of the classes of requests, those beside ``REQUESTS``."""

RAISED = tuple(
    dict.fromkeys(
        event for name, events in EVENTS.items() if name is not ErrorClass.ANY for event in events
    )
)
"""The events as which an error can be raised again: each belongs to a class of its own."""


_OF_REQUESTS: Final = frozenset(
    {
        ErrorClass.TIMEOUT,
        ErrorClass.NETWORK,
        ErrorClass.RATE_LIMIT,
        ErrorClass.AUTHENTICATION,
        ErrorClass.CONFIGURATION,
    }
)
"""Classes that tell failed requests apart."""

STATUS: Final = "event.data.?status.orValue(0)"
"""CEL for the status with which a server has refused a request; 0 where none has."""

OF_STATUS: Final[Mapping[int, ErrorClass]] = MappingProxyType(
    {401: ErrorClass.AUTHENTICATION, 429: ErrorClass.RATE_LIMIT}
)
"""The statuses that have a class of their own; of all others it is ``STATUS``."""

Answers = tuple[tuple[tuple[str, ...], Expression | None], ...]
"""Descriptors of events, and what must hold of them besides."""


def answered_by(catch: Catch) -> Answers:
    """What a clause answers."""
    events = dict.fromkeys(one for name in catch.errors for one in EVENTS.get(name, ()))
    found: list[tuple[tuple[str, ...], Expression | None]] = []
    if events:
        found.append((tuple(events), None))
    if not set(REQUESTS) <= events.keys() and ErrorClass.ANY not in catch.errors:
        tests = tuple(_tests(catch))
        if tests:
            found.append((REQUESTS, parse(" || ".join(tests))))
    return tuple(found)


def _tests(catch: Catch) -> Iterator[str]:
    """CEL over the data of a failed request: whether it is one of those that a clause names."""
    classes = [str(name) for name in catch.errors if name in _OF_REQUESTS]
    if classes:
        yield f"event.data.?class.orValue('') in {classes}"
    if ErrorClass.STATUS in catch.errors:
        yield f"{STATUS} != 0"
    for one in catch.statuses:
        least = int(one.replace("x", "0"))
        most = int(one.replace("x", "9"))
        yield f"{STATUS} >= {least} && {STATUS} <= {most}" if least < most else f"{STATUS} == {one}"
