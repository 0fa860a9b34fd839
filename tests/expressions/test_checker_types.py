"""Enumerations, nulls, declared fields, what conditions say of types, and the strict mode."""

from __future__ import annotations

import pickle

import pytest

from statewright.expressions import Checked, Environment, check, parse
from statewright.expressions.checking.unification import join
from statewright.expressions.types import (
    BOOL,
    DOUBLE,
    DYN,
    INT,
    MAP,
    NEVER,
    NULL,
    STRING,
    TIMESTAMP,
    CelType,
    enum_of,
    list_of,
    map_of,
    nullable_of,
    object_of,
    optional_of,
    within,
)

PERSON = object_of({"name": STRING, "age": nullable_of(INT)}, ["age"])
VARIABLES = {
    "n": INT,
    "x": DOUBLE,
    "text": STRING,
    "color": enum_of(["red", "green", "blue"]),
    "other": enum_of(["black", "white"]),
    "floor": enum_of([1, 2, 3]),
    "colors": list_of(enum_of(["red", "green"])),
    "you": PERSON,
    "old": nullable_of(PERSON),
    "score": nullable_of(INT),
    "maybe": optional_of(INT),
    "now": TIMESTAMP,
    "d": DYN,
    "tags": list_of(STRING),
    "flag": BOOL,
    "vars": MAP,
}
ENVIRONMENT = Environment(VARIABLES, mirror="vars", mirrored=frozenset(("n",)))
STRICT = Environment(VARIABLES, strict=True)


def checked(text: str, environment: Environment = ENVIRONMENT) -> Checked:
    return check(parse(text), environment)


# Enumerations


@pytest.mark.parametrize(
    ("text", "reason", "place", "hint"),
    [
        (
            "color == 'rad'",
            "'rad' is not among the declared values: `==` is never true",
            "'rad'",
            "did you mean `red`?",
        ),
        (
            "'yellow' != color",
            "'yellow' is not among the declared values: `!=` is always true",
            "'yellow'",
            "it is one of `red`, `green`, `blue`",
        ),
        (
            "floor == 4",
            "4 is not among the declared values: `==` is never true",
            "4",
            "it is one of `1`, `2`, `3`",
        ),
        (
            "color in ['red', 'grey']",
            "'grey' is not among the declared values: it is never this one",
            "'grey'",
            "did you mean `green`?",
        ),
        (
            "'blue' in colors",
            "'blue' is not among the declared values: it is never in there",
            "'blue'",
            "it is one of `red`, `green`",
        ),
        (
            "color == other",
            "the two have no value in common: `==` is never true",
            "color == other",
            "",
        ),
    ],
)
def test_what_an_enumeration_does_not_have_is_a_problem(
    text: str, reason: str, place: str, hint: str
) -> None:
    (problem,) = checked(text).problems
    assert problem.kind == "value"
    assert (problem.reason, problem.hint) == (reason, hint)
    assert text[problem.start : problem.end] == place


@pytest.mark.parametrize(
    "text",
    ["color == 'red'", "color == text", "floor + 1 > 7", "color + '!' == 'x'", "color in tags"],
)
def test_an_enumeration_is_else_like_its_type(text: str) -> None:
    assert checked(text).problems == ()


# Nulls and conditions


@pytest.mark.parametrize(
    ("text", "type_"),
    [
        ("score", "nullable(int)"),
        ("score + 1", "int"),
        ("score != null ? score : 0", "int"),
        ("score == null ? 0 : score", "int"),
        ("!(score == null) ? score : 0", "int"),
        ("score == 3 ? score : 0", "int"),
        ("score != null || flag ? score : 0", "nullable(int)"),
        ("score != null && flag ? score : 0", "int"),
        ("flag ? n : null", "nullable(int)"),
        ("[1, null]", "list(nullable(int))"),
        ("old.name", "string"),
        ("you.age", "nullable(int)"),
        ("you.?age", "optional_type(nullable(int))"),
        ("cel.bind(s, score, s != null ? s : 0)", "int"),
        ("[score].filter(s, s != null)", "list(nullable(int))"),
        ("[score].map(s, s != null, s)", "list(int)"),
        ("type(d) == int ? d : 0", "int"),
        ("type(d) == list ? d : []", "list(dyn)"),
        ("type(d) == google.protobuf.Timestamp ? d : now", "timestamp"),
        ("int == type(d) && flag ? d : 0", "int"),
        ("type(d) != string ? '' : d", "string"),
        ("type(d) == int || flag ? d : 0", "dyn"),
        ("type(d.x) == int ? d.x : 0", "int"),
        ("vars.n", "int"),
        ("vars['n']", "int"),
        ("vars.whatever", "dyn"),
        ("within_nothing", "dyn"),
    ],
)
def test_types_know_of_nulls_and_of_what_was_tested(text: str, type_: str) -> None:
    assert str(checked(text).type) == type_


def test_what_is_tested_to_be_an_int_is_no_text() -> None:
    (problem,) = checked("type(d) == int && d.startsWith('a')").problems
    assert problem.reason == "`startsWith` is not defined on (int, string)"


def test_lists_that_may_both_be_empty_can_be_equal() -> None:
    environment = Environment({"ints": list_of(INT), "texts": list_of(STRING)})
    assert check(parse("ints == texts"), environment).problems == ()
    assert check(parse("ints == ['a']"), environment).problems


# The strict mode


@pytest.mark.parametrize(
    ("text", "reason", "hint"),
    [
        (
            "n == 1.5",
            "`int` == `double` compares values of different types",
            "convert it: `double(n)`",
        ),
        (
            "x > n",
            "`double` > `int` compares values of different types",
            "convert it: `double(n)`",
        ),
        (
            "n in [1.5]",
            "`int` in `list(double)` compares values of different types",
            "convert it: `double(n)`",
        ),
        ("n == null", "the other side is never null", ""),
        ("d > 1", "the value may be of any type here", "convert it: `int(d)`"),
        ("d == 1", "the value may be of any type here", "convert it: `int(d)`"),
        ("d && flag", "the value may be of any type here", "convert it: `bool(d)`"),
        ("d.x == d.x", "the value may be of any type here", "test it: `type(d) == …`"),
        ("size(d) > 1", "the value may be of any type here", "test it: `type(d) == …`"),
        ("d.exists(v, true)", "the value may be of any type here", "test it: `type(d) == …`"),
        ("tags[d] == ''", "the value may be of any type here", "convert it: `int(d)`"),
        ("n in d", "the value may be of any type here", "test it: `type(d) == …`"),
        ("[1, 'a'] == []", "the elements are of different types: `int`, `string`", ""),
        ("{'a': 1, 'b': ''} == {}", "the values are of different types: `int`, `string`", ""),
        ("(flag ? 1 : 'a') == 1", "the two outcomes are of different types: `int`, `string`", ""),
        ("tags[1.0] == ''", "`list(string)` has nothing at an index of type `double`", ""),
        ("[1] + ['a'] == []", "`+` is not defined on (list(int), list(string))", None),
    ],
)
def test_what_mixes_types_is_a_problem_in_strict_mode(
    text: str, reason: str, hint: str | None
) -> None:
    assert checked(text).problems == ()
    problem = checked(text, STRICT).problems[0]
    assert problem.reason == reason
    if hint is not None:
        assert problem.hint == hint


@pytest.mark.parametrize(
    "text",
    [
        "double(n) == x",
        "int(d) > 1 && string(d) == '' && bool(d)",
        "dyn(n) == dyn(x)",
        "type(d) == int && d > 1",
        "score == null || score > 1",
        "maybe.orValue(0) > n",
        "you.name == color",
        "has(you.age) && you.age != null",
        "tags.map(t, t.size()) == [1]",
        "color == 'red' ? 1 : 2",
        "[] == [1]",
        "optional.none().orValue(1) == n",
    ],
)
def test_what_says_its_types_is_no_problem_in_strict_mode(text: str) -> None:
    assert checked(text, STRICT).problems == ()


# Problems


@pytest.mark.parametrize(
    ("text", "reasons"),
    [
        ("foo + bar", ["`foo` is not declared", "`bar` is not declared"]),
        ("foo[0].x && foo > n && foo.size() in foo", ["`foo` is not declared"] * 4),
        ("foo.bar[0].baz() == 1", ["`foo` is not declared", "there is no function `baz`"]),
        ("n.x.y.z + 1", ["`.x` of `int`, which has no fields"]),
        ("n.map(v, v.x + 1)", ["a macro walks through lists and maps, not through `int`"]),
        ("tags.exist(t, t == '')", ["there is no function `exist`"]),
        ("(1 + 'a') * 2 - 3", ["`+` is not defined on (int, string)"]),
        ("1 + 'a' + 2 + b'c'", ["`+` is not defined on (int, string)"]),
        ("mth.abs(1)", ["there is no function `mth.abs`"]),
    ],
)
def test_one_mistake_is_one_problem_and_two_are_two(text: str, reasons: list[str]) -> None:
    assert [problem.reason for problem in checked(text).problems] == reasons


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("text.length()", "in CEL it is `size`"),
        ("text.toLowerCase()", "in CEL it is `lowerAscii`"),
        ("contains(text, 'a')", "it is called `value.contains(…)`"),
        ("text.string()", "it is called `string(value, …)`"),
        ("math.abz(n)", "did you mean `math.abs`?"),
        ("math.trun(x)", "did you mean `math.trunc`?"),
        ("abs(n)", "in CEL it is `math.abs`"),
        ("tags.exist(t, t == '')", "did you mean `exists`?"),
        ("text + n", "convert it: `string(n)`"),
        ("x * n", "convert it: `double(n)`"),
        ("n == text", "convert it: `string(n)`"),
        ("text.substring('a')", "it is defined as `string.substring(string, int) -> string`"),
        ("you.nam", "did you mean `name`?"),
    ],
)
def test_a_hint_says_what_to_do(text: str, hint: str) -> None:
    found = checked(text).problems[0].hint
    assert found == hint or (hint.startswith("it is defined") and found.startswith("it is defined"))


def test_many_problems_have_hints_at_first_only() -> None:
    problems = checked(" && ".join(["tex == ''"] * 50)).problems
    assert len(problems) == 50
    assert problems[0].hint
    assert not problems[-1].hint


def test_an_expression_is_judged_even_where_hardly_any_stack_is_left() -> None:
    expression = parse("[" * 199 + "]" * 199)

    def far_down(frames: int) -> Checked:
        return far_down(frames - 1) if frames else check(expression, ENVIRONMENT)

    deepest = None
    for frames in range(100, 950, 50):
        try:
            deepest = far_down(frames)
        except RecursionError:  # of these calls themselves
            break
    assert deepest is not None
    assert [problem.kind for problem in deepest.problems] in ([], ["depth"])


# Types as values


def test_types_are_equal_by_what_they_say_also_in_another_process() -> None:
    person = pickle.loads(pickle.dumps(PERSON))  # noqa: S301 - made here
    assert person == PERSON
    assert hash(person) == hash(PERSON)
    assert person != object_of({"name": STRING})
    assert enum_of(["a"]) != STRING
    assert CelType("A", parameter=True) != CelType("A")


@pytest.mark.parametrize(
    ("one", "other", "joined"),
    [
        (INT, INT, INT),
        (INT, DOUBLE, None),
        (INT, DYN, DYN),
        (INT, NEVER, INT),
        (INT, NULL, nullable_of(INT)),
        (nullable_of(INT), INT, nullable_of(INT)),
        (nullable_of(INT), STRING, None),
        (list_of(NEVER), list_of(INT), list_of(INT)),
        (list_of(INT), list_of(STRING), None),
        (enum_of(["a"]), enum_of(["b"]), enum_of(["a", "b"])),
        (enum_of(["a"]), STRING, STRING),
        (within(INT, 1, 2), within(INT, 0, None), within(INT, 0, None)),
        (object_of({"a": INT}), object_of({"a": STRING}, ["a"]), object_of({"a": DYN}, ["a"])),
        (object_of({"a": INT}), object_of({"b": INT}), MAP),
        (object_of({"a": INT}), map_of(STRING, INT), MAP),
        (object_of({"a": INT}), map_of(INT, INT), None),
    ],
)
def test_two_types_have_a_least_one_above_them(
    one: CelType, other: CelType, joined: CelType | None
) -> None:
    assert join(one, other) == joined
    assert join(other, one) == joined
