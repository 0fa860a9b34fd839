"""A web application that has Statewright in it: its own pages beside conversations under /talk.

    pip install 'statewright[server]'
    uvicorn --app-dir examples embed_http:app

    curl http://127.0.0.1:8000/
    curl http://127.0.0.1:8000/talk/v1/chat/start --json '{"flow_id": "quiz"}'

The outer application owns the runtime: it opens it, publishes a flow, and may talk to sessions
itself. What is mounted in it does not open it a second time (``manages_runtime=False``): Starlette
and FastAPI do not start what is mounted in them.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Mount, Route

from statewright import compiler, flows
from statewright.http import create_app
from statewright.runtime import Runtime
from statewright.statechart import Status
from statewright.storage import SQLStore

QUIZ = Path(__file__).parent / "quiz.yaml"

runtime = Runtime(SQLStore(os.environ.get("STATEWRIGHT_DATABASE", "sqlite:///embedded.db")))


@asynccontextmanager
async def lifespan(_app: Starlette) -> AsyncIterator[None]:
    """Open the runtime with the application, and see that there is something to talk to."""
    async with runtime:
        if await runtime.store.publication("default", "quiz") is None:
            release = compiler.compile(flows.read(QUIZ)).release()
            await runtime.publish(release, flow="quiz")
        yield


async def front_page(_request: Request) -> JSONResponse:
    """A page of our own, which knows how many play right now, up to a hundred."""
    playing = await runtime.store.sessions("default", flow="quiz", status=Status.ACTIVE, limit=100)
    return JSONResponse({"games": len(playing), "play": "/talk/v1/chat/start"})


app = Starlette(
    routes=[
        Route("/", front_page),
        Mount("/talk", app=create_app(runtime, manages_runtime=False)),
    ],
    lifespan=lifespan,
)
