"""How the drawings of two versions of a flow differ."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from enum import Enum
from typing import Any

from statewright.flows.failures import is_error_variable
from statewright.flows.model import Edge, Flow, Node
from statewright.statechart.sourcemap import Location


@dataclass(frozen=True, slots=True)
class Change:
    """One difference.

    Attributes:
        part: ``node``, ``edge``, ``text``, ``variable`` or ``setting``.
        action: ``added``, ``removed``, ``renamed`` or ``changed``.
        name: of what, in the words of the drawing.
        before: what it was, plain values; None where there was nothing.
        after: what it is, likewise.
    """

    part: str
    action: str
    name: str
    before: Any = None
    after: Any = None


Names = Mapping[str, str]
"""Id of a node of the old flow → its id in the new one."""


def names_of(old: Flow, new: Flow) -> dict[str, str]:
    """Which nodes are the same: those of one id, and of others those that only were renamed.

    A node was renamed where exactly one new node does just the same; or where one of the same kind
    stands where it stood: at the same ports of the same nodes.
    """
    known_old = {node.id: node for node in old.nodes}
    known_new = {node.id: node for node in new.nodes}
    names = {
        name: name
        for name, node in known_old.items()
        if name in known_new and known_new[name].kind == node.kind
    }
    looks = ({n.id: repr(_plain(n.config)) for n in flow.nodes} for flow in (old, new))
    _match(names, known_old, known_new, *looks)
    while True:
        before = len(names)
        places_old = _places(old, names)
        places_new = _places(new, {name: name for name in names.values()})
        _match(names, known_old, known_new, places_old, places_new)
        if len(names) == before:
            return names


def _match(
    names: dict[str, str],
    old: Mapping[str, Node],
    new: Mapping[str, Node],
    looks_old: Mapping[str, str],
    looks_new: Mapping[str, str],
) -> None:
    """Pair the nodes that are left, where what is looked at is the same for one of each only."""
    taken = set(names.values())
    before: dict[tuple[str, str], list[str]] = {}
    after: dict[tuple[str, str], list[str]] = {}
    for name, node in old.items():
        if name not in names:
            before.setdefault((node.kind, looks_old.get(name, "")), []).append(name)
    for name, node in new.items():
        if name not in taken:
            after.setdefault((node.kind, looks_new.get(name, "")), []).append(name)
    for (kind, seen), found in before.items():
        others = after.get((kind, seen), [])
        if seen and len(found) == len(others) == 1:
            names[found[0]] = others[0]


def _places(flow: Flow, names: Names) -> dict[str, str]:
    """Where nodes stand, in terms of those that are known: ``""`` for nowhere."""
    found: dict[str, list[str]] = {}
    for edge in flow.edges:
        if edge.source in names:
            found.setdefault(edge.target, []).append(f"{names[edge.source]} {edge.port}")
    for number, entry in enumerate(flow.entries):
        found.setdefault(entry, []).append(f"entry {number}")
    return {name: repr(sorted(places)) for name, places in found.items()}


def changes_of(old: Flow, new: Flow, names: Names) -> tuple[Change, ...]:
    """All differences of two drawings, in the order of the old one, then of the new one."""
    return (
        *_nodes(old, new, names),
        *_edges(old, new, names),
        *_named("variable", _variables(old), _variables(new)),
        *_named("setting", _settings(old, names), _settings(new, {})),
    )


def _nodes(old: Flow, new: Flow, names: Names) -> Iterator[Change]:
    known = {node.id: node for node in new.nodes}
    for node in old.nodes:
        if node.id not in names:
            yield Change("node", "removed", node.id, before=node.kind)
            continue
        other = known[names[node.id]]
        if other.id != node.id:
            yield Change("node", "renamed", node.id, node.id, other.id)
        yield from _inside(node, other, names)
    taken = set(names.values())
    for node in new.nodes:
        if node.id not in taken:
            yield Change("node", "added", node.id, after=node.kind)


def _inside(node: Node, other: Node, names: Names) -> Iterator[Change]:
    skipped = {"id", "location"}
    before = {f.name: _plain(getattr(node, f.name)) for f in fields(node) if f.name not in skipped}
    after = {f.name: _plain(getattr(other, f.name)) for f in fields(other) if f.name not in skipped}
    before["container"] = names.get(node.container, node.container)
    for path, one, two in _differences(before, after, ()):
        words = [str(part) for part in path if part not in _UNSAID]
        texts = isinstance(one, str) and isinstance(two, str) and _is_text(path)
        part = "text" if texts else "node"
        yield Change(part, "changed", ".".join((other.id, *words)), one, two)


_UNSAID = frozenset(("config", "text", "template", "fields"))
"""Parts of the way to a value that say nothing to people."""

_TEXTS = frozenset(("variants", "label", "prompt", "bubbles", "text", "messages", "message"))


def _is_text(path: tuple[Any, ...]) -> bool:
    return path[-1] == "text" and bool(_TEXTS & set(path[:-1]))


def _edges(old: Flow, new: Flow, names: Names) -> Iterator[Change]:
    before = [_edge(edge, names) for edge in old.edges]
    after = [_edge(edge, {}) for edge in new.edges]
    for line in before:
        if line not in after:
            yield Change("edge", "removed", line)
    for line in after:
        if line not in before:
            yield Change("edge", "added", line)
    kept = [line for line in before if line in after]
    if kept != [line for line in after if line in before]:
        yield Change("edge", "changed", "the order in which edges are tried")


def _edge(edge: Edge, names: Names) -> str:
    guard = f" ({edge.guard.text})" if edge.guard is not None else ""
    source, target = (names.get(name, name) for name in (edge.source, edge.target))
    return f"{source}.{edge.port}{guard} → {target}"


def _variables(flow: Flow) -> dict[str, Any]:
    """What authors declare: that a flow reads ``error`` shows where it does."""
    declared = (one for one in flow.variables if not is_error_variable(one))
    return {f"{one.scope}.{one.name}": _plain(one) for one in declared}


def _settings(flow: Flow, names: Names) -> dict[str, Any]:
    return {
        **_plain(flow.settings),
        "entries": [names.get(name, name) for name in flow.entries],
        "triggers": _plain(flow.triggers),
        "rules": _plain(flow.rules),
        "locale": flow.locale,
        "locales": list(flow.locales),
    }


def _named(part: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    for name, value in old.items():
        if name not in new:
            yield Change(part, "removed", name, before=value)
            continue
        for path, one, two in _differences(value, new[name], ()):
            yield Change(part, "changed", ".".join((name, *map(str, path))), one, two)
    for name, value in new.items():
        if name not in old:
            yield Change(part, "added", name, after=value)


def _differences(
    one: Any, two: Any, path: tuple[Any, ...]
) -> Iterator[tuple[tuple[Any, ...], Any, Any]]:
    if isinstance(one, dict) and isinstance(two, dict) and one.keys() == two.keys():
        for key in one:
            yield from _differences(one[key], two[key], (*path, key))
    elif isinstance(one, list) and isinstance(two, list) and len(one) == len(two):
        for number, (part, other) in enumerate(zip(one, two, strict=True)):
            yield from _differences(part, other, (*path, number))
    elif type(one) is not type(two) or one != two:
        yield path, one, two


def _plain(value: Any) -> Any:
    """A part of a drawing as plain values, without the places where it stands."""
    if isinstance(value, Enum):
        return str(value.value)
    if is_dataclass(value) and not isinstance(value, type):
        return {
            field.name: _plain(part)
            for field in fields(value)
            if not isinstance(part := getattr(value, field.name), Location)
        }
    if isinstance(value, Mapping):
        return {
            str(key): _plain(part) for key, part in value.items() if not isinstance(part, Location)
        }
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_plain(part) for part in value]
    return value if isinstance(value, (str, int, float, bool)) or value is None else repr(value)
