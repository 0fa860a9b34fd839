"""What a runtime is made of, and how its parts are put together."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack

from statewright.runtime.background import Background
from statewright.runtime.clock import Chance, Clock
from statewright.runtime.effects.engine import Engine, Host
from statewright.runtime.effects.handlers import default_handlers
from statewright.runtime.effects.handling import Handler, Performer
from statewright.runtime.effects.limits import Limits
from statewright.runtime.effects.results import Results
from statewright.runtime.effects.secret_texts import Secrets
from statewright.runtime.history.past import Past
from statewright.runtime.observing.observers import Observer, Observers
from statewright.runtime.operations.migrating import Migrations
from statewright.runtime.operations.overview import Overview
from statewright.runtime.operations.redaction import committed_from
from statewright.runtime.operations.repairing import Repairs
from statewright.runtime.operations.retention import Retention
from statewright.runtime.scheduling import Scheduler, Schedules
from statewright.runtime.timers import Sweeper
from statewright.runtime.turns.feed import Feed
from statewright.runtime.turns.inbox import Inbox
from statewright.runtime.turns.journal import Journal
from statewright.runtime.turns.mailboxes import Queues
from statewright.runtime.turns.reading import Reader
from statewright.runtime.turns.receiving import Receiver
from statewright.runtime.turns.sending import Sender
from statewright.runtime.turns.starting import Starter
from statewright.runtime.turns.stepping import Stepped
from statewright.runtime.turns.triggering import Triggering
from statewright.runtime.turns.turn import Turns
from statewright.storage.records import Turn
from statewright.storage.store import Store


class Parts:
    """The parts of a runtime, each knowing those that it needs.

    Args:
        store, clock, chance, handlers, engine, secrets, limits, signing_key, schedules, poll,
        observers, queues: as for ``Runtime``.
    """

    def __init__(  # noqa: PLR0913 (what it runs on, and with)
        self,
        store: Store,
        *,
        clock: Clock,
        chance: Chance,
        handlers: Mapping[str, Handler] | None,
        engine: Callable[[Host], Engine] | None,
        secrets: Secrets,
        limits: Limits,
        signing_key: bytes,
        schedules: Schedules | None,
        poll: float,
        observers: Sequence[Observer],
        queues: Queues,
    ) -> None:
        self.store = store
        self.handlers = {**default_handlers(), **(handlers or {})}
        self.observers = Observers(observers)
        self.turns = Turns(store, clock, self._committed, self.observers, queues)
        performer = Performer(
            self.handlers,
            secrets,
            clock=clock,
            observers=self.observers,
            limits=limits,
            tallies=store,
        )
        results = Results(store, clock, chance, performer, self.turns, self.observers)
        self.starter = Starter(store, self.turns.beginnings, chance, signing_key)
        self.inbox = Inbox(store, clock, self.turns.drain)
        self.feed = Feed()
        self.reader = Reader(store, self.feed, poll)
        self.sender = Sender(self.turns, self.reader, chance)
        self.journal = Journal(store, self.feed, poll)
        self.past = Past(store, self.turns, self.reader, self.starter)
        self.repairs = Repairs(store, self.past, self.sender.send)
        self.overview = Overview(store, self.turns, clock)
        self.retention = Retention(store, self.turns, self.overview)
        self.migrations = Migrations(store, self.turns, self.past, self.repairs, clock)
        self.receiver = Receiver(store, clock, self.turns.beginnings, self.inbox, chance)
        self.triggering = Triggering(
            store, clock, self.starter, self.receiver, self.inbox, self.turns
        )
        sweeper = Sweeper(store, clock, self.turns.drain, poll)
        scheduler = Scheduler(store, clock, self.triggering, schedules) if schedules else None
        self.background = Background(sweeper, engine and engine(results), scheduler)

    async def open(self) -> None:
        """Begin with all that goes on.

        Raises:
            UnusableDatabase, StorageUnavailable: as for ``Runtime.open``.
        """
        await self.store.open()
        self.turns.open()
        self.feed.closed = False
        try:
            await self.observers.open()
            await self.background.open()
        except BaseException:
            await self.close()
            raise

    async def close(self) -> None:
        """Let what was begun come to its end, and let go of everything."""
        self.feed.closed = True
        self.feed.hint_all()
        # Whatever goes wrong on the way, the rest is let go of, too: the last one comes first.
        async with AsyncExitStack() as ends:
            ends.push_async_callback(self.observers.close)
            ends.push_async_callback(self.store.close)
            for handler in self.handlers.values():
                if hasattr(handler, "aclose"):
                    ends.push_async_callback(handler.aclose)
            ends.push_async_callback(self.turns.close)
            ends.push_async_callback(self.inbox.close)
            await self.background.close()

    def _committed(self, turn: Turn, made: Stepped) -> None:
        """Tell those who wait for it that a turn was committed."""
        self.feed.hint(turn.key)
        self.background.committed(made)
        for message in turn.onward:
            self.inbox.see_to(message.key)
        if self.observers:
            self.observers.told(committed_from(turn.key, made))
