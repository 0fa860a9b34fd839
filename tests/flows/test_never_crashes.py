"""No text makes a reader raise anything: small valid flows, damaged in every way, and worse."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from statewright import flows
from statewright.flows.model import Flow
from statewright.flows.reading import DIALECTS

NATIVE: dict[str, Any] = {
    "statewright": 1,
    "id": "f",
    "start": "a",
    "settings": {"on_error": "fallback", "fallback": "z", "timeout": "1h"},
    "variables": {"n": "int", "m": {"type": "map", "default": {}, "values": [{}]}},
    "nodes": {
        "a": {
            "type": "message",
            "content": [{"text": "Hi {{ n }}"}, {"image": {"url": "u"}}],
            "buttons": [{"label": "Yes", "to": "q"}],
            "next": [{"if": "n > 1", "to": "q"}, {"to": "z"}],
        },
        "v": {"type": "message", "variants": [{"text": "A", "weight": 2}, {"html": "B"}]},
        "q": {
            "type": "question",
            "text": "Which?",
            "choices": ["x", {"value": 1, "label": "One", "to": "s", "data": {"k": 1}}],
            "retries": 2,
            "on": {"fallback": "z"},
            "next": "c",
        },
        "c": {"type": "condition", "branches": [{"if": "n > 1", "to": "s"}], "else": "h"},
        "s": {"type": "set", "actions": [{"set": "n", "to": [1]}, {"increment": "n"}], "next": "h"},
        "h": {"type": "http", "url": "u", "headers": {"A": "b"}, "save": {"n": "response.status"}},
        "d": {"type": "delay", "duration": "5m", "next": "p"},
        "p": {"type": "handoff", "to": {"team": 1}, "text": "Bye"},
        "z": {"type": "end", "outcome": "done"},
    },
}
BUILDER: dict[str, Any] = {
    "id": "f",
    "entryNodeId": "a",
    "nodes": {
        "a": {"type": "start", "transitions": [{"targetNodeId": "m", "priority": 0}]},
        "m": {
            "type": "message",
            "config": {"content": "Hi {{x}}", "buttons": [{"id": "b", "label": "B", "value": "b"}]},
            "transitions": [{"targetNodeId": "q", "label": "b"}],
        },
        "q": {
            "type": "question",
            "config": {"question": "Q", "expectedInputType": "text", "saveToVariable": "x"},
            "transitions": [{"targetNodeId": "c", "condition": "{{_lastResult}} == true"}],
        },
        "c": {
            "type": "condition",
            "config": {"expression": '{{x}} == "a"', "evaluator": "simple"},
            "transitions": [{"targetNodeId": "w", "condition": "{{_lastResult}} == false"}],
        },
        "w": {
            "type": "api",
            "config": {"url": "u", "auth": {"type": "basic", "username": "u", "password": "p"}},
            "errorHandler": {"strategy": "retry", "retryCount": 1},
            "transitions": [
                {"targetNodeId": "d", "condition": '{{_lastResult.status}} == "error"'}
            ],
        },
        "d": {"type": "delay", "config": {"duration": "{{x}}", "unit": "hours"}},
        "v": {
            "type": "variable",
            "config": {"variableName": "y", "operation": "append", "value": 1},
        },
        "t": {"type": "transfer_agent", "config": {"assignmentType": "team", "teamId": 1}},
        "e": {"type": "end", "config": {"reason": "error"}},
    },
    "config": {"errorBehavior": "fail", "variables": [{"name": "x", "type": "string"}]},
}
EXPORT: dict[str, Any] = {
    "name": "F",
    "entry_node_id": "a",
    "flow_data": {
        "nodes": [
            {"id": "a", "type": "message", "content": {"messages": [{"type": "text", "text": "Hi"}]}},
            {
                "id": "q",
                "type": "question",
                "content": {
                    "question": {"text": "Q"},
                    "input_type": "choice",
                    "variable": "temp.x",
                    "options": [{"label": "A", "value": "a", "n": 1}, "b"],
                    "validation": {"min": 1, "pattern": "x"},
                },
            },
            {
                "id": "c",
                "type": "condition",
                "content": {
                    "conditions": [{"if": {"and": [{"var": "x", "in": [1]}]}, "then": "$0"}],
                    "default_path": "$1",
                },
            },
            {
                "id": "w",
                "type": "action",
                "content": {
                    "actions": [
                        {"type": "set_variable", "variable": "x", "value": ["{{temp.y.n}}"]},
                        {"type": "api_call", "config": {"endpoint": "u", "response_mapping": {"a": "b"}}},
                        {"type": "aggregate", "source": "temp.l", "operation": "sum", "target": "x"},
                    ]
                },
                "connections": {"default": "a", "error": "q"},
            },
            {"id": "h", "type": "webhook", "content": {"url": "u", "response_mapping": {"x": "$.a"}}},
        ],
        "connections": [
            {"source": "a", "target": "q", "type": "DEFAULT"},
            {"source": "q", "target": "c", "type": "$1", "condition": "temp.x == 'a'"},
            {"source": "c", "target": "w", "type": "OPTION_0", "conditions": {"if": {"var": "x", "eq": 1}}},
            {"source": "c", "target": "h", "type": "FAILURE"},
        ],
    },
}  # fmt: skip

JUNK: st.SearchStrategy[Any] = st.sampled_from(
    [
        *(None, True, False, 0, -1, 1.5, 1e300, 2**63 - 1),
        *(
            "",
            "x",
            "a",
            "temp.a",
            "$0",
            "$9",
            "default",
            "true",
            "1h",
            "a == (",
            "\x00",
            "😀",
            "\n",
        ),
        *("{{x}}", "{{ a.b-c }}", "{{", "{{secret:k}}", "{{_lastResult}} == true", "_lastResult"),
        *("message", "question", "condition", "set", "http", "api", "action", "script", "end"),
        *([], {}, [[]], {"": 1}, ["a"], [{}], {"if": 1}, {"var": "x", "eq": 1}, {"a": {"b": [1]}}),
    ]
)
KEYS = st.sampled_from(
    [
        *("type", "id", "text", "url", "to", "next", "if", "content", "config", "nodes", "", "x"),
        *("conditions", "connections", "actions", "choices", "options", "variable"),
        "transitions",
    ]
)


def members(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The ways to all that stands in a document."""
    found = [path] if path else []
    keys = (
        value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    )
    for key in keys:
        found += members(value[key], (*path, key))
    return found


def holder_of(document: Any, path: tuple[Any, ...]) -> Any:
    for key in path[:-1]:
        document = document[key]
    return document


@st.composite
def damaged(draw: st.DrawFn) -> Any:
    """A small valid flow of some dialect in which some members are not what they were."""
    document = copy.deepcopy(draw(st.sampled_from([NATIVE, BUILDER, EXPORT])))
    for _ in range(draw(st.integers(1, 4))):
        ways = members(document)
        if not ways:
            break
        path = draw(st.sampled_from(ways))
        holder, key = holder_of(document, path), path[-1]
        match draw(st.sampled_from(["junk", "junk", "remove", "move", "add"])):
            case "junk":
                holder[key] = copy.deepcopy(draw(JUNK))
            case "remove":
                del holder[key]
            case "move":
                other = draw(st.sampled_from(ways))
                holder[key] = copy.deepcopy(holder_of(document, other)[other[-1]])
            case "add" if isinstance(holder, dict):
                holder[draw(KEYS)] = copy.deepcopy(draw(JUNK))
            case _:
                holder.append(copy.deepcopy(draw(JUNK)))
    return document


def check(flow: Flow) -> None:
    """What holds for the flow of any text."""
    assert len(flow.entries) == len(flow.entry_locations)
    assert len({node.id for node in flow.nodes}) == len(flow.nodes)
    for problem in flow.problems:
        assert problem.message
        assert problem.message.isprintable()
        assert not problem.message.endswith(".")
        assert "Input should" not in problem.message
        assert problem.location.line > 0
        assert problem.location.column > 0
    assert flow.dialect or flow.problems


@pytest.mark.parametrize("document", [NATIVE, BUILDER, EXPORT], ids=["native", "builder", "export"])
def test_the_undamaged_flows_are_read(document: dict[str, Any]) -> None:
    flow = flows.parse(json.dumps(document))
    check(flow)
    assert flow.nodes
    assert not [problem for problem in flow.problems if problem.severity == "error"]


@settings(max_examples=400, deadline=None)
@given(damaged())
def test_a_damaged_flow_is_a_flow_with_problems(document: Any) -> None:
    text = json.dumps(document, indent=1)
    check(flows.parse(text))
    for dialect in DIALECTS:
        check(flows.parse(text, dialect=dialect.name))


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_a_file_cut_or_stirred_anywhere_is_a_flow_with_problems(data: st.DataObject) -> None:
    text = data.draw(st.sampled_from([json.dumps(d, indent=1) for d in (NATIVE, BUILDER, EXPORT)]))
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 40)))
    inserted = data.draw(st.text(max_size=6) | st.sampled_from(["[" * 70, "9" * 400, "&a *a", "{"]))
    check(flows.parse(text[:start] + inserted + text[end:]))


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=200) | st.text(max_size=200))
def test_any_text_is_a_flow_with_problems(content: str | bytes) -> None:
    for file in ("", "f.json", "f.yaml"):
        flow = flows.parse(content, file=file)
        check(flow)
        assert flow.problems


@pytest.mark.parametrize("dialect", [None, *(dialect.name for dialect in DIALECTS)])
def test_the_same_text_gives_the_same_flow(dialect: str | None) -> None:
    text = json.dumps({**NATIVE, "nams": 1, "start": []})
    assert flows.parse(text, dialect=dialect) == flows.parse(text, dialect=dialect)
