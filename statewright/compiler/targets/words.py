"""Actions and transitions in a few words, for diagrams and descriptions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from statewright.compiler.targets.constants import constant_delay
from statewright.expressions import Computed, Content, Literal, Record, Sequence, Text
from statewright.statechart.actions import (
    Action,
    Assign,
    Cancel,
    ForEach,
    If,
    Log,
    Raise,
    Say,
    Send,
)
from statewright.statechart.definition import Invoke

LENGTH: Final = 60
"""Longer texts are cut."""

_UNITS: Final = ((86_400_000_000, "d"), (3_600_000_000, "h"), (60_000_000, "min"), (1_000_000, "s"))


def shortened(text: str, length: int = LENGTH) -> str:
    r"""A text on one line, cut where it is too long; what cannot be printed is replaced.

    >>> shortened("one\n two", 6)
    'one t…'
    """
    words = ("".join(one if one.isprintable() else "�" for one in word) for word in text.split())
    line = " ".join(words)
    return line if len(line) <= length else line[: length - 1] + "…"


def words_of_delay(micros: int) -> str:
    """A span of time as people write it.

    >>> words_of_delay(600_000_000), words_of_delay(1_500_000), words_of_delay(3)
    ('10min', '1.5s', '3µs')
    """
    for unit, name in _UNITS:
        if micros >= unit and micros % unit == 0:
            return f"{micros // unit}{name}"
    if micros >= 1000:
        return f"{micros / 1_000_000:g}s"
    return f"{micros}µs"


def words_of_content(content: Content | None) -> str:
    """What a content is made of; of something that is said, its text.

    >>> words_of_content(Literal({"type": "text", "text": "Hi"}))
    "'Hi'"
    """
    return "" if content is None else _CONTENTS[type(content)](content)


def _literal(content: Literal) -> str:
    value = content.value
    text = value.get("text") if isinstance(value, dict) else None
    return repr(text if isinstance(text, str) else value)


def _record(content: Record) -> str:
    parts = dict(content.fields)
    if "text" in parts:
        return words_of_content(parts["text"])
    inner = (f"{name}: {words_of_content(part)}" for name, part in parts.items())
    return f"{{{', '.join(inner)}}}"


_CONTENTS: Final[Mapping[type, Callable[[Any], str]]] = {
    Computed: lambda content: content.expression.text,
    Text: lambda content: repr(content.template.text),
    Literal: _literal,
    Record: _record,
    Sequence: lambda content: f"[{', '.join(map(words_of_content, content.items))}]",
}


def _send(action: Send) -> str:
    words = f"send {_given(action.event, action.event_expr)}"
    if action.target or action.target_expr is not None:
        words += f" to {_given(action.target, action.target_expr)}"
    if action.delay is None:
        return words
    micros = constant_delay(action.delay)
    delay = words_of_content(action.delay) if micros is None else words_of_delay(micros)
    return f"{words} after {delay}"


def _given(name: str, computed: Content | None) -> str:
    return name if computed is None else words_of_content(computed)


def _if(action: If) -> str:
    arms = [
        f"if {branch.guard.text} {{ {'; '.join(map(words_of_action, branch.actions))} }}"
        for branch in action.branches
    ]
    if action.otherwise:
        arms.append(f"{{ {'; '.join(map(words_of_action, action.otherwise))} }}")
    return " else ".join(arms)


def _for_each(action: ForEach) -> str:
    body = "; ".join(map(words_of_action, action.actions))
    return f"for {action.item} in {action.collection.text} {{ {body} }}"


_WORDS: Final[Mapping[type, Callable[[Any], str]]] = {
    Assign: lambda one: f"{'.'.join(one.location)} = {words_of_content(one.value)}",
    Raise: lambda one: f"raise {one.event}",
    Say: lambda one: f"say {words_of_content(one.content)}",
    Send: _send,
    Cancel: lambda one: f"cancel {_given(one.id, one.id_expr)}",
    If: _if,
    ForEach: _for_each,
    Log: lambda one: f"log {one.label or words_of_content(one.value)}",
}


def words_of_action(action: Action) -> str:
    """What an action does."""
    return _WORDS[type(action)](action)


def words_of_invoke(invoke: Invoke) -> str:
    """What an invocation asks for."""
    kind = _given(invoke.type, invoke.type_expr)
    return f"invoke {kind} as {invoke.id}" if invoke.id else f"invoke {kind}"
