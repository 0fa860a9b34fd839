"""The action ``webhook``: tells somebody of an event, signed, so that they know who tells it.

What is sent is ``{type, data}``, either to an endpoint that the host has a name for (``to``), or
to a ``url`` with a ``secret``. It is signed as *Standard Webhooks* 1.0 say (standardwebhooks.com):
HMAC-SHA256 over the id, the time and the body. The id is that of the effect, the same for every
try; the time is that of the try, so that a receiver can refuse what is old.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

from statewright.errors import EffectFailed, EvaluationError
from statewright.expressions.printing.texts import plain_from_value
from statewright.runtime.clock import SECOND, Clock, system_clock
from statewright.runtime.effects.handling import Order
from statewright.runtime.effects.parameters import parameters_of, seconds_of, text_of
from statewright.runtime.effects.reach import ANYWHERE, Reach, Reaches
from statewright.runtime.effects.secret_texts import Secrets, host_secret
from statewright.runtime.effects.statuses import is_success, refusal_from
from statewright.runtime.effects.web import KEY, Call, Web, headers_from, url_from

ID: Final = "Webhook-Id"
TIMESTAMP: Final = "Webhook-Timestamp"
SIGNATURE: Final = "Webhook-Signature"

PREFIX: Final = "whsec_"
"""What a secret begins with that is written in base64."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Somebody who is told of events.

    Attributes:
        url: where.
        secret: the name of the host's secret that is signed with.
        tenants: whose flows may name it; None for all.
    """

    url: str
    secret: str
    tenants: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class _Target:
    url: str
    secret: str
    reach: Reach


class WebhookHandler:
    """Tells of events, and gives ``{status, id}``.

    Args:
        web: makes requests.
        reaches: what the requests of each tenant may go to, where they name a ``url``.
        endpoints: those who have a name.
        secrets: gives what endpoints with a name are signed with.
        clock: tells the time of each try.
    """

    def __init__(
        self,
        web: Web,
        reaches: Reaches,
        endpoints: Mapping[str, Endpoint],
        secrets: Secrets,
        clock: Clock = system_clock,
    ) -> None:
        self._web = web
        self._reaches = reaches
        self._endpoints = endpoints
        self._secrets = secrets
        self._clock = clock

    async def __call__(self, order: Order) -> Any:
        """Tell of an event.

        Raises:
            EffectFailed: it cannot be told (``request``, ``endpoint``), or as for ``Web.ask``; or
                it was not taken: the status is none of 2xx (``status``).
        """
        given = parameters_of(order)
        target = await self._target(given, order.key.tenant)
        now = self._clock()
        content = _content(given)
        headers = {
            "Content-Type": "application/json",
            KEY: order.id,
            ID: order.id,
            TIMESTAMP: str(now // SECOND),
            SIGNATURE: signature(target.secret, order.id, now // SECOND, content),
        }
        url, seconds = url_from(target.url), seconds_of(order)
        call = Call("POST", url, headers_from(headers), content, seconds, binding=True)
        response = await self._web.ask(call, reach=target.reach)
        if not is_success(response.status):
            raise refusal_from(response, now)
        return {"status": response.status, "id": order.id}

    async def aclose(self) -> None:
        """Let go of everything."""
        await self._web.aclose()

    async def _target(self, given: Mapping[str, Any], tenant: str) -> _Target:
        name, url = text_of(given, "to"), text_of(given, "url")
        if (name is None) == (url is None):
            raise EffectFailed("request", "a webhook needs one of `to` and `url`")
        if url is not None:
            secret = text_of(given, "secret", wanted=True) or ""
            return _Target(url, secret, self._reaches.of(tenant))
        endpoint = self._endpoints.get(name or "")
        if endpoint is None or (endpoint.tenants is not None and tenant not in endpoint.tenants):
            raise EffectFailed("endpoint", "there is no endpoint of that name; see the settings")
        secret = await host_secret(self._secrets, endpoint.secret)
        # Whoever runs the server has named the host, so it may be one of their own network.
        return _Target(endpoint.url, secret, ANYWHERE)


def signature(secret: str, identity: str, seconds: int, content: bytes) -> str:
    """The value of the header ``Webhook-Signature``.

    >>> signature("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek",
    ...     1614265330, b'{"test": 2432232314}')
    'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE='

    Args:
        secret: the key in base64 behind ``whsec_``, or any other text, of which each byte counts.
        identity: of the event.
        seconds: when it is sent, since 1970.
        content: the body.

    Raises:
        EffectFailed: the secret is none (``secret``).
    """
    key = secret.encode(errors="replace")
    if secret.startswith(PREFIX):
        try:
            key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
        except (binascii.Error, ValueError):
            key = b""
    if not key:
        raise EffectFailed("secret", "the secret of the webhook is empty, or no base64")
    signed = f"{identity}.{seconds}.".encode() + content
    return "v1," + base64.b64encode(hmac.digest(key, signed, sha256)).decode()


def _content(given: Mapping[str, Any]) -> bytes:
    """The body: the same for every try, since the key is the same, too."""
    try:
        document = {
            "type": text_of(given, "event", wanted=True),
            "data": plain_from_value(given.get("data")),
        }
        return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
    except (EvaluationError, TypeError, UnicodeError):
        raise EffectFailed("request", "`data` is not one that JSON can say") from None
