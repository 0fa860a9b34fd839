"""Parallel regions: several conversations at once, and one floor."""

from __future__ import annotations

from pathlib import Path

import pytest

from statewright import compiler, flows
from statewright.statechart import Turn, parse_script, play
from tests.compiler.conversations import NOW, compiled, said, talk, turns

BOTH = """
start: both
variables: {name: string, colour: string}
nodes:
  both:
    type: parallel
    join: JOIN
    next: bye
    regions:
      left:
        nodes:
          ask_name: {type: question, text: "Your name?", variable: name, next: hello}
          hello: {type: message, text: "Hello {{ name }}", next: named}
          named: {type: leave}
      right:
        nodes:
          ask_colour: {type: question, text: "Your colour?", variable: colour, next: nice}
          nice: {type: message, text: "{{ colour }} is nice", next: coloured}
          coloured: {type: leave}
  bye: {type: end, text: Bye}
"""
ALL = BOTH.replace("JOIN", "all")


def answer(node: str, text: str) -> dict[str, object]:
    return {"event": "message", "data": {"text": text, "node": node}}


def test_a_plain_answer_goes_to_the_question_that_was_asked_first() -> None:
    assert talk(ALL, "Ada", "red") == [
        "Your name?",
        "Your colour?",
        "Hello Ada",
        "red is nice",
        "Bye",
    ]


def test_it_does_so_too_when_the_last_question_was_answered_just_before() -> None:
    text = ALL.replace("start: both", "start: hi").replace(
        "nodes:\n  both:", "nodes:\n  hi: {type: question, text: 'Hi?', next: both}\n  both:", 1
    )
    assert talk(text, "yo", "Ada", "red")[3:] == ["Hello Ada", "red is nice", "Bye"]


def test_an_answer_that_names_a_node_goes_there() -> None:
    said_ = talk(ALL, answer("ask_colour", "red"), answer("ask_name", "Ada"))
    assert said_[2:] == ["red is nice", "Hello Ada", "Bye"]


CHOSEN = ALL.replace("variable: name,", "variable: name, choices: [Ada, Bob],").replace(
    "variable: colour,", "variable: colour, choices: [red, green],"
)


def test_a_question_that_complains_is_still_the_one_that_is_answered() -> None:
    assert talk(CHOSEN, "blue", "Ada", "red")[-3:] == ["Hello Ada", "red is nice", "Bye"]


def test_an_answer_in_parts_is_one_answer_though_others_listen() -> None:
    flow = ALL.replace("variable: name,", "variable: name, window: 5s,")
    lines = talk(flow, "Ada", "Lovelace", {"advance": "6s"}, "red")
    assert lines[-3:] == ["Hello Ada Lovelace", "red is nice", "Bye"]


def test_whoever_is_being_talked_to_asks_on() -> None:
    flow = ALL.replace(
        'hello: {type: message, text: "Hello {{ name }}", next: named}',
        'hello: {type: question, text: "And your age, {{ name }}?", variable: age, next: named}',
    ).replace("variables: {", "variables: {age: string, ")
    played = turns(flow, "Ada", "42", "red")
    assert said(played)[2:] == ["And your age, Ada?", "red is nice", "Bye"]
    assert played[-1].data["age"] == "42"


@pytest.mark.parametrize("join", ["any", "1"])
def test_where_one_is_enough_the_others_are_given_up(join: str) -> None:
    assert talk(BOTH.replace("JOIN", join), "Ada")[2:] == ["Hello Ada", "Bye"]


def test_two_of_three_may_be_enough() -> None:
    flow = """
start: three
nodes:
  three:
    type: parallel
    join: 2
    next: bye
    regions:
      a: {nodes: {wait_a: {type: delay, duration: 1m, next: done_a}, done_a: {type: leave}}}
      b: {nodes: {wait_b: {type: delay, duration: 2m, next: done_b}, done_b: {type: leave}}}
      c: {nodes: {wait_c: {type: delay, duration: 3m, next: done_c}, done_c: {type: leave}}}
  bye: {type: end, text: Bye}
"""
    assert talk(flow, {"advance": "61s"}) == []
    assert talk(flow, {"advance": "61s"}, {"advance": "1m"}) == ["Bye"]


def test_a_region_that_ends_the_conversation_ends_all_of_it() -> None:
    flow = ALL.replace("named: {type: leave}", "named: {type: end, text: That is all}")
    played = turns(flow, "Ada")
    assert said(played)[-1] == "That is all"
    assert played[-1].status == "completed"


def test_retries_count_only_for_the_question_that_was_answered() -> None:
    flow = ALL.replace("variable: name,", "variable: name, input: email, retries: 1,").replace(
        "next: hello}", "next: hello, on: {fallback: sorry}}"
    )
    flow = flow.replace("          hello:", "          sorry: {type: leave}\n          hello:", 1)
    assert talk(flow, answer("ask_colour", "red"), "x", "y")[-1] == "Bye"


def test_more_regions_than_there_are_can_never_be_left() -> None:
    (finding,) = compiled(BOTH.replace("JOIN", "3")).findings
    assert finding.code == "R004"


def test_an_id_in_two_regions_is_one_finding_that_says_so() -> None:
    flow = """
start: both
nodes:
  both:
    type: parallel
    next: bye
    regions:
      one: {nodes: {ask: {type: message, text: A, next: on}, on: {type: leave}}}
      two: {nodes: {ask: {type: message, text: B, next: off}, off: {type: leave}}}
  bye: {type: end}
"""
    (finding,) = compiled(flow).findings
    assert finding.code == "S104"
    assert finding.message == "there is another node `ask`, inside `both` in `one`"
    assert "unique in the whole flow" in finding.help


def test_something_must_be_done_in_parallel() -> None:
    none = """
start: n
nodes:
  n: {type: parallel, regions: {}, next: e}
  e: {type: end}
"""
    assert [finding.code for finding in compiled(none).findings] == ["R004"]


@pytest.mark.parametrize(
    ("other", "ports"),
    [
        ("type: approval, request: Refund?", "timeout: named, rejected: named"),
        ("type: client, action: scan", "timeout: named, error: named"),
    ],
)
def test_what_somebody_else_is_to_say_does_not_keep_the_user_from_answering(
    other: str, ports: str
) -> None:
    flow = ALL.replace(
        'type: question, text: "Your name?", variable: name,',
        f"{other}, timeout: 1h, on: {{{ports}}},",
    )
    played = turns(flow, "red")
    assert said(played)[-1] == "red is nice"
    assert played[0].awaiting is not None
    assert played[0].awaiting["node"] == "ask_colour"


TWICE = """
statewright: 1
start: both
nodes:
  both:
    type: parallel
    next: bye
    regions:
      one:
        nodes:
          s1: {type: subflow, flow: inner.yaml, next: l1, on: {error: l1, rejected: l1}}
          l1: {type: leave}
      two:
        nodes:
          s2: {type: subflow, flow: inner.yaml, next: l2, on: {error: l2, rejected: l2}}
          l2: {type: leave}
  bye: {type: end, text: Bye}
"""
INNER = """
statewright: 1
start: first
variables: {it: string, values: map, why: string}
nodes:
  first: NODE
  rest: {type: message, text: "GOT", next: bye}
  bye: {type: end}
"""


def run_twice(tmp_path: Path, node: str, *script: object, got: str = "Got {{ it }}") -> list[Turn]:
    """A parallel that runs one and the same flow in two of its regions."""
    (tmp_path / "inner.yaml").write_text(INNER.replace("NODE", node).replace("GOT", got))
    (tmp_path / "outer.yaml").write_text(TWICE)
    chart = compiler.compile(flows.read(tmp_path / "outer.yaml")).draft().statechart
    lines = parse_script(list(script))
    return list(play(chart, lines, session="s", seed="s", now=NOW))


ASKING = "{type: question, text: 'What?', variable: it, next: rest}"


def test_of_one_flow_that_runs_twice_a_question_is_named_by_its_path(tmp_path: Path) -> None:
    played = run_twice(tmp_path, ASKING, answer("s2/first", "b"), answer("s1/first", "a"))
    assert [turn.awaiting and turn.awaiting["node"] for turn in played] == [
        "s1/first",
        "s1/first",
        None,
    ]
    assert said(played)[2:] == ["Got b", "Got a", "Bye"]


def test_of_one_flow_that_runs_twice_a_bare_name_is_no_question_of_either(tmp_path: Path) -> None:
    assert said(run_twice(tmp_path, ASKING, answer("first", "c"))) == ["What?", "What?"]


REFUND = "{type: approval, request: 'Refund?', save: {why: decision.comment}, next: rest}"


def test_of_one_flow_that_runs_twice_one_request_is_approved(tmp_path: Path) -> None:
    decided = {"event": "approval.decided", "data": {"node": "s2/first", "approved": True}}
    played = run_twice(tmp_path, REFUND, decided, got="Paid")
    sent = [one["data"]["data"]["node"] for one in played[0].effects if one["kind"] == "send"]
    assert sent == ["s1/first", "s2/first"]
    assert said(played) == ["Paid"]
    assert said(run_twice(tmp_path, REFUND, decided, decided, got="Paid")) == ["Paid"]


def test_of_one_flow_that_runs_twice_one_client_has_answered(tmp_path: Path) -> None:
    scan = "{type: client, action: scan, save: {it: result}, next: rest}"
    result = {"event": "client.result", "data": {"node": "s2/first", "result": "42"}}
    played = run_twice(tmp_path, scan, result)
    assert [message.get("node") for message in played[0].messages] == ["s1/first", "s2/first"]
    assert said(played)[2:] == ["Got 42"]


def test_of_one_flow_that_runs_twice_one_message_is_acknowledged(tmp_path: Path) -> None:
    shown = "{type: message, text: Look, wait: true, next: rest}"
    seen = {"event": "acknowledge", "data": {"node": "s2/first"}}
    assert said(run_twice(tmp_path, shown, seen, got="Seen")) == ["Look", "Look", "Seen"]


def test_of_one_flow_that_runs_twice_one_form_is_submitted(tmp_path: Path) -> None:
    form = "{type: form, variable: values, fields: {size: {text: 'Size?'}}, next: rest}"
    sent = {"event": "form.submit", "data": {"node": "s2/first", "values": {"size": "M"}}}
    played = run_twice(tmp_path, form, sent, answer("s1/first/size", "L"), got="{{ values.size }}")
    assert said(played)[2:] == ["M", "L", "Bye"]


def test_of_one_flow_that_runs_twice_one_handoff_comes_back(tmp_path: Path) -> None:
    people = "{type: handoff, returns: true, next: rest}"
    back = [
        {"event": "handoff.resolved", "data": {"node": name}}
        for name in ("first", "s1/first", "s2/first")
    ]
    assert run_twice(tmp_path, people, *back[:2], got="Back")[-1].status == "active"
    assert said(run_twice(tmp_path, people, *back, got="Back")) == ["Back", "Back", "Bye"]


def test_the_names_on_a_path_cannot_be_mistaken_for_a_longer_one(tmp_path: Path) -> None:
    node = ASKING.replace("next: rest", "next: a/b~c")
    (tmp_path / "inner.yaml").write_text(
        INNER.replace("NODE", node)
        .replace("  rest:", "  'a/b~c':")
        .replace(
            '{type: message, text: "GOT", next: bye}', ASKING.replace("next: rest", "next: bye")
        )
    )
    (tmp_path / "outer.yaml").write_text(TWICE)
    chart = compiler.compile(flows.read(tmp_path / "outer.yaml")).draft().statechart
    script = parse_script(["a", answer("s1/a~1b~0c", "b"), answer("s2/first", "c")])
    played = list(play(chart, script, session="s", seed="s", now=NOW))
    assert [turn.awaiting["node"] for turn in played if turn.awaiting] == [
        "s1/first",
        "s1/a~1b~0c",
        "s2/first",
        "s2/a~1b~0c",
    ]
