"""What must hold of every conversation: the business rules that an author writes."""

from __future__ import annotations

from dataclasses import dataclass

from statewright.flows.goals import Goal
from statewright.flows.nodes import Source
from statewright.statechart.rules import RuleKind
from statewright.statechart.sourcemap import NOWHERE, Location


@dataclass(frozen=True, slots=True)
class Moment:
    """Something that happens in a conversation: a node is begun, or a condition becomes true.

    Attributes:
        nodes: one of which is begun; any of them may be none of the flow. () is anywhere.
        condition: CEL that is true then, or None.
    """

    nodes: tuple[Goal, ...] = ()
    condition: Source | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """What must hold. What its parts mean is said in ``statechart.rules``.

    Attributes:
        name: unique in the flow.
        kind: what is said about the moments.
        moment: what it is about.
        other: what comes first, or follows; only where the kind has it.
        count: how often, of ``at_most``.
        description: what it is for, or ``""``.
        location: where it stands.
    """

    name: str
    kind: RuleKind
    moment: Moment
    other: Moment | None = None
    count: int = 0
    description: str = ""
    location: Location = NOWHERE
