"""Who watches a runtime at work: metrics, traces and alerts are observers.

An observer is told what was done, and may look on while it is done. It is no part of the work: what
goes wrong in it is logged, and it returns at once.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from typing import Final

from statewright.statechart import Incident, Status
from statewright.storage.records import SessionKey

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Work:
    """Something that is done.

    Attributes:
        kind: ``turn``, or ``request`` to the world.
        key: for which session.
        name: of the event that is handled, or the type of the request.
        id: of the message or the request.
    """

    kind: str
    key: SessionKey
    name: str
    id: str


@dataclass(slots=True)
class Watched:
    """How work came out.

    Attributes:
        outcome: ``ok``, or the code of a failure, or the class of an exception.
    """

    outcome: str = "ok"


@dataclass(frozen=True, slots=True)
class Committed:
    """A turn was committed.

    Attributes:
        key: of which session.
        revision: that it has now.
        at: when the turn was taken, microseconds since 1970 UTC.
        event: the name of what was handled.
        status: whether the session goes on.
        incidents: what went wrong, without private values.
    """

    key: SessionKey
    revision: int
    at: int
    event: str
    status: Status
    incidents: tuple[Incident, ...]


@dataclass(frozen=True, slots=True)
class GivenUp:
    """A request has failed for good.

    Attributes:
        key: of which session.
        at: when, microseconds since 1970 UTC.
        effect: its id.
        state: the state that asked for it.
        name: its type, or its target.
        code: of the failure.
        message: what happened, without secrets.
        handled: whether a session has gone on by the failure; else it is a dead letter.
    """

    key: SessionKey
    at: int
    effect: str
    state: str
    name: str
    code: str
    message: str
    handled: bool = False


Notice = Committed | GivenUp
"""What observers are told."""


class Observer:
    """Watches a runtime; a subclass says of what it wants to know."""

    async def open(self) -> None:
        """Begin: the runtime is about to."""

    async def close(self) -> None:
        """Stop: the runtime has."""

    def watching(self, _work: Work, _watched: Watched) -> AbstractContextManager[None]:
        """Look on while work is done. When it is left, ``watched`` says how it came out."""
        return nullcontext()

    def told(self, _notice: Notice) -> None:
        """Something was done."""


class Observers:
    """All who watch a runtime.

    Args:
        each: in the order in which they are told.
    """

    def __init__(self, each: Sequence[Observer]) -> None:
        self._each = tuple(each)

    async def open(self) -> None:
        """Let them begin."""
        for one in self._each:
            await one.open()

    async def close(self) -> None:
        """Let them stop."""
        for one in self._each:
            try:
                await one.close()
            except Exception:  # noqa: BLE001 (the others have to stop, too)
                _log.exception("%s cannot stop", type(one).__name__)

    def __bool__(self) -> bool:
        """Whether anybody watches."""
        return bool(self._each)

    def watching(self, work: Work) -> AbstractContextManager[Watched]:
        """Let them look on while work is done."""
        return self._watching(work) if self._each else _UNWATCHED

    @contextmanager
    def _watching(self, work: Work) -> Iterator[Watched]:
        watched = Watched()
        with ExitStack() as stack:
            for one in self._each:
                stack.enter_context(one.watching(work, watched))
            try:
                yield watched
            except BaseException as error:
                watched.outcome = type(error).__name__
                raise

    def told(self, notice: Notice) -> None:
        """Tell them what was done."""
        for one in self._each:
            try:
                one.told(notice)
            except Exception:  # noqa: BLE001 (they are no part of the work)
                _log.exception("%s failed", type(one).__name__)


_UNWATCHED: Final = nullcontext(Watched())
NOBODY: Final = Observers(())
"""Nobody watches."""
