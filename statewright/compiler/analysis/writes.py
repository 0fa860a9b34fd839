"""Where variables get their values: every place of a flow that writes one."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from msgspec import Struct

from statewright.compiler.paths import Path, path_from
from statewright.errors import ExpressionError
from statewright.expressions import Expression, Template, parse, parse_template
from statewright.expressions.printing.places import Place
from statewright.flows.model import Flow, Node
from statewright.flows.nodes import (
    Action,
    Approval,
    Client,
    Form,
    Http,
    Llm,
    Operation,
    Question,
    Set,
    Source,
    Split,
    Subflow,
    Value,
)


class Origin(StrEnum):
    """Where the value comes from that is written."""

    FLOW = "flow"
    """The flow says it: a literal, or what an expression makes of other variables."""
    ANSWER = "answer"
    """The user."""
    RESULT = "result"
    """Work that was done elsewhere."""
    LOT = "lot"
    """The arm of a split."""


class Write(Struct, frozen=True):
    """One place that writes a variable.

    Attributes:
        node: id of the node.
        path: what is written.
        source: where that is said.
        origin: where the value comes from.
        operation: how the variable is changed.
        value: what the flow says about the new value, for ``Origin.FLOW``.
        expressions: what the value is made of.
    """

    node: str
    path: Path
    source: Source
    origin: Origin
    operation: Operation = Operation.SET
    value: Value | None = None
    expressions: tuple[Expression, ...] = ()


def writes_of(flow: Flow) -> tuple[Write, ...]:
    """All of them, in the order of the file; those whose path cannot be read are left out."""
    declared = frozenset(variable.name for variable in flow.variables)
    return tuple(write for node in flow.nodes for write in _writes(node, declared))


def related(one: Path, other: Path) -> bool:
    """Whether one of two paths is the other, or a part of it."""
    shorter = min(len(one), len(other))
    return one[:shorter] == other[:shorter]


def plain_path(path: Path) -> Path:
    """A path as it is without ``vars``: ``vars['a b'].c`` is ``a b``, ``c``."""
    return path[1:] if path[0] == "vars" and len(path) > 1 else path


def _writes(node: Node, declared: Container[str]) -> Iterator[Write]:
    find = _KINDS.get(type(node.config))
    for origin, source, operation, value, expressions in find(node.config) if find else ():
        try:
            path = path_from(source, declared)
        except ExpressionError:
            continue
        yield Write(node.id, path, source, origin, operation, value, expressions)


_Row = tuple[Origin, Source, Operation, Value | None, tuple[Expression, ...]]


def _row(
    origin: Origin, source: Source | None, expressions: tuple[Expression, ...] = ()
) -> Iterator[_Row]:
    if source is not None:
        yield origin, source, Operation.SET, None, expressions


def _set(changes: Set) -> Iterator[_Row]:
    for one in changes.assignments:
        expressions = () if one.value is None else tuple(_expressions(one.value.json))
        yield Origin.FLOW, one.variable, one.operation, one.value, expressions


def _question(question: Question | Form) -> Iterator[_Row]:
    return _row(Origin.ANSWER, question.variable)


def _split(split: Split) -> Iterator[_Row]:
    return _row(Origin.LOT, split.variable)


def _saved(config: Action | Approval | Client | Http | Llm | Subflow) -> Iterator[_Row]:
    for variable, mapping in config.save:
        try:
            expressions: tuple[Expression, ...] = (parse(mapping.text),)
        except ExpressionError:
            expressions = ()
        yield from _row(Origin.RESULT, variable, expressions)


_KINDS: Mapping[type, Callable[[Any], Iterator[_Row]]] = MappingProxyType(
    {
        Set: _set,
        Question: _question,
        Form: _question,
        Split: _split,
        **dict.fromkeys((Action, Approval, Client, Http, Llm, Subflow), _saved),
    }
)
"""Kind of node → what it writes."""


def _expressions(value: Any) -> Iterator[Expression]:
    """The expressions in the texts of a JSON value (readers bound its depth)."""
    match value:
        case str():
            form = template_from(value)
            yield from () if form is None else (hole.expression for hole in form.holes)
        case dict():
            for item in value.values():
                yield from _expressions(item)
        case list() | tuple():
            for item in value:
                yield from _expressions(item)
        case _:
            return


def template_from(text: str, place: Place = Place.VALUE) -> Template | None:
    """The template that a text is, or None where it cannot be read."""
    try:
        return parse_template(text, place)
    except ExpressionError:
        return None
