"""Nodes that have work done elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from statewright.flows.nodes.sources import Source, Value


@dataclass(frozen=True, slots=True)
class Http:
    """Asks a web service, and goes on by ``success`` or ``error``.

    A response whose status is not one of success (2xx), no response in time, and a mapping that
    finds nothing are errors. So is a redirect to another server, which is not followed.

    Attributes:
        url: where.
        method: an HTTP method, upper case.
        headers: by name.
        query: query parameters by name.
        body: what is sent, or None.
        timeout: microseconds until it counts as failed.
        retries: how often the engine tries again.
        save: variable (or path) ← CEL over ``response`` (``status``, ``headers``, ``body``).
        fallback: the body that stands in for a failed response, or None.
    """

    url: Source
    method: str = "GET"
    headers: tuple[tuple[str, Source], ...] = ()
    query: tuple[tuple[str, Value], ...] = ()
    body: Value | None = None
    timeout: int = 30_000_000
    retries: int = 0
    save: tuple[tuple[Source, Source], ...] = ()
    fallback: Value | None = None
    kind: ClassVar[str] = "http"
    ports: ClassVar[tuple[str, ...]] = ("success", "error")
