"""What an expression reads."""

from __future__ import annotations

import pytest

from statewright.expressions import parse, references


def paths_of(text: str) -> list[str]:
    """Each reference as its path, with a question mark if it only tests."""
    found = references(parse(text))
    return [".".join(one.path) + ("?" if one.tested else "") for one in found]


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        ("a.b['c'].d + e", ["a.b.c.d", "e"]),
        ("a[0].b", ["a"]),
        ("a[b.c].d", ["a", "b.c"]),
        ("has(a.b) && a.b > 1", ["a.b?", "a.b"]),
        ("a.?b.c", ["a.b.c?"]),
        ("a[?'b']", ["a.b?"]),
        ("size(a.b) > 1", ["a.b"]),
        ("a.b.size()", ["a.b"]),
        ("math.abs(x)", ["math", "x"]),
        ("[1].map(x, x + y)", ["y"]),
        ("a.filter(x, x.b == c.d)", ["a", "c.d"]),
        ("x.all(x, x > 0)", ["x"]),
        ("[1].map(x, .x + x)", ["x"]),
        ("cel.bind(x, y, x + z)", ["y", "z"]),
        ("m.transformMap(k, v, k == v ? 1 : w)", ["m", "w"]),
        ("type(a) == int", ["a"]),
        ("list.b", ["list.b"]),
    ],
)
def test_references(text: str, paths: list[str]) -> None:
    assert paths_of(text) == paths


def test_a_reference_knows_where_it_stands() -> None:
    text = "1 + user['name'] + 2"
    (reference,) = references(parse(text))
    assert text[reference.start : reference.end] == "user['name']"


def test_a_declared_name_is_no_type() -> None:
    expression = parse("list == int")
    assert [one.path for one in references(expression)] == []
    assert [one.path for one in references(expression, {"list"})] == [("list",)]
