"""Spans for OpenTelemetry; needs the extra ``otel``. Where they go is for the SDK to say."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from opentelemetry import trace
from opentelemetry.trace import SpanKind, Status, StatusCode, TracerProvider

from statewright.runtime.observing.observers import Observer, Watched, Work

_KINDS = {"turn": SpanKind.INTERNAL, "request": SpanKind.CLIENT}


class Tracing(Observer):
    """Makes a span of each turn and of each try of a request.

    A span has the tenant, the session, and the name of the event or the type of the request; never
    what anybody has said.

    Args:
        provider: makes the tracer; the global one by default.
    """

    def __init__(self, provider: TracerProvider | None = None) -> None:
        self._tracer = trace.get_tracer("statewright", tracer_provider=provider)

    @contextmanager
    def watching(self, work: Work, watched: Watched) -> Iterator[None]:
        """See ``Observer``."""
        attributes = {
            "statewright.tenant": work.key.tenant,
            "statewright.session": work.key.session,
            f"statewright.{'event' if work.kind == 'turn' else 'request'}": work.name,
        }
        with self._tracer.start_as_current_span(
            f"statewright.{work.kind}",
            kind=_KINDS[work.kind],
            attributes=attributes,
            # The text of an exception may hold what users have said.
            record_exception=False,
            set_status_on_exception=False,
        ) as span:
            try:
                yield
            finally:
                span.set_attribute("statewright.outcome", watched.outcome)
                if watched.outcome != "ok":
                    span.set_status(Status(StatusCode.ERROR, watched.outcome))
