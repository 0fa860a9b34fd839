"""The regex extension: RE2 that says what matched."""

from __future__ import annotations

from typing import Any

import pytest

from statewright.errors import EvaluationError
from statewright.expressions import NOTHING, Maybe, evaluate, parse


def value_of(text: str, **names: Any) -> Any:
    return evaluate(parse(text), names)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("regex.extract('hello world', 'hello(.*)')", Maybe(True, " world")),
        ("regex.extract('item-A, item-B', r'item-(\\w+)')", Maybe(True, "A")),
        ("regex.extract('HELLO', 'hello')", NOTHING),
        ("regex.extract('order 42', '[0-9]+')", Maybe(True, "42")),
        ("regex.extract('ac', 'a(b)?c')", NOTHING),
        ("regex.extract('abc', 'x*')", Maybe(True, "")),
        ("regex.extract('é漢x', '漢(.)')", Maybe(True, "x")),
        (r"regex.extractAll('id:123, id:456', r'id:\d+')", ["id:123", "id:456"]),
        ("regex.extractAll('id:123, id:456', 'assa')", []),
        ("regex.extractAll('a1b2', '[a-z]([0-9])')", ["1", "2"]),
        ("regex.extractAll('a1b', '[a-z]([0-9])?')", ["1"]),
        ("regex.extractAll('abc', 'x*')", ["", "", "", ""]),
        ("regex.extractAll('abxx', 'x*')", ["", "", "xx"]),
        ("regex.replace('hello world hello', 'hello', 'hi')", "hi world hi"),
        ("regex.replace('banana', 'a', 'x', 0)", "banana"),
        ("regex.replace('banana', 'a', 'x', 1)", "bxnana"),
        ("regex.replace('banana', 'a', 'x', 2)", "bxnxna"),
        ("regex.replace('banana', 'a', 'x', -12)", "bxnxnx"),
        ("regex.replace('foo bar', '(fo)o (ba)r', r'\\2 \\1')", "ba fo"),
        ("regex.replace('foo', 'o', r'\\\\')", "f\\\\"),
        ("regex.replace('foo', '(o)|(x)', r'<\\2>')", "f<><>"),
        ("regex.replace('foo', 'o', r'<\\0>')", "f<o><o>"),
        ("regex.replace('abc', '', '-')", "-a-b-c-"),
        ("regex.replace('abc', 'b*', '-')", "-a-c-"),
        ("regex.replace('héé', 'é', 'e')", "hee"),
        ("regex.replace('a$1', '[$]1', '$1')", "a$1"),
    ],
)
def test_what_of_a_text_matches(text: str, value: object) -> None:
    assert value_of(text) == value


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("regex.extract('a', '(')", "invalid regular expression: missing ): ("),
        (
            "regex.extract('a@b', '(.*)@([^.]*)')",
            "the pattern has more than one group: which one is meant?",
        ),
        (
            "regex.extractAll('a@b', '(.*)@([^.]*)')",
            "the pattern has more than one group: which one is meant?",
        ),
        ("regex.replace('test', '(.)', r'\\2')", "the pattern has no group 2"),
        (
            "regex.replace('test', '.', r'\\v')",
            "a backslash in a replacement stands before a digit or another",
        ),
        (
            "regex.replace('test', '.', 'x\\\\')",
            "a backslash in a replacement stands before a digit or another",
        ),
        ("regex.extract(half, 'a')", "the text holds half a character"),
        ("regex.extract('a', half)", "the pattern holds half a character"),
        (
            "regex.replace('a', 1, 'b')",
            "no such overload: `regex.replace` of (string, int, string)",
        ),
        (
            "regex.replace(short, 'a', short)",
            "the value would have 1010000 parts; at most 1000000 are allowed",
        ),
    ],
)
def test_what_has_no_value_says_why(text: str, reason: str) -> None:
    with pytest.raises(EvaluationError) as caught:
        value_of(text, half="\ud800", short="a" * 10_000)
    assert caught.value.reason == reason
    assert caught.value.position is not None


@pytest.mark.parametrize(
    "text",
    [
        "regex.extractAll(long, 'a.*b|a')",
        "l.map(x, regex.extractAll(short, 'a.*b|a')).size()",
        "l.map(x, regex.replace(short, 'a.*b|a', 'c')).size()",
        "l.map(x, regex.extract(long, 'b')).size()",
    ],
)
def test_a_search_cannot_cost_more_than_its_budget(text: str) -> None:
    with pytest.raises(EvaluationError, match="budget"):
        value_of(text, long="a" * 100_000, short="a" * 1000, l=list(range(3000)))
