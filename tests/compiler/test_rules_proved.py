"""Business rules are proved, or a conversation is shown that breaks them."""

from __future__ import annotations

import pytest

from statewright import compiler, flows
from statewright.compiler import Finding, Verdict
from statewright.compiler.verification.questions import BreakRule, Impossible, WaitForEver
from statewright.statechart import play, promises
from statewright.statechart.playing.play import SCRIPT_NOW, SCRIPT_SEED, SCRIPT_SESSION
from statewright.statechart.playing.script import parse_script
from tests.compiler.conversations import HEADER, compiled

DESK = """
start: menu
variables: {n: {type: int, default: 0}, age: {type: int, default: 0}, ok: {type: bool, default: false}}
rules: {r: RULE}
nodes:
  menu:
    type: question
    text: What now?
    choices: [{value: pay, to: age}, {value: terms, to: terms}, {value: complain, to: wrong}, {value: leave, to: bye}]
  age: {type: question, text: Age?, input: integer, variable: age, next: adult}
  adult: {type: condition, branches: [{if: "age >= 18 && ok", to: pay}], else: menu}
  terms: {type: question, text: Agreed?, input: boolean, variable: ok, next: agreed}
  agreed: {type: condition, branches: [{if: ok, to: noted}], else: menu}
  noted: {type: message, text: Noted., next: menu}
  pay: {type: set, actions: [{increment: n}], next: paid}
  paid: {type: message, text: Paid., next: menu}
  wrong: {type: question, text: What is wrong?, next: really}
  really: {type: question, text: Really?, input: boolean, variable: ok, next: sure}
  sure: {type: condition, branches: [{if: ok, to: sorry}], else: wrong}
  sorry: {type: message, text: Sorry., next: menu}
  lost: {type: message, text: Lost., next: menu}
  bye: {type: end, text: Bye.}
"""

HOLDING = [
    "{never: 'age < 18', at: pay}",
    "{always: 'ok', at: pay}",
    "{always: 'n >= 0'}",
    "{never: 'n < 0'}",
    "{first: menu, before: {at: pay, if: 'n > 1'}}",
    "{whenever: wrong, leads_to: [sorry]}",
    "{whenever: {at: noted}, leads_to: [menu, bye]}",
    "{at_most: 0, times: {at: pay, if: 'age < 18'}}",
]

BROKEN = [
    ("{never: 'age > 20', at: pay}", "T801"),
    ("{never: 'n > 1'}", "T801"),
    ("{always: 'age == 18', at: pay}", "T802"),
    ("{first: paid, before: noted}", "T803"),
    ("{first: noted, before: terms}", "T803"),
    ("{whenever: terms, leads_to: pay}", "T804"),
    ("{at_most: 2, times: pay}", "T806"),
]


def found(text: str) -> list[Finding]:
    findings = compiler.verify(compiled(text)).findings
    return [one for one in findings if one.code.startswith("T8")]


@pytest.mark.parametrize("rule", HOLDING)
def test_a_rule_that_holds_is_proved(rule: str) -> None:
    compilation = compiler.verify(compiled(DESK.replace("RULE", rule)))
    assert [str(one) for one in compilation.findings if one.code.startswith("T8")] == []
    verification = compilation.verification
    assert verification is not None
    assert isinstance(verification.answer(BreakRule("r")), Impossible)
    assert isinstance(verification.answer(WaitForEver("r")), Impossible)


@pytest.mark.parametrize(("rule", "code"), BROKEN)
def test_a_rule_that_is_broken_is_shown_by_a_conversation_that_breaks_it(
    rule: str, code: str
) -> None:
    text = DESK.replace("RULE", rule)
    (finding,) = found(text)
    assert (finding.code, finding.verdict) == (code, Verdict.VIOLATED)
    assert finding.witness is not None
    turns = list(
        play(
            compiled(text).statechart,
            parse_script(list(finding.witness.script)),
            session=SCRIPT_SESSION,
            seed=SCRIPT_SEED,
            now=SCRIPT_NOW,
        )
    )
    names = [[one.name for one in turn.macrostep.incidents] for turn in turns]
    assert "error.flow.rule" in names[-1]
    assert all("error.flow.rule" not in each for each in names[:-1])


TRAP = """
start: ask
rules: {heard: {whenever: ask, leads_to: answered}}
nodes:
  ask: {type: question, text: A or b?, choices: [{value: a, to: WAY}, {value: b, to: sink}]}
  sink: {type: question, text: Why?, next: sink}
  answered: {type: message, text: Thanks., next: bye}
  bye: {type: end, text: Bye.}
"""


def test_what_can_go_on_for_ever_without_it_is_shown_up_to_where_it_is_lost() -> None:
    text = TRAP.replace("WAY", "answered")
    (finding,) = found(text)
    assert finding.code == "T804"
    assert "cannot come any more" in finding.message
    assert finding.witness is not None
    assert list(finding.witness.script) == [{"choose": "b"}]
    chart = compiled(text).statechart
    script = parse_script(list(finding.witness.script))
    turns = list(play(chart, script, session="s", seed="s", now=0))
    assert promises(chart, turns[-1].macrostep.snapshot) == ("heard",)


def test_who_may_always_answer_otherwise_is_assumed_to_do_so_at_some_time() -> None:
    text = TRAP.replace("WAY", "answered").replace(
        "text: Why?, next: sink", "text: Why?, next: ask"
    )
    assert found(text) == []


def test_a_promise_that_is_kept_and_made_again_at_once_is_kept() -> None:
    text = """
start: ask
rules: {heard: {whenever: ask, leads_to: thanks}}
nodes:
  ask: {type: question, text: Why?, next: thanks}
  thanks: {type: message, text: Thanks., next: ask}
"""
    assert found(text) == []


def test_a_rule_about_what_never_happens_is_told() -> None:
    text = DESK.replace("RULE", "{never: 'age < 18', at: lost}")
    text = text.replace("else: menu}\n  terms", "else: maybe}\n  terms")
    text = text.replace(
        "  pay:",
        "  maybe: {type: condition, branches: [{if: age >= 18 && ok, to: lost}], else: menu}\n  pay:",
    )
    assert [(one.code, one.verdict) for one in found(text)] == [("T805", Verdict.PROVED)]


IDLE = [
    "{first: noted, before: {at: pay, if: 'age < 18'}}",
    "{first: noted, before: {if: 'n < 0'}}",
    "{whenever: {at: pay, if: '!ok'}, leads_to: bye}",
    "{whenever: {if: 'n < 0'}, leads_to: bye}",
    "{at_most: 1, times: {at: pay, if: 'age < 18'}}",
    "{never: 'age < 18 && age > 20', at: pay}",
    "{never: 'n < 1 && n > 1'}",
    "{always: 'ok || !ok'}",
]


@pytest.mark.parametrize("rule", IDLE)
def test_a_rule_whose_condition_decides_nothing_is_told(rule: str) -> None:
    told = found(DESK.replace("RULE", rule))
    assert [(one.code, one.verdict) for one in told] == [("T805", Verdict.PROVED)]


def test_a_moment_outside_of_what_a_variable_may_hold_never_comes_whatever_else_is_in_doubt() -> (
    None
):
    text = """
start: ask
rules: {idle: {first: bye, before: {at: bye, if: "age < 0"}}}
variables: {age: {type: int, minimum: 0}, name: string, n: {type: int, default: 0}}
nodes:
  ask: {type: question, text: Name?, variable: name, window: 3s, next: check}
  check: {type: condition, branches: [{if: "name.contains(name)", to: how_old}], else: bye}
  how_old: {type: question, text: Age?, input: integer, variable: age, next: bye}
  bye: {type: end, text: "{{ vars.?age.orValue(0) }} {{ n }}"}
"""
    told = [(one.code, one.verdict) for one in found(text) if one.code.startswith("T8")]
    assert told == [("T805", Verdict.PROVED)]


def test_a_rule_about_a_variable_that_is_never_given_is_told() -> None:
    text = DESK.replace("ok: {type", "x: int, ok: {type").replace("RULE", "{never: 'x > 3'}")
    assert [one.code for one in found(text)] == ["T805"]


MATTERING = [
    "{first: noted, before: {at: pay, if: 'age >= 18'}}",
    "{whenever: {at: pay, if: 'age > 30'}, leads_to: paid}",
    "{whenever: {if: 'n > 1'}, leads_to: paid}",
    "{at_most: 99, times: {at: pay, if: 'age > 30'}}",
    "{at_most: 9, times: {at: bye, if: 'n > 1'}}",
    "{at_most: 0, times: {at: pay, if: 'age < 18'}}",
    "{always: 'ok', at: pay}",
]


@pytest.mark.parametrize("rule", MATTERING)
def test_a_rule_whose_moment_comes_is_not(rule: str) -> None:
    assert "T805" not in [one.code for one in found(DESK.replace("RULE", rule))]


def test_a_rule_of_a_subflow_is_told_where_it_is_run() -> None:
    inner = flows.parse(
        HEADER + "start: a\nvariables: {x: {type: int, default: 0}}\n"
        "rules: {zero: {always: 'x == 0'}}\n"
        "nodes:\n  a: {type: set, actions: [{increment: x}], next: c}\n  c: {type: end}\n",
        file="inner.yaml",
    )
    text = "start: run\nnodes:\n  run: {type: subflow, flow: inner.yaml, next: bye}\n  bye: {type: end}\n"
    outer = flows.resolved(flows.parse(HEADER + text), lambda _name, _flow: inner)
    (finding,) = (
        one for one in compiler.verify(compiler.compile(outer)).findings if one.code[0] == "T"
    )
    assert (finding.code, finding.node, finding.location.file) == ("T802", "run", "inner.yaml")


def test_a_rule_that_compares_two_answers_does_not_stand_in_the_way_of_other_proofs() -> None:
    text = """
start: a
variables: {x: {type: int, default: 0}, y: {type: int, default: 0}}
rules: {less: {never: "x > y", at: bye}, low: {never: "x > 100", at: bye}}
nodes:
  a: {type: question, text: X?, input: integer, variable: x, maximum: 9, next: b}
  b: {type: question, text: Y?, input: integer, variable: y, next: c}
  c: {type: condition, branches: [{if: "x <= y", to: bye}], else: a}
  bye: {type: end}
"""
    (finding,) = found(text)
    assert (finding.code, finding.verdict) == ("T801", Verdict.UNDECIDED)
    assert "`less`" in finding.message


def test_a_release_names_the_rules_that_were_proved() -> None:
    text = DESK.replace("RULE", HOLDING[0])
    assert [rule["name"] for rule in compiled(text).release().rules] == ["r"]
