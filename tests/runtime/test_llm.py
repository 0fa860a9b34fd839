"""The work `llm`, by a real server on this machine that speaks the protocol."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from statewright.errors import EffectFailed, FailureKind
from statewright.runtime import Order
from statewright.runtime.effects.documents import Documents
from statewright.runtime.effects.llm import LlmHandler, Models
from statewright.runtime.effects.reach import ANYWHERE, Reaches
from statewright.runtime.effects.web import Web
from statewright.statechart import EffectKind
from statewright.storage.records import SessionKey
from tests.runtime.servers import Asked, Reply, serving

pytestmark = pytest.mark.anyio

SCHEMA = {
    "type": "object",
    "properties": {"title": {"type": "string", "pattern": "^[A-Z]"}},
    "required": ["title"],
}


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def completion(content: Any, finish: str = "stop", **message: Any) -> Reply:
    """What a model says."""
    return Reply(
        json.dumps(
            {
                "id": "c-1",
                "model": "big-2026",
                "choices": [
                    {
                        "index": 0,
                        "finish_reason": finish,
                        "message": {"role": "assistant", "content": content, **message},
                    }
                ],
                "usage": {"prompt_tokens": 11, "completion_tokens": 3, "total_tokens": 14},
            }
        ).encode()
    )


def order(tenant: str = "default", **data: Any) -> Order:
    key = SessionKey(tenant, "s")
    question = {"model": "small", "prompt": "A title?", "options": {}, **data}
    return Order(key, "s:a:1:0", EffectKind.INVOKE, "llm", "a", question)


async def ask(
    reply: Reply, tenant: str = "default", **data: Any
) -> tuple[Any, dict[str, Any], Asked]:
    """The result of a question, what was sent, and how."""
    async with serving(lambda _: reply) as server:
        places = [
            Models("http://127.0.0.1:1/v1", names={"small": "x"}, tenants=("acme",)),
            Models(
                f"{server.url}/v1/",
                "openai",
                {"small": "big"},
                options={"temperature": 0, "seed": 7},
            ),
        ]
        web = Web()
        handler = LlmHandler(
            web,
            places,
            lambda tenant, name: "s3cr3t-key" if (tenant, name) == ("", "openai") else None,
            Documents(web, Reaches(ANYWHERE), 1_000),
            lambda: 0,
        )
        result = await handler(order(tenant, **data))
        (asked,) = server.asked
        return result, json.loads(asked.body), asked


async def failure(reply: Reply, **data: Any) -> EffectFailed:
    with pytest.raises(EffectFailed) as failed:
        await ask(reply, **data)
    assert "s3cr3t" not in str(failed.value)
    return failed.value


async def test_an_answer_is_a_text_and_what_it_cost() -> None:
    result, sent, asked = await ask(
        completion("Bees"), system="You are short.", options={"temperature": 0.2}
    )
    assert result == {
        "answer": "Bees",
        "usage": {"input_tokens": 11, "output_tokens": 3, "total_tokens": 14},
        "model": "big-2026",
        "finish": "stop",
    }
    assert sent == {
        "temperature": 0.2,
        "seed": 7,
        "model": "big",
        "messages": [
            {"role": "system", "content": "You are short."},
            {"role": "user", "content": "A title?"},
        ],
    }
    assert asked.path == "/v1/chat/completions"
    assert asked.headers["authorization"] == "Bearer s3cr3t-key"
    assert asked.headers["idempotency-key"] == "s:a:1:0"


async def test_an_answer_of_a_shape_is_a_value() -> None:
    result, sent, _ = await ask(completion('```json\n{"title": "Bees"}\n```'), schema=SCHEMA)
    assert result["answer"] == {"title": "Bees"}
    assert sent["response_format"] == {
        "type": "json_schema",
        "json_schema": {"name": "answer", "schema": SCHEMA},
    }


@pytest.mark.parametrize("said", ["Bees", "{}", '{"title": 1}', '{"title": "bees"}', "[" * 99_999])
async def test_an_answer_that_does_not_fit_is_asked_for_again(said: str) -> None:
    failed = await failure(completion(said), schema=SCHEMA)
    assert (failed.code, failed.kind) == ("answer", FailureKind.TRANSIENT)


@pytest.mark.parametrize("said", ["NaN", "-Infinity", "1e400"])
async def test_what_is_no_number_in_json_is_asked_for_again(said: str) -> None:
    failed = await failure(completion(said), schema={"type": "number"})
    assert (failed.code, failed.kind) == ("answer", FailureKind.TRANSIENT)


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "nothing"},
        {"type": "string", "pattern": "(?=x)"},
        {"$ref": "https://example.org/schema.json"},
        {"patternProperties": {"(a+)+$": {}}},
        "text",
        {"properties": {"a": {"type": "nothing"}}},
    ],
)
async def test_a_schema_that_is_none_is_a_failure(schema: Any) -> None:
    failed = await failure(completion('"x"'), schema=schema)
    assert (failed.code, failed.kind) == ("schema", FailureKind.CONFIGURATION)


async def test_documents_come_before_the_question_in_a_message_of_their_own() -> None:
    async with serving(lambda _: Reply(b"\x89PNG", headers={"content-type": "image/png"})) as files:
        _, sent, _ = await ask(
            completion("ok"),
            documents=[
                "plain text",
                {"name": "a.json", "text": '{"a": 1}', "type": "application/json"},
                {"url": f"{files.url}/cat.png"},
                {"name": "b.pdf", "data": base64.b64encode(b"%PDF").decode()},
            ],
        )
    assert sent["messages"][-1] == {"role": "user", "content": "A title?"}
    assert sent["messages"][0] == {
        "role": "user",
        "content": [
            {"type": "text", "text": 'Document "document-1.txt":\nplain text'},
            {"type": "text", "text": 'Document "a.json":\n{"a": 1}'},
            {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw=="}},
            {
                "type": "file",
                "file": {"filename": "b.pdf", "file_data": "data:application/pdf;base64,JVBERg=="},
            },
        ],
    }
    assert (await failure(completion("ok"), documents=["x" * 2_000])).code == "document"


@pytest.mark.parametrize(
    ("reply", "code", "kind"),
    [
        (Reply(b"", 500), "status", FailureKind.TRANSIENT),
        (Reply(b"", 401), "status", FailureKind.AUTHENTICATION),
        (Reply(b"no", 429, {"retry-after": "7"}), "status", FailureKind.RATE_LIMIT),
        (
            Reply(b'{"error": {"code": "insufficient_quota"}}', 429),
            "quota",
            FailureKind.CONFIGURATION,
        ),
        (
            Reply(b'{"error": {"code": "context_length_exceeded"}}', 400),
            "too_long",
            FailureKind.CONFIGURATION,
        ),
        (Reply(b'{"error": {"code": ["s3cr3t"]}}', 400), "status", FailureKind.CONFIGURATION),
        (Reply(b'{"error": {"code": "model_not_found"}}', 404), "model", FailureKind.CONFIGURATION),
        (Reply(b"<html>"), "response", FailureKind.TRANSIENT),
        (Reply(b'{"choices": []}'), "response", FailureKind.TRANSIENT),
        (Reply(b'{"choices": [{"message": 7}]}'), "response", FailureKind.TRANSIENT),
        (completion(""), "empty", FailureKind.TRANSIENT),
        (completion(None, refusal="no"), "refused", FailureKind.CONFIGURATION),
        (completion("x", "content_filter"), "refused", FailureKind.CONFIGURATION),
        (completion("", "length"), "length", FailureKind.CONFIGURATION),
    ],
    ids=lambda value: repr(value)[:40],
)
async def test_what_is_no_answer_is_a_failure_of_its_kind(
    reply: Reply, code: str, kind: FailureKind
) -> None:
    failed = await failure(reply)
    assert (failed.code, failed.kind) == (code, kind)
    assert failed.wait == (7_000_000 if reply.headers.get("retry-after") else 0)


async def test_a_value_that_was_cut_off_is_not_asked_for_again() -> None:
    assert (await failure(completion('{"ti', "length"), schema=SCHEMA)).code == "length"
    result, _, _ = await ask(completion("Bees are", "length"))
    assert (result["answer"], result["finish"]) == ("Bees are", "length")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ({"model": "huge"}, "model"),
        ({"model": ""}, "request"),
        ({"prompt": None}, "request"),
        ({"options": {"messages": []}}, "request"),
        ({"options": {"stream": True}}, "request"),
        ({"options": []}, "status"),
        ({"options": [1]}, "request"),
        ({"prompt": "\ud800"}, "request"),
        ({"documents": [7]}, "document"),
    ],
)
async def test_what_is_no_question_is_not_asked(data: Any, code: str) -> None:
    assert (await failure(Reply(b"", 418), **data)).code == code


async def test_a_tenant_asks_the_models_that_are_for_it() -> None:
    assert (await failure(completion("x"), tenant="acme")).code == "connect"
