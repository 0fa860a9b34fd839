"""Laws of schedules and opening hours, above all when clocks are put forward and back.

What is computed by leaps is compared with what is found by looking at every minute.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statewright.errors import EvaluationError
from statewright.expressions.operations.opening_hours import (
    DAYS,
    is_open,
    next_closing,
    next_opening,
    open_for,
    opening_hours_from,
)
from statewright.expressions.operations.schedules import next_run
from statewright.expressions.operations.zones import moment_of, moments_of, transition_in, wall_at

MINUTE = timedelta(minutes=1)
QUARTER = timedelta(minutes=15)
DAY = timedelta(days=1)

TRANSITIONS = (
    ("Europe/Berlin", "2025-03-30T01:00Z"),
    ("Europe/Berlin", "2025-10-26T01:00Z"),
    ("America/New_York", "2024-11-03T06:00Z"),
    ("America/Sao_Paulo", "2018-11-04T03:00Z"),  # midnight itself is left out
    ("America/Havana", "2024-11-03T05:00Z"),  # midnight comes twice
    ("Australia/Lord_Howe", "2025-10-04T15:30Z"),  # by half an hour
    ("Australia/Lord_Howe", "2025-04-05T15:00Z"),
    ("Pacific/Apia", "2011-12-30T10:00Z"),  # by a whole day
    ("Pacific/Chatham", "2025-04-05T14:00Z"),
    ("Asia/Kolkata", "2025-01-01T00:00Z"),  # never
    ("UTC", "2024-02-29T00:00Z"),
)


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


@st.composite
def places(draw: st.DrawFn) -> tuple[ZoneInfo, datetime]:
    """A zone, and a moment near one at which its clock is put."""
    zone, put = draw(st.sampled_from(TRANSITIONS))
    minutes = draw(st.integers(-36 * 60, 12 * 60))
    seconds = draw(st.sampled_from([0, 0, 0.5, 59.999999]))
    return ZoneInfo(zone), moment(put) + timedelta(minutes=minutes, seconds=seconds)


# --- schedules ------------------------------------------------------------------------------------


def fields(low: int, high: int) -> st.SearchStrategy[str]:
    number = st.integers(low, high)
    return st.one_of(
        st.just("*"),
        st.sampled_from(["*/2", "*/7", "*/15"]),
        number.map(str),
        st.lists(number, min_size=1, max_size=3).map(lambda many: ",".join(map(str, many))),
        st.tuples(number, number).map(lambda two: f"{min(two)}-{max(two)}"),
    )


CRONS = st.tuples(
    fields(0, 59),
    st.one_of(fields(0, 23), fields(0, 4)),
    st.sampled_from(["*", "*", "*", "1-15", "30", "*/2"]),
    st.just("*"),
    st.sampled_from(["*", "*", "sat,sun", "1-5"]),
).map(" ".join)


@cache
def numbers(field: str, low: int, high: int) -> set[int]:
    """What a field of a cron expression matches, read a second time."""
    found: set[int] = set()
    for part in field.replace("sat", "6").replace("sun", "0").split(","):
        span, _, step = part.partition("/")
        first, _, last = (f"{low}-{high}" if span == "*" else span).partition("-")
        found |= set(range(int(first), int(last or first) + 1, int(step or 1)))
    return found


def matching(cron: str, wall: datetime) -> bool:
    """Whether a cron expression matches a local time."""
    minute, hour, day, _, weekday = cron.split()
    if wall.minute not in numbers(minute, 0, 59) or wall.hour not in numbers(hour, 0, 23):
        return False
    days = wall.day in numbers(day, 1, 31)
    weekdays = wall.isoweekday() % 7 in numbers(weekday, 0, 6)
    either = not day.startswith("*") and not weekday.startswith("*")
    return days or weekdays if either else days and weekdays


def every_minute(start: datetime, days: int) -> Iterator[datetime]:
    first = start.replace(second=0, microsecond=0)
    return (first + n * MINUTE for n in range(days * 24 * 60))


def every_quarter(start: datetime, days: int) -> Iterator[datetime]:
    return (start + n * QUARTER for n in range(days * 24 * 4))


def at_quarter(when: datetime) -> datetime:
    """The quarter of an hour that a moment is in: clocks are put, and hours end, at none but these."""
    return when.replace(minute=when.minute // 15 * 15, second=0, microsecond=0)


def runs(cron: str, zone: ZoneInfo, start: datetime, days: int) -> list[datetime]:
    """Every moment at which a schedule fires, found by looking at every minute."""
    often = any(field.startswith("*") for field in cron.split()[:2])
    found: list[datetime] = []
    last = wall_at(zone, start.replace(second=0, microsecond=0) - MINUTE)
    latest = last
    for minute in every_minute(start, days):
        wall = wall_at(zone, minute)
        left_out = int((wall - last - MINUTE) / MINUTE)
        if often:
            due = matching(cron, wall)
        else:
            new = (wall - n * MINUTE for n in range(max(left_out, 0) + 1))
            due = any(matching(cron, one) for one in new if one > latest)
        if due:
            found.append(minute)
        last, latest = wall, max(latest, wall)
    return found


@given(CRONS, places())
def test_a_schedule_fires_when_every_minute_is_looked_at(
    cron: str, place: tuple[ZoneInfo, datetime]
) -> None:
    zone, after = place
    # What was shown before the first minute that is looked at has to be known, too.
    wanted = [run for run in runs(cron, zone, after - DAY, 4) if run > after]
    end = after - DAY + 4 * DAY
    found: list[datetime] = []
    while len(found) < 20:
        found.append(next_run(cron, zone, found[-1] if found else after))
        if found[-1] >= end - MINUTE:
            break
    inside = [run for run in found if run < end - MINUTE]
    assert inside == [run for run in wanted if run < end - MINUTE][: len(inside)]
    assert len(inside) == 20 or inside == [run for run in wanted if run < end - MINUTE]


@given(CRONS, places())
def test_a_schedule_fires_later_and_in_utc(cron: str, place: tuple[ZoneInfo, datetime]) -> None:
    zone, after = place
    found = next_run(cron, zone, after)
    assert found > after
    assert found.tzinfo is UTC
    between = after + (found - after) / 2
    assert next_run(cron, zone, between) == found


@given(st.text(max_size=30) | st.text("0123456789*/,-#LW? mon", max_size=20))
def test_no_text_breaks_a_schedule(text: str) -> None:
    with suppress(EvaluationError):
        next_run(text, UTC, moment("2025-01-01T00:00Z"))


@given(places())
def test_a_local_time_comes_back_unless_it_is_left_out(place: tuple[ZoneInfo, datetime]) -> None:
    zone, when = place
    wall = wall_at(zone, when)
    assert when in moments_of(zone, wall)
    assert moment_of(zone, wall) == moments_of(zone, wall)[0]


@pytest.mark.parametrize(("name", "put"), TRANSITIONS[:-2])
def test_the_moment_at_which_a_clock_is_put_is_found(name: str, put: str) -> None:
    zone = ZoneInfo(name)
    for shift in (timedelta(seconds=0.3), timedelta(hours=20, microseconds=1)):
        assert transition_in(zone, moment(put) - shift, moment(put) - shift + DAY) == moment(put)


# --- opening hours --------------------------------------------------------------------------------


@st.composite
def spans(draw: st.DrawFn) -> str:
    first, last = draw(st.lists(st.integers(0, 48), min_size=2, max_size=2, unique=True))
    begin, end = (first % 48) * 30, last * 30
    if begin == end:
        end = 1440 if begin else 720
    return f"{begin // 60:02}:{begin % 60:02}-{end // 60:02}:{end % 60:02}"


@st.composite
def weeks(draw: st.DrawFn) -> dict[str, Any]:
    days = st.dictionaries(st.sampled_from(DAYS), st.lists(spans(), max_size=2), min_size=1)
    dates = st.dictionaries(
        st.sampled_from(["2025-10-26", "2025-03-30", "11-03", "04-06"]),
        st.lists(spans(), max_size=1),
    )
    return {"days": draw(days), "dates": draw(dates)}


def open_by_definition(written: dict[str, Any], zone: ZoneInfo, when: datetime) -> bool:
    """Whether it is open, read a second time: minute by minute of the day and of the day before."""
    wall = wall_at(zone, when)
    for back in (0, 1):
        day: date = wall.date() - back * DAY
        dates = written["dates"]
        names = (day.isoformat(), day.isoformat()[5:])
        hours = next((dates[n] for n in names if n in dates), None)
        if hours is None:
            hours = written["days"].get(DAYS[day.weekday()], [])
        since = wall - datetime.combine(day, time())
        for span in hours:
            ends = [timedelta(hours=int(t[:2]), minutes=int(t[3:])) for t in span.split("-")]
            if ends[1] <= ends[0]:
                ends[1] += DAY
            if ends[0] <= since < ends[1]:
                return True
    return False


@given(weeks(), places())
def test_it_opens_and_closes_when_every_quarter_is_looked_at(
    written: dict[str, Any], place: tuple[ZoneInfo, datetime]
) -> None:
    zone, when = place
    when = at_quarter(when)
    hours = opening_hours_from({**written, "zone": zone.key})
    seen = [(m, open_by_definition(written, zone, m)) for m in every_quarter(when, 3)]
    assert [is_open(hours, m) for m, _ in seen] == [answer for _, answer in seen]
    opens = next((m for m, answer in seen if answer), None)
    if opens is not None:
        assert next_opening(hours, when) == opens
        closes = next((m for m, answer in seen if m > opens and not answer), None)
        if closes is not None:
            assert next_closing(hours, when) == closes


@given(weeks(), places(), st.integers(0, 60))
def test_it_is_open_for_as_long_as_quarters_are_counted(
    written: dict[str, Any], place: tuple[ZoneInfo, datetime], quarters: int
) -> None:
    zone, when = place
    when = at_quarter(when)
    hours = opening_hours_from({**written, "zone": zone.key})
    try:
        end = open_for(hours, when, quarters * QUARTER)
    except EvaluationError:
        assert not any(written["days"].values())
        return
    assert end - when >= quarters * QUARTER
    if end - when <= 8 * DAY:
        assert sum(is_open(hours, m) for m in every_quarter(when, 8) if m < end) == quarters
