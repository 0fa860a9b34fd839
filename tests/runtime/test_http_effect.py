"""The work of the type `http`: what is asked, what comes back, and what is never reached."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Mapping
from typing import Any

import pytest

from statewright.errors import EffectFailed, FailureKind
from statewright.expressions import Place, Secret, SecretText
from statewright.runtime import Order
from statewright.runtime.effects.addresses import is_public
from statewright.runtime.effects.handling import Performer
from statewright.runtime.effects.http import HttpHandler
from statewright.runtime.effects.secret_texts import filled, secrets_of_environment
from statewright.statechart import Effect, EffectKind
from statewright.storage.records import SessionKey
from tests.runtime.servers import Asked, Reply, serving

pytestmark = pytest.mark.anyio

KEY = SessionKey("default", "s")
JSON = {"content-type": "application/json"}


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def order(**data: Any) -> Order:
    return Order(KEY, "s:call:2:0", EffectKind.INVOKE, "http", "call", data)


async def ask(reply: Reply, **data: Any) -> tuple[Any, list[Asked]]:
    """What comes of asking a server that replies so, and what it was asked."""
    async with serving(lambda _: reply) as server:
        path = data.pop("path", "/")
        handler = HttpHandler(allow_private=True)
        try:
            return await handler(order(url=server.url + path, **data)), server.asked
        except EffectFailed as failure:
            if failure.result is None or failure.kind is not FailureKind.CONFIGURATION:
                raise
            return failure.result, server.asked  # What a flow gets that was refused.
        finally:
            await handler.aclose()


async def test_a_response_is_its_status_headers_and_body() -> None:
    result, (asked,) = await ask(Reply(b'{"a": [1, 2.5]}', 201, {**JSON, "x-note": "hi"}))
    assert result["status"] == 201
    assert result["body"] == {"a": [1, 2.5]}
    assert result["headers"]["x-note"] == "hi"
    assert (asked.method, asked.path) == ("GET", "/")


async def test_a_request_has_a_method_a_query_headers_and_a_body() -> None:
    _, (asked,) = await ask(
        Reply(),
        path="/orders?page=1",
        method="post",
        query={"q": "a b&c", "n": [1, 2]},
        headers={"X-Who": "Ada", "Host": "evil.example", "Content-Length": "7"},
        body={"name": "Ødegård"},
    )
    assert (asked.method, asked.path) == ("POST", "/orders?page=1&q=a+b%26c&n=1&n=2")
    assert asked.headers["x-who"] == "Ada"
    assert asked.headers["host"].startswith("127.0.0.1:")
    assert asked.headers["content-type"] == "application/json"
    assert json.loads(asked.body) == {"name": "Ødegård"}


async def test_the_id_of_the_effect_is_the_idempotency_key() -> None:
    _, (asked,) = await ask(Reply())
    assert asked.headers["idempotency-key"] == "s:call:2:0"
    _, (own,) = await ask(Reply(), headers={"idempotency-key": "mine"})
    assert own.headers["idempotency-key"] == "mine"


@pytest.mark.parametrize(
    ("body", "kind"),
    [('{"a":1}', "application/json"), ("hello", "text/plain; charset=utf-8")],
)
async def test_a_text_is_sent_as_it_is(body: str, kind: str) -> None:
    _, (asked,) = await ask(Reply(), method="POST", body=body)
    assert asked.body == body.encode()
    assert asked.headers["content-type"] == kind


@pytest.mark.parametrize(
    ("reply", "body"),
    [
        (Reply(b"plain", headers={"content-type": "text/plain"}), "plain"),
        (
            Reply(
                "grün".encode("latin-1"), headers={"content-type": "text/plain; charset=latin-1"}
            ),
            "grün",
        ),
        (Reply(b"\xff", headers={}), "�"),
        (Reply(b"{not json", headers=JSON), "{not json"),
        (Reply(b"[1e999, 1e22]", headers=JSON), ["1e999", 1e22]),
        (Reply(b"[NaN]", headers=JSON), "[NaN]"),
        (Reply(b"99999999999999999999999", headers=JSON), "99999999999999999999999"),
        (
            Reply(
                b'{"id": 99999999999999999999999, "n": 7, "most": 9223372036854775807}',
                headers=JSON,
            ),
            {"id": "99999999999999999999999", "n": 7, "most": 9223372036854775807},
        ),
        (
            Reply(
                b"[-9223372036854775808, -9223372036854775809, 9223372036854775808]", headers=JSON
            ),
            [-9223372036854775808, "-9223372036854775809", "9223372036854775808"],
        ),
        (Reply(b"9" * 5_000, headers=JSON), "9" * 5_000),
        (Reply(b"[" * 5_000, headers=JSON), "[" * 5_000),
        (Reply(b'{"a":1}', headers={"content-type": "application/problem+json"}), {"a": 1}),
        (Reply(b"x", headers={"content-type": "text/plain; charset=nonsense"}), "x"),
        (
            Reply(gzip.compress(b'{"a":1}', mtime=0), headers={**JSON, "content-encoding": "gzip"}),
            {"a": 1},
        ),
        (Reply(b"", 204, headers={}), ""),
    ],
    ids=lambda value: repr(value)[:40],
)
async def test_a_body_is_json_where_it_can_be_kept_else_text(reply: Reply, body: Any) -> None:
    result, _ = await ask(reply)
    assert result["body"] == body


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        (Reply(b"x" * 2_000_000), "response"),
        (
            Reply(gzip.compress(b"x" * 2_000_000, mtime=0), headers={"content-encoding": "gzip"}),
            "response",
        ),
        (Reply(b"x", headers={"content-encoding": "br"}), "response"),
        (Reply(b"x", headers={"content-encoding": "gzip"}), "response"),
        (Reply(delay=5), "timeout"),
    ],
    ids=["too large", "too large when decoded", "unknown encoding", "wrong encoding", "too late"],
)
async def test_a_response_that_cannot_be_used_is_a_failure(reply: Reply, code: str) -> None:
    with pytest.raises(EffectFailed) as failure:
        await ask(reply, timeout=300_000 if code == "timeout" else 60_000_000)
    assert failure.value.code == code


async def test_a_status_that_may_pass_is_worth_another_try() -> None:
    with pytest.raises(EffectFailed) as failure:
        await ask(Reply(b'{"sorry":true}', 503))
    assert failure.value.transient
    result = failure.value.result
    assert isinstance(result, dict)
    assert (result["status"], result["body"]) == (503, {"sorry": True})
    gone, _ = await ask(Reply(b"{}", 404))
    assert gone["status"] == 404


async def test_a_status_that_will_not_pass_is_a_failure_with_its_result() -> None:
    async with serving(lambda _: Reply(b'"gone"', 404, JSON)) as server:
        with pytest.raises(EffectFailed) as failure:
            await HttpHandler(allow_private=True)(order(url=server.url))
    assert (failure.value.code, failure.value.kind) == ("status", FailureKind.CONFIGURATION)
    assert isinstance(failure.value.result, dict)
    assert failure.value.result["body"] == "gone"


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (401, FailureKind.AUTHENTICATION),
        (429, FailureKind.RATE_LIMIT),
        (500, FailureKind.TRANSIENT),
    ],
)
async def test_a_status_says_what_it_calls_for(status: int, kind: FailureKind) -> None:
    with pytest.raises(EffectFailed) as failure:
        await ask(Reply(b"{}", status))
    assert failure.value.kind is kind


@pytest.mark.parametrize(
    "data",
    [
        {"url": ""},
        {"url": "ftp://example.org/"},
        {"url": "file:///etc/passwd"},
        {"url": "http://"},
        {"url": "http://[::1"},
        {"url": "http://example.org:99999/"},
        {"url": "http://127.0.0.1/", "method": "GET / HTTP/1.1\r\nX: y"},
        {"url": "http://127.0.0.1/", "headers": {"a b": "c"}},
        {"url": "http://127.0.0.1/", "headers": {"a": "b\r\nc: d"}},
        {"url": "http://127.0.0.1/", "headers": ["a"]},
        {"url": "http://127.0.0.1/", "query": "a=b"},
        {"url": "http://127.0.0.1/", "body": float("inf")},
        {"url": 7},
        {},
    ],
    ids=repr,
)
async def test_a_request_that_is_none_is_refused(data: Mapping[str, Any]) -> None:
    with pytest.raises(EffectFailed) as failure:
        await HttpHandler(allow_private=True)(order(**data))
    assert failure.value.code == "request"
    assert not failure.value.transient


async def test_nobody_there_is_worth_another_try() -> None:
    with pytest.raises(EffectFailed) as failure:
        await HttpHandler(allow_private=True)(order(url="http://127.0.0.1:1/"))
    assert (failure.value.code, failure.value.transient) == ("connect", True)
    with pytest.raises(EffectFailed) as unknown:
        await HttpHandler(allow_private=True)(order(url="http://nobody.invalid/"))
    assert unknown.value.code == "dns"


async def test_redirects_are_followed_on_the_same_server_only() -> None:
    def reply(asked: Asked) -> Reply:
        match asked.path:
            case "/here":
                return Reply(status=302, headers={"location": "/there"})
            case "/away":
                return Reply(b"", 302, {"location": "http://example.org/"})
            case "/round":
                return Reply(b"", 307, {"location": "/round"})
            case _:
                return Reply(json.dumps([asked.method, asked.body.decode()]).encode())

    async with serving(reply) as server:
        handler = HttpHandler(allow_private=True)
        posted = {"method": "POST", "body": "x"}
        here = await handler(order(url=f"{server.url}/here", **posted))
        assert here["body"] == ["GET", ""]
        with pytest.raises(EffectFailed, match="the status is 302"):
            await handler(order(url=f"{server.url}/away"))
        asked = len(server.asked)
        with pytest.raises(EffectFailed, match="the status is 307"):
            await handler(order(url=f"{server.url}/round", **posted))
        assert len(server.asked) - asked == 6
        assert server.asked[-1].body == b"x"


@pytest.mark.parametrize(
    ("status", "method", "again"),
    [
        (301, "POST", "GET"),
        (302, "POST", "GET"),
        (303, "POST", "GET"),
        (303, "PUT", "GET"),
        (303, "HEAD", "HEAD"),
        (301, "PUT", "PUT"),
        (302, "DELETE", "DELETE"),
        (302, "PATCH", "PATCH"),
        (307, "POST", "POST"),
        (308, "PUT", "PUT"),
        (302, "GET", "GET"),
    ],
)
async def test_a_redirect_asks_with_the_method_that_its_status_calls_for(
    status: int, method: str, again: str
) -> None:
    def reply(asked: Asked) -> Reply:
        if asked.path == "/":
            return Reply(b"", status, {"location": "/there?x=1#part"})
        return Reply(b"" if asked.method == "HEAD" else b"{}")

    async with serving(reply) as server:
        handler = HttpHandler(allow_private=True)
        headers = {"authorization": "Bearer x", "content-language": "en"}
        await handler(order(url=server.url, method=method, body="x", headers=headers))
        first, last = server.asked
    assert (last.method, last.path) == (again, "/there?x=1")
    same = again == method
    assert last.body == (first.body if same else b"")
    assert ("content-type" in last.headers) == ("content-language" in last.headers) == same
    assert last.headers["authorization"] == "Bearer x"
    assert last.headers["idempotency-key"] == first.headers["idempotency-key"]


@pytest.mark.parametrize(
    ("status", "headers"),
    [
        (302, {}),
        (302, {"location": ""}),
        (302, {"location": "http://[/"}),
        (302, {"location": "ftp://127.0.0.1/"}),
        (300, {"location": "/there"}),
        (304, {"location": "/there"}),
    ],
)
async def test_what_redirects_nowhere_is_the_response(status: int, headers: dict[str, str]) -> None:
    result, asked = await ask(Reply(b"", status, headers), method="POST", body="x")
    assert result["status"] == status
    assert [one.method for one in asked] == ["POST"]


async def test_a_redirect_is_asked_with_the_credentials_of_the_url_and_no_others() -> None:
    def reply(asked: Asked) -> Reply:
        host = asked.headers["host"]
        to = {"/": f"http://{host}/one", "/one": f"http://else:other@{host}/two"}
        return Reply(b"", 302, {"location": to[asked.path]}) if asked.path in to else Reply()

    async with serving(reply) as server:
        url = server.url.replace("http://", "http://ada:secret@")
        await HttpHandler(allow_private=True)(order(url=url))
        sent = [asked.headers.get("authorization") for asked in server.asked]
    assert sent == [f"Basic {base64.b64encode(b'ada:secret').decode()}"] * 3


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "0.0.0.0",  # noqa: S104 (it is to be refused)
        "10.1.2.3",
        "192.168.0.1",
        "169.254.169.254",
        "100.100.100.200",
        "168.63.129.16",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[fd00:ec2::254]",
        "2130706433",
        "0x7f.1",
        "127.1",
    ],
)
async def test_what_is_not_on_the_public_internet_is_not_reached(host: str) -> None:
    with pytest.raises(EffectFailed) as failure:
        await HttpHandler()(order(url=f"http://{host}/latest/meta-data"))
    assert failure.value.code == "address"
    assert host not in str(failure.value)


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1:248:1893:25c8:1946", True),
        ("224.0.0.1", False),
        ("240.0.0.1", False),
        ("2002:7f00:1::", False),
        ("fe80::1%eth0", False),
        ("::", False),
    ],
)
def test_only_addresses_of_the_public_internet_are_public(address: str, *, public: bool) -> None:
    assert is_public(address) is public


async def test_secrets_are_filled_in_where_the_request_is_made_and_nowhere_else(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("STATEWRIGHT_SECRET_CRM_TOKEN", "s3cr3t/&")
    async with serving(lambda _: Reply()) as server:
        params = {
            "url": SecretText((f"{server.url}/?key=", Secret("crm.token")), Place.URL),
            "headers": {
                "Authorization": SecretText(("Bearer ", Secret("crm.token")), Place.HEADER)
            },
        }
        effect = Effect(EffectKind.INVOKE, "s:a:1:0", "a", {"type": "http", "params": params})
        handlers = {"http": HttpHandler(allow_private=True)}
        outcome = await Performer(handlers, secrets_of_environment).perform(KEY, effect, 1)
        (asked,) = server.asked
    assert asked.headers["authorization"] == "Bearer s3cr3t/&"
    assert asked.path == "/?key=s3cr3t%2F%26"
    assert "s3cr3t" not in str(outcome)
    assert "s3cr3t" not in caplog.text


@pytest.mark.parametrize("value", [None, "two\r\nlines"])
def test_a_secret_that_is_not_there_or_does_not_fit_is_a_failure_that_shows_nothing(
    value: str | None,
) -> None:
    text = SecretText(("Bearer ", Secret("token")), Place.HEADER)
    with pytest.raises(EffectFailed, match="`token`") as failure:
        filled({"headers": [text]}, lambda _: value)
    assert "lines" not in str(failure.value)


# --- bodies and tries ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "body_as", "sent", "kind"),
    [
        ({"a": 1}, None, '{"a":1}', "application/json"),
        ({"a": 1}, "json", '{"a":1}', "application/json"),
        ('"Ada"', "json", '"Ada"', "application/json"),
        (
            {"name": "Ådа & Co", "n": 1.0, "tags": ["a b", "c"], "ok": True, "none": None},
            "form",
            "name=%C3%85d%D0%B0+%26+Co&n=1&tags=a+b&tags=c&ok=true&none=",
            "application/x-www-form-urlencoded",
        ),
        ('{"a":1}', "text", '{"a":1}', "text/plain; charset=utf-8"),
        ({"a": 1}, "text", '{"a":1}', "text/plain; charset=utf-8"),
        (5, "text", "5", "text/plain; charset=utf-8"),
    ],
)
async def test_a_body_is_written_as_it_is_wanted(
    body: Any, body_as: str | None, sent: str, kind: str
) -> None:
    wanted = {} if body_as is None else {"body_as": body_as}
    _, (asked,) = await ask(Reply(), method="POST", body=body, **wanted)
    assert asked.body.decode() == sent
    assert asked.headers["content-type"] == kind


async def test_a_type_that_the_author_gives_is_kept() -> None:
    given = {"Content-Type": "application/vnd.api+json"}
    _, (asked,) = await ask(Reply(), method="POST", body={"a": 1}, body_as="json", headers=given)
    assert asked.headers["content-type"] == "application/vnd.api+json"


async def test_what_is_no_map_is_no_form() -> None:
    with pytest.raises(EffectFailed, match="a map of fields"):
        await ask(Reply(), method="POST", body=[1], body_as="form")


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("7", 7),
        ("0", 0),
        ("-1", 0),
        ("soon", 0),
        ("9" * 30, 86_400),
        ("Thu, 01 Jan 1970 00:01:40 GMT", 90),
        ("Thu, 01 Jan 1970 00:00:05 GMT", 0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 86_400),
        ("Mon, 99 Foo 2026", 0),
    ],
)
async def test_how_long_a_server_wants_us_to_wait_is_heard(written: str, seconds: int) -> None:
    reply = Reply(b"", 503, {"retry-after": written})
    async with serving(lambda _: reply) as server:
        handler = HttpHandler(allow_private=True, clock=lambda: 10_000_000)
        with pytest.raises(EffectFailed) as failed:
            await handler(order(url=server.url))
        await handler.aclose()
    assert failed.value.wait == seconds * 1_000_000


async def test_the_author_says_after_which_statuses_it_is_tried_again() -> None:
    result, _ = await ask(Reply(b"", 503), retry_statuses=[429])
    assert result["status"] == 503
    with pytest.raises(EffectFailed) as failed:
        await ask(Reply(b"", 418), retry_statuses=[418])
    assert failed.value.transient


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        (b'{"why": "gone"}', {"why": "gone"}),
        (b'"' + b"x" * 20_000 + b'"', "x" * 10_000),
        (b'["' + b"x" * 20_000 + b'"]', '["' + "x" * 9_998),
    ],
)
async def test_of_what_a_server_says_that_refuses_the_beginning_is_kept(
    said: bytes, kept: Any
) -> None:
    refused, _ = await ask(Reply(said, 404, JSON))
    assert refused["body"] == kept
    done, _ = await ask(Reply(said, 200, JSON))
    assert done["body"] == json.loads(said)


async def test_a_failure_tells_a_flow_of_which_class_it_is() -> None:
    async def refuse(_: Order) -> Any:
        raise EffectFailed("slow", "slow down", kind=FailureKind.RATE_LIMIT, status=429)

    performer = Performer({"http": refuse}, secrets_of_environment)
    effect = Effect(EffectKind.INVOKE, "s:call:2:0", "call", {"type": "http", "params": {}})
    outcome = await performer.perform(KEY, effect, 1)
    told = {"code": "slow", "message": "slow down", "kind": "rate_limit", "status": 429}
    assert outcome.data == told
