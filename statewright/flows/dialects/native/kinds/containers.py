"""Loops, and how they are left."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from statewright.flows.dialects.native.content import source_from
from statewright.flows.dialects.native.kinds.node import BodyShape, Box, NodeShape, PassingShape
from statewright.flows.dialects.native.shapes import Expression, NodeId, Shape, Text
from statewright.flows.nearest import listed
from statewright.flows.nodes import Break, Continue, Loop, Source
from statewright.flows.nodes.containers import LoopKind


class LoopPorts(Shape):
    """Where a loop leads when it ends before its time."""

    break_: NodeId | None = Field(
        None, alias="break", description="After a `break`; by default as after the last round."
    )
    limit: NodeId | None = Field(None, description="When there would be more rounds than allowed.")


class LoopNode(PassingShape, BodyShape):
    """Goes through the nodes inside it round by round, then on."""

    type: Literal["loop"]
    each: Expression | None = Field(
        None, description="There is a round for every element of this list, CEL."
    )
    while_: Expression | None = Field(
        None, alias="while", description="There is a round as long as this holds, CEL."
    )
    times: Expression | int | None = Field(None, description="There are so many rounds, CEL.")
    item: Text = Field("item", description="With `each`, what the element is called.")
    index: Text = Field("", description="What the number of the round is called, from 0.")
    limit: int = Field(1_000, ge=1, description="How many rounds there may be.")
    on: LoopPorts | None = Field(None, description="Where it leads when it ends before its time.")


class ContinueNode(NodeShape):
    """Ends a round of the loop around it."""

    type: Literal["continue"]


class BreakNode(NodeShape):
    """Leaves the loop around it."""

    type: Literal["break"]


_KINDS = {"each": LoopKind.EACH, "while": LoopKind.WHILE, "times": LoopKind.TIMES}


def read_loop(node: LoopNode, box: Box) -> Loop:
    """A loop, its body, and the edges that leave it."""
    part = box.part
    written = {"each": node.each, "while": node.while_, "times": node.times}
    given = [name for name, value in written.items() if value is not None]
    if len(given) > 1:
        part[given[1]].report(
            "R004", f"a loop has one reason to go on; here are {listed(given)}", at_key=True
        )
    if not given and not set(written) & set(part.value):
        part["each"].report(
            "R005", "the loop does not say how often", "give it `each`, `while` or `times`"
        )
    name = given[0] if given else "times"
    over = _source(written[name], box, name)
    each = name == "each"
    if not each and part["item"].present:
        part["item"].report("R004", "`item` means nothing without `each`", "remove it", at_key=True)
    box.ways(node.next)
    if node.on is not None:
        box.edge(node.on.break_, part["on"]["break"], "break")
        box.edge(node.on.limit, part["on"]["limit"], "limit")
    item = node.item if each else ""
    names = tuple(filter(None, (item, node.index)))
    body = box.body(node, part, names=names)
    return Loop(_KINDS[name], over, body, item, node.index, node.limit)


def _source(written: Any, box: Box, name: str) -> Source:
    if written is None:
        return Source("0", box.part.location)
    return source_from(str(written), box.part[name])


def read_continue(_: ContinueNode, __: Box) -> Continue:
    """The end of a round."""
    return Continue()


def read_break(_: BreakNode, __: Box) -> Break:
    """The end of a loop."""
    return Break()
