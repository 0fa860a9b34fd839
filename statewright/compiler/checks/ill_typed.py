"""An expression cannot have a value, because its parts are of the wrong types.

What it does:
    Infers the types of all expressions from the declarations of the variables, and compares what
    is written to a variable with its declaration. What is not declared, or may be anything, fits
    everywhere.

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

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Final

from statewright.compiler.analysis.answered import misfit_of_answers, misfitting_choices
from statewright.compiler.analysis.literal_arguments import failing_arguments
from statewright.compiler.analysis.misfits import (
    has_template,
    is_numeric,
    misfit_of_change,
    misfit_of_constant,
    misfit_of_increment,
    misfit_of_type,
)
from statewright.compiler.analysis.writes import Write, plain_path
from statewright.compiler.checks.check import Check
from statewright.compiler.checks.text_findings import finding_in_text, problems_of_kind
from statewright.compiler.checks.written import Written, written_in
from statewright.compiler.findings import Finding, Severity
from statewright.compiler.paths import path_from
from statewright.compiler.scope import declaration_at, session_variables
from statewright.compiler.subject import Subject
from statewright.compiler.texts import Role
from statewright.expressions import Template
from statewright.expressions.types import MAP
from statewright.flows.model import Node, Variable
from statewright.flows.nearest import did_you_mean
from statewright.flows.nodes import Form, InputKind, Operation, Question, Set, Source, Split


def find(check: Check, subject: Subject) -> Iterator[Finding]:
    """Operators and functions that do not exist, or not for these types; values that do not fit."""
    yield from problems_of_kind(check, subject, {"type", "function", "pattern"}, tuple(Role))
    flow = subject.flow
    own = session_variables(flow)
    for written in written_in(subject):
        variable = declaration_at(subject.flow, written.variable, own)
        reason = "" if variable is None else _misfit(written, variable)
        if reason:
            yield check.finding(
                f"`{written.variable.text}` {_VERBS[written.operation]}: {reason}",
                written.location,
                node=written.node,
            )
    yield from _incomplete(check, subject)
    yield from _maimed(check, subject)
    yield from _added_to_words(check, subject)
    yield from _failing(check, subject)
    for node in subject.flow.nodes:
        keep = _KEPT.get(type(node.config))
        place = getattr(node.config, "variable", None)
        variable = None if keep is None or place is None else declaration_at(flow, place, own)
        if keep is not None and variable is not None:
            yield from keep(check, node, node.config, variable)


def _incomplete(check: Check, subject: Subject) -> Iterator[Finding]:
    """Parts of objects that are written where the object never has its other parts."""
    own = session_variables(subject.flow)
    paths = [
        (parsed.text, path_from(parsed.text.source, own))
        for parsed in subject.texts
        if parsed.text.role is Role.VARIABLE and parsed.error is None
    ]
    whole = {path[0] for _, path in paths if len(path) == 1}
    for text, path in paths:
        variable = own.get(path[0])
        if variable is None or len(path) == 1 or variable.has_default or variable.input:
            continue
        others = [one.name for one in variable.fields if not one.optional and one.name != path[1]]
        if others and path[0] not in whole:
            name = text.source.text
            yield check.finding(
                f"`{name}` is written, but `{path[0]}` never has its part `{others[0]}`",
                text.source.location,
                node=text.node,
                help=f"write `{path[0]}` as a whole first, give it a default, "
                f"or let `{others[0]}` be optional",
                related=(variable.location,),
            )


def _maimed(check: Check, subject: Subject) -> Iterator[Finding]:
    """Parts that are taken from objects which are never without them."""
    own = session_variables(subject.flow)
    for node in subject.flow.nodes:
        changes = node.config.assignments if isinstance(node.config, Set) else ()
        for place in (one.variable for one in changes if one.operation is Operation.UNSET):
            part = declaration_at(subject.flow, place, own)
            # An element of a map is of no name; a part of an object is declared by its own.
            around, _, name = place.text.rpartition(".")
            whole = declaration_at(subject.flow, replace(place, text=around), own) if name else None
            if whole is None or part is None or part not in whole.fields or part.optional:
                continue
            yield check.finding(
                f"`{place.text}` cannot be unset: `{around}` is never without its part `{name}`",
                place.location,
                node=node.id,
                help=f"declare `{name}` as optional, or set it to something else",
                related=(whole.location,),
            )


def _added_to_words(check: Check, subject: Subject) -> Iterator[Finding]:
    """Numbers that are added to a text which begins as no number, and is written nowhere else."""
    own = session_variables(subject.flow)
    by_name: dict[str, list[Write]] = {}
    for write in subject.writes:
        by_name.setdefault(plain_path(write.path)[0], []).append(write)
    for name, writes in by_name.items():
        variable = own.get(name)
        if variable is None or variable.inferred or not _begins_as_words(variable):
            continue
        if all(map(_adds_a_number, writes)):
            for write in writes:
                yield check.finding(
                    f"`{name}` {_VERBS[Operation.INCREMENT]}: `{variable.default}` is no number",
                    write.source.location,
                    node=write.node,
                    related=(variable.location,),
                )


def _begins_as_words(variable: Variable) -> bool:
    """Whether a variable always begins as a text that is no number, whose values are not known."""
    begins = variable.default
    is_text = variable.type == "string" and not variable.values and not variable.input
    return (
        is_text and isinstance(begins, str) and not has_template(begins) and not is_numeric(begins)
    )


def _adds_a_number(write: Write) -> bool:
    by = None if write.value is None else write.value.json
    return write.operation is Operation.INCREMENT and isinstance(by, int | float)


_VERBS: Final[Mapping[Operation, str]] = MappingProxyType(
    {
        Operation.SET: "is set to what it cannot hold",
        Operation.INCREMENT: "cannot be incremented by that",
        Operation.APPEND: "cannot have that appended",
        Operation.REMOVE: "cannot have that removed",
    }
)


def _misfit(written: Written, variable: Variable) -> str:
    """Why what is written can never be that of the variable, or ``""``."""
    if written.operation is Operation.SET:
        if written.type is not None:
            return misfit_of_type(variable, written.type)
        return misfit_of_constant(variable, written.value)
    if written.type is None:
        return misfit_of_change(variable, written.operation, written.value)
    if written.operation is Operation.INCREMENT:
        return misfit_of_increment(variable, written.type)
    if variable.type == "list" and variable.of is not None:
        return misfit_of_type(variable.of, written.type)
    return misfit_of_change(variable, written.operation, written.value)


def _answered(
    check: Check, node: Node, question: Question, variable: Variable
) -> Iterator[Finding]:
    """An answer that is saved where no answer of its kind can be, or not each of those offered."""
    place = question.variable
    reason = misfit_of_answers(question, variable)
    wrong = misfitting_choices(question, variable, limits=False)
    if wrong and len(wrong) == len(question.choices):
        reason = f"`{wrong[0].value}` is no {_held(question, variable)}"
    if reason and place is not None:
        message = f"`{place.text}` cannot hold an answer to this: {reason}"
        yield check.finding(message, place.location, node=node.id, help=_OTHERWISE)
        return
    wrong = misfitting_choices(question, variable)
    # That no answer is among the values of the variable is told by I508.
    for choice in wrong if len(wrong) < len(question.choices) else ():
        message = f"`{variable.name}` cannot hold the answer `{choice.value}`: it is asked again"
        yield check.finding(
            message, choice.location, node=node.id, help=_OTHERWISE, severity=Severity.WARNING
        )


_OTHERWISE: Final = "declare the variable otherwise, or save the answer in another one"


def _held(question: Question, variable: Variable) -> str:
    """The type of what a variable holds of a choice."""
    many = question.input is InputKind.MULTIPLE_CHOICE
    return variable.of.type if many and variable.of is not None else variable.type


def _filled_in(check: Check, node: Node, form: Form, variable: Variable) -> Iterator[Finding]:
    """Answers to a form that are saved where they cannot be."""
    reason = misfit_of_type(variable, MAP)
    if reason and form.variable is not None:
        message = f"`{form.variable.text}` cannot hold the answers: {reason}"
        yield check.finding(message, form.variable.location, node=node.id, help=_OTHERWISE)
        return
    parts = {part.name: part for part in variable.fields}
    for field in form.fields:
        part = parts.get(field.name, variable.of)
        if part is not None:
            question = replace(field.question, variable=Source(field.name, field.location))
            yield from _answered(check, node, question, part)
        elif parts and not variable.others:
            message = f"`{variable.name}` has no part `{field.name}`"
            help_ = did_you_mean(field.name, parts) or "declare it under `fields`"
            yield check.finding(message, field.location, node=node.id, help=help_)


def _drawn(check: Check, node: Node, split: Split, variable: Variable) -> Iterator[Finding]:
    """Arms whose names are saved where they cannot be."""
    wrong = [(arm, misfit_of_constant(variable, arm.name)) for arm in split.arms]
    wrong = [(arm, reason) for arm, reason in wrong if reason]
    if wrong and len(wrong) == len(split.arms) and split.variable is not None:
        place = split.variable.location
        wrong = [(replace(wrong[0][0], location=place), wrong[0][1])]
    for arm, reason in wrong:
        message = f"`{variable.name}` cannot hold the name of an arm: {reason}"
        yield check.finding(message, arm.location, node=node.id, help=_OTHERWISE)


_KEPT: Final[Mapping[type, Callable[[Check, Node, Any, Variable], Iterator[Finding]]]] = {
    Question: _answered,
    Form: _filled_in,
    Split: _drawn,
}
"""Kinds of node that save something of their own in a variable."""


def _failing(check: Check, subject: Subject) -> Iterator[Finding]:
    """Texts that make the functions fail which they are given to."""
    for parsed in subject.texts:
        if "(" not in parsed.text.source.text:
            continue
        form = parsed.form
        if isinstance(form, Template):
            parts = [(hole.expression, hole.offset) for hole in form.holes]
        else:
            parts = [(expression, 0) for expression in parsed.expressions]
        for expression, offset in parts:
            for problem in failing_arguments(expression):
                start, end = problem.start + offset, problem.end + offset
                yield finding_in_text(check, parsed.text, problem.reason, start, end, "")


CHECK = Check("G302", "ill-typed", Severity.ERROR, __doc__, find)
