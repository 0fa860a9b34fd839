"""Long, deep and hostile expressions: translated, or left to the interpreter; never a crash."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from statewright.errors import EvaluationError, ExpressionError
from statewright.expressions import BUDGET, Environment, evaluate, parse
from statewright.expressions.codegen import compile_expression
from statewright.expressions.types import BOOL, DOUBLE, DYN, INT, MAP, STRING, list_of
from tests.conformance.cel_cases import same
from tests.expressions.generated import UNDECIDED, function_of

TYPES = {
    "a": INT,
    "x": DOUBLE,
    "s": STRING,
    "b": BOOL,
    "q": DYN,
    "m": MAP,
    "l": list_of(INT),
}
NAMES: Mapping[str, Any] = {
    "a": 1,
    "x": 1.5,
    "s": "",
    "b": True,
    "q": 3,
    "l": [0, 1],
    "m": {"y": 1},
}
MANY = 10_000
DEEP = 180

LONG = {
    "and": " && ".join(["a != 5"] * MANY),
    "or": " || ".join(["q == 5"] * MANY),
    "sum": " + ".join(["a"] * MANY),
    "sum of anything": " - ".join(["q"] * MANY),
    "product": " * ".join(["x"] * MANY),
    "text": " + ".join(["s"] * MANY),
    "list": f"[{', '.join(['a'] * MANY)}]",
    "map": "{" + ", ".join(f"'{n}': a" for n in range(MANY // 2)) + "}",
    "in": f"a in [{', '.join(map(str, range(MANY)))}]",
    "literal": f"'{'x' * 90_000}' + s",
}
NESTED = {
    "parentheses": "(" * DEEP + "a" + ")" * DEEP,
    "negation": "!" * DEEP + "b",
    "minus": "-" * DEEP + "a",
    "fields": "m" + ".y" * DEEP,
    "indices": "l[" * DEEP + "0" + "]" * DEEP,
    "sums": "(" * DEEP + "q" + " + 1)" * DEEP,
    "comparisons": "(" * DEEP + "b" + " == true)" * DEEP,
    "logic": "(" * DEEP + "b" + " && b)" * DEEP,
    "choices": "".join(f"a == {n + 5} ? {n} : " for n in range(DEEP)) + "7",
    "lists": "[" * DEEP + "a" + "]" * DEEP,
    "maps": "{'x': " * DEEP + "a" + "}" * DEEP,
    "calls": "string(" * DEEP + "a" + ")" * DEEP,
    "methods": "s" + ".trim()" * DEEP,
    "bindings": "".join(f"cel.bind(v{n}, a, " for n in range(DEEP)) + "v0" + ")" * DEEP,
    "macros": "".join(f"[1].map(v{n}, " for n in range(90)) + "v0 + v89" + ")" * 90,
    "questions": "m" + ".?z" * DEEP + ".orValue(1)",
    "alternatives": "m.?z.orValue(" * DEEP + "1" + ")" * DEEP,
}


@pytest.mark.parametrize("name", [*LONG, *NESTED])
def test_long_and_deep_expressions_have_the_value_of_the_interpreter(name: str) -> None:
    expression = parse({**LONG, **NESTED}[name])
    expected = outcome(evaluate, expression, NAMES)
    for environment in (Environment(TYPES), None):
        assert same(outcome(compile_expression(expression, environment), NAMES), expected)


def outcome(function: Callable[..., Any], *arguments: Any) -> Any:
    """The value, or the reason why there is none."""
    try:
        return function(*arguments)
    except EvaluationError as error:
        return [error.reason]


def test_what_is_deeper_is_refused_when_it_is_parsed() -> None:
    with pytest.raises(ExpressionError, match="more than 200 levels deep"):
        parse("(" * 500 + "a" + " + 1)" * 500)


def test_a_caller_that_has_gone_deep_still_gets_a_program() -> None:
    expression = parse(NESTED["sums"])

    def descend(levels: int) -> Any:
        return descend(levels - 1) if levels else compile_expression(expression)

    assert descend(700)({"q": 3}) == 3 + DEEP


# Budget


class Counted(Mapping[str, Any]):
    """Names, and how often they were asked for."""

    def __init__(self, names: Mapping[str, Any]) -> None:
        self.names = names
        self.reads = 0

    def __getitem__(self, name: str) -> Any:
        self.reads += 1
        return self.names[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def __len__(self) -> int:
        return len(self.names)


@pytest.mark.parametrize(
    "text",
    [
        "l.all(a, l.all(b, l.all(c, n == 1)))",
        "l.map(a, l.map(b, l.map(c, n)))",
        "l.exists(a, l.exists(b, l == k)) && n == 1",
        "l.map(a, l.map(b, n)).map(c, c.map(d, n == d))",
        "l.all(a, s.contains('b') && n == 2)",
    ],
)
def test_what_the_budget_forbids_is_not_done_by_generated_code(text: str) -> None:
    size = 3_000
    data = {"l": list(range(size)), "k": list(range(size)), "n": 1, "s": "a" * 50_000}
    names = Counted(data)
    found = function_of(text)(names)
    assert found is UNDECIDED
    assert names.reads < BUDGET / 10
    assert outcome(compile_expression(parse(text)), data) == outcome(evaluate, parse(text), data)


def test_texts_that_double_are_bounded() -> None:
    text = "s"
    for _ in range(40):
        text = f"cel.bind(s, s + s, {text})"
    assert outcome(compile_expression(parse(text)), {"s": "ab"}) == outcome(
        evaluate, parse(text), {"s": "ab"}
    )


def test_lists_that_share_their_parts_are_bounded() -> None:
    text = "l == k"
    for _ in range(60):
        text = f"cel.bind(l, [l, l], cel.bind(k, [k, k], {text}))"
    assert outcome(compile_expression(parse(text)), {"l": 1, "k": 1})[0].startswith("the budget")


def test_values_that_are_nested_too_deeply_are_an_error() -> None:
    deep: Any = []
    for _ in range(100_000):
        deep = [deep]
    program = compile_expression(parse("l == k"))
    with pytest.raises(EvaluationError, match="nested too deeply"):
        program({"l": deep, "k": [deep[0]]})


@pytest.mark.parametrize("pattern", ["(a+)+$", "(a|aa)+$", "(x+x+)+y", "(.*)*b", "((a?){30}){30}c"])
def test_patterns_take_linear_time(pattern: str) -> None:
    program = compile_expression(parse(f"s.matches('{pattern}')"), Environment(TYPES))
    assert program({"s": "a" * 20_000 + "!"}) is False


def test_a_pattern_that_is_none_is_an_error_when_it_is_used() -> None:
    program = compile_expression(parse("b || s.matches('[')"), Environment(TYPES))
    assert program({"b": True, "s": ""}) is True
    with pytest.raises(EvaluationError, match="invalid regular expression"):
        program({"b": False, "s": ""})


def test_large_texts_and_lists_are_read_where_the_budget_allows() -> None:
    data = {"s": "a" * 100_000 + "b", "l": list(range(50_000))}
    for text in ("s.contains('b')", "49999 in l", "l.exists(v, v == 49999)", "s.matches('b$')"):
        assert function_of(text, **TYPES)(data) is True
