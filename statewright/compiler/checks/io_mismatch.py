"""What goes into a subflow, or comes out of it, is not what that flow declares.

What it does:
    Compares the inputs that are given with those that the flow declares, the names that are saved
    from its output with its variables, and what both say of the contact and the tenant.

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
    Of inputs that are computed only what is sure not to fit is found.
"""

from __future__ import annotations

from collections.abc import Iterator

from statewright.compiler.analysis.misfits import misfit_of_constant, misfit_of_type
from statewright.compiler.checks.check import Check
from statewright.compiler.checks.written import type_of_template
from statewright.compiler.findings import Finding, Severity
from statewright.compiler.lowering.subflow import OUTPUT
from statewright.compiler.scope import environment_of, output_variables, outside_variables
from statewright.compiler.subject import Subject
from statewright.errors import ExpressionError
from statewright.expressions import parse, references
from statewright.flows.declaring import member_of
from statewright.flows.model import Flow, Node, Variable, VariableScope
from statewright.flows.nearest import did_you_mean
from statewright.flows.nodes import Subflow, Value


def find(check: Check, subject: Subject) -> Iterator[Finding]:
    """Inputs that the flow does not take, inputs that it lacks, and outputs that it has not."""
    for node in subject.nodes.values():
        if isinstance(node.config, Subflow):
            flow = subject.flow.subflows.get(node.config.flow.text)
            if flow is not None:
                yield from _given(check, subject, node, node.config, flow)
                yield from _saved(check, node, node.config, flow)
                yield from _apart(check, subject.flow, node, node.config, flow)


def _given(
    check: Check, subject: Subject, node: Node, config: Subflow, flow: Flow
) -> Iterator[Finding]:
    inputs = {variable.name: variable for variable in flow.variables if variable.input}
    for name, value in config.inputs:
        if name.text in inputs:
            reason = _misfit(subject, node, inputs[name.text], value)
            if reason:
                yield check.finding(
                    f"the input `{name.text}` of `{config.flow.text}`: {reason}",
                    value.location,
                    node=node.id,
                    related=(inputs[name.text].location,),
                )
        else:
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


def _misfit(subject: Subject, node: Node, variable: Variable, value: Value) -> str:
    """Why what is given is never what the flow takes, or ``""``."""
    around = subject.inside.get((node.container, node.body), ())
    found = type_of_template(value.json, lambda: environment_of(subject.flow, around))
    if found is not None:
        return misfit_of_type(variable, found)
    return misfit_of_constant(variable, value.json)


def _apart(
    check: Check, flow: Flow, node: Node, config: Subflow, called: Flow
) -> Iterator[Finding]:
    """Values of the contact or the tenant that are declared in two ways."""
    for scope in (VariableScope.CONTACT, VariableScope.TENANT):
        ours = outside_variables(flow, scope)
        for name, theirs in outside_variables(called, scope).items():
            own = ours.get(name)
            if own is not None and member_of(own) != member_of(theirs):
                yield check.finding(
                    f"`{config.flow.text}` declares the {scope}'s `{name}` otherwise",
                    config.flow.location,
                    node=node.id,
                    help="declare it alike in both, or under another name",
                    related=(own.location, theirs.location),
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
