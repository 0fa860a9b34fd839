"""How turns scale with processes, and what stays behind after many: each in numbers beside a peer.

Run: ``python -m benchmarks.scale [processes] [memory] [timers] [talks]``.

- ``processes``: 1, 2 and 4 processes share one PostgreSQL, 32 clients each, with sessions of their
  own and with all at random; the ratio is to one process in the same run, rounds alternate. The
  database is audited: history = revisions = acks.
- ``memory``: what a process holds after every 20,000 of 200,000 turns (``--turns``), on SQLite.
- ``timers``: 100,000 deadlines (``--timers``) are pending, and fall due all at once (how many a
  process fires a second), and at several rates (``--rates``; how late each of them fires).
- ``talks``: 1,000 conversations (``--talks``) with a request and a timer each; how many complete.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Coroutine, Sequence
from functools import partial
from typing import Any

from benchmarks.measuring import HEADER, Measured
from benchmarks.processor import spent_by, spent_here
from benchmarks.sessions import KEYS, SAID
from benchmarks.together import turns_together
from benchmarks.turn import filled
from statewright.expressions import Literal
from statewright.runtime import Order, Runtime
from statewright.runtime.clock import SECOND, Clock, system_clock
from statewright.runtime.observing.observers import Committed, Notice, Observer
from statewright.runtime.residents import spare_residents
from statewright.runtime.turns.messages import Incoming
from statewright.runtime.turns.stepping import begun, start_event, turn_from
from statewright.statechart import Invoke, State, Statechart
from statewright.statechart.actions import Say, Send
from statewright.storage import SQLStore
from statewright.storage.records import Birth, SessionKey
from statewright.storage.sql import upgrade
from tests.postgres import Server
from tests.runtime.worlds import release
from tests.statechart.building import atom, final, to

CLIENTS = 32
ROUND = 3.0
ROUNDS = 3
ACTIVE = 2_000
"""Sessions that talk, of 10,000."""
HOUR = 3600 * SECOND


def percentile(times: Sequence[float], part: float) -> float:
    """The time that so large a part of them does not exceed."""
    return sorted(times)[min(len(times) - 1, int(len(times) * part))]


async def books(url: str) -> tuple[int, int]:
    """How many turns the revisions of all sessions say there were, and how many there are."""
    store = SQLStore(url)
    await store.open()
    revisions = turns = 0
    for start in range(0, len(KEYS), 200):
        for key in KEYS[start : start + 200]:
            row = (await store.history(key, after=0, limit=1_000_000))[-1:]
            revisions += row[0].revision - 1
    for tenant in dict.fromkeys(key.tenant for key in KEYS):
        cursor = None
        while page := await store.journal(
            tenant, limit=1_000, **({} if cursor is None else {"after": cursor})
        ):
            turns += len(page)
            cursor = page[-1].cursor
    await store.close()
    return revisions, turns - len(KEYS)


def on_processes(_: argparse.Namespace) -> None:
    """1, 2 and 4 processes on one database, in turn, with sessions of their own and with all."""
    server = Server({"shared_buffers": "512MB", "max_wal_size": "4GB"})
    try:
        upgrade(server.url())
        asyncio.run(filled(server.url()))
        rates: dict[tuple[int, bool], list[Measured]] = {}
        acknowledged = 0
        for _round in range(ROUNDS):
            for processes, apart in ((1, True), (2, True), (4, True), (2, False), (4, False)):
                measured, count = turns_together(
                    server.url(),
                    processes,
                    CLIENTS,
                    ROUND,
                    server=server.process,
                    apart=apart,
                    keys=KEYS[:ACTIVE],
                )
                rates.setdefault((processes, apart), []).append(measured)
                acknowledged += count
        print(f"{'median of ' + str(ROUNDS):<28} {HEADER}")
        one = sorted(measured.rate() for measured in rates[1, True])[ROUNDS // 2]
        for (processes, apart), found in rates.items():
            median = sorted(found, key=Measured.rate)[ROUNDS // 2]
            name = f"{processes} processes, {'own' if apart else 'shared'}"
            print(median.line(name, f"{processes} x {CLIENTS}", one), flush=True)
        revisions, turns = asyncio.run(books(server.url()))
        exact = "exact" if revisions == turns == acknowledged else "NOT EXACT"
        print(f"{acknowledged:,} acknowledged, {revisions:,} revisions, {turns:,} turns: {exact}")
        assert exact == "exact"
    finally:
        server.stop()


def held() -> float:
    """What this process holds of memory, in MB."""
    with open("/proc/self/statm", encoding="ascii") as file:  # noqa: PTH123 (no file of ours)
        return int(file.read().split()[1]) * resource.getpagesize() / 1e6


async def many_turns(url: str, turns: int) -> None:
    """Take turns, and print what the process holds after each tenth of them."""
    first = 0.0
    async with Runtime(SQLStore(url), engine=None, schedules=None) as runtime:
        numbers = iter(range(turns))
        step = turns // 10

        async def client() -> None:
            nonlocal first
            for number in numbers:
                key = KEYS[number % 2_000]
                await runtime.send(key, SAID[number % len(SAID)], message_id=f"m{number}")
                if number % step == step - 1:
                    gc.collect()
                    first = first or held()
                    print(f"{number + 1:>9,} turns {held():>7.1f} MB {held() / first:>6.2f}")

        await asyncio.gather(*(client() for _ in range(CLIENTS)))


def on_memory(asked: argparse.Namespace) -> None:
    """The memory of one process over many turns."""
    with tempfile.TemporaryDirectory() as directory:
        url = f"sqlite:///{directory}/flows.db"
        asyncio.run(filled(url))
        asyncio.run(many_turns(url, asked.turns))


def alarmed() -> Statechart:
    """Ends when its time has come, an hour after its beginning."""
    asleep = atom(
        "asleep",
        to("over", on="alarm", do=Say(Literal("done"))),
        entry=((Send("alarm", delay=Literal(HOUR)),),),
    )
    return Statechart("alarmed", (asleep, final("over")))


class Lateness(Observer):
    """Notes how late each timer is when its turn is committed.

    Args:
        clock: tells the time.
        first: when the first one is due.
        rate: how many are due a second; 0 for all of them at once.
        count: how many there are.
    """

    def __init__(self, clock: Clock, first: int, rate: int, count: int) -> None:
        self._clock = clock
        self._first = first
        self._rate = rate
        self._count = count
        self.late: list[float] = []
        self.times: list[int] = []
        self.over = asyncio.Event()

    def told(self, notice: Notice) -> None:
        """See ``Observer``."""
        now = self._clock()
        assert isinstance(notice, Committed)
        assert notice.revision == 2, "each timer fires once"
        due = self._first + after(int(notice.key.session), self._rate)
        self.late.append((now - due) / SECOND)
        self.times.append(now)
        if len(self.late) == self._count:
            self.over.set()


def after(number: int, rate: int) -> int:
    """How many microseconds after the first deadline a later one is."""
    return round(number * SECOND / rate) if rate else 0


async def asleep(url: str, timers: int, rate: int) -> int:
    """Begin sessions an hour ago whose timers are pending now; when the first one was begun."""
    began = system_clock() - HOUR
    chart = alarmed()
    store = SQLStore(url)
    await store.open()
    await store.publish(release(chart), tenant="t", flow="flow", at=began)

    async def begin(number: int) -> None:
        key = SessionKey("t", f"{number:09}")
        now = began + after(number, rate)
        event = start_event({}, seed="s", now=now, contact={}, tenant={})
        made, birth = begun(chart, key.session, event), Birth("flow", "web", f"c{number}")
        turn = turn_from(key, made, Incoming("start", event), version=1, birth=birth)
        await store.commit([turn])

    for start in range(0, timers, 1_000):
        await asyncio.gather(*map(begin, range(start, min(start + 1_000, timers))))
    await store.close()
    return began


async def late(timers: int, rate: int, url: str, server: int | None = None) -> None:
    """Let timers fall due in a process that has just been started, and print how late they are."""
    first = await asleep(url, timers, rate) + HOUR
    ahead = first - 3 * SECOND - system_clock()

    def clock() -> int:
        return system_clock() + ahead

    noted = Lateness(clock, first, rate, timers)
    store = SQLStore(url)
    async with Runtime(store, clock=clock, engine=None, schedules=None, observers=[noted]):
        spare_residents()  # As `serve` and `worker` do.
        spent = spent_here(), spent_by(server)
        await noted.over.wait()
        spent = spent_here() - spent[0], spent_by(server) - spent[1]
    lasted = (noted.times[-1] - noted.times[0]) / SECOND
    p50, p99 = percentile(noted.late, 0.5), percentile(noted.late, 0.99)
    process, database = (1e6 * seconds / timers for seconds in spent)
    print(
        f"{timers:,} pending, due {f'at {rate:,}/s' if rate else 'at once'}: "
        f"fired at {timers / lasted:,.0f}/s; "
        f"lateness p50 {p50:.2f} s, p99 {p99:.2f} s, most {max(noted.late):.2f} s; "
        f"processor time of each: process {process:.0f} µs, server {database:.0f} µs",
        flush=True,
    )


def on_timers(asked: argparse.Namespace) -> None:
    """Deadlines of many sessions on both databases, at several rates."""
    for rate in map(int, asked.rates.split(",")):
        print("PostgreSQL: ", end="")
        _on_postgresql(partial(late, asked.timers, rate))
        print("SQLite: ", end="")
        with tempfile.TemporaryDirectory() as directory:
            asyncio.run(late(asked.timers, rate, f"sqlite:///{directory}/flows.db"))


def errand() -> Statechart:
    """Asks somebody, waits a second, and is done."""
    asking = State(
        "asking",
        invocations=(Invoke("work", "errand", Literal({})),),
        transitions=(to("resting", on="done.invoke.work", do=Say(Literal("got it"))),),
    )
    resting = atom(
        "resting",
        to("over", on="alarm", do=Say(Literal("done"))),
        entry=((Send("alarm", delay=Literal(SECOND)),),),
    )
    waiting = atom("waiting", to("asking", on="message", do=Say(Literal("one moment"))))
    return Statechart("errand", (waiting, asking, resting, final("over")))


async def talks(url: str, count: int) -> None:
    """Conversations at once, each with two turns of its user, a request and a timer."""
    times: list[float] = []

    async def errands(_order: Order) -> dict[str, Any]:
        await asyncio.sleep(0.01)
        return {}

    async with Runtime(SQLStore(url), handlers={"errand": errands}) as runtime:
        await runtime.publish(release(errand()), flow="flow")
        spare_residents()  # As `serve` and `worker` do.

        async def talk(number: int) -> bool:
            await asyncio.sleep(number * 0.01)
            key = (await runtime.start("flow")).key
            began = time.perf_counter()
            await runtime.send(key, "please")
            times.append(time.perf_counter() - began)
            async with asyncio.timeout(120):
                return [one.status async for one in runtime.subscribe(key)][-1] == "completed"

        began = system_clock()
        ended = await asyncio.gather(*map(talk, range(count)), return_exceptions=True)
    complete = sum(one is True for one in ended)
    p50, p99 = (1_000 * percentile(times, part) for part in (0.5, 0.99))
    lasted = (system_clock() - began) / SECOND
    print(
        f"{count:,} conversations in {lasted:.0f} s: {100 * complete / count:.1f} % complete "
        f"(wanted 99.9), turn p50 {p50:.0f} ms, p99 {p99:.0f} ms (wanted 50 at half load)"
    )


def on_talks(asked: argparse.Namespace) -> None:
    """Conversations with requests and timers on PostgreSQL."""
    _on_postgresql(lambda url, _: talks(url, asked.talks))


def _on_postgresql(work: Callable[[str, int], Coroutine[Any, Any, None]]) -> None:
    server = Server({"shared_buffers": "512MB", "max_wal_size": "4GB"})
    try:
        upgrade(server.url())
        asyncio.run(work(server.url(), server.process))
    finally:
        server.stop()


RUNS: dict[str, Callable[[argparse.Namespace], None]] = {
    "processes": on_processes,
    "memory": on_memory,
    "timers": on_timers,
    "talks": on_talks,
}


def main(arguments: Sequence[str]) -> None:
    """Run what was asked for, or all."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scale")
    parser.add_argument("runs", nargs="*", choices=[*RUNS, []])
    parser.add_argument("--turns", type=int, default=200_000)
    parser.add_argument("--timers", type=int, default=100_000)
    parser.add_argument("--rates", default="0,1000,2000")
    parser.add_argument("--talks", type=int, default=1_000)
    asked = parser.parse_args(arguments)
    for name in asked.runs or RUNS:
        load = os.getloadavg()[0]
        print(f"--- {name} ({os.cpu_count()} cores, load before {load:.1f})", flush=True)
        RUNS[name](asked)


if __name__ == "__main__":
    main(sys.argv[1:])
