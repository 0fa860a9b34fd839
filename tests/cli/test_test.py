"""``test``: what is expected of a conversation, and what is said where it goes another way."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.commands import EXAMPLES, CommandLine

FLOW = """\
statewright: 1
id: shop
start: ask
variables:
  size: {type: int}
  price: {type: double, default: 2.5}
  user: {type: map, input: true, default: {}}
nodes:
  ask: {type: question, text: "Hi!\\nWhich size?", input: integer, variable: size, timeout: 1m, next: look, on: {timeout: bye}}
  look:
    type: http
    url: "https://shop.example/{{ size }}"
    save: {price: double(response.body.price)}
    success: tell
    error: bye
  tell: {type: message, text: "It costs {{ price }}, {{ user.name }}.", next: bye}
  bye: {type: end, text: Bye., outcome: gone}
"""


@pytest.fixture
def tests(tmp_path: Path) -> Path:
    (tmp_path / "shop.yaml").write_text(FLOW)
    return tmp_path / "shop.test.yaml"


def script(*lines: str) -> str:
    return "flow: shop.yaml\nscript:\n" + "".join(f"  - {line}\n" for line in lines)


@pytest.mark.parametrize(
    "expectation",
    [
        'text: "Hi!\\nWhich size?"',
        'text: ["Hi!\\nWhich size?"]',
        "text: {contains: size}",
        "text: {matches: '^Hi!\\s+Which'}",
        "text: [{contains: Hi, matches: size}]",
        'messages: [{type: text, text: "Hi!\\nWhich size?"}]',
        "data: {price: 2.5}",
        "data: {size: null}",
        "configuration: ask",
        "configuration: [ask, ask/~wait]",
        "awaiting: {kind: integer, node: ask}",
        "effects: []",
        "status: active",
        "outcome: ''",
        "{}",
    ],
)
def test_what_is_so_passes(statewright: CommandLine, tests: Path, expectation: str) -> None:
    body = expectation if expectation == "{}" else f"{{{expectation}}}"
    tests.write_text(script(f"expect: {body}"))
    result = statewright("test", tests)
    assert (result.code, result.out) == (0, "1 conversation, none failed\n")


@pytest.mark.parametrize(
    ("expectation", "message"),
    [
        ("text: Hi!", r'the text should equal "Hi!", and is "Hi!\nWhich size?"'),
        (
            "text: {contains: colour}",
            r'the text should contain "colour", and is "Hi!\nWhich size?"',
        ),
        ("text: {matches: ^Which}", r'the text should match "^Which", and is "Hi!\nWhich size?"'),
        (
            "text: [Hi!, Which size?]",
            r'2 texts are expected, and 1 were said: ["Hi!\nWhich size?"]',
        ),
        ("messages: [{type: image}]", '`messages[0].type` should be "image", and is "text"'),
        ("data: {price: 3}", "`data.price` should be 3, and is 2.5"),
        ("data: {size: 3}", "`data.size` should be 3, and is not there"),
        ("data: {price: true}", "`data.price` should be true, and is 2.5"),
        ("configuration: bye", '"bye" should be active; active are ["~talk", "ask", "ask/~wait"]'),
        ("awaiting: {kind: text}", '`awaiting.kind` should be "text", and is "integer"'),
        ("effects: [{kind: invoke}]", '`effects` should be [{"kind": "invoke"}], and is []'),
        ("status: completed", '`status` should be "completed", and is "active"'),
        ("outcome: gone", '`outcome` should be "gone", and is ""'),
    ],
)
def test_what_is_not_so_fails_at_its_place(
    statewright: CommandLine, tests: Path, expectation: str, message: str
) -> None:
    tests.write_text(script(f"expect: {{{expectation}}}"))
    result = statewright("test", tests, "--format", "json")
    assert result.code == 1
    (case,) = json.loads(result.out)
    (failure,) = case["failures"]
    assert (case["passed"], failure["message"]) == (False, message)
    assert (failure["location"]["line"], failure["location"]["column"]) == (3, 14)


def test_an_expectation_is_about_all_that_happened_since_the_line_before(
    statewright: CommandLine, tests: Path
) -> None:
    tests.write_text(
        "data: {user: {name: Ada}}\nfixtures: {look: {data: {status: 200, body: {price: 7}}}}\n"
        + script(
            '"42"',
            "expect: {text: ['It costs 7, Ada.', Bye.], data: {price: 7}, outcome: gone}",
            "expect: {effects: [{kind: invoke, data: {params: {url: 'https://shop.example/42'}}}]}",
        )
    )
    result = statewright("test", tests)
    assert result.code == 0, result.out


def test_a_file_holds_many_conversations_each_under_its_own_conditions(
    statewright: CommandLine, tests: Path
) -> None:
    (tests.parent / "fixtures.yaml").write_text("look: {error: {code: dns}}\n")
    tests.write_text("""\
flow: shop.yaml
data: {user: {name: Ada}}
conversations:
  - name: found
    fixtures: {look: {data: {status: 200, body: {price: 1}}}}
    script: ["1", {expect: {text: {contains: "1, Ada"}}}]
  - name: not found
    fixtures: fixtures.yaml
    data: {user: {name: Bo}}
    script: ["1", {expect: {text: Bye.}}]
  - name: too late
    now: "2030-01-01"
    seed: x
    script: [{advance: 1m}, {expect: {text: Byte.}}]
""")
    result = statewright("test", tests, "--format", "json")
    cases = json.loads(result.out)
    assert [(case["name"], case["passed"]) for case in cases] == [
        ("found", True),
        ("not found", True),
        ("too late", False),
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (script('"1"', '"2"', "result: nowhere"), "no effect of `nowhere` is pending"),
        (script('"1"', "{say: hello}"), "is no line"),
        (script("{advance: 1m}", '"1"'), "hears nothing more"),
        (script("expect: {tekst: a}"), "`tekst`"),
        (script("expect: {text: {kontains: a}}"), "`kontains`"),
        (script("expect: {text: {matches: '('}}"), "invalid regular expression"),
        (script("expect: {text: {contains: 3}}"), "a text"),
        (script("expect: [1]"), "a map"),
        ("flow: shop.yaml\n", "`script` is missing"),
        ("script: []\n", "`flow` is missing"),
        ("flow: nowhere.yaml\nscript: []\n", "no such file"),
        ("flow: shop.yaml\nscript: []\ndata: nowhere.yaml\n", "no such file"),
        ("flow: shop.yaml\nscript: []\ndata: 3\n", "`data` is a map"),
        ("flow: shop.yaml\nscript: []\nnow: soon\n", "'soon' is no time"),
        ("flow: shop.yaml\nscript: []\ndata: {price: 3}\n", "price"),
        ("flow: shop.yaml\nscript: []\nfixtures: {look: 3}\n", "fixture `look`"),
        ("flow: shop.yaml\nconversations: [3]\n", "a map"),
        ("- a\n", "a map"),
        ("{", "YAML"),
        ("", "empty"),
    ],
)
def test_a_test_that_cannot_be_held_fails_and_says_why(
    statewright: CommandLine, tests: Path, text: str, message: str
) -> None:
    tests.write_text(text)
    result = statewright("test", tests)
    assert result.code == 1
    assert message in result.out


def test_a_flow_with_errors_is_tested_as_far_as_it_goes(
    statewright: CommandLine, tests: Path
) -> None:
    (tests.parent / "shop.yaml").write_text(FLOW.replace("next: look", "next: lock"))
    tests.write_text(script("expect: {status: active}"))
    result = statewright("test", tests)
    assert result.code == 0
    assert "shop.yaml has 1 error" in result.err


def test_a_file_that_is_not_there_is_a_failure(statewright: CommandLine, tests: Path) -> None:
    result = statewright("test", tests)
    assert result.code == 2
    assert "no such file" in result.err


@pytest.mark.parametrize("format_", ["sarif", "github", "junit"])
def test_results_are_there_in_every_format(
    statewright: CommandLine, tests: Path, format_: str
) -> None:
    tests.write_text(script("expect: {outcome: gone}"))
    result = statewright("test", tests, "--format", format_)
    assert (result.code, result.err) == (1, "")
    assert "should be" in result.out


# --- coverage and generation ----------------------------------------------------------------------


def test_coverage_tells_what_no_conversation_came_to(statewright: CommandLine, tests: Path) -> None:
    tests.write_text(script("advance: 1m"))
    result = statewright("test", tests, "--coverage")
    assert result.code == 0
    assert "  nodes: 2 of 4 (50 %)\n  ports: 1 of 5 (20 %)\n" in result.out
    assert "  not covered: ask.next → look\n" in result.out
    assert "ask.timeout" not in result.out


def test_coverage_as_json_counts_conversations(statewright: CommandLine, tests: Path) -> None:
    tests.write_text(script("advance: 1m"))
    result = statewright("test", tests, "--coverage", "--format", "json")
    report = json.loads(result.out)
    assert [test["passed"] for test in report["tests"]] == [True]
    ports = report["coverage"][0]["ports"]
    counts = {item["subject"]: item["conversations"] for item in ports["items"]}
    assert counts["ask.timeout → bye"] == 1
    assert (ports["covered"], ports["total"]) == (1, 5)


@pytest.mark.parametrize("cover", [(), ("--cover", "pairs", "--cover", "uses")])
def test_generated_conversations_pass_and_cover_every_port(
    statewright: CommandLine, tests: Path, cover: tuple[str, ...]
) -> None:
    flow, folder = tests.parent / "shop.yaml", tests.parent / "generated"
    made = statewright("test", "--generate", flow, "-o", folder, *cover)
    assert made.code == 0
    assert "ports: 5 covered, 0 proved infeasible, 0 neither\n" in made.out
    held = statewright("test", folder / "shop.generated.test.yaml", "--coverage")
    assert held.code == 0
    assert "ports: 5 of 5 (100 %)" in held.out


def test_a_generated_conversation_fails_once_the_flow_says_something_else(
    statewright: CommandLine, tests: Path
) -> None:
    flow = tests.parent / "shop.yaml"
    statewright("test", "--generate", flow, "-o", tests.parent)
    flow.write_text(FLOW.replace("Bye.", "So long."))
    assert statewright("test", tests.parent / "shop.generated.test.yaml").code == 1


def test_generation_as_json_says_what_never_happens(statewright: CommandLine, tests: Path) -> None:
    flow = tests.parent / "never.yaml"
    branch = "{type: condition, branches: [{if: size > 1 && size < 1, to: bye}], else: tell}"
    flow.write_text(
        FLOW.replace("success: tell", "success: odd").replace(
            "  tell:", f"  odd: {branch}\n  tell:"
        )
    )
    made = statewright("test", "--generate", flow, "-o", tests.parent, "--format", "json")
    report = json.loads(made.out)
    assert [one["subject"] for one in report["infeasible"]] == [
        "odd.branch (size > 1 && size < 1) → bye"
    ]
    assert report["open"] == []


def test_conversations_may_say_who_the_contact_is(statewright: CommandLine, tests: Path) -> None:
    (tests.parent / "hello.yaml").write_text(
        "statewright: 1\nid: hello\nstart: hi\n"
        "nodes: {hi: {type: end, text: 'Hi {{ contact.name }}.'}}\n"
    )
    tests.write_text(
        "flow: hello.yaml\ncontact: {name: Ada}\nscript: [{expect: {text: Hi Ada.}}]\n"
    )
    assert statewright("test", tests).code == 0


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("--generate", "flow.yaml"),
        ("--generate", "flow.yaml", "-o", "x", "more.yaml"),
        ("-o", "x", "more.yaml"),
        ("--coverage", "--format", "junit", "x.yaml"),
    ],
)
def test_options_that_do_not_go_together_are_refused(
    statewright: CommandLine, arguments: tuple[str, ...]
) -> None:
    result = statewright("test", *arguments)
    assert result.code == 2
    assert "Error: " in result.err


def test_a_flow_with_errors_has_no_conversations(
    statewright: CommandLine, dangling: Path, tmp_path: Path
) -> None:
    result = statewright("test", "--generate", dangling, "-o", tmp_path / "out")
    assert result.code == 2
    assert "a flow with errors" in result.err


def test_conversations_are_made_for_files_of_flows_only(
    statewright: CommandLine, tmp_path: Path
) -> None:
    assert "name a file" in statewright("test", "--generate", "-", "-o", tmp_path).err
    machine = EXAMPLES / "parking-gate.scxml"
    assert "is no flow" in statewright("test", "--generate", machine, "-o", tmp_path).err


def test_what_cannot_be_seen_is_spelled_out_where_texts_differ(
    statewright: CommandLine, tmp_path: Path
) -> None:
    (tmp_path / "a.yaml").write_text(
        'statewright: 1\nstart: a\nnodes:\n  a: {type: end, text: "12\\u202f€\\u200b \\U000E0041"}\n'
    )
    tests = tmp_path / "a.test.yaml"
    tests.write_text('flow: a.yaml\nscript: [{expect: {text: "12\\xa0€"}}]\n')
    result = statewright("test", tests)
    assert result.code == 1
    told = r'the text should equal "12\u00a0€", and is "12\u202f€\u200b \U000e0041"'
    assert told in result.out
