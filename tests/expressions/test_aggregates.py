"""Sums, means, extremes and merged maps."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statewright.errors import EvaluationError
from statewright.expressions import Environment, Uint, check, evaluate, parse, type_from_name
from statewright.expressions.types import DOUBLE, INT, STRING, CelType, list_of, map_of


def value_of(text: str, **names: Any) -> Any:
    return evaluate(parse(text), names)


def reason_of(text: str, **names: Any) -> str:
    with pytest.raises(EvaluationError) as caught:
        value_of(text, **names)
    return caught.value.reason


HUES = [{"red": 1, "blue": 0.5}, {"blue": 2, "green": 3}, {"red": -1}]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("sum([1, 2, 3])", 6),
        ("sum([1u, 2u])", Uint(3)),
        ("sum([0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1])", 1.0),
        ("sum([1, 2.5])", 3.5),
        ("sum([9223372036854775807, 1, -1])", 2**63 - 1),
        ("string(sum([duration('90s'), duration('1ns')]))", "90.000000001s"),
        ("sum([], 0)", 0),
        ("sum([2], 100)", 2),
        ("sum(cart.map(x, x.n))", 5),
        ("avg([1, 2])", 1.5),
        ("avg([1, 2u, 3.0])", 2.0),
        ("avg([9223372036854775807, 9223372036854775805])", float(2**63)),
        ("avg([1e308, 1e308])", 1e308),
        ("avg([], 0.0)", 0.0),
        ("min([3, 1, 2])", 1),
        ("max([3, 1, 2])", 3),
        ("max([1, 2.5, 2u])", 2.5),
        ("min(['b', 'a'])", "a"),
        ("max([false, true])", True),
        ("max([timestamp(0), timestamp(5)]) == timestamp(5)", True),
        ("min([], null)", None),
        ("max([1], 100)", 1),
        ("count([1, 'a', null])", 3),
        ("count({'a': 1})", 1),
        ("flatten([[1, 2], [], [3]])", [1, 2, 3]),
        ("flatten([[1, [2]], 3])", [1, [2], 3]),
        ("merge_sum(hues)", {"red": 0, "blue": 2.5, "green": 3}),
        ("merge_max(hues)", {"red": 1, "blue": 2, "green": 3}),
        ("merge_min(hues)", {"red": -1, "blue": 0.5, "green": 3}),
        ("merge_last([{'a': 1, 'b': 'x'}, {'a': null}])", {"a": None, "b": "x"}),
        ("merge_max([{'a': 'x'}, {'a': 'y'}])", {"a": "y"}),
        ("merge_sum([])", {}),
        ("top_keys(merge_sum(hues), 2)", ["green", "blue"]),
        ("top_keys({'b': 1, 'a': 1, 'c': 2}, 5)", ["c", "a", "b"]),
        ("top_keys({'a': 1}, 0)", []),
        ("top_keys({true: 1, 7: 2}, 2)", [7, True]),
        ("math.isNaN(sum([0.0 / 0.0, 1.0]))", True),
        ("math.isNaN(sum([1.0 / 0.0, -1.0 / 0.0]))", True),
        ("avg([1.0 / 0.0, 1.0])", math.inf),
        ("sum([1e308, 1e308])", math.inf),
    ],
)
def test_aggregates(text: str, value: object) -> None:
    found = value_of(text, hues=HUES, cart=[{"n": 2}, {"n": 3}])
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("sum([])", "`sum` of an empty list; say what it is then: `sum(list, value)`"),
        ("avg([])", "`avg` of an empty list; say what it is then: `avg(list, value)`"),
        ("min([])", "`min` of an empty list; say what it is then: `min(list, value)`"),
        ("sum([9223372036854775807, 1])", "integer overflow"),
        ("sum([18446744073709551615u, 1u])", "unsigned integer overflow"),
        ("sum([duration('2562047h'), duration('2562047h')])", "duration out of range"),
        ("sum(['a', 'b'])", "no such overload: `sum` of (string)"),
        ("sum([1, null])", "no such overload: `sum` of (null_type)"),
        ("sum([1, true])", "no such overload: `sum` of (bool)"),
        ("avg([duration('1s')])", "no such overload: `avg` of (google.protobuf.Duration)"),
        ("min([1, 'a'])", "no such overload: `min` of (int, string)"),
        ("min([null])", "a null_type has no order"),
        ("max([[1], [2]])", "a list has no order"),
        ("max([0.0 / 0.0, 1.0])", "NaN has no order"),
        ("[0.0 / 0.0, 1.0].sort()", "NaN has no order"),
        ("top_keys({'a': 0.0 / 0.0}, 1)", "NaN has no order"),
        ("top_keys({'a': 1}, -1)", "`top_keys` of -1 keys"),
        ("top_keys({'a': 'x'}, 1)", "no such overload: `top_keys` of (string)"),
        ("merge_sum([{'a': 'x'}])", "no such overload: `merge_sum` of (string)"),
        ("merge_last([{'a': 1}, 2])", "no such overload: `merge_last` of (int)"),
        ("merge_max([{'a': 1}, {'a': 'x'}])", "no such overload: `merge_max` of (int, string)"),
        ("sum(5)", "no such overload: `sum` of (int)"),
    ],
)
def test_what_has_no_aggregate_says_why(text: str, reason: str) -> None:
    assert reason_of(text) == reason


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sum(ints)", "int"),
        ("avg(ints)", "double"),
        ("max(['a'])", "string"),
        ("sum(numbers)", "dyn"),
        ("sum(anything)", "dyn"),
        ("count(ints) + 1", "int"),
        ("flatten([[1], [2]])", "list(int)"),
        ("top_keys(weights, 3)", "list(string)"),
        ("merge_sum([weights])", "map(string, double)"),
        ("merge_last([weights])", "map(string, double)"),
        ("sum(doubles, 0.0)", "double"),
        ("math.greatest(1, 2, 3)", "int"),
        ("math.least(1.5, 2.5, 3.5, 4.5)", "double"),
        ("math.greatest(1, 2.5)", "dyn"),
    ],
)
def test_aggregates_have_types(text: str, expected: str) -> None:
    checked = check(parse(text), ENVIRONMENT)
    assert not checked.problems
    assert str(checked.type) == expected


@pytest.mark.parametrize("text", ["sum(['a'])", "avg(texts)", "top_keys({'a': 'b'}, 1)", "sum(1)"])
def test_what_can_never_be_added_is_a_problem(text: str) -> None:
    assert check(parse(text), ENVIRONMENT).problems


TYPES: dict[str, CelType] = {
    "ints": list_of(INT),
    "doubles": list_of(DOUBLE),
    "texts": list_of(STRING),
    "numbers": type_from_name("list"),
    "anything": type_from_name("dyn"),
    "weights": map_of(STRING, DOUBLE),
}
ENVIRONMENT = Environment(TYPES)

DOUBLES = st.floats(allow_nan=False)
NUMBERS = st.one_of(st.integers(-(2**40), 2**40), DOUBLES)


@given(st.lists(NUMBERS, min_size=1), st.randoms())
def test_no_order_changes_an_aggregate(numbers: list[Any], chance: Any) -> None:
    shuffled = list(numbers)
    chance.shuffle(shuffled)
    for name in ("sum", "avg", "min", "max"):
        one = repr(value_of(f"double({name}(l))", l=numbers))
        other = repr(value_of(f"double({name}(l))", l=shuffled))
        assert one.lstrip("-") == other.lstrip("-") if float(one) == 0 else one == other


@given(st.lists(DOUBLES, min_size=2, max_size=2))
def test_the_sum_of_two_is_what_plus_gives(numbers: list[float]) -> None:
    assert value_of("sum(l) == l[0] + l[1] || math.isNaN(sum(l))", l=numbers) is True


@given(st.dictionaries(st.text(max_size=3), NUMBERS), st.integers(0, 5))
def test_top_keys_do_not_depend_on_how_a_map_was_built(weights: dict[str, Any], n: int) -> None:
    other = dict(reversed(weights.items()))
    found = value_of("top_keys(m, n)", m=weights, n=n)
    assert found == value_of("top_keys(m, n)", m=other, n=n)
    assert len(found) == min(n, len(weights))
    rest = [weights[key] for key in weights if key not in found]
    assert all(weights[key] >= value for key in found for value in rest)


@pytest.mark.parametrize(
    "text",
    [
        "l.map(x, sum(l)).size()",
        "l.map(x, avg(l, 0.0)).size()",
        "l.map(x, max(l)).size()",
        "l.map(x, flatten(l)).size()",
        "l.map(x, merge_last([m])).size()",
        "l.map(x, top_keys(m, 1)).size()",
        "l.map(x, double(s)).size()",
        "l.map(x, math.greatest(l)).size()",
    ],
)
def test_an_aggregate_is_paid_for(text: str) -> None:
    numbers = list(range(3000))
    weights = {str(n): n for n in numbers}
    assert "budget" in reason_of(text, l=numbers, m=weights, s="0" * 100_000)
