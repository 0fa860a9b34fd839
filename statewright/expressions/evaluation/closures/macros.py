"""The macros that walk through lists and maps, and those that name a value.

A list is walked through in its order, a map in the order of its keys. ``all`` and ``exists``
absorb errors as ``&&`` and ``||`` do. Every round is paid for by the meter.

What a round is about stands in one slot of the frame: the element or key, or for a macro with two
variables a pair of index and element, or of key and value.

Source: https://github.com/google/cel-spec/blob/master/doc/langdef.md#macros and cel-go's
``ext/comprehensions.go``, ``cel/library.go``, ``ext/lists.go``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from statewright.errors import EvaluationError
from statewright.expressions.evaluation.closures.frame import Closure, Frame, locate
from statewright.expressions.evaluation.closures.literals import new_key
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

_UNSET: Final = object()


@dataclass(frozen=True, slots=True)
class _Failure:
    """What a variable holds whose value is an error."""

    error: EvaluationError


Rounds = Callable[[Frame], Iterable[Any]]
"""What the rounds of a walk are about, in order."""

Builder = Callable[[Rounds, int, Sequence[Closure], int], Closure]
"""Makes a closure from the rounds, their slot, the arguments and the position of the macro."""


def rounds_of(subject: Closure, name: str, position: int, *, pairs: bool, cost: int) -> Rounds:
    """One round per element or key of the subject, or per pair of index or key and value.

    ``cost`` is what a round costs.
    """

    def walk(frame: Frame) -> Iterable[Any]:
        value = subject(frame)
        own = kind(value)
        if own is list:
            spend(frame, cost * (len(value) + 1))
            return enumerate(value) if pairs else value
        if own is dict:
            spend(frame, cost * (len(value) + 1))
            keys = sorted_keys(value)
            if pairs:
                return [(value_from_key(key), value[key]) for key in keys]
            return [value_from_key(key) for key in keys]
        error = no_overload(name, value)
        error.position = position
        raise error

    return walk


def _quantifier(*, stop: bool) -> Builder:
    """``all`` (``stop`` is false: one false round decides) or ``exists``."""

    def build(rounds: Rounds, slot: int, arguments: Sequence[Closure], position: int) -> Closure:
        (predicate,) = arguments

        def run(frame: Frame) -> Any:
            failure: EvaluationError | None = None
            subjects = rounds(frame)
            for frame[slot] in subjects:
                try:
                    value = predicate(frame)
                except EvaluationError as error:
                    failure = failure or error
                    continue
                if value is stop:
                    return stop
                if type(value) is not bool:
                    failure = failure or _not_bool(value, position)
            if failure is not None:
                raise failure
            return not stop

        return run

    return build


def _not_bool(value: object, position: int) -> EvaluationError:
    error = no_overload("a condition", value)
    error.position = position
    return error


def _holds(predicate: Closure, frame: Frame, position: int) -> bool:
    value = predicate(frame)
    if type(value) is bool:
        return value
    raise _not_bool(value, position)


def _exists_one(rounds: Rounds, slot: int, arguments: Sequence[Closure], position: int) -> Closure:
    (predicate,) = arguments

    def run(frame: Frame) -> bool:
        count = 0
        subjects = rounds(frame)
        for frame[slot] in subjects:
            count += _holds(predicate, frame, position)
        return count == 1

    return run


def _filter(rounds: Rounds, slot: int, arguments: Sequence[Closure], position: int) -> Closure:
    (predicate,) = arguments

    def run(frame: Frame) -> list[Any]:
        kept: list[Any] = []
        subjects = rounds(frame)
        for frame[slot] in subjects:
            if _holds(predicate, frame, position):
                kept.append(frame[slot])
        return kept

    return run


def _map(rounds: Rounds, slot: int, arguments: Sequence[Closure], position: int) -> Closure:
    *conditions, transform = arguments

    def run(frame: Frame) -> list[Any]:
        results: list[Any] = []
        subjects = rounds(frame)
        for frame[slot] in subjects:
            if not conditions or _holds(conditions[0], frame, position):
                results.append(transform(frame))
        return results

    return run


def _transform_map(
    rounds: Rounds, slot: int, arguments: Sequence[Closure], position: int
) -> Closure:
    *conditions, transform = arguments

    def run(frame: Frame) -> dict[Any, Any]:
        result: dict[Any, Any] = {}
        subjects = rounds(frame)
        for frame[slot] in subjects:
            if not conditions or _holds(conditions[0], frame, position):
                key = new_key(result, frame[slot][0], position)
                result[key] = transform(frame)
        return result

    return run


def _transform_entry(
    rounds: Rounds, slot: int, arguments: Sequence[Closure], position: int
) -> Closure:
    *conditions, transform = arguments

    def run(frame: Frame) -> dict[Any, Any]:
        result: dict[Any, Any] = {}
        subjects = rounds(frame)
        for frame[slot] in subjects:
            if conditions and not _holds(conditions[0], frame, position):
                continue
            entries = transform(frame)
            if kind(entries) is not dict:
                error = no_overload("transformMapEntry", entries)
                error.position = position
                raise error
            for key, value in entries.items():
                result[new_key(result, value_from_key(key), position)] = value
        return result

    return run


def _sort_by(rounds: Rounds, slot: int, arguments: Sequence[Closure], position: int) -> Closure:
    (key_of,) = arguments

    def run(frame: Frame) -> list[Any]:
        elements: list[Any] = []
        keys: list[Any] = []
        subjects = rounds(frame)
        for frame[slot] in subjects:
            elements.append(frame[slot])
            keys.append(key_of(frame))
        try:
            return sorted_by(elements, keys)
        except EvaluationError as error:
            locate(error, position)
            raise

    return run


WALKS: Final[Mapping[str, Builder]] = {
    "all": _quantifier(stop=False),
    "exists": _quantifier(stop=True),
    "exists_one": _exists_one,
    "existsOne": _exists_one,
    "filter": _filter,
    "map": _map,
    "sortBy": _sort_by,
    "transformList": _map,
    "transformMap": _transform_map,
    "transformMapEntry": _transform_entry,
}
"""The macros that walk through a list or map."""


def binding(slot: int, body: Closure) -> Closure:
    """``cel.bind(name, value, body)``; the value is evaluated by ``bound`` when it is needed."""

    def run(frame: Frame) -> Any:
        frame[slot] = _UNSET
        return body(frame)

    return run


def bound(slot: int, value: Closure) -> Closure:
    """The variable of ``cel.bind``: evaluated at most once, and only if it is used."""

    def run(frame: Frame) -> Any:
        found = frame[slot]
        if found is _UNSET:
            try:
                found = value(frame)
            except EvaluationError as error:
                found = _Failure(error)
            frame[slot] = found
        if type(found) is _Failure:
            raise found.error
        return found

    return run


def opened(maybe: Closure, slot: int, body: Closure, name: str, position: int) -> Closure:
    """``maybe.optMap(name, body)``; ``optFlatMap``, whose body is an optional itself."""
    flat = name == "optFlatMap"

    def run(frame: Frame) -> Maybe:
        value = maybe(frame)
        if type(value) is not Maybe:
            error = no_overload(name, value)
            error.position = position
            raise error
        if not value.present:
            return NOTHING
        frame[slot] = value.value
        result = body(frame)
        if not flat:
            return Maybe(True, result)
        if type(result) is not Maybe:
            error = no_overload(name, value, result)
            error.position = position
            raise error
        return result

    return run
