"""A subflow can end in a way for which there is no edge.

What it does:
    Compares the outcomes of the ends of a flow, that of its `inactivity`, and `handoff` where it
    hands the conversation over for good, with the ports that are wired where it is run, where no
    `next` takes the rest. Where `next` takes `handoff`, that is a warning.

Why it matters:
    The conversation fails when the flow ends that way; or the bot goes on talking, though people
    have the conversation.

Example:
    start: address
    nodes:
      address:
        type: subflow
        flow: address.yaml
        inputs: {country: Spain}
        on: {cancelled: bye}
      bye: {type: end}
    # file: address.yaml
    statewright: 1
    start: ask
    variables:
      country: {type: string, input: true}
      street: string
    nodes:
      ask: {type: question, text: "Which street in {{ country }}?", variable: street, next: bye}
      bye: {type: end, outcome: told}

Instead:
    start: address
    nodes:
      address:
        type: subflow
        flow: address.yaml
        inputs: {country: Spain}
        on: {told: bye}
      bye: {type: end}
    # file: address.yaml
    statewright: 1
    start: ask
    variables:
      country: {type: string, input: true}
      street: string
    nodes:
      ask: {type: question, text: "Which street in {{ country }}?", variable: street, next: bye}
      bye: {type: end, outcome: told}

Known limits:
    An end that is never reached counts, too.
"""

from __future__ import annotations

from collections.abc import Iterator

from statewright.compiler.checks.check import Check
from statewright.compiler.findings import Finding, Severity
from statewright.compiler.lowering.handoff import HANDOFF
from statewright.compiler.subject import Subject
from statewright.flows.model import Flow
from statewright.flows.nearest import did_you_mean
from statewright.flows.nodes import NEXT, End, Handoff, Subflow, outcome_port


def find(check: Check, subject: Subject) -> Iterator[Finding]:
    """Outcomes without an edge, and edges without an outcome."""
    for node in subject.nodes.values():
        config = node.config
        flow = subject.flow.subflows.get(config.flow.text) if isinstance(config, Subflow) else None
        if flow is None:
            continue
        wired = subject.graph.ports.get(node.id, ())
        beside = _outcomes_of_silence(flow) | _outcomes_of_handoffs(flow)
        outcomes = {end.outcome for end in _ends(flow) if not end.failed} | beside
        every = {end.outcome for end in _ends(flow)} | beside
        if NEXT in wired and HANDOFF in beside and outcome_port(HANDOFF) not in wired:
            yield check.finding(
                f"`{node.id}` goes on by `next` while people have the conversation",
                node.location,
                node=node.id,
                port=NEXT,
                severity=Severity.WARNING,
                help=f"add `{HANDOFF}` under `on`, or `next` at the handoff, to come back",
            )
        for outcome in sorted(outcomes):
            if NEXT not in wired and outcome_port(outcome) not in wired:
                yield check.finding(
                    f"no edge leaves `{node.id}` after the outcome `{outcome}`",
                    node.location,
                    node=node.id,
                    port=outcome_port(outcome),
                    help=f"add `{outcome}` under `on`, or `next` for all outcomes",
                )
        for edge in subject.flow.edges:
            unknown = edge.port.removeprefix(outcome_port(""))
            if edge.source == node.id and unknown != edge.port and unknown not in every:
                yield check.finding(
                    f"no end of the flow has the outcome `{unknown}`",
                    edge.location,
                    node=node.id,
                    port=edge.port,
                    help=did_you_mean(unknown, every),
                )


def _ends(flow: Flow) -> Iterator[End]:
    for node in flow.nodes:
        if isinstance(node.config, End):
            yield node.config


def _outcomes_of_silence(flow: Flow) -> set[str]:
    """The outcome of a flow whose user says nothing, unless it goes on elsewhere then."""
    own = flow.settings.inactivity
    return set() if own is None or own.to is not None else {own.outcome}


def _outcomes_of_handoffs(flow: Flow) -> set[str]:
    """The outcome of a flow that hands the conversation over, and does not get it back."""
    configs = (node.config for node in flow.nodes)
    final = any(isinstance(one, Handoff) and not one.returns for one in configs)
    return {HANDOFF} if final else set()


CHECK = Check("X704", "unhandled-outcome", Severity.ERROR, __doc__, find)
