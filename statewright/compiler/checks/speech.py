"""What a flow says, message by message."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from msgspec import Struct

from statewright.compiler.subject import Subject
from statewright.flows.nodes import (
    Approval,
    Bubble,
    Button,
    End,
    Form,
    Handoff,
    Message,
    NodeConfig,
    Question,
    Source,
)


class Speech(Struct, frozen=True):
    """Bubbles that are said together.

    Attributes:
        node: id of the node that says them, or ``""``.
        bubbles: what is said.
        buttons: offered under them.
    """

    node: str
    bubbles: tuple[Bubble, ...]
    buttons: tuple[Button, ...] = ()


def speeches_of(subject: Subject) -> Iterator[Speech]:
    """All of them, in the order of the file."""
    inactivity = subject.flow.settings.inactivity
    for nudge in () if inactivity is None else inactivity.reminders:
        yield Speech("", nudge.message)
    for node in subject.nodes.values():
        say = _SAID.get(type(node.config))
        if say is not None:
            for bubbles, buttons in say(node.config):
                yield Speech(node.id, bubbles, buttons)


def labels_of(subject: Subject) -> Iterator[tuple[str, Source]]:
    """The labels of the answers and buttons that are offered, each with its node."""
    for node in subject.nodes.values():
        for question in questions_in(node.config):
            for choice in question.choices:
                yield node.id, choice.label
        if isinstance(node.config, Message):
            yield from ((node.id, button.label) for button in node.config.buttons)


def questions_in(config: NodeConfig) -> tuple[Question, ...]:
    """The questions that a node asks."""
    if isinstance(config, Form):
        return tuple(field.question for field in config.fields)
    return (config,) if isinstance(config, Question) else ()


_Said = Iterator[tuple[tuple[Bubble, ...], tuple[Button, ...]]]


def _message(message: Message) -> _Said:
    for variant in message.variants:
        yield variant.bubbles, message.buttons


def _question(question: Question) -> _Said:
    yield question.prompt, ()


def _form(form: Form) -> _Said:
    yield form.message, ()
    for field in form.fields:
        yield field.question.prompt, ()


def _other(config: Approval | End | Handoff) -> _Said:
    yield config.message, ()


_SAID: Mapping[type, Callable[[Any], _Said]] = MappingProxyType(
    {
        Message: _message,
        Question: _question,
        Form: _form,
        Approval: _other,
        End: _other,
        Handoff: _other,
    }
)
"""Kind of node → what it says."""
