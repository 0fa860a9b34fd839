"""A secret goes wherever it is sent, and nowhere else: not into rows, logs, spans, metrics, answers."""

from __future__ import annotations

import asyncio
import io
import json
import logging
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote_plus

import httpx
import pytest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from statewright.compiler import compile as compiled
from statewright.flows import parse
from statewright.http import create_app
from statewright.runtime import Runtime
from statewright.runtime.configuration.handlers import handlers_from
from statewright.runtime.configuration.settings import settings_from
from statewright.runtime.effects.scrubbing import forms_of
from statewright.runtime.observing.alerts import Alert, Alerts
from statewright.runtime.observing.logs import JSONFormatter
from statewright.runtime.observing.metrics import Metrics
from statewright.runtime.observing.tracing import Tracing
from statewright.runtime.operations.redaction import Redactor
from statewright.runtime.secrets.sealing import keys_from, new_key
from statewright.runtime.secrets.table import TableSecrets, set_secret
from statewright.storage import SQLStore
from tests.runtime.servers import Asked, Reply, serving

pytestmark = pytest.mark.anyio

MARKER = 's3cr3t/Märk&er+"17"'
HOST_MARKER = 'h0st-Märk&er+"18"'
NAMES = ("http", "status", "webhook", "llm", "sql", "email", "own", "sent")

FLOW = """
statewright: 1
start: ask
variables: {got: dyn, said: string}
nodes:
  ask: {type: question, text: Which?, variable: said, next: [{if: said == 'http', to: http},
    {if: said == 'status', to: status}, {if: said == 'webhook', to: webhook},
    {if: said == 'llm', to: llm}, {if: said == 'sql', to: sql}, {if: said == 'email', to: email},
    {if: said == 'own', to: own}, {to: sent}]}
  http:
    type: http
    method: POST
    url: "URL/echo?key={{secret:crm}}"
    headers: {X-Key: "Bearer {{secret:crm}}"}
    body: {key: "{{secret:crm}}"}
    save: {got: response.body}
    success: say
    error: failed
  status:
    {type: http, url: "URL/500?key={{secret:crm}}", save: {got: response.body}, success: say,
    error: failed}
  webhook:
    {type: action, action: webhook, with: {url: "URL/500", secret: "{{secret:crm}}", event: e,
    data: "{{secret:crm}}"}, wait: true, save: {got: result}, next: say, on: {error: failed}}
  llm:
    {type: llm, model: m, prompt: "{{secret:crm}}", save: {got: answer}, next: say,
    on: {error: failed}}
  sql:
    {type: action, action: sql, with: {database: shop, query: "select :k as k, nope from nowhere",
    parameters: {k: "{{secret:crm}}"}}, save: {got: result}, next: say, on: {error: failed}}
  email:
    {type: action, action: email, with: {to: "a@example.org", text: "{{secret:crm}}"},
    save: {got: result}, next: say, on: {error: failed}}
  own:
    {type: action, action: own, with: {key: "{{secret:crm}}"}, save: {got: result}, next: say,
    on: {error: failed}}
  sent: {type: action, action: own, with: {key: "{{secret:crm}}"}, next: sent_to_web}
  sent_to_web:
    {type: action, action: webhook, with: {url: "URL/404", secret: "{{secret:crm}}", event: e,
    data: "{{secret:crm}}"}, next: sent_to_database}
  sent_to_database:
    {type: action, action: sql, with: {database: shop, query: "select :k as k, nope from nowhere",
    parameters: {k: "{{secret:crm}}"}}, next: say}
  say: {type: message, text: "got {{ got }}", next: ask}
  failed: {type: message, text: "failed {{ error }}", next: ask}
"""


async def own(order: Any) -> Any:
    """A handler that tells everybody what it was given, in every way there is."""
    logging.getLogger("own").warning("it was given %s", order.data)
    raise ValueError(f"it was given {order.data}")


@dataclass
class World:
    """Everything that could show a secret.

    Attributes:
        directory: of the database.
        client: asks the server.
        asked: what the world was asked: there it has to be.
        log: what was logged, for machines.
        spans: that were made.
        metrics: that are shown.
        alerts: that were sent.
        answers: to each question of a client.
    """

    directory: Path
    client: httpx.AsyncClient
    runtime: Runtime
    asked: list[Asked]
    log: io.StringIO
    spans: InMemorySpanExporter
    metrics: Metrics
    alerts: list[Alert] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)

    def everything(self) -> Iterator[tuple[str, str]]:
        """All that can be read, with where it stands."""
        for path in self.directory.iterdir():
            yield path.name, path.read_bytes().decode(errors="replace")
        yield "log", self.log.getvalue()
        yield "metrics", self.metrics.text().decode()
        yield "spans", "".join(map(ReadableSpan.to_json, self.spans.get_finished_spans()))
        yield "alerts", repr(self.alerts)
        yield from (("answer", one) for one in self.answers)


def world_reply(asked: Asked) -> Reply:
    """Repeats whatever it is told, in every spelling."""
    told = json.dumps([asked.path, dict(asked.headers), asked.body.decode(), MARKER])
    if asked.path.startswith("/v1"):
        message = {"role": "assistant", "content": told}
        return Reply(json.dumps({"choices": [{"message": message}]}).encode())
    status = next((n for n in (404, 500) if asked.path.startswith(f"/{n}")), 200)
    return Reply(told.encode(), status, {"content-type": "application/json", "x-back": "1"})


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """A server with a log, metrics, spans and alerts, and the world that it asks."""
    keys, redactor, log = keys_from(new_key()), Redactor(), io.StringIO()
    spans, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(spans))
    metrics, alerts = Metrics(), list[Alert]()

    async def sink(alert: Alert) -> None:
        alerts.append(alert)

    writing = logging.StreamHandler(log)
    writing.setFormatter(JSONFormatter(redactor))
    root, level = logging.getLogger(), logging.getLogger().level
    root.addHandler(writing)
    root.setLevel(logging.DEBUG)
    store = SQLStore(f"sqlite:///{tmp_path}/flows.db")
    secrets = redactor.remembering(TableSecrets(store.secrets, keys))
    async with serving(world_reply) as server:
        settings = settings_from(
            {
                "allow_private": True,
                "email": {
                    "host": "127.0.0.1",
                    "port": 1,
                    "from": "a@example.org",
                    "user": "u",
                    "password": "{{secret:smtp}}",
                },
                "databases": {"shop": {"url": f"sqlite:///{tmp_path}/shop.db"}},
                "models": {"all": {"url": f"{server.url}/v1", "key": "{{secret:openai}}"}},
            }
        )
        runtime = Runtime(
            store,
            handlers={**handlers_from(settings, secrets), "own": own},
            secrets=secrets,
            observers=[metrics, Tracing(provider), Alerts([sink])],
            poll=0.05,
        )
        app = create_app(runtime, operator_key="operator", settle=10.0)
        transport = httpx.ASGITransport(app)
        async with runtime, httpx.AsyncClient(transport=transport, base_url="http://x") as client:
            await set_secret(store.secrets, keys, "default", "crm", MARKER, 1)
            for name in ("smtp", "openai"):
                await set_secret(store.secrets, keys, "", name, HOST_MARKER, 1)
            flow = parse(FLOW.replace("URL", server.url))
            await runtime.publish(compiled(flow).draft(), flow="flow")
            yield World(tmp_path, client, runtime, server.asked, log, spans, metrics, alerts)
    root.removeHandler(writing)
    root.setLevel(level)


async def test_a_secret_is_sent_and_is_nowhere_else(world: World) -> None:
    started = await world.runtime.start("flow", conversation="c")
    for name in NAMES:
        answer = await world.runtime.send(started.key, name, settle=10.0)
        world.answers.append(repr(answer))
    told = await world.client.get("/api/v1/sessions", headers={"Authorization": "Bearer operator"})
    world.answers.append(told.text)

    sent = "".join(
        unquote_plus(one.path) + repr(dict(one.headers)) + one.body.decode() for one in world.asked
    )
    assert MARKER in sent
    assert HOST_MARKER in sent
    assert sum("[secret]" in one for one in world.answers) >= 2
    # What a port leads away from is foreseen; what was only sent is told of once it is given up.
    async with asyncio.timeout(60.0):
        while len(world.alerts) < 3:  # noqa: ASYNC110 (nobody tells)
            await asyncio.sleep(0.05)
    assert {one.name for one in world.alerts} == {"status", "query", "handler"}
    assert all(text for where, text in world.everything() if where != "shop.db")
    for where, text in world.everything():
        for marker in (MARKER, HOST_MARKER):
            for form in (*forms_of(marker), marker[:9]):
                assert form not in text, f"{where} shows {form}"
