"""A variable is compared with a value that it can never have.

What it does:
    Compares literals in expressions with the values that a variable is declared to have; where none
    are declared, with those that the flow gives it, if these are written out: the choices of
    questions, the default, and literals that are set.

Why it matters:
    The comparison always has the same result; often the value was misspelt, or renamed in one place
    only.

Example:
    start: ask
    variables: {size: string}
    nodes:
      ask: {type: question, text: "Size?", choices: [small, large], variable: size, next: route}
      route:
        type: condition
        branches:
          - {if: size == 'smal', to: child}
        else: adult
      child: {type: end, text: "For a child."}
      adult: {type: end, text: "For an adult."}

Instead:
    start: ask
    variables: {size: string}
    nodes:
      ask: {type: question, text: "Size?", choices: [small, large], variable: size, next: route}
      route:
        type: condition
        branches:
          - {if: size == 'small', to: child}
        else: adult
      child: {type: end, text: "For a child."}
      adult: {type: end, text: "For an adult."}

Known limits:
    A variable that is never given a value is not looked at here, nor one that may come from
    outside, from what somebody types, or from a web service. Ranges of numbers are not compared.
"""

from __future__ import annotations

from collections.abc import Iterator

from statewright.compiler.analysis.values import Values, values_of
from statewright.compiler.analysis.writes import plain_path
from statewright.compiler.checks.check import Check
from statewright.compiler.checks.text_findings import finding_in_text, problems_of_kind
from statewright.compiler.findings import Finding, Severity
from statewright.compiler.subject import Subject
from statewright.compiler.texts import Role
from statewright.expressions import Expression, Template, references
from statewright.expressions.syntax import Comparison, ListLiteral, Literal, Node, walk
from statewright.flows.nearest import did_you_mean, listed


def find(check: Check, subject: Subject) -> Iterator[Finding]:
    """Literals that are not among the values of what they are compared with."""
    yield from problems_of_kind(check, subject, {"value"}, tuple(Role))
    known = values_of(subject.flow, subject.writes)
    for parsed in subject.texts if known else ():
        form = parsed.form
        if isinstance(form, Template):
            parts = [(hole.expression, hole.offset) for hole in form.holes]
        else:
            parts = [(expression, 0) for expression in parsed.expressions]
        for expression, offset in parts:
            for name, literal, values in _misfits(expression, known):
                yield finding_in_text(
                    check,
                    parsed.text,
                    f"`{name}` is never {_shown(literal.value)}",
                    literal.start + offset,
                    literal.end + offset,
                    _help(literal.value, values),
                )


def _misfits(
    expression: Expression, known: Values
) -> Iterator[tuple[str, Literal, tuple[object, ...]]]:
    """The literals that a variable is compared with, and never has; with those that it has."""
    for node in walk(expression.root):
        if not isinstance(node, Comparison) or node.operator not in ("==", "!=", "in"):
            continue
        for left, right in ((node.left, node.right), (node.right, node.left)):
            path = _path(left)
            values = known.get(path) if path else None
            if path is None or values is None:
                continue
            literals = right.items if isinstance(right, ListLiteral) else (right,)
            for literal in literals:
                if isinstance(literal, Literal) and _is_strange(literal.value, values):
                    yield ".".join(path), literal, values


def _path(node: Node) -> tuple[str, ...] | None:
    found = references(Expression("", node))
    if len(found) == 1 and (found[0].start, found[0].end) == (node.start, node.end):
        return plain_path(found[0].path)
    return None


def _is_strange(literal: object, values: tuple[object, ...]) -> bool:
    """Whether a value is not among those known; only texts are judged, others may be converted."""
    texts = all(isinstance(value, str) for value in values)
    return isinstance(literal, str) and literal != "" and texts and literal not in values


def _shown(value: object) -> str:
    return f"'{value}'"


def _help(literal: object, values: tuple[object, ...]) -> str:
    texts = [str(value) for value in values]
    return did_you_mean(str(literal), texts) or f"it is one of {listed(texts[:12])}"


CHECK = Check("G311", "bad-literal", Severity.ERROR, __doc__, find)
