"""Forms: several questions in a row, or all of them answered at once."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from statewright import compiler, flows
from statewright.flows.model import Edge, Flow, Node
from statewright.flows.nodes import Form, Handoff
from statewright.statechart import Status, parse_script, play, start
from tests.compiler.conversations import HEADER, compiled, drafted, said, talk, turns
from tests.compiler.rehydration import played_anew

ROOT = Path(__file__).parents[2]

FORM = """
start: details
variables: {person: map, sizes: {type: list, default: [S, M]}}
nodes:
  details:
    type: form
    text: "A few details."
    fields:
      name: {text: "Your name?", min_length: 2}
      email: {text: "Hello {{ name }}, your email?", input: email, retries: 1}
      size: {text: "Which size?", choices_from: sizes, skip: [none]}
    variable: person
    timeout: 1h
    next: bye
    on: {fallback: over, timeout: late}
  bye: {type: end, text: "{{ person.name }} {{ person.email }} {{ person.?size.orValue('-') }}"}
  over: {type: end, text: Over}
  late: {type: end, text: Late}
"""


def submitted(**values: Any) -> dict[str, Any]:
    return {"event": "form.submit", "data": {"node": "details", "values": values}}


def test_the_fields_are_asked_one_after_the_other() -> None:
    assert talk(FORM, "Ada", "ada@example.org", "m") == [
        "A few details.",
        "Your name?",
        "Hello Ada, your email?",
        "Which size?",
        "Ada ada@example.org M",
    ]


def test_a_field_may_be_skipped_and_retries_may_run_out() -> None:
    assert talk(FORM, "Ada", "ada@example.org", "none")[-1] == "Ada ada@example.org -"
    assert talk(FORM, "Ada", "x", "y")[-1] == "Over"
    assert talk(FORM, "Ada", {"advance": "61m"})[-1] == "Late"


def test_all_answers_may_come_at_once() -> None:
    played = turns(FORM, submitted(name="Ada", email="ada@example.org", size="S"))
    assert said(played)[-1] == "Ada ada@example.org S"
    assert played[-1].data["person"] == {"name": "Ada", "email": "ada@example.org", "size": "S"}


def test_answers_that_come_at_once_are_checked() -> None:
    wrong = "Some of the answers will not do. Please check them."
    for values in (
        {"name": "A", "email": "ada@example.org"},
        {"name": "Ada", "email": "nobody"},
        {"name": "Ada"},
        {"name": "Ada", "email": "ada@example.org", "size": "XL"},
    ):
        assert talk(FORM, submitted(**values))[-1] == wrong
    assert talk(FORM, submitted(name="A"), "Ada", "a@example.org", "s")[-1] == "Ada a@example.org S"


def test_a_client_learns_which_answers_will_not_do() -> None:
    for values, wrong in (
        ({"name": "A", "email": "ada@example.org"}, ["name"]),
        ({"email": "nobody", "size": "XL"}, ["name", "email", "size"]),
        ({"name": None, "email": "ada@example.org", "colour": "red"}, ["name"]),
    ):
        (message,) = played_anew(FORM, submitted(**values))[-1].messages
        assert message["invalid"] == wrong


@pytest.mark.parametrize("values", [None, "Ada", 7, [], ["Ada", "ada@example.org"]])
def test_answers_that_are_no_map_are_none_of_them(values: object) -> None:
    odd = {"event": "form.submit", "data": {"node": "details", "values": values}}
    (*_, last) = played_anew(FORM, odd)
    assert last.messages[0]["invalid"] == ["name", "email"]
    assert not last.macrostep.incidents
    assert said(played_anew(FORM, odd, "Ada", "a@b.co", "s"))[-1] == "Ada a@b.co S"


def test_what_is_for_another_form_is_passed_over() -> None:
    other = {"node": "other", "values": {"name": "Ada"}}
    (*_, last) = played_anew(FORM, {"event": "form.submit", "data": other})
    assert not last.messages
    assert not last.macrostep.incidents


@pytest.mark.parametrize("data", [None, "Ada", [1], [["name", "Ada"]], True, {"node": None}])
def test_what_is_submitted_without_answers_is_told_so(data: object) -> None:
    (*_, last) = played_anew(FORM, {"event": "form.submit", "data": data})
    assert last.messages[0]["invalid"] == ["name", "email"]
    reasons = [problem["reason"] for problem in last.messages[0]["problems"]]
    assert reasons == ["This is needed.", "This is needed."]
    assert not last.macrostep.incidents


@pytest.mark.parametrize("nothing", [None, "", "  ", [], {}, "none", "None!"])
def test_what_may_be_skipped_is_left_out_by_what_says_nothing_or_so(nothing: object) -> None:
    played = played_anew(FORM, submitted(name="Ada", email="ada@example.org", size=nothing))
    assert said(played)[-1] == "Ada ada@example.org -"


MANY = """
locale: en
locales: {de: {nodes: {details: {fields: {name: {retry: "Zwei Buchstaben, bitte"}}}}}}
start: details
variables: {person: map}
nodes:
  details:
    type: form
    fields:
      name: {text: "Name?", retry: "Two letters, please"}
      born: {text: "Born?", input: date, retry: "{{ name }}, when?"}
      drinks: {text: "Drinks?", input: multiple_choice, choices: [tea, milk], skip: [none]}
    variable: person
    next: bye
  bye: {type: end, text: "{{ person.?drinks.orValue(['none']).join('+') }}"}
"""


def test_several_choices_may_be_submitted_as_a_list() -> None:
    for drinks, kept in (
        (["tea", "milk"], "tea+milk"),
        ([2], "milk"),
        ("tea, milk", "tea+milk"),
        ([], "none"),
    ):
        values = submitted(name="Ada", born="1815-12-10", drinks=drinks)
        assert talk(MANY, values)[-1] == kept


def test_a_client_learns_why_an_answer_will_not_do() -> None:
    values = {"name": ["Ada"], "born": "soon", "drinks": ["tea", "wine"]}
    (message,) = played_anew(MANY, submitted(**values))[-1].messages
    assert message["problems"] == [
        {"field": "name", "reason": "Two letters, please"},
        {"field": "born", "reason": "Please answer with a date, such as 2026-12-31."},
        {"field": "drinks", "reason": "Please choose from the answers offered."},
    ]
    (message,) = played_anew(MANY, submitted(name="Ada", born=None))[-1].messages
    assert message["problems"] == [{"field": "born", "reason": "This is needed."}]
    (message,) = played_anew(MANY, submitted(name=[]), data={"locale": "de-AT"})[-1].messages
    assert message["problems"] == [
        {"field": "name", "reason": "Das wird gebraucht."},
        {"field": "born", "reason": "Das wird gebraucht."},
    ]
    (message,) = played_anew(MANY, submitted(name=7), data={"locale": "de-AT"})[-1].messages
    assert message["problems"][0] == {"field": "name", "reason": "Zwei Buchstaben, bitte"}


def test_what_is_submitted_stands_for_what_was_answered_before() -> None:
    after = submitted(name="Bob", email="b@example.org", size="m")
    assert said(played_anew(FORM, "Ada", after))[-1] == "Bob b@example.org M"


def test_answers_that_will_not_do_are_no_attempt() -> None:
    played = played_anew(FORM, "Ada", *[submitted(name="x")] * 5, "x", "a@b.co", "S")
    assert said(played)[-1] == "Ada a@b.co S"


def test_what_may_be_skipped_may_be_left_out() -> None:
    assert talk(FORM, "Ada", submitted(name="Bob", email="b@example.org"))[-1] == (
        "Bob b@example.org -"
    )


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("input: email", "input: emial", "R004"),
        ("{{ name }}", "{{ nmae }}", "D405"),
        ("variable: person", "variable: person.", "G301"),
        ("fallback: over", "fallback: ovr", "S103"),
        (", timeout: late", "", "S107"),
        ("choices_from: sizes", "choices_from: size(sizes)", "G302"),
        ("min_length: 2", "min_lenght: 2", "R003"),
    ],
)
def test_what_is_wrong_with_a_form_is_found(old: str, new: str, code: str) -> None:
    assert old in FORM
    findings = {f.code: f.location.line for f in compiled(FORM.replace(old, new, 1)).findings}
    assert code in findings
    assert findings[code] > 0


def test_a_form_without_fields_is_filled_at_once_also_where_people_may_take_over() -> None:
    """The native format has no such form; a flow that is built in Python may."""
    nodes = (
        Node("f", Form((), (), None, None)),
        Node("people", Handoff(None, (), None, True, None)),
    )
    drawn = Flow("one", "one", "native", ("f",), nodes, (Edge("f", "people"),), ())
    step = start(compiler.compile(drawn).draft().statechart, session="s", seed="s", now=0, data={})
    assert any("people" in state for state in step.snapshot.configuration)


SLOW = """
start: f
nodes:
  f:
    type: form
    fields: {name: {text: N}, age: {text: A, input: integer, timeout: 5m}}
    next: bye
    on: {timeout: late}
  bye: {type: end, text: Bye}
  late: {type: end, text: Late}
"""


def test_the_time_of_a_field_may_be_over() -> None:
    assert talk(SLOW, {"advance": "6m"}) == ["N"]
    assert talk(SLOW, {"advance": "6m"}, "Ada", {"advance": "4m"}, "36") == ["N", "A", "Bye"]
    assert talk(SLOW, "Ada", {"advance": "6m"}) == ["N", "A", "Late"]


def test_the_time_of_a_field_is_an_error_where_the_form_has_no_way_for_it() -> None:
    lost = SLOW.replace("    on: {timeout: late}\n", "").replace("  late:", "  unused:")
    (finding,) = (one for one in compiled(lost).findings if one.code == "S107")
    assert "`f` by `timeout`" in finding.message
    (*_, last) = drafted(lost, "Ada", {"advance": "6m"})
    assert last.status == Status.FAILED
    assert "error.flow.timeout" in last.macrostep.incidents[0].message
    caught = lost.replace("    next: bye\n", "    next: bye\n    on_error: {then: continue}\n")
    assert said(drafted(caught, "Ada", {"advance": "6m"}))[-1] == "Bye"


@pytest.mark.parametrize(("written", "seconds"), [("0.3", "0.3"), ("5ms", "0.005")])
def test_a_field_that_hardly_waits_is_told_where_it_stands(written: str, seconds: str) -> None:
    flow = SLOW.replace("fields: {", "fields: {\n     ").replace(
        "timeout: 5m", f"timeout: {written}"
    )
    (finding,) = (one for one in compiled(flow).findings if one.code == "E608")
    assert finding.message == f"`age` of `f` waits for {seconds} seconds: very short"
    assert "age:" in (HEADER + flow).splitlines()[finding.location.line - 1]


@pytest.mark.parametrize("written", ["1s", "5m", "30d"])
def test_a_field_may_wait_as_long_as_people_take(written: str) -> None:
    flow = SLOW.replace("timeout: 5m", f"timeout: {written}")
    assert "E608" not in {one.code for one in compiled(flow).findings}


def test_what_is_submitted_in_the_reference_fills_its_example() -> None:
    page = (ROOT / "docs" / "nodes" / "form.md").read_text()
    event = json.loads(page.split("```json\n")[1].split("```")[0])
    chart = compiler.compile(flows.read(ROOT / "statewright/flows/samples/form.yaml")).draft()
    played = play(chart.statechart, parse_script([event]), session="s", seed="s", now=0)
    assert said(list(played))[-1] == "Ada, ada@example.org"


PAUSED = """
start: f
nodes:
  f:
    type: form
    fields: {name: {text: N}, age: {text: A, input: integer}}
    timeout: 10m
    next: bye
    on: {timeout: late}
  bye: {type: end, text: Bye}
  late: {type: end, text: Late}
  help: {type: interrupt, words: [help], nodes: {say: {type: message, text: Soon., next: back}, back: {type: leave}}}
"""


def test_the_time_of_a_form_goes_on_while_something_else_is_said() -> None:
    script = [{"advance": "6m"}, "help", "Ada", {"advance": "3m"}, "help"]
    assert said(played_anew(PAUSED, *script, {"advance": "59s"}))[-1] == "A"
    assert said(played_anew(PAUSED, *script, {"advance": "60s"}))[-1] == "Late"


SIZES = """
locale: en
locales: {de: {nodes: {f: {fields: {size: {text: "Größe?", choices: {s: Klein, l: {label: Groß, synonyms: [riesig]}}}}}}}}
start: f
variables: {p: map}
nodes:
  f:
    type: form
    fields: {size: {text: "Size?", choices: [{value: s, label: Small}, {value: l, label: Large}]}}
    variable: p
    next: bye
  bye: {type: end, text: "{{ p.size }}"}
"""


@pytest.mark.parametrize("label", ["Large", "gross", "GROSS", "riesig", "l", "2"])
def test_choices_are_submitted_by_their_labels_in_any_language_of_the_flow(label: str) -> None:
    event = {"event": "form.submit", "data": {"values": {"size": label}}}
    assert said(played_anew(SIZES, event, data={"locale": "de"}))[-1] == "l"


KINDS = (
    *(
        "text",
        "text, pattern: a",
        "integer, minimum: 1",
        "number",
        "date",
        "time",
        "email",
        "phone",
    ),
    *("url", "rating", "slider, step: 5", "boolean, yes: [si]", "choice, choices: [a, '5']"),
    *("choice, choices_from: some", "multiple_choice, choices: [a, '5'], minimum: 1"),
    *("file, accept: [image/*], max_size: 10", "location"),
)
ODD: tuple[Any, ...] = (
    *(5, None, True, 1.5, "", [], {}, ["a"], [None], [[]], {"value": None}, {"url": 5}, -1),
    *({"url": "https://example.org/a", "type": 5, "size": "x"}, {"latitude": None}, "x" * 3000),
)


@pytest.mark.parametrize("kind", KINDS)
def test_whatever_is_submitted_is_taken_or_refused_with_a_reason(kind: str) -> None:
    flow = f"""
locale: en
start: f
variables: {{p: map, some: {{type: list, default: [{{value: {{a: 1}}, label: X}}, 7]}}}}
nodes:
  f: {{type: form, fields: {{it: {{text: "?", input: {kind}}}}}, variable: p, next: bye}}
  bye: {{type: end, text: Taken}}
"""
    chart = compiled(flow).release().statechart
    for odd in ODD:
        submit = {"event": "form.submit", "data": {"values": {"it": odd}}}
        *_, last = play(chart, parse_script([submit]), session="s", seed="s", now=0, data={})
        (message,) = last.messages
        assert message["text"] == "Taken" or message["problems"][0]["field"] == "it", odd
        assert last.macrostep.incidents == ()
