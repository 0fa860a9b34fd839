from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statewright.errors import EvaluationError
from statewright.expressions import evaluate, parse
from tests.flows.reading import helps, parsed


def guard(condition: Any) -> str:
    """The CEL of a condition."""
    content = {"conditions": [{"if": condition, "then": "b"}]}
    nodes = [{"id": "a", "type": "condition", "content": content}]
    flow = parsed({"entry_node_id": "a", "flow_data": {"nodes": nodes, "connections": []}})
    assert not [p for p in flow.problems if p.severity == "error"], flow.problems
    assert flow.edges[0].guard is not None
    return flow.edges[0].guard.text


def holds(condition: Any, **temp: Any) -> bool:
    """Whether a condition is true; an error is false, as for any guard."""
    try:
        return evaluate(parse(guard(condition)), {"temp": temp, "vars": {"temp": temp}}) is True
    except EvaluationError:
        return False


@pytest.mark.parametrize(
    ("condition", "cel"),
    [
        ("temp.x == 'a' && temp['y'] > 2", "temp.x == 'a' && temp['y'] > 2"),
        ("has(input.x) && input.x == 'input'", "has(vars['input'].x) && vars['input'].x == 'input'"),
        (True, "true"),
        ({"var": "temp.x", "eq": "a"}, "has(temp.x) && temp.x == 'a'"),
        ({"var": "x", "ne": 5}, "!(has(temp.x)) || temp.x != 5"),
        ({"var": "user.age", "gte": 13, "lt": 18}, "(has(user.age) && user.age >= 13) && (has(user.age) && user.age < 18)"),
        ({"var": "temp.a.b", "exists": True}, "has(temp.a) && has(temp.a.b)"),
        ({"var": "temp.a", "exists": False}, "!(has(temp.a))"),
        ({"var": "temp.x", "eq": None}, "!(has(temp.x)) || temp.x == null"),
        ({"var": "temp.x", "in": ["a", 1]}, "has(temp.x) && temp.x in ['a', 1]"),
        ({"var": "temp.x", "eq": "{{ temp.y }}"}, "has(temp.x) && temp.x == temp.y"),
        ({"not": {"var": "temp.x", "eq": 1}}, "!(has(temp.x) && temp.x == 1)"),
        ({"or": ["temp.x == 1", {"var": "temp.y", "eq": 2}]}, "((temp.x == 1)) || (has(temp.y) && temp.y == 2)"),
    ],
)  # fmt: skip
def test_conditions_are_translated(condition: Any, cel: str) -> None:
    assert guard(condition) == cel


def test_what_is_not_there_equals_nothing() -> None:
    assert not holds({"var": "x", "eq": 1})
    assert holds({"var": "x", "ne": 1})
    assert holds({"var": "x", "eq": None})
    assert not holds({"var": "x", "exists": True})
    assert not holds({"var": "x.y.z", "gt": 1})


def test_texts_and_lists_contain() -> None:
    assert holds({"var": "x", "contains": "b"}, x="abc")
    assert holds({"var": "x", "contains": "b"}, x=["a", "b"])
    assert not holds({"var": "x", "contains": "b"}, x=["abc"])
    assert not holds({"var": "x", "contains": "b"}, x=5)


COMPARISONS: dict[str, Callable[[int, int], bool]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "gt": operator.gt,
    "gte": operator.ge,
    "lt": operator.lt,
    "lte": operator.le,
}
LEAVES = st.builds(
    lambda name, comparison, value: {"var": name, comparison: value},
    st.sampled_from(["x", "temp.y"]),
    st.sampled_from(list(COMPARISONS)),
    st.integers(-2, 2),
)
CONDITIONS = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, min_size=1, max_size=3).map(lambda terms: {"and": terms})
        | st.lists(inner, min_size=1, max_size=3).map(lambda terms: {"or": terms})
        | inner.map(lambda term: {"not": term})
    ),
    max_leaves=6,
)


def meant(condition: dict[str, Any], state: dict[str, int]) -> bool:
    """What the objects mean, said once more."""
    if "and" in condition:
        return all(meant(term, state) for term in condition["and"])
    if "or" in condition:
        return any(meant(term, state) for term in condition["or"])
    if "not" in condition:
        return not meant(condition["not"], state)
    value = state[condition["var"].removeprefix("temp.")]
    return all(
        compare(value, condition[name])
        for name, compare in COMPARISONS.items()
        if name in condition
    )


@given(CONDITIONS, st.integers(-2, 2), st.integers(-2, 2))
def test_objects_mean_what_they_say(condition: dict[str, Any], x: int, y: int) -> None:
    assert holds(condition, x=x, y=y) == meant(condition, {"x": x, "y": y})


def test_a_comparison_without_an_operator_says_what_there_is() -> None:
    content = {"conditions": [{"if": {"var": "temp.x"}, "then": "b"}]}
    nodes = [{"id": "a", "type": "condition", "content": content}]
    flow = parsed({"entry_node_id": "a", "flow_data": {"nodes": nodes, "connections": []}})
    assert helps(flow)[0].startswith("known are `eq`, `ne`, `gt`")
