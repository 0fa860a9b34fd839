"""Trees become texts that mean the same, and look the same every time."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from ipaddress import ip_interface
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from statewright.errors import ExpressionError, UnwritableTree
from statewright.expressions import Maybe, TypeValue, Uint, evaluate, parse, parse_template
from statewright.expressions.parsing.parser import LENGTH_LIMIT
from statewright.expressions.printing.spelling import tree_from_value
from statewright.expressions.printing.unparser import unparse
from statewright.expressions.syntax import (
    Arithmetic,
    Call,
    Comparison,
    Literal,
    Logic,
    Macro,
    Name,
    Node,
    Select,
    Unary,
)
from statewright.expressions.values import BoolKey
from tests.conformance.cel_cases import same
from tests.expressions.random_expressions import texts
from tests.expressions.random_trees import shape, trees
from tests.shared_data import shared_files


def literal(value: Any) -> Literal:
    return Literal(value, 0, 0)


def assert_round_trip(root: Node) -> None:
    text = unparse(root)
    again = parse(text).root
    assert shape(again) == shape(root), text
    assert unparse(again) == text
    for width in (1, 40):
        broken = unparse(root, width)
        assert shape(parse(broken).root) == shape(root), broken
        assert unparse(parse(broken)) == text


@given(trees())
def test_a_tree_is_parsed_again_from_its_text(root: Node) -> None:
    assert_round_trip(root)


@given(texts())
def test_a_text_means_the_same_when_it_is_written_anew(text: str) -> None:
    assert_round_trip(parse(text).root)


def test_the_conformance_suite_is_written_anew() -> None:
    """Also the tests that we do not run for their messages, as far as they are parsed."""
    expressions = {
        test["expr"]
        for file in shared_files("conformance/cel", "simple.json")
        for test in json.loads(file.read_text())["tests"]
    }
    if not expressions:
        pytest.skip("the suite is not there")
    written = sum(map(is_written_anew, expressions))
    assert written > 0.75 * len(expressions)


def is_written_anew(text: str) -> bool:
    """Whether it is an expression; it is then written anew."""
    try:
        root = parse(text).root
    except ExpressionError:
        return False
    assert_round_trip(root)
    return True


def strings_in(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from strings_in(part)
    elif isinstance(value, list):
        for part in value:
            yield from strings_in(part)


def test_what_can_be_read_in_real_flows_is_written_anew() -> None:
    """Any text of the flows that happens to be an expression, and every hole of a template."""
    found: set[str] = set()
    for file in shared_files("flows", "**/*.json"):
        for text in strings_in(json.loads(file.read_text())):
            found.add(text)
            with suppress(ExpressionError):
                found.update(hole.expression.text for hole in parse_template(text).holes)
    if not found:
        pytest.skip("no shared flows")
    assert sum(map(is_written_anew, found)) > 1000


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("a&&b&&(c&&d)||e", "a && b && (c && d) || e"),
        ("((a)) || (b && c)", "a || b && c"),
        ("(a || b) && c", "(a || b) && c"),
        ("(a == b) == c", "a == b == c"),
        ("a == (b == c)", "a == (b == c)"),
        ("1-(2+3)*(4%5)", "1 - (2 + 3) * (4 % 5)"),
        ("(1+2)+3", "(1 + 2) + 3"),
        ("a?b:c?d:e", "a ? b : c ? d : e"),
        ("(a?b:c)?(d?e:f):g", "(a ? b : c) ? (d ? e : f) : g"),
        ("{(a ? b : c): d ? e : f}", "{(a ? b : c): d ? e : f}"),
        ("-(1)", "-(1)"),
        ("- 1", "-1"),
        ("-(-1)", "-(-1)"),
        ("--a", "--a"),
        ("!(-a)", "!(-a)"),
        ("-(1.5.f())", "-(1.5.f())"),
        ("-1.5.f()", "(-1.5).f()"),
        ("-(-9223372036854775808)", "-(-9223372036854775808)"),
        ("a - -1", "a - -1"),
        ("1E3", "1000.0"),
        ("-0.0", "-0.0"),
        ("0X1fU", "31u"),
        ('"a"', "'a'"),
        ('"it\'s"', '"it\'s"'),
        ("'it\\'s \"it\"'", "'it\\'s \"it\"'"),
        (r"'\\d+'", r"r'\d+'"),
        (r"'a\\'", r"'a\\'"),
        (r'''"\\d'"''', r'''r"\d'"'''),
        ("'''a\nb\t'''", r"'a\nb\t'"),
        (r"'\u202e\x00é👩\u200d👧'", "'\\u202e\\u0000é👩\u200d👧'"),
        (r"b'a\'\xc3\251\n'", r'''b"a'\xc3\xa9\n"'''),
        ("m.`a-b`.`ok`.`in`.for", "m.`a-b`.ok.`in`.for"),
        ("m.?a[?0][1 + 2]", "m.?a[?0][1 + 2]"),
        ("[?a,b,]", "[?a, b]"),
        ("{?'a':b, c:d,}", "{?'a': b, c: d}"),
        (".a.b", ".a.b"),
        ("has( a . b )", "has(a.b)"),
        ("(a || b).c", "(a || b).c"),
        ("[1].map( x , x>1 , x )", "[1].map(x, x > 1, x)"),
        ("cel.bind(x,1,x+x)", "cel.bind(x, 1, x + x)"),
        ("a // and so on\n&& b", "a && b"),
    ],
)
def test_a_text_has_one_form(text: str, written: str) -> None:
    assert unparse(parse(text)) == written
    assert_round_trip(parse(text).root)


def test_a_long_chain_is_one_chain_again() -> None:
    text = unparse(Logic("&&", tuple(Name(f"a{n}", 0, 0) for n in range(10_000)), 0, 0))
    assert len(text) < LENGTH_LIMIT
    assert unparse(parse(text)) == text


def test_a_tree_as_deep_as_they_get_is_written_far_down_the_stack() -> None:
    root: Node = Name("a", 0, 0)
    for _ in range(99):
        root = Unary("!", Comparison("==", root, literal(1), 0, 0, 0), 0, 0)

    def far_down(frames: int) -> None:
        if frames:
            far_down(frames - 1)
        else:
            text = unparse(root)
            assert text == unparse(parse(text)) == "!(" * 99 + "a" + " == 1)" * 99

    far_down(600)


def test_lines_are_broken_where_they_are_too_long() -> None:
    text = (
        "size(cart.items.filter(item, item.price > 10.0 && item.quantity in [1, 2, 3])) > 0 && "
        "(user.tier == 'gold' || user.tier == 'platinum' || user.age >= 65) && has(user.email)"
    )
    assert unparse(parse(text), 60).splitlines() == [
        "size(",
        "  cart.items.filter(",
        "    item,",
        "    item.price > 10.0 && item.quantity in [1, 2, 3]",
        "  )",
        ") > 0",
        "&& (",
        "  user.tier == 'gold'",
        "  || user.tier == 'platinum'",
        "  || user.age >= 65",
        ")",
        "&& has(user.email)",
    ]
    assert unparse(parse(text), 200) == text


def test_a_chain_of_conditions_is_a_table() -> None:
    text = "age < 13 ? 'child' : age < 18 ? 'teenager' : 'adult'"
    assert unparse(parse(text), 30).splitlines() == [
        "age < 13 ? 'child'",
        ": age < 18 ? 'teenager'",
        ": 'adult'",
    ]


@pytest.mark.parametrize("number", ["inf", "-inf", "nan"])
def test_a_number_that_is_not_finite_is_a_call(number: str) -> None:
    text = unparse(literal(float(number)))
    assert text == f"double('{number}')"
    assert same(evaluate(parse(text), {}), float(number))


@pytest.mark.parametrize(
    ("root", "reason"),
    [
        (literal("\ud800"), "half a character"),
        (literal(2**63), "64-bit int"),
        (literal(Uint(-1)), "64-bit uint"),
        (literal([1]), "a list is no literal"),
        (Name("for", 0, 0), "'for' cannot be the name of a variable"),
        (Name("a b", 0, 0), "'a b' cannot be the name of a variable"),
        (Name("é", 0, 0), "cannot be the name of a variable"),
        (Name("a\n", 0, 0), "cannot be the name of a variable"),
        (Select(Name("a", 0, 0), "a$", 0, 0), "cannot be selected with a dot"),
        (Select(Name("a", 0, 0), "", 0, 0), "cannot be selected with a dot"),
        (Call("in", Name("a", 0, 0), (), 0, 0, 0), "cannot be the name of a function"),
        (Call("if", None, (), 0, 0, 0), "cannot be the name"),
        (Call("map", literal(1), (literal(1), literal(2)), 0, 0, 0), "is a macro, not a call"),
        (Call("has", None, (), 0, 0, 0), "is a macro, not a call"),
        (Macro("all", literal(1), ("x", "x"), (literal(1),), 0, 0, 0), "named twice"),
        (Macro("some", literal(1), ("x",), (literal(1),), 0, 0, 0), "there is no macro 'some'"),
        (Unary("+", literal(1), 0, 0), "no prefix operator"),
        (Logic("&&", (literal(True),), 0, 0), "two or more operands"),
        (Comparison("=", literal(1), literal(1), 0, 0, 0), "'=' is no comparison"),
        (Arithmetic((literal(1),) * 3, ("+", "*"), (0, 0), 0, 0), "one precedence"),
        (Arithmetic((literal(1),), (), (), 0, 0), "one precedence"),
        (Arithmetic((literal(1),), ("+",), (0,), 0, 0), "one operand more"),
    ],
)
def test_a_tree_that_no_text_can_say_is_refused(root: Node, reason: str) -> None:
    with pytest.raises(UnwritableTree, match=reason):
        unparse(root)


def test_a_tree_that_is_too_deep_is_refused() -> None:
    root: Node = literal(1)
    for _ in range(5000):
        root = Select(root, "a", 0, 0)
    with pytest.raises(UnwritableTree, match="levels deep"):
        unparse(root)


VALUES = st.recursive(
    st.one_of(
        *(st.none(), st.booleans(), st.integers(-(2**63), 2**63 - 1), st.floats()),
        *(st.text(st.characters(exclude_categories=["Cs"])), st.binary(max_size=9)),
        st.integers(0, 2**64 - 1).map(Uint),
        st.timedeltas(timedelta(days=-100_000), timedelta(days=100_000)),
        st.ip_addresses(v=4),
        st.sampled_from(["10.0.0.1/8", "::1/64"]).map(ip_interface),
        st.sampled_from([Maybe(False), TypeValue("int"), TypeValue("google.protobuf.Duration")]),
        st.sampled_from(["timestamp('0001-01-01T00:00:00Z')", "timestamp(1.5e9)"])
        .map(lambda _: evaluate(parse("timestamp('2024-02-29T01:02:03.000004Z')"), {})),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.text(max_size=3) | st.integers(0, 9), inner, max_size=3),
        inner.map(lambda value: Maybe(True, value)),
    ),
    max_leaves=6,
)  # fmt: skip


@settings(max_examples=200)
@given(VALUES)
def test_a_value_is_read_back_from_its_text(value: Any) -> None:
    assert same(evaluate(parse(unparse(tree_from_value(value))), {}), value)


def test_keys_are_in_order_whatever_their_type() -> None:
    assert unparse(tree_from_value({"b": 1, "a": 2, 3: 4, BoolKey(True): 5})) == (
        "{true: 5, 3: 4, 'a': 2, 'b': 1}"
    )
