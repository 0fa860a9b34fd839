"""Every expression and template that an author wrote, with its role and its place."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import replace

from statewright.compiler.lending import names_inside
from statewright.compiler.once import once
from statewright.compiler.places import PLACES_OF, PlaceAt, files, values
from statewright.compiler.scope import Lent
from statewright.expressions import Place
from statewright.expressions.types import DYN, INT, MAP, STRING, CelType, object_of
from statewright.flows.model import BUSINESS_HOURS, Flow, Settings
from statewright.flows.nodes import (
    Action,
    Approval,
    Break,
    Bubble,
    BubbleType,
    Button,
    Client,
    Condition,
    Continue,
    Delay,
    End,
    Form,
    Handoff,
    Http,
    InHours,
    Interrupt,
    Jump,
    Leave,
    Llm,
    Loop,
    LoopKind,
    Message,
    NodeConfig,
    Parallel,
    Question,
    Schedule,
    Segment,
    Set,
    Source,
    Split,
    Start,
    Subflow,
    Tag,
    Try,
    Unsupported,
    Value,
    form_of,
)
from statewright.flows.outline import child
from statewright.flows.rules import Rule
from statewright.flows.triggers import Trigger
from statewright.statechart.triggers import Matching


class Role(StrEnum):
    """How a text is read."""

    GUARD = "guard"
    """CEL that must give true or false."""
    EXPRESSION = "expression"
    """CEL that gives any value."""
    TEMPLATE = "template"
    """Text with ``{{ expressions }}``."""
    PATTERN = "pattern"
    """A regular expression (RE2)."""
    VARIABLE = "variable"
    """The path of a variable that is written."""


class Text(Struct, frozen=True):
    """One text that an author wrote.

    Attributes:
        role: how it is read.
        source: what stands there, and where.
        node: id of the node it belongs to.
        port: the port, where it is the guard of an edge, else ``""``.
        place: for a template, where its values are printed.
        names: names that it may use beside those of the flow.
        wanted: of an expression, the types of which its value must have one; () for any.
        begun: whether there are the variables of the flow when it is read.
        language: of a translation, that which it is in.
        spoken: whether it is part of what a bot says, in the language of the session.
        shown: whether people read it, so that it wants to be translated.
    """

    role: Role
    source: Source
    node: str = ""
    port: str = ""
    place: Place = Place.TEXT
    names: tuple[Lent, ...] = ()
    wanted: tuple[str, ...] = ()
    begun: bool = True
    language: str = ""
    spoken: bool = False
    shown: bool = False


PLACES: Mapping[tuple[BubbleType, str], Place] = {
    (BubbleType.HTML, "html"): Place.HTML,
    (BubbleType.DATA, "source"): Place.VALUE,
    **{(kind, "url"): Place.URL for kind in BubbleType},
}
"""Where the fields of a bubble print their values, if not as plain text."""


CARD_PLACES: Mapping[str, Place] = {
    "title": Place.TEXT,
    "subtitle": Place.TEXT,
    "image": Place.URL,
    "url": Place.URL,
}
"""Where the fields of a card print their values."""


@once
def texts_of(flow: Flow) -> tuple[Text, ...]:
    """All of them, each followed by its translations."""
    texts: list[Text] = []
    for text in _texts_of(flow):
        texts.append(text)
        if text.source.translations:
            texts += _translations(text)
    return tuple(texts)


def _translations(text: Text) -> Iterator[Text]:
    for language, source in text.source.translations.items():
        yield replace(text, source=source, language=language)


def says_anywhere(flow: Flow, word: str) -> bool:
    """Whether a word stands in any text, or is a part of one that does."""
    return any(word in text.source.text for text in texts_of(flow))


def _texts_outside(flow: Flow) -> Iterator[Text]:
    """Those of the settings, triggers and rules."""
    yield from _settings(flow.settings)
    for trigger in flow.triggers:
        yield from (replace(text, begun=False) for text in _trigger(trigger))
    for rule in flow.rules:
        yield from _rule(rule)


def _texts_of(flow: Flow) -> Iterator[Text]:
    """All of them: those outside of nodes, then node by node, then the edges."""
    yield from _texts_outside(flow)
    inside = names_inside(flow)
    for node in flow.nodes:
        around = inside.get((node.container, node.body), ())
        for text in _PARTS[type(node.config)](node.config):
            yield _at(node.id, around, text)
    homes = {node.id: (node.container, node.body) for node in reversed(flow.nodes)}
    for edge in flow.edges:
        if edge.guard is not None:
            around = inside.get(homes.get(edge.source, ("", "")), ())
            yield Text(Role.GUARD, edge.guard, edge.source, edge.port, names=around)


def _at(node: str, around: tuple[Lent, ...], text: Text) -> Text:
    """A text of a node; written out, as there are many, and ``replace`` takes its time."""
    return Text(
        text.role,
        text.source,
        node,
        text.port,
        text.place,
        (*around, *text.names),
        text.wanted,
        text.begun,
        text.language,
        text.spoken,
        text.shown,
    )


def _settings(settings: Settings) -> Iterator[Text]:
    if settings.inactivity is not None:
        for reminder in settings.inactivity.reminders:
            yield from _bubbles(reminder.message)
    yield from _bubbles(settings.busy_reply)


def _trigger(trigger: Trigger) -> Iterator[Text]:
    if trigger.guard is not None:
        yield Text(Role.GUARD, trigger.guard)
    for _, value in trigger.inputs:
        yield from _value(value)
    if trigger.matching is Matching.REGEX:
        yield from (Text(Role.PATTERN, word) for word in trigger.words)


def _rule(rule: Rule) -> Iterator[Text]:
    for moment in (rule.other, rule.moment):
        if moment is not None and moment.condition is not None:
            yield Text(Role.GUARD, moment.condition)


def _message(message: Message) -> Iterator[Text]:
    for variant in message.variants:
        yield from _bubbles(variant.bubbles)
    yield from _buttons(message.buttons)


def _buttons(buttons: tuple[Button, ...]) -> Iterator[Text]:
    for button in buttons:
        yield _shown(button.label)
        yield replace(_template(button.value), spoken=True)


def _set(changes: Set) -> Iterator[Text]:
    for assignment in changes.assignments:
        yield Text(Role.VARIABLE, assignment.variable)
        yield from _value(assignment.value)


def _action(action: Action) -> Iterator[Text]:
    for name, value in action.parameters:
        yield from _value(value, PLACES_OF[form_of(action.action, name)])
    yield from _saved(action.save, result=DYN)


def _llm(llm: Llm) -> Iterator[Text]:
    yield _template(llm.model)
    yield _template(llm.prompt)
    if llm.system is not None:
        yield _template(llm.system)
    for _, value in llm.options:
        yield from _value(value)
    yield from _value(llm.documents, files)
    yield from _saved(llm.save, answer=DYN, usage=MAP)


def _client(client: Client) -> Iterator[Text]:
    for _, value in client.parameters:
        yield from _value(value)
    yield from _saved(client.save, result=DYN)


def _approval(approval: Approval) -> Iterator[Text]:
    yield from _bubbles(approval.message)
    yield _template(approval.request)
    yield from _value(approval.assignee)
    yield from _saved(approval.save, decision=DYN)


def _split(split: Split) -> Iterator[Text]:
    if split.variable is not None:
        yield Text(Role.VARIABLE, split.variable)


def _saved(save: tuple[tuple[Source, Source], ...], **types: CelType) -> Iterator[Text]:
    """What is saved, by expressions that read what came back under names of these types."""
    names = tuple(Lent(name, type_) for name, type_ in types.items())
    for variable, mapping in save:
        yield Text(Role.VARIABLE, variable)
        yield Text(Role.EXPRESSION, mapping, names=names)


def _handoff(handoff: Handoff) -> Iterator[Text]:
    yield from _bubbles(handoff.message)
    yield from _value(handoff.assignee)
    if handoff.turns is not None:
        yield Text(Role.EXPRESSION, handoff.turns.agents, wanted=("list",))
    if handoff.note is not None:
        yield _template(handoff.note)


def _delay(delay: Delay) -> Iterator[Text]:
    if isinstance(delay.duration, Source):
        yield Text(Role.EXPRESSION, delay.duration, wanted=_LENGTHS)
    if delay.until is not None:
        yield Text(Role.EXPRESSION, delay.until, wanted=_MOMENTS)
    if delay.hours is not InHours.NOTHING:
        yield Text(Role.EXPRESSION, Source(BUSINESS_HOURS, delay.hours_at))


_LENGTHS: Final = ("duration", "int", "uint", "double", "string")
"""The types of how long something takes: a number is one of seconds."""

_MOMENTS: Final = ("timestamp", "string", "int")
"""The types of a moment: a number is one of seconds since 1970."""


def _loop(loop: Loop) -> Iterator[Text]:
    yield Text(Role.EXPRESSION, loop.over, wanted=(_WANTED[loop.loop],))


_WANTED: Mapping[LoopKind, str] = MappingProxyType(
    {LoopKind.EACH: "list", LoopKind.WHILE: "bool", LoopKind.TIMES: "int"}
)
"""The type of what decides about the rounds of a loop."""


def _subflow(subflow: Subflow) -> Iterator[Text]:
    for _, value in subflow.inputs:
        yield from _value(value)
    yield from _saved(subflow.save, output=DYN, outcome=STRING)


def _interrupt(interrupt: Interrupt) -> Iterator[Text]:
    if interrupt.pattern is not None:
        yield Text(Role.PATTERN, interrupt.pattern)
    if interrupt.guard is not None:
        yield Text(Role.GUARD, interrupt.guard)


def _end(end: End) -> Iterator[Text]:
    yield from _bubbles(end.message)


def _nothing(_: NodeConfig) -> Iterator[Text]:
    return iter(())


def _question(question: Question) -> Iterator[Text]:
    yield from _bubbles(question.prompt)
    for choice in question.choices:
        yield _shown(choice.label)
    if question.variable is not None:
        yield Text(Role.VARIABLE, question.variable)
    if question.validation.pattern is not None:
        yield Text(Role.PATTERN, question.validation.pattern)
    if question.retry_message is not None:
        yield _shown(question.retry_message)
    if question.choices_from is not None:
        yield Text(Role.EXPRESSION, question.choices_from, wanted=("list",))
    if question.help is not None:
        yield _shown(question.help.text)
    if question.reminder is not None:
        yield _shown(question.reminder.text)


def _form(form: Form) -> Iterator[Text]:
    yield from _bubbles(form.message)
    if form.variable is not None:
        yield Text(Role.VARIABLE, form.variable)
    names = tuple(Lent(field.name) for field in form.fields)
    for field in form.fields:
        for text in _question(field.question):
            yield replace(text, names=(*names, *text.names))


def _http(http: Http) -> Iterator[Text]:
    yield _template(http.url, Place.URL)
    for _, header in http.headers:
        yield _template(header, Place.HEADER)
    for _, parameter in http.query:
        yield from _value(parameter)
    yield from _value(http.body)
    yield from _value(http.fallback)
    yield from _saved(http.save, response=_RESPONSE)


_RESPONSE: Final = object_of({"status": INT, "headers": MAP, "body": DYN}, ("headers", "body"))
"""The type of what a web service answers."""


def _bubbles(bubbles: tuple[Bubble, ...]) -> Iterator[Text]:
    for bubble in bubbles:
        for name, source in bubble.fields:
            yield _shown(source, PLACES.get((bubble.type, name), Place.TEXT))
        for card in bubble.cards:
            for name, source in card.fields:
                yield _shown(source, CARD_PLACES[name])
            yield from _buttons(card.buttons)


def _template(source: Source, place: Place = Place.TEXT) -> Text:
    return Text(Role.TEMPLATE, source, place=place)


def _shown(source: Source, place: Place = Place.TEXT) -> Text:
    """A template of which people read what comes of it."""
    shown = place in {Place.TEXT, Place.HTML}
    return Text(Role.TEMPLATE, source, place=place, spoken=True, shown=shown)


def _value(value: Value | None, place_at: PlaceAt = values) -> Iterator[Text]:
    if value is not None:
        for pointer, text in _strings(value.json, ""):
            place = place_at(pointer)
            if place is not None:
                location = value.locations.get(pointer, value.location)
                yield _template(Source(text, location), place)


def _strings(value: Any, pointer: str) -> Iterator[tuple[str, str]]:
    """The texts inside a JSON value with their pointers (readers bound its depth)."""
    match value:
        case str():
            yield pointer, value
        case dict():
            for key, item in value.items():
                yield from _strings(item, child(pointer, key))
        case list() | tuple():
            for index, item in enumerate(value):
                yield from _strings(item, child(pointer, index))
        case _:
            return


_PARTS: Mapping[type, Callable[[Any], Iterator[Text]]] = MappingProxyType(
    {
        Start: _nothing,
        Message: _message,
        Question: _question,
        Form: _form,
        Condition: _nothing,
        Set: _set,
        Tag: _nothing,
        Segment: _nothing,
        Http: _http,
        Action: _action,
        Llm: _llm,
        Client: _client,
        Approval: _approval,
        Split: _split,
        Handoff: _handoff,
        Delay: _delay,
        Schedule: _nothing,
        Loop: _loop,
        Continue: _nothing,
        Break: _nothing,
        Try: _nothing,
        Parallel: _nothing,
        Leave: _nothing,
        Interrupt: _interrupt,
        Subflow: _subflow,
        Jump: _nothing,
        End: _end,
        Unsupported: _nothing,
    }
)
"""Kind of node → the texts in it."""
