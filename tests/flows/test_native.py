"""What each part of the native format says."""

from __future__ import annotations

import pytest

from statewright import flows
from statewright.flows.model import OnError, Settings, VariableScope
from statewright.flows.nodes import (
    Assignment,
    Bubble,
    BubbleType,
    ButtonAction,
    Delay,
    End,
    Http,
    InputKind,
    Jump,
    Message,
    Operation,
    Question,
    Source,
    Start,
    Store,
    Value,
)
from tests.flows.reading import arrows, config, node, node_of, yaml


def bubble(kind: str, **fields: str) -> Bubble:
    return Bubble(BubbleType(kind), tuple((name, Source(text)) for name, text in fields.items()))


def plain(bubbles: tuple[Bubble, ...]) -> list[Bubble]:
    """Bubbles without the places of their texts."""
    return [
        bubble(shown.type, **{name: source.text for name, source in shown.fields})
        for shown in bubbles
    ]


def said(flow_text: str) -> list[Bubble]:
    flow = node(flow_text)
    assert not flow.problems
    message: Message = config(flow)
    return plain(message.variants[0].bubbles)


def test_a_flow_says_what_it_is() -> None:
    flow = yaml("""
        id: order-help
        name: Order help
        description: Tells where an order is
        start: hello
        settings: {on_error: fallback, fallback: sorry, timeout: 1h, step_limit: 500}
        metadata: {owner: Ada}
        nodes:
          hello: {type: message, text: Hi, next: bye}
          sorry: {type: end, failed: true}
          bye: {type: end}
    """)
    assert not flow.problems
    assert (flow.id, flow.name, flow.dialect) == ("order-help", "Order help", "native")
    assert flow.description == "Tells where an order is"
    there = flow.settings.fallback_at
    assert str(there) == "f.yaml:6:42"
    assert flow.settings == Settings(
        OnError.FALLBACK, "sorry", 3_600_000_000, 500, fallback_at=there
    )
    assert flow.metadata == {"owner": "Ada"}
    assert flow.entries == ("hello",)
    assert [location.line for location in flow.entry_locations] == [5]
    assert [n.id for n in flow.nodes] == ["hello", "sorry", "bye"]
    assert str(node_of(flow, "hello").location) == "f.yaml:9:3"
    assert node_of(flow, "hello").location.pointer == "/nodes/hello"
    assert flow.edges[0].location.pointer == "/nodes/hello/next"


def test_the_file_names_a_flow_that_does_not_name_itself() -> None:
    assert yaml("nodes: {}").id == "f"
    assert yaml("nodes: {}").name == "f"


def test_nodes_of_type_start_are_entries_too() -> None:
    flow = yaml("""
        start: a
        nodes:
          a: {type: start, next: c}
          b: {type: start, next: c}
          c: {type: end}
    """)
    assert flow.entries == ("a", "b")
    assert config(flow) == Start()


def test_an_entry_or_a_target_that_names_no_node_is_kept_for_the_checks() -> None:
    flow = yaml("start: nowhere\nnodes: {a: {type: jump, to: somewhere}}")
    assert not flow.problems
    assert flow.entries == ("nowhere",)
    assert config(flow) == Jump()
    assert arrows(flow) == ["a -> somewhere"]


def test_numbers_can_be_ids() -> None:
    flow = yaml("start: 1\nnodes: {1: {type: message, text: Hi, next: 2}, 2: {type: end}}")
    assert not flow.problems
    assert arrows(flow) == ["1 -> 2"]


# --- variables -----------------------------------------------------------------------------------


def test_variables_have_a_short_form_and_a_long_one() -> None:
    flow = yaml("""
        variables:
          order_id: string
          tier: {type: string, values: [gold, silver], default: silver, pii: true}
          score: {type: int, default: 0, minimum: 0, maximum: 10}
          customer: {type: map, scope: contact}
          born: {type: date, default: 2001-02-03}
        nodes: {}
    """)
    assert not flow.problems
    order, tier, score, customer, born = flow.variables
    assert (order.name, order.type, order.has_default) == ("order_id", "string", False)
    assert (tier.values, tier.default, tier.pii) == (("gold", "silver"), "silver", True)
    assert (score.default, score.has_default, score.minimum, score.maximum) == (0, True, 0, 10)
    assert (customer.input, customer.scope) == (False, VariableScope.CONTACT)
    assert (born.type, born.default) == ("date", "2001-02-03")
    assert [variable.location.line for variable in flow.variables] == [3, 4, 5, 6, 7]


# --- messages ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("text: Hi {{ name }}", [bubble("text", text="Hi {{ name }}")]),
        ("html: <b>Hi</b>\ntext: Hi", [bubble("html", html="<b>Hi</b>", text="Hi")]),
        ("image: u", [bubble("image", url="u")]),
        ("video: {url: u, alt: A film}", [bubble("video", url="u", alt="A film")]),
        ("audio: u", [bubble("audio", url="u")]),
        ("file: {url: u}", [bubble("file", url="u")]),
        ("card: {title: T, url: u}", [bubble("card", title="T", url="u")]),
        ('data: {source: "{{ books }}"}', [bubble("data", source="{{ books }}")]),
        (
            "content: [{text: One}, {image: u}]",
            [bubble("text", text="One"), bubble("image", url="u")],
        ),
    ],
)
def test_a_message_shows_many_things(written: str, expected: list[Bubble]) -> None:
    assert said(f"type: message\n{written}") == expected


def test_texts_know_where_they_stand() -> None:
    flow = node("""
        type: message
        content:
          - text: One
          - image: {url: u, alt: Two}
    """)
    one, two = config(flow).variants[0].bubbles
    assert str(dict(one.fields)["text"].location) == "f.yaml:6:15"
    assert dict(two.fields)["alt"].location.pointer == "/nodes/a/content/1/image/alt"


def test_one_of_several_variants_is_said() -> None:
    flow = node("type: message\nvariants: [{text: Hi, weight: 2}, {text: Hello}]")
    assert [(v.weight, plain(v.bubbles)) for v in config(flow).variants] == [
        (2, [bubble("text", text="Hi")]),
        (1, [bubble("text", text="Hello")]),
    ]


def test_buttons_reply_post_back_or_open() -> None:
    flow = node("""
        type: message
        text: Yes?
        wait: true
        buttons:
          - label: "Yes"
          - {label: "No", value: nope, to: b}
          - {label: Buy, postback: buy-1, to: c}
          - {label: Docs, url: "https://example.com"}
        next: d
    """)
    assert not flow.problems
    message: Message = config(flow)
    assert message.wait
    assert [(b.action, b.value.text, b.wired) for b in message.buttons] == [
        (ButtonAction.REPLY, "Yes", False),
        (ButtonAction.REPLY, "nope", True),
        (ButtonAction.POSTBACK, "buy-1", True),
        (ButtonAction.URL, "https://example.com", False),
    ]
    assert arrows(flow) == ["a choice:nope -> b", "a choice:buy-1 -> c", "a -> d"]


# --- questions -----------------------------------------------------------------------------------


def test_a_question_says_how_it_asks() -> None:
    flow = node("""
        type: question
        text: Your order number?
        variable: temp.order
        pattern: "^[0-9]{6}$"
        max_length: 6
        retries: 3
        retry: That is not an order number.
        timeout: 10m
        next: b
        on: {fallback: sorry, timeout: too_late}
    """)
    assert not flow.problems
    question: Question = config(flow)
    assert question.input is InputKind.TEXT
    assert question.variable is not None
    assert question.variable.text == "temp.order"
    assert question.validation.pattern is not None
    assert question.validation.pattern.text == "^[0-9]{6}$"
    assert question.validation.max_length == 6
    assert (question.retries, question.timeout) == (3, 600_000_000)
    assert question.retry_message is not None
    assert arrows(flow) == ["a -> b", "a fallback -> sorry", "a timeout -> too_late"]


def test_choices_have_a_short_form_and_a_long_one() -> None:
    flow = node("""
        type: question
        text: Which?
        store: choice
        choices: [gold, 7, true, {value: "1", label: One!, to: b, data: {price: 5}}]
        next: c
    """)
    assert not flow.problems
    question: Question = config(flow)
    assert question.input is InputKind.CHOICE
    assert question.store is Store.CHOICE
    assert [(c.value, c.label.text, c.extra) for c in question.choices] == [
        ("gold", "gold", {}),
        (7, "7", {}),
        (True, "true", {}),
        ("1", "One!", {"price": 5}),
    ]
    assert arrows(flow) == ["a choice:1 -> b", "a -> c"]


def test_a_question_may_count_choices_and_numbers() -> None:
    flow = node("type: question\ntext: How many?\ninput: integer\nminimum: 1\nmaximum: 9.5")
    assert not flow.problems
    assert (config(flow).validation.minimum, config(flow).validation.maximum) == (1, 9.5)


def test_a_question_may_leave_it_to_its_choices() -> None:
    flow = node('type: question\ntext: ""\nchoices: [a, b]')
    assert not flow.problems
    assert config(flow).prompt == ()


# --- the other kinds -----------------------------------------------------------------------------


def test_a_condition_has_branches_and_an_else() -> None:
    flow = node("""
        type: condition
        branches:
          - {if: "tier == 'gold' && score > 5", to: vip, label: VIP}
          - {if: true, to: b}
        else: normal
    """)
    assert not flow.problems
    assert arrows(flow) == [
        "a branch [tier == 'gold' && score > 5] -> vip",
        "a branch [true] -> b",
        "a else -> normal",
    ]
    assert flow.edges[0].label == "VIP"
    guard = flow.edges[0].guard
    assert guard is not None
    assert str(guard.location) == "f.yaml:6:14"


def test_any_node_may_choose_among_ways() -> None:
    flow = node("""
        type: set
        actions: [{increment: score}]
        next: [{if: score > 5, to: b}, {to: c}]
    """)
    assert not flow.problems
    assert arrows(flow) == ["a [score > 5] -> b", "a -> c"]


def test_a_set_node_changes_variables_in_order() -> None:
    flow = node("""
        type: set
        actions:
          - {set: score, to: null}
          - {set: cart, to: [{id: "{{ id }}"}]}
          - {increment: score, by: 2}
          - {increment: score}
          - {append: cart, value: "{{ item }}"}
          - {remove: cart, value: x}
          - {unset: cart}
    """)
    assert not flow.problems
    assignments: tuple[Assignment, ...] = config(flow).assignments
    written = [
        (a.operation, a.variable.text, a.value.json if a.value else ...) for a in assignments
    ]
    assert written == [
        (Operation.SET, "score", None),
        (Operation.SET, "cart", [{"id": "{{ id }}"}]),
        (Operation.INCREMENT, "score", 2),
        (Operation.INCREMENT, "score", 1),
        (Operation.APPEND, "cart", "{{ item }}"),
        (Operation.REMOVE, "cart", "x"),
        (Operation.UNSET, "cart", ...),
    ]
    value = assignments[1].value
    assert value is not None
    assert str(value.locations["/0/id"]) == "f.yaml:7:31"


def test_an_http_node_asks_a_service() -> None:
    flow = node("""
        type: http
        method: POST
        url: "https://api.example.com/{{ id }}"
        headers: {Authorization: "Bearer {{secret:token}}"}
        query: {limit: 5}
        body: {id: "{{ id }}"}
        timeout: 10s
        retries: 2
        save: {temp.status: response.body.status}
        fallback: {status: unknown}
        success: tell
        error: sorry
    """)
    assert not flow.problems
    http: Http = config(flow)
    assert (http.method, http.url.text) == ("POST", "https://api.example.com/{{ id }}")
    assert [(name, source.text) for name, source in http.headers] == [
        ("Authorization", "Bearer {{secret:token}}")
    ]
    assert [(name, value.json) for name, value in http.query] == [("limit", 5)]
    assert http.body is not None
    assert http.body.json == {"id": "{{ id }}"}
    assert (http.timeout, http.retries) == (10_000_000, 2)
    assert [(a.text, b.text) for a, b in http.save] == [("temp.status", "response.body.status")]
    assert isinstance(http.fallback, Value)
    assert arrows(flow) == ["a success -> tell", "a error -> sorry"]


def test_a_delay_has_a_duration_or_computes_it() -> None:
    assert config(node("type: delay\nduration: 5m\nnext: b")) == Delay(300_000_000)
    computed = config(node("type: delay\nfor: hours * 3600\nnext: b")).duration
    assert computed.text == "hours * 3600"


def test_a_handoff_names_who_takes_over() -> None:
    flow = node("type: handoff\nto: {team: 1}\ntext: One moment\nnote: About {{ order }}")
    assert not flow.problems
    handoff = config(flow)
    assert handoff.assignee.json == {"type": "team", "id": 1}
    assert plain(handoff.message) == [bubble("text", text="One moment")]
    assert handoff.note.text == "About {{ order }}"


def test_an_end_has_an_outcome() -> None:
    assert config(node("type: end")) == End()
    end = config(node("type: end\noutcome: gave up\nfailed: true\ntext: Bye"))
    assert (end.outcome, end.failed) == ("gave up", True)


def test_any_node_has_a_label_and_can_be_switched_off() -> None:
    flow = node("type: jump\nto: b\nlabel: Again\ndisabled: true")
    assert (node_of(flow).label, node_of(flow).disabled) == ("Again", True)


def test_json_says_the_same_as_yaml() -> None:
    text = '{"statewright": 1, "start": "a",\n "nodes": {"a": {"type": "message", "text": "Hi"}}}'
    for file in ("f.json", "f.yaml"):
        flow = flows.parse(text, file=file)
        assert not flow.problems
        assert str(node_of(flow).location) == f"{file}:2:12"
