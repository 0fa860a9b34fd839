"""Expressions of an author that have no value in some conversation."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator

from statewright.compiler.analysis.mixtures import Arriving, arriving
from statewright.compiler.lowering.guards import is_of
from statewright.compiler.lowering.texts import guard_from
from statewright.compiler.scope import session_variables
from statewright.compiler.subject import Subject
from statewright.compiler.verification.questions import Fail
from statewright.errors import ExpressionError
from statewright.expressions import parse, references
from statewright.flows.model import Edge, Variable
from statewright.statechart.stepping.evaluation import ACTION_ERROR, GUARD_ERROR, TEMPLATE_ERROR

_UNSET = re.compile("`(.*)` has no value|no such key: '(.*)'", re.DOTALL)


def failing_guards(subject: Subject) -> Iterator[tuple[Edge, Fail]]:
    """The edges whose guards fail, with what goes wrong."""
    drawing = subject.drawing
    for failure in drawing.verification.failures() if drawing is not None else ():
        node = None if drawing is None else drawing.owner_of(failure.state)
        if failure.incident != GUARD_ERROR or node is None:
            continue
        for edge in subject.flow.edges:
            if edge.source != node.id or edge.guard is None:
                continue
            if is_of(guard_from(edge.guard), failure.expression):
                yield edge, failure


def unset_variable(subject: Subject, failure: Fail) -> Variable | None:
    """The variable that is read and has no value; None where something else is wrong."""
    if failure.incident not in {ACTION_ERROR, GUARD_ERROR, TEMPLATE_ERROR}:
        return None
    found = _UNSET.fullmatch(failure.reason)
    if found is None:
        return None
    quoted = failure.expression.replace('"', "'")
    is_read = found[1] or f"vars['{found[2]}']" in quoted
    return session_variables(subject.flow).get(found[1] or found[2]) if is_read else None


def mixed_variables(subject: Subject) -> Arriving:
    """The variables that values of several types are given, and where which of them may come."""
    return arriving(subject.flow, subject.graph, subject.ways, subject.writes)


def mixed_variable(failure: Fail, mixed: Container[str]) -> str | None:
    """Which of the variables with values of several types is read where a type does not do.

    Args:
        failure: what goes wrong.
        mixed: the names of these variables.
    """
    is_told = failure.incident in {ACTION_ERROR, GUARD_ERROR}
    if not is_told or not failure.reason.startswith(_NOT_DEFINED):
        return None
    try:
        read = references(parse(failure.expression))
    except ExpressionError:
        return None
    names = (one.path[1] if one.path[0] == "vars" and one.path[1:] else one.path[0] for one in read)
    return next((name for name in names if name in mixed), None)


_NOT_DEFINED = "no such overload"
