"""Nodes that have work done elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from statewright.flows.nodes.ports import NEXT
from statewright.flows.nodes.sources import Source, Value


@dataclass(frozen=True, slots=True)
class Http:
    """Asks a web service, and goes on by ``success`` or ``error``.

    A response whose status is not one of success (2xx), no response in time, and a mapping that
    finds nothing are errors. So is a redirect to another server, which is not followed.

    Attributes:
        url: where.
        method: an HTTP method, upper case.
        headers: by name.
        query: query parameters by name.
        body: what is sent, or None.
        timeout: microseconds until it counts as failed.
        retries: how often the engine tries again.
        save: variable (or path) ← CEL over ``response`` (``status``, ``headers``, ``body``).
        fallback: the body that stands in for a failed response, or None.
    """

    url: Source
    method: str = "GET"
    headers: tuple[tuple[str, Source], ...] = ()
    query: tuple[tuple[str, Value], ...] = ()
    body: Value | None = None
    timeout: int = 30_000_000
    retries: int = 0
    save: tuple[tuple[Source, Source], ...] = ()
    fallback: Value | None = None
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
        timeout: microseconds until it counts as failed.
        retries: how often the engine tries again.
    """

    action: str
    parameters: tuple[tuple[str, Value], ...] = ()
    waits: bool = False
    save: tuple[tuple[Source, Source], ...] = ()
    timeout: int = 30_000_000
    retries: int = 0
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
        save: variable (or path) ← CEL over ``answer`` (the text; with a schema, the value) and
            ``usage``.
        timeout: microseconds until it counts as failed.
        retries: how often the engine tries again.
    """

    model: Source
    prompt: Source
    system: Source | None = None
    schema: Any = None
    options: tuple[tuple[str, Value], ...] = ()
    save: tuple[tuple[Source, Source], ...] = ()
    timeout: int = 60_000_000
    retries: int = 0
    kind: ClassVar[str] = "llm"
    ports: ClassVar[tuple[str, ...]] = (NEXT, "error")


@dataclass(frozen=True, slots=True)
class Client:
    """Has the user's client do something, such as run a script, and waits for the event it sends.

    Nothing of it is ever run on the server. Ports: ``next``; ``error`` when the client says that it
    failed; ``timeout`` when it says nothing.

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
