"""The functions that Google's suite does not test, by example, and what they may cost."""

from __future__ import annotations

from typing import Any

import pytest

from statewright.errors import EvaluationError
from statewright.expressions import NOTHING, evaluate, parse
from statewright.expressions.functions import FUNCTIONS, OVERLOADS


def value_of(text: str, **names: Any) -> Any:
    return evaluate(parse(text), names)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("[1, 2, 3, 4].slice(1, 3)", [2, 3]),
        ("[1, 2].slice(0, 0)", []),
        ("[1, [2, [3]]].flatten()", [1, 2, [3]]),
        ("[1, [2, [3]]].flatten(2)", [1, 2, 3]),
        ("[1, [2]].flatten(0)", [1, [2]]),
        ("['b', 'a', 'c'].sort()", ["a", "b", "c"]),
        ("[2.5, -1.0].sort()", [-1.0, 2.5]),
        ("[{'n': 2}, {'n': 1}].sortBy(x, x.n)", [{"n": 1}, {"n": 2}]),
        ("['ccc', 'a', 'bb', 'x'].sortBy(x, size(x))", ["a", "x", "bb", "ccc"]),
        ("[].sortBy(x, x)", []),
        ("[1, 1.0, 'a', true, 1u, [2], [2], true].distinct()", [1, "a", True, [2]]),
        ("[1, 2, 3].reverse()", [3, 2, 1]),
        ("lists.range(3)", [0, 1, 2]),
        ("sets.contains([1, 2, 'a'], [2.0, 'a'])", True),
        ("sets.contains([1], [1, 2])", False),
        ("sets.equivalent([1, 2, 2], [2, 1])", True),
        ("sets.intersects([[1], 2], [[1]])", True),
        ("sets.intersects([1], ['1'])", False),
        ("[3, 1, 2].transformList(i, v, i > 0, v * 10)", [10, 20]),
        ("[1, 2].transformMapEntry(i, v, {string(v): i})", {"1": 0, "2": 1}),
    ],
)
def test_lists_and_sets(text: str, value: object) -> None:
    assert value_of(text) == value


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[1].slice(0, 2)", "[0, 2) is no part of a list of 1"),
        ("[1].slice(1, 0)", "[1, 0) is no part of a list of 1"),
        ("[1].flatten(-1)", "`flatten` by a negative depth"),
        ("[1, 'a'].sort()", "no such overload: `sort` of (int, string)"),
        ("[null, null].sort()", "a null_type has no order"),
        ("[1, 1].transformMapEntry(i, v, {'k': v})", "the key 'k' is there twice"),
        ("'abc'.substring(2, 1)", "the start 2 is behind the end 1"),
        ("'abc'.charAt(4)", "place 4 is outside a text of 3 characters"),
        ("double('1e999')", "cannot convert '1e999' to double"),
        ("uint(-0.5)", "cannot convert '-0.5' to uint"),
        ("duration('1 hour')", "not a duration: '1 hour'; it is written like `1h30m`"),
        ("timestamp('2024-02-30T00:00:00Z')", "no such time: '2024-02-30T00:00:00Z'"),
        ("timestamp(0).getHours('Mars/Olympus')", "no such time zone: 'Mars/Olympus'"),
        ("timestamp(0).getHours('../../etc/passwd')", "no such time zone: '../../etc/passwd'"),
        ("base64.decode('?')", "not base64"),
        ("timestamp(0).getHours('+24:00')", "no such time zone: '+24:00'"),
        ("timestamp('2024-01-01T00:00:00+24:00')", "no such time: '2024-01-01T00:00:00+24:00'"),
        ("-9223372036854775808 % -1", "integer overflow"),
        ("[optional.of(1), 2].unwrapOpt()", "no such overload: `unwrap` of (list)"),
        ("string(b'\\xff')", "the bytes are not UTF-8"),
        ("bytes(x)", "the text holds half a character"),
        ("x.matches('a')", "the text holds half a character"),
        ("'a'.matches(x)", "the pattern holds half a character"),
    ],
)
def test_what_has_no_value_says_why(text: str, reason: str) -> None:
    with pytest.raises(EvaluationError) as caught:
        value_of(text, x="\ud800")
    assert caught.value.reason == reason


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("string(999999.0)", "999999"),
        ("string(1000000.0)", "1e+06"),
        ("string(-1234567.5)", "-1.2345675e+06"),
        ("string(9007199254740992.0)", "9.007199254740992e+15"),
        ("string(1e16)", "1e+16"),
        ("string(0.0001)", "0.0001"),
        ("string(0.00001)", "1e-05"),
        ("string(-0.0)", "-0"),
        ("string(1.0 / 0.0)", "+Inf"),
        ("'%s'.format([1e21])", "1000000000000000000000"),
        ("'%s'.format([0.0000001])", "0.0000001"),
        ("'%s'.format([-2.0])", "-2"),
        ("'%d %d'.format([1.5, -2.0])", "1.5 -2"),
        (r"base64.decode('aGVs\nbG8=')", b"hello"),
        ("string(duration('1\u03bcs'))", "0.000001s"),
        ("timestamp(0).getHours('')", 0),
        ("timestamp(0).getHours('+2:00')", 2),
        ("timestamp('9999-12-31T23:00:00Z').getFullYear('+02:00')", 10000),
        ("timestamp('9999-12-31T23:00:00Z').getDayOfWeek('Europe/Paris')", 6),
        ("timestamp('9999-12-31T23:00:00Z').getDayOfYear('Europe/Paris')", 0),
        ("timestamp('0001-01-01T00:00:00Z').getFullYear('America/New_York')", 0),
        ("timestamp('0001-01-01T00:00:00Z').getMonth('-01:00')", 11),
        ("timestamp('0001-01-01T00:00:00Z').getDate('-01:00')", 31),
        ("timestamp('2024-03-31T01:30:00Z').getHours('Europe/Paris')", 3),
        ("timestamp('2024-10-27T01:30:00Z').getHours('Europe/Paris')", 2),
        ("18446744073709551615u % 2u", 1),
        (r"strings.quote(half + '\n')", '"\ufffd\\n"'),
        ("[1, 2].first().value() + [1, 2].last().value()", 3),
        ("[].first()", NOTHING),
        ("optional.unwrap([optional.of(1), optional.none(), optional.of(2)])", [1, 2]),
        ("[optional.of(1), optional.none()].unwrapOpt()", [1]),
    ],
)
def test_what_the_suite_does_not_ask(text: str, value: object) -> None:
    assert value_of(text, half="\ud800") == value


def test_regular_expressions_are_re2() -> None:
    assert value_of(r"'x1'.matches('^\\pL\\d\\z')") is True
    assert value_of("'a\\n'.matches('a$')") is False
    with pytest.raises(EvaluationError, match="invalid perl operator"):
        value_of("'aa'.matches('(?=a)')")


def test_every_function_is_reachable_by_name() -> None:
    assert {(one.name, one.member) for one in OVERLOADS} == set(FUNCTIONS)


BIG = "x" * 900_000
THOUSAND = list(range(1000))


def nested(pattern: str, times: int, inner: str) -> str:
    for _ in range(times):
        inner = pattern.format(inner)
    return inner


def bindings(pattern: str, body: str) -> str:
    """Ninety bindings, each made of the one before."""
    opened = "".join(f"cel.bind(a{n + 1}, {pattern.replace('_', f'a{n}')}, " for n in range(90))
    return f"{opened}{body}{')' * 90}"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("l.all(a, l.all(b, l.all(c, a + b + c >= 0)))", id="nested macros"),
        pytest.param(f"l.all(a, {' + '.join(['a'] * 9000)} >= 0)", id="a heavy body"),
        pytest.param(bindings("_ + _", "a90"), id="a text that doubles"),
        pytest.param(bindings("[_, _]", "a90 == a90"), id="a list that doubles"),
        pytest.param(bindings("{'k': _, 'l': _}", "a90 == a90"), id="a map that doubles"),
        pytest.param(f"[[1, 1]]{'.map(a, [a, a])' * 80}.distinct()", id="looking inside"),
        pytest.param(f"'%s'.format([[[1, 1]]{'.map(a, [a, a])' * 80}])", id="printing"),
        pytest.param(f"[{', '.join(['s.reverse()'] * 7000)}].size()", id="many large texts"),
        pytest.param(f"[{', '.join(['s + s.charAt(0)'] * 5000)}].size()", id="many large sums"),
        pytest.param("l.map(a, s.upperAscii()).size()", id="a large text in a loop"),
        pytest.param("l.map(a, s.split('').size())", id="a large list in a loop"),
        pytest.param("s.replace('', s)", id="a replacement that explodes"),
        pytest.param("l.map(a, 'x').join(s)", id="a separator that explodes"),
        pytest.param("lists.range(9223372036854775807)", id="a long range"),
        pytest.param("'%.999999999f'.format([1.0])", id="many digits"),
        pytest.param("'%s%s%s'.format([s, s, s])", id="many large arguments"),
    ],
)
def test_an_expression_cannot_cost_more_than_its_budget(text: str) -> None:
    with pytest.raises(EvaluationError, match=r"budget|parts|digits"):
        value_of(text, l=THOUSAND, s=BIG, a0="xx")


def test_the_budget_is_not_absorbed() -> None:
    with pytest.raises(EvaluationError, match="the budget of 100 steps is spent"):
        evaluate(parse("l.all(x, true) || true"), {"l": THOUSAND}, budget=100)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        pytest.param("('a' + s).matches('(a+)+$')", False, id="a catastrophic pattern"),
        pytest.param(nested("({} || {{}}.x)", 60, "1 / 0 > 0"), None, id="errors in errors"),
        pytest.param(bindings("_ || _", "a90"), None, id="errors in bindings"),
        pytest.param("double(s.replace('x', '1') + 'x')", None, id="a number that is none"),
        pytest.param("answer.choices(s.replace('x', ','), l)", None, id="many commas"),
        pytest.param("answer.url('http://' + s.substring(9, 99999) + '!')", None, id="an address"),
        pytest.param("[[[l]]].flatten(9223372036854775807) == l", True, id="a deep flattening"),
    ],
)
def test_hostile_expressions_are_quick(text: str, value: object) -> None:
    expression = parse(text)
    try:
        result = evaluate(expression, {"l": THOUSAND, "s": BIG, "a0": 1})
    except EvaluationError:
        return
    assert value is None or result == value
