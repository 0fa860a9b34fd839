"""What is said to an answer that will not do where the author says nothing, with the limits."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Final

from statewright.compiler.lowering.answers import NUMERIC, range_of
from statewright.compiler.lowering.phrases import LANGUAGES, RETRY
from statewright.flows.model import Variable
from statewright.flows.nodes import InputKind, Question, Store

Limit = float | str | None
"""A number, or a day, ``2026-12-31``; None is no limit."""

_DAYS: Final[Mapping[str, str]] = MappingProxyType(
    {
        **dict.fromkeys(LANGUAGES, "%d/%m/%Y"),
        "en": "%Y-%m-%d",
        "de": "%d.%m.%Y",
        "nl": "%d-%m-%Y",
    }
)
"""How a day is written, by language; as in the examples of the phrases."""


def complaints(question: Question, variable: Variable | None) -> tuple[str, ...]:
    """The same in all ``LANGUAGES``: what is wanted, and between which limits.

    Args:
        question: what was asked.
        variable: what is declared of the place where the answer goes, if anything is.
    """
    phrases = RETRY[question.input]
    least, most = _limits(question, variable)
    if least is None and most is None:
        return phrases
    return tuple(
        f"{phrase.removesuffix('.')} ({_between(least, most, language)})."
        for language, phrase in zip(LANGUAGES, phrases, strict=True)
    )


def _limits(question: Question, variable: Variable | None) -> tuple[Limit, Limit]:
    validation = question.validation
    if question.input is InputKind.DATE:
        return validation.earliest, validation.latest
    if question.input not in NUMERIC:
        return None, None
    least, most = range_of(question)
    if variable is None or question.store is Store.CHOICE:
        return least, most
    return _closer(max, least, variable.minimum), _closer(min, most, variable.maximum)


def _closer(
    choose: Callable[[list[float]], float], own: float | None, other: object
) -> float | None:
    """Of the limits of a question and of its variable, that which is met first."""
    given = [float(one) for one in (own, other) if isinstance(one, int | float)]
    return choose(given) if given else None


def _between(least: Limit, most: Limit, language: str) -> str:
    if least is None:
        return f"≤ {_written(most, language)}"
    if most is None:
        return f"≥ {_written(least, language)}"
    return f"{_written(least, language)} – {_written(most, language)}"


def _written(limit: Limit, language: str) -> str:
    if isinstance(limit, str):
        return date.fromisoformat(limit).strftime(_DAYS[language])
    number = float(limit or 0)
    text = str(int(number)) if number.is_integer() else repr(number)
    return text if language == "en" else text.replace(".", ",")
