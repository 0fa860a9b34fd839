"""Goes through all situations of a chart, with the real executor.

At first breadth first, so that what is met is met by the shortest conversation. In a chart that is
not done by then, each place waits until what leads there is done (see ``agenda``).

A *piece* is a box of situations that differ in the values of variables only. One point of it is
run; the trace tells which variables were read; the outcome holds for all points that differ in
others. The rest of the piece is run likewise, until nothing is left. So what is found is exact for
the values that are tried, and much less is run than there are situations.

Source: the exact boxes of symbolic model checking, with the executor in place of a symbolic one;
reading only what is needed is that of lazy concretization (McMillan, *Lazy abstraction with
interpolants*, CAV 2006, has the idea).
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from statewright.compiler.verification.agenda import Agenda
from statewright.compiler.verification.boxes import Box, Cover, bits, lowest
from statewright.compiler.verification.budget import Meter
from statewright.compiler.verification.domains import ANYWHERE
from statewright.compiler.verification.doubts import Doubts
from statewright.compiler.verification.exactness import Gap
from statewright.compiler.verification.footprints import ENDLESS
from statewright.compiler.verification.observing import Observing
from statewright.compiler.verification.pieces import START, Edge, Found, Origin, Piece
from statewright.compiler.verification.promises import Promises
from statewright.compiler.verification.situations import Carrier, Control
from statewright.compiler.verification.solving.feasibility import Feasibility
from statewright.compiler.verification.variables import Key
from statewright.compiler.verification.world import World
from statewright.statechart.playing.play import SCRIPT_SEED, SCRIPT_SESSION
from statewright.statechart.playing.script import Line, event_for
from statewright.statechart.playing.surroundings import Surroundings
from statewright.statechart.snapshot import Snapshot, Status
from statewright.statechart.stepping.algorithm import macrostep, start
from statewright.statechart.steps import Macrostep

CROWD: Final = 64
"""How many values of one variable are followed."""

WILD: Final = 6
"""How many values are followed of a variable that is computed from samples."""


@dataclass(slots=True)
class _Trial:
    """A part of a piece that is to be run; ``free`` are variables that may be anything."""

    box: Box
    free: dict[Key, int]


class Search:
    """One search.

    Args:
        world: what is searched.
        meter: what may be spent.
        wild: variables that are computed from samples.
        gaps: where the values that are tried may not stand for all.
        feasible: which of the guards that are followed can be so together.
    """

    def __init__(
        self,
        world: World,
        meter: Meter,
        wild: Container[Key] = (),
        gaps: Iterable[Gap] = (),
        feasible: Feasibility | None = None,
    ) -> None:
        self._world = world
        self._feasible = feasible
        self._wild = wild
        self._meter = meter
        self._covers: dict[Control, Cover] = {}
        self._agenda = Agenda(world.tree)
        self._promises = Promises(world.chart)
        self.found = Found()
        self._observing = Observing(world, self.found)
        self._doubts = Doubts(world.tree, world.uses, gaps)

    def run(self) -> Found:
        """Search until nothing is left, or the budget is spent."""
        self._begin()
        timed = 0
        while self.found.complete:
            if self._agenda:
                self._go_through(self._agenda.next(self._meter))
            elif timed < len(self.found.pieces):
                # What depends on how long people take comes last, so that whatever can be met
                # without is met so.
                timed = self._force(timed)
            else:
                break
        return self.found

    def _go_through(self, waiting: list[Piece]) -> None:
        for piece in waiting:
            if len(self.found.pieces) >= self._meter.budget.states:
                self.found.complete = False
                return
            piece.number = len(self.found.pieces)
            self.found.pieces.append(piece)
            if not self._expand(piece):
                self.found.complete = False
                return

    def _force(self, first: int) -> int:
        """Let timers overtake each other in the pieces from a number on; the next number."""
        pieces = self.found.pieces[first:]
        for piece in pieces:
            for line, snapshot in self._world.forced(piece.carrier.snapshot):
                if not self._tried(piece, line, snapshot, forced=True):
                    self.found.complete = False
                    return first
        return first + len(pieces)

    # Running

    def _begin(self) -> None:
        dimensions = tuple(self._world.inputs)
        box = tuple((1 << len(self._world.inputs[key])) - 1 for key in dimensions)
        for moment in self._world.moments:
            trials = [_Trial(box, {})]
            while trials and self._goes_on():
                self._start(trials.pop(), trials, dimensions, moment)
            self.found.complete = self.found.complete and not trials

    def _start(
        self, trial: _Trial, trials: list[_Trial], dimensions: tuple[Key, ...], moment: int
    ) -> None:
        """Begin sessions with a box of inputs."""
        world = self._world
        point = {key: lowest(part) for key, part in zip(dimensions, trial.box, strict=True)}
        given = {key: world.inputs[key][bit.bit_length() - 1] for key, bit in point.items()}
        outside, data = world.start_of(given, _single(trial.free))
        others = Surroundings(**outside)
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
        self._look_twice(None, step)
        self._charge(step)
        read, written = world.footprints.of(None, step)
        read |= written & world.model.predicates.keys()
        touched = read | (written - frozenset(dimensions) - world.free.keys())
        covered = self._split(trial, trials, dimensions, point, touched)
        if self._is_impossible(dimensions, covered, None, step.snapshot):
            return
        passed = frozenset(dimensions) - touched
        origin = Origin(START, None, point, passed, moment=moment)
        masks = {
            key: self._as_values(key, part)
            for key, part in zip(dimensions, covered, strict=True)
            if key in passed
        }
        doubtful = self._doubts.cast_on(None, step, written)
        self._arrive(None, covered, passed, masks, step, others, origin, doubtful=doubtful)

    def _as_values(self, key: Key, inputs: int) -> int:
        """The set of the values that some inputs are."""
        table = self._world.situations.table(key)
        mask = 0
        for number in bits(inputs):
            mask |= table.bit(self._world.inputs[key][number])
        return mask

    def _expand(self, piece: Piece) -> bool:
        """Run all that can happen in a piece; whether there was budget enough."""
        snapshot = piece.carrier.snapshot
        return all(
            self._tried(piece, line, snapshot, forced=False)
            for line in self._world.alphabet.lines(snapshot)
        )

    def _goes_on(self) -> bool:
        """Whether there is budget left, and anything to be proved."""
        is_lost = bool(self.found.repeated) and self._world.model.is_abstract
        return not is_lost and self._meter.step()

    def _tried(self, piece: Piece, line: Line, snapshot: Snapshot, *, forced: bool) -> bool:
        """Run a line in all of a piece; whether there was budget enough."""
        trials = [_Trial(piece.box, {})]
        while trials:
            if not self._goes_on():
                return False
            self._try(piece, line, snapshot, trials.pop(), trials, forced=forced)
        return True

    def _try(
        self,
        piece: Piece,
        line: Line,
        snapshot: Snapshot,
        trial: _Trial,
        trials: list[_Trial],
        *,
        forced: bool,
    ) -> None:
        world = self._world
        point = {key: lowest(m) for key, m in zip(piece.dimensions, trial.box, strict=True)}
        carrier = Carrier(snapshot, piece.carrier.outside, piece.carrier.moment).given(
            {
                key: world.situations.table(key).values[bit.bit_length() - 1]
                for (key, bit), own in zip(point.items(), piece.point, strict=True)
                if bit != own
            }
            | world.free_values(_single(trial.free))
        )
        others = Surroundings(**carrier.outside)
        event = event_for(line, world.chart, carrier.snapshot, carrier.snapshot.now)
        step = others.after(macrostep(world.chart, carrier.snapshot, others.around(event)))
        self._charge(step)
        self._look_twice(carrier.snapshot, step)
        read, written = world.footprints.of(carrier.snapshot, step)
        read |= written & world.model.predicates.keys()
        covered = self._split(trial, trials, piece.dimensions, point, read)
        if self._is_impossible(piece.dimensions, covered, carrier.snapshot, step.snapshot):
            return
        passed = frozenset(piece.dimensions) - read - written
        origin = Origin(piece.number, line, point, passed, forced)
        masks = {
            key: mask for key, mask in zip(piece.dimensions, covered, strict=True) if key in passed
        }
        doubtful = self._doubts.cast_on(snapshot, step, written)
        self._arrive(piece, covered, passed, masks, step, others, origin, doubtful=doubtful)

    def _look_twice(self, before: Snapshot | None, step: Macrostep) -> None:
        """Note where a free variable may really have had several values."""
        if not self.found.repeated:
            self.found.repeated = self._world.repeats.of(before, step)

    def _is_impossible(
        self, dimensions: tuple[Key, ...], covered: Box, before: Snapshot | None, after: Snapshot
    ) -> bool:
        """Whether guards would be true and false that cannot be so together, at any time."""
        feasible = self._feasible
        if feasible is None:
            return False
        single = {
            key for key, mask in zip(dimensions, covered, strict=True) if mask & mask - 1 == 0
        }
        known = single | (
            frozenset() if before is not None else self._world.model.predicates.keys()
        )
        told = (known - (set(dimensions) - single)) & self._world.model.predicates.keys()
        for snapshot in filter(None, (before, after)):
            data = snapshot.data.get("", {})
            if feasible.excludes({key: data[key[1]] for key in told if key[1] in data}):
                return True
        return False

    def _charge(self, step: Macrostep) -> None:
        endless = any(incident.name == ENDLESS for incident in step.incidents)
        self._meter.charge(self._world.chart.limit if endless else len(step.microsteps))

    def _split(
        self,
        trial: _Trial,
        trials: list[_Trial],
        dimensions: tuple[Key, ...],
        point: Mapping[Key, int],
        read: frozenset[Key],
    ) -> Box:
        """The part of a trial for which its outcome holds; the rest is to be tried later."""
        box = list(trial.box)
        free = dict(trial.free)
        for at, key in enumerate(dimensions):
            if key in read:
                rest = box[at] & ~point[key]
                if rest:
                    trials.append(_Trial((*box[:at], rest, *box[at + 1 :]), dict(free)))
                    box[at] = point[key]
        for key in self._world.free_among(read):
            mask = free.get(key, self._world.all_of(key))
            rest = mask & (mask - 1)
            if rest:
                trials.append(_Trial(tuple(box), {**free, key: rest}))
            free[key] = lowest(mask)
        return tuple(box)

    # What comes of it

    def _arrive(
        self,
        source: Piece | None,
        covered: Box,
        passed: frozenset[Key],
        masks: Mapping[Key, int],
        step: Macrostep,
        others: Surroundings,
        origin: Origin,
        *,
        doubtful: bool,
    ) -> None:
        self._observing.observe(step, origin)
        snapshot = step.snapshot
        if doubtful:
            self._doubt(source, step)
        number = START if source is None else source.number
        moved = bool(step.microsteps)
        if snapshot.status is not Status.ACTIVE:
            good = self._world.is_good_end(snapshot)
            end = Edge(number, covered, passed, None, (), moved, good, doubtful=doubtful)
            self.found.edges.append(end)
            return
        kept = self._promises.kept_in(step)
        leaves = source is None or self._leaves(source.carrier.snapshot, step)
        moment = origin.moment if source is None else source.carrier.moment
        carrier = Carrier(snapshot, dict(others.values), moment)
        control, dimensions, point = self._world.situations.of(carrier)
        box = tuple(masks.get(key, bit) for key, bit in zip(dimensions, point, strict=True))
        crowded = self._crowded(dimensions, box)
        unsure = doubtful or bool(crowded)
        self.found.edges.append(
            Edge(number, covered, passed, control, box, moved, False, leaves, kept, unsure)
        )
        if source is not None and not moved and control == source.control:
            return
        if crowded:
            self.found.crowded.update(crowded)
            self._doubt(source, step)
            return
        self._add(control, dimensions, box, point, carrier, origin)

    def _doubt(self, source: Piece | None, step: Macrostep) -> None:
        """Note where something is in doubt; what is discarded leaves no trace of where it was."""
        if source is None and any(one.name == ENDLESS for one in step.incidents):
            self.found.doubted.update(self._world.tree.nodes)
        if source is not None:
            self.found.doubted.update(source.carrier.snapshot.configuration)
        self.found.doubted.update(step.snapshot.configuration)
        for one in step.microsteps:
            self.found.doubted.update(one.entered)

    def _leaves(self, before: Snapshot, step: Macrostep) -> bool:
        """Whether a node is left, or begun, in which something is waited for."""
        groups = self._world.alphabet.groups
        waiting = {groups[name] for name in before.configuration}
        return any(
            name in waiting or groups[name] == name != ANYWHERE
            for one in step.microsteps
            for name in one.exited
        )

    def _add(
        self,
        control: Control,
        dimensions: tuple[Key, ...],
        box: Box,
        point: Box,
        carrier: Carrier,
        origin: Origin,
    ) -> None:
        cover = self._covers.get(control)
        if cover is None:
            cover = self._covers[control] = Cover()
        if cover.holds(box):
            return
        fresh = cover.rest(box) if len(cover.boxes) <= 64 else [box]
        cover.add(box)
        for rest in fresh:
            own = tuple(p if p & r else lowest(r) for p, r in zip(point, rest, strict=True))
            at = carrier if own == point else carrier.given(self._values(dimensions, own))
            piece = Piece(-1, control, dimensions, rest, own, at, [(rest, origin)])
            self._agenda.add(piece)

    def _crowded(self, dimensions: tuple[Key, ...], box: Box) -> list[Key]:
        """The variables that have more values there than are followed."""
        return [key for key, mask in zip(dimensions, box, strict=True) if mask >> self._most(key)]

    def _most(self, key: Key) -> int:
        """How many values of a variable are followed, besides those that it may begin with."""
        given = len(self._world.inputs.get(key, ()))
        return given + (WILD if key in self._wild else CROWD)

    def _values(self, dimensions: tuple[Key, ...], point: Box) -> dict[Key, Any]:
        return {
            key: self._world.situations.table(key).values[bit.bit_length() - 1]
            for key, bit in zip(dimensions, point, strict=True)
        }


def _single(free: Mapping[Key, int]) -> dict[Key, int]:
    return {key: lowest(mask) for key, mask in free.items()}
