"""Conversations that are interrupted, or handed over, while something else is pending in them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from statewright import compiler, flows
from statewright.statechart import Turn, parse_script, play
from tests.compiler.conversations import NOW, said
from tests.compiler.rehydration import played_anew

RESOLVED = {"event": "handoff.resolved"}
HELP = """
  help:
    type: interrupt
    words: [help]
    nodes:
      what: {type: question, text: "With what?", next: back}
      back: {type: leave}
"""
PEOPLE = """
  human:
    type: interrupt
    words: [human]
    nodes:
      h: {type: handoff, text: "One moment.", to: {team: a}, timeout: 30m, next: m, on: {timeout: n}}
      m: {type: message, text: "The bot is back.", next: hl}
      n: {type: message, text: "Nobody came.", next: hl}
      hl: {type: leave}
"""
BESIDE = """
start: both
variables: {a: string, b: string}
nodes:
  both:
    type: parallel
    regions:
      one: {nodes: {q: {type: question, text: "Name?", variable: a, next: l1}, l1: {type: leave}}}
      two: {nodes: {WORK, l2: {type: leave}}}
    next: bye
  bye: {type: end, text: "Bye {{ vars.?a.orValue('-') }} {{ vars.?b.orValue('-') }}"}
"""
HANDED = """
start: both
variables: {a: string, b: string}
nodes:
  both:
    type: parallel
    regions:
      one:
        nodes:
          h: {type: handoff, text: Wait, to: {team: a}, timeout: 1h, next: l1, on: {timeout: l1}}
          l1: {type: leave}
      two: {nodes: {WORK, l2: {type: leave}}}
    next: bye
  bye: {type: end, text: "Bye {{ vars.?b.orValue('-') }}"}
"""
PAY = (
    "pay: {type: http, method: POST, url: 'https://pay.example.com', timeout: 10m,"
    " save: {b: string(response.status)}, success: l2, error: l2}"
)
APPROVAL = (
    "may: {type: approval, request: 'May we?', timeout: 2h, save: {b: string(decision.approved)},"
    " next: l2, on: {rejected: l2, timeout: l2}}"
)
CLIENT = (
    "scan: {type: client, action: scan, timeout: 2h, save: {b: string(result)},"
    " next: l2, on: {error: l2, timeout: l2}}"
)
PAID = {"result": "pay", "data": {"status": 200, "body": {}}}
DECIDED = {"event": "approval.decided", "data": {"approved": True, "node": "may"}}
SCANNED = {"event": "client.result", "data": {"result": "42", "node": "scan"}}
WORKS = pytest.mark.parametrize(
    ("work", "result", "kept"),
    [(PAY, PAID, "200"), (APPROVAL, DECIDED, "true"), (CLIENT, SCANNED, "42")],
    ids=["http", "approval", "client"],
)


def talk(text: str, *script: Any) -> list[str]:
    return said(played_anew(text, *script))


def asked(played: list[Turn]) -> list[str]:
    """What was asked of others than the user, in order: handoffs are not of interest."""
    effects = (effect for turn in played for effect in turn.effects)
    kinds = (effect["data"].get("type", effect["data"].get("target", "")) for effect in effects)
    clients = [m for turn in played for m in turn.messages if m.get("type") == "client"]
    return [kind for kind in kinds if kind != "handoff"] + ["client" for _ in clients]


@WORKS
def test_work_is_asked_for_once_whatever_interrupt_comes(work: str, result: Any, kept: str) -> None:
    flow = BESIDE.replace("WORK", work) + HELP
    for script in (
        ["help", result, "all", "Ada"],
        ["help", "all", result, "Ada"],
        ["help", "all", "help", "all", "Ada", result],
    ):
        played = played_anew(flow, *script)
        assert said(played)[-1] == f"Bye Ada {kept}"
        assert len(asked(played)) == 1


@WORKS
def test_work_is_asked_for_once_beside_a_handoff(work: str, result: Any, kept: str) -> None:
    flow = HANDED.replace("WORK", work)
    for script in ([result, RESOLVED], [RESOLVED, result]):
        played = played_anew(flow, *script)
        assert said(played)[-1] == f"Bye {kept}"
        assert len(asked(played)) == 1


@WORKS
def test_work_that_takes_too_long_meanwhile_has_failed_when_the_conversation_comes_back(
    work: str, result: Any, kept: str
) -> None:
    flow = BESIDE.replace("WORK", work) + HELP
    assert kept
    assert talk(flow, "help", {"advance": "3h"}, result, "all", "Ada")[-1] == "Bye Ada -"


def test_results_are_taken_in_the_order_in_which_they_came() -> None:
    flow = """
start: both
variables: {seen: {type: list, default: []}}
nodes:
  both:
    type: parallel
    regions:
      one: {nodes: {q: {type: question, text: "Well?", next: l1}, l1: {type: leave}}}
      two:
        nodes:
          x: {type: http, url: "https://x.example.com", timeout: 1h, success: sx, error: sx}
          sx: {type: set, actions: [{append: seen, value: x}], next: l2}
          l2: {type: leave}
      three:
        nodes:
          y: {type: http, url: "https://y.example.com", timeout: 1h, success: sy, error: sy}
          sy: {type: set, actions: [{append: seen, value: y}], next: l3}
          l3: {type: leave}
    next: bye
  bye: {type: end, text: "{{ seen }}"}
"""
    results = [{"result": one, "data": {"status": 200, "body": {}}} for one in "yx"]
    assert talk(flow + HELP, "help", *results, "all", "so")[-1] == '["y","x"]'
    assert talk(flow + HELP, "help", *results[::-1], "all", "so")[-1] == '["x","y"]'


ASKING = """
start: may
nodes:
  may:
    type: approval
    text: "I have to ask."
    request: "Refund?"
    timeout: 1d
    next: paid
    on: {rejected: refused, timeout: late}
  paid: {type: end, text: Paid}
  refused: {type: end, text: Refused}
  late: {type: end, text: "Nobody decided."}
"""


def test_a_decision_that_comes_during_an_interrupt_counts_after_it() -> None:
    told = "I have to ask."
    assert talk(ASKING + HELP, "help", DECIDED, "all") == [told, "With what?", told, "Paid"]


def test_interrupts_do_not_put_off_a_deadline() -> None:
    script = [{"advance": "13h"}, "help", {"advance": "10h"}, "all", {"advance": "61m"}]
    assert talk(ASKING + HELP, *script)[-1] == "Nobody decided."
    assert talk(ASKING + HELP, "help", {"advance": "25h"}, "all")[-1] == "Nobody decided."


FORM = """
start: f
variables: {who: map}
nodes:
  f:
    type: form
    text: "A few questions."
    timeout: 10m
    variable: who
    fields: {x: {text: "X?"}, y: {text: "Y?", input: integer}}
    next: bye
    on: {timeout: late}
  bye: {type: end, text: "{{ who.x }} {{ who.y }}"}
  late: {type: end, text: Late}
"""


def test_a_form_keeps_its_time_and_says_its_introduction_once() -> None:
    script = ["1", {"advance": "3m"}, "help", {"advance": "4m"}, "all", {"advance": "181s"}]
    assert talk(FORM + HELP, *script) == [
        "A few questions.",
        "X?",
        "Y?",
        "With what?",
        "Y?",
        "Late",
    ]


def test_all_answers_that_come_during_an_interrupt_count_after_it() -> None:
    submit = {"event": "form.submit", "data": {"values": {"x": "q", "y": 3}}}
    assert talk(FORM + HELP, "help", submit, "all")[-1] == "q 3"


def test_a_delay_that_is_over_meanwhile_is_over_after_an_interrupt() -> None:
    flow = (
        BESIDE.replace(
            "WORK",
            "d: {type: delay, duration: 10m, next: s}, s: {type: message, text: Now, next: l2}",
        )
        + HELP
    )
    played = talk(flow, "help", {"advance": "20m"}, "all", "Ada")
    assert played == ["Name?", "With what?", "Name?", "Now", "Bye Ada -"]
    assert talk(flow, "help", {"advance": "9m"}, "all", {"advance": "61s"})[-1] == "Now"


def test_a_node_is_tried_again_at_its_time() -> None:
    work = PAY.replace("save:", "on_error: {retry: 1, wait: 5m}, save:")
    failed = {"result": "pay", "error": {"code": "connect"}}
    flow = BESIDE.replace("WORK", work) + HELP
    played = played_anew(flow, failed, "help", {"advance": "6m"}, "all")
    assert asked(played) == ["http", "http"]
    assert asked(played_anew(flow, failed, "help", {"advance": "6m"})) == ["http"]


def test_an_interrupt_that_leads_away_gives_up_what_was_pending() -> None:
    flow = (
        BESIDE.replace("WORK", PAY)
        + """
  again:
    type: interrupt
    words: [again]
    next: both
    nodes: {say: {type: message, text: "Once more.", next: sl}, sl: {type: leave}}
  wait:
    type: interrupt
    words: [wait]
    nodes:
      what: {type: question, text: "Until when?", next: check}
      check: {type: jump, to: both}
"""
    )
    played = played_anew(flow, "again", PAID, "Ada")
    assert said(played) == ["Name?", "Once more.", "Name?", "Bye Ada 200"]
    assert asked(played).count("http") == 2
    # The result of the first request is none of the second one.
    assert talk(flow, "wait", PAID, "never", "Ada")[-1] == "Name?"


def test_what_was_said_so_far_is_kept() -> None:
    flow = """
start: q
variables: {a: string}
nodes:
  q: {type: question, text: "Well?", variable: a, window: 10s, next: bye}
  bye: {type: end, text: "{{ a }}"}
"""
    script = ["one", "help", {"advance": "1m"}]
    assert talk(flow + HELP, *script) == ["Well?", "With what?"]
    assert talk(flow + HELP, "one", "help", "all", {"advance": "10s"})[-1] == "one"
    assert talk(flow + HELP, "one", "help", {"advance": "1m"}, "all")[-1] == "one"


HUMAN = """
start: q
variables: {a: string}
nodes:
  q: {type: question, text: "Name?", variable: a, next: bye}
  bye: {type: end, text: "Bye {{ a }}"}
"""


def test_a_handoff_in_an_interrupt_comes_back_to_the_rest_of_it_and_then_to_the_question() -> None:
    assert talk(HUMAN + PEOPLE, "human", "hello?", RESOLVED, "Ada") == [
        "Name?",
        "One moment.",
        "The bot is back.",
        "Name?",
        "Bye Ada",
    ]
    assert talk(HUMAN + PEOPLE, "human", {"advance": "31m"}, "Ada")[2:] == [
        "Nobody came.",
        "Name?",
        "Bye Ada",
    ]


def test_a_question_of_the_interrupt_is_asked_after_its_handoff() -> None:
    flow = HUMAN + PEOPLE.replace(
        'm: {type: message, text: "The bot is back.", next: hl}',
        'm: {type: question, text: "All well?", next: hl}',
    )
    assert talk(flow, "human", RESOLVED, "yes", "Ada")[2:] == ["All well?", "Name?", "Bye Ada"]


TWO = """
start: both
nodes:
  both:
    type: parallel
    regions:
      one:
        nodes:
          h1: {type: handoff, text: One, to: {team: a}, timeout: 30m, next: m1, on: {timeout: t1}}
          m1: {type: message, text: "Was one", next: l1}
          t1: {type: message, text: "No one", next: l1}
          l1: {type: leave}
      two:
        nodes:
          h2: {type: handoff, text: Two, to: {team: b}, timeout: 40m, next: m2, on: {timeout: t2}}
          m2: {type: message, text: "Was two", next: l2}
          t2: {type: message, text: "No two", next: l2}
          l2: {type: leave}
    next: bye
  bye: {type: end, text: Bye}
"""


def test_two_handoffs_at_once_are_given_back_one_after_the_other() -> None:
    played = played_anew(TWO, RESOLVED, RESOLVED)
    assert said(played[:2]) == ["One", "Two"]
    assert said(played) == ["One", "Two", "Was one", "Was two", "Bye"]


def test_a_handoff_is_given_back_by_name() -> None:
    second = {"event": "handoff.resolved", "data": {"node": "h2"}}
    assert said(played_anew(TWO, second, {"advance": "31m"})) == [
        "One",
        "Two",
        "No one",
        "Was two",
        "Bye",
    ]
    other = {"event": "handoff.resolved", "data": {"node": "h3"}}
    assert said(played_anew(TWO, other)) == ["One", "Two"]


def test_two_handoffs_that_nobody_takes_are_over_when_the_last_one_is() -> None:
    assert said(played_anew(TWO, {"advance": "31m"})) == ["One", "Two"]
    played = played_anew(TWO, {"advance": "41m"})
    assert said(played) == ["One", "Two", "No one", "No two", "Bye"]


def test_a_question_beside_a_handoff_is_asked_again_and_keeps_its_deadline() -> None:
    question = (
        "q: {type: question, text: 'Name?', timeout: 20m, variable: b, next: l2, on: {timeout: t}},"
        " t: {type: message, text: Late, next: l2}"
    )
    flow = HANDED.replace("WORK", question)
    assert talk(flow, "hello", RESOLVED, "Ada") == ["Wait", "Name?", "Name?", "Bye Ada"]
    script = [{"advance": "15m"}, RESOLVED, {"advance": "6m"}]
    assert talk(flow, *script) == ["Wait", "Name?", "Name?", "Late", "Bye -"]


def test_the_time_of_the_whole_is_over_only_when_people_give_the_conversation_back() -> None:
    flow = """
start: h
settings: {timeout: 10m, on_error: fallback, fallback: late}
nodes:
  h: {type: handoff, text: Wait, to: {team: a}, timeout: 1h, next: q, on: {timeout: q}}
  q: {type: question, text: "All well?", next: bye}
  bye: {type: end, text: Bye}
  late: {type: end, text: Late}
"""
    played = played_anew(flow, {"advance": "11m"}, "hello?")
    assert said(played) == ["Wait"]
    assert not played[-1].outcome
    assert played_anew(flow, {"advance": "11m"}, RESOLVED)[-1].outcome == "error"
    assert talk(flow, {"advance": "5m"}, RESOLVED, "yes") == ["Wait", "All well?", "Bye"]


TRYING = """
start: t
settings: {timeout: 10m}
nodes:
  t:
    type: try
    nodes: {q: {type: question, text: "Well?", next: lv}, lv: {type: leave}}
    finally: {nodes: {f: {type: message, text: Finally, next: fl}, fl: {type: leave}}}
    next: bye
  bye: {type: end, text: Bye}
  other: {type: end, text: Other}
  stop:
    type: interrupt
    words: [stop]
    next: other
    nodes: {s: {type: message, text: Stopping, next: sl}, sl: {type: leave}}
  quit: {type: interrupt, words: [quit], nodes: {e: {type: end, text: Quit, outcome: quit}}}
"""


@pytest.mark.parametrize(
    ("script", "heard"),
    [
        (["stop"], ["Well?", "Stopping", "Finally", "Other"]),
        (["quit"], ["Well?", "Finally", "Quit"]),
        (["help", {"advance": "11m"}], ["Well?", "With what?", "Finally"]),
        ([{"advance": "11m"}], ["Well?", "Finally"]),
        (["help", "all", "yes"], ["Well?", "With what?", "Well?", "Finally", "Bye"]),
    ],
    ids=["elsewhere", "end", "time during an interrupt", "time", "back"],
)
def test_what_is_last_is_done_also_when_the_conversation_is_left_from_beside_it(
    script: list[Any], heard: list[str]
) -> None:
    assert talk(TRYING + HELP, *script) == heard


def test_tries_around_each_other_do_what_is_last_from_the_inside_out() -> None:
    inner = 'q: {type: question, text: "Well?", next: lv}, lv: {type: leave}'
    flow = TRYING.replace(
        inner,
        "u: {type: try, nodes: {q: {type: question, text: 'Well?', next: ul}, ul: {type: leave}},"
        " finally: {nodes: {g: {type: question, text: Inside?, next: gl}, gl: {type: leave}}},"
        " next: lv}, lv: {type: leave}",
    )
    assert talk(flow, "quit", "yes") == ["Well?", "Inside?", "Finally", "Quit"]


def test_a_region_that_is_given_up_does_what_is_last() -> None:
    flow = """
start: both
nodes:
  both:
    type: parallel
    join: any
    regions:
      one:
        nodes:
          t:
            type: try
            nodes: {q: {type: question, text: "Well?", next: lv}, lv: {type: leave}}
            finally: {nodes: {f: {type: message, text: Finally, next: fl}, fl: {type: leave}}}
            next: l1
          l1: {type: leave}
      two: {nodes: {d: {type: delay, duration: 5m, next: l2}, l2: {type: leave}}}
    next: bye
  bye: {type: end, text: Bye}
"""
    assert talk(flow, {"advance": "6m"}) == ["Well?", "Finally", "Bye"]
    assert talk(flow, "yes") == ["Well?", "Finally", "Bye"]


REMINDING = """
start: q
settings: {inactivity: {after: 60s, outcome: gone}}
nodes:
  q:
    type: question
    text: "Well?"
    reminder: {after: 20s, text: "Still there?"}
    help: {text: "Just say so.", words: [why]}
    next: bye
  bye: {type: end, text: Bye}
"""


def test_whoever_asks_for_help_has_said_something() -> None:
    script = [{"advance": "15s"}, "why", {"advance": "10s"}]
    assert talk(REMINDING, *script) == ["Well?", "Just say so."]
    assert talk(REMINDING, *script, {"advance": "11s"})[-1] == "Still there?"
    script = [{"advance": "50s"}, "why", {"advance": "50s"}]
    assert not played_anew(REMINDING, *script)[-1].outcome
    assert played_anew(REMINDING, *script, {"advance": "11s"})[-1].outcome == "gone"


def test_whoever_was_at_something_else_is_not_reminded_of_the_time_before() -> None:
    script = [{"advance": "15s"}, "help", {"advance": "30s"}, "all", {"advance": "15s"}]
    assert talk(REMINDING + HELP, *script) == ["Well?", "With what?", "Well?"]
    assert talk(REMINDING + HELP, *script, {"advance": "6s"})[-1] == "Still there?"


def test_a_second_part_of_an_answer_breaks_the_silence() -> None:
    flow = """
start: q
settings: {inactivity: {after: 60s, outcome: gone, remind: [{after: 10s, text: "Still?"}]}}
nodes:
  q: {type: question, text: "Well?", window: 12s, next: bye}
  bye: {type: end, text: Bye}
"""
    script = ["one", {"advance": "8s"}, "two", {"advance": "9s"}]
    assert talk(flow, *script) == ["Well?"]
    assert talk(flow, *script, {"advance": "2s"})[-1] == "Still?"


HELPED = """
  help:
    type: interrupt
    words: [help]
    nodes: {told: {type: message, text: Helped, next: back}, back: {type: leave}}
"""
LOOPING = """
start: each
variables: {a: string, seen: {type: list, default: []}}
nodes:
  each:
    type: loop
    times: 2
    next: bye
    nodes:
      q: {type: question, text: "Well?", variable: a, retries: 1, pattern: "^x", next: d, on: {fallback: d}}
      d: {type: delay, duration: 10m, next: s}
      s: {type: set, actions: [{append: seen, value: "{{ a }}"}], next: again}
      again: {type: continue}
  bye: {type: end, text: "{{ seen }}"}
"""
CONVERSATIONS: dict[str, tuple[str, list[Any]]] = {
    "http": (BESIDE.replace("WORK", PAY), [PAID, "Ada"]),
    "late http": (BESIDE.replace("WORK", PAY), [{"advance": "11m"}, "Ada"]),
    "approval": (BESIDE.replace("WORK", APPROVAL), ["Ada", {"advance": "1h"}, DECIDED]),
    "client": (BESIDE.replace("WORK", CLIENT), [SCANNED, {"advance": "1h"}, "Ada"]),
    "handoff and http": (HANDED.replace("WORK", PAY), [PAID, RESOLVED]),
    "handoff that nobody takes": (HANDED.replace("WORK", APPROVAL), [DECIDED, {"advance": "2h"}]),
    "two handoffs": (TWO, [{"advance": "35m"}, RESOLVED]),
    "approval alone": (ASKING, [{"advance": "23h"}, {"advance": "2h"}]),
    "form": (FORM, ["1", {"advance": "3m"}, "x", "5"]),
    "form at once": (FORM, ["1", {"event": "form.submit", "data": {"values": {"x": "q", "y": 3}}}]),
    "loop": (LOOPING, ["x1", {"advance": "10m"}, "no", "x2", {"advance": "10m"}]),
    "try": (TRYING, [{"advance": "9m"}, "yes"]),
    "human": (HUMAN + PEOPLE, ["human", {"advance": "20m"}, RESOLVED, "Ada"]),
}


@pytest.mark.parametrize("name", CONVERSATIONS)
def test_an_interrupt_changes_nothing_but_what_is_said(name: str) -> None:
    flow, script = CONVERSATIONS[name]
    flow += HELPED
    usual = played_anew(flow, *script)
    helped = False
    for place in range(len(script)):
        played = played_anew(flow, *script[:place], "help", *script[place:])
        assert played[-1].outcome == usual[-1].outcome
        assert said(played)[-1] == said(usual)[-1]
        assert asked(played) == asked(usual)
        assert said(played).count("Helped") <= 1
        helped = helped or "Helped" in said(played)
    # What is said to people begins no interrupt.
    assert helped or "handoff" in flow


CHILD = """
statewright: 1
id: child
start: q
variables: {y: string, i: string}
nodes:
  q: {type: question, text: "Inside?", variable: y, next: e}
  e: {type: end}
  ihelp:
    type: interrupt
    words: [help]
    nodes: {hh: {type: question, text: "Help inside?", variable: i, next: hl}, hl: {type: leave}}
"""
PARENT = """
statewright: 1
id: parent
start: s
settings: {while_busy: {text: Busy}}
nodes:
  s: {type: subflow, flow: child.yaml, next: bye, on: {error: bye}}
  bye: {type: end, text: Bye}
  stop:
    type: interrupt
    words: [stop, help]
    nodes: {said: {type: message, text: Outside, next: sl}, sl: {type: leave}}
"""


def test_a_flow_inside_another_one_is_interrupted_first_and_only_once(tmp_path: Path) -> None:
    (tmp_path / "child.yaml").write_text(CHILD, encoding="utf-8")
    (tmp_path / "parent.yaml").write_text(PARENT, encoding="utf-8")
    chart = compiler.compile(flows.read(tmp_path / "parent.yaml")).draft().statechart
    for script, heard in (
        (["help", "all", "x"], ["Inside?", "Help inside?", "Inside?", "Bye"]),
        (["stop", "x"], ["Inside?", "Outside", "Inside?", "Bye"]),
        (["help", "stop", "x"], ["Inside?", "Help inside?", "Inside?", "Bye"]),
    ):
        played = play(chart, parse_script(script), session="test", seed="seed", now=NOW)
        assert said(list(played)) == heard


WITH_DEADLINE = """
start: a
nodes:
  a: {type: question, text: "A?", timeout: 10m, next: e, on: {timeout: bye}}
  i: {type: interrupt, words: [help], nodes: {s: {type: question, text: "S?", next: back}, back: {type: leave}}}
  e: {type: end}
  bye: {type: end, text: Bye.}
"""


def test_a_question_whose_time_is_over_meanwhile_is_not_asked_again() -> None:
    assert talk(WITH_DEADLINE, "help", {"advance": "20m"}, "ok") == ["A?", "S?", "Bye."]
    assert talk(WITH_DEADLINE, "help", {"advance": "10m"}, "ok") == ["A?", "S?", "Bye."]
    in_time = talk(WITH_DEADLINE, "help", {"advance": "5m"}, "ok", {"advance": "5m"})
    assert in_time == ["A?", "S?", "A?", "Bye."]
