"""What can be asked of a chart, and the three answers that there are.

A question is about something that may happen. ``Possible`` comes with a conversation in which it
does, ``Impossible`` with the name of the engine that proved it, ``Undecided`` with the reason.
"""

from __future__ import annotations

from dataclasses import dataclass

from statewright.compiler.verification.conversations import Conversation


@dataclass(frozen=True, slots=True)
class EnterState:
    """Is this state ever entered?"""

    state: str


@dataclass(frozen=True, slots=True)
class TakeTransition:
    """Is this transition (``state#n``) ever taken?"""

    transition: str


@dataclass(frozen=True, slots=True)
class Fail:
    """Does something ever go wrong?

    Attributes:
        incident: the name of the incident: ``error.execution.guard``, ``error.template``, ….
        state: where.
        expression: the text of the expression that has no value, or ``""``.
        reason: why, in the words of the executor.
    """

    incident: str
    state: str
    expression: str
    reason: str


@dataclass(frozen=True, slots=True)
class GetStuck:
    """Does a session ever rest in this state though nothing leads out of its node any more?"""

    state: str


@dataclass(frozen=True, slots=True)
class LoseTheEnd:
    """Does a session ever rest in this state though no end can be reached from there?"""

    state: str


@dataclass(frozen=True, slots=True)
class BreakRule:
    """Does anything ever break this rule of the chart?"""

    rule: str


@dataclass(frozen=True, slots=True)
class WaitForEver:
    """Does a session ever rest where what this rule has promised cannot come any more?

    Whatever may happen again and again does happen at some time: so it comes, unless that is so.
    """

    rule: str


@dataclass(frozen=True, slots=True)
class GoOnForEver:
    """Does a macrostep ever take more microsteps than it may?"""


Question = (
    EnterState
    | TakeTransition
    | Fail
    | GetStuck
    | LoseTheEnd
    | BreakRule
    | WaitForEver
    | GoOnForEver
)


@dataclass(frozen=True, slots=True)
class Possible:
    """It happens at the end of this conversation, which was replayed on the real executor."""

    conversation: Conversation


@dataclass(frozen=True, slots=True)
class Impossible:
    """It never happens, whatever anybody does within the assumptions.

    Attributes:
        engine: what proved it.
    """

    engine: str


@dataclass(frozen=True, slots=True)
class Undecided:
    """Nobody knows.

    Attributes:
        reason: what stands in the way, lower case, without a full stop.
        spent: macrosteps that were tried.
    """

    reason: str
    spent: int


Answer = Possible | Impossible | Undecided
