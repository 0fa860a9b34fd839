"""Values of different types come to one place, and it can do with one of them only.

What it does:
    Follows the variables that may hold `any` value, by what questions save, nodes set, and defaults
    are. Where an expression reads one and fails because of the type of its value, the witness is a
    conversation in which it does. Where a literal of one type is compared with a variable that may
    have come there with values of another one, it is a warning.

Why it matters:
    A guard that fails counts as false, and `'10' == 10` is false, too: the conversation takes
    another branch than was meant, and nobody notices.

Example:
    start: ask
    variables: {size: any}
    nodes:
      ask:
        type: question
        text: "How many people?"
        input: integer
        variable: size
        retries: 1
        next: route
        on: {fallback: unknown}
      unknown: {type: set, actions: [{set: size, to: a few}], next: route}
      route:
        type: condition
        branches: [{if: "size > 10", to: many}]
        else: few
      many: {type: end, text: "So many!"}
      few: {type: end, text: "A few, then."}

Instead:
    start: ask
    variables: {size: int}
    nodes:
      ask:
        type: question
        text: "How many people?"
        input: integer
        variable: size
        retries: 1
        next: route
        on: {fallback: unknown}
      unknown: {type: set, actions: [{set: size, to: 2}], next: route}
      route:
        type: condition
        branches: [{if: "size > 10", to: many}]
        else: few
      many: {type: end, text: "So many!"}
      few: {type: end, text: "A few, then."}

Known limits:
    What comes from services, from outside, or from expressions may be of any type, and is not
    followed. Expressions that ask for the `type` of something are left alone, and so are texts that
    are shown.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from statewright.compiler.analysis.mixtures import Types, type_name
from statewright.compiler.checks.check import Check
from statewright.compiler.checks.failing import mixed_variable, mixed_variables
from statewright.compiler.checks.text_findings import finding_in_text
from statewright.compiler.findings import Finding, Severity
from statewright.compiler.subject import Subject
from statewright.compiler.texts import Role
from statewright.expressions import Expression, references
from statewright.expressions.syntax import Call, Comparison, ListLiteral, Literal, Node, walk


def find(check: Check, subject: Subject) -> Iterator[Finding]:
    """Reads of variables that fail, or decide nothing, for values of some types."""
    failed: set[tuple[str, str]] = set()
    for finding, name in _failing(check, subject):
        if (finding.node, name) not in failed:
            failed.add((finding.node, name))
            yield finding
    yield from _compared(check, subject, failed)


def _failing(check: Check, subject: Subject) -> Iterator[tuple[Finding, str]]:
    drawing = subject.drawing
    if drawing is None:
        return
    mixed = mixed_variables(subject)
    for failure in drawing.verification.failures() if mixed else ():
        name = mixed_variable(failure, mixed)
        node = drawing.owner_of(failure.state)
        if name is None or node is None:
            continue
        types = mixed[name].get(node.id, {})
        finding = check.finding(
            f"`{name}` may be {_told(types)} when `{node.id}` reads it: {failure.reason}",
            node.location,
            node=node.id,
            help=f"declare what `{name}` is, and keep to it",
            related=tuple(types.values()),
        )
        yield drawing.shown(finding, failure), name


def _compared(check: Check, subject: Subject, failed: set[tuple[str, str]]) -> Iterator[Finding]:
    """Literals that are compared with a variable that may be of another type."""
    mixed = mixed_variables(subject)
    for parsed in subject.texts if mixed else ():
        node = parsed.text.node
        if parsed.text.role not in {Role.GUARD, Role.EXPRESSION}:
            continue
        for expression in parsed.expressions:
            for name, literal in _pairs(expression):
                types = mixed.get(name, {}).get(node, {})
                kind = type_name(literal.value)
                if len(types) < _SEVERAL or kind not in types or (node, name) in failed:
                    continue
                failed.add((node, name))
                finding = finding_in_text(
                    check,
                    parsed.text,
                    f"`{name}` may be {_told(types)} here, and only a {kind} can be equal to this",
                    literal.start,
                    literal.end,
                    f"declare what `{name}` is, and keep to it",
                )
                places = tuple(types.values())
                yield replace(finding, severity=Severity.WARNING, related=places)


_SEVERAL: Final = 2


def _pairs(expression: Expression) -> Iterator[tuple[str, Literal]]:
    """The literals of an expression, with the names of the variables that they must be equal to."""
    nodes = tuple(walk(expression.root))
    if any(isinstance(node, Call) and node.function == "type" for node in nodes):
        return
    for node in nodes:
        if not isinstance(node, Comparison) or node.operator not in ("==", "!=", "in"):
            continue
        for left, right in ((node.left, node.right), (node.right, node.left)):
            name = _name(left)
            literals = right.items if isinstance(right, ListLiteral) else (right,)
            for literal in literals if name else ():
                if isinstance(literal, Literal):
                    yield name, literal


def _name(node: Node) -> str:
    found = references(Expression("", node))
    if len(found) == 1 and (found[0].start, found[0].end) == (node.start, node.end):
        path = found[0].path
        path = path[1:] if path[0] == "vars" else path
        return path[0] if len(path) == 1 else ""
    return ""


def _told(types: Types) -> str:
    return " or ".join(f"a {kind}" for kind in types) if types else "of another type"


CHECK = Check("D404", "type-conflict", Severity.ERROR, __doc__, find)
