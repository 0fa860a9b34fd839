"""Attacks on what requests may reach: each ends before anything is asked."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import json
import logging
import zlib
from typing import Any

import pytest

from statewright.errors import EffectFailed
from statewright.runtime import Order
from statewright.runtime.effects.http import HttpHandler
from statewright.runtime.effects.reach import Reach, Reaches
from statewright.statechart import EffectKind
from statewright.storage.records import SessionKey
from tests.runtime.servers import Asked, Reply, serving

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def order(url: str, tenant: str = "default", **data: Any) -> Order:
    key = SessionKey(tenant, "s")
    return Order(key, "s:call:2:0", EffectKind.INVOKE, "http", "call", {"url": url, **data})


async def refusal(asked: Order, **options: Any) -> str:
    """The code with which a request is refused."""
    with pytest.raises(EffectFailed) as failure:
        await HttpHandler(**options)(asked)
    return failure.value.code


@pytest.mark.parametrize(
    "host",
    [
        "0177.0.0.1",
        "017700000001",
        "0x7f000001",
        "2852039166",  # 169.254.169.254
        "0xa9fea9fe",
        "0251.0376.0251.0376",
        "0",
        "[::]",
        "[::ffff:169.254.169.254]",
        "[::ffff:a9fe:a9fe]",
        "[0:0:0:0:0:ffff:7f00:1]",
        "[::127.0.0.1]",
        "[fe80::1]",
        "[fec0::1]",
        "[2002:a9fe:a9fe::]",
        "127.0.0.1.",
        "localhost.",
        "LOCALHOST",
        "①②⑦.⓪.⓪.①",
        "127。0。0。1",
        "example.org@127.0.0.1",
        "example.org:pass@[::1]",
        "example.org%40@169.254.169.254",
    ],
)
async def test_no_spelling_of_an_address_that_is_not_public_is_reached(host: str) -> None:
    assert await refusal(order(f"http://{host}/latest/meta-data")) in {"address", "dns", "request"}


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "gopher://127.0.0.1:6379/_x",
        "http://",
        "http:///path",
        "//127.0.0.1/",
        "http://example.org\r\nX-Evil: 1/",
        "http://example.org/ HTTP/1.1\r\nHost: evil\r\n\r\n",
        "http://exa\x00mple.org/",
        "http://example.org:99999/",
        "http://[::1/",
        "http://\ud800.org/",
    ],
)
async def test_what_is_no_url_of_the_web_is_no_request(url: str) -> None:
    assert await refusal(order(url)) == "request"


@pytest.mark.parametrize(
    "headers",
    [
        {"X-A": "1\r\nX-B: 2"},
        {"X-A\r\nX-B": "2"},
        {"X-A": "1\nX-B: 2"},
        {"X-A": "a\x00b"},
        {"": "x"},
        {"X-A": "\ud800"},
    ],
)
async def test_a_header_cannot_bring_another(headers: dict[str, str]) -> None:
    async with serving(lambda _: Reply()) as server:
        asked = order(server.url, headers=headers)
        assert await refusal(asked, allow_private=True) == "request"
        assert server.asked == []


async def test_a_method_cannot_bring_a_request() -> None:
    smuggled = order("http://127.0.0.1/", method="GET / HTTP/1.1\r\nX: ")
    assert await refusal(smuggled, allow_private=True) == "request"


def answering(*addresses: str) -> Any:
    """A resolver that gives these addresses for every name."""

    async def found(_: Any, _host: Any, port: Any, **__: Any) -> Any:
        return [(2, 1, 6, "", (address, port)) for address in addresses]

    return found


async def test_a_name_of_which_one_address_is_private_is_not_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = answering("93.184.216.34", "10.0.0.1")
    monkeypatch.setattr(asyncio.BaseEventLoop, "getaddrinfo", found)
    assert await refusal(order("http://two.example/")) == "address"


async def test_a_name_that_means_something_else_the_next_time_gains_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """DNS rebinding: the name is looked up once, and the connection goes to what was looked at."""
    looked_up: list[str] = []
    connected: list[str] = []
    real = asyncio.BaseEventLoop.getaddrinfo

    async def turning(loop: Any, host: Any, port: Any, **options: Any) -> Any:
        if host != "rebind.example":
            connected.append(str(host))
            return await real(loop, host, port, **options)
        looked_up.append(str(host))
        address = "192.0.2.1" if len(looked_up) > 1 else "127.0.0.1"
        return [(2, 1, 6, "", (address, port))]

    async with serving(lambda _: Reply()) as server:
        monkeypatch.setattr(asyncio.BaseEventLoop, "getaddrinfo", turning)
        port = server.url.rpartition(":")[2]
        handler = HttpHandler(allow_private=True)
        result = await handler(order(f"http://rebind.example:{port}/"))
    assert result["status"] == 200
    assert looked_up == ["rebind.example"]
    assert set(connected) <= {"127.0.0.1"}
    assert server.asked[0].headers["host"] == f"rebind.example:{port}"


@pytest.mark.parametrize(
    "where",
    ["http://169.254.169.254/latest", "//169.254.169.254/", "file:///etc/passwd"],
)
async def test_a_redirect_to_somewhere_else_is_not_followed(where: str) -> None:
    async with serving(lambda _: Reply(b"", 302, {"location": where})) as server:
        with pytest.raises(EffectFailed, match="302") as raised:
            await HttpHandler(allow_private=True)(order(server.url))
        assert raised.value.code == "status"
        assert len(server.asked) == 1


async def test_a_redirect_is_looked_at_like_the_first_request(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A server of its own name that becomes a private one between request and redirect."""
    async with serving(lambda _: Reply(b"", 302, {"location": "/again"})) as server:
        port = int(server.url.rpartition(":")[2])
        turns = iter((["127.0.0.1"], EffectFailed("address", "no")))

        async def looked_at(*_: Any, **__: Any) -> list[str]:
            turn = next(turns)
            if isinstance(turn, EffectFailed):
                raise turn
            return turn

        monkeypatch.setattr("statewright.runtime.effects.web.addresses_of", looked_at)
        assert await refusal(order(f"http://turning.example:{port}/")) == "address"
        assert [asked.path for asked in server.asked] == ["/"]


# --- who may ask whom ----------------------------------------------------------------------------

REACHES = Reaches(
    Reach(hosts=("api.example.com", "*.example.org")),
    {"acme": Reach(hosts=("127.0.0.1:1",), private_hosts=("127.0.0.1",))},
)


@pytest.mark.parametrize(
    "url",
    [
        "http://evil.example/",
        "http://api.example.com.evil.example/",
        "http://example.org/",
        "http://evilexample.org/",
        "http://api.example.com@evil.example/",
        "http://evil.example/#api.example.com",
        "http://2130706433/",
    ],
)
async def test_a_host_that_is_not_listed_is_not_asked(url: str) -> None:
    assert await refusal(order(url), reaches=REACHES) == "host"


@pytest.mark.parametrize("url", ["http://API.example.com.:1/", "http://a.b.example.org/"])
async def test_a_host_that_is_listed_is_looked_up(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asyncio.BaseEventLoop, "getaddrinfo", answering("10.0.0.1"))
    assert await refusal(order(url), reaches=REACHES) == "address"


async def test_each_tenant_has_its_own_list() -> None:
    assert await refusal(order("http://127.0.0.1:1/", "acme"), reaches=REACHES) == "connect"
    assert await refusal(order("http://127.0.0.1:2/", "acme"), reaches=REACHES) == "host"
    assert await refusal(order("http://api.example.com/", "acme"), reaches=REACHES) == "host"


# --- how much, and how long ----------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
async def test_a_bomb_does_not_go_off(encoding: str) -> None:
    bomb = b"0" * (64 << 20)
    packed = gzip.compress(bomb, 6, mtime=0) if encoding == "gzip" else zlib.compress(bomb)
    assert len(packed) < 100_000
    async with serving(lambda _: Reply(packed, headers={"content-encoding": encoding})) as server:
        assert await refusal(order(server.url), allow_private=True) == "response"


async def test_encodings_around_encodings_are_not_taken_off() -> None:
    packed = gzip.compress(gzip.compress(b"0" * 1_000_000, mtime=0), mtime=0)
    reply = Reply(packed, headers={"content-encoding": "gzip, gzip"})
    async with serving(lambda _: reply) as server:
        assert await refusal(order(server.url), allow_private=True) == "response"


async def test_a_response_that_trickles_in_is_given_up() -> None:
    """Each byte comes in time, all of them do not."""

    async def trickle(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n")
        with contextlib.suppress(OSError):
            while True:
                writer.write(b".")
                await writer.drain()
                await asyncio.sleep(0.02)
        writer.close()
        over.set()

    over = asyncio.Event()
    server = await asyncio.start_server(trickle, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server:
        asked = order(f"http://127.0.0.1:{port}/", timeout=200_000)
        assert await refusal(asked, allow_private=True) == "timeout"
        await over.wait()


async def test_nothing_of_a_request_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)

    def reply(asked: Asked) -> Reply:
        return Reply(json.dumps(asked.headers["x-key"]).encode())

    async with serving(reply) as server:
        asked = order(f"{server.url}/?key=s3cr3t", headers={"X-Key": "s3cr3t"})
        assert (await HttpHandler(allow_private=True)(asked))["body"] == "s3cr3t"
    assert "s3cr3t" not in caplog.text
