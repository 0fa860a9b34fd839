"""Metrics for Prometheus; needs the extra ``metrics``."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector

from statewright.runtime.observing.observers import Committed, Notice, Observer, Watched, Work
from statewright.statechart import Status

TOGETHER: Final = "PROMETHEUS_MULTIPROC_DIR"
"""The variable by which processes that serve together share their metrics: a directory."""

BUCKETS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
"""Seconds."""

_KINDS: Final = {
    "start": "start",
    "message": "message",
    "tick": "tick",
    "inbox": "inbox",
    "done": "result",
    "error": "result",
    "session": "intervention",
}
"""The first part of the name of an event → what it counts as: names are without number."""


class Metrics(Observer):
    """Counts turns, incidents and requests.

    Args:
        registry: where; one of its own by default.
    """

    content_type: Final = CONTENT_TYPE_LATEST
    """The media type of what ``text`` gives."""

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        self.registry = registry or CollectorRegistry()
        self._turns = Counter(
            "statewright_turns_total",
            "Turns committed.",
            ["event", "status"],
            registry=self.registry,
        )
        self._handling = Histogram(
            "statewright_turn_seconds",
            "How long a message was handled, waiting included.",
            ["event", "outcome"],
            buckets=BUCKETS,
            registry=self.registry,
        )
        self._incidents = Counter(
            "statewright_incidents_total",
            "What went wrong in turns.",
            ["name"],
            registry=self.registry,
        )
        self._requests = Histogram(
            "statewright_request_seconds",
            "How long a try of a request to the world took.",
            ["type", "outcome"],
            buckets=BUCKETS,
            registry=self.registry,
        )
        self._given_up = Counter(
            "statewright_requests_given_up_total",
            "Requests that have failed for good; handled: a session has gone on by the failure.",
            ["type", "code", "handled"],
            registry=self.registry,
        )
        self._failed = Counter(
            "statewright_sessions_failed_total",
            "Sessions that have failed.",
            registry=self.registry,
        )

    def text(self) -> bytes:
        """All metrics, in the text format of Prometheus; of all processes that serve together."""
        if os.environ.get(TOGETHER):
            registry = CollectorRegistry()
            # It has no annotations.
            MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
            return generate_latest(registry)
        return generate_latest(self.registry)

    @contextmanager
    def watching(self, work: Work, watched: Watched) -> Iterator[None]:
        """See ``Observer``."""
        begin = time.perf_counter()
        try:
            yield
        finally:
            seconds = time.perf_counter() - begin
            if work.kind == "turn":
                self._handling.labels(_kind(work.name), watched.outcome).observe(seconds)
            else:
                self._requests.labels(work.name, watched.outcome).observe(seconds)

    def told(self, notice: Notice) -> None:
        """See ``Observer``."""
        if isinstance(notice, Committed):
            self._turns.labels(_kind(notice.event), str(notice.status)).inc()
            for incident in notice.incidents:
                self._incidents.labels(".".join(incident.name.split(".")[:2])).inc()
            ended = any(incident.name == "ended" for incident in notice.incidents)
            if notice.status is Status.FAILED and not ended:
                self._failed.inc()
        else:
            handled = "yes" if notice.handled else "no"
            self._given_up.labels(notice.name, notice.code, handled).inc()


def _kind(event: str) -> str:
    return _KINDS.get(event.partition(".")[0], "event")
