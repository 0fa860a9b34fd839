"""``eval``: values, types, and what is wrong, with its place."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from statewright.cli import run
from tests.cli.commands import CommandLine, process
from tests.cli.test_fuzz import typed
from tests.expressions.random_expressions import texts


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1 + 1", "2"),
        ("'a' + \"b'\"", '"ab\'"'),
        ("1.0", "1.0"),
        ("1u", "1u"),
        ("b'\\xffa'", "b'\\xffa'"),
        ("null", "null"),
        ("timestamp('2026-01-31T09:00:00.5+01:00')", "timestamp('2026-01-31T08:00:00.5Z')"),
        ("duration('1m30s')", "duration('90s')"),
        ("optional.of(1)", "optional.of(1)"),
        ("optional.none()", "optional.none()"),
        ("type(1)", "int"),
        ("[1, {'b': 0.0/0.0, 'a': -1.0/0.0}]", "[1, {'a': double('-inf'), 'b': double('nan')}]"),
    ],
)
def test_a_value_is_printed_as_cel(statewright: CommandLine, text: str, value: str) -> None:
    result = statewright("eval", text)
    assert (result.code, result.out, result.err) == (0, f"{value}\n", "")


def test_a_long_value_is_broken_over_lines(statewright: CommandLine) -> None:
    lines = statewright(
        "eval", "[1, 2, 3].map(x, 'text ' + 'and more '.trim() + string(x * 10000000000000000))"
    )
    assert lines.out.splitlines() == [
        "[",
        *(f"  'text and more{n}0000000000000000'{',' if n < 3 else ''}" for n in (1, 2, 3)),
        "]",
    ]  # fmt: skip


def test_variables_come_from_a_file_and_from_options(
    statewright: CommandLine, tmp_path: Path
) -> None:
    data = tmp_path / "data.json"
    data.write_text('{"user": {"name": "Ada", "age": 36}, "n": 1}')
    arguments = ("--data", data, "--var", "n=2", "--var", "first name=[true]")
    result = statewright("eval", "[user.name, n, vars['first name'], vars.n]", *arguments)
    assert (result.code, result.out) == (0, "['Ada', 2, [true], 2]\n")


def test_data_and_expressions_come_from_standard_input() -> None:
    assert (
        process("eval", "a.b", "--data", "-", typed=b'{"a": {"b": "\xc3\xa9"}}').stdout
        == "'é'\n".encode()
    )
    assert process("eval", "-", "--var", "a=1", typed=b"a\n  + 1 // two\n").stdout == b"2\n"


def test_an_expression_is_utf_8_whatever_the_locale() -> None:
    environment = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    result = process("eval", "size('漢字') > 1 ? 'é' : ''", environment=environment)
    assert result.stdout == "'é'\n".encode()


def test_a_declared_variable_holds_a_value_of_its_type(statewright: CommandLine) -> None:
    arguments = ("--declare", "day=timestamp", "--var", 'day="2026-01-31T00:00:00Z"')
    assert statewright("eval", "day.getDayOfWeek()", *arguments).out == "6\n"
    assert statewright("eval", "x", "--declare", "x=double", "--var", "x=1").out == "1.0\n"
    assert (
        statewright("eval", "x", "--declare", "x=nullable(int)", "--var", "x=null").out == "null\n"
    )


def test_now_is_what_is_said(statewright: CommandLine) -> None:
    result = statewright("eval", "now - duration('1h')", "--now", "2026-01-31T09:00:00Z")
    assert result.out == "timestamp('2026-01-31T08:00:00Z')\n"
    assert statewright("eval", "type(now)").out == "google.protobuf.Timestamp\n"


@pytest.mark.parametrize(
    ("text", "declared", "value", "printed"),
    [
        ("x.t.getFullYear()", "x={t: timestamp}", '{"t": "2026-01-31T00:00:00Z"}', "2026"),
        ("x[0] + 1.5", "x=list(double)", "[1, 2]", "2.5"),
        ("x['a'][0].getHours()", "x=map(string, list(duration))", '{"a": ["2h"]}', "2"),
    ],
)
def test_what_is_declared_holds_inside_of_values_too(
    statewright: CommandLine, text: str, declared: str, value: str, printed: str
) -> None:
    result = statewright("eval", text, "--declare", declared, "--var", f"x={value}")
    assert (result.code, result.out) == (0, f"{printed}\n"), result.err


def test_what_contradicts_its_declaration_is_refused_where_it_stands(
    statewright: CommandLine,
) -> None:
    result = statewright("eval", "x", "--declare", "x={a: list(int)}", "--var", 'x={"a": [1, "b"]}')
    assert result.code == 2
    assert "x.a[1]: " in result.err
    lacking = statewright("eval", "x", "--declare", "x={a: int}", "--var", "x={}")
    assert lacking.code == 2
    assert "x.a: it is missing" in lacking.err


@pytest.mark.parametrize(
    ("text", "declared", "found"),
    [
        ("1 + 1", "", "int"),
        ("xs.map(x, x.n)", "xs=list({n: string})", "list(string)"),
        (
            "u",
            "u={name: string, 'first-name': list(int), ?age: int}",
            "{name: string, 'first-name': list(int), ?age: int}",
        ),
        ("m.a", "m=map(string, bool)", "bool"),
        ("[x, 1]", "x=dyn", "list(dyn)"),
        ("draw(6)", "", "int"),
        ("now", "", "timestamp"),
    ],
)
def test_a_type_is_printed(statewright: CommandLine, text: str, declared: str, found: str) -> None:
    result = statewright("eval", "--type", text, *(["--declare", declared] if declared else []))
    assert (result.code, result.out) == (0, f"{found}\n")


def test_types_of_variables_are_those_of_the_data(statewright: CommandLine) -> None:
    data = '{"user": {"name": "Ada", "tags": ["a"], "score": 1.5, "last": null}}'
    result = statewright("eval", "--type", "user", "--data", data)
    assert result.out == "{name: string, tags: list(string), score: double, last: dyn}\n"


def test_an_error_has_carets_and_help(statewright: CommandLine) -> None:
    result = statewright("eval", "'漢字' + agee", "--var", "age=3")
    assert (result.code, result.out) == (1, "")
    assert result.err.splitlines() == [
        "error: `agee` is not declared",
        "  |",
        "1 | '漢字' + agee",
        "  |          ^^^^",
        "  = help: did you mean `age`?",
    ]


def test_an_error_in_the_data_points_at_its_place(statewright: CommandLine) -> None:
    text = "true\n  && size(xs) > 0\n  && xs[ 12 ] == 1"
    result = statewright("eval", text, "--var", "xs=[1]")
    assert (result.code, result.out) == (1, "")
    assert result.err.splitlines() == [
        "error: index 12 is outside a list of 1",
        "  |",
        "3 |   && xs[ 12 ] == 1",
        "  |          ^^",
    ]


def test_what_cannot_be_parsed_is_an_error(statewright: CommandLine) -> None:
    result = statewright("eval", "a =\n b")
    assert result.code == 1
    assert result.err.splitlines()[:4] == [
        "error: `=` does not belong here",
        "  |",
        "1 | a =",
        "  |   ^",
    ]


def test_a_warning_does_not_stand_in_the_way(statewright: CommandLine) -> None:
    result = statewright("eval", "a == 'x'", "--var", "a=1")
    assert (result.code, result.out) == (0, "false\n")
    assert result.err.startswith("warning: ")


def test_strict_refuses_what_the_checker_finds(statewright: CommandLine) -> None:
    for text in ("a == 'x'", "a == 1.0"):
        result = statewright("eval", text, "--var", "a=1", "--strict")
        assert (result.code, result.out) == (1, "")
        assert result.err.startswith("error: ")


def test_json_has_value_type_and_places(statewright: CommandLine) -> None:
    found = json.loads(statewright("eval", "[b'a', 1u, 0.5]", "--format", "json").out)
    assert found == {
        "value": ["YQ==", 1, 0.5],
        "cel": "[b'a', 1u, 0.5]",
        "type": "list(dyn)",
        "errors": [],
        "warnings": [],
    }
    result = statewright("eval", "a\n+ bb", "--var", "a=1", "--format", "json")
    assert (result.code, result.err) == (1, "")
    assert json.loads(result.out)["errors"] == [
        {
            "message": "`bb` is not declared",
            "help": "",
            "line": 2,
            "column": 3,
            "start": 4,
            "end": 6,
        }
    ]


def test_json_has_null_where_it_knows_no_such_number(statewright: CommandLine) -> None:
    found = json.loads(statewright("eval", "1.0 / 0.0", "--format", "json").out)
    assert (found["value"], found["cel"]) == (None, "double('inf')")


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("1", "2"),
        ("a", "--data", "/no/such/file"),
        ("a", "--data", "[1]"),
        ("a", "--data", "{"),
        ("a", "--var", "a"),
        ("a", "--var", "=1"),
        ("a", "--var", "a=text"),
        ("a", "--var", "a=" + "[" * 100_000),
        ("a", "--var", "a=99999999999999999999"),
        ("a", "--var", 'a="\\ud800"'),
        ("a", "--declare", "a=integer"),
        ("a", "--declare", "a=list("),
        ("a", "--declare", "a=type(int)", "--var", "a=1"),
        ("a", "--declare", "a=int", "--var", 'a="x"'),
        ("a", "--now", "noon"),
        ("-", "--data", "-"),
        ("a", "--format", "yaml"),
    ],
)
def test_wrong_usage_is_told(statewright: CommandLine, arguments: tuple[str, ...]) -> None:
    result = statewright("eval", *arguments)
    assert (result.code, result.out) == (2, ""), result
    assert "internal error" not in result.err


@settings(deadline=None, max_examples=150)
@given(text=texts() | st.text(), kind=st.sampled_from([[], ["--type"], ["--strict"]]))
def test_any_expression_is_answered(text: str, kind: list[str]) -> None:
    data = '{"a": 1, "b": 2.5, "c": "vip", "d": true, "e": [1], "f": null, "m": {"x": 1}}'
    with typed(b"") as (out, err):
        code = run(["eval", *kind, "--data", data, "--format", "json", "--", text])
    assert code in ({0, 1} if text != "-" else {1})
    assert err.getvalue() == ""
    found = json.loads(out.getvalue())
    assert bool(found["errors"]) == (code == 1)


def test_a_type_comes_with_what_may_fail(statewright: CommandLine) -> None:
    result = statewright(
        "eval", "--type", "xs[0] + n", "--declare", "xs=list(int)", "--declare", "n=int"
    )
    assert (result.code, result.out) == (0, "int\n")
    assert result.err.splitlines() == [
        "may fail: `xs` may have no element at `0`",
        "  |",
        "1 | xs[0] + n",
        "  | ^^^^^",
        "  = help: test it first: `size(xs) > …`",
    ]
    result = statewright("eval", "--type", "n + 1", "--declare", "n=int", "--format", "json")
    (failure,) = json.loads(result.out)["failures"]
    assert (failure["kind"], failure["start"], failure["end"]) == ("overflow", 0, 5)


def test_nothing_fails_that_the_data_rule_out(statewright: CommandLine) -> None:
    result = statewright(
        "eval",
        "--type",
        "size(name) > 3 || name in tags",
        "--data",
        '{"name": "Ada", "tags": ["x"]}',
    )
    assert (result.out, result.err) == ("bool\n", "")


def test_a_seed_decides_what_is_drawn(statewright: CommandLine) -> None:
    text = "[1, 2, 3].map(x, draw(1000000))"
    assert statewright("eval", text).out == statewright("eval", text).out
    assert statewright("eval", text).out != statewright("eval", text, "--seed", "other").out


def test_only_a_chart_knows_its_states(statewright: CommandLine) -> None:
    result = statewright("eval", "In('a')")
    assert result.code == 1
    assert "only a running chart can tell" in result.err
