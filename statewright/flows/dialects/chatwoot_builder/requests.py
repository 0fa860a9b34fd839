"""An api node of the builder → a request."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Final

from statewright.flows.dialects.chatwoot_builder.scope import Scope
from statewright.flows.nodes import Backoff, Growth, Http, Source
from statewright.flows.parts import Part

MILLISECOND: Final = 1000
_DEFAULT_TIMEOUT: Final = 30_000_000

METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")
AUTHS: Final = ("none", "bearer", "basic", "apiKey")

Header = tuple[str, Source]


def request_from(node: Part, scope: Scope) -> Http:
    """What an api node asks."""
    config = node["config"]
    if not config["url"].present:
        config["url"].wrong("where the request goes")
    if config["errorOnHttpError"].flag(default=True) is False:
        config["errorOnHttpError"].not_carried_over(
            "any status but one of success (2xx) is always an error"
        )
    body = config["body"]
    target = config["saveResponseTo"]
    saved = target.present and target.text() != ""
    response = target.read_as("response.body")
    return Http(
        url=scope.source(config["url"]),
        method=config["method"].one_of(METHODS, "GET"),
        headers=(*_headers(config["headers"], scope), *_authorization(config["auth"], scope)),
        body=body.json(scope.template) if body.present and body.value != "" else None,
        timeout=_timeout(config["timeout"] if config["timeout"].present else node["timeout"]),
        retries=_retries(node),
        backoff=_backoff(node["errorHandler"]["retryDelay"]),
        save=((scope.target(target), response),) if saved else (),
    )


def _timeout(part: Part) -> int:
    milliseconds = part.number(least=0)
    return round(milliseconds * MILLISECOND) if milliseconds else _DEFAULT_TIMEOUT


def _retries(node: Part) -> int:
    handler = node["errorHandler"]
    if handler["strategy"].value == "retry":
        return handler["retryCount"].whole(0) or 0
    written = node["config"]["retries"]
    return (written if written.present else node["retries"]).whole(0) or 0


def _backoff(delay: Part) -> Backoff:
    """Waits of the same length, as the builder writes them, in milliseconds."""
    usual = Backoff()
    milliseconds = delay.number(least=0)
    if not milliseconds:
        return usual
    wait = round(milliseconds * MILLISECOND)
    return Backoff(Growth.CONSTANT, wait, max(usual.longest, wait))


def _headers(part: Part, scope: Scope) -> Iterator[Header]:
    for name, value in part.members():
        if isinstance(value.value, str):
            yield name, scope.source(value)
        elif value.present:
            value.wrong("a text")


def _authorization(auth: Part, scope: Scope) -> Iterator[Header]:
    """The header that an ``auth`` stands for."""
    if not auth.present:
        return
    kind = auth["type"].one_of(AUTHS, "none")
    if kind == "bearer":
        yield "Authorization", _after("Bearer ", auth.first("token", "value"), scope)
    elif kind == "apiKey":
        key = auth.first("value", "apiKey", "token")
        name = auth.first("headerName", "header", "key").text("X-API-Key")
        yield name, _after("", key, scope)
    elif kind == "basic":
        yield "Authorization", _basic(auth["username"], auth["password"])


def _after(prefix: str, part: Part, scope: Scope) -> Source:
    if not part.present:
        part.wrong("what proves who asks")
    return part.read_as(f"{prefix}{scope.template(part.text())}")


def _basic(username: Part, password: Part) -> Source:
    """HTTP basic authentication (RFC 7617); a name or password with templates is encoded later."""
    for part in (username, password):
        if not part.present:
            part.wrong("what proves who asks")
    written = f"{username.text()}:{password.text()}"
    if "{{" in written:
        password.report(
            "R006",
            "a name or password with templates cannot be encoded in this version",
            "write the whole header: `Authorization: Basic {{secret:key}}`",
        )
    encoded = base64.b64encode(written.encode()).decode()
    return username.read_as(f"Basic {encoded}")
