"""SCXML documents as charts, as far as the tests need it: control flow, and plain expressions.

A reader for everybody is a part of the compiler; this one only lets other people's test suites run.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from xml.etree import ElementTree as ET

from statewright.errors import ExpressionError
from statewright.expressions import Computed, Content, Literal, Record, parse
from statewright.statechart import (
    Datum,
    State,
    Statechart,
    StateKind,
    Transition,
    TransitionKind,
)
from statewright.statechart.actions import (
    Action,
    Assign,
    Branch,
    Cancel,
    ForEach,
    If,
    Log,
    Raise,
    Send,
)
from statewright.statechart.definition import Actions

STATES = frozenset({"state", "parallel", "final", "history"})
UNITS = {"ms": 1_000, "s": 1_000_000}


class NotSupportedError(Exception):
    """The document uses something that this reader leaves out."""


def chart_from_scxml(text: str) -> Statechart:
    """The chart that a document describes.

    Raises:
        NotSupportedError: it uses a script, an invocation, or an expression beyond the plain subset.
    """
    root = ET.fromstring(text)  # noqa: S314 - the documents are ours to trust
    numbered = iter(range(1_000_000))
    states = tuple(_state(element, numbered) for element in root if _tag(element) in STATES)
    unsupported = {_tag(element) for element in root.iter()} & {"script", "invoke"}
    if unsupported:
        raise NotSupportedError(f"<{unsupported.pop()}>")
    initial = root.get("initial")
    return Statechart(
        name=root.get("name", "scxml"),
        states=states,
        initial=Transition(tuple(initial.split())) if initial else None,
        data=tuple(_data(root)),
    )


def cel(text: str) -> Content:
    """An ECMAScript expression of the plain subset as CEL; what is none always fails."""
    text = re.sub(r"Math\.pow\((\w+),\s*3\)", r"(\1 * \1 * \1)", text)
    text = text.replace("!==", "!=").replace("===", "==")
    text = text.replace("_event", "event").replace("_sessionid", "session.id")
    text = re.sub(r"(?<=[{,])\s*(\w+)\s*:", r"'\1':", text)
    try:
        return Computed(parse(text))
    except ExpressionError:
        return Computed(parse("1 / 0"))


def _expression(text: str) -> Computed:
    content = cel(text)
    assert isinstance(content, Computed)
    return content


def _tag(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]


def _children(element: ET.Element, *tags: str) -> Iterator[ET.Element]:
    return (child for child in element if _tag(child) in tags)


def _data(element: ET.Element) -> Iterator[Datum]:
    for model in _children(element, "datamodel"):
        for datum in _children(model, "data"):
            expr = datum.get("expr")
            yield Datum(datum.get("id", ""), value=cel(expr) if expr is not None else None)


def _state(element: ET.Element, numbered: Iterator[int]) -> State:
    states = tuple(_state(child, numbered) for child in _children(element, *STATES))
    transitions = tuple(map(_transition, _children(element, "transition")))
    kind = _kind(element, states)
    initial = _initial(element)
    if kind in {StateKind.SHALLOW_HISTORY, StateKind.DEEP_HISTORY}:
        (initial,), transitions = transitions or (None,), ()
    return State(
        id=element.get("id") or f"unnamed {next(numbered)}",
        kind=kind,
        states=states,
        initial=initial,
        transitions=transitions,
        entry=tuple(map(_actions, _children(element, "onentry"))),
        exit=tuple(map(_actions, _children(element, "onexit"))),
        data=tuple(_data(element)),
        donedata=next((_payload(done) for done in _children(element, "donedata")), None),
    )


def _kind(element: ET.Element, states: tuple[State, ...]) -> StateKind:
    match _tag(element):
        case "final":
            return StateKind.FINAL
        case "parallel":
            return StateKind.PARALLEL
        case "history" if element.get("type") == "deep":
            return StateKind.DEEP_HISTORY
        case "history":
            return StateKind.SHALLOW_HISTORY
        case _:
            return StateKind.COMPOUND if states else StateKind.ATOMIC


def _initial(element: ET.Element) -> Transition | None:
    for initial in _children(element, "initial"):
        return _transition(next(_children(initial, "transition")))
    named = element.get("initial")
    return Transition(tuple(named.split())) if named else None


def _transition(element: ET.Element) -> Transition:
    guard = element.get("cond")
    return Transition(
        targets=tuple(element.get("target", "").split()),
        events=tuple(element.get("event", "").split()),
        guard=None if guard is None else _expression(guard).expression,
        kind=TransitionKind(element.get("type", "external")),
        actions=_actions(element),
    )


def _actions(element: ET.Element) -> Actions:
    return tuple(_action(child) for child in element if _tag(child) not in {"else", "elseif"})


def _action(element: ET.Element) -> Action:
    read = ACTIONS.get(_tag(element))
    if read is None:
        raise NotSupportedError(f"<{_tag(element)}>")
    return read(element)


def _assign(element: ET.Element) -> Action:
    location = tuple(element.get("location", "").split("."))
    return Assign(location, cel(element.get("expr", "")))


def _foreach(element: ET.Element) -> Action:
    array = _expression(element.get("array", "")).expression
    return ForEach(array, element.get("item", ""), element.get("index", ""), _actions(element))


def _if(element: ET.Element) -> If:
    arms: list[tuple[str | None, list[Action]]] = [(element.get("cond", ""), [])]
    for child in element:
        if _tag(child) in {"elseif", "else"}:
            arms.append((child.get("cond"), []))
        else:
            arms[-1][1].append(_action(child))
    branches = tuple(
        Branch(_expression(guard).expression, tuple(actions))
        for guard, actions in arms
        if guard is not None
    )
    return If(branches, tuple(action for guard, arm in arms if guard is None for action in arm))


def _send(element: ET.Element) -> Send:
    event = element.get("event") or element.get("eventexpr", "").strip("'\"")
    target = element.get("target", "")
    if element.get("type") or element.get("idlocation") or target not in {"", "#_internal"}:
        raise NotSupportedError("<send> with a type, an idlocation or a target")
    delay = element.get("delay") or element.get("delayexpr", "").strip("'\"")
    return Send(
        event=event,
        data=_payload(element),
        target=target,
        delay=Literal(_micros(delay)) if delay else None,
        id=element.get("id", ""),
    )


def _micros(delay: str) -> int:
    number, unit = re.fullmatch(r"([0-9.]+)(ms|s)", delay, re.ASCII).groups()  # type: ignore[union-attr]  # else the test fails
    return int(float(number) * UNITS[unit])


def _payload(element: ET.Element) -> Content | None:
    """What an event carries: a content, or a map of the names and params."""
    for content in _children(element, "content"):
        expr = content.get("expr")
        return cel(expr) if expr is not None else Literal((content.text or "").strip())
    fields = [(name, cel(name)) for name in element.get("namelist", "").split()]
    fields += [
        (param.get("name", ""), cel(param.get("expr", param.get("location", ""))))
        for param in _children(element, "param")
    ]
    return Record(tuple(fields)) if fields else None


ACTIONS: dict[str, Callable[[ET.Element], Action]] = {
    "raise": lambda element: Raise(element.get("event", "")),
    "log": lambda element: Log(element.get("label", "")),
    "cancel": lambda element: Cancel(element.get("sendid", "")),
    "assign": _assign,
    "send": _send,
    "if": _if,
    "foreach": _foreach,
}
