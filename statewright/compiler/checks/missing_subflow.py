"""A subflow is not there, or cannot be run.

What it does:
    Looks up the flow that each subflow names, in the version that it asks for, if it asks for one,
    and checks that flow, too.

Why it matters:
    The conversation would have nowhere to go.

Example:
    start: address
    variables: {home: string}
    nodes:
      address:
        type: subflow
        flow: adress.yaml
        inputs: {country: Spain}
        save: {home: output.street}
        next: bye
      bye: {type: end, text: "{{ home }}"}
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
    variables: {home: string}
    nodes:
      address:
        type: subflow
        flow: address.yaml
        inputs: {country: Spain}
        save: {home: output.street}
        next: bye
      bye: {type: end, text: "{{ home }}"}
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
    Of the errors in a subflow only the first is told here; check that file by itself. What happens
    at a port that leads nowhere (E601, S107) may be left to the flow around, where that answers it:
    by `error` of the node, by a `try` or an `on_error`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from statewright.compiler.checks.check import Check
from statewright.compiler.checks.reading_problems import problems_as_findings
from statewright.compiler.checks.wiring import is_answered_around
from statewright.compiler.findings import Finding, Severity
from statewright.compiler.subject import Subject
from statewright.flows.model import Node
from statewright.flows.nodes import Subflow

_OF_PORTS: Final = frozenset({"S107", "E601"})
"""The codes of ports that no edge leaves."""


def find(check: Check, subject: Subject) -> Iterator[Finding]:
    """Subflows that were not found, and those that have errors of their own."""
    yield from problems_as_findings(check, subject)
    told = {problem.node for problem in subject.flow.problems if problem.code in ("X702", "X703")}
    for node in subject.nodes.values():
        config = node.config
        if not isinstance(config, Subflow) or node.id in told:
            continue
        flow = subject.flow.subflows.get(config.flow.text)
        if flow is None:
            yield check.finding(
                f"the flow `{config.flow.text}` was not looked for",
                config.flow.location,
                node=node.id,
                help="read the flow from a file, or resolve it: `flows.resolved(flow, find)`",
            )
        else:
            errors = tuple(
                error
                for error in subject.broken.get(config.flow.text, ())
                if not _is_for_us(subject, node, error)
            )
            yield from _broken(check, node, config, flow.location.file, errors)


def _is_for_us(subject: Subject, node: Node, error: Finding) -> bool:
    """Whether an error inside is only that a port leads nowhere, and what that raises is answered.

    What a flow does not answer itself is an error of the node that runs it: so it may leave to that
    what becomes of a request that failed.
    """
    return error.code in _OF_PORTS and is_answered_around(subject, node, error.port)


def _broken(
    check: Check, node: Node, config: Subflow, file: str, errors: tuple[Finding, ...]
) -> Iterator[Finding]:
    if errors:
        first = errors[0]
        yield check.finding(
            f"`{config.flow.text}` has errors: {first.location}: {first.code} {first.message}",
            config.flow.location,
            node=node.id,
            help=f"`statewright check {file or config.flow.text}` tells all of them",
            related=tuple(error.location for error in errors),
        )


CHECK = Check("X702", "missing-subflow", Severity.ERROR, __doc__, find)
