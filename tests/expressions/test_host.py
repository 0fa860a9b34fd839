"""Functions of the host: registered once, checked at the boundary."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

import pytest

from statewright.errors import CallerError, EvaluationError
from statewright.expressions import Environment, Maybe, Uint, check, evaluate, parse
from statewright.expressions.host import Host
from statewright.expressions.overloads import Overload, function, member
from statewright.expressions.types import (
    BOOL,
    DOUBLE,
    DURATION,
    DYN,
    INT,
    MAP,
    STRING,
    TIMESTAMP,
    UINT,
    A,
    CelType,
    list_of,
    map_of,
    object_of,
    optional_of,
)
from statewright.expressions.values import BoolKey

SHOP = Host(
    function("price", (STRING,), INT, {"latte": 340}.__getitem__),
    function("price", (STRING, DOUBLE), INT, lambda drink, rate: round(len(drink) * rate)),
    function("shop.isBusy", (TIMESTAMP,), BOOL, lambda moment: moment.hour < 18),
    member("discounted", (INT, INT), INT, lambda price, percent: price * (100 - percent) // 100),
    function("first", (list_of(INT),), INT, lambda numbers: numbers[0]),
    function("same", (A,), A, lambda value: value),
)


def value_of(text: str, host: Any = SHOP, **names: Any) -> Any:
    return evaluate(parse(text), names, host)


def reason_of(text: str, host: Any = SHOP, **names: Any) -> str:
    with pytest.raises(EvaluationError) as caught:
        value_of(text, host, **names)
    assert caught.value.position is not None
    return caught.value.reason


def giving(result: CelType, value: Any) -> Host:
    """A host with one function, which gives a value."""
    return Host(function("give", (), result, lambda: value))


# One registration


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("price('latte')", "int"),
        ("price('latte', 1.5) + 1", "int"),
        ("shop.isBusy(now)", "bool"),
        ("price('latte').discounted(10)", "int"),
        ("same('a')", "string"),
        ("[1, 2].map(x, x.discounted(50))", "list(int)"),
    ],
)
def test_one_registration_gives_types_and_values(text: str, expected: str) -> None:
    environment = Environment({"now": TIMESTAMP}, SHOP.overloads)
    checked = check(parse(text), environment)
    assert not checked.problems
    assert str(checked.type) == expected
    assert value_of(text, now=datetime(2024, 2, 29, 12, tzinfo=UTC)) is not None


@pytest.mark.parametrize("text", ["price(1)", "price()", "shop.isBusy('now')", "prise('latte')"])
def test_what_can_never_be_called_is_a_problem(text: str) -> None:
    assert check(parse(text), Environment({}, SHOP.overloads)).problems


def test_a_function_is_called_on_a_variable_or_in_a_namespace() -> None:
    assert value_of("n.discounted(10)", n=100) == 90
    assert value_of("order.total.discounted(10)", order={"total": 100}) == 90
    assert value_of("shop.isBusy(timestamp(0))", shop={"x": 1}) is True


# Registering


@pytest.mark.parametrize(
    ("overload", "message"),
    [
        (function("size", (DYN,), INT, len), "`size` is a function of CEL already"),
        (function("math.abs", (DYN,), DYN, abs), "`math.abs` is a function of CEL already"),
        (member("startsWith", (DYN, DYN), BOOL, len), "`startsWith` is a function of CEL already"),
        (member("map", (DYN, DYN, DYN), DYN, len), "`map` is a function of CEL already"),
        (function("has", (DYN,), DYN, len), "`has` is a function of CEL already"),
        (function("cel.bind", (DYN,), DYN, len), "`cel.bind` is a function of CEL already"),
        (function("in", (DYN,), DYN, len), "`in` cannot be the name of a function"),
        (function("a.true", (DYN,), DYN, len), "`a.true` cannot be the name of a function"),
        (function("best price", (DYN,), DYN, len), "`best price` cannot be the name"),
        (function("", (), DYN, dict), "`` cannot be the name"),
        (function("é", (), DYN, dict), "`é` cannot be the name"),
        (member("a.b", (DYN,), DYN, len), "`a.b` cannot be the name"),
        (member("lonely", (), DYN, dict), "is called on a target"),
        (function("price", (STRING,), DYN, len), "is registered twice"),
    ],
)
def test_what_cannot_be_registered_says_why(overload: Overload, message: str) -> None:
    with pytest.raises(CallerError, match=message):
        Host(*SHOP.overloads, overload)


def test_a_name_may_be_that_of_a_macro_with_other_arguments() -> None:
    host = Host(member("map", (INT,), INT, lambda n: n + 1))
    assert value_of("x.map()", host, x=1) == 2


# Calling

PRICE = "it is defined as `price(string) -> int`, `price(string, double) -> int`"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("price(1)", f"`price` of (int): {PRICE}"),
        ("price()", f"`price` of (): {PRICE}"),
        ("first(['a'])", "`first` of (list): it is defined as `first(list(int)) -> int`"),
        ("first([])", "`first` of the host failed: IndexError: list index out of range"),
        ("price('tea')", "`price` of the host failed: KeyError: 'tea'"),
        ("nope(1)", "undeclared function `nope`"),
        ("shop.nope(1)", "undeclared function `nope`"),
    ],
)
def test_a_call_that_fails_says_why(text: str, reason: str) -> None:
    assert reason_of(text) == reason


def test_what_the_host_raised_is_the_cause() -> None:
    with pytest.raises(EvaluationError) as caught:
        value_of("price('tea')")
    assert isinstance(caught.value.__cause__, KeyError)


def test_a_host_may_say_itself_that_there_is_no_value() -> None:
    def refuse() -> int:
        raise EvaluationError("closed on Mondays")

    assert reason_of("refuse()", Host(function("refuse", (), INT, refuse))) == "closed on Mondays"


def test_a_failing_function_is_absorbed_as_any_error() -> None:
    assert value_of("price('tea') > 0 || true") is True


def test_two_hosts_are_put_together() -> None:
    both = {**SHOP, "draw": lambda site, n: site % n}
    assert value_of("price('latte') + draw(7)", both) == 340 + 17 % 7


# What comes back


@pytest.mark.parametrize(
    ("result", "value", "expected"),
    [
        (DYN, (1, (2,)), [1, [2]]),
        (list_of(INT), (1, 2), [1, 2]),
        (DOUBLE, 3, 3.0),
        (list_of(DOUBLE), [1, 2.5], [1.0, 2.5]),
        (map_of(STRING, DOUBLE), {"a": 1}, {"a": 1.0}),
        (optional_of(UINT), Maybe(True, 1), Maybe(True, Uint(1))),
        (UINT, 7, Uint(7)),
        (MAP, OrderedDict(a=1), {"a": 1}),
        (MAP, MappingProxyType({"a": 1}), {"a": 1}),
        (DYN, {True: 1, 7: 2}, {BoolKey(True): 1, 7: 2}),
        (object_of({"n": DOUBLE, "t": STRING}, ["t"]), {"n": 1, "x": 2}, {"n": 1.0, "x": 2}),
        (DYN, None, None),
    ],
)
def test_what_comes_back_is_a_value_of_the_type(result: CelType, value: Any, expected: Any) -> None:
    found = value_of("give()", giving(result, value))
    assert found == expected
    assert type(found) is type(expected)
    assert repr(found) == repr(expected)


def test_nan_is_a_double() -> None:
    assert value_of("math.isNaN(give())", giving(DOUBLE, float("nan"))) is True


@pytest.mark.parametrize(
    ("result", "value", "reason"),
    [
        (DYN, {1, 2}, "a value of type set; it promised `dyn`"),
        (DYN, object(), "a value of type object; it promised `dyn`"),
        (DYN, [1, {"a": {3}}], "a value of type set; it promised `dyn`"),
        (DYN, 2**63, "an int of more than 64 bits; it promised `dyn`"),
        (DYN, {"a": [-(2**63) - 1]}, "an int of more than 64 bits; it promised `dyn`"),
        (DYN, Uint(2**64), "a uint of more than 64 bits; it promised `dyn`"),
        (DYN, {1.5: 1}, "a map with a double as a key; it promised `dyn`"),
        (DYN, {(1,): 1}, "a map with a list as a key; it promised `dyn`"),
        (DYN, datetime(2024, 1, 1), "a timestamp without a time zone; it promised `dyn`"),  # noqa: DTZ001
        (INT, "5", "a value of type string; it promised `int`"),
        (INT, True, "a value of type bool; it promised `int`"),
        (INT, 5.0, "a value of type double; it promised `int`"),
        (BOOL, 1, "a value of type int; it promised `bool`"),
        (DOUBLE, 2**53 + 1, "a value of type int; it promised `double`"),
        (UINT, -1, "a value of type int; it promised `uint`"),
        (DURATION, 5, "a value of type int; it promised `duration`"),
        (list_of(INT), ["a"], "a value of type string; it promised `list(int)`"),
        (map_of(INT, INT), {"a": 1}, "a value of type string; it promised `map(int, int)`"),
        (object_of({"n": INT}), {}, "a map without `n`; it promised `object`"),
        (
            optional_of(INT),
            Maybe(True, "a"),
            "a value of type string; it promised `optional_type(int)`",
        ),
        (optional_of(INT), 5, "a value of type int; it promised `optional_type(int)`"),
        (INT, None, "a value of type null_type; it promised `int`"),
    ],
)
def test_what_is_no_value_of_the_type_is_an_error(result: CelType, value: Any, reason: str) -> None:
    assert reason_of("give()", giving(result, value)) == f"`give` of the host gave {reason}"


def endless() -> Any:
    inside: list[Any] = []
    inside.append(inside)
    return inside


def test_a_list_that_holds_itself_is_an_error() -> None:
    with pytest.raises(EvaluationError, match="nested too deeply"):
        value_of("give()", giving(DYN, endless()))


# A mapping without types


@pytest.mark.parametrize(
    ("function", "reason"),
    [
        (lambda _: 1 / 0, "`f` of the host failed: ZeroDivisionError: division by zero"),
        (lambda: 1, "`f` of the host failed: TypeError"),
        (lambda _: {1}, "`f` of the host gave a value of type set"),
        (lambda _: 2**70, "`f` of the host gave an int of more than 64 bits"),
        (lambda _: [object()], "`f` of the host gave a value of type object"),
    ],
)
def test_a_plain_mapping_is_checked_too(function: Callable[..., Any], reason: str) -> None:
    assert reason_of("f()", {"f": function}).startswith(reason)


def test_a_plain_mapping_may_give_tuples() -> None:
    assert value_of("f()[1]", {"f": lambda _: (1, 2)}) == 2
