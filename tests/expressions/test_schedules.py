"""Schedules, local times and opening hours: examples, and what is wrong with them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from statewright.errors import EvaluationError
from statewright.expressions import Environment, check, evaluate, parse, type_from_name


def value_of(expression: str, **names: Any) -> Any:
    return evaluate(parse(expression), names)


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


@pytest.mark.parametrize(
    ("cron", "zone", "after", "fires"),
    [
        ("0 9 * * mon-fri", "Europe/Berlin", "2025-03-28T08:00Z", "2025-03-31T07:00Z"),
        ("0 0 29 2 *", "UTC", "2025-01-01T00:00Z", "2028-02-29T00:00Z"),
        ("0 0 29 2 *", "UTC", "2096-03-01T00:00Z", "2104-02-29T00:00Z"),
        ("0 12 l * *", "UTC", "2028-02-01T00:00Z", "2028-02-29T12:00Z"),
        ("@daily", "Asia/Kolkata", "2025-01-01T00:00Z", "2025-01-01T18:30Z"),
        # The clock of Berlin is put from 02:00 to 03:00 at 01:00Z, and from 03:00 to 02:00.
        ("30 2 * * *", "Europe/Berlin", "2025-03-29T23:00Z", "2025-03-30T01:00Z"),
        ("30 2 * * *", "Europe/Berlin", "2025-03-30T01:00Z", "2025-03-31T00:30Z"),
        ("30 2 * * *", "Europe/Berlin", "2025-10-25T23:00Z", "2025-10-26T00:30Z"),
        ("30 2 * * *", "Europe/Berlin", "2025-10-26T00:30Z", "2025-10-27T01:30Z"),
        ("30 2 * * *", "Europe/Berlin", "2025-10-26T01:00Z", "2025-10-27T01:30Z"),
        ("30 * * * *", "Europe/Berlin", "2025-03-30T00:30Z", "2025-03-30T01:30Z"),
        ("30 * * * *", "Europe/Berlin", "2025-10-26T00:30Z", "2025-10-26T01:30Z"),
        ("*/15 4 * * *", "Australia/Lord_Howe", "2025-10-04T15:00Z", "2025-10-04T17:00Z"),
        # Samoa had no 30th of December 2011: what was due then was done as soon as it was over.
        ("0 9 30 12 *", "Pacific/Apia", "2011-12-29T00:00Z", "2011-12-30T10:00Z"),
    ],
)
def test_a_schedule_fires_next(cron: str, zone: str, after: str, fires: str) -> None:
    found = value_of("schedule.next(cron, zone, after)", cron=cron, zone=zone, after=moment(after))
    assert found == moment(fires)


@pytest.mark.parametrize(
    ("text", "zone", "means"),
    [
        ("2025-12-24", "Europe/Berlin", "2025-12-23T23:00Z"),
        ("2025-12-24 18:00", "America/New_York", "2025-12-24T23:00Z"),
        ("2025-12-24T18:00:30", "", "2025-12-24T18:00:30Z"),
        ("2025-12-24T18:00:00+05:00", "Europe/Berlin", "2025-12-24T13:00Z"),
        ("2025-03-30 02:30", "Europe/Berlin", "2025-03-30T01:30Z"),
        ("2025-10-26 02:30", "Europe/Berlin", "2025-10-26T00:30Z"),
    ],
)
def test_a_local_time_means_a_moment(text: str, zone: str, means: str) -> None:
    assert value_of("schedule.at(text, zone)", text=text, zone=zone) == moment(means)


SHOP = {
    "zone": "Europe/Berlin",
    "days": {"mon-thu": "09:00-17:00", "fri": ["09:00-12:00", "13:00-16:00"], "sat": "22:00-03:00"},
    "dates": {"12-24": "09:00-12:00", "2025-12-27": "10:00-11:00"},
    "holidays": ["12-25", "2026-04-03"],
}


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("shop.isOpen(timestamp('2025-12-22T08:00:00Z'))", True),
        ("shop.isOpen(timestamp('2025-12-22T16:00:00Z'))", False),
        ("shop.isOpen(timestamp('2025-12-24T12:00:00Z'))", False),
        ("shop.isOpen(timestamp('2025-12-25T09:00:00Z'))", False),
        ("shop.isOpen(timestamp('2026-04-03T09:00:00Z'))", False),
        ("shop.isOpen(timestamp('2025-12-26T11:30:00Z'))", False),
        ("shop.isOpen(timestamp('2025-12-21T01:59:59.999999999Z'))", True),
        ("shop.isOpen(timestamp('2025-12-21T02:00:00Z'))", False),
        ("shop.isOpen(timestamp('2025-12-28T01:00:00Z'))", False),
        ("shop.nextOpening(timestamp('2025-12-24T11:30:00Z'))", "2025-12-26T08:00Z"),
        ("shop.nextOpening(timestamp('2025-12-22T09:00:00Z'))", "2025-12-22T09:00Z"),
        ("shop.nextClosing(timestamp('2025-12-22T09:00:00Z'))", "2025-12-22T16:00Z"),
        ("shop.nextClosing(timestamp('2025-12-22T20:00:00Z'))", "2025-12-23T16:00Z"),
        ("shop.openFor(timestamp('2025-12-24T10:00:00Z'), duration('2h'))", "2025-12-26T09:00Z"),
        # On Saturdays it is open until 03:00, which comes twice on the 26th of October.
        ("shop.nextClosing(timestamp('2025-10-25T22:00:00Z'))", "2025-10-26T02:00Z"),
        ("shop.openFor(timestamp('2025-10-25T20:00:00Z'), duration('6h'))", "2025-10-26T02:00Z"),
    ],
)
def test_opening_hours_are_asked(question: str, answer: Any) -> None:
    wanted = answer if isinstance(answer, bool) else moment(answer)
    assert value_of(question, shop=SHOP) == wanted


ALWAYS = {"days": {"mon-sun": "00:00-24:00"}}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("schedule.next('0 0 30 2 *', '', t)", "no month that it names has such a day"),
        ("schedule.next('0 0 * 2 mon#5/2', '', t)", "no cron expression"),
        ("schedule.next('61 * * * *', '', t)", "its minute is wrong"),
        ("schedule.next('* * * *', '', t)", "it has five fields"),
        ("schedule.next('* * * * * *', '', t)", "it has five fields"),
        ("schedule.next('@reboot', '', t)", "it has five fields"),
        ("schedule.next('* * * * *', 'Europe/Berln', t)", "no such time zone"),
        ("schedule.next('0 0 1 1 *', '', timestamp('9999-06-01T00:00:00Z'))", "never fires"),
        ("schedule.at('2025-02-29', '')", "no such time"),
        ("schedule.at('soon', '')", "not an RFC 3339 timestamp"),
        ("schedule.at('0001-01-01', 'Asia/Tokyo')", "out of range"),
        ("{'dayz': {}}.isOpen(t)", "no `dayz`"),
        ("{'days': {'mo': '09:00-17:00'}}.isOpen(t)", "is no day"),
        ("{'days': {'mon': '9-17'}}.isOpen(t)", "are no hours"),
        ("{'days': {'mon': '09:00-09:00'}}.isOpen(t)", "last some time"),
        ("{'days': {'mon': '09:60-10:00'}}.isOpen(t)", "last some time"),
        ("{'days': {'mon': '09:00-24:01'}}.isOpen(t)", "last some time"),
        ("{'days': {'mon-wed': [], 'tue': []}}.isOpen(t)", "said twice"),
        ("{'days': {'mon': 9}}.isOpen(t)", "hours are a text"),
        ("{'days': []}.isOpen(t)", "are a map"),
        ("{'dates': []}.isOpen(t)", "are a map"),
        ("{'holidays': 'x'}.isOpen(t)", "a list of dates"),
        ("{'holidays': ['2025-02-29']}.isOpen(t)", "is no date"),
        ("{'holidays': range(1001)}.isOpen(t)", "at most 1000"),
        ("{'zone': 5}.isOpen(t)", "is a text"),
        ("{}.nextOpening(t)", "do not open"),
        ("always.nextClosing(t)", "do not close"),
        ("{'days': {'mon': '09:00-10:00'}}.openFor(t, duration('99h'))", "not open for so long"),
        ("always.openFor(t, duration('-1s'))", "not negative"),
    ],
)
def test_what_is_wrong_is_said(text: str, why: str) -> None:
    text = text.replace("range(1001)", str(["12-24"] * 1001))
    with pytest.raises(EvaluationError, match=why.replace("(", r"\(")):
        value_of(text, t=moment("2025-01-01T00:00Z"), always=ALWAYS)


def test_the_checker_knows_the_types() -> None:
    names = Environment({"now": type_from_name("timestamp"), "shop": type_from_name("map")})
    good = "schedule.next('0 9 * * *', 'UTC', now) - now > duration('1h') && shop.isOpen(now)"
    assert not check(parse(good), names).problems
    assert check(parse("schedule.next('0 9 * * *', now)"), names).problems
    assert check(parse("shop.isOpen('noon')"), names).problems
