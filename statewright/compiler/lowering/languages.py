"""What is said in several languages: one way for each, chosen by the language of the session.

Lowering marks texts that have translations (``translated``); once the states of a flow are made,
``in_languages`` writes what they say once for each language, as the arms of an ``If``. So nothing
but actions and guards is needed, and every tool that a chart is exported to can say them.

The language of a session is the variable ``locale``: what it was started with, or what the contact
has as ``locale``, or the language of the flow. ``es-MX`` finds ``es-MX``, then ``es``, then the
language of the flow, text by text (RFC 4647, lookup); ``es_MX`` is the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar, cast

from statewright.expressions import Computed, Content, Expression, Record, Sequence, parse
from statewright.flows.model import LOCALE, Flow
from statewright.flows.names import quoted
from statewright.statechart.actions import (
    Action,
    Assign,
    Branch,
    ForEach,
    If,
    Log,
    Raise,
    Say,
    Send,
)
from statewright.statechart.definition import Actions, Datum, State, Transition

_Known = TypeVar("_Known")


@dataclass(frozen=True, slots=True)
class Translated:
    """A content that stands for one of several, until the chart is whole.

    Attributes:
        own: in the language of the flow.
        others: in other languages.
    """

    own: Content
    others: tuple[tuple[str, Content], ...]


def translated(own: Content, others: Mapping[str, Content]) -> Content:
    """A content that is said in the language of the session."""
    if not others:
        return own
    # It takes part as a content until ``in_languages`` is through; no chart ever holds one.
    return cast("Content", Translated(own, tuple(others.items())))


def language_of(flow: Flow, around: str = "") -> Content:
    """The language in which a session begins that is started without one.

    Args:
        flow: what is talked through.
        around: CEL for the language outside of it, as an optional; ``""`` where there is none.
    """
    own = quoted(flow.locale)
    known = "has(contact.locale) && type(contact.locale) == string"
    language = f"{known} ? contact.locale : {own}"
    if around:
        language = f"{around}.hasValue() ? {around}.value() : ({language})"
    return Computed(parse(language))


def in_languages(state: State) -> State:
    """A state, and all inside it, that says everything in the language of the session."""
    data, chosen = _data(state.data)
    entry = tuple(_said(block) for block in state.entry)
    return replace(
        state,
        states=tuple(in_languages(child) for child in state.states),
        initial=None if state.initial is None else _way(state.initial),
        transitions=tuple(_way(way) for way in state.transitions),
        entry=(chosen, *entry) if chosen else entry,
        exit=tuple(_said(block) for block in state.exit),
        invocations=tuple(
            replace(invoke, params=_in(invoke.params, "")) for invoke in state.invocations
        ),
        data=data,
        donedata=None if state.donedata is None else _in(state.donedata, ""),
    )


def _way(way: Transition) -> Transition:
    return replace(way, actions=_said(way.actions)) if way.actions else way


def _said(actions: Actions) -> Actions:
    return tuple(_of_action(action) for action in actions)


def _of_action(action: Action) -> Action:
    match action:
        case Say(content):
            locales = _by_length(_languages(content))
            if not locales:
                return action
            arms = tuple(Branch(_speaks(one), (Say(_in(content, one)),)) for one in locales)
            return If(arms, (Say(_in(content, "")),))
        case If(branches, otherwise):
            arms = tuple(replace(branch, actions=_said(branch.actions)) for branch in branches)
            return If(arms, _said(otherwise))
        case ForEach():
            return replace(action, actions=_said(action.actions))
        case _:
            return _in_own(action)


def _in_own(action: Action) -> Action:
    """An action that is for nobody to read, as the flow has it."""
    match action:
        case Assign() | Log() if action.value is not None:
            return replace(action, value=_in(action.value, ""))
        case Send() | Raise() if action.data is not None:
            return replace(action, data=_in(action.data, ""))
        case _:
            return action


def _data(data: tuple[Datum, ...]) -> tuple[tuple[Datum, ...], Actions]:
    """Variables that hold what is shown: one for each language, and which of them it shall be."""
    made: list[Datum] = []
    chosen: list[Action] = []
    for datum in data:
        locales = _by_length(_languages(datum.value))
        made.append(replace(datum, value=_in(datum.value, "")) if locales else datum)
        names = {one: f"{datum.name}.{one}" for one in locales}
        made += [replace(datum, name=names[one], value=_in(datum.value, one)) for one in locales]
        if locales:
            arms = tuple(
                Branch(
                    _speaks(one),
                    (Assign((datum.name,), Computed(parse(f"vars['{names[one]}']"))),),
                )
                for one in locales
            )
            chosen.append(If(arms))
    return tuple(made), tuple(chosen)


def _speaks(locale: str) -> Expression:
    """CEL that holds if the language of the session is this one, or a kind of it."""
    own = f"string(vars[?'{LOCALE}'].orValue(''))"
    return parse(f"({own}.replace('_', '-') + '-').lowerAscii().startsWith('{locale.lower()}-')")


def _by_length(locales: Iterable[str]) -> list[str]:
    """The languages, a kind of another one before that."""
    return sorted(set(locales), key=lambda one: (-len(one), one))


def _languages(content: object) -> Iterator[str]:
    match content:
        case Translated(_, others):
            yield from (locale for locale, _ in others)
        case Record(fields):
            for _, part in fields:
                yield from _languages(part)
        case Sequence(items):
            for item in items:
                yield from _languages(item)
        case _:
            return


def _in(content: Any, locale: str) -> Any:
    """A content in a language; where it has none of its own, in the next one."""
    match content:
        case Translated(own, others):
            return nearest({"": own, **dict(others)}, locale)
        case Record(fields):
            return Record(tuple((name, _in(part, locale)) for name, part in fields))
        case Sequence(items):
            return Sequence(tuple(_in(item, locale) for item in items))
        case _:
            return content


def nearest(known: Mapping[str, _Known], locale: str) -> _Known:
    """What there is in a language, or in the one that it is a kind of; else in that of the flow.

    Args:
        known: by language; ``""`` is that of the flow.
        locale: a tag (BCP 47).
    """
    while locale not in known:
        locale = locale.rpartition("-")[0]
    return known[locale]
