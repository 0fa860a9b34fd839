"""What messages show: carousels, lists, the typing before a bubble, variants that stick."""

from __future__ import annotations

import pytest

from tests.compiler.conversations import compiled, talk, turns

CARDS = """
start: show
variables: {name: {type: string, default: Ada}}
nodes:
  show:
    type: message
    content:
      - text: "Hello {{ name }}"
        typing: 1500ms
      - KIND:
          - title: "For {{ name }}"
            subtitle: Warm
            image: "https://x.example/{{ name }}.png"
            buttons: [{label: Buy, value: buy-1}, {label: More, url: "https://x.example"}]
          - title: Plain
    next: bye
  bye: {type: end}
"""


@pytest.mark.parametrize(("key", "kind"), [("carousel", "carousel"), ("cards", "list")])
def test_cards_are_shown_side_by_side_or_below_each_other(key: str, kind: str) -> None:
    text, cards = turns(CARDS.replace("KIND", key))[0].messages
    assert text == {"type": "text", "text": "Hello Ada", "typing": 1.5}
    assert cards["type"] == kind
    assert cards["cards"] == [
        {
            "title": "For Ada",
            "subtitle": "Warm",
            "image": "https://x.example/Ada.png",
            "buttons": [
                {"label": "Buy", "action": "reply", "value": "buy-1"},
                {"label": "More", "action": "url", "value": "https://x.example"},
            ],
        },
        {"title": "Plain"},
    ]


def test_a_button_of_a_card_answers_a_question() -> None:
    flow = """
start: pick
variables: {it: string}
nodes:
  pick:
    type: question
    content:
      - carousel:
          - {title: Tea, buttons: [{label: This one, value: tea}]}
          - {title: Coffee, buttons: [{label: This one, value: coffee}]}
    choices: [tea, coffee]
    variable: it
    next: bye
  bye: {type: end, text: "{{ it }}"}
"""
    assert talk(flow, {"choose": "coffee"})[-1] == "coffee"


def test_a_sticky_variant_is_the_same_every_time_in_a_session() -> None:
    flow = """
start: thrice
nodes:
  thrice:
    type: loop
    times: 3
    next: bye
    nodes:
      say:
        {type: message, sticky: session, variants: [{text: a}, {text: b}, {text: c}], next: again}
      again: {type: continue}
  bye: {type: end}
"""
    for seed in range(5):
        assert len(set(talk(flow, seed=str(seed)))) == 1


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("{{ name }}.png", "{{ nme }}.png", "D405"),
        ("value: buy-1", "value: '{{ x }}'", "D405"),
        ("value: buy-1", "value: b, url: 'https://x.example'", "R004"),
        ("title: Plain", "titel: Plain", "R003"),
        ("typing: 1500ms", "typing: soon", "R004"),
    ],
)
def test_what_is_wrong_in_a_card_is_found(old: str, new: str, code: str) -> None:
    flow = CARDS.replace("KIND", "carousel").replace(old, new, 1)
    assert code in {finding.code for finding in compiled(flow).findings}
