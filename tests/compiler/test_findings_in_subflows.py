"""What goes wrong in a flow that another one runs is told where it stands, with the way there."""

from __future__ import annotations

from statewright import compiler, flows
from statewright.compiler import Finding, Verdict
from statewright.statechart.playing.play import SCRIPT_NOW, SCRIPT_SEED, SCRIPT_SESSION, play
from statewright.statechart.playing.script import parse_script

OUTER = """
statewright: 1
start: hi
variables: {order: {type: string, default: ""}, age: {type: int, default: 0}}
nodes:
  hi: {type: message, text: "Hi.", next: pick}
  pick: {type: subflow, flow: inner.yaml, next: again, inputs: {limit: 3}MORE}
  again: {type: message, text: "Again.", next: last}
  last: {type: subflow, flow: inner.yaml, next: bye, inputs: {limit: 3}}
  bye: {type: end, text: "Bye {{ order }} {{ age }}."}
"""

INNER = """
statewright: 1
start: ask
variables: {size: string, age: int, limit: {type: int, input: true}, which: {type: string, values: [a, b]}}
nodes:
  ask: {type: question, text: "How many?", variable: size, next: route}
  route:
    type: condition
    branches: [{if: "GUARD", to: many}]
    else: few
  many: {type: message, text: "So many!", next: trap}
  trap: {type: question, text: "Which?", variable: which, PATTERN, next: out}
  few: {type: message, text: "Few {{ age }}", next: out}
  out: {type: end, text: "{{ which.orValue('') }}"}
""".replace("{{ which.orValue('') }}", "{{ vars.?which.orValue('') }}")

FINE = INNER.replace("{{ age }}", "{{ vars.?age.orValue(0) }}").replace("PATTERN", "retries: 1")


def compiled(outer: str, inner: str) -> compiler.Compilation:
    def find(name: str, _: flows.Flow) -> flows.Flow | str:
        return flows.parse(inner, file="inner.yaml") if name == "inner.yaml" else "not found"

    flow = flows.resolved(flows.parse(outer.replace("MORE", ""), file="outer.yaml"), find)
    return compiler.compile(flow)


def found(outer: str, inner: str) -> list[Finding]:
    return [
        one
        for one in compiler.verify(compiled(outer, inner)).findings
        if one.location.file == "inner.yaml"
    ]


def test_each_thing_is_told_once_where_it_stands() -> None:
    text = INNER.replace("GUARD", "int(size) >= 10").replace("PATTERN", 'pattern: "^[0-9]+$"')
    told = found(OUTER, text)
    assert [(one.code, one.node, one.location.line) for one in told] == [
        ("G304", "pick", 9),
        ("C204", "pick", 12),
        ("D401", "pick", 13),
    ]
    assert all("where `pick` runs it" in one.message for one in told)
    assert all(one.related[-1].file == "outer.yaml" for one in told)


def test_it_comes_with_a_conversation_of_the_flow_that_runs_it() -> None:
    text = INNER.replace("GUARD", "size == 'x'").replace("PATTERN", 'pattern: "^[0-9]+$"')
    compilation = compiler.verify(compiled(OUTER, text))
    (trap,) = [one for one in compilation.findings if one.code == "C204"]
    assert trap.verdict is Verdict.VIOLATED
    assert trap.witness is not None
    lines = parse_script(list(trap.witness.script))
    turns = play(
        compilation.statechart, lines, session=SCRIPT_SESSION, seed=SCRIPT_SEED, now=SCRIPT_NOW
    )
    *_, last = turns
    assert "pick/trap" in last.configuration


def test_what_one_that_runs_it_rules_out_is_no_finding() -> None:
    text = FINE.replace("GUARD", "100 / limit > 20")
    assert found(OUTER, text) == []
    told = found(OUTER.replace("{limit: 3}}", "{limit: 0}}"), text)
    assert [(one.code, one.node) for one in told] == [("G304", "last")]


def test_conditions_in_it_are_decided_before_it_is_guessed_about_them() -> None:
    inner = FINE.replace("GUARD", "limit > 2").replace("    else: few\n", "")
    assert [one.code for one in compiled(OUTER, inner).errors] == ["S108"]
    assert found(OUTER, inner) == []
    told = found(OUTER.replace("{limit: 3}}", "{limit: 1}}"), inner)
    assert [(one.code, one.node) for one in told] == [("G309", "last")]


def test_what_is_all_right_in_it_is_all_right_here() -> None:
    text = FINE.replace("GUARD", "int(size) >= 10")
    assert [one.code for one in found(OUTER, text)] == ["G304"]
    excused = text.replace(
        "  route:\n", "  route:\n    suppress: {G304: people may say anything}\n"
    )
    assert found(OUTER, excused) == []
    outer = OUTER.replace("MORE", ", suppress: {G304: people may say anything}")
    flow = outer.replace("start: hi", "suppress: {G304: people may say anything}\nstart: hi")
    assert found(flow, text) == []


RULED = """
statewright: 1
start: ask
variables: {age: int}
rules: {adults: {always: "age >= 18", at: out}, no: {never: "age < 1 && age > 1", at: out}}
nodes:
  ask: {type: question, text: "How old?", input: integer, variable: age, next: out}
  out: {type: end}
"""

BETWEEN = """
statewright: 1
start: run
nodes:
  run: {type: subflow, flow: ruled.yaml, next: bye}
  bye: {type: end}
"""


def broken_rules(ruled: str, between: str = BETWEEN, outer: str = BETWEEN) -> list[str]:
    texts = {"ruled.yaml": ruled, "between.yaml": between}

    def find(name: str, _: flows.Flow) -> flows.Flow | str:
        return flows.parse(texts[name], file=name)

    whole = flows.parse(outer.replace("ruled.yaml", "between.yaml"), file="outer.yaml")
    found = compiler.verify(compiler.compile(flows.resolved(whole, find)))
    return [one.code for one in found.findings if one.code.startswith("T80")]


def test_a_rule_that_may_be_broken_where_it_is_written_may_be_broken_here() -> None:
    assert broken_rules(RULED) == ["T802", "T805"]
    excused = "suppress: {T802: somebody is told, T805: it was so once}\nstart"
    assert broken_rules(RULED.replace("start", excused)) == []
    assert broken_rules(RULED.replace("start", "suppress: {T805: it was so once}\nstart")) == [
        "T802"
    ]
    assert broken_rules(RULED, BETWEEN.replace("start", excused)) == []
    there = BETWEEN.replace("next: bye}", "next: bye, suppress: {T802: x, T805: x}}")
    assert broken_rules(RULED, there) == []
    elsewhere = BETWEEN.replace("{type: end}", "{type: end, suppress: {T802: x, T805: x}}")
    assert broken_rules(RULED, elsewhere) == ["T802", "T805"]
    assert broken_rules(RULED, outer=there) == []
