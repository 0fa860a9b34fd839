"""Loops: a compound state that counts its rounds, and holds what is done in each.

::

    begin ──▶ round ──(there is another one)──▶ the body … continue ──▶ round
                │                                  └─ break ──▶ break, or next
                ├──(there would be more than allowed)──▶ limit, or an error
                └──(there is none)──▶ next

The list, or the number of rounds, is copied in ``begin``, so what the body does to it changes
nothing; where there is none, no round begins. The element and the number of the round are variables
of the loop: they are dropped when it is left.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from statewright.compiler.lowering.plan import (
    Piece,
    Plan,
    block,
    done,
    lost,
    piece_of,
    states_of,
    ways,
    ways_or_error,
)
from statewright.compiler.lowering.texts import expression_from, quoted
from statewright.expressions import Computed, Expression, Literal, parse
from statewright.flows.model import Node
from statewright.flows.nodes import NEXT, Break, Continue, Loop, LoopKind
from statewright.statechart.actions import Action, Assign
from statewright.statechart.definition import Datum, State, StateKind, Transition

BEGIN = "~begin"
"""The state before the first round."""

ROUND = "~round"
"""The state between two rounds."""

COUNT = f"vars[{quoted('~count')}]"
OVER = f"vars[{quoted('~over')}]"
MORE = f"vars[{quoted('~more')}]"

_TYPES: Mapping[LoopKind, str] = MappingProxyType({LoopKind.EACH: "list", LoopKind.TIMES: "int"})
"""What is evaluated on entry, and kept: the list, or the number of rounds."""

_MORE: Mapping[LoopKind, str] = MappingProxyType(
    {LoopKind.EACH: f"{COUNT} < size({OVER})", LoopKind.TIMES: f"{COUNT} < {OVER}"}
)
"""Whether there is another round."""


def lower_loop(node: Node, config: Loop, plan: Plan) -> Piece:
    """The compound state drawn above."""
    pieces = plan.inside(node, config.body.name)
    over = expression_from(config.over)
    data = {name: Datum(name, kind) for name, kind in _names(config)}
    data |= {"~count": Datum("~count", "int", Literal(-1)), "~more": Datum("~more", "bool")}
    begin: tuple[State, ...] = ()
    if config.loop in _TYPES:
        data["~over"] = Datum("~over", _TYPES[config.loop])
        begin = (_begin(node, over, plan),)
    return piece_of(
        State(
            plan.state(node.id),
            StateKind.COMPOUND,
            data=tuple(data.values()),
            states=(*begin, _round(node, config, over, plan), *states_of(pieces)),
        ),
        pieces,
    )


def _names(config: Loop) -> Iterator[tuple[str, str]]:
    """The names that the author gave, with their types."""
    if config.item:
        yield config.item, "dyn"
    if config.index:
        yield config.index, "int"


def _begin(node: Node, over: Expression, plan: Plan) -> State:
    ident = plan.part(node.id, BEGIN)
    return State(
        ident,
        entry=block(ident, Assign(("~over",), Computed(over))),
        transitions=(Transition((plan.part(node.id, ROUND),), (done(ident),)),),
    )


def _round(node: Node, config: Loop, over: Expression, plan: Plan) -> State:
    ident = plan.state(node.id)
    another = _MORE.get(config.loop)
    actions = (
        Assign(("~count",), Computed(parse(f"{COUNT} + 1"))),
        Assign(("~more",), Computed(over if another is None else parse(another))),
    )
    through = (done(ident),)
    entry = plan.entry(node, config.body)
    more = parse(f"{MORE} && {COUNT} < {config.limit}")
    if entry is None:
        body = lost(node.id, "its body", events=through, guard=more)
    else:
        body = Transition((entry,), through, more, actions=_named(config))
    return State(
        plan.part(node.id, ROUND),
        entry=block(ident, *actions),
        transitions=(
            body,
            *ways_or_error(plan, node.id, "limit", "error.flow.loop", events=through, when=MORE),
            *ways(plan, node.id, NEXT, events=through),
        ),
    )


def _named(config: Loop) -> tuple[Action, ...]:
    """The element and the number of the round, under the names that the author gave them."""
    actions: list[Action] = []
    if config.item:
        actions.append(Assign((config.item,), Computed(parse(f"{OVER}[{COUNT}]"))))
    if config.index:
        actions.append(Assign((config.index,), Computed(parse(COUNT))))
    return tuple(actions)


def lower_continue(node: Node, _: Continue, plan: Plan) -> Piece:
    """An atomic state that leads to the next round."""
    loop = loop_around(node, plan)
    way = lost(node.id, "its loop") if loop is None else Transition((plan.part(loop.id, ROUND),))
    return Piece(State(plan.state(node.id), transitions=(way,)))


def lower_break(node: Node, _: Break, plan: Plan) -> Piece:
    """An atomic state that leaves the loop by its port ``break``, else as after the last round."""
    loop = loop_around(node, plan)
    if loop is None:
        transitions: tuple[Transition, ...] = (lost(node.id, "its loop"),)
    else:
        port = "break" if plan.is_wired(loop.id, "break") else NEXT
        transitions = ways(plan, loop.id, port)
    return Piece(State(plan.state(node.id), transitions=transitions))


def loop_around(node: Node, plan: Plan) -> Node | None:
    """The innermost loop that a node stands inside."""
    around = plan.graph.containers(node.id)
    return next((outer for outer in around if isinstance(outer.config, Loop)), None)
