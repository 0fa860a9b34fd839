"""Expressions as Python mean exactly what the interpreter makes of them, errors included."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from statewright.compiler.targets.python.cel import Functions, NotExactError, write_function
from statewright.compiler.targets.python.homes import HOMES
from statewright.compiler.targets.python.runtime import exact
from statewright.errors import EvaluationError, ExpressionError
from statewright.expressions import Expression, draw_from, evaluate, parse
from statewright.expressions.values import Maybe
from tests.conformance.cel_cases import Case, cases
from tests.expressions.random_expressions import contexts, texts

NAMES = {name: getattr(import_module(home), name) for name, home in HOMES.items()}
HOST = {"draw": draw_from("seed")}
CASES = [
    case
    for case in cases()
    if case.is_evaluated and not case.container and not any("." in name for name in case.bindings)
]


def exactly(expression: Expression) -> exact.Expression | None:
    """The expression that the Python of an expression is; None where it has none."""
    functions = Functions()
    try:
        write_function(expression, "cel_1", functions)
    except NotExactError:
        return None
    namespace = {**NAMES}
    exec("\n".join(functions.lines), namespace)  # noqa: S102 - it is our own code
    made: exact.Expression = namespace["cel_1"]
    return made


def outcome(evaluation: Any, expression: Any, names: Mapping[str, Any], budget: int) -> Any:
    """The value with its class, inside as outside, or the words of the error."""
    try:
        return shape(evaluation(expression, names, HOST, budget=budget))
    except EvaluationError as error:
        return error.reason


def shape(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return [shape(part) for part in value]
    if isinstance(value, Mapping):
        return [(shape(key), shape(part)) for key, part in value.items()]
    if isinstance(value, Maybe):
        return (value.present, shape(value.value))
    return (type(value).__name__, repr(value))


def check_same(text: str, names: Mapping[str, Any], budget: int = 1_000_000) -> None:
    expression = parse(text)
    python = exactly(expression)
    if python is not None:
        assert python.text == text
        theirs = outcome(exact.evaluate, python, names, budget)
        assert theirs == outcome(evaluate, expression, names, budget), text


@settings(deadline=None, max_examples=400, suppress_health_check=[HealthCheck.too_slow])
@given(text=texts(), names=contexts())
def test_any_expression_has_the_same_value_or_error(text: str, names: dict[str, Any]) -> None:
    check_same(text, names)


@settings(deadline=None, max_examples=200, suppress_health_check=[HealthCheck.too_slow])
@given(text=texts(), names=contexts())
def test_a_budget_ends_at_the_same_step(text: str, names: dict[str, Any]) -> None:
    for budget in (1, 5, 20):
        check_same(text, names, budget)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_googles_conformance_suite_has_the_same_values_and_errors(case: Case) -> None:
    try:
        parse(case.text)
    except ExpressionError:
        return
    check_same(case.text, case.bindings)


@pytest.mark.parametrize(
    "text",
    [
        "draw(6) + draw(6)",
        "a.draw(3)",
        "In('x')",
        "nothing(1 / 0)",
        "{'a': 1 / 0, 'a': 2}",
        "{'a': 1, 'a': 1 / 0}",
        "{?'a': m.?x, ?'b': optional.none()}",
        "[?m.?x, ?1]",
        "cel.bind(v, 1 / 0, true || v)",
        "cel.bind(v, draw(100), [v, v])",
        "google.protobuf.Timestamp == type(timestamp(0))",
        "int.foo",
        "m.x in [] || 1 in ['a'] || 'a' in ['a', 'a']",
        "[3, 1, 2].sortBy(v, -v).map(v, v > 1, [v, m.x])",
        "{'b': 1, 'a': 2}.transformMap(k, v, v > 1, k + 'x')",
        "[1, 2].transformMapEntry(i, v, {string(v): i})",
        "m.?x.optMap(v, v + 1).orValue(0)",
        "m.?q.optFlatMap(v, 1).or(2)",
        "'aab'.matches('a+b$') && !'x'.matches('(?i)Y')",
        "1.matches('a')",
        "'a'.matches('(')",
        "'%s'.format([1]) + 'x'.charAt(7)",
        "1 + 2 - 3 + 4 - 5 + 6 - 7 + 9223372036854775807",
        "'a' + 'b' + 'c' + 'd' + 'e' + 'f' + 'g' + 1",
        "1 / 0 > 0 && nothing && m.q",
        "nothing || 1 % 0 > 0 || 1",
        "1 && nothing",
        "[1, 2].all(v, v / 0 > 0 || nothing)",
        "[1, 0].exists(v, 1 / v > 2 || m.q)",
        "1 ? 2 : 3",
        "!1",
        "has(m.x.y) || true",
        "timestamp('2024-01-01T00:00:00Z').getHours('Europe/Lisbon')",
    ],
)
def test_what_is_rare_is_the_same_too(text: str) -> None:
    check_same(text, {"m": {"x": 1}, "a": 4, "vars": {}})


@pytest.mark.parametrize(
    "text",
    [
        "l.all(v, v > 0)",
        "l.exists(i, v, v > i + 9)",
        "m.exists_one(k, v, v == 1)",
        "m.all(k, k != 'z')",
        "l.filter(v, v > 1).map(v, v > 2, v * 2)",
        "l.transformMap(i, v, v).size() + m.transformList(k, v, k).size()",
        "l == l && l in [l]",
        "(t + t + t + t).size()",
        "t + t",
        "t.matches('q') || t.contains('q')",
        "[t, t].distinct().size()",
        "'%s'.format([l])",
    ],
)
def test_what_is_paid_for_costs_the_same(text: str) -> None:
    names = {"l": [1, 2, 3], "m": {"a": 1, "b": 2}, "t": "x" * 3_000}
    for budget in range(0, 600, 7):
        check_same(text, names, budget)


def test_long_and_deep_expressions_are_the_same() -> None:
    check_same("+".join(["a"] * 3_000), {"a": 1})
    check_same("-(" * 30 + "a" + ")" * 30, {"a": 1})
    check_same("[" * 40 + "a" + "]" * 40, {"a": 1})
    check_same("a.map(x, " * 20 + "[x, a]" + ")" * 20, {"a": [1]})


def test_an_expression_that_is_too_deep_has_no_python() -> None:
    assert exactly(parse("[" * 61 + "]" * 61)) is None
