"""Names, and what is selected or indexed from what they stand for."""

from __future__ import annotations

from functools import partial

from statewright.expressions.checking.hints import nearest
from statewright.expressions.checking.judgement import Judgement
from statewright.expressions.checking.problems import ProblemKind
from statewright.expressions.environment import Meaning, NameKind
from statewright.expressions.syntax import Has, Index, Literal, Name, Node, Select, path_of
from statewright.expressions.types import BOOL, INT, STRING, CelType, optional_of


def name(judgement: Judgement, node: Name) -> CelType:
    """A macro variable, a variable or a type."""
    if node.name in judgement.scope and not node.absolute:
        judgement.names[id(node)] = Meaning(NameKind.MACRO_VARIABLE, node.name)
        return judgement.narrowed(judgement.scope[node.name], node)
    meant = judgement.environment.meaning_of_name(node.name, absolute=node.absolute)
    if meant is not None:
        judgement.names[id(node)] = meant[0]
        return judgement.narrowed(meant[1], node)
    hint = partial(nearest, node.name, (*judgement.scope, *judgement.environment.variables))
    reason = f"`{node.name}` is not declared"
    return judgement.report(ProblemKind.UNDEFINED, reason, node, hint)


def select(judgement: Judgement, node: Select) -> CelType:
    """``operand.field`` and ``operand.?field``."""
    whole = _qualified(judgement, node)
    if whole is not None:
        return judgement.narrowed(whole, node)
    found = judgement.type_of(node.operand)
    _demand_known(judgement, found, node.operand)
    if node.optional:
        inside = found.parameters[0] if found.name == "optional_type" else found
        return optional_of(_field(judgement, inside, node.operand, node.field, node))
    return judgement.narrowed(_field(judgement, found, node.operand, node.field, node), node)


def _field(judgement: Judgement, found: CelType, operand: Node, field: str, node: Node) -> CelType:
    """The type of a field; a mirror holds the variables themselves."""
    environment = judgement.environment
    if field in environment.mirrored and isinstance(operand, Name):
        meaning = judgement.names.get(id(operand))
        if meaning == Meaning(NameKind.VARIABLE, environment.mirror):
            return environment.variables.get(field) or judgement.field(found, field, node)
    return judgement.field(found, field, node)


def _qualified(judgement: Judgement, node: Select) -> CelType | None:
    """The type of a variable or type whose name has dots."""
    if not judgement.dotted:
        return None
    path = path_of(node)
    if path is None:
        return None
    root, fields = path
    if root.name in judgement.scope and not root.absolute:
        return None
    whole = ".".join((root.name, *fields))
    meant = judgement.environment.meaning_of_name(whole, absolute=root.absolute)
    if meant is None:
        return None
    judgement.names[id(node)] = meant[0]
    return meant[1]


def has(judgement: Judgement, node: Has) -> CelType:
    """``has(operand.field)``."""
    found = judgement.type_of(node.operand)
    _demand_known(judgement, found, node.operand)
    _field(judgement, found, node.operand, node.field, node)
    return BOOL


def index(judgement: Judgement, node: Index) -> CelType:
    """``operand[index]`` and ``operand[?index]``."""
    found, at = judgement.type_of(node.operand), judgement.type_of(node.index)
    _demand_known(judgement, found, node.operand)
    if judgement.environment.strict and at.name == "dyn":
        wanted = INT if found.name == "list" else None
        judgement.undetermined(node.index, wanted)
    opens = node.optional or found.name == "optional_type"
    inside = found.parameters[0] if found.name == "optional_type" else found
    key = node.index.value if isinstance(node.index, Literal) else None
    if isinstance(key, str) and _has_fields(inside):
        result = _field(judgement, inside, node.operand, key, node)
    else:
        result = judgement.element(inside, at, node, key if isinstance(key, str) else None)
    return optional_of(result) if opens else judgement.narrowed(result, node)


def _has_fields(one: CelType) -> bool:
    return one.name == "object" or (one.name == "map" and one.parameters[0] == STRING)


def _demand_known(judgement: Judgement, found: CelType, operand: Node) -> None:
    if judgement.environment.strict and found.name == "dyn":
        judgement.undetermined(operand)
