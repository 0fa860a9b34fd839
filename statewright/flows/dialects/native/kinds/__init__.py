"""The kinds of node of the native format: what each may say, and how it is read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from statewright.flows.dialects.native.kinds import (
    changes,
    containers,
    forms,
    interrupts,
    marks,
    messages,
    people,
    questions,
    requests,
    steering,
    subflows,
    waits,
)
from statewright.flows.dialects.native.kinds.node import Box, NodeShape
from statewright.flows.nodes import NodeConfig


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of node.

    Attributes:
        shape: its keys.
        read: makes a config of what is written, and draws its edges.
    """

    shape: type[NodeShape]
    read: Callable[[Any, Box], NodeConfig]


KINDS: Final[Mapping[str, Kind]] = MappingProxyType(
    {
        "start": Kind(steering.StartNode, steering.read_start),
        "message": Kind(messages.MessageNode, messages.read_message),
        "question": Kind(questions.QuestionNode, questions.read_question),
        "form": Kind(forms.FormNode, forms.read_form),
        "condition": Kind(steering.ConditionNode, steering.read_condition),
        "set": Kind(changes.SetNode, changes.read_set),
        "tag": Kind(marks.TagNode, marks.read_tag),
        "segment": Kind(marks.SegmentNode, marks.read_segment),
        "http": Kind(requests.HttpNode, requests.read_http),
        "action": Kind(requests.ActionNode, requests.read_action),
        "llm": Kind(requests.LlmNode, requests.read_llm),
        "client": Kind(requests.ClientNode, requests.read_client),
        "delay": Kind(waits.DelayNode, waits.read_delay),
        "schedule": Kind(waits.ScheduleNode, waits.read_schedule),
        "handoff": Kind(people.HandoffNode, people.read_handoff),
        "approval": Kind(people.ApprovalNode, people.read_approval),
        "split": Kind(steering.SplitNode, steering.read_split),
        "loop": Kind(containers.LoopNode, containers.read_loop),
        "continue": Kind(containers.ContinueNode, containers.read_continue),
        "break": Kind(containers.BreakNode, containers.read_break),
        "try": Kind(containers.TryNode, containers.read_try),
        "parallel": Kind(containers.ParallelNode, containers.read_parallel),
        "leave": Kind(containers.LeaveNode, containers.read_leave),
        "interrupt": Kind(interrupts.InterruptNode, interrupts.read_interrupt),
        "subflow": Kind(subflows.SubflowNode, subflows.read_subflow),
        "jump": Kind(steering.JumpNode, steering.read_jump),
        "end": Kind(steering.EndNode, steering.read_end),
    }
)
"""The kinds by the name that stands at ``type``."""
