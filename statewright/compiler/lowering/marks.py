"""Saying what a contact is: tags and segments → patches of the contact's values."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from statewright.compiler.lowering.plan import Piece, Plan, block, done, ways
from statewright.compiler.scope import flows_in
from statewright.compiler.texts import says_anywhere
from statewright.expressions import Computed, Expression, Literal, parse, references
from statewright.flows.model import Flow, Node
from statewright.flows.nodes import NEXT, Segment, Tag
from statewright.statechart.actions import Assign
from statewright.statechart.definition import Datum, State, Statechart
from statewright.statechart.structure.traversal import (
    expressions_of,
    expressions_of_rules,
    expressions_outside,
    states_in,
)

TAGS = ("contact", "tags")
SEGMENTS = ("contact", "segments")
"""Where the names are kept that the contact has: maps from name to true."""


def lower_tag(node: Node, config: Tag, plan: Plan) -> Piece:
    """An atomic state whose entry actions patch the tags of the contact."""
    return _marked(node, TAGS, config.add, config.remove, plan)


def lower_segment(node: Node, config: Segment, plan: Plan) -> Piece:
    """An atomic state whose entry actions patch the segments of the contact."""
    return _marked(node, SEGMENTS, config.add, config.remove, plan)


def _marked(
    node: Node, path: tuple[str, ...], add: tuple[str, ...], remove: tuple[str, ...], plan: Plan
) -> Piece:
    ident = plan.state(node.id)
    given = (Assign((*path, name), Literal(True)) for name in add)
    taken = (Assign((*path, name), Computed(parse("optional.none()"))) for name in remove)
    leave = ways(plan, node.id, NEXT, events=(done(ident),))
    return Piece(State(ident, entry=block(ident, *given, *taken), transitions=leave))


def with_marks(chart: Statechart, flow: Flow) -> Statechart:
    """A chart that has tags and segments where it reads them: none, of a contact without any.

    Args:
        chart: the chart.
        flow: what it was made of. What is made beside reads none of them.
    """
    if not any(says_anywhere(one, TAGS[0]) for one in flows_in(flow)):
        return chart
    declared = {datum.name for datum in chart.contact}
    read = {reference.path[:2] for one in _expressions(chart) for reference in references(one)}
    marks = (
        Datum(path[1], "map", Literal({}))
        for path in (TAGS, SEGMENTS)
        if path in read and path[1] not in declared
    )
    return replace(chart, contact=(*chart.contact, *marks))


def _expressions(chart: Statechart) -> Iterator[Expression]:
    yield from expressions_outside(chart)
    yield from expressions_of_rules(chart)
    for state in states_in(chart):
        yield from expressions_of(state)
