"""Whether the moment that a rule is about ever happens.

It does where the rule ``at_most: 0`` about the same moment would be broken. That is asked of a
chart with this rule alone, and with those that are broken really: others change nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from statewright.compiler.verification.branches import cases_of, is_never_given, keys_of
from statewright.compiler.verification.questions import BreakRule, EnterState, Impossible
from statewright.compiler.verification.verification import Verification, verified
from statewright.compiler.verification.world.situations import monitors_of
from statewright.errors import EvaluationError
from statewright.expressions import Expression, evaluate
from statewright.statechart.rules import Rule, RuleKind

SHADOW: Final = "~moment"
"""The name of the rule that is broken where a moment happens."""

SHARE: Final = 2
"""A search for one moment may spend this part of the budget of a search."""


def is_idle(verification: Verification, rule: Rule) -> Impossible | None:
    """The proof that a rule decides nothing, because its moment never happens.

    Args:
        verification: of the chart.
        rule: one of its rules, whose states are entered, if it names any.

    Returns:
        None where it does happen, or where nobody knows.
    """
    if rule.scope and not verification.is_met(EnterState(rule.scope)):
        answer = verification.answer(EnterState(rule.scope))
        return answer if isinstance(answer, Impossible) else None
    if rule.moment.condition is None or (rule.kind is RuleKind.AT_MOST and not rule.count):
        return None
    idle = says_nothing(verification, rule)
    if idle or rule.kind in {RuleKind.NEVER, RuleKind.ALWAYS} or _has_happened(verification, rule):
        return idle
    return _searched(verification, rule)


def says_nothing(verification: Verification, rule: Rule) -> Impossible | None:
    """The proof that, whatever the values are, nothing follows from the condition of a rule.

    It has no value, or is never true; or always, where it must always hold.
    """
    first = verification.engines[0]
    condition = rule.moment.condition
    if condition is None or verification.is_met(BreakRule(rule.name)):
        return None
    if any(gap.expression == condition.text for gap in first.gaps):
        return None
    world = first.world
    scope = world.tree.nodes.get(rule.scope, world.tree.root).scope
    absent = {key[1] for key in keys_of([condition], scope) if is_never_given(world, key)}
    cases = cases_of(world, scope, [condition]) or ()
    found = {_outcome(condition, names) for names in cases if absent.isdisjoint(names)}
    if rule.kind is RuleKind.ALWAYS:
        is_idle = found == {True} or (rule.moment.states is None and False not in found)
    else:
        is_idle = True not in found
    return Impossible("logic") if found and is_idle else None


def _outcome(condition: Expression, names: Mapping[str, Any]) -> bool | None:
    try:
        value = evaluate(condition, names)
    except EvaluationError:
        return None
    return value if isinstance(value, bool) else None


def _has_happened(verification: Verification, rule: Rule) -> bool:
    """Whether a search has left traces of it."""
    if verification.is_met(BreakRule(rule.name)):
        return True
    return any(state for state in _states(verification, rule))


def _states(verification: Verification, rule: Rule) -> Iterator[int]:
    """Where the automaton of a rule was, as far as that tells that its moment has happened."""
    own = _OWN if rule.kind is RuleKind.BEFORE else ~_CONDITIONS
    for piece in verification.engines[0].found.pieces:
        yield monitors_of(piece.control).get(rule.name, 0) & own


_OWN: Final = 1
_CONDITIONS: Final = 3
"""The bits of the states of automata; see ``statechart.rules``."""


def _searched(verification: Verification, rule: Rule) -> Impossible | None:
    if verification.refining is None:
        return None
    engines = verification.refining.engines
    shadow = Rule(SHADOW, RuleKind.AT_MOST, rule.moment, scope=rule.scope)
    broken = [one for one in verification.chart.rules if verification.is_met(BreakRule(one.name))]
    chart = replace(engines.chart, rules=(*broken, shadow))
    budget = replace(engines.budget, steps=max(1, engines.budget.steps // SHARE))
    found = verified(chart, budget, engines.progress, engines.withheld, engines.solver)
    if found.is_met(BreakRule(SHADOW)):
        return None
    answer = found.answer(BreakRule(SHADOW))
    return answer if isinstance(answer, Impossible) else None
