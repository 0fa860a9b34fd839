"""Two processes at one store, in every order that chance finds, and what must be so in the end.

Somebody talks in a conversation while operators patch, end, resume, repair and migrate its
sessions, requests are carried out and timers fall due; both processes do whatever comes to them,
the same messages come to both, at once or much later; calls of the store fail before or after they
were carried out, and a process may die and come back. Sessions that read nothing of their contact
are stepped from what each process remembers of them, which the other one has often changed since.
Everything is simulated (see ``simulated``), so that a seed always makes the same story, and
thousands of them can be told in a minute.

In the end, when all is quiet:

- every session is replayed to the state that it stands in;
- whatever was acknowledged was heard once, in one session, and what was refused never;
- what was acknowledged before something else was said was heard before it;
- every answer that was given is that of the history;
- what was counted for the contact is what the sessions have counted;
- a follower of the journal has been told of every turn once, in the order of each session;
- nothing waits: no message, no request, no work.
"""

from __future__ import annotations

import asyncio
import random
import tempfile
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeVar

from statewright.errors import (
    EffectFailed,
    InvalidEvent,
    Overloaded,
    RevisionConflict,
    SessionEnded,
    StorageUnavailable,
    UnknownRevision,
    UnknownSession,
    UnsuitableRepair,
)
from statewright.runtime import Answer, Order, Received, Runtime
from statewright.runtime.operations.retention import Policy, Rule
from statewright.runtime.turns.answer import answer_from_json
from statewright.statechart import Status
from statewright.storage import MemoryStore, SQLStore, Store
from statewright.storage.records import Lookup, PastTurn, SessionKey
from tests.faults.simulated import SimulatedLoop, SimulatedSQLStore, Wavering
from tests.faults.teller import KINDS, released
from tests.runtime.worlds import NOW

FLOW: Final = "flow"
TALK: Final = "c"
CONTACT: Final = "ada"

REFUSED: Final = (
    SessionEnded,
    UnknownSession,
    UnsuitableRepair,
    UnknownRevision,
    RevisionConflict,
    InvalidEvent,
)
"""What somebody is told who asks for what cannot be done now."""

USUAL: Final = {"send": 6, "accept": 4, "patch": 4, "end": 1, "migrate": 2, "repair": 2, "keep": 1}
"""How often something is asked for, in which way."""

UNUSUAL: Final = {"resume": 4, "start": 1}
"""What, besides, makes a conversation go on in several sessions, so that order means nothing."""

QUIET: Final = 90.0
"""Seconds after which nothing is left to do, if nothing is stuck."""

Result = TypeVar("Result")


class Broken(AssertionError):
    """Something is not as it must be."""


@dataclass(slots=True)
class Said:
    """Something that was asked of a process, once or several times under one id.

    Attributes:
        id: of the message.
        way: how it was asked.
        kind: of what was said.
        key: the session that was meant; None for the conversation.
        called: when it was first asked.
        acked: when it was first acknowledged, or None.
        refused: whether it was refused.
        answers: what was answered.
    """

    id: str
    way: str
    kind: str
    key: SessionKey | None
    called: float
    acked: float | None = None
    refused: bool = False
    answers: set[str] = field(default_factory=set)


@dataclass(eq=False, slots=True)
class Process:
    """A process that may die."""

    runtime: Runtime
    store: Wavering
    died: asyncio.Future[None]


class Story:
    """One story.

    Args:
        seed: decides everything.
        store: makes another store on the same data.
        length: how many things are asked for.
    """

    def __init__(self, seed: int, store: Callable[[], Store], length: int) -> None:
        self.chance = random.Random(seed)
        self._store = store
        self._length = length
        self._failing = self.chance.choice((0.0, 0.0, 0.02, 0.1))
        self._dying = self.chance.random() < 0.3
        self._way = self.chance.choice(("receive", "happened", "accept"))
        self.calm = self.chance.random() < 0.5
        self._spread = self.chance.choice((0.05, 0.05, 0.5, 5.0))
        self._alone = self.chance.random() < 0.5
        self.processes: list[Process] = []
        self.said: list[Said] = []
        self.told: list[tuple[str, int]] = []
        self.runs: Counter[str] = Counter()

    # --- the processes -------------------------------------------------------------------------

    async def _born(self) -> Process:
        chance, loop = self.chance, asyncio.get_running_loop()
        store = Wavering(self._store(), chance, self._failing)
        skew = chance.randrange(-1_500_000, 1_500_000)

        def clock() -> int:
            return NOW + round(loop.time() * 1_000_000) + skew

        runtime = Runtime(
            store,
            clock=clock,
            chance=chance.randbytes,
            handlers={"work": self._work},
            schedules=None,
            poll=4.0,
        )
        await runtime.open()
        return Process(runtime, store, loop.create_future())

    async def _work(self, order: Order) -> Any:
        self.runs[order.id] += 1
        await asyncio.sleep(self.chance.choice((0.0, 0.01, 0.3, 12.0)))
        if self.chance.random() < 0.3:
            raise EffectFailed("busy", "not now", transient=True)
        return order.id

    async def _die(self) -> None:
        """Let a process die, and another one take its place."""
        await asyncio.sleep(self.chance.uniform(0, self._spread))
        place = self.chance.randrange(len(self.processes))
        old = self.processes[place]
        old.store.dead = True
        old.died.set_result(None)
        self.processes[place] = await self._born()

    # --- those who ask -------------------------------------------------------------------------

    async def tell(self) -> None:
        """Tell the story."""
        self.processes = [await self._born() for _ in range(2)]
        first = self.processes[0].runtime
        for word in ("hello", "hi"):
            await first.publish(released(word, alone=self._alone), flow=FLOW)
        if self._way == "accept":
            await self._insist(
                lambda runtime: runtime.start(
                    FLOW, conversation=TALK, contact=CONTACT, message_id="s", version=1
                )
            )
        following = asyncio.create_task(self._follow())
        asking = [self._asked(number) for number in range(self._length)]
        if self._dying:
            asking.append(self._die())
        await asyncio.gather(*asking)
        for process in self.processes:
            process.store.failing = 0.0
        await asyncio.sleep(QUIET)
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)

    async def _insist(self, do: Callable[[Runtime], Awaitable[Result]]) -> Result:
        """Ask one process or another until one of them answers."""
        while True:
            process = self.chance.choice(self.processes)
            task = asyncio.ensure_future(do(process.runtime))
            await _first(task, process.died)
            if task.done():
                try:
                    return task.result()
                except (StorageUnavailable, Overloaded):
                    pass
            await asyncio.sleep(self.chance.uniform(0, 0.2))

    async def _asked(self, number: int) -> None:
        await asyncio.sleep(self.chance.uniform(0, self._spread))
        ways = USUAL if self.calm else {**USUAL, **UNUSUAL}
        ways = {**ways, self._way: ways.get(self._way, 0) + 10}
        way = self.chance.choices([*ways], [*ways.values()])[0]
        key = None
        if way not in {"receive", "happened", "start", "migrate", "keep"}:
            key = await self._insist(self._latest)
            if key is None:
                return
        kind = self.chance.choices([*KINDS], [*KINDS.values()])[0]
        said = Said(f"{number}", way, kind, key, asyncio.get_running_loop().time())
        self.said.append(said)
        # Some come twice: at the same moment, soon, or much later.
        times = [0.0]
        if self.chance.random() < 0.4:
            times.append(self.chance.choice((0.0, 0.01, 0.5, 30.0)))
        if self.calm:
            await asyncio.gather(*(self._delivered(said, time) for time in times))
        else:
            # What comes twice at once may be for two sessions that go on beside each other.
            for time in times:
                await self._delivered(said, time)

    async def _latest(self, runtime: Runtime) -> SessionKey | None:
        found = await runtime.store.conversation("default", "api", TALK)
        return SessionKey("default", found[0].session) if found else None

    async def _delivered(self, said: Said, time: float) -> None:
        await asyncio.sleep(time)
        try:
            answer = await self._insist(partial(_WAYS[said.way], self, said))
        except REFUSED:
            said.refused = True
            return
        if said.acked is None:
            said.acked = asyncio.get_running_loop().time()
            if isinstance(answer, Received):
                said.key = answer.key
        if isinstance(answer, Answer):
            said.answers.add(answer.text)

    async def _receive(self, said: Said, runtime: Runtime) -> Any:
        return await runtime.receive(
            FLOW, _what(said), conversation=TALK, message_id=said.id, contact=CONTACT
        )

    async def _happened(self, said: Said, runtime: Runtime) -> Any:
        return await runtime.happened(
            _what(said), conversation=TALK, message_id=said.id, contact=CONTACT
        )

    async def _send(self, said: Said, runtime: Runtime) -> Any:
        return await runtime.send(_key(said), _what(said), message_id=said.id)

    async def _accept(self, said: Said, runtime: Runtime) -> Any:
        return await runtime.accept(_key(said), _what(said), message_id=said.id)

    async def _patch(self, said: Said, runtime: Runtime) -> Any:
        armed = {"armed": said.kind != "word"}
        return await runtime.patch(_key(said), armed, message_id=said.id)

    async def _end(self, said: Said, runtime: Runtime) -> Any:
        return await runtime.end(_key(said), message_id=said.id)

    async def _resume(self, said: Said, runtime: Runtime) -> Any:
        return await runtime.repairs.resume(_key(said), message_id=said.id)

    async def _repair(self, said: Said, runtime: Runtime) -> Any:
        do = runtime.repairs.skip if said.kind == "word" else runtime.repairs.retry
        return await do(_key(said), message_id=said.id)

    async def _start(self, said: Said, runtime: Runtime) -> Any:
        started = await runtime.start(
            FLOW, conversation=TALK, contact=CONTACT, message_id=said.id, version=1
        )
        return started.answer

    async def _migrate(self, said: Said, runtime: Runtime) -> Any:
        if said.kind == "word":
            return await runtime.migrations.roll_back("default", FLOW, 1, 2)
        return await runtime.migrations.migrate("default", FLOW, 1, 2)

    async def _keep(self, _said: Said, runtime: Runtime) -> Any:
        policy = Policy({("", ""): Rule(abandon=100_000)})
        return await runtime.retention.keep(policy, runtime.clock())

    async def _follow(self) -> None:
        """Note all that the journal tells; what was noted is noted for good."""
        cursor = ""
        while True:
            process = self.chance.choice(self.processes)
            reading = asyncio.ensure_future(
                process.runtime.journal.read(after=cursor, limit=3, wait=2.0)
            )
            try:
                await _first(reading, process.died)
            finally:
                if not reading.done():
                    reading.cancel()
            if reading.done() and not reading.cancelled() and reading.exception() is None:
                for one in reading.result():
                    cursor = one.cursor
                    self.told.append((one.key.session, one.answer.revision))

    # --- in the end ----------------------------------------------------------------------------

    async def audit(self) -> None:
        """Compare what was said with what there is.

        Raises:
            Broken: something is not as it must be.
        """
        runtime = self.processes[0].runtime
        store = runtime.store
        rows = await store.sessions("default", limit=1_000)
        rows = tuple(sorted(rows, key=lambda row: row.birth.episode))
        places: dict[str, list[tuple[int, int]]] = {}
        answered: dict[str, set[str]] = {}
        given = 0
        turns = Counter[tuple[str, int]]()
        for row in rows:
            key = row.key
            history = await store.history(key, limit=10_000)
            replay = await runtime.replay(key)
            _check(replay.differences == (), f"replayed otherwise: {replay.differences}")
            (loaded,) = await store.load([Lookup(key, contact=CONTACT)])
            _check(loaded.inbox == (), f"messages wait: {loaded.inbox}")
            view = await runtime.session(key)
            heard = list(_heard(history))
            expected = [turn.message for turn in heard if turn.revision > 1]
            _check(view.data["heard"] == expected, f"heard {view.data['heard']}, not {expected}")
            given += view.data["given"]
            for turn in history:
                turns[key.session, turn.revision] += 1
                answered.setdefault(turn.message, set()).add(turn.answer)
            for turn in heard:
                places.setdefault(turn.message, []).append((row.birth.episode, turn.revision))
            listed = await runtime.overview.one(key)
            _check(listed is not None and listed.standing != "stuck", f"it is stuck: {listed}")
        (requests,) = await store.requests([rows[0].key]) if rows else ((),)
        _check(not [one for one in requests if one.request.kind == "invoke"], "requests wait")
        self._check_said(places, answered)
        if rows:
            _check(loaded.contact.get("gifts", 0) == given, f"{loaded.contact}, not {given} gifts")
        _check(Counter(self.told) == turns, f"told {self.told}")
        for session in {session for session, _ in self.told}:
            own = [revision for one, revision in self.told if one == session]
            _check(own == sorted(own), f"told in the order {own}")

    def _check_said(
        self, places: dict[str, list[tuple[int, int]]], answered: dict[str, set[str]]
    ) -> None:
        for one in self.said:
            where = places.get(one.id, [])
            _check(len(where) <= 1, f"{one} was heard at {where}")
            if one.way in {"receive", "happened"} and one.acked is not None and one.kind != "fail":
                _check(len(where) == 1, f"{one} was never heard")
            if one.acked is None and one.refused:
                _check(one.id not in answered, f"{one} was refused, and handled")
            if one.way in {"send", "patch", "end", "resume", "repair", "start"}:
                known = answered.get(one.id, set())
                _check(one.answers <= known, f"{one} was answered otherwise: {known}")
        if not self.calm:
            return
        said = {"receive", "accept", "send"}
        spoken = [one for one in self.said if one.id in places and one.way in said]
        for one in spoken:
            for other in spoken:
                # Who names a session does not wait for what is still handed on to it.
                together = one.key == other.key or one.way == other.way == "receive"
                before = together and one.acked is not None and one.acked < other.called
                ordered = places[one.id][0] < places[other.id][0]
                _check(ordered or not before, f"{one} came before {other}, and was heard after it")


def _heard(history: tuple[PastTurn, ...]) -> Iterator[PastTurn]:
    """The turns of messages that the session went on to hear, its first one included."""
    status = Status.ACTIVE
    for turn in history:
        answer = answer_from_json(turn.answer)
        first = turn.revision == 1
        message = turn.event.startswith("{") and '"name":"message"' in turn.event
        if status is Status.ACTIVE and answer.status is not Status.FAILED and (first or message):
            yield turn
        status = answer.status


async def _first(*futures: asyncio.Future[Any]) -> None:
    await asyncio.wait(futures, return_when=asyncio.FIRST_COMPLETED)


def _check(holds: object, otherwise: str) -> None:
    if not holds:
        raise Broken(otherwise)


def _what(said: Said) -> dict[str, Any]:
    return {"text": said.id, "value": said.kind}


def _key(said: Said) -> SessionKey:
    assert said.key is not None
    return said.key


_WAYS: Final[dict[str, Callable[[Story, Said, Runtime], Awaitable[Any]]]] = {
    "receive": Story._receive,
    "happened": Story._happened,
    "send": Story._send,
    "accept": Story._accept,
    "patch": Story._patch,
    "end": Story._end,
    "resume": Story._resume,
    "repair": Story._repair,
    "start": Story._start,
    "migrate": Story._migrate,
    "keep": Story._keep,
}


@contextmanager
def worlds(database: str) -> Iterator[Callable[[], Store]]:
    """What makes stores on the same data: ``memory``, or a file of ``sqlite`` of its own."""
    if database == "memory":
        one = MemoryStore()
        yield lambda: one
        return
    made: list[SQLStore] = []
    # What is to be tried is the order of things, not the disk.
    fast = Path("/dev/shm")  # noqa: S108 (the directory in it has a name of its own)
    with tempfile.TemporaryDirectory(dir=fast if fast.is_dir() else None) as directory:

        def store() -> SQLStore:
            made.append(SimulatedSQLStore(f"sqlite:///{directory}/flows.db"))
            return made[-1]

        yield store
        for one_made in made:
            asyncio.run(one_made.close())


def told(seed: int, store: Callable[[], Store], *, length: int = 20) -> None:
    """Tell a story to its end, and compare.

    Args:
        seed: of the story.
        store: makes another store on the same data.
        length: how many things are asked for.

    Raises:
        Broken: something is not as it must be.
    """
    story = Story(seed, store, length)
    with _simulated(story.chance) as loop:

        async def whole() -> None:
            async with asyncio.timeout(10_000):
                await story.tell()
            await story.audit()

        loop.run_until_complete(whole())


@contextmanager
def _simulated(chance: random.Random) -> Iterator[SimulatedLoop]:
    loop = SimulatedLoop(chance)
    try:
        yield loop
    finally:
        tasks = asyncio.all_tasks(loop)
        for task in tasks:
            task.cancel()
        loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
        # What stores have begun comes to its end here: nobody else could end it.
        loop.run_until_complete(asyncio.sleep(QUIET))
        loop.close()
