"""The macros of CEL, for expressions that were written down as Python.

A macro is given its *rounds* and what is done in each: a function of a value per variable.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from statewright.compiler.targets.python.runtime.exact import (
    Frame,
    Later,
    new_key,
    optional,
    truth,
)
from statewright.errors import EvaluationError
from statewright.expressions.functions.lists import sorted_by
from statewright.expressions.meter import spend
from statewright.expressions.values import (
    NOTHING,
    Maybe,
    kind,
    no_overload,
    sorted_keys,
    value_from_key,
)

Rounds = Iterable[tuple[Any, ...]]
"""What the rounds of a walk are about, in order: a value per variable."""


def elements(frame: Frame, name: str, cost: int, value: Any) -> Rounds:
    """The elements of a list, or the keys of a map in their order; ``cost`` is that of a round."""
    own = kind(value)
    if own is list:
        spend(frame, cost * (len(value) + 1))
        return ((one,) for one in value)
    if own is dict:
        spend(frame, cost * (len(value) + 1))
        return ((value_from_key(key),) for key in sorted_keys(value))
    raise no_overload(name, value)


def pairs(frame: Frame, name: str, cost: int, value: Any) -> Rounds:
    """Index and element of a list; key and value of a map."""
    own = kind(value)
    if own is list:
        spend(frame, cost * (len(value) + 1))
        return enumerate(value)
    if own is dict:
        spend(frame, cost * (len(value) + 1))
        return ((value_from_key(key), value[key]) for key in sorted_keys(value))
    raise no_overload(name, value)


def holds_always(rounds: Rounds, predicate: Callable[..., Any]) -> bool:
    """``all``: false where one round is, whatever errors there are in others."""
    return _quantified(rounds, predicate, stop=False)


def holds_once(rounds: Rounds, predicate: Callable[..., Any]) -> bool:
    """``exists``: true where one round is, whatever errors there are in others."""
    return _quantified(rounds, predicate, stop=True)


def _quantified(rounds: Rounds, predicate: Callable[..., Any], *, stop: bool) -> bool:
    failure: EvaluationError | None = None
    for one in rounds:
        try:
            value = predicate(*one)
        except EvaluationError as error:
            failure = failure or error
            continue
        if value is stop:
            return bool(stop)
        if type(value) is not bool:
            failure = failure or no_overload("a condition", value)
    if failure is not None:
        raise failure
    return not stop


def holds_exactly_once(rounds: Rounds, predicate: Callable[..., Any]) -> bool:
    """``exists_one``."""
    return sum(_holds(predicate, one) for one in rounds) == 1


def _holds(predicate: Callable[..., Any] | None, one: tuple[Any, ...]) -> bool:
    return predicate is None or truth(predicate(*one), "a condition")


def filtered(rounds: Rounds, predicate: Callable[..., Any]) -> list[Any]:
    """``filter``."""
    return [one[0] for one in rounds if _holds(predicate, one)]


def mapped(
    rounds: Rounds, transform: Callable[..., Any], predicate: Callable[..., Any] | None = None
) -> list[Any]:
    """``map`` and ``transformList``."""
    return [transform(*one) for one in rounds if _holds(predicate, one)]


def mapped_values(
    rounds: Rounds, transform: Callable[..., Any], predicate: Callable[..., Any] | None = None
) -> dict[Any, Any]:
    """``transformMap``."""
    result: dict[Any, Any] = {}
    for one in rounds:
        if _holds(predicate, one):
            key = new_key(result, one[0])
            result[key] = transform(*one)
    return result


def mapped_entries(
    rounds: Rounds, transform: Callable[..., Any], predicate: Callable[..., Any] | None = None
) -> dict[Any, Any]:
    """``transformMapEntry``."""
    result: dict[Any, Any] = {}
    for one in rounds:
        if not _holds(predicate, one):
            continue
        entries = transform(*one)
        if kind(entries) is not dict:
            raise no_overload("transformMapEntry", entries)
        for key, value in entries.items():
            result[new_key(result, value_from_key(key))] = value
    return result


def ordered_by(rounds: Rounds, key_of: Callable[..., Any]) -> list[Any]:
    """``sortBy``."""
    pairs_of = [(one[0], key_of(*one)) for one in rounds]
    return sorted_by([element for element, _ in pairs_of], [key for _, key in pairs_of])


def bind(value: Later, body: Callable[[Later], Any]) -> Any:
    """``cel.bind(name, value, body)``: the value is evaluated once, when it is first needed."""
    found: list[Any] = []

    def read() -> Any:
        if not found:
            try:
                found.append(value())
            except EvaluationError as error:
                found.append(error)
        if isinstance(found[0], EvaluationError):
            raise found[0]
        return found[0]

    return body(read)


def opened(maybe: Any, body: Callable[[Any], Any]) -> Maybe:
    """``maybe.optMap(name, body)``."""
    one = optional("optMap", maybe)
    return Maybe(True, body(one.value)) if one.present else NOTHING


def opened_flat(maybe: Any, body: Callable[[Any], Any]) -> Maybe:
    """``maybe.optFlatMap(name, body)``, whose body is an optional itself."""
    one = optional("optFlatMap", maybe)
    if not one.present:
        return NOTHING
    result = body(one.value)
    if type(result) is not Maybe:
        raise no_overload("optFlatMap", one.value, result)
    return result
