"""The models of the kinds of node."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag

from statewright.flows.dialects.native.content_schema import Bubble, Button, Speech, Variant
from statewright.flows.dialects.native.shapes import (
    TAG,
    Duration,
    Expression,
    NodeId,
    Scalar,
    Shape,
    Text,
    Timeout,
)


class Way(Shape):
    """One of several ways to go on; the first whose condition is true is taken."""

    if_: Expression = Field("true", alias="if", description="A condition, CEL.")
    to: NodeId = Field(description="The node where it leads.")
    label: Text = Field("", description="What people call it.")


def _next_tag(value: Any) -> str:
    return f"{TAG}ways" if isinstance(value, list) else f"{TAG}node"


Next = Annotated[
    Annotated[NodeId, Tag(f"{TAG}node")] | Annotated[list[Way], Tag(f"{TAG}ways")],
    Discriminator(_next_tag),
]


class _Node(Shape):
    label: Text = Field("", description="What people call the node.")
    disabled: bool = Field(False, description="Switched off: the conversation passes through.")


class _Passing(_Node):
    next: Next | None = Field(
        None, description="The node that comes next, or a list of ways `{if, to}`."
    )


class StartNode(_Passing):
    """Where a conversation begins. `start:` at the top of the file does the same."""

    type: Literal["start"]


class MessageNode(_Passing, Speech):
    """Says something, and goes on."""

    type: Literal["message"]
    variants: list[Variant] | None = Field(
        None, description="Several things to say, of which one is drawn by lot."
    )
    buttons: list[Button] = Field([], description="Buttons under the last bubble.")
    wait: bool = Field(False, description="Go on only after the user has acknowledged it.")


class LongChoice(Shape):
    """One of the answers offered."""

    value: Scalar = Field(description="What is saved.")
    label: Text | None = Field(None, description="What is shown; by default the value.")
    to: NodeId | None = Field(None, description="The node where this answer leads.")
    data: dict[str, Any] = Field(
        {}, description="Whatever else belongs to it; saved with `store: choice`."
    )


def _choice_tag(value: Any) -> str:
    return f"{TAG}long" if isinstance(value, dict) else f"{TAG}value"


Choice = Annotated[
    Annotated[Scalar, Tag(f"{TAG}value")] | Annotated[LongChoice, Tag(f"{TAG}long")],
    Discriminator(_choice_tag),
]


class QuestionPorts(Shape):
    """Where a question leads when it is not answered."""

    fallback: NodeId | None = Field(None, description="When the retries are used up.")
    timeout: NodeId | None = Field(None, description="When no answer came in time.")


class QuestionNode(_Passing):
    """Asks, waits for an answer, checks it, saves it."""

    type: Literal["question"]
    text: Text | None = Field(None, description="What is asked.")
    content: list[Bubble] | None = Field(None, description="What is asked, in several bubbles.")
    input: (
        Literal[
            "text", "number", "integer", "email", "phone", "url", "date", "boolean", "choice",
            "multiple_choice",
        ]
        | None
    ) = Field(
        None, description="What kind of answer is wanted; by default text, or one of `choices`."
    )  # fmt: skip
    variable: Text | None = Field(None, description="Where the answer is saved: a name or path.")
    choices: list[Choice] = Field([], description="The answers offered.")
    store: Literal["value", "choice"] = Field(
        "value", description="What is saved of a choice: its value, or all that is written of it."
    )
    pattern: Text | None = Field(None, description="A regular expression (RE2) to be found in it.")
    minimum: float | None = Field(None, description="The least number, or count of choices.")
    maximum: float | None = Field(None, description="The greatest number, or count of choices.")
    min_length: int | None = Field(None, ge=0, description="The least number of characters.")
    max_length: int | None = Field(None, ge=0, description="The greatest number of characters.")
    retries: int | None = Field(
        None, ge=0, description="How often it is asked again; by default without end."
    )
    retry: Text | None = Field(None, description="What is said to an answer that will not do.")
    timeout: Timeout | None = Field(None, description="How long to wait for each answer.")
    on: QuestionPorts | None = Field(None, description="Where it leads when it is not answered.")


class Branch(Shape):
    """One way out of a condition."""

    if_: Expression = Field(alias="if", description="When it is taken, CEL.")
    to: NodeId = Field(description="The node where it leads.")
    label: Text = Field("", description="What people call it.")


class ConditionNode(_Node):
    """Goes on by the first branch whose condition is true, or by `else`."""

    type: Literal["condition"]
    branches: list[Branch] = Field(description="The branches, tried in order.")
    else_: NodeId | None = Field(None, alias="else", description="Where it leads otherwise.")


class SetAction(Shape):
    """Gives a variable a value."""

    set: Text = Field(description="The variable, a name or path.")
    to: Any = Field(description="Its new value: any JSON; texts may be templates.")


class IncrementAction(Shape):
    """Adds to a number."""

    increment: Text = Field(description="The variable, a name or path.")
    by: Scalar = Field(1, description="How much: a number, or a lone template.")


class AppendAction(Shape):
    """Puts a value at the end of a list."""

    append: Text = Field(description="The variable, a name or path.")
    value: Any = Field(description="What is appended: any JSON; texts may be templates.")


class RemoveAction(Shape):
    """Takes a value out of a list."""

    remove: Text = Field(description="The variable, a name or path.")
    value: Any = Field(description="What is removed: any JSON; texts may be templates.")


class UnsetAction(Shape):
    """Makes a variable absent."""

    unset: Text = Field(description="The variable, a name or path.")


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


class SetNode(_Passing):
    """Changes variables, in order."""

    type: Literal["set"]
    actions: list[Action] = Field(description="The changes.")


class HttpNode(_Node):
    """Asks a web service."""

    type: Literal["http"]
    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"] = Field(
        "GET", description="The HTTP method."
    )
    url: Text = Field(description="Where; may hold templates.")
    headers: dict[str, Text] = Field({}, description="Headers; secrets as `{{secret:name}}`.")
    query: dict[str, Any] = Field({}, description="Query parameters.")
    body: Any = Field(None, description="What is sent: any JSON; texts may be templates.")
    timeout: Timeout | None = Field(
        None, description="When it counts as failed; by default after 30s."
    )
    retries: int = Field(0, ge=0, description="How often it is tried again.")
    save: dict[str, Expression] = Field(
        {}, description="Variable (or path) ← CEL over `response`: `response.body.status`."
    )
    fallback: Any = Field(None, description="The body that stands in for a failed response.")
    success: NodeId | None = Field(None, description="Where it leads.")
    error: NodeId | None = Field(None, description="Where it leads when it failed.")


class DelayNode(_Passing):
    """Waits."""

    type: Literal["delay"]
    duration: Duration | None = Field(None, description="How long.")
    for_: Expression | None = Field(
        None, alias="for", description="How long: CEL that gives a duration, or seconds."
    )


class Assignee(Shape):
    """Who takes over: exactly one of these."""

    agent: Scalar | None = Field(None, description="Id of a person; may be a template.")
    team: Scalar | None = Field(None, description="Id of a team; may be a template.")
    queue: Scalar | None = Field(None, description="Id of a queue; may be a template.")


class HandoffNode(_Node, Speech):
    """Hands the conversation to people, and ends the flow."""

    type: Literal["handoff"]
    to: Assignee | None = Field(None, description="Who takes over.")
    note: Text | None = Field(None, description="What the people are told.")


class JumpNode(_Node):
    """Goes on elsewhere."""

    type: Literal["jump"]
    to: NodeId = Field(description="The node where it leads.")


class EndNode(_Node, Speech):
    """Ends the conversation."""

    type: Literal["end"]
    outcome: Text = Field("completed", description="How it ended, in your own words.")
    failed: bool = Field(False, description="Whether ending here means that it failed.")


AnyNode = Annotated[
    StartNode
    | MessageNode
    | QuestionNode
    | ConditionNode
    | SetNode
    | HttpNode
    | DelayNode
    | HandoffNode
    | JumpNode
    | EndNode,
    Field(discriminator="type"),
]

NODES: dict[str, type[Shape]] = {
    "start": StartNode,
    "message": MessageNode,
    "question": QuestionNode,
    "condition": ConditionNode,
    "set": SetNode,
    "http": HttpNode,
    "delay": DelayNode,
    "handoff": HandoffNode,
    "jump": JumpNode,
    "end": EndNode,
}
"""The kinds of node by their names."""
