from __future__ import annotations

from typing import Any

import pytest

from statewright.flows.outline import VALUE_LIMIT
from statewright.flows.yaml_documents import outline_from_yaml


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("no", "no"),
        ("yes", "yes"),
        ("on", "on"),
        ("2024-01-01", "2024-01-01"),
        ("12:30:45", "12:30:45"),
        ("1_000", "1_000"),
        ("0o7", "0o7"),
        ("0x1F", "0x1F"),
        ("007", "007"),
        ("=", "="),
        ("1.2.3", "1.2.3"),
        ("true", True),
        ("FALSE", False),
        ("~", None),
        ("null", None),
        ("", None),
        ("12", 12),
        ("+12", 12),
        ("-0", 0),
        ("1.5", 1.5),
        (".5", 0.5),
        ("1e3", 1000.0),
        ("'12'", "12"),
        ('"true"', "true"),
    ],
)
def test_scalars_follow_yaml_1_2(written: str, value: Any) -> None:
    outline = outline_from_yaml(f"a: {written}")
    assert outline.value == {"a": value}
    assert type(outline.value["a"]) is type(value)
    assert not outline.faults


def test_keys_are_texts() -> None:
    assert outline_from_yaml("on: 1\n1: 2\ntrue: 3").value == {"on": 1, "1": 2, "true": 3}


def test_knows_where_values_and_keys_stand() -> None:
    outline = outline_from_yaml("a:\n  - b: 😀 x\n    c: [1, two]\nd: |\n  text\n")
    assert outline.keys["/a"] == (1, 1)
    assert outline.values["/a/0/b"] == (2, 8)
    assert outline.values["/a/0/c/1"] == (3, 12)
    assert outline.keys["/d"] == (4, 1)
    assert outline.values["/d"] == (4, 4)


def test_an_alias_stands_for_a_copy_that_knows_where_it_was_written() -> None:
    outline = outline_from_yaml("a: &x {k: [1]}\nb: *x\n")
    assert outline.value == {"a": {"k": [1]}, "b": {"k": [1]}}
    assert outline.value["a"] is not outline.value["b"]
    assert outline.values["/b"] == (2, 4)
    assert outline.values["/b/k/0"] == (1, 12)


def test_of_a_key_that_stands_twice_the_first_counts() -> None:
    outline = outline_from_yaml("a: 1\nb: {c: 1, c: 2}\na: 3")
    assert outline.value == {"a": 1, "b": {"c": 1}}
    assert [(d.pointer, d.first, d.second) for d in outline.duplicates] == [
        ("/a", (1, 1), (3, 1)),
        ("/b/c", (2, 5), (2, 11)),
    ]


@pytest.mark.parametrize(
    ("text", "value", "message"),
    [
        ("a: !!str 5", {"a": "5"}, "the tag `!!str` has no meaning here"),
        ("a: !python/object:os.system {}", {"a": {}}, None),
        ("a: {<<: {b: 1}, c: 2}", {"a": {"c": 2}}, "`<<` does not merge maps here"),
        ('"<<": 1', {"<<": 1}, ""),
        ("a: *nowhere", {"a": None}, "`*nowhere` names no anchor above it"),
        ("a: &x [*x]", {"a": [None]}, "`*x` stands inside what it names"),
        ("a: .inf", {"a": 0}, "`.inf` is no number that a flow can hold"),
        ("a: 9223372036854775808", {"a": 0}, "`9223372036854775808` does not fit into 64 bits"),
        ("a: 1e999", {"a": 0}, "`1e999` is too large for a number"),
        ('a: "\\0"', {"a": "\N{REPLACEMENT CHARACTER}"}, None),
    ],
)
def test_what_a_flow_cannot_hold_is_said_and_reading_goes_on(
    text: str, value: Any, message: str | None
) -> None:
    outline = outline_from_yaml(text)
    assert not outline.broken
    assert outline.value == value
    if message is not None:
        assert [fault.message for fault in outline.faults] == ([message] if message else [])


@pytest.mark.parametrize(
    ("text", "position", "message"),
    [
        ("# nothing", (1, 1), "the text is empty"),
        ("a: 1\n---\nb: 2", (2, 1), "a second document begins here"),
        ("? [a]\n: 1", (1, 3), "a key must be a text"),
        ("[" * 65, (1, 65), "lists and maps are nested more than 64 deep"),
        ("a: b: c", (1, 5), "mapping values are not allowed in this context"),
        ("a: [1, 2\n", (2, 1), "did not find expected ',' or ']'"),
    ],
)
def test_broken_yaml_is_said_where_it_breaks(
    text: str, position: tuple[int, int], message: str
) -> None:
    outline = outline_from_yaml(text)
    assert outline.broken
    (fault,) = outline.faults
    assert fault.code == "R001"
    assert fault.position == position
    assert fault.message.endswith(message)


def test_an_open_bracket_names_the_line_where_it_was_opened() -> None:
    (fault,) = outline_from_yaml("a: [1, 2\n").faults
    assert fault.help == "close the bracket, or put the text in quotes; it began in line 1"


def test_tabs_are_named_in_the_help() -> None:
    (fault,) = outline_from_yaml("a:\n\tb: 1").faults
    assert "not tabs" in fault.help


def test_a_text_that_unfolds_without_end_is_refused_at_once() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 40)]
    (fault,) = outline_from_yaml("\n".join(lines)).faults
    assert fault.message == f"the text unfolds to more than {VALUE_LIMIT:,} values"


def test_aliases_do_not_get_around_the_limit_of_nesting() -> None:
    lines = ["a0: &a0 [1]", *(f"a{n}: &a{n} [*a{n - 1}]" for n in range(1, 100))]
    (fault,) = outline_from_yaml("\n".join(lines)).faults
    assert fault.message == "aliases nest lists and maps more than 64 deep"
