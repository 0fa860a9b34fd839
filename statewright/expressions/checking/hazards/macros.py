"""Macros: what is known of their variables, and how long they may take."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from msgspec.structs import replace

from statewright.expressions.checking.facts import Fact, Place, implied
from statewright.expressions.checking.hazards.ranges import Range
from statewright.expressions.checking.hazards.survey import Survey
from statewright.expressions.failures import FailureKind
from statewright.expressions.syntax import ListLiteral, Macro, MapLiteral, Node

_ORDERED: Final = ("bool", "int", "uint", "double", "string", "bytes", "timestamp", "duration")
_CHARACTERS_PER_STEP: Final = 8
_STEPS: Final = 100_000
"""Walks of a known length may take so many steps together: a tenth of the usual budget."""


def macro(survey: Survey, node: Macro) -> Range | None:
    """A call that gives names to values."""
    subject = survey.look(node.subject)
    rounds, outer = survey.rounds, survey.places
    known = _ENTRANCES.get(node.macro, _enter_walk)(survey, node, subject)
    if known is None:
        return None
    for fact in known:
        survey.facts.add(fact)
    conditions = len(node.arguments) - (node.macro not in _PREDICATES)
    result = None
    for place, argument in enumerate(node.arguments):
        result = survey.look(argument)
        if place < conditions:
            survey.expect_bool(argument)
            for fact in implied(argument, survey.places, truth=True):
                known.append(fact)
                survey.facts.add(fact)
    _look_at_result(survey, node)
    for fact in known:
        survey.facts.remove(fact)
    survey.rounds, survey.places = rounds, outer
    return result if node.macro == "cel.bind" else None


def _enter_binding(survey: Survey, node: Macro, subject: Range | None) -> list[Fact]:
    (name,) = node.variables
    bound = survey.places.of(node.subject) or _fresh(survey, name)
    _let(survey, {name: bound})
    return [] if subject is None else _bounds(bound, subject)


def _enter_optional(survey: Survey, node: Macro, _: Range | None) -> list[Fact]:
    survey.expect(node.subject, "optional", ("optional_type",))
    (name,) = node.variables
    _let(survey, {name: _fresh(survey, name)})
    return []


def _enter_walk(survey: Survey, node: Macro, _: Range | None) -> list[Fact] | None:
    """What holds in each round; None where there are none."""
    survey.expect(node.subject, "list or map", ("list", "map", "object"))
    if isinstance(node.subject, ListLiteral) and not node.subject.items:
        return None
    _look_at_cost(survey, node)
    places = [_fresh(survey, name) for name in node.variables]
    known = list(_of_rounds(survey, node, places))
    _let(survey, dict(zip(node.variables, places, strict=True)))
    return known


def _let(survey: Survey, aliases: Mapping[str, Place]) -> None:
    """Let names stand for places."""
    outer = survey.places
    survey.places = replace(outer, aliases={**outer.aliases, **aliases})


def _look_at_result(survey: Survey, node: Macro) -> None:
    body = node.arguments[-1]
    if node.macro == "optFlatMap":
        survey.expect(body, "optional", ("optional_type",))
    elif node.macro == "sortBy":
        found = survey.expect(body, "what has an order", _ORDERED)
        if found.name == "double":
            reason = f"{survey.shown(body)} may be NaN, which has no order"
            survey.report(FailureKind.ARGUMENT, reason, body)
    elif node.macro == "transformMapEntry":
        survey.expect(body, "map", ("map", "object"))
        if not _is_key_of_round(node):
            reason = f"{survey.shown(body)} may give a key twice"
            survey.report(FailureKind.DUPLICATE, reason, body)


def _is_key_of_round(node: Macro) -> bool:
    """Whether each round gives one entry, under the key or index that the round is about."""
    body = node.arguments[-1]
    if not isinstance(body, MapLiteral) or len(body.entries) != 1:
        return False
    key = body.entries[0][0]
    return getattr(key, "name", None) == node.variables[0]


def _look_at_cost(survey: Survey, node: Macro) -> None:
    """Rounds are paid for; how many there are is known of a list that is written out."""
    if not isinstance(node.subject, ListLiteral):
        reason = f"{survey.shown(node.subject)} may be too long to be walked through"
        survey.report(FailureKind.BUDGET, reason, node.subject)
        return
    length = len(node.subject.items) + 1
    survey.steps += survey.rounds * length * (1 + (node.end - node.start) // _CHARACTERS_PER_STEP)
    survey.rounds *= length
    if survey.steps > _STEPS:
        reason = "macros inside of macros take too many rounds"
        survey.report(FailureKind.BUDGET, reason, node)


# What is known of the variables


def _fresh(survey: Survey, name: str) -> Place:
    survey.variables += 1
    return (f"{name}@{survey.variables}",)


def _bounds(place: Place, known: Range) -> list[Fact]:
    return [Fact("least", place, known[0]), Fact("most", place, known[1])]


def _of_rounds(survey: Survey, node: Macro, places: list[Place]) -> Iterator[Fact]:
    """What holds in every round."""
    subject = survey.type_of(node.subject)
    container = survey.places.of(node.subject)
    first = places[0]
    if subject.name == "list" and len(places) == 2:
        yield Fact("least", first, 0)
        if container is not None:
            yield Fact("index", first, container)
    elif subject.name in ("map", "object") and container is not None:
        yield Fact("key", container, first)
    if len(places) == 1:
        yield from _of_filters(survey, node.subject, first)


def _of_filters(survey: Survey, subject: Node, place: Place) -> Iterator[Fact]:
    """What holds of the elements that a filter lets through."""
    while isinstance(subject, Macro) and subject.macro in ("filter", "sortBy"):
        if subject.macro == "filter":
            aliases = {**survey.places.aliases, subject.variables[0]: place}
            inner = replace(survey.places, aliases=aliases, implications={})
            yield from implied(subject.arguments[0], inner, truth=True)
        subject = subject.subject


_PREDICATES: Final = frozenset(("all", "exists", "exists_one", "existsOne", "filter"))
"""Macros of which every argument is a condition."""

_Entrance = Callable[[Survey, Macro, Range | None], list[Fact] | None]

_ENTRANCES: Final[Mapping[str, _Entrance]] = {
    "cel.bind": _enter_binding,
    "optMap": _enter_optional,
    "optFlatMap": _enter_optional,
}
"""Macros that walk through nothing: what is done with their variable."""
