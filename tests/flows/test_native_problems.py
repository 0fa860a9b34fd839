"""What is wrong with a native flow is said where it stands, with what to do about it."""

from __future__ import annotations

import pytest

from statewright import flows
from statewright.flows.names import ROOTS
from tests.flows.reading import arrows, codes, config, found, helps, node, node_of, yaml

ACTION = "a map that begins with `set`, `increment`, `append`, `remove` or `unset`"
QUESTION = "type: question\ntext: Hi\n"


@pytest.mark.parametrize(
    ("written", "code", "line", "column", "message", "help_"),
    [
        ("type: mesage", "R004", 4, 11, "`mesage` is no kind of node", "did you mean `message`?"),
        ("type: webhook", "R004", 4, 11, "`webhook` is no kind of node", "did you mean `http`?"),
        (f"{QUESTION}inptu: text", "R003", 6, 5, "the key `inptu` is not known here", "did you mean `input`?"),
        (f"{QUESTION}input: txt", "R004", 6, 12, "`input` cannot be `txt`", "did you mean `text`?"),
        (f"{QUESTION}retries: true", "R004", 6, 14, "`retries` must be a whole number, not `true`", ""),
        (f"{QUESTION}retries: 1.5", "R004", 6, 14, "`retries` must be a whole number, not `1.5`", ""),
        (f"{QUESTION}retries: -1", "R004", 6, 14, "`retries` must be at least 0, not `-1`", ""),
        (f"{QUESTION}minimum: x\ninput: number", "R004", 6, 14, "`minimum` must be a number, not `x`", ""),
        (f"{QUESTION}minimum: 2026-12-31\ninput: slider", "R004", 6, 14, "`minimum` must be a number, not `2026-12-31`", ""),
        (f"{QUESTION}minimum: 5\ninput: date", "R004", 6, 14, "`minimum` must be a day, not `5`", "for example `2026-12-31`"),
        (f"{QUESTION}maximum: 2026-02-30\ninput: date", "R004", 6, 14, "`maximum` must be a day, not `2026-02-30`", "for example `2026-12-31`"),
        (f"{QUESTION}minimum: 2026-03-02\nmaximum: 2026-03-01\ninput: date", "R004", 7, 14, "`maximum` is less than `minimum`: no answer will do", "exchange them"),
        (
            f"{QUESTION}timeout: soon", "R004", 6, 14, "`timeout` must be a duration above 0, not `soon`",
            "write `90s`, `1h30m`, `2d`, or a number of seconds",
        ),
        ("type: question\ntext: 5", "R004", 5, 11, "`text` must be a text, not `5`", "put it in quotes to make it a text"),
        ("type: interrupt\nwords: [help, ' ']\nnodes: {b: {type: leave}}", "R004", 5, 19, "a word to listen for is not empty", "write what people say"),
        ("type: question\ntext: a\ninput: boolean\nyes: ['']\nnext: n", "R004", 7, 11, "a word to listen for is not empty", "write what people say"),
        ("type: tag\nadd: [' ']\nnext: n", "R004", 5, 11, "a name cannot be empty", ""),
        ("type: end\ndisabled: 'true'", "R004", 5, 15, "`disabled` must be `true` or `false`, not the text `true`", "write `true` without quotes"),
        ("type: message\ntext: a\nnext: n\nwait: 'no'", "R004", 7, 11, "`wait` must be `true` or `false`, not `no`", "write `false`"),
        ("type: subflow\nflow: b\nversion: 2.10\nnext: n", "R004", 6, 14, "`version` must be a whole number or a text, not `2.1`", "put it in quotes; without them, `2.10` is the same as `2.1`"),
        ("type: end\ndisabled: yes", "R004", 5, 15, "`disabled` must be `true` or `false`, not `yes`", "write `true`"),
        ("type: jump", "R005", 3, 3, "`to` is missing", "it says: the node where it leads"),
        ("type: jump\nto: [b]", "R004", 5, 9, "`to` must be the id of a node, not `[b]`", ""),
        ("type: http\nurl: u\nmethod: get", "R004", 6, 13, "`method` cannot be `get`", "did you mean `GET`?"),
        ("type: http\nurl: u\nheaders: {n: 1}", "R004", 6, 18, "`n` must be a text, not `1`", "put it in quotes to make it a text"),
        (f"{QUESTION}input: choice\nchoices: []", "R005", 7, 14, "`choices` is empty", "list the answers to choose from"),
        ("type: delay\nduration: 99999999d", "R004", 5, 15, "`duration` must be a duration, not `99999999d`", "write `90s`, `1h30m`, `2d`, or a number of seconds"),
        (f"{QUESTION}choices: [{{label: x}}]", "R005", 6, 15, "`value` is missing", ""),
        (f"{QUESTION}choices: [[1]]", "R004", 6, 15, "item 1 of `choices` must be a text, a number, `true` or `false`, not `[1]`", ""),
        (f"{QUESTION}choices: [a, b, a]", "R007", 6, 21, "the choice `a` stands here again", "rename or remove it"),
        (
            "type: set\nactions: [{sett: x}]", "R004", 5, 15,
            f"item 1 of `actions` must be {ACTION}, not `{{sett: x}}`",
            "for example `{set: score, to: 0}`",
        ),
        ("type: set\nactions: [{set: x}]", "R005", 5, 15, "`to` is missing", ""),
        ("type: condition\nbranches: [{if: 5, to: b}]", "R004", 5, 21, "`if` must be a CEL expression, not `5`", "put the expression in quotes"),
        ("type: message", "R005", 3, 3, "the message says nothing", "give it a `text`"),
        ("type: message\ntext: a\nimage: u", "R004", 6, 5, "a bubble shows one thing; here are `text` and `image`", "list several bubbles under `content`"),
        ("type: message\ntext: a\ncontent: [{text: b}]", "R004", 6, 5, "`content` stands beside a bubble", "list all bubbles under `content`"),
        ("type: message\ntext: a\nvariants: [{text: b}]", "R004", 6, 5, "`variants` stands beside a bubble", "make the bubble a variant"),
        ("type: message\ntext: a\nbuttons: [{label: x, url: u, to: b}]", "R004", 6, 34, "a button that opens a URL leads to no node", "remove `to`"),
        ("type: message\ntext: a\nbuttons: [{label: x, url: u, value: b}]", "R004", 6, 26, "a button does one thing; here are `value` and `url`", "remove one"),
        ("type: question", "R005", 3, 3, "`text` is missing", "say what is asked"),
        (f"{QUESTION}input: choice", "R005", 3, 3, "`choices` is missing", "list the answers to choose from"),
        (f"{QUESTION}input: email\nchoices: [a]", "R004", 7, 5, "`choices` means nothing to a question for `email`", "remove it, or `input`"),
        (f"{QUESTION}minimum: 5", "R004", 6, 5, "`minimum` means nothing to a question for `text`", "it belongs to `number`, `integer`, `date`, `multiple_choice`, `rating` and `slider`"),
        (f"{QUESTION}input: file\naccept: ['image/*', .pdf]", "R004", 7, 25, "`accept` must name MIME types, not `.pdf`", "for example `application/pdf` or `image/*`"),
        (f"{QUESTION}input: file\naccept: ['*/*']", "R004", 7, 14, "`accept` must name MIME types, not `*/*`", "for example `application/pdf` or `image/*`"),
        (f"{QUESTION}min_length: 5\nmax_length: 4", "R004", 7, 17, "`max_length` is less than `min_length`: no answer will do", "exchange them"),
        (f"{QUESTION}on: {{timeout: b}}", "R004", 6, 10, "this never happens: the question has no `timeout`", "add `timeout: 10m`"),
        (f"{QUESTION}on: {{fallback: b}}", "R004", 6, 10, "this never happens: the question has no `retries`", "add `retries: 2`"),
        (f"{QUESTION}on: {{skip: b}}", "R004", 6, 10, "this never happens: the question has no `skip`", "add `skip: [skip]`, the words that skip it"),
        (f"{QUESTION}timeout: 5m\nreminder: {{after: 5m, text: Well?}}", "R004", 7, 23, "this never happens: the `timeout` of the question comes first", "remind before that"),
        ("type: form\nfields: {a: {text: A?}}\non: {fallback: b}", "R004", 6, 10, "this never happens: the form has no `retries`", "add `retries: 2`"),
        ("type: form\nfields: {a: {text: A?}}\non: {timeout: b}", "R004", 6, 10, "this never happens: the form has no `timeout`", "add `timeout: 10m`"),
        ("type: delay", "R005", 3, 3, "`duration`, `for` or `until` is missing", "say how long, `duration: 5m` or `for: days`, or until when: `until: 2025-12-24`"),
        ("type: delay\nduration: 5m\nfor: x", "R004", 6, 5, "`for` stands beside `duration`", "remove one"),
        ("type: handoff\nto: {}", "R004", 5, 9, "one takes over: an agent, a team or a queue; here is nobody", "for example `{team: support}`"),
        ("- 5", "R004", 4, 5, "a node is a map, not `[5]`", "begin with `type: message`"),
    ],
)  # fmt: skip
def test_a_wrong_node_says_where_and_what_to_do(
    written: str, code: str, line: int, column: int, message: str, help_: str
) -> None:
    flow = node(written)
    assert found(flow) == [(code, line, column, message)]
    assert helps(flow) == [help_]
    assert flow.problems[0].node == "a"
    assert flow.problems[0].location.pointer.startswith("/nodes/a")


@pytest.mark.parametrize(
    ("written", "code", "line", "column", "message", "help_"),
    [
        ("nam: x\nnodes: {}", "R003", 2, 1, "the key `nam` is not known here", "did you mean `name`?"),
        ("start: [a]\nnodes: {}", "R004", 2, 8, "`start` must be the id of a node, not `[a]`", ""),
        ("name: x", "R005", 1, 1, "`nodes` is missing", "a flow is made of nodes"),
        ("nodes: [a]", "R004", 2, 8, "`nodes` must be a map, not `[a]`", ""),
        ('nodes: {"": {type: end}}', "R004", 2, 9, "the id of a node cannot be empty", ""),
        ("nodes:\n  a: {type: end}\n  a: {type: end}", "S104", 4, 3, "the node `a` stands here again", "it stands in line 3 first; rename or remove one of them"),
        ("nodes: {a: {type: end, type: end}}", "R007", 2, 24, "the key `type` stands here again", "it stands in line 2 first; rename or remove one of them"),
        ("settings: {on_eror: fail}\nnodes: {}", "R003", 2, 12, "the key `on_eror` is not known here", "did you mean `on_error`?"),
        ("settings: {on_error: fallback}\nnodes: {}", "R005", 2, 1, "`fallback` is missing", "name the node to go on at"),
        ("settings: {fallback: a}\nnodes: {}", "R004", 2, 12, "`fallback` does nothing without `on_error: fallback`", "add it, or remove `fallback`"),
        ("settings: {step_limit: 0}\nnodes: {}", "R004", 2, 24, "`step_limit` must be at least 1, not `0`", ""),
        ("variables: {n: number}\nnodes: {}", "R004", 2, 16, "`number` is no type", "did you mean `double`?"),
        ("variables: {n: 5}\nnodes: {}", "R004", 2, 16, "`5` is no type", "known are `string`, `int`, `double`, `bool`, `date`, `timestamp`, `duration`, `list`, `map`, `object`, `enum` and `any`"),
        ("variables: {n: {type: integer}}\nnodes: {}", "R004", 2, 23, "`type` cannot be `integer`", "did you mean `int`?"),
        ("variables: {n: {type: int, default: x}}\nnodes: {}", "R004", 2, 37, "`default` must be a whole number, as `type` says, not `x`", ""),
        ("variables: {n: {type: int, values: [1, x]}}\nnodes: {}", "R004", 2, 40, "`x` must be a whole number, as `type` says", ""),
        ("variables: {n: {type: int, values: [1], default: 2}}\nnodes: {}", "R004", 2, 50, "`2` is not one of `values`", ""),
        ("variables: {n: {type: string, minimum: 2}}\nnodes: {}", "R004", 2, 31, "`minimum` means nothing to a variable of type `string`", "it belongs to `int`, `double`, `date`, `timestamp`, `duration` and `any`"),
        ("variables: {input: string}\nnodes: {}", "R004", 2, 13, "`input` means something else in an expression", "give it another name"),
        ("nodes: {a: {type: end, outcome: 9223372036854775808}}", "R004", 2, 33, "`9223372036854775808` does not fit into 64 bits", ""),
    ],
)  # fmt: skip
def test_a_wrong_flow_says_where_and_what_to_do(
    written: str, code: str, line: int, column: int, message: str, help_: str
) -> None:
    flow = yaml(written)
    assert found(flow)[0] == (code, line, column, message)
    assert helps(flow)[0] == help_


@pytest.mark.parametrize(
    ("written", "severity"),
    [
        ("variables: {NAME: string}\nnodes: {a: {type: end}}", "error"),
        ("nodes: {a: {type: loop, each: '[1]', item: NAME, body: {start: b, nodes: {b: {type: continue}}}}}", "error"),
        ("nodes: {a: {type: form, fields: {NAME: {text: What?}}}}", "warning"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("name", sorted(ROOTS))
def test_no_value_is_called_what_means_something_else(
    name: str, written: str, severity: str
) -> None:
    reading = yaml(written.replace("NAME", name))
    told = [p.severity for p in reading.problems if "means something else" in p.message]
    assert told == [severity]


def test_one_mistake_does_not_hide_another_or_the_rest() -> None:
    flow = yaml("""
        start: a
        nodes:
          a:
            type: question
            text: 5
            retries: many
            choices: [x, [], y, {value: z, to: b}]
            next: b
          b:
            type: set
            actions:
              - {sett: x}
              - {set: y, to: 1}
              - {set: z}
              - {increment: n, by: []}
            next: c
          c: {type: mesage, next: d}
          d: {type: end}
    """)
    assert found(flow) == [
        ("R004", 6, 11, "`text` must be a text, not `5`"),
        ("R004", 7, 14, "`retries` must be a whole number, not `many`"),
        (
            "R004",
            8,
            18,
            "item 2 of `choices` must be a text, a number, `true` or `false`, not `[]`",
        ),
        (
            "R004",
            13,
            9,
            f"item 1 of `actions` must be {ACTION}, not `{{sett: x}}`",
        ),
        ("R005", 15, 9, "`to` is missing"),
        ("R004", 16, 28, "`by` must be a text, a number, `true` or `false`, not `[]`"),
        ("R004", 18, 13, "`mesage` is no kind of node"),
    ]
    assert [choice.value for choice in config(flow).choices] == ["x", "y", "z"]
    assignments = config(flow, "b").assignments
    assert [(a.variable.text, a.value.json) for a in assignments] == [("y", 1), ("n", 1)]
    assert str(config(flow, "b").assignments[0].variable.location) == "f.yaml:14:15"
    assert arrows(flow) == ["a choice:z -> b", "a -> b", "b -> c", "c -> d"]
    assert node_of(flow, "c").kind == "unsupported"


def test_a_later_version_of_the_format_says_so() -> None:
    flow = flows.parse("statewright: 2\nnodes: {}", file="f.yaml")
    assert found(flow) == [("R004", 1, 14, "`statewright` cannot be `2`")]
    assert helps(flow) == ["it can only be `1`"]


def test_only_what_stands_in_the_way_is_an_error() -> None:
    flow = node(f"{QUESTION}on: {{timeout: b}}")
    assert [problem.severity for problem in flow.problems] == ["warning"]
    assert [problem.severity for problem in node("type: mesage").problems] == ["error"]


def test_broken_yaml_leaves_an_empty_flow() -> None:
    flow = yaml("nodes: [")
    assert codes(flow) == ["R001"]
    assert (flow.id, flow.dialect, flow.nodes) == ("f", "", ())
