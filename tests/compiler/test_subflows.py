"""Subflows: a flow that runs another one, with inputs, outputs and outcomes."""

from __future__ import annotations

from pathlib import Path

import pytest

from statewright import compiler, flows
from statewright.statechart import Turn, parse_script, play, release_to_json
from tests.compiler.conversations import NOW, said

PARENT = """
statewright: 1
start: address
variables: {home: string, street: {type: string, default: mine}}
nodes:
  address:
    type: subflow
    flow: address.yaml
    inputs: {country: "{{ 'Sp' + 'ain' }}"}
    save: {home: "output.?street.orValue('no') + '/' + outcome"}
    next: bye
    on: {given_up: sad}
  bye: {type: end, text: "{{ home }} {{ street }}"}
  sad: {type: end, text: "What a pity."}
"""

CHILD = """
statewright: 1
start: ask
variables: {country: {type: string, input: true}, street: string}
nodes:
  ask:
    type: question
    text: "Which street in {{ country }}?"
    variable: street
    min_length: 3
    retries: 1
    next: bye
    on: {fallback: enough}
  bye: {type: end, text: "Thank you.", outcome: told}
  enough: {type: end, outcome: given_up}
"""


def read(tmp_path: Path, parent: str = PARENT, **children: str) -> flows.Flow:
    for name, text in {"address": CHILD, **children}.items():
        (tmp_path / f"{name}.yaml").write_text(text)
    (tmp_path / "parent.yaml").write_text(parent)
    return flows.read(tmp_path / "parent.yaml")


def talked(flow: flows.Flow, *script: object) -> list[Turn]:
    release = compiler.compile(flow).release()
    lines = parse_script(list(script))
    return list(play(release.statechart, lines, session="s", seed="s", now=NOW))


def codes(flow: flows.Flow) -> list[str]:
    return [finding.code for finding in compiler.compile(flow).findings]


def test_what_goes_in_is_seen_inside_and_what_comes_out_is_saved(tmp_path: Path) -> None:
    played = talked(read(tmp_path), "Gran Via")
    assert said(played) == [
        "Which street in Spain?",
        "Thank you.",
        "Gran Via/told mine",
    ]
    assert played[-1].data == {"home": "Gran Via/told", "street": "mine"}
    assert played[-1].outcome == "completed"


def test_an_outcome_leads_where_it_is_wired(tmp_path: Path) -> None:
    assert said(talked(read(tmp_path), "x", "y"))[-1] == "What a pity."


def test_names_of_the_flow_around_cannot_be_seen_inside(tmp_path: Path) -> None:
    nosy = CHILD.replace("Thank you.", "{{ home }}")
    flow = read(tmp_path, address=nosy)
    assert codes(flow) == ["X702"]
    assert "D405" in compiler.compile(flow).findings[0].message


def test_a_flow_may_be_run_twice_and_inside_another_one(tmp_path: Path) -> None:
    twice = PARENT.replace("next: bye", "next: again", 1).replace(
        "  bye:",
        "  again: {type: subflow, flow: middle.yaml, save: {home: output.both}, next: bye}\n  bye:",
    )
    middle = """
statewright: 1
start: inner
variables: {both: string}
nodes:
  inner:
    type: subflow
    flow: address.yaml
    inputs: {country: France}
    save: {both: output.street}
    next: bye
  bye: {type: end}
"""
    played = talked(read(tmp_path, twice, middle=middle), "Gran Via", "Rue X")
    assert said(played)[-1] == "Rue X mine"
    assert "Which street in France?" in said(played)


def test_a_failed_end_is_an_error_or_has_a_way_of_its_own(tmp_path: Path) -> None:
    failing = CHILD.replace("outcome: given_up", "outcome: given_up, failed: true")
    plain = PARENT.replace("    on: {given_up: sad}\n", "").replace("  sad:", "  unused:")
    assert "E601" in codes(read(tmp_path, plain, address=failing))
    wired = PARENT.replace("given_up: sad", "error: sad")
    assert said(talked(read(tmp_path, wired, address=failing), "x", "y"))[-1] == "What a pity."


def test_an_end_inside_a_loop_ends_the_subflow_only(tmp_path: Path) -> None:
    looping = """
statewright: 1
start: each
variables: {country: {type: string, input: true}, street: {type: string, default: s}}
nodes:
  each:
    type: loop
    times: 3
    next: never
    nodes:
      bye: {type: end, text: "Round one.", outcome: told}
      enough: {type: end, outcome: given_up}
  never: {type: end, text: "Never."}
"""
    assert said(talked(read(tmp_path, address=looping))) == ["Round one.", "s/told mine"]


def test_the_fallback_of_a_subflow_is_its_own(tmp_path: Path) -> None:
    falling = CHILD.replace(
        "start: ask", "start: boom\nsettings: {on_error: fallback, fallback: enough}"
    ).replace(
        "nodes:",
        "nodes:\n  boom: {type: set, actions: [{set: street, to: '{{ 1/0 }}'}], next: ask}",
    )
    assert said(talked(read(tmp_path, address=falling))) == ["What a pity."]


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("flow: address.yaml", "flow: adress.yaml", "X702"),
        ("flow: address.yaml", "flow: parent.yaml", "X703"),
        ("{country: \"{{ 'Sp' + 'ain' }}\"}", "{land: Spain}", "X701"),
        ("{country: \"{{ 'Sp' + 'ain' }}\"}", "{country: [Spain]}", "X701"),
        ("output.?street", "output.?stret", "X701"),
        ("given_up: sad", "give_up: sad", "X704"),
        ("    next: bye\n", "", "X704"),
        ("save: {home:", "save: {hom:", "G303"),
    ],
)
def test_what_is_wrong_is_found_in_its_line(tmp_path: Path, old: str, new: str, code: str) -> None:
    findings = compiler.compile(read(tmp_path, PARENT.replace(old, new, 1))).findings
    found = {finding.code: finding.location.line for finding in findings}
    assert code in found
    assert found[code] > 0


def test_flows_that_run_each_other_are_told_as_a_ring(tmp_path: Path) -> None:
    calling = CHILD.replace(
        "  bye:", "  more: {type: subflow, flow: parent.yaml, next: bye}\n  bye:"
    ).replace("next: bye\n", "next: more\n", 1)
    findings = compiler.compile(read(tmp_path, address=calling)).findings
    assert {finding.code for finding in findings} >= {"X703"}
    assert any("parent → address → parent" in finding.message for finding in findings)


def test_every_state_knows_the_file_it_was_drawn_in(tmp_path: Path) -> None:
    places = compiler.compile(read(tmp_path)).source_map
    assert places["address"].file.endswith("parent.yaml")
    assert places["address/ask/~wait"].file.endswith("address.yaml")


def test_an_event_that_interrupts_a_flow_which_does_not_run_is_over(tmp_path: Path) -> None:
    closing = """
  ev:
    type: interrupt
    event: shop.closes
    nodes:
      tell: {type: message, text: "We close.", next: back}
      back: {type: leave}
"""
    first = '  first: {type: question, text: "First?", next: address}\n'
    parent = PARENT.replace("start: address", "start: first").replace(
        "nodes:\n", f"nodes:\n{first}", 1
    )
    assert parent.count("first") > 1
    flow = read(tmp_path, parent, address=CHILD.rstrip() + closing)
    closes = {"event": "shop.closes"}
    assert "We close." not in said(talked(flow, closes, "a"))
    assert said(talked(flow, "a", closes)).count("We close.") == 1


def test_an_interrupt_of_the_flow_around_reaches_inside_and_comes_back(tmp_path: Path) -> None:
    helping = (
        PARENT
        + """
  help:
    type: interrupt
    words: [help]
    nodes: {hi: {type: message, text: Hi, next: back}, back: {type: leave}}
"""
    )
    assert said(talked(read(tmp_path, helping), "help", "Gran Via")) == [
        "Which street in Spain?",
        "Hi",
        "Which street in Spain?",
        "Thank you.",
        "Gran Via/told mine",
    ]


def test_what_cannot_be_saved_leads_to_error_where_that_is_wired(tmp_path: Path) -> None:
    unset = PARENT.replace("output.?street.orValue('no') + '/' + outcome", "output.street")
    unset = unset.replace("on: {given_up: sad}", "on: {error: sad}")
    flow = read(tmp_path, unset)
    assert said(talked(flow, "Gran Via"))[-1] == "Gran Via mine"
    assert said(talked(flow, "x", "y"))[-1] == "What a pity."
    lost = read(tmp_path, unset.replace("    on: {error: sad}\n", ""))
    assert talked(lost, "x", "y")[-1].status == "failed"


SILENT = CHILD.replace(
    "start: ask", "start: ask\nsettings: {inactivity: {after: 5m, outcome: silent}}"
)


def test_of_a_flow_whose_time_is_over_the_node_that_runs_it_is_left_by_error(
    tmp_path: Path,
) -> None:
    short = CHILD.replace("start: ask", "start: ask\nsettings: {timeout: 1h}")
    late = PARENT.replace("given_up: sad", "given_up: sad, error: late")
    late += '  late: {type: end, text: "{{ error.class }}"}\n'
    *_, last = talked(read(tmp_path, late, address=short), {"advance": "2h"})
    assert (said([last]), last.status) == (["timeout"], "completed")


def test_the_silence_of_the_user_is_an_outcome_that_can_be_wired(tmp_path: Path) -> None:
    parent = PARENT.replace("given_up: sad", "silent: sad")
    flow = read(tmp_path, parent, address=SILENT)
    assert "X704" not in codes(flow)
    assert said(talked(flow, {"advance": "5m"}))[-1] == "What a pity."


def test_the_silence_of_the_user_is_an_outcome_that_has_to_lead_somewhere(tmp_path: Path) -> None:
    parent = PARENT.replace("    next: bye\n", "").replace("{given_up:", "{told: bye, given_up:")
    assert "X704" not in codes(read(tmp_path, parent))
    found = compiler.compile(read(tmp_path, parent, address=SILENT)).findings
    assert [one.message for one in found if one.code == "X704"] == [
        "no edge leaves `address` after the outcome `silent`"
    ]


def test_a_flow_that_goes_on_elsewhere_after_a_silence_has_no_outcome_of_it(tmp_path: Path) -> None:
    elsewhere = SILENT.replace("outcome: silent", "to: enough")
    parent = PARENT.replace("given_up: sad", "inactive: sad")
    assert "X704" in codes(read(tmp_path, parent, address=elsewhere))


def test_no_edge_is_missed_for_a_failed_flow_that_a_clause_answers(tmp_path: Path) -> None:
    failing = CHILD.replace("outcome: given_up", "outcome: given_up, failed: true")
    parent = """
statewright: 1
start: risky
nodes:
  risky:
    type: try
    next: bye
    nodes:
      address: {type: subflow, flow: address.yaml, inputs: {country: Spain}, next: out}
      out: {type: leave}
    catch:
      - errors: [CLASS]
        nodes:
          sorry: {type: message, text: "What a pity.", next: over}
          over: {type: leave}
  bye: {type: end}
"""
    flow = read(tmp_path, parent.replace("CLASS", "subflow"), address=failing)
    assert "E601" not in codes(flow)
    assert said(talked(flow, "a", "b"))[-1] == "What a pity."
    assert "E601" in codes(read(tmp_path, parent.replace("CLASS", "request"), address=failing))


BESIDE = """
statewright: 1
start: both
variables: {home: string, work: string}
nodes:
  both:
    type: parallel
    next: bye
    regions:
      one:
        nodes:
          first: {type: subflow, flow: address.yaml, inputs: {country: here}, next: l1, on: {error: l1}}
          l1: {type: leave}
      two:
        nodes:
          second: {type: subflow, flow: address.yaml, inputs: {country: there}, next: l2, on: {error: l2}}
          l2: {type: leave}
  bye: {type: end, text: Bye}
"""
HELPING = """
statewright: 1
start: ask
variables: {country: {type: string, input: true}, street: string, why: string}
nodes:
  ask: {type: question, text: "Which street in {{ country }}?", variable: street, next: bye}
  bye: {type: end, text: "Thank you for {{ street }}."}
  help:
    type: interrupt
    words: [help]
    nodes:
      why: {type: question, text: "What is unclear?", variable: why, next: told}
      told: {type: leave}
"""


def test_what_is_said_interrupts_one_of_two_flows_that_run_at_once(tmp_path: Path) -> None:
    flow = read(tmp_path, BESIDE, address=HELPING)
    lines = said(talked(flow, "help", "all", "A street", "B street"))
    assert lines.count("What is unclear?") == 1
    assert lines[-3:] == ["Thank you for A street.", "Thank you for B street.", "Bye"]


@pytest.mark.parametrize(
    ("asked", "said", "told"),
    [
        ("", "version: 1\n", ""),
        ("version: 1", "version: 1\n", ""),
        ("version: 1", "version: '1'\n", ""),
        ("version: spring", "version: spring\n", ""),
        ("version: 1", "version: 2\n", "`address.yaml` is version `2`, and `1` is asked for"),
        ("version: 1", "", "`address.yaml` does not say which version it is, and `1` is asked for"),
    ],
)
def test_a_flow_is_run_in_the_version_that_is_asked_for(
    tmp_path: Path, asked: str, said: str, told: str
) -> None:
    parent = PARENT.replace("flow: address.yaml", f"flow: address.yaml\n    {asked}")
    flow = read(tmp_path, parent, address=CHILD.replace("start: ask", f"{said}start: ask"))
    found = [one for one in compiler.compile(flow).findings if one.code == "X702"]
    assert [one.message for one in found] == ([told] if told else [])
    assert all(one.location.pointer == "/nodes/address/version" for one in found)


@pytest.mark.parametrize("version", ["1.10", "true", "[1]", "''"])
def test_a_version_is_a_number_or_a_text(tmp_path: Path, version: str) -> None:
    parent = PARENT.replace("flow: address.yaml", f"flow: address.yaml\n    version: {version}")
    assert "R004" in codes(read(tmp_path, parent))


def test_what_was_compiled_keeps_the_flow_as_it_was(tmp_path: Path) -> None:
    before = compiler.compile(read(tmp_path)).release()
    changed = CHILD.replace("Thank you.", "Thanks.")
    after = compiler.compile(read(tmp_path, address=changed)).release()
    assert before.digest != after.digest
    assert "Thank you." in release_to_json(before)


def test_flows_that_run_each_other_are_refused_with_the_way_round(tmp_path: Path) -> None:
    child = CHILD.replace("next: bye", "next: on").replace(
        "  bye:", "  on: {type: subflow, flow: third.yaml, next: bye}\n  bye:"
    )
    third = """
statewright: 1
start: on
nodes:
  on: {type: subflow, flow: address.yaml, next: bye}
  bye: {type: end}
"""
    flow = read(tmp_path, address=child, third=third)
    (finding,) = [one for one in compiler.compile(flow).findings if one.code == "X703"]
    assert "address → third → address" in finding.message


def test_a_flow_that_is_never_run_makes_nothing_wait_for_it(tmp_path: Path) -> None:
    """What is decided waits while the conversation pauses; here only the other flow could."""
    parent = PARENT.replace(
        "    flow: address.yaml\n", "    flow: address.yaml\n    disabled: true\n"
    )
    parent = parent.replace(
        "  bye: {type: end",
        "  ask: {type: approval, request: '?', next: sad, on: {rejected: sad}}\n  bye: {type: end",
    )
    child = CHILD + "  help: {type: interrupt, words: [help], nodes: {back: {type: leave}}}\n"
    decided = {"event": "approval.decided", "data": {"approved": True}}
    flow = read(tmp_path, parent.replace("next: bye", "next: ask", 1), address=child)
    release = compiler.compile(flow).draft()
    played = list(play(release.statechart, parse_script([decided]), session="s", seed="s", now=NOW))
    assert said(played)[-1] == "What a pity."


FAILING = """
statewright: 1
start: find
variables: {found: string}
settings: {on_error: fail}
nodes:
  find: {type: http, url: "https://api.example.com", success: bye, retries: 0}
  bye: {type: end}
"""

RUNNING = """
statewright: 1
start: run
nodes:
  run: {type: subflow, flow: failing.yaml, next: bye, on: {error: sad}}
  bye: {type: end, text: Bye}
  sad: {type: end, text: "{{ error.class }} {{ error.status }} at {{ error.node }}"}
"""
REFUSED = {"result": "run/find", "data": {"status": 404, "headers": {}, "body": None}}


def drafted(flow: flows.Flow, *script: object) -> list[Turn]:
    chart = compiler.compile(flow).draft().statechart
    return list(play(chart, parse_script(list(script)), session="s", seed="s", now=NOW))


def test_what_a_flow_does_not_answer_itself_leaves_it_by_error_as_what_it_was(
    tmp_path: Path,
) -> None:
    flow = read(tmp_path, RUNNING, failing=FAILING)
    assert said(drafted(flow, REFUSED)) == ["status 404 at find"]


def test_a_flow_answers_its_errors_first(tmp_path: Path) -> None:
    answering = FAILING.replace("on_error: fail", "on_error: continue")
    assert said(drafted(read(tmp_path, RUNNING, failing=answering), REFUSED)) == ["Bye"]


def test_what_a_flow_cannot_compute_leaves_it_by_error(tmp_path: Path) -> None:
    failing = """
statewright: 1
start: count
variables: {n: int}
nodes:
  count: {type: set, actions: [{set: n, to: "{{ 1 / size('') }}"}], next: bye}
  bye: {type: end}
"""
    flow = read(tmp_path, RUNNING, failing=failing)
    assert said(drafted(flow)) == ["expression 0 at count"]


def test_without_its_port_an_error_of_a_flow_goes_to_the_try_around_it(tmp_path: Path) -> None:
    parent = """
statewright: 1
start: careful
nodes:
  careful:
    type: try
    nodes:
      run: {type: subflow, flow: failing.yaml, next: on}
      on: {type: leave}
    catch:
      - errors: [404]
        nodes: {gone: {type: message, text: "Gone: {{ error.status }}", next: off}, off: {type: leave}}
    next: bye
  bye: {type: end, text: Bye}
"""
    assert said(drafted(read(tmp_path, parent, failing=FAILING), REFUSED)) == ["Gone: 404", "Bye"]


@pytest.mark.parametrize(
    ("policy", "expected"),
    [("then: continue", ["Bye"]), ("fallback: again", ["Again"]), ("then: fail", [])],
)
def test_without_its_port_the_policy_of_the_node_counts(
    tmp_path: Path, policy: str, expected: list[str]
) -> None:
    parent = RUNNING.replace(", on: {error: sad}", f", on_error: {{{policy}}}").replace(
        "  sad:", "  again: {type: end, text: Again}\n  sad:"
    )
    parent = parent.replace("{{ error.class }} {{ error.status }} at {{ error.node }}", "Sad")
    played = drafted(read(tmp_path, parent, failing=FAILING), REFUSED)
    assert said(played) == expected
    assert played[-1].status == ("completed" if expected else "failed")


def test_a_flow_that_fails_is_run_again_before_it_is_left_by_error(tmp_path: Path) -> None:
    parent = RUNNING.replace("next: bye, on:", "next: bye, on_error: {retry: 1}, on:")
    flow = read(tmp_path, parent, failing=FAILING)
    again = {**REFUSED, "result": "run/find"}
    assert said(drafted(flow, again)) == []
    assert said(drafted(flow, again, again)) == ["status 404 at find"]


@pytest.mark.parametrize("given", ["{{ 1 / size('') }}", "{{ 'many' }}", "{{ 12 }}"])
def test_a_flow_does_not_begin_without_what_it_is_to_be_given(tmp_path: Path, given: str) -> None:
    counting = """
statewright: 1
start: hi
variables: {n: {type: int, maximum: 9, input: true}}
nodes:
  hi: {type: message, text: "Hi {{ n }}", next: bye}
  bye: {type: end}
"""
    parent = RUNNING.replace("failing.yaml", 'counting.yaml, inputs: {n: "GIVEN"}')
    played = drafted(read(tmp_path, parent.replace("GIVEN", given), counting=counting))
    assert said(played) == ["expression 0 at run"]
    well = drafted(read(tmp_path, parent.replace("GIVEN", "{{ 3 }}"), counting=counting))
    assert said(well) == ["Hi 3", "Bye"]


ANSWERING = """
statewright: 1
start: t
SETTINGS
nodes:
  t:
    type: try
    nodes: {s: {type: subflow, flow: fetch.yaml, next: l, MORE}, l: {type: leave}}
    catch: [{errors: [CAUGHT], nodes: {c: {type: message, text: Caught., next: k}, k: {type: leave}}}]
    next: bye
  bye: {type: end, text: Bye.}
"""

FETCH = """
statewright: 1
start: get
nodes:
  get: {type: http, url: "https://api.example.com/", success: ok}
  ok: {type: end}
"""


@pytest.mark.parametrize(
    ("settings", "more", "caught", "found"),
    [
        ("", "", "request", []),
        ("", "", "any", []),
        ("", "", "answer", ["X702"]),
        ("", "", "subflow", ["X702"]),
        ("", "on: {error: c2}", "answer", []),
        ("", "on_error: continue", "answer", []),
        ("settings: {on_error: continue}", "", "answer", []),
    ],
)
def test_a_flow_may_leave_what_fails_to_the_one_around_where_that_answers_it(
    tmp_path: Path, settings: str, more: str, caught: str, found: list[str]
) -> None:
    text = ANSWERING.replace("SETTINGS", settings).replace("MORE", more).replace("CAUGHT", caught)
    text = text.replace(", }", "}").replace(
        "l: {type: leave}}\n    catch", "l: {type: leave}, c2: {type: leave}}\n    catch"
    )
    flow = read(tmp_path, text, fetch=FETCH)
    assert [code for code in codes(flow) if code in {"X702", "E601"}] == found


def test_what_a_flow_leaves_to_the_one_around_comes_there(tmp_path: Path) -> None:
    text = ANSWERING.replace("SETTINGS", "").replace(", MORE", "").replace("CAUGHT", "request")
    flow = read(tmp_path, text, fetch=FETCH)
    assert said(talked(flow, {"result": "s/get", "error": {"code": "dns"}})) == ["Caught.", "Bye."]


HANDED = CHILD.replace("  enough: {type: end, outcome: given_up}", "  enough: {type: handoff}")


def test_that_people_took_over_for_good_is_an_outcome_that_can_be_wired(tmp_path: Path) -> None:
    parent = PARENT.replace("given_up: sad", "handoff: sad")
    flow = read(tmp_path, parent, address=HANDED)
    assert "X704" not in codes(flow)
    assert said(talked(flow, "x", "y"))[-1] == "What a pity."


def test_that_the_bot_goes_on_while_people_have_the_conversation_is_told(tmp_path: Path) -> None:
    parent = PARENT.replace("    on: {given_up: sad}\n", "").replace("  sad:", "  unused:")
    found = compiler.compile(read(tmp_path, parent, address=HANDED)).findings
    assert [(one.severity, one.message) for one in found if one.code == "X704"] == [
        ("warning", "`address` goes on by `next` while people have the conversation")
    ]
