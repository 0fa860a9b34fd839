"""What an endpoint is: a row of the route table, which the server and its description share."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from pydantic import BaseModel
from starlette.requests import Request

from statewright.compiler import Compilation
from statewright.flows import Flow
from statewright.http.charts import Charts
from statewright.http.limits import Limits
from statewright.http.tokens import Tokens
from statewright.runtime import Runtime
from statewright.storage import Store
from statewright.storage.drafts import Drafts

Check = Callable[[Flow], Compilation]
"""Tells what becomes of a flow, and all that is wrong with it."""


@dataclass(frozen=True, slots=True)
class Host:
    """What endpoints work with.

    Attributes:
        runtime: runs sessions.
        store: where the runtime keeps what it publishes.
        drafts: where flows are kept that are not published yet.
        tenant: whose flows and sessions these are.
        charts: what is told of publications.
        tokens: what opens sessions.
        limits: what a request may bring.
        settle: how long an answer waits for the results of its effects, in seconds.
        compiling: held while a flow is checked.
        check: what becomes of a flow, all that can happen gone through; runs in a thread.
        operator_key: what operators show, or ``""`` where nobody may look after sessions here.
    """

    runtime: Runtime
    store: Store
    drafts: Drafts
    tenant: str
    charts: Charts
    tokens: Tokens
    limits: Limits
    settle: float
    compiling: asyncio.Semaphore
    check: Check
    operator_key: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Reply:
    """What an endpoint answers.

    Attributes:
        content: JSON values, or None for an answer without a body.
        status: the status code, where it is not that of the endpoint.
        headers: that go with it.
    """

    content: Any
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


Run: TypeAlias = Callable[[Host, Request, Any], Awaitable[Reply]]
"""Answers a request; the last argument is its body, as the endpoint asks for it, or None."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One method of one path.

    Attributes:
        method: ``GET``, ``POST``, …
        path: with ``{names}`` of what varies.
        run: answers.
        summary: one line for people.
        answer: the type of what is answered, or None where there is no body.
        statuses: the status codes of successes; the first is that of a reply which says none.
        body: what is asked for, or None.
        needs_body: whether it must be there.
        holds_flow: whether the body may be as large as a flow.
        problems: codes of the problems that are its own; those of any request are not repeated.
        parameters: what it reads of the query and the headers, as OpenAPI describes it.
        tag: the part of the API that it belongs to.
    """

    method: str
    path: str
    run: Run
    summary: str
    answer: Any
    statuses: tuple[int, ...] = (200,)
    body: type[BaseModel] | None = None
    needs_body: bool = True
    holds_flow: bool = False
    problems: tuple[str, ...] = ()
    parameters: tuple[Mapping[str, Any], ...] = ()
    tag: str = ""
