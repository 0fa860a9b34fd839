"""Alerts: somebody is told when a session fails, something goes wrong, or a request is lost."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Final, TypeAlias

import httpx

from statewright.runtime.observing.observers import Committed, GivenUp, Notice, Observer
from statewright.statechart import Status

QUEUED: Final = 1_000
"""How many alerts wait to be delivered, at most; what comes then is only counted."""

PAUSES: Final = (1.0, 4.0, 15.0)
"""Seconds before each further try to deliver an alert."""

PATIENCE: Final = 5.0
"""Seconds that alerts have to be delivered when the runtime stops."""

ENDED: Final = "ended"
"""The name of the incident of an event that nobody heard."""

LOGGED: Final = "log"
"""The name of incidents that a flow has written itself: they are no alarm."""

_log = logging.getLogger("statewright.alerts")


@dataclass(frozen=True, slots=True)
class Alert:
    """What somebody is told.

    Attributes:
        kind: ``failed`` (a session), ``incident``, or ``given_up`` (a request).
        tenant: whose session.
        session: its id.
        revision: of the session after the turn; 0 for a request.
        name: of the incident, or the code of the failure.
        state: in which state it happened.
        message: what happened, without private values and secrets.
        at: when, microseconds since 1970 UTC.
    """

    kind: str
    tenant: str
    session: str
    revision: int
    name: str
    state: str
    message: str
    at: int


Sink: TypeAlias = Callable[[Alert], Awaitable[None]]
"""Delivers an alert, or raises; then it is tried again."""


def alerts_from(notice: Notice) -> list[Alert]:
    """The alerts that something is worth."""
    key = notice.key
    if isinstance(notice, GivenUp):
        if notice.handled:
            return []  # The author has foreseen it; how often that happens, metrics tell.
        told = f"{notice.name}: {notice.message}"
        name, state, at = notice.code, notice.state, notice.at
        return [Alert("given_up", key.tenant, key.session, 0, name, state, told, at)]
    if any(one.name == ENDED for one in notice.incidents):
        return []  # Something came too late, which is no alarm.
    incidents = [one for one in notice.incidents if one.name != LOGGED]
    if notice.status is not Status.FAILED:
        return [_alert("incident", notice, one.name, one.state, one.message) for one in incidents]
    for one in reversed(incidents or notice.incidents):
        return [_alert("failed", notice, one.name, one.state, one.message)]
    return [_alert("failed", notice, "failed", "", "the session has failed")]


def _alert(kind: str, notice: Committed, name: str, state: str, message: str) -> Alert:
    key = notice.key
    return Alert(kind, key.tenant, key.session, notice.revision, name, state, message, notice.at)


async def log_sink(alert: Alert) -> None:
    """Writes an alert into the log ``statewright.alerts``."""
    place = f" at {alert.state}" if alert.state else ""
    _log.warning(
        "%s: session %s of %s%s: %s: %s",
        alert.kind,
        alert.session,
        alert.tenant,
        place,
        alert.name,
        alert.message,
        extra={"statewright": asdict(alert)},
    )


class Webhook:
    """Posts alerts to a URL, as JSON.

    Args:
        url: where to.
        seconds: that the receiver has to answer.
    """

    def __init__(self, url: str, seconds: float = 10.0) -> None:
        self._url = url
        self._seconds = seconds

    async def __call__(self, alert: Alert) -> None:
        """Deliver an alert.

        Raises:
            httpx.HTTPError: it was not taken.
        """
        async with httpx.AsyncClient(timeout=self._seconds) as client:
            answer = await client.post(
                self._url,
                content=json.dumps(asdict(alert), ensure_ascii=False),
                headers={"Content-Type": "application/json"},
            )
            answer.raise_for_status()


class Alerts(Observer):
    """Tells those who are to know. An alert may be lost in a crash, or come twice.

    Args:
        sinks: each gets every alert.
        pauses: seconds before each further try.
    """

    def __init__(self, sinks: Sequence[Sink], pauses: Sequence[float] = PAUSES) -> None:
        self._sinks = tuple(sinks)
        self._pauses = tuple(pauses)
        self._queue: asyncio.Queue[tuple[Sink, Alert]] = asyncio.Queue(QUEUED)
        self._task: asyncio.Task[None] | None = None
        self.dropped = 0

    async def open(self) -> None:
        """See ``Observer``."""
        self._task = asyncio.create_task(self._deliver(), name="statewright alerts")

    async def close(self) -> None:
        """Deliver what waits, for a while."""
        task, self._task = self._task, None
        if task is None:
            return
        try:
            async with asyncio.timeout(PATIENCE):
                await self._queue.join()
        except TimeoutError:
            _log.warning("%d alerts were not delivered in time", self._queue.qsize())
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    def told(self, notice: Notice) -> None:
        """See ``Observer``."""
        for alert in alerts_from(notice):
            for sink in self._sinks:
                try:
                    self._queue.put_nowait((sink, alert))
                except asyncio.QueueFull:
                    self.dropped += 1
                    if self.dropped == 1:
                        _log.error("too many alerts: from now on, some are dropped")

    async def _deliver(self) -> None:
        while True:
            sink, alert = await self._queue.get()
            await self._try(sink, alert)
            self._queue.task_done()

    async def _try(self, sink: Sink, alert: Alert) -> None:
        failure = ""
        for pause in (0.0, *self._pauses):
            await asyncio.sleep(pause)
            try:
                await sink(alert)
            except Exception as error:  # noqa: BLE001 (a sink may raise anything)
                failure = type(error).__name__
            else:
                return
        # Only the class: a URL may hold a secret.
        _log.error("an alert was not delivered: %s", failure)
