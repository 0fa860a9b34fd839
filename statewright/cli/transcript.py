"""A turn of a conversation as a terminal shows it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from html.parser import HTMLParser
from types import MappingProxyType
from typing import Any

from statewright.excerpt import printable, printable_lines
from statewright.statechart import Turn

PROMPT = "> "


def lines_from_turn(turn: Turn) -> Iterator[str]:
    """What the bot says in a turn, what is asked of the world, and how the session ends."""
    for message in turn.messages:
        yield from lines_from_message(message)
    for effect in turn.effects:
        yield from lines_from_effect(effect)
    if turn.status != "active":
        outcome = f": {printable(turn.outcome)}" if turn.outcome else ""
        yield f"({turn.status}{outcome})"


def lines_from_messages(messages: Iterable[Mapping[str, Any]]) -> list[str]:
    """What the bot says, message by message."""
    return [line for message in messages for line in lines_from_message(message)]


def lines_from_input(line: Any) -> list[str]:
    """What the user did, as it is typed at the prompt of ``chat``."""
    return [] if line is None else [f"{PROMPT}{part}" for part in printable_lines(_typed(line))]


def _typed(line: Any) -> str:
    match line:
        case {"choose": value}:
            return _inline(value)
        case {"advance": time}:
            return f"/advance {time}"
        case {"result": place, "error": error}:
            return f"/result {place} error {_inline(error)}"
        case {"result": place}:
            return f"/result {place} {_inline(line.get('data'))}"
        case {"event": name}:
            return f"(event {name} {_inline(line.get('data'))})"
        case _:
            return str(line)


# --- what the bot says -------------------------------------------------------------------------


def lines_from_message(message: Mapping[str, Any]) -> Iterator[str]:
    """A bubble, the choices that it offers, numbered, and its buttons."""
    yield from BUBBLES.get(message.get("type", "text"), _media)(message)
    for number, choice in enumerate(_maps(message.get("choices")), 1):
        yield f"  {number}. {_inline(choice.get('label'))}"
    for button in _maps(message.get("buttons")):
        target = f" {_inline(button.get('value'))}" if button.get("action") == "url" else ""
        yield f"  [{_inline(button.get('label'))}]{target}"


def _maps(value: Any) -> list[Mapping[str, Any]]:
    """The maps in a list; of anything else nothing: a draft may say anything."""
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []


def _text(message: Mapping[str, Any]) -> Iterator[str]:
    text = message.get("text", "")
    if text != "":
        yield from printable_lines(text) if isinstance(text, str) else [_inline(text)]


def _html(message: Mapping[str, Any]) -> Iterator[str]:
    shown = message.get("text") or _text_from_html(str(message.get("html", "")))
    yield from _text({"text": shown})


def _card(message: Mapping[str, Any]) -> Iterator[str]:
    yield f"[{_inline(message.get('title', 'card'))}]"
    for field in ("subtitle", "text", "url"):
        if message.get(field):
            yield f"  {_inline(message[field])}"


def _cards(message: Mapping[str, Any]) -> Iterator[str]:
    for card in _maps(message.get("cards")):
        yield from _card(card)
        for button in _maps(card.get("buttons")):
            yield f"  [{_inline(button.get('label'))}]"


def _client(message: Mapping[str, Any]) -> Iterator[str]:
    given = f" {_inline(message['with'])}" if message.get("with") else ""
    yield f"(client: {_inline(message.get('action'))}{given})"


def _media(message: Mapping[str, Any]) -> Iterator[str]:
    """Whatever a terminal cannot show is named, with what describes it."""
    kind = message.get("type", "message")
    described = message.get("alt") or message.get("text") or message.get("title") or ""
    parts = [_inline(part) for part in (described, message.get("url", "")) if part]
    yield f"[{_inline(kind)}: {', '.join(parts)}]"


def _data(message: Mapping[str, Any]) -> Iterator[str]:
    yield f"[data: {_inline(message.get('source'))}]"


BUBBLES: Mapping[str, Callable[[Mapping[str, Any]], Iterator[str]]] = MappingProxyType(
    {
        "text": _text,
        "html": _html,
        "card": _card,
        "carousel": _cards,
        "list": _cards,
        "client": _client,
        "data": _data,
    }
)
"""Type of a bubble → its lines; all others are media."""


class _TextOnly(HTMLParser):
    """Collects the text between tags."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []

    def handle_data(self, data: str) -> None:
        """Keep a piece of text."""
        self.parts.append(data)


def _text_from_html(html: str) -> str:
    reader = _TextOnly()
    reader.feed(html)
    reader.close()
    return "".join(reader.parts)


# --- what is asked of the world ----------------------------------------------------------------


def lines_from_effect(effect: Mapping[str, Any]) -> Iterator[str]:
    """What is asked of the world, with what it carries."""
    yield from EFFECTS.get(effect["kind"], _other_effect)(effect)


def _invocation(effect: Mapping[str, Any]) -> Iterator[str]:
    data = effect["data"]
    params = data.get("params")
    request = params if isinstance(params, Mapping) else {}
    what = [_inline(request[key]) for key in ("method", "url") if key in request]
    yield f"({_inline(data.get('type'))} request: {' '.join(what) or _inline(params)})"


def _cancellation(effect: Mapping[str, Any]) -> Iterator[str]:
    yield f"(request of {printable(effect['state'])} is no longer wanted)"


def _sending(effect: Mapping[str, Any]) -> Iterator[str]:
    data = effect["data"]
    carried = data.get("data")
    suffix = f" {_inline(carried)}" if carried else ""
    yield f"({_inline(data.get('event'))}{suffix})"


def _other_effect(effect: Mapping[str, Any]) -> Iterator[str]:
    yield f"({printable(effect['kind'])} {_inline(effect['data'])})"


EFFECTS: Mapping[str, Callable[[Mapping[str, Any]], Iterator[str]]] = MappingProxyType(
    {"invoke": _invocation, "cancel": _cancellation, "send": _sending}
)
"""Kind of effect → its lines."""


def _inline(value: Any) -> str:
    """A value on one line: a text as it is, anything else as JSON."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return printable(" ".join(text.split("\n")))
