"""Messages and effects of every kind, as a terminal shows them."""

from __future__ import annotations

from typing import Any

import pytest

from statewright.cli.transcript import EFFECTS, lines_from_input, lines_from_message


@pytest.mark.parametrize(
    ("message", "lines"),
    [
        ({"type": "text", "text": "Hi"}, ["Hi"]),
        ({"type": "text", "text": "two\nlines"}, ["two", "lines"]),
        ({"type": "text", "text": ""}, []),
        ({"type": "text", "text": 42}, ["42"]),
        ({"text": "no type"}, ["no type"]),
        ({"type": "html", "html": "<b>Hi</b> &amp; bye", "text": "Hi and bye"}, ["Hi and bye"]),
        ({"type": "html", "html": "<b>Hi</b> &amp; bye"}, ["Hi & bye"]),
        ({"type": "html", "html": "a < b"}, ["a < b"]),
        ({"type": "image", "url": "u", "alt": "A cat"}, ["[image: A cat, u]"]),
        ({"type": "audio", "url": "u"}, ["[audio: u]"]),
        ({"type": "file"}, ["[file: ]"]),
        ({"type": "card", "title": "T", "subtitle": "S", "url": "u"}, ["[T]", "  S", "  u"]),
        ({"type": "data", "source": {"a": 1}}, ['[data: {"a": 1}]']),
        (
            {"type": "text", "text": "?", "choices": [{"value": 1, "label": "One"}, {"value": 2}]},
            ["?", "  1. One", "  2. null"],
        ),
        ({"type": "text", "text": "?", "choices": None, "buttons": "x"}, ["?"]),
        (
            {
                "type": "text",
                "text": "?",
                "buttons": [
                    {"label": "Docs", "action": "url", "value": "u"},
                    {"label": "Buy", "action": "postback", "value": "buy"},
                ],
            },
            ["?", "  [Docs] u", "  [Buy]"],
        ),
        ({"type": "\x1b", "text": "\x1b[2J\u202e"}, ["[\ufffd: \ufffd[2J\ufffd]"]),
    ],
)
def test_a_message_is_shown(message: dict[str, Any], lines: list[str]) -> None:
    assert list(lines_from_message(message)) == lines


@pytest.mark.parametrize(
    ("line", "lines"),
    [
        (None, []),
        ("hello", ["> hello"]),
        ("two\nlines", ["> two", "> lines"]),
        ({"choose": "a"}, ["> a"]),
        ({"choose": ["a", "b"]}, ['> ["a", "b"]']),
        ({"advance": "2h"}, ["> /advance 2h"]),
        ({"result": "x", "data": 1}, ["> /result x 1"]),
        ({"result": "x", "error": {"code": "dns"}}, ['> /result x error {"code": "dns"}']),
        ({"event": "ping", "data": 1}, ["> (event ping 1)"]),
        ({"event": "ping"}, ["> (event ping null)"]),
    ],
)
def test_what_the_user_does_is_shown_as_it_is_typed(line: Any, lines: list[str]) -> None:
    assert lines_from_input(line) == lines


@pytest.mark.parametrize(
    ("kind", "data", "line"),
    [
        (
            "invoke",
            {"type": "http", "params": {"method": "GET", "url": "https://x"}},
            "(http request: GET https://x)",
        ),
        ("invoke", {"type": "llm", "params": {"prompt": "p"}}, '(llm request: {"prompt": "p"})'),
        ("invoke", {"type": "llm", "params": None}, "(llm request: null)"),
        ("cancel", {"invocation": "i"}, "(request of s is no longer wanted)"),
        ("send", {"event": "handoff", "data": {"note": "n"}}, '(handoff {"note": "n"})'),
        ("send", {"event": "ping", "data": None}, "(ping)"),
    ],
)
def test_an_effect_is_shown(kind: str, data: dict[str, Any], line: str) -> None:
    effect = {"kind": kind, "id": "i", "state": "s", "data": data}
    assert list(EFFECTS[kind](effect)) == [line]
