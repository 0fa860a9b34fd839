"""What makes an answer good, and what is saved of it: each kind of input as CEL."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from statewright.compiler.lowering.texts import cel, quoted
from statewright.flows.declaring import chart_type_of
from statewright.flows.model import LOCALE, Variable
from statewright.flows.nodes import InputKind, Question, Store, Validation

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
        InputKind.TIME: "answer.time",
        InputKind.RATING: "answer.integer",
        InputKind.SLIDER: "answer.number",
        InputKind.FILE: "answer.file",
        InputKind.LOCATION: "answer.location",
    }
)
"""The function that makes an (optional) value of what the user typed."""

LOCAL: Mapping[InputKind, str] = MappingProxyType(
    {
        InputKind.NUMBER: "answer.numberIn",
        InputKind.INTEGER: "answer.integerIn",
        InputKind.DATE: "answer.dateIn",
        InputKind.TIME: "answer.timeIn",
        InputKind.RATING: "answer.integerIn",
        InputKind.SLIDER: "answer.numberIn",
    }
)
"""The function that does so in a language, for what is written differently in each."""

MEASURES: Mapping[InputKind, str] = MappingProxyType(
    {
        InputKind.NUMBER: "it",
        InputKind.INTEGER: "double(it)",
        InputKind.MULTIPLE_CHOICE: "double(size(it))",
        InputKind.TEXT: "double(size(it))",
        InputKind.RATING: "double(it)",
        InputKind.SLIDER: "it",
    }
)
"""What the minimum and the maximum of an answer measure, as a double."""

TEXTUAL = frozenset({InputKind.TEXT, InputKind.EMAIL, InputKind.PHONE, InputKind.URL})


NUMERIC = frozenset({InputKind.NUMBER, InputKind.INTEGER, InputKind.RATING, InputKind.SLIDER})

DEFAULT_RANGES: Mapping[InputKind, tuple[float, float]] = MappingProxyType(
    {InputKind.RATING: (1.0, 5.0), InputKind.SLIDER: (0.0, 100.0)}
)
"""The least and the greatest answer, where the author says nothing."""

TYPED = "input"
"""CEL for what the user said: the root of expressions that means it."""

MAP_SENT = "type(event.data) == map"
"""CEL that says whether what was sent is a map, as messages are."""

_TEXT_GIVEN = "type(event.data.?text.orValue(null)) == string"
VALUE_GIVEN = "event.data.?value.orValue(null) != null"
"""CEL that says whether a message, which is a map, brings a value."""

SAID = f"{MAP_SENT} && ({_TEXT_GIVEN} || {VALUE_GIVEN})"
"""CEL that says whether a message says anything: without it, there is no such thing as ``input``.

Files alone say nothing, nor does a text that is no text, or a value that is null.
"""

TEXT_ONLY = f"{MAP_SENT} && {_TEXT_GIVEN} && !({VALUE_GIVEN})"
"""CEL that says whether a message may be a part of an answer: a choice is one by itself."""


@dataclass(frozen=True, slots=True)
class Said:
    """What the user said, as CEL.

    Attributes:
        text: CEL for what was typed, or sent as a value.
        local: whether it is in the language of the session, which the flow knows as ``locale``.
        sent: CEL that says whether a program sent it as a value; ``""`` where nothing did.
    """

    text: str = TYPED
    local: bool = False
    sent: str = ""


_SENT: Mapping[InputKind, str] = MappingProxyType(
    {
        kind: "({}.orValue(null))".format(
            ".or".join(
                f"(event.data.?{name}.optFlatMap(s, optional.ofNonZeroValue(s)))" for name in names
            )
        )
        for kind, names in (
            (InputKind.FILE, ("files", "attachments", "value")),
            (InputKind.LOCATION, ("location", "value", "text")),
        )
    }
)
"""Where answers are found that are not typed."""


def answer(question: Question, choices: str, said: Said) -> str:
    """CEL for the answer as an optional.

    Args:
        question: what was asked.
        choices: CEL for the choices offered.
        said: what the user said.
    """
    function, typed = FUNCTIONS[question.input], said.text
    if said.local and question.input in LOCAL:
        local = _in_language(LOCAL[question.input], said)
        if question.input is not InputKind.DATE or not said.sent:
            return local
        # Programs write days as ISO 8601 does; of people, it may have to be known how they count.
        either = f"{function}({typed}).or({local})"
        return either if said.sent == "true" else f"({said.sent} ? {either} : {local})"
    if question.yes or question.no:
        words = f"answer.says({typed}, {{}}) ? optional.of({{}}) : "
        yes, no = (
            words.format(cel(list(those)), cel(meant)) if those else ""
            for those, meant in ((question.yes, True), (question.no, False))
        )
        return f"({yes}{no}{function}({typed}))"
    if question.input in {InputKind.CHOICE, InputKind.MULTIPLE_CHOICE}:
        return f"{function}({typed}, {choices})"
    return f"{function}({_SENT.get(question.input, typed) if typed == TYPED else typed})"


def is_said(question: Question, said: Said) -> str:
    """CEL that must hold of an answer besides, as a message may say nothing; ``""`` for none.

    It may come last: what is false makes the whole false, though the answer was an error.
    """
    if said.text != TYPED:
        return ""
    return MAP_SENT if question.input in _SENT else SAID


def _in_language(function: str, said: Said) -> str:
    return f"{function}({said.text}, {LOCALE})"


def is_good(question: Question, choices: str, variable: Variable | None, said: Said) -> str:
    """CEL that says whether an answer will do, for the question and for the variable it goes to."""
    tests = [*_tests(question, said.text), *_tests_of(variable, question, said)]
    value = answer(question, choices, said)
    if not tests:
        return f"{value}.hasValue()"
    return f"{value}.optMap(it, {' && '.join(tests)}).orValue(false)"


def range_of(question: Question) -> tuple[float | None, float | None]:
    """The least and the greatest answer; None is no bound."""
    least, most = DEFAULT_RANGES.get(question.input, (None, None))
    validation = question.validation
    return (
        least if validation.minimum is None else validation.minimum,
        most if validation.maximum is None else validation.maximum,
    )


def _tests(question: Question, typed: str) -> list[str]:
    validation = question.validation
    tests = []
    measure = MEASURES.get(question.input)
    if measure is not None:
        measure = _on_grid(question, measure)
    least, most = range_of(question)
    if measure is not None and least is not None:
        tests.append(f"{measure} >= {float(least)!r}")
    if measure is not None and most is not None:
        tests.append(f"{measure} <= {float(most)!r}")
    if question.input is InputKind.DATE:
        days = ((">=", validation.earliest), ("<=", validation.latest))
        tests += [f"it {sign} {quoted(day)}" for sign, day in days if day is not None]
    if question.input is InputKind.SLIDER and validation.step:
        moved = f"(it - {float(least or 0)!r}) / {float(validation.step)!r}"
        tests.append(f"math.abs({moved} - math.round({moved})) < 1e-9")
    if question.input in TEXTUAL:
        if validation.min_length is not None:
            tests.append(f"size(it) >= {validation.min_length}")
        if validation.max_length is not None:
            tests.append(f"size(it) <= {validation.max_length}")
    if question.input is InputKind.FILE:
        tests += _tests_of_file(validation)
    if validation.pattern is not None:
        matched = "it" if question.input in TEXTUAL else f"string({typed})"
        tests.append(f"{matched}.matches({quoted(validation.pattern.text)})")
    return tests


def _on_grid(question: Question, number: str) -> str:
    """CEL for a number that a slider may have, as it is written: 0.3 for 0.1 + 0.2.

    Without a step there is no grid, and one may be too fine to be exact.
    """
    if question.input is not InputKind.SLIDER or not question.validation.step:
        return number
    least, _ = range_of(question)
    places = max(map(_decimals, (question.validation.step, least or 0.0)))
    if places > _PLACES:
        return number
    scale = repr(10.0**places)
    return f"math.round({number} * {scale}) / {scale}"


_PLACES: Final = 12
"""So many decimals are exact in doubles of the size that sliders have."""


def _decimals(number: float) -> int:
    """How many decimals a number is written with.

    >>> _decimals(0.25), _decimals(1e-07), _decimals(50.0)
    (2, 7, 0)
    """
    exponent = Decimal(repr(float(number))).normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def _tests_of_file(validation: Validation) -> Iterator[str]:
    if validation.accept:
        kinds = [one.removesuffix("*").lower() for one in validation.accept]
        yield f"{cel(kinds)}.exists(k, it.?type.orValue('').lowerAscii().startsWith(k))"
    if validation.max_size is not None:
        yield f"it.?size.hasValue() && it.size <= {validation.max_size}"


def _tests_of(variable: Variable | None, question: Question, said: Said) -> Iterator[str]:
    """What the variable may hold, as tests of the answer: better asked again than failed."""
    if variable is None or question.store is Store.CHOICE:
        return
    value = "it.value" if question.input is InputKind.CHOICE else "it"
    if question.input in NUMERIC:
        yield from _tests_of_number(variable, question.input, said)
    elif not variable.values:
        yield from _tests_of_type(variable, question, value)
    if variable.type in ORDERED and question.input is not InputKind.MULTIPLE_CHOICE:
        yield from _tests_of_bounds(variable, value)
    if question.input in {*TEXTUAL, InputKind.MULTIPLE_CHOICE}:
        yield from _tests_of_size(variable)
    if variable.values and question.input is not InputKind.MULTIPLE_CHOICE:
        yield f"{value} in {cel([*variable.values, *variable.names])}"


def _tests_of_number(variable: Variable, kind: InputKind, said: Said) -> Iterator[str]:
    if variable.type in {"int", "uint"}:
        local = _in_language(LOCAL[InputKind.INTEGER], said)
        yield f"{local if said.local else f'answer.integer({said.text})'}.hasValue()"
    if variable.type == "int" and kind not in {InputKind.INTEGER, InputKind.RATING}:
        # The greatest whole number that is read is not the double that it is read as.
        yield "answer.becomes(it, 'int')"
    if variable.type == "uint":
        yield "double(it) >= 0.0"
    if variable.type == "double" and kind is InputKind.INTEGER:
        # A double does not hold every whole number.
        yield "answer.becomes(it, 'double')"


def _tests_of_type(variable: Variable, question: Question, value: str) -> Iterator[str]:
    """Whether what is saved becomes a value of the type that is declared."""
    if question.input is InputKind.MULTIPLE_CHOICE:
        element = variable.of and chart_type_of(variable.of)
        if element and not _always(question, element):
            yield f"it.all(c, answer.becomes(c.value, {quoted(element)}))"
        return
    own = chart_type_of(variable)
    if not _always(question, own):
        yield f"answer.becomes({value}, {quoted(own)})"
    if variable.type == "date" and question.input is not InputKind.DATE:
        yield f"answer.date({value}).hasValue()"


def _always(question: Question, declared: str) -> bool:
    """Whether every answer becomes one of a type, as far as is known without looking at it."""
    if declared == "dyn":
        return True
    if question.input not in {InputKind.CHOICE, InputKind.MULTIPLE_CHOICE}:
        return declared in _HELD.get(question.input, _TEXTS)
    if question.choices_from is not None:
        return False
    return declared == "string" and all(isinstance(one.value, str) for one in question.choices)


_TEXTS = frozenset({"string"})

_HELD: Mapping[InputKind, frozenset[str]] = MappingProxyType(
    {
        InputKind.BOOLEAN: frozenset({"bool", "string"}),
        InputKind.FILE: frozenset({"map"}),
        InputKind.LOCATION: frozenset({"map"}),
    }
)
"""The types that hold every answer of a kind; of the other kinds, answers are texts."""

ORDERED: Mapping[str, str] = MappingProxyType(
    {
        "int": "double",
        "uint": "double",
        "double": "double",
        "timestamp": "timestamp",
        "duration": "duration",
        "date": "",
    }
)
"""The types of variables that have bounds, and the CEL function that makes what is compared."""


def _tests_of_bounds(variable: Variable, value: str) -> Iterator[str]:
    made = ORDERED[variable.type]
    for sign, bound in ((">=", variable.minimum), ("<=", variable.maximum)):
        if bound is None:
            continue
        if made == "double":
            yield f"double({value}) {sign} {float(bound)!r}"
        else:
            yield f"{made}({value}) {sign} {made}({quoted(str(bound))})"


def _tests_of_size(variable: Variable) -> Iterator[str]:
    if variable.min_length is not None:
        yield f"size(it) >= {variable.min_length}"
    if variable.max_length is not None:
        yield f"size(it) <= {variable.max_length}"
    if variable.pattern:
        yield f"it.matches({quoted(variable.pattern)})"


def saved(question: Question, choices: str, said: Said) -> str:
    """CEL for what is saved of a good answer."""
    value = f"{answer(question, choices, said)}.value()"
    if question.store is Store.CHOICE:
        return value
    if question.input is InputKind.CHOICE:
        return f"{value}.value"
    if question.input is InputKind.SLIDER:
        return _on_grid(question, value)
    if question.input is InputKind.MULTIPLE_CHOICE:
        return f"{value}.map(c, c.value)"
    return value
