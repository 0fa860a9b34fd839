"""What a flow can read of an error: the variable ``error``, which nobody has to declare."""

from __future__ import annotations

from typing import Final

from statewright.flows.model import Variable, VariableScope
from statewright.flows.nodes import OWN_CLASSES
from statewright.statechart.sourcemap import Location

ERROR: Final = "error"
"""The variable with the last error that the flow has answered, of a flow that reads it."""

FIELDS: Final = (
    Variable("class", "enum", values=tuple(str(name) for name in OWN_CLASSES)),
    Variable("code", "string"),
    Variable("message", "string"),
    Variable("status", "int"),
    Variable("body", nullable=True),
    Variable("node", "string"),
    Variable("name", "string"),
)
"""What is known of an error; see docs/errors.md."""


def error_variable(location: Location, *, is_private: bool = False) -> Variable:
    """The variable, as if its author had declared it.

    Args:
        location: where the flow stands.
        is_private: whether requests that fail may have sent what is personal, and get it back.
    """
    fields = tuple(
        Variable(one.name, one.type, nullable=True, pii=is_private) if one.name == "body" else one
        for one in FIELDS
    )
    return Variable(
        ERROR,
        "object",
        scope=VariableScope.FLOW,
        fields=fields,
        inferred=True,
        location=location,
    )


def is_error_variable(variable: Variable | None) -> bool:
    """Whether a variable is that one, and none that an author has declared under its name."""
    return (
        variable is not None
        and variable.name == ERROR
        and variable.inferred
        and variable.scope is VariableScope.FLOW
    )
