"""Mistakes of the drawing: nodes and edges that are missing, twice, or lead nowhere."""

from __future__ import annotations

import copy
from collections.abc import Iterator

from benchmarks.verify.documents import TWIN, Source, node_in, nodes_of, reached, references
from benchmarks.verify.mutants import Mutation, Operator


def _no_start(source: Source) -> Iterator[Mutation]:
    made = source.changed()
    if not list(nodes_of(made.document, "start")):
        del made.document["start"]
        yield Mutation(made, "the flow")


def _second_start(source: Source) -> Iterator[Mutation]:
    made = source.changed()
    nodes = made.document["nodes"]
    if "start" in made.document and not list(nodes_of(made.document, "start")):
        nodes["second_start"] = {"type": "start", "next": made.document["start"]}
        yield Mutation(made, "second_start")


def _misspelt_target(source: Source) -> Iterator[Mutation]:
    for number, edge in enumerate(references(source.document)):
        made = source.changed()
        own = list(references(made.document))[number]
        own.holder[own.key] = f"{edge.target}_nowhere"
        yield Mutation(made, edge.path, frozenset({edge.source}))


def _deleted_node(source: Source) -> Iterator[Mutation]:
    edges = list(references(source.document))
    for ident, _, _ in nodes_of(source.document):
        naming = frozenset(one.source for one in edges if one.target == ident != one.source)
        made = source.changed()
        nodes = next(beside for name, _, beside in nodes_of(made.document) if name == ident)
        inside = {one for one, _, _ in nodes_of({"nodes": {ident: nodes.pop(ident)}})}
        if naming - inside:
            yield Mutation(made, ident, naming - inside)


def _twin(source: Source) -> Iterator[Mutation]:
    for ident, _, _ in nodes_of(source.document):
        made = source.changed()
        for name, node, nodes in list(nodes_of(made.document)):
            if name == ident:
                nodes[f"{name}{TWIN}"] = copy.deepcopy(node)
        yield Mutation(made, ident, frozenset({ident}))


def _island(source: Source) -> Iterator[Mutation]:
    made = source.changed()
    made.document["nodes"]["island"] = {"type": "end", "text": "Nobody reads that."}
    yield Mutation(made, "island", frozenset({"island"}))


def _passed_by(source: Source) -> Iterator[Mutation]:
    """An edge leads elsewhere, and where it led nothing does any more."""
    document = source.document
    start = document.get("start")
    named_elsewhere = "on_error" in document.get("settings", {}) or "triggers" in document
    others = nodes_of(document, "interrupt", "jump", "parallel")
    if not isinstance(start, str) or named_elsewhere or any(others):
        return
    edges = list(references(document))
    for number, edge in enumerate(edges):
        if edge.target not in document["nodes"] or edge.source not in document["nodes"]:
            continue
        beside = [one for one in edges if one.source == edge.source and one.target != edge.target]
        if not beside:
            continue
        made = source.changed()
        own = list(references(made.document))[number]
        own.holder[own.key] = beside[0].target
        if edge.target not in reached(made.document, start):
            yield Mutation(made, edge.path, frozenset({edge.target}))


def _dead_end(source: Source) -> Iterator[Mutation]:
    for ident, node, _ in nodes_of(source.document, "message", "set", "delay"):
        if isinstance(node.get("next"), str) and "on" not in node and "buttons" not in node:
            made = source.changed()
            own = node_in(made.document, ident)
            del own["next"]
            yield Mutation(made, ident, frozenset({ident}))


def _unwired_timeout(source: Source) -> Iterator[Mutation]:
    for ident, node, _ in nodes_of(source.document, "question"):
        answered = {"on_error"} & (node.keys() | source.document.get("settings", {}).keys())
        if "timeout" in node and "timeout" in node.get("on", {}) and not answered:
            made = source.changed()
            own = node_in(made.document, ident)
            del own["on"]["timeout"]
            yield Mutation(made, f"{ident}.timeout", frozenset({ident}))


def _unwired_success(source: Source) -> Iterator[Mutation]:
    for ident, node, _ in nodes_of(source.document, "http"):
        if "success" in node and "error" in node:
            made = source.changed()
            own = node_in(made.document, ident)
            del own["success"]
            yield Mutation(made, f"{ident}.success", frozenset({ident}))


def _edge_twice(source: Source) -> Iterator[Mutation]:
    for ident, node, _ in nodes_of(source.document, "condition"):
        for number, _ in enumerate(node.get("branches", ())):
            made = source.changed()
            own = node_in(made.document, ident)
            own["branches"].insert(number, copy.deepcopy(own["branches"][number]))
            yield Mutation(made, f"{ident}[{number}]", frozenset({ident}))


def _disabled(source: Source) -> Iterator[Mutation]:
    start = source.document.get("start")
    for ident, node, _ in nodes_of(source.document, "message", "set", "delay"):
        if isinstance(node.get("next"), str) and ident != start and not node.get("disabled"):
            made = source.changed()
            own = node_in(made.document, ident)
            own["disabled"] = True
            yield Mutation(made, ident, frozenset({ident}))


STRUCTURE = (
    Operator("no-start", "S101", _no_start),
    Operator("second-start", "S102", _second_start),
    Operator("misspelt-target", "S103", _misspelt_target),
    Operator("deleted-node", "S103", _deleted_node),
    Operator("twin", "S104", _twin, accepts=("R007",)),
    Operator("island", "S105", _island),
    Operator("passed-by", "S105", _passed_by),
    Operator("dead-end", "S106", _dead_end),
    Operator("unwired-timeout", "S107", _unwired_timeout),
    Operator("unwired-success", "S107", _unwired_success),
    Operator("edge-twice", "S109", _edge_twice),
    Operator("disabled", "S110", _disabled),
)
