"""One function on certain arguments, and what can be asked about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from statewright.expressions.checking.facts import Fact
from statewright.expressions.checking.hazards.ranges import Range
from statewright.expressions.checking.hazards.survey import Survey
from statewright.expressions.failures import FailureKind
from statewright.expressions.overloads import Overload
from statewright.expressions.syntax import Call, Literal, Node
from statewright.expressions.types import CelType


@dataclass(frozen=True, slots=True)
class Application:
    """An overload that may apply.

    Attributes:
        survey: the search.
        node: the call.
        overload: the function.
        operands: its arguments; of a member, the target first.
        types: theirs, where they are not null.
        ranges: between which numbers those are that are ints.
    """

    survey: Survey
    node: Call
    overload: Overload
    operands: Sequence[Node]
    types: Sequence[CelType]
    ranges: Sequence[Range | None]

    @property
    def shown(self) -> str:
        """The text of the call."""
        return self.survey.shown(self.node)

    def report(self, kind: FailureKind, reason: str, hint: str = "") -> None:
        """Add a failure of the call."""
        self.survey.report(kind, reason, self.node, hint)

    def parameter(self, place: int) -> str:
        """The name of the type of a parameter, or an empty string."""
        parameters = self.overload.parameters
        return parameters[place].name if place < len(parameters) else ""

    def element(self) -> str:
        """The name of the type of what is in the first argument."""
        inside = self.types[0].parameters
        return inside[-1].name if inside else "dyn"

    def literal(self, place: int) -> object:
        """The value of an argument that is written out, or None."""
        operand = self.operands[place] if place < len(self.operands) else None
        return operand.value if isinstance(operand, Literal) else None

    def least_size(self, place: int, sort: str) -> int:
        """How many parts an argument has at least; see ``Survey.least_size``."""
        literal = self.literal(place)
        if isinstance(literal, str | bytes):
            return len(literal)
        return self.survey.least_size(self.operands[place], sort)

    def knows(self, about: str, place: int) -> bool:
        """Whether something without a detail is known of an argument."""
        found = self.survey.places.of(self.operands[place])
        return found is not None and Fact(about, found) in self.survey.facts
