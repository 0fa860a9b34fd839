"""Whatever is sent, the answer says what is wrong with it, and nothing has changed."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest

from statewright.http import Limits
from statewright.http.bodies import json_from
from statewright.http.problems import Refused
from statewright.storage import SQLStore
from tests.http.drawings import GREETING, published
from tests.http.serving import Client, serving

JSON = {"Content-Type": "application/json"}
START = "/v1/chat/start"


def refused(answer: httpx.Response) -> tuple[int, str]:
    """The status and the code of a problem, told as RFC 9457 and the flow builder have it."""
    problem = answer.json()
    assert answer.headers["content-type"] == "application/problem+json"
    assert problem["status"] == answer.status_code
    assert problem["detail"] == problem["message"]
    assert problem["type"].endswith(f"/problems/{problem['code']}")
    assert set(problem) >= {"title", "error", "details"}
    return answer.status_code, problem["code"]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"{", "line 1"),
        (b"", "line 1"),
        (b"{} {}", "extra data"),
        (b'{"flow_id": "a", "flow_id": "b"}', "`flow_id` stands twice"),
        (b'{"a": NaN}', "NaN"),
        (b'{"a": -Infinity}', "-Infinity"),
        (b'{"a": 1e999}', "too large"),
        (b'{"a": ' + b"1" * 5000 + b"}", "too many digits"),
        (b'{"a": "\\ud800"}', "half a character"),
        (b'{"\\udfff": 1}', "half a character"),
        (b"\xff", "byte 0"),
        ('{"a": 1}'.encode("utf-16"), "byte 0"),
        (b"\xef\xbb\xbf{}", "bom"),
        (b"[" * 65 + b"]" * 65, "64 deep"),
        (b'{"a":' * 50_000, "64 deep"),
        (b"[" * 500_000, "64 deep"),
    ],
)
def test_what_is_no_json_is_refused(client: Client, body: bytes, said: str) -> None:
    answer = client.post(START, content=body, headers=JSON)
    assert refused(answer) == (400, "MALFORMED_REQUEST")
    assert said in answer.json()["message"].lower() or said in answer.json()["message"]


@pytest.mark.parametrize(
    "text",
    [
        '["[[[[" , "\\"[["]',
        '{"a\\\\": "]", "b": [{"c": "{{{{{{"}]}',
        '"' + "[" * 100 + '"',
        "[[[]]]",
    ],
)
def test_brackets_in_texts_are_no_nesting(text: str) -> None:
    assert json_from(text.encode(), depth=3) == json.loads(text)


def test_reading_takes_no_longer_for_texts_that_are_made_to_take_long() -> None:
    for body in (b'"' + b'\\"' * 400_000, b'["' + b'\\"' * 400_000 + b"\\", b'"[' * 300_000):
        with pytest.raises(Refused):
            json_from(body + b"[" * 100, depth=64)
    keys = ",".join(f'"{n}": {n}' for n in range(100_000))
    with pytest.raises(Refused, match="twice"):
        json_from(f'{{{keys}, "7": 1}}'.encode(), depth=64)


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/x-www-form-urlencoded"},
        {"Content-Type": "application/jsonp"},
        {"Content-Type": "application/json; charset=latin-1"},
        {"Content-Type": "application/json", "Content-Encoding": "gzip"},
        {},
    ],
)
def test_only_json_is_read(client: Client, headers: dict[str, str]) -> None:
    answer = client.post(START, content=b'{"flow_id": "x"}', headers=headers)
    assert refused(answer) == (415, "UNSUPPORTED_MEDIA_TYPE")


def test_a_body_has_one_type(client: Client) -> None:
    headers = [("Content-Type", "application/json"), ("Content-Type", "text/plain")]
    answer = client.post(START, content=b'{"flow_id": "x"}', headers=headers)
    assert refused(answer) == (415, "UNSUPPORTED_MEDIA_TYPE")


def test_a_path_tells_its_methods(client: Client) -> None:
    for path, methods in (("/healthz", "GET, HEAD, OPTIONS"), (START, "POST, OPTIONS")):
        told = client.request("OPTIONS", path)
        assert (told.status_code, told.headers["allow"], told.content) == (204, methods, b"")
        wrong = client.request("PUT", path)
        assert refused(wrong) == (405, "METHOD_NOT_ALLOWED")
        assert wrong.headers["allow"] == methods


@pytest.mark.parametrize(
    "type_",
    ["application/json", "application/json; charset=utf-8", 'Application/JSON;charset="UTF-8"',
     "application/vnd.x+json"],
)  # fmt: skip
def test_json_has_more_than_one_name(client: Client, type_: str) -> None:
    answer = client.post(START, content=b'{"flow_id": "x"}', headers={"Content-Type": type_})
    assert refused(answer) == (404, "UNKNOWN_FLOW")


@pytest.fixture
def small() -> Iterator[Client]:
    with serving(limits=Limits(body=1_000, flow_body=20_000, seconds=0.2)) as client:
        yield client


def test_a_body_that_says_it_is_too_large_is_not_read(small: Client) -> None:
    answer = small.post(START, content=b" " * 1_001, headers=JSON)
    assert refused(answer) == (413, "BODY_TOO_LARGE")
    assert answer.json()["details"] == {"limit": 1_000}
    answer = small.post(START, content=b"{}", headers={**JSON, "Content-Length": "9" * 30})
    assert refused(answer) == (413, "BODY_TOO_LARGE")


def test_a_body_that_does_not_say_how_large_it_is_has_bounds_too(small: Client) -> None:
    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield b" " * 100

    answer = small.post(START, content=endless(), headers=JSON)
    assert refused(answer) == (413, "BODY_TOO_LARGE")


def test_a_body_that_takes_too_long_is_given_up(small: Client) -> None:
    async def slow() -> AsyncIterator[bytes]:
        yield b"{"
        await asyncio.sleep(30)

    answer = small.post(START, content=slow(), headers=JSON)
    assert refused(answer) == (408, "REQUEST_TIMEOUT")


def test_a_flow_may_be_larger_than_what_is_said(small: Client) -> None:
    flow = {**GREETING, "description": "x" * 5_000}
    assert small.post("/api/v1/flows", {"flow": flow}).status_code == 201
    flow = {**GREETING, "description": "x" * 25_000}
    assert refused(small.post("/api/v1/flows", {"flow": flow})) == (413, "BODY_TOO_LARGE")


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "/api/v1/flows", {"GET", "HEAD", "POST"}),
        ("POST", "/api/v1/flows/x", {"GET", "HEAD", "PUT", "DELETE"}),
        ("GET", START, {"POST"}),
        ("TRACE", "/healthz", {"GET", "HEAD"}),
        ("POST", "/openapi.json", {"GET", "HEAD"}),
        ("BREW", "/healthz", {"GET", "HEAD"}),
    ],
)
def test_a_method_that_a_path_lacks(
    client: Client, method: str, path: str, allowed: set[str]
) -> None:
    answer = client.request(method, path)
    assert refused(answer) == (405, "METHOD_NOT_ALLOWED")
    assert set(answer.headers["allow"].split(", ")) - {"OPTIONS"} == allowed


@pytest.mark.parametrize(
    "path", ["/nope", "/api/v1/flows/", "/healthz/", "/v1/chat", "/api//v1/flows", "/docs/"]
)
def test_a_path_that_is_not_there(client: Client, path: str) -> None:
    assert refused(client.get(path)) == (404, "NO_SUCH_PATH")


def test_what_needs_no_body_takes_none(client: Client) -> None:
    published(client)
    answer = client.request("GET", "/healthz", content=b"{}", headers=JSON)
    assert refused(answer) == (422, "INVALID_BODY")


def test_a_name_that_is_nearly_right_is_told(client: Client) -> None:
    answer = client.post(START, {"flow_idd": "x"})
    assert refused(answer) == (422, "INVALID_BODY")
    messages = {one["pointer"]: one["message"] for one in answer.json()["details"]["fields"]}
    assert messages == {
        "/flow_id": "this is needed",
        "/flow_idd": "this is not known here; did you mean `flow_id`?",
    }


def test_of_many_mistakes_some_are_told(client: Client) -> None:
    answer = client.post(START, {f"x{n}": n for n in range(5_000)})
    assert refused(answer) == (422, "INVALID_BODY")
    assert len(answer.json()["details"]["fields"]) == 20


@pytest.mark.parametrize("path", ["/healthz", "/nope", "/openapi.json"])
def test_every_answer_has_headers_that_keep_it_where_it_belongs(client: Client, path: str) -> None:
    headers = client.get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "no-referrer"
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "server" not in headers


def test_head_is_get_without_a_body(client: Client) -> None:
    answer = client.request("HEAD", "/healthz")
    assert answer.status_code == 200


def test_a_store_that_fails_is_told_without_its_secrets(tmp_path: Path) -> None:
    store = SQLStore(f"sqlite:///{tmp_path}/secret.db")
    with serving(store, is_open=False) as client:
        for path in ("/readyz", "/api/v1/flows"):
            answer = client.get(path)
            assert refused(answer) == (503, "UNAVAILABLE")
            assert answer.headers["retry-after"] == "1"
            assert "secret" not in answer.text
        assert client.get("/healthz").status_code == 200
