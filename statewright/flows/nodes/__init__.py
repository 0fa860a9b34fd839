"""The kinds of node, and what an author can say about each: a module per family.

Texts that may hold templates, and CEL conditions, are ``Source`` values: they know where they
stand. Where a node leads is not said here but by the edges of the flow, which leave it by the
ports that ``ports`` names. A node that has nodes inside it names the ``bodies`` that they form.
"""

from __future__ import annotations

from statewright.flows.nodes.actions import ACTIONS, WAYS, ParameterForm, form_of
from statewright.flows.nodes.bodies import Body
from statewright.flows.nodes.changes import Assignment, Operation, Set
from statewright.flows.nodes.containers import (
    OWN_CLASSES,
    STATUSES,
    Break,
    Catch,
    Container,
    Continue,
    ErrorClass,
    Leave,
    Loop,
    LoopKind,
    Parallel,
    Try,
)
from statewright.flows.nodes.content import (
    Bubble,
    BubbleType,
    Button,
    ButtonAction,
    Card,
    Variant,
)
from statewright.flows.nodes.efforts import Backoff, Breaker, Growth
from statewright.flows.nodes.interrupts import Interrupt
from statewright.flows.nodes.lots import Sticky
from statewright.flows.nodes.marks import Segment, Tag
from statewright.flows.nodes.messages import Message
from statewright.flows.nodes.people import Approval, Handoff, TakingTurns
from statewright.flows.nodes.ports import NEXT, arm_port, choice_port, outcome_port
from statewright.flows.nodes.questions import (
    Choice,
    Form,
    FormField,
    Help,
    InputKind,
    Question,
    Reminder,
    Store,
    Validation,
)
from statewright.flows.nodes.requests import Action, BodyFormat, Client, Http, Llm
from statewright.flows.nodes.sources import Source, Value
from statewright.flows.nodes.steering import Arm, Condition, End, Jump, Split, Start, Unsupported
from statewright.flows.nodes.subflows import Subflow
from statewright.flows.nodes.waits import Delay, InHours, Schedule

NodeConfig = (
    Start
    | Message
    | Question
    | Form
    | Condition
    | Set
    | Tag
    | Segment
    | Http
    | Action
    | Llm
    | Client
    | Handoff
    | Approval
    | Split
    | Delay
    | Schedule
    | Loop
    | Continue
    | Break
    | Try
    | Parallel
    | Leave
    | Interrupt
    | Subflow
    | Jump
    | End
    | Unsupported
)
"""What a node does, by its kind."""


def bodies_of(config: NodeConfig) -> tuple[Body, ...]:
    """The nodes inside a node; () for one that has none."""
    return config.bodies if isinstance(config, Container) else ()


__all__ = [
    "ACTIONS",
    "NEXT",
    "OWN_CLASSES",
    "STATUSES",
    "WAYS",
    "Action",
    "Approval",
    "Arm",
    "Assignment",
    "Backoff",
    "Body",
    "BodyFormat",
    "Break",
    "Breaker",
    "Bubble",
    "BubbleType",
    "Button",
    "ButtonAction",
    "Card",
    "Catch",
    "Choice",
    "Client",
    "Condition",
    "Container",
    "Continue",
    "Delay",
    "End",
    "ErrorClass",
    "Form",
    "FormField",
    "Growth",
    "Handoff",
    "Help",
    "Http",
    "InHours",
    "InputKind",
    "Interrupt",
    "Jump",
    "Leave",
    "Llm",
    "Loop",
    "LoopKind",
    "Message",
    "NodeConfig",
    "Operation",
    "Parallel",
    "ParameterForm",
    "Question",
    "Reminder",
    "Schedule",
    "Segment",
    "Set",
    "Source",
    "Split",
    "Start",
    "Sticky",
    "Store",
    "Subflow",
    "Tag",
    "TakingTurns",
    "Try",
    "Unsupported",
    "Validation",
    "Value",
    "Variant",
    "arm_port",
    "bodies_of",
    "choice_port",
    "form_of",
    "outcome_port",
]
