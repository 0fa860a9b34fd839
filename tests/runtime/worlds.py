"""What the tests of the runtime share: charts in few words, and workers on the same data."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from statewright.expressions import Literal
from statewright.runtime import Answer, Runtime, Started, VirtualClock
from statewright.statechart import Datum, Invoke, Release, State, Statechart
from statewright.statechart.actions import Assign, Say, Send
from statewright.statechart.forms.codec import digest_of
from statewright.storage import MemoryStore, Store
from statewright.storage.records import Outcome, Turn
from tests.statechart.building import atom, cel, final, text, to

NOW = 1_767_603_600_000_000
"""When tests begin: 2026-01-05, 09:00 UTC."""


@dataclass
class World:
    """One set of data, and the workers that share it.

    Attributes:
        store: makes another store on the same data.
        clock: what all of them believe.
        runtimes: those that were made.
    """

    store: Callable[[], Store]
    clock: VirtualClock
    runtimes: list[Runtime] = field(default_factory=list)

    async def worker(self, **options: Any) -> Runtime:
        """A runtime that does nothing by itself: tests sweep and work."""
        runtime = Runtime(self.store(), **{"clock": self.clock, **options})
        await runtime.store.open()
        self.runtimes.append(runtime)
        return runtime

    async def started(self, chart: Statechart, **options: Any) -> tuple[Runtime, Started]:
        """A worker, and a session of a chart that was published by it."""
        runtime = await self.worker(**options)
        await runtime.publish(release(chart), flow="flow")
        return runtime, await runtime.start("flow", conversation="c")

    async def close(self) -> None:
        """End all workers."""
        for runtime in self.runtimes:
            await runtime.close()


class Meddled(MemoryStore):
    """A store in which something happens just before the first turn is committed."""

    meddle: Callable[[], Awaitable[Any]] | None = None

    async def commit(self, turns: Sequence[Turn]) -> tuple[Outcome, ...]:
        meddle, self.meddle = self.meddle, None
        if meddle is not None:
            await meddle()
        return await super().commit(turns)


def release(chart: Statechart) -> Release:
    """A chart as if it had been verified."""
    return Release(chart, digest_of(chart))


def texts(*answers: Answer) -> list[str]:
    """All that was said, in order."""
    return [message["text"] for answer in answers for message in answer.messages]


def counter() -> Statechart:
    """Counts messages, remembers the last, and sends a receipt for each; `stop` ends it."""
    return Statechart(
        "counter",
        (
            atom(
                "listening",
                to("over", on="message", when="input == 'stop'"),
                to(
                    on="message",
                    do=(
                        Assign(("count",), cel("count + 1")),
                        Assign(("heard",), cel("heard + [string(input)]")),
                        Say(text("{{ count }}: {{ input }}")),
                        Send("receipt", cel("{'count': count}"), target="ledger"),
                    ),
                ),
            ),
            final("over", entry=((Say(Literal("bye")),),), outcome="stopped"),
        ),
        data=(
            Datum("count", "int", Literal(0)),
            Datum("heard", "list", Literal([])),
            Datum("note", "string"),
            Datum("profile", "map"),
        ),
        inputs=("note",),
    )


def sleeper(delay: int) -> Statechart:
    """Says `tick` after a delay, again and again, three times."""
    return Statechart(
        "sleeper",
        (
            atom(
                "asleep",
                to("over", on="alarm", when="rounds == 2", do=Say(Literal("last tick"))),
                to(
                    "asleep",
                    on="alarm",
                    do=(Say(Literal("tick")), Assign(("rounds",), cel("rounds + 1"))),
                ),
                to(on="message", do=Say(text("still here, {{ input }}"))),
                entry=((Send("alarm", delay=Literal(delay)),),),
            ),
            final("over", outcome="done"),
        ),
        data=(Datum("rounds", "int", Literal(0)),),
    )


def caller(params: Any, *, type_: str = "http") -> Statechart:
    """Asks somebody to do something, says what came back, and waits for more."""
    return Statechart(
        "caller",
        (
            atom("ready", to("calling", on="message", do=Say(Literal("one moment")))),
            State(
                "calling",
                invocations=(Invoke("work", type_, params),),
                transitions=(
                    to("ready", on="done.invoke.work", do=Say(text("got {{ event.data }}"))),
                    to(
                        "ready",
                        on="error.communication.work",
                        do=Say(text("{{ event.data.code }}")),
                    ),
                    to("ready", on="give.up", do=Say(Literal("never mind"))),
                ),
            ),
        ),
    )
