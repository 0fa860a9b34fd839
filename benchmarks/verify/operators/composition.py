"""Mistakes of what flows are put together from: subflows, regions, arms."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from benchmarks.verify.documents import Source, node_in, nodes_of, references
from benchmarks.verify.mutants import Mutation, Operator


def _dropped_input(source: Source) -> Iterator[Mutation]:
    for ident, node, _ in nodes_of(source.document, "subflow"):
        for name in node.get("inputs", ()):
            made = source.changed()
            own = node_in(made.document, ident)
            own["inputs"] = {f"{name}_x": own["inputs"][name]}
            yield Mutation(made, f"{ident}: {name}", frozenset({ident}))


def _missing_flow(source: Source) -> Iterator[Mutation]:
    for ident, _, _ in nodes_of(source.document, "subflow"):
        made = source.changed()
        node_in(made.document, ident)["flow"] = "nowhere.yaml"
        yield Mutation(made, ident, frozenset({ident}))


def _calls_itself(source: Source) -> Iterator[Mutation]:
    for ident, _, _ in nodes_of(source.document, "subflow"):
        made = source.changed()
        node_in(made.document, ident)["flow"] = source.file
        made = replace(made, beside={**source.beside, source.file: made.text})
        yield Mutation(made, ident, frozenset({ident}))


def _dropped_outcome(source: Source) -> Iterator[Mutation]:
    """No edge for one of the outcomes; a `next` would take them all."""
    for ident, node, _ in nodes_of(source.document, "subflow"):
        if "next" not in node:
            for outcome in (one for one in node.get("on", {}) if one != "error"):
                made = source.changed()
                del node_in(made.document, ident)["on"][outcome]
                yield Mutation(made, f"{ident}.{outcome}", frozenset({ident}))


def _both_write(source: Source) -> Iterator[Mutation]:
    for ident, node, _ in nodes_of(source.document, "parallel"):
        made = source.changed()
        regions = node_in(made.document, ident)["regions"]
        if node.get("join", "all") != "all":
            continue
        for number, region in enumerate(regions.values()):
            first = region.get("start") or next(iter(region["nodes"]))
            writes = {"type": "set", "actions": [{"set": "both", "to": number}], "next": first}
            region["nodes"] = {f"write_{number}": writes, **region["nodes"]}
            region["start"] = f"write_{number}"
        made.document.setdefault("variables", {})["both"] = {"type": "int", "default": 0}
        written = frozenset({ident, *(f"write_{number}" for number in range(len(regions)))})
        made.document.setdefault("suppress", {})["D403"] = "it is only written"
        yield Mutation(made, ident, written)


def _starving(source: Source) -> Iterator[Mutation]:
    """A region asks the same for ever."""
    for ident, node, _ in nodes_of(source.document, "parallel"):
        if node.get("join", "all") != "all":
            continue
        inside = {name for name, _, _ in nodes_of(source.document["nodes"][ident])}
        for name, asked, _ in nodes_of(node, "question"):
            if name in inside and isinstance(asked.get("next"), str):
                made = source.changed()
                for edge in references(made.document):
                    if edge.source == name:
                        edge.holder[edge.key] = name
                yield Mutation(made, f"{ident}: {name}", frozenset({ident, name}))


def _weights(source: Source) -> Iterator[Mutation]:
    for ident, node, _ in nodes_of(source.document, "split"):
        weights = [one.get("weight", 1) for one in node["arms"]]
        if sum(weights) == 100:
            made = source.changed()
            node_in(made.document, ident)["arms"][0]["weight"] -= 10
            yield Mutation(made, ident, frozenset({ident}))


def _loose_arm(source: Source) -> Iterator[Mutation]:
    for ident, node, _ in nodes_of(source.document, "split"):
        for number, arm in enumerate(node["arms"]):
            if "to" in arm:
                made = source.changed()
                del node_in(made.document, ident)["arms"][number]["to"]
                yield Mutation(made, f"{ident}[{number}]", frozenset({ident}))


COMPOSITION = (
    Operator("renamed-input", "X701", _dropped_input),
    Operator("missing-flow", "X702", _missing_flow),
    Operator("calls-itself", "X703", _calls_itself),
    Operator("dropped-outcome", "X704", _dropped_outcome),
    Operator("both-write", "X705", _both_write),
    Operator("starving-region", "X706", _starving, accepts=("C203",)),
    Operator("weights", "X707", _weights),
    Operator("loose-arm", "X707", _loose_arm, accepts=("R005", "S107")),
)
