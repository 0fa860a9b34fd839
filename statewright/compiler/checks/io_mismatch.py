"""What goes into a subflow, or comes out of it, is not what that flow declares.

What it does:
    Compares the inputs that are given with those that the flow declares, and the names that are
    saved from its output with its variables.

Why it matters:
    What is given is lost, what is needed is missing, and what is saved is never there.

Example:
    start: address
    variables: {home: string}
    nodes:
      address:
        type: subflow
        flow: address.yaml
        inputs: {land: Spain}
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
    Types are compared when the values arrive, not before.
"""

from __future__ import annotations

from collections.abc import Iterator

from statewright.compiler.checks.check import Check
from statewright.compiler.findings import Finding, Severity
from statewright.compiler.lowering.subflow import OUTPUT
from statewright.compiler.scope import output_variables
from statewright.compiler.subject import Subject
from statewright.errors import ExpressionError
from statewright.expressions import parse, references
from statewright.flows.model import Flow, Node
from statewright.flows.nearest import did_you_mean
from statewright.flows.nodes import Subflow


def find(check: Check, subject: Subject) -> Iterator[Finding]:
    """Inputs that the flow does not take, inputs that it lacks, and outputs that it has not."""
    for node in subject.nodes.values():
        if isinstance(node.config, Subflow):
            flow = subject.flow.subflows.get(node.config.flow.text)
            if flow is not None:
                yield from _given(check, node, node.config, flow)
                yield from _saved(check, node, node.config, flow)


def _given(check: Check, node: Node, config: Subflow, flow: Flow) -> Iterator[Finding]:
    inputs = {variable.name: variable for variable in flow.variables if variable.input}
    for name, _ in config.inputs:
        if name.text not in inputs:
            yield check.finding(
                f"`{config.flow.text}` takes no input `{name.text}`",
                name.location,
                node=node.id,
                help=did_you_mean(name.text, inputs),
            )
    given = {name.text for name, _ in config.inputs}
    for variable in inputs.values():
        if variable.name not in given and not variable.has_default:
            yield check.finding(
                f"`{config.flow.text}` needs the input `{variable.name}`",
                config.flow.location,
                node=node.id,
                help=f"give it under `inputs`, or a default in `{config.flow.text}`",
                related=(variable.location,),
            )


def _saved(check: Check, node: Node, config: Subflow, flow: Flow) -> Iterator[Finding]:
    known = output_variables(flow)
    for _, mapping in config.save:
        try:
            found = references(parse(mapping.text), ())
        except ExpressionError:
            continue
        for reference in found:
            path = reference.path
            if path[0] == OUTPUT and len(path) > 1 and path[1] not in known:
                yield check.finding(
                    f"`{config.flow.text}` has no variable `{path[1]}`",
                    mapping.location,
                    node=node.id,
                    help=did_you_mean(path[1], known),
                )


CHECK = Check("X701", "io-mismatch", Severity.ERROR, __doc__, find)
