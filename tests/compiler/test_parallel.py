"""Parallel regions: several conversations at once, and one floor."""

from __future__ import annotations

import pytest

from tests.compiler.conversations import compiled, said, talk, turns

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
