"""What holds for a whole flow: errors, time, hours, silence."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from statewright.errors import EvaluationError
from statewright.expressions.operations.opening_hours import opening_hours_from
from statewright.flows.dialects.native.content import speech_from
from statewright.flows.dialects.native.policies import check_outcome, goal_from
from statewright.flows.dialects.native.schema import (
    BusinessHoursShape,
    BusyShape,
    InactivityShape,
    SettingsShape,
)
from statewright.flows.dialects.native.validation import paired
from statewright.flows.dialects.native.zones import checked_zone
from statewright.flows.model import (
    BUSINESS_HOURS,
    BusinessHours,
    Inactivity,
    Nudge,
    OnError,
    Settings,
    Variable,
    WhileBusy,
)
from statewright.flows.nodes import Bubble
from statewright.flows.parts import Part


def read_settings(shape: SettingsShape | None, part: Part, removed: frozenset[str]) -> Settings:
    """What is said; what is wrong with it is reported.

    Args:
        shape: what could be read.
        part: where it stands.
        removed: pointers of what was taken out of it because it is wrong.
    """
    if shape is None:
        return Settings()
    _check_fallback(shape, part)
    _check_retry(shape, part)
    retries = shape.retry
    if shape.on_error == "retry":
        retries = shape.retry or USUAL_RETRIES
    if shape.retry_wait and not retries:
        what = "`retry_wait` means nothing without `retry`"
        part["retry_wait"].report("R004", what, "add `retry: 1`", at_key=True)
    zone = checked_zone(shape.zone, part["zone"])
    return Settings(
        on_error=OnError.FAIL if shape.on_error == "retry" else OnError(shape.on_error),
        fallback=shape.fallback or "",
        fallback_at=part["fallback"].location,
        timeout=shape.timeout,
        step_limit=shape.step_limit,
        retries=retries,
        retry_wait=shape.retry_wait or 0,
        zone=zone,
        business_hours=_hours(shape.business_hours, part["business_hours"], zone),
        inactivity=_inactivity(shape.inactivity, part["inactivity"], removed),
        while_busy=_way_while_busy(shape),
        busy_reply=_busy(shape, part["while_busy"], removed),
    )


USUAL_RETRIES: Final = 3
"""How often work is asked for again with `on_error: retry`, where nothing more is said."""


def _check_retry(shape: SettingsShape, part: Part) -> None:
    if shape.on_error == "retry" and shape.retry == 0 and "retry" in shape.model_fields_set:
        help_ = "give it a number from 1, or leave `on_error: retry` out"
        part["retry"].report("R004", "`on_error: retry` asks for work again, 0 times", help_)


def _way_while_busy(shape: SettingsShape) -> WhileBusy:
    if isinstance(shape.while_busy, BusyShape):
        return WhileBusy.REPLY
    return WhileBusy(shape.while_busy)


def _busy(shape: SettingsShape, part: Part, removed: frozenset[str]) -> tuple[Bubble, ...]:
    """What is said while nothing listens; () where nothing is."""
    if not isinstance(shape.while_busy, BusyShape):
        return ()
    said = speech_from(shape.while_busy, part, removed)
    if not said:
        part.report("R005", "`while_busy` says nothing", "give it a `text`")
    return said


def _check_fallback(shape: SettingsShape, part: Part) -> None:
    unclear = part["on_error"].present and "on_error" not in shape.model_fields_set
    if shape.on_error == "fallback" and shape.fallback is None:
        part["fallback"].report("R005", "`fallback` is missing", "name the node to go on at")
    elif shape.on_error != "fallback" and shape.fallback is not None and not unclear:
        part["fallback"].report(
            "R004",
            "`fallback` does nothing without `on_error: fallback`",
            "add it, or remove `fallback`",
            severity="warning",
            at_key=True,
        )


def _hours(shape: BusinessHoursShape | None, part: Part, zone: str) -> BusinessHours | None:
    if shape is None:
        return None
    hours: dict[str, Any] = {"zone": checked_zone(shape.zone, part["zone"]) or zone}
    for key, written in (("days", shape.days), ("dates", shape.dates)):
        hours[key] = {
            name: value
            for name, value in written.items()
            if _are_hours({key: {name: value}}, part[key][name])
        }
    holidays = zip(shape.holidays, part["holidays"].items(), strict=False)
    hours["holidays"] = [day for day, item in holidays if _are_hours({"holidays": [day]}, item)]
    if not _are_hours(hours, part):
        hours["days"] = {}
    if not shape.days and not shape.dates:
        help_ = "say when it is open: `mon-fri: 09:00-17:00`"
        part.report("R005", "`days` is missing", help_, at_key=True)
    return BusinessHours(hours, goal_from(shape.closed, part["closed"]), part.key_location)


def _are_hours(written: dict[str, Any], part: Part) -> bool:
    try:
        opening_hours_from(written)
    except EvaluationError as error:
        part.report("R004", error.reason)
        return False
    return True


def _inactivity(
    shape: InactivityShape | None, part: Part, removed: frozenset[str]
) -> Inactivity | None:
    if shape is None:
        return None
    reminders: list[Nudge] = []
    for reminder, item in paired(shape.remind, part["remind"], removed):
        if reminder.after >= shape.after:
            help_ = "let it come before `after` of `inactivity`"
            item["after"].report("R004", "the reminder comes when it is over", help_)
        message = speech_from(reminder, item, removed)
        if not message:
            item.report("R005", "the reminder says nothing", "give it a `text`")
        reminders.append(Nudge(reminder.after, message))
    check_outcome(shape.outcome, part["outcome"])
    to = goal_from(shape.to, part["to"])
    if to is not None and "outcome" in shape.model_fields_set:
        help_ = "remove one; an `end` has an outcome of its own"
        part["outcome"].report("R004", "`outcome` stands beside `to`", help_, at_key=True)
    return Inactivity(shape.after, tuple(reminders), shape.outcome, to)


def variables_of_settings(
    settings: Settings, declared: tuple[Variable, ...], part: Part
) -> Iterator[Variable]:
    """The variables that settings declare."""
    if settings.business_hours is None:
        return
    if any(variable.name == BUSINESS_HOURS for variable in declared):
        part[BUSINESS_HOURS].report(
            "R007",
            f"`{BUSINESS_HOURS}` of `settings` declares this variable already",
            "give it another name",
            at_key=True,
        )
        return
    yield Variable(
        BUSINESS_HOURS,
        "map",
        default=dict(settings.business_hours.hours),
        has_default=True,
        location=settings.business_hours.location,
    )
