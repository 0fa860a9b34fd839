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

from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass
from typing import Final

from statewright.compiler.verification.boxes import Box, bits, lowest
from statewright.compiler.verification.budget import Meter
from statewright.compiler.verification.dataflow.variables import Key
from statewright.compiler.verification.exactness.doubts import Doubts
from statewright.compiler.verification.exactness.exactness import Gap
from statewright.compiler.verification.search.agenda import Agenda
from statewright.compiler.verification.search.arrivals import Arrivals
from statewright.compiler.verification.search.memory import Memory
from statewright.compiler.verification.search.observing import Observing
from statewright.compiler.verification.search.offers import Offers
from statewright.compiler.verification.search.outcomes import Free, Outcome, Outcomes
from statewright.compiler.verification.search.pieces import START, Found, Origin, Piece
from statewright.compiler.verification.search.running import Run, Running
from statewright.compiler.verification.search.tracing import guards_told
from statewright.compiler.verification.solving.feasibility import Feasibility
from statewright.compiler.verification.world.situations import Carrier, Control
from statewright.compiler.verification.world.world import World
from statewright.statechart.making import maker
from statewright.statechart.playing.play import SCRIPT_NOW
from statewright.statechart.playing.script import Advanced, Line
from statewright.statechart.snapshot import Snapshot

_origin = maker(Origin)


AT_ONCE: Final = 256
"""So many parts of a piece are tried with one line before the next one has its turn."""


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
        memory: what was run of earlier versions of the chart.
    """

    def __init__(
        self,
        world: World,
        meter: Meter,
        wild: Container[Key] = (),
        gaps: Iterable[Gap] = (),
        feasible: Feasibility | None = None,
        memory: Memory | None = None,
    ) -> None:
        self._world = world
        self._feasible = feasible
        self._memory = memory
        self._meter = meter
        self._agenda = Agenda(world.tree)
        self._outcomes: dict[Control, dict[str, Outcomes]] = {}
        self._running = Running(world, Doubts(world.tree, world.uses, gaps))
        self.found = Found()
        self._arrivals = Arrivals(world, self.found, self._agenda, wild)
        self._observing = Observing(world, self.found)
        self._offers = Offers(world)

    def run(self) -> Found:
        """Search until nothing is left, or the budget is spent."""
        with guards_told(self._world.tree, self._running.asking):
            return self._run()

    def _run(self) -> Found:
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
        if not self.found.complete:
            self.found.unexplored += self._agenda.left()
            # In these, timers may fire in another order.
            self.found.unexplored += [
                piece for piece in self.found.pieces[timed:] if piece.carrier.snapshot.timers[1:]
            ]
        return self.found

    def _go_through(self, waiting: list[Piece]) -> None:
        for number, piece in enumerate(waiting):
            is_left = len(self.found.pieces) >= self._meter.budget.states
            if not is_left:
                piece.number = len(self.found.pieces)
                self.found.pieces.append(piece)
                is_left = not self._expand(piece)
            if is_left:
                self.found.complete = False
                self.found.unexplored += waiting[number:]
                return

    def _force(self, first: int) -> int:
        """Let timers overtake each other in the pieces from a number on; the next number."""
        pieces = self.found.pieces[first:]
        for piece in pieces:
            for line, snapshot in self._world.forced(piece.carrier.snapshot):
                trials = [_Trial(piece.box, {})]
                if not self._tried(piece, repr(line), line, snapshot, None, trials):
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
            self.found.begun = self.found.begun and not trials
        self.found.complete = self.found.begun

    def _start(
        self, trial: _Trial, trials: list[_Trial], dimensions: tuple[Key, ...], moment: int
    ) -> None:
        """Begin sessions with a box of inputs."""
        world = self._world
        point = {key: lowest(part) for key, part in zip(dimensions, trial.box, strict=True)}
        given = {key: world.inputs[key][bit.bit_length() - 1] for key, bit in point.items()}
        run = self._noted(self._running.begin(dimensions, given, trial.free, moment))
        outcome = run.outcome
        covered = self._split(trial, trials, dimensions, outcome, world.like_inputs)
        if self._is_impossible(dimensions, covered, run):
            return
        origin = Origin(START, None, point, outcome.passed, moment=moment)
        masks = {
            key: self._as_values(key, part)
            for key, part in zip(dimensions, covered, strict=True)
            if key in outcome.passed
        }
        self._observing.observe(run.step, origin)
        self._arrivals.note(None, covered, masks, {}, outcome, origin)

    def _as_values(self, key: Key, inputs: int) -> int:
        """The set of the values that some inputs are."""
        table = self._world.situations.table(key)
        mask = 0
        for number in bits(inputs):
            mask |= table.bit(self._world.inputs[key][number])
        return mask

    def _expand(self, piece: Piece) -> bool:
        """Run all that can happen in a piece; whether there was budget enough."""
        left = []
        lines, unnamed = self._offers.lines(piece)
        if unnamed:
            self._arrivals.leave_out(piece, unnamed)
        for name, line in lines:
            trials = [_Trial(piece.box, {})]
            if not self._tried_with(piece, name, line, trials, AT_ONCE):
                return False
            if trials:
                left.append((name, line, trials))
        return all(self._tried_with(piece, name, line, trials) for name, line, trials in left)

    def _tried_with(
        self, piece: Piece, name: str, line: Line, trials: list[_Trial], most: int = 0
    ) -> bool:
        snapshot, known = piece.carrier.snapshot, self._known_of(piece, name)
        return self._tried(piece, name, line, snapshot, known, trials, most)

    def _known_of(self, piece: Piece, name: str) -> Outcomes | None:
        """What was seen to come of a line wherever it is as it is in a piece."""
        if self._feasible is not None:
            # What is impossible depends on more than what is read.
            return None
        known = self._outcomes.setdefault(piece.control, {})
        outcomes = known.get(name)
        if outcomes is None:
            outcomes = known[name] = Outcomes(piece.dimensions, self._world.situations.tables)
        return outcomes

    def _goes_on(self) -> bool:
        """Whether there is budget left, and anything to be proved."""
        is_lost = bool(self.found.repeated) and self._world.model.is_abstract
        return not is_lost and self._meter.step()

    def _tried(
        self,
        piece: Piece,
        name: str,
        line: Line,
        snapshot: Snapshot,
        known: Outcomes | None,
        trials: list[_Trial],
        most: int = 0,
    ) -> bool:
        """Run a line in parts of a piece; whether there was budget enough.

        Args:
            piece: where it comes.
            name: of the line.
            line: what happens.
            snapshot: of the piece, or one in which time is forced to pass otherwise.
            known: what was seen to come of it; None where nothing is kept of that.
            trials: the parts of the piece that are left; so they are afterwards, too.
            most: how many parts are tried; 0 for all.
        """
        dimensions = piece.dimensions
        forced = snapshot is not piece.carrier.snapshot
        fires = snapshot.timers[0].event if isinstance(line, Advanced) else ""
        kin = self._world.situations.kin
        done = 0
        while trials and not (most and done >= most):
            done += 1
            trial = trials.pop()
            point = tuple([mask & -mask for mask in trial.box])
            outcome = None if known is None else known.at(point, trial.free)
            run = None
            if outcome is None:
                if not self._goes_on():
                    return False
                carrier = self._carrier(piece, snapshot, point)
                remembered = name if self._memory is not None and not forced else ""
                run = self._noted(self._ran(piece, remembered, line, carrier, trial.free))
                outcome = run.outcome
                if known is not None:
                    known.add(point, trial.free, outcome)
            elif not self._meter.recall():
                return False
            covered = self._split(trial, trials, dimensions, outcome, kin)
            if run and self._is_impossible(dimensions, covered, run):
                continue
            passed = outcome.passed
            bits_at = dict(zip(dimensions, point, strict=True))
            origin = _origin(piece.number, line, bits_at, passed, fires, SCRIPT_NOW)
            if run:
                self._observing.observe(run.step, origin)
            masks = {k: mask for k, mask in zip(dimensions, covered, strict=True) if k in passed}
            self._arrivals.note(piece, covered, masks, bits_at, outcome, origin)
        return True

    def _ran(self, piece: Piece, name: str, line: Line, carrier: Carrier, free: Free) -> Run:
        """What a line does at a point of a piece: known of an earlier version, or run.

        A line without a name is run.
        """
        memory = self._memory
        if memory is None or not name:
            return self._running.run(carrier, piece.dimensions, line, free)
        known = memory.recall(self._world, piece, name, carrier)
        if known is not None:
            return self._running.again(carrier, known)
        run = self._running.run(carrier, piece.dimensions, line, free)
        memory.keep(self._world, piece, name, carrier, run)
        return run

    def _noted(self, run: Run) -> Run:
        """Charge for what was run, and note where a free variable may have had several values."""
        self._meter.charge(run.length)
        if not self.found.repeated:
            self.found.repeated = self._world.repeats.of(run.before, run.step)
        return run

    def _carrier(self, piece: Piece, snapshot: Snapshot, point: Box) -> Carrier:
        """A session at a point of a piece."""
        carrier = Carrier(snapshot, piece.carrier.outside, piece.carrier.moment)
        if point == piece.point:
            return carrier
        return carrier.given(self._world.situations.values(piece.dimensions, point))

    def _is_impossible(self, dimensions: tuple[Key, ...], covered: Box, run: Run) -> bool:
        """Whether guards would be true and false that cannot be so together, at any time."""
        feasible = self._feasible
        if feasible is None:
            return False
        single = {
            key for key, mask in zip(dimensions, covered, strict=True) if mask & mask - 1 == 0
        }
        known = single | (
            frozenset() if run.before is not None else self._world.model.predicates.keys()
        )
        told = (known - (set(dimensions) - single)) & self._world.model.predicates.keys()
        for snapshot in filter(None, (run.before, run.step.snapshot)):
            data = snapshot.data.get("", {})
            if feasible.excludes({key: data[key[1]] for key in told if key[1] in data}):
                return True
        return False

    def _split(
        self,
        trial: _Trial,
        trials: list[_Trial],
        dimensions: tuple[Key, ...],
        outcome: Outcome,
        kin: Callable[[Key, int], int],
    ) -> Box:
        """The part of a trial for which its outcome holds; the rest is to be tried later."""
        box, read, kinds = list(trial.box), outcome.read, outcome.kinds
        free = dict(trial.free)
        for at, key in enumerate(dimensions):
            if key in read or key in kinds:
                own = lowest(box[at])
                same = own if key in read else box[at] & kin(key, own)
                rest = box[at] & ~same
                if rest:
                    trials.append(_Trial((*box[:at], rest, *box[at + 1 :]), dict(free)))
                    box[at] = same
        for key in self._world.free_among(read):
            mask = free.get(key, self._world.all_of(key))
            rest = mask & (mask - 1)
            if rest:
                trials.append(_Trial(tuple(box), {**free, key: rest}))
            free[key] = lowest(mask)
        return tuple(box)
