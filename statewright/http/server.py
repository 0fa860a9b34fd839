"""Processes that serve: uvicorn around the application, from the first port to the last signal."""

from __future__ import annotations

import asyncio
import atexit
import os
import secrets
import shutil
import signal
import socket
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

import uvicorn
from starlette.applications import Starlette

from statewright.http.app import create_app
from statewright.http.endpoint import Check
from statewright.http.flows import checked
from statewright.http.making import Making, engine_on, limits_of, making_from_here
from statewright.http.watching import Watch, Watchers, watch_from_here, watchers_of
from statewright.runtime import Runtime
from statewright.runtime.configuration.handlers import handlers_from
from statewright.runtime.configuration.settings import settings_in
from statewright.runtime.residents import spare_residents
from statewright.runtime.scheduling import USUAL
from statewright.runtime.secrets.sources import secrets_from
from statewright.storage import SQLStore

DATABASE: Final = "STATEWRIGHT_DATABASE"
"""The environment variable by which processes that serve together know their database."""

SIGNING_KEY: Final = "STATEWRIGHT_SIGNING_KEY"
"""Set this variable, so that a start that is repeated after a restart gives the same token."""

OPERATOR_KEY: Final = "STATEWRIGHT_OPERATOR_KEY"
"""Set this variable to the key that operators show, and they may look after sessions."""

NO_WORKER: Final = "STATEWRIGHT_NO_WORKER"
"""Set this variable to 1, and requests and schedules are left to workers of their own."""

METRICS_DIRECTORY: Final = "PROMETHEUS_MULTIPROC_DIR"
"""The variable by which processes that serve together share their metrics."""

Announce = Callable[[str], None]
"""Is told the address as soon as it can be reached."""

_SETTINGS: Final[dict[str, Any]] = {
    # Paths hold tokens, which do not belong into logs.
    "access_log": False,
    "log_level": "warning",
    "server_header": False,
    "timeout_graceful_shutdown": 10,
    "ws": "none",
}
"""What is the same for every server."""


def _settings() -> dict[str, Any]:
    """The settings of the server; its own lines are left to our log where that is JSON."""
    as_json = watch_from_here().log_format == "json"
    return {**_SETTINGS, **({"log_config": None} if as_json else {})}


_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)


def serve(  # noqa: PLR0913 (an argument per option of the command)
    database: str,
    host: str,
    port: int,
    workers: int,
    announce: Announce,
    *,
    works: bool = True,
    watch: Watch | None = None,
    making: Making | None = None,
    check: Check = checked,
    factory: str = "",
) -> None:
    """Serve until SIGINT or SIGTERM, then let what was begun come to its end.

    Args:
        database: the URL of the database; its tables are made where they are missing.
        host: the name or number of the interface.
        port: 0 for any that is free.
        workers: how many processes serve.
        announce: is told the address.
        works: whether requests are made and schedules fired here, too.
        watch: how the server is watched.
        making: how requests are made.
        check: tells what becomes of a flow before it is published.
        factory: ``module:name`` of what makes the application of one of several processes, with
            the same ``check``; by default that of this module, with the usual one.

    Raises:
        OSError: the address cannot be had.
        HostError: the database cannot be used.
    """
    if not works:
        os.environ[NO_WORKER] = "1"
    if watch is not None:
        os.environ.update(watch.environment())
    if making is not None:
        os.environ.update(making.environment())
    if workers == 1:
        asyncio.run(_serve(database, host, port, announce, check))
    else:
        made = factory or f"{__name__}:{application.__name__}"
        _serve_together(database, host, port, workers, announce, made)


async def _serve(database: str, host: str, port: int, announce: Announce, check: Check) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    watchers = watchers_of(watch_from_here())
    async with runtime_on(database, watchers) as runtime:
        app = create_app(
            runtime,
            operator_key=_operator_key(),
            metrics=watchers.metrics,
            manages_runtime=False,
            check=check,
        )
        config = uvicorn.Config(app, lifespan="off", **_settings())
        spare_residents()
        with socket.create_server((host, port), family=family) as listener:
            address = address_of(host, listener.getsockname()[1])
            await _Server(config, lambda: announce(address)).serve([listener])


def _serve_together(
    database: str, host: str, port: int, workers: int, announce: Announce, factory: str
) -> None:
    # Once for all of them: the tables are made, and what is wrong with the database is told.
    asyncio.run(_open_and_close(database))
    watchers_of(Watch(watch_from_here().log_format))
    if watch_from_here().metrics:
        directory = tempfile.mkdtemp(prefix="statewright-metrics-")
        os.environ.setdefault(METRICS_DIRECTORY, directory)
        atexit.register(shutil.rmtree, directory, ignore_errors=True)
    os.environ[DATABASE] = database
    os.environ.setdefault(SIGNING_KEY, secrets.token_hex())
    announce(address_of(host, port))
    uvicorn.run(factory, factory=True, host=host, port=port, workers=workers, **_settings())


async def _open_and_close(database: str) -> None:
    async with runtime_on(database, watchers_of(Watch())):
        pass


def application(check: Check = checked) -> Starlette:
    """The application of one of several processes; see ``serve`` for ``check``."""
    watchers = watchers_of(watch_from_here())
    runtime = runtime_on(os.environ[DATABASE], watchers)
    key = _operator_key()
    app = create_app(runtime, operator_key=key, metrics=watchers.metrics, check=check)
    spare_residents()
    return app


def _operator_key() -> str:
    return os.environ.get(OPERATOR_KEY, "")


def runtime_on(database: str, watchers: Watchers) -> Runtime:
    """A runtime as the variables of this process want it."""
    works = os.environ.get(NO_WORKER) != "1"
    making = making_from_here()
    key = os.environ.get(SIGNING_KEY, "").encode() or secrets.token_bytes()
    settings = settings_in(making.config)
    store = SQLStore(database)
    sources = settings.secrets
    secrets_ = watchers.redactor.remembering(
        secrets_from(os.environ, store, sources.sources, sources.file)
    )
    return Runtime(
        store,
        signing_key=key,
        handlers=handlers_from(settings, secrets_, allow_private=making.allow_private),
        engine=engine_on(database, making) if works else None,
        limits=limits_of(making),
        schedules=USUAL if works else None,
        secrets=secrets_,
        observers=watchers.observers,
    )


def address_of(host: str, port: int) -> str:
    """How an address is written.

    >>> address_of("::1", 8000)
    'http://[::1]:8000'
    """
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


class _Server(uvicorn.Server):
    """Tells when it can be reached, and ends by a signal without being killed by it."""

    def __init__(self, config: uvicorn.Config, on_listening: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_listening = on_listening

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._on_listening()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        before = {number: signal.signal(number, self.handle_exit) for number in _SIGNALS}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
