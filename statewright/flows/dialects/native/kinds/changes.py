"""Changing variables."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from pydantic import Discriminator, Field, Tag

from statewright.flows.dialects.native.content import source_from
from statewright.flows.dialects.native.kinds.node import Box, PassingShape
from statewright.flows.dialects.native.shapes import (
    AT_LEAST_ONE,
    TAG,
    Scalar,
    Shape,
    Words,
)
from statewright.flows.dialects.native.validation import paired
from statewright.flows.nodes import Assignment, Operation, Set, Value
from statewright.flows.parts import Part


class SetAction(Shape):
    """Gives a variable a value."""

    set: Words = Field(description="The variable, a name or path.")
    to: Any = Field(description="Its new value: any JSON; texts may be templates.")


class IncrementAction(Shape):
    """Adds to a number."""

    increment: Words = Field(description="The variable, a name or path.")
    by: Scalar = Field(1, description="How much: a number, or a lone template.")


class AppendAction(Shape):
    """Puts a value at the end of a list."""

    append: Words = Field(description="The variable, a name or path.")
    value: Any = Field(description="What is appended: any JSON; texts may be templates.")


class RemoveAction(Shape):
    """Takes a value out of a list."""

    remove: Words = Field(description="The variable, a name or path.")
    value: Any = Field(
        description="What is removed, an element of the list: any JSON; texts may be templates."
    )


class UnsetAction(Shape):
    """Makes a variable absent."""

    unset: Words = Field(description="The variable, a name or path.")


ACTIONS = {
    "set": SetAction,
    "increment": IncrementAction,
    "append": AppendAction,
    "remove": RemoveAction,
    "unset": UnsetAction,
}


def _action_tag(value: Any) -> str | None:
    if not isinstance(value, dict):
        return None
    return next((TAG + name for name in ACTIONS if name in value), None)


Action = Annotated[
    Annotated[SetAction, Tag(f"{TAG}set")]
    | Annotated[IncrementAction, Tag(f"{TAG}increment")]
    | Annotated[AppendAction, Tag(f"{TAG}append")]
    | Annotated[RemoveAction, Tag(f"{TAG}remove")]
    | Annotated[UnsetAction, Tag(f"{TAG}unset")],
    Discriminator(
        _action_tag,
        custom_error_type="expected",
        custom_error_message="expected",
        custom_error_context={
            "expected": "a map that begins with `set`, `increment`, `append`, `remove` or `unset`",
            "help": "for example `{set: score, to: 0}`",
        },
    ),
]


class SetNode(PassingShape):
    """Changes variables, in order."""

    type: Literal["set"]
    actions: list[Action] = Field(description="The changes.", json_schema_extra=AT_LEAST_ONE)


def read_set(node: SetNode, box: Box) -> Set:
    """The changes, in order."""
    actions = paired(node.actions, box.part["actions"], box.removed)
    if box.part["actions"].value == []:
        help_ = "for example `{set: score, to: 0}`"
        box.part["actions"].report("R005", "`actions` is empty", help_)
    box.ways(node.next)
    return Set(tuple(_assignment(action, item) for action, item in actions))


_OPERANDS: Final = {
    Operation.SET: "to",
    Operation.INCREMENT: "by",
    Operation.APPEND: "value",
    Operation.REMOVE: "value",
    Operation.UNSET: "",
}
"""Where each change of a variable keeps what it needs."""


def _assignment(action: Shape, part: Part) -> Assignment:
    operation = next(op for op in Operation if op.value in type(action).model_fields)
    variable = source_from(getattr(action, operation.value), part[operation.value])
    operand = _OPERANDS[operation]
    if not operand:
        return Assignment(operation, variable)
    written = operand in action.model_fields_set
    value = part[operand].json() if written else Value(1, part.location)
    return Assignment(operation, variable, value)
