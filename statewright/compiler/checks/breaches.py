"""The rules of a flow that some conversation breaks, and those of which nobody knows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from statewright.compiler.checks.check import Check
from statewright.compiler.findings import Finding
from statewright.compiler.subject import Subject
from statewright.compiler.verification.drawing import Drawing, undecided
from statewright.compiler.verification.moments import says_nothing
from statewright.compiler.verification.questions import (
    BreakRule,
    Possible,
    Question,
    Undecided,
    WaitForEver,
)
from statewright.flows.model import Flow
from statewright.flows.nodes import Subflow
from statewright.statechart.rules import Rule, RuleKind, described
from statewright.statechart.sourcemap import NOWHERE, Location


def breaches(check: Check, subject: Subject, kind: RuleKind) -> Iterator[Finding]:
    """The rules of a kind that are broken, or may be, each with what shows it."""
    for drawing, rule in rules_to_tell(check, subject):
        if rule.kind is kind:
            yield from _breaches(check, subject.flow, drawing, rule)


def _breaches(check: Check, flow: Flow, drawing: Drawing, rule: Rule) -> Iterator[Finding]:
    location = location_of(flow, rule)
    node = "" if not rule.scope else rule.name.partition("/")[0]
    unknown: Undecided | None = None
    for question, message in _questions(rule):
        answer = drawing.verification.answer(question)
        finding = check.finding(message, location, node=node, help=_HELP[rule.kind])
        if isinstance(answer, Possible):
            yield drawing.shown(finding, question)
            return
        if isinstance(answer, Undecided):
            unknown = unknown or answer
    if unknown is not None and not says_nothing(drawing.verification, rule):
        message = f"nobody knows whether the rule `{rule.name}` holds"
        yield undecided(check.finding(message, location, node=node), unknown.reason)


def _questions(rule: Rule) -> Iterator[tuple[Question, str]]:
    """What breaks a rule, and what is said of it then."""
    yield BreakRule(rule.name), f"a conversation breaks the rule `{rule.name}`"
    if rule.kind is RuleKind.LEADS_TO:
        promised = described(rule.other)
        yield (
            WaitForEver(rule.name),
            f"the rule `{rule.name}` is never kept: {promised} cannot come any more",
        )


_HELP = {
    RuleKind.NEVER: "ask before, and lead elsewhere where it is so",
    RuleKind.ALWAYS: "ask before, and lead elsewhere where it is not so",
    RuleKind.BEFORE: "lead there only through what has to come before",
    RuleKind.LEADS_TO: "lead every way on, errors included, through what has to follow",
    RuleKind.AT_MOST: "remember that it was done, and do not lead there again",
}


def rules_to_tell(check: Check, subject: Subject) -> Iterator[tuple[Drawing, Rule]]:
    """The rules of a flow and of those that it runs, where all that can happen was gone through.

    What a flow that is run says is all right, for such a finding, is all right here, too.
    """
    drawing = subject.drawing
    for rule in drawing.verification.chart.rules if drawing is not None else ():
        if drawing is not None and not _is_excused(check, subject.flow, rule):
            yield drawing, rule


def _is_excused(check: Check, flow: Flow, rule: Rule) -> bool:
    """Whether one of the flows that are run suppresses a finding about a rule."""
    *nodes, _ = _names(rule)
    inside = _way(flow, nodes)[1:]
    ways = [*nodes[1:], ""]
    return any(
        suppression.code == check.code and suppression.node in ("", way)
        for one, way in zip(inside, ways, strict=False)
        for suppression in one.suppressions
    )


def location_of(flow: Flow, rule: Rule) -> Location:
    """Where a rule stands: that of a flow that is run, where it is written there."""
    *nodes, name = _names(rule)
    flows = _way(flow, nodes)
    rules = flows[-1].rules if len(flows) > len(nodes) else ()
    return next((written.location for written in rules if written.name == name), NOWHERE)


def _names(rule: Rule) -> list[str]:
    """The nodes that run the flow of a rule, the outermost first, and its name there."""
    return [_plain(name) for name in rule.name.split("/")]


def _way(flow: Flow, nodes: Sequence[str]) -> list[Flow]:
    """A flow, the one that its node runs, and so on, as far as they are known."""
    flows = [flow]
    for node in nodes:
        inner = _run_by(flows[-1], node)
        if inner is None:
            break
        flows.append(inner)
    return flows


def _run_by(flow: Flow, node: str) -> Flow | None:
    configs = (one.config for one in flow.nodes if one.id == node)
    names = (one.flow.text for one in configs if isinstance(one, Subflow))
    return next((flow.subflows[name] for name in names if name in flow.subflows), None)


def _plain(name: str) -> str:
    return name.replace("~1", "/").replace("~0", "~")
