"""Business rules: the nodes of a flow become states, and subflows bring rules of their own."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from typing import Any

from statewright.compiler.lowering.plan import FLOW
from statewright.compiler.lowering.texts import guard_from
from statewright.flows.model import Flow
from statewright.flows.nodes import Source, Subflow
from statewright.flows.rules import Moment as WrittenMoment
from statewright.flows.rules import Rule as WrittenRule
from statewright.statechart.definition import state_id
from statewright.statechart.rules import Moment, Rule, RuleKind


def rules_of(flow: Flow, states: AbstractSet[str], prefix: tuple[str, ...] = ()) -> Iterator[Rule]:
    """The rules of a flow, then those of the flows that it runs, each for as long as these run.

    Args:
        flow: the flow.
        states: the ids of all states of the chart.
        prefix: the names of the nodes that it stands inside.
    """
    scope = f"{state_id(*prefix)}/{FLOW}" if prefix else ""
    if scope and scope not in states:
        return
    # Nodes that are switched off are never begun, though there is a state to pass through.
    begun = states - {state_id(*prefix, node.id) for node in flow.nodes if node.disabled}
    for rule in flow.rules:
        yield Rule(
            name=_name(*prefix, rule.name),
            kind=rule.kind,
            moment=_moment(rule.moment, begun, prefix),
            other=None if rule.other is None else _moment(rule.other, begun, prefix),
            count=rule.count,
            scope=scope,
        )
    for node in flow.nodes:
        if isinstance(node.config, Subflow) and node.config.flow.text in flow.subflows:
            inner = flow.subflows[node.config.flow.text]
            yield from rules_of(inner, states, (*prefix, node.id))


def _name(*parts: str) -> str:
    return "/".join(part.replace("~", "~0").replace("/", "~1") for part in parts)


def _moment(moment: WrittenMoment, begun: AbstractSet[str], prefix: tuple[str, ...]) -> Moment:
    states = dict.fromkeys(state_id(*prefix, goal.node) for goal in moment.nodes)
    return Moment(
        states=tuple(state for state in states if state in begun) if moment.nodes else None,
        condition=None if moment.condition is None else guard_from(moment.condition),
    )


def written(rule: WrittenRule) -> dict[str, Any]:
    """A rule as its author wrote it, in JSON-like values, with its name."""
    said: dict[str, Any] = {"name": rule.name}
    match rule.kind:
        case RuleKind.NEVER | RuleKind.ALWAYS:
            said[str(rule.kind)] = _text(rule.moment.condition)
            if rule.moment.nodes:
                said["at"] = [goal.node for goal in rule.moment.nodes]
        case RuleKind.BEFORE:
            said |= {"first": _written(rule.other), "before": _written(rule.moment)}
        case RuleKind.LEADS_TO:
            said |= {"whenever": _written(rule.moment), "leads_to": _written(rule.other)}
        case RuleKind.AT_MOST:
            said |= {"at_most": rule.count, "times": _written(rule.moment)}
    if rule.description:
        said["description"] = rule.description
    return said


def _written(moment: WrittenMoment | None) -> dict[str, Any]:
    if moment is None:
        return {}
    at = {"at": [goal.node for goal in moment.nodes]} if moment.nodes else {}
    return at if moment.condition is None else at | {"if": _text(moment.condition)}


def _text(source: Source | None) -> str:
    return "" if source is None else source.text
