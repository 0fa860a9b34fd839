"""The ASGI application: the routes, on a runtime."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache, partial
from html import escape
from typing import TYPE_CHECKING, Any, Final

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from statewright.http.answers import HEADERS, answer
from statewright.http.charts import Charts
from statewright.http.endpoint import Check, Host
from statewright.http.flows import checked
from statewright.http.limits import Limits
from statewright.http.openapi import description_of
from statewright.http.problems import told
from statewright.http.reference import POLICY, page_of
from statewright.http.requests import root_of
from statewright.http.routes import ENDPOINTS
from statewright.http.serving import routes_from
from statewright.http.tokens import Tokens
from statewright.runtime import Runtime
from statewright.storage.drafts import Drafts, KeepsDrafts, MemoryDrafts

if TYPE_CHECKING:
    from statewright.runtime.observing.metrics import Metrics

SETTLE: Final = 5.0
"""How many seconds an answer waits for the results of its effects unless it is told otherwise."""


def create_app(  # noqa: PLR0913 (an argument per choice, all but one with a usual value)
    runtime: Runtime,
    *,
    drafts: Drafts | None = None,
    tenant: str = "default",
    limits: Limits | None = None,
    settle: float = SETTLE,
    operator_key: str = "",
    metrics: Metrics | None = None,
    manages_runtime: bool = True,
    check: Check = checked,
) -> Starlette:
    """An application that publishes flows and talks to them.

    It may stand alone or be mounted in another. It opens the runtime when the server starts it
    (ASGI's lifespan) and closes it at the end. Starlette and FastAPI do not start what is mounted
    in them: there the outer application has ``async with runtime`` in its own lifespan, and
    ``manages_runtime`` is False.

    Args:
        runtime: runs sessions.
        drafts: where flows are kept that are not published yet; by default beside the sessions.
        tenant: whose flows and sessions these are.
        limits: what a request may bring.
        settle: how many seconds an answer waits for the results of its effects.
        operator_key: what those show who look after sessions; ``""`` for nobody.
        metrics: what is shown at ``/metrics``; nothing is there where None.
        manages_runtime: whether the application opens and closes the runtime.
        check: tells what becomes of a flow before it is published; called in threads. One with a
            policy, or a solver, knows more than the usual one.
    """
    store = runtime.store
    limits = limits or Limits()
    if drafts is None:
        drafts = store.drafts if isinstance(store, KeepsDrafts) else MemoryDrafts()
    host = Host(
        runtime=runtime,
        store=store,
        drafts=drafts,
        tenant=tenant,
        charts=Charts(store),
        tokens=Tokens(runtime, tenant),
        limits=limits,
        settle=settle,
        compiling=asyncio.Semaphore(limits.compilations),
        check=check,
        operator_key=operator_key,
    )

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        if not manages_runtime:
            yield
            return
        async with runtime:
            yield

    app = Starlette(
        routes=[
            *routes_from(ENDPOINTS, host),
            Route("/openapi.json", _description),
            Route("/docs", _reference),
            Route("/", _beginning),
            *([] if metrics is None else [Route("/metrics", partial(_metrics, metrics))]),
        ],
        exception_handlers={HTTPException: _told, Exception: _told},
        lifespan=lifespan,
    )
    # A path with another slash is another path.
    app.router.redirect_slashes = False
    return app


async def _told(request: Request, error: Exception) -> Response:
    """What the router refuses, and what nobody has thought of."""
    return told(request, error)


async def _description(request: Request) -> Response:
    return answer({**_described(), "servers": [{"url": root_of(request) or "/"}]})


async def _metrics(metrics: Metrics, _request: Request) -> Response:
    """What Prometheus asks for."""
    return Response(metrics.text(), media_type=metrics.content_type, headers=HEADERS)


async def _beginning(request: Request) -> Response:
    """Whoever opens the address of the server is shown what there is."""
    return RedirectResponse(f"{root_of(request)}/docs", headers=HEADERS)


async def _reference(request: Request) -> Response:
    host = request.headers.get("host", "")
    named = host if _HOST.fullmatch(host) else "localhost"
    base = f"{request.scope['scheme']}://{named}{root_of(request)}"
    page = _page().replace(_ANYWHERE, escape(base))
    headers = {**HEADERS, "Content-Security-Policy": POLICY}
    return Response(page, headers=headers, media_type="text/html")


_ANYWHERE: Final = "http://anywhere.invalid"
_HOST: Final = re.compile(r"[\w.\[\]:-]{1,255}", re.ASCII)


@cache
def _page() -> str:
    """The page about the API, but for where it is served: made once."""
    return page_of(ENDPOINTS, base=_ANYWHERE)


@cache
def _described() -> dict[str, Any]:
    """The description, which is made once: it does not change while the server runs."""
    return description_of(ENDPOINTS)
