"""What a conversation test expects of a turn, compared with what the turn was.

Both are plain values: a turn is the JSON object that ``chat --format json`` prints for it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from statewright.excerpt import visible
from statewright.expressions.operations import patterns

Turn = Mapping[str, Any]
Judge = Callable[[Any, Turn], Iterator[str]]
"""What is expected of a turn, and the turn → what is not so, in a sentence each."""


def _text(expected: Any, turn: Turn) -> Iterator[str]:
    """A list has one entry per text that was said; anything else is about all of them, as lines."""
    said = [message["text"] for message in turn["messages"] if message.get("text")]
    if not isinstance(expected, list):
        yield from _line(expected, "\n".join(said))
    elif len(expected) != len(said):
        yield f"{len(expected)} texts are expected, and {len(said)} were said: {_shown(said)}"
    else:
        for entry, text in zip(expected, said, strict=True):
            yield from _line(entry, text)


def _line(expected: Any, text: str) -> Iterator[str]:
    matchers = expected if isinstance(expected, dict) else {"equals": expected}
    for name, wanted in matchers.items():
        if not MATCHERS[name](text, wanted):
            yield f"the text should {VERBS[name]} {_shown(wanted)}, and is {_shown(text)}"


MATCHERS: Mapping[str, Callable[[str, Any], bool]] = MappingProxyType(
    {
        "equals": lambda text, wanted: text == wanted,
        "contains": lambda text, wanted: wanted in text,
        "matches": patterns.matches,
    }
)
"""How a text is compared; ``matches`` searches for a regular expression (RE2)."""

VERBS: Mapping[str, str] = MappingProxyType(
    {"equals": "equal", "contains": "contain", "matches": "match"}
)
"""The same in a sentence with "should"."""


def _configuration(expected: Any, turn: Turn) -> Iterator[str]:
    """Every state that is named is active, whatever else is."""
    active = turn["configuration"]
    for state in expected if isinstance(expected, list) else [expected]:
        if state not in active:
            yield f"{_shown(state)} should be active; active are {_shown(active)}"


def _part(key: str) -> Judge:
    """Compares a part of the turn: of maps only what is named, of lists every entry in order."""
    return lambda expected, turn: _differences(expected, turn[key], key)


def _differences(expected: Any, actual: Any, path: str) -> Iterator[str]:
    """Where ``actual`` is not what is expected. Of maps, only the keys that are named count."""
    if isinstance(expected, dict) and isinstance(actual, Mapping):
        for key, value in expected.items():
            if key in actual:
                yield from _differences(value, actual[key], f"{path}.{key}")
            elif value is not None:
                yield f"`{path}.{key}` should be {_shown(value)}, and is not there"
    elif isinstance(expected, list) and isinstance(actual, list) and len(expected) == len(actual):
        for number, (entry, value) in enumerate(zip(expected, actual, strict=True)):
            yield from _differences(entry, value, f"{path}[{number}]")
    elif isinstance(expected, bool) is not isinstance(actual, bool) or expected != actual:
        yield f"`{path}` should be {_shown(expected)}, and is {_shown(actual)}"


def _shown(value: Any) -> str:
    text = visible(json.dumps(value, ensure_ascii=False))
    return text if len(text) <= 300 else f"{text[:300]}…"


EXPECTATIONS: Mapping[str, Judge] = MappingProxyType(
    {
        "text": _text,
        "messages": _part("messages"),
        "data": _part("data"),
        "configuration": _configuration,
        "awaiting": _part("awaiting"),
        "effects": _part("effects"),
        "status": _part("status"),
        "outcome": _part("outcome"),
    }
)
"""What can be expected of a turn → who judges it."""
