"""Who watches a runtime: metrics, spans, alerts and logs, none of which shows what is private."""

from __future__ import annotations

import asyncio
import io
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from statewright.errors import EffectFailed, FailureKind, SessionEnded
from statewright.runtime import Order, Runtime, VirtualClock
from statewright.runtime.effects.secret_texts import asked
from statewright.runtime.observing.alerts import Alert, Alerts, Webhook, log_sink
from statewright.runtime.observing.logs import JSONFormatter
from statewright.runtime.observing.metrics import Metrics
from statewright.runtime.observing.observers import (
    Committed,
    GivenUp,
    Notice,
    Observer,
    Watched,
    Work,
)
from statewright.runtime.observing.tracing import Tracing
from statewright.runtime.operations.letters import Letters
from statewright.runtime.operations.redaction import Redactor, redacted
from statewright.statechart import Status
from statewright.storage import MemoryStore
from statewright.storage.records import SessionKey
from tests.compiler.conversations import compiled
from tests.runtime.servers import Asked, Reply, serving
from tests.runtime.worlds import NOW

pytestmark = pytest.mark.anyio

FLOW = """
start: ask
variables:
  name: {type: string, pii: true}
  age: {type: int, default: 7}
nodes:
  ask: {type: question, text: Name?, variable: name, next: look}
  look: {type: http, url: "https://crm.example/{{ name }}", success: count, error: count}
  count: {type: set, actions: [{set: age, to: "{{ int(name) }}"}], next: fine}
  fine: {type: end, outcome: done}
"""


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


class Notebook(Observer):
    """Writes down what it is told."""

    def __init__(self) -> None:
        self.notices: list[Notice] = []
        self.work: list[tuple[str, str, str]] = []

    @contextmanager
    def watching(self, work: Work, watched: Watched) -> Iterator[None]:
        try:
            yield
        finally:
            self.work.append((work.kind, work.name, watched.outcome))

    def told(self, notice: Notice) -> None:
        self.notices.append(notice)


async def away(_order: Order) -> None:
    raise EffectFailed("away", "nobody is there")


async def talked(*observers: Observer) -> Runtime:
    """A runtime in which a conversation has failed, after a request was lost."""
    runtime = Runtime(
        MemoryStore(), clock=VirtualClock(NOW), handlers={"http": away}, observers=observers
    )
    await runtime.publish(compiled(FLOW).release(), flow="flow")
    key = (await runtime.start("flow")).key
    await runtime.send(key, "Ada Lovelace")
    await runtime.work(runtime.clock())
    with pytest.raises(SessionEnded):
        await runtime.send(key, "more")
    return runtime


async def test_an_observer_is_told_of_turns_requests_and_losses() -> None:
    notebook = Notebook()
    await talked(notebook)
    committed = [one for one in notebook.notices if isinstance(one, Committed)]
    assert [(one.revision, one.event.partition(".")[0], str(one.status)) for one in committed] == [
        (1, "start", "active"),
        (2, "message", "active"),
        (3, "error", "failed"),
    ]
    (lost,) = [one for one in notebook.notices if isinstance(one, GivenUp)]
    assert (lost.name, lost.code, lost.message) == ("http", "away", "nobody is there")
    assert notebook.work == [
        ("turn", "message", "ok"),
        ("request", "http", "away"),
        ("turn", "error.communication.look", "ok"),
        ("turn", "message", "SessionEnded"),
    ]


async def test_what_is_private_is_told_to_nobody() -> None:
    notebook = Notebook()
    runtime = await talked(notebook)
    messages = [
        incident.message
        for notice in notebook.notices
        if isinstance(notice, Committed)
        for incident in notice.incidents
    ]
    assert messages
    assert "Ada" not in "".join(messages)
    (row,) = await runtime.store.sessions("default")
    history = await runtime.store.history(row.key)
    assert "Ada Lovelace" in "".join(turn.event for turn in history), "the history has it all"


async def test_an_observer_that_fails_is_no_harm() -> None:
    class Broken(Observer):
        def told(self, _notice: Notice) -> None:
            raise ValueError("no")

        async def close(self) -> None:
            raise ValueError("no")

    notebook = Notebook()
    runtime = await talked(Broken(), notebook)
    assert len(notebook.notices) == 4
    await runtime.close()


async def test_metrics_count_what_is_done() -> None:
    metrics = Metrics()
    await talked(metrics)
    text = metrics.text().decode()
    assert 'statewright_turns_total{event="message",status="active"} 1.0' in text
    assert 'statewright_turns_total{event="result",status="failed"} 1.0' in text
    assert "statewright_sessions_failed_total 1.0" in text
    assert 'statewright_request_seconds_count{outcome="away",type="http"} 1.0' in text
    assert 'statewright_requests_given_up_total{code="away",handled="no",type="http"} 1.0' in text
    assert 'statewright_turn_seconds_count{event="message",outcome="SessionEnded"} 1.0' in text


async def test_spans_are_made_of_turns_and_requests() -> None:
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    await talked(Tracing(provider))
    spans = exporter.get_finished_spans()
    assert {span.name for span in spans} == {"statewright.turn", "statewright.request"}
    (request,) = [span for span in spans if span.name == "statewright.request"]
    assert request.attributes is not None
    assert request.attributes["statewright.outcome"] == "away"
    assert "Ada" not in "".join(span.to_json() for span in spans)


async def test_somebody_is_told_of_failures_and_losses() -> None:
    told: list[Alert] = []

    async def sink(alert: Alert) -> None:
        told.append(alert)

    alerts = Alerts([sink])
    await alerts.open()
    await talked(alerts)
    await alerts.close()
    assert [one.kind for one in told] == ["failed", "given_up"]
    assert told[0].revision == 3
    assert "Ada" not in told[0].message


LOOKING = """
start: ask
variables: {said: string}
nodes:
  ask: {type: question, text: Well?, variable: said, next: look}
  look: {type: http, url: "https://crm.example/", success: done, error: sorry}
  sorry: {type: end, text: "Not now." PORT}
  done: {type: end}
"""


@pytest.mark.parametrize(("status", "handled"), [(404, "yes"), (500, "yes"), (404, "no")])
async def test_a_refusal_that_a_flow_handles_is_counted_and_no_alarm(
    status: int, handled: str
) -> None:
    told: list[Alert] = []

    async def sink(alert: Alert) -> None:
        told.append(alert)

    async def refuse(_order: Order) -> Any:
        kind = FailureKind.CONFIGURATION
        result = {"status": status, "headers": {}, "body": ""}
        raise EffectFailed("status", f"the status is {status}", kind=kind, result=result)

    alerts, metrics = Alerts([sink]), Metrics()
    await alerts.open()
    runtime = Runtime(MemoryStore(), handlers={"http": refuse}, observers=(alerts, metrics))
    port = "" if handled == "yes" else ", failed: true"
    flow = LOOKING.replace("PORT", port)
    await runtime.publish(compiled(flow).release(), flow="flow")
    key = (await runtime.start("flow")).key
    await runtime.send(key, "go")
    await runtime.work(runtime.clock())
    await alerts.close()
    letters = await Letters(runtime.store, runtime.clock, runtime.repairs).dead("default")
    text = metrics.text().decode()
    counted = f'requests_given_up_total{{code="status",handled="{handled}",type="http"}} 1.0'
    assert counted in text
    assert 'request_seconds_count{outcome="status",type="http"} 1.0' in text
    status_then = (await runtime.session(key)).status
    if handled == "yes":
        assert (status_then, told, letters) == (Status.COMPLETED, [], ())
    else:
        assert status_then is Status.FAILED
        assert "given_up" in [one.kind for one in told]
        assert [(one.code, one.message) for one in letters] == [("status", "the status is 404")]


async def test_an_alert_is_tried_again_and_then_let_go() -> None:
    tries: list[str] = []

    async def sink(alert: Alert) -> None:
        tries.append(alert.kind)
        if len(tries) < 3:
            raise OSError("away")

    alerts = Alerts([sink], pauses=(0, 0, 0))
    await alerts.open()
    alerts.told(GivenUp(SessionKey("t", "s"), NOW, "e", "state", "http", "away", "no"))
    await alerts.close()
    assert tries == ["given_up"] * 3


async def test_alerts_that_nobody_takes_do_not_pile_up() -> None:
    async def sink(_alert: Alert) -> None:
        await asyncio.Event().wait()

    alerts = Alerts([sink])
    for _ in range(1_500):
        alerts.told(GivenUp(SessionKey("t", "s"), NOW, "e", "state", "http", "away", "no"))
    assert alerts.dropped == 500


def logged(work: Any, redact: Any = str) -> list[dict[str, Any]]:
    """What is logged as JSON while something is done."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JSONFormatter(redact))
    logger = logging.getLogger("statewright")
    logger.addHandler(handler)
    try:
        work(logger)
    finally:
        logger.removeHandler(handler)
    return [json.loads(line) for line in stream.getvalue().splitlines()]


async def test_a_log_is_one_object_a_line() -> None:
    def work(logger: logging.Logger) -> None:
        logger.warning("two\nlines, %s", "ü")
        try:
            raise ValueError("why")
        except ValueError:
            logger.exception("it failed")

    first, second = logged(work)
    assert (first["level"], first["logger"], first["message"]) == (
        "warning",
        "statewright",
        "two\nlines, ü",
    )
    assert first["time"].endswith("Z")
    assert "ValueError: why" in second["exception"]


async def test_an_alert_in_the_log_carries_its_parts() -> None:
    alert = Alert("failed", "t", "s", 3, "error.execution", "state", "no", NOW)

    def work(_logger: logging.Logger) -> None:
        coroutine = log_sink(alert)
        with pytest.raises(StopIteration):
            coroutine.send(None)

    (line,) = logged(work)
    assert (line["kind"], line["session"], line["revision"]) == ("failed", "s", 3)


async def test_secrets_that_were_given_out_are_in_no_log() -> None:
    redactor = Redactor()
    secrets = redactor.remembering(lambda _tenant, name: {"token": "s3cr3t-x"}.get(name))
    assert await asked(secrets, "t", "token") == "s3cr3t-x"
    assert await asked(secrets, "t", "other") is None

    def work(logger: logging.Logger) -> None:
        logger.warning("it sent Bearer s3cr3t-x", extra={"statewright": {"url": "?k=s3cr3t-x"}})

    (line,) = logged(work, redactor)
    assert line["message"] == "it sent Bearer [secret]"
    assert line["url"] == "?k=[secret]"


async def test_longer_texts_are_taken_out_first() -> None:
    assert redacted("abc abcd", ("abcd", "abc")) == "[redacted] [redacted]"


async def test_a_webhook_gets_an_alert_as_json() -> None:
    def reply(_asked: Asked) -> Reply:
        return Reply(status=204, body=b"")

    alert = Alert("failed", "t", "s", 3, "error.execution", "state", "nö", NOW)
    async with serving(reply) as server:
        await Webhook(f"{server.url}/hook")(alert)
    (asked,) = server.asked
    assert (asked.method, asked.headers["content-type"]) == ("POST", "application/json")
    assert json.loads(asked.body)["message"] == "nö"
    assert json.loads(asked.body)["kind"] == "failed"


async def test_a_webhook_that_refuses_is_a_failure() -> None:
    def reply(_asked: Asked) -> Reply:
        return Reply(status=500)

    async with serving(reply) as server:
        with pytest.raises(httpx.HTTPStatusError):
            await Webhook(server.url)(Alert("failed", "t", "s", 3, "n", "", "", NOW))
