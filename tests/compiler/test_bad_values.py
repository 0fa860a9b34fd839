"""Values that cannot mean anything are told where they stand, once, with what to do."""

from __future__ import annotations

import pytest

from statewright import compiler, flows
from statewright.compiler.findings import Finding

HEAD = """statewright: 1
id: bad
start: n
variables:
  {x: string, i: int, l: list, b: bool, d: double, day: date, e: {type: enum, values: [p, q]},
   sec: {type: string, secret: true}, o: {type: object, fields: {when: int, who: string}}}
nodes:
"""
LINE = HEAD.count("\n") + 1
ENDS = "\n  e1: {type: end}\n  e2: {type: end, outcome: two}\n"
LEAVING = "nodes: {y: {type: leave}}"
CATCHING = "{nodes: {c: {type: leave}}}"
CATCHING_LATE = "{errors: [timeout], nodes: {f: {type: leave}}}"
GOING_ON = "next: e1, nodes: {a: {type: continue}}"


def found(node: str) -> list[Finding]:
    """What is found in a flow that begins with a node, but for what follows from the others."""
    flow = flows.parse(f"{HEAD}  n: {node}{ENDS}", file="bad.yaml")
    return [
        one
        for one in compiler.compile(flow).findings
        if one.code not in ("D403", "S105", "D401") or one.location.line == LINE
    ]


def asked(more: str) -> str:
    return f"{{type: question, text: q, retries: 1, on: {{fallback: e2}}, next: e1, {more}}}"


def requested(url: str, more: str = "") -> str:
    return f"{{type: http, url: {url!r}, success: e1, error: e1{more}}}"


@pytest.mark.parametrize(
    ("node", "code", "part"),
    [
        # Answers that no variable of the type holds.
        (asked("input: date, variable: i"), "G302", "a date is no int"),
        (asked("input: email, variable: i"), "G302", "an email address is no int"),
        (asked("input: email, variable: day"), "G302", "an email address is no date"),
        (asked("input: boolean, variable: day"), "G302", "yes or no is no date"),
        (asked("input: boolean, variable: i"), "G302", "yes or no is no int"),
        (asked("input: time, variable: d"), "G302", "a time of day is no double"),
        (asked("input: location, variable: i"), "G302", "is no int"),
        (asked("input: file, variable: b"), "G302", "is no bool"),
        (asked("choices: [a, b], variable: i"), "G302", "`a` is no int"),
        (asked("choices: ['1', b], variable: i"), "G302", "cannot hold the answer `b`"),
        (asked("choices: [a, b], store: choice, variable: x"), "G302", "is no string"),
        (asked("input: multiple_choice, choices: [a, b], variable: i"), "G302", "is no int"),
        ("{type: form, fields: {a: {text: A}}, variable: i, next: e1}", "G302", "is no int"),
        (
            "{type: form, fields: {who: {text: A}, whom: {text: A}}, variable: o, next: e1}",
            "G302",
            "`o` has no part `whom`",
        ),
        (
            "{type: form, fields: {when: {text: A, input: date}}, variable: o, next: e1}",
            "G302",
            "`when` cannot hold an answer to this: a date is no int",
        ),
        (
            "{type: split, variable: i, arms: [{name: a, to: e1}, {name: b, to: e2}]}",
            "G302",
            "`i` cannot hold the name of an arm",
        ),
        (
            "{type: split, variable: e, arms: [{name: p, to: e1}, {name: z, to: e2}]}",
            "G302",
            "not among those that are declared",
        ),
        # Arguments that make each call fail.
        ("{type: end, text: \"{{ format.currency(1.5, 'EURO', 'de') }}\"}", "G302", "no currency"),
        ("{type: end, text: \"{{ format.date(now, 'huge', 'de') }}\"}", "G302", "the style is one"),
        ("{type: end, text: \"{{ format.number(1.5, 'klingon') }}\"}", "G302", "`klingon`"),
        ("{type: end, text: \"{{ now.getHours('Mars/X') }}\"}", "G302", "no such time zone"),
        ("{type: end, text: \"{{ schedule.at('2026-02-30', 'UTC') }}\"}", "G302", "no such time"),
        ("{type: end, text: \"{{ duration('5 minutes') }}\"}", "G302", "not a duration"),
        ("{type: delay, until: b, next: e1}", "G302", "must be of type `timestamp`, not bool"),
        ("{type: delay, for: l, next: e1}", "G302", "must be of type `duration`, not list"),
        # Requests that are never sent.
        (requested("a.de"), "E612", "does not begin with `https://`"),
        (requested("//a.de/x"), "E612", "does not begin with `https://`"),
        (requested("https://"), "E612", "it names no host"),
        (requested("https://a.de:99999/"), "E612", "there is no port `99999`"),
        (requested("https://a.de:0/"), "E612", "there is no port `0`"),
        (requested("https://a b.de/"), "E612", "`a b.de` is no host"),
        (requested("https://a.de", ", headers: {'a b': c}"), "E612", "`a b` is no name of a header"),
        (requested("https://a.de", r', headers: {A: "c\r\nX: y"}'), "E612", "holds a line break"),
        (requested("  "), "R004", "must be a text that is not empty"),
        (requested("https://a.de", ", retries: 1, retry_statuses: [200]"), "R004", "a success"),
        # Links that are none.
        (
            "{type: message, text: a, buttons: [{label: a, url: 'javascript:go()'}], next: e1}",
            "I511",
            "`javascript:go()`",
        ),
        (
            '{type: message, text: a, buttons: [{label: a, url: " java\\nscript:go()"}], next: e1}',
            "I511",
            "has the client do what it says",
        ),
        ("{type: message, card: {title: a, url: 'data:text/html,x'}, next: e1}", "I511", "data:"),
        ("{type: message, card: {title: a, url: 'https://'}, next: e1}", "I511", "names no host"),
        # Language models, actions, people.
        ("{type: llm, model: '', prompt: p, next: e1, on: {error: e1}}", "R004", "`model`"),
        ("{type: llm, model: m, prompt: ' ', next: e1, on: {error: e1}}", "R004", "`prompt`"),
        ("{type: llm, model: m, prompt: p, schema: {type: objct}, next: e1}", "R004", "`objct`"),
        (
            "{type: llm, model: m, prompt: p, schema: {type: object, properties: [a]}, next: e1}",
            "R004",
            "`properties` must be a map",
        ),
        (
            "{type: llm, model: m, prompt: p, schema: {properties: {a: {type: [string, 5]}}}, next: e1}",
            "R004",
            "item 2 of `type` cannot be `5`",
        ),
        ("{type: llm, model: m, prompt: p, schema: {items: [{type: string}]}, next: e1}", "R004", "`items` must be a map"),
        ("{type: llm, model: m, prompt: p, schema: {pattern: '('}, next: e1}", "R004", "missing )"),
        ("{type: llm, model: m, prompt: p, schema: {required: a}, next: e1}", "R004", "`required`"),
        ("{type: llm, model: m, prompt: p, schema: {$ref: 'http://x/y'}, next: e1}", "R004", "else"),
        ("{type: action, action: '', next: e1}", "R004", "`action` must be"),
        ("{type: action, action: '{{ x }}', next: e1}", "R004", "a text without templates"),
        ("{type: approval, request: '', next: e1, on: {rejected: e1}}", "R004", "`request`"),
        # Secrets that would be kept.
        (
            requested("https://a.de", ", fallback: {a: '{{secret:sec}}'}"),
            "D406",
            "stands in for a response",
        ),
        # What is offered, and said.
        (asked("choices: []"), "R005", "`choices` is empty"),
        (asked("choices: [a, '  ']"), "R004", "the value of a choice is empty"),
        (asked("choices: [a, '{{ x }}']"), "R004", "the value of a choice is a template"),
        (asked("choices: [{value: a, synonyms: [B]}, b]"), "I505", "`B` means the answer `b`"),
        (asked("choices: [a, b], skip: [B]"), "I504", "understood otherwise"),
        (asked("skip: [Help], help: {text: h}"), "R007", "`Help` asks for help already"),
        (asked("skip: ['{{ x }}']"), "R004", "a word to listen for is no template"),
        (asked("input: slider, minimum: 0, maximum: 1, step: 5"), "R004", "`step` is more than"),
        ("{type: message, text: '  ', next: e1}", "R005", "the message says nothing"),
        ("{type: message, content: [{text: a}, {}], next: e1}", "R005", "shows nothing"),
        ("{type: message, content: [{text: a}, {cards: []}], next: e1}", "R005", "`cards` is empty"),
        ("{type: message, text: a, buttons: [{label: ''}], next: e1}", "R004", "`label` must be"),
        # Structure.
        ("{type: condition, branches: [], else: e1}", "R005", "`branches` is empty"),
        ("{type: set, actions: [], next: e1}", "R005", "`actions` is empty"),
        (f"{{type: loop, times: -3, {GOING_ON}}}", "R004", "of at least 0"),
        (f"{{type: loop, times: 3.5, {GOING_ON}}}", "R004", "a whole number of at least 0"),
        (f"{{type: loop, times: 2000, {GOING_ON}}}", "R004", "no more rounds than 1,000"),
        (f"{{type: loop, each: l, item: now, {GOING_ON}}}", "R004", "`now` means something else"),
        (f"{{type: loop, each: l, item: '~count', {GOING_ON}}}", "R004", "no name for a value"),
        (f"{{type: loop, each: l, index: item, {GOING_ON}}}", "R007", "are both called `item`"),
        (f"{{type: parallel, regions: {{a: {{{LEAVING}}}}}, join: some, next: e1}}", "R004", "`join`"),
        ("{type: parallel, regions: {}, next: e1}", "R004", "one that is not empty"),
        (
            f"{{type: try, {LEAVING}, catch: [{CATCHING}, {CATCHING_LATE}], next: e1}}",
            "G307",
            "this clause is never reached",
        ),
        (
            f"{{type: try, {LEAVING}, catch: [{{errors: [], nodes: {{c: {{type: leave}}}}}}], next: e1}}",
            "R005",
            "`errors` is empty",
        ),
        (
            f"{{type: try, {LEAVING}, catch: [{{as: event, nodes: {{c: {{type: leave}}}}}}], next: e1}}",
            "R004",
            "`event` means something else",
        ),
        ("{type: form, fields: {now: {text: When?}}, next: e1}", "R004", "`now` means something"),
        ("{type: form, next: e1}", "R005", "`fields` is missing"),
        ("{type: end, outcome: '{{ x }}'}", "R004", "an outcome is no template"),
        ("{type: end, outcome: ''}", "R004", "`outcome` must be"),
        # Time.
        ("{type: delay, until: 5, next: e1}", "R004", "a date, or a CEL expression"),
        ("{type: delay, for: '-5', next: e1}", "E608", "does not wait"),
        ("{type: delay, for: \"duration('-5s')\", next: e1}", "E608", "does not wait"),
        ("{type: delay, duration: 200000d, next: e1}", "E608", "more than ten years"),
        ("{type: schedule, cron: '0 0 30 2 *', next: e1}", "R004", "never fires"),
        ("{type: client, action: a, timeout: 0, next: e1, on: {error: e1}}", "R004", "above 0"),
    ],
)  # fmt: skip
def test_one_mistake_is_one_finding_in_its_line(node: str, code: str, part: str) -> None:
    findings = [one for one in found(node) if one.code not in ("I507", "E601", "E604")]
    assert [(one.code, one.location.line) for one in findings] == [(code, LINE)], findings
    assert part in findings[0].message


@pytest.mark.parametrize(
    "node",
    [
        asked("input: integer, variable: d"),
        asked("input: phone, variable: i"),
        asked("input: date, variable: day"),
        asked("input: boolean, variable: x"),
        asked("choices: ['1', '2'], variable: i"),
        asked("choices: [p, q], variable: e"),
        asked("input: multiple_choice, choices: [a, b], variable: l"),
        asked("choices: [{value: a, synonyms: [first, A]}, b], variable: x"),
        asked("input: slider, minimum: 0, maximum: 1, step: 1, variable: d"),
        requested("https://{{ x }}.example.com:8443/a b?q={{ x }}"),
        requested("https://[2606:4700::1111]:443/"),
        "{type: delay, for: '5', next: e1}",
        "{type: delay, until: \"now + duration('5m')\", next: e1}",
        "{type: delay, until: i, next: e1}",
        f"{{type: loop, times: i + 1, {GOING_ON}}}",
        f"{{type: loop, times: 2000, on: {{limit: e2}}, {GOING_ON}}}",
        f"{{type: loop, times: 2000, limit: 3000, {GOING_ON}}}",
        "{type: message, image: {url: 'data:image/png;base64,AAAA', alt: dot}, next: e1}",
        "{type: message, text: a, buttons: [{label: a, url: 'mailto:a@example.com'}], next: e1}",
        "{type: message, text: a, buttons: [{label: a, url: /help}], next: e1}",
        "{type: schedule, cron: '0 0 29 2 *', next: e1}",
        "{type: end, text: \"{{ format.currency(1.5, 'EUR', 'de-AT') }}\"}",
        f"{{type: try, {LEAVING}, catch: [{CATCHING_LATE}, {CATCHING}], next: e1}}",
    ],
)
def test_what_can_be_meant_is_no_mistake(node: str) -> None:
    assert [str(one) for one in found(node) if one.code not in ("I502", "E603")] == []


def test_a_node_that_settings_name_is_looked_for_where_it_is_named() -> None:
    text = "statewright: 1\nid: a\nstart: n\nsettings: {on_error: fallback, fallback: nope}\nnodes:\n  n: {type: end}\n"
    (finding,) = compiler.compile(flows.parse(text, file="a.yaml")).findings
    assert (finding.code, str(finding.location)) == ("S103", "a.yaml:4:42")


def test_a_key_that_is_too_long_is_told_in_our_words() -> None:
    for shape in ("  {}: {{type: end}}\n", '  "{}": {{type: end}}\n'):
        text = "statewright: 1\nid: a\nnodes:\n" + shape.format("k" * 1100)
        (problem,) = flows.parse(text, file="a.yaml").problems
        assert problem.message == "a key has at most 1,024 characters"
        assert (problem.location.line, problem.location.column) == (4, 3)


def test_a_default_is_no_template() -> None:
    text = "statewright: 1\nid: a\nstart: n\nvariables: {x: {type: string, default: '{{ y }}'}}\n"
    text += "nodes:\n  n: {type: end, text: '{{ x }}'}\n"
    (finding,) = compiler.compile(flows.parse(text, file="a.yaml")).findings
    assert (finding.code, finding.severity, finding.location.line) == ("R004", "warning", 4)


@pytest.mark.parametrize("variables", ["5", "[a]", "''"])
def test_names_are_not_missed_where_no_declaration_could_be_read(variables: str) -> None:
    text = f"statewright: 1\nid: a\nstart: n\nvariables: {variables}\n"
    text += "nodes:\n  n: {type: end, text: '{{ x }} {{ y }}'}\n"
    findings = compiler.compile(flows.parse(text, file="a.yaml")).findings
    assert [one.code for one in findings] == ["R004"]


def test_a_number_that_does_not_fit_is_told_once() -> None:
    text = (
        "statewright: 1\nid: a\nstart: n\nnodes:\n  n: {type: end, text: 10000000000000000000000}\n"
    )
    findings = compiler.compile(flows.parse(text, file="a.yaml")).findings
    assert [one.message for one in findings] == [
        "`10000000000000000000000` does not fit into 64 bits"
    ]


def test_nodes_behind_one_that_could_not_be_read_are_not_missed() -> None:
    text = "statewright: 1\nid: a\nstart: n\nnodes:\n  n: 5\n  m: {type: jump, to: o}\n  o: {type: end}\n"
    findings = compiler.compile(flows.parse(text, file="a.yaml")).findings
    assert [one.code for one in findings] == ["R004"]
