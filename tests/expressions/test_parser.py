"""What is an expression, what is not, and where it goes wrong."""

from __future__ import annotations

import copy
import pickle

import pytest

from statewright.errors import ExpressionError
from statewright.expressions import Uint, evaluate, parse
from statewright.expressions.syntax import DEPTH_LIMIT, Arithmetic, Logic, Macro, depth, walk


def error_of(text: str) -> ExpressionError:
    with pytest.raises(ExpressionError) as caught:
        parse(text)
    return caught.value


def marked(text: str) -> str:
    """The reason, and the part of the text that the error points at."""
    error = error_of(text)
    return f"{error.reason} @ {error.text[error.start : error.end]}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a && ", "expected a value, found the end @ "),
        ("(1 + 2", "`(` is never closed @ ("),
        ("items[0", "`[` is never closed @ ["),
        ("f(1, {'a': 2)", "expected an operator or `,`, `:` or `}`, found `)` @ )"),
        ("{'a' 1}", "expected an operator or `,`, `:` or `}`, found `1` @ 1"),
        ("{'a'}", "expected `:` and a value, found `}` @ }"),
        ("a ? b", "expected `:` and what holds otherwise, found the end @ "),
        ("a ? b ? c : d : e", "a condition inside a condition @ ?"),
        ("a and b", "expected an operator or the end, found `and` @ and"),
        ("a = b", "`=` does not belong here @ ="),
        ("'abc", "the text has no closing ' @ '"),
        ("'a\\qb'", "`\\q` is no escape @ \\q"),
        ("'\\ud800'", "U+D800 is no character @ \\ud800"),
        ("b'\\u0041'", "bytes have no characters @ \\u0041"),
        ("!-x", "`-` cannot follow `!` @ -"),
        ("has(a)", "`has` takes one selection of a field @ has(a)"),
        ("[1].map(1, 2)", "expected the name of a variable of `map` @ 1"),
        ("[1].all(x, x, true)", "`x` is named twice @ x"),
        ("cel.bind(1, 2, 3)", "expected the name of a variable of `cel.bind` @ 1"),
        ("a.in", "expected the name of a field, found `in` @ in"),
        ("for", "`for` is a reserved word @ for"),
        ("Point{x: 1}", "messages are not supported @ {"),
        ("9223372036854775808", "the number does not fit in a 64-bit int @ 9223372036854775808"),
        ("18446744073709551616u", "the number does not fit in 64 bits @ 18446744073709551616u"),
        ("1e999", "the number is too large for a double @ 1e999"),
        ("[1, ?]", "expected a value, found `]` @ ]"),
        ("f(1,)", "expected a value, found `)` @ )"),
        ("", "expected a value, found the end @ "),
        ("[,1]", "expected a value, found `,` @ ,"),
        ("[1,,]", "expected a value, found `,` @ ,"),
        ("{?,}", "expected a value, found `,` @ ,"),
        ("a. ", "expected the name of a field, found the end @ "),
        ("na\u00efve", "`\u00ef` does not belong here @ \u00ef"),
        ("a\u202eb", "U+202E does not belong here @ \u202e"),
        ("1 // \u202e\n \0", "U+0000 does not belong here @ \0"),
        ("r'''a''", "the text has no closing ''' @ r'''"),
        ("not a", "`not` does not belong here @ not"),
        ("b && not a in c", "`not` does not belong here @ not"),
        ("a 'x\u202ey'", "expected an operator or the end, found `'xy'…` @ 'x\u202ey'"),
        ("a '''b\nc'''", "expected an operator or the end, found `'''bc'''…` @ '''b\nc'''"),
    ],
)
def test_an_error_says_what_and_where(text: str, expected: str) -> None:
    assert marked(text) == expected


def test_an_error_shows_carets_and_a_hint() -> None:
    assert str(error_of("total = 3")).splitlines() == [
        "`=` does not belong here",
        "total = 3",
        "      ^",
        "comparisons are written `==`",
    ]


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("a and b", "`and` is written `&&`"),
        ("a OR b", "`or` is written `||`"),
        ("not a", "`not` is written `!`"),
        ("a not in b", "`not` is written `!`: `!(a in b)`"),
        ("a & b", "`and` is written `&&`"),
        ("a | b", "`or` is written `||`"),
        ("a = b", "comparisons are written `==`"),
        ("a === b", "comparisons are written `==`"),
        ("a !== b", "comparisons are written `!=`"),
        ("a <> b", "comparisons are written `!=`"),
        ("a => b", "comparisons are written `>=`"),
        ("a \u2265 b", "comparisons are written `>=`"),
        ("a is b", "comparisons are written `==`"),
        ("a contains 'b'", "functions of a text are called: `text.contains(other)`"),
        ("if a then b", "a choice is written `condition ? value : other value`"),
        ("a if b else c", "a choice is written `condition ? value : other value`"),
        ("\u201ca\u201d", "texts stand between ' or \", the plain quotes"),
        ("a\u00a0== b", "this is no plain blank"),
        ("$a", "variables are written by their names alone"),
        ("a # b", "comments begin with `//`"),
        ("a /* b */", "comments begin with `//`"),
        ("1.", "a double has digits behind its dot: `1.0`"),
        ("a.'b'", "write `[…]` around it, instead of the dot"),
        (
            "\u00e9",
            "names are made of the letters a to z, digits and `_`; `vars['…']` reads others",
        ),
        ("for", "a variable of that name is read as `vars['for']`"),
        ("in", "`in` stands between a value and a list or map"),
        ("'a\nb'", "a text of several lines stands between ''' and '''"),
    ],
)
def test_an_error_says_how_it_is_written_in_cel(text: str, hint: str) -> None:
    assert error_of(text).hint == hint


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1 + 2 * 3 - 4", 3),
        ("(1 + 2) * 3", 9),
        ("10 - 4 - 3", 3),
        ("2 == 2 == true", True),
        ("true || false && false", True),
        ("!true || true", True),
        ("false ? 1 : true ? 2 : 3", 2),
        ("-2 + 3", 1),
        ("- 2", -2),
        ("-(-9223372036854775807) == 9223372036854775807", True),
        ("-9223372036854775808", -(2**63)),
        ("0xFFu", Uint(255)),
        ("-0x10", -16),
        (".5e1", 5.0),
        ("[1, 2,][1]", 2),
        ("[,]", []),
        ("{,}", {}),
        ("r''+\"\"+''''''", ""),
        ("'''a''b'c'''", "a''b'c"),
        ("r'''\\'''", "\\"),
        ("bR'\\x'", b"\\x"),
        ("b'a' == B\"a\"", True),
        ("1in[1]", True),
        ("'a'in['a']", True),
        ("true?.5:1", 0.5),
        ("{'a': 1,}.a", 1),
        ("{'content-type': 1}.`content-type`", 1),
        ("1 // the rest is a comment", 1),
        ('"a\\x41\\101\\u0041\\U00000041\\n"', "aAAAA\n"),
        (r"r'\d+'", "\\d+"),
        ('\'\'\'it\'s\n\'\'\' + """a "b" c"""', 'it\'s\na "b" c'),
        ("b'\\xff\u00e9'", b"\xff\xc3\xa9"),
        ("size('\U0001f600')", 1),
    ],
)
def test_texts_mean_what_the_language_says(text: str, value: object) -> None:
    result = evaluate(parse(text), {})
    assert (result, type(result)) == (value, type(value))


@pytest.mark.parametrize("operator", ["&&", "||", "+", "-", "*"])
def test_long_chains_are_one_node_and_evaluate(operator: str) -> None:
    value = "true" if operator in ("&&", "||") else "0"
    expression = parse(f" {operator} ".join([value] * 10_000))
    assert isinstance(expression.root, Logic | Arithmetic)
    assert depth(expression.root) == 2
    assert evaluate(expression, {}) == (value == "true")


@pytest.mark.parametrize(
    "text",
    [
        "[" * 300 + "]" * 300,
        "!" * 300 + "a",
        "a" + ".b" * 300,
        "a ? 1 : " * 300 + "2",
        "a == " * 300 + "b",
        "f(" * 300 + ")" * 300,
    ],
)
def test_what_is_nested_too_deeply_is_refused(text: str) -> None:
    assert error_of(text).reason == f"the expression is nested more than {DEPTH_LIMIT} levels deep"


@pytest.mark.parametrize(
    "text", ["(" * 40_000, "[" * 40_000, "a?" * 40_000, "a." * 40_000, "!" * 9]
)
def test_no_text_overflows_the_parser(text: str) -> None:
    assert error_of(text).reason


def test_parentheses_may_be_nested_at_will() -> None:
    assert evaluate(parse("(" * 10_000 + "1" + ")" * 10_000), {}) == 1


@pytest.mark.parametrize(
    "text",
    [
        "[" * 199 + "]" * 199,
        "size([" * 99 + "1" + "])" * 99,
        "1 == (" * 199 + "1" + ")" * 199,
        "[1].map(x, " * 198 + "1" + ")" * 198,
        "cel.bind(x, 1, " * 198 + "x" + ")" * 198,
        "true ? 1 : " * 199 + "1",
    ],
)
def test_what_is_nested_less_evaluates_even_far_down_the_stack(text: str) -> None:
    def far_down(frames: int) -> object:
        return far_down(frames - 1) if frames else evaluate(parse(text), {})

    far_down(200)


def test_a_text_that_is_too_long_is_refused() -> None:
    assert "longer than" in error_of("1" + " " * 100_000).reason


def test_half_a_character_is_refused() -> None:
    assert marked("'ab\ud800'") == "the text holds half a character @ \ud800"


def test_what_is_too_deep_is_pointed_at() -> None:
    inner = "[" * 101 + "]" * 101
    assert marked("a + " + "[" * 300 + "]" * 300).endswith(f" @ {inner}")


def test_expressions_are_equal_when_their_texts_are() -> None:
    assert parse("a + 1") == parse("a + 1") != parse("a+1")
    assert hash(parse("a + 1")) == hash(parse("a + 1"))


def test_an_expression_that_ran_can_be_copied_and_pickled() -> None:
    expression = parse("[1, 2].map(x, x * n)")
    assert evaluate(expression, {"n": 2}) == [2, 4]
    for other in (pickle.loads(pickle.dumps(expression)), copy.deepcopy(expression)):  # noqa: S301
        assert other == expression
        assert evaluate(other, {"n": 3}) == [3, 6]


def test_macros_are_known_by_name_and_number_of_arguments() -> None:
    (macro,) = (node for node in walk(parse("a.filter(x, x > 1)").root) if isinstance(node, Macro))
    assert (macro.macro, macro.variables) == ("filter", ("x",))
    assert not isinstance(parse("a.filter(x)").root, Macro)
    assert not isinstance(parse("filter(x, y)").root, Macro)
