"""What evaluating promises beyond the values that the conformance suite checks."""

from __future__ import annotations

import copy
import inspect
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import pytest

from statewright.errors import EvaluationError
from statewright.expressions import NOTHING, Maybe, TypeValue, Uint, evaluate, parse
from statewright.expressions.values import BoolKey


def value_of(text: str, **names: Any) -> Any:
    return evaluate(parse(text), names)


def error_of(text: str, **names: Any) -> EvaluationError:
    with pytest.raises(EvaluationError) as caught:
        value_of(text, **names)
    return caught.value


# Errors


@pytest.mark.parametrize(
    ("text", "reason", "place"),
    [
        ("1 + nope", "`nope` has no value", "nope"),
        ("1 + user.nope", "no such key: 'nope'", "nope"),
        ("user['nope']", "no such key: 'nope'", "'nope'"),
        ("1 + [1, 2][5]", "index 5 is outside a list of 2", "5]"),
        ("2 * (1 / 0)", "division by zero", "/ 0"),
        ("9223372036854775807 + 1", "integer overflow", "+ 1"),
        ("1u - 2u", "unsigned integer overflow", "- 2u"),
        ("1 + 2 + 'a'", "no such overload: `+` of (int, string)", "+ 'a'"),
        ("user.name < 3", "no such overload: `<` of (string, int)", "< 3"),
        ("user.name && true", "no such overload: `&&` of (string)", "user.name &&"),
        ("!user.name", "no such overload: `!` of (string)", "!user"),
        ("1 + size(3)", "no such overload: `size` of (int)", "size(3)"),
        ("'a'.matches('[')", "invalid regular expression: missing ]: [", "matches"),
        ("nope(1)", "undeclared function `nope`", "nope(1)"),
        ("[1].exists(x, x)", "no such overload: `a condition` of (int)", "exists"),
        ("{'a': 1, 'a': 2}", "the key 'a' is there twice", "'a': 2"),
        ("{1.5: 1}", "unsupported key type: double", "1.5"),
        ("optional.none().value()", "the optional is empty", "value()"),
        ("fail('no more pizza')", "no more pizza", "fail"),
    ],
)
def test_an_error_says_what_happened_and_where(text: str, reason: str, place: str) -> None:
    error = error_of(text, user={"name": "Ada"})
    assert error.reason == reason
    assert error.position is not None
    assert text[error.position :].startswith(place)


def test_an_error_is_absorbed_where_another_operand_decides() -> None:
    assert value_of("1 / 0 > 0 || true") is True
    assert value_of("true || 1 / 0 > 0") is True
    assert value_of("1 / 0 > 0 && false") is False
    assert value_of("x && y && z && false") is False
    assert value_of("[1, 0].exists(x, 1 / x > 0)") is True
    assert value_of("[1, 0].all(x, 1 / x > 1)") is False


def test_the_first_error_is_told() -> None:
    assert error_of("nope || 1 / 0 > 0").reason == "`nope` has no value"
    assert error_of("false || nope || 1 / 0 > 0").reason == "`nope` has no value"


def test_only_what_is_needed_is_evaluated() -> None:
    assert value_of("true ? 1 : nope") == 1
    assert value_of("optional.of(1).orValue(nope)") == 1
    assert value_of("optional.of(1).or(nope)") == Maybe(True, 1)
    assert value_of("cel.bind(x, nope, 1)") == 1
    assert value_of("optional.none().optMap(x, nope)") == NOTHING


def test_an_error_in_a_binding_is_one_wherever_it_is_used() -> None:
    assert value_of("cel.bind(x, 1 / 0 > 0, x || true)") is True
    assert error_of("cel.bind(x, 1 / 0, x + x)").reason == "division by zero"


# Values


def test_bools_are_no_numbers() -> None:
    assert value_of("true == 1") is False
    assert value_of("x == 1", x=True) is False
    assert value_of("1 in [true]") is False
    assert value_of("x in [true]", x=True) is True
    assert error_of("x < 2", x=True).reason
    assert error_of("x + 1", x=True).reason
    assert value_of("type(x)", x=True) == TypeValue("bool")


def test_bool_and_number_are_two_keys_of_one_map() -> None:
    both = value_of("{true: 'yes', 1: 'one'}")
    assert both == {BoolKey(True): "yes", 1: "one"}
    assert value_of("m[true] + m[1]", m=both) == "yesone"
    assert value_of("m.map(k, k)", m=both) == [True, 1]


def test_int_uint_and_double_meet_on_one_line_but_do_not_mix() -> None:
    assert value_of("1 == 1.0 && 1u == 1 && 1 < 1.5 && 2u > 1.5") is True
    assert value_of("{1: 'a'}[1u] + {1: 'a'}[1.0]") == "aa"
    assert error_of("1 + 1.0").reason
    assert type(value_of("1u + 1u")) is Uint


def test_a_missing_key_is_an_error_that_has_can_test() -> None:
    assert value_of("has(a.b)", a={}) is False
    assert value_of("has(a.b) && a.b > 1", a={}) is False
    assert value_of("a.?b.orValue(7)", a={}) == 7
    assert value_of("a.?b.?c.orValue(7)", a={"b": {}}) == 7
    assert value_of("a[?0].orValue(7)", a=[]) == 7
    assert error_of("a.b.c", a={}).reason


def test_maps_are_walked_through_in_the_order_of_their_keys() -> None:
    assert value_of("m.map(k, k)", m={"b": 1, "c": 2, "a": 3}) == ["a", "b", "c"]
    assert value_of("m.transformList(k, v, k + string(v))", m={"b": 1, "a": 2}) == ["a2", "b1"]
    assert value_of("{'b': 1, 2: 1, true: 1, 1u: 1}.map(k, type(k))") == [
        TypeValue("bool"),
        TypeValue("uint"),
        TypeValue("int"),
        TypeValue("string"),
    ]


def test_a_macro_variable_hides_others_and_a_dot_shows_them_again() -> None:
    assert value_of("[1].map(x, x + .x)", x=10) == [11]
    assert value_of("[[1, 2], [3]].map(x, x.map(x, x * 2))") == [[2, 4], [6]]
    assert value_of("[1, 2].map(x, [10, 20].map(y, x + y))") == [[11, 21], [12, 22]]
    assert value_of("[1].map(a, cel.bind(b, a + 1, [b].map(c, a + b + c)))") == [[5]]


@pytest.mark.parametrize("quotes", ["'''", '"""'])
def test_punctuation_in_bytes_is_itself(quotes: str) -> None:
    """What cel-spec asks in its own notation; the data of the suite lost it on their way to JSON."""
    assert value_of(f"b{quotes} ? \" ' ` {quotes}") == b" ? \" ' ` "


def test_a_variable_may_be_called_like_a_type_or_a_namespace() -> None:
    assert value_of("type + list", type="a", list="b") == "ab"
    assert value_of("type(type)", type="a") == TypeValue("string")
    assert value_of("math.x + math.abs(-1)", math={"x": 1}) == 2


def test_times_are_values() -> None:
    now = datetime(2024, 2, 29, 23, 30, tzinfo=UTC)
    assert value_of("now + duration('1h')", now=now) == now + timedelta(hours=1)
    assert value_of("now.getDate('Asia/Tokyo')", now=now) == 1
    assert value_of("string(now)", now=now) == "2024-02-29T23:30:00Z"
    assert value_of("now - now == duration('0s')", now=now) is True


# What the host gives


class Counting(Mapping[str, Any]):
    """Names that remember what was looked up."""

    def __init__(self, names: Mapping[str, Any]) -> None:
        self.names, self.asked = names, list[str]()

    def __getitem__(self, name: str) -> Any:
        self.asked.append(name)
        return self.names[name]

    def __iter__(self) -> Iterator[str]:
        raise AssertionError("names are only looked up")

    def __len__(self) -> int:
        raise AssertionError("names are only looked up")


def test_names_are_looked_up_when_they_are_needed() -> None:
    names = Counting({"a": False, "b": {"c": 1}})
    assert evaluate(parse("a && b.c == 1"), names) is False
    assert names.asked == ["a"]


def test_tuples_mappings_and_subclasses_are_read_as_what_they_are_like() -> None:
    assert value_of("t[1] + size(t)", t=(1, 2)) == 4
    assert value_of("t + [3]", t=(1, 2)) == [1, 2, 3]
    assert value_of("t == [1, 2] && 1 in t", t=(1, 2)) is True
    assert value_of("m.a + m['a'] + size(m)", m=MappingProxyType({"a": 1})) == 3
    assert value_of("has(m.a) && 'a' in m && m == {'a': 1}", m=MappingProxyType({"a": 1})) is True
    assert value_of("m.map(k, k)", m=MappingProxyType({"b": 1, "a": 1})) == ["a", "b"]


def test_what_is_no_value_of_cel_has_no_operations() -> None:
    assert error_of("x + 1", x=object()).reason == "no such overload: `+` of (object, int)"
    assert error_of("x.y", x=object()).reason
    assert error_of("x.__class__", x="a").reason
    assert error_of("x.__class__.__name__", x={}).reason


def test_nothing_that_the_host_gave_is_changed() -> None:
    names = {"l": [3, 1, 2], "m": {"a": [1]}}
    before = copy.deepcopy(names)
    value_of("[l.sort(), l + l, l.map(x, x), l.reverse(), m.transformMap(k, v, v + v)]", **names)
    assert names == before


def test_host_functions_are_told_their_call_site() -> None:
    calls: list[tuple[int, tuple[Any, ...]]] = []

    def draw(call_site: int, *arguments: Any) -> int:
        calls.append((call_site, arguments))
        return 4

    assert evaluate(parse("draw(6) + draw(20)"), {}, {"draw": draw}) == 8
    assert calls == [(0, (6,)), (10, (20,))]


def test_an_error_of_a_host_function_stands_where_it_is_called() -> None:
    def refuse(_: int) -> None:
        raise EvaluationError("not today")

    with pytest.raises(EvaluationError, match="not today") as caught:
        evaluate(parse("1 + refuse()"), {}, {"refuse": refuse})
    assert caught.value.position == 4


def test_deep_data_are_an_error_not_a_crash() -> None:
    deep: Any = []
    for _ in range(100_000):
        deep = [deep]
    other: Any = []
    for _ in range(100_000):
        other = [other]
    assert "nested too deeply" in error_of("a == b", a=deep, b=other).reason


def test_a_caller_with_little_stack_left_gets_an_error_of_the_expression() -> None:
    def below(frames: int) -> Any:
        return below(frames - 1) if frames else evaluate(parse("a" + ".reverse()" * 190), {"a": ""})

    with pytest.raises(EvaluationError, match="too little stack left"):
        below(sys.getrecursionlimit() - len(inspect.stack(0)) - 150)


@pytest.mark.parametrize(
    "text", ["x == y", "x < y", "x + x", "double(x)", "string(x)", "-x", "[x]"]
)
def test_what_cel_has_no_room_for_is_an_error_or_itself(text: str) -> None:
    for value in (10**5000, -(10**5000), timedelta.max, timedelta.min, "\ud800"):
        for other in (1.5, timedelta(1), "a", 1):
            with suppress(EvaluationError):
                value_of(text, x=value, y=other)
    assert error_of("double(x)", x=10**5000).reason == "`double` has no value for these arguments"


@pytest.mark.parametrize(
    "text",
    [
        *("string(x)", "int(x)", "'%s'.format([x])", "x - y", "y - x", "x < y", "y <= x"),
        *("x.getHours()", "x.getHours('+02:00')", "[x, y].sort()", "max([x, x])"),
        "[1].sortBy(z, x)",
    ],
)
def test_a_timestamp_without_a_time_zone_never_takes_that_of_this_machine(text: str) -> None:
    naive, aware = datetime(2024, 1, 1), datetime(2024, 1, 1, tzinfo=UTC)  # noqa: DTZ001
    assert error_of(text, x=naive, y=aware).reason == "a timestamp has no time zone"


@pytest.mark.parametrize("value", [{1}, object(), 1j, bytearray(b"x"), range(3), len, Decimal(1)])
def test_what_is_no_value_of_cel_is_an_error_never_a_crash(value: object) -> None:
    for text in (
        *("type(x)", "[x].distinct()", "sets.contains([x], [x])", "size(x)", "x < x", "x + x"),
        *("[x].sort()", "x.map(y, y)", "x.all(y, true)", "sum([x])", "max([x])", "string(x)"),
        *("x[0]", "x.a", "has(x.a)", "-x", "'%s'.format([x])", "{x: 1}", "x.matches('a')"),
    ):
        assert error_of(text, x=value).reason
    assert value_of("x == x || true", x=value) is True


def test_threads_share_a_program() -> None:
    expression = parse("[n, n + 1].map(x, [x].map(y, y * n).exists(z, z == n * n))")

    def run(n: int) -> bool:
        return all(evaluate(expression, {"n": n}) == [True, False] for _ in range(200))

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(run, range(2, 40)))


def test_lists_of_different_lengths_are_told_apart_for_nothing() -> None:
    long = list(range(2_000_000))
    assert evaluate(parse("xs == []"), {"xs": long}) is False
    assert evaluate(parse("xs != [1]"), {"xs": long}) is True
