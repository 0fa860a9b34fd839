"""What real people type, in whole conversations that begin from bytes before every event."""

from __future__ import annotations

from typing import Any

import pytest

from statewright.statechart import parse_script, play, snapshot_from_json, snapshot_to_json
from tests.compiler.conversations import NOW, compiled, said, turns
from tests.compiler.rehydration import played_anew

ORDER = """
locale: de
locales: {en: {nodes: {kg: {text: "How many kilos?"}, day: {text: "Which day?"}, at: {text: When?}}}}
start: kg
variables: {kg: {type: double, minimum: 0.5}, n: {type: int, default: 0}, day: date, at: string}
nodes:
  kg: {type: question, text: "Wie viele Kilo?", input: number, variable: kg, next: n}
  n: {type: question, text: "#", input: integer, maximum: 2000, variable: n, next: day}
  day: {type: question, text: "Welcher Tag?", input: date, variable: day, next: at}
  at: {type: question, text: Wann?, input: time, variable: at, next: bye}
  bye: {type: end, text: "{{ kg }} {{ n }} {{ day }} {{ at }}"}
"""
AGAIN = "Bitte antworten Sie mit einer passenden Zahl (≥ 0,5)."


def test_a_german_orders_in_german() -> None:
    played = played_anew(ORDER, "1.250,5", "1.250", "31.12.2026", "17 Uhr")
    assert said(played)[-1] == "1250.5 1250 2026-12-31 17:00"


def test_what_would_be_misread_is_asked_again() -> None:
    played = played_anew(ORDER, "12.5", "0,25", "12,5", "1.5", "2.001", "2.000")
    assert said(played)[:4] == ["Wie viele Kilo?", AGAIN, AGAIN, "#"]
    assert played[-1].data["kg"] == 12.5
    assert played[-1].data["n"] == 2000


def test_the_language_of_the_contact_goes_before_that_of_the_flow() -> None:
    release = compiled(ORDER).draft()
    script = parse_script(["1,250.5", "1,250", "12/31/2026", "5:30 pm"])
    contact = {"locale": "en-US"}
    played = list(play(release.statechart, script, session="s", seed="s", now=NOW, contact=contact))
    assert said(played)[0] == "How many kilos?"
    assert said(played)[-1] == "1250.5 1250 2026-12-31 17:30"


def test_a_session_may_be_started_in_a_language_that_nothing_is_known_of() -> None:
    played = turns(
        ORDER, "1.250", "12,5", "7", "1.2.2026", "13.2.2026", "9:05", data={"locale": "x-y"}
    )
    assert said(played)[-1] == "12.5 7 2026-02-13 09:05"
    assert said(played).count("Bitte antworten Sie mit einem Datum, zum Beispiel 31.12.2026.") == 1


def test_a_flow_without_a_language_reads_what_programs_write() -> None:
    flow = ORDER.replace("locale: de", "").replace("locales:", "# locales:")
    played = played_anew(flow, "12,5", "1.250", "7", "31.12.2026", "2026-12-31", "17:30")
    assert said(played)[-1] == "1.25 7 2026-12-31 17:30"


def test_a_form_is_filled_in_the_language_of_the_session() -> None:
    flow = """
locale: de
start: f
variables: {p: map}
nodes:
  f:
    type: form
    fields: {kg: {text: Kilo?, input: number}, day: {text: Tag?, input: date}, ok: {text: Ok?, input: boolean}}
    variable: p
    next: bye
  bye: {type: end, text: "{{ p.kg }} {{ p.day }} {{ p.ok }}"}
"""
    assert (
        said(played_anew(flow, "1.250", "1. Mai 2026", "ja, gerne"))[-1] == "1250 2026-05-01 true"
    )
    at_once = {"kg": "12,5", "day": "1.5.2026", "ok": "👍"}
    submitted: dict[str, Any] = {"event": "form.submit", "data": {"values": at_once}}
    assert said(played_anew(flow, submitted))[-1] == "12.5 2026-05-01 true"
    at_once["kg"] = "12.5"
    assert played_anew(flow, submitted)[-1].messages[0]["invalid"] == ["kg"]
    submitted["data"]["values"] = {"kg": 12.5, "day": "2026-05-01", "ok": True}
    assert said(played_anew(flow, submitted))[-1] == "12.5 2026-05-01 true"


@pytest.mark.parametrize(
    ("kind", "more", "typed", "value"),
    [
        ("url", "", "WWW.Example.org/a", "https://www.example.org/a"),
        ("url", 'pattern: "^https://"', "example.org", "https://example.org"),
        ("phone", "", "+49 (0)30 123-456", "+4930123456"),
        ("phone", 'pattern: "^[+]49"', "0049 30 123456", "+4930123456"),
        ("boolean", "", "Nein danke!", False),
        ("boolean", "yes: [aye]", "aye", True),
        (
            "choice",
            "choices: [tea, {value: m, label: Milk}]",
            {"event": "message", "data": {"value": {"id": "m"}}},
            "m",
        ),
        (
            "multiple_choice",
            "choices: [tea, milk, salt and pepper]",
            "1 3",
            ["tea", "salt and pepper"],
        ),
        (
            "multiple_choice",
            "choices: [tea, milk, salt and pepper]",
            "Tea und salt and pepper",
            ["tea", "salt and pepper"],
        ),
        ("multiple_choice", "choices: [C, C++, Java], maximum: 2", "c++ & Java", ["C++", "Java"]),
        ("location", "", "52,52; 13,40", {"latitude": 52.52, "longitude": 13.4}),
        (
            "location",
            "",
            {"event": "message", "data": {"location": {"lat": 1, "lng": 2}}},
            {"latitude": 1.0, "longitude": 2.0},
        ),
    ],
)
def test_an_answer_of_any_kind_is_kept_as_it_was_meant(
    kind: str, more: str, typed: Any, value: Any
) -> None:
    flow = f"""
start: ask
variables: {{it: dyn}}
nodes:
  ask: {{type: question, text: "?", input: {kind}, variable: it, next: bye{", " if more else ""}{more}}}
  bye: {{type: end}}
"""
    assert played_anew(flow, typed)[-1].data["it"] == value


def test_a_file_of_a_channel_has_to_fit_whatever_it_calls_its_parts() -> None:
    flow = """
start: ask
variables: {it: map}
nodes:
  ask: {type: question, text: "?", input: file, max_size: 100, variable: it, next: bye}
  bye: {type: end, text: "{{ it.url }} {{ it.size }}"}
"""
    file = {"data_url": "https://x.example/a.png", "file_size": 90}
    sent = {"event": "message", "data": {"attachments": [file]}}
    assert said(played_anew(flow, sent))[-1] == "https://x.example/a.png 90"
    file["file_size"] = 900
    assert said(played_anew(flow, sent))[-1] == "Please send a file that fits."


def test_an_answer_is_read_in_the_language_that_the_session_has_by_now() -> None:
    flow = """
locale: en
start: a
variables: {a: double, b: double}
nodes:
  a: {type: question, text: A, input: number, variable: a, next: change}
  change: {type: set, actions: [{set: locale, to: de}], next: b}
  b: {type: question, text: B, input: number, variable: b, next: bye}
  bye: {type: end, text: "{{ a }} {{ b }}"}
"""
    played = played_anew(flow, "1.250", "1.250")
    assert said(played)[-1] == "1.25 1250"
    read = snapshot_from_json(snapshot_to_json(played[-1].macrostep.snapshot))
    assert read == played[-1].macrostep.snapshot


def test_a_day_that_a_program_sends_is_gregorian_in_every_language() -> None:
    flow = """
locale: ne
start: ask
variables: {born: date}
nodes:
  ask: {type: question, text: Born?, input: date, variable: born, retry: Again, next: bye}
  bye: {type: end, text: "{{ born }}"}
"""
    picked = {"event": "message", "data": {"value": "2047-05-12", "text": "12/05/2047"}}
    assert said(played_anew(flow, "2047-05-12", picked)) == ["Born?", "Again", "2047-05-12"]


def test_a_day_that_is_submitted_is_gregorian_in_every_language() -> None:
    flow = """
locale: am
start: ask
variables: {p: map}
nodes:
  ask: {type: form, fields: {born: {text: Born?, input: date}}, variable: p, next: bye}
  bye: {type: end, text: "{{ p.born }}"}
"""
    submitted = {"event": "form.submit", "data": {"values": {"born": "2018-05-12"}}}
    assert said(played_anew(flow, submitted))[-1] == "2018-05-12"
