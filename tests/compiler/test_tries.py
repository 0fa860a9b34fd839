"""Tries: an error goes to the clause that answers it, and what is last is done in any case."""

from __future__ import annotations

import pytest

from tests.compiler.conversations import compiled, said, talk, turns
from tests.compiler.rehydration import played_anew

DIVIDING = """
start: risky
variables: {n: {type: int, default: 0}, result: {type: int, default: -1}}
nodes:
  risky:
    type: try
    next: bye
    nodes:
      divide: {type: set, actions: [{set: result, to: "{{ 10 / n }}"}], next: told}
      told: {type: message, text: "It is {{ result }}.", next: out}
      out: {type: leave}
    catch:
      - errors: [CLASS]
        as: problem
        nodes:
          sorry: {type: message, text: "Sorry: {{ problem.message }}", next: over}
          over: {type: leave}
    finally:
      nodes:
        tidy: {type: message, text: "Tidy.", next: tidied}
        tidied: {type: leave}
  bye: {type: end, text: Bye}
"""
ANY = DIVIDING.replace("CLASS", "any")


def test_where_nothing_fails_no_clause_is_taken() -> None:
    assert talk(ANY.replace("default: 0", "default: 5")) == ["It is 2.", "Tidy.", "Bye"]


@pytest.mark.parametrize("name", ["any", "expression", "request, expression"])
def test_an_error_goes_to_the_clause_that_answers_it(name: str) -> None:
    flow = DIVIDING.replace("CLASS", name)
    assert talk(flow) == ["Sorry: division by zero", "Tidy.", "Bye"]


def test_what_is_last_is_done_also_for_an_error_that_nothing_caught() -> None:
    played = turns(DIVIDING.replace("CLASS", "request"))
    assert said(played) == ["Tidy."]
    assert played[-1].status == "failed"


def test_an_error_that_nothing_caught_has_a_way_of_its_own_where_one_is_drawn() -> None:
    flow = DIVIDING.replace("CLASS", "request").replace(
        "next: bye\n", "next: bye\n    on: {error: odd}\n", 1
    )
    assert talk(flow + "  odd: {type: end, text: Odd}\n") == ["Tidy.", "Odd"]


def test_an_error_that_nothing_caught_goes_to_the_try_around_as_what_it_was() -> None:
    flow = """
start: outer
variables: {n: {type: int, default: 0}, result: int}
nodes:
  outer:
    type: try
    next: bye
    nodes:
      inner:
        type: try
        next: out
        nodes:
          divide: {type: set, actions: [{set: result, to: "{{ 10 / n }}"}], next: done}
          done: {type: leave}
        catch:
          - errors: [request]
            nodes:
              no: {type: message, text: "not here", next: left}
              left: {type: leave}
      out: {type: leave}
    catch:
      - errors: [request]
        nodes:
          nor: {type: message, text: "nor here", next: gone}
          gone: {type: leave}
      - errors: [expression]
        as: e
        nodes:
          here: {type: message, text: "{{ e.node }}: {{ e.message }}", next: caught}
          caught: {type: leave}
  bye: {type: end}
"""
    assert talk(flow) == ["divide: division by zero"]


REQUEST = """
start: risky
nodes:
  risky:
    type: try
    next: bye
    nodes:
      ask: {type: http, url: "https://api.example.com/x", success: out}
      out: {type: leave}
    catch:
      - errors: [request]
        nodes:
          sorry: {type: message, text: Sorry, next: over}
          over: {type: leave}
  bye: {type: end, text: Bye}
"""


def test_a_failed_request_is_caught_by_its_class() -> None:
    failed = {"result": "ask", "error": {"code": "refused", "message": "nobody there"}}
    assert talk(REQUEST, failed) == ["Sorry", "Bye"]
    assert talk(REQUEST, {"result": "ask", "data": {"status": 500}}) == ["Sorry", "Bye"]
    assert talk(REQUEST, {"result": "ask", "data": {"status": 200}}) == ["Bye"]


def test_a_request_that_nothing_catches_needs_a_way_for_its_errors() -> None:
    findings = compiled(REQUEST.replace("[request]", "[timeout]")).findings
    assert [finding.code for finding in findings] == ["E601"]


def test_what_goes_wrong_in_a_clause_goes_on() -> None:
    flow = ANY.replace(
        "          sorry:",
        '          worse: {type: set, actions: [{set: result, to: "{{ 1 / n }}"}], next: sorry}\n'
        "          sorry:",
    )
    played = turns(flow)
    assert said(played) == ["Tidy."]
    assert played[-1].status == "failed"


def test_the_error_is_known_only_in_its_clause() -> None:
    findings = compiled(ANY.replace("text: Bye", "text: '{{ problem.message }}'")).findings
    assert [finding.code for finding in findings] == ["D408"]


def test_a_leave_outside_a_try_is_found() -> None:
    flow = "start: out\nnodes:\n  out: {type: leave}\n"
    assert [finding.code for finding in compiled(flow).findings] == ["S112"]


def test_an_unknown_class_of_error_is_found_with_the_nearest() -> None:
    (finding,) = compiled(DIVIDING.replace("CLASS", "expresion")).findings
    assert finding.code == "R004"
    assert "expression" in finding.help


# --- ways out of a try that does something at last -----------------------------------------------

LEAVING = """
start: risky
variables: {n: {type: int, default: 0}, result: int}
nodes:
  risky:
    type: try
    next: bye
    nodes:
      first: {type: message, text: First., next: WAY}
      stop: {type: end, text: Stopped., outcome: stopped}
      divide: {type: set, actions: [{set: result, to: "{{ 1 / n }}"}], next: over, on_error: POLICY}
      over: {type: leave}
    catch:
      - errors: [request]
        nodes:
          no: {type: leave}
    finally:
      nodes:
        tidy: {type: message, text: "Tidy.", next: tidied}
        tidied: {type: leave}
  away: {type: end, text: Away.}
  bye: {type: end, text: Bye}
"""


@pytest.mark.parametrize(
    ("way", "policy", "expected"),
    [
        ("over", "fail", ["First.", "Tidy.", "Bye"]),
        ("away", "fail", ["First.", "Tidy.", "Away."]),
        ("stop", "fail", ["First.", "Tidy.", "Stopped."]),
        ("divide", "{fallback: away}", ["First.", "Tidy.", "Away."]),
        ("divide", "fail", ["First.", "Tidy."]),
        ("[{if: n > 0, to: away}, {to: bye}]", "fail", ["First.", "Tidy.", "Bye"]),
    ],
    ids=["leave", "edge", "end", "fallback", "failure", "ways"],
)
def test_what_is_last_is_done_whichever_way_a_try_is_left(
    way: str, policy: str, expected: list[str]
) -> None:
    played = turns(LEAVING.replace("WAY", way).replace("POLICY", policy))
    assert said(played) == expected
    outcome = {"Stopped.": "stopped", "Tidy.": "error"}.get(expected[-1], "completed")
    assert played[-1].outcome == outcome


def test_a_try_that_is_left_for_itself_begins_anew() -> None:
    flow = """
start: risky
variables: {n: {type: int, default: 0}}
nodes:
  risky:
    type: try
    next: bye
    nodes:
      count: {type: set, actions: [{increment: n}], next: [{if: n < 3, to: risky}, {to: out}]}
      out: {type: leave}
    finally:
      nodes:
        tidy: {type: message, text: "Tidy {{ n }}.", next: tidied}
        tidied: {type: leave}
  bye: {type: end, text: Bye}
"""
    assert talk(flow) == ["Tidy 1.", "Tidy 2.", "Tidy 3.", "Bye"]


NESTED = """
start: rounds
nodes:
  rounds:
    type: loop
    times: 3
    index: i
    next: bye
    nodes:
      outer:
        type: try
        next: again
        nodes:
          inner:
            type: try
            next: out
            nodes:
              which: {type: condition, branches: [{if: "i == 0", to: on}, {if: "i == 1", to: stop}], else: home}
              on: {type: continue}
              stop: {type: break}
              home: {type: leave}
            finally: {nodes: {a: {type: message, text: "inner {{ i }}", next: b}, b: {type: leave}}}
          out: {type: leave}
        finally: {nodes: {c: {type: message, text: "outer {{ i }}", next: d}, d: {type: leave}}}
      again: {type: continue}
  bye: {type: end, text: Bye}
"""


def test_a_way_out_of_several_tries_does_what_each_does_at_last() -> None:
    assert talk(NESTED) == ["inner 0", "outer 0", "inner 1", "outer 1", "Bye"]


def test_a_region_that_leads_out_of_a_try_around_it_does_what_is_last_once() -> None:
    flow = """
start: risky
nodes:
  risky:
    type: try
    next: bye
    nodes:
      both:
        type: parallel
        regions:
          left: {nodes: {l: {type: message, text: Left., next: away}}}
          right: {nodes: {r: {type: delay, duration: 1h, next: rr}, rr: {type: leave}}}
        next: out
      out: {type: leave}
    finally: {nodes: {tidy: {type: message, text: Tidy., next: tidied}, tidied: {type: leave}}}
  away: {type: end, text: Away.}
  bye: {type: end, text: Bye}
"""
    assert talk(flow) == ["Left.", "Tidy.", "Away."]


def test_what_is_last_waits_for_those_who_come_back() -> None:
    flow = """
start: risky
nodes:
  risky:
    type: try
    next: bye
    nodes:
      ask: {type: question, text: Name?, next: people}
      people: {type: handoff, text: One moment., next: out}
      out: {type: leave}
    finally: {nodes: {tidy: {type: message, text: Tidy., next: tidied}, tidied: {type: leave}}}
  bye: {type: end, text: Bye}
  help:
    type: interrupt
    words: [help]
    nodes: {helped: {type: message, text: Helped., next: back}, back: {type: leave}}
"""
    resolved = {"event": "handoff.resolved"}
    assert talk(flow, "help", "Ada", resolved) == [
        "Name?", "Helped.", "Name?", "One moment.", "Tidy.", "Bye",
    ]  # fmt: skip


def test_what_is_last_may_lead_elsewhere_itself() -> None:
    flow = LEAVING.replace("WAY", "away").replace("POLICY", "fail")
    assert talk(flow.replace("next: tidied", "next: bye")) == ["First.", "Tidy.", "Bye"]


LATE = """
start: risky
nodes:
  risky:
    type: try
    next: bye
    nodes:
      q: {type: question, text: "Well?", timeout: 1m, next: out}
      out: {type: leave}
    catch:
      - errors: [CLASS]
        nodes:
          sorry: {type: message, text: "Too late.", next: over}
          over: {type: leave}
  bye: {type: end, text: Bye}
"""


def unwired(flow: str) -> list[str]:
    found = compiled(flow).findings
    return [one.message for one in found if one.code == "S107"]


@pytest.mark.parametrize("name", ["timeout", "any"])
def test_no_edge_is_missed_for_a_timeout_that_a_clause_answers(name: str) -> None:
    flow = LATE.replace("CLASS", name)
    assert unwired(flow) == []
    assert talk(flow, {"advance": "1m"}) == ["Well?", "Too late.", "Bye"]


def test_a_timeout_that_no_clause_answers_needs_an_edge() -> None:
    missed = ["no edge leaves `q` by `timeout`"]
    assert unwired(LATE.replace("CLASS", "request, answer")) == missed
    asked_late = (
        LATE.replace("CLASS", "any")
        .replace("      q: {", "      x: {")
        .replace(
            'sorry: {type: message, text: "Too late.", next: over}',
            'q: {type: question, text: "Why?", timeout: 1m, next: over}',
        )
    )
    assert unwired(asked_late) == missed


def test_no_edge_is_missed_for_a_refusal_that_a_clause_answers() -> None:
    asking = '{type: approval, request: "May they?", next: out}'
    flow = LATE.replace('{type: question, text: "Well?", timeout: 1m, next: out}', asking)
    assert unwired(flow.replace("CLASS", "rejected")) == []
    assert unwired(flow.replace("CLASS", "timeout")) == ["no edge leaves `q` by `rejected`"]


def test_no_edge_is_missed_for_a_timeout_that_the_node_itself_answers() -> None:
    flow = LATE.replace("CLASS", "request")
    assert unwired(flow.replace("1m, ", "1m, on_error: {fallback: out}, ")) == []


BESIDE_A_FAILURE = """
start: t
settings: {on_error: fallback, fallback: sorry}
variables: {a: string, z: {type: int, default: 0}, y: {type: int, default: 0}}
nodes:
  t:
    type: try
    nodes:
      p:
        type: parallel
        join: JOIN
        regions:
          b:
            nodes:
              inner:
                type: try
                nodes: {ask: {type: question, text: "Ask?", variable: a, next: l2}, l2: {type: leave}}
                catch:
                  - errors: [any]
                    nodes: {no: {type: message, text: "Not mine.", next: n2}, n2: {type: leave}}
                finally:
                  nodes: {f: {type: message, text: "Inner.", next: f1}, f1: {FIRST}, fl: {type: leave}}
                next: l3
              l3: {type: leave}
          c:
            nodes:
              other:
                type: try
                nodes: {wait: {type: delay, duration: 1h, next: w2}, w2: {type: leave}}
                finally: {nodes: {g: {type: message, text: "Other.", next: gl}, gl: {type: leave}}}
                next: w3
              w3: {type: leave}
          a:
            nodes:
              w: {type: delay, duration: 10s, next: calc}
              calc: {type: set, actions: [{set: z, to: "{{ 10 / z }}"}], next: l}
              l: {type: leave}
        next: lv
      lv: {type: leave}
    catch:
      - errors: [ERRORS]
        nodes: {d: {type: message, text: "Caught at {{ error.node }}.", next: dl}, dl: {type: leave}}
    finally: {nodes: {e: {type: message, text: "Outer.", next: el}, el: {type: leave}}}
    next: bye
  sorry: {type: end, text: Sorry.}
  bye: {type: end, text: Bye.}
"""


def beside_a_failure(
    errors: str = "expression", first: str = "type: leave", join: str = "all"
) -> str:
    text = BESIDE_A_FAILURE.replace("ERRORS", errors).replace("JOIN", join)
    return text.replace("FIRST", first)


@pytest.mark.parametrize("join", ["all", "2", "any"])
def test_what_is_last_is_done_where_a_region_is_given_up_for_the_error_of_another(
    join: str,
) -> None:
    played = played_anew(beside_a_failure(join=join), {"advance": "10s"})
    assert said(played) == ["Ask?", "Inner.", "Other.", "Caught at calc.", "Outer.", "Bye."]


def test_it_is_done_too_where_nothing_around_answers_the_error_of_the_other() -> None:
    played = played_anew(beside_a_failure("timeout"), {"advance": "10s"})
    assert said(played) == ["Ask?", "Inner.", "Other.", "Outer.", "Sorry."]


def test_the_error_waits_for_the_last_of_them() -> None:
    text = beside_a_failure(first="type: question, text: 'Why?', variable: a, next: fl")
    played = played_anew(text, {"advance": "10s"}, "so")
    assert said(played)[:4] == ["Ask?", "Inner.", "Other.", "Why?"]
    assert said(played)[4:] == ["Caught at calc.", "Outer.", "Bye."]


def test_what_is_being_done_at_last_already_is_done_to_its_end() -> None:
    text = beside_a_failure(first="type: delay, duration: 20s, next: f3").replace(
        "fl: {type: leave}", "f3: {type: message, text: Slow., next: fl}, fl: {type: leave}"
    )
    played = played_anew(text, "x", {"advance": "10s"}, {"advance": "10s"})
    assert said(played)[:4] == ["Ask?", "Inner.", "Other.", "Slow."]
    assert said(played)[4:] == ["Caught at calc.", "Outer.", "Bye."]


def test_a_failure_in_what_is_done_at_last_does_not_hide_the_first_one() -> None:
    text = beside_a_failure(first='type: set, actions: [{set: y, to: "{{ 1 / y }}"}], next: fl')
    played = played_anew(text, {"advance": "10s"})
    assert said(played) == ["Ask?", "Inner.", "Other.", "Caught at calc.", "Outer.", "Bye."]


FAILING_AT_LAST = """
start: t
settings: SETTINGS
variables: {z: {type: int, default: 0}}
nodes:
  t:
    type: try
    nodes: {a: {type: BODY}, al: {type: leave}}
    catch:
      - errors: [any]
        nodes: {c: {type: message, text: "Clause.", next: cl}, cl: {type: leave}}
    finally:
      nodes:
        e: {type: set, actions: [{set: z, to: "{{ 1 / z }}"}], next: m}
        m: {type: message, text: "Behind it.", next: el}
        el: {type: leave}
    next: bye
    on: {error: te}
  te: {type: message, text: "Its error.", next: bye}
  bye: {type: end, text: Bye.}
  sorry: {type: end, text: "Sorry, {{ error.node }}."}
"""


def test_what_goes_wrong_in_what_is_last_goes_to_what_is_around_the_try() -> None:
    text = FAILING_AT_LAST.replace("BODY", 'message, text: "Body.", next: al')
    text = text.replace("SETTINGS", "{on_error: fallback, fallback: sorry}")
    assert talk(text) == ["Body.", "Sorry, e."]
    own = text.replace("    on: {error: te}", "    on: {error: te}\n    on_error: continue")
    assert talk(own) == ["Body.", "Bye."]


CONTINUING = """
start: first
settings: {on_error: continue}
variables: {z: {type: int, default: 0}}
nodes:
  first: {type: set, actions: [{set: z, to: "{{ 1 / z }}"}], next: told}
  told: {type: message, text: "Behind the first.", next: t}
  t:
    type: try
    nodes:
      d: {type: set, OWN actions: [{set: z, to: "{{ 1 / z }}"}], next: m}
      m: {type: message, text: "Behind it.", next: l}
      l: {type: leave}
    finally: {nodes: {e: {type: message, text: "At last.", next: el}, el: {type: leave}}}
    next: bye
  bye: {type: end, text: Bye.}
"""


def test_to_continue_after_errors_is_of_a_try_as_a_whole_unless_a_node_in_it_says_so() -> None:
    assert talk(CONTINUING.replace("OWN ", "")) == ["Behind the first.", "At last.", "Bye."]
    own = talk(CONTINUING.replace("OWN", "on_error: continue,"))
    assert own == ["Behind the first.", "Behind it.", "At last.", "Bye."]
