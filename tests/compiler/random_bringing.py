"""What people and systems bring to a flow that was drawn at random, at random as well."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping
from typing import Any

from statewright.errors import EffectFailed
from statewright.expressions.values import INT_MAX, INT_MIN
from statewright.runtime.effects.shapes import shaped
from statewright.statechart import Event, Snapshot, Statechart
from statewright.statechart.stepping.awaiting import offered_by
from statewright.statechart.structure.tree import tree_of
from tests.compiler.random_guards import TEXTS
from tests.compiler.random_values import Drawn


class Bringing:
    """What people and systems bring to one flow.

    Args:
        drawn: the flow.
    """

    def __init__(self, drawn: Drawn) -> None:
        self._drawn = drawn
        self._chance = drawn.chance

    def outside(self) -> dict[str, Any]:
        """Values of the contact or the tenant."""
        return {name: self.anything() for name in ("v0", "v1") if self._chance.random() < 0.8}

    def number(self) -> float:
        """A number."""
        asking, chance = self._drawn.asking, self._chance
        usual = (*asking.ints, *asking.doubles, *asking.doubles, chance.randint(-20, 120))
        number: Any = chance.choice(usual)
        number += chance.choice((0, 0, 0, 1, -1, 0.5, 10))
        if chance.random() < 0.3:
            number *= chance.choice((3, 10, -1))
        if chance.random() < 0.3 and abs(number) < 1e15 and number == int(number):
            number = int(number) if type(number) is float else float(number)
        is_kept = type(number) is float or INT_MIN <= number <= INT_MAX
        found: float = number if is_kept else 0
        return found

    def text(self) -> str:
        """A text."""
        chance, asking = self._chance, self._drawn.asking
        pool = (*asking.texts, *asking.texts, *TEXTS, "12345", "no", "Zz", "b a", "aa", "skip")
        text = chance.choice(pool)
        how = chance.random()
        if how < 0.3:
            return text + chance.choice(pool)
        if how < 0.4:
            return chance.choice((text.upper(), text.lower(), f" {text} ", text * 3))
        if how < 0.55:
            return _plain(self.number())
        return text

    def anything(self, depth: int = 2) -> Any:
        """A value of any type."""
        kind = self._chance.random()
        if kind < 0.3:
            return self.text()
        if kind < 0.6:
            return self.number()
        if kind < 0.7:
            return self._chance.choice((True, False, None))
        if depth and kind < 0.85:
            return [self.anything(depth - 1) for _ in range(self._chance.randint(0, 3))]
        if depth:
            return {
                name: self.anything(depth - 1)
                for name in ("a", "b", "url")
                if self._chance.random() < 0.6
            }
        return self.text()

    def fitting(self) -> Any:
        """An answer that fits the schema, if one is found."""
        for _ in range(30):
            value = {name: self.anything(1) for name in ("a", "b") if self._chance.random() < 0.8}
            try:
                return {"answer": shaped(json.dumps(value), self._drawn.schema or {})}
            except EffectFailed:
                continue
        return None

    def spoken(self, kind: str) -> str:
        """What somebody may type."""
        making = _MAKING.get(kind)
        if making is not None and self._chance.random() < 0.7:
            return making(self._chance)
        return _plain(self.number()) if kind in _NUMERIC else self.text()

    def events(self, chart: Statechart, snapshot: Snapshot) -> list[Event]:
        """What may happen next."""
        tree, now, chance = tree_of(chart), snapshot.now, self._chance
        found: list[Event] = []
        for state in snapshot.floor:
            awaits: Any = getattr(tree.nodes[state].state, "awaits", None)
            offered = [one["value"] for one in offered_by(chart, snapshot, state)]
            if offered:
                some = chance.sample(offered, chance.randint(1, len(offered)))
                found.append(
                    Event(
                        "message",
                        {"value": some if awaits.kind == "multiple_choice" else some[0]},
                        now,
                    )
                )
            else:
                found.append(Event("message", {"text": self.spoken(awaits.kind)}, now))
                found.append(Event("message", {"text": self.spoken(awaits.kind)}, now))
                found.append(Event("message", {"value": self.anything(0)}, now))
        for one in snapshot.invocations:
            data: Any
            if one.type == "http":
                data = {
                    "status": chance.choice((200, 201, 204, 299)),
                    "headers": {},
                    "body": self.anything(),
                }
            else:
                data = self.fitting() if one.type == "llm" else self.anything()
            if one.type != "llm" or data is not None:
                found.append(Event(f"done.invoke.{one.name}", data, now, invocation=one.id))
        stems = {stem for name in snapshot.configuration for stem in tree.nodes[name].by_stem}
        if "form.submit" in stems:
            values = {
                f"f{n}": chance.choice(
                    (
                        self.anything(0),
                        self.spoken(
                            chance.choice(("date", "email", "integer", "boolean", "number"))
                        ),
                    )
                )
                for n in (0, 1)
            }
            found.append(Event("form.submit", {"values": values}, now))
        if "told" in stems and chance.random() < 0.5:
            found.append(Event("told", {"a": self.anything()}, now))
        return found


def _plain(number: float) -> str:
    text = str(number) if isinstance(number, int) else f"{number:.12f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _email(chance: random.Random) -> str:
    name = chance.choice(("ada", "x", "abc", "a.b", "zz", "info"))
    return f"{name}@{chance.choice(('y.example', 'a.de', 'acme.com', 'mail.test'))}"


def _phone(chance: random.Random) -> str:
    digits = "".join(chance.choices("0123456789", k=chance.randint(6, 12)))
    return f"{chance.choice(('', '+'))}{digits}"


def _url(chance: random.Random) -> str:
    scheme, host = chance.choice(("https://", "http://", "")), chance.choice(("a.example", "b.de"))
    return f"{scheme}{host}{chance.choice(('', '/', '/x', '/ab'))}"


def _date(chance: random.Random) -> str:
    year = chance.choice((2024, 2025, 2026))
    return f"{year}-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}"


def _time(chance: random.Random) -> str:
    return f"{chance.randint(0, 23):02}:{chance.choice((0, 0, 30, 59)):02}"


_NUMERIC = frozenset(("number", "integer", "slider", "rating"))
_MAKING: Mapping[str, Callable[[random.Random], str]] = {
    "email": _email,
    "phone": _phone,
    "url": _url,
    "date": _date,
    "time": _time,
    "boolean": lambda chance: chance.choice(("yes", "no")),
}
"""Kind of question → what makes an answer to it."""
