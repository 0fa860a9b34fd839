"""What is said to an answer that will not do where the author says nothing, with the limits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from babel.core import Locale, UnknownLocaleError
from babel.numbers import format_decimal

from statewright.compiler.lowering.answers import NUMERIC, range_of
from statewright.compiler.lowering.languages import nearest
from statewright.compiler.lowering.phrases import (
    LANGUAGES,
    LIMITS,
    RETRY,
    Units,
    phrases_by_locale,
)
from statewright.errors import EvaluationError
from statewright.expressions.operations.numerals import understood_number_in
from statewright.flows.declaring import held_by
from statewright.flows.model import Flow, Variable
from statewright.flows.nodes import InputKind, Question, Store

_DAYS: Final[Mapping[str, str]] = MappingProxyType(
    {
        **dict.fromkeys(LANGUAGES, "%d/%m/%Y"),
        "en": "%Y-%m-%d",
        "de": "%d.%m.%Y",
        "nl": "%d-%m-%Y",
    }
)
"""How a day is written, by language; as in the examples of the phrases."""

_WORDS: Final = 10
"""How many words of an enumeration are named."""

_NUMBERS: Final = MappingProxyType(
    {"int": InputKind.INTEGER, "uint": InputKind.INTEGER, "double": InputKind.NUMBER}
)
"""What is really asked for where a text goes to a variable of such a type."""

_TYPED: Final = frozenset({InputKind.TEXT, InputKind.EMAIL, InputKind.PHONE, InputKind.URL})


@dataclass(frozen=True, slots=True)
class Tongue:
    """How limits are written.

    Attributes:
        language: one of ``LANGUAGES``, that of the words.
        locale: that in which answers are read, and so numbers written.
    """

    language: str
    locale: str


@dataclass(frozen=True, slots=True)
class Span:
    """Between what something lies; None is no limit.

    Attributes:
        least: a number, or a day, ``2026-12-31``.
        most: likewise.
    """

    least: float | str | None = None
    most: float | str | None = None

    def within(self, least: float | str | None, most: float | str | None) -> Span:
        """Of these limits and others of the same kind, those that are met first."""
        low = [one for one in (self.least, least) if one is not None]
        high = [one for one in (self.most, most) if one is not None]
        return Span(max(low, key=_order, default=None), min(high, key=_order, default=None))

    def __bool__(self) -> bool:
        return self.least is not None or self.most is not None


def _order(limit: float | str) -> tuple[str, float]:
    return (limit, 0.0) if isinstance(limit, str) else ("", limit)


def complaints(question: Question, variable: Variable | None, flow: Flow) -> Mapping[str, str]:
    """What is wanted, and between which limits, by language; ``""`` is that of the flow.

    Args:
        question: what was asked.
        variable: what is declared of the place where the answer goes, if anything is.
        flow: says in which languages answers are read: what is told is understood, too.
    """
    kept = variable if question.store is Store.VALUE else None
    kind = question.input
    if kind is InputKind.TEXT and kept is not None:
        kind = _NUMBERS.get(kept.type, kind)
    languages = phrases_by_locale(LANGUAGES, flow)
    phrases = dict(zip(LANGUAGES, RETRY[kind], strict=True))
    told: dict[str, str] = {}
    for name in ("", *flow.locales):
        tongue = Tongue(nearest(languages, name), name or flow.locale)
        limits = list(_limits(question, kept, tongue))
        if limits:
            told[name] = _with_limits(phrases[tongue.language], limits)
        elif name in languages:
            told[name] = phrases[tongue.language]
    return told


def _with_limits(phrase: str, limits: list[str]) -> str:
    return f"{phrase.removesuffix('.')} ({', '.join(limits)})."


def _limits(question: Question, kept: Variable | None, tongue: Tongue) -> Iterator[str]:
    """What an answer must be like besides, each in a few words."""
    words = LIMITS[tongue.language]
    if span := _range(question, kept):
        yield _between(span, tongue)
    if question.input is InputKind.SLIDER and question.validation.step:
        yield words.steps.format(_written(question.validation.step, tongue))
    if question.input is InputKind.MULTIPLE_CHOICE and (span := _count(question, kept)):
        yield _counted(span, words.answers, tongue)
    if question.input in _TYPED:
        yield from _limits_of_text(question, kept, tongue)
    values = () if kept is None else (kept.names or kept.values)
    if values and question.input in _TYPED | NUMERIC:
        named = [
            _written(one, tongue) if isinstance(one, int | float) else str(one)
            for one in values[:_WORDS]
        ]
        # Where numbers have a comma inside, another one between them would not be told from it.
        between = "; " if any("," in one for one in named) else ", "
        yield between.join([*named, "…"] if len(values) > _WORDS else named)


def _limits_of_text(question: Question, kept: Variable | None, tongue: Tongue) -> Iterator[str]:
    words = LIMITS[tongue.language]
    text = kept if kept is not None and kept.type in {"string", "enum"} else None
    validation = question.validation
    span = Span(validation.min_length, validation.max_length)
    if text is not None:
        span = span.within(text.min_length, text.max_length)
    if span and (span.most is not None or span.least != 0):
        yield _counted(span, words.characters, tongue)
    if validation.pattern is not None or (text is not None and text.pattern):
        yield words.pattern


def _range(question: Question, kept: Variable | None) -> Span:
    """Between which numbers, or days, an answer lies."""
    validation = question.validation
    if question.input is InputKind.DATE:
        span = Span(validation.earliest, validation.latest)
        if kept is None or kept.type != "date":
            return span
        return span.within(_day(kept.minimum), _day(kept.maximum))
    numeric = question.input in NUMERIC
    typed = question.input is InputKind.TEXT and kept is not None and kept.type in _NUMBERS
    if not numeric and not typed:
        return Span()
    span = Span(*range_of(question)) if numeric else Span()
    if kept is None:
        return span
    if kept.type == "uint":
        span = span.within(0.0, None)
    return span.within(_number(kept.minimum), _number(kept.maximum))


def _count(question: Question, kept: Variable | None) -> Span:
    """How many answers are chosen."""
    span = Span(question.validation.minimum, question.validation.maximum)
    if kept is None or kept.type != "list":
        return span
    return span.within(kept.min_length, kept.max_length)


def _number(limit: float | str | None) -> float | None:
    return None if isinstance(limit, str) else limit


def _day(limit: float | str | None) -> str | None:
    try:
        return None if limit is None else str(held_by(Variable("", "date"), limit))
    except EvaluationError:
        return None


def _counted(span: Span, units: Units, tongue: Tongue) -> str:
    one = span.most if span.most is not None else span.least
    return f"{_between(span, tongue)} {units.one if one == 1 else units.many}"


def _between(span: Span, tongue: Tongue) -> str:
    if span.least is None:
        return f"≤ {_shown(span.most, tongue)}"
    if span.most is None:
        return f"≥ {_shown(span.least, tongue)}"
    least, most = _shown(span.least, tongue), _shown(span.most, tongue)
    return least if least == most else f"{least} – {most}"


def _shown(limit: float | str | None, tongue: Tongue) -> str:
    if isinstance(limit, str):
        return date.fromisoformat(limit).strftime(_DAYS[tongue.language])
    return _written(limit or 0, tongue)


def _written(number: float, tongue: Tongue) -> str:
    """A number as it is understood in that language.

    It is not written in groups: where the user lives, the same sign may be that of decimals.
    """
    exact = Decimal(repr(number))
    for locale in (tongue.locale, tongue.language):
        text = _formatted(exact, locale)
        # What may be a thousand somewhere is none with a fourth digit behind it.
        for told in (text, f"{text}0") if exact % 1 else (text,):
            if told and understood_number_in(told, tongue.locale).value == number:
                return told
    return f"{exact:f}"


def _formatted(exact: Decimal, locale: str) -> str:
    """``""`` if nothing is known of how numbers are written there."""
    try:
        known = Locale.parse(locale, sep="-" if "-" in locale else "_")
    except (ValueError, UnknownLocaleError):
        return ""
    return format_decimal(exact, locale=known, decimal_quantization=False, group_separator=False)
