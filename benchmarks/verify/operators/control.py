"""Mistakes of the ways through a flow: rings, traps, ways that nobody can go."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from benchmarks.verify.documents import Reference, Source, node_in, nodes_of, references, targets_of
from benchmarks.verify.mutants import DEAD, Mutation, Operator

AT_ONCE = ("message", "set", "condition", "split")
FAILED = "~failed"


def is_at_once(node: dict[str, Any] | None) -> bool:
    """Whether a node is passed without waiting."""
    return node is not None and node.get("type") in AT_ONCE and not node.get("wait")


def edges_between(source: Source) -> Iterator[tuple[int, Reference]]:
    """The edges between nodes of the flow itself, with their numbers."""
    nodes = source.document["nodes"]
    for number, edge in enumerate(references(source.document)):
        if edge.source in nodes and edge.target in nodes:
            yield number, edge


def inserted(source: Source, number: int, ident: str, node: dict[str, Any]) -> Source:
    """A flow with a node of its own on an edge."""
    made = source.changed()
    edge = list(references(made.document))[number]
    made.document["nodes"][ident] = {**node, "next": edge.target}
    edge.holder[edge.key] = ident
    return made


def _short_circuit(source: Source) -> Iterator[Mutation]:
    """An edge leads back past the question."""
    nodes = source.document["nodes"]
    for number, edge in edges_between(source):
        if edge.port != "next" or not is_at_once(nodes[edge.source]):
            continue
        for target in _back(source, edge.source):
            made = source.changed()
            own = list(references(made.document))[number]
            own.holder[own.key] = target
            ring = frozenset(_ring(made, edge.source))
            yield Mutation(made, f"{edge.path} → {target}", ring, lambda facts, _: facts.endless)


def _back(source: Source, ident: str) -> list[str]:
    """The nodes before one from which it is reached at once."""
    nodes = source.document["nodes"]
    found: list[str] = [ident]
    for name in found:
        for edge in references(source.document):
            if (
                edge.target == name
                and edge.source not in found
                and is_at_once(nodes.get(edge.source))
            ):
                found.append(edge.source)
    return found[1:3]


def _ring(source: Source, ident: str) -> set[str]:
    """The nodes passed at once from one on."""
    nodes = source.document["nodes"]
    found, waiting = {ident}, [ident]
    while waiting:
        for target in targets_of(source.document, waiting.pop()):
            if target not in found and is_at_once(nodes.get(target)):
                found.add(target)
                waiting.append(target)
    return found


def _no_counting(source: Source) -> Iterator[Mutation]:
    """The counter of a ring with work in it stands still."""
    document = source.document
    for ident, node, _ in nodes_of(document, "set"):
        actions = node.get("actions", ())
        counted = [one["increment"] for one in actions if "increment" in one]
        ring = _worked(source, ident)
        if len(counted) == 1 and len(actions) == 1 and ring:
            made = source.changed()
            node_in(made.document, ident)["actions"] = [{"set": counted[0], "to": 0}]
            yield Mutation(made, ident, frozenset(ring))


def _worked(source: Source, ident: str) -> set[str]:
    """The nodes of the rings through a node, if there is work in them and no question."""
    document = source.document
    kinds = {name: node["type"] for name, node, _ in nodes_of(document)}
    forth = _closure(document, ident, kinds, back=False)
    back = _closure(document, ident, kinds, back=True)
    ring = forth & back
    return ring if any(kinds[name] in {"http", "llm", "action"} for name in ring) else set()


def _closure(
    document: dict[str, Any], ident: str, kinds: dict[str, str], *, back: bool
) -> set[str]:
    found: set[str] = set()
    waiting = [ident]
    while waiting:
        name = waiting.pop()
        for edge in references(document):
            here, there = (edge.target, edge.source) if back else (edge.source, edge.target)
            if here == name and there not in found and kinds.get(there, "question") != "question":
                found.add(there)
                waiting.append(there)
    return found


def _trap(source: Source) -> Iterator[Mutation]:
    """A question is asked for ever: whatever is answered leads back to it."""
    for ident, node, nodes in nodes_of(source.document, "question"):
        if nodes is source.document["nodes"] and isinstance(node.get("next"), str):
            made = source.changed()
            for edge in references(made.document):
                if edge.source == ident and edge.target in nodes:
                    edge.holder[edge.key] = ident
            yield Mutation(made, ident, is_real=_is_trap)


def _is_trap(facts: Any, clean: Any) -> bool:
    return bool(facts.resting - clean.resting)


def _no_right_answer(source: Source) -> Iterator[Mutation]:
    """A question is asked as often as it takes, and what it accepts its variable does not."""
    for number, edge in edges_between(source):
        question = {
            "type": "question",
            "text": "Which size?",
            "pattern": "^[0-9]+$",
            "variable": "which_size",
        }
        made = inserted(source, number, "unanswerable", question)
        sizes = {"type": "string", "values": ["small", "large"], "default": "small"}
        made.document.setdefault("variables", {})["which_size"] = sizes
        yield Mutation(made, edge.path, frozenset({"unanswerable"}), _is_trap)


def _contradicted(source: Source) -> Iterator[Mutation]:
    """Behind a branch, a condition asks for what the branch has excluded."""
    document = source.document
    entered: dict[str, list[Reference]] = {}
    for edge in references(document):
        entered.setdefault(edge.target, []).append(edge)
    for ident, node, nodes in nodes_of(document, "condition"):
        for number, branch in enumerate(node.get("branches", ())):
            target = branch["to"]
            behind = nodes.get(target, {})
            alone = len(entered.get(target, ())) == 1
            if not alone or behind.get("type") != "message" or "next" not in behind:
                continue
            made = source.changed()
            own = next(beside for name, _, beside in nodes_of(made.document) if name == ident)
            own["again"] = {
                "type": "condition",
                "branches": [{"if": f"!({branch['if']})", "to": "never"}],
                "else": own[target]["next"],
            }
            own["never"] = {"type": "message", "text": "Never.", "next": own[target]["next"]}
            own[target]["next"] = "again"
            dead = lambda facts, _: "again" in facts.entered and "again#0" not in facts.taken  # noqa: E731
            yield Mutation(made, f"{ident}[{number}]", frozenset({"again", "never"}), dead)


def _empty_loop(source: Source) -> Iterator[Mutation]:
    """There is nothing in the list that is gone through."""
    for ident, node, _ in nodes_of(source.document, "loop"):
        variable = source.document.get("variables", {}).get(node.get("each"))
        if isinstance(variable, dict) and variable.get("default") and not variable.get("input"):
            made = source.changed()
            made.document["variables"][node["each"]]["default"] = []
            yield Mutation(made, ident, frozenset({ident}))


def _long_turn(source: Source) -> Iterator[Mutation]:
    """A turn takes more steps than there may be."""
    for number, edge in list(edges_between(source))[:6]:
        rounds = {
            "type": "loop",
            "times": 30_000,
            "limit": 30_000,
            "nodes": {"tick": {"type": "message", "text": ".", "next": "tock"},
                      "tock": {"type": "continue"}},
        }  # fmt: skip
        yield Mutation(inserted(source, number, "rounds", rounds), edge.path)


CONTROL = (
    Operator("short-circuit", "C201", _short_circuit),
    Operator("no-counting", "C202", _no_counting, accepts=("E610", "G306")),
    Operator("trap", "C203", _trap, accepts=("C204",)),
    Operator("no-right-answer", "C204", _no_right_answer),
    Operator("contradicted", "C205", _contradicted, accepts=DEAD),
    Operator("empty-loop", "C206", _empty_loop),
    Operator("long-turn", "C207", _long_turn),
)
