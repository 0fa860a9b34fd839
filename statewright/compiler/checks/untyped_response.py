"""What a web service answers is saved where anything may be saved.

What it does:
    Looks for variables of type `dyn` that get a value from a web request.

Why it matters:
    Nothing is checked when the answer comes, and nothing is known when the flow is checked:
    whatever reads it may fail.

Example:
    start: ask
    variables: {status: dyn}
    nodes:
      ask:
        type: http
        url: https://api.example.com/status
        save: {status: response.body.status}
        success: bye
        error: bye
      bye: {type: end, text: "{{ status }}"}

Instead:
    start: ask
    variables: {status: {type: string, default: unknown}}
    nodes:
      ask:
        type: http
        url: https://api.example.com/status
        save: {status: response.body.status}
        success: bye
        error: bye
      bye: {type: end, text: "{{ status }}"}

Known limits:
    Variables that the reader of another format has declared are not looked at, nor parts of maps.
"""

from __future__ import annotations

from collections.abc import Iterator

from statewright.compiler.analysis.writes import Origin, plain_path
from statewright.compiler.checks.check import Check
from statewright.compiler.findings import Finding, Severity
from statewright.compiler.scope import session_variables
from statewright.compiler.subject import Subject
from statewright.flows.nodes import Http


def find(check: Check, subject: Subject) -> Iterator[Finding]:
    """Variables of any type that hold answers, each once."""
    variables = session_variables(subject.flow)
    told: set[str] = set()
    for write in subject.writes:
        path = plain_path(write.path)
        variable = variables.get(path[0])
        if (
            write.origin is Origin.RESULT
            and isinstance(subject.nodes[write.node].config, Http)
            and variable is not None
            and variable.type == "dyn"
            and not variable.inferred
            and len(path) == 1
            and variable.name not in told
        ):
            told.add(variable.name)
            yield check.finding(
                f"`{variable.name}` may hold anything, and what a service answers is saved in it",
                write.source.location,
                node=write.node,
                help="declare its type",
                related=(variable.location,),
            )


CHECK = Check("E609", "untyped-response", Severity.INFO, __doc__, find)
