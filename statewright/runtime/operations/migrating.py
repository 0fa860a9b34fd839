"""Migration: live sessions go on in another version of their flow.

Each session is moved in a turn of its own, committed where its revision is still what was read: one
that has a turn in between is looked at again. What was moved runs the new version and is not met
again, so that a migration may be stopped anywhere, run again, and be run by several at once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from statewright.errors import StatewrightError
from statewright.runtime.clock import Clock
from statewright.runtime.history.past import Past
from statewright.runtime.operations.repairing import Repairs
from statewright.runtime.turns.messages import Incoming, retry_from
from statewright.runtime.turns.rehydration import Rehydrated
from statewright.runtime.turns.releases import Running, running_of
from statewright.runtime.turns.stepping import Stepped, stepped, turn_from
from statewright.runtime.turns.turn import Turns
from statewright.statechart import Statechart, Status, event_from_json
from statewright.statechart.interventions.migrating import MIGRATE, migrating
from statewright.statechart.interventions.repairs import RETRY
from statewright.statechart.migration.moving import Hindrance, Moved, Stays, moved
from statewright.statechart.migration.plan import NO_PLAN, Plan
from statewright.statechart.structure.tree import tree_of
from statewright.storage.records import Committed, Lookup, PastTurn, SessionKey, Turn
from statewright.storage.store import PAGE, Store

ROUNDS: Final = 5
"""How often sessions are looked at again that have had a turn in between."""

Way = Callable[[Rehydrated], Awaitable[Moved | Stays | None]]
"""Where a session goes on; None for one that this is not about."""

OnBatch = Callable[["Migration"], None]
"""Told of what was done so far, after each batch."""


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of sessions that rest in the same states.

    Attributes:
        rests: the states in which nothing is inside, in document order.
        goes_on: ``moved`` where nobody notices, ``restarted`` where a state is entered anew,
            ``ended`` where that is an end, ``pinned`` where it was decided that they stay,
            ``stays`` where they cannot go on.
        enter: the state that is entered anew, or ``""``.
        hindrances: why they cannot go on.
    """

    rests: tuple[str, ...]
    goes_on: str
    enter: str = ""
    hindrances: tuple[Hindrance, ...] = ()


@dataclass(slots=True)
class Migration:
    """What a migration does, or would do.

    Attributes:
        fates: what becomes of sessions → how many.
        failed: why some could not be dealt with: id of the session → reason.
    """

    fates: Counter[Fate] = field(default_factory=Counter)
    failed: dict[str, str] = field(default_factory=dict)

    def count(self, goes_on: str) -> int:
        """How many sessions go on in this way."""
        return sum(number for fate, number in self.fates.items() if fate.goes_on == goes_on)


@dataclass(frozen=True, slots=True)
class _Step:
    """A session that is to be moved: how it goes on, and the turns that do it, each from the last.

    The first one moves it; others ask again for work that it waits for and that was given up.
    """

    fate: Fate
    chain: tuple[tuple[Turn, Stepped], ...]


class Migrations:
    """Moves sessions between versions.

    Args:
        store: where sessions are.
        turns: knows what they run, and commits turns.
        past: knows what they were.
        repairs: asks again for work that was given up.
        clock: tells the time.
    """

    def __init__(
        self, store: Store, turns: Turns, past: Past, repairs: Repairs, clock: Clock
    ) -> None:
        self._store = store
        self._turns = turns
        self._past = past
        self._repairs = repairs
        self._clock = clock

    async def survey(
        self,
        tenant: str,
        flow: str,
        version: int,
        chart: Statechart,
        plan: Plan = NO_PLAN,
        *,
        on_batch: OnBatch | None = None,
    ) -> Migration:
        """What would become of the live sessions of a version on another chart. Changes nothing.

        Args:
            tenant: whose.
            flow: of which flow.
            version: which they run.
            chart: what they are to run; it need not be published.
            plan: what was decided.
            on_batch: is told how far it is.
        """
        result, running = Migration(), running_of(chart)
        async for batch in self._live(tenant, flow, version):
            for session in await self._rehydrated(batch, version, result):
                there = moved(session.chart, chart, session.snapshot, plan)
                step = await self._stepped(session, there, (version, version + 1), running)
                result.fates[step.fate if step else _fate(session, there)] += 1
            if on_batch:
                on_batch(result)
        return result

    async def migrate(
        self,
        tenant: str,
        flow: str,
        before: int,
        after: int,
        plan: Plan = NO_PLAN,
        *,
        on_batch: OnBatch | None = None,
    ) -> Migration:
        """Let the live sessions of a version go on in another one, as far as they can.

        Args:
            tenant: whose.
            flow: of which flow.
            before: the version that they run.
            after: the version that they are to run.
            plan: what was decided.
            on_batch: is told how far it is.

        Raises:
            UnknownPublication: there is no such version.
        """
        chart = (await self._turns.version(tenant, flow, after)).chart

        async def way(session: Rehydrated) -> Moved | Stays:
            return moved(session.chart, chart, session.snapshot, plan)

        return await self._move(tenant, flow, (before, after), way, on_batch)

    async def roll_back(
        self,
        tenant: str,
        flow: str,
        before: int,
        after: int,
        plan: Plan = NO_PLAN,
        *,
        on_batch: OnBatch | None = None,
    ) -> Migration:
        """Let sessions that were migrated from one version to another go on in the first one.

        Those that have had no turn since stand where they stood. Others go on from where they are,
        as far as they can; the states of the plan take their places the other way round.

        Args:
            tenant: whose.
            flow: of which flow.
            before: the version from which they were migrated.
            after: the version to which they were migrated, which they run.
            plan: what was decided then.
            on_batch: is told how far it is.

        Raises:
            UnknownPublication: there is no such version.
        """
        chart = (await self._turns.version(tenant, flow, before)).chart
        back = Plan(states={there: here for here, there in plan.states.items()})

        async def way(session: Rehydrated) -> Moved | Stays | None:
            arrived = await self._arrival(session.row.key, before, after)
            if arrived == 0:
                return None
            if arrived == session.row.revision:
                moment = await self._past.at(session.row.key, arrived - 1)
                return Moved(moment.snapshot)
            return moved(session.chart, chart, session.snapshot, back)

        return await self._move(tenant, flow, (after, before), way, on_batch)

    # --- parts of the above --------------------------------------------------------------------

    async def _move(
        self,
        tenant: str,
        flow: str,
        versions: tuple[int, int],
        way: Way,
        on_batch: OnBatch | None,
    ) -> Migration:
        before, after = versions
        running = await self._turns.version(tenant, flow, after)
        result = Migration()
        async for batch in self._live(tenant, flow, before):
            waiting: Sequence[SessionKey] = batch
            for _ in range(ROUNDS):
                waiting = await self._move_batch(waiting, versions, running, way, result)
                if not waiting:
                    break
            for key in waiting:
                result.failed[key.session] = "it has one turn after another; migrate it later"
            if on_batch:
                on_batch(result)
        return result

    async def _move_batch(
        self,
        batch: Sequence[SessionKey],
        versions: tuple[int, int],
        running: Running,
        way: Way,
        result: Migration,
    ) -> list[SessionKey]:
        """Move sessions; those that have had a turn in between."""
        steps: list[_Step] = []
        for session in await self._rehydrated(batch, versions[0], result):
            try:
                there = await way(session)
                if there is None:
                    continue
                step = await self._stepped(session, there, versions, running)
                if step is None or step.fate.goes_on == "stays":
                    result.fates[step.fate if step else _fate(session, there)] += 1
                else:
                    steps.append(step)
            except StatewrightError as error:
                result.failed[session.row.key.session] = str(error)
        # A chain is committed whole or not at all, so nobody dies between moving and asking again.
        outcomes = iter(await self._turns.settle([one for step in steps for one in step.chain]))
        lost: list[SessionKey] = []
        for step in steps:
            found = [next(outcomes) for _ in step.chain]
            if isinstance(found[0], Committed):
                result.fates[step.fate] += 1
            else:
                lost.append(step.chain[0][0].key)
        return lost

    async def _stepped(
        self,
        session: Rehydrated,
        there: Moved | Stays,
        versions: tuple[int, int],
        running: Running,
    ) -> _Step | None:
        """The turn that moves a session; None for one that stays."""
        if isinstance(there, Stays):
            return None
        loaded, row = session.loaded, session.row
        event = replace(
            migrating(there, *versions),
            now=self._clock(),
            contact=running.contact.of(loaded.contact, row.birth.contact),
            tenant=running.tenant.of(loaded.tenant),
        )
        made = stepped(running.chart, session.snapshot, event)
        name = f"{row.key.session}:{MIGRATE}:{row.revision}:{versions[1]}"
        moving = turn_from(row.key, made, Incoming(name, event), version=versions[1])
        chain = [(moving, made)]
        # Work that the session waits for again, and that it had given up in between.
        pending = {one.id for one in session.snapshot.invocations}
        again = () if there.enter else there.snapshot.invocations
        for one in again:
            if one.id not in pending and made.step.snapshot.status is Status.ACTIVE:
                asked = await self._repairs.asked(row.key, one.id)
                asking = replace(event, name=RETRY, data=retry_from(asked).data)
                made_again = stepped(running.chart, chain[-1][1].step.snapshot, asking)
                message = Incoming(f"{name}:{len(chain)}", asking)
                turn = turn_from(row.key, made_again, message, version=versions[1])
                chain.append((turn, made_again))
        return _Step(_fate_of(session, there, made), tuple(chain))

    async def _arrival(self, key: SessionKey, before: int, after: int) -> int:
        """The revision at which a session was last migrated between two versions; 0 for none."""
        arrived = revision = 0
        while page := await self._store.history(key, after=revision):
            for turn in page:
                if MIGRATE in turn.event and _is_between(turn, before, after):
                    arrived = turn.revision
            revision = page[-1].revision
        return arrived

    async def _live(
        self, tenant: str, flow: str, version: int
    ) -> AsyncIterator[tuple[SessionKey, ...]]:
        """The live sessions of a version, page by page."""
        after = ""
        while True:
            page = await self._store.sessions(
                tenant, flow=flow, status=Status.ACTIVE, after=after, limit=PAGE
            )
            keys = tuple(row.key for row in page if row.version == version)
            if keys:
                yield keys
            if len(page) < PAGE:
                return
            after = page[-1].key.session

    async def _rehydrated(
        self, keys: Sequence[SessionKey], version: int, result: Migration
    ) -> list[Rehydrated]:
        """Those of the sessions that still run a version and go on."""
        found: list[Rehydrated] = []
        for key, loaded in zip(
            keys, await self._store.load([Lookup(key) for key in keys]), strict=True
        ):
            try:
                session = await self._turns.rehydrated(key, loaded)
            except StatewrightError as error:
                result.failed[key.session] = str(error)
                continue
            if session.row.version == version and session.snapshot.status is Status.ACTIVE:
                found.append(session)
        return found


def _is_between(turn: PastTurn, before: int, after: int) -> bool:
    event = event_from_json(turn.event)
    data = event.data if isinstance(event.data, Mapping) else {}
    return event.name == MIGRATE and (data.get("from"), data.get("to")) == (before, after)


def _fate_of(session: Rehydrated, there: Moved, made: Stepped) -> Fate:
    """What became of a session that was moved, once its turn was stepped."""
    fate = _fate(session, there)
    step = made.step
    if step.snapshot.status is Status.ACTIVE:
        return fate
    if step.snapshot.status is Status.COMPLETED:
        return replace(fate, goes_on="ended")
    why = "; ".join(dict.fromkeys(one.message for one in step.incidents)) or "it fails"
    place = there.enter or fate.rests[0]
    hindrance = Hindrance("V904", place, f"it would fail at `{place}`: {why[:200]}")
    return replace(fate, goes_on="stays", hindrances=(hindrance,))


def _fate(session: Rehydrated, there: Moved | Stays) -> Fate:
    nodes = tree_of(session.chart).nodes
    rests = tuple(name for name in session.snapshot.configuration if nodes[name].leaf)
    match there:
        case Moved(_, ""):
            return Fate(rests, "moved")
        case Moved(_, enter):
            return Fate(rests, "restarted", enter)
        case Stays(()):
            return Fate(rests, "pinned")
        case Stays(hindrances):
            return Fate(rests, "stays", hindrances=hindrances)
