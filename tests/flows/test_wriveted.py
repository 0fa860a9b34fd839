"""Wriveted's flows are read as their authors drew them, whatever form they are written in."""

from __future__ import annotations

from typing import Any

import pytest

from statewright.flows.nodes import (
    Breaker,
    BubbleType,
    End,
    Http,
    InputKind,
    Message,
    Operation,
    Question,
    Store,
    Unsupported,
)
from tests.flows.reading import arrows, codes, config, found, helps, node_of, parsed

Json = dict[str, Any]


def export(nodes: list[Json], connections: list[Json], **more: Any) -> Any:
    data = {"nodes": nodes, "connections": connections}
    return parsed({"name": "F", "entry_node_id": "a", "flow_data": data, **more})


def drawn(kind: str, content: Json, *connections: Json) -> Any:
    """A flow whose node ``a`` is of a kind; the connections leave it."""
    nodes = [{"id": "a", "type": kind, "content": content}]
    return export(nodes, [{"source": "a", **connection} for connection in connections])


def to(target: str, type_: str = "DEFAULT", **more: Any) -> Json:
    return {"target": target, "type": type_, **more}


def said(message: Any) -> list[dict[str, str]]:
    """What a message says: kind and fields of each bubble."""
    bubbles = message.variants[0].bubbles if isinstance(message, Message) else message
    return [
        {"type": str(b.type), **{name: source.text for name, source in b.fields}} for b in bubbles
    ]


CHOICE = {
    "question": {"text": "Which?"},
    "input_type": "choice",
    "variable": "temp.x",
    "options": [
        {"label": "A", "value": "a"},
        {"label": "B", "value": "b"},
        {"label": "C", "value": "c"},
    ],
}


# --- the file ------------------------------------------------------------------------------------


def test_an_export_says_what_it_is() -> None:
    flow = export(
        [{"id": "a", "type": "message", "content": {"text": "Hi"}, "position": {"x": 1}}],
        [],
        seed_key="f-1",
        description="D",
        version="1.0.0",
        info={"audience": "kids"},
        _about="a note",
    )
    assert not flow.problems
    assert (flow.id, flow.name, flow.description, flow.dialect) == ("f-1", "F", "D", "wriveted")
    assert flow.entries == ("a",)
    assert flow.metadata == {"version": "1.0.0", "info": {"audience": "kids"}, "seed_key": "f-1"}


@pytest.mark.parametrize(
    "written",
    [
        {"id": "a", "type": "MESSAGE", "content": {"text": "Hi"}},
        {"node_id": "a", "node_type": "message", "content": {"text": "Hi"}},
        {"node_key": "a", "type": "Message", "content": {"text": "Hi"}},
        {"data": {"id": "a", "nodeType": "message", "content": {"text": "Hi"}}},
    ],
)
def test_nodes_are_written_in_many_ways(written: Json) -> None:
    flow = export([written], [])
    assert not flow.problems
    assert said(config(flow)) == [{"type": "text", "text": "Hi"}]


@pytest.mark.parametrize(
    "written",
    [
        {"source": "a", "target": "b", "type": "DEFAULT"},
        {"source": "a", "target": "b", "type": "default"},
        {"source": "a", "target": "b"},
        {"source_node_id": "a", "target_node_id": "b", "connection_type": "DEFAULT"},
    ],
)
@pytest.mark.parametrize("key", ["connections", "edges"])
def test_connections_are_written_in_many_ways(written: Json, key: str) -> None:
    nodes = [{"id": "a", "type": "message", "content": {"text": "Hi"}}]
    flow = parsed({"flow_data": {"nodes": nodes, key: [written], "entry_node_id": "a"}})
    assert not flow.problems
    assert arrows(flow) == ["a -> b"]
    assert flow.entries == ("a",)


def test_nodes_may_hold_their_connections() -> None:
    nodes = [
        {"id": "a", "type": "message", "content": {"text": "Hi {user.name}"}, "connections": {"default": "b"}},
        {
            "id": "b",
            "type": "webhook",
            "content": {"url": "https://x/{user.id}", "headers": {"A": "Bearer {secret:t}"}},
            "connections": {"success": "c", "error": "d"},
        },
    ]  # fmt: skip
    flow = parsed({"name": "F", "entry_node_id": "a", "nodes": nodes})
    assert not flow.problems
    assert arrows(flow) == ["a -> b", "b success -> c", "b error -> d"]
    assert said(config(flow)) == [{"type": "text", "text": "Hi {{ user.name }}"}]
    assert config(flow, "b").url.text == "https://x/{{ user.id }}"
    assert config(flow, "b").headers[0][1].text == "Bearer {{secret:t}}"


def test_a_node_that_nothing_leaves_ends_the_flow() -> None:
    flow = export(
        [
            {"id": "a", "type": "message", "content": {"text": "Hi"}},
            {"id": "end", "type": "message", "content": {"text": "Bye"}},
        ],
        [{"source": "a", "target": "end"}],
    )
    assert arrows(flow) == ["a -> end", "end -> end-2"]
    assert config(flow, "end-2") == End()


def test_what_leaves_a_node_that_is_not_there_is_kept_for_the_checks() -> None:
    flow = export([], [{"source": "ghost", "target": "a"}])
    assert arrows(flow) == ["ghost -> a"]


def test_a_node_that_stands_twice_is_said() -> None:
    message = {"id": "a", "type": "message", "content": {"text": "Hi"}}
    assert codes(export([message, message], [])) == ["S104"]


# --- names ---------------------------------------------------------------------------------------


def test_state_is_kept_in_maps_by_scope() -> None:
    flow = drawn("message", {"text": "{{user.name}} {{ temp.a.0.b-c }} {{input.x}} {{secret:k}}"})
    assert said(config(flow))[0]["text"] == (
        "{{ user.name }} {{ temp.a[0]['b-c'] }} {{ vars['input'].x }} {{secret:k}}"
    )
    assert [(v.name, v.type, v.default, v.input, v.inferred) for v in flow.variables] == [
        ("user", "map", {}, True, True),
        ("input", "map", {}, True, True),
        ("temp", "map", {}, False, True),
    ]


def test_a_name_without_a_scope_is_kept_in_temp() -> None:
    flow = export(
        [
            {"id": "a", "type": "question", "content": {"text": "Q", "variable": "age"}},
            {"id": "b", "type": "condition", "content": {"conditions": [{"if": "age > '3'", "then": "c"}]}},
            {"id": "c", "type": "message", "content": {"text": "{{age}} {{other}}"}},
        ],
        [{"source": "a", "target": "b"}],
    )  # fmt: skip
    assert config(flow).variable.text == "temp.age"
    assert arrows(flow, "b") == ["b branch [temp.age > '3'] -> c"]
    assert said(config(flow, "c"))[0]["text"] == "{{ temp.age }} {{ temp.other }}"


def test_what_is_no_path_is_cel_or_stays() -> None:
    flow = drawn("message", {"text": "{{ input.n + 1 }} {{ not a path }}"})
    assert said(config(flow))[0]["text"] == "{{ vars['input'].n + 1 }} {{ not a path }}"


# --- messages ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ({"text": "Hi"}, [{"type": "text", "text": "Hi"}]),
        (
            {"rich_text": "<b>Hi</b>", "fallback_text": "Hi"},
            [{"type": "html", "html": "<b>Hi</b>", "text": "Hi"}],
        ),
        (
            {"messages": [{"type": "text", "text": "A"}, {"type": "text", "content": "B"}, "C"]},
            [{"type": "text", "text": text} for text in "ABC"],
        ),
        (
            {"messages": [{"type": "image", "content": {"url": "u", "alt": "x"}}]},
            [{"type": "image", "url": "u", "alt": "x"}],
        ),
        (
            {"messages": [{"type": "video", "url": "u", "typing_delay": 1.5}]},
            [{"type": "video", "url": "u"}],
        ),
        (
            {"messages": [{"type": "book_list", "source": "temp.books"}]},
            [{"type": "data", "source": "{{ temp.books }}", "view": "book_list"}],
        ),
    ],
)
def test_a_message_says_many_things(content: Json, expected: list[Json]) -> None:
    flow = drawn("message", content)
    assert not flow.problems
    assert said(config(flow)) == expected


def test_a_message_may_wait_to_be_acknowledged() -> None:
    assert config(drawn("message", {"text": "Hi", "wait_for_ack": True})).wait


# --- questions -----------------------------------------------------------------------------------


@pytest.mark.parametrize("question", ["Name?", {"text": "Name?"}])
def test_what_is_asked_is_written_in_many_ways(question: Any) -> None:
    flow = drawn("question", {"question": question, "variable": "user.name"})
    assert said(config(flow).prompt) == [{"type": "text", "text": "Name?"}]
    assert said(config(drawn("question", {"text": "Name?"})).prompt)


@pytest.mark.parametrize(
    ("input_type", "kind"),
    [
        ("text", InputKind.TEXT),
        ("number", InputKind.NUMBER),
        ("EMAIL", InputKind.EMAIL),
        ("date", InputKind.DATE),
        ("slider", InputKind.NUMBER),
    ],
)
def test_kinds_of_answer(input_type: str, kind: InputKind) -> None:
    assert config(drawn("question", {"text": "Q", "input_type": input_type})).input is kind


def test_pictures_to_choose_from_are_choices() -> None:
    flow = drawn("question", {**CHOICE, "input_type": "image_choice"})
    assert config(flow).input is InputKind.CHOICE
    assert not flow.problems


def test_an_answer_is_checked_and_asked_for_again() -> None:
    flow = drawn(
        "question",
        {
            "text": "Q",
            "input_type": "number",
            "validation": {"required": True, "min": 1, "max": 9, "error_message": "No"},
            "max_retries": 2,
        },
    )
    assert not flow.problems
    question: Question = config(flow)
    assert (question.validation.minimum, question.validation.maximum) == (1, 9)
    assert question.retries == 2
    assert question.retry_message is not None
    assert question.retry_message.text == "No"


def test_a_slider_has_a_range() -> None:
    content = {"text": "Q", "input_type": "slider", "slider_config": {"min": 0, "max": 10}}
    validation = config(drawn("question", content)).validation
    assert (validation.minimum, validation.maximum) == (0, 10)


def test_options_may_be_plain_values() -> None:
    flow = drawn("question", {"text": "Q", "options": ["a", 5, {"label": "C"}]})
    assert [(c.value, c.label.text) for c in config(flow).choices] == [
        ("a", "a"),
        (5, "5"),
        ("C", "C"),
    ]


def test_the_value_of_an_option_is_saved() -> None:
    flow = export(
        [
            {"id": "a", "type": "question", "content": CHOICE},
            {"id": "b", "type": "condition", "content": {"conditions": [{"if": "temp.x == 'a'", "then": "c"}]}},
        ],
        [],
    )  # fmt: skip
    assert config(flow).store is Store.VALUE


def test_the_whole_option_is_saved_where_its_fields_are_read() -> None:
    options = [{"label": "5", "value": "5", "age_number": 5}]
    flow = export(
        [
            {"id": "a", "type": "question", "content": {**CHOICE, "options": options}},
            {"id": "b", "type": "message", "content": {"text": "{{temp.x.age_number}}"}},
        ],
        [],
    )
    assert config(flow).store is Store.CHOICE
    assert config(flow).choices[0].extra == {"age_number": 5}
    assert [(p.code, p.severity, p.message) for p in flow.problems] == [
        ("R008", "info", "the whole option is saved, because `temp.x.age_number` is read")
    ]


def test_an_option_cannot_be_a_value_and_a_whole() -> None:
    flow = export(
        [
            {"id": "a", "type": "question", "content": CHOICE},
            {"id": "b", "type": "message", "content": {"text": "{{temp.x.label}} {{temp.x}}"}},
        ],
        [],
    )
    assert [(p.code, p.severity) for p in flow.problems] == [("R006", "error")]
    assert helps(flow) == ["read the value as `temp.x.value`"]


# --- where nodes lead ----------------------------------------------------------------------------


def test_every_option_has_its_own_way() -> None:
    flow = drawn("question", CHOICE, to("p", "$0"), to("q", "OPTION_1"), to("r", "$2"), to("s"))
    assert arrows(flow) == [
        "a choice:a -> p",
        "a choice:b -> q",
        "a choice:c -> r",
        "a -> s",
    ]


def test_an_option_that_is_not_there_is_said() -> None:
    flow = drawn("question", CHOICE, to("p", "$3"))
    assert [m for _, _, _, m in found(flow)] == ["the question has no option `$3`"]


def test_conditions_of_connections_are_guards_and_come_first() -> None:
    flow = drawn(
        "question",
        CHOICE,
        to("d"),
        to("p", "CONDITIONAL", condition="temp.x == 'a'"),
        to("q", "CONDITIONAL", conditions={"if": {"var": "temp.x", "eq": "b"}}),
    )
    assert arrows(flow) == [
        "a [temp.x == 'a'] -> p",
        "a [has(temp.x) && temp.x == 'b'] -> q",
        "a -> d",
    ]


def test_the_third_branch_is_a_branch() -> None:
    conditions = [{"if": f"temp.x == '{n}'", "then": f"${n}"} for n in range(3)]
    flow = drawn(
        "condition",
        {"conditions": conditions, "default_path": "default"},
        to("d"),
        to("r", "$2"),
        to("p", "$0"),
        to("q", "$1"),
    )
    assert not flow.problems
    assert arrows(flow) == [
        "a branch [temp.x == '0'] -> p",
        "a branch [temp.x == '1'] -> q",
        "a branch [temp.x == '2'] -> r",
        "a else -> d",
    ]


@pytest.mark.parametrize(
    ("path", "target"),
    [("$1", "q"), ("default", "d"), ("SUCCESS", "d"), ("somewhere", "somewhere")],
)
def test_the_default_path_names_a_connection_or_a_node(path: str, target: str) -> None:
    content = {"conditions": [{"if": "true", "then": "$0"}], "default_path": path}
    flow = drawn("condition", content, to("p", "$0"), to("q", "$1"), to("d"))
    assert arrows(flow)[-1] == f"a else -> {target}"


def test_a_branch_may_name_a_node() -> None:
    content = {"conditions": [{"if": {"var": "user.age", "gte": 18}, "then": "b"}], "else": "c"}
    flow = drawn("condition", content)
    assert arrows(flow) == ["a branch [has(user.age) && user.age >= 18] -> b", "a else -> c"]


def test_a_branch_without_its_connection_dangles() -> None:
    flow = drawn("condition", {"conditions": [{"if": "true", "then": "$1"}]}, to("d"))
    assert arrows(flow) == ["a branch [true] -> $1", "a else -> d"]


def test_a_way_that_no_branch_names_is_said() -> None:
    flow = drawn(
        "condition", {"conditions": [{"if": "true", "then": "$0"}]}, to("p", "$0"), to("q", "$1")
    )
    assert [(p.code, p.severity, p.message) for p in flow.problems] == [
        ("R006", "warning", "`$1` is not carried over: no branch of the condition names it")
    ]


def test_a_failed_question_leads_by_fallback() -> None:
    assert arrows(drawn("question", {"text": "Q"}, to("b"), to("f", "FAILURE"))) == [
        "a -> b",
        "a fallback -> f",
    ]


# --- actions and requests ------------------------------------------------------------------------


def test_an_action_changes_variables_in_order() -> None:
    flow = drawn(
        "action",
        {
            "actions": [
                {"type": "set_variable", "variable": "temp.done.colors", "value": ["{{user.x}}"]},
                {"type": "set_variable", "variable": "y", "value": None},
                {"type": "increment", "variable": "temp.n"},
                {"type": "decrement", "variable": "temp.n", "amount": 2},
                {"type": "decrement", "variable": "temp.n", "amount": "{{temp.m}}"},
                {"type": "delete_variable", "variable": "temp.n"},
                {"type": "aggregate", "expression": "sum(temp.l)", "target": "user.s"},
                {"type": "aggregate", "source": "temp.l", "field": "n", "operation": "max", "target": "user.m"},
            ]
        },
        to("b"),
    )  # fmt: skip
    assert not flow.problems
    changes = [
        (a.operation, a.variable.text, a.value.json if a.value else ...)
        for a in config(flow).assignments
    ]
    assert changes == [
        (Operation.SET, "temp.done.colors", ["{{ user.x }}"]),
        (Operation.SET, "temp.y", None),
        (Operation.INCREMENT, "temp.n", 1),
        (Operation.INCREMENT, "temp.n", -2),
        (Operation.INCREMENT, "temp.n", "{{ -( temp.m ) }}"),
        (Operation.UNSET, "temp.n", ...),
        (Operation.SET, "user.s", "{{ sum(temp.l, 0) }}"),
        (Operation.SET, "user.m", "{{ max(temp.l.map(item, item.n), null) }}"),
    ]


@pytest.mark.parametrize(
    ("action", "expression"),
    [
        ({"expression": "sum(temp.l.map(x, x.n))"}, "sum(temp.l.map(x, x.n), 0)"),
        ({"expression": "avg(l) + avg( m )"}, "avg(l, 0.0) + avg( m , 0.0)"),
        ({"expression": "min(user.l)"}, "min(user.l, null)"),
        ({"expression": "merge([temp.a, temp.b])"}, "merge_sum([temp.a, temp.b])"),
        ({"expression": "merge_last(temp.l)"}, "merge_last(temp.l)"),
        ({"expression": "collect(temp.l).size()"}, "flatten(temp.l).size()"),
        ({"expression": "top_keys(merge(temp.l))"}, "top_keys(merge_sum(temp.l), 5)"),
        ({"expression": "top_keys(temp.m, 3)"}, "top_keys(temp.m, 3)"),
        ({"expression": "count(temp.l)"}, "count(temp.l)"),
        ({"expression": "temp.x.sum(1)"}, "temp.x.sum(1)"),
        ({"source": "temp.l"}, "sum(temp.l, 0)"),
        ({"source": "temp.l", "operation": "avg", "field": "a.b"}, "avg(temp.l.map(item, item.a.b), 0.0)"),
        ({"source": "temp.l", "operation": "collect"}, "flatten(temp.l)"),
        ({"source": "temp.l", "operation": "merge"}, "merge_sum(temp.l)"),
        ({"source": "temp.l", "operation": "merge", "merge_strategy": "last"}, "merge_last(temp.l)"),
        ({"source": "temp.l", "operation": "count"}, "count(temp.l)"),
    ],
)  # fmt: skip
def test_an_aggregate_calls_our_functions(action: dict[str, str], expression: str) -> None:
    whole = {"type": "aggregate", "target": "user.x", **action}
    flow = drawn("action", {"actions": [whole]}, to("b"))
    assert not flow.problems
    (assignment,) = config(flow).assignments
    assert assignment.value.json == f"{{{{ {expression} }}}}"


def test_an_api_call_is_a_request() -> None:
    flow = drawn(
        "action",
        {
            "actions": [
                {
                    "type": "api_call",
                    "config": {
                        "endpoint": "https://x/{{user.id}}",
                        "method": "post",
                        "query_params": {"limit": 5},
                        "body": {"age": "{{user.age}}"},
                        "timeout": 10,
                        "response_mapping": {"books.0.title": "temp.title", "count": "n"},
                        "response_variable": "temp.all",
                        "fallback_response": {"books": []},
                    },
                }
            ]
        },
        to("b"),
    )
    assert not flow.problems
    http: Http = config(flow)
    assert (http.method, http.url.text, http.timeout) == (
        "POST",
        "https://x/{{ user.id }}",
        10_000_000,
    )
    assert [(name, value.json) for name, value in http.query] == [("limit", 5)]
    assert http.body is not None
    assert http.body.json == {"age": "{{ user.age }}"}
    assert [(a.text, b.text) for a, b in http.save] == [
        ("temp.title", "response.body.books[0].title"),
        ("temp.n", "response.body.count"),
        ("temp.all", "response.body"),
    ]
    assert http.fallback is not None
    assert arrows(flow) == ["a success -> b", "a error -> b"]


def test_an_action_that_does_both_becomes_a_chain() -> None:
    call = {"type": "api_call", "config": {"endpoint": "https://x"}}
    change = {"type": "increment", "variable": "temp.n"}
    flow = export(
        [
            {"id": "a", "type": "action", "content": {"actions": [change, change, call, change]}},
            {"id": "a-2", "type": "message", "content": {"text": "Hi"}},
        ],
        [{"source": "a", "target": "a-2"}, {"source": "a", "target": "f", "type": "FAILURE"}],
    )
    assert [(n.id, n.kind) for n in flow.nodes] == [
        ("a", "set"),
        ("a-3", "http"),
        ("a-4", "set"),
        ("a-2", "message"),
        ("end", "end"),
    ]
    assert arrows(flow, "a", "a-3", "a-4") == [
        "a -> a-3",
        "a-3 success -> a-4",
        "a-3 error -> f",
        "a-4 -> a-2",
    ]


def test_a_webhook_maps_its_response_by_json_path() -> None:
    flow = drawn(
        "webhook",
        {
            "url": "https://x",
            "method": "POST",
            "timeout": 5000,
            "retry": {"attempts": 3, "delay": 2000},
            "circuit_breaker": {"failure_threshold": 3, "timeout": 20.0},
            "response_mapping": {
                "temp.a": "$.data['full title'][0].x",
                "temp.b": "$..x",
                "temp.c": "$.data[*].x",
            },
        },
        to("b", "SUCCESS"),
        to("c", "FAILURE"),
    )
    assert [m for _, _, _, m in found(flow)] == ["`$..x` is no path of a response"]
    http: Http = config(flow)
    assert (http.timeout, http.retries) == (5_000_000, 3)
    assert (http.backoff.wait, http.breaker) == (2_000_000, Breaker(3, rest=20_000_000))
    assert [(a.text, b.text) for a, b in http.save] == [
        ("temp.a", "response.body.data['full title'][0].x"),
        ("temp.c", "response.body.data.filter(x0, x0.?x.hasValue()).map(x0, x0.x)"),
    ]
    assert arrows(flow) == ["a success -> b", "a error -> c"]


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"endpoint": "/v1/x"}, "`/v1/x` is relative: the host must say relative to what"),
        (
            {"error_variable": "temp.e"},
            "`error_variable` is not carried over: errors are not saved; wire a FAILURE connection",
        ),
    ],
)
def test_what_the_host_must_do_is_a_warning(more: Json, message: str) -> None:
    call = {"type": "api_call", "config": {"endpoint": "https://x", **more}}
    flow = drawn("action", {"actions": [call]}, to("b"))
    assert [(p.code, p.severity, p.message) for p in flow.problems] == [
        ("R006", "warning", message)
    ]


# --- what is not read ----------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["composite", "script"])
def test_kinds_that_are_not_supported_yet_say_so(kind: str) -> None:
    flow = drawn(kind, {"whatever": 1}, to("b"))
    assert [(p.code, p.severity, p.node) for p in flow.problems] == [("R006", "error", "a")]
    assert config(flow) == Unsupported(kind)
    assert arrows(flow) == ["a -> b"]


def test_questions_from_the_cms_are_not_supported_yet() -> None:
    flow = drawn("question", {"source": "random", "variable": "temp.x"}, to("b"))
    assert [(p.code, p.severity) for p in flow.problems] == [("R006", "error")]
    assert config(flow) == Unsupported("question")


@pytest.mark.parametrize(
    ("kind", "content", "code", "message", "help_"),
    [
        ("mesage", {}, "R004", "`mesage` is no kind of node", "did you mean `message`?"),
        ("message", {"text": 5}, "R004", "`text` must be a text, not `5`", ""),
        ("message", {"txt": "x", "text": "y"}, "R003", "the key `txt` is not known here, and not read", "did you mean `text`?"),
        ("message", {}, "R005", "the message says nothing", "give it a `text`"),
        ("message", {"messages": 5}, "R004", "`messages` must be a list, not `5`", ""),
        ("message", {"messages": [{"type": "imge", "url": "u"}]}, "R004", "`imge` is no kind of content", "did you mean `image`?"),
        ("message", {"content_id": "x", "text": "y"}, "R006", "`content_id` is not carried over: content of the CMS is not part of the flow", ""),
        ("question", {}, "R005", "`question` is missing", "say what is asked"),
        ("question", {"text": "Q", "input_type": "txt"}, "R004", "`input_type` cannot be `txt`", "did you mean `text`?"),
        ("question", {"text": "Q", "input_type": "choice"}, "R005", "`options` is missing", "it is the answers to choose from"),
        ("question", {"text": "Q", "options": ["a", "a"]}, "R007", "the option `a` stands here again", "rename it"),
        ("question", {"text": "Q", "variable": "a b"}, "R004", "`variable` must be the name of a variable, not `a b`", ""),
        ("condition", {"conditions": [{"then": "b"}]}, "R005", "`if` is missing", "it is a condition"),
        ("condition", {"conditions": [{"if": {"var": "x", "equals": 1}, "then": "b"}]}, "R003", "the key `equals` is not known here, and not read", "did you mean `eq`?"),
        ("action", {"actions": [{"type": "set_variabel", "variable": "x", "value": 1}]}, "R004", "`set_variabel` is no action", "did you mean `set_variable`?"),
        ("action", {"actions": [{"type": "increment", "variable": "x", "amount": "1"}]}, "R004", "`amount` must be a number, not the text `1`", ""),
        ("webhook", {}, "R005", "`url` is missing", "it is where the request goes"),
        ("webhook", {"url": "https://x", "method": "FETCH"}, "R004", "`method` cannot be `FETCH`", "did you mean `PATCH`?"),
    ],
)  # fmt: skip
def test_wrong_values_are_said(
    kind: str, content: Json, code: str, message: str, help_: str
) -> None:
    flow = drawn(kind, content, to("b"))
    assert [(c, m) for c, _, _, m in found(flow)][:1] == [(code, message)]
    assert helps(flow)[:1] == [help_]
    assert flow.problems[0].node == "a"


def test_a_type_of_connection_that_is_unknown_counts_as_default() -> None:
    flow = drawn("message", {"text": "Hi"}, to("b", "DEFALT"))
    assert [m for _, _, _, m in found(flow)] == ["`DEFALT` is no type of connection"]
    assert helps(flow) == ["did you mean `DEFAULT`?"]
    assert arrows(flow) == ["a -> b"]


def test_bubbles_know_where_they_stand() -> None:
    flow = drawn("message", {"messages": [{"type": "text", "text": "Hi"}]})
    (bubble,) = config(flow).variants[0].bubbles
    assert bubble.type is BubbleType.TEXT
    assert dict(bubble.fields)["text"].location.pointer == (
        "/flow_data/nodes/0/content/messages/0/text"
    )
    assert node_of(flow).location.pointer == "/flow_data/nodes/0"
