from __future__ import annotations

from typing import Any

import pytest

from statewright import flows
from statewright.flows.model import OnError, Settings
from statewright.flows.nodes import (
    Assignment,
    BubbleType,
    Delay,
    End,
    Handoff,
    Http,
    InputKind,
    Message,
    Operation,
    Question,
    Set,
    Unsupported,
)
from tests.flows.reading import arrows, codes, config, found, helps, node_of, parsed


def to(target: str, **more: Any) -> dict[str, Any]:
    return {"id": f"t-{target}", "targetNodeId": target, **more}


def drawn(
    kind: str,
    settings: dict[str, Any] | None = None,
    *transitions: dict[str, Any],
    node: dict[str, Any] | None = None,
    variables: list[dict[str, Any]] | None = None,
    **flow: Any,
) -> Any:
    """A flow whose node ``a`` is of a kind, with its config and transitions."""
    a = {"id": "a", "type": kind, "config": settings or {}, "transitions": list(transitions)}
    document = {
        "id": "f",
        "name": "F",
        "entryNodeId": "a",
        "nodes": {"a": {**a, **(node or {})}},
        "config": {"variables": variables or [], **flow},
    }
    return parsed(document)


def test_a_flow_says_what_it_is() -> None:
    flow = parsed(
        {
            "id": "f",
            "version": 3,
            "name": "F",
            "description": "D",
            "metadata": {"status": "draft", "tags": ["x"]},
            "entryNodeId": "s",
            "nodes": {
                "s": {"id": "s", "type": "start", "transitions": [to("e")]},
                "e": {"type": "end"},
            },
            "config": {
                "timeoutSeconds": 90,
                "maxIterations": 100,
                "errorBehavior": "fallback",
                "fallbackNodeId": "e",
                "variables": [],
            },
        }
    )
    assert not flow.problems
    assert (flow.id, flow.name, flow.description, flow.dialect) == (
        "f",
        "F",
        "D",
        "chatwoot_builder",
    )
    assert flow.entries == ("s",)
    there = flow.settings.fallback_at
    assert there.pointer == "/config/fallbackNodeId"
    assert flow.settings == Settings(OnError.FALLBACK, "e", 90_000_000, 100, fallback_at=there)
    assert flow.metadata == {"status": "draft", "tags": ["x"]}
    assert arrows(flow) == ["s -> e"]


# --- variables -----------------------------------------------------------------------------------


def test_declared_variables_have_our_types() -> None:
    flow = drawn(
        "end",
        variables=[
            {"name": "s", "type": "string", "required": True},
            {"name": "n", "type": "number", "defaultValue": 5},
            {"name": "b", "type": "boolean"},
            {"name": "o", "type": "object"},
        ],
    )
    assert [(v.name, v.type, v.default) for v in flow.variables] == [
        ("s", "string", None),
        ("n", "double", 5),
        ("b", "bool", None),
        ("o", "map", None),
    ]


def test_what_nothing_writes_can_only_come_from_outside() -> None:
    flow = drawn(
        "question",
        {"question": "Q", "saveToVariable": "written"},
        variables=[{"name": "written", "type": "string"}, {"name": "read", "type": "string"}],
    )
    assert [(v.name, v.input, v.inferred) for v in flow.variables] == [
        ("written", False, False),
        ("read", True, False),
    ]


def test_what_is_only_written_is_declared_by_the_reader() -> None:
    flow = drawn(
        "question", {"question": "Q", "expectedInputType": "number", "saveToVariable": "n"}
    )
    (variable,) = flow.variables
    assert (variable.name, variable.type, variable.inferred, variable.input) == (
        "n",
        "double",
        True,
        False,
    )


# --- kinds ---------------------------------------------------------------------------------------


def test_a_message_has_a_text_cards_and_buttons() -> None:
    flow = drawn(
        "message",
        {
            "content": "Hi {{user.first-name}} {{secret:k}}",
            "contentType": "rich",
            "richContent": {"type": "carousel", "items": [{"title": "T", "imageUrl": "u"}]},
            "buttons": [
                {"id": "b1", "label": "Yes", "action": "reply", "value": "y"},
                {"id": "b2", "label": "Docs", "action": "url", "value": "https://x"},
                {"id": "b3", "label": "Buy", "action": "postback", "value": "buy"},
            ],
        },
        to("b"),
    )
    assert not flow.problems
    message: Message = config(flow)
    text, card = message.variants[0].bubbles
    assert dict(text.fields)["text"].text == "Hi {{ user['first-name'] }} {{secret:k}}"
    assert dict(text.fields)["text"].original == "Hi {{user.first-name}} {{secret:k}}"
    assert card.type is BubbleType.CARD
    assert {name: source.text for name, source in card.fields} == {"title": "T", "image": "u"}
    assert [(b.label.text, b.action, b.value.text, b.wired) for b in message.buttons] == [
        ("Yes", "reply", "y", False),
        ("Docs", "url", "https://x", False),
        ("Buy", "postback", "buy", False),
    ]
    assert arrows(flow) == ["a -> b"]


def test_a_label_makes_a_transition_the_way_of_a_button() -> None:
    buttons = [{"id": "x", "label": "X", "value": "x"}, {"id": "y", "label": "Y", "value": "y"}]
    flow = drawn(
        "message",
        {"content": "Q", "buttons": buttons},
        to("b", label="y"),
        to("c", label="btn-0"),
        to("d", label="other"),
    )
    assert arrows(flow) == ["a choice:y -> b", "a choice:x -> c", "a -> d"]
    assert [button.wired for button in config(flow).buttons] == [True, True]
    assert [(p.code, p.severity) for p in flow.problems] == [("R008", "info")] * 2


def test_a_question_checks_its_answer() -> None:
    flow = drawn(
        "question",
        {
            "question": "Your address?",
            "expectedInputType": "email",
            "saveToVariable": "user.email",
            "validationRegex": "^(?=x)",
            "validationMessage": "No, {{user.name}}",
            "maxRetries": 3,
        },
        to("b"),
    )
    assert not flow.problems
    question: Question = config(flow)
    assert (question.input, question.retries) == (InputKind.EMAIL, 3)
    assert question.variable is not None
    assert question.variable.text == "user.email"
    assert question.validation.pattern is not None
    assert question.validation.pattern.text == "^(?=x)"
    assert question.retry_message is not None
    assert question.retry_message.text == "No, {{ user.name }}"
    assert [(v.name, v.type) for v in flow.variables] == [("user", "map")]


def test_a_question_whose_result_is_asked_for_wants_yes_or_no() -> None:
    flow = drawn(
        "question",
        {"question": "Sure?", "expectedInputType": "text", "saveToVariable": "sure"},
        to("b", condition="{{_lastResult}} == true", priority=0),
        to("c", condition="{{_lastResult}} == false", priority=1),
    )
    assert not flow.problems
    assert config(flow).input is InputKind.BOOLEAN
    assert [(v.name, v.type) for v in flow.variables] == [("sure", "bool")]
    assert arrows(flow) == ["a [sure == true] -> b", "a [sure == false] -> c"]


def test_an_answer_that_is_asked_for_is_saved_somewhere() -> None:
    flow = drawn("question", {"question": "Sure?"}, to("b", condition="{{_lastResult}} == true"))
    assert codes(flow) == ["R008"]
    assert config(flow).variable.text == "answer_a"
    assert arrows(flow) == ["a [answer_a == true] -> b"]


def test_transitions_are_tried_by_priority() -> None:
    flow = drawn(
        "condition",
        {},
        to("late", priority=2),
        to("first", condition='{{x}} == "a"', priority=0),
        to("second", condition="{{x}} > 5", priority=1),
    )
    assert arrows(flow) == [
        "a branch [x == 'a'] -> first",
        "a branch [x > 5] -> second",
        "a else -> late",
    ]


def test_a_condition_may_ask_for_its_own_result() -> None:
    flow = drawn(
        "condition",
        {"expression": "{{n}} > 5", "evaluator": "javascript"},
        to("b", condition="{{_lastResult}} == true"),
        to("c", condition="{{_lastResult}} == false"),
        variables=[{"name": "n", "type": "number"}],
    )
    assert not flow.problems
    assert arrows(flow) == ["a branch [n > 5.0] -> b", "a else -> c"]
    guard = flow.edges[0].guard
    assert guard is not None
    assert guard.original == "{{n}} > 5"


def test_the_negative_result_comes_first_where_it_is_drawn_first() -> None:
    flow = drawn(
        "condition",
        {"expression": "{{x}} == 1"},
        to("c", condition="{{_lastResult}} === false"),
        to("b", condition="{{_lastResult}} !== false"),
    )
    assert arrows(flow) == ["a branch [!(x == 1)] -> c", "a branch [x == 1] -> b"]


def test_an_expression_that_nothing_asks_for_is_mentioned() -> None:
    flow = drawn(
        "condition", {"expression": "{{x}} == 1"}, to("b", condition="{{y}} == 1"), to("c")
    )
    assert [(p.code, p.severity) for p in flow.problems] == [("R006", "info")]


def test_a_condition_that_cannot_be_translated_is_false_and_said() -> None:
    flow = drawn("condition", {}, to("b", condition="if x > 10"))
    assert [message for _, _, _, message in found(flow)] == [
        "`condition` cannot be translated: `x` is not understood here"
    ]
    assert arrows(flow) == ["a branch [false] -> b"]
    guard = flow.edges[0].guard
    assert guard is not None
    assert guard.original == "if x > 10"


def test_a_request_has_all_its_parts() -> None:
    flow = drawn(
        "api",
        {
            "method": "POST",
            "url": "https://x/{{id}}",
            "headers": {"X-A": "{{a}}"},
            "body": {"n": ["{{n}}", 1]},
            "auth": {"type": "bearer", "token": "{{secret:t}}"},
            "timeout": 5000,
            "retries": 2,
            "saveResponseTo": "data",
            "errorOnHttpError": True,
        },
        to("b", condition='{{_lastResult.status}} == "success"'),
        to("c", condition='{{_lastResult.status}} == "error"'),
    )
    assert not flow.problems
    http: Http = config(flow)
    assert (http.method, http.url.text) == ("POST", "https://x/{{ id }}")
    assert [(name, source.text) for name, source in http.headers] == [
        ("X-A", "{{ a }}"),
        ("Authorization", "Bearer {{secret:t}}"),
    ]
    assert http.body is not None
    assert http.body.json == {"n": ["{{ n }}", 1]}
    assert (http.timeout, http.retries) == (5_000_000, 2)
    assert [(a.text, b.text) for a, b in http.save] == [("data", "response.body")]
    assert arrows(flow) == ["a success -> b", "a error -> c"]


@pytest.mark.parametrize(
    ("auth", "header"),
    [
        ({"type": "basic", "username": "u", "password": "p"}, ("Authorization", "Basic dTpw")),
        ({"type": "apiKey", "headerName": "X-K", "value": "v"}, ("X-K", "v")),
        ({"type": "apiKey", "value": "v"}, ("X-API-Key", "v")),
    ],
)
def test_who_asks_is_a_header(auth: dict[str, str], header: tuple[str, str]) -> None:
    flow = drawn("api", {"url": "https://x", "auth": auth})
    assert [(name, source.text) for name, source in config(flow).headers] == [header]


@pytest.mark.parametrize(
    ("behaviour", "edges"),
    [
        ("fail", ["a success -> b"]),
        ("continue", ["a success -> b", "a error -> b"]),
    ],
)
def test_an_unconditional_way_is_for_errors_only_if_the_flow_goes_on(
    behaviour: str, edges: list[str]
) -> None:
    assert arrows(drawn("api", {"url": "https://x"}, to("b"), errorBehavior=behaviour)) == edges


def test_an_unconditional_way_beside_success_is_for_errors() -> None:
    success = to("b", condition='{{_lastResult.status}} == "success"')
    assert arrows(drawn("api", {"url": "https://x"}, success, to("c"))) == [
        "a success -> b",
        "a success -> c",
        "a error -> c",
    ]


def test_a_node_may_handle_its_errors() -> None:
    fallback = {"errorHandler": {"strategy": "fallback", "fallbackNodeId": "sorry"}}
    flow = drawn("api", {"url": "https://x"}, to("b"), node=fallback)
    assert arrows(flow) == ["a success -> b", "a error -> sorry"]
    retry = {"errorHandler": {"strategy": "retry", "retryCount": 4, "retryDelay": 1500}}
    http = config(drawn("api", {"url": "https://x"}, node=retry))
    assert (http.retries, http.backoff.growth, http.backoff.wait) == (4, "constant", 1_500_000)
    ignore = {"errorHandler": {"strategy": "ignore"}}
    flow = drawn("api", {"url": "https://x"}, to("b"), node=ignore)
    assert arrows(flow) == ["a success -> b", "a error -> b"]


def test_what_is_not_carried_over_is_said() -> None:
    flow = drawn("api", {"url": "https://x", "errorOnHttpError": False})
    assert [message for _, _, _, message in found(flow)] == [
        "`errorOnHttpError` is not carried over: any status but one of success (2xx) is always an error"
    ]
    assert [problem.severity for problem in flow.problems] == ["warning"]


@pytest.mark.parametrize(
    ("settings", "microseconds"),
    [
        ({"duration": 5}, 5_000_000),
        ({"duration": 1.5, "unit": "minutes"}, 90_000_000),
        ({"duration": 2, "unit": "hours"}, 7_200_000_000),
        ({"duration": 250, "unit": "milliseconds"}, 250_000),
    ],
)
def test_a_delay_has_a_unit(settings: dict[str, Any], microseconds: int) -> None:
    assert config(drawn("delay", settings, to("b"))) == Delay(microseconds)


def test_a_delay_may_be_computed() -> None:
    flow = drawn("delay", {"duration": "{{wait}}", "unit": "minutes"}, to("b"))
    assert config(flow).duration.text == "double(wait) * 60.0"


@pytest.mark.parametrize(
    ("settings", "assignee"),
    [
        ({"assignmentType": "team", "teamId": 1}, {"type": "team", "id": 1}),
        (
            {"assignmentType": "specific_agent", "agentId": "{{x}}"},
            {"type": "agent", "id": "{{ x }}"},
        ),
        ({"assignmentType": "round_robin"}, {"type": "queue", "id": "round_robin"}),
    ],
)
def test_people_take_over(settings: dict[str, Any], assignee: dict[str, Any]) -> None:
    handoff: Handoff = config(drawn("transfer_agent", {"message": "Bye", **settings}))
    assert handoff.assignee is not None
    assert handoff.assignee.json == assignee
    assert len(handoff.message) == 1


def test_a_transfer_that_does_not_end_is_an_error() -> None:
    flow = drawn("transfer_agent", {"assignmentType": "round_robin", "endFlow": False})
    assert [(p.code, p.severity) for p in flow.problems] == [("R006", "error")]


def test_an_end_has_a_reason() -> None:
    assert config(drawn("end", {"reason": "error"})) == End("error", (), failed=True)
    assert config(drawn("end", {"reason": "user_cancelled"})).outcome == "user_cancelled"


@pytest.mark.parametrize(
    ("operation", "value", "expected"),
    [
        ("set", {"a": "{{x}}"}, (Operation.SET, {"a": "{{ x }}"})),
        ("increment", "2", (Operation.INCREMENT, 2)),
        ("increment", "", (Operation.INCREMENT, 1)),
        ("increment", "{{n}}", (Operation.INCREMENT, "{{ n }}")),
        ("append", "x", (Operation.APPEND, "x")),
    ],
)
def test_variables_are_changed(operation: str, value: Any, expected: tuple[Any, Any]) -> None:
    flow = drawn("variable", {"variableName": "v", "operation": operation, "value": value}, to("b"))
    changed: Set = config(flow)
    (assignment,) = changed.assignments
    assert isinstance(assignment, Assignment)
    assert assignment.value is not None
    assert (assignment.operation, assignment.value.json) == expected
    assert assignment.variable.text == "v"


@pytest.mark.parametrize("kind", ["form", "tag", "segment", "action", "input", "carousel"])
def test_kinds_that_are_not_supported_yet_say_so(kind: str) -> None:
    flow = drawn(kind, {"whatever": 1}, to("b"))
    assert [(p.code, p.severity, p.node) for p in flow.problems] == [("R006", "error", "a")]
    assert config(flow) == Unsupported(kind)
    assert arrows(flow) == ["a -> b"]


@pytest.mark.parametrize(
    ("kind", "settings", "code", "message", "help_"),
    [
        ("mesage", {}, "R004", "`mesage` is no kind of node", "did you mean `message`?"),
        ("message", {"contnt": "x", "content": "y"}, "R003", "the key `contnt` is not known here, and not read", "did you mean `content`?"),
        ("message", {"content": 5}, "R004", "`content` must be a text, not `5`", ""),
        ("question", {"question": "Q", "expectedInputType": "txt"}, "R004", "`expectedInputType` cannot be `txt`", "did you mean `text`?"),
        ("question", {}, "R005", "`question` is missing", "it is what is asked"),
        ("question", {"question": "Q", "maxRetries": "3"}, "R004", "`maxRetries` must be a whole number, not the text `3`", ""),
        ("api", {}, "R005", "`url` is missing", "it is where the request goes"),
        ("api", {"url": "u", "headers": {"a": 1}}, "R004", "`a` must be a text, not `1`", ""),
        ("delay", {"duration": "soon"}, "R004", "`duration` must be a number, not `soon`", ""),
        ("delay", {"duration": 1e300}, "R004", "`duration` must be a shorter time, not `1e+300`", ""),
        ("variable", {}, "R005", "`variableName` is missing", "it is the variable that is set"),
        ("transfer_agent", {"assignmentType": "team"}, "R005", "`teamId` is missing", "it is who takes over"),
    ],
)  # fmt: skip
def test_wrong_values_are_said(
    kind: str, settings: dict[str, Any], code: str, message: str, help_: str
) -> None:
    flow = drawn(kind, settings)
    assert [(c, m) for c, _, _, m in found(flow)] == [(code, message)]
    assert helps(flow) == [help_]
    assert flow.problems[0].node == "a"


def test_a_message_that_says_nothing_is_a_warning() -> None:
    assert [(p.code, p.severity) for p in drawn("message").problems] == [("R005", "warning")]


def test_a_node_that_stands_twice_is_said() -> None:
    text = '{"entryNodeId": "a",\n "nodes": {\n  "a": {"type": "end"},\n  "a": {"type": "end"}}}'
    assert found(flows.parse(text, file="f.json")) == [
        ("S104", 4, 3, "the node `a` stands here again")
    ]


def test_problems_know_their_lines() -> None:
    text = '{"entryNodeId": "a",\n "nodes": {"a": {"type": "end",\n  "config": {"reason": 5}}}}'
    flow = flows.parse(text, file="f.json")
    assert found(flow) == [("R004", 3, 24, "`reason` cannot be `5`")]
    assert str(node_of(flow).location) == "f.json:2:12"
