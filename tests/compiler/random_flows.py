"""Flows that are put together at random out of many kinds of nodes, for laws that hold of all."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping
from typing import Any

from statewright.flows import parse, resolved
from statewright.flows.model import Flow

VARIABLES: dict[str, Any] = {
    "p": {"type": "string", "values": ["a", "b", "c"], "default": "a"},
    "f": {"type": "bool", "default": False},
    "k": {"type": "int", "default": 0},
    "n": {"type": "int"},
    "s": {"type": "string", "default": ""},
    "day": {"type": "date"},
    "options": {"type": "list", "default": ["a"]},
    "thing": {"type": "map", "default": {}},
    "any": {"type": "dyn"},
    "tier": {"type": "string", "scope": "contact"},
    "open": {"type": "bool", "scope": "tenant", "default": False},
}

GUARDS = (
    "p == 'b'",
    "f",
    "k > 1",
    "has(vars.n) && n > 10",
    "s == 'stop'",
    "s in ['a', 'zz']",
    "'b' in options",
    "size(options) > 1",
    "has(vars.day) && day == '2026-07-01'",
    "contact.?tier.orValue('') == 'gold'",
    "tenant.?open.orValue(false)",
    "thing.?a.orValue(0) == 3",
    "has(vars.any) && any == 'b'",
)

QUESTIONS: tuple[dict[str, Any], ...] = (
    {"choices": ["a", {"value": "b", "label": "stop"}, "c"], "variable": "p"},
    {"choices_from": "options", "variable": "s"},
    {"choices_from": "f ? ['a'] : ['b', 'zz']", "variable": "any"},
    {"input": "multiple_choice", "choices": ["a", "b", "zz"], "variable": "options"},
    {"variable": "s"},
    {"variable": "thing.a"},
    {"input": "integer", "variable": "n"},
    {"input": "boolean", "variable": "f"},
    {"input": "date", "variable": "day"},
)

ACTIONS: tuple[dict[str, Any], ...] = (
    {"set": "p", "to": "c"},
    {"increment": "k"},
    {"set": "options", "to": ["a", "b"]},
    {"set": "options", "to": []},
    {"set": "thing.a", "to": 3},
    {"set": "contact.tier", "to": "gold"},
    {"set": "tenant.open", "to": True},
    {"unset": "any"},
    {"set": "s", "to": "{{ p }}"},
)

DEPTH = 2


class Drawing:
    """One flow that is drawn at random.

    Args:
        chance: what everything depends on.
    """

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._count = 0
        self._depth = 0
        self._inner: dict[str, str] = {}

    def flow(self) -> Flow:
        """The flow, with those that it runs."""
        count = self._chance.randint(3, 5)
        names = [f"n{number}" for number in range(count)]
        nodes: dict[str, Any] = {}
        for number, name in enumerate(names):
            ahead = [*names[number + 1 :], "bye"]
            back = self._chance.random() < 0.2
            nodes |= self._node(name, ahead[0], self._chance.choice(names if back else ahead))
        nodes["bye"] = {"type": "end"}
        if self._chance.random() < 0.4:
            waits = self._chance.choice(({"words": ["stop"]}, {"event": "shop.closes"}))
            nodes["aside"] = {"type": "interrupt", **waits, "nodes": self._body("leave")}
        settings: dict[str, Any] = {"step_limit": 200}
        if self._chance.random() < 0.3:
            settings |= {"on_error": "fallback", "fallback": "bye"}
        return resolved(
            _parsed("random.yaml", names[0], nodes, settings), lambda name, _: self._run(name)
        )

    def _run(self, name: str) -> Flow:
        nodes: dict[str, Any] = {"in": self._question("done"), "done": {"type": "end"}}
        nodes["in"]["on"] = {"fallback": "lost"}
        nodes["lost"] = {"type": "end", "outcome": "gave_up", "failed": "1" in name}
        return _parsed(name, "in", nodes | {"in": {**nodes["in"], "retries": 0}}, {})

    def _name(self) -> str:
        self._count += 1
        return f"i{self._count}"

    def _question(self, target: str) -> dict[str, Any]:
        asked = {"type": "question", "text": "Q?", **self._chance.choice(QUESTIONS)}
        return {**asked, "next": target}

    def _body(self, leave: str) -> dict[str, Any]:
        """Nodes inside of another one: some that follow each other, and one that leaves it."""
        names = [self._name() for _ in range(self._chance.randint(1, 2))]
        out = self._name()
        self._depth += 1
        nodes: dict[str, Any] = {}
        for name, target in zip(names, [*names[1:], out], strict=True):
            nodes |= self._node(name, target, out)
        self._depth -= 1
        return {**nodes, out: {"type": leave}}

    def _node(self, name: str, target: str, other: str) -> dict[str, Any]:
        """A node of any kind, which leads to a target, and in other cases elsewhere."""
        kinds = ("question", "question", "condition", "condition", "set", *_MAKING)
        kind = self._chance.choice(kinds if self._depth < DEPTH else kinds[:5])
        if kind == "question":
            asked = self._question(target)
            if self._chance.random() < 0.4:
                asked |= {
                    "retries": 1,
                    "timeout": "5m",
                    "on": {"fallback": other, "timeout": other},
                }
            return {name: asked}
        if kind == "condition":
            branches = [{"if": self._chance.choice(GUARDS), "to": target}]
            return {name: {"type": "condition", "branches": branches, "else": other}}
        if kind == "set":
            return {
                name: {"type": "set", "actions": [self._chance.choice(ACTIONS)], "next": target}
            }
        made = {"type": kind, **_MAKING[kind](self)}
        ways = dict.fromkeys(_PORTS.get(kind, ()), other)
        if kind == "http":
            return {name: {**made, "success": target, **ways}}
        return {name: {**made, "next": target, **({"on": ways} if ways else {})}}

    def form(self) -> dict[str, Any]:
        """The keys of a form."""
        fields = {
            "x": {"text": "X?", "choices": ["a", "b"]},
            "y": {"text": "Y?", "input": "integer"},
        }
        return {"fields": fields, "variable": self._chance.choice(("thing", "any"))}

    def parallel(self) -> dict[str, Any]:
        """Those of two regions."""
        return {"regions": {side: {"nodes": self._body("leave")} for side in ("left", "right")}}

    def loop(self) -> dict[str, Any]:
        """Those of a loop that may be broken off."""
        over = self._chance.choice(
            ({"each": "options", "item": "item"}, {"while": "k < 2"}, {"times": 2})
        )
        nodes = self._body("continue")
        *_, last = nodes
        first, stop, look = next(iter(nodes)), self._name(), self._name()
        is_broken_off = self._chance.random() < 0.5
        nodes |= {stop: {"type": "break"}} if is_broken_off else {}
        guard = "item == 'b'" if "each" in over else self._chance.choice(GUARDS)
        to = stop if is_broken_off else last
        ask = {"type": "condition", "branches": [{"if": guard, "to": to}], "else": first}
        return {**over, "limit": 4, "start": look, "nodes": {look: ask, **nodes}}

    def attempt(self) -> dict[str, Any]:
        """Those of a try."""
        caught = {"errors": ["expression"], "nodes": self._body("leave")}
        return {"nodes": self._body("leave"), "catch": [caught]}

    def subflow(self) -> dict[str, Any]:
        """Those of a flow that is run."""
        return {"flow": f"inner{self._count}.yaml"}

    def http(self) -> dict[str, Any]:
        """Those of a request."""
        saved = self._chance.choice(
            (("s", ".a"), ("any", ".a"), ("options", ".items"), ("thing", ""))
        )
        return {"url": "https://api.example.com", "save": {saved[0]: f"response.body{saved[1]}"}}

    def action(self) -> dict[str, Any]:
        """Those of an effect."""
        return {
            "action": "look",
            "wait": True,
            "save": {self._chance.choice(("s", "any")): "result"},
        }

    def approval(self) -> dict[str, Any]:
        """Those of a request for approval."""
        return {"request": "May I?", "save": {"s": "decision.?comment.orValue('')"}}

    def handoff(self) -> dict[str, Any]:
        """Those of a handoff."""
        return {"to": {"queue": "a"}, "timeout": "30m"}

    def client(self) -> dict[str, Any]:
        """Those of an inquiry to the client."""
        return {"action": "locate", "save": {"any": "result"}, "timeout": "1m"}

    def delay(self) -> dict[str, Any]:
        """Those of a delay."""
        return {"duration": "1m"}


_MAKING: Mapping[str, Callable[[Drawing], dict[str, Any]]] = {
    "form": Drawing.form,
    "parallel": Drawing.parallel,
    "loop": Drawing.loop,
    "try": Drawing.attempt,
    "subflow": Drawing.subflow,
    "http": Drawing.http,
    "action": Drawing.action,
    "approval": Drawing.approval,
    "handoff": Drawing.handoff,
    "client": Drawing.client,
    "delay": Drawing.delay,
}
"""Kind of node → what makes its keys."""

_PORTS: Mapping[str, tuple[str, ...]] = {
    "form": ("fallback",),
    "loop": ("break", "limit"),
    "try": ("error",),
    "subflow": ("gave_up", "error"),
    "http": ("error",),
    "action": ("error",),
    "approval": ("rejected",),
    "handoff": ("timeout",),
    "client": ("error", "timeout"),
}
"""Kind of node → its ports beside the usual one."""


def _parsed(name: str, start: str, nodes: Mapping[str, Any], settings: Mapping[str, Any]) -> Flow:
    document = {
        "statewright": 1,
        "id": name,
        "start": start,
        "settings": settings,
        "variables": VARIABLES,
        "nodes": nodes,
    }
    return parse(json.dumps(document), file=name)
