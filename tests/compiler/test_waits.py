"""Delays and schedules, in virtual time. Tests begin on Tuesday 2023-11-14, 22:13:20 UTC."""

from __future__ import annotations

from typing import Any

import pytest

from statewright.statechart import snapshot_from_json, snapshot_to_json
from tests.compiler.conversations import compiled, said, turns
from tests.compiler.rehydration import played_anew

HOURS = """
  business_hours:
    days: {mon-fri: "09:00-17:00", sat: ["10:00-12:00"]}
    dates: {2023-11-15: "13:00-14:00"}
    holidays: [2023-11-16, "12-25"]
"""

WAIT = """
start: wait
settings:
  zone: Europe/Berlin
variables: {when: {type: string, default: "2023-11-20 08:00"}, n: {type: int, default: 90}}
nodes:
  wait: {type: delay, HOW, next: bye}
  bye: {type: end, text: "{{ now }}"}
"""


def ended(flow: str, *script: Any) -> str:
    """What the bot says at last: when the wait was over."""
    played = played_anew(flow, *script)
    if played[-1].status == "active":
        played = played_anew(flow, *script, {"advance": "9000d"})
    assert played[-1].status == "completed"
    return said(played)[-1]


def waiting(how: str) -> str:
    flow = WAIT.replace("HOW", how)
    return flow.replace("settings:", f"settings:{HOURS.rstrip()}") if "business" in how else flow


@pytest.mark.parametrize(
    ("how", "ends"),
    [
        ("duration: 90s", "2023-11-14T22:14:50Z"),
        ("duration: 0", "2023-11-14T22:13:20Z"),
        ("for: \"duration('1h')\"", "2023-11-14T23:13:20Z"),
        ("for: n", "2023-11-14T22:14:50Z"),
        ("for: double(n) * 0.5 // seconds", "2023-11-14T22:14:05Z"),
        ("until: 2023-12-24 18:00", "2023-12-24T17:00:00Z"),
        ("until: 2023-12-24 18:00, zone: America/New_York", "2023-12-24T23:00:00Z"),
        ("until: 2023-12-24", "2023-12-23T23:00:00Z"),
        ("until: 2023-12-24T18:00:00-08:00", "2023-12-25T02:00:00Z"),
        ("until: 2024-03-31 02:30", "2024-03-31T01:30:00Z"),
        ("until: when", "2023-11-20T07:00:00Z"),
        ("until: when, zone: UTC", "2023-11-20T08:00:00Z"),
        ("until: \"now + duration('36h')\"", "2023-11-16T10:13:20Z"),
        ("until: '1700000060'", "2023-11-14T22:14:20Z"),
        ("until: 2020-01-01", "2023-11-14T22:13:20Z"),
        ("duration: 1h, business_hours: ends", "2023-11-15T12:00:00Z"),
        ("duration: 15h, business_hours: ends", "2023-11-17T08:00:00Z"),
        ("until: when, business_hours: ends", "2023-11-20T08:00:00Z"),
        ("duration: 9h, business_hours: counts", "2023-11-17T16:00:00Z"),
        ("for: \"duration('10h')\", business_hours: counts", "2023-11-18T10:00:00Z"),
    ],
)
def test_a_delay_is_over_when_its_time_is_over(how: str, ends: str) -> None:
    assert ended(waiting(how)) == ends


@pytest.mark.parametrize(
    ("how", "ends"),
    [
        ("cron: 0 9 * * mon-fri", "2023-11-15T08:00:00Z"),
        ("cron: 0 9 * * mon-fri, zone: Asia/Tokyo", "2023-11-15T00:00:00Z"),
        ("cron: 0 0 29 2 *, zone: UTC", "2024-02-29T00:00:00Z"),
        ("cron: 30 2 31 3 *", "2024-03-31T01:00:00Z"),
        ("cron: '@monthly'", "2023-11-30T23:00:00Z"),
    ],
)
def test_a_schedule_waits_until_it_fires(how: str, ends: str) -> None:
    assert ended(waiting(how).replace("delay", "schedule")) == ends


ALARM = """
start: round
settings: {zone: Europe/Berlin}
nodes:
  round:
    type: loop
    times: 4
    next: bye
    nodes:
      wait: {type: schedule, cron: "30 2 * * *", next: ring}
      ring: {type: message, text: "{{ now }}", next: again}
      again: {type: continue}
  bye: {type: end}
"""


def test_a_schedule_fires_once_a_day_when_the_clock_is_put_forward() -> None:
    rings = said(played_anew(ALARM, {"advance": "24h"}, {"advance": "24h"}, {"advance": "48h"}))
    assert rings == [f"2023-11-{day}T01:30:00Z" for day in (15, 16, 17, 18)]
    spring = ALARM.replace("times: 4", "times: 140")
    assert said(turns(spring, {"advance": "140d"}))[-4:] == [
        "2024-03-30T01:30:00Z",
        "2024-03-31T01:00:00Z",
        "2024-04-01T00:30:00Z",
        "2024-04-02T00:30:00Z",
    ]


INTERRUPTED = """
start: wait
nodes:
  help:
    type: interrupt
    words: [help]
    nodes:
      say: {type: message, text: "Help is near.", next: back}
      back: {type: leave}
  wait: {type: delay, HOW, next: bye}
  bye: {type: end, text: "{{ now }}"}
"""


@pytest.mark.parametrize(
    ("how", "ends"),
    [
        ("duration: 10h", "2023-11-15T08:13:20Z"),
        ("until: 2023-11-15 12:00", "2023-11-15T12:00:00Z"),
    ],
)
def test_a_delay_keeps_its_deadline_while_something_else_is_said(how: str, ends: str) -> None:
    flow = INTERRUPTED.replace("HOW", how)
    late = ended(flow, {"advance": "1h"}, "help", {"advance": "1h"}, "help")
    assert late == ends


def test_a_deadline_is_kept_in_the_snapshot_as_it_was() -> None:
    first, *_ = turns(waiting("until: 2023-12-24 18:00"))
    (timer,) = first.macrostep.snapshot.timers
    assert timer.due == 1_703_437_200_000_000
    (kept,) = snapshot_from_json(snapshot_to_json(first.macrostep.snapshot)).timers
    assert kept == timer


BROKEN = """
start: wait
variables: {when: {type: string, default: soon}}
nodes:
  wait: {type: delay, until: when, next: bye, on_error: {fallback: sorry}}
  bye: {type: end}
  sorry: {type: end, text: Sorry}
"""


def test_a_moment_that_is_none_is_an_error_of_the_node() -> None:
    assert said(turns(BROKEN)) == ["Sorry"]
    failed = turns(
        BROKEN.replace(", on_error: {fallback: sorry}", "").replace("  sorry", "  bye-2")
    )
    assert failed[-1].status == "failed"


SHOP = f"""
start: hello
settings:
  zone: Europe/Berlin
{HOURS.strip(chr(10))}
    closed: shut
variables: {{n: int}}
nodes:
  hello: {{type: message, text: Welcome, next: open}}
  open:
    type: condition
    branches: [{{if: "business_hours.isOpen(now)", to: bye}}]
    else: late
  bye: {{type: end, text: "Open until {{{{ business_hours.nextClosing(now) }}}}"}}
  late: {{type: end, text: "Open again at {{{{ business_hours.nextOpening(now) }}}}"}}
  shut: {{type: message, text: "We are closed.", next: late}}
"""


def begun(flow: str, now: str) -> list[str]:
    """What is said by a flow that begins at a time."""
    return said(turns(flow, now=now))


def test_a_conversation_outside_business_hours_begins_elsewhere() -> None:
    assert begun(SHOP, "2023-11-14T22:13:20Z") == [
        "We are closed.",
        "Open again at 2023-11-15T12:00:00Z",
    ]
    assert begun(SHOP, "2023-11-17T09:00:00Z") == ["Welcome", "Open until 2023-11-17T16:00:00Z"]
    assert begun(SHOP, "2023-11-16T09:00:00Z")[0] == "We are closed."
    without = SHOP.replace("    closed: shut\n", "").replace("  shut:", "  # shut:")
    assert begun(without, "2023-11-16T09:00:00Z")[0] == "Welcome"


def test_what_is_no_time_is_called_what_it_is() -> None:
    flow = WAIT.replace("n: {type: int, default: 90}", "n: {type: any, default: true}")
    (turn,) = turns(flow.replace("HOW", "for: n"))
    first, *_ = turn.macrostep.incidents
    assert first.message.startswith("not a duration: 'true';")


@pytest.mark.parametrize(
    ("how", "text"),
    [
        ("duration: 1h, business_hours: ends", "{{ now }}"),
        ("duration: 1h", "{{ business_hours.isOpen(now) }}"),
    ],
)
def test_hours_that_the_settings_lack_are_named_as_such(how: str, text: str) -> None:
    findings = compiled(WAIT.replace("HOW", how).replace("{{ now }}", text)).findings
    (finding,) = (one for one in findings if one.severity == "error")
    assert finding.code in {"G303", "D405"}
    assert finding.message.startswith("the flow has no business hours")
    assert finding.help.startswith("say them: `settings: {business_hours:")


@pytest.mark.parametrize(
    ("flow", "old", "new", "code", "line"),
    [
        (WAIT, "HOW", "until: 2023-02-29", "R004", 9),
        (WAIT, "HOW", "until: when +", "G301", 9),
        (WAIT, "HOW", "until: wen", "G303", 9),
        (WAIT, "HOW", "until: when, duration: 5m", "R004", 9),
        (WAIT, "HOW", "zone: UTC", "R005", 9),
        (WAIT, "HOW", "duration: 5m, business_hours: ends", "G303", 9),
        (WAIT, "HOW", "until: when, business_hours: counts", "R004", 9),
        (WAIT, "HOW", "until: when, zone: Europe/Berln", "R004", 9),
        (WAIT, "zone: Europe/Berlin", "zone: Berlin", "R004", 6),
        (WAIT, "delay, HOW", 'schedule, cron: "61 * * * *"', "R004", 9),
        (WAIT, "delay, HOW", "schedule, zone: UTC", "R005", 9),
        (WAIT, "delay, HOW", 'schedule, cron: "0 0 30 2 *"', "R004", 9),
        (SHOP, "sat:", "sax:", "R004", 8),
        (SHOP, "09:00-17:00", "9-17", "R004", 8),
        (SHOP, "2023-11-15:", "2023-11-31:", "R004", 9),
        (SHOP, "2023-11-16,", "2023-11-31,", "R004", 10),
        (SHOP, "closed: shut", "closed: shutt", "S103", 11),
        (SHOP, "{n: int}", "{business_hours: map}", "R007", 12),
        (SHOP, "isOpen(now)", "isOpen('now')", "G302", 17),
        (SHOP, HOURS, "\n  business_hours:\n", "R005", 7),
    ],
)
def test_what_is_wrong_is_found_in_its_line(
    flow: str, old: str, new: str, code: str, line: int
) -> None:
    assert old in flow
    text = flow.replace(old, new, 1).replace("HOW", "duration: 5m")
    found = {(finding.code, finding.location.line) for finding in compiled(text).findings}
    assert (code, line) in found, found
