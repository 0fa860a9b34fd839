"""Messages: given this flow, the bot says this."""

from __future__ import annotations

from tests.compiler.conversations import compiled, said, talk, turns


def test_messages_follow_each_other_until_the_end() -> None:
    flow = """
start: one
nodes:
  one: {type: message, text: One, next: two}
  two: {type: message, text: Two, next: bye}
  bye: {type: end, text: Bye}
"""
    played = turns(flow)
    assert said(played) == ["One", "Two", "Bye"]
    assert (played[-1].status, played[-1].outcome) == ("completed", "completed")


def test_a_template_prints_the_values_of_variables() -> None:
    flow = """
start: hello
variables: {name: {type: string, input: true}, score: {type: int, default: 3}}
nodes:
  hello: {type: message, text: "Hello {{ name }}, you have {{ score + 1 }} points.", next: bye}
  bye: {type: end}
"""
    assert talk(flow, data={"name": "Ada"}) == ["Hello Ada, you have 4 points."]


def test_what_has_no_value_prints_nothing_and_is_an_incident() -> None:
    flow = """
start: hello
variables: {name: string}
nodes:
  hello: {type: message, text: "Hello {{ name }}!", next: bye}
  bye: {type: end}
"""
    played = turns(flow)
    assert said(played) == ["Hello !"]
    assert [i.name for i in played[0].macrostep.incidents] == ["error.template"]


def test_several_bubbles_keep_their_order_and_types() -> None:
    flow = """
start: show
nodes:
  show:
    type: message
    content:
      - text: Look
      - image: {url: "https://example.com/a b.png", alt: A cat}
      - html: "<b>{{ '<i>' }}</b>"
        text: plain
    next: bye
  bye: {type: end}
"""
    (turn,) = turns(flow)
    assert [message["type"] for message in turn.messages] == ["text", "image", "html"]
    assert turn.messages[1]["alt"] == "A cat"
    assert turn.messages[2]["html"] == "<b>&lt;i&gt;</b>"


def test_a_variant_is_drawn_by_the_seed_and_always_the_same_for_it() -> None:
    flow = """
start: hello
nodes:
  hello:
    type: message
    variants: [{text: Hi, weight: 1}, {text: Hello, weight: 1}, {text: Hey, weight: 2}]
    next: bye
  bye: {type: end}
"""
    drawn = {seed: talk(flow, seed=seed) for seed in map(str, range(40))}
    assert {text for (text,) in drawn.values()} == {"Hi", "Hello", "Hey"}
    assert drawn == {seed: talk(flow, seed=seed) for seed in drawn}


def test_a_variant_without_a_share_is_never_said() -> None:
    flow = """
start: hello
nodes:
  hello:
    type: message
    sticky: STICKY
    variants: [{text: First, weight: 0}, {text: Hi}, {text: Never, weight: 0}, {text: Hey}]
    next: bye
  bye: {type: end}
"""
    for sticky in ("nobody", "session"):
        drawn = {talk(flow.replace("STICKY", sticky), seed=str(n))[0] for n in range(20)}
        assert drawn == {"Hi", "Hey"} if sticky == "nobody" else drawn <= {"Hi", "Hey"}


def test_a_message_that_waits_goes_on_once_it_is_acknowledged() -> None:
    flow = """
start: rules
nodes:
  rules: {type: message, text: The rules, wait: true, next: bye}
  bye: {type: end, text: Thanks}
"""
    first, second = turns(flow, {"event": "acknowledge"})
    assert said([first]) == ["The rules"]
    assert first.awaiting is not None
    assert first.awaiting["kind"] == "acknowledgement"
    assert said([second]) == ["Thanks"]


def test_a_button_that_leads_somewhere_waits_for_a_click() -> None:
    flow = """
start: menu
nodes:
  menu:
    type: message
    text: What shall it be?
    buttons:
      - {label: Tea, value: tea, to: tea}
      - {label: Coffee, value: coffee, to: coffee}
  tea: {type: end, text: Here is your tea}
  coffee: {type: end, text: Here is your coffee}
"""
    assert talk(flow, {"choose": "coffee"})[-1] == "Here is your coffee"
    assert talk(flow, "Tea")[-1] == "Here is your tea"


def test_a_button_that_leads_nowhere_is_only_shown() -> None:
    flow = """
start: links
nodes:
  links:
    type: message
    text: Read more
    buttons: [{label: Docs, url: "https://example.com"}]
    next: bye
  bye: {type: end}
"""
    (turn,) = turns(flow)
    assert turn.messages[0]["buttons"] == [
        {"label": "Docs", "action": "url", "value": "https://example.com"}
    ]
    assert turn.status == "completed"


def test_a_link_beside_buttons_that_lead_somewhere_stays_a_link() -> None:
    flow = """
start: menu
nodes:
  menu:
    type: message
    text: What shall it be?
    buttons:
      - {label: Tea, value: tea, to: tea}
      - {label: Menu, url: "https://example.com/menu"}
  tea: {type: end, text: Here is your tea}
"""
    first, *_ = played = turns(flow, "menu", "1")
    assert first.messages[0]["choices"] == [{"value": "tea", "label": "Tea"}]
    assert first.messages[0]["buttons"] == [
        {"label": "Menu", "action": "url", "value": "https://example.com/menu"}
    ]
    assert said(played)[-1] == "Here is your tea"


def test_a_button_that_posts_back_is_told_apart_also_where_it_leads_somewhere() -> None:
    flow = """
start: menu
nodes:
  menu:
    type: message
    text: "Choose"
    buttons:
      - {label: Remember, postback: remember, to: kept}
      - {label: Read, value: read, to: bye}
      - {label: Docs, url: "https://example.com"}
  kept: {type: end, text: "Kept"}
  bye: {type: end, text: "Bye"}
"""
    offered, kept = turns(flow, {"choose": "remember"})
    assert offered.messages[0]["choices"] == [
        {"value": "remember", "label": "Remember", "action": "postback"},
        {"value": "read", "label": "Read"},
    ]
    assert said([kept]) == ["Kept"]
    again, _ = turns(flow, "what?", "Read")[1:]
    assert again.messages[0]["choices"] == offered.messages[0]["choices"]
    assert talk(flow, "read") == ["Choose", "Bye"]


def test_variants_are_drawn_also_where_buttons_lead_somewhere() -> None:
    flow = """
start: menu
nodes:
  menu:
    type: message
    variants: [{text: Hungry?}, {text: Thirsty?}]
    buttons: [{label: Tea, value: tea, to: tea}]
  tea: {type: end, text: Here is your tea}
"""
    asked = {talk(flow, "tea", seed=seed)[0] for seed in map(str, range(20))}
    assert asked == {"Hungry?", "Thirsty?"}


def test_a_button_that_leads_somewhere_cannot_say_something_else_each_time() -> None:
    flow = """
start: menu
variables: {drink: {type: string, input: true}}
nodes:
  menu:
    type: message
    text: What shall it be?
    buttons: [{label: "{{ drink }}", to: bye}]
    next: bye
  bye: {type: end}
"""
    assert [(f.code, f.location.line) for f in compiled(flow).errors] == [("R004", 10)]
