"""How much work generated code may do itself, so that it never does what the budget forbids.

The interpreter counts steps while it runs (``meter``). Generated code does not count: it measures
a text, list or map before it works on it, and leaves the whole expression to the interpreter if
that is large. The limits are chosen here, before anything runs: every place that can cost steps
gets an equal share of the budget, divided by the rounds of the macros around it. So what generated
code does on its own would never have spent the budget.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from statewright.expressions.evaluation.interpreter import BUDGET
from statewright.expressions.evaluation.linking import cost_of_round
from statewright.expressions.meter import FREE
from statewright.expressions.syntax import (
    Arithmetic,
    Call,
    Comparison,
    Macro,
    Node,
    children,
    walk,
)
from statewright.expressions.values import SIZE_LIMIT

_NO_WALKS: Final = frozenset(("cel.bind", "optMap", "optFlatMap"))
_TEXT_PARTS: Final = 32
_LIST_PARTS: Final = 2
"""The parts of a text, and of a list, that a step pays for; see ``meter``."""


@dataclass(slots=True)
class Allowances:
    """The limits for one expression.

    Attributes:
        root: its tree.
        costly: whether a comparison or call may look at everything inside its operands.
        rounds: how often, at most, the part that is being translated is evaluated.
    """

    root: Node
    costly: Callable[[Node], bool]
    rounds: int = 1
    _share: int = 0
    _orders: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._share = BUDGET // max(1, sum(map(_payments, walk(self.root))))

    @property
    def steps(self) -> int:
        """What a place may cost each time: a power of two, so that few limits differ."""
        steps = self._share // self.rounds
        return 1 << (steps.bit_length() - 1) if steps else 0

    @property
    def text(self) -> int:
        """How long a text may be that is read."""
        return max(FREE, _TEXT_PARTS * self.steps)

    @property
    def sequence(self) -> int:
        """How long a list may be that is searched."""
        return max(FREE, _LIST_PARTS * self.steps)

    @property
    def built_text(self) -> int:
        """How long a text may be that is built."""
        return min(SIZE_LIMIT, self.text)

    def walk(self, node: Macro) -> int:
        """How many rounds a macro may take; those inside it get what is then left."""
        cost = cost_of_round(node)
        nested = self._order(node)
        return max(0, int((self._share / self.rounds / cost) ** (1 / nested)) - 1)

    def _order(self, node: Node) -> int:
        """How many walks there are, each inside the one before; a costly comparison is one."""
        known = self._orders.get(id(node))
        if known is None:
            if isinstance(node, Macro) and node.macro not in _NO_WALKS:
                inner = max(map(self._order, node.arguments))
                known = max(self._order(node.subject), 1 + inner)
            else:
                known = max(map(self._order, children(node)), default=0)
                known = max(known, int(self.costly(node)))
            self._orders[id(node)] = known
        return known


def _payments(node: Node) -> int:
    """How often a node may have to pay, evaluated once."""
    if isinstance(node, Arithmetic):
        return len(node.operators)
    if isinstance(node, Call):
        return len(node.arguments) + 2
    return int(isinstance(node, (Comparison, Macro)))
