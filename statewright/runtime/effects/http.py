"""The work of the type ``http``: one request to a web service.

The connection goes to an address that was looked at (see ``addresses``), proxies of the environment
are not used, and redirects are followed only where they stay with the same server.
"""

from __future__ import annotations

import json
import re
import ssl
import zlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Any, Final
from urllib.parse import urlencode

import httpx

from statewright.errors import EffectFailed, EvaluationError, FailureKind
from statewright.expressions.printing.texts import plain_from_value, text_from_value
from statewright.runtime.clock import SECOND, Clock, system_clock
from statewright.runtime.effects.addresses import addresses_of
from statewright.runtime.effects.handling import LONGEST, Order, timeout_of
from statewright.runtime.effects.retrying import LONGEST_WAIT
from statewright.statechart.values.coercion import kept

LARGEST: Final = 1024 * 1024
"""The most bytes of a response's body."""

REDIRECTS: Final = 5
"""How many redirects are followed."""

PASSING: Final = frozenset({408, 425, 429, 500, 502, 503, 504})
"""Statuses after which another try may succeed."""

KEY: Final = "Idempotency-Key"
"""The header that carries the id of the effect, the same for every try."""

_OURS: Final = frozenset({"host", "content-length", "transfer-encoding", "connection"})
"""Headers that the connection itself decides."""


@dataclass(frozen=True, slots=True)
class _Call:
    """A request, checked."""

    method: str
    url: httpx.URL
    headers: httpx.Headers
    content: bytes | None
    seconds: float
    passing: frozenset[int] = PASSING

    @property
    def host(self) -> str:
        """The name of the server, as it is spelt in DNS."""
        return self.url.raw_host.decode("ascii")

    @property
    def origin(self) -> tuple[str, str, int | None]:
        """The server that is asked."""
        return self.url.scheme, self.url.host, self.url.port


class HttpHandler:
    """Carries out requests, and gives ``{status, headers, body}``.

    A request is ``{method, url, query, headers, body, body_as, timeout, retry_statuses}``, of which
    only the ``url`` is needed.

    Args:
        allow_private: whether requests may go to addresses that are not of the public internet.
        largest: the most bytes of a response's body.
        transport: what carries requests instead of the network; for tests.
        clock: tells the time, which dates of ``Retry-After`` are compared with.
    """

    def __init__(
        self,
        *,
        allow_private: bool = False,
        largest: int = LARGEST,
        transport: httpx.AsyncBaseTransport | None = None,
        clock: Clock = system_clock,
    ) -> None:
        self._clock = clock
        self._allow_private = allow_private
        self._largest = largest
        self._transport = transport
        self._client: httpx.AsyncClient | None = None

    async def __call__(self, order: Order) -> Any:
        """Ask a web service.

        Raises:
            EffectFailed: the request cannot be made (``request``), the host is not known (``dns``)
                or not to be reached (``address``), there was no connection (``connect``) or no
                response in time (``timeout``), or one that is none (``response``).
        """
        call = _call_from(order)
        for _ in range(REDIRECTS + 1):
            response, content = await self._asked(call)
            further = _redirected(call, response)
            if further is None:
                break
            call = further
        result = {
            "status": response.status_code,
            "headers": dict(response.headers),
            "body": _body(response, content),
        }
        kind = _kind_of(response.status_code, call.passing)
        if kind is not FailureKind.CONFIGURATION:
            message = f"the status is {response.status_code}"
            wait = _wait_asked_for(response, self._clock())
            raise EffectFailed("status", message, kind=kind, result=result, wait=wait)
        return result

    async def aclose(self) -> None:
        """Let go of everything."""
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    async def _asked(self, call: _Call) -> tuple[httpx.Response, bytes]:
        """The response of the first address that can be reached, and its body."""
        host, port = call.host, call.url.port or _PORTS[call.url.scheme]
        addresses = await addresses_of(host, port, allow_private=self._allow_private)
        for last, address in enumerate(addresses, 1 - len(addresses)):
            try:
                return await self._asked_at(call, address)
            except httpx.ConnectError:
                if last == 0:
                    break
            except httpx.TimeoutException:
                raise EffectFailed(
                    "timeout", "there was no response in time", transient=True
                ) from None
            except (httpx.LocalProtocolError, httpx.UnsupportedProtocol):
                raise EffectFailed("request", "the request is not one that HTTP allows") from None
            except httpx.TransportError:
                raise EffectFailed("response", "the connection broke off", transient=True) from None
        raise EffectFailed("connect", "there is no connection to the host", transient=True)

    async def _asked_at(self, call: _Call, address: str) -> tuple[httpx.Response, bytes]:
        client = self._opened()
        request = client.build_request(
            call.method,
            call.url.copy_with(host=address),
            headers=call.headers,
            content=call.content,
            timeout=call.seconds,
            # The certificate is that of the name, wherever the connection goes.
            extensions={"sni_hostname": call.host},
        )
        request.headers["Host"] = call.url.netloc.decode("ascii")
        response = await client.send(request, stream=True)
        try:
            raw = await _bounded(response.aiter_raw(), self._largest)
        finally:
            await response.aclose()
        return response, _decoded(response, raw, self._largest)

    def _opened(self) -> httpx.AsyncClient:
        if self._client is None:
            self._client = httpx.AsyncClient(
                verify=ssl.create_default_context(),
                follow_redirects=False,
                trust_env=False,
                # Connections are known by address: one must not be used again for another name.
                limits=httpx.Limits(max_connections=None, max_keepalive_connections=0),
                transport=self._transport,
            )
        return self._client


def _kind_of(status: int, passing: frozenset[int]) -> FailureKind:
    """What a status calls for; nothing where another try would be answered alike."""
    if status in passing:
        return FailureKind.RATE_LIMIT if status == _TOO_MANY else FailureKind.TRANSIENT
    return FailureKind.AUTHENTICATION if status == _NOT_LET_IN else FailureKind.CONFIGURATION


_NOT_LET_IN: Final = 401
_TOO_MANY: Final = 429
_JSON: Final = "application/json"
_FORM: Final = "application/x-www-form-urlencoded"
_TEXT: Final = "text/plain; charset=utf-8"
_NAME: Final = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_CONTROL: Final = re.compile("[\x00-\x08\x0a-\x1f\x7f]")
_PORTS: Final = {"http": 80, "https": 443}


def _call_from(order: Order) -> _Call:
    """The request that an order asks for.

    Raises:
        EffectFailed: it is none.
    """
    data = order.data
    if not isinstance(data, Mapping):
        raise EffectFailed("request", "a request is a map with a `url`")
    try:
        url = _url(data)
        headers = _headers(data.get("headers") or {})
        content = _content(data["body"], headers, data.get("body_as")) if "body" in data else None
        method = text_from_value(data.get("method") or "GET").upper()
    except (EvaluationError, TypeError, AttributeError):
        raise EffectFailed("request", "the url, a header, the query or the body is none") from None
    if not method.isascii() or not method.isalpha():
        raise EffectFailed("request", "the method is not one of HTTP")
    headers.setdefault(KEY, order.id)
    headers["Accept-Encoding"] = "gzip, deflate"
    timeout = timeout_of(data)
    seconds = LONGEST if timeout is None else timeout / SECOND
    statuses = data.get("retry_statuses")
    passing = frozenset(statuses) if isinstance(statuses, list) else PASSING
    return _Call(method, url, headers, content, seconds, passing)


def _url(data: Mapping[str, Any]) -> httpx.URL:
    try:
        url = httpx.URL(text_from_value(data.get("url")))
        if data.get("query"):
            query = {name: _query(value) for name, value in data["query"].items()}
            url = url.copy_merge_params(query)
        url.netloc.decode("ascii")
    except (httpx.InvalidURL, UnicodeError, ValueError):
        raise EffectFailed("request", "the url cannot be read") from None
    if url.scheme not in _PORTS or not url.host or not 0 < (url.port or 1) < 1 << 16:
        raise EffectFailed("request", "the url is not one of http or https")
    return url.copy_with(fragment=None)


def _query(value: Any) -> str | list[str]:
    return [*map(text_from_value, value)] if isinstance(value, list) else text_from_value(value)


def _headers(given: Mapping[str, Any]) -> httpx.Headers:
    """The headers of a request; those that the connection decides are left out."""
    pairs = {
        name: text_from_value(value).strip()
        for name, value in given.items()
        if name.lower() not in _OURS
    }
    for name, value in pairs.items():
        if not _NAME.fullmatch(name) or _CONTROL.search(value):
            raise EffectFailed("request", "a header is not one that HTTP allows")
    raw = [(name.encode(), value.encode()) for name, value in pairs.items()]
    return httpx.Headers(raw, encoding="utf-8")


def _content(body: Any, headers: httpx.Headers, written: Any) -> bytes:
    """The body of a request: where nothing is said, a text as it is, anything else as JSON."""
    if written == "form":
        headers.setdefault("Content-Type", _FORM)
        return urlencode(_fields(body)).encode()
    if isinstance(body, str) or written == "text":
        text = text_from_value(body)
        is_json = written == "json" or (written is None and _is_json(text))
        headers.setdefault("Content-Type", _JSON if is_json else _TEXT)
        return text.encode()
    headers.setdefault("Content-Type", _JSON)
    return json.dumps(plain_from_value(body), ensure_ascii=False, separators=(",", ":")).encode()


def _fields(body: Any) -> list[tuple[str, str]]:
    """The fields of a form; a list is as many fields of its name as it has elements."""
    if not isinstance(body, Mapping):
        raise EffectFailed("request", "the body of a form is a map of fields")
    return [
        (name, text_from_value(item))
        for name, value in body.items()
        for item in (value if isinstance(value, list) else [value])
    ]


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _redirected(call: _Call, response: httpx.Response) -> _Call | None:
    """The request that a redirect asks for; None for none, and where another server is meant."""
    if response.status_code not in {301, 302, 303, 307, 308}:
        return None
    try:
        url = call.url.join(response.headers.get("location", ""))
    except (httpx.InvalidURL, UnicodeError, ValueError):
        return None
    call_again = replace(call, url=url)
    if call_again.origin != call.origin:
        return None
    if response.status_code in {307, 308} or call.method in {"GET", "HEAD"}:
        return call_again
    headers = httpx.Headers([(k, v) for k, v in call.headers.raw if k.lower() != b"content-type"])
    return replace(call_again, method="GET", headers=headers, content=None)


def _wait_asked_for(response: httpx.Response, now: int) -> int:
    """Microseconds that the server wants us to wait (RFC 9110, 10.2.3); 0 where it says nothing."""
    text = response.headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        return min(int(text[:9]) * SECOND, LONGEST_WAIT)
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):
        return 0
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    at = round(moment.timestamp() * SECOND)
    return min(max(0, at - now), LONGEST_WAIT)


async def _bounded(chunks: AsyncIterator[bytes], largest: int) -> bytes:
    content = bytearray()
    async for chunk in chunks:
        content += chunk
        if len(content) > largest:
            raise _too_large(largest)
    return bytes(content)


def _decoded(response: httpx.Response, raw: bytes, largest: int) -> bytes:
    """The body of a response, taken out of its encoding without getting larger than allowed."""
    encoding = response.headers.get("content-encoding", "identity").strip().lower()
    if encoding in {"", "identity"} or not raw:
        return raw
    if encoding not in {"gzip", "x-gzip", "deflate"}:
        raise EffectFailed("response", "the response is encoded in a way that was not asked for")
    decoder = zlib.decompressobj(wbits=47)  # gzip or zlib, whichever it is
    try:
        content = decoder.decompress(raw, largest + 1)
    except zlib.error:
        content = b""
    if len(content) > largest:
        raise _too_large(largest)
    if not decoder.eof:
        raise EffectFailed("response", "the response cannot be decoded")
    return content


def _too_large(largest: int) -> EffectFailed:
    return EffectFailed("response", f"the response has more than {largest:,} bytes")


def _body(response: httpx.Response, content: bytes) -> Any:
    """What a response says: a value where it is JSON that can be kept, else a text."""
    text = _text(response, content)
    kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "application/json" or kind.endswith("+json"):
        try:
            return kept(json.loads(text))
        except (ValueError, RecursionError, EvaluationError):
            return text
    return text


def _text(response: httpx.Response, content: bytes) -> str:
    try:
        return content.decode(response.charset_encoding or "utf-8", errors="replace")
    except LookupError:
        return content.decode("utf-8", errors="replace")
