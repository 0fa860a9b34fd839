"""Executable content → actions (SCXML 4, 5.4, 6.2, 6.3): a function per element.

What is wrong in an element is reported; in a draft, the element is an action that always fails.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from itertools import chain
from types import MappingProxyType
from typing import Final

from statewright.compiler.sources.scxml.content import Payloads
from statewright.compiler.sources.scxml.elements import Attribute, Element
from statewright.compiler.sources.scxml.language import (
    failure,
    guard_from,
    location_from,
    script_from,
    shown_value_from,
    value_from,
)
from statewright.expressions import Content, Literal
from statewright.flows.names import is_identifier
from statewright.flows.nearest import did_you_mean
from statewright.flows.outline import shown
from statewright.statechart.actions import (
    Action,
    Assign,
    Branch,
    Cancel,
    ForEach,
    If,
    Log,
    Raise,
    Say,
    Send,
)
from statewright.statechart.definition import Actions
from statewright.statechart.event import INTERNAL, is_event_name
from statewright.statechart.stepping.sending import EFFECT, SESSIONS, SPECIAL

_TIME = re.compile(r"\s*([0-9]{0,12})(?:\.([0-9]{1,6})[0-9]*)?\s*(ms|s|m|h|d)\s*", re.ASCII)
_UNITS: Final[Mapping[str, int]] = MappingProxyType(
    {"ms": 1_000, "s": 1_000_000, "m": 60_000_000, "h": 3_600_000_000, "d": 86_400_000_000}
)


SAYING: Final = (EFFECT, "user", "say")
"""The type, target and event of a send that shows its content to the user."""


class WrongError(Exception):
    """An element cannot be an action; the message says why, and has been reported."""


def actions_from(element: Element, payloads: Payloads, *others: str) -> Actions:
    """The executable content in an element.

    Args:
        element: what holds it.
        payloads: reads what its parts carry.
        others: names of children that somebody else reads.
    """
    context = payloads.context
    children = (child for child in element.elements if child.name not in others)
    known = (child for child in children if context.is_scxml(child))
    return tuple(chain.from_iterable(_actions(child, payloads) for child in known))


def _actions(element: Element, payloads: Payloads) -> Actions:
    if element.name == "script":
        return script_in(element, payloads)
    return (_action(element, payloads),)


def script_in(element: Element, payloads: Payloads) -> Actions:
    """The actions that a ``<script>`` stands for."""
    context = payloads.context
    context.check_attributes(element, "src")
    src = element.attributes.get("src")
    if src is None:
        return script_from(element.text, element.location, context)
    text = context.family.documents.get(src.value.strip())
    if text is None:
        message = f"nothing is read from {shown(src.value)}: a document is read by itself"
        context.report("R006", message, src.location, "write the script into the document")
        return (failure(message),)
    return script_from(text, src.location, context)


def _action(element: Element, payloads: Payloads) -> Action:
    context = payloads.context
    read = _READERS.get(element.name)
    if read is None:
        known = sorted(_READERS)
        message = f"`<{element.name}>` is no executable content that is read here"
        context.report("R003", message, element.location, did_you_mean(element.name, known))
        return failure(message)
    try:
        return read(element, payloads)
    except WrongError as error:
        return failure(str(error))


def _wrong(payloads: Payloads, code: str, message: str, at: Element | Attribute) -> WrongError:
    payloads.context.report(code, message, at.location)
    return WrongError(message)


def _required(element: Element, payloads: Payloads, name: str) -> Attribute:
    attribute = payloads.context.required(element, name)
    if attribute is None:
        raise WrongError(f"`<{element.name}>` has no `{name}`")
    return attribute


def _either(
    element: Element, payloads: Payloads, name: str, computed: str
) -> tuple[str, Content | None]:
    """An attribute that can be given as it is, or computed."""
    fixed, expr = element.attributes.get(name), element.attributes.get(computed)
    if fixed is not None and expr is not None:
        message = f"`<{element.name}>` has both `{name}` and `{computed}`; use one of them"
        raise _wrong(payloads, "R004", message, expr)
    if expr is not None:
        return "", value_from(expr, payloads.context)
    return ("" if fixed is None else fixed.value.strip()), None


def event_name(attribute: Attribute, payloads: Payloads) -> str:
    """The name of an event that an attribute gives.

    Raises:
        WrongError: it is none.
    """
    name = attribute.value.strip()
    if not is_event_name(name):
        message = f"{shown(name)} is no name of an event; use names joined by dots"
        raise _wrong(payloads, "R004", message, attribute)
    return name


def _raise(element: Element, payloads: Payloads) -> Action:
    payloads.context.check_attributes(element, "event")
    return Raise(event_name(_required(element, payloads, "event"), payloads))


def _log(element: Element, payloads: Payloads) -> Action:
    context = payloads.context
    context.check_attributes(element, "label", "expr")
    label, expr = element.attributes.get("label"), element.attributes.get("expr")
    value = None if expr is None else shown_value_from(expr, context)
    return Log("" if label is None else label.value, value)


def _assign(element: Element, payloads: Payloads) -> Action:
    context = payloads.context
    location = location_from(_required(element, payloads, "location"), context)
    value = payloads.inline(element, "location")
    if location is None:
        raise WrongError("an assignment has no location that can be written to")
    if value is None:
        raise _wrong(payloads, "R005", "`<assign>` has no value; give it an `expr`", element)
    return Assign(location, value)


def _if(element: Element, payloads: Payloads) -> Action:
    context = payloads.context
    context.check_attributes(element, "cond")
    branches: list[Branch] = []
    guard: Attribute | None = _required(element, payloads, "cond")
    arm: list[Action] = []
    for child in element.elements:
        if not context.is_scxml(child):
            continue
        if child.name not in {"elseif", "else"}:
            arm += _actions(child, payloads)
            continue
        if guard is None:
            message = f"`<{child.name}>` follows `<else>`, so it is never taken"
            raise _wrong(payloads, "R004", message, child)
        branches.append(Branch(guard_from(guard, context), tuple(arm)))
        context.check_attributes(child, *(["cond"] if child.name == "elseif" else []))
        guard = _required(child, payloads, "cond") if child.name == "elseif" else None
        arm = []
    if guard is None:
        return If(tuple(branches), tuple(arm))
    return If((*branches, Branch(guard_from(guard, context), tuple(arm))))


def _foreach(element: Element, payloads: Payloads) -> Action:
    context = payloads.context
    context.check_attributes(element, "array", "item", "index")
    array = value_from(_required(element, payloads, "array"), context)
    names = [_required(element, payloads, "item")]
    if "index" in element.attributes:
        names.append(element.attributes["index"])
    for name in names:
        if not is_identifier(name.value.strip()):
            message = f"{shown(name.value)} is no name of a variable"
            raise _wrong(payloads, "R004", message, name)
    item, index = (name.value.strip() for name in (*names, Attribute("", element.location))[:2])
    return ForEach(array.expression, item, index, actions_from(element, payloads))


def _cancel(element: Element, payloads: Payloads) -> Action:
    payloads.context.check_attributes(element, "sendid", "sendidexpr")
    name, expr = _either(element, payloads, "sendid", "sendidexpr")
    if not name and expr is None:
        message = "`<cancel>` names no send; give it a `sendid`"
        raise _wrong(payloads, "R005", message, element)
    return Cancel(name, expr)


def _send(element: Element, payloads: Payloads) -> Action:
    context = payloads.context
    context.check_attributes(
        element,
        *("event", "eventexpr", "target", "targetexpr", "type", "typeexpr"),
        *("id", "idlocation", "delay", "delayexpr", "namelist"),
    )
    data = payloads.of(element)
    name, event_expr = _either(element, payloads, "event", "eventexpr")
    if event_expr is None:
        name = event_name(_required(element, payloads, "event"), payloads)
    target, target_expr = _either(element, payloads, "target", "targetexpr")
    kind, type_expr = _either(element, payloads, "type", "typeexpr")
    _check_target(element, payloads, kind, target, computed=target_expr is not None)
    sendid, location = id_of(element, payloads)
    delay = _delay(element, payloads)
    if (kind, target, name) == SAYING and delay is None and data is not None:
        return Say(data)
    if target == INTERNAL and delay is not None:
        message = f"a send to `{INTERNAL}` never waits; leave out the delay"
        raise _wrong(payloads, "R004", message, element)
    return Send(
        event=name,
        data=data,
        target=target,
        delay=delay,
        id=sendid,
        type="" if type_expr is not None else kind or "scxml",
        event_expr=event_expr,
        target_expr=target_expr,
        type_expr=type_expr,
        id_location=location,
    )


def _check_target(
    element: Element, payloads: Payloads, kind: str, target: str, *, computed: bool
) -> None:
    """Report what no I/O processor here does; at run time it is an ``error.execution``."""
    context = payloads.context
    place = element.attributes.get("type") or element.attributes.get("target")
    at = element.location if place is None else place.location
    if kind and kind not in SESSIONS and kind != EFFECT:
        message = f"there is no I/O processor {shown(kind)}; this send always fails"
        context.report("R006", message, at, f'leave it out, or say `type="{EFFECT}"`')
    elif kind != EFFECT and target and not target.startswith(SPECIAL) and not computed:
        message = f"{shown(target)} is no session; this send always fails"
        help_ = f'a target begins with `#_`, unless the send has `type="{EFFECT}"`'
        context.report("R004", message, at, help_)


def id_of(element: Element, payloads: Payloads) -> tuple[str, tuple[str, ...]]:
    """The id of a send or an invocation, and the location that it is written to.

    Raises:
        WrongError: it has both.
    """
    own, place = element.attributes.get("id"), element.attributes.get("idlocation")
    if place is None:
        return ("" if own is None else own.value.strip()), ()
    if own is not None:
        message = f"`<{element.name}>` has both `id` and `idlocation`; use one of them"
        raise _wrong(payloads, "R004", message, place)
    location = location_from(place, payloads.context)
    if location is None:
        raise WrongError(f"{shown(place.value)} is no place that can be written to")
    return "", location


def _delay(element: Element, payloads: Payloads) -> Content | None:
    written, expr = _either(element, payloads, "delay", "delayexpr")
    if expr is not None or not written:
        return expr
    micros = micros_from_time(written)
    if micros is None:
        attribute = element.attributes["delay"]
        message = f"{shown(written)} is no time; write something like `1.5s` or `200ms`"
        raise _wrong(payloads, "R004", message, attribute)
    return Literal(micros)


def micros_from_time(text: str) -> int | None:
    """The microseconds of a time as CSS writes it; None for what is none.

    >>> micros_from_time("1.5s"), micros_from_time(".5s"), micros_from_time("soon")
    (1500000, 500000, None)
    """
    match = _TIME.fullmatch(text)
    if match is None or not (match[1] or match[2]):
        return None
    unit = _UNITS[match[3]]
    part = int((match[2] or "").ljust(6, "0"))
    return int(match[1] or 0) * unit + part * unit // 1_000_000


_READERS: Final[Mapping[str, Callable[[Element, Payloads], Action]]] = MappingProxyType(
    {
        "assign": _assign,
        "cancel": _cancel,
        "foreach": _foreach,
        "if": _if,
        "log": _log,
        "raise": _raise,
        "send": _send,
    }
)
"""Element → how it becomes an action."""
