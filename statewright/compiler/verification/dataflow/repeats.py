"""Free variables that are asked for more than once in one macrostep, between which they may change.

A free variable has one value in each macrostep. That is what really happens only if whatever it
stands for could not have changed when it is asked for again: where a state that draws a lot is
entered once more, the lot is another one; where something is written that a guard reads, it may be
true now though it was not before.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Container, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from statewright.compiler.verification.dataflow.uses import Part, Uses
from statewright.compiler.verification.dataflow.variables import Key
from statewright.statechart.actions import Raise
from statewright.statechart.event import normalised
from statewright.statechart.rules import Moment, Rule
from statewright.statechart.snapshot import Snapshot
from statewright.statechart.steps import Macrostep, Microstep
from statewright.statechart.structure.nodes import Arc
from statewright.statechart.structure.traversal import actions_in
from statewright.statechart.structure.tree import Tree, stems_matching


@dataclass(frozen=True, slots=True)
class _Guess:
    """A guard that a free variable stands for: what it really reads, and what it waits for."""

    reads: frozenset[Key]
    by_event: bool
    stems: frozenset[str]


class Repeats:
    """Finds them in the macrosteps of a model.

    Args:
        tree: of the model.
        uses: of the model.
        real: uses of the real chart.
        free: the free variables.
    """

    def __init__(
        self,
        tree: Tree,
        uses: Mapping[str, Uses],
        real: Mapping[str, Uses],
        free: AbstractSet[Key],
    ) -> None:
        self._tree = tree
        self._guesses: dict[str, list[_Guess]] = defaultdict(list)
        self._is_free = bool(free) and any(
            _is_free(part, free) for one in uses.values() for part in one.parts()
        )
        if not self._is_free:
            return
        self._entered = {name for name, one in uses.items() if _is_free(one.entered, free)}
        self._left = {name for name, one in uses.items() if _is_free(one.left, free)} - {""}
        self._acts = {
            name for one in uses.values() for name, part in one.acts.items() if _is_free(part, free)
        }
        inner = {"done", "error", "*", *raised_in(tree)}
        guarding = [
            (tree.arcs[name], state)
            for state, one in uses.items()
            for name, part in one.guards.items()
            if _is_free(part, free)
        ]
        self._asking = {state for _, state in guarding}
        self._asking_at_once = {state for arc, state in guarding if _is_inner(arc, inner)}
        self._entering = {name: frozenset(one.entered.writes) for name, one in uses.items()}
        self._leaving = {name: frozenset(one.left.writes) for name, one in uses.items()}
        self._acting = {
            i: frozenset(part.writes) for one in uses.values() for i, part in one.acts.items()
        }
        self._rules = [
            (rule.name, None if moment.states is None else frozenset(moment.states), own)
            for rule, moment, own in _conditions(tree, uses, real, free)
        ]
        for arc, state in guarding:
            self._guesses[state].append(_guess(tree, arc.id, real[state].guards[arc.id]))

    def of(self, before: Snapshot | None, step: Macrostep) -> str:
        """The state or the rule that may have changed in a macrostep; ``""`` for none."""
        if not self._is_free:
            return ""
        active = set(() if before is None else before.configuration)
        entered = Counter(name for one in step.microsteps for name in one.entered)
        left = Counter(name for one in step.microsteps for name in one.exited)
        taken = Counter(name for one in step.microsteps for name in one.transitions)
        deferred = before is not None and bool(before.deferred)
        asking = self._asking if deferred else self._asking_at_once
        again = [
            *(name for name in self._entered if entered[name] > 1),
            *(name for name in self._left if left[name] > 1),
            *(self._tree.arcs[name].source.id for name in self._acts if taken[name] > 1),
            *(name for name in asking if entered[name] + (name in active) > 1),
        ]
        return min(again, default="") or self._asked(step) or self._changed(active, step)

    def _asked(self, step: Macrostep) -> str:
        """A rule of which a condition may have changed after it was looked at."""
        for name, states, reads in self._rules:
            if states is None:
                if any(reads & self._written(one) for one in step.microsteps[1:]):
                    return name
            elif sum(not states.isdisjoint(one.entered) for one in step.microsteps) > 1:
                return name
        return ""

    def _written(self, one: Microstep) -> set[Key]:
        written: set[Key] = set()
        for name in one.exited:
            written |= self._leaving[name]
        for name in one.transitions:
            written |= self._acting[name]
        for name in one.entered:
            written |= self._entering[name]
        return written

    def _changed(self, active: set[str], step: Macrostep) -> str:
        """A state of which a guard may have changed while it was active all the time."""
        if not self._guesses:
            return ""
        events: dict[str, set[str]] = defaultdict(set)
        for one in step.microsteps:
            written = self._written(one)
            event = step.event.name if one.event is None else one.event.name
            stems = frozenset(stems_matching(self._tree, event))
            active -= set(one.exited)
            for state in sorted(active & self._guesses.keys()):
                for guess in self._guesses[state]:
                    if guess.reads & written:
                        return state
                    if guess.by_event and guess.stems & stems:
                        events[state].add(event)
                        if len(events[state]) > 1:
                            return state
            active |= set(one.entered)
        return ""


def raised_in(tree: Tree) -> set[str]:
    """The first words of the events that a chart sends to itself."""
    return {
        normalised(one.event).partition(".")[0]
        for one in actions_in(tree.chart)
        if isinstance(one, Raise)
    }


def _is_inner(arc: Arc, inner: Container[str]) -> bool:
    """Whether a transition may be taken without an event from outside."""
    stems = [stem for stem, arcs in arc.source.by_stem.items() if any(one is arc for one in arcs)]
    return not stems or any(stem.partition(".")[0] in inner for stem in stems)


def _guess(tree: Tree, name: str, real: Part) -> _Guess:
    arc = tree.arcs[name]
    site = real.sites[0]
    return _Guess(
        frozenset(read.key for read in site.reads if read.key is not None),
        any(read.key is None for read in site.reads),
        frozenset(
            stem for stem, arcs in arc.source.by_stem.items() if any(one is arc for one in arcs)
        ),
    )


def _conditions(
    tree: Tree, uses: Mapping[str, Uses], real: Mapping[str, Uses], free: AbstractSet[Key]
) -> Iterator[tuple[Rule, Moment, frozenset[Key]]]:
    """The conditions of rules that free variables stand for, with what they really read."""
    moments = (
        (rule, moment)
        for rule in tree.chart.rules
        for moment in (rule.moment, rule.other)
        if moment is not None and moment.condition is not None
    )
    sites = zip(uses[""].left.sites, real[""].left.sites, strict=True) if real else ()
    for (rule, moment), (made, own) in zip(moments, sites, strict=False):
        if any(read.key in free for read in made.reads):
            yield rule, moment, frozenset(one.key for one in own.reads if one.key is not None)


def _is_free(part: Part, free: AbstractSet[Key]) -> bool:
    return any(read.key in free for site in part.sites for read in site.reads)
