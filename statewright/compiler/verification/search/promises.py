"""What rules have promised, and whether it may still come.

Nobody has to answer, and no effect has to succeed. But whatever may happen again and again is
assumed to happen at some time. Then a session goes on for ever only inside a set of situations
that it cannot leave, and comes to all of them again and again. So a promise is broken for ever just
where nothing is left by which it could be kept: that is a question of what can be reached.

Source: strong fairness and terminal components of finite graphs, as in Baier and Katoen,
*Principles of Model Checking*, chapters 3.5 and 5.1.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from statewright.compiler.verification.boxes import Box
from statewright.compiler.verification.search.ends import Reaching
from statewright.compiler.verification.search.pieces import Edge, Found, Piece
from statewright.compiler.verification.world.situations import Control, monitors_of
from statewright.statechart.definition import Statechart
from statewright.statechart.rules import Rule, RuleKind, is_open
from statewright.statechart.steps import Macrostep

_NONE: Final[frozenset[str]] = frozenset()


class Promises:
    """The rules of a chart that promise something.

    Args:
        chart: the chart.
    """

    def __init__(self, chart: Statechart) -> None:
        self.rules: Mapping[str, Rule] = {
            rule.name: rule for rule in chart.rules if rule.kind is RuleKind.LEADS_TO
        }

    def kept_in(self, step: Macrostep) -> frozenset[str]:
        """The names of those that may have been kept in a macrostep, even if made again."""
        if not self.rules or not step.microsteps:
            return _NONE
        entered = {name for one in step.microsteps for name in one.entered}
        return frozenset(name for name, rule in self.rules.items() if _may_keep(rule, entered))


def _may_keep(rule: Rule, entered: set[str]) -> bool:
    states = None if rule.other is None else rule.other.states
    return states is None or not entered.isdisjoint(states)


class Waiting:
    """Where a promise is open, and whether it can still be kept.

    Args:
        found: by a search that has left nothing out.
        rule: what promises.
        is_plain: whether it is kept by whatever enters a state, without any condition.
    """

    def __init__(self, found: Found, rule: Rule, *, is_plain: bool) -> None:
        self._found = found
        self._rule = rule
        self._is_plain = is_plain
        self._kept = Reaching(found, self._keeps)
        self._sure = Reaching(found, self._surely_keeps)

    def _surely_keeps(self, edge: Edge) -> bool:
        if edge.target is None or not self.is_open(edge.target):
            return True
        return self._is_plain and self._rule.name in edge.kept

    def _keeps(self, edge: Edge) -> bool:
        return self._surely_keeps(edge) or self._rule.name in edge.kept or edge.doubtful

    def is_open(self, control: Control) -> bool:
        """Whether something is still to come in a situation."""
        return is_open(self._rule, monitors_of(control).get(self._rule.name, 0))

    @property
    def hopeless(self) -> Iterator[tuple[Piece, Box]]:
        """Pieces in which it is open, with a part from which it can never be kept."""
        return ((piece, box) for piece, box in self._kept.lost() if self.is_open(piece.control))

    @property
    def is_unsure(self) -> bool:
        """Whether it may be made and kept in one step again and again, or only made."""
        return any(self.is_open(piece.control) for piece, _ in self._sure.lost())

    def is_hopeless(self, control: Control, point: Box) -> bool:
        """Whether it is open in a situation that was met, and can never be kept."""
        return self.is_open(control) and self._kept.is_lost(control, point)
