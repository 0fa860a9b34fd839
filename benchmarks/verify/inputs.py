"""What may come from outside in the plain search: finitely many inputs, read off the document.

Every number and every text that an expression compares with stands for itself, numbers beside it
for those below and above, and a text of no meaning for all others.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import islice, product
from typing import Any

from benchmarks.verify.documents import Source, nodes_of
from statewright.statechart import Event, Statechart, awaiting
from statewright.statechart.forms.codec import chart_to_json
from statewright.statechart.snapshot import Invocation, Snapshot

OTHER = "qwertz"
MOST = 60
USUAL = {
    "email": ("ada@example.com",),
    "phone": ("+15550109999",),
    "url": ("https://example.com/",),
    "date": ("2026-02-02", "2030-01-01"),
    "time": ("14:30",),
    "boolean": ("yes", "no"),
    "location": ("52.5, 13.4",),
    "acknowledgement": ("ok",),
}
FILE = {"url": "https://example.com/cat.png", "type": "image/png", "size": 1_000}
EVENTS = ("approval.decided", "handoff.resolved", "client.result", "client.error")
ERRORS = ({"status": 404, "message": "no"}, {"status": 500, "message": "no"}, {"code": "refused"})


@dataclass(frozen=True, slots=True)
class Inputs:
    """The finite inputs of a flow.

    Attributes:
        numbers: what numbers are said.
        texts: what texts are said.
        answers: id of a node → what its effect may bring.
        events: names of events that may come.
        types: variable → its type, as far as it is written.
        closed: variable → its values, where these are listed.
    """

    numbers: tuple[int, ...]
    texts: tuple[str, ...]
    answers: dict[str, tuple[Any, ...]] = field(default_factory=dict)
    events: tuple[str, ...] = ()
    types: dict[str, str] = field(default_factory=dict)
    closed: dict[str, tuple[Any, ...]] = field(default_factory=dict)

    def values(self, kind: str) -> tuple[Any, ...]:
        """Values of a type."""
        if kind == "bool":
            return (True, False)
        if kind in {"int", "double", "uint"}:
            return self.numbers
        if kind == "list":
            return ([], ["one"], ["one", "two", "three"])
        if kind in {"map", "object"}:
            return ({}, {"name": "Ada"})
        return self.texts

    def values_of(self, variable: str) -> tuple[Any, ...]:
        """Values of what a variable gets: all that it may have, and others."""
        others = self.values(self.types.get(variable, "string"))
        return tuple(dict.fromkeys((*self.closed.get(variable, ()), *others)))

    def starts(self, chart: Statechart) -> Iterator[dict[str, Any]]:
        """What a session may be given when it begins."""
        names = [name for name in chart.inputs if not name.startswith("~")]
        pools = [
            self.closed.get(name) or self.values(self.types.get(name, "string"))[:6]
            for name in names
        ]
        for values in islice(product(*pools), MOST):
            yield dict(zip(names, values, strict=True))

    def next(self, chart: Statechart, snapshot: Snapshot) -> Iterator[Event]:
        """What may happen in a situation."""
        now = snapshot.now
        waits = awaiting(chart, snapshot)
        for place in dict.fromkeys((None, *snapshot.floor[1:])):
            node = {} if place is None else {"node": place.partition("/")[0]}
            kind = waits.kind if waits is not None and place is None else "text"
            choices = waits.choices if waits is not None and place is None else ()
            if snapshot.floor:
                for data in self._said(kind, [one["value"] for one in choices]):
                    yield Event("message", {**data, **node}, now)
        for invocation in snapshot.invocations:
            yield from self._results(invocation, now)
        if snapshot.timers:
            yield Event("tick", None, max(now, snapshot.timers[0].due))
        for name in self.events:
            for value in (True, False):
                for state in snapshot.configuration[-1:]:
                    place = state.partition("/")[0]
                    yield Event(name, {"node": place, "approved": value, "result": {}}, now)

    def _said(self, kind: str, choices: list[Any]) -> Iterator[dict[str, Any]]:
        if kind == "multiple_choice":
            yield from ({"value": choices[:size]} for size in range(len(choices) + 1))
        yield from ({"value": value} for value in choices)
        if kind == "file":
            yield {"files": [FILE]}
        if kind in {"number", "integer", "rating", "slider"}:
            yield from ({"text": str(number)} for number in self.numbers)
        yield from ({"text": text} for text in USUAL.get(kind, ()))
        if kind in {"text", "choice"}:
            yield from ({"text": text} for text in self.texts)
        yield {"text": OTHER}

    def _results(self, invocation: Invocation, now: int) -> Iterator[Event]:
        node = invocation.state.partition("/")[0]
        for data in self.answers.get(node, ({},)):
            yield Event(f"done.invoke.{invocation.name}", data, now, invocation=invocation.id)
        for error in ERRORS:
            name = f"error.communication.{invocation.name}"
            yield Event(name, error, now, invocation=invocation.id)


_QUOTED = re.compile(r"'([^'\\{}]{0,60})'")
_NUMBER = re.compile(r"(?<![\w.:/-])-?\d{1,7}(?![\w.])")
_COMPARED = re.compile(r"[<>=!]=?|\bin\b|\*|\+|-")
_SAVED = re.compile(r"(?:response|event\.data)\.body\.\??(\w+)")
_ANSWER = re.compile(r"\b(?:answer|result)\.\??(\w+)")


def inputs_of(source: Source, chart: Statechart) -> Inputs:
    """Read the inputs of a flow off its document, and off those beside it that it names."""
    document = source.document
    strings = list(_strings(document))
    for name, text in source.beside.items():
        if any(name == one for one in strings):
            strings.append(text)
    numbers = {
        int(found)
        for text in strings
        if _COMPARED.search(text) and len(text) < 200
        for found in _NUMBER.findall(text)
    }
    for _, node, _ in nodes_of(document, "question"):
        numbers |= {node[k] for k in ("minimum", "maximum") if isinstance(node.get(k), int)}
    around = {n + step for n in numbers for step in (-1, 0, 1)} or {7}
    texts = {found for text in strings for found in _QUOTED.findall(text)}
    types = {name: _type(one) for name, one in document.get("variables", {}).items()}
    closed = {
        name: tuple(one["values"])
        for name, one in document.get("variables", {}).items()
        if isinstance(one, dict) and one.get("values")
    }
    others = (*sorted(texts), OTHER)
    found = Inputs(tuple(sorted(around)), others, types=types, closed=closed)
    answers = {ident: tuple(_answers(node, found)) for ident, node, _ in nodes_of(document)}
    written = chart_to_json(chart)
    events = tuple(one for one in EVENTS if f'"{one}"' in written)
    return replace(found, answers=answers, events=events)


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from _strings(one)
    elif isinstance(value, list):
        for one in value:
            yield from _strings(one)


def _type(declared: Any) -> str:
    kind = declared.get("type", "string") if isinstance(declared, dict) else declared
    return str(kind)


def _answers(node: dict[str, Any], inputs: Inputs) -> Iterator[Any]:
    """What an effect may bring: each part that is read has each value once, or is missing."""
    text = json.dumps(node)
    saved = {
        part: variable
        for variable, written in (node.get("save") or {}).items()
        for part in _SAVED.findall(str(written))
    }
    parts = dict.fromkeys(_SAVED.findall(text) + _ANSWER.findall(text))
    pools = {part: inputs.values_of(saved.get(part, "")) for part in parts}
    usual = {part: pool[0] for part, pool in pools.items()}
    bodies = [usual] + [{**usual, part: v} for part, pool in pools.items() for v in pool[1:]]
    for body in [*bodies, {}][:MOST]:
        yield {**body, "status": 200, "body": body, "answer": body}
