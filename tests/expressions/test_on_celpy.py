"""What celpy computes of our expressions is what CEL says, or it says that it cannot."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings

from statewright.errors import EvaluationError, ExpressionError
from statewright.expressions import NOTHING, TypeValue, Uint, evaluate, parse
from tests.conformance.cel_cases import Case, cases, same, value_from_json
from tests.conformance.cel_misses import KNOWN_MISSES
from tests.expressions.random_expressions import contexts, texts

pytest.importorskip("celpy", reason="celpy is not installed; the extra `celpy` has it")

from statewright.expressions.on_celpy import celpy_program

NOW = datetime(2026, 1, 31, 9, 0, 0, 125, tzinfo=UTC)


def on_celpy(text: str, **names: Any) -> Any:
    return celpy_program(parse(text)).evaluate(names)


@pytest.mark.parametrize(
    "value",
    [
        *(None, True, False, 0, -(2**63), 2**63 - 1, Uint(0), Uint(2**64 - 1)),
        *(0.0, -0.0, 1e300, float("inf"), float("nan"), "", "it's\n\"漢\u202e\\", b"\x00\xff'"),
        *([], [1, [2.0, None]], {}, {"b": 1, "a": {"c": [True]}}),
        *(NOW, timedelta(days=-1, microseconds=7), TypeValue("int"), TypeValue("map")),
    ],
    ids=repr,
)
def test_a_value_goes_there_and_back(value: Any) -> None:
    assert same(on_celpy("x", x=value), value)
    assert same(on_celpy("[{'a': x}][0].a", x=value), value)


def test_maps_are_walked_through_in_the_order_of_their_keys() -> None:
    assert on_celpy("{'b': 1, 'a': 2}.map(k, k)") == ["a", "b"]
    assert on_celpy("m.map(k, k)", m={"b": 1, "a": 2}) == ["a", "b"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1 == 1.0 && 1u == 1 && [1] != ['a'] && null != 1", True),
        ("!(1 == 'a') && 1 in [1.0] && {'a': 1} == {'a': 1.0}", True),
        ("true || 1 / 0 > 0", True),
        ("[1, 0].exists(x, 1 / x == 1)", True),
        ("[[1, 2], [3]].map(x, x.map(y, y * 2))", [[2, 4], [6]]),
        ("[1, 2].map(x, [3].map(x, x + size)[0])", [7, 7]),
        ("has(m.a) && !has(m.b)", True),
        ("m.`a-b` + m.`in`", 3),
        ("int('7') + size('ab') + size(list)", 12),
        ("type(1) == int && type(int) == type", True),
        ("'ab'.matches('^a.$') && matches('ab', 'b')", True),
        ("timestamp('2024-02-29T00:00:00Z').getDayOfMonth()", 28),
        (".x.map(x, x)", [1]),
        ("false ? 1 / 0 : 2", 2),
        ("-9223372036854775808 + 1", -(2**63) + 1),
    ],
)
def test_what_celpy_has_means_the_same(text: str, value: Any) -> None:
    names = {"m": {"a": 1, "a-b": 1, "in": 2}, "size": 4, "list": [0, 0, 0], "x": [1]}
    assert same(on_celpy(text, **names), value)
    assert same(evaluate(parse(text), names), value)


@pytest.mark.parametrize(
    "text",
    [
        *("'abc'[0]", "'abc'.map(c, c)", "[1].filter(x, 1)", "{'a': 1 / 0}.b", "has(1 .a)"),
        *("missing", "m.missing", "[1][2]", "1 / 0", "9223372036854775807 + 1", "-m", "!1"),
        *("duration('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!')", "'a'.matches('[')", "1 < 'a'"),
        *(
            "int('1_0')",
            "int('0x1')",
            "double(' 1')",
            "1 ? 2 : 3",
            "{m.a: 1}",
            "[1].exists_one(x, x)",
        ),
        *("{'a': 1, 'a': 2}", "x", "__class__", "m.__class__", "m.clone", "functions"),
    ],
)
def test_what_is_an_error_of_cel_is_one_on_celpy(text: str) -> None:
    for compute in (on_celpy, lambda text, **names: evaluate(parse(text), names)):
        with pytest.raises(EvaluationError) as caught:
            compute(text, m={"a": 1})
        assert len(caught.value.reason) < 300
        assert "activation" not in caught.value.reason
        if text == "{m.a: 1}":
            break  # an int is the key of a map to us


@pytest.mark.parametrize(
    ("text", "reason", "part"),
    [
        ("1 + a.?b", "celpy has no optionals", "a.?b"),
        ("a[?0]", "celpy has no optionals", "a[?0]"),
        ("[?a]", "celpy has no optionals", "[?a]"),
        ("{?'a': b}", "celpy has no optionals", "{?'a': b}"),
        ("has(a.?b)", "celpy has no optionals", "has(a.?b)"),
        ("optional.of(1)", "celpy has no function `of` with 2 arguments", "optional.of(1)"),
        ("a.optMap(x, x)", "celpy has no macro `optMap` with 2 arguments", "a.optMap(x, x)"),
        ("a.all(i, x, x)", "celpy has no macro `all` with 3 arguments", "a.all(i, x, x)"),
        ("a.map(x, x, x)", "celpy has no macro `map` with 3 arguments", "a.map(x, x, x)"),
        (
            "cel.bind(x, 1, x)",
            "celpy has no macro `cel.bind` with 2 arguments",
            "cel.bind(x, 1, x)",
        ),
        ("a.sortBy(x, x)", "celpy has no macro `sortBy` with 2 arguments", "a.sortBy(x, x)"),
        ("a.lowerAscii()", "celpy has no function `lowerAscii` with 1 argument", "a.lowerAscii()"),
        ("math.abs(1)", "celpy has no function `abs` with 2 arguments", "math.abs(1)"),
        ("a.min()", "celpy has no function `min` with 1 argument", "a.min()"),
        (
            "a.reduce(r, i, 0, r)",
            "celpy has no function `reduce` with 5 arguments",
            "a.reduce(r, i, 0, r)",
        ),
        ("draw(6)", "celpy has no function `draw` with 1 argument", "draw(6)"),
        ("{1: 2}", "celpy has no maps with keys that are no texts", "1"),
        (
            "type(a) == google.protobuf.Timestamp",
            "celpy has no types whose names have dots",
            "google.protobuf.Timestamp",
        ),
    ],
)
def test_what_celpy_has_not_is_refused_before_it_runs(text: str, reason: str, part: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        celpy_program(parse(text))
    error = caught.value
    assert (error.reason, text[error.start : error.end]) == (reason, part)


@pytest.mark.parametrize(
    "value",
    [
        NOTHING,
        {1: 2},
        2**64,
        object(),
        evaluate(parse("timestamp('2024-01-01T00:00:00.000000001Z')"), {}),
    ],
    ids=["optional", "int key", "too large", "foreign", "nanoseconds"],
)
def test_a_value_that_celpy_has_not_is_an_error(value: Any) -> None:
    with pytest.raises(EvaluationError):
        on_celpy("x == x", x=value)


def test_long_and_deep_expressions_run_or_are_refused() -> None:
    limit = sys.getrecursionlimit()
    assert on_celpy(" && ".join(["a"] * 2_000), a=True) is True
    assert on_celpy(" + ".join(["a"] * 50), a=1) == 50
    assert on_celpy("[" * 15 + "]" * 15)
    for text in (" + ".join(["1"] * 5_000), "[" * 100 + "]" * 100):
        with pytest.raises(ExpressionError, match="too long or nested too deeply for celpy"):
            celpy_program(parse(text))
    assert sys.getrecursionlimit() == limit


def outcome(case: Case) -> Any:
    try:
        return celpy_program(parse(case.text)).evaluate(case.bindings)
    except EvaluationError as error:
        return error


NANOSECONDS = {
    "timestamps/timestamp_conversions/toString_timestamp_nanos",
    "timestamps/timestamp_arithmetic/add_time_to_duration_nanos_negative",
    "timestamps/timestamp_arithmetic/add_time_to_duration_nanos_positive",
}
"""What celpy cannot keep; it is an error and not another time."""


def test_the_conformance_suite_agrees_as_far_as_celpy_goes() -> None:
    counts: Counter[str] = Counter()
    differing = []
    for case in cases():
        if not case.is_evaluated or case.container or any("." in one for one in case.bindings):
            continue
        try:
            found = outcome(case)
        except ExpressionError:
            counts["refused"] += 1
            continue
        failed = isinstance(found, EvaluationError)
        if case.expect["kind"] == "error":
            agrees = failed
        else:
            agrees = not failed and same(found, value_from_json(case.expect["value"]))
        counts["agrees" if agrees else "differs"] += 1
        if not agrees and case.id not in KNOWN_MISSES:
            differing.append((case.id, found))
    if not counts:
        pytest.skip("the suite is not there")
    assert {id_ for id_, _ in differing} <= NANOSECONDS, differing
    assert all(isinstance(found, EvaluationError) for _, found in differing)
    assert counts["agrees"] >= 700


@settings(deadline=None)
@given(texts(), contexts())
def test_it_is_never_silently_wrong(text: str, names: dict[str, Any]) -> None:
    try:
        program = celpy_program(parse(text))
    except ExpressionError:
        return
    try:
        theirs = program.evaluate(names)
    except EvaluationError:
        return
    assert same(theirs, evaluate(parse(text), names))


def test_nothing_imports_celpy_unasked() -> None:
    program = "import sys, statewright.expressions, statewright.cli; print('celpy' in sys.modules)"
    result = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert result.stdout == "False\n"
