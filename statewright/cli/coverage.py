"""What a run of conversation tests covered of its flows, for people and for programs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from statewright.compiler.coverage.goals import Criterion, Goal
from statewright.compiler.coverage.guards import ERROR
from statewright.compiler.coverage.measuring import MEASURED, Coverage, Measuring
from statewright.excerpt import printable

Measured = Mapping[str, Measuring]
"""What reports call a flow → what was covered of it."""


def lines_from_coverage(measured: Measured) -> Iterator[str]:
    """A table of each flow, and what is missing."""
    for file, measuring in measured.items():
        coverage = measuring.coverage
        yield f"{printable(file)}:"
        for criterion in MEASURED:
            covered, total = coverage.of(criterion)
            share = f" ({100 * covered // total} %)" if total else ""
            yield f"  {criterion}: {covered} of {total}{share}"
        for criterion in MEASURED:
            for goal in _missing(coverage, criterion):
                yield f"  not covered: {printable(str(goal))}"


def _missing(coverage: Coverage, criterion: Criterion) -> Iterator[Goal]:
    """What people want to hear of: that a guard never failed is no reason to worry."""
    return (goal for goal in coverage.missing(criterion) if goal.detail != ERROR)


def objects_from_coverage(measured: Measured) -> list[Mapping[str, Any]]:
    """An object of each flow: what was covered, and in how many conversations."""
    return [
        {
            "flow": file,
            **{
                str(criterion): {
                    "covered": measuring.coverage.of(criterion)[0],
                    "total": measuring.coverage.of(criterion)[1],
                    "items": [
                        {"subject": goal.subject, "detail": goal.detail, "conversations": count}
                        for goal, count in measuring.coverage.counts.items()
                        if goal.criterion is criterion
                    ],
                }
                for criterion in MEASURED
            },
        }
        for file, measuring in measured.items()
    ]
