"""The work of the type ``llm``: a question to a language model, by the protocol of OpenAI's chat.

What is asked is ``{model, prompt, system, schema, options, documents}``. Where a model is, and what
it is called there, are settings of the host. The result is ``{answer, usage, model, finish}``.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

from statewright.errors import EffectFailed, EvaluationError, FailureKind
from statewright.expressions.printing.texts import plain_from_value
from statewright.runtime.clock import Clock, system_clock
from statewright.runtime.effects.documents import Document, Documents
from statewright.runtime.effects.handling import Order
from statewright.runtime.effects.parameters import list_of, seconds_of, text_of
from statewright.runtime.effects.reach import ANYWHERE
from statewright.runtime.effects.secret_texts import Secrets, host_secret
from statewright.runtime.effects.shapes import checked_schema, shaped
from statewright.runtime.effects.statuses import is_success, kind_of, wait_asked_for
from statewright.runtime.effects.web import KEY, Call, Response, Web, headers_from, url_from

OURS: Final = frozenset({"model", "messages", "stream", "n", "response_format"})
"""Options that are not for flows to give."""

LARGEST_ANSWER: Final = 4 * 1024 * 1024
"""The most bytes of a response."""

_PLAIN: Final = frozenset(
    {"application/json", "application/xml", "application/yaml", "application/x-yaml"}
)


@dataclass(frozen=True, slots=True)
class Models:
    """Where some models are.

    Attributes:
        url: of the API; ``/chat/completions`` is put behind it.
        key: the name of the host's secret that is shown, or ``""`` for none.
        names: what flows call a model → what it is called there; empty where every name is passed
            on.
        tenants: whose flows may ask them; None for all.
        options: what is said with every question, unless a flow says something else.
    """

    url: str
    key: str = ""
    names: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    tenants: tuple[str, ...] | None = None
    options: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))


class LlmHandler:
    """Asks language models.

    Args:
        web: makes requests.
        places: where models are; the first place that knows a name is asked.
        secrets: gives the keys that are shown there.
        documents: gets what goes with a question.
        clock: tells the time, which dates of ``Retry-After`` are compared with.
    """

    def __init__(
        self,
        web: Web,
        places: Sequence[Models],
        secrets: Secrets,
        documents: Documents,
        clock: Clock = system_clock,
    ) -> None:
        self._web = web
        self._places = tuple(places)
        self._secrets = secrets
        self._documents = documents
        self._clock = clock

    async def __call__(self, order: Order) -> Any:
        """Ask a model.

        Raises:
            EffectFailed: the question is none (``request``, ``schema``, ``document``), nobody has
                such a model (``model``), or as for ``Web.ask``; the status is none of 2xx
                (``status``, ``quota``, ``too_long``); the model says nothing (``empty``), refuses
                (``refused``), was cut off (``length``), or its answer does not fit (``answer``).
        """
        given = order.data
        if not isinstance(given, Mapping):
            raise EffectFailed("request", "a question is a map with `model` and `prompt`")
        place, model = self._place(text_of(given, "model", wanted=True) or "", order.key.tenant)
        schema = None if given.get("schema") is None else checked_schema(given["schema"])
        documents = await self._documents.found(
            list_of(given, "documents"), order.key.tenant, seconds_of(order)
        )
        question = {
            **_options(place, given),
            "model": model,
            "messages": _messages(given, documents),
            **({} if schema is None else {"response_format": _format(schema)}),
        }
        response = await self._asked(place, question, order)
        return _result(response, schema)

    async def aclose(self) -> None:
        """Let go of everything."""
        await self._web.aclose()

    def _place(self, name: str, tenant: str) -> tuple[Models, str]:
        for place in self._places:
            if place.tenants is not None and tenant not in place.tenants:
                continue
            if not place.names:
                return place, name
            if name in place.names:
                return place, place.names[name]
        raise EffectFailed("model", "nobody has a model of that name; see the settings")

    async def _asked(self, place: Models, question: Mapping[str, Any], order: Order) -> Response:
        headers = {"Content-Type": "application/json", KEY: order.id}
        if place.key:
            headers["Authorization"] = f"Bearer {await host_secret(self._secrets, place.key)}"
        try:
            content = json.dumps(question, ensure_ascii=False, separators=(",", ":")).encode()
        except (TypeError, ValueError, RecursionError):
            raise EffectFailed("request", "the question is not one that JSON can say") from None
        url = url_from(place.url.rstrip("/") + "/chat/completions")
        seconds = seconds_of(order)
        call = Call("POST", url, headers_from(headers), content, seconds, binding=True)
        # Whoever runs the server has named the host, so it may be one of their own network.
        response = await self._web.ask(call, reach=ANYWHERE, largest=LARGEST_ANSWER)
        if not is_success(response.status):
            raise _refusal(response, self._clock())
        return response


def _options(place: Models, given: Mapping[str, Any]) -> dict[str, Any]:
    own = given.get("options") or {}
    if not isinstance(own, Mapping) or OURS & own.keys():
        raise EffectFailed("request", f"`options` is a map, without {', '.join(sorted(OURS))}")
    try:
        return {**place.options, **plain_from_value(own)}
    except (EvaluationError, TypeError):
        raise EffectFailed("request", "`options` is not one that JSON can say") from None


def _format(schema: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "json_schema", "json_schema": {"name": "answer", "schema": dict(schema)}}


def _messages(given: Mapping[str, Any], documents: Sequence[Document]) -> list[dict[str, Any]]:
    """What is said: documents in a message of their own, so that the question is not among them."""
    prompt = text_of(given, "prompt", wanted=True)
    system = text_of(given, "system")
    messages: list[dict[str, Any]] = []
    if system:
        messages.append({"role": "system", "content": system})
    if documents:
        parts = [part for one in documents for part in _parts(one)]
        messages.append({"role": "user", "content": parts})
    return [*messages, {"role": "user", "content": prompt}]


def _parts(document: Document) -> list[dict[str, Any]]:
    """A document as parts of a message: text as text, anything else in base64."""
    main = document.type.partition("/")[0]
    if main == "text" or document.type in _PLAIN or document.type.endswith(("+json", "+xml")):
        text = document.content.decode("utf-8", errors="replace")
        return [{"type": "text", "text": f"Document {json.dumps(document.name)}:\n{text}"}]
    data = f"data:{document.type};base64,{base64.b64encode(document.content).decode()}"
    if main == "image":
        return [{"type": "image_url", "image_url": {"url": data}}]
    return [{"type": "file", "file": {"filename": document.name, "file_data": data}}]


def _result(response: Response, schema: Mapping[str, Any] | None) -> dict[str, Any]:
    """What came back.

    Raises:
        EffectFailed: no answer, or none that fits.
    """
    try:
        document = json.loads(response.content)
        choice = document["choices"][0]
        message = choice["message"]
        text, refusal = message.get("content"), message.get("refusal")
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        raise EffectFailed(
            "response", "what came back is no answer of a language model", transient=True
        ) from None
    finish = choice.get("finish_reason")
    if refusal or finish == "content_filter":
        raise EffectFailed("refused", "the model, or its host, refuses to answer")
    if not isinstance(text, str) or not text:
        code = "length" if finish == "length" else "empty"
        raise EffectFailed(code, "the model has said nothing", transient=code == "empty")
    if schema is not None and finish == "length":
        raise EffectFailed("length", "the answer was cut off; let it have more tokens")
    return {
        "answer": text if schema is None else shaped(text, schema),
        "usage": _usage(document.get("usage")),
        "model": str(document.get("model") or ""),
        "finish": str(finish or ""),
    }


def _usage(given: Any) -> dict[str, int]:
    """Tokens: of the question, of the answer, and together; only what was told."""
    if not isinstance(given, Mapping):
        return {}
    found = {name: given.get(key) for name, key in _TOKENS.items()}
    return {name: count for name, count in found.items() if type(count) is int}


_TOKENS: Final = {
    "input_tokens": "prompt_tokens",
    "output_tokens": "completion_tokens",
    "total_tokens": "total_tokens",
}

_KINDS: Final[Mapping[str, tuple[str, str, FailureKind]]] = MappingProxyType(
    {
        "insufficient_quota": (
            "quota",
            "nothing is left to pay for the question",
            FailureKind.CONFIGURATION,
        ),
        "context_length_exceeded": (
            "too_long",
            "the question, with its documents, is longer than the model takes",
            FailureKind.CONFIGURATION,
        ),
        "model_not_found": (
            "model",
            "the host of the models has none of that name",
            FailureKind.CONFIGURATION,
        ),
    }
)


def _refusal(response: Response, now: int) -> EffectFailed:
    """The failure of a question that got no answer; what the host says of it, by its code only."""
    try:
        code = json.loads(response.content)["error"]["code"]
    except (ValueError, LookupError, TypeError, RecursionError):
        code = ""
    known = _KINDS.get(code) if isinstance(code, str) else None
    if known is not None:
        return EffectFailed(known[0], known[1], kind=known[2])
    kind = kind_of(response.status)
    wait = wait_asked_for(response, now)
    message = f"the status is {response.status}"
    return EffectFailed("status", message, kind=kind, wait=wait, status=response.status)
