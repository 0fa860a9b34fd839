"""What makes an answer good, and what is saved of it: each kind of input as CEL."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from statewright.compiler.lowering.texts import cel, quoted
from statewright.flows.model import Variable
from statewright.flows.nodes import InputKind, Question, Store

FUNCTIONS: Mapping[InputKind, str] = MappingProxyType(
    {
        InputKind.TEXT: "answer.text",
        InputKind.NUMBER: "answer.number",
        InputKind.INTEGER: "answer.integer",
        InputKind.EMAIL: "answer.email",
        InputKind.PHONE: "answer.phone",
        InputKind.URL: "answer.url",
        InputKind.DATE: "answer.date",
        InputKind.BOOLEAN: "answer.boolean",
        InputKind.CHOICE: "answer.choice",
        InputKind.MULTIPLE_CHOICE: "answer.choices",
    }
)
"""The function that makes an (optional) value of what the user typed."""

DEFAULT_RETRY: Mapping[InputKind, str] = MappingProxyType(
    {
        InputKind.TEXT: "That will not do. Please try again.",
        InputKind.NUMBER: "Please answer with a number that fits.",
        InputKind.INTEGER: "Please answer with a whole number that fits.",
        InputKind.EMAIL: "Please answer with an email address, such as name@example.com.",
        InputKind.PHONE: "Please answer with a phone number, such as +1 555 010 9999.",
        InputKind.URL: "Please answer with a web address, such as https://example.com.",
        InputKind.DATE: "Please answer with a date, such as 2026-12-31.",
        InputKind.BOOLEAN: "Please answer with yes or no.",
        InputKind.CHOICE: "Please choose one of the answers offered.",
        InputKind.MULTIPLE_CHOICE: "Please choose from the answers offered.",
    }
)
"""What is said to an answer that will not do, where the author says nothing."""

MEASURES: Mapping[InputKind, str] = MappingProxyType(
    {
        InputKind.NUMBER: "it",
        InputKind.INTEGER: "double(it)",
        InputKind.MULTIPLE_CHOICE: "double(size(it))",
        InputKind.TEXT: "double(size(it))",
    }
)
"""What the minimum and the maximum of an answer measure, as a double."""

TEXTUAL = frozenset({InputKind.TEXT, InputKind.EMAIL, InputKind.PHONE, InputKind.URL})


def answer(question: Question, choices: str) -> str:
    """CEL for the answer as an optional; ``choices`` names the variable of the choices offered."""
    function = FUNCTIONS[question.input]
    if question.input in {InputKind.CHOICE, InputKind.MULTIPLE_CHOICE}:
        return f"{function}(input, vars[{quoted(choices)}])"
    return f"{function}(input)"


def is_good(question: Question, choices: str, variable: Variable | None) -> str:
    """CEL that says whether an answer will do, for the question and for the variable it goes to."""
    tests = [*_tests(question), *_tests_of(variable, question)]
    value = answer(question, choices)
    if not tests:
        return f"{value}.hasValue()"
    return f"{value}.optMap(it, {' && '.join(tests)}).orValue(false)"


def _tests(question: Question) -> list[str]:
    validation = question.validation
    tests = []
    measure = MEASURES.get(question.input)
    if measure is not None and validation.minimum is not None:
        tests.append(f"{measure} >= {float(validation.minimum)!r}")
    if measure is not None and validation.maximum is not None:
        tests.append(f"{measure} <= {float(validation.maximum)!r}")
    if question.input in TEXTUAL:
        if validation.min_length is not None:
            tests.append(f"size(it) >= {validation.min_length}")
        if validation.max_length is not None:
            tests.append(f"size(it) <= {validation.max_length}")
    if validation.pattern is not None:
        matched = "it" if question.input in TEXTUAL else "string(input)"
        tests.append(f"{matched}.matches({quoted(validation.pattern.text)})")
    return tests


def _tests_of(variable: Variable | None, question: Question) -> Iterator[str]:
    """What the variable may hold, as tests of the answer: better asked again than failed."""
    if variable is None or question.store is Store.CHOICE:
        return
    value = "it.value" if question.input is InputKind.CHOICE else "it"
    if question.input in {InputKind.NUMBER, InputKind.INTEGER}:
        if variable.type in {"int", "uint"}:
            yield "answer.integer(input).hasValue()"
        if variable.minimum is not None:
            yield f"double(it) >= {float(variable.minimum)!r}"
        if variable.maximum is not None:
            yield f"double(it) <= {float(variable.maximum)!r}"
    if variable.values and question.input is not InputKind.MULTIPLE_CHOICE:
        yield f"{value} in {cel(list(variable.values))}"


def saved(question: Question, choices: str) -> str:
    """CEL for what is saved of a good answer."""
    value = f"{answer(question, choices)}.value()"
    if question.store is Store.CHOICE:
        return value
    if question.input is InputKind.CHOICE:
        return f"{value}.value"
    if question.input is InputKind.MULTIPLE_CHOICE:
        return f"{value}.map(c, c.value)"
    return value
