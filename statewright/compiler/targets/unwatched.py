"""Business rules, which no other tool watches."""

from __future__ import annotations

from collections.abc import Iterator

from statewright.compiler.targets.export import Loss
from statewright.statechart.definition import Statechart


def unwatched(
    chart: Statechart, instead: str = "nothing is said when one is broken"
) -> Iterator[Loss]:
    """That the rules of a chart are lost, where it has any.

    Args:
        chart: the chart.
        instead: what happens instead, in the words of a ``Loss``.
    """
    if chart.rules:
        names = ", ".join(f"`{rule.name}`" for rule in chart.rules)
        yield Loss("rules", f"business rules are not watched: {names}", instead)
