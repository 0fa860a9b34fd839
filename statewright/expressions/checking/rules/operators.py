"""Operators, conditions, and lists and maps that are written out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from statewright.expressions.checking.judgement import KEYS, UNKNOWN, Judgement
from statewright.expressions.checking.rules.likeness import (
    check_equality,
    check_membership,
    check_order,
)
from statewright.expressions.checking.unification import Resolution, joined
from statewright.expressions.syntax import (
    Arithmetic,
    Comparison,
    Conditional,
    ListLiteral,
    Literal,
    Logic,
    MapLiteral,
    Node,
    Unary,
)
from statewright.expressions.types import (
    BOOL,
    BYTES,
    DOUBLE,
    DYN,
    ERROR,
    INT,
    NULL,
    STRING,
    UINT,
    CelType,
    list_of,
    map_of,
)
from statewright.expressions.values import Uint


def literal(_: Judgement, node: Literal) -> CelType:
    """A value that is written out."""
    return _LITERAL_TYPES[type(node.value)]


def unary(judgement: Judgement, node: Unary) -> CelType:
    """``!operand`` and ``-operand``."""
    found = judgement.type_of(node.operand)
    if node.operator == "-":
        return judgement.applied("-_", [found], [node.operand], node)
    judgement.expect_bool(found, node.operand, "what `!` negates")
    return BOOL


def logic(judgement: Judgement, node: Logic) -> CelType:
    """``&&``, where what stands left of it is true, and ``||``, where that is false."""
    what = f"an operand of `{node.operator}`"
    truth = node.operator == "&&"
    assumed = []
    for operand in node.operands:
        judgement.expect_bool(judgement.type_of(operand), operand, what)
        assumed += judgement.assume(operand, truth=truth)
    judgement.forget(assumed)
    return BOOL


def comparison(judgement: Judgement, node: Comparison) -> CelType:
    """``== != < <= > >= in``."""
    left, right = judgement.type_of(node.left), judgement.type_of(node.right)
    symbol = node.operator
    if symbol in ("==", "!="):
        check_equality(judgement, left, right, node)
    elif symbol == "in":
        check_membership(judgement, left, right, node)
    else:
        check_order(judgement, left, right, node)
        return judgement.applied(f"_{symbol}_", [left, right], [node.left, node.right], node)
    return BOOL


def arithmetic(judgement: Judgement, node: Arithmetic) -> CelType:
    """A chain of ``+ -`` or of ``* / %``."""
    types = list(map(judgement.type_of, node.operands))
    result = types[0]
    done: Node | None = node.operands[0]
    resolutions: list[Resolution] = []
    for symbol, found, operand in zip(node.operators, types[1:], node.operands[1:], strict=True):
        result = judgement.applied(f"_{symbol}_", [result, found], [done, operand], node)
        if result is ERROR:
            break
        resolutions += judgement.calls[id(node)]
        done = None
    judgement.calls[id(node)] = tuple(resolutions)
    return result


def conditional(judgement: Judgement, node: Conditional) -> CelType:
    """``condition ? then : otherwise``."""
    judgement.expect_bool(judgement.type_of(node.condition), node.condition, "a condition")
    assumed = judgement.assume(node.condition, truth=True)
    then = judgement.type_of(node.then)
    judgement.forget(assumed)
    assumed = judgement.assume(node.condition, truth=False)
    otherwise = judgement.type_of(node.otherwise)
    judgement.forget(assumed)
    return _joined(judgement, [then, otherwise], node, "the two outcomes")


def _joined(judgement: Judgement, types: list[CelType], node: Node, what: str) -> CelType:
    whole = joined(types)
    if judgement.environment.strict and whole is DYN and DYN not in types:
        names = ", ".join(dict.fromkeys(f"`{one}`" for one in types))
        judgement.mismatch(f"{what} are of different types: {names}", node)
    return whole


def list_literal(judgement: Judgement, node: ListLiteral) -> CelType:
    """``[a, ?b]``."""
    types = list(map(judgement.type_of, node.items))
    for place in node.optional:
        types[place] = judgement.opened(types[place], node.items[place], "`?`")
    return list_of(_joined(judgement, types, node, "the elements"))


def map_literal(judgement: Judgement, node: MapLiteral) -> CelType:
    """``{a: b, ?c: d}``."""
    keys: list[CelType] = []
    values: list[CelType] = []
    for place, (key, value) in enumerate(node.entries):
        found = judgement.type_of(key)
        own = found.parameters[0] if found.name == "nullable" else found
        if own.name not in KEYS and own.name not in UNKNOWN:
            judgement.mismatch(f"`{found}` cannot be the type of a key", key)
            own = DYN
        keys.append(own)
        found = judgement.type_of(value)
        if place in node.optional:
            found = judgement.opened(found, value, "`?`")
        values.append(found)
    key_type = _joined(judgement, keys, node, "the keys")
    return map_of(key_type, _joined(judgement, values, node, "the values"))


_LITERAL_TYPES: Final[Mapping[type, CelType]] = {
    type(None): NULL,
    bool: BOOL,
    int: INT,
    Uint: UINT,
    float: DOUBLE,
    str: STRING,
    bytes: BYTES,
}
