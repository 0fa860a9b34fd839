"""What users may answer, and what is said around it: more kinds of input, help, skipping, silence."""

from __future__ import annotations

from typing import Any

import pytest

from tests.compiler.conversations import compiled, said, talk, turns


def asking(question: str, kind: str = "dyn", more: str = "") -> str:
    return f"""
start: ask
variables: {{it: {kind}, fruits: {{type: list, default: [apple, {{value: p, label: Pear}}]}}}}
nodes:
  ask: {{type: question, text: "?", variable: it, next: bye, {question}}}
  bye: {{type: end, text: "{{{{ string(it) }}}}"}}
  over: {{type: end, text: over}}
{more}"""


def sent(**data: Any) -> dict[str, Any]:
    return {"event": "message", "data": data}


@pytest.mark.parametrize(
    ("typed", "time"),
    [
        ("14:30", "14:30"),
        ("9:05", "09:05"),
        ("14h30", "14:30"),
        ("2 pm", "14:00"),
        ("12:15 a.m.", "00:15"),
        ("12pm", "12:00"),
    ],
)
def test_a_time_of_day_is_understood_as_people_write_it(typed: str, time: str) -> None:
    assert talk(asking("input: time"), typed)[-1] == time


@pytest.mark.parametrize("typed", ["25:00", "14:60", "noon", "14", "13 pm", "2 p"])
def test_what_is_no_time_of_day_is_asked_again(typed: str) -> None:
    assert talk(asking("input: time"), typed)[-1].startswith("Please answer with a time")


def test_a_rating_is_from_one_to_five_unless_it_says_otherwise() -> None:
    played = turns(asking("input: rating"), "6", "5")
    assert played[0].messages[0]["range"] == {"minimum": 1.0, "maximum": 5.0, "step": 1.0}
    assert said(played) == ["?", "Please answer with one of the numbers offered (1 – 5).", "5"]
    assert talk(asking("input: rating, maximum: 10"), "6")[-1] == "6"


def test_a_slider_moves_in_steps() -> None:
    slider = asking("input: slider, minimum: 0, maximum: 1, step: 0.1")
    assert talk(slider, "0.35", "0.3")[1:] == [
        "Please answer with a number that fits (0 – 1, in steps of 0.1).",
        "0.3",
    ]
    assert talk(slider, sent(value=0.7))[-1] == "0.7"


PICTURE = {"url": "https://x.example/a.png", "type": "image/png", "size": 900}


def test_a_file_comes_with_the_message_and_has_to_fit() -> None:
    flow = asking("input: file, accept: [image/*], max_size: 1000").replace("string(it)", "it.url")
    assert talk(flow, sent(text="", files=[PICTURE]))[-1] == PICTURE["url"]
    for wrong in ({**PICTURE, "type": "text/plain"}, {**PICTURE, "size": 2000}, {"name": "a"}):
        assert talk(flow, sent(files=[wrong]))[-1] == "Please send a file that fits."
    assert talk(flow, "no")[-1] == "Please send a file that fits."


@pytest.mark.parametrize(
    "message",
    [sent(location={"latitude": 48.2, "longitude": 16}), sent(text="48.2, 16.0")],
)
def test_a_location_is_two_numbers(message: dict[str, Any]) -> None:
    flow = asking("input: location").replace("string(it)", "it.latitude")
    assert talk(flow, message)[-1] == "48.2"


def test_a_place_that_is_not_on_earth_is_asked_again() -> None:
    wrong = sent(location={"latitude": 95, "longitude": 16})
    assert talk(asking("input: location"), wrong)[-1] == "Please send a location."


@pytest.mark.parametrize("answer", ["pear", "p", "2", {"choose": "p"}])
def test_choices_may_come_out_of_data(answer: Any) -> None:
    played = turns(asking("choices_from: fruits"), answer)
    assert played[0].messages[0]["choices"] == [
        {"value": "apple", "label": "apple"},
        {"value": "p", "label": "Pear"},
    ]
    assert said(played)[-1] == "p"


@pytest.mark.parametrize("answer", ["sí", "SI", "claro que si", "yes"])
def test_a_choice_has_synonyms(answer: str) -> None:
    choices = "choices: [{value: yes, synonyms: [sí, claro que sí]}, no]".replace(
        "yes", "'yes'"
    ).replace("no]", "'no']")
    assert talk(asking(choices), answer)[-1] == "yes"


def test_help_is_no_attempt() -> None:
    flow = asking("input: email, retries: 0, help: {text: Like a@b.co}, on: {fallback: over}")
    assert talk(flow, "help", "?", "a@b.co") == ["?", "Like a@b.co", "Like a@b.co", "a@b.co"]


def test_a_question_may_be_skipped() -> None:
    skipping = asking("input: email, skip: [skip, 'no thanks']").replace(
        "string(it)", "vars[?'it'].orValue('none')"
    )
    assert talk(skipping, "Skip")[-1] == "none"
    elsewhere = skipping.replace("skip: [", "on: {skip: over}, skip: [")
    assert talk(elsewhere, "no thanks")[-1] == "over"


def test_somebody_who_does_not_answer_is_reminded_and_given_up() -> None:
    flow = asking(
        "reminder: {after: 2m, text: Still there?, times: 2}, timeout: 10m, on: {timeout: over}"
    )
    silence = {"advance": "121s"}
    assert talk(flow, silence) == ["?", "Still there?"]
    assert talk(flow, silence, silence, silence) == ["?", "Still there?", "Still there?"]
    assert talk(flow, {"advance": "11m"})[-1] == "over"
    assert talk(flow, silence, "yes")[-1] == "yes"


def test_an_answer_may_come_in_several_messages() -> None:
    flow = asking("input: text, window: 5s, min_length: 6")
    played = talk(flow, "one", {"advance": "3s"}, "two ", {"advance": "4s"}, "three")
    assert played == ["?"]
    script = ["one", {"advance": "3s"}, "two", {"advance": "6s"}]
    assert talk(flow, *script) == ["?", "one two"]


def test_several_messages_are_judged_as_one() -> None:
    flow = asking("input: text, window: 5s, min_length: 6")
    told = "That will not do. Please try again (≥ 6 characters)."
    assert talk(flow, "one", {"advance": "6s"})[-1] == told
    again = ["one", {"advance": "6s"}, "longer", {"advance": "6s"}]
    assert talk(flow, *again)[-1] == "longer"


@pytest.mark.parametrize(
    ("question", "code"),
    [
        ("input: file, pattern: a", "R004"),
        ("input: text, accept: [image/*]", "R004"),
        ("input: text, step: 2", "R004"),
        ("input: number, window: 5s", "R004"),
        ("choices_from: fruit", "G303"),
        ("choices_from: size(fruits)", "G302"),
        ("choices_from: fruits, choices: [a]", "R004"),
        ("reminder: {text: x}", "R005"),
        ("help: {text: '{{ nobody }}'}", "D405"),
        ("skip: [x], on: {skip: nowhere}", "S103"),
    ],
)
def test_what_is_wrong_with_a_question_is_found(question: str, code: str) -> None:
    assert code in {finding.code for finding in compiled(asking(question)).findings}
