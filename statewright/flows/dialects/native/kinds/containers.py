"""Nodes with nodes inside: loops, tries, parallel regions; and how these are left."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import Field

from statewright.flows.dialects.native.content import source_from
from statewright.flows.dialects.native.kinds.node import BodyShape, Box, PassingShape, SteeringShape
from statewright.flows.dialects.native.naming import check_name
from statewright.flows.dialects.native.relations import Relations, lacks, one_of, some_of, where
from statewright.flows.dialects.native.shapes import (
    AT_LEAST_ONE,
    ErrorKind,
    Expression,
    Join,
    NodeId,
    Rounds,
    Shape,
    Text,
)
from statewright.flows.dialects.native.validation import paired
from statewright.flows.nearest import listed
from statewright.flows.nodes import (
    Break,
    Catch,
    Continue,
    ErrorClass,
    Leave,
    Loop,
    LoopKind,
    Parallel,
    Source,
    Try,
)
from statewright.flows.parts import Part


class LoopPorts(Shape):
    """Where a loop leads when it ends before its time."""

    break_: NodeId | None = Field(
        None, alias="break", description="After a `break`; by default as after the last round."
    )
    limit: NodeId | None = Field(None, description="When there would be more rounds than allowed.")


class LoopNode(PassingShape, BodyShape):
    """Goes through the nodes inside it round by round, then on."""

    relations: ClassVar[Relations] = (
        *one_of("each", "while", "times"),
        where(some_of("while", "times"), lacks("item")),
    )
    type: Literal["loop"]
    each: Expression | None = Field(
        None, description="There is a round for every element of this list, CEL."
    )
    while_: Expression | None = Field(
        None, alias="while", description="There is a round as long as this holds, CEL."
    )
    times: Rounds | None = Field(None, description="There are so many rounds, CEL.")
    item: Text = Field("item", description="With `each`, what the element is called.")
    index: Text = Field("", description="What the number of the round is called, from 0.")
    limit: int = Field(1_000, ge=1, description="How many rounds there may be.")
    on: LoopPorts | None = Field(None, description="Where it leads when it ends before its time.")


class ContinueNode(SteeringShape):
    """Ends a round of the loop around it."""

    type: Literal["continue"]


class BreakNode(SteeringShape):
    """Leaves the loop around it."""

    type: Literal["break"]


class TryPorts(Shape):
    """Where a try leads when nothing caught an error."""

    error: NodeId | None = Field(None, description="After an error that nothing caught.")


class CatchShape(BodyShape):
    """What is done about some errors."""

    errors: list[ErrorKind] = Field(
        ["any"],
        description="Which errors; by default all of them. Statuses as `404`, or `4xx`.",
        json_schema_extra=AT_LEAST_ONE,
    )
    as_: Text = Field(
        "", alias="as", description="What the error is called in there, beside `error`."
    )


class TryNode(PassingShape, BodyShape):
    """Does something that may fail, and says what to do then."""

    type: Literal["try"]
    catch: list[CatchShape] = Field([], description="What to do about errors, tried in order.")
    finally_: BodyShape | None = Field(
        None, alias="finally", description="What to do at last, whether it failed or not."
    )
    on: TryPorts | None = Field(None, description="Where it leads when nothing caught the error.")


class ParallelNode(PassingShape):
    """Does several things at once."""

    type: Literal["parallel"]
    regions: dict[str, BodyShape] = Field(min_length=1, description="What is done, each by itself.")
    join: Join = Field(
        "all",
        description="How many regions must be left before it goes on: `all`, `any`, or a number.",
    )


class LeaveNode(SteeringShape):
    """Ends the body of a `try`, or the region of a `parallel`, that it stands in."""

    type: Literal["leave"]


_KINDS = {"each": LoopKind.EACH, "while": LoopKind.WHILE, "times": LoopKind.TIMES}


def read_loop(node: LoopNode, box: Box) -> Loop:
    """A loop, its body, and the edges that leave it."""
    part = box.part
    written = {"each": node.each, "while": node.while_, "times": node.times}
    given = [name for name, value in written.items() if value is not None]
    if len(given) > 1:
        part[given[1]].report(
            "R004",
            f"a loop has one reason to go on; here are {listed(given)}",
            "remove one; what must hold besides may be a `condition` with a `break` inside it",
            at_key=True,
        )
    if not given and not set(written) & set(part.value):
        part["each"].report(
            "R005", "the loop does not say how often", "give it `each`, `while` or `times`"
        )
    name = given[0] if given else next((one for one in written if one in part.value), "times")
    over = _source(written[name], box, name)
    each = name == "each"
    if not each and part["item"].present:
        part["item"].report("R004", "`item` means nothing without `each`", "remove it", at_key=True)
    box.ways(node.next)
    if node.on is not None:
        box.edge(node.on.break_, part["on"]["break"], "break")
        box.edge(node.on.limit, part["on"]["limit"], "limit")
    _check_names(node, part)
    _check_rounds(node, part)
    item = node.item if each else ""
    names = tuple(filter(None, (item, node.index)))
    body = box.body(node, part, names=names)
    return Loop(_KINDS[name], over, body, item, node.index, node.limit)


def _check_names(node: LoopNode, part: Part) -> None:
    """Say what is wrong with what the element and the number of the round are called."""
    check_name(node.item, part["item"])
    check_name(node.index, part["index"])
    if node.each is not None and node.index == node.item:
        message = f"the element and the number of the round are both called `{node.item}`"
        part["index"].report("R007", message, "rename one of them")


def _check_rounds(node: LoopNode, part: Part) -> None:
    """Report a number of rounds that is written out, and more than there may be."""
    text = "" if node.times is None else node.times
    wired = node.on is not None and node.on.limit is not None
    if text.isascii() and text.isdecimal() and int(text[:19]) > node.limit and not wired:
        part["times"].report(
            "R004",
            f"there may be no more rounds than {node.limit:,}",
            f"write `limit: {text}` beside it, or lead on by `limit` under `on`",
        )


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


def read_try(node: TryNode, box: Box) -> Try:
    """What may fail, what is done about it, and the edges."""
    part = box.part
    box.ways(node.next)
    if node.on is not None:
        box.edge(node.on.error, part["on"]["error"], "error")
    body = box.body(node, part, name="try")
    catches = []
    for number, (catch, item) in enumerate(paired(node.catch, part["catch"], box.removed), 1):
        check_name(catch.as_, item["as"])
        if item["errors"].value == []:
            help_ = "list errors, or leave `errors` out for all of them"
            item["errors"].report("R005", "`errors` is empty: the clause is never reached", help_)
        names = (catch.as_,) if catch.as_ else ()
        inside = box.body(catch, item, name=f"catch{number}", names=names)
        errors = tuple(ErrorClass(one) for one in catch.errors if one in _CLASSES)
        statuses = tuple(one for one in catch.errors if one not in _CLASSES)
        catches.append(Catch(errors, inside, catch.as_, statuses))
    last = None
    if node.finally_ is not None:
        last = box.body(node.finally_, part["finally"], name="finally")
    return Try(body, tuple(catches), last)


_CLASSES = frozenset(str(one) for one in ErrorClass)


def read_parallel(node: ParallelNode, box: Box) -> Parallel:
    """The regions, and the edges."""
    part = box.part
    box.ways(node.next)
    regions = tuple(
        box.body(region, part["regions"][name], name=name) for name, region in node.regions.items()
    )
    return Parallel(regions, _join(node, box, len(regions)))


def _join(node: ParallelNode, box: Box, regions: int) -> int:
    if node.join == "all":
        return regions
    join = 1 if node.join == "any" else node.join
    if not 1 <= join <= regions:
        box.part["join"].report(
            "R004",
            f"`join` is {join}, and there are {regions} regions",
            "write `all`, `any`, or a number between",
        )
        return min(max(join, 1), regions)
    return join


def read_leave(_: LeaveNode, __: Box) -> Leave:
    """The end of a body."""
    return Leave()
