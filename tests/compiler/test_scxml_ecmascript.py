from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statewright.compiler.sources.scxml.ecmascript import (
    assignments_from_ecmascript,
    cel_from_ecmascript,
)
from statewright.compiler.sources.scxml.terms import UntranslatableError
from statewright.expressions import evaluate, parse
from statewright.flows.names import variable_in_cel

NAMES = {"x": 3, "s": "text", "list": [1, 2, 3], "o": {"a": {"b": 7}, "k": "v"}, "yes": True}


@pytest.mark.parametrize(
    ("javascript", "cel"),
    [
        ("x === 100", "x == 100"),
        ("x !== 10 && !yes || x >= -1.5", "x != 10 && !yes || x >= -1.5"),
        ("(yes || yes) && yes", "(yes || yes) && yes"),
        ("'b1, x:' + 4", "'b1, x:' + string(4)"),
        ("x / 2", "double(-(-x)) / double(2)"),
        ("x + 1.5", "double(-(-x)) + 1.5"),
        ("+x", "-(-x)"),
        ("Math.pow(x,3)", "x * x * x"),
        ("Math.floor(x / 2)", "int(math.floor(double(-(-x)) / double(2)))"),
        ("[1, 'a', [2]]", "[1, 'a', [2]]"),
        ("{p1: 'v1', 'p 2': {}}", "{'p1': 'v1', 'p 2': {}}"),
        ("x > 1 ? 'a' : 'b'", "x > 1 ? 'a' : 'b'"),
        ("o.a.b + 1 - list[0]", "o.a.b + 1 - list[0]"),
        ("o['k'].includes('x')", "o['k'].contains('x')"),
        ("[1, x].length", "size([1, x])"),
        ("'k' in o", "o[?'k'].hasValue()"),
        ("Boolean(s)", "'s' in vars && !(s in [false, 0, '', null])"),
        ("typeof y === 'undefined'", "!('y' in vars)"),
        ("typeof o.zz != 'undefined'", "has(o.zz)"),
        ("x == undefined", "!('x' in vars)"),
        ("typeof _event.data === 'undefined'", "!(event.data != {})"),
        ("'sendid' in _event", "true"),
        ("undefined", "optional.none()"),
        ("_event.type == 'platform'", "event.kind == 'platform'"),
        ("_sessionid + _name", "session.id + session.flow"),
        ("In('a')", "In('a')"),
        ("now", "vars['now']"),
        ("x /* really */ + // it is\n 1", "x + 1"),
        (r"'it\'s\x41\u0042'", r"'it\'sAB'"),
    ],
)
def test_expressions_become_cel(javascript: str, cel: str) -> None:
    assert cel_from_ecmascript(javascript, variable_in_cel, flags={"yes"}) == cel
    parse(cel)


VALUES: dict[str, Any] = {
    "zero": 0, "one": 1, "nothing": None, "empty": "", "text": "false", "yes": True, "no": False,
    "half": 0.5, "null_and_void": 0.0, "list": [], "map": {}, "o": {"k": 0, "l": "x", "m": {}},
}  # fmt: skip


@pytest.mark.parametrize(
    ("javascript", "true"),
    [
        *(("zero", False), ("one", True), ("nothing", False), ("empty", False), ("text", True)),
        *(("yes", True), ("no", False), ("half", True), ("null_and_void", False)),
        *(("list", True), ("map", True), ("unset", False), ("o.k", False), ("o.l", True)),
        *(("o.nowhere", False), ("o['l']", True), ("!zero", True), ("!unset", True)),
        *(("!o.nowhere", True), ("one && text", True), ("one && zero", False)),
        *(("zero || text", True), ("unset || empty", False), ("!(one && unset)", True)),
        *(("text.length", True), ("empty.length", False), ("'x'", True), ("''", False)),
        *(("0", False), ("2.5", True), ("null", False), ("undefined", False), ("[]", True)),
        *(("one - 1", False), ("zero ? one : text", True), ("one ? zero : text", False)),
        *(("_sessionid", True), ("unset === undefined && one", True)),
    ],
)
def test_a_condition_is_true_where_that_of_javascript_is(javascript: str, true: bool) -> None:  # noqa: FBT001
    cel = cel_from_ecmascript(javascript, variable_in_cel, condition=True)
    names = {**VALUES, "vars": VALUES, "session": {"id": "s"}}
    assert evaluate(parse(cel), names) is true


def test_a_long_condition_is_not_written_out_as_a_value() -> None:
    cel = cel_from_ecmascript("unset || " * 40 + "one", variable_in_cel, condition=True)
    assert evaluate(parse(cel), {**VALUES, "vars": VALUES}) is True


@pytest.mark.parametrize(
    ("javascript", "value"),
    [
        *(("text || 'other'", "false"), ("empty || 'other'", "other"), ("unset || 3", 3)),
        *(("one && text", "false"), ("zero && text", 0), ("yes && one", 1)),
        *(("zero || empty || half", 0.5), ("one && yes && 'last'", "last")),
        *(("(zero || one) + 1", 2), ("!!one", True)),
    ],
)
def test_what_is_chosen_by_truth_is_the_value_that_was_asked_about(
    javascript: str, value: Any
) -> None:
    cel = cel_from_ecmascript(javascript, variable_in_cel)
    assert evaluate(parse(cel), {**VALUES, "vars": VALUES}) == value


@pytest.mark.parametrize(
    ("javascript", "value"),
    [
        ("Math.pow(x, 2) + 1", 10),
        ("1 + 2 * x - 4 / 2", 5.0),
        ("(1 + 2) * x", 9),
        ("Math.max(x, 7) - Math.abs(-2)", 5),
        ("s.includes('ex') && s.indexOf('x') === 2", True),
        ("Math.round(2.5) + Math.floor(x / 2)", 4),
        ("-x < 0 ? -(-x) : 0", 3),
        ("!(x === 3) || x % 2 === 1", True),
        ("'' + x + yes", "3true"),
    ],
)
def test_what_they_become_means_the_same(javascript: str, value: Any) -> None:
    assert evaluate(parse(cel_from_ecmascript(javascript)), NAMES) == value


@pytest.mark.parametrize(
    ("javascript", "reason"),
    [
        ("", "a value is missing before the end"),
        ("x +", "a value is missing before the end"),
        ("x y", "`y` is not understood here"),
        ("x = 1", "`=` is not understood here"),
        ("function() {}", "`function` has no counterpart"),
        ("f(x)", "`f()` has no counterpart"),
        ("JSON.stringify(x)", "`JSON.stringify()` has no counterpart"),
        ("x || " * 40 + "y", "it is too long when it is written out"),
        ("Math.pow", "`Math.pow` is not called"),
        ("Math.pow(x, y)", "`Math.pow()` needs an exponent from 1 to 4"),
        ("typeof x", "`typeof` can only be compared with 'undefined'"),
        ("1e400", "`1e400` is not understood here"),
        ("9" * 20, "`99999999999999999999` is too large"),
        ("9" * 400 + ".0", "`999999999999999999999999999999999999999…` is too large"),
        ("'\\ud800'", "half of a surrogate pair is no character"),
        ("(" * 100, "it is nested too deep"),
        ("[1", "`,` is missing"),
        ("1 == '1'", "a number and a text are compared"),
        ("[1, 2] == x", "lists and objects are not compared by what is in them"),
        ("[] + []", "a list is converted in silence here"),
        ("+'3'", "a text is converted in silence here"),
        ("null < 1", "`null` and a number are compared"),
        ("x % 1.5", "`%` is for whole numbers"),
        ("1 in x", "`in` asks for a text among the keys of a variable"),
        ("'a'.trim(1)", "`trim()` takes no value"),
        ("[].includes(1)", "`includes()` is for texts"),
        ("Math.max()", "there is no least and no greatest of nothing"),
        ("String(1, 2)", "`String()` takes one value here"),
        ("010", "`010` begins with 0, which may mean an octal number"),
        ("9007199254740993", "`9007199254740993` is too large"),
        (r"'\u{41}'", r"`\u` has no counterpart"),
        ("{1.5: 2}", "a key is a name, a text or a whole number"),
        ("{__proto__: 2}", "`__proto__` has no counterpart"),
        ("{a}", "`:` is missing"),
        ("x" * 10_001, "it is too long"),
        (
            "Math.pow(" * 20 + "x" + ", 4)" * 20,
            "it is too long when it is written out",
        ),
    ],
)
def test_what_cannot_become_cel_says_why(javascript: str, reason: str) -> None:
    with pytest.raises(UntranslatableError) as caught:
        cel_from_ecmascript(javascript)
    assert str(caught.value) == reason


def test_a_script_may_assign() -> None:
    script = "x = 1;\n o.a.b += 2\n x--; x *= 2 /* done */;;"
    assert assignments_from_ecmascript(script) == [
        ("x", "1"),
        ("o.a.b", "o.a.b + 2"),
        ("x", "x - 1"),
        ("x", "x * 2"),
    ]


@pytest.mark.parametrize("script", ["f()", "x", "var x = 1", "_event = 1", "1 = 2", "if (x) {}"])
def test_a_script_may_do_nothing_else(script: str) -> None:
    with pytest.raises(UntranslatableError):
        assignments_from_ecmascript(script)


TOKENS = st.sampled_from(
    [
        *("x", "o.a", "list", "s", "'q'", "5", "1.5", ".5", "null", "true", "undefined", "typeof"),
        *(
            "Math.pow",
            "Math.max",
            "In",
            "_event",
            "_event.type",
            "length",
            "é",
            "'",
            "=",
            "+=",
            "++",
        ),
        *(
            "==",
            "===",
            "!=",
            "<",
            ">=",
            "&&",
            "||",
            "!",
            "-",
            "+",
            "*",
            "/",
            "%",
            "(",
            ")",
            "[",
            "]",
        ),
        *(".", ",", "{", "}", ":", "?", ";", "in", "//", "/*", "*/"),
    ]
)


TEXTS = st.lists(TOKENS, max_size=12).map(" ".join) | st.text(max_size=30)


@given(TEXTS)
def test_whatever_is_translated_is_cel(javascript: str) -> None:
    with suppress(UntranslatableError):
        parse(cel_from_ecmascript(javascript, variable_in_cel))


@given(TEXTS)
def test_whatever_a_script_is_translated_to_is_cel(script: str) -> None:
    with suppress(UntranslatableError):
        for target, value in assignments_from_ecmascript(script, variable_in_cel):
            parse(target)
            parse(value)
