"""A variable that is read-only is written.

What it does:
    Looks for nodes that write to variables which are declared as `read_only`: by assignments,
    answers, and what is saved of results.

Why it matters:
    The variable keeps the value that it has at the start, and what writes to it fails.

Example:
    start: raise
    variables:
      rate: {type: double, default: 0.2, read_only: true}
    nodes:
      raise: {type: set, actions: [{increment: rate, by: 0.1}], next: bye}
      bye: {type: end, text: "The rate is {{ rate }}."}

Instead:
    start: raise
    variables:
      rate: {type: double, default: 0.2, read_only: true}
      raised: double
    nodes:
      raise: {type: set, actions: [{set: raised, to: "{{ rate + 0.1 }}"}], next: bye}
      bye: {type: end, text: "The rate is {{ raised }}."}

Known limits:
    None.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from statewright.compiler.checks.check import Check
from statewright.compiler.checks.text_findings import finding_in_text
from statewright.compiler.findings import Finding, Severity
from statewright.compiler.paths import path_from
from statewright.compiler.scope import outside_variables, session_variables
from statewright.compiler.subject import Subject
from statewright.compiler.texts import Role
from statewright.errors import ExpressionError
from statewright.flows.model import Variable, VariableScope
from statewright.flows.nodes import Source

_OUTSIDE = {scope.value: scope for scope in (VariableScope.CONTACT, VariableScope.TENANT)}


def find(check: Check, subject: Subject) -> Iterator[Finding]:
    """Writes to what keeps its value."""
    own = session_variables(subject.flow)
    for parsed in subject.texts:
        if parsed.text.role is Role.VARIABLE:
            source = parsed.text.source
            variable = _written(subject, source, own)
            if variable is not None and variable.read_only:
                yield finding_in_text(
                    check,
                    parsed.text,
                    f"`{variable.name}` is read-only",
                    0,
                    len(source.text),
                    "write to another variable, or leave `read_only` out",
                )


def _written(subject: Subject, source: Source, own: Mapping[str, Variable]) -> Variable | None:
    """The variable that a path leads into."""
    try:
        path = path_from(source, own)
    except ExpressionError:
        return None
    if path[0] in _OUTSIDE and path[0] not in own:
        return outside_variables(subject.flow, _OUTSIDE[path[0]]).get(path[1])
    return own.get(path[0])


CHECK = Check("D409", "read-only", Severity.ERROR, __doc__, find)
