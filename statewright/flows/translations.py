"""Texts in other languages: what a catalogue says for a place in a flow.

A catalogue mirrors the flow: ``{"nodes": {id: {…}}, "settings": {…}}``, in each of these maps the
keys of the flow again, with texts in the language. Nodes are found by their ids however deep they
stand. The members of a list are found by their place or, where the catalogue has a map, by their
``value`` or their place; where the flow has a map, a text alone is its ``text`` or ``label``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from statewright.flows.nodes import Source
from statewright.flows.outline import child
from statewright.flows.parts import MISSING, Page, Part

_ALONE: Final = ("text", "label")
"""What a text is that stands where the flow has a map."""


def translations_of(part: Part) -> Mapping[str, Source]:
    """The texts that catalogues have for a text of the flow, by their languages."""
    found = {}
    for locale, entry in _entries(part):
        text = entry if isinstance(entry.value, str) else _alone(entry)
        if isinstance(text.value, str):
            text.page.used.add(text.pointer)
            found[locale] = Source(text.value, text.location)
    return found


def translated_lists(part: Part) -> Mapping[str, tuple[str, ...]]:
    """The lists of texts that catalogues have for one of the flow, by their languages."""
    found = {}
    for locale, entry in _entries(part):
        if isinstance(entry.value, list):
            items = list(entry.items())
            entry.page.used.update(item.pointer for item in items if isinstance(item.value, str))
            found[locale] = tuple(item.value for item in items if isinstance(item.value, str))
    return found


def in_all_languages(words: Iterable[str], part: Part) -> tuple[str, ...]:
    """The words of a list, and those that catalogues have for it: each of them is understood."""
    more = translated_lists(part).values()
    return tuple(dict.fromkeys((*words, *(word for words in more for word in words))))


def report_unused(page: Page) -> None:
    """Report the texts of all catalogues of a page that nothing in the flow asked for."""
    for catalogue in page.catalogues.values():
        for leaf in _leaves(catalogue):
            if leaf.pointer not in leaf.page.used:
                leaf.report(
                    "R003",
                    f"{leaf.title} translates nothing: the flow has no such text",
                    "name the node, and the key in it, as the flow has them",
                    at_key=True,
                )


def _leaves(part: Part) -> Iterator[Part]:
    if isinstance(part.value, dict):
        for _, member in part.members():
            yield from _leaves(member)
    elif isinstance(part.value, list):
        for item in part.items():
            yield from _leaves(item)
    else:
        yield part


def _entries(part: Part) -> Iterator[tuple[str, Part]]:
    """What each catalogue has at the place of a part."""
    if not part.page.catalogues:
        return
    tokens = _tokens(part.pointer)
    above = _above(tokens, part.node)
    if above is None:
        return
    whole = _at(part.page.document.value, tokens[:above])
    for locale, catalogue in part.page.catalogues.items():
        start = catalogue["nodes"][part.node] if part.node else catalogue["settings"]
        entry = _followed(start, whole, tokens[above:])
        if entry is not None and entry.present:
            yield locale, entry


def _tokens(pointer: str) -> list[str]:
    return [one.replace("~1", "/").replace("~0", "~") for one in pointer.split("/")[1:]]


def _above(tokens: list[str], node: str) -> int | None:
    """How many tokens lead to what the catalogue begins with: a node, or the settings."""
    if not node:
        return 1 if tokens[:1] == ["settings"] else None
    places = [at for at in range(1, len(tokens)) if tokens[at - 1 : at + 1] == ["nodes", node]]
    return places[-1] + 1 if places else None


def _at(value: Any, tokens: list[str]) -> Any:
    for token in tokens:
        value = _member(value, token)
    return value


def _member(value: Any, token: str) -> Any:
    if isinstance(value, dict):
        return value.get(token, MISSING)
    if isinstance(value, list) and token.isdecimal() and int(token) < len(value):
        return value[int(token)]
    return MISSING


def _followed(entry: Part, here: Any, tokens: list[str]) -> Part | None:
    """The entry of a catalogue that lies where ``tokens`` lead in the flow."""
    for number, token in enumerate(tokens):
        if isinstance(entry.value, str):
            last = number == len(tokens) - 1
            return entry if last and token in _ALONE else None
        inner = _member(here, token)
        entry = _entry(entry, token, here, inner)
        here = inner
    return entry


def _entry(entry: Part, token: str, here: Any, inner: Any) -> Part:
    if isinstance(entry.value, list):
        if not token.isdecimal():
            return Part(entry.page, MISSING, child(entry.pointer, token), entry.node)
        value = _member(entry.value, token)
        return Part(entry.page, value, child(entry.pointer, int(token)), entry.node)
    if isinstance(here, list) and not entry[token].present:
        name = inner.get("value") if isinstance(inner, dict) else inner
        return entry[str(name).lower() if isinstance(name, bool) else str(name)]
    return entry[token]


def _alone(entry: Part) -> Part:
    """Where the flow has a text alone, a catalogue may have a map."""
    return entry.first(*reversed(_ALONE))
