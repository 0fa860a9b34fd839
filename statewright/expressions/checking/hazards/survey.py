"""What one search for failures knows and has found."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from statewright.expressions.checking.facts import Fact, Facts, Place, Places, narrowed
from statewright.expressions.checking.hazards.ranges import Range, range_of_type
from statewright.expressions.checking.unification import Resolution, fits
from statewright.expressions.environment import TYPE_NAMES, Environment
from statewright.expressions.failures import Failure, FailureKind
from statewright.expressions.syntax import (
    Arithmetic,
    Comparison,
    Conditional,
    ListLiteral,
    Logic,
    Node,
    Unary,
)
from statewright.expressions.types import DYN, CelType

ANYTHING: Final[Container[str]] = ()
"""Every type is accepted."""
_LOOSE: Final = (Arithmetic, Comparison, Conditional, Logic, Unary)
SHOWN: Final = 60
"""The characters of the expression that a reason quotes at most."""

Rule = Callable[["Survey", Any], Range | None]
"""Looks at a node of one sort; gives between which numbers an int is, where that is known."""


@dataclass(slots=True)
class Survey:
    """One search.

    Attributes:
        environment: what the expression may use.
        text: the expression.
        types: of its nodes, by ``id``; see ``Checked``.
        calls: what its operations mean.
        rules: what is done for each class of nodes.
        places: what its names stand for.
        facts: what is known of the places where the search is.
        found: the failures, each once.
        variables: how many macro variables there were.
        rounds: how often the node is evaluated where macros walk through lists of known sizes.
        steps: what those rounds cost so far.
        absorbing: how many logic operators around the node absorb its errors.
        bulks: what ``bulk`` found, by node.
    """

    environment: Environment
    text: str
    types: Mapping[int, CelType]
    calls: Mapping[int, tuple[Resolution, ...]]
    rules: Mapping[type, Rule]
    places: Places
    facts: Facts = field(default_factory=Facts)
    found: dict[tuple[FailureKind, str], Failure] = field(default_factory=dict)
    variables: int = 0
    rounds: int = 1
    steps: int = 0
    absorbing: int = 0
    bulks: dict[int, int | None] = field(default_factory=dict)

    def look(self, node: Node) -> Range | None:
        """Find what can go wrong in a node; between which numbers it is, where that is known."""
        return self.rules[type(node)](self, node)

    def report(self, kind: FailureKind, reason: str, node: Node, hint: str = "") -> None:
        """Add a failure, unless it was found before or is absorbed."""
        if self.absorbing and kind is not FailureKind.BUDGET:
            return
        self.found.setdefault((kind, reason), Failure(kind, reason, node.start, node.end, hint))

    def shown(self, node: Node) -> str:
        """The text of a node in backquotes, shortened."""
        return f"`{self._shortened(node)}`"

    def quoted(self, node: Node) -> str:
        """The text of a node, shortened, so that something can be put behind it."""
        text = self._shortened(node)
        return f"({text})" if isinstance(node, _LOOSE) else text

    def _shortened(self, node: Node) -> str:
        text = self.text[node.start : node.end]
        return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"

    # What is known

    def type_of(self, node: Node) -> CelType:
        """The type of a node, by all that is known where the search is."""
        found = self.types.get(id(node), DYN)
        if found.name in ("dyn", "nullable"):
            return narrowed(found, self.places.of(node), self.facts)
        return found

    def range_of(self, node: Node) -> Range | None:
        """Between which numbers a node is, by its type and by what is known of its place."""
        return self.range_at(self.type_of(node), self.places.of(node))

    def range_at(self, found: CelType, place: Place | None) -> Range | None:
        """Between which numbers what is at a place is, if it is not null."""
        own = range_of_type(found.parameters[0] if found.name == "nullable" else found)
        if own is None or place is None:
            return own
        low = self.facts.largest("least", place)
        high = self.facts.smallest("most", place)
        return (
            own[0] if low is None else max(own[0], low),
            own[1] if high is None else min(own[1], high),
        )

    def least_size(self, node: Node, sort: str) -> int:
        """How many parts a value has at least; ``sort`` is ``list``, or ``text`` for texts."""
        if isinstance(node, ListLiteral):
            return len(node.items) - len(node.optional)
        place = self.places.of(node)
        if place is None:
            return 0
        known = (self.facts.largest("size", place), self.facts.largest(sort, place))
        return max(0, *(one or 0 for one in known))

    @contextmanager
    def assuming(self, facts: Iterable[Fact]) -> Iterator[None]:
        """Let facts hold for a while."""
        added = list(facts)
        for fact in added:
            self.facts.add(fact)
        yield
        for fact in added:
            self.facts.remove(fact)

    # What goes wrong with operands

    def expect(self, node: Node, what: str, accepted: Container[str] = ANYTHING) -> CelType:
        """The type of an operand that may not be null or of a wrong type.

        Args:
            node: the operand.
            what: what it has to be, in words.
            accepted: the names of the types that it may have. What is declared of it was checked;
                but what is right of ``&&`` may say of what is left that it is of a wrong type.
        """
        found = self.type_of(node)
        if found.name == "nullable":
            hint = f"test it first: `{self.quoted(node)} != null`"
            self.report(FailureKind.NULL, f"{self.shown(node)} may be null", node, hint)
            return found.parameters[0]
        if found.name == "null_type":
            self.report(FailureKind.NULL, f"{self.shown(node)} is null", node)
        elif found.name == "dyn" or not (
            accepted is ANYTHING
            or found.name in accepted
            or self.types.get(id(node), DYN).name != "dyn"
        ):
            reason = f"{self.shown(node)} may be of another type than {what}"
            text = self.quoted(node)
            hint = f"test it first: `type({text}) == {what}`" if what in TYPE_NAMES else ""
            self.report(FailureKind.TYPE, reason, node, hint)
        return found

    def expect_bool(self, node: Node) -> None:
        """See to it that a condition is a bool."""
        if self.type_of(node).name != "bool":
            self.expect(node, "bool", ("bool",))

    def expect_result(self, node: Node, resolution: Resolution, types: Sequence[CelType]) -> None:
        """See to it that an operation is defined on operands, by all that is known of them."""
        for overload in resolution.overloads:
            if all(
                fits(wanted, found, {})
                for wanted, found in zip(overload.parameters, types, strict=True)
            ):
                return
        self.report(FailureKind.TYPE, f"{self.shown(node)} may not be defined", node)
