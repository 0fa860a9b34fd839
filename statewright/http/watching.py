"""Who watches a server: what `serve` was asked for, as processes that serve together know it."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from statewright.runtime.observing.alerts import Alerts, Sink, Webhook, log_sink
from statewright.runtime.observing.logs import log_as_json
from statewright.runtime.observing.observers import Observer
from statewright.runtime.operations.redaction import Redactor

if TYPE_CHECKING:
    from statewright.runtime.observing.metrics import Metrics

LOG_FORMAT: Final = "STATEWRIGHT_LOG_FORMAT"
METRICS: Final = "STATEWRIGHT_METRICS"
TRACING: Final = "STATEWRIGHT_TRACING"
ALERTS: Final = "STATEWRIGHT_ALERTS"


@dataclass(frozen=True, slots=True)
class Watch:
    """How a server is watched.

    Attributes:
        log_format: ``text``, or ``json`` for one object a line.
        metrics: whether `/metrics` is served.
        tracing: whether spans are made for OpenTelemetry.
        alerts: where alerts go: ``log``, or a URL that they are posted to; each at most once.
    """

    log_format: str = "text"
    metrics: bool = False
    tracing: bool = False
    alerts: tuple[str, ...] = ()

    def environment(self) -> dict[str, str]:
        """The variables by which other processes know it."""
        return {
            LOG_FORMAT: self.log_format,
            METRICS: "1" if self.metrics else "",
            TRACING: "1" if self.tracing else "",
            ALERTS: " ".join(self.alerts),
        }


def watch_of(environment: Mapping[str, str]) -> Watch:
    """How a server is watched that was started with these variables."""
    return Watch(
        environment.get(LOG_FORMAT) or "text",
        environment.get(METRICS) == "1",
        environment.get(TRACING) == "1",
        tuple(environment.get(ALERTS, "").split()),
    )


@dataclass(frozen=True, slots=True)
class Watchers:
    """Those who watch a server.

    Attributes:
        observers: what the runtime is given.
        metrics: what `/metrics` shows, or None.
        redactor: knows the secrets that were given out.
    """

    observers: Sequence[Observer]
    metrics: Metrics | None
    redactor: Redactor


def watchers_of(watch: Watch) -> Watchers:
    """Those who watch a server, and its log.

    Raises:
        ModuleNotFoundError: an extra is not installed.
    """
    redactor = Redactor()
    if watch.log_format == "json":
        log_as_json(redactor)
    metrics = _metrics() if watch.metrics else None
    observers: list[Observer] = [] if metrics is None else [metrics]
    if watch.tracing:
        from statewright.runtime.observing.tracing import Tracing  # noqa: PLC0415 (an extra)

        observers.append(Tracing())
    if watch.alerts:
        sinks: list[Sink] = [
            log_sink if where == "log" else Webhook(where) for where in watch.alerts
        ]
        observers.append(Alerts(sinks))
    return Watchers(observers, metrics, redactor)


def _metrics() -> Metrics:
    from statewright.runtime.observing.metrics import Metrics  # noqa: PLC0415 (an extra)

    return Metrics()


def watch_from_here() -> Watch:
    """How this process is watched."""
    return watch_of(os.environ)
