"""Errors: what a flow can read of them, and which clause of a try they go to."""

from __future__ import annotations

from typing import Any

import pytest

from statewright import compiler, flows
from statewright.flows.resolving import resolved
from statewright.statechart import parse_script, play
from tests.compiler.conversations import HEADER, NOW, compiled, drafted, said, talk, turns
from tests.compiler.rehydration import played_anew

ASKING = """
start: find
variables: {who: {type: string, default: Ada}}
nodes:
  find:
    type: http
    method: POST
    url: https://api.example.com/orders
    body: {name: "{{ who }}"}
    success: bye
    error: sorry
  bye: {type: end, text: Bye}
  sorry: {type: end, text: "TEXT"}
"""
ALL = (
    "{{ error.class }}|{{ error.code }}|{{ error.message }}|{{ error.status }}"
    "|{{ error.body }}|{{ error.node }}|{{ error.name }}"
)


def failed(**error: Any) -> dict[str, Any]:
    return {"result": "find", "error": error}


def answered(status: int, body: Any = None) -> dict[str, Any]:
    return {"result": "find", "data": {"status": status, "headers": {}, "body": body}}


LATE = {"advance": "31s"}


@pytest.mark.parametrize(
    ("what", "told"),
    [
        (
            answered(404, {"reason": "gone"}),
            'status|status|the server has not done what it was asked for|404|{"reason":"gone"}|find|error.flow.http',
        ),
        (
            answered(401, "no"),
            "authentication|status|the server has not done what it was asked for|401|no|find|error.flow.http",
        ),
        (
            answered(429),
            "rate_limit|status|the server has not done what it was asked for|429||find|error.flow.http",
        ),
        (
            answered(302),
            "status|status|the server has not done what it was asked for|302||find|error.flow.http",
        ),
        (
            failed(code="timeout", message="there was no response in time"),
            "timeout|timeout|there was no response in time|0||find|error.flow.http",
        ),
        (LATE, "timeout|timeout|there was no result in time|0||find|error.flow.http"),
        (failed(code="dns", message="no host"), "network|dns|no host|0||find|error.flow.http"),
        (
            failed(code="secret", message="no secret"),
            "configuration|secret|no secret|0||find|error.flow.http",
        ),
        (
            failed(code="odd", message="odd", kind="rate_limit"),
            "rate_limit|odd|odd|0||find|error.flow.http",
        ),
        (failed(code="odd", message="odd"), "request|odd|odd|0||find|error.flow.http"),
    ],
)
def test_behind_the_error_port_it_is_read_what_went_wrong(what: Any, told: str) -> None:
    assert talk(ASKING.replace("TEXT", ALL), what) == [told]


def test_a_flow_that_does_not_read_errors_is_told_nothing_and_keeps_nothing() -> None:
    flow = ASKING.replace("TEXT", "an error")
    assert "error" not in turns(flow, answered(404))[-1].data
    assert all(one.name != "error" for one in compiled(flow).statechart.data)


def test_a_variable_of_that_name_is_the_authors_own() -> None:
    flow = ASKING.replace("variables: {", "variables: {error: {type: string, default: mine}, ")
    assert talk(flow.replace("TEXT", "{{ error }}"), answered(404)) == ["mine"]


@pytest.mark.parametrize(
    ("guard", "told"),
    [
        ("error.status == 404", ""),
        ("error.class == 'timeout'", ""),
        ("error.clas == 'timeout'", "there is no field `clas`"),
        ("error.status == '404'", "`int` == `string` is never true"),
        ("error.class == 'timeuot'", "not among the declared values"),
    ],
)
def test_what_is_asked_of_an_error_is_checked(guard: str, told: str) -> None:
    flow = ASKING.replace("error: sorry", "error: which").replace("TEXT", "Sorry") + (
        f'  which: {{type: condition, branches: [{{if: "{guard}", to: sorry}}], else: bye}}\n'
    )
    messages = [finding.message for finding in compiled(flow).findings]
    assert (messages == []) if not told else any(told in message for message in messages)


def test_where_nothing_has_failed_there_is_no_error_to_be_read() -> None:
    flow = ASKING.replace("text: Bye", 'text: "{{ error.message }}"').replace("TEXT", "Sorry")
    (finding,) = compiler.verify(compiled(flow)).findings
    assert (finding.code, finding.node) == ("D401", "bye")
    assert finding.message == "`error` may have no value when `bye` reads it"


TRYING = """
start: risky
nodes:
  risky:
    type: try
    next: bye
    nodes:
      find:
        type: http
        url: https://api.example.com/orders
        success: out
      out: {type: leave}
    catch:
      - errors: [CLASS]
        nodes:
          sorry: {type: message, text: "Caught {{ error.class }} {{ error.status }}.", next: over}
          over: {type: leave}
      - errors: [any]
        as: problem
        nodes:
          other: {type: message, text: "Other {{ problem.class }}.", next: done}
          done: {type: leave}
  bye: {type: end, text: Bye}
"""


@pytest.mark.parametrize(
    ("name", "what", "text"),
    [
        ("timeout", failed(code="timeout", message="late"), "Caught timeout 0."),
        ("timeout", LATE, "Caught timeout 0."),
        ("request", LATE, "Caught timeout 0."),
        ("network", LATE, "Other timeout."),
        ("network", failed(code="connect", message="no"), "Caught network 0."),
        ("configuration", failed(code="host", message="no"), "Caught configuration 0."),
        ("authentication", answered(401), "Caught authentication 401."),
        ("rate_limit", answered(429), "Caught rate_limit 429."),
        ("status", answered(429), "Caught rate_limit 429."),
        ("status", LATE, "Other timeout."),
        ("4xx", answered(404), "Caught status 404."),
        ("4xx", answered(401), "Caught authentication 401."),
        ("4xx", answered(500), "Other status."),
        ("5xx, 404", answered(404), "Caught status 404."),
        ("404", answered(404), "Caught status 404."),
        ("'404'", answered(404), "Caught status 404."),
        ("404", answered(410), "Other status."),
        ("timeout, 503", answered(503), "Caught status 503."),
        ("expression, timeout", LATE, "Caught timeout 0."),
    ],
)
def test_a_request_that_failed_goes_to_the_clause_of_its_class(
    name: str, what: Any, text: str
) -> None:
    assert talk(TRYING.replace("CLASS", name), what) == [text, "Bye"]


@pytest.mark.parametrize(
    ("name", "help_"),
    [
        ("timeuot", "did you mean `timeout`?"),
        ("6xx", "xx`"),
        ("99", "write `request`"),
        ("true", "write `request`"),
    ],
)
def test_a_class_that_there_is_not_is_told_with_a_hint(name: str, help_: str) -> None:
    (finding,) = [one for one in compiled(TRYING.replace("CLASS", name)).findings if one.help]
    assert finding.code == "R004"
    assert "must be a class of errors" in finding.message
    assert help_ in finding.help


def test_an_error_that_no_clause_answers_is_of_its_class_further_out_too() -> None:
    flow = """
start: outer
nodes:
  outer:
    type: try
    next: bye
    start: inner
    nodes:
      inner:
        type: try
        next: out
        nodes:
          find: {type: http, url: "https://api.example.com/", success: in}
          in: {type: leave}
        catch:
          - errors: [404]
            nodes: {no: {type: leave}}
        finally:
          nodes:
            tell:
              type: message
              text: "{{ vars.?error.optMap(e, e.message).orValue('fine') }}"
              next: told
            told: {type: leave}
      out: {type: leave}
    catch:
      - errors: [5xx]
        nodes:
          sorry: {type: message, text: "{{ error.status }} of {{ error.node }}", next: over}
          over: {type: leave}
    on: {error: bye}
  bye: {type: end, text: Bye}
"""
    assert talk(flow, answered(503)) == [
        "the server has not done what it was asked for",
        "503 of find",
        "Bye",
    ]
    assert talk(flow, answered(404)) == ["the server has not done what it was asked for", "Bye"]
    assert talk(flow, answered(200)) == ["fine", "Bye"]


def test_a_flow_that_is_run_tells_the_try_around_it_what_went_wrong() -> None:
    inner = """
statewright: 1
start: find
nodes:
  find: {type: http, url: "https://api.example.com/", success: done}
  done: {type: end}
"""
    outer = """
start: risky
nodes:
  risky:
    type: try
    next: bye
    nodes:
      run: {type: subflow, flow: inner.yaml, next: out}
      out: {type: leave}
    catch:
      - errors: [CLASS]
        nodes:
          sorry: {type: message, text: "{{ error.message }} in {{ error.node }}", next: over}
          over: {type: leave}
  bye: {type: end, text: Bye}
"""
    script = {"result": "run/find", "data": {"status": 404, "headers": {}, "body": None}}
    played = with_subflow(outer.replace("CLASS", "404"), inner, script)
    assert played == ["the server has not done what it was asked for in find", "Bye"]


def test_the_end_of_a_subflow_that_failed_is_told_by_its_outcome() -> None:
    inner = """
statewright: 1
start: done
nodes:
  done: {type: end, outcome: broke, failed: true}
"""
    outer = """
start: run
nodes:
  run: {type: subflow, flow: inner.yaml, next: bye, on: {error: sorry}}
  sorry: {type: end, text: "{{ error.class }}: {{ error.code }} ({{ error.message }})"}
  bye: {type: end, text: Bye}
"""
    told = "subflow: broke (the flow that was run has failed)"
    assert with_subflow(outer, inner) == [told]
    lacking = outer.replace("flow: inner.yaml", "flow: inner.yaml, save: {x: output.y}")
    lacking = lacking.replace("start: run", "start: run\nvariables: {x: string}")
    inner = inner.replace("start: done", "start: done\nvariables: {y: string}")
    assert with_subflow(lacking, inner) == [told]


def with_subflow(outer: str, inner: str, *script: Any) -> list[str]:
    """What is said by a flow that runs another one."""
    flow = resolved(
        flows.parse(HEADER + outer, file="test.yaml"),
        lambda name, _: flows.parse(inner, file=name),
    )
    compilation = compiler.compile(flow)
    played = play(
        compilation.draft().statechart,
        parse_script(list(script)),
        session="test",
        seed="seed",
        now=NOW,
        data={},
        fixtures={},
    )
    return said(list(played))


@pytest.mark.parametrize("policy", ["{on_error: fallback, fallback: sorry}", "NODE"])
def test_where_an_on_error_leads_it_is_read_what_went_wrong(policy: str) -> None:
    flow = ASKING.replace("    error: sorry\n", "").replace(
        "TEXT", "{{ error.class }} {{ error.code }} {{ error.node }}"
    )
    if policy == "NODE":
        flow = flow.replace("success: bye", "success: bye\n    on_error: {fallback: sorry}")
    else:
        flow += f"settings: {policy}\n"
    assert talk(flow, failed(code="dns", message="no")) == ["network dns find"]


def test_what_cannot_be_saved_is_an_error_of_an_expression() -> None:
    flow = ASKING.replace("success: bye", "save: {count: response.body.n}\n    success: bye")
    flow = flow.replace("variables: {", "variables: {count: {type: int, default: 0}, ")
    played = talk(
        flow.replace("TEXT", "{{ error.class }} {{ error.node }}: {{ error.message }}"),
        answered(200, {"n": "many"}),
    )
    assert played[0].startswith("expression find: ")
    assert "many" in played[0]


def test_snapshots_with_errors_survive_a_restart() -> None:
    flow = ASKING.replace("error: sorry", "error: ask").replace("TEXT", ALL)
    flow += "  ask: {type: question, text: Again?, input: boolean, next: sorry}\n"
    told = said(played_anew(flow, answered(404, {"a": [1, 2.5, None]}), "yes"))
    assert told[-1].startswith("status|status|")


def test_what_a_server_repeats_of_personal_data_is_not_for_logs() -> None:
    flow = ASKING.replace("variables: {who: {", "variables: {who: {pii: true, input: true, ")
    logged = flow.replace("error: sorry", "error: log").replace("TEXT", "Sorry")
    logged += '  log: {type: action, action: log, with: {why: "{{ error.PART }}"}, next: sorry}\n'
    assert codes(logged.replace("PART", "body")) == ["D407"]
    assert codes(logged.replace("PART", "message")) == []
    assert codes(flow.replace("TEXT", "{{ error.body }}")) == ["D407"]
    (datum,) = [
        one
        for one in compiled(flow.replace("TEXT", "{{ error.code }}")).statechart.data
        if one.name == "error"
    ]
    assert datum.private


def codes(flow: str) -> list[str]:
    return [finding.code for finding in compiled(flow).findings]


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("settings: {on_error: fail}", ["E601"]),
        ("settings: {retry: 2}", ["E601", "E607"]),
        ("settings: {on_error: continue}", []),
        ("settings: {on_error: fallback, fallback: sorry}", []),
    ],
)
def test_what_a_flow_does_about_all_errors_is_a_way_for_each(written: str, told: list[str]) -> None:
    flow = ASKING.replace("    error: sorry\n", "").replace("TEXT", "Sorry") + written + "\n"
    assert [code for code in codes(flow) if code.startswith("E6")] == told


def test_a_try_that_leads_on_after_any_error_is_a_way_for_each() -> None:
    flow = TRYING.replace("CLASS", "404").replace("errors: [any]", "errors: [5xx]")
    assert codes(flow) == ["E601"]
    assert codes(flow.replace("    next: bye\n", "    next: bye\n    on: {error: bye}\n", 1)) == []


@pytest.mark.parametrize(
    ("first", "second", "told"),
    [
        ("4xx", "404", ["G307"]),
        ("status", "404, 5xx", ["G307"]),
        ("request", "network, 500", ["G307"]),
        ("authentication", "401", ["G307"]),
        ("404", "4xx", []),
        ("4xx", "401, timeout", []),
        ("request", "timeout", []),
    ],
)
def test_a_clause_whose_errors_are_all_answered_before_is_never_reached(
    first: str, second: str, told: list[str]
) -> None:
    clause = "      - errors: [SECOND]\n        nodes: {second: {type: leave}}\n"
    flow = TRYING.replace("CLASS", first).replace(
        "      - errors: [any]", f"{clause}      - errors: [any]"
    )
    assert codes(flow.replace("SECOND", second)) == told


@pytest.mark.parametrize("place", ["error", "error.message", "vars.error"])
def test_what_went_wrong_is_only_to_be_read(place: str) -> None:
    flow = ASKING.replace("error: sorry", "error: forget").replace("TEXT", "{{ error.message }}")
    flow += f"  forget: {{type: set, actions: [{{unset: {place}}}], next: sorry}}\n"
    assert "D408" in codes(flow)


def test_what_a_client_says_of_its_failure_is_the_body_whatever_it_is() -> None:
    flow = """
start: run
nodes:
  run: {type: client, action: print, timeout: 1h, next: bye, on: {error: sorry, timeout: bye}}
  sorry: {type: end, text: "{{ error.class }} {{ error.code }} {{ error.body.code }}"}
  bye: {type: end}
"""
    said_by_client = {"node": "run", "code": [7], "message": {"a": 1}, "status": "odd"}
    assert talk(flow, {"event": "client.error", "data": said_by_client})[-1] == "request client [7]"


def test_a_model_that_says_nothing_has_failed_as_a_request() -> None:
    flow = """
start: ask
nodes:
  ask: {type: llm, model: m, prompt: Hi, next: bye, on: {error: sorry}}
  sorry: {type: end, text: "{{ error.class }} {{ error.code }} {{ error.status }}"}
  bye: {type: end}
"""
    for data in ({"status": "odd", "code": 1}, None, "text"):
        assert talk(flow, {"result": "ask", "data": data}) == ["request result 0"]


BROKEN = """
start: NODE
variables: {n: {type: int, default: 1}, items: {type: list, default: [1]}, many: {type: dyn, default: x}}
settings: {on_error: fallback, fallback: told}
nodes:
  told: {type: end, text: "{{ error.node }}: {{ error.class }}"}
"""


@pytest.mark.parametrize(
    "node",
    [
        "change: {type: set, actions: [{set: n, to: '{{ many }}'}], next: told}",
        "change.1/a: {type: set, actions: [{set: n, to: '{{ many }}'}], next: told}",
        "change: {type: set, on_error: {retry: 1}, actions: [{set: n, to: '{{ many }}'}], next: told}",
        "change: {type: loop, each: many, nodes: {on: {type: continue}}, next: told}",
        "change: {type: loop, each: many, on_error: {retry: 1}, nodes: {on: {type: continue}}, next: told}",
        "change: {type: loop, while: many, nodes: {on: {type: continue}}, next: told}",
    ],
)
def test_an_error_names_the_node_of_the_drawing(node: str) -> None:
    name = node.partition(":")[0]
    played = drafted(BROKEN.replace("NODE", name) + f"  {node}")
    assert said(played)[-1] == f"{name}: expression"


def test_a_loop_that_cannot_begin_is_one_error() -> None:
    node = "  all: {type: loop, each: many, nodes: {on: {type: continue}}, next: told}"
    played = drafted(BROKEN.replace("NODE", "all") + node)
    incidents = [one for turn in played for one in turn.macrostep.incidents]
    assert [one.name for one in incidents if one.name != "log"] == ["error.execution.action"]


def test_at_last_it_is_known_that_something_failed_also_where_that_fails_the_flow() -> None:
    flow = """
start: t
nodes:
  t:
    type: try
    nodes:
      h: {type: http, url: "https://api.example.com/", success: l, on_error: fail}
      l: {type: leave}
    finally:
      nodes:
        m: {type: message, text: "{{ has(vars.error) ? error.class : 'fine' }}", next: n}
        n: {type: leave}
    next: e
  e: {type: end}
"""
    assert talk(flow, {"result": "h", "error": {"code": "dns"}}) == ["network"]
    assert talk(flow, {"result": "h", "data": {"status": 200}}) == ["fine"]
