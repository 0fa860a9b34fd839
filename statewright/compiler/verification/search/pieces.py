"""What a search finds: boxes of situations, what leads on from them, and what happens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from statewright.compiler.verification.boxes import Box
from statewright.compiler.verification.dataflow.variables import Key
from statewright.compiler.verification.questions import Question
from statewright.compiler.verification.world.situations import Carrier, Control
from statewright.statechart.playing.play import SCRIPT_NOW
from statewright.statechart.playing.script import Line

START = -1
"""The number of what is before the start, in the place of a piece."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a part of a piece, or something that happened, comes from.

    Attributes:
        piece: number of the piece in which the line came; ``START`` for the start.
        line: what happened; None for the start.
        point: what the variables were there.
        passed: the variables that the macrostep neither read nor wrote.
        fires: the event of the timer that fires, where time passes.
        moment: when the session begins; only at the start.
    """

    piece: int
    line: Line | None
    point: Mapping[Key, int]
    passed: frozenset[Key]
    fires: str = ""
    moment: int = SCRIPT_NOW


@dataclass(slots=True)
class Piece:
    """A box of situations.

    Attributes:
        number: in the order in which they were found.
        control: what they have in common.
        dimensions: in which they differ.
        box: which values they have there.
        point: the values that the carrier has.
        carrier: a snapshot that is one of them.
        parts: boxes that it is made of, and where each comes from.
    """

    number: int
    control: Control
    dimensions: tuple[Key, ...]
    box: Box
    point: Box
    carrier: Carrier
    parts: list[tuple[Box, Origin]]


@dataclass(frozen=True, slots=True)
class Edge:
    """What one macrostep does to a part of a piece.

    Attributes:
        source: the number of the piece.
        covered: the part of it.
        passed: the variables that it leaves alone.
        target: where it leads; None where the session ends there.
        box: the part of the target.
        moved: whether anything happened.
        good: whether the session ends as its author wanted it to.
        leaves: whether the node is left in which the session was.
        kept: the names of the rules whose promise may have been kept on the way.
        doubtful: whether it may lead elsewhere, too.
    """

    source: int
    covered: Box
    passed: frozenset[Key]
    target: Control | None
    box: Box
    moved: bool
    good: bool
    leaves: bool = True
    kept: frozenset[str] = frozenset()
    doubtful: bool = False


@dataclass(slots=True)
class Found:
    """What a search has found.

    Attributes:
        seen: what happens → where it happens first.
        pieces: all situations.
        edges: all macrosteps.
        complete: whether nothing was left out for lack of budget.
        begun: whether all that sessions may begin with was tried.
        unexplored: what was met, and not gone through for lack of budget.
        crowded: variables that have more values than are followed.
        unsure: states whose entry failed although it writes variables that count as written.
        doubted: the states that were active or entered where something was in doubt.
        unnamed: states that offer a choice that nothing chooses which is tried.
        repeated: a state that reads a free variable more than once in a macrostep, or ``""``.
    """

    seen: dict[Question, Origin] = field(default_factory=dict)
    pieces: list[Piece] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)
    complete: bool = True
    begun: bool = True
    unexplored: list[Piece] = field(default_factory=list)
    crowded: set[Key] = field(default_factory=set)
    unsure: set[str] = field(default_factory=set)
    doubted: set[str] = field(default_factory=set)
    unnamed: set[str] = field(default_factory=set)
    repeated: str = ""
