"""Random business rules for random charts."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st

from statewright.expressions import parse
from statewright.statechart import Statechart
from statewright.statechart.rules import Moment, Rule, RuleKind
from statewright.statechart.structure.traversal import states_in


def some_rules(states: list[str]) -> st.SearchStrategy[tuple[Rule, ...]]:
    """Rules over the states and the variable `n` of a random chart."""
    conditions = st.sampled_from([parse(text) for text in ("n > 0", "n < 2", "missing", "x == 1")])
    places = st.lists(st.sampled_from(states), min_size=1, max_size=2, unique=True).map(tuple)
    moments = st.builds(Moment, places, st.none() | conditions)
    moments |= st.builds(Moment, st.none(), conditions)
    held = st.builds(Moment, st.none() | places, conditions)
    scopes = st.sampled_from(["", *states])
    rules = st.one_of(
        *(
            st.builds(Rule, st.just(""), st.just(kind), held, scope=scopes)
            for kind in (RuleKind.NEVER, RuleKind.ALWAYS)
        ),
        *(
            st.builds(Rule, st.just(""), st.just(kind), moments, moments, scope=scopes)
            for kind in (RuleKind.BEFORE, RuleKind.LEADS_TO)
        ),
        st.builds(
            Rule,
            st.just(""),
            st.just(RuleKind.AT_MOST),
            moments,
            count=st.integers(0, 2),
            scope=scopes,
        ),
    )
    made = st.lists(rules, min_size=1, max_size=3)
    return made.map(
        lambda some: tuple(replace(rule, name=f"r{at}") for at, rule in enumerate(some))
    )


def watched(chart: Statechart) -> st.SearchStrategy[Statechart]:
    """The chart, with rules."""
    states = [state.id for state in states_in(chart) if "history" not in state.kind]
    return some_rules(states).map(lambda rules: replace(chart, rules=rules))
