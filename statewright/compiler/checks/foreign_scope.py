"""A name is used where it does not live, or written by somebody to whom it does not belong.

What it does:
    Looks for writes to what is only to be read (`event`, `input`, `now`, `session`, `vars`, and the
    element and the number of a loop), and for the names of a loop or of a clause outside of it.

Why it matters:
    Outside the loop there is no element: the expression fails. What is only to be read stays what
    it is, whatever is written.

Example:
    start: each
    variables: {cart: {type: list, input: true}}
    nodes:
      each:
        type: loop
        each: cart
        item: article
        next: bye
        nodes:
          show: {type: message, text: "{{ article }}", next: more}
          more: {type: continue}
      bye: {type: end, text: "The last one was {{ article }}."}

Instead:
    start: each
    variables: {cart: {type: list, of: string, input: true}, last: {type: string, default: none}}
    nodes:
      each:
        type: loop
        each: cart
        item: article
        next: bye
        nodes:
          keep: {type: set, actions: [{set: last, to: "{{ article }}"}], next: show}
          show: {type: message, text: "{{ article }}", next: more}
          more: {type: continue}
      bye: {type: end, text: "The last one was {{ last }}."}

Known limits:
    None.
"""

from __future__ import annotations

from collections.abc import Iterator

from statewright.compiler.checks.check import Check
from statewright.compiler.checks.text_findings import finding_in_text
from statewright.compiler.findings import Finding, Severity
from statewright.compiler.paths import READ_ONLY
from statewright.compiler.scope import session_variables
from statewright.compiler.subject import Subject
from statewright.compiler.texts import Role
from statewright.errors import ExpressionError
from statewright.expressions import Problem, parse, references
from statewright.flows.failures import is_error_variable
from statewright.flows.nodes import bodies_of


def find(check: Check, subject: Subject) -> Iterator[Finding]:
    """Names that are read outside their scope, or written where they are only to be read."""
    homes = {
        name: node.id
        for node in subject.nodes.values()
        for body in bodies_of(node.config)
        for name in body.names
    }
    declared = session_variables(subject.flow)
    for parsed in subject.texts:
        text = parsed.text
        if text.role is Role.VARIABLE:
            name = _root(text.source.text)
            lent = name in _lent(subject, text.node) or is_error_variable(declared.get(name))
            hidden = name in READ_ONLY or any(one.name == name for one in text.names)
            if lent or (name not in declared and hidden):
                yield finding_in_text(
                    check,
                    text,
                    f"`{name}` is only to be read",
                    0,
                    len(text.source.text),
                    "declare a variable of your own, and write that",
                )
                continue
        for problem in parsed.problems:
            name = _name(text.source.text, problem)
            if problem.kind == "undefined" and name in homes:
                yield finding_in_text(
                    check,
                    text,
                    f"`{name}` is there only inside `{homes[name]}`",
                    problem.start,
                    problem.end,
                    "save it in a variable in there, and read that one here",
                )


def _lent(subject: Subject, node: str) -> frozenset[str]:
    """The names that the containers around a node give to what is inside them."""
    names: set[str] = set()
    inner = subject.nodes.get(node)
    for container in subject.graph.containers(node) if inner is not None else ():
        for body in bodies_of(container.config):
            if inner is not None and inner.body == body.name:
                names.update(body.names)
        inner = container
    return frozenset(names)


def _name(text: str, problem: Problem) -> str:
    return text[problem.start : problem.end].strip()


def _root(text: str) -> str:
    """The first name of a path, or ``""``."""
    try:
        found = references(parse(text))
    except ExpressionError:
        return ""
    return found[0].path[0] if found else ""


CHECK = Check("D408", "foreign-scope", Severity.ERROR, __doc__, find)
