"""An expression cannot have a value, because its parts are of the wrong types.

What it does:
    Infers the types of all expressions from the declarations of the variables. What is not
    declared, or may be anything, fits everywhere.

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

from collections.abc import Iterator

from statewright.compiler.checks.check import Check
from statewright.compiler.checks.text_findings import problems_of_kind
from statewright.compiler.findings import Finding, Severity
from statewright.compiler.scope import session_variables
from statewright.compiler.subject import Subject
from statewright.compiler.texts import Role
from statewright.errors import EvaluationError
from statewright.flows.declaring import held_by
from statewright.flows.model import Variable
from statewright.flows.nodes import Assignment, Operation, Set, Value


def find(check: Check, subject: Subject) -> Iterator[Finding]:
    """Operators and functions that do not exist, or not for these types; values that do not fit."""
    yield from problems_of_kind(check, subject, {"type", "function", "pattern"}, tuple(Role))
    variables = session_variables(subject.flow)
    for node in subject.flow.nodes:
        for assignment in node.config.assignments if isinstance(node.config, Set) else ():
            variable = variables.get(assignment.variable.text)
            if variable is not None and (reason := _misfit(assignment, variable)):
                yield check.finding(
                    f"`{variable.name}` is set to what it cannot hold: {reason}",
                    assignment.value.location if assignment.value else node.location,
                    node=node.id,
                )


def _misfit(assignment: Assignment, variable: Variable) -> str:
    """Why a value that is written out can never be that of the variable, or ``""``."""
    value = assignment.value
    is_template = isinstance(value, Value) and isinstance(value.json, str) and "{{" in value.json
    if assignment.operation is not Operation.SET or value is None or is_template:
        return ""
    try:
        held_by(variable, value.json)
    except EvaluationError as error:
        return error.reason
    return ""


CHECK = Check("G302", "ill-typed", Severity.ERROR, __doc__, find)
