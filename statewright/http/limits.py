"""How much a request may bring: bounds on what strangers send, each a number here."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on requests.

    Attributes:
        body: the most bytes of a body.
        flow_body: the most bytes of a body that holds a flow.
        depth: how deep lists and maps of a body may be nested.
        seconds: how long a body may take to arrive.
        page: the most rows that a list has.
        compilations: how many flows are compiled at once.
    """

    body: int = 1_000_000
    flow_body: int = 5_000_000
    depth: int = 64
    seconds: float = 30.0
    page: int = 100
    compilations: int = 2
