"""Business rules in flows: written, checked, watched."""

from __future__ import annotations

from dataclasses import replace

import pytest

from statewright import compiler, flows
from statewright.compiler.targets import TARGETS
from statewright.statechart import play, promises
from tests.compiler.conversations import HEADER, compiled, said, talk, turns
from tests.compiler.rehydration import played_anew

SHOP = """
start: menu
settings: {on_error: fallback, fallback: sorry}
variables: {n: {type: int, default: 0}, agreed: bool}
rules:
  RULE
nodes:
  menu:
    type: question
    text: What now?
    choices: [{value: pay, to: pay}, {value: terms, to: terms}, {value: leave, to: bye}]
  terms: {type: message, text: Terms., next: menu}
  pay: {type: set, actions: [{increment: n}], next: paid}
  paid: {type: message, text: Paid., next: menu}
  sorry: {type: message, text: Sorry., next: bye}
  bye: {type: end, text: Bye.}
"""


def shop(rule: str) -> str:
    return SHOP.replace("RULE", rule)


@pytest.mark.parametrize(
    ("rule", "script", "last"),
    [
        ("r: {never: 'n > 1'}", ["pay", "pay"], "Sorry. Bye."),
        ("r: {never: 'n > 1'}", ["pay", "terms"], "Terms. What now?"),
        ("r: {never: 'true', at: pay}", ["pay"], "Sorry. Bye."),
        ("r: {never: true, at: [terms, pay]}", ["terms"], "Terms. Sorry. Bye."),
        ("r: {always: 'agreed', at: pay}", ["pay"], "Sorry. Bye."),
        ("r: {always: 'agreed'}", ["pay"], "Paid. What now?"),
        ("r: {first: terms, before: pay}", ["pay"], "Sorry. Bye."),
        ("r: {first: terms, before: pay}", ["terms", "pay"], "Paid. What now?"),
        ("r: {first: terms, before: {at: paid, if: 'n == 2'}}", ["pay"], "Paid. What now?"),
        ("r: {first: terms, before: {if: 'n == 2'}}", ["pay", "pay"], "Sorry. Bye."),
        ("r: {at_most: 1, times: [pay, terms]}", ["pay", "terms"], "Terms. Sorry. Bye."),
        ("r: {whenever: pay, leads_to: terms}", ["pay", "leave"], "Bye."),
    ],
)
def test_a_broken_rule_takes_the_on_error_of_the_flow(
    rule: str, script: list[str], last: str
) -> None:
    assert " ".join(said(played_anew(shop(rule), *script)[-1:])) == last


def test_without_an_on_error_the_session_fails() -> None:
    text = shop("r: {never: 'n > 0'}").replace("{on_error: fallback, fallback: sorry}", "{}")
    assert turns(text, "pay")[-1].status == "failed"


def test_what_is_promised_is_missed_at_the_end() -> None:
    text = shop("r: {whenever: pay, leads_to: terms}")
    played = turns(text, "pay", "leave")
    chart = compiled(text).statechart
    assert promises(chart, played[1].macrostep.snapshot) == ("r",)
    assert [one.name for one in played[2].macrostep.incidents] == ["error.flow.rule"]


def test_a_rule_keeps_a_request_from_being_made() -> None:
    text = """
start: ask
variables: {age: int}
settings: {on_error: fallback, fallback: sorry}
rules: {adults: {never: "age < 18", at: order}}
nodes:
  ask: {type: question, text: Age?, input: integer, variable: age, next: order}
  order: {type: http, url: "https://example.com", success: bye, error: sorry}
  sorry: {type: message, text: Sorry., next: bye}
  bye: {type: end}
"""
    played = turns(text, "17")
    assert not any(turn.effects for turn in played)
    assert said(played)[-1] == "Sorry."
    assert turns(text, "18")[-1].effects


ORDERING = """
start: ask
variables: {age: int}
settings: {on_error: fallback, fallback: sorry}
rules: {adults: {never: "age < 18", at: order}}
nodes:
  ask: {type: question, text: Age?, input: integer, variable: age, next: order}
  order: {type: NODE}
  sorry: {type: end, text: Sorry.}
  bye: {type: end}
"""
KEPT_BACK = [
    "http, url: 'https://example.com', success: bye, error: bye",
    "llm, model: small, prompt: Hello, next: bye, on: {error: bye}",
    "action, action: order, wait: true, next: bye, on: {error: bye}",
]
NOT_KEPT_BACK = [
    "action, action: order, next: bye",
    "handoff, text: Wait., to: {team: support}, next: bye",
    "approval, request: Ok?, next: bye, on: {rejected: bye, timeout: bye}",
    "client, action: pay, next: bye, on: {error: bye, timeout: bye}",
    "tag, add: [vip], next: bye",
    "message, text: Ordered., next: bye",
]


@pytest.mark.parametrize("node", KEPT_BACK)
def test_a_rule_that_is_broken_at_a_node_keeps_back_the_work_that_it_waits_for(node: str) -> None:
    played = turns(ORDERING.replace("NODE", node), "17")
    assert [effect["kind"] for effect in played[-1].effects] == []
    assert said(played) == ["Age?", "Sorry."]


@pytest.mark.parametrize("node", NOT_KEPT_BACK)
def test_what_a_node_tells_the_world_by_being_entered_is_told_all_the_same(node: str) -> None:
    last = turns(ORDERING.replace("NODE", node), "17")[-1]
    assert len(last.macrostep.effects) > len(["Sorry."])
    assert said([last])[-1] == "Sorry."


def test_a_rule_at_a_node_before_it_keeps_back_anything() -> None:
    text = ORDERING.replace("at: order", "at: ready").replace("next: order", "next: ready")
    text = text.replace(
        "  order:",
        "  ready: {type: set, actions: [{set: age, to: '{{ age }}'}], next: order}\n  order:",
    )
    for node in (*KEPT_BACK, *NOT_KEPT_BACK):
        last = turns(text.replace("NODE", node), "17")[-1]
        assert [effect.kind for effect in last.macrostep.effects] == ["say"]


def test_a_try_catches_broken_rules_by_name() -> None:
    text = """
start: try
variables: {n: {type: int, default: 0}}
rules: {small: {never: "n > 0"}}
nodes:
  try:
    type: try
    start: add
    nodes:
      add: {type: set, actions: [{increment: n}], next: said}
      said: {type: message, text: Done., next: out}
      out: {type: leave}
    catch:
      - errors: [rule]
        start: no
        nodes: {no: {type: message, text: Not allowed., next: off}, off: {type: leave}}
    next: bye
  bye: {type: end, text: Bye.}
"""
    assert talk(text) == ["Not allowed.", "Bye."]


IN_A_REGION = """
start: both
variables: {bal: {type: int, default: 10}, amt: int}
settings: {on_error: fallback, fallback: sorry}
rules: {solvent: {always: "bal >= 0"}}
nodes:
  both:
    type: parallel
    regions:
      left:
        nodes:
          LEFT
          out: {type: leave}
      right: {nodes: {wait: {type: delay, duration: 1h, next: on}, on: {type: leave}}}
    next: bye
  sorry: {type: end, text: "Sorry, {{ error.node }}."}
  bye: {type: end, text: "{{ bal }} left."}
"""
PAYING = """ask: {type: question, input: integer, text: How much?, variable: amt, next: pay}
              pay: {type: set, POLICY actions: [{increment: bal, by: "{{ -amt }}"}], next: rec}
              rec: {type: message, text: Paid., next: c}"""
TRYING = f"""all:
            type: try
            nodes:
              {PAYING.replace("POLICY ", "")}
              c: {{type: leave}}
            catch:
              - errors: [rule]
                nodes: {{no: {{type: message, text: "Not at {{{{ error.node }}}}.", next: o}}, o: {{type: leave}}}}
            finally: {{nodes: {{f: {{type: message, text: At last., next: g}}, g: {{type: leave}}}}}}
            next: out"""


def test_a_try_in_a_region_catches_the_rules_that_are_broken_in_it() -> None:
    played = played_anew(IN_A_REGION.replace("LEFT", TRYING), "20", {"advance": "1h"})
    assert said(played) == ["How much?", "Not at pay.", "At last.", "-10 left."]


def test_the_on_error_of_a_node_in_a_region_answers_the_rule_that_it_breaks() -> None:
    paying = PAYING.replace("POLICY", "on_error: {fallback: no},").replace("next: c", "next: out")
    left = paying + "\n          no: {type: message, text: No., next: out}"
    text = IN_A_REGION.replace("LEFT", left.replace("              ", "          "))
    assert said(played_anew(text, "20", {"advance": "1h"})) == ["How much?", "No.", "-10 left."]


def test_nothing_beside_it_answers_a_rule_that_is_broken_in_a_region() -> None:
    paying = PAYING.replace("POLICY ", "").replace("next: c", "next: out")
    text = IN_A_REGION.replace("LEFT", paying.replace("              ", "          "))
    beside = "wait: {type: delay, on_error: {fallback: on}, duration"
    text = text.replace("wait: {type: delay, duration", beside)
    assert said(played_anew(text, "20")) == ["How much?", "Sorry, pay."]


def test_coming_back_from_an_interrupt_is_not_counted() -> None:
    text = """
start: menu
rules: {once: {at_most: 1, times: menu}}
nodes:
  help:
    type: interrupt
    words: [help]
    start: helped
    nodes: {helped: {type: message, text: Here., next: back}, back: {type: leave}}
  menu: {type: question, text: What now?, next: bye}
  bye: {type: end, text: Bye.}
"""
    assert talk(text, "help", "x") == ["What now?", "Here.", "What now?", "Bye."]


def test_rules_of_a_subflow_hold_while_it_runs_and_see_its_variables() -> None:
    inner = flows.parse(
        HEADER + "start: a\nvariables: {x: {type: int, default: 0}}\n"
        "rules: {zero: {always: 'x == 0'}, then: {whenever: a, leads_to: b}}\n"
        "nodes:\n  a: {type: set, actions: [{increment: x}], next: c}\n"
        "  b: {type: message, text: B, next: c}\n  c: {type: end}\n",
        file="inner.yaml",
    )
    outer = replace(
        flows.parse(
            HEADER + "start: run\nnodes:\n"
            "  run: {type: subflow, flow: inner.yaml, next: bye, on: {error: oh}}\n"
            "  oh: {type: message, text: Oh., next: bye}\n  bye: {type: end}\n"
        ),
        subflows={"inner.yaml": inner},
    )
    chart = compiler.compile(outer).statechart
    assert [(rule.name, rule.scope) for rule in chart.rules] == [
        ("run/zero", "run/~flow"),
        ("run/then", "run/~flow"),
    ]


def test_a_rule_of_a_subflow_in_a_region_leaves_it_by_its_port() -> None:
    inner = flows.parse(
        HEADER + "start: a\nvariables: {x: {type: int, default: 0}}\n"
        "rules: {zero: {always: 'x == 0'}}\n"
        "nodes:\n  a: {type: set, actions: [{increment: x}], next: c}\n  c: {type: end}\n",
        file="inner.yaml",
    )
    run = "run: {type: subflow, flow: inner.yaml, next: out, on: {error: oh}}"
    oh = 'oh: {type: message, text: "Oh, {{ error.class }} at {{ error.node }}.", next: out}'
    text = IN_A_REGION.replace("LEFT", f"{run}\n          {oh}")
    outer = replace(flows.parse(HEADER + text), subflows={"inner.yaml": inner})
    chart = compiler.compile(outer).statechart
    assert said([*play(chart, [], session="s", seed="s", now=0)])[0] == "Oh, rule at a."


def test_a_node_that_is_switched_off_is_never_begun() -> None:
    text = shop("r: {first: terms, before: pay}").replace(
        "terms: {type: message,", "terms: {type: message, disabled: true,"
    )
    assert said(turns(text, "terms", "pay"))[-2:] == ["Sorry.", "Bye."]


def test_a_release_says_its_rules_as_they_were_written() -> None:
    text = shop("r: {first: {at: terms, if: agreed}, before: pay, description: Terms first.}")
    assert compiled(text).draft().rules == (
        {
            "name": "r",
            "first": {"at": ["terms"], "if": "agreed"},
            "before": {"at": ["pay"]},
            "description": "Terms first.",
        },
    )


@pytest.mark.parametrize(
    ("rule", "found"),
    [
        ("r: {never: '!agred'}", "8:16 G303 `agred` is `agreed`?"),
        ("r: {never: 'n'}", "8:15 G302 a guard"),
        ("r: {never: 'n >'}", "8:18 G301 expected"),
        ("r: {never: true, at: payy}", "8:24 S103 names `payy` did you mean `pay`?"),
        ("r: {at_most: 1, times: [pay, trms]}", "8:32 S103 names `trms` did you mean `terms`?"),
        ("r: {at_most: -1, times: pay}", "8:16 R004 at least 0"),
        ("r: {at_most: 1}", "8:3 R005 `times` is missing"),
        ("r: {first: terms}", "8:3 R005 `before` is missing"),
        ("r: {first: terms, befor: pay}", "8:21 R003 `befor` is did you mean `before`?"),
        ("r: {nver: 'n > 1'}", "8:3 R005 says none of did you mean `never`?"),
        ("r: {never: 'n > 1', always: 'n > 0'}", "8:23 R004 a rule says one thing"),
        ("r: never", "8:6 R004 a rule is a map"),
        ("r: {first: {}, before: pay}", "8:14 R005 says neither `at` nor `if`"),
        ("r: {first: [], before: pay}", "8:14 R005 `first` is empty"),
        ("'': {never: true}", "8:3 R004 the name of a rule cannot be empty"),
    ],
)
def test_what_is_wrong_with_a_rule_is_said_where_it_stands(rule: str, found: str) -> None:
    findings = compiled(shop(rule)).findings
    said_ = [
        f"{one.location.line}:{one.location.column} {one.code} {one.message} {one.help}"
        for one in findings
    ]
    place, code, *words = found.split(" ")
    assert any(
        one.startswith(f"{place} {code}") and " ".join(words[:2]) in one and words[-1] in one
        for one in said_
    ), said_


def test_other_tools_do_not_watch_rules_and_say_so() -> None:
    release = compiled(shop("r: {at_most: 1, times: pay}")).draft()
    for name, target in TARGETS.items():
        lost = [loss.what for loss in target(release).losses if loss.code == "rules"]
        assert lost == (
            [] if name in {"json", "python"} else ["business rules are not watched: `r`"]
        )
