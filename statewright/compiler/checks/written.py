"""What a flow writes to variables: constants, and expressions with their types."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache, partial
from typing import Any

from msgspec import Struct

from statewright.compiler.analysis.texts import ParsedText
from statewright.compiler.scope import Lent, environment_of, output_type_of
from statewright.compiler.subject import Subject
from statewright.compiler.texts import Role
from statewright.errors import ExpressionError
from statewright.expressions import CelType, Environment, Place, check, parse, parse_template
from statewright.flows.model import Flow, Node
from statewright.flows.nodes import Operation, Set, Source, Subflow
from statewright.statechart.sourcemap import Location


class Written(Struct, frozen=True):
    """A value that goes to a variable.

    Attributes:
        variable: the path that is written.
        operation: how it is written.
        location: where the value stands.
        node: id of the node.
        value: plain JSON, whose texts may be templates; of no meaning beside ``type``.
        type: of an expression; None for what is written out.
    """

    variable: Source
    operation: Operation
    location: Location
    node: str
    value: Any = None
    type: CelType | None = None


Environments = Callable[[tuple[Lent, ...]], Environment]
"""Names beside those of the flow → the environment in which there are these too."""


def written_in(subject: Subject) -> Iterator[Written]:
    """All that nodes assign, and save of results; what cannot be typed is left out."""
    flow = subject.flow

    @cache
    def environment(names: tuple[Lent, ...]) -> Environment:
        return environment_of(flow, names)

    texts = {
        id(parsed.text.source): parsed
        for parsed in subject.texts
        if parsed.text.role is Role.EXPRESSION
    }
    for node in flow.nodes:
        around = subject.inside.get((node.container, node.body), ())
        if isinstance(node.config, Set):
            yield from _assigned(node, node.config, around, environment)
        for variable, mapping in getattr(node.config, "save", ()):
            found = _type_of_saved(flow, node, texts[id(mapping)], environment)
            if found is not None:
                yield Written(variable, Operation.SET, mapping.location, node.id, type=found)


def _assigned(
    node: Node, config: Set, names: tuple[Lent, ...], environment: Environments
) -> Iterator[Written]:
    for assignment in config.assignments:
        if assignment.value is None or assignment.operation is Operation.UNSET:
            continue
        found = type_of_template(assignment.value.json, partial(environment, names))
        yield Written(
            assignment.variable,
            assignment.operation,
            assignment.value.location,
            node.id,
            assignment.value.json,
            found,
        )


def type_of_template(value: Any, environment: Callable[[], Environment]) -> CelType | None:
    """The type of a JSON value that is a hole and nothing else; None of any other.

    Args:
        value: plain JSON, whose texts may be templates.
        environment: makes that of its expressions, if there is one.
    """
    if not isinstance(value, str) or "{{" not in value:
        return None
    try:
        hole = parse_template(value, Place.VALUE).lone_hole
    except ExpressionError:
        return None
    return None if hole is None else _type_in(environment(), hole.expression.text)


def _type_of_saved(
    flow: Flow, node: Node, mapping: ParsedText, environment: Environments
) -> CelType | None:
    called = flow.subflows.get(node.config.flow.text) if isinstance(node.config, Subflow) else None
    if called is None:
        return mapping.type
    own = environment(mapping.text.names)
    variables = {**own.variables, "output": output_type_of(called)}
    return _type_in(Environment(variables, own.functions), mapping.text.source.text)


def _type_in(environment: Environment, text: str) -> CelType | None:
    """The type of an expression; None for one that is wrong, which others tell."""
    try:
        checked = check(parse(text), environment)
    except ExpressionError:
        return None
    return None if checked.problems else checked.type
