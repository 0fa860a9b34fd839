"""Syntax trees of every sort for property tests, and what they are but for their places."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from msgspec import Struct
from msgspec.structs import fields

from statewright.expressions import Uint
from statewright.expressions.parsing.grammar import MACROS
from statewright.expressions.syntax import (
    Arithmetic,
    Call,
    Comparison,
    Conditional,
    Has,
    Index,
    ListLiteral,
    Literal,
    Logic,
    Macro,
    MapLiteral,
    Name,
    Node,
    Select,
    Unary,
)

Trees = st.SearchStrategy[Node]

PLACES = ("start", "end", "position", "positions")


def shape(part: Any) -> Any:
    """A tree without its places; values with their types, NaN and zeros told apart."""
    if isinstance(part, tuple):
        return tuple(map(shape, part))
    if isinstance(part, Struct):
        names = [field.name for field in fields(part) if field.name not in PLACES]
        return type(part).__name__, *(shape(getattr(part, name)) for name in names)
    return type(part).__name__, repr(part)


NAMES = st.sampled_from(["a", "b", "x", "_y", "has", "cel", "math", "int", "e5", "u", "r", "b1"])
FIELDS = st.sampled_from(
    ["a", "size", "for", "in", "true", "null", "a-b", "1", "a b", "x.y", "/", "u", "e1", "has"]
)
TEXTS = st.text(st.characters(exclude_categories=["Cs"])) | st.text(
    "'\"\\\n\r\t\0\u202e\u200d`rx%{}"
)
VALUES = st.one_of(
    st.sampled_from([None, True, False, 0, 1, -1, 2**63 - 1, -(2**63)]),
    st.integers(-(2**63), 2**63 - 1),
    st.integers(0, 2**64 - 1).map(Uint),
    st.floats(allow_nan=False, allow_infinity=False),
    TEXTS,
    st.binary(max_size=20),
    st.sampled_from([b"'\"\\", b"\xff\n"]),
)


def _places(items: list[Any], optional: set[int]) -> frozenset[int]:
    return frozenset(place for place in optional if place < len(items))


def _macro(chosen: tuple[str, int], names: list[str], parts: list[Node]) -> Node:
    (macro, count), variables = chosen, MACROS[chosen]
    return Macro(
        macro, parts[0], tuple(names[:variables]), tuple(parts[1:][: count - variables]), 0, 0, 0
    )


def _is_call(call: Call) -> bool:
    """Whether it is no macro."""
    target, count = call.target, len(call.arguments)
    if target is None:
        return call.function != "has"
    is_bind = isinstance(target, Name) and target.name == "cel" and call.function == "bind"
    return (call.function, count) not in MACROS and not (is_bind and count == 3)


def _calculation(operators: list[str], operands: list[Node]) -> Node:
    count = len(operators)
    return Arithmetic(tuple(operands[: count + 1]), tuple(operators), (0,) * count, 0, 0)


def _larger(part: Trees) -> Trees:
    flags = st.booleans()
    few = st.lists(part, max_size=3)
    many = st.lists(part, min_size=4, max_size=4)
    places = st.sets(st.integers(0, 2))
    names = st.lists(NAMES, min_size=2, max_size=2, unique=True)
    functions = st.sampled_from(["size", "f", "map", "all", "bind", "in_", "exists"])
    return st.one_of(
        st.builds(lambda o, f, q: Select(o, f, 0, 0, q), part, FIELDS, flags),
        st.builds(lambda o, f, q: Has(o, f, 0, 0, q), part, FIELDS, flags),
        st.builds(lambda o, i, q: Index(o, i, 0, 0, q), part, part, flags),
        st.builds(
            lambda f, t, a: Call(f, t, tuple(a), 0, 0, 0), functions, st.none() | part, few
        ).filter(_is_call),
        st.builds(lambda o, p: Unary(o, p, 0, 0), st.sampled_from("!-"), part),
        st.builds(
            lambda o, p: Logic(o, tuple(p), 0, 0),
            st.sampled_from(["&&", "||"]),
            st.lists(part, min_size=2, max_size=4),
        ),
        st.builds(
            lambda o, p, q: Comparison(o, p, q, 0, 0, 0),
            st.sampled_from(["==", "!=", "<", "<=", ">", ">=", "in"]),
            part,
            part,
        ),
        st.builds(_calculation, st.lists(st.sampled_from("+-"), min_size=1, max_size=3), many),
        st.builds(_calculation, st.lists(st.sampled_from("*/%"), min_size=1, max_size=3), many),
        st.builds(lambda c, t, o: Conditional(c, t, o, 0, 0), part, part, part),
        st.builds(lambda i, p: ListLiteral(tuple(i), 0, 0, _places(i, p)), few, places),
        st.builds(
            lambda e, p: MapLiteral(tuple(e), 0, 0, _places(e, p)),
            st.lists(st.tuples(part, part), max_size=3),
            places,
        ),
        st.builds(_macro, st.sampled_from(sorted(MACROS)), names, many),
        st.builds(lambda n, p, q: Macro("cel.bind", p, (n,), (q,), 0, 0, 0), NAMES, part, part),
    )


def trees() -> Trees:
    """Trees of which each has a text."""
    leaves = st.builds(lambda value: Literal(value, 0, 0), VALUES) | st.builds(
        lambda name, absolute: Name(name, 0, 0, absolute), NAMES, st.booleans()
    )
    return st.recursive(leaves, _larger, max_leaves=12)
