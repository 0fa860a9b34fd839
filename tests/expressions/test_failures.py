"""Why an expression may have no value, and what rules that out."""

from __future__ import annotations

from dataclasses import replace

import pytest

from statewright.expressions import Checked, Environment, check, parse
from statewright.expressions.failures import EXTREMES, FailureKind
from statewright.expressions.overloads import function
from statewright.expressions.types import (
    BYTES,
    DOUBLE,
    DYN,
    INT,
    MAP,
    STRING,
    TIMESTAMP,
    UINT,
    list_of,
    map_of,
    nullable_of,
    object_of,
    optional_of,
    within,
)

PERSON = object_of(
    {"name": STRING, "age": nullable_of(INT), "home": object_of({"zip": STRING}, ["zip"])}, ["home"]
)
ENVIRONMENT = Environment(
    {
        "n": INT,
        "i": INT,
        "digit": within(INT, 1, 9),
        "x": DOUBLE,
        "u": UINT,
        "text": STRING,
        "data": BYTES,
        "now": TIMESTAMP,
        "xs": list_of(INT),
        "people": list_of(PERSON),
        "floats": list_of(DOUBLE),
        "m": map_of(STRING, INT),
        "by_place": map_of(INT, STRING),
        "you": PERSON,
        "maybe": optional_of(INT),
        "old": nullable_of(PERSON),
        "d": DYN,
        "nick": STRING,
        "vars": MAP,
    },
    (
        function("draw", (INT,), INT, lambda _, count: count),
        function("In", (STRING,), INT, lambda _, state: state),
    ),
    unset=frozenset(("nick",)),
    mirror="vars",
    mirrored=frozenset(("nick", "n")),
)


def checked(text: str) -> Checked:
    found = check(parse(text), ENVIRONMENT)
    assert found.problems == ()
    return found


def kinds(text: str) -> set[str]:
    """The kinds of failures, but for those that take extreme values."""
    return {str(one.kind) for one in checked(text).failures if one.kind not in EXTREMES}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("nick == ''", "absent"),
        ("vars.nick == ''", "key"),
        ("you.home.zip == ''", "key"),
        ("m.k > 1", "key"),
        ("m[text] > 1", "key"),
        ("by_place[1] == ''", "key"),
        ("xs[0] > 1", "index"),
        ("xs[i] > 1", "index"),
        ("text.charAt(1) == 'a'", "index"),
        ("text.substring(2) == 'a'", "index"),
        ("'abc'.substring(i) == 'a'", "index"),
        ("xs.slice(0, 2) == []", "index"),
        ("10 / n > 1", "division"),
        ("10 % (n - 1) > 1", "division"),
        ("u - 1u > 0u", "negative"),
        ("uint(n) > 0u", "negative"),
        ("int(text) > 1", "conversion"),
        ("int(x) > 1", "conversion"),
        ("string(data) == ''", "conversion"),
        ("timestamp(text) < now", "conversion"),
        ("now.getHours(text) > 8", "conversion"),
        ("now.getHours('Nowhere/Else') > 8", "conversion"),
        ("you.age > 18", "null"),
        ("old.name == ''", "null"),
        ("has(old.home)", "null"),
        ("d > 1", "type"),
        ("d && true", "type"),
        ("d.x == 1", "type"),
        ("d in m", "type"),
        ("[d].sort() == []", "type"),
        ("[text, d].join() == ''", "type"),
        ("text.matches(nick)", "pattern"),
        ("{text: 1, 'a': 2} == {}", "duplicate"),
        ("xs.transformMapEntry(i, v, {v: i}) == {}", "duplicate"),
        ("maybe.value() > 1", "empty"),
        ("max(xs) > 1", "empty"),
        ("math.greatest(xs) > 1", "empty"),
        ("max(floats, 0.0) > 1.0", "argument"),
        ("'%d'.format([text]) == ''", "argument"),
        ("math.bitShiftLeft(1, n) > 1", "argument"),
        ("draw(6) > 1", "host"),
        ("text == '' ? fail('why') : true", "fail"),
    ],
)
def test_what_may_go_wrong_is_told(text: str, kind: str) -> None:
    assert kind in kinds(text)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("n + 1", "overflow"),
        ("-n", "overflow"),
        ("math.abs(n)", "overflow"),
        ("now + duration('1h')", "overflow"),
        ("now.getHours('Europe/Lisbon')", "overflow"),
        ("int(u)", "overflow"),
        ("sum(xs, 0)", "overflow"),
        ("text + '!'", "budget"),
        ("text.contains('a')", "budget"),
        ("xs + [1]", "budget"),
        ("n in xs", "budget"),
        ("xs == [1]", "budget"),
        ("xs.exists(v, v > 1)", "budget"),
        ("lists.range(n)", "budget"),
        ("[1, 2].map(a, [1, 2].map(b, [1, 2].map(c, c)))", None),
        (f"{'[1, 2, 3, 4, 5, 6, 7, 8, 9].map(a, ' * 6}1{')' * 6}", "budget"),
        ("text + text + text", "budget"),
        (" + ".join(["'abcdefghij'"] * 1000), "budget"),
        (" + ".join(["'abcdefghij'"] * 10), None),
    ],
)
def test_what_takes_extreme_values_is_a_kind_of_its_own(text: str, kind: str | None) -> None:
    found = {one.kind for one in checked(text).failures}
    assert found <= EXTREMES
    assert kind in found if kind else not found


@pytest.mark.parametrize(
    "text",
    [
        # presence
        "has(vars.nick) && nick == ''",
        "nick == '' && has(vars.nick)",
        "'nick' in vars && nick == vars.nick",
        "!has(vars.nick) || nick == ''",
        "vars.n + 1 > 0",
        "has(m.k) && m.k > 0",
        "m.k > 0 && has(m.k)",
        "!has(m.k) || m['k'] > 0",
        "'k' in m ? m['k'] > 0 : false",
        "!('k' in m) ? false : m.k > 0",
        "text in m && m[text] > 0",
        "1 in by_place && by_place[1] == ''",
        "has(you.home) && has(you.home.zip) && you.home.zip == ''",
        "(has(you.home) && has(you.home.zip)) && (you.home.zip == '' || you.home.zip == 'a')",
        "has(you.home) == true && has(you.home.zip)",
        "cel.bind(home, you.home, true) || true",
        "m.all(k, m[k] > 0)",
        "{'a': 1}.a == 1",
        "you.?home.?zip.orValue('') == ''",
        "m[?'k'].orValue(0) > 0",
        # nulls
        "you.age != null && you.age > 18",
        "you.age == null || you.age > 18",
        "you.age > 18 || you.age == null",
        "you.age == null ? false : you.age > 18",
        "you.age == 3",
        "old != null && old.age != null && old.age > 1",
        "people.filter(p, p.age != null).map(p, p.age * 2) == []",
        "people.map(p, p.age != null, p.age * 2) == []",
        # indices
        "size(xs) > 0 && xs[0] > 1",
        "xs.size() >= 2 && xs[1] > 1",
        "xs != [] && xs[0] > 1",
        "!(size(xs) == 0) && xs[0] > 1",
        "2 < size(xs) && xs[2] > 1",
        "n in xs && xs[0] > 1",
        "i >= 0 && i < size(xs) && xs[i] > 1",
        "xs.exists(v, v > 1) && xs[0] > 1",
        "xs.transformList(place, v, xs[place]) == []",
        "[1, 2][1] == 2",
        "size(text) >= 2 && text.substring(0, 2) == '55'",
        "text.startsWith('+55') && text.substring(3) == ''",
        "'abc'.charAt(1) == 'b'",
        "size(xs) > 0 && max(xs) > 1",
        # numbers
        "n != 0 && 10 / n > 1",
        "n > 0 && 10 % n > 1",
        "n == 0 || 10 / n > 1",
        "n in [1, 2] && 10 / n > 1",
        "10 / digit > 1",
        "n / 2 > 1 && n % 7 == 0",
        "xs.filter(v, v != 0).all(v, 10 / v > 1)",
        "n >= 0 && uint(n) > 0u",
        "n >= 0 && math.bitShiftLeft(1, n) > 1",
        "x / 0.0 > 1.0",
        # literals
        "int('12') == 12 && timestamp('2024-02-29T00:00:00Z') < now",
        "text.matches('^a+$')",
        "'%s is %d, %.1f'.format([text, n, x]) == ''",
        "{'a': 1, 'b': 2} == m",
        "now.getHours('Europe/Lisbon') > 8 || now.getFullYear() > 2000",
        # optionals and types
        "maybe.hasValue() && maybe.value() > 1",
        "maybe.orValue(0) > 1",
        "maybe.optMap(v, v > 1).orValue(false)",
        "type(d) == int && d > 1",
        "d > 1 && type(d) == int",
        "type(d) == map && has(d.x)",
        "d == 1 || d == 'a' || d in xs",
        # logic
        "false && d",
        "true || nick == ''",
        "nick == '' || true",
        "false ? 1 / 0 > 1 : true",
        "[].all(v, v.x)",
    ],
)
def test_what_is_tested_does_not_go_wrong(text: str) -> None:
    assert kinds(text) == set()


@pytest.mark.parametrize(
    "text",
    [
        "has(m.k) || m.k > 0",
        "!has(m.k) && m.k > 0",
        "(has(m.k) || n > 0) && m.k > 0",
        "(has(m.k) && n > 0) || m.k > 0",
        "has(m.k) ? true : m.k > 0",
        "has(m.j) && m.k > 0",
        "m.k > 0 && m.k < 5",
        "has(m.k) && m.map(m, {'a': 1}).all(m, {m: 1}.k == 1)",
        "has(you.home) && you.home.zip == ''",
        "you.age != null || you.age > 18",
        "you.age == null && you.age > 18",
        "size(xs) > 0 && xs[1] > 1",
        "size(xs) >= 0 && xs[0] > 1",
        "i < size(xs) && xs[i] > 1",
        "0 in xs && by_place[0] == ''",
        "n >= 0 && 10 / n > 1",
        "n != 0 || 10 / n > 1",
        "maybe.hasValue() || maybe.value() > 1",
        "type(d) == int || d > 1",
        "type(d) == string && d > 1 || d > 1",
        "d && type(d) == string",
        "d > 1 && type(d) == string",
        "d + 1 > 1 && type(d) == string",
        "d.x == 1 && type(d) == int",
        "d || !(type(d) == map && 'a' in d)",
        "math.abs(d) > 1 && type(d) == string",
        "text != '' && text.substring(2) == ''",
        "xs.filter(v, v > -5).all(v, 10 / v > 1)",
    ],
)
def test_what_is_tested_wrongly_still_goes_wrong(text: str) -> None:
    found = check(parse(text), ENVIRONMENT)
    assert found.problems or {one.kind for one in found.failures} - EXTREMES


def test_a_failure_says_where_and_how_to_rule_it_out() -> None:
    (failure,) = checked("has(you.home) && you.home.zip == 'a'").failures
    assert failure.kind is FailureKind.KEY
    assert failure.reason == "`you.home` may lack `zip`"
    assert (failure.start, failure.end) == (17, 29)
    assert failure.hint == "test it first: `has(you.home.zip)`"


def test_one_reason_is_told_once() -> None:
    assert len(checked("m.k > 0 && m.k < 5 && m.k != 3").failures) == 1


def test_a_function_of_the_host_may_be_declared_to_have_a_value_always() -> None:
    known = replace(function("In", (STRING,), INT, lambda *_: 1), total=True)
    assert check(parse("In('a')"), Environment({}, (known,))).failures == ()


@pytest.mark.parametrize("frames", [200, 850])
@pytest.mark.parametrize(
    "text", ["[" * 199 + "]" * 199, "[1].map(x, " * 190 + "x" + ")" * 190, "!" * 199 + "d"]
)
def test_failures_are_looked_for_far_down_the_stack(text: str, frames: int) -> None:
    def far_down(frames: int) -> object:
        return far_down(frames - 1) if frames else check(parse(text), ENVIRONMENT).failures

    far_down(frames)
