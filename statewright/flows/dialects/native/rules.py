"""Business rules of the native format."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Annotated, Any, ClassVar, Final

from pydantic import Discriminator, Field, Tag

from statewright.flows.dialects.native.content import source_from
from statewright.flows.dialects.native.relations import Relations, some_of
from statewright.flows.dialects.native.shapes import (
    AT_LEAST_ONE,
    TAG,
    Expression,
    NodeId,
    Shape,
    Text,
)
from statewright.flows.dialects.native.validation import checked
from statewright.flows.goals import Goal
from statewright.flows.nearest import did_you_mean, listed
from statewright.flows.outline import shown
from statewright.flows.parts import Part
from statewright.flows.rules import Moment, Rule
from statewright.statechart.rules import RuleKind


def _one_or_more(value: Any) -> str:
    return f"{TAG}nodes" if isinstance(value, list) else f"{TAG}node"


NodeIds = Annotated[
    Annotated[NodeId, Tag(f"{TAG}node")]
    | Annotated[list[NodeId], Tag(f"{TAG}nodes"), Field(json_schema_extra=AT_LEAST_ONE)],
    Discriminator(_one_or_more),
]
"""The id of a node, or a list of ids, one of which is enough."""


class MomentShape(Shape):
    """Something that happens: a node is begun, a condition becomes true, or both at once."""

    relations: ClassVar[Relations] = (some_of("at", "if"),)
    at: NodeIds | None = Field(
        None, description="The node that is begun, or a list of nodes; by default it may be any."
    )
    if_: Expression | None = Field(
        None, alias="if", description="CEL that is true then; without `at`, that becomes true."
    )


def _moment_tag(value: Any) -> str:
    return f"{TAG}moment" if isinstance(value, dict) else _one_or_more(value)


MomentField = Annotated[
    Annotated[NodeId, Tag(f"{TAG}node")]
    | Annotated[list[NodeId], Tag(f"{TAG}nodes"), Field(json_schema_extra=AT_LEAST_ONE)]
    | Annotated[MomentShape, Tag(f"{TAG}moment")],
    Discriminator(_moment_tag),
]
"""A moment: a node, a list of nodes, or ``{at, if}``."""


class RuleShape(Shape):
    """What can be said about every rule."""

    description: Text = Field("", description="What the rule is for.")


class NeverRule(RuleShape):
    """A condition that is never true."""

    never: Expression = Field(description="CEL that must not be true.")
    at: NodeIds | None = Field(
        None, description="Where it is looked at: on entry of this node, or these; else always."
    )


class AlwaysRule(RuleShape):
    """A condition that is always true."""

    always: Expression = Field(description="CEL that must be true.")
    at: NodeIds | None = Field(
        None, description="Where it is looked at: on entry of this node, or these; else always."
    )


class BeforeRule(RuleShape):
    """Something that has to come before something else."""

    first: MomentField = Field(
        description="What has to come first: a node, a list of nodes, or `{at, if}`."
    )
    before: MomentField = Field(
        description="What must not come without it: a node, a list of nodes, or `{at, if}`."
    )


class LeadsToRule(RuleShape):
    """Something that has to be followed by something else before the conversation ends."""

    whenever: MomentField = Field(
        description="What calls for it: a node, a list of nodes, or `{at, if}`."
    )
    leads_to: MomentField = Field(
        description="What has to follow: a node, a list of nodes, or `{at, if}`."
    )


class AtMostRule(RuleShape):
    """Something that happens only so often in a conversation."""

    at_most: int = Field(ge=0, le=1_000_000, description="How often it may happen.")
    times: MomentField = Field(
        description="What is counted: a node, a list of nodes, or `{at, if}`."
    )


LIMIT: Final = 1_000
"""How many rules a flow may have."""

RULES: Final[Mapping[str, type[RuleShape]]] = MappingProxyType(
    {
        "never": NeverRule,
        "always": AlwaysRule,
        "before": BeforeRule,
        "leads_to": LeadsToRule,
        "at_most": AtMostRule,
    }
)
"""The kinds of rule by the key that tells which it is."""

_COMPANIONS: Final = {"first": "before", "whenever": "leads_to", "times": "at_most"}
"""Keys that tell, too, what a rule without its own key was meant to be."""


def read_rules(part: Part) -> Iterator[Rule]:
    """Read a map of rules; what is wrong is reported."""
    for number, (name, member) in enumerate(part.members()):
        if not name:
            member.report("R004", "the name of a rule cannot be empty", at_key=True)
            continue
        if number >= LIMIT:
            member.report(
                "R004", f"a flow has at most {LIMIT} rules", "make several flows of it", at_key=True
            )
            return
        rule = _read(name, member)
        if rule is not None:
            yield rule


def _read(name: str, part: Part) -> Rule | None:
    if not isinstance(part.value, dict):
        help_ = 'write for example `never: "total < 0"`'
        part.report("R004", f"a rule is a map, not {shown(part.value)}", help_)
        return None
    kind = _kind(part)
    if kind is None:
        return None
    result = checked(RULES[kind], part)
    if result is None:
        return None
    moment, other = _MOMENTS[kind](result.shape, part)
    return Rule(
        name=name,
        kind=RuleKind(kind),
        moment=moment,
        other=other,
        count=result.shape.at_most if isinstance(result.shape, AtMostRule) else 0,
        description=result.shape.description,
        location=part.key_location,
    )


def _kind(part: Part) -> str | None:
    """Which kind of rule is written; a rule that is none, or two, is reported."""
    said = [key for key in RULES if key in part.value]
    if len(said) == 1:
        return said[0]
    if said:
        part[said[1]].report(
            "R004", f"a rule says one thing; here are {listed(said)}", "make two rules", at_key=True
        )
        return None
    meant = [_COMPANIONS[key] for key in part.value if key in _COMPANIONS]
    if meant:
        return meant[0]
    unknown = next((key for key in part.value if key not in {"at", "description"}), "")
    part.report(
        "R005",
        f"the rule says none of {listed(RULES)}",
        did_you_mean(unknown, RULES) if unknown else 'write for example `never: "total < 0"`',
        at_key=True,
    )
    return None


def _condition_moments(key: str) -> Callable[[Any, Part], tuple[Moment, None]]:
    def moments(shape: Any, part: Part) -> tuple[Moment, None]:
        condition = source_from(getattr(shape, key), part[key])
        return Moment(_nodes(shape.at, part["at"]), condition), None

    return moments


def _pair(about: str, other: str) -> Callable[[Any, Part], tuple[Moment, Moment]]:
    def moments(shape: Any, part: Part) -> tuple[Moment, Moment]:
        return (
            _moment(getattr(shape, about), part[about]),
            _moment(getattr(shape, other), part[other]),
        )

    return moments


_MOMENTS: Final[Mapping[str, Callable[[Any, Part], tuple[Moment, Moment | None]]]] = (
    MappingProxyType(
        {
            "never": _condition_moments("never"),
            "always": _condition_moments("always"),
            "before": _pair("before", "first"),
            "leads_to": _pair("whenever", "leads_to"),
            "at_most": lambda shape, part: (_moment(shape.times, part["times"]), None),
        }
    )
)
"""Kind of rule → its moments, as the flow has them."""


def _moment(written: Any, part: Part) -> Moment:
    if not isinstance(written, MomentShape):
        return Moment(_nodes(written, part))
    if written.at is None and written.if_ is None:
        part.report("R005", f"{part.title} says neither `at` nor `if`", "name a node")
    condition = None if written.if_ is None else source_from(written.if_, part["if"])
    return Moment(_nodes(written.at, part["at"]), condition)


def _nodes(written: Any, part: Part) -> tuple[Goal, ...]:
    if written is None:
        return ()
    if not isinstance(written, list):
        return (Goal(str(written), part.location),)
    if not written:
        part.report("R005", f"{part.title} is empty", "name a node")
    return tuple(
        Goal(str(item.value), item.location)
        for item in part.items()
        if isinstance(item.value, str | int) and item.value != ""
    )
