"""Answers one question at a time, with as few variables as it takes.

At first only the variables are known on which what is asked for depends directly; guards that read
others may be anything. If even so it never happens, it never does. Else there is a way to it, on
which some such guard comes last: its variables are taken in, and so on, until it is proved, or
nothing is left to take in, or the budget is spent.

Source: counterexample-guided abstraction refinement over the set of visible variables (Clarke,
Gupta and Strichman, *SAT-based counterexample-guided abstraction refinement*, IEEE TCAD 23(7),
2004).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from statewright.compiler.verification.dataflow.uses import Site, Uses
from statewright.compiler.verification.dataflow.variables import Key
from statewright.compiler.verification.engines import Engine, Engines
from statewright.compiler.verification.exactness.exactness import expression_texts
from statewright.compiler.verification.questions import (
    BreakRule,
    EnterState,
    Impossible,
    Question,
    TakeTransition,
)
from statewright.compiler.verification.search.pieces import START, Origin

REFINEMENT: Final = "refinement"
"""The engine that takes in variables one after the other."""

ROUNDS: Final = 12
"""How often variables are taken in for one question."""

SHARE: Final = 4
"""A search for one question may spend this part of the budget of a search."""


@dataclass(slots=True)
class Refining:
    """Answers questions about a chart of which a search did not come to an end.

    Args:
        engines: begins searches.
        first: the search that did not.
    """

    engines: Engines
    first: Engine
    _spent: int = 0
    _guards: list[Site] = field(default_factory=list)
    _known: dict[frozenset[str], Engine] = field(default_factory=dict)

    def answer(self, question: Question) -> Impossible | None:
        """The proof that something never happens; None where there is none."""
        if self.first.found.complete and not self.first.found.crowded:
            return None
        if not self._guards:
            self._guards = [
                site
                for one in self.first.world.uses.values()
                for part in one.parts()
                for site in part.sites
                if site.guard
            ]
        undecided = expression_texts(self.first.gaps)
        kept = set(self._asked(question))
        for _ in range(ROUNDS):
            given_up = undecided | frozenset(
                site.expression.text for site in self._guards if _keys(site) - kept
            )
            engine = self._engine(given_up)
            if engine is None or engine.hindrance:
                return None
            if question not in engine.found.seen:
                return Impossible(REFINEMENT)
            more = self._on_the_way(engine, engine.found.seen[question], given_up, kept)
            if not more:
                return None
            kept |= more
        return None

    def _engine(self, given_up: frozenset[str]) -> Engine | None:
        """The search with some guards given up; None where the budget is spent."""
        known = self._known.get(given_up)
        budget = self.engines.budget.steps
        if known is None and self._spent < budget:
            known = self.engines.narrowed(REFINEMENT, given_up, max(budget // SHARE, 1))
            self._known[given_up] = known
            self._spent += known.steps
        return known

    def _asked(self, question: Question) -> Iterator[Key]:
        """The variables that the guards read by which it happens."""
        tree, uses = self.first.world.tree, self.first.world.uses
        match question:
            case TakeTransition(transition) if transition in tree.arcs:
                yield from _read(tree.arcs[transition].source.id, transition, uses)
            case EnterState(state):
                for arc in tree.arcs.values():
                    if any(target.id == state for target in arc.targets):
                        yield from _read(arc.source.id, arc.id, uses)
            case BreakRule():
                for site in uses[""].left.sites:
                    yield from _keys(site)
            case _:
                return

    def _on_the_way(
        self, engine: Engine, origin: Origin, given_up: frozenset[str], kept: set[Key]
    ) -> set[Key]:
        """The variables of the last guards on a way that were given up."""
        for state in self._states(engine, origin):
            texts = {
                site.expression.text
                for part in self.first.world.uses[state].guards.values()
                for site in part.sites
            }
            found = {
                key
                for site in self._guards
                if site.expression.text in texts & given_up
                for key in _keys(site)
            }
            if found - kept:
                return found
        return self._others(kept)

    def _states(self, engine: Engine, origin: Origin) -> Iterator[str]:
        """The states along the way to something, the last ones first."""
        pieces = engine.found.pieces
        seen: set[str] = set()
        while origin.piece != START:
            piece = pieces[origin.piece]
            for state in reversed(self._around(piece.carrier.snapshot.configuration)):
                if state not in seen:
                    seen.add(state)
                    yield state
            origin = piece.parts[0][1]

    def _around(self, configuration: Iterable[str]) -> list[str]:
        """The states of a configuration, and those that are passed through from there at once."""
        tree = self.first.world.tree
        found = dict.fromkeys(configuration)
        waiting = list(found)
        while waiting:
            node = tree.nodes[waiting.pop()]
            for arc in node.arcs:
                for target in arc.targets:
                    if target.id not in found and target.id in self.first.world.uses:
                        found[target.id] = None
                        if target.eventless:
                            waiting.append(target.id)
        return list(found)

    def _others(self, kept: set[Key]) -> set[Key]:
        """Where no guard on the way is to blame: the variables of some guard that was given up."""
        left = sorted({key for site in self._guards for key in _keys(site)} - kept)
        return set(left[:1])


def _read(state: str, transition: str, uses: Mapping[str, Uses]) -> Iterator[Key]:
    for site in uses[state].guards[transition].sites:
        yield from _keys(site)


def _keys(site: Site) -> set[Key]:
    return {read.key for read in site.reads if read.key is not None}
