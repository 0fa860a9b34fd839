"""What others find of the same mistakes, on the codes that they claim to find.

A peer is given the drawing as it stands, in its own format: nodes are states, edges transitions.
It has found a mistake when it complains of anything at all.
"""

from __future__ import annotations

import warnings
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final

from benchmarks.verify.documents import Source, nodes_of, references

Complaint = str


@dataclass(frozen=True, slots=True)
class Drawing:
    """Nodes and edges, as any tool for graphs can read them.

    Attributes:
        start: the first node, or ``""``.
        nodes: their ids, in order.
        ends: those that are meant to be the last one of a conversation.
        edges: source, port and target.
    """

    start: str
    nodes: tuple[str, ...]
    ends: frozenset[str]
    edges: tuple[tuple[str, str, str], ...]


LAST: Final = ("end", "handoff", "leave", "continue", "break", "jump")


def drawing_of(source: Source) -> Drawing:
    """The nodes that stand beside each other at the top of a flow."""
    document = source.document
    nodes = document["nodes"]
    edges = tuple(
        (one.source, one.port, one.target) for one in references(document) if one.source in nodes
    )
    left = {source for source, _, _ in edges}
    last = {name for name, node, _ in nodes_of(document) if node.get("type") in LAST} - left
    start = document.get("start")
    return Drawing(
        start if isinstance(start, str) else "",
        tuple(nodes),
        frozenset(last & nodes.keys()),
        edges,
    )


def port_lint(drawing: Drawing) -> list[Complaint]:
    """What most products look at: each end of each edge, and whether there is a way to a node."""
    known = set(drawing.nodes)
    told = [f"`{target}` is unknown" for _, _, target in drawing.edges if target not in known]
    after: dict[str, list[str]] = defaultdict(list)
    for source, _, target in drawing.edges:
        after[source].append(target)
    found, waiting = {drawing.start}, [drawing.start]
    while waiting:
        for target in after[waiting.pop()]:
            if target not in found:
                found.add(target)
                waiting.append(target)
    told += [f"`{name}` is not reached" for name in drawing.nodes if name not in found]
    told += [
        f"`{name}` leads nowhere"
        for name in drawing.nodes
        if not after[name] and name not in drawing.ends
    ]
    return told


def python_statemachine(drawing: Drawing) -> list[Complaint]:
    """What python-statemachine says when a class with these states and transitions is made."""
    from statemachine import State, StateMachine  # noqa: PLC0415 (a peer need not be installed)

    states = {
        name: State(name, initial=name == drawing.start, final=name in drawing.ends)
        for name in drawing.nodes
    }
    names = {name: f"s{number}" for number, name in enumerate(drawing.nodes)}
    body: dict[str, Any] = {names[name]: state for name, state in states.items()}
    try:
        for number, (source, _, target) in enumerate(drawing.edges):
            body[f"t{number}"] = states[source].to(states[target])
        with warnings.catch_warnings(record=True) as heard:
            warnings.simplefilter("always")
            type("Machine", (StateMachine,), body)()
    except Exception as error:  # noqa: BLE001 (whatever it says is a complaint)
        return [str(error) or type(error).__name__]
    return [str(one.message) for one in heard]


def transitions_machine(drawing: Drawing) -> list[Complaint]:
    """What ``transitions`` says when a machine is made."""
    from transitions import Machine  # noqa: PLC0415

    try:
        Machine(
            states=list(drawing.nodes),
            initial=drawing.start,
            transitions=[[f"t{n}", s, t] for n, (s, _, t) in enumerate(drawing.edges)],
            auto_transitions=False,
        )
    except Exception as error:  # noqa: BLE001
        return [str(error) or type(error).__name__]
    return []


def sismic_chart(drawing: Drawing) -> list[Complaint]:
    """What sismic says when a statechart is read from a dictionary, and validated."""
    from sismic.io.datadict import import_from_dict  # noqa: PLC0415

    after: dict[str, list[dict[str, str]]] = defaultdict(list)
    for number, (source, _, target) in enumerate(drawing.edges):
        after[source].append({"event": f"e{number}", "target": target})
    states: list[dict[str, Any]] = [
        {"name": name, "type": "final"}
        if name in drawing.ends and not after[name]
        else {"name": name, "transitions": after[name]}
        for name in drawing.nodes
    ]
    root = {"name": "flow chart", "initial": drawing.start, "states": states}
    try:
        import_from_dict({"statechart": {"name": "flow", "root state": root}}).validate()
    except Exception as error:  # noqa: BLE001
        return [str(error) or type(error).__name__]
    return []


@dataclass(frozen=True, slots=True)
class Peer:
    """Another tool.

    Attributes:
        name: of the tool.
        look: what it complains of in a drawing.
        claims: the codes of what it says it finds.
    """

    name: str
    look: Callable[[Drawing], list[Complaint]]
    claims: frozenset[str]


PEERS: Final = (
    Peer("port-level lint", port_lint, frozenset({"S101", "S103", "S105", "S106"})),
    Peer(
        "python-statemachine",
        python_statemachine,
        frozenset({"S101", "S102", "S103", "S105", "S106", "C203"}),
    ),
    Peer("transitions", transitions_machine, frozenset({"S101", "S103"})),
    Peer("sismic", sismic_chart, frozenset({"S101", "S103"})),
)


@dataclass(slots=True)
class Tally:
    """How a peer has done: code → mistakes that it was shown, and those of which it complained."""

    shown: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    found: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    clean: int = 0
    false: int = 0


def tallied(
    tallies: dict[str, Tally], source: Source, mutant: Source | None = None, code: str = ""
) -> None:
    """Show a flow to all peers: a broken one, or the clean one itself.

    A peer that complains of the clean flow has not found the mistake by complaining of both.
    """
    for peer in PEERS:
        tally = tallies.setdefault(peer.name, Tally())
        if mutant is not None and code not in peer.claims:
            continue
        with suppress(ImportError):
            before = len(peer.look(drawing_of(source)))
            if mutant is None:
                tally.clean += 1
                tally.false += before > 0
            else:
                tally.shown[code] += 1
                tally.found[code] += len(peer.look(drawing_of(mutant))) > before
