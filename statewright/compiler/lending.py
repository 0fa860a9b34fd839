"""The names that nodes lend to what is inside them, with their types: elements and rounds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from statewright.compiler.once import once
from statewright.compiler.scope import Lent, environment_of, type_of_variable
from statewright.errors import ExpressionError
from statewright.expressions import CelType, check, parse
from statewright.expressions.types import DYN, INT
from statewright.flows.failures import error_variable
from statewright.flows.model import Flow, Node
from statewright.flows.nodes import Body, Loop, LoopKind, Try, bodies_of
from statewright.statechart.sourcemap import NOWHERE

_Around = tuple[Lent, ...]

_ERROR: Final = type_of_variable(error_variable(NOWHERE))


@once
def names_inside(flow: Flow) -> Mapping[tuple[str, str], _Around]:
    """Container and body → the names that nodes in there may use beside those of the flow.

    A container comes before what is inside it, as in ``Flow.nodes``.
    """
    names: dict[tuple[str, str], _Around] = {}
    for node in flow.nodes:
        around = names.get((node.container, node.body), ())
        for body in bodies_of(node.config):
            names[node.id, body.name] = (*around, *_lent(flow, node, body, around))
    return names


def _lent(flow: Flow, node: Node, body: Body, around: _Around) -> Iterator[Lent]:
    config = node.config
    for name in body.names:
        if isinstance(config, Loop):
            yield Lent(name, INT if name == config.index else _element_type(flow, config, around))
        else:
            yield Lent(name, _ERROR if isinstance(config, Try) else DYN)


def _element_type(flow: Flow, loop: Loop, around: _Around) -> CelType:
    """The type of the elements of the list that a loop goes through; any where it is not known."""
    if loop.loop is not LoopKind.EACH:
        return DYN
    try:
        checked = check(parse(loop.over.text), environment_of(flow, around))
    except ExpressionError:
        return DYN
    if checked.problems or checked.type.name != "list":
        return DYN
    element = checked.type.parameters[0]
    return DYN if element.provisional else element
