"""No answer to a question is ever right.

What it does:
    Compares what a question asks of an answer with each other and with what its variable may hold:
    the least and the greatest number, the lengths, how many answers are offered.

Why it matters:
    Whatever the user says is refused.

Example:
    start: ask
    variables: {age: {type: int, minimum: 18, maximum: 99}}
    nodes:
      ask:
        type: question
        text: How old are you?
        input: integer
        minimum: 1
        maximum: 17
        variable: age
        next: bye
      bye: {type: end, text: "{{ age }}"}

Instead:
    start: ask
    variables: {age: {type: int, minimum: 18, maximum: 99}}
    nodes:
      ask:
        type: question
        text: How old are you?
        input: integer
        minimum: 18
        maximum: 99
        variable: age
        next: bye
      bye: {type: end, text: "{{ age }}"}

Known limits:
    Patterns are not compared with anything: whether some text matches is not asked.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil, floor, inf

from statewright.compiler.checks.check import Check
from statewright.compiler.checks.speech import questions_in
from statewright.compiler.findings import Finding, Severity
from statewright.compiler.scope import session_variables
from statewright.compiler.subject import Subject
from statewright.flows.model import Variable
from statewright.flows.nodes import InputKind, Question

_WHOLE = frozenset({InputKind.INTEGER, InputKind.RATING})
_NUMBERS = frozenset({InputKind.NUMBER, InputKind.INTEGER, InputKind.RATING, InputKind.SLIDER})
_DEFAULTS = {InputKind.RATING: (1.0, 5.0), InputKind.SLIDER: (0.0, 100.0)}


def find(check: Check, subject: Subject) -> Iterator[Finding]:
    """Questions whose conditions cannot all hold."""
    variables = session_variables(subject.flow)
    for node in subject.nodes.values():
        for question in questions_in(node.config):
            name = "" if question.variable is None else question.variable.text
            reason = _impossible(question, variables.get(name))
            if reason:
                yield check.finding(
                    f"no answer to `{node.id}` is right: {reason}",
                    node.location,
                    node=node.id,
                    help="change one of the two",
                )


def _impossible(question: Question, variable: Variable | None) -> str:
    """Why nothing satisfies a question, or ``""``."""
    validation = question.validation
    shortest, longest = validation.min_length, validation.max_length
    if shortest is not None and longest is not None and shortest > longest:
        return f"it would have at least {shortest} and at most {longest} characters"
    if question.input is InputKind.MULTIPLE_CHOICE and question.choices:
        wanted = validation.minimum or 0
        if wanted > len(question.choices):
            return f"{wanted:g} answers are wanted, and {len(question.choices)} are offered"
        return ""
    if question.input in _NUMBERS:
        return _no_number(question, variable)
    if question.input is InputKind.CHOICE and variable is not None and variable.values:
        taken = (*variable.values, *variable.names)
        offered = [choice.value for choice in question.choices]
        if offered and not any(value in taken for value in offered):
            return f"none of those that are offered is among the values of `{variable.name}`"
    return ""


def _no_number(question: Question, variable: Variable | None) -> str:
    validation = question.validation
    own_least, own_most = _DEFAULTS.get(question.input, (-inf, inf))
    least = own_least if validation.minimum is None else validation.minimum
    most = own_most if validation.maximum is None else validation.maximum
    whole = question.input in _WHOLE or (variable is not None and variable.type in ("int", "uint"))
    if _is_empty(least, most, whole=whole):
        return f"there is no {'whole ' if whole else ''}number from {least:g} to {most:g}"
    if variable is None:
        return ""
    low = variable.minimum if isinstance(variable.minimum, int | float) else -inf
    high = variable.maximum if isinstance(variable.maximum, int | float) else inf
    if _is_empty(max(least, low), min(most, high), whole=whole):
        return f"`{variable.name}` may only be from {low:g} to {high:g}"
    return ""


def _is_empty(least: float, most: float, *, whole: bool) -> bool:
    if whole and least > -inf and most < inf:
        return ceil(least) > floor(most)
    return least > most


CHECK = Check("I508", "impossible-answer", Severity.ERROR, __doc__, find)
