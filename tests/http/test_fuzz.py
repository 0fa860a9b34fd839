"""Whatever is sent: never a failure of the server, and what is refused has changed no row."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote_from_bytes

import httpx
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from statewright.http.endpoint import Endpoint
from statewright.http.routes import ENDPOINTS
from statewright.http.wire import chat, flow_builder, sessions
from statewright.storage import SQLStore
from tests.http.drawings import GREETING, published, started
from tests.http.serving import Client, serving

METHODS = st.sampled_from(
    ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "PROPFIND", "\u0021"]
)
ODD = st.sampled_from(
    ["", " ", "\0", "\ud800", "\N{PILE OF POO}", "'", '"', "../..", "a" * 400, "{{ x }}", "-1",
     "1e999", str(2**63), str(2**64), "null", "%", "*", 'W/"x"', "\r\nX: y"]
)  # fmt: skip
TEXTS = st.one_of(ODD, st.text(max_size=20))
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), TEXTS),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(TEXTS, inner, max_size=4)),
    max_leaves=12,
)
FIELDS = sorted(
    {
        field.alias or name
        for endpoint in ENDPOINTS
        if endpoint.body is not None
        for name, field in endpoint.body.model_fields.items()
    }
)
BODIES = st.dictionaries(
    st.one_of(st.sampled_from(FIELDS), TEXTS),
    st.one_of(VALUES, st.just("greeting"), st.just("text"), st.just(GREETING)),
    max_size=6,
)
HEADERS = st.dictionaries(
    st.sampled_from(
        ["content-type", "content-length", "content-encoding", "idempotency-key", "if-match",
         "if-none-match", "accept", "transfer-encoding", "x-csrf-token", "host", "origin"]
    ),
    st.one_of(
        st.sampled_from([b"application/json", b"text/plain", b"*", b'"x"', b"identity", b"0", b""]),
        st.binary(max_size=20),
    ),
    max_size=3,
)  # fmt: skip


RIGHT: dict[type | None, dict[str, Any]] = {
    None: {},
    flow_builder.Drawn: {"flow": GREETING, "ui": {"zoom": 1}, "dialect": "native"},
    flow_builder.Publish: {"label": "live", "inboxId": 1, "trigger": {}},
    flow_builder.Execute: {
        "conversationId": 1,
        "contactId": "ada",
        "variables": {"place": "here"},
        "version": 1,
        "testMode": True,
        "mockData": {"place": "there"},
    },
    flow_builder.Input: {"input": "x", "expectedRevision": 1},
    flow_builder.ClientInput: {"result": {"city": "Rome"}, "nodeId": "n", "expectedRevision": 1},
    flow_builder.Happened: {
        "event": "order.shipped",
        "data": {"id": 1},
        "conversationId": "c",
        "contactId": "ada",
        "channel": "web",
    },
    flow_builder.Hook: {"id": 1, "more": {"a": [1]}},
    sessions.Fork: {"revision": 1},
    sessions.Fix: {"variables": {"place": "here"}},
    sessions.Retry: {"effect": "e"},
    sessions.Skip: {"effect": "e", "result": 1},
    sessions.Resume: {"variables": {"place": "here"}},
    sessions.Compare: {"version": 1, "sample": 1},
    chat.Start: {"flow_id": "greeting", "initial_state": {"place": "here"}, "version": 1},
    chat.Interaction: {"input": "x", "input_type": "text", "expected_revision": 1},
    chat.ClientAnswer: {"error": {"why": "no"}, "node_id": "n", "expected_revision": 1},
    chat.End: {"reason": "enough"},
    chat.StatePatch: {"updates": {"age": 1}, "expected_revision": 1},
}
"""What each endpoint asks for → a body that is right, but for a revision perhaps."""


@st.composite
def nearly_right(draw: st.DrawFn, endpoint: Endpoint) -> dict[str, Any]:
    """A body with something in it put in the place of something else, somewhere."""
    body = json.loads(json.dumps(RIGHT[endpoint.body]))
    place: Any = body
    while isinstance(place, dict) and place:
        key = draw(st.sampled_from(sorted(place)))
        if not isinstance(place[key], dict) or draw(st.booleans()):
            place[key] = draw(VALUES)
            break
        place = place[key]
    return dict(body)


@st.composite
def requests(draw: st.DrawFn) -> dict[str, Any]:
    """A request that is nearly right, or altogether wrong."""
    endpoint = draw(st.sampled_from(ENDPOINTS))
    path = endpoint.path
    for name in ("flow", "token", "code"):
        part = draw(st.one_of(st.just("{right}"), TEXTS))
        if part != "{right}":
            part = quote_from_bytes(part.encode("utf-8", "surrogatepass"), safe="") or "x"
        path = path.replace(f"{{{name}}}", part if part != "{right}" else f"{{{name}}}")
    if draw(st.integers(0, 9)) == 0:
        path = "/" + quote_from_bytes(draw(st.binary(max_size=20)))
    query = quote_from_bytes(draw(st.binary(max_size=12)), safe="=&%+")
    body = draw(
        st.one_of(
            st.binary(max_size=60),
            nearly_right(endpoint).map(lambda value: json.dumps(value).encode()),
            BODIES.map(lambda value: json.dumps(value).encode()),
            VALUES.map(lambda value: json.dumps(value).encode()),
        )
    )
    return {
        "method": draw(st.one_of(st.just(endpoint.method), METHODS)),
        "path": path + ("?limit=" + query if query else ""),
        "headers": {"content-type": b"application/json"} | draw(HEADERS),
        "content": body,
    }


class World:
    """A server with a flow and a session, and its rows."""

    def __init__(self, client: Client, url: str) -> None:
        self.client = client
        self.engine = sa.create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
        published(client)
        self.token = started(client)["session_token"]

    def rows(self) -> dict[str, list[Any]]:
        with self.engine.connect() as connection:
            tables = sa.inspect(connection).get_table_names()
            select = "select * from {} order by 1, 2, 3"
            return {
                table: list(connection.execute(sa.text(select.format(table))))
                for table in tables
                if table != "statewright_version"
            }

    def send(self, request: dict[str, Any]) -> httpx.Response:
        named = {"flow": "greeting", "token": self.token, "code": "X", "path": "orders"}
        path = request["path"].format_map({**named, "session": "s", "revision": "1"})
        # Put together by hand: the client would refuse, or mend, much of this itself.
        url = httpx.URL("http://test").copy_with(raw_path=path.encode("ascii"))
        headers = httpx.Headers(
            [(name.encode(), value) for name, value in request["headers"].items()]
        )
        sent = httpx.Request(request["method"], url, headers=headers, content=request["content"])
        return self.client.send(sent)


@pytest.fixture(params=["sqlite", "postgresql"])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    url = f"sqlite:///{tmp_path}/flows.db"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgresql")()
    with serving(SQLStore(url)) as client:
        world = World(client, url)
        yield world
        world.engine.dispose()


@settings(
    max_examples=200,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(request=requests())
@example(
    request={
        "method": "POST",
        "path": "/v1/chat/sessions/{token}/interact",
        "headers": {"content-type": b"application/json", "idempotency-key": b"\xff"},
        "content": b'{"input": "x", "input_type": "text"}',
    }
)
def test_no_request_makes_the_server_fail_or_changes_a_row_that_it_should_not(
    world: World, request: dict[str, Any]
) -> None:
    before = world.rows()
    answer = world.send(request)
    assert answer.status_code < 500, answer.text
    if answer.status_code >= 400 or request["method"] in {"GET", "HEAD", "OPTIONS"}:
        assert world.rows() == before
