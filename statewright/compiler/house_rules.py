"""Rules of an organisation's own: CEL that looks at each node of a flow.

An expression sees ``node`` and ``flow``, whose types are below. Where it has no value, because a
node has no such setting, the rule is not broken there: errors count as false, as they do in guards.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import timedelta
from enum import Enum
from typing import Any, Final

from statewright.compiler.findings import Finding
from statewright.compiler.policy import HouseRule
from statewright.compiler.subject import Subject
from statewright.errors import EvaluationError, ExpressionError
from statewright.expressions import (
    Environment,
    Expression,
    Hole,
    Problem,
    Template,
    check,
    evaluate,
    parse,
    parse_template,
)
from statewright.expressions.declarations import type_from_text
from statewright.flows.model import Node
from statewright.flows.nodes import Source, Value
from statewright.statechart.sourcemap import Location

NAME: Final = "house-rule"

ENVIRONMENT: Final = Environment(
    {
        "node": type_from_text(
            "{id: string, kind: string, label: string, disabled: bool, container: string, "
            "config: map(string, dyn), ports: list(string), texts: list(string), "
            "edges: list({port: string, target: string, guard: string, label: string}), "
            "incoming: list(string)}"
        ),
        "flow": type_from_text(
            "{id: string, name: string, description: string, dialect: string, file: string, "
            "metadata: map(string, dyn), "
            "variables: list({name: string, type: string, scope: string, input: bool, pii: bool, "
            "secret: bool})}"
        ),
    }
)
"""What a rule may look at. ``config`` holds what ``flows.nodes`` says of each kind: texts as they
are written, durations as durations, and the members of ``headers`` and the like by name."""


def problems_of(rule: HouseRule) -> Iterator[str]:
    """What is wrong with a rule, each as a sentence with what to do."""
    for key, find in (("if", _in_condition), ("message", _in_template), ("help", _in_template)):
        text = {"if": rule.when, "message": rule.message, "help": rule.help}[key]
        try:
            problems = list(find(text))
        except ExpressionError as error:
            problems = [str(error)]
        yield from (f"`{key}` of `{rule.code}`: {problem}" for problem in problems)


def _in_condition(text: str) -> Iterator[str]:
    checked = check(parse(text), ENVIRONMENT)
    yield from map(_told, checked.problems)
    if not checked.problems and checked.type.name not in ("bool", "dyn"):
        yield f"it is true or false, not {checked.type}; compare it with something"


def _in_template(text: str) -> Iterator[str]:
    for hole in parse_template(text).holes:
        yield from map(_told, check(hole.expression, ENVIRONMENT).problems)


def _told(problem: Problem) -> str:
    return f"{problem.reason}; {problem.hint}" if problem.hint else problem.reason


def broken_rules(subject: Subject) -> Iterator[Finding]:
    """The nodes at which rules of the policy are broken."""
    rules = [(rule, parse(rule.when)) for rule in subject.policy.rules]
    if not rules:
        return
    flow = _flow_map(subject)
    edges, incoming, texts = _around(subject)
    for node in subject.nodes.values():
        seen = {
            "flow": flow,
            "node": _node_map(node, edges[node.id], incoming[node.id], texts[node.id]),
        }
        for rule, when in rules:
            if _holds(when, seen):
                yield Finding(
                    code=rule.code,
                    name=NAME,
                    severity=rule.severity,
                    message=_filled(rule.message, seen),
                    help=_filled(rule.help, seen),
                    location=node.location,
                    node=node.id,
                )


def _holds(when: Expression, names: Mapping[str, Any]) -> bool:
    try:
        return evaluate(when, names) is True
    except EvaluationError:
        return False


def _filled(text: str, names: Mapping[str, Any]) -> str:
    """A template with its values; a hole without a value is left empty."""
    return "".join(_part(part, names) for part in parse_template(text).parts)


def _part(part: object, names: Mapping[str, Any]) -> str:
    if isinstance(part, Hole):
        try:
            return part.encode(evaluate(part.expression, names))
        except EvaluationError:
            return ""
    return part if isinstance(part, str) else ""


# --- nodes as values -----------------------------------------------------------------------------


def _flow_map(subject: Subject) -> dict[str, Any]:
    flow = subject.flow
    return {
        "id": flow.id,
        "name": flow.name,
        "description": flow.description,
        "dialect": flow.dialect,
        "file": flow.location.file,
        "metadata": dict(flow.metadata),
        "variables": [
            {
                "name": one.name,
                "type": one.type,
                "scope": str(one.scope),
                "input": one.input,
                "pii": one.pii,
                "secret": one.secret,
            }
            for one in flow.variables
        ],
    }


def _around(
    subject: Subject,
) -> tuple[Mapping[str, list[Any]], Mapping[str, list[str]], Mapping[str, list[str]]]:
    """The edges of each node, the nodes that lead to it, and its texts."""
    edges: dict[str, list[Any]] = defaultdict(list)
    incoming: dict[str, list[str]] = defaultdict(list)
    texts: dict[str, list[str]] = defaultdict(list)
    for edge in subject.flow.edges:
        guard = "" if edge.guard is None else edge.guard.text
        edges[edge.source].append(
            {"port": edge.port, "target": edge.target, "guard": guard, "label": edge.label}
        )
        incoming[edge.target].append(edge.source)
    for parsed in subject.texts:
        if isinstance(parsed.form, Template):
            texts[parsed.text.node].append(parsed.text.source.text)
    return edges, incoming, texts


def _node_map(
    node: Node, edges: list[Any], incoming: list[str], texts: list[str]
) -> dict[str, Any]:
    return {
        "id": node.id,
        "kind": node.kind,
        "label": node.label,
        "disabled": node.disabled,
        "container": node.container,
        "config": _plain(node.config),
        "ports": list(dict.fromkeys(edge["port"] for edge in edges)),
        "edges": edges,
        "incoming": incoming,
        "texts": texts,
    }


_MICROSECONDS: Final = frozenset({"timeout", "duration", "after", "window", "typing"})
"""Settings that are so many microseconds."""


def _plain(value: Any) -> Any:
    """A setting of a node as a value of CEL (readers bound how deep they are)."""
    for kind, convert in _PLAIN.items():
        if isinstance(value, kind):
            return convert(value)
    return _plain_fields(value) if is_dataclass(value) else value


def _plain_fields(value: Any) -> dict[str, Any]:
    return {one.name: _setting(one.name, getattr(value, one.name)) for one in fields(value)}


def _setting(name: str, value: Any) -> Any:
    is_time = name in _MICROSECONDS and isinstance(value, int) and not isinstance(value, bool)
    return timedelta(microseconds=value) if is_time else _plain(value)


def _plain_list(value: Sequence[Any]) -> Any:
    """A list, or the map that a list of pairs stands for."""
    pairs = value and all(isinstance(one, tuple) and len(one) == 2 for one in value)
    if pairs:
        return {str(_plain(key)): _plain(item) for key, item in value}
    return [_plain(item) for item in value]


def _plain_map(value: Mapping[Any, Any]) -> dict[str, Any]:
    return {str(key): _plain(item) for key, item in value.items()}


_PLAIN: Final[Mapping[type, Callable[[Any], Any]]] = {
    Source: lambda source: source.text,
    Value: lambda value: value.json,
    Enum: lambda member: str(member.value),
    Location: str,
    tuple: _plain_list,
    list: _plain_list,
    dict: _plain_map,
}
"""What the parts of a setting are as values of CEL."""
