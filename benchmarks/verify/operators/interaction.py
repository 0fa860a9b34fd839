"""Mistakes of what users are asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from benchmarks.verify.documents import Source, node_in, nodes_of
from benchmarks.verify.mutants import Mutation, Operator
from benchmarks.verify.operators.control import edges_between, inserted

Node = dict[str, Any]


def each(
    source: Source, kind: str, is_fit: Callable[[Node], bool], change: Callable[[Node], object]
) -> Iterator[Mutation]:
    """A flow with one node of a kind changed, for each that is fit for it."""
    for ident, node, _ in nodes_of(source.document, kind):
        if is_fit(node):
            made = source.changed()
            change(node_in(made.document, ident))
            yield Mutation(made, ident, frozenset({ident}))


def _any_text(source: Source) -> Iterator[Mutation]:
    def change(node: Node) -> None:
        node["input"] = "text"
        node.pop("on", None) if "timeout" not in node else node["on"].pop("fallback", None)
        node.pop("retries", None)

    def is_fit(node: Node) -> bool:
        return node.get("input") == "email" and "email" in str(node.get("variable"))

    return each(source, "question", is_fit, change)


def _for_ever(source: Source) -> Iterator[Mutation]:
    settings = source.document.get("settings", {})
    if settings.keys() & {"inactivity", "limits"} or any(nodes_of(source.document, "interrupt")):
        return iter(())  # There is a way out at any time.

    def change(node: Node) -> None:
        node["pattern"] = "^[A-Z]{4}-[0-9]{4}$"
        node.pop("retries", None)
        if "fallback" in node.get("on", {}):
            del node["on"]["fallback"]

    def is_fit(node: Node) -> bool:
        return (
            node.get("input", "text") == "text"
            and "choices" not in node
            and not (node.keys() & {"choices_from", "skip", "timeout", "content"})
        )

    return each(source, "question", is_fit, change)


def _has_choices(node: Node) -> bool:
    return len(node.get("choices", ())) > 1 and node.get("input", "choice") == "choice"


def _one_choice(source: Source) -> Iterator[Mutation]:
    return each(
        source, "question", _has_choices, lambda node: node.update(choices=node["choices"][:1])
    )


def _value(choice: Any) -> Any:
    return choice["value"] if isinstance(choice, dict) else choice


def _help_word(source: Source) -> Iterator[Mutation]:
    def change(node: Node) -> None:
        node["help"] = {"words": [str(_value(node["choices"][-1]))], "text": "I help you."}

    return each(source, "question", lambda node: _has_choices(node) and "help" not in node, change)


def _choice_twice(source: Source) -> Iterator[Mutation]:
    def change(node: Node) -> None:
        node["choices"].append(node["choices"][0])

    return each(source, "question", _has_choices, change)


def _no_fallback(source: Source) -> Iterator[Mutation]:
    handled = "on_error" in source.document.get("settings", {})
    return each(
        source,
        "question",
        lambda node: not handled and "retries" in node and "fallback" in node.get("on", {}),
        lambda node: node["on"].pop("fallback"),
    )


def _no_timeout(source: Source) -> Iterator[Mutation]:
    def change(node: Node) -> None:
        del node["timeout"]
        node["on"].pop("timeout", None)

    return each(source, "approval", lambda node: "timeout" in node and "on" in node, change)


def _impossible(source: Source) -> Iterator[Mutation]:
    for ident, node, _ in nodes_of(source.document, "question"):
        variable = source.document.get("variables", {}).get(node.get("variable"))
        if isinstance(variable, dict) and isinstance(variable.get("maximum"), int):
            made = source.changed()
            node_in(made.document, ident).update(
                minimum=variable["maximum"] + 1, maximum=variable["maximum"] + 9
            )
            yield Mutation(made, ident, frozenset({ident}))


def _carousel(source: Source) -> Iterator[Mutation]:
    cards = [{"title": "Red", "subtitle": "10 euros"}, {"title": "Blue", "subtitle": "12 euros"}]
    for number, edge in edges_between(source):
        made = inserted(source, number, "cards", {"type": "message", "carousel": cards})
        policy = {**source.policy, "channels": ["sms"]}
        yield Mutation(replace(made, policy=policy), edge.path, frozenset({"cards"}))


def _unasked(source: Source) -> Iterator[Mutation]:
    start = source.document.get("start")
    for number, edge in edges_between(source):
        if edge.source == start and edge.port == "next":
            asking = source.document["nodes"][edge.source]
            if asking["type"] != "message" or "buttons" in asking:
                continue
            node = {"type": "action", "action": "delete_account", "on": {"error": edge.target}}
            yield Mutation(
                inserted(source, number, "delete", node), edge.path, frozenset({"delete"})
            )


INTERACTION = (
    Operator("any-text", "I501", _any_text),
    Operator("asks-for-ever", "I502", _for_ever),
    Operator("one-choice", "I503", _one_choice),
    Operator("help-is-a-choice", "I504", _help_word),
    Operator("choice-twice", "I505", _choice_twice, accepts=("R007",)),
    Operator("no-fallback", "I506", _no_fallback),
    Operator("no-timeout", "I507", _no_timeout),
    Operator("impossible-answer", "I508", _impossible),
    Operator("carousel-by-sms", "I509", _carousel),
    Operator("deletes-unasked", "I510", _unasked),
)
