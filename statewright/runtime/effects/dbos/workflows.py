"""DBOS, as the engine uses it: its workflows, their queue, and how each stands.

DBOS has threads of its own and calls that block; here they are awaited, and what it hands out is
carried out by the event loop that has launched it.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum, auto
from typing import Final, TypeAlias, TypeVar

from dbos import DBOS, DBOSConfig, SetWorkflowID
from sqlalchemy import make_url

from statewright.errors import CallerError, StatewrightError, StorageUnavailable
from statewright.runtime.effects.carrying import Place
from statewright.storage.records import SessionKey

VERSION: Final = "statewright-1"
"""Raised when what a workflow does changes so that those begun before cannot go on."""

KEPT: Final = 600.0
"""Seconds for which a workflow that is over is kept."""

_NAME: Final = "statewright_request"
_QUEUE: Final = "statewright"
_PAGE: Final = 1_000
_LAST: Final = 5.0
"""Seconds that workflows which come to their end may take to say so, when it is closed."""

Result = TypeVar("Result")

Act: TypeAlias = Callable[[Place], Awaitable[None]]
"""Carries out the request of a row."""


class Standing(StrEnum):
    """How a workflow stands.

    Attributes:
        WAITING: in the queue, and some process will take it.
        PENDING: a process has begun it, which may live or not.
        OVER: it has come to an end, or nobody will take it.
    """

    WAITING = auto()
    PENDING = auto()
    OVER = auto()


_STANDING: Final = {
    "ENQUEUED": Standing.WAITING,
    "DELAYED": Standing.WAITING,
    "PENDING": Standing.PENDING,
}


def system_database_of(url: str) -> str:
    """Where DBOS keeps its tables for a database of ours.

    >>> system_database_of("sqlite:///data/flows.db")
    'sqlite:///data/flows.db.dbos'
    >>> system_database_of("postgresql://me@there/flows")
    'postgresql+psycopg://me@there/flows'
    """
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return parsed.set(database=f"{parsed.database}.dbos").render_as_string()
    return parsed.set(drivername="postgresql+psycopg").render_as_string(hide_password=False)


@dataclass(eq=False)
class Dbos:
    """DBOS, launched in this process.

    Attributes:
        act: carries out what it hands out.
        loop: where.
        executor: what this process is called.
        threads: where its calls block.
    """

    act: Act
    loop: asyncio.AbstractEventLoop
    executor: str
    threads: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(4, "statewright-dbos")
    )

    async def workflows(self, ids: Sequence[str]) -> dict[str, Standing]:
        """How workflows stand; those that there are not are left out."""
        found = await self._call(lambda: _found(ids))
        return {one.id: one.standing for one in found}

    async def elsewhere(self, ids: Sequence[str]) -> frozenset[str]:
        """Those of the workflows that another process has begun."""
        found = await self._call(lambda: _found(ids))
        return frozenset(
            one.id
            for one in found
            if one.standing is Standing.PENDING and one.executor != self.executor
        )

    async def unfinished(self, ids: Sequence[str]) -> bool:
        """Whether any of the workflows is not over."""
        return any(one is not Standing.OVER for one in (await self.workflows(ids)).values())

    async def enqueue(self, workflows: Sequence[tuple[str, Place]], over: Sequence[str]) -> None:
        """Let workflows be carried out by some process.

        Args:
            workflows: their ids, and the rows that they are for.
            over: ids of which there is a workflow that has come to its end, and makes room.
        """

        def enqueued() -> None:
            if over:
                DBOS.delete_workflows([*over])
            for id_, (key, revision, ordinal) in workflows:
                with SetWorkflowID(id_):
                    DBOS.enqueue_workflow(
                        _QUEUE, _request, key.tenant, key.session, revision, ordinal
                    )

        await self._call(enqueued)

    async def resume(self, id_: str) -> None:
        """Put a workflow back into the queue that nobody works on any more."""
        await self._call(lambda: DBOS.resume_workflow(id_, queue_name=_QUEUE))

    async def tidy(self) -> None:
        """Delete workflows that are over since long."""
        before = datetime.fromtimestamp(time.time() - KEPT, UTC).isoformat()

        def tidied() -> int:
            over = DBOS.list_workflows(
                name=_NAME,
                completed_before=before,
                limit=_PAGE,
                load_input=False,
                load_output=False,
            )
            if over:
                DBOS.delete_workflows([one.workflow_id for one in over])
            return len(over)

        while await self._call(tidied) == _PAGE:
            pass

    async def close(self) -> None:
        """Let what was begun come to its end, and let go of everything."""
        try:
            await self._call(self._closed)
        finally:
            _open.remove(self)
            self.threads.shutdown()

    def _closed(self) -> None:
        deadline = time.monotonic() + _LAST
        try:
            while time.monotonic() < deadline and DBOS.list_workflows(
                status="PENDING", executor_id=self.executor, limit=1, load_input=False
            ):
                time.sleep(0.01)
        finally:
            DBOS.destroy()

    async def _call(self, work: Callable[[], Result]) -> Result:
        """The result of something that DBOS does.

        Raises:
            StorageUnavailable: it could not.
        """
        try:
            return await self.loop.run_in_executor(self.threads, work)
        except StatewrightError:
            raise
        except Exception as error:
            kind = type(error).__name__
            raise StorageUnavailable(f"DBOS cannot use its database: {kind}") from error

    async def launch(self, url: str, at_once: int, poll: float) -> None:
        """Begin to take what is handed out; see ``launched``."""

        def launch() -> None:
            # With a handler of ours it makes none of its own, and what it logs goes where all does.
            logging.getLogger("dbos").addHandler(logging.NullHandler())
            config: DBOSConfig = {
                "name": "statewright",
                "system_database_url": url,
                "application_version": VERSION,
                "executor_id": self.executor,
                "log_level": "WARNING",
                "use_listen_notify": False,
                # Nothing listens; but it sleeps so long at a time, also when it is to end.
                "notification_listener_polling_interval_sec": 0.1,
            }
            DBOS(config=config)
            DBOS.launch()
            if self.executor != DBOS.executor_id:
                raise CallerError("DBOS is used for something else in this process")
            DBOS.register_queue(
                _QUEUE,
                worker_concurrency=at_once,
                polling_interval_sec=poll,
                on_conflict="always_update",
            )

        await self._call(launch)


async def launched(url: str, act: Act, *, at_once: int, poll: float) -> Dbos:
    """Launch DBOS in this process.

    Args:
        url: of the database in which it keeps its tables.
        act: carries out what it hands out.
        at_once: how much it hands out to this process at once.
        poll: seconds after which it looks for more.

    Raises:
        CallerError: DBOS is used in this process already.
        StorageUnavailable: its database cannot be used.
    """
    if _open:
        raise CallerError(
            "one engine of DBOS may be open in a process: close the other runtime first, or give "
            "this one the engine that is built in"
        )
    dbos = Dbos(act, asyncio.get_running_loop(), f"statewright-{secrets.token_hex(8)}")
    _open.append(dbos)
    try:
        await dbos.launch(url, at_once, poll)
    except BaseException:
        _open.remove(dbos)
        dbos.threads.shutdown()
        raise
    return dbos


_open: Final[list[Dbos]] = []
"""The one that is launched, as the workflow finds it: DBOS has one instance a process."""


@DBOS.workflow(name=_NAME)
def _request(tenant: str, session: str, revision: int, ordinal: int) -> None:
    """The workflow of a request. It has no steps: what it does may be done again."""
    (dbos,) = _open
    act = dbos.act((SessionKey(tenant, session), revision, ordinal))
    asyncio.run_coroutine_threadsafe(_awaited(act), dbos.loop).result()


async def _awaited(act: Awaitable[None]) -> None:
    await act


@dataclass(frozen=True, slots=True)
class _Found:
    """A workflow that there is."""

    id: str
    standing: Standing
    executor: str | None


def _found(ids: Sequence[str]) -> list[_Found]:
    if not ids:
        return []
    rows = DBOS.list_workflows(workflow_ids=[*ids], load_input=False, load_output=False)
    found: list[_Found] = []
    for row in rows:
        standing = _STANDING.get(row.status, Standing.OVER)
        if standing is Standing.WAITING and row.app_version != VERSION:
            standing = Standing.OVER
        found.append(_Found(row.workflow_id, standing, row.executor_id))
    return found
