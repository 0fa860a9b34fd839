"""The kinds of node, and what an author can say about each: a module per family.

Texts that may hold templates, and CEL conditions, are ``Source`` values: they know where they
stand. Where a node leads is not said here but by the edges of the flow, which leave it by the
ports that ``ports`` names. A node that has nodes inside it names the ``bodies`` that they form.
"""

from __future__ import annotations

from statewright.flows.nodes.bodies import Body
from statewright.flows.nodes.changes import Assignment, Operation, Set
from statewright.flows.nodes.containers import (
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
    Variant,
)
from statewright.flows.nodes.interrupts import Interrupt
from statewright.flows.nodes.messages import Message
from statewright.flows.nodes.people import Handoff
from statewright.flows.nodes.ports import NEXT, choice_port, outcome_port
from statewright.flows.nodes.questions import Choice, InputKind, Question, Store, Validation
from statewright.flows.nodes.requests import Http
from statewright.flows.nodes.sources import Source, Value
from statewright.flows.nodes.steering import Condition, End, Jump, Start, Unsupported
from statewright.flows.nodes.subflows import Subflow
from statewright.flows.nodes.waits import Delay

NodeConfig = (
    Start
    | Message
    | Question
    | Condition
    | Set
    | Http
    | Handoff
    | Delay
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
    "NEXT",
    "Assignment",
    "Body",
    "Break",
    "Bubble",
    "BubbleType",
    "Button",
    "ButtonAction",
    "Catch",
    "Choice",
    "Condition",
    "Container",
    "Continue",
    "Delay",
    "End",
    "ErrorClass",
    "Handoff",
    "Http",
    "InputKind",
    "Interrupt",
    "Jump",
    "Leave",
    "Loop",
    "LoopKind",
    "Message",
    "NodeConfig",
    "Operation",
    "Parallel",
    "Question",
    "Set",
    "Source",
    "Start",
    "Store",
    "Subflow",
    "Try",
    "Unsupported",
    "Validation",
    "Value",
    "Variant",
    "bodies_of",
    "choice_port",
    "outcome_port",
]
