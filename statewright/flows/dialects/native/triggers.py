"""What begins a conversation: the triggers of the native format."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from types import MappingProxyType
from typing import Any, ClassVar, Final, Literal

from pydantic import Field

from statewright.errors import EvaluationError
from statewright.expressions.operations.schedules import checked_cron
from statewright.flows.dialects.native.content import source_from
from statewright.flows.dialects.native.policies import goal_from
from statewright.flows.dialects.native.relations import UNFILLED, Relations, where, where_one_is
from statewright.flows.dialects.native.shapes import (
    AT_LEAST_ONE,
    Expression,
    NodeId,
    Shape,
    Spoken,
    Text,
)
from statewright.flows.dialects.native.validation import checked, paired
from statewright.flows.dialects.native.zones import checked_zone
from statewright.flows.nearest import did_you_mean, listed
from statewright.flows.nodes import Source
from statewright.flows.outline import shown
from statewright.flows.parts import Part
from statewright.flows.triggers import Trigger
from statewright.statechart.event import is_event_name
from statewright.statechart.keywords import is_word
from statewright.statechart.triggers import (
    MESSAGE,
    OPENED,
    WEBHOOK,
    Matching,
    Reentry,
    TriggerKind,
)


class TriggerShape(Shape):
    """What can be said about every trigger."""

    to: NodeId | None = Field(
        None, description="Where the conversation begins then; by default at `start`."
    )
    if_: Expression | None = Field(
        None, alias="if", description="What must hold besides, CEL over `event`, `input`, `now`."
    )
    inputs: dict[str, Any] = Field(
        {}, description="Input → its value: any JSON; texts may be templates over `event`."
    )
    priority: int = Field(
        0, ge=-1000, le=1000, description="Of several that are fired, the greatest goes first."
    )
    reentry: Literal["ignore", "restart", "parallel"] = Field(
        "ignore", description="What it does in a conversation in which the flow runs already."
    )


class MessageTrigger(TriggerShape):
    """Any message that is for nobody else."""

    type: Literal["message"]


class KeywordTrigger(TriggerShape):
    """A message that holds a word."""

    relations: ClassVar[Relations] = (
        where(
            where_one_is("match", {"contains", "exact", "starts"}, "contains"),
            {"properties": {"words": {"items": {"pattern": UNFILLED}}}},
        ),
    )
    type: Literal["keyword"]
    words: list[Spoken] = Field(
        description="The words, or phrases, one of which is enough.", json_schema_extra=AT_LEAST_ONE
    )
    match: Literal["contains", "exact", "starts", "regex"] = Field(
        "contains",
        description="How a message holds one; case, accents and punctuation do not count.",
    )


class OpenedTrigger(TriggerShape):
    """A conversation that is opened."""

    type: Literal["opened"]


class EventTrigger(TriggerShape):
    """Something else that happens."""

    type: Literal["event"]
    event: Spoken = Field(description="Its name, or the first parts of it: `order.shipped`.")


class WebhookTrigger(TriggerShape):
    """A request to a path of its own."""

    type: Literal["webhook"]
    path: Spoken = Field(description="The path.")


class ScheduleTrigger(TriggerShape):
    """A schedule that fires."""

    type: Literal["schedule"]
    cron: Text = Field(
        description="Five fields: minute, hour, day of the month, month, day of the week."
    )
    zone: Text = Field("", description="Whose clock is meant; by default that of the flow.")
    reentry: Literal["ignore", "restart", "parallel"] = Field(
        "parallel", description="What it does while a session that it began still runs."
    )


class ManualTrigger(TriggerShape):
    """Somebody who names it."""

    type: Literal["manual"]


LIMIT: Final = 1_000
"""How many triggers a flow may have, and words in them."""

SHAPES: Final[Mapping[str, type[TriggerShape]]] = MappingProxyType(
    {
        "message": MessageTrigger,
        "keyword": KeywordTrigger,
        "opened": OpenedTrigger,
        "event": EventTrigger,
        "webhook": WebhookTrigger,
        "schedule": ScheduleTrigger,
        "manual": ManualTrigger,
    }
)
"""The kinds of trigger by the name that stands at ``type``."""


def read_triggers(part: Part, inputs: Collection[str]) -> Iterator[Trigger]:
    """Read a map of triggers; what is wrong is reported.

    Args:
        part: the map.
        inputs: the names of the inputs of the flow.
    """
    count = 0
    for name, member in part.members():
        if not name:
            member.report("R004", "the name of a trigger cannot be empty", at_key=True)
            continue
        trigger = _read(name, member, inputs)
        if trigger is None:
            continue
        count += 1 + len(trigger.words)
        if count > LIMIT:
            what = f"a flow has at most {LIMIT} triggers and words of keywords"
            member.report("R004", what, "make several flows of it", at_key=True)
            return
        yield trigger


def _read(name: str, part: Part, inputs: Collection[str]) -> Trigger | None:
    kind = part["type"]
    if not isinstance(part.value, dict):
        help_ = "begin with `type: keyword`"
        part.report("R004", f"a trigger is a map, not {shown(part.value)}", help_)
        return None
    if not isinstance(kind.value, str) or kind.value not in SHAPES:
        if kind.present:
            help_ = did_you_mean(kind.value if isinstance(kind.value, str) else "", SHAPES)
            kind.report("R004", f"{shown(kind.value)} is no kind of trigger", help_)
        else:
            kind.report("R005", "`type` is missing", f"it is one of {listed(SHAPES)}")
        return None
    result = checked(SHAPES[kind.value], part)
    if result is None:
        return None
    shape = result.shape
    words, matching = _keyword(shape, part, result.removed)
    cron, zone = _schedule(shape, part)
    return Trigger(
        name=name,
        kind=TriggerKind(kind.value),
        to=goal_from(shape.to, part["to"]),
        guard=None if shape.if_ is None else source_from(shape.if_, part["if"]),
        inputs=tuple(
            (Source(key, part["inputs"][key].key_location), part["inputs"][key].json())
            for key in shape.inputs
            if _is_input(key, part["inputs"][key], inputs)
        ),
        priority=shape.priority,
        reentry=Reentry(shape.reentry),
        words=words,
        matching=matching,
        event=_event(shape, part),
        cron=cron,
        zone=zone,
        location=part.key_location,
    )


def _is_input(name: str, part: Part, inputs: Collection[str]) -> bool:
    if name in inputs:
        return True
    help_ = did_you_mean(name, inputs) or "declare a variable with `input: true`"
    part.report("R004", f"`{name}` is no input of the flow", help_, at_key=True)
    return False


def _keyword(
    shape: TriggerShape, part: Part, removed: Collection[str]
) -> tuple[tuple[Source, ...], Matching]:
    if not isinstance(shape, KeywordTrigger):
        return (), Matching.CONTAINS
    matching = Matching(shape.match)
    words: list[Source] = []
    for word, item in paired(shape.words, part["words"], removed):
        if not word or (matching is not Matching.REGEX and not is_word(word)):
            item.report("R004", f"{shown(word)} holds no word")
        elif "{{" in word and matching is not Matching.REGEX:
            item.report("R004", "a word is no template", "write what people say")
        else:
            words.append(source_from(word, item))
    if not shape.words:
        part["words"].report("R005", "`words` is empty", "name the words that it is fired by")
    return tuple(words), matching


def _schedule(shape: TriggerShape, part: Part) -> tuple[str, str]:
    if not isinstance(shape, ScheduleTrigger):
        return "", ""
    try:
        checked_cron(shape.cron)
    except EvaluationError as error:
        part["cron"].report("R004", error.reason, "for example `0 9 * * mon-fri`")
    return shape.cron, checked_zone(shape.zone, part["zone"])


def _event(shape: TriggerShape, part: Part) -> str:
    if isinstance(shape, WebhookTrigger):
        if not shape.path.strip():
            part["path"].report("R004", "the path is empty", "for example `orders/shipped`")
        return shape.path
    if not isinstance(shape, EventTrigger):
        return ""
    if not shape.event.strip() or not is_event_name(shape.event):
        help_ = "write words that are joined by dots: `order.shipped`"
        part["event"].report("R004", f"{shown(shape.event)} is no name of an event", help_)
    elif shape.event in _OWN_KINDS:
        help_ = f"write `type: {_OWN_KINDS[shape.event]}`"
        part["event"].report("R004", f"`{shape.event}` has a type of its own", help_)
    return shape.event


_OWN_KINDS: Final = {MESSAGE: "message", OPENED: "opened", WEBHOOK: "webhook"}
"""Events for which there is a kind of trigger."""
