"""The values of the contact and the tenant that a turn reads, as the chart declares them.

They are written by other flows too, and by people. So what does not fit is no fault of this
session: it counts as not being there, and an incident says why.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from statewright.errors import EvaluationError, InvalidEvent
from statewright.expressions import Literal
from statewright.statechart.definition import Datum, Statechart
from statewright.statechart.event import Event
from statewright.statechart.stepping.acceptance import shown
from statewright.statechart.values.coercion import held, kept

MISFIT: Final = "misfit"
"""The incident of a value that is not of the type that is declared."""


@dataclass(frozen=True, slots=True)
class Outside:
    """What a turn reads of the world around it.

    Attributes:
        contact: values of the contact.
        tenant: values of the tenant.
        misfits: what is wrong with those that were left out.
    """

    contact: Mapping[str, Any]
    tenant: Mapping[str, Any]
    misfits: tuple[str, ...] = ()


_NOTHING: Final = Outside({}, {})


def values_read(chart: Statechart, event: Event) -> Outside:
    """The values of the contact and the tenant that travel on an event, as they are declared.

    Raises:
        InvalidEvent: they are no maps of values.
    """
    if not (event.contact or event.tenant or chart.contact or chart.tenant):
        return _NOTHING
    misfits: list[str] = []
    contact = _kept_map(event.contact, "the contact's values")
    tenant = _kept_map(event.tenant, "the tenant's values")
    return Outside(
        as_declared(contact, chart.contact, "contact", misfits),
        as_declared(tenant, chart.tenant, "tenant", misfits),
        tuple(misfits),
    )


def declaration_of(chart: Statechart, scope: str, name: str) -> Datum | None:
    """What a chart declares of a value of the contact, or of the tenant; None for nothing."""
    data = chart.contact if scope == "contact" else chart.tenant
    return next((datum for datum in data if datum.name == name), None)


def as_declared(
    values: dict[str, Any], data: tuple[Datum, ...], whose: str, misfits: list[str]
) -> dict[str, Any]:
    """The values, with those that are declared coerced, or left out where that cannot be.

    Args:
        values: of the contact or the tenant; they are changed in place.
        data: what is declared; what is not there, or left out, has its default.
        whose: ``contact`` or ``tenant``.
        misfits: gets a line for each that was left out.
    """
    for datum in data:
        if datum.name in values:
            try:
                values[datum.name] = held(values[datum.name], datum.type, datum.limits)
                continue
            except EvaluationError as error:
                del values[datum.name]
                misfits.append(f"the {whose}'s `{datum.name}`: {error.reason}")
        if isinstance(datum.value, Literal):
            values[datum.name] = held(datum.value.value, datum.type, datum.limits)
    return values


def _kept_map(value: Any, what: str) -> dict[str, Any]:
    try:
        made = kept(value)
    except EvaluationError as error:
        raise InvalidEvent(f"{what} cannot be used: {error.reason}") from None
    if type(made) is not dict:
        raise InvalidEvent(f"{what} are {shown(value)}; they are a map")
    return made
