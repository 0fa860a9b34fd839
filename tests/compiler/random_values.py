"""Flows that are drawn at random around values from outside.

Each flow gets a value in one of many ways, may keep it elsewhere, and asks guards of all shapes
about it. Guards and answers are made of the same few constants, so that they often meet.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from statewright.flows import parse
from statewright.flows.model import Flow
from tests.compiler.random_guards import GUARDS, PATTERNS, Asking

KINDS: tuple[tuple[str, str], ...] = (
    *(("text", "string"), ("text", "string"), ("number", "double"), ("integer", "int")),
    *(
        ("integer", "double"),
        ("number", "int"),
        ("text", "int"),
        ("text", "dyn"),
        ("number", "dyn"),
    ),
    *(("integer", "string"), ("email", "string"), ("phone", "string"), ("url", "string")),
    *(("date", "string"), ("time", "string"), ("boolean", "bool"), ("slider", "double")),
    *(("rating", "int"), ("integer", "dyn")),
)
"""What a question wants, and the type of the variable that gets it."""

SCHEMAS: tuple[Mapping[str, Any], ...] = (
    {"enum": [1, 2]},
    {"enum": [1, "a", 2.5]},
    {"const": 7},
    {"type": "integer", "minimum": 0, "maximum": 7},
    {"type": "integer"},
    {"type": "number", "minimum": 1},
    {"type": "string", "enum": ["a", "b"]},
    {"type": "string"},
    {"type": "boolean"},
    {"type": "array"},
    {},
)


class Drawn:
    """A flow that is drawn at random.

    Args:
        chance: what everything depends on.

    Attributes:
        asking: its constants.
        schema: by which a language model answers; None where none does.
    """

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.asking = Asking(chance)
        self.schema: Mapping[str, Any] | None = None
        self._variables: dict[str, Any] = {}
        self._nodes: dict[str, Any] = {}

    def flow(self) -> Flow:
        """The flow."""
        places = [
            place
            for number in range(self.chance.choice((1, 1, 2)))
            for place in self._source(number)
        ]
        if self.chance.random() < 0.35:
            places.append(self._kept(*self.chance.choice(places)))
        for number in range(self.chance.choice((1, 1, 2, 3))):
            self._condition(number, places)
        self._nodes["bye"] = {"type": "end"}
        names = [name for name, node in self._nodes.items() if node["type"] != "interrupt"]
        for name, following in zip(names, [*names[1:], ""], strict=True):
            made = json.dumps(self._nodes[name])
            self._nodes[name] = json.loads(made.replace("NEXT", following))
        document = {
            "statewright": 1,
            "id": "drawn",
            "start": names[0],
            "variables": self._variables,
            "nodes": self._nodes,
        }
        return parse(json.dumps(document), file="drawn.yaml")

    def _source(self, number: int) -> Iterator[tuple[str, str]]:
        """What brings a value; where it is, and its type."""
        made = self.chance.choice(
            (
                _question,
                _question,
                _question,
                _several,
                _form,
                _http,
                _llm,
                _event,
                _offered,
                _outside,
                _action,
                _loop,
            )
        )
        return made(self, f"v{number}")

    def declare(self, name: str, declared: Any) -> None:
        """Declare a variable."""
        self._variables[name] = declared

    def add(self, name: str, node: Mapping[str, Any]) -> None:
        """Add a node; it leads to the one that is added after it."""
        way = {} if "success" in node else {"next": "NEXT"}
        self._nodes[name] = {**way, **node}

    def _kept(self, place: str, kind: str) -> tuple[str, str]:
        """Somewhere else where a value is kept, as it is or altered."""
        to = self.chance.choice((kind, "dyn", "string", "int", "double"))
        self.declare("w", to)
        self.add(
            "keep",
            {
                "type": "set",
                "actions": [{"set": "w", "to": f"{{{{ {place} }}}}"}],
                "on_error": {"then": "continue"},
            },
        )
        return "w", to

    def _condition(self, number: int, places: Sequence[tuple[str, str]]) -> None:
        branches: list[dict[str, str]] = []
        for one_of in range(self.chance.choice((1, 1, 2, 3))):
            place, kind = self.chance.choice(places)
            to = f"t{number}{one_of}"
            if len(places) > 1 and self.chance.random() < 0.15:
                (one, _), (other, _) = self.chance.sample(list(places), 2)
                guard = f"{one} {self.asking.operator()} {other}"
            else:
                guard = self.asking.guard(GUARDS[kind], place)
            branches.append({"if": guard, "to": to})
        self._nodes[f"c{number}"] = {
            "type": "condition",
            "branches": branches,
            "else": f"e{number}",
        }
        for branch in branches:
            self._nodes[branch["to"]] = {"type": "message", "text": "T", "next": f"e{number}"}
        self._nodes[f"e{number}"] = {"type": "message", "text": "E", "next": "NEXT"}


Made = Iterator[tuple[str, str]]


def _question(drawn: Drawn, name: str) -> Made:
    kind, type_ = drawn.chance.choice(KINDS)
    more: dict[str, Any] = {}
    chance = drawn.chance
    if kind in {"number", "integer", "slider", "rating"} and chance.random() < 0.4:
        more = {"minimum": chance.choice((0, 1, 2)), "maximum": chance.choice((3, 7, 100))}
    if kind == "text" and chance.random() < 0.4:
        more = chance.choice(
            (
                {"pattern": chance.choice(PATTERNS).replace("\\\\", "\\")},
                {"max_length": 3},
                {"min_length": 2},
            )
        )
    if chance.random() < 0.4:
        more |= {"retries": 1, "on": {"fallback": "bye"}}
    if chance.random() < 0.15:
        more |= {"skip": ["skip"]}
    declared: Any = type_
    if kind == "date" and chance.random() < 0.5:
        declared = {"type": "date"}
    drawn.declare(name, declared)
    drawn.add(
        f"ask_{name}",
        {
            "type": "question",
            "text": "?",
            "input": kind,
            "variable": name,
            "on_error": {"then": "continue"},
            **more,
        },
    )
    yield name, type_


def _several(drawn: Drawn, name: str) -> Made:
    count = drawn.chance.choice((2, 3, 5))
    choices = list(
        dict.fromkeys([*(one for one in drawn.asking.texts if one.strip()), "c", "d", "e", "f"])
    )[:count]
    kind = drawn.chance.choice(("choice", "multiple_choice"))
    type_ = "string" if kind == "choice" else "list"
    drawn.declare(name, type_)
    drawn.add(
        f"ask_{name}",
        {"type": "question", "text": "?", "input": kind, "choices": choices, "variable": name},
    )
    yield name, type_


def _offered(drawn: Drawn, name: str) -> Made:
    kind = drawn.chance.choice(("choice", "multiple_choice"))
    type_ = "string" if kind == "choice" else "list"
    drawn.declare(f"{name}_offer", {"type": "list", "default": ["a", "b", "zz"]})
    drawn.declare(name, type_)
    drawn.add(
        f"ask_{name}",
        {
            "type": "question",
            "text": "?",
            "input": kind,
            "choices_from": f"{name}_offer",
            "variable": name,
        },
    )
    yield name, type_


def _form(drawn: Drawn, name: str) -> Made:
    kinds = drawn.chance.sample(
        (
            ("text", "string"),
            ("integer", "int"),
            ("number", "double"),
            ("date", "string"),
            ("email", "string"),
            ("boolean", "bool"),
        ),
        2,
    )
    fields = {
        f"f{n}": {
            "text": "?",
            "input": kind,
            **({"skip": ["skip"]} if drawn.chance.random() < 0.2 else {}),
        }
        for n, (kind, _) in enumerate(kinds)
    }
    drawn.declare(name, "map")
    drawn.add(f"ask_{name}", {"type": "form", "fields": fields, "variable": name})
    for number, (_, type_) in enumerate(kinds):
        yield f"{name}.f{number}", type_


def _http(drawn: Drawn, name: str) -> Made:
    type_ = drawn.chance.choice(("dyn", "dyn", "string", "int", "double", "list"))
    drawn.declare(name, type_)
    drawn.declare(f"{name}_status", "int")
    saved = {
        name: drawn.chance.choice(
            ("response.body.a", "response.body", "response.body.?a.orValue(0)")
        ),
        f"{name}_status": "response.status",
    }
    drawn.add(
        f"get_{name}",
        {
            "type": "http",
            "url": "https://a.example",
            "timeout": "9s",
            "save": saved,
            "success": "NEXT",
            "error": "bye",
        },
    )
    yield name, type_
    yield f"{name}_status", "int"


def _llm(drawn: Drawn, name: str) -> Made:
    part = drawn.chance.choice(SCHEMAS)
    other = drawn.chance.choice(SCHEMAS)
    required = ["a"] if drawn.chance.random() < 0.6 else []
    drawn.schema = {"type": "object", "properties": {"a": part, "b": other}, "required": required}
    type_ = drawn.chance.choice(("dyn", "dyn", "double"))
    drawn.declare(name, type_)
    drawn.declare(f"{name}_b", "dyn")
    drawn.add(
        f"get_{name}",
        {
            "type": "llm",
            "model": "m",
            "prompt": "p",
            "schema": drawn.schema,
            "timeout": "9s",
            "save": {name: "answer.a", f"{name}_b": "answer.?b.orValue(0)"},
            "on": {"error": "bye"},
            "on_error": {"then": "continue"},
        },
    )
    yield name, type_
    yield f"{name}_b", "dyn"


def _event(drawn: Drawn, name: str) -> Made:
    type_ = drawn.chance.choice(("dyn", "string", "int", "double"))
    drawn.declare(
        name,
        {"type": type_}
        if type_ == "dyn"
        else {"type": type_, "default": {"string": "", "int": 0, "double": 0.0}[type_]},
    )
    drawn._nodes[f"told_{name}"] = {
        "type": "interrupt",
        "event": "told",
        "nodes": {
            f"st_{name}": {
                "type": "set",
                "actions": [{"set": name, "to": "{{ event.data.a }}"}],
                "next": f"lv_{name}",
                "on_error": {"then": "continue"},
            },
            f"lv_{name}": {"type": "leave"},
        },
    }
    drawn.declare(f"{name}_q", "string")
    drawn.add(f"ask_{name}", {"type": "question", "text": "?", "variable": f"{name}_q"})
    yield name, type_


def _outside(drawn: Drawn, name: str) -> Made:
    type_ = drawn.chance.choice(("string", "int", "double", "dyn", "list"))
    scope = drawn.chance.choice(("contact", "tenant"))
    drawn.declare(name, {"type": type_, "scope": scope})
    yield f"{scope}.{name}", type_


def _action(drawn: Drawn, name: str) -> Made:
    drawn.declare(name, "dyn")
    drawn.add(
        f"act_{name}",
        {
            "type": "action",
            "action": "look",
            "wait": True,
            "save": {name: drawn.chance.choice(("result", "result.a"))},
            "on": {"error": "bye"},
            "on_error": {"then": "continue"},
        },
    )
    yield name, "dyn"


def _loop(drawn: Drawn, name: str) -> Made:
    drawn.declare(name, {"type": "int", "default": 0})
    drawn.declare(f"{name}_q", "int")
    by = drawn.chance.choice(("1", "2", f"{{{{ {name}_q }}}}"))
    drawn.add(
        f"loop_{name}",
        {
            "type": "loop",
            "times": 3,
            "nodes": {
                f"q_{name}": {
                    "type": "question",
                    "text": "?",
                    "input": "integer",
                    "maximum": 3,
                    "minimum": 0,
                    "variable": f"{name}_q",
                    "next": f"i_{name}",
                },
                f"i_{name}": {
                    "type": "set",
                    "actions": [{"increment": name, "by": by}],
                    "next": f"z_{name}",
                },
                f"z_{name}": {"type": "continue"},
            },
        },
    )
    yield name, "int"
