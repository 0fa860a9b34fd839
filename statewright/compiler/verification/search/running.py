"""Runs what can happen on the real executor, and tells for which situations that stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from statewright.compiler.verification.boxes import lowest
from statewright.compiler.verification.dataflow.footprints import ENDLESS
from statewright.compiler.verification.dataflow.variables import Key
from statewright.compiler.verification.exactness.doubts import Doubts
from statewright.compiler.verification.inputs.domains import ANYWHERE
from statewright.compiler.verification.search.outcomes import Free, Landing, Outcome
from statewright.compiler.verification.search.promises import Promises
from statewright.compiler.verification.search.tracing import Asking, Watch
from statewright.compiler.verification.world.situations import Carrier
from statewright.compiler.verification.world.world import World
from statewright.statechart.making import maker
from statewright.statechart.playing.play import SCRIPT_SEED, SCRIPT_SESSION
from statewright.statechart.playing.script import Line, event_for
from statewright.statechart.playing.surroundings import Surroundings
from statewright.statechart.snapshot import Snapshot, Status
from statewright.statechart.stepping.acceptance import accepted
from statewright.statechart.stepping.algorithm import long_turn, start
from statewright.statechart.steps import Macrostep


@dataclass(frozen=True, slots=True)
class Run:
    """A macrostep that was run.

    Attributes:
        before: the session before it; None for the start.
        step: the macrostep.
        outcome: what it did, and where it does the same.
        length: of how many microsteps it was; of one that was given up, how many it may have.
    """

    before: Snapshot | None
    step: Macrostep
    outcome: Outcome
    length: int


class Running:
    """Runs macrosteps of what is searched.

    Args:
        world: what is searched.
        doubts: where the values that are tried may not stand for all.

    Attributes:
        asking: tells when a guard looks at something, while ``guards_told`` is open.
    """

    def __init__(self, world: World, doubts: Doubts) -> None:
        self._world = world
        self._doubts = doubts
        self._promises = Promises(world.chart)
        self._sets: dict[frozenset[Any], frozenset[Any]] = {}
        self.asking = Asking()

    def begin(
        self, dimensions: tuple[Key, ...], given: Mapping[Key, Any], free: Free, moment: int
    ) -> Run:
        """Begin a session.

        Args:
            dimensions: the inputs.
            given: their values.
            free: what is to be tried of the free variables.
            moment: when it begins.
        """
        world, chosen = self._world, _chosen(free)
        outside, data = world.start_of(given, chosen)
        others = Surroundings(world.chart, **outside)
        step = others.after(
            start(
                world.chart,
                session=SCRIPT_SESSION,
                seed=SCRIPT_SEED,
                now=moment,
                data=data,
                **outside,
            )
        )
        step = self._arranged(0, step)
        read, written = self._footprint(None, step, None)
        read |= written - frozenset(dimensions) - world.free.keys()
        landing = self._landing(None, step, Carrier(step.snapshot, others.values, moment), chosen)
        return self._run(None, step, landing, read, frozenset(dimensions) - read, written)

    def run(self, carrier: Carrier, dimensions: tuple[Key, ...], line: Line, free: Free) -> Run:
        """Let something happen to a session.

        Args:
            carrier: the session.
            dimensions: of its situation.
            line: what happens.
            free: what is to be tried of the free variables.
        """
        world, chosen = self._world, _chosen(free)
        watch = Watch(carrier.given(world.free_values(chosen)).snapshot, self.asking)
        before = watch.snapshot
        others = Surroundings(world.chart, **carrier.outside)
        event = others.around(event_for(line, world.chart, before, before.now))
        # What decides whether a turn is an ordinary one would look at all guards twice.
        step = others.after(long_turn(world.chart, before, event, accepted(event)))
        step = self._arranged(
            before.timer_count, _with_snapshot(step, watch.unwatched(step.snapshot))
        )
        read, written = self._footprint(before, step, watch)
        after = Carrier(step.snapshot, others.values, carrier.moment)
        landing = self._landing(before, step, after, chosen)
        passed = frozenset(dimensions) - read - written
        return self._run(before, step, landing, read, passed, written)

    def _run(
        self,
        before: Snapshot | None,
        step: Macrostep,
        landing: Landing,
        read: frozenset[Key],
        passed: frozenset[Key],
        written: frozenset[Key],
    ) -> Run:
        endless = any(incident.name == ENDLESS for incident in step.incidents)
        visited = {name for one in step.microsteps for name in one.entered}
        if endless and before is None:
            # What is discarded leaves no trace of where it was.
            visited.update(self._world.tree.nodes)
        one = self._one
        outcome = _outcome(
            one(read),
            one(landing.only_there(passed)),
            one(passed),
            one(written),
            landing,
            one(frozenset(visited.union(step.snapshot.configuration))),
            self._doubts.cast_on(before, step, written),
        )
        length = self._world.chart.limit if endless else len(step.microsteps)
        return _made_run(before, step, outcome, length)

    def _one(self, names: frozenset[Any]) -> frozenset[Any]:
        """The same set, always the same object: most macrosteps touch what others do."""
        return self._sets.setdefault(names, names)

    def _arranged(self, timers: int, step: Macrostep) -> Macrostep:
        """The same macrostep, after which the new timers, behind so many, are numbered anew."""
        snapshot = step.snapshot
        arranged = self._world.timing.arranged(timers, snapshot) if snapshot.timers else snapshot
        return step if arranged is snapshot else _with_snapshot(step, arranged)

    def again(self, carrier: Carrier, run: Run) -> Run:
        """A macrostep of an earlier version of the chart that is known to do the same in this one.

        Args:
            carrier: the session.
            run: what was run where all that it read was the same.
        """
        outcome, digest = run.outcome, carrier.snapshot.digest
        step = run.step
        if step.snapshot.digest != digest:
            step = _with_snapshot(step, replace(step.snapshot, digest=digest))
        after = Carrier(step.snapshot, outcome.landing.carrier.outside, carrier.moment)
        after = after.given({key: carrier.value(key) for key in outcome.passed})
        landing = self._landing(carrier.snapshot, step, after, {})
        return self._run(
            carrier.snapshot, step, landing, outcome.read, outcome.passed, outcome.written
        )

    def _footprint(
        self, before: Snapshot | None, step: Macrostep, watch: Watch | None
    ) -> tuple[frozenset[Key], frozenset[Key]]:
        """The variables on which a macrostep depends, and those that it writes."""
        footprint = self._world.footprints.of(before, step)
        if watch is None:
            read = footprint.read | footprint.asked
        else:
            read = watch.seen(footprint.read) | watch.seen_by_guards(footprint.asked)
        followed = footprint.written & self._world.model.predicates.keys()
        return read | footprint.kept | followed, footprint.written

    def _landing(
        self, before: Snapshot | None, step: Macrostep, after: Carrier, chosen: Mapping[Key, int]
    ) -> Landing:
        """Where a macrostep has led, in which some free variables had other values than usual."""
        moved = bool(step.microsteps)
        if after.snapshot.status is not Status.ACTIVE:
            good = self._world.is_good_end(after.snapshot)
            return Landing(after, None, (), (), (), moved, good)
        situations = self._world.situations
        carrier = situations.bare(after.given(self._world.usual_values(chosen)))
        control, dimensions, point = situations.of(carrier)
        present = situations.dimensions(carrier.snapshot.configuration)[1]
        leaves = before is None or self._leaves(before, step)
        kept = self._promises.kept_in(step)
        # That the session is not over is not good.
        return _made_landing(
            carrier, control, dimensions, point, present, moved, False, leaves, kept
        )

    def _leaves(self, before: Snapshot, step: Macrostep) -> bool:
        """Whether a node is left, or begun, in which something is waited for."""
        groups = self._world.alphabet.groups
        waiting = {groups[name] for name in before.configuration}
        return any(
            name in waiting or groups[name] == name != ANYWHERE
            for one in step.microsteps
            for name in one.exited
        )


_outcome = maker(Outcome)
_made_run = maker(Run)
_made_landing = maker(Landing)
_macrostep = maker(Macrostep)


def _with_snapshot(step: Macrostep, snapshot: Snapshot) -> Macrostep:
    return _macrostep(step.event, step.microsteps, snapshot, step.effects, step.incidents)


def _chosen(free: Free) -> dict[Key, int]:
    return {key: lowest(mask) for key, mask in free.items()}
