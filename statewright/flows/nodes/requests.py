"""Nodes that have work done elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar

from statewright.flows.nodes.efforts import USUAL_BACKOFF, Backoff, Breaker
from statewright.flows.nodes.ports import NEXT
from statewright.flows.nodes.sources import Source, Value


class BodyFormat(StrEnum):
    """How the body of a request is written."""

    JSON = "json"
    FORM = "form"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Http:
    """Asks a web service, and goes on by ``success`` or ``error``.

    A response whose status is not one of success (2xx), no response in time, and a mapping that
    finds nothing are errors, which are read as ``error`` behind the port; then nothing is saved. So
    is a redirect to another server, which is not followed.

    No connection, no response in time, and the statuses 408, 425, 429, 500, 502, 503 and 504 may
    pass: then it is tried again, as often as ``retries`` says, within ``timeout``. ``Retry-After``
    is honoured, and every try carries the same ``Idempotency-Key``.

    Attributes:
        url: where.
        method: an HTTP method, upper case.
        headers: by name.
        query: query parameters by name.
        body: what is sent, or None.
        format: how that is written; None where it depends on what it is.
        timeout: microseconds until it counts as failed, all tries together.
        retries: how often the engine tries again.
        try_timeout: microseconds after which a single try is given up, or None for the whole.
        backoff: how long it waits before.
        breaker: when nobody is asked at all, or None.
        save: variable (or path) ← CEL over ``response`` (``status``, ``headers``, ``body``).
        fallback: the body that stands in for a failed response, or None.
        retry_statuses: the statuses after which it is tried again, or None for the usual ones.
    """

    url: Source
    method: str = "GET"
    headers: tuple[tuple[str, Source], ...] = ()
    query: tuple[tuple[str, Value], ...] = ()
    body: Value | None = None
    format: BodyFormat | None = None
    timeout: int = 30_000_000
    retries: int = 0
    try_timeout: int | None = None
    backoff: Backoff = USUAL_BACKOFF
    breaker: Breaker | None = None
    save: tuple[tuple[Source, Source], ...] = ()
    fallback: Value | None = None
    retry_statuses: tuple[int, ...] | None = None
    kind: ClassVar[str] = "http"
    ports: ClassVar[tuple[str, ...]] = ("success", "error")


@dataclass(frozen=True, slots=True)
class Action:
    """Has the host do something that it knows by name, such as sending an email.

    Without ``waits`` it is asked for, and the conversation goes on at once. Else it goes on by
    ``next`` with a result, or by ``error`` without one.

    Attributes:
        action: what the host calls it.
        parameters: what it is given, by name.
        waits: whether the conversation waits for the result.
        save: variable (or path) ← CEL over ``result``.
        timeout: microseconds until it counts as failed, all tries together.
        retries: how often the engine tries again.
        try_timeout: microseconds after which a single try is given up, or None for the whole.
        backoff: how long it waits before.
        breaker: when nobody is asked at all, or None.
    """

    action: str
    parameters: tuple[tuple[str, Value], ...] = ()
    waits: bool = False
    save: tuple[tuple[Source, Source], ...] = ()
    timeout: int = 30_000_000
    retries: int = 0
    try_timeout: int | None = None
    backoff: Backoff = USUAL_BACKOFF
    breaker: Breaker | None = None
    kind: ClassVar[str] = "action"
    ports: ClassVar[tuple[str, ...]] = (NEXT, "error")


@dataclass(frozen=True, slots=True)
class Llm:
    """Asks a language model, and goes on by ``next`` with its answer, or by ``error``.

    Attributes:
        model: its name, as the host knows it.
        prompt: what it is asked.
        system: what it is told about itself, or None.
        schema: JSON Schema of the answer that is wanted, or None for plain text.
        options: temperature and the like, as the host knows them.
        documents: what it is told beside: a list of files, or None.
        save: variable (or path) ← CEL over ``answer`` (the text; with a schema, the value) and
            ``usage``.
        timeout: microseconds until it counts as failed, all tries together.
        retries: how often the engine tries again.
        try_timeout: microseconds after which a single try is given up, or None for the whole.
        backoff: how long it waits before.
        breaker: when nobody is asked at all, or None.
    """

    model: Source
    prompt: Source
    system: Source | None = None
    schema: Any = None
    options: tuple[tuple[str, Value], ...] = ()
    documents: Value | None = None
    save: tuple[tuple[Source, Source], ...] = ()
    timeout: int = 60_000_000
    retries: int = 0
    try_timeout: int | None = None
    backoff: Backoff = USUAL_BACKOFF
    breaker: Breaker | None = None
    kind: ClassVar[str] = "llm"
    ports: ClassVar[tuple[str, ...]] = (NEXT, "error")


@dataclass(frozen=True, slots=True)
class Client:
    """Has the user's client do something, such as run a script, and waits for the event it sends.

    Nothing of it is ever run on the server. The client is told by a message of the type ``client``,
    with the ``action``, what it is given (``with``), and the ``node``. It answers with one of two
    events, whose data are a map: ``client.result``, with what came of it as ``result``, or
    ``client.error``, with whatever it wants to tell: that is ``error.body``. Either may name the
    ``node``, as the message does; without it, every node that waits for a client is meant. One for
    another node, or whose data are no map, is passed over. Over HTTP the client sends them by
    ``POST /v1/chat/sessions/{token}/client``.

    An interrupt or a handoff that comes between asks the client for nothing again, and the time
    goes on; what comes meanwhile is taken when the conversation comes back.

    Ports: ``next``; ``error`` when the client says that it failed, or what is to be saved is not
    there; ``timeout`` when it says nothing.

    Attributes:
        action: what the client calls it.
        parameters: what it is given, by name.
        save: variable (or path) ← CEL over ``result``.
        timeout: microseconds to wait, or None for without end.
    """

    action: str
    parameters: tuple[tuple[str, Value], ...] = ()
    save: tuple[tuple[Source, Source], ...] = ()
    timeout: int | None = None
    kind: ClassVar[str] = "client"
    ports: ClassVar[tuple[str, ...]] = (NEXT, "error", "timeout")
