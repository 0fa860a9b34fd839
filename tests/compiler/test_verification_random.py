"""What random conversations come to was not proved to be impossible, in flows of all kinds."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from typing import Any

from statewright import compiler
from statewright.compiler.verification.budget import Budget
from statewright.compiler.verification.questions import EnterState, Impossible, TakeTransition
from statewright.compiler.verification.verification import Verification, verified
from statewright.statechart import Event, Macrostep, Statechart, macrostep
from statewright.statechart import start as begin
from statewright.statechart.playing.play import SCRIPT_NOW
from statewright.statechart.playing.surroundings import Surroundings
from statewright.statechart.snapshot import Snapshot, Status
from statewright.statechart.stepping.awaiting import offered_by
from statewright.statechart.structure.tree import tree_of
from tests.compiler.random_flows import Drawing

TEXTS = ("a", "b", "c", "stop", "zz", "yes", "no", "2", "11", "2026-07-01", "x", "", "Apple")
ANSWERS: tuple[Any, ...] = (
    *({}, {"a": 3}, {"a": "b"}, {"a": "stop"}, {"items": ["a", "b"]}, {"items": []}),
    *({"items": ["zz"]}, {"a": None}, None, "b", 5, ["a", "b"], True),
)
TALKS = 20
TURNS = 12


def events(chance: random.Random, chart: Statechart, snapshot: Snapshot) -> Iterator[Event]:
    """What may happen next, at random; each kind of it about as often."""
    tree, now = tree_of(chart), snapshot.now
    for state in snapshot.floor:
        awaits: Any = getattr(tree.nodes[state].state, "awaits", None)
        node = {"node": awaits.node} if state != snapshot.floor[0] else {}
        yield Event("message", {"text": chance.choice(TEXTS), **node}, now)
        offered = [one["value"] for one in offered_by(chart, snapshot, state)]
        if offered:
            value = offered if awaits.kind == "multiple_choice" else chance.choice(offered)
            yield Event("message", {"value": value, **node}, now)
    for one in snapshot.invocations:
        body = chance.choice(ANSWERS)
        data = {"status": 200, "headers": {}, "body": body} if one.type == "http" else body
        yield Event(f"done.invoke.{one.name}", data, now, invocation=one.id)
        failed = {"code": "failed", "message": "it failed"}
        yield Event(f"error.communication.{one.name}", failed, now, invocation=one.id)
    if snapshot.timers:
        yield Event("tick", None, max(now, snapshot.timers[0].due))
    stems = {stem for name in snapshot.configuration for stem in tree.nodes[name].by_stem}
    values = {"x": chance.choice(TEXTS[:3]), "y": chance.choice(("2", 11, "x"))}
    for name, data in (
        ("form.submit", {"values": values}),
        ("approval.decided", {"approved": chance.random() < 0.6, "comment": "stop"}),
        ("client.result", {"result": chance.choice(ANSWERS)}),
        ("handoff.resolved", None),
        ("shop.closes", None),
    ):
        if name in stems:
            yield Event(name, data, now)


def talk(chance: random.Random, chart: Statechart) -> Iterator[Macrostep]:
    """A conversation at random."""
    tier, is_known = chance.choice(("gold", "a")), chance.random() < 0.5
    given = ({"tier": tier}, {"open": True}) if is_known else ()
    others = Surroundings(chart, *given)
    step = others.after(begin(chart, session="s", seed="s", now=SCRIPT_NOW, **others.values))
    yield step
    for _ in range(TURNS):
        snapshot = step.snapshot
        possible = list(events(chance, chart, snapshot)) if snapshot.status is Status.ACTIVE else []
        if not possible:
            return
        step = others.after(macrostep(chart, snapshot, others.around(chance.choice(possible))))
        yield step


def proved_wrongly(verification: Verification, step: Macrostep) -> list[str]:
    """What happens in a macrostep although it was proved that it never does."""
    tree = tree_of(verification.chart)
    idle = {name for name, arc in tree.arcs.items() if not arc.targets and not arc.actions}
    happened: list[EnterState | TakeTransition] = [
        *(TakeTransition(name) for one in step.microsteps for name in one.transitions),
        *(EnterState(name) for one in step.microsteps for name in one.entered),
    ]
    return [
        str(one)
        for one in happened
        if not verification.is_met(one)
        and not (isinstance(one, TakeTransition) and one.transition in idle)
        and isinstance(verification.answer(one), Impossible)
    ]


def test_nothing_happens_that_was_proved_impossible() -> None:
    cases = int(os.environ.get("STATEWRIGHT_FLOWS", "12"))
    claimed = 0
    for number in range(cases):
        chance = random.Random(f"random {number}")
        chart = compiler.compile(Drawing(chance).flow()).statechart
        verification = verified(chart, Budget(steps=400, broad=200))
        claimed += not verification.hindrance
        for _ in range(TALKS):
            for step in talk(chance, chart):
                assert proved_wrongly(verification, step) == [], f"random {number}"
    assert claimed > cases // 3
