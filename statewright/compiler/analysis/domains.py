"""Which values the variables may have, where that is a short list; and what guards make of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import product
from math import prod
from typing import Any

from statewright.compiler.analysis.writes import template_from
from statewright.compiler.paths import Path
from statewright.errors import EvaluationError, ExpressionError
from statewright.expressions import Environment, Expression, check, evaluate, parse, references
from statewright.expressions.types import DYN
from statewright.flows.model import Flow, Node, Variable
from statewright.flows.nodes import Approval, InputKind, Operation, Question, Set, Store, Value

CASES = 10_000
"""How many combinations of values are tried; more than this counts as not decided."""

Domains = Mapping[Path, Sequence[Any]]


def domains_at(flow: Flow, node: Node, path_of_answer: Path | None) -> Domains:
    """Variables that are sure to be set when ``node`` is left, and all values that they may have.

    Args:
        flow: the flow of the node.
        node: the node that is left.
        path_of_answer: where it saves its answer, if it is a question that saves one.
    """
    unset = set(_unset_in(flow))
    domains: dict[Path, Sequence[Any]] = {
        (variable.name,): values
        for variable in flow.variables
        if variable.has_default and variable.name not in unset and (values := _values_of(variable))
    }
    if path_of_answer is not None and isinstance(node.config, Question):
        answers = _answers_to(node.config)
        if answers:
            domains[path_of_answer] = answers
    return domains


def _unset_in(flow: Flow) -> Iterator[str]:
    """Names of variables that the flow takes away somewhere, or may."""
    for node in flow.nodes:
        if isinstance(node.config, Set):
            for assignment in node.config.assignments:
                if assignment.operation is Operation.UNSET or _unsets(assignment.value):
                    yield assignment.variable.text
        elif isinstance(node.config, Approval):
            # What people leave out of a decision has no value.
            yield from (variable.text for variable, _ in node.config.save)
        else:
            for variable, mapping in getattr(node.config, "save", ()):
                if _may_be_nothing(mapping.text):
                    yield variable.text


def _unsets(value: Value | None) -> bool:
    """Whether what is assigned may be nothing: `{{ response.?name }}`."""
    text = None if value is None else value.json
    if not isinstance(text, str) or "{{" not in text:
        return False
    form = template_from(text)
    hole = None if form is None else form.lone_hole
    return hole is not None and _may_be_nothing(hole.expression.text)


@lru_cache(maxsize=4096)
def _may_be_nothing(text: str) -> bool:
    """Whether an expression gives an optional, so that what it is saved in may lose its value."""
    if "?" not in text and "optional" not in text:
        return False
    try:
        expression = parse(text)
    except ExpressionError:
        return False
    names = {reference.path[0]: DYN for reference in references(expression)}
    return check(expression, Environment(names)).type.name == "optional_type"


def _values_of(variable: Variable) -> Sequence[Any]:
    if variable.values:
        return variable.values
    return (False, True) if variable.type == "bool" else ()


def _answers_to(question: Question) -> Sequence[Any]:
    if question.input is InputKind.BOOLEAN:
        return (False, True)
    if question.input is InputKind.CHOICE and question.store is Store.VALUE:
        return tuple(choice.value for choice in question.choices)
    return ()


def one_is_always_true(guards: Sequence[Expression], domains: Domains) -> bool:
    """Whether, for all values of the domains, some guard is true.

    False where the guards read anything else, or where there are more than ``CASES`` cases. Every
    case is evaluated, so what is found is exact.
    """
    paths = {reference.path for guard in guards for reference in references(guard)}
    if not paths or not paths <= domains.keys():
        return False
    used = {path: domains[path] for path in sorted(paths)}
    if prod(len(values) for values in used.values()) > CASES:
        return False
    return all(any(_holds(guard, names) for guard in guards) for names in _cases(used))


def _cases(domains: Domains) -> Iterator[Mapping[str, Any]]:
    for values in product(*domains.values()):
        names: dict[str, Any] = {}
        for path, value in zip(domains, values, strict=True):
            place = names
            for part in path[:-1]:
                place = place.setdefault(part, {})
            place[path[-1]] = value
        yield names


def _holds(guard: Expression, names: Mapping[str, Any]) -> bool:
    try:
        return evaluate(guard, names) is True
    except EvaluationError:
        return False
