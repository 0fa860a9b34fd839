"""Actions as executable content of SCXML."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from statewright.compiler.targets.constants import constant_delay
from statewright.compiler.targets.scxml.expressions import Speller
from statewright.compiler.targets.scxml.xml import Element
from statewright.expressions import Content
from statewright.expressions.parsing.grammar import CONSTANTS, RESERVED
from statewright.expressions.printing.spelling import text_literal
from statewright.statechart.actions import (
    Assign,
    Cancel,
    ForEach,
    If,
    Log,
    Raise,
    Say,
    Send,
)
from statewright.statechart.definition import Actions, Invoke
from statewright.statechart.event import INTERNAL
from statewright.statechart.stepping.sending import EFFECT, SPECIAL

USER: Final = "user"
"""The target of what is said."""


def elements_of(actions: Actions, speller: Speller) -> tuple[Element, ...]:
    """The executable content of a block."""
    return tuple(_ELEMENTS[type(action)](action, speller) for action in actions)


def location_of(location: tuple[str, ...], speller: Speller) -> str:
    """A place that is written to: ``order.total``, ``order['net total']``."""
    name, *rest = location
    found = speller.naming.variable(name, speller.scope) or name
    return found + "".join(map(_step, rest))


def _step(name: str) -> str:
    plain = name.isascii() and name.isidentifier() and name not in {"in", *CONSTANTS, *RESERVED}
    return f".{name}" if plain else f"[{text_literal(name)}]"


def _assign(action: Assign, speller: Speller) -> Element:
    value = speller.content(action.value)
    return Element("assign", [("location", location_of(action.location, speller)), ("expr", value)])


def _raise(action: Raise, speller: Speller) -> Element:
    if action.data is None:
        return Element("raise", [("event", speller.naming.event(action.event))])
    return _send(Send(action.event, action.data, INTERNAL), speller)


def _say(action: Say, speller: Speller) -> Element:
    return _send(Send("say", action.content, USER, type=EFFECT), speller)


def _send(action: Send, speller: Speller) -> Element:
    event, target = speller.naming.event(action.event), speller.naming.target(action.target)
    attributes = [
        *_given("event", "eventexpr", event, action.event_expr, speller),
        *_given("target", "targetexpr", target, action.target_expr, speller),
        *_given("type", "typeexpr", _type(action), action.type_expr, speller),
        *_delay(action.delay, speller),
        id_of(action, "_".join(action.id.split()), speller),
    ]
    return Element("send", attributes, content_of(action.data, speller))


def id_of(named: Send | Invoke, own: str, speller: Speller) -> tuple[str, str]:
    """The id, or else where one that is made up is written to: SCXML has no element with both."""
    if own or not named.id_location:
        return "id", own
    return "idlocation", location_of(named.id_location, speller)


def _type(action: Send) -> str:
    """The I/O processor: that of the world is named, since SCXML's own is the default."""
    outside = action.target and not action.target.startswith(SPECIAL)
    return action.type or (EFFECT if outside else "")


def _given(
    name: str, computed: str, value: str, expression: Content | None, speller: Speller
) -> Iterator[tuple[str, str]]:
    """An attribute as it is, or the one that computes it."""
    if expression is None:
        yield name, value
    else:
        yield computed, speller.content(expression)


def _delay(delay: Content | None, speller: Speller) -> Iterator[tuple[str, str]]:
    if delay is None:
        return
    micros = constant_delay(delay)
    if micros is None:
        yield "delayexpr", speller.content(delay)
    else:
        yield "delay", delay_text(max(0, micros))


def delay_text(micros: int) -> str:
    """A time as SCXML writes it.

    >>> delay_text(600_000_000), delay_text(1_500_000), delay_text(3)
    ('600s', '1500ms', '0.003ms')
    """
    seconds, rest = divmod(micros, 1_000_000)
    if not rest:
        return f"{seconds}s"
    milliseconds, rest = divmod(micros, 1_000)
    return f"{milliseconds}" + (f".{rest:03}".rstrip("0") if rest else "") + "ms"


def content_of(data: Content | None, speller: Speller) -> tuple[Element, ...]:
    """What an event carries."""
    if data is None:
        return ()
    return (Element("content", [("expr", speller.content(data))]),)


def _cancel(action: Cancel, speller: Speller) -> Element:
    own = "_".join(action.id.split())
    return Element("cancel", list(_given("sendid", "sendidexpr", own, action.id_expr, speller)))


def _if(action: If, speller: Speller) -> Element:
    first, *others = action.branches
    inner: list[Element] = [*elements_of(first.actions, speller)]
    for branch in others:
        inner.append(Element("elseif", [("cond", speller.expression(branch.guard))]))
        inner += elements_of(branch.actions, speller)
    if action.otherwise:
        inner += [Element("else"), *elements_of(action.otherwise, speller)]
    return Element("if", [("cond", speller.expression(first.guard))], inner)


def _for_each(action: ForEach, speller: Speller) -> Element:
    attributes = [
        ("array", speller.expression(action.collection)),
        ("item", location_of((action.item,), speller)),
        ("index", location_of((action.index,), speller) if action.index else ""),
    ]
    return Element("foreach", attributes, elements_of(action.actions, speller))


def _log(action: Log, speller: Speller) -> Element:
    value = "" if action.value is None else speller.content(action.value)
    return Element("log", [("label", action.label), ("expr", value)])


_ELEMENTS: Final[Mapping[type, Callable[[Any, Speller], Element]]] = {
    Assign: _assign,
    Raise: _raise,
    Say: _say,
    Send: _send,
    Cancel: _cancel,
    If: _if,
    ForEach: _for_each,
    Log: _log,
}
