"""The ports at which a node has to have an edge, because the conversation can come there."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from statewright.flows.nodes import (
    NEXT,
    Action,
    Approval,
    ButtonAction,
    Client,
    Delay,
    Form,
    Handoff,
    Http,
    InputKind,
    Jump,
    Llm,
    Loop,
    Message,
    NodeConfig,
    Parallel,
    Question,
    Schedule,
    Segment,
    Set,
    Start,
    Tag,
    Try,
    choice_port,
)

Wired = Collection[str]
"""The ports of a node at which there is an edge."""


def needed_ports(config: NodeConfig, wired: Wired) -> tuple[str, ...]:
    """The ports that a node needs, where it has edges at ``wired``."""
    rule = _RULES.get(type(config))
    return () if rule is None else tuple(rule(config, wired))


def _next(_: NodeConfig, __: Wired) -> Iterator[str]:
    yield NEXT


def _http(http: Http, _: Wired) -> Iterator[str]:
    yield "success"
    if http.fallback is None:
        yield "error"


def _action(action: Action, _: Wired) -> Iterator[str]:
    yield NEXT
    if action.waits:
        yield "error"


def _llm(_: Llm, __: Wired) -> Iterator[str]:
    yield from (NEXT, "error")


def _form(form: Form, _: Wired) -> Iterator[str]:
    yield NEXT
    limits = (form.timeout, *(field.question.timeout for field in form.fields))
    yield from _late(next((one for one in limits if one is not None), None))


def _client(client: Client, _: Wired) -> Iterator[str]:
    yield from (NEXT, "error")
    yield from _late(client.timeout)


def _approval(approval: Approval, _: Wired) -> Iterator[str]:
    yield from (NEXT, "rejected")
    yield from _late(approval.timeout)


def _handoff(handoff: Handoff, _: Wired) -> Iterator[str]:
    if handoff.returns:
        yield NEXT
        yield from _late(handoff.timeout)


def _late(limit: int | None) -> Iterator[str]:
    if limit is not None:
        yield "timeout"


def _message(message: Message, wired: Wired) -> Iterator[str]:
    answers = (b for b in message.buttons if b.action is not ButtonAction.URL)
    clicks = {choice_port(button.value.text) for button in answers}
    if not clicks & set(wired) or not clicks <= set(wired):
        yield NEXT


def _question(question: Question, wired: Wired) -> Iterator[str]:
    yield from _late(question.timeout)
    choices = {choice_port(choice.value) for choice in question.choices}
    if question.input is not InputKind.CHOICE or not choices & set(wired):
        yield NEXT
    elif NEXT not in wired:
        yield from sorted(choices)


_RULES: Mapping[type, Callable[[Any, Wired], Iterator[str]]] = MappingProxyType(
    {
        Start: _next,
        Message: _message,
        Question: _question,
        Form: _form,
        Set: _next,
        Tag: _next,
        Segment: _next,
        Http: _http,
        Action: _action,
        Llm: _llm,
        Client: _client,
        Approval: _approval,
        Handoff: _handoff,
        Delay: _next,
        Schedule: _next,
        Loop: _next,
        Try: _next,
        Parallel: _next,
        Jump: _next,
    }
)
"""Kind of node → the ports that it needs; other kinds are looked at by checks of their own."""
