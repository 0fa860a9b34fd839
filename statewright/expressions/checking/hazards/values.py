"""Names that may have no value, and keys, fields and indices that may not be there."""

from __future__ import annotations

from typing import Final

from statewright.expressions.checking.facts import Fact
from statewright.expressions.checking.hazards.ranges import Range
from statewright.expressions.checking.hazards.survey import Survey
from statewright.expressions.environment import Meaning, NameKind
from statewright.expressions.failures import FailureKind
from statewright.expressions.syntax import Has, Index, Literal, MapLiteral, Name, Node, Select
from statewright.expressions.types import CelType

KEYS: Final = frozenset(("bool", "int", "uint", "double", "string", "never"))
"""The names of types whose values can be looked for among the keys of a map."""


_WITH_FIELDS: Final = ("map", "object", "optional_type")


def literal(survey: Survey, node: Literal) -> Range | None:
    """A value that is written out."""
    value = node.value
    if survey.types[id(node)].name in ("int", "uint"):
        return int(value), int(value)
    return None


def name(survey: Survey, node: Name) -> Range | None:
    """A variable that may have no value."""
    _look_at_meaning(survey, node, survey.places.names.get(id(node)))
    return survey.range_of(node)


def _look_at_meaning(survey: Survey, node: Node, meaning: Meaning | None) -> None:
    if meaning is None:
        reason = f"{survey.shown(node)} is not declared"
        survey.report(FailureKind.ABSENT, reason, node)
    elif meaning.kind is NameKind.VARIABLE and meaning.name in survey.environment.unset:
        mirror = survey.environment.mirror
        if Fact("key", (mirror,), meaning.name) not in survey.facts:
            hint = f"test it first: `has({mirror}.{meaning.name})`" if mirror else ""
            survey.report(FailureKind.ABSENT, f"`{meaning.name}` may have no value", node, hint)


def select(survey: Survey, node: Select) -> Range | None:
    """``operand.field`` and ``operand.?field``."""
    meaning = survey.places.names.get(id(node))
    if meaning is not None:
        _look_at_meaning(survey, node, meaning)
        return survey.range_of(node)
    survey.look(node.operand)
    _look_at_field(survey, node.operand, node.field, node, needed=not node.optional)
    return survey.range_of(node)


def has(survey: Survey, node: Has) -> Range | None:
    """``has(operand.field)``."""
    survey.look(node.operand)
    _look_at_field(survey, node.operand, node.field, node, needed=False)
    return None


def _look_at_field(survey: Survey, operand: Node, field: str, node: Node, *, needed: bool) -> None:
    """A field of a value, which has to be there if it is ``needed``."""
    found = survey.expect(operand, "map", _WITH_FIELDS)
    if found.name == "optional_type":
        _look_inside(survey, found, operand)
    elif needed and not _is_there(survey, found, operand, field):
        text = survey.quoted(operand)
        tested = f"has({text}.{field})" if field.isidentifier() else f"'{field}' in {text}"
        reason = f"{survey.shown(operand)} may lack `{field}`"
        survey.report(FailureKind.KEY, reason, node, f"test it first: `{tested}`")


def _look_inside(survey: Survey, found: CelType, operand: Node) -> None:
    """What is in an optional has to be a map, too."""
    inner = found.parameters[0]
    if inner.name == "dyn":
        reason = f"what {survey.shown(operand)} holds may be of another type than map"
        survey.report(FailureKind.TYPE, reason, operand)
    elif inner.name in ("nullable", "null_type"):
        reason = f"what {survey.shown(operand)} holds may be null"
        survey.report(FailureKind.NULL, reason, operand)


def _is_there(survey: Survey, found: CelType, operand: Node, key: str | int) -> bool:
    if isinstance(operand, MapLiteral):
        return _is_written(operand, key)
    place = survey.places.of(operand)
    if place is not None and Fact("key", place, key) in survey.facts:
        return True
    environment = survey.environment
    if place == (environment.mirror,) and key in environment.mirrored:
        return key not in environment.unset
    return key in found.by_field and key not in found.optional


def _is_written(node: MapLiteral, key: str | int) -> bool:
    return any(
        isinstance(own, Literal) and type(own.value) is type(key) and own.value == key
        for place, (own, _) in enumerate(node.entries)
        if place not in node.optional
    )


def index(survey: Survey, node: Index) -> Range | None:
    """``operand[index]`` and ``operand[?index]``."""
    survey.look(node.operand)
    at = survey.look(node.index)
    found = survey.expect(node.operand, "map or list", (*_WITH_FIELDS, "list"))
    if found.name == "optional_type":
        _look_inside(survey, found, node.operand)
        found = found.parameters[0]
    if found.name == "list":
        _look_at_place(survey, node, at)
    else:
        _look_at_key(survey, node, found)
    return survey.range_of(node)


def _look_at_place(survey: Survey, node: Index, at: Range | None) -> None:
    """The index of a list."""
    own = survey.expect(node.index, "int", ("int", "uint", "double"))
    if own.name == "double":
        reason = f"{survey.shown(node.index)} may be no whole number"
        survey.report(FailureKind.TYPE, reason, node.index)
    if _gives_optional(survey, node) or (at is not None and _is_inside(survey, node, at)):
        return
    reason = f"{survey.shown(node.operand)} may have no element at {survey.shown(node.index)}"
    hint = f"test it first: `size({survey.quoted(node.operand)}) > …`"
    survey.report(FailureKind.INDEX, reason, node, hint)


def _is_inside(survey: Survey, node: Index, at: Range) -> bool:
    if at[0] < 0:
        return False
    if at[1] < survey.least_size(node.operand, "list"):
        return True
    place, container = survey.places.of(node.index), survey.places.of(node.operand)
    return place is not None and Fact("index", place, container) in survey.facts


def _look_at_key(survey: Survey, node: Index, found: CelType) -> None:
    """The key of a map, of an object, or of what may be anything."""
    own = survey.type_of(node.index)
    if own.name not in KEYS:
        survey.expect(node.index, "text or number", KEYS)
    if _gives_optional(survey, node) or _has_key(survey, node, found):
        return
    text = survey.quoted(node.operand)
    key = survey.quoted(node.index)
    reason = f"{survey.shown(node.operand)} may lack {survey.shown(node.index)}"
    survey.report(FailureKind.KEY, reason, node, f"test it first: `{key} in {text}`")
    if found.name == "dyn" and own.name != "string":
        survey.report(FailureKind.INDEX, reason, node, f"test it first: `size({text}) > …`")


def _has_key(survey: Survey, node: Index, found: CelType) -> bool:
    if isinstance(node.index, Literal):
        key = node.index.value
        # A text in a list is no index of it; but neither has a list texts for indices.
        if type(key) is str or (type(key) is int and found.name == "map"):
            return _is_there(survey, found, node.operand, key)
        return False
    place, container = survey.places.of(node.index), survey.places.of(node.operand)
    known = place is not None and container is not None and found.name in ("map", "object")
    return known and Fact("key", container or (), place) in survey.facts


def _gives_optional(survey: Survey, node: Index) -> bool:
    return node.optional or survey.type_of(node.operand).name == "optional_type"
