"""What an organisation asks of flows: configuration, suppression, rules of its own."""

from __future__ import annotations

import tomllib

import pytest

from statewright import compiler, flows
from statewright.compiler.configuration import policy_from
from statewright.compiler.findings import Severity
from statewright.compiler.policy import Policy
from statewright.errors import FlowRejected, InvalidConfiguration
from tests.compiler.check_cases import HEADER, codes, findings

OFFER = """
start: hello
nodes:
  hello: {type: message, text: Hello, next: bye}
  offer: {type: message, text: "An offer!", next: bye SUPPRESSED}
  bye: {type: end}
"""
LOST = OFFER.replace(" SUPPRESSED", "")


def policy(text: str) -> Policy:
    return policy_from(tomllib.loads(text), "statewright.toml")


def test_a_suppression_needs_a_reason() -> None:
    assert codes(LOST) == ["S105"]
    assert codes(OFFER.replace(" SUPPRESSED", ", suppress: {S105: the host jumps there}")) == []
    assert codes(OFFER.replace(" SUPPRESSED", ', suppress: {S105: ""}')) == ["S105", "R005"]


def test_a_suppression_of_the_flow_holds_at_all_nodes() -> None:
    assert codes("suppress: {S105: the host jumps there}\n" + LOST) == []


def test_what_is_suppressed_is_kept_with_its_reason() -> None:
    text = OFFER.replace(" SUPPRESSED", ", suppress: {S105: the host jumps there}")
    compilation = compiler.compile(flows.parse(HEADER + text))
    (one,) = compilation.suppressed
    assert (one.finding.code, one.reason, one.in_flow) == ("S105", "the host jumps there", True)


def test_a_suppression_that_suppresses_nothing_is_told() -> None:
    (_, idle) = findings(OFFER.replace(" SUPPRESSED", ", suppress: {S106: it ends}"))
    assert (idle.code, idle.severity, idle.node) == ("R009", Severity.INFO, "offer")
    (_, unknown) = findings(OFFER.replace(" SUPPRESSED", ", suppress: {S1055: why not}"))
    assert unknown.help == "did you mean `S105`?"


def test_what_only_verifying_finds_is_not_missed_before() -> None:
    text = OFFER.replace(" SUPPRESSED", ", suppress: {S105: the host jumps there, G310: why}")
    compilation = compiler.compile(flows.parse(HEADER + text))
    assert compilation.findings == ()
    verified = compiler.verify(compilation)
    assert [one.code for one in verified.findings] == ["R009"]


def test_codes_are_selected_and_ignored_by_their_beginnings() -> None:
    both = LOST.replace("next: bye}\n  offer", "next: by}\n  offer")
    assert codes(both) == ["S103", "S105"]
    assert codes(both, policy('select = ["S103"]')) == ["S103"]
    assert codes(both, policy('ignore = ["S"]')) == []
    assert codes(both, policy('select = ["S105"]\nignore = ["S1"]')) == ["S105"]


def test_a_flow_that_cannot_be_read_is_never_quiet() -> None:
    flow = flows.parse("nodes: [")
    found = compiler.compile(flow, policy('ignore = ["R", "S", "G"]')).findings
    assert [one.code for one in found] == ["R001"]


def test_severities_are_chosen_by_the_longest_beginning() -> None:
    (finding,) = findings(LOST, policy('severity = {S = "info", S105 = "error"}'))
    assert finding.severity is Severity.ERROR
    flow = flows.parse(HEADER + LOST)
    with pytest.raises(FlowRejected):
        compiler.compile(flow, policy('severity = {S105 = "error"}')).release()


def test_a_configuration_suppresses_for_files_and_nodes() -> None:
    said = '[[suppress]]\ncode = "S105"\nreason = "the host jumps there"\n'
    assert codes(LOST, policy(said + 'file = "*.yaml"')) == []
    assert codes(LOST, policy(said + 'node = "offer"')) == []
    assert codes(LOST, policy(said + 'file = "other.yaml"')) == ["S105"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("ignroe = []", "the key `ignroe` is not known; did you mean `ignore`?"),
        ('ignore = ["Z9"]', "there is no such check"),
        ('ignore = "S105"', "must be a list of texts"),
        ('severity = {S105 = "fatal"}', "it is one of `error`, `warning` and `info`"),
        ('channels = ["whatsap"]', "did you mean `whatsapp`?"),
        ('[[suppress]]\ncode = "S105"', "`reason` of `suppress` number 1 is missing"),
        ('[[suppress]]\ncode = "S1"\nreason = "x"', "there is no such check"),
        ('[[rules]]\ncode = "E602"\nif = "true"\nmessage = "x"', "is no code for a rule"),
        ('[[rules]]\ncode = "A-1"\nif = "node.kind == 1"\nmessage = "x"', "is never true"),
        ('[[rules]]\ncode = "A-1"\nif = "node.knd == \'x\'"\nmessage = "x"', "`if` of `A-1`"),
        ('[[rules]]\ncode = "A-1"\nif = "node.id"\nmessage = "x"', "it is true or false"),
        ('[[rules]]\ncode = "A-1"\nif = "true"\nmessage = "{{ nod.id }}"', "`message` of `A-1`"),
        ('[[rules]]\ncode = "A-1"\nif = "tru("\nmessage = "x"', "`if` of `A-1`"),
        ("rules = 7", "must be a list of tables"),
    ],
)
def test_what_is_wrong_with_a_configuration_is_told(text: str, told: str) -> None:
    with pytest.raises(InvalidConfiguration) as raised:
        policy(text)
    assert told in str(raised.value)
    assert str(raised.value).startswith("statewright.toml: ")


RULE = """
[[rules]]
code = "ACME-1"
if = "node.kind == 'http' && !node.config.url.startsWith('https://api.acme.example/')"
message = "`{{ node.id }}` asks {{ node.config.url }}"
help = "ask our gateway"
severity = "error"

[[rules]]
code = "ACME-2"
if = "node.kind == 'http' && node.config.timeout > duration('10s')"
message = "users do not wait {{ node.config.timeout }}"

[[rules]]
code = "ACME-3"
if = "node.kind == 'message' && node.texts.exists(t, t.contains('!!'))"
message = "do not shout"
severity = "info"

[[rules]]
code = "ACME-4"
if = "flow.variables.exists(v, v.pii) && node.kind == 'end' && size(node.incoming) > 5"
message = "too many ends"
"""


def test_rules_of_an_organisation_look_at_each_node() -> None:
    flow = """
start: hello
nodes:
  hello: {type: message, text: "Hello!!", next: ask}
  ask: {type: http, url: https://other.example/, timeout: 20s, success: bye, error: bye}
  fine: {type: http, url: https://api.acme.example/x, timeout: 5s, success: bye, error: bye}
  bye: {type: end}
"""
    found = findings(
        flow.replace("success: bye, error: bye}\n  fine", "success: fine, error: bye}\n  fine"),
        policy(RULE),
    )
    assert [(one.code, one.node, str(one.severity)) for one in found] == [
        ("ACME-3", "hello", "info"),
        ("ACME-1", "ask", "error"),
        ("ACME-2", "ask", "warning"),
    ]
    assert found[1].message == "`ask` asks https://other.example/"
    assert found[1].help == "ask our gateway"


def test_rules_can_be_suppressed_and_ignored_as_checks_are() -> None:
    shouting = """
start: hello
nodes:
  hello: {type: message, text: "Hello!!", next: bye, suppress: {ACME-3: it is a party}}
  bye: {type: end}
"""
    assert codes(shouting, policy(RULE)) == []
    loud = shouting.replace(", suppress: {ACME-3: it is a party}", "")
    assert codes(loud, policy(RULE)) == ["ACME-3"]
    assert codes(loud, policy('ignore = ["ACME"]' + RULE)) == []


def test_a_flow_that_breaks_a_rule_of_an_organisation_is_verified_all_the_same() -> None:
    strict = policy(
        """
[[rules]]
code = "ACME-1"
if = "node.id == 'sorry'"
message = "nobody is sorry"
severity = "error"
"""
    )
    text = """
start: ask
variables: {n: int}
nodes:
  ask: {type: question, text: N?, input: integer, variable: n, next: route}
  route: {type: condition, branches: [{if: "n > 3 && n < 2", to: sorry}], else: bye}
  sorry: {type: message, text: Sorry., next: bye}
  bye: {type: end}
"""
    compilation = compiler.compile(flows.parse(HEADER + text), strict)
    verified = {one.code for one in compiler.verify(compilation).findings}
    assert verified >= {"ACME-1", "G305"}
    with pytest.raises(FlowRejected, match="ACME-1"):
        compilation.release()
