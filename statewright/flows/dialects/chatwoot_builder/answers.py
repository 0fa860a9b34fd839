"""What a question of the builder wants to know, and where it saves that."""

from __future__ import annotations

from typing import Final

from statewright.flows.dialects.chatwoot_builder.scope import Scope
from statewright.flows.dialects.chatwoot_builder.transitions import outcome_from
from statewright.flows.nodes import InputKind, Source
from statewright.flows.parts import Part

INPUTS: Final = {
    kind.value: kind
    for kind in InputKind
    if kind not in (InputKind.CHOICE, InputKind.MULTIPLE_CHOICE)
}
"""The kinds of answer by the builder's names."""

TYPES: Final = {InputKind.NUMBER: "double", InputKind.INTEGER: "int", InputKind.BOOLEAN: "bool"}
"""Types of variables that hold answers, where they are no texts."""


def input_of(part: Part) -> InputKind:
    """What kind of answer a question wants: yes or no, where a transition asks for that."""
    written = part["config"]["expectedInputType"].value
    if asks_yes_or_no(part) and written in (None, "text"):
        return InputKind.BOOLEAN
    return INPUTS.get(written, InputKind.TEXT) if isinstance(written, str) else InputKind.TEXT


def asks_yes_or_no(part: Part) -> bool:
    """Whether a transition of a question asks for its answer as true or false."""
    transitions = part["transitions"].value
    return isinstance(transitions, list) and any(
        outcome_from(transition.get("condition"))
        for transition in transitions
        if isinstance(transition, dict)
    )


def answer_of(part: Part, scope: Scope) -> Source | None:
    """Where a question saves its answer."""
    variable = part["config"]["saveToVariable"]
    if variable.present and variable.text():
        return scope.target(variable)
    name = scope.answers.get(part.node)
    return Source(name, part.key_location) if name else None
