"""Interrupts: what may happen at any time, and how the conversation comes back from it."""

from __future__ import annotations

import pytest

from tests.compiler.conversations import compiled, said, talk, turns

FLOW = """
start: ask_name
variables: {name: string, age: int}
nodes:
  ask_name: {type: question, text: "Your name?", variable: name, next: ask_age}
  ask_age:
    type: question
    text: "Your age?"
    input: integer
    variable: age
    retries: 1
    timeout: 10m
    retry: "A number, please."
    next: bye
    on: {fallback: shame, timeout: late}
  bye: {type: end, text: "Bye {{ name }}, {{ age }}"}
  shame: {type: end, text: Shame}
  late: {type: end, text: Late}
  help:
    type: interrupt
    words: [help, ayúdame]
    nodes:
      told: {type: message, text: "I only ask.", next: back}
      back: {type: leave}
  cancel:
    type: interrupt
    pattern: "(?i)\\\\bcancel\\\\b"
    nodes:
      sure: {type: question, text: "Sure?", input: boolean, choices: [], next: check}
      check: {type: condition, branches: [{if: "sure", to: stop}], else: on}
      stop: {type: end, text: Cancelled, outcome: cancelled}
      on: {type: leave}
""".replace(", choices: []", ", variable: sure").replace(
    "age: int}", "age: int, sure: {type: bool, default: false}}"
)


@pytest.mark.parametrize("word", ["help", "HELP ", "ayudame"])
def test_an_interrupt_comes_before_the_answer_and_the_question_is_asked_again(word: str) -> None:
    assert talk(FLOW, word, "Ada", "36") == [
        "Your name?",
        "I only ask.",
        "Your name?",
        "Your age?",
        "Bye Ada, 36",
    ]


def test_a_question_keeps_count_of_its_attempts() -> None:
    assert talk(FLOW, "Ada", "x", "help", "y")[-1] == "Shame"


def test_an_interrupt_asks_questions_of_its_own() -> None:
    assert talk(FLOW, "please cancel this", "yes")[-2:] == ["Sure?", "Cancelled"]
    assert talk(FLOW, "please cancel this", "no")[-2:] == ["Sure?", "Your name?"]


def test_no_interrupt_interrupts_another_one() -> None:
    assert talk(FLOW, "cancel", "help")[-1] == "Please answer with yes or no."


def test_a_question_keeps_its_deadline() -> None:
    script = ["Ada", {"advance": "9m"}, "help"]
    assert talk(FLOW, *script)[-1] == "Your age?"
    assert talk(FLOW, *script, {"advance": "61s"})[-1] == "Late"


def test_a_deadline_that_passes_meanwhile_is_over_when_the_conversation_comes_back() -> None:
    script = ["Ada", {"advance": "9m"}, "cancel", {"advance": "9m"}]
    assert talk(FLOW, *script)[-1] == "Sure?"
    assert talk(FLOW, *script, "no")[-2:] == ["Sure?", "Late"]


def test_a_deadline_starts_again_with_an_answer_that_will_not_do() -> None:
    script = ["Ada", {"advance": "9m"}, "x", {"advance": "9m"}]
    assert talk(FLOW, *script)[-1] == "A number, please."
    assert talk(FLOW, *script, "help", {"advance": "61s"})[-1] == "Late"


def test_an_interrupt_may_go_on_elsewhere() -> None:
    flow = FLOW.replace("words: [help, ayúdame]", "words: [help]\n    next: ask_age")
    assert talk(flow, "help")[-2:] == ["I only ask.", "Your age?"]


def test_an_interrupt_may_lead_into_the_conversation_by_an_edge() -> None:
    flow = FLOW.replace("next: back}", "next: bye}").replace("      back: {type: leave}\n", "")
    assert talk(flow, "help")[1:] == ["I only ask.", "Bye , "]


def test_an_event_interrupts_also_where_nobody_listens() -> None:
    flow = """
start: wait
nodes:
  wait: {type: delay, duration: 10m, next: bye}
  bye: {type: end, text: Bye}
  news:
    type: interrupt
    event: news
    nodes:
      tell: {type: message, text: "News: {{ event.data.title }}", next: back}
      back: {type: leave}
"""
    news = {"event": "news", "data": {"title": "rain"}}
    script = [{"advance": "9m"}, news, {"advance": "2m"}]
    assert talk(flow, *script) == ["News: rain", "Bye"]


def test_a_delay_keeps_its_deadline() -> None:
    flow = """
start: wait
nodes:
  wait: {type: delay, duration: 10m, next: bye}
  bye: {type: end, text: Bye}
  hold:
    type: interrupt
    words: [hello]
    nodes: {hi: {type: message, text: Hi, next: back}, back: {type: leave}}
"""
    assert talk(flow, {"advance": "9m"}, "hello", {"advance": "61s"}) == ["Hi", "Bye"]


CALLING = """
start: call
nodes:
  call: {type: http, url: "https://api.example.com", timeout: 1h, success: bye, error: bye}
  bye: {type: end, text: Bye}
  stop:
    type: interrupt
    words: [stop]
    nodes: {stopped: {type: end, text: Stopped}}
"""


def test_an_interrupt_waits_while_work_is_pending() -> None:
    assert talk(CALLING, "stop", {"result": "call", "data": {"status": 200}}) == ["Bye"]


CLOSING = """
start: h
nodes:
  h: {type: http, url: "https://api.example.com", timeout: 1h, success: q, error: q}
  q: {type: question, text: "Well?", next: people}
  people: {type: handoff, text: Wait, to: {team: sales}, next: last}
  last: {type: question, text: "And now?", next: bye}
  bye: {type: end, text: Bye}
  ev:
    type: interrupt
    event: shop.closes
    nodes:
      closing: {type: message, text: "We close.", next: back}
      back: {type: leave}
  help:
    type: interrupt
    words: [help]
    nodes:
      which: {type: question, text: "Help with what?", next: back2}
      back2: {type: leave}
"""
CLOSES = {"event": "shop.closes"}
ANSWERED = {"result": "h", "data": {"status": 200}}


def test_an_event_waits_while_work_is_pending() -> None:
    assert talk(CLOSING, CLOSES, ANSWERED) == ["Well?", "We close.", "Well?"]


def test_an_event_waits_while_an_action_is_waited_for() -> None:
    call = 'h: {type: http, url: "https://api.example.com", timeout: 1h, success: q, error: q}'
    flow = CLOSING.replace(
        call, "h: {type: action, action: tidy, wait: true, next: q, on: {error: q}}"
    )
    done = {"result": "h", "data": {}}
    assert talk(flow, CLOSES, done) == ["Well?", "We close.", "Well?"]


def test_an_event_waits_while_another_interrupt_asks() -> None:
    script = [ANSWERED, "help", CLOSES, "with all"]
    assert talk(CLOSING, *script) == [
        "Well?",
        "Help with what?",
        "Well?",
        "We close.",
        "Well?",
    ]


def test_an_event_waits_while_people_talk() -> None:
    script = [ANSWERED, "well", CLOSES, RESOLVED]
    assert talk(CLOSING, *script) == ["Well?", "Wait", "And now?", "We close.", "And now?"]


def test_an_event_whose_condition_does_not_hold_is_over() -> None:
    flow = CLOSING.replace("event: shop.closes", "event: shop.closes\n    if: open").replace(
        "nodes:\n  h:", "variables: {open: {type: bool, default: false}}\nnodes:\n  h:"
    )
    flow = flow.replace("next: people", "next: opens").replace(
        "  people:", "  opens: {type: set, actions: [{set: open, to: true}], next: last}\n  people:"
    )
    assert talk(flow, ANSWERED, CLOSES, "well") == ["Well?", "And now?"]
    assert talk(flow, ANSWERED, "well", CLOSES) == ["Well?", "And now?", "We close.", "And now?"]


def test_an_interrupt_reaches_into_loops_and_comes_back_to_the_same_round() -> None:
    flow = """
start: each
variables: {n: int}
nodes:
  each:
    type: loop
    times: 2
    index: i
    next: bye
    nodes:
      ask: {type: question, text: "{{ i }}?", input: integer, variable: n, next: again}
      again: {type: continue}
  bye: {type: end, text: Bye}
  help:
    type: interrupt
    words: [help]
    nodes: {hi: {type: message, text: Hi, next: back}, back: {type: leave}}
"""
    assert talk(flow, "1", "help", "2") == ["0?", "1?", "Hi", "1?", "Bye"]


def test_a_message_that_waits_is_said_again() -> None:
    flow = """
start: note
nodes:
  note: {type: message, text: Note, wait: true, next: bye}
  bye: {type: end, text: Bye}
  help:
    type: interrupt
    words: [help]
    nodes: {hi: {type: message, text: Hi, next: back}, back: {type: leave}}
"""
    assert talk(flow, "help", {"event": "acknowledge"}) == ["Note", "Hi", "Note", "Bye"]


HANDOFF = """
start: each
variables: {n: int}
nodes:
  each:
    type: loop
    times: 2
    index: i
    next: bye
    nodes:
      human:
        type: handoff
        text: "A person takes over."
        to: {team: sales}
        timeout: 1h
        next: ask
        on: {timeout: gone}
      ask: {type: question, text: "{{ i }}: all well?", input: integer, variable: n, next: again}
      again: {type: continue}
  gone: {type: end, text: "Nobody came."}
  bye: {type: end, text: Bye}
"""
RESOLVED = {"event": "handoff.resolved", "data": {"by": "Ada"}}


def test_a_conversation_comes_back_from_people_to_where_it_was() -> None:
    assert talk(HANDOFF, RESOLVED, "1", RESOLVED, "2") == [
        "A person takes over.",
        "0: all well?",
        "A person takes over.",
        "1: all well?",
        "Bye",
    ]


def test_the_bot_is_silent_while_people_have_the_conversation() -> None:
    played = turns(HANDOFF, "hello?", "is anybody there?", RESOLVED)
    assert said(played) == ["A person takes over.", "0: all well?"]
    assert played[0].effects[0]["data"]["data"] == {"assignee": {"type": "team", "id": "sales"}}


def test_people_who_do_not_come_have_an_hour() -> None:
    assert talk(HANDOFF, {"advance": "61m"})[-1] == "Nobody came."


def test_a_handoff_without_a_way_on_ends_the_flow() -> None:
    flow = "start: human\nnodes:\n  human: {type: handoff, text: Bye, to: {agent: 7}}\n"
    assert turns(flow)[-1].outcome == "handoff"


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("    words: [help, ayúdame]\n", "", "R005"),
        ('pattern: "(?i)\\\\bcancel\\\\b"', 'pattern: "("', "G301"),
        ("words: [help, ayúdame]", "words: [help]\n    if: nme == 'x'", "G303"),
        ("words: [help, ayúdame]", "words: [help]\n    if: name", "G302"),
    ],
)
def test_what_is_wrong_with_an_interrupt_is_found(old: str, new: str, code: str) -> None:
    assert old in FLOW
    found = {finding.code for finding in compiled(FLOW.replace(old, new, 1)).findings}
    assert code in found


ASKING = """
start: name
variables: {name: string, what: string}
nodes:
  name: {type: question, text: "Name?", variable: name, next: bye}
  bye: {type: end, text: "Bye {{ name }}"}
  help:
    type: interrupt
    words: [help]
    nodes:
      which: {type: question, text: "Help with what?", variable: what, next: call}
      call: {type: http, url: "https://example.com", timeout: 1h, success: back, error: back}
      back: {type: leave}
  cancel:
    type: interrupt
    words: [cancel]
    outranks: true
    nodes:
      done: {type: message, text: "Never mind.", next: on}
      on: {type: leave}
"""


def test_an_interrupt_that_outranks_others_leaves_them_and_comes_back_to_before() -> None:
    assert talk(ASKING, "help", "cancel", "Ada") == [
        "Name?",
        "Help with what?",
        "Never mind.",
        "Name?",
        "Bye Ada",
    ]
    assert talk(ASKING, "cancel", "Ada") == ["Name?", "Never mind.", "Name?", "Bye Ada"]


def test_an_interrupt_that_outranks_others_may_end_the_conversation_or_go_elsewhere() -> None:
    ending = ASKING.replace('Never mind.", next: on}', 'Never mind.", next: over}').replace(
        "on: {type: leave}", "over: {type: end, outcome: cancelled}"
    )
    assert turns(ending, "help", "cancel")[-1].outcome == "cancelled"
    elsewhere = ASKING.replace("outranks: true", "outranks: true\n    next: bye")
    assert talk(elsewhere, "Ada")[-1] == "Bye Ada"
    assert talk(elsewhere, "help", "cancel")[-2:] == ["Never mind.", "Bye "]


def test_an_interrupt_that_outranks_others_waits_for_work_in_them() -> None:
    script = ["help", "x", "cancel", {"result": "call", "data": {"status": 200}}]
    assert talk(ASKING, *script) == [
        "Name?",
        "Help with what?",
        "Name?",
        "Never mind.",
        "Name?",
    ]


def test_an_event_may_outrank_what_another_interrupt_asks() -> None:
    flow = ASKING.replace("words: [cancel]", "event: shop.closes")
    assert talk(flow, "help", {"event": "shop.closes"})[-2:] == ["Never mind.", "Name?"]


def test_no_interrupt_outranks_itself() -> None:
    flow = ASKING.replace(
        'done: {type: message, text: "Never mind.", next: on}',
        'done: {type: question, text: "Sure?", next: on}',
    )
    assert talk(flow, "cancel", "cancel") == ["Name?", "Sure?", "Name?"]


LED_TO = """
start: a
SETTINGS
nodes:
  a: {type: question, text: A?, next: WHERE, MORE}
  i: {type: interrupt, words: [x], nodes: {z: {type: leave}}}
  e: {type: end}
"""


@pytest.mark.parametrize(
    ("settings", "where", "more", "what", "line"),
    [
        ("", "i", "", "`a`", 7),
        ("settings: {on_error: fallback, fallback: i}", "e", "", "`fallback` of the flow", 5),
        ("settings: {inactivity: {after: 1h, to: i}}", "e", "", "`to` of the inactivity", 5),
        ("", "e", "on_error: {fallback: i}", "`on_error` of `a`", 7),
    ],
)
def test_what_leads_to_an_interrupt_is_found_there(
    settings: str, where: str, more: str, what: str, line: int
) -> None:
    flow = LED_TO.replace("SETTINGS", settings).replace("WHERE", where).replace("MORE", more)
    (finding,) = compiled(flow.replace(", }", "}")).findings
    assert (finding.code, finding.location.line) == ("S112", line)
    assert finding.message == f"{what} leads to `i`, which is an `interrupt`"


def test_a_flow_that_begins_with_an_interrupt_is_found() -> None:
    flow = LED_TO.replace("start: a", "start: i").replace("WHERE, MORE", "e")
    assert "S112" in [one.code for one in compiled(flow.replace("SETTINGS", "")).findings]
