"""A branch is never taken, because an earlier one always is where it could be.

What it does:
    Tries all values of the variables of a branch that is never taken, and of the branches before
    it, as far as the constants in the flow can tell them apart. Clauses of a `try` are compared by
    the errors that they answer.

Why it matters:
    Branches are tried in their order. The one that asks for more has to come first.

Example:
    start: ask
    variables: {seats: int}
    nodes:
      ask: {type: question, text: "How many seats?", input: integer, variable: seats, next: route}
      route:
        type: condition
        branches:
          - {if: "seats >= 10", to: team}
          - {if: "seats >= 100", to: company}
        else: single
      team: {type: end, text: "A team, then."}
      company: {type: end, text: "A whole company!"}
      single: {type: end, text: "Just you, then."}

Instead:
    start: ask
    variables: {seats: int}
    nodes:
      ask: {type: question, text: "How many seats?", input: integer, variable: seats, next: route}
      route:
        type: condition
        branches:
          - {if: "seats >= 100", to: company}
          - {if: "seats >= 10", to: team}
        else: single
      team: {type: end, text: "A team, then."}
      company: {type: end, text: "A whole company!"}
      single: {type: end, text: "Just you, then."}

Known limits:
    Guards that read what events bring, the contact or the time are left to G310.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from statewright.compiler.checks.check import Check
from statewright.compiler.checks.dead_edges import dead_edges
from statewright.compiler.findings import Finding, Severity
from statewright.compiler.lowering.errors import OF_STATUS
from statewright.compiler.subject import Subject
from statewright.compiler.verification.branches import Cause
from statewright.compiler.verification.drawing import proved
from statewright.flows.nodes import Catch, ErrorClass, Try


def find(check: Check, subject: Subject) -> Iterator[Finding]:
    """Edges that are never taken because of the guards before them, and clauses likewise."""
    yield from _clauses(check, subject)
    for dead in dead_edges(subject):
        guard = dead.edge.guard
        if dead.why.cause is Cause.SHADOW and guard is not None:
            finding = check.finding(
                f"`{guard.text}` is never asked: wherever it is true, an earlier branch is taken",
                guard.location,
                node=dead.edge.source,
                port=dead.edge.port,
                help="put it before the branches that ask for less",
            )
            yield proved(finding, dead.answer)


def _clauses(check: Check, subject: Subject) -> Iterator[Finding]:
    """Clauses of tries whose errors are all answered by earlier ones."""
    for node in subject.nodes.values():
        answered: dict[str, Catch] = {}
        for catch in node.config.catches if isinstance(node.config, Try) else ():
            own = (*map(str, catch.errors), *catch.statuses)
            before = [_first(answered, one) for one in own]
            earlier = next((clause for clause in before if clause is not None), None)
            if earlier is not None and None not in before:
                yield check.finding(
                    "this clause is never reached: earlier ones answer all its errors",
                    catch.body.location,
                    node=node.id,
                    help="put it before them, or remove it",
                    related=(earlier.body.location,),
                )
            for one in own:
                answered.setdefault(one, catch)


def _first(answered: Mapping[str, Catch], error: str) -> Catch | None:
    """The clause that answers all errors of a class, or of a status, if there is one."""
    return next((answered[one] for one in _wider(error) if one in answered), None)


def _wider(error: str) -> Iterator[str]:
    """What answers an error of a class, or of a status: itself, and all that is wider."""
    yield str(ErrorClass.ANY)
    yield error
    if error[0].isdecimal():
        yield f"{error[0]}xx"
        yield str(ErrorClass.STATUS)
    if error.isdecimal() and int(error) in OF_STATUS:
        yield str(OF_STATUS[int(error)])
    if error[0].isdecimal() or error in _OF_REQUESTS:
        yield str(ErrorClass.REQUEST)


_OF_REQUESTS: Final = frozenset(
    {
        ErrorClass.NETWORK,
        ErrorClass.RATE_LIMIT,
        ErrorClass.AUTHENTICATION,
        ErrorClass.CONFIGURATION,
        ErrorClass.STATUS,
    }
)
"""Classes of which all errors are of requests."""


CHECK = Check("G307", "shadowed-branch", Severity.WARNING, __doc__, find)
