"""Mistakes of what is shown: pictures without words, languages that differ, texts without end."""

from __future__ import annotations

import re
from collections.abc import Iterator

from benchmarks.verify.documents import Source, node_in, nodes_of
from benchmarks.verify.mutants import Mutation, Operator
from benchmarks.verify.operators.control import edges_between, inserted

_NAMES = re.compile(r"\{\{ (?!now\b|locale\b|format\b|secret:)[a-z]")
"""What a translation has to show, too; times and languages may be told otherwise."""


def _silent_picture(source: Source) -> Iterator[Mutation]:
    for number, edge in edges_between(source):
        picture = {"type": "message", "image": "https://media.example.com/map.png"}
        made = inserted(source, number, "picture", picture)
        yield Mutation(made, edge.path, frozenset({"picture"}))


def _translated(source: Source) -> Iterator[tuple[Source, str, str]]:
    """A flow with a language in which all is said but what one node says: the node, its text."""
    if "locales" in source.document:
        return
    texts = {
        ident: node["text"]
        for ident, node, _ in nodes_of(source.document, "message", "end")
        if isinstance(node.get("text"), str)
        and "buttons" not in node
        and re.search("[a-z]{2}", re.sub(r"\{\{.*?\}\}", "", node["text"]))
    }
    for ident, text in texts.items():
        made = source.changed()
        others = {name: {"text": f"¡{one}!"} for name, one in texts.items() if name != ident}
        made.document.update(locale="en", locales={"es": {"nodes": others}})
        made.document.setdefault("suppress", {})
        yield made, ident, text


def _untranslated(source: Source) -> Iterator[Mutation]:
    for made, ident, _ in _translated(source):
        yield Mutation(made, ident, frozenset({ident}))


def _drifted(source: Source) -> Iterator[Mutation]:
    for made, ident, text in _translated(source):
        if _NAMES.search(text):
            made.document["locales"]["es"]["nodes"][ident] = {"text": "¡Hola!"}
            yield Mutation(made, ident, frozenset({ident}))


def _wordy(source: Source) -> Iterator[Mutation]:
    for ident, node, _ in nodes_of(source.document, "message", "end"):
        is_said = isinstance(node.get("text"), str) and not node.get("disabled")
        if is_said and "html" not in node:
            made = source.changed()
            node_in(made.document, ident)["text"] += " And so on." * 120
            yield Mutation(made, ident, frozenset({ident}))


TEXTS = (
    Operator("silent-picture", "A001", _silent_picture),
    Operator("untranslated", "A002", _untranslated),
    Operator("drifted", "A003", _drifted),
    Operator("wordy", "A004", _wordy),
)
