"""The action `webhook`: signed, and the same for every try."""

from __future__ import annotations

import base64
import hmac
import json
from dataclasses import replace
from typing import Any

import pytest

from statewright.errors import EffectFailed, FailureKind
from statewright.runtime import Order
from statewright.runtime.effects.reach import ANYWHERE, Reaches
from statewright.runtime.effects.web import Web
from statewright.runtime.effects.webhook import Endpoint, WebhookHandler
from statewright.statechart import EffectKind
from statewright.storage.records import SessionKey
from tests.runtime.servers import Asked, Reply, Server, serving

pytestmark = pytest.mark.anyio

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"  # noqa: S105 (of the specification)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def order(tenant: str = "default", **given: Any) -> Order:
    data = {"event": "webhook", "data": {"event": "order.paid", "data": {"id": 17}, **given}}
    return Order(SessionKey(tenant, "s"), "s:a:1:0", EffectKind.SEND, "webhook", "a", data)


def handler(server: Server | None = None, reaches: Reaches | None = None) -> WebhookHandler:
    url = server.url if server else "http://127.0.0.1:1"
    return WebhookHandler(
        Web(),
        reaches or Reaches(),
        {"crm": Endpoint(f"{url}/hook", "crm", ("default",))},
        lambda tenant, name: SECRET if (tenant, name) == ("", "crm") else None,
        lambda: 1_767_603_600_000_000,
    )


@pytest.mark.parametrize(("status", "told"), [(302, False), (303, False), (307, True)])
async def test_who_asks_for_something_else_instead_was_not_told(status: int, told: bool) -> None:  # noqa: FBT001 (of the table)
    def reply(asked: Asked) -> Reply:
        return Reply(b"", status, {"location": "/"}) if asked.path == "/hook" else Reply()

    async with serving(reply) as server:
        if told:
            await handler(server)(order(to="crm"))
        else:
            with pytest.raises(EffectFailed) as failure:
                await handler(server)(order(to="crm"))
            assert failure.value.code == "status"
        assert {asked.method for asked in server.asked} == {"POST"}


async def test_what_is_told_is_signed_with_its_id_its_time_and_its_body() -> None:
    async with serving(lambda _: Reply(b"", 204)) as server:
        result = await handler(server)(order(to="crm"))
        (asked,) = server.asked
    assert result == {"status": 204, "id": "s:a:1:0"}
    assert json.loads(asked.body) == {"type": "order.paid", "data": {"id": 17}}
    assert asked.headers["idempotency-key"] == asked.headers["webhook-id"] == "s:a:1:0"
    assert asked.headers["webhook-timestamp"] == "1767603600"
    key = base64.b64decode(SECRET.removeprefix("whsec_"))
    signed = b"s:a:1:0.1767603600." + asked.body
    expected = base64.b64encode(hmac.digest(key, signed, "sha256")).decode()
    assert asked.headers["webhook-signature"] == f"v1,{expected}"


async def test_every_try_tells_the_same() -> None:
    async with serving(lambda _: Reply(b"", 204)) as server:
        one = handler(server)
        await one(order(to="crm"))
        await one(replace(order(to="crm"), attempt=2))
        first, second = server.asked
    assert first.body == second.body
    assert first.headers["webhook-id"] == second.headers["webhook-id"]


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (500, FailureKind.TRANSIENT),
        (429, FailureKind.RATE_LIMIT),
        (401, FailureKind.AUTHENTICATION),
        (404, FailureKind.CONFIGURATION),
        (302, FailureKind.CONFIGURATION),
    ],
)
async def test_what_is_not_taken_is_a_failure_of_its_kind(status: int, kind: FailureKind) -> None:
    async with serving(lambda _: Reply(b"", status, {"retry-after": "7"})) as server:
        with pytest.raises(EffectFailed) as failure:
            await handler(server)(order(to="crm"))
    assert (failure.value.code, failure.value.kind) == ("status", kind)
    assert failure.value.wait == 7_000_000


async def test_a_url_of_a_flow_reaches_what_the_tenant_may_reach() -> None:
    async with serving(lambda _: Reply(b"", 204)) as server:
        url = {"url": f"{server.url}/x", "secret": "any text"}
        with pytest.raises(EffectFailed) as failure:
            await handler()(order(**url))
        assert failure.value.code == "address"
        assert (await handler(reaches=Reaches(ANYWHERE))(order(**url)))["status"] == 204


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({}, "request"),
        ({"to": "crm", "url": "http://x.example"}, "request"),
        ({"to": "other"}, "endpoint"),
        ({"url": "http://x.example"}, "request"),
        ({"url": "http://x.example", "secret": "whsec_!"}, "secret"),
        ({"url": "http://x.example", "secret": "whsec_"}, "secret"),
        ({"to": "crm", "event": ""}, "request"),
        ({"to": "crm", "data": {"a": "\ud800"}}, "request"),
    ],
)
async def test_what_cannot_be_told_is_a_failure(given: Any, code: str) -> None:
    with pytest.raises(EffectFailed) as failure:
        await handler()(order(**given))
    assert failure.value.code == code


async def test_an_endpoint_is_for_the_tenants_that_it_is_for() -> None:
    with pytest.raises(EffectFailed) as failure:
        await handler()(order("acme", to="crm"))
    assert failure.value.code == "endpoint"
