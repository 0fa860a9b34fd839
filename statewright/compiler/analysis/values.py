"""The values that variables are given, where the flow writes all of them out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from statewright.compiler.analysis.labels import path_of_variable
from statewright.compiler.analysis.writes import Origin, Write, plain_path
from statewright.compiler.paths import Path
from statewright.flows.model import Flow, Node, VariableScope
from statewright.flows.nodes import InputKind, Operation, Question, Store

Values = Mapping[Path, tuple[Any, ...]]


def values_of(flow: Flow, writes: Iterable[Write]) -> Values:
    """Path → all values that it may have beside none; only paths of which all are known.

    Unknown is what comes from outside, from what people type, and from work; what is declared with
    ``values`` is left to the type checker.
    """
    nodes = {node.id: node for node in flow.nodes}
    found: dict[Path, dict[str, Any]] = defaultdict(dict)
    unknown: set[Path] = set()
    for write in writes:
        path = plain_path(write.path)
        values = _values(write, nodes[write.node])
        if values is None:
            unknown.add(path)
        for value in values or ():
            found[path][repr(value)] = value
    for variable in flow.variables:
        path = path_of_variable(variable)
        if variable.has_default and variable.default != {}:
            found[path][repr(variable.default)] = variable.default
        outside = variable.scope in (VariableScope.CONTACT, VariableScope.TENANT)
        if variable.input or variable.values or outside:
            unknown.add(path)
    closed = _closed(found, unknown)
    return {path: tuple(found[path].values()) for path in closed}


def _closed(found: Mapping[Path, object], unknown: set[Path]) -> set[Path]:
    """The paths that nothing else can give a value: no part of them, and no whole."""
    inputs = unknown | {path[:-1] for path in found if len(path) > 1 and path[:-1] in found}
    parts = {path[:length] for path in (*found, *unknown) for length in range(1, len(path))}
    return {
        path
        for path in found
        if path not in parts
        and not any(path[:length] in inputs for length in range(1, len(path) + 1))
        and path[0] not in ("contact", "tenant")
    }


def _values(write: Write, node: Node) -> tuple[Any, ...] | None:
    """All values that a place may write, or None where these are not known."""
    if write.origin is Origin.ANSWER and isinstance(node.config, Question):
        question = node.config
        plain = question.store is Store.VALUE and not question.choices_from
        if question.input is InputKind.CHOICE and plain:
            return tuple(choice.value for choice in question.choices)
        return None
    if write.origin is not Origin.FLOW:
        return None
    if write.operation is Operation.UNSET:
        return ()
    if write.operation is not Operation.SET or write.value is None:
        return None
    json = write.value.json
    return None if isinstance(json, str) and "{{" in json else (json,)
