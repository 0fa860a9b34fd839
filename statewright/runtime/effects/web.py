"""Exchanges with web servers, for whichever handler has one: one request, one bounded response.

The connection goes to an address that was looked at (see ``addresses``), proxies of the environment
are not used, and redirects are followed only where they stay with the same server. What is asked
for each redirect is looked at like the first request: host, address and all.
"""

from __future__ import annotations

import asyncio
import logging
import re
import ssl
import zlib
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from typing import Final

import httpx

from statewright.errors import EffectFailed
from statewright.runtime.effects.addresses import addresses_of
from statewright.runtime.effects.reach import PUBLIC, Reach

LARGEST: Final = 1024 * 1024
"""The most bytes of a response's body."""

REDIRECTS: Final = 5
"""How many redirects are followed."""

KEY: Final = "Idempotency-Key"
"""The header that carries the id of the effect, the same for every try."""

_OURS: Final = frozenset({"host", "content-length", "transfer-encoding", "connection"})
"""Headers that the connection itself decides."""

_NAME: Final = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_CONTROL: Final = re.compile("[\x00-\x08\x0a-\x1f\x7f]")
_PORTS: Final = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Call:
    """A request, checked. It may hold secrets: never log it.

    Attributes:
        method: of HTTP, upper case.
        url: as ``url_from`` gives it.
        headers: as ``headers_from`` gives them.
        content: the body, or None.
        seconds: how long all of it may take, redirects included.
        binding: whether what it says is the point of it: a redirect is then not followed that would
            have it asked for with ``GET``, and without its body.
    """

    method: str
    url: httpx.URL = field(repr=False)
    headers: httpx.Headers = field(repr=False)
    content: bytes | None = field(repr=False)
    seconds: float
    binding: bool = False

    @property
    def host(self) -> str:
        """The name of the server, as it is spelt in DNS."""
        return self.url.raw_host.decode("ascii")

    @property
    def port(self) -> int:
        """The port of the server."""
        return self.url.port or _PORTS[self.url.scheme]

    @property
    def origin(self) -> tuple[str, str, int | None]:
        """The server that is asked."""
        return self.url.scheme, self.url.host, self.url.port


@dataclass(frozen=True, slots=True)
class Response:
    """What came back.

    Attributes:
        status: of HTTP.
        headers: of the response.
        content: the body, out of its encoding.
    """

    status: int
    headers: httpx.Headers
    content: bytes = field(repr=False)

    @property
    def type(self) -> str:
        """The media type, lower case and without parameters, or ``""``."""
        return str(self.headers.get("content-type", "")).partition(";")[0].strip().lower()

    @property
    def text(self) -> str:
        """The body as text, in the character set that it says, or UTF-8."""
        charset = _CHARSET.search(self.headers.get("content-type", ""))
        try:
            return self.content.decode(charset[1] if charset else "utf-8", errors="replace")
        except LookupError:
            return self.content.decode("utf-8", errors="replace")


_CHARSET: Final = re.compile(r";\s*charset=\"?([\w.:-]+)", re.ASCII | re.IGNORECASE)


class Web:
    """Makes requests.

    Args:
        largest: the most bytes of a response's body, where a request does not say.
    """

    def __init__(self, *, largest: int = LARGEST) -> None:
        self._largest = largest
        self._client: httpx.AsyncClient | None = None

    async def ask(
        self, call: Call, *, reach: Reach = PUBLIC, largest: int | None = None
    ) -> Response:
        """The response to a request.

        Args:
            call: the request.
            reach: what may be asked.
            largest: the most bytes of the body.

        Raises:
            EffectFailed: the host may not be named (``host``), is not known (``dns``) or not to be
                reached (``address``); the request is none (``request``); there was no connection
                (``connect``), no response in time (``timeout``), or one that is none
                (``response``).
        """
        most = self._largest if largest is None else largest
        try:
            async with asyncio.timeout(call.seconds):
                with _unlogged():
                    return await self._followed(call, reach, most)
        except TimeoutError:
            raise _too_late() from None

    async def aclose(self) -> None:
        """Let go of everything."""
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    async def _followed(self, call: Call, reach: Reach, largest: int) -> Response:
        for _ in range(REDIRECTS + 1):
            response = await self._asked(call, reach, largest)
            further = _redirected(call, response)
            if further is None:
                break
            call = further
        return response

    async def _asked(self, call: Call, reach: Reach, largest: int) -> Response:
        """The response of the first address that can be reached."""
        host, port = call.host, call.port
        reach.check(host, port)
        private = reach.allows_private(host, port)
        addresses = await addresses_of(host, port, allow_private=private)
        for last, address in enumerate(addresses, 1 - len(addresses)):
            try:
                return await self._asked_at(call, address, largest)
            except httpx.ConnectError:
                if last == 0:
                    break
            except httpx.TimeoutException:
                raise _too_late() from None
            except (httpx.LocalProtocolError, httpx.UnsupportedProtocol):
                raise EffectFailed("request", "the request is not one that HTTP allows") from None
            except httpx.TransportError:
                raise EffectFailed("response", "the connection broke off", transient=True) from None
        raise EffectFailed("connect", "there is no connection to the host", transient=True)

    async def _asked_at(self, call: Call, address: str, largest: int) -> Response:
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
        request.headers["Accept-Encoding"] = "gzip, deflate"
        response = await client.send(request, stream=True)
        try:
            raw = await _bounded(response.aiter_raw(), largest)
        finally:
            await response.aclose()
        content = _decoded(response.headers.get("content-encoding", "identity"), raw, largest)
        return Response(response.status_code, response.headers, content)

    def _opened(self) -> httpx.AsyncClient:
        if self._client is None:
            self._client = httpx.AsyncClient(
                verify=ssl.create_default_context(),
                follow_redirects=False,
                trust_env=False,
                # Connections are known by address: one must not be used again for another name.
                limits=httpx.Limits(max_connections=None, max_keepalive_connections=0),
            )
        return self._client


def url_from(text: str, query: Mapping[str, str | list[str]] | None = None) -> httpx.URL:
    """A URL that may be asked, with more parameters, without its fragment.

    Raises:
        EffectFailed: it is none of http or https.
    """
    try:
        url = httpx.URL(text)
        if query:
            url = url.copy_merge_params(dict(query))
        url.netloc.decode("ascii")
    except (httpx.InvalidURL, UnicodeError, ValueError):
        raise EffectFailed("request", "the url cannot be read") from None
    if url.scheme not in _PORTS or not url.host or not 0 < (url.port or 1) < 1 << 16:
        raise EffectFailed("request", "the url is not one of http or https")
    return url.copy_with(fragment=None)


def headers_from(pairs: Mapping[str, str]) -> httpx.Headers:
    """The headers of a request; those that the connection decides are left out.

    Raises:
        EffectFailed: a name or a value is not one that HTTP allows.
    """
    chosen = {name: text.strip() for name, text in pairs.items() if name.lower() not in _OURS}
    for name, text in chosen.items():
        if not _NAME.fullmatch(name) or _CONTROL.search(text):
            raise EffectFailed("request", "a header is not one that HTTP allows")
    try:
        raw = [(name.encode(), text.encode()) for name, text in chosen.items()]
    except UnicodeError:
        raise EffectFailed("request", "a header is not one that HTTP allows") from None
    return httpx.Headers(raw, encoding="utf-8")


def _redirected(call: Call, response: Response) -> Call | None:
    """The request that a redirect asks for (RFC 9110, 15.4).

    None for none, where another server is meant, so that nothing it is not meant for gets there,
    and where there is no ``Location``. 307 and 308 ask for the same; 303 asks for something else,
    with ``GET``, as 301 and 302 do after ``POST``, by the habit of browsers that the RFC allows.
    """
    location = response.headers.get("location")
    if response.status not in _REDIRECTS or not location:
        return None
    try:
        url = call.url.join(location).copy_with(userinfo=call.url.userinfo, fragment=None)
    except (httpx.InvalidURL, UnicodeError, ValueError):
        return None
    call_again = replace(call, url=url)
    if call_again.origin != call.origin:
        return None
    other = response.status == _OTHER or (response.status not in _SAME and call.method == "POST")
    if not other or call.method in {"GET", "HEAD"}:
        return call_again
    if call.binding:
        return None
    kept = [(name, text) for name, text in call.headers.raw if name.lower() not in _OF_CONTENT]
    return replace(call_again, method="GET", headers=httpx.Headers(kept), content=None)


_SAME: Final = frozenset({307, 308})
_OTHER: Final = 303
_REDIRECTS: Final = frozenset({301, 302, _OTHER, *_SAME})
"""The statuses that redirect: to the same request, to another one, or to either."""

_OF_CONTENT: Final = frozenset(
    {b"content-type", b"content-encoding", b"content-language", b"content-location", b"digest"}
)
"""Headers that tell of a body, and go with it."""


async def _bounded(chunks: AsyncIterator[bytes], largest: int) -> bytes:
    content = bytearray()
    async for chunk in chunks:
        content += chunk
        if len(content) > largest:
            raise _too_large(largest)
    return bytes(content)


def _decoded(encoding: str, raw: bytes, largest: int) -> bytes:
    """A body, taken out of its encoding without getting larger than allowed."""
    encoding = encoding.strip().lower()
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


def _too_late() -> EffectFailed:
    return EffectFailed("timeout", "there was no response in time", transient=True)


# --- what others would log ---------------------------------------------------------------------

_OUR_REQUEST: Final[ContextVar[bool]] = ContextVar("our request", default=False)
_LOGGERS: Final = ("httpx", "httpcore.connection", "httpcore.http11", "httpcore.http2")
"""The loggers that write URLs and headers: ours may hold secrets."""


@contextmanager
def _unlogged() -> Iterator[None]:
    """Let httpx log nothing of what is asked inside."""
    for name in _LOGGERS:
        logging.getLogger(name).addFilter(_is_not_ours)  # adding one again changes nothing
    token = _OUR_REQUEST.set(True)
    try:
        yield
    finally:
        _OUR_REQUEST.reset(token)


def _is_not_ours(_record: logging.LogRecord) -> bool:
    return not _OUR_REQUEST.get()
