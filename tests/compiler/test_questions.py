"""Questions: given these answers, this is said and saved."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from tests.compiler.conversations import compiled, said, talk, turns

ASK = """
start: ask
variables: {{answer: dyn}}
nodes:
  ask:
    type: question
    text: Well?
    variable: answer
    retry: No.
{lines}
    next: bye
  bye: {{type: end, text: "Bye"}}
"""


def ask(lines: str) -> str:
    return ASK.format(lines="\n".join(f"    {line}" for line in lines.splitlines()))


@pytest.mark.parametrize(
    ("lines", "typed", "saved"),
    [
        ("input: text", " blue ", "blue"),
        ("input: number", "3.5", 3.5),
        ("input: number", "-4", -4.0),
        ("input: integer", "12", 12),
        ("input: email", "ada@example.com", "ada@example.com"),
        ("input: url", "https://example.com/a?b=c", "https://example.com/a?b=c"),
        ("input: date", "2028-02-29", "2028-02-29"),
        ("input: date\nminimum: 2028-02-29\nmaximum: 2028-03-01", "2028-02-29", "2028-02-29"),
        ("input: date\nminimum: 2028-02-29\nmaximum: 2028-03-01", "2028-03-01", "2028-03-01"),
        ("input: slider\nstep: 0.1", 0.1 + 0.2, 0.3),
        ("input: slider\nstep: 0.1\nmaximum: 0.3", 0.1 + 0.2, 0.3),
        ("input: slider\nstep: 0.25\nminimum: -0.5", "-0.25", -0.25),
        ("input: slider\nstep: 5", 15.000000000000002, 15.0),
        ("input: slider\nstep: 1e-13", "0.3", 0.3),
        ("input: slider", 0.1 + 0.2, 0.1 + 0.2),
        ("input: boolean", "Yes", True),
        ("input: boolean", "no", False),
        (
            "input: choice\nchoices: [{value: t, label: Tea}, {value: c, label: Coffee}]",
            "coffee",
            "c",
        ),
        ("input: choice\nchoices: [{value: t, label: Tea}, {value: c, label: Coffee}]", "1", "t"),
        ("input: choice\nchoices: [{value: 1, label: One}, {value: 2, label: Two}]", "two", 2),
        ("input: multiple_choice\nchoices: [a, b, c]", "c, a", ["c", "a"]),
    ],
)
def test_a_good_answer_is_saved_as_a_value_of_its_kind(lines: str, typed: Any, saved: Any) -> None:
    sent = typed if isinstance(typed, str) else {"choose": typed}
    played = turns(ask(lines), sent)
    assert said(played) == ["Well?", "Bye"]
    assert played[-1].data["answer"] == saved
    assert type(played[-1].data["answer"]) is type(saved)


@pytest.mark.parametrize(
    ("lines", "typed"),
    [
        ("input: text", "   "),
        ("input: text\nmin_length: 3", "ab"),
        ("input: text\nmax_length: 3", "abcd"),
        ("input: text\npattern: '^[a-z]+$'", "ABC"),
        ("input: number", "three"),
        ("input: number\nminimum: 5", "4.9"),
        ("input: integer\nmaximum: 5", "6"),
        ("input: integer", "1.5"),
        ("input: email", "ada at example"),
        ("input: phone", "12"),
        ("input: url", "javascript:alert(1)"),
        ("input: date", "2027-02-29"),
        ("input: date\nminimum: 2028-02-29", "2028-02-28"),
        ("input: date\nmaximum: 2028-02-29", "2028-03-01"),
        ("input: slider\nstep: 0.1\nmaximum: 0.3", "0.31"),
        ("input: boolean", "perhaps"),
        ("input: choice\nchoices: [a, b]", "c"),
        ("input: choice\nchoices: [a, b]", "3"),
        ("input: multiple_choice\nchoices: [a, b, c]", "a, x"),
        ("input: multiple_choice\nchoices: [a, b, c]\nmaximum: 1", "a, b"),
    ],
)
def test_a_bad_answer_is_refused_and_saves_nothing(lines: str, typed: str) -> None:
    played = turns(ask(lines), typed)
    assert said(played) == ["Well?", "No."]
    assert "answer" not in played[-1].data
    assert played[-1].awaiting is not None


def test_two_retries_are_three_attempts() -> None:
    flow = ask("input: number\nretries: 2\non: {fallback: bye}")
    assert talk(flow, "x", "y") == ["Well?", "No.", "No."]
    assert talk(flow, "x", "y", "z") == ["Well?", "No.", "No.", "Bye"]
    assert talk(flow, "x", "y", "3") == ["Well?", "No.", "No.", "Bye"]


def test_retries_used_up_without_a_fallback_are_an_error_of_the_flow() -> None:
    played = turns(ask("input: number\nretries: 0"), "x")
    assert (played[-1].status, played[-1].outcome) == ("failed", "error")


def test_the_count_of_attempts_starts_anew_when_the_question_is_entered_again() -> None:
    flow = """
start: ask
variables: {n: double}
nodes:
  ask: {type: question, text: Number?, input: number, retries: 1, retry: No., variable: n, next: ask}
"""
    assert talk(flow, "x", "1", "x", "2") == ["Number?", "No.", "Number?", "No.", "Number?"]


def test_choices_are_shown_with_the_question_and_with_every_retry() -> None:
    played = turns(ask("input: choice\nchoices: [{value: t, label: Tea}, c]"), "x")
    shown = [{"value": "t", "label": "Tea"}, {"value": "c", "label": "c"}]
    assert played[0].messages[-1]["choices"] == shown
    assert played[1].messages[-1]["choices"] == shown
    assert played[1].awaiting is not None
    assert played[1].awaiting["choices"] == shown


def test_a_choice_may_have_a_way_of_its_own() -> None:
    flow = """
start: ask
nodes:
  ask:
    type: question
    text: Sales or support?
    input: choice
    choices: [{value: sales, to: sales}, {value: support, to: support}, other]
    next: other
  sales: {type: end, text: Sales}
  support: {type: end, text: Support}
  other: {type: end, text: Other}
"""
    assert talk(flow, "sales")[-1] == "Sales"
    assert talk(flow, "2")[-1] == "Support"
    assert talk(flow, "other")[-1] == "Other"


def test_the_timeout_of_a_question_starts_anew_with_every_answer() -> None:
    flow = ask("input: number\ntimeout: 10m\non: {timeout: bye}")
    assert talk(flow, {"advance": "9m"}, "x", {"advance": "9m"}) == ["Well?", "No."]
    assert talk(flow, {"advance": "9m"}, "x", {"advance": "11m"}) == ["Well?", "No.", "Bye"]


def test_without_a_retry_text_the_bot_says_what_it_wants() -> None:
    flow = """
start: ask
variables: {mail: string}
nodes:
  ask: {type: question, text: Mail?, input: email, variable: mail, next: bye}
  bye: {type: end}
"""
    assert "email address" in talk(flow, "x")[-1]


def test_a_whole_choice_can_be_saved() -> None:
    flow = """
start: ask
variables: {size: map}
nodes:
  ask:
    type: question
    text: Size?
    input: choice
    store: choice
    choices: [{value: s, label: Small, data: {price: 3}}, {value: l, label: Large, data: {price: 5}}]
    variable: size
    next: bye
  bye: {type: end, text: "{{ size.label }} costs {{ size.price }}"}
"""
    assert talk(flow, "large")[-1] == "Large costs 5"


def test_a_message_that_comes_while_nothing_listens_is_kept_for_the_next_question() -> None:
    flow = """
start: wait
variables: {name: string}
nodes:
  wait: {type: delay, duration: 1h, next: ask}
  ask: {type: question, text: "Name?", variable: name, next: bye}
  bye: {type: end, text: "Hello {{ name }}"}
"""
    assert talk(flow, "Ada", {"advance": "1h"}) == ["Name?", "Hello Ada"]


def test_an_answer_that_does_not_fit_the_variable_is_asked_again_and_is_no_error() -> None:
    flow = """
start: ask
variables: {age: int}
settings: {on_error: fallback, fallback: sorry}
nodes:
  ask: {type: question, text: "Age?", input: text, variable: age, next: bye}
  bye: {type: end, text: "You are {{ age }}"}
  sorry: {type: end, text: Sorry}
"""
    assert talk(flow, "old") == ["Age?", "Please answer with a whole number that fits."]


def test_of_two_choices_that_differ_in_case_the_one_spelled_exactly_is_meant() -> None:
    flow = ask("input: choice\nchoices: [a, A, ano, año]")
    for value in ("a", "A", "ano", "año"):
        assert turns(flow, {"choose": value})[-1].data["answer"] == value
        assert turns(flow, value)[-1].data["answer"] == value


def test_a_label_without_a_value_is_empty_and_the_question_is_asked() -> None:
    flow = """
start: ask
variables: {name: string, answer: string}
nodes:
  ask:
    type: question
    text: Who?
    input: choice
    variable: answer
    choices: [{value: me, label: "I, {{ name }}"}, {value: you, label: You}]
    next: bye
  bye: {type: end, text: "{{ answer }}"}
"""
    first, *_ = played = turns(flow, "you")
    assert first.messages[0]["choices"][0] == {"value": "me", "label": "I, "}
    assert [i.name for i in first.macrostep.incidents] == ["error.template"]
    assert said(played)[-1] == "you"


@pytest.mark.parametrize(
    ("declared", "lines", "bad", "good"),
    [
        ("{type: int, maximum: 5}", "input: integer", "7", "5"),
        ("{type: int}", "input: number", "7.5", "7"),
        ("{type: double, minimum: 1}", "input: number", "0.5", "1.5"),
        ("{type: string, values: [tea, coffee]}", "input: text", "juice", "tea"),
    ],
)
def test_an_answer_that_the_variable_cannot_hold_is_asked_for_again(
    declared: str, lines: str, bad: str, good: str
) -> None:
    flow = ask(lines).replace("{answer: dyn}", f"{{answer: {declared}}}")
    assert talk(flow, bad, good) == ["Well?", "No.", "Bye"]


NOTHING_OFFERED = """
start: ask
variables: {offers: {type: list, default: [], input: true}, taken: dyn}
nodes:
  ask: {type: question, text: Which one?, choices_from: offers, variable: taken, next: bye, PORTS}
  none: {type: end, text: Nothing left.}
  bye: {type: end, text: "{{ taken }}"}
"""


def test_a_question_whose_data_offer_nothing_is_not_asked() -> None:
    wired = NOTHING_OFFERED.replace("PORTS", "on: {fallback: none}")
    assert talk(wired) == ["Nothing left."]
    assert talk(wired, "2", data={"offers": ["a", "b"]}) == ["Which one?", "b"]
    assert talk(wired, "x", "a", data={"offers": ["a", "b"]})[-1] == "a"
    bare = NOTHING_OFFERED.replace(", PORTS", "").replace(
        "  none: {type: end, text: Nothing left.}\n", ""
    )
    (played,) = turns(bare)
    assert (said([played]), played.status) == ([], "failed")


@pytest.mark.parametrize("label", ["", "label: Tea, ", "label: null, "])
def test_synonyms_that_the_data_say_are_understood(label: str) -> None:
    wired = NOTHING_OFFERED.replace("PORTS", "on: {fallback: none}")
    data = {"offers": yaml.safe_load(f"[{{value: t, {label}synonyms: [cha, Çay]}}, b]")}
    assert talk(wired, "CAY", data=data)[-1] == "t"


NO_CHOICES = """
start: ask
variables: {offers: {type: dyn, default: abc}}
SETTINGS
nodes:
  ask: {type: question, text: Which?, choices_from: offers, next: bye, MORE}
  sorry: {type: question, text: "Sorry: {{ error.class }}", next: bye}
  bye: {type: end, text: Bye.}
"""


@pytest.mark.parametrize(
    ("settings", "more"),
    [
        ("settings: {on_error: fallback, fallback: sorry}", ""),
        ("settings: {on_error: fallback, fallback: sorry}", "on: {fallback: bye}"),
        ("", "on_error: {fallback: sorry}"),
        ("", "on_error: {retry: 1, fallback: sorry}"),
    ],
)
def test_choices_that_cannot_be_had_are_one_error(settings: str, more: str) -> None:
    flow = NO_CHOICES.replace("SETTINGS", settings).replace("MORE", more)
    assert talk(flow.replace(", }", "}"), "so") == ["Sorry: expression", "Bye."]


def test_choices_that_cannot_be_had_are_tried_for_as_often_as_other_things() -> None:
    policy = "on_error: {retry: 1, wait: 5s, fallback: sorry}"
    flow = NO_CHOICES.replace("SETTINGS", "").replace("MORE", policy)
    assert talk(flow) == []
    assert talk(flow, {"advance": "5s"}, "so") == ["Sorry: expression", "Bye."]


def test_choices_that_cannot_be_had_are_one_error_in_a_try_as_well() -> None:
    flow = """
start: t
variables: {offers: {type: dyn, default: abc}}
nodes:
  t:
    type: try
    nodes: {q: {type: question, text: Which?, choices_from: offers, next: l}, l: {type: leave}}
    catch: [{errors: [any], nodes: {c: {type: question, text: Caught., next: k}, k: {type: leave}}}]
    next: bye
    on: {error: odd}
  bye: {type: end, text: Bye.}
  odd: {type: end, text: Odd.}
"""
    assert talk(flow, "so") == ["Caught.", "Bye."]


@pytest.mark.parametrize(
    "offers", [[{"label": "x"}], [{"label": "Rome", "id": 1}, {"value": "vie", "label": "Vienna"}]]
)
def test_an_answer_to_choose_from_has_a_value(offers: list[Any]) -> None:
    flow = NO_CHOICES.replace("SETTINGS", "").replace("MORE", "on_error: {fallback: sorry}")
    flow = flow.replace("default: abc", "input: true")
    assert talk(flow, "so", data={"offers": offers}) == ["Sorry: expression", "Bye."]
    first, *_ = turns(flow, data={"offers": offers})
    assert "has no `value`" in str(first.macrostep.incidents)


@pytest.mark.parametrize(
    "offer", [{"value": "a", "label": ""}, {"value": 1, "label": " "}, "", " "]
)
def test_an_answer_to_choose_from_can_be_seen(offer: Any) -> None:
    flow = NO_CHOICES.replace("SETTINGS", "").replace("MORE", "on_error: {fallback: sorry}")
    flow = flow.replace("default: abc", "input: true")
    assert talk(flow, "so", data={"offers": ["b", offer]}) == ["Sorry: expression", "Bye."]
    first, *_ = turns(flow, data={"offers": ["b", offer]})
    assert "has a label that is blank" in str(first.macrostep.incidents)


def test_an_answer_to_choose_from_without_a_label_is_labelled_by_its_value() -> None:
    flow = (
        NO_CHOICES.replace("SETTINGS", "")
        .replace("MORE", "")
        .replace("default: abc", "input: true")
    )
    offers = [{"value": 1, "label": None}, {"value": "b"}, True]
    first, *_ = turns(flow, data={"offers": offers})
    assert "'label': '1'" in str(first.macrostep.effects)
    assert "'label': 'b'" in str(first.macrostep.effects)
    assert "'label': 'true'" in str(first.macrostep.effects)


def test_the_type_of_a_file_is_meant_in_any_case_and_its_size_is_none_below_zero() -> None:
    flow = """
start: ask
nodes:
  ask:
    type: question
    text: "A picture?"
    input: file
    accept: ["image/*", Application/PDF]
    max_size: 1000
    retry: No
    next: bye
  bye: {type: end, text: Thanks}
"""

    def sent(kind: str, size: int) -> dict[str, Any]:
        one = {"url": "https://example.com/a", "type": kind, "size": size}
        return {"event": "message", "data": {"files": [one]}}

    assert talk(flow, sent("Image/PNG", 10))[-1] == "Thanks"
    assert talk(flow, sent("application/pdf", 10))[-1] == "Thanks"
    assert talk(flow, sent("image/png", -1))[-1] == "No"
    assert talk(flow, sent("text/plain", 10))[-1] == "No"


SWAPPED = """
start: ask
variables: {x: dyn}
nodes:
  ask: {type: question, text: "Which?", choices: CHOICES, variable: x, next: bye}
  bye: {type: end, text: "{{ x }}"}
"""


def swapped(choices: str) -> list[str]:
    """What is told of the labels of some choices."""
    found = compiled(SWAPPED.replace("CHOICES", choices)).findings
    return [one.message for one in found if one.code == "I505"]


def test_a_label_that_is_the_value_of_another_choice_is_found() -> None:
    assert swapped("[{value: a, label: b}, {value: b, label: c}]") == [
        "the answer `b` of `ask` is the value of another one, `c`: whoever types it gets that"
    ]


@pytest.mark.parametrize(
    ("choices", "said", "kept"),
    [
        ("[{value: a, label: B}, {value: b, label: C}]", "B", "a"),
        ("[{value: 1, label: '2'}, {value: 2, label: '1'}]", "2", "1"),
        ("[{value: a, label: a}, {value: b, label: b}]", "b", "b"),
    ],
)
def test_a_label_that_is_understood_as_its_own_is_not_told(
    choices: str, said: str, kept: str
) -> None:
    assert swapped(choices) == []
    assert talk(SWAPPED.replace("CHOICES", choices), said)[-1] == kept
