"""The transitions of a node → edges.

They are tried in the order of their priority. A condition may ask how the node itself went
(``_lastResult``); where our node has a port for that answer, the edge leaves by it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from statewright.flows.dialects.chatwoot_builder.scope import Scope
from statewright.flows.model import Edge
from statewright.flows.nodes import NEXT, Button, Source, choice_port
from statewright.flows.parts import Part

_LAST_RESULT = re.compile(
    r"\s*\{\{\s*_lastResult(?:\.status)?\s*\}\}\s*(?P<operator>[!=]==?)\s*"
    r"(?P<value>true|false|(?P<quote>['\"])(?:success|error)(?P=quote))\s*"
)
_OPPOSITE: Final = {"true": "false", "false": "true"}
_AS_BOOLEAN: Final = {"success": "true", "error": "false"}
_KEYS: Final = frozenset({"id", "targetNodeId", "condition", "priority", "label"})


@dataclass(frozen=True, slots=True)
class Transition:
    """An arrow that a node has.

    Attributes:
        part: the map that describes it.
        target: id of the node where it leads.
        condition: its condition, or a part that is not there.
        label: what stands on it.
    """

    part: Part
    target: str
    condition: Part
    label: str

    @property
    def outcome(self) -> str:
        """``true`` or ``false`` where it asks only how the node went, else ``""``."""
        return outcome_from(self.condition.value)

    def edge(self, port: str = NEXT, guard: Source | None = None) -> Edge:
        """The edge that it is, at a port."""
        location = self.part["targetNodeId"].location
        return Edge(self.part.node, self.target, port, guard, location, self.label)


def outcome_from(condition: object) -> str:
    """The outcome of the node itself that a condition asks for: ``true``, ``false`` or ``""``.

    >>> outcome_from("{{_lastResult.status}} != 'success'")
    'false'
    """
    match = _LAST_RESULT.fullmatch(condition) if isinstance(condition, str) else None
    if match is None:
        return ""
    value = match["value"].strip("'\"")
    value = _AS_BOOLEAN.get(value, value)
    return _OPPOSITE[value] if match["operator"].startswith("!") else value


def transitions_of(node: Part) -> list[Transition]:
    """The transitions of a node in the order in which they are tried."""
    found = []
    for index, part in enumerate(node["transitions"].items()):
        if not isinstance(part.value, dict):
            part.wrong("a map")
            continue
        part.refuse_unknown(_KEYS)
        target = part["targetNodeId"]
        if not target.present:
            target.wrong("the id of a node")
            continue
        priority = part["priority"].number()
        condition = part["condition"]
        # The builder writes an absent condition in three ways.
        if condition.value in (None, ""):
            condition = part["-"]
        transition = Transition(part, target.name(), condition, part["label"].text())
        found.append((index if priority is None else priority, transition))
    return [transition for _, transition in sorted(found, key=lambda pair: pair[0])]


def passing_edges(
    transitions: list[Transition], scope: Scope, last: tuple[str, str] | None = None
) -> Iterator[Edge]:
    """The edges of a node that is left by one port.

    Args:
        transitions: its transitions.
        scope: the variables.
        last: what ``_lastResult`` is behind it: its CEL and its type, or None.
    """
    for transition in transitions:
        condition = transition.condition
        yield transition.edge(guard=scope.guard(condition, last) if condition.present else None)


def condition_edges(
    transitions: list[Transition], scope: Scope, expression: Part
) -> Iterator[Edge]:
    """The edges of a condition, whose own ``expression`` the transitions may ask for."""
    asked = any(transition.outcome for transition in transitions)
    own = scope.guard(expression) if asked else Source("false", expression.location)
    for transition in transitions:
        condition = transition.condition
        if not condition.present:
            yield transition.edge("else")
        elif transition.outcome == "true":
            yield transition.edge("branch", Source(own.text, own.location, own.original))
        elif transition.outcome == "false" and _is_last(transition, transitions):
            yield transition.edge("else")
        elif transition.outcome == "false":
            yield transition.edge("branch", Source(f"!({own.text})", own.location, own.original))
        else:
            yield transition.edge("branch", scope.guard(condition))


def _is_last(transition: Transition, transitions: list[Transition]) -> bool:
    """Whether what a transition asks for is all that is left when it is tried."""
    return transition is transitions[-1] and any(t.outcome == "true" for t in transitions)


def api_edges(
    transitions: list[Transition], scope: Scope, *, goes_on_after_error: bool
) -> Iterator[Edge]:
    """The edges of a request.

    One without a condition is for any outcome if another asks for an outcome, or if the flow goes
    on after errors; otherwise an error is left to the flow.
    """
    asked = any(transition.outcome for transition in transitions)
    for transition in transitions:
        condition = transition.condition
        if transition.outcome == "true":
            yield transition.edge("success")
        elif transition.outcome == "false":
            yield transition.edge("error")
        elif condition.present:
            yield transition.edge("success", scope.guard(condition))
        else:
            yield transition.edge("success")
            if asked or goes_on_after_error:
                yield transition.edge("error")


def button_edges(
    transitions: list[Transition], scope: Scope, buttons: tuple[Button, ...], ids: tuple[str, ...]
) -> tuple[list[Edge], set[int]]:
    """The edges of a message with buttons, and which of the buttons they belong to.

    The builder's compiler keeps only the label of an arrow that was drawn from a button: the id of
    the button, or ``btn-N``.
    """
    edges: list[Edge] = []
    wired: set[int] = set()
    for transition in transitions:
        index = _button(transition, ids)
        if index is None:
            edges.extend(passing_edges([transition], scope))
            continue
        wired.add(index)
        edges.append(transition.edge(choice_port(buttons[index].value.text)))
        transition.part["label"].report(
            "R008",
            f"the label `{transition.label}` makes this the way of a button",
            severity="info",
        )
    return edges, wired


def _button(transition: Transition, ids: tuple[str, ...]) -> int | None:
    """The button that a transition was drawn from."""
    if transition.condition.present or not transition.label:
        return None
    if transition.label in ids:
        return ids.index(transition.label)
    match = re.fullmatch(r"btn-([0-9]{1,3})", transition.label)
    return int(match[1]) if match and int(match[1]) < len(ids) else None
