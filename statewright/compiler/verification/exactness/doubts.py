"""In which macrosteps something is asked of which not all answers are tried.

What follows from all others holds whatever is in doubt elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet

from statewright.compiler.verification.dataflow.footprints import ENDLESS
from statewright.compiler.verification.dataflow.liveness import entered_by
from statewright.compiler.verification.dataflow.uses import Part, Uses
from statewright.compiler.verification.dataflow.variables import Key
from statewright.compiler.verification.exactness.exactness import Gap
from statewright.compiler.verification.questions import (
    BreakRule,
    EnterState,
    Question,
    TakeTransition,
)
from statewright.statechart.rules import Moment, RuleKind
from statewright.statechart.snapshot import Snapshot
from statewright.statechart.steps import Macrostep
from statewright.statechart.structure.tree import Tree


class Doubts:
    """Finds them in the macrosteps of a model.

    Args:
        tree: of the model.
        uses: of the model.
        gaps: where the values that are tried may not stand for all.
    """

    def __init__(self, tree: Tree, uses: Mapping[str, Uses], gaps: Iterable[Gap]) -> None:
        texts = {gap.expression for gap in gaps}
        states = {name: one for name, one in uses.items() if name}
        self._entered = {name for name, one in states.items() if _is_in(texts, [one.entered])}
        self._active = {
            name
            for name, one in states.items()
            if _is_in(texts, [one.left, *one.guards.values(), *one.acts.values()])
        }
        rules = [site for site in uses[""].left.sites if site.expression.text in texts]
        self._read = {read.key for site in rules for read in site.reads if read.key is not None}
        asked = {site.expression.text for site in rules}
        self._named = {
            state
            for moment in _moments(tree)
            if moment.condition is not None and moment.condition.text in asked
            for state in moment.states or ()
        }
        self._always = (
            "" in texts  # Other machines may do anything.
            or any(read.key is None for site in rules for read in site.reads)
        )
        self._beginning = _is_in(texts, [uses[""].entered])
        self._is_there = bool(texts)

    def cast_on(self, before: Snapshot | None, step: Macrostep, written: AbstractSet[Key]) -> bool:
        """Whether a macrostep, that writes these variables, asks for anything in doubt."""
        if not self._is_there:
            return False
        if self._always or not self._read.isdisjoint(written):
            return True
        if before is None and self._beginning:
            return True
        if any(one.name == ENDLESS for one in step.incidents):
            return True
        active = set(() if before is None else before.configuration)
        entered = {name for one in step.microsteps for name in one.entered}
        return not (
            self._active.isdisjoint(active | entered)
            and self._entered.isdisjoint(entered)
            and self._named.isdisjoint(entered)
        )


def behind(tree: Tree, states: Iterable[str]) -> frozenset[str]:
    """The states that may be active after some of these were, whatever the guards say."""
    found = set(states)
    waiting = [tree.nodes[name] for name in found]
    while waiting:
        node = waiting.pop()
        around = [one.id for one in node.ancestors() if one.id in tree.nodes]
        for name in (*around, *(target for arc in node.arcs for target, _ in entered_by(arc))):
            if name not in found:
                found.add(name)
                waiting.append(tree.nodes[name])
    return frozenset(found)


def places_of(tree: Tree, question: Question) -> frozenset[str] | None:
    """The states one of which is active where something happens; None for any."""
    match question:
        case EnterState(state):
            return frozenset((state,))
        case TakeTransition(transition) if transition in tree.arcs:
            return frozenset((tree.arcs[transition].source.id,))
        case BreakRule(name):
            rule = next((one for one in tree.chart.rules if one.name == name), None)
            if rule is None or rule.kind is RuleKind.LEADS_TO or rule.moment.states is None:
                return None
            return frozenset(rule.moment.states)
        case _:
            return None


def _is_in(texts: AbstractSet[str], parts: Iterable[Part]) -> bool:
    return any(site.expression.text in texts for part in parts for site in part.sites)


def _moments(tree: Tree) -> Iterator[Moment]:
    for rule in tree.chart.rules:
        yield from (one for one in (rule.moment, rule.other) if one is not None)
