"""Trees of literals, expressions and templates, and the values that they become."""

from __future__ import annotations

from typing import Any

import pytest

from statewright.errors import EvaluationError, ExpressionError
from statewright.expressions import (
    Computed,
    Literal,
    Place,
    Record,
    Secret,
    SecretText,
    Sequence,
    Text,
    content_from_json,
    expressions_in,
    parse,
    parse_template,
    render,
)

TREE = {"to": "{{ mail }}", "retries": 3, "tags": ["new", "{{ n + 1 }}"], "note": {"a": "b"}}


def test_a_tree_becomes_content_where_it_has_holes() -> None:
    assert content_from_json(TREE) == Record(
        (
            ("to", Text(parse_template("{{ mail }}", Place.VALUE))),
            ("retries", Literal(3)),
            ("tags", Sequence((Literal("new"), Text(parse_template("{{ n + 1 }}", Place.VALUE))))),
            ("note", Literal({"a": "b"})),
        )
    )
    assert content_from_json({"a": ["b", None, 1.5]}) == Literal({"a": ["b", None, 1.5]})


def test_content_renders_to_a_value() -> None:
    content = content_from_json(TREE)
    assert render(content, {"mail": "a@b.org", "n": 1}) == {
        "to": "a@b.org",
        "retries": 3,
        "tags": ["new", 2],
        "note": {"a": "b"},
    }
    assert render(Computed(parse("n * 2")), {"n": 21}) == 42


def test_secrets_stay_parts_of_their_texts() -> None:
    content = content_from_json({"auth": "Bearer {{secret:token}}"})
    assert render(content, {}) == {"auth": SecretText(("Bearer ", Secret("token")), Place.VALUE)}


def test_an_error_is_raised_or_told() -> None:
    content = content_from_json({"a": "{{ nope }}", "b": "<{{ nope.x }}{{ n }}>"})
    with pytest.raises(EvaluationError, match="`nope` has no value"):
        render(content, {"n": 1})
    told: list[tuple[str, str]] = []
    result = render(
        content, {"n": 1}, on_error=lambda error, text: told.append((error.reason, text))
    )
    assert result == {"a": None, "b": "<1>"}
    assert told == [
        ("`nope` has no value", "nope"),
        ("`nope` has no value", "nope.x"),
    ]


def test_a_value_that_its_place_cannot_hold_is_told_too() -> None:
    told: list[str] = []
    content = Text(parse_template("a{{ x }}b", Place.HEADER))
    result = render(content, {"x": "\r\n"}, on_error=lambda _, text: told.append(text))
    assert (result, told) == ("ab", ["x"])


def test_every_call_in_a_content_has_a_site_of_its_own() -> None:
    content = content_from_json(["{{ draw(6) }} {{ draw(6) }}", {"a": "{{ draw(6) }}"}])
    sites: list[int] = []

    def draw(call_site: int, count: int) -> int:
        sites.append(call_site)
        return count

    assert render(content, {}, {"draw": draw}) == ["6 6", {"a": 6}]
    assert render(content, {}, {"draw": draw}) == ["6 6", {"a": 6}]
    assert len(set(sites)) == 3
    assert sites[:3] == sites[3:]


def test_expressions_are_found_in_order() -> None:
    content = Record(
        (
            ("a", content_from_json(["{{ one }}", {"b": "{{ two }} {{secret:s}} {{ three }}"}])),
            ("c", Computed(parse("four"))),
            ("d", Literal("five")),
        )
    )
    assert [one.text for one in expressions_in(content)] == ["one", "two", "three", "four"]


def test_what_is_nested_too_deeply_is_refused() -> None:
    tree: Any = "{{ x }}"
    for _ in range(100_000):
        tree = [tree]
    with pytest.raises(ExpressionError, match="nested more than 100 levels deep"):
        content_from_json(tree)


def test_content_is_equal_when_its_texts_are() -> None:
    assert content_from_json(TREE) == content_from_json(TREE)
    assert content_from_json("{{ a }}") != content_from_json("{{ b }}")
    assert content_from_json("{{ a }}") != content_from_json("{{ a }}", Place.TEXT)
