"""What a chart declares of its values, as far as other tools differ in what they make of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from statewright.compiler.targets.export import Loss
from statewright.statechart.actions import Assign
from statewright.statechart.definition import Datum, Limits, Statechart
from statewright.statechart.structure.traversal import actions_in, states_in


def data_in(chart: Statechart) -> Iterator[Datum]:
    """Every variable of a chart, in document order."""
    yield from chart.data
    for state in states_in(chart):
        yield from state.data


def is_plain(limits: Limits | None) -> bool:
    """Whether limits are no more than a few values, and numbers as bounds."""
    if limits is None:
        return True
    bounds = (limits.minimum, limits.maximum)
    numbers = all(bound is None or isinstance(bound, int | float) for bound in bounds)
    return numbers and replace(limits, values=(), minimum=None, maximum=None) == Limits()


def losses_of_declarations(chart: Statechart) -> Iterator[Loss]:
    """What is lost where values and numeric bounds are all that is checked."""
    if not all(is_plain(datum.limits) for datum in data_in(chart)):
        yield Loss(
            "declarations",
            "fields, elements, lengths, patterns, dates and what is read-only are not checked",
            "a variable holds what it is given of its type, and may be changed",
        )
    yield from losses_of_outside(chart)


def losses_of_outside(chart: Statechart) -> Iterator[Loss]:
    """What is lost where nothing is known of the contact and the tenant."""
    if chart.contact or chart.tenant:
        yield Loss(
            "contact-declarations",
            "what is declared of values of the contact and the tenant is not checked",
            "they are what the host gives, without defaults",
        )


def losses_of_privacy(chart: Statechart) -> Iterator[Loss]:
    """What is lost where variables are all alike."""
    names = dict.fromkeys(f"`{datum.name}`" for datum in data_in(chart) if datum.private)
    if names:
        yield Loss(
            "privacy",
            f"that values are personal is not said: {', '.join(names)}",
            "whoever logs what the machine holds has to know",
        )


def losses_of_merging(chart: Statechart) -> Iterator[Loss]:
    """What is lost where an assignment is no more than a value."""
    assigns = (action for action in actions_in(chart) if isinstance(action, Assign))
    if any(action.merge is not None for action in assigns):
        yield Loss(
            "merging",
            "how a value of the contact or the tenant comes of what others wrote is not said",
            "the value as it was computed is assigned, and theirs is lost",
        )
