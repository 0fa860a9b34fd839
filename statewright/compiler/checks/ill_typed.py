"""An expression cannot have a value, because its parts are of the wrong types.

What it does:
    Infers the types of all expressions from the declarations of the variables, and compares what
    is written to a variable with its declaration. What is not declared, or may be anything, fits
    everywhere.

Why it matters:
    The expression fails whatever the user says: a guard is never true, a template prints nothing.

Example:
    start: route
    variables: {age: {type: int, input: true}}
    nodes:
      route:
        type: condition
        branches:
          - {if: "age.startsWith('1')", to: adult}
        else: minor
      adult: {type: end, text: "Come in."}
      minor: {type: end, text: "Come back later."}

Instead:
    start: route
    variables: {age: {type: int, input: true}}
    nodes:
      route:
        type: condition
        branches:
          - {if: "age >= 18", to: adult}
        else: minor
      adult: {type: end, text: "Come in."}
      minor: {type: end, text: "Come back later."}

Known limits:
    Only what is sure to fail is reported.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from statewright.compiler.analysis.misfits import (
    misfit_of_change,
    misfit_of_constant,
    misfit_of_type,
)
from statewright.compiler.checks.check import Check
from statewright.compiler.checks.text_findings import problems_of_kind
from statewright.compiler.checks.written import Written, written_in
from statewright.compiler.findings import Finding, Severity
from statewright.compiler.paths import path_from
from statewright.compiler.scope import declaration_at, session_variables
from statewright.compiler.subject import Subject
from statewright.compiler.texts import Role
from statewright.expressions.types import BOOL, DOUBLE, INT, LIST, STRING, CelType
from statewright.flows.model import Node, Variable
from statewright.flows.nodes import InputKind, Operation, Question, Source, Store


def find(check: Check, subject: Subject) -> Iterator[Finding]:
    """Operators and functions that do not exist, or not for these types; values that do not fit."""
    yield from problems_of_kind(check, subject, {"type", "function", "pattern"}, tuple(Role))
    own = session_variables(subject.flow)
    for written in written_in(subject):
        variable = declaration_at(subject.flow, written.variable, own)
        reason = "" if variable is None else _misfit(written, variable)
        if reason:
            yield check.finding(
                f"`{written.variable.text}` {_VERBS[written.operation]}: {reason}",
                written.location,
                node=written.node,
            )
    yield from _incomplete(check, subject)
    for node in subject.flow.nodes:
        if isinstance(node.config, Question) and node.config.variable is not None:
            variable = declaration_at(subject.flow, node.config.variable, own)
            yield from _answered(check, variable, node, node.config, node.config.variable)


def _incomplete(check: Check, subject: Subject) -> Iterator[Finding]:
    """Parts of objects that are written where the object never has its other parts."""
    own = session_variables(subject.flow)
    paths = [
        (parsed.text, path_from(parsed.text.source, own))
        for parsed in subject.texts
        if parsed.text.role is Role.VARIABLE and parsed.error is None
    ]
    whole = {path[0] for _, path in paths if len(path) == 1}
    for text, path in paths:
        variable = own.get(path[0])
        if variable is None or len(path) == 1 or variable.has_default or variable.input:
            continue
        others = [one.name for one in variable.fields if not one.optional and one.name != path[1]]
        if others and path[0] not in whole:
            name = text.source.text
            yield check.finding(
                f"`{name}` is written, but `{path[0]}` never has its part `{others[0]}`",
                text.source.location,
                node=text.node,
                help=f"write `{path[0]}` as a whole first, give it a default, "
                f"or let `{others[0]}` be optional",
                related=(variable.location,),
            )


_VERBS: Final[Mapping[Operation, str]] = MappingProxyType(
    {
        Operation.SET: "is set to what it cannot hold",
        Operation.INCREMENT: "cannot be incremented by that",
        Operation.APPEND: "cannot have that appended",
        Operation.REMOVE: "cannot have that removed",
    }
)


def _misfit(written: Written, variable: Variable) -> str:
    """Why what is written can never be that of the variable, or ``""``."""
    if written.operation is Operation.SET:
        if written.type is not None:
            return misfit_of_type(variable, written.type)
        return misfit_of_constant(variable, written.value)
    if written.type is None or written.operation is Operation.REMOVE:
        return misfit_of_change(variable, written.operation, written.value)
    if written.operation is Operation.APPEND and variable.of is not None:
        return misfit_of_type(variable.of, written.type)
    return misfit_of_change(variable, written.operation, written.value)


_ANSWERS: Final[Mapping[InputKind, CelType]] = MappingProxyType(
    {
        InputKind.TEXT: STRING,
        InputKind.EMAIL: STRING,
        InputKind.PHONE: STRING,
        InputKind.URL: STRING,
        InputKind.NUMBER: DOUBLE,
        InputKind.SLIDER: DOUBLE,
        InputKind.INTEGER: INT,
        InputKind.RATING: INT,
        InputKind.BOOLEAN: BOOL,
        InputKind.MULTIPLE_CHOICE: LIST,
    }
)
"""The types of answers, where they are always of one."""


def _answered(
    check: Check, variable: Variable | None, node: Node, question: Question, place: Source
) -> Iterator[Finding]:
    """An answer that is saved where no answer of its kind can be."""
    found = _ANSWERS.get(question.input)
    if variable is None or found is None or question.store is Store.CHOICE:
        return
    reason = misfit_of_type(variable, found)
    if reason:
        yield check.finding(
            f"`{place.text}` cannot hold an answer to this: {reason}", place.location, node=node.id
        )


CHECK = Check("G302", "ill-typed", Severity.ERROR, __doc__, find)
