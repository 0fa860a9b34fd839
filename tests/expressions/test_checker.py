"""What can be said about an expression without data."""

from __future__ import annotations

import pytest
from hypothesis import given

from statewright.errors import EvaluationError
from statewright.expressions import Environment, ProblemKind, check, evaluate, parse
from statewright.expressions.environment import signatures_from_overloads
from statewright.expressions.overloads import function
from statewright.expressions.syntax import walk
from statewright.expressions.types import (
    BOOL,
    DYN,
    INT,
    MAP,
    STRING,
    TIMESTAMP,
    list_of,
    named_types,
    object_of,
    optional_of,
    type_from_name,
)
from tests.expressions.random_expressions import NAMES, texts

ENVIRONMENT = Environment(
    {
        "age": INT,
        "name": STRING,
        "tags": list_of(STRING),
        "contact": object_of({"city": STRING, "address": object_of({"zip": STRING})}),
        "vars": MAP,
        "answer": DYN,
        "now": TIMESTAMP,
        "email": optional_of(STRING),
    },
    (function("draw", (INT,), INT, lambda _, count: count),),
)


@pytest.mark.parametrize(
    ("text", "type_"),
    [
        ("age + 1", "int"),
        ("age > 18 && name == 'x'", "bool"),
        ("name + '!'", "string"),
        ("[1, 2]", "list(int)"),
        ("[1, 'a']", "list(dyn)"),
        ("{'a': 1}", "map(string, int)"),
        ("tags.map(t, t.size())", "list(int)"),
        ("tags.filter(t, t != '')", "list(string)"),
        ("tags.transformMap(i, t, t)", "map(int, string)"),
        ("tags[0]", "string"),
        ("tags[?0]", "optional_type(string)"),
        ("contact.address.zip", "string"),
        ("contact.?city", "optional_type(string)"),
        ("contact['city']", "string"),
        ("vars.anything.at.all", "dyn"),
        ("vars.count + 1", "int"),
        ("answer ? 1 : 2", "int"),
        ("age > 1 ? 'a' : answer", "dyn"),
        ("email.orValue('none')", "string"),
        ("email.optMap(e, size(e))", "optional_type(int)"),
        ("cel.bind(x, age, x * x)", "int"),
        ("type(age)", "type(int)"),
        ("now - now", "duration"),
        ("now.getHours()", "int"),
        ("math.abs(age)", "int"),
        ("draw(6)", "int"),
        ("-age", "int"),
        ("null", "null_type"),
        ("[[]]", "list(list(dyn))"),
    ],
)
def test_types(text: str, type_: str) -> None:
    checked = check(parse(text), ENVIRONMENT)
    assert checked.problems == ()
    assert str(checked.type) == type_


@pytest.mark.parametrize(
    ("text", "kind", "reason", "place", "hint"),
    [
        ("nam == ''", "undefined", "`nam` is not declared", "nam", "did you mean `name`?"),
        (
            "contact.cty",
            "undefined",
            "there is no field `cty`",
            "contact.cty",
            "did you mean `city`?",
        ),
        ("has(contact.zip)", "undefined", "there is no field `zip`", "has(contact.zip)", ""),
        ("contact['zp']", "undefined", "there is no field `zp`", "contact['zp']", ""),
        ("age + 'a'", "function", "`+` is not defined on (int, string)", "age + 'a'", None),
        ("age < 'a'", "function", "`<` is not defined on (int, string)", "age < 'a'", None),
        ("-name", "function", "`-` is not defined on (string)", "-name", None),
        ("name.length()", "function", "there is no function `length`", "length()", None),
        (
            "1 + 2 * size(age)",
            "function",
            "`size` is not defined on (int)",
            "size(age)",
            "it is defined as `size(string) -> int`, `size(bytes) -> int`, `size(list(A)) -> int`, …",
        ),
        (
            "name.startWith('a')",
            "function",
            "there is no function `startWith`",
            "startWith('a')",
            "did you mean `startsWith`?",
        ),
        ("age && true", "type", "an operand of `&&` has to be `bool`, and is `int`", "age", ""),
        ("!age", "type", "what `!` negates has to be `bool`, and is `int`", "age", ""),
        ("age ? 1 : 2", "type", "a condition has to be `bool`, and is `int`", "age", ""),
        (
            "tags.exists(t, t.size())",
            "type",
            "a condition has to be `bool`, and is `int`",
            "t.size()",
            "",
        ),
        (
            "age == 'a'",
            "type",
            "`int` == `string` is never true",
            "age == 'a'",
            "convert it: `string(age)`",
        ),
        (
            "age != 'a'",
            "type",
            "`int` != `string` is always true",
            "age != 'a'",
            "convert it: `string(age)`",
        ),
        ("age in tags", "type", "`int` is never in `list(string)`", "age in tags", ""),
        (
            "age in name",
            "type",
            "`in` looks into lists and maps, not into `string`",
            "age in name",
            "",
        ),
        ("age.x", "type", "`.x` of `int`, which has no fields", "age.x", ""),
        (
            "tags['a']",
            "type",
            "`list(string)` has nothing at an index of type `string`",
            "tags['a']",
            "",
        ),
        (
            "age.map(x, x)",
            "type",
            "a macro walks through lists and maps, not through `int`",
            "age",
            "",
        ),
        ("age.optMap(x, x)", "type", "`optMap` opens an optional, and this is `int`", "age", ""),
        ("[?age]", "type", "`?` opens an optional, and this is `int`", "age", ""),
        ("{[1]: 2}", "type", "`list(int)` cannot be the type of a key", "[1]", ""),
        ("name.matches('(')", "pattern", "invalid regular expression: missing ): (", "'('", ""),
    ],
)
def test_problems(text: str, kind: str, reason: str, place: str, hint: str | None) -> None:
    (problem,) = check(parse(text), ENVIRONMENT).problems
    assert problem.kind == ProblemKind(kind)
    assert problem.reason == reason
    assert text[problem.start : problem.end] == place
    if hint is not None:
        assert problem.hint == hint


@pytest.mark.parametrize(
    "text",
    [
        "age == null",
        "age == 1.5 && age < 1.5 && age in [1.5]",
        "answer.size() + answer > answer[0]",
        "vars.x && !vars.y",
        "type(age) == string",
        "vars.m.exists(k, v, v)",
        "size(contact) > 0 && 'city' in contact",
        "contact == {'city': 'x'}",
        "[].map(x, x + 1).all(x, x > 0)",
        "tags[0.0] == ''",
        "[1] + tags",
        "optional.of(1).orValue('a')",
        "sets.contains([1], tags)",
    ],
)
def test_what_may_work_is_not_reported(text: str) -> None:
    assert check(parse(text), ENVIRONMENT).problems == ()


def test_problems_come_in_the_order_of_the_text() -> None:
    checked = check(parse("(one || two) && three == 'a' + 1"), ENVIRONMENT)
    assert [problem.start for problem in checked.problems] == [1, 8, 16, 25]


def test_declared_types_have_the_names_of_the_flow_language() -> None:
    assert [str(type_from_name(name)) for name in named_types()] == [
        *("dyn", "null_type", "bool", "int", "uint", "double", "string", "bytes"),
        *("timestamp", "duration", "list(dyn)", "map(string, dyn)"),
    ]


def test_signatures_are_kept_apart_by_how_they_are_called() -> None:
    one = function("f", (INT,), BOOL, lambda _: True)
    assert signatures_from_overloads([one, one]) == {("f", False): (one, one)}


@pytest.mark.parametrize(
    "text", ["[" * 199 + "]" * 199, "{'a': " * 99 + "1" + "}" * 99, "!" * 199 + "a"]
)
def test_deep_expressions_are_checked_far_down_the_stack(text: str) -> None:
    def far_down(frames: int) -> object:
        return far_down(frames - 1) if frames else check(parse(text), Environment({"a": DYN}))

    far_down(200)


@given(texts())
def test_any_expression_can_be_checked(text: str) -> None:
    environment = Environment(dict.fromkeys(NAMES, DYN))
    expression = parse(text)
    for problem in check(expression, environment).problems:
        assert 0 <= problem.start < problem.end <= len(text)


@given(texts())
def test_what_is_reported_as_a_wrong_function_has_no_value(text: str) -> None:
    """Where the whole expression is the wrong call, evaluating it is an error."""
    expression = parse(text)
    problems = check(expression, Environment(dict.fromkeys(NAMES, DYN))).problems
    root = expression.root
    for problem in problems:
        whole = (problem.start, problem.end) == (root.start, root.end)
        if problem.kind is ProblemKind.FUNCTION and whole:
            with pytest.raises(EvaluationError):
                evaluate(expression, {"m": {}})


def test_the_type_of_every_node_is_told() -> None:
    expression = parse("age + size(name) > 2 && tags.exists(t, t == name)")
    checked = check(expression, ENVIRONMENT)
    told = [
        (expression.text[node.start : node.end], str(checked.types[id(node)]))
        for node in walk(expression.root)
    ]
    assert told == [
        ("age + size(name) > 2 && tags.exists(t, t == name)", "bool"),
        ("age + size(name) > 2", "bool"),
        ("age + size(name)", "int"),
        ("age", "int"),
        ("size(name)", "int"),
        ("name", "string"),
        ("2", "int"),
        ("tags.exists(t, t == name)", "bool"),
        ("tags", "list(string)"),
        ("t == name", "bool"),
        ("t", "string"),
        ("name", "string"),
    ]


def test_every_operation_is_told_with_the_overloads_that_it_may_mean() -> None:
    expression = parse("math.abs(age) - vars.x - answer > age")
    checked = check(expression, ENVIRONMENT)
    told = {
        expression.text[node.start : node.end]: [
            [str(overload) for overload in resolution.overloads]
            for resolution in checked.calls[id(node)]
        ]
        for node in walk(expression.root)
        if id(node) in checked.calls
    }
    assert told["math.abs(age)"] == [["math.abs(int) -> int"]]
    assert told["math.abs(age) - vars.x - answer"] == [["int - int -> int"]] * 2
    assert told["math.abs(age) - vars.x - answer > age"] == [["int > int -> bool"]]


def test_every_name_is_told_with_what_it_means() -> None:
    expression = parse("tags.map(t, t + name).size() > 0 && type(now) == google.protobuf.Timestamp")
    checked = check(expression, ENVIRONMENT)
    told = [
        (meaning.kind.value, meaning.name)
        for node in walk(expression.root)
        if (meaning := checked.names.get(id(node)))
    ]
    assert told == [
        ("variable", "tags"),
        ("macro variable", "t"),
        ("variable", "name"),
        ("variable", "now"),
        ("type", "google.protobuf.Timestamp"),
    ]


def test_of_the_elements_of_a_list_of_anything_no_type_is_taken_for_granted() -> None:
    environment = Environment({"numbers": list_of(DYN)})
    assert str(check(parse("math.greatest(numbers)"), environment).type) == "dyn"
    assert str(check(parse("[1] + numbers"), environment).type) == "list(dyn)"
